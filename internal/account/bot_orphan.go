package account

import (
	"context"
	"strings"

	"muster/internal/model"
	"muster/internal/store"
)

// orphansNamed is how many bots that lost their owner administrators are told of by name.
const orphansNamed = 10

// orphanBots sees to the active bots of a person who was deactivated: administrators are told,
// and where the settings want that the bots are disabled.
func (s *Service) orphanBots(ctx context.Context, tx *store.Tx, owner *model.User) error {
	if owner.IsBot {
		return nil
	}
	bots, err := tx.ActiveBotsOf(ctx, owner.ID, orphansNamed)
	if err != nil || len(bots) == 0 {
		return err
	}
	names := make([]string, len(bots))
	for i, b := range bots {
		names[i] = b.Username
	}
	now := s.now()
	job := &model.Job{
		ID: model.NewTimeID(now), Type: model.OrphanedBotsJob, Status: model.JobPending, CreateAt: now, RunAt: now,
		Data: model.StringMap{model.OrphansOwner: owner.ID, model.OrphansNames: strings.Join(names, " ")},
	}
	if err := tx.Enqueue(ctx, job); err != nil || !s.Config().ServiceSettings.DisableBotsWhenOwnerIsDeactivated {
		return err
	}
	return s.disableBotsOf(ctx, tx, owner)
}

func (s *Service) disableBotsOf(ctx context.Context, tx *store.Tx, owner *model.User) error {
	for {
		const batch = 100
		bots, err := tx.ActiveBotsOf(ctx, owner.ID, batch)
		if err != nil {
			return err
		}
		for _, b := range bots {
			u, err := tx.LockUser(ctx, b.UserID)
			if err != nil {
				return err
			}
			if err := s.setBotActive(ctx, tx, b, u, false); err != nil {
				return err
			}
		}
		if len(bots) < batch {
			return nil
		}
	}
}
