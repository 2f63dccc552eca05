package workspace

import (
	"context"
	"errors"
	"fmt"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/jobs"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// The types of the jobs that concern a team, which their data names.
const (
	// PurgeTeamJob removes a team for good.
	PurgeTeamJob = "permanent_delete_team"
	// TeamGroupsJob takes out of a team who is in none of its groups.
	TeamGroupsJob = "team_group_members"

	jobTeamID = "team_id"
)

// purgeBatch is the number of rows one transaction of a removal takes.
const purgeBatch = 1000

// DeleteTeam removes a team with everything in it. It is archived from the first moment;
// the removal goes on as a job if the request ends early.
func (s *Service) DeleteTeam(ctx context.Context, a perm.Actor, teamID string) error {
	allowed := a.Local || s.Config().ServiceSettings.EnableAPITeamDeletion
	job := s.teamJob(PurgeTeamJob, teamID)
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		t, err := s.lockTeam(ctx, tx, a, teamID)
		if err != nil {
			return err
		}
		if err := a.NeedIn(perm.ManageTeam, t.Roles); err != nil {
			return err
		}
		switch {
		case !allowed && a.IsAdmin():
			return fault.New(fault.Unauthenticated, "api.user.delete_team.not_enabled.for_admin.app_error")
		case !allowed:
			return fault.New(fault.Unauthenticated, "api.user.delete_team.not_enabled.app_error")
		}
		t.Team.DeleteAt = s.now()
		if err := s.teamChanged(ctx, tx, t.Team, event.TeamDeleted); err != nil {
			return err
		}
		return tx.Enqueue(ctx, job)
	})
	if err != nil {
		return store.Fault(err, "app.team.permanent_delete.app_error")
	}
	return s.doNow(ctx, job, s.PurgeTeam)
}

func (s *Service) teamJob(kind, teamID string) *model.Job {
	return jobs.Later(kind, s.now(), model.StringMap{jobTeamID: teamID})
}

func (s *Service) enqueueTeam(ctx context.Context, tx *store.Tx, kind, teamID string) error {
	job := s.teamJob(kind, teamID)
	job.RunAt = job.CreateAt
	return tx.Enqueue(ctx, job)
}

// doNow does a job at once, as far as the request lives.
func (s *Service) doNow(ctx context.Context, job *model.Job, do func(context.Context, *model.Job) error) error {
	return store.Fault(jobs.Now(ctx, s.DB, job, s.Now, do), "app.team.permanent_delete.app_error")
}

// PurgeTeam removes what belongs to a team in batches, and then the team. It may be run
// again after it stopped anywhere.
func (s *Service) PurgeTeam(ctx context.Context, job *model.Job) error {
	teamID := job.Data[jobTeamID]
	if err := s.Accounts.RemoveFiles(ctx, store.WholeTeam, teamID); err != nil {
		return fmt.Errorf("remove files of team %s: %w", teamID, err)
	}
	for _, trace := range store.TeamTraces {
		for more := true; more; {
			err := s.DB.Tx(ctx, func(tx *store.Tx) error {
				n, err := tx.DeleteTraces(ctx, trace, teamID, purgeBatch)
				more = n == purgeBatch
				return err
			})
			if err != nil {
				return fmt.Errorf("remove %s of team %s: %w", trace.Table, teamID, err)
			}
		}
	}
	if err := s.Accounts.Files.DeletePrefix(ctx, iconFolder(teamID)); err != nil {
		return fmt.Errorf("remove pictures of team %s: %w", teamID, err)
	}
	return s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteTeam(ctx, teamID); err != nil {
			return err
		}
		tx.Emit(event.RolesStale())
		return tx.DropUnusedSchemes(ctx, moderationPrefix)
	})
}

// LeaveGroups takes out of a team that is tied to its groups who is in none of them.
func (s *Service) LeaveGroups(ctx context.Context, job *model.Job) error {
	teamID := job.Data[jobTeamID]
	for {
		n, err := s.leaveGroupsOnce(ctx, teamID)
		if err != nil || n == 0 {
			return err
		}
	}
}

// groupBatch is how many members one transaction takes out of a team.
const groupBatch = 50

func (s *Service) leaveGroupsOnce(ctx context.Context, teamID string) (n int, err error) {
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		n = 0
		t, err := tx.LockTeam(ctx, teamID)
		if errors.Is(err, store.ErrNotFound) || err == nil && !tiedToGroups(t) {
			return nil
		}
		if err != nil {
			return err
		}
		strangers, err := tx.MembersOutsideGroups(ctx, teamID, groupBatch)
		if err != nil {
			return err
		}
		n = len(strangers)
		for _, id := range strangers {
			u, err := tx.LockUser(ctx, id)
			if err != nil {
				return err
			}
			if err := s.leaveTeam(ctx, tx, teamID, u, nil); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}
