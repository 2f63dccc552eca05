package api

import (
	"net/http"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/workspace"
)

func (a *API) channelChangeRoutes() []route {
	return []route{
		{http.MethodPut, "/channels/{channel_id}", session, payload, a.updateChannel, 0},
		{http.MethodPut, "/channels/{channel_id}/patch", session, payload, a.patchChannel, alsoLocal},
		{http.MethodPut, "/channels/{channel_id}/privacy", session, payload, a.updateChannelPrivacy, alsoLocal},
		{http.MethodDelete, "/channels/{channel_id}", session, none, a.deleteChannel, alsoLocal},
		{http.MethodPost, "/channels/{channel_id}/restore", session, none, a.restoreChannel, alsoLocal},
		{http.MethodPost, "/channels/{channel_id}/move", session, payload, a.moveChannel, alsoLocal},
		{http.MethodPost, "/channels/{channel_id}/convert_to_channel", session, payload, a.convertGroupChannel, 0},
		{http.MethodPost, "/channels/members/{user_id}/view", session, payload, a.viewChannel, 0},
		{http.MethodPost, "/channels/members/{user_id}/mark_read", session, payload, a.readChannels, 0},
		{http.MethodGet, "/users/{user_id}/channels/{channel_id}/unread", session, none, a.getChannelUnread, 0},
	}
}

func (a *API) updateChannel(c *call) error {
	id, in, err := channelAnd[model.Channel](c)
	if err != nil {
		return err
	}
	ch, err := a.Workspace.UpdateChannel(c, c.actor, id, in)
	return answer(c, http.StatusOK, ch, err)
}

func (a *API) patchChannel(c *call) error {
	id, in, err := channelAnd[workspace.ChannelPatch](c)
	if err != nil {
		return err
	}
	ch, err := a.Workspace.PatchChannel(c, c.actor, id, in)
	return answer(c, http.StatusOK, ch, err)
}

// channelAnd gives the channel the path is about and the body, which must not be null.
func channelAnd[T any](c *call) (id string, in *T, err error) {
	if id, err = c.id("channel_id"); err != nil {
		return "", nil, err
	}
	if in, err = decode[*T](c, "channel"); err == nil && in == nil {
		err = fault.Body("channel")
	}
	return id, in, err
}

func (a *API) updateChannelPrivacy(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	in, err := c.texts()
	if err != nil {
		return err
	}
	ch, err := a.Workspace.SetChannelPrivacy(c, c.actor, id, in["privacy"])
	return answer(c, http.StatusOK, ch, err)
}

func (a *API) deleteChannel(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	if c.flag("permanent") {
		return c.ok(a.Workspace.PermanentDeleteChannel(c, c.actor, id))
	}
	return c.ok(a.Workspace.ArchiveChannel(c, c.actor, id))
}

func (a *API) restoreChannel(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	ch, err := a.Workspace.RestoreChannel(c, c.actor, id)
	return answer(c, http.StatusOK, ch, err)
}

func (a *API) moveChannel(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	in, err := c.texts("force")
	if err != nil {
		return err
	}
	if !model.ValidID(in["team_id"]) {
		return fault.Body("team_id")
	}
	ch, err := a.Workspace.MoveChannel(c, c.actor, id, in["team_id"], in["force"] == "true")
	return answer(c, http.StatusOK, ch, err)
}

func (a *API) convertGroupChannel(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	in, err := c.texts()
	if err != nil {
		return err
	}
	if given := in["channel_id"]; given != "" && given != id {
		return fault.Body("channel_id")
	}
	if !model.ValidID(in["team_id"]) {
		return fault.Body("team_id")
	}
	ch, err := a.Workspace.ConvertGroupChannel(c, c.actor, id, workspace.GroupConversion{
		TeamID: in["team_id"], Name: in["name"],
		DisplayName: in["display_name"],
	})
	return answer(c, http.StatusOK, ch, err)
}

// viewed is the answer of operations that mark channels as read.
type viewed struct {
	Status string           `json:"status"`
	Times  map[string]int64 `json:"last_viewed_at_times"`
}

func (a *API) viewChannel(c *call) error {
	user, err := c.userID()
	if err != nil {
		return err
	}
	in, err := decode[model.ChannelViewed](c, "channel_view")
	if err != nil {
		return err
	}
	times, err := a.Workspace.ViewChannel(c, c.actor, user, in)
	if err == nil {
		a.use(c)
	}
	return answer(c, http.StatusOK, viewed{"OK", times}, err)
}

func (a *API) readChannels(c *call) error {
	user, err := c.userID()
	if err != nil {
		return err
	}
	ids, err := c.stringsIn("channel_ids")
	if err != nil {
		return err
	}
	times, err := a.Workspace.ReadChannels(c, c.actor, user, ids)
	return answer(c, http.StatusOK, viewed{"OK", times}, err)
}

func (a *API) getChannelUnread(c *call) error {
	user, channel, err := c.twoIDs("user_id", "channel_id")
	if err != nil {
		return err
	}
	u, err := a.Workspace.ChannelUnread(c, c.actor, user, channel)
	return answer(c, http.StatusOK, u, err)
}
