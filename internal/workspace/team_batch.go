package workspace

import (
	"context"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// batchMax is how many accounts one call may put into a team.
const batchMax = 256

// Joined is what became of one account of many that were to come into a team.
type Joined struct {
	UserID string
	Member *model.TeamMember // nil when it could not come
	Err    *fault.Error
}

// AddTeamMembers puts accounts into a team, with a number of statements that does not
// depend on how many they are. Without graceful the first that cannot come ends it: those
// before it stay, and its fault is the answer.
func (s *Service) AddTeamMembers(ctx context.Context, a perm.Actor, teamID string, userIDs []string, graceful bool) ([]Joined, error) {
	if len(userIDs) == 0 || len(userIDs) > batchMax {
		return nil, fault.Body("members")
	}
	var out []Joined
	var first *fault.Error
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		t, err := s.lockTeam(ctx, tx, a, teamID)
		if err != nil {
			return err
		}
		if err := a.NeedIn(perm.AddUserToTeam, t.Roles); err != nil {
			return err
		}
		out, first, err = s.addMany(ctx, tx, a, t, userIDs, graceful)
		return err
	})
	if err != nil {
		return nil, store.Fault(err, "app.team.save_member.save.app_error")
	}
	if first != nil && !graceful {
		return nil, first
	}
	return out, nil
}

// addMany decides about each account of a batch and lets in those who may come.
func (s *Service) addMany(ctx context.Context, tx *store.Tx, a perm.Actor, t *store.TeamAccess, userIDs []string, graceful bool,
) (out []Joined, first *fault.Error, err error) {
	list, err := tx.HoldUsers(ctx, userIDs)
	if err != nil {
		return nil, nil, err
	}
	users := make(map[string]*model.User, len(list))
	for _, u := range list {
		users[u.ID] = u
	}
	fits, admins, err := s.groupsOf(ctx, tx.Q, t.Team, userIDs)
	if err != nil {
		return nil, nil, err
	}
	var come []*model.User
	out = make([]Joined, len(userIDs))
	for i, id := range userIDs {
		out[i].UserID = id
		u := users[id]
		switch {
		case u == nil:
			out[i].Err = fault.NoUser()
		case u.IsGuest() && !a.CanWith(perm.InviteGuest, t.Roles):
			out[i].Err = fault.Permission(a.UserID, string(perm.InviteGuest))
		case !fits(u):
			out[i].Err = fault.New(fault.Invalid, "api.team.add_members.user_denied")
		default:
			come = append(come, u)
		}
		if out[i].Err != nil && !graceful {
			out, first = out[:i], out[i].Err
			break
		}
	}
	joined, err := s.joinBatch(ctx, tx, a, t.Team, come, admins, graceful)
	if err != nil {
		return nil, nil, err
	}
	for i := range out {
		j, ok := joined[out[i].UserID]
		if !ok {
			continue
		}
		out[i].Member, out[i].Err = j.member, fault.As(j.err)
		if j.err != nil && (first == nil || !graceful) {
			first = fault.As(j.err)
		}
	}
	return out, first, nil
}

// joinBatch lets accounts into a team; without graceful none of those behind the first
// that cannot come.
func (s *Service) joinBatch(ctx context.Context, tx *store.Tx, a perm.Actor, t *model.Team, users []*model.User, admins map[string]bool,
	graceful bool,
) (map[string]teamJoin, error) {
	if len(users) == 0 {
		return nil, nil
	}
	if !graceful {
		ids := make([]string, len(users))
		for i, u := range users {
			ids[i] = u.ID
		}
		known, err := s.teamMembersAmong(ctx, tx.Q, t.ID, ids)
		if err != nil {
			return nil, err
		}
		for i, j := range s.admitToTeam(t, users, known, teamEntry{}) {
			if j.err != nil {
				users = users[:i+1]
				break
			}
		}
	}
	e := teamEntry{admins: admins}
	if a.UserID != "" {
		by, err := tx.User(ctx, a.UserID)
		if err != nil {
			return nil, store.Fault(err, "app.user.get.app_error", fault.NoUser())
		}
		e.by = by
	}
	list, err := s.joinTeam(ctx, tx, t, users, e)
	if err != nil {
		return nil, err
	}
	out := make(map[string]teamJoin, len(list))
	for _, j := range list {
		out[j.user.ID] = j
		if j.err == nil {
			tx.Emit(event.AddedToTeam(t.ID, j.user.ID)) // as documented: once more than joining does
		}
	}
	return out, nil
}
