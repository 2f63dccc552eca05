package workspace

import (
	"context"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// schemeOf reads a scheme for an actor with a permission; it must be of the scope.
func (s *Service) schemeOf(ctx context.Context, a perm.Actor, id, scope string, p perm.Permission, otherScope string) error {
	if err := a.Need(p); err != nil {
		return err
	}
	m, err := s.DB.Scheme(ctx, id)
	if err != nil {
		return store.Fault(err, "app.scheme.get.app_error", errNoScheme())
	}
	if m.Scope != scope {
		return fault.New(fault.Invalid, otherScope)
	}
	return nil
}

// TeamsOfScheme lists the teams that have a scheme, by display name.
func (s *Service) TeamsOfScheme(ctx context.Context, a perm.Actor, id string, page, perPage int) ([]model.TeamView, error) {
	if err := s.schemeOf(ctx, a, id, model.SchemeTeam, perm.SysconsoleReadUserManagementTeams,
		"api.scheme.get_teams_for_scheme.scope.error"); err != nil {
		return nil, err
	}
	out, err := s.teamPage(ctx, a, store.TeamFilter{SchemeID: id, Offset: page * perPage, Limit: perPage}, false)
	return out.Teams, err
}

// ChannelsOfScheme lists the channels that have a scheme, by display name.
func (s *Service) ChannelsOfScheme(ctx context.Context, a perm.Actor, id string, page, perPage int) ([]*model.Channel, error) {
	if err := s.schemeOf(ctx, a, id, model.SchemeChannel, perm.SysconsoleReadUserManagementChannels,
		"api.scheme.get_channels_for_scheme.scope.error"); err != nil {
		return nil, err
	}
	list, err := s.DB.SchemeChannels(ctx, id, page*perPage, perPage)
	return list, store.Fault(err, "app.channel.get_by_scheme.app_error")
}

// SetTeamScheme gives a team a scheme, or with an empty id the built-in roles: memberships
// in it, and in its channels, stand for other roles at once.
func (s *Service) SetTeamScheme(ctx context.Context, a perm.Actor, teamID, schemeID string) error {
	if err := a.Need(perm.SysconsoleWriteUserManagementPermissions); err != nil {
		return err
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		scheme, err := lockSchemeOf(ctx, tx, schemeID, model.SchemeTeam, "api.team.update_team_scheme.scheme_scope.error")
		if err != nil {
			return err
		}
		t, err := s.lockTeam(ctx, tx, a, teamID)
		if err != nil {
			return err
		}
		t.Team.SchemeID = scheme
		tx.Emit(event.RolesStale())
		return s.teamChanged(ctx, tx, t.Team, event.TeamSchemeUpdated)
	})
	return store.Fault(err, "app.team.update.updating.app_error")
}

// lockSchemeOf holds a scheme that a place is to get, so that it is not deleted meanwhile;
// nil is none.
func lockSchemeOf(ctx context.Context, tx *store.Tx, id, scope, otherScope string) (*string, error) {
	if id == "" {
		return nil, nil
	}
	m, err := tx.LockScheme(ctx, id)
	if err != nil {
		return nil, store.Fault(err, "app.scheme.get.app_error", errNoScheme())
	}
	if m.Scope != scope {
		return nil, fault.New(fault.Invalid, otherScope)
	}
	return &m.ID, nil
}

// SetChannelScheme gives a channel of a team a scheme.
func (s *Service) SetChannelScheme(ctx context.Context, a perm.Actor, channelID, schemeID string) error {
	if err := a.Need(perm.ManageSystem); err != nil {
		return err
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		scheme, err := lockSchemeOf(ctx, tx, schemeID, model.SchemeChannel, "api.channel.update_channel_scheme.scheme_scope.error")
		if err != nil {
			return err
		}
		access, err := s.lockChannel(ctx, tx, a, channelID)
		if err != nil {
			return err
		}
		if !access.Channel.InTeam() {
			return fault.URL("channel_id")
		}
		return s.giveScheme(ctx, tx, access.Channel, scheme)
	})
	return store.Fault(err, "app.channel.update_channel.internal_error")
}

// giveScheme changes the scheme of a channel, and tells its members.
func (s *Service) giveScheme(ctx context.Context, tx *store.Tx, c *model.Channel, schemeID *string) error {
	c.SchemeID = schemeID
	tx.Emit(event.RolesStale())
	tx.Emit(event.ChannelSchemeUpdated(c))
	if err := s.saveChannel(ctx, tx, c); err != nil {
		return err
	}
	return tx.DropUnusedSchemes(ctx, moderationPrefix)
}
