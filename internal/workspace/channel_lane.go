package workspace

import (
	"context"

	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// enterChannel lets the actor come into a channel by themselves, together with others who
// do so at the same time.
func (s *Service) enterChannel(ctx context.Context, a perm.Actor, channelID string) (*model.ChannelMember, error) {
	if _, err := s.mayOpen(ctx, s.DB.Q, a, channelID, []string{a.UserID}); err != nil {
		return nil, err
	}
	e := &entrant[model.ChannelMember]{userID: a.UserID}
	return e.wait(ctx, &s.channelEntrances, channelID)
}

// enterChannelTogether lets accounts into a channel in one transaction. Whoever cannot come
// is told so when they are tried alone.
func (s *Service) enterChannelTogether(channelID string, batch []*entrant[model.ChannelMember]) error {
	ctx, cancel := context.WithTimeout(context.Background(), entryTime)
	defer cancel()
	ids := idsOf(batch)
	return s.DB.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockChannel(ctx, channelID)
		if err != nil {
			return store.Fault(err, "app.channel.get.find.app_error", channelMissing())
		}
		if c.DeleteAt > 0 {
			return errBuriedChannel()
		}
		if err := s.needGroups(ctx, tx.Q, c, ids); err != nil {
			return err
		}
		users, refused, err := s.admitToChannel(ctx, tx, c, ids)
		if err != nil {
			return err
		}
		if refused != nil {
			return refused
		}
		members, err := s.joinChannel(ctx, tx, c, users, channelEntry{})
		for _, e := range batch {
			if m := members[e.userID]; m != nil {
				e.member = m.For(e.userID)
			}
		}
		return err
	})
}
