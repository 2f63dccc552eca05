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

// How many accounts come into a team or a channel in one transaction, how many may wait to, and how long
// the transaction may take.
const (
	entryBatch = 64
	entryQueue = 2000
	entryTime  = 30 * time.Second
)

// entrant is an account that is let into a team or a channel, together with others that come
// in at the same time: each moves the numbers of the place, so they would wait for each
// other's commits.
type entrant[M any] struct {
	userID string
	member *M
	err    error // why it could not come
}

// idsOf lists the accounts of entrants, each once.
func idsOf[M any](batch []*entrant[M]) []string {
	ids := make([]string, len(batch))
	for i, e := range batch {
		ids[i] = e.userID
	}
	return distinct(ids)
}

// wait returns when the account has come in or was refused.
func (e *entrant[M]) wait(ctx context.Context, l *lane.Lanes[*entrant[M]], placeID string) (*M, error) {
	if err := l.Do(ctx, placeID, e); err != nil {
		if errors.Is(err, lane.ErrFull) {
			err = fault.New(fault.Busy, "api.context.server_busy.app_error").With("RetryAfter", 1)
		}
		return nil, err
	}
	return e.member, e.err
}

// enterTeamTogether lets accounts into a team in one transaction.
func (s *Service) enterTeamTogether(teamID string, batch []*entrant[model.TeamMember]) error {
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
func (s *Service) letIn(ctx context.Context, tx *store.Tx, t *model.Team, batch []*entrant[model.TeamMember]) (map[string]teamJoin, error) {
	ids := idsOf(batch)
	users, err := tx.HoldUsers(ctx, ids)
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
