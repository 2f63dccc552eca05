package talk

import (
	"context"
	"maps"
	"slices"
	"strings"

	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// mentioned finds out whom the drafts mention, with one statement for each way to be
// mentioned, however many drafts there are. Nobody is mentioned by what they write themselves.
func (s *Service) mentioned(ctx context.Context, tx *store.Tx, b *batchOf) error {
	switch b.channel.Type {
	case model.ChannelDirect:
		pair := strings.Split(b.channel.Name, "__")
		return b.callAll(pair, nil)
	case model.ChannelGroup:
		return b.callAll(tx.ChannelMemberIDs(ctx, b.channel.ID, groupMembersMax))
	}
	words, err := s.keywords.of(ctx, tx.Q, b.channel.ID)
	if err != nil {
		return err
	}
	var names []string
	texts := make([]*said, len(b.drafts))
	for i, d := range b.drafts {
		texts[i] = read(d.post.Message)
		names = append(names, texts[i].names...)
		if len(words.members) > 0 {
			d.call(words.heard(texts[i]))
		}
	}
	if err := s.callNames(ctx, tx, b, texts, unique(names)); err != nil {
		return err
	}
	if err := s.callEverybody(ctx, tx, b, texts); err != nil {
		return err
	}
	return s.callRepliedTo(ctx, tx, b)
}

// callRepliedTo finds whom the drafts concern because they answer them. That is told apart:
// in the thread itself it does not count as a mention. Who sees threads as such hears of it there.
func (s *Service) callRepliedTo(ctx context.Context, tx *store.Tx, b *batchOf) error {
	mode := s.Config().ServiceSettings.CollapsedThreads
	var answers []store.Answer
	for _, d := range b.drafts {
		if d.post.RootID != "" {
			answers = append(answers, store.Answer{RootID: d.post.RootID, UserID: d.post.UserID})
		}
	}
	if len(answers) == 0 || mode == collapsedAlwaysOn {
		return nil
	}
	found, err := tx.MembersRepliedTo(ctx, b.channel.ID, slices.Sorted(maps.Keys(b.roots)), answers)
	written := map[store.Answer]bool{} // by earlier drafts
	for _, d := range b.drafts {
		for _, r := range found {
			hears := r.RootID == d.post.RootID && (!r.New || written[r.Answer]) && !seesCollapsed(mode, r.Collapsed)
			if hears && r.UserID != d.post.UserID && !slices.Contains(d.mentions, r.UserID) {
				d.repliedTo = append(d.repliedTo, r.UserID)
			}
		}
		d.repliedTo = unique(d.repliedTo)
		written[store.Answer{RootID: d.post.RootID, UserID: d.post.UserID}] = true
	}
	return err
}

// groupMembersMax is more than a group channel has members.
const groupMembersMax = 16

// callAll lets every draft mention the same accounts.
func (b *batchOf) callAll(ids []string, err error) error {
	for _, d := range b.drafts {
		d.call(ids)
	}
	return err
}

// call lets a draft mention accounts.
func (d *draft) call(ids []string) {
	for _, id := range ids {
		if id != d.post.UserID && !slices.Contains(d.mentions, id) {
			d.mentions = append(d.mentions, id)
		}
	}
}

// callNames finds whom the drafts call by name, or by the name of a group.
func (s *Service) callNames(ctx context.Context, tx *store.Tx, b *batchOf, texts []*said, names []string) error {
	if len(names) == 0 {
		return nil
	}
	found, err := tx.MembersNamed(ctx, b.channel.ID, names)
	if err != nil {
		return err
	}
	accounts := byName(found)
	if found, err = tx.MembersOfGroupsNamed(ctx, b.channel.ID, names, s.Config().TeamSettings.MaxNotificationsPerChannel); err != nil {
		return err
	}
	groups := byName(found)
	for i, d := range b.drafts {
		w := b.writers[d.post.UserID]
		mayGroups := d.actor.CanInChannel(perm.UseGroupMentions, w.Roles, w.TeamRoles)
		for _, name := range texts[i].names {
			d.call(accounts[name])
			if mayGroups {
				d.call(groups[name])
			}
		}
	}
	return nil
}

func byName(list []store.Named) map[string][]string {
	out := make(map[string][]string, len(list))
	for _, n := range list {
		out[n.Name] = append(out[n.Name], n.UserID)
	}
	return out
}

// callEverybody finds out who hears it when the drafts call the whole channel. In a large one
// nobody does.
func (s *Service) callEverybody(ctx context.Context, tx *store.Tx, b *batchOf, texts []*said) error {
	most := s.Config().TeamSettings.MaxNotificationsPerChannel
	if b.channel.Members > int64(most) {
		return nil
	}
	heard := map[bool][]string{} // by whether only those who are online do
	for i, d := range b.drafts {
		w := b.writers[d.post.UserID]
		if !texts[i].everybody && !texts[i].whoeverIsThere || !d.actor.CanInChannel(perm.UseChannelMentions, w.Roles, w.TeamRoles) {
			continue
		}
		onlineOnly := !texts[i].everybody
		if heard[onlineOnly] == nil {
			ids, err := tx.MembersToNotify(ctx, b.channel.ID, onlineOnly, most)
			if err != nil {
				return err
			}
			heard[onlineOnly] = append([]string{}, ids...)
		}
		d.callMany(heard[onlineOnly])
	}
	return nil
}

// callMany is call for many accounts.
func (d *draft) callMany(ids []string) {
	d.mentions = slices.DeleteFunc(unique(append(d.mentions, ids...)), func(id string) bool { return id == d.post.UserID })
}

// collapsedFor tells which of the accounts see answers in threads of their own.
func (s *Service) collapsedFor(ctx context.Context, q store.Q, userIDs []string) (map[string]bool, error) {
	out := make(map[string]bool, len(userIDs))
	mode := s.Config().ServiceSettings.CollapsedThreads
	for _, id := range userIDs {
		out[id] = mode == "always_on" || mode == "default_on"
	}
	if len(userIDs) == 0 || mode == "always_on" || mode == "disabled" {
		return out, nil
	}
	chosen, err := q.PreferencesNamed(ctx, userIDs, "display_settings", "collapsed_reply_threads")
	for _, p := range chosen {
		out[p.UserID] = p.Value == "on"
	}
	return out, err
}

// unique drops what is there twice, and keeps the order.
func unique(list []string) []string {
	seen := make(map[string]bool, len(list))
	out := make([]string, 0, len(list))
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
