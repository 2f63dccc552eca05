package workspace

import (
	"context"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// ArchiveChannel closes a channel of a team. What was written stays, and it can be restored.
func (s *Service) ArchiveChannel(ctx context.Context, a perm.Actor, channelID string) error {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		access, err := s.deletable(ctx, tx, a, channelID)
		if err != nil {
			return err
		}
		c := access.Channel
		switch {
		case c.DeleteAt > 0:
			return fault.New(fault.Invalid, "api.channel.delete_channel.deleted.app_error")
		case c.Name == model.TownSquare:
			return fault.New(fault.Invalid, "api.channel.delete_channel.cannot.app_error").With("Channel", c.DisplayName)
		}
		if err := s.writeAs(ctx, tx, a, c, model.PostChannelDeleted, "This channel was archived."); err != nil {
			return err
		}
		c.DeleteAt = s.now()
		tx.Emit(event.ChannelDeleted(c)...)
		return s.saveChannel(ctx, tx, c)
	})
	return store.Fault(err, "app.channel.delete.app_error")
}

// deletable holds a channel that the actor may archive or delete.
func (s *Service) deletable(ctx context.Context, tx *store.Tx, a perm.Actor, channelID string) (*store.ChannelAccess, error) {
	c, err := s.lockChannel(ctx, tx, a, channelID)
	if err != nil {
		return nil, err
	}
	switch c.Channel.Type {
	case model.ChannelOpen:
		err = a.NeedInChannel(perm.DeletePublicChannel, c.Roles, c.TeamRoles)
	case model.ChannelPrivate:
		err = a.NeedInChannel(perm.DeletePrivateChannel, c.Roles, c.TeamRoles)
	default:
		err = fault.New(fault.Invalid, "api.channel.delete_channel.type.invalid")
	}
	return c, err
}

// RestoreChannel opens an archived channel again.
func (s *Service) RestoreChannel(ctx context.Context, a perm.Actor, channelID string) (*model.Channel, error) {
	var c *model.Channel
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		access, err := s.lockChannel(ctx, tx, a, channelID)
		if err != nil {
			return err
		}
		if !a.CanWith(perm.ManageTeam, access.TeamRoles) && !a.Can(perm.SysconsoleWriteUserManagementChannels) {
			return fault.Permission(a.UserID, string(perm.ManageTeam))
		}
		c = access.Channel
		if c.DeleteAt == 0 {
			return fault.New(fault.Invalid, "api.channel.restore_channel.restored.app_error")
		}
		c.DeleteAt = 0
		if err := s.saveChannel(ctx, tx, c); err != nil {
			return err
		}
		tx.Emit(event.ChannelRestored(c)...)
		return s.writeAs(ctx, tx, a, c, model.PostChannelRestored, "This channel was restored.")
	})
	return c, store.Fault(err, "app.channel.restore.app_error")
}

// The jobs on channels that may take longer than a request.
const (
	PurgeChannelJob = "permanent_delete_channel"
	ConstrainJob    = "remove_outsiders_of_channel"
)

// purgeRows is the number of rows one transaction of a removal takes.
const purgeRows = 1000

// newJob makes a job that is due at once.
func (s *Service) newJob(kind string, data model.StringMap) *model.Job {
	now := s.now()
	return &model.Job{ID: model.NewTimeID(now), Type: kind, Status: model.JobPending, CreateAt: now, RunAt: now, Data: data}
}

// PermanentDeleteChannel removes a channel with everything in it. It is archived from the
// first moment; the removal is a job.
func (s *Service) PermanentDeleteChannel(ctx context.Context, a perm.Actor, channelID string) error {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		access, err := s.deletable(ctx, tx, a, channelID)
		if err != nil {
			return err
		}
		c := access.Channel
		switch {
		case !a.Local && !s.Config().ServiceSettings.EnableAPIChannelDeletion && a.IsAdmin():
			return fault.New(fault.Unauthenticated, "api.user.delete_channel.not_enabled.for_admin.app_error")
		case !a.Local && !s.Config().ServiceSettings.EnableAPIChannelDeletion:
			return fault.New(fault.Unauthenticated, "api.user.delete_channel.not_enabled.app_error")
		case c.Name == model.TownSquare:
			return fault.New(fault.Invalid, "api.channel.delete_channel.cannot.app_error").With("Channel", c.DisplayName)
		}
		if c.DeleteAt == 0 {
			c.DeleteAt = s.now()
			if err := s.saveChannel(ctx, tx, c); err != nil {
				return err
			}
		}
		tx.Emit(event.ChannelDeleted(c)...)
		return tx.Enqueue(ctx, s.newJob(PurgeChannelJob, model.StringMap{"channel_id": c.ID}))
	})
	return store.Fault(err, "app.channel.permanent_delete.app_error")
}

// PurgeChannel does what a job of PermanentDeleteChannel says. It may be run again after it
// stopped anywhere.
func (s *Service) PurgeChannel(ctx context.Context, job *model.Job) error {
	id := job.Data["channel_id"]
	if err := s.Accounts.RemoveFiles(ctx, store.WholeChannel, id); err != nil {
		return err
	}
	for _, trace := range store.ChannelTraces {
		for more := true; more; {
			err := s.DB.Tx(ctx, func(tx *store.Tx) error {
				n, err := tx.DeleteTraces(ctx, trace, id, purgeRows)
				more = n == purgeRows
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteChannel(ctx, id); err != nil {
			return err
		}
		tx.Emit(event.RolesStale())
		return tx.DropUnusedSchemes(ctx, moderationPrefix)
	})
}

// RemoveOutsiders takes everybody out of a channel whose members come from groups who is in
// none of them, a batch at a time; bots stay.
func (s *Service) RemoveOutsiders(ctx context.Context, job *model.Job) error {
	const batch = 100
	for {
		n := 0
		err := s.DB.Tx(ctx, func(tx *store.Tx) error {
			c, err := tx.LockChannel(ctx, job.Data["channel_id"])
			if err != nil || !c.Constrained() {
				return store.Fault(err, "app.channel.get.find.app_error")
			}
			ids, err := tx.OutsidersOf(ctx, c.ID, batch)
			if err != nil {
				return err
			}
			users, err := tx.HoldUsers(ctx, ids)
			if err != nil {
				return err
			}
			n = len(ids)
			for _, u := range users {
				if err := s.leaveChannel(ctx, tx, c, u, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < batch {
			return err
		}
	}
}
