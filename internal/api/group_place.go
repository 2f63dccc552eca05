package api

import (
	"net/http"
	"slices"

	"muster/internal/fault"
	"muster/internal/model"
)

func (a *API) groupPlaceRoutes() []route {
	return []route{
		{http.MethodGet, "/teams/{team_id}/members_minus_group_members", session, none, a.teamMembersMinusGroupMembers, 0},
		{http.MethodGet, "/channels/{channel_id}/members_minus_group_members", session, none, a.channelMembersMinusGroupMembers, 0},
		{http.MethodGet, "/channels/{channel_id}/member_counts_by_group", session, none, a.getChannelMemberCountsByGroup, 0},
	}
}

// groupIDs reads the groups that the query names.
func (c *call) groupIDs() ([]string, error) {
	ids := c.names("group_ids")
	if len(ids) == 0 || len(ids) > idsPerCall || slices.ContainsFunc(ids, func(id string) bool { return !model.ValidID(id) }) {
		return nil, fault.URL("group_ids")
	}
	return ids, nil
}

func (a *API) teamMembersMinusGroupMembers(c *call) error {
	id, groups, err := c.placeAndGroups("team_id")
	if err != nil {
		return err
	}
	page, perPage := c.page()
	out, err := a.Workspace.TeamMembersMinusGroups(c, c.actor, id, groups, page, perPage)
	return answer(c, http.StatusOK, out, err)
}

func (a *API) channelMembersMinusGroupMembers(c *call) error {
	id, groups, err := c.placeAndGroups("channel_id")
	if err != nil {
		return err
	}
	page, perPage := c.page()
	out, err := a.Workspace.ChannelMembersMinusGroups(c, c.actor, id, groups, page, perPage)
	return answer(c, http.StatusOK, out, err)
}

// placeAndGroups gives the team or channel the path is about and the groups the query names.
func (c *call) placeAndGroups(place string) (id string, groups []string, err error) {
	if id, err = c.id(place); err == nil {
		groups, err = c.groupIDs()
	}
	return id, groups, err
}

func (a *API) getChannelMemberCountsByGroup(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	list, err := a.Workspace.GroupCounts(c, c.actor, id, c.flag("include_timezones"))
	return array(c, list, err)
}
