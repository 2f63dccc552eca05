package api

import (
	"encoding/json"
	"net/http"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/workspace"
)

func (a *API) channelMemberRoutes() []route {
	return []route{
		{http.MethodGet, "/channels/{channel_id}/members", session, none, a.getChannelMembers, alsoLocal},
		{http.MethodPost, "/channels/{channel_id}/members", session, payload, a.addChannelMember, alsoLocal},
		{http.MethodPost, "/channels/{channel_id}/members/ids", session, payload, a.getChannelMembersByIDs, noCSRF},
		{http.MethodGet, "/channels/{channel_id}/members/{user_id}", session, none, a.getChannelMember, 0},
		{http.MethodDelete, "/channels/{channel_id}/members/{user_id}", session, none, a.removeChannelMember, alsoLocal},
		{http.MethodPut, "/channels/{channel_id}/members/{user_id}/roles", session, payload, a.updateChannelRoles, 0},
		{http.MethodPut, "/channels/{channel_id}/members/{user_id}/schemeRoles", session, payload, a.updateChannelSchemeRoles, 0},
		{http.MethodPut, "/channels/{channel_id}/members/{user_id}/notify_props", session, payload, a.updateNotifyProps, 0},
		{http.MethodGet, "/users/{user_id}/teams/{team_id}/channels/members", session, none, a.getChannelMembersForUser, 0},
		{http.MethodGet, "/users/{user_id}/channel_members", session, none, a.getChannelMembersWithTeams, 0},
	}
}

func (a *API) getChannelMembers(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	page, perPage := c.page()
	list, err := a.Workspace.ChannelMembers(c, c.actor, id, page, perPage)
	return array(c, list, err)
}

func (a *API) getChannelMembersByIDs(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	ids, err := c.stringsIn("user_ids")
	if err != nil {
		return err
	}
	list, err := a.Workspace.ChannelMembersByIDs(c, c.actor, id, ids)
	return array(c, list, err)
}

func (a *API) getChannelMember(c *call) error {
	channel, user, err := c.twoIDs("channel_id", "user_id")
	if err != nil {
		return err
	}
	m, err := a.Workspace.ChannelMember(c, c.actor, channel, user)
	return answer(c, http.StatusOK, m, err)
}

// newMembers is the body that adds members: one, or a list of them.
type newMembers struct {
	UserID  json.RawMessage `json:"user_id"`
	UserIDs json.RawMessage `json:"user_ids"`
	RootID  string          `json:"post_root_id"`
}

// ids gives the accounts the body names, and whether it was one in its own field.
func (m *newMembers) ids() (ids []string, one bool, err error) {
	name := "user_id"
	if m.UserIDs != nil {
		name = "user_ids"
		err = json.Unmarshal(m.UserIDs, &ids)
	} else {
		one = true
		ids = []string{""}
		err = json.Unmarshal(append([]byte{'['}, append(m.UserID, ']')...), &ids)
	}
	if err != nil || len(ids) > idsPerCall || one && len(ids) != 1 {
		return nil, false, fault.Body(name)
	}
	for _, id := range ids {
		if !model.ValidID(id) {
			return nil, false, fault.Body(name)
		}
	}
	return ids, one, nil
}

func (a *API) addChannelMember(c *call) error {
	channel, err := c.id("channel_id")
	if err != nil {
		return err
	}
	in, err := decode[newMembers](c, "member")
	if err != nil {
		return err
	}
	ids, one, err := in.ids()
	if err != nil {
		return err
	}
	if in.RootID != "" && !model.ValidID(in.RootID) {
		return fault.Body("post_root_id")
	}
	list, err := a.addToChannel(c, channel, ids, in.RootID)
	if err == nil && one {
		return c.json(http.StatusCreated, list[0])
	}
	if list == nil {
		list = []*model.ChannelMember{}
	}
	return answer(c, http.StatusCreated, list, err)
}

func (a *API) addToChannel(c *call, channelID string, userIDs []string, rootID string) ([]*model.ChannelMember, error) {
	if rootID == "" {
		return a.Workspace.AddChannelMembers(c, c.actor, channelID, userIDs)
	}
	return a.Talk.AddChannelMembers(c, c.actor, channelID, userIDs, rootID)
}

func (a *API) removeChannelMember(c *call) error {
	channel, user, err := c.twoIDs("channel_id", "user_id")
	if err != nil {
		return err
	}
	return c.ok(a.Workspace.RemoveChannelMember(c, c.actor, channel, user))
}

func (a *API) updateChannelRoles(c *call) error {
	channel, user, err := c.twoIDs("channel_id", "user_id")
	if err != nil {
		return err
	}
	in, err := decode[struct {
		Roles *string `json:"roles"`
	}](c, "roles")
	if err != nil {
		return err
	}
	if in.Roles == nil {
		return fault.Body("roles")
	}
	return c.ok(a.Workspace.SetChannelRoles(c, c.actor, channel, user, *in.Roles))
}

func (a *API) updateChannelSchemeRoles(c *call) error {
	channel, user, err := c.twoIDs("channel_id", "user_id")
	if err != nil {
		return err
	}
	in, err := decode[workspace.Flags](c, "scheme_roles")
	if err != nil {
		return err
	}
	return c.ok(a.Workspace.SetChannelSchemeRoles(c, c.actor, channel, user, in))
}

func (a *API) updateNotifyProps(c *call) error {
	channel, user, err := c.twoIDs("channel_id", "user_id")
	if err != nil {
		return err
	}
	in, err := decode[model.StringMap](c, "notify_props")
	if err != nil {
		return err
	}
	if in == nil {
		return fault.Body("notify_props")
	}
	return c.ok(a.Workspace.SetNotifyProps(c, c.actor, channel, user, in))
}

func (a *API) getChannelMembersForUser(c *call) error {
	user, team, err := c.twoIDs("user_id", "team_id")
	if err != nil {
		return err
	}
	list, err := a.Workspace.ChannelMembersInTeam(c, c.actor, user, team)
	return array(c, list, err)
}

func (a *API) getChannelMembersWithTeams(c *call) error {
	user, err := c.userID()
	if err != nil {
		return err
	}
	if c.value("page") == "-1" {
		list, err := a.Workspace.EveryChannelMembership(c, c.actor, user)
		if err != nil {
			return err
		}
		return stream(c, lineStream, list)
	}
	page, perPage := c.page()
	list, err := a.Workspace.ChannelMemberships(c, c.actor, user, page, perPage)
	return array(c, list, err)
}
