package workspace

import (
	"context"
	"errors"
	"time"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/lane"
	"muster/internal/model"
	"muster/internal/store"
)

// How many accounts come into a team in one transaction, how many may wait to, and how long
// the transaction may take.
const (
	entryBatch = 64
	entryQueue = 2000
	entryTime  = 30 * time.Second
)

// entrant is an account that is let into a team, together with others that come in at the
// same time: each moves the team's numbers, so they would wait for each other's commits.
type entrant struct {
	userID string
	member *model.TeamMember
	err    error // why it could not come
}

// enter lets an account into a team.
func (s *Service) enter(ctx context.Context, teamID, userID string) (*model.TeamMember, error) {
	e := &entrant{userID: userID}
	if err := s.entrances.Do(ctx, teamID, e); err != nil {
		if errors.Is(err, lane.ErrFull) {
			return nil, fault.New(fault.Busy, "api.context.server_busy.app_error").With("RetryAfter", 1)
		}
		return nil, err
	}
	return e.member, e.err
}

// enterTogether lets accounts into a team in one transaction.
func (s *Service) enterTogether(teamID string, batch []*entrant) error {
	ctx, cancel := context.WithTimeout(context.Background(), entryTime)
	defer cancel()
	return s.DB.Tx(ctx, func(tx *store.Tx) error {
		t, err := tx.LockTeam(ctx, teamID)
		if err != nil {
			return store.Fault(err, "app.team.get.finding.app_error", errNoTeam())
		}
		outcome, err := s.letIn(ctx, tx, t, batch)
		if err != nil {
			return err
		}
		for _, e := range batch {
			j, known := outcome[e.userID]
			e.member, e.err = j.member, j.err
			switch {
			case !known:
				e.err = fault.NoUser()
			case j.err == nil:
				tx.Emit(event.AddedToTeam(teamID, e.userID)) // as documented: once more than joining does
			}
		}
		return nil
	})
}

// letIn tells what became of each account that there is.
func (s *Service) letIn(ctx context.Context, tx *store.Tx, t *model.Team, batch []*entrant) (map[string]teamJoin, error) {
	ids := make([]string, len(batch))
	for i, e := range batch {
		ids[i] = e.userID
	}
	users, err := tx.Users(ctx, distinct(ids))
	if err != nil {
		return nil, err
	}
	fits, admins, err := s.groupsOf(ctx, tx.Q, t, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string]teamJoin, len(users))
	var welcome []*model.User
	for _, u := range users {
		if fits(u) {
			welcome = append(welcome, u)
			continue
		}
		out[u.ID] = teamJoin{user: u, err: fault.New(fault.Invalid, "api.team.add_members.user_denied")}
	}
	joined, err := s.joinTeam(ctx, tx, t, welcome, teamEntry{admins: admins})
	for _, j := range joined {
		out[j.user.ID] = j
	}
	return out, err
}
