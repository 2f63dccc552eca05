package workspace

import (
	"context"
	"errors"

	"muster/internal/account"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// MoveChannel takes a channel to another team. Who is not in that team leaves the channel when
// it is forced, and keeps it where it is otherwise.
func (s *Service) MoveChannel(ctx context.Context, a perm.Actor, channelID, teamID string, force bool) (*model.Channel, error) {
	if err := a.Need(perm.ManageSystem); err != nil {
		return nil, err
	}
	var c *model.Channel
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		access, err := s.lockChannel(ctx, tx, a, channelID)
		if err != nil {
			return err
		}
		c = access.Channel
		if !c.InTeam() {
			return fault.New(fault.Forbidden, "api.channel.move_channel.type.invalid")
		}
		if c.Name == model.TownSquare {
			return fault.New(fault.Invalid, "api.channel.update_channel.tried.app_error").With("Channel", c.DisplayName)
		}
		if _, err := tx.Team(ctx, teamID); err != nil {
			return store.Fault(err, "app.team.get.finding.app_error", errNoTeam())
		}
		return s.moveTo(ctx, tx, c, teamID, force)
	})
	if errors.Is(err, store.ErrConflict) {
		return nil, channelExists().Because(err)
	}
	return c, store.Fault(err, "app.channel.update.bad_id")
}

func (s *Service) moveTo(ctx context.Context, tx *store.Tx, c *model.Channel, teamID string, force bool) error {
	gone, err := tx.RemoveForeigners(ctx, c.ID, teamID)
	if err != nil {
		return err
	}
	if len(gone) > 0 && !force {
		return fault.New(fault.Internal, "app.channel.move_channel.members_do_not_match.error")
	}
	if err := tx.UnplaceEverywhere(ctx, c.ID); err != nil {
		return err
	}
	if err := tx.RecountChannel(ctx, c.ID); err != nil {
		return err
	}
	if err := tx.LeaveThreadsOfChannel(ctx, c.ID, gone...); err != nil {
		return err
	}
	if err := tx.MoveThreads(ctx, c.ID, teamID); err != nil {
		return err
	}
	c.TeamID = teamID
	if err := s.saveChannel(ctx, tx, c); err != nil {
		return err
	}
	if c.SchemeID != nil { // its roles grant what is left of others in another team
		tx.Emit(event.RolesStale())
	}
	tx.Emit(event.MembershipsStale(gone...))
	tx.Emit(event.ChannelUpdated(c))
	return nil
}

// GroupConversion says what a group channel becomes.
type GroupConversion struct{ TeamID, Name, DisplayName string }

// ConvertGroupChannel makes a group channel a private one of a team that all its members are in.
func (s *Service) ConvertGroupChannel(ctx context.Context, a perm.Actor, channelID string, to GroupConversion) (*model.Channel, error) {
	if a.IsGuest {
		return nil, fault.New(fault.Forbidden, "api.channel.gm_to_channel_conversion.not_allowed_for_user.request_error")
	}
	var c *model.Channel
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		access, err := s.lockChannel(ctx, tx, a, channelID)
		if err != nil {
			return err
		}
		if _, err := account.InTeam(ctx, tx.Q, a, to.TeamID, perm.CreatePrivateChannel); err != nil {
			return err
		}
		c = access.Channel
		switch {
		case !access.Member:
			return fault.Permission(a.UserID, string(perm.ReadChannel))
		case c.Type != model.ChannelGroup:
			return fault.New(fault.Invalid, "app.channel.group_message_conversion.original_channel_not_gm")
		}
		foreign, err := tx.CountForeigners(ctx, c.ID, to.TeamID)
		if err != nil {
			return err
		}
		if foreign > 0 {
			return fault.New(fault.Invalid, "app.channel.group_message_conversion.incorrect_team")
		}
		c.TeamID, c.Type, c.Name, c.DisplayName, c.Shared = to.TeamID, model.ChannelPrivate, to.Name, to.DisplayName, nil
		if c.DisplayName == "" {
			return fault.Body("display_name")
		}
		if err := c.Validate(); err != nil {
			return err
		}
		if err := tx.UnplaceEverywhere(ctx, c.ID); err != nil {
			return err
		}
		if err := tx.MoveThreads(ctx, c.ID, c.TeamID); err != nil {
			return err
		}
		if err := s.saveChannel(ctx, tx, c); err != nil {
			return err
		}
		tx.Emit(event.ChannelUpdated(c))
		return s.writeAs(ctx, tx, a, c, model.PostGeneric, "This group was turned into a private channel.")
	})
	if errors.Is(err, store.ErrConflict) {
		return nil, channelExists().Because(err)
	}
	return c, store.Fault(err, "app.channel.update_channel.internal_error")
}
