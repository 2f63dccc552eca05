package talk

import (
	"context"
	"encoding/json"
	"slices"

	"muster/internal/model"
	"muster/internal/store"
)

// recountMax is how many of the newest replies are looked through when mentions are counted anew.
const recountMax = 1000

// mentionsSince counts anew how often replies of others called somebody at a time or later:
// in a direct channel each of them does, in a group channel none.
func (s *Service) mentionsSince(ctx context.Context, tx *store.Tx, ref ThreadRef, c *model.Channel, since int64) (int64, error) {
	if c.Type == model.ChannelGroup {
		return 0, nil
	}
	replies, err := tx.RepliesSince(ctx, ref.ThreadID, ref.UserID, since, recountMax)
	if err != nil || c.Type == model.ChannelDirect || len(replies) == 0 {
		return int64(len(replies)), err
	}
	called, err := s.callsOf(ctx, tx, c, ref.UserID, replies)
	return int64(called), err
}

// callsOf counts in which of the posts somebody is called: by their name or that of a group,
// by the words they chose, or with the whole channel.
func (s *Service) callsOf(ctx context.Context, tx *store.Tx, c *model.Channel, userID string, posts []*model.Post) (n int, err error) {
	texts, names := make([]*said, len(posts)), []string{}
	for i, p := range posts {
		texts[i] = read(p.Message)
		names = append(names, texts[i].names...)
	}
	mine, err := s.namesOf(ctx, tx, c.ID, userID, unique(names))
	if err != nil {
		return 0, err
	}
	words, err := s.keywords.of(ctx, tx.Q, c.ID)
	if err != nil {
		return 0, err
	}
	everybody, err := s.hearsEverybody(ctx, tx, c, userID)
	if err != nil {
		return 0, err
	}
	member, chose := words.members[userID]
	for _, t := range texts {
		if slices.ContainsFunc(t.names, func(name string) bool { return mine[name] }) || chose && hears(member, t) || everybody && t.everybody {
			n++
		}
	}
	return n, nil
}

// namesOf tells which of the names call somebody: their own, and those of their groups.
func (s *Service) namesOf(ctx context.Context, tx *store.Tx, channelID, userID string, names []string) (map[string]bool, error) {
	mine := map[string]bool{}
	if len(names) == 0 {
		return mine, nil
	}
	people, err := tx.MembersNamed(ctx, channelID, names)
	if err != nil {
		return nil, err
	}
	groups, err := tx.MembersOfGroupsNamed(ctx, channelID, names)
	for _, found := range slices.Concat(people, groups) {
		if found.UserID == userID {
			mine[found.Name] = true
		}
	}
	return mine, err
}

// hearsEverybody tells whether somebody hears it when the whole channel is called.
func (s *Service) hearsEverybody(ctx context.Context, tx *store.Tx, c *model.Channel, userID string) (bool, error) {
	most := s.Config().TeamSettings.MaxNotificationsPerChannel
	if c.Members > int64(most) {
		return false, nil
	}
	ids, err := tx.MembersToNotify(ctx, c.ID, false, most)
	return slices.Contains(ids, userID), err
}

// mentionedIn are the members that a root calls by their names or by words they chose. That
// it calls the whole channel lets nobody follow its thread.
func (s *Service) mentionedIn(ctx context.Context, tx *store.Tx, root *model.Post) ([]string, error) {
	text := read(root.Message)
	words, err := s.keywords.of(ctx, tx.Q, root.ChannelID)
	if err != nil {
		return nil, err
	}
	out := words.heard(text)
	if len(text.names) == 0 {
		return out, nil
	}
	found, err := tx.MembersNamed(ctx, root.ChannelID, text.names)
	for _, f := range found {
		out = append(out, f.UserID)
	}
	return out, err
}

// byWebhook tells whether a webhook wrote a post.
func byWebhook(p *model.Post) bool {
	var props struct {
		From any `json:"from_webhook"`
	}
	return json.Unmarshal(p.Props, &props) == nil && props.From == "true"
}
