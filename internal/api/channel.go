package api

import (
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/workspace"
)

func (a *API) channelRoutes() []route {
	return []route{
		{http.MethodPost, "/channels", session, payload, a.createChannel, alsoLocal},
		{http.MethodPost, "/channels/direct", session, payload, a.createDirectChannel, 0},
		{http.MethodPost, "/channels/group", session, payload, a.createGroupChannel, 0},
		{http.MethodGet, "/channels/{channel_id}", session, none, a.getChannel, alsoLocal},
		{http.MethodGet, "/channels/{channel_id}/stats", session, none, a.getChannelStats, 0},
		{http.MethodPost, "/channels/stats/member_count", session, payload, a.getChannelMemberCounts, noCSRF},
		{http.MethodGet, "/channels/{channel_id}/timezones", session, none, a.getChannelTimezones, 0},
		{http.MethodGet, "/channels/{channel_id}/common_teams", session, none, a.getCommonTeams, 0},
		{http.MethodGet, "/teams/{team_id}/channels", session, none, a.getPublicChannels, alsoLocal},
		{http.MethodGet, "/teams/{team_id}/channels/deleted", session, none, a.getDeletedChannels, alsoLocal},
		{http.MethodGet, "/teams/{team_id}/channels/private", session, none, a.getPrivateChannels, alsoLocal},
		{http.MethodPost, "/teams/{team_id}/channels/ids", session, payload, a.getPublicChannelsByIDs, noCSRF},
		{http.MethodGet, "/teams/{team_id}/channels/name/{channel_name}", session, none, a.getChannelByName, alsoLocal},
		{http.MethodGet, "/teams/name/{team_name}/channels/name/{channel_name}", session, none, a.getChannelByTeamName, alsoLocal},
		{http.MethodGet, "/users/{user_id}/channels", session, none, a.getChannelsForUser, 0},
		{http.MethodGet, "/users/{user_id}/teams/{team_id}/channels", session, none, a.getChannelsForTeamForUser, 0},
	}
}

// madeChannel sends a new channel.
func (c *call) madeChannel(made *model.Channel, err error) error {
	if err != nil {
		return err
	}
	c.note.about(channelObject, made.ID)
	return c.json(http.StatusCreated, made)
}

func (a *API) createChannel(c *call) error {
	in, err := decode[*model.Channel](c, "channel")
	if err != nil {
		return err
	}
	if in == nil {
		return fault.Body("channel")
	}
	made, err := a.Workspace.CreateChannel(c, c.actor, in)
	if err == nil {
		c.note.made(channelObject, made.ID)
	}
	return c.madeChannel(made, err)
}

func (a *API) createDirectChannel(c *call) error {
	ids, err := c.stringsIn("user_ids")
	if err != nil {
		return err
	}
	made, err := a.Workspace.CreateDirectChannel(c, c.actor, ids)
	return c.madeChannel(made, err)
}

func (a *API) createGroupChannel(c *call) error {
	ids, err := c.stringsIn("user_ids")
	if err != nil {
		return err
	}
	made, err := a.Workspace.CreateGroupChannel(c, c.actor, ids)
	return c.madeChannel(made, err)
}

func (a *API) getChannel(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	ch, err := a.Workspace.Channel(c, c.actor, id)
	return answer(c, http.StatusOK, ch, err)
}

func (a *API) getChannelByName(c *call) error {
	team, err := c.id("team_id")
	if err != nil {
		return err
	}
	ch, err := a.Workspace.ChannelByName(c, c.actor, team, chi.URLParam(c.r, "channel_name"), c.flag("include_deleted"))
	return answer(c, http.StatusOK, ch, err)
}

func (a *API) getChannelByTeamName(c *call) error {
	ch, err := a.Workspace.ChannelByTeamName(c, c.actor, chi.URLParam(c.r, "team_name"), chi.URLParam(c.r, "channel_name"),
		c.flag("include_deleted"))
	return answer(c, http.StatusOK, ch, err)
}

func (a *API) getChannelStats(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	stats, err := a.Workspace.ChannelStats(c, c.actor, id, c.flag("exclude_files_count"))
	return answer(c, http.StatusOK, stats, err)
}

func (a *API) getChannelMemberCounts(c *call) error {
	ids, err := c.stringsIn("channel_ids")
	if err != nil {
		return err
	}
	counts, err := a.Workspace.ChannelMemberCounts(c, c.actor, ids)
	return answer(c, http.StatusOK, counts, err)
}

func (a *API) getChannelTimezones(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	list, err := a.Workspace.ChannelTimezones(c, c.actor, id)
	return array(c, list, err)
}

func (a *API) getCommonTeams(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	list, err := a.Workspace.CommonTeams(c, c.actor, id)
	return array(c, list, err)
}

func (a *API) getPublicChannels(c *call) error {
	return a.teamChannels(c, a.Workspace.OpenChannels)
}

func (a *API) getDeletedChannels(c *call) error {
	return a.teamChannels(c, a.Workspace.ArchivedChannels)
}

func (a *API) getPrivateChannels(c *call) error {
	return a.teamChannels(c, a.Workspace.PrivateChannels)
}

func (a *API) getPublicChannelsByIDs(c *call) error {
	team, err := c.id("team_id")
	if err != nil {
		return err
	}
	ids, err := c.stringsIn("channel_ids")
	if err != nil {
		return err
	}
	list, err := a.Workspace.ChannelsByIDs(c, c.actor, team, ids)
	return array(c, list, err)
}

// ownChannels reads which of somebody's channels are asked for.
func (c *call) ownChannels(teamID string) (o workspace.OwnChannels, err error) {
	if o.UserID, err = c.userID(); err != nil {
		return o, err
	}
	o.TeamID, o.Archived = teamID, c.flag("include_deleted")
	if v := c.value("last_delete_at"); v != "" {
		if o.Since, err = strconv.ParseInt(v, 10, 64); err != nil {
			return o, fault.URL("last_delete_at")
		}
	}
	return o, nil
}

func (a *API) getChannelsForTeamForUser(c *call) error {
	team, err := c.id("team_id")
	if err != nil {
		return err
	}
	o, err := c.ownChannels(team)
	if err != nil {
		return err
	}
	list, err := a.Workspace.ChannelsInTeam(c, c.actor, o)
	if err != nil || c.unchanged(channelsEtag(list)) {
		return err
	}
	return c.json(http.StatusOK, list)
}

func (a *API) getChannelsForUser(c *call) error {
	o, err := c.ownChannels("")
	if err != nil {
		return err
	}
	list, err := a.Workspace.ChannelsOf(c, c.actor, o)
	if err != nil {
		return err
	}
	return stream(c, arrayStream, list)
}
