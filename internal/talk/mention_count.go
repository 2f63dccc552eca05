package talk

import (
	"context"
	"errors"

	"muster/internal/model"
	"muster/internal/store"
)

// recountMost is how many posts are looked at when what is unread is counted anew; older ones count as read.
const recountMost = 10_000

// calledMost is how many replies are read to find those who are added because of them.
const calledMost = 1000

// threadMentions counts anew how often replies to a post mention each of the accounts at a time
// or later: in a direct channel each reply of the other does, in a group channel none.
func (s *Service) threadMentions(ctx context.Context, q store.Q, c *model.Channel, rootID string, userIDs []string, since int64) (map[string]int64, error) {
	switch c.Type {
	case model.ChannelGroup:
		return nil, nil
	case model.ChannelDirect:
		by, err := q.RepliesByAuthor(ctx, rootID, since, recountMost)
		n := make(map[string]int64, len(userIDs))
		for _, id := range userIDs {
			for author, replies := range by {
				if author != id {
					n[id] += replies
				}
			}
		}
		return n, err
	}
	return q.MentionsInReplies(ctx, rootID, userIDs, since, recountMost)
}

// calledBefore keeps where the newest replies to a root called accounts by their names that were not in the channel then.
func (s *Service) calledBefore(ctx context.Context, tx *store.Tx, rootID string, members []*model.ChannelMember) error {
	named := make(map[string]string, len(members))
	for _, m := range members {
		named[m.Username] = m.UserID
	}
	replies, err := tx.ThreadReplies(ctx, rootID, store.PostPlace{}, true, calledMost)
	var list []store.PostMention
	for _, p := range replies {
		for _, name := range read(p.Message).names {
			if id := named[name]; id != "" && id != p.UserID {
				list = append(list, store.PostMention{PostID: p.ID, UserID: id, InThread: true})
			}
		}
	}
	return errors.Join(err, tx.InsertMentions(ctx, list))
}

// keepMentions stores whom the drafts mention, for when it is counted anew.
func (s *Service) keepMentions(ctx context.Context, tx *store.Tx, b *batchOf) error {
	if !b.channel.InTeam() {
		return nil
	}
	var list []store.PostMention
	for _, d := range b.drafts {
		for _, id := range d.mentions {
			list = append(list, store.PostMention{PostID: d.post.ID, UserID: id, InThread: true})
		}
		for _, id := range d.repliedTo {
			list = append(list, store.PostMention{PostID: d.post.ID, UserID: id})
		}
	}
	return tx.InsertMentions(ctx, list)
}
