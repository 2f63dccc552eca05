package workspace

import (
	"context"
	"errors"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// RemoveTeamMember takes an account out of a team: everybody themselves, others only
// with the right to.
func (s *Service) RemoveTeamMember(ctx context.Context, a perm.Actor, teamID, userID string) error {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		own := a.UserID != "" && userID == a.UserID
		var needed []perm.Permission
		if !own {
			needed = append(needed, perm.RemoveUserFromTeam)
		}
		t, err := s.needTeam(ctx, tx.Q, a, teamID, needed...)
		if err != nil {
			return err
		}
		u, err := tx.LockUser(ctx, userID)
		if err != nil {
			return store.Fault(err, "app.user.get.app_error", fault.NoUser())
		}
		if t.Team.GroupConstrained != nil && *t.Team.GroupConstrained && !own && !u.IsBot {
			return fault.New(fault.Invalid, "api.team.remove_member.group_constrained.app_error")
		}
		by, err := s.remover(ctx, tx, a, u)
		if err != nil {
			return err
		}
		return s.leaveTeam(ctx, tx, teamID, u, by)
	})
	return store.Fault(err, "app.team.save_member.save.app_error")
}

// remover reads who takes an account out of something; nil when it goes by itself. What
// the local socket removes goes in its own name too.
func (s *Service) remover(ctx context.Context, tx *store.Tx, a perm.Actor, u *model.User) (*model.User, error) {
	if a.UserID == "" || a.UserID == u.ID {
		return nil, nil
	}
	by, err := tx.User(ctx, a.UserID)
	return by, store.Fault(err, "app.user.get.app_error", fault.NoUser())
}

// leaveTeam takes an account out of a team and of everything in it. Whoever left before
// stays as they are, and nobody hears of it again.
func (s *Service) leaveTeam(ctx context.Context, tx *store.Tx, teamID string, u, by *model.User) error {
	m, err := tx.LockTeamMember(ctx, teamID, u.ID)
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.Invalid, "api.team.remove_user_from_team.missing.app_error").Because(err)
	}
	if err != nil || m.DeleteAt != 0 {
		return err
	}
	if err := s.announceLeaving(ctx, tx, teamID, u, by); err != nil {
		return err
	}
	if err := tx.LeaveChannelsOf(ctx, teamID, u); err != nil {
		return err
	}
	if err := tx.LeaveThreadsOfTeam(ctx, u.ID, teamID); err != nil {
		return err
	}
	m.DeleteAt, m.ExplicitRoles = s.now(), ""
	if err := tx.SaveTeamMember(ctx, m); err != nil {
		return err
	}
	active := 0
	if u.Active() {
		active = 1
	}
	if err := tx.CountTeam(ctx, teamID, -1, -active); err != nil {
		return err
	}
	if err := tx.TouchUsers(ctx, []string{u.ID}, s.now()); err != nil {
		return err
	}
	tx.Emit(event.UsersStale(u.ID))
	tx.Emit(event.LeftTeam(teamID, u.ID)...)
	return nil
}

// announceLeaving writes in town-square that somebody left. It comes first, while the
// account still hears it.
func (s *Service) announceLeaving(ctx context.Context, tx *store.Tx, teamID string, u, by *model.User) error {
	if !s.Config().ServiceSettings.ExperimentalEnableDefaultChannelLeaveJoinMessages {
		return nil
	}
	c, err := tx.ChannelByName(ctx, teamID, model.TownSquare)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	post := systemPost{
		author: u, kind: model.PostLeaveTeam, message: u.Username + " left the team.",
		props: map[string]any{"username": u.Username},
	}
	if by != nil {
		post.kind, post.message = model.PostRemoveFromTeam, u.Username+" was removed from the team."
	}
	return s.writeSystemPost(ctx, tx, c, post)
}
