package workspace

import (
	"context"
	"slices"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// DemoteToGuest makes a guest of a member. Its places stay, as those of a guest, and its
// sessions go on with what it may do now.
func (s *Service) DemoteToGuest(ctx context.Context, a perm.Actor, userID string) error {
	if !s.Config().GuestAccountsSettings.Enable {
		return fault.New(fault.Unavailable, "api.team.demote_user_to_guest.disabled.error")
	}
	if err := a.Need(perm.DemoteToGuest); err != nil {
		return err
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockUser(ctx, userID)
		if err != nil {
			return store.Fault(err, "app.user.get.app_error", fault.NoUser())
		}
		roles, err := perm.Demote(a, was.Roles)
		if err != nil {
			return err
		}
		if _, err := s.Accounts.ReplaceRoles(ctx, tx, a, was, roles); err != nil {
			return err
		}
		if err := tx.MakeGuest(ctx, userID); err != nil {
			return err
		}
		return s.tellPlaces(ctx, tx, userID)
	})
	return store.Fault(err, "app.user.demote_user_to_guest.user_update.app_error")
}

// PromoteGuest makes a member of a guest, who joins the default channels of the teams it is in.
func (s *Service) PromoteGuest(ctx context.Context, a perm.Actor, userID string) error {
	if err := a.Need(perm.PromoteGuest); err != nil {
		return err
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockUser(ctx, userID)
		if err != nil {
			return store.Fault(err, "app.user.get.app_error", fault.NoUser())
		}
		roles, err := perm.Promote(a, was.Roles)
		if err != nil {
			return err
		}
		if was.AuthService == model.AuthMagicLink {
			return fault.New(fault.Unavailable, "api.user.promote_guest_to_user.magic_link_enabled.app_error")
		}
		u, err := s.Accounts.ReplaceRoles(ctx, tx, a, was, roles)
		if err != nil {
			return err
		}
		if err := tx.MakeMember(ctx, userID); err != nil {
			return err
		}
		if err := s.joinAllDefaultChannels(ctx, tx, u); err != nil {
			return err
		}
		return s.tellPlaces(ctx, tx, userID)
	})
	return store.Fault(err, "app.user.promote_guest.user_update.app_error")
}

// joinAllDefaultChannels puts an account into the default channels of every team it is in.
func (s *Service) joinAllDefaultChannels(ctx context.Context, tx *store.Tx, u *model.User) error {
	teams, err := tx.TeamsOf(ctx, u.ID, u.ID)
	if err != nil {
		return err
	}
	for _, t := range teams {
		if err := s.joinDefaultChannels(ctx, tx, t.Team, []*model.User{u}, teamEntry{}); err != nil {
			return err
		}
	}
	return nil
}

// tellPlaces tells an account what it is now in its teams and their channels.
func (s *Service) tellPlaces(ctx context.Context, tx *store.Tx, userID string) error {
	teams, err := tx.TeamMembersOf(ctx, userID)
	if err != nil {
		return err
	}
	channels, err := tx.TeamChannelMembersOf(ctx, userID)
	if err != nil {
		return err
	}
	for _, m := range slices.DeleteFunc(teams, func(m *model.TeamMember) bool { return m.DeleteAt != 0 }) {
		tx.Emit(event.MemberRoleUpdated(m))
	}
	for _, m := range channels {
		tx.Emit(event.ChannelMemberUpdated(m))
	}
	tx.Emit(event.MembershipsStale(userID))
	return nil
}
