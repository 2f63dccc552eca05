package api

import (
	"context"
	"net/http"
	"strconv"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/workspace"
)

func (a *API) groupRoutes() []route {
	list := []route{
		{http.MethodGet, "/groups", session, none, a.getGroups, alsoLocal},
		{http.MethodPost, "/groups", session, payload, a.createGroup, 0},
		{http.MethodPost, "/groups/names", session, payload, a.getGroupsByNames, noCSRF},
		{http.MethodGet, "/groups/{group_id}", session, none, a.getGroup, 0},
		{http.MethodPut, "/groups/{group_id}/patch", session, payload, a.patchGroup, 0},
		{http.MethodDelete, "/groups/{group_id}", session, none, a.deleteGroup, 0},
		{http.MethodPost, "/groups/{group_id}/restore", session, none, a.restoreGroup, 0},
		{http.MethodGet, "/groups/{group_id}/stats", session, none, a.getGroupStats, 0},
		{http.MethodGet, "/groups/{group_id}/members", session, none, a.getGroupMembers, 0},
		{http.MethodPost, "/groups/{group_id}/members", session, payload, a.addGroupMembers, 0},
		{http.MethodDelete, "/groups/{group_id}/members", session, payload, a.deleteGroupMembers, 0},
		{http.MethodGet, "/users/{user_id}/groups", session, none, a.getGroupsByUserID, 0},
		{http.MethodGet, "/teams/{team_id}/groups", session, none, a.getGroupsByTeam, 0},
		{http.MethodGet, "/teams/{team_id}/groups_by_channels", session, none, a.getGroupsByChannels, 0},
		{http.MethodGet, "/channels/{channel_id}/groups", session, none, a.getGroupsByChannel, 0},
	}
	for _, kind := range []string{model.SyncableTeam, model.SyncableChannel} {
		at := "/groups/{group_id}/" + kind + "s"
		list = append(list, []route{
			{http.MethodGet, at, session, none, a.groupSyncables(kind), 0},
			{http.MethodGet, at + "/{" + kind + "_id}", session, none, a.groupSyncable(kind), 0},
			{http.MethodPost, at + "/{" + kind + "_id}/link", session, payload, a.linkGroup(kind), 0},
			{http.MethodDelete, at + "/{" + kind + "_id}/link", session, none, a.unlinkGroup(kind), 0},
			{http.MethodPut, at + "/{" + kind + "_id}/patch", session, payload, a.patchGroupLink(kind), 0},
		}...)
	}
	return list
}

// groupList reads which groups are asked for.
func (c *call) groupList() workspace.GroupList {
	page, perPage := c.page()
	l := workspace.GroupList{CountMembers: c.flag("include_member_count")}
	l.Term, l.Source = c.value("q"), c.value("group_source")
	l.Referenceable, l.WithMember = c.flag("filter_allow_reference"), c.value("filter_has_member")
	l.Archived, l.OnlyArchived = c.flag("include_archived"), c.flag("filter_archived")
	l.NotInTeam, l.NotInChannel = c.value("not_associated_to_team"), c.value("not_associated_to_channel")
	l.Since, _ = strconv.ParseInt(c.value("since"), 10, 64) // what is no number is the beginning of time
	l.Offset, l.Limit = page*perPage, perPage
	return l
}

func (a *API) getGroups(c *call) error {
	groups, total, err := a.Workspace.Groups(c, c.actor, c.groupList())
	if err != nil || !c.flag("include_total_count") {
		return array(c, groups, err)
	}
	return c.groupsWithTotal("total_group_count", groups, total)
}

func (c *call) groupsWithTotal(count string, groups []*model.Group, total int64) error {
	if groups == nil {
		groups = []*model.Group{}
	}
	return c.json(http.StatusOK, map[string]any{"groups": groups, count: total})
}

func (a *API) createGroup(c *call) error {
	in, err := decode[workspace.GroupInput](c, "group")
	if err != nil {
		return err
	}
	g, err := a.Workspace.CreateGroup(c, c.actor, &in)
	if err != nil {
		return err
	}
	c.note.about(groupObject, g.ID)
	return c.json(http.StatusCreated, g)
}

func (a *API) getGroupsByNames(c *call) error {
	names, err := c.stringsIn("groups")
	if err != nil {
		return err
	}
	groups, err := a.Workspace.GroupsByNames(c, c.actor, names)
	return array(c, groups, err)
}

func (a *API) getGroup(c *call) error {
	id, err := c.id("group_id")
	if err != nil {
		return err
	}
	g, err := a.Workspace.Group(c, c.actor, id, c.flag("include_member_count"))
	return answer(c, http.StatusOK, g, err)
}

func (a *API) patchGroup(c *call) error {
	id, err := c.id("group_id")
	if err != nil {
		return err
	}
	in, err := decode[workspace.GroupInput](c, "group")
	if err != nil {
		return err
	}
	g, err := a.Workspace.PatchGroup(c, c.actor, id, &in)
	return answer(c, http.StatusOK, g, err)
}

func (a *API) deleteGroup(c *call) error {
	id, err := c.id("group_id")
	if err != nil {
		return err
	}
	return c.ok(a.Workspace.DeleteGroup(c, c.actor, id))
}

func (a *API) restoreGroup(c *call) error {
	id, err := c.id("group_id")
	if err != nil {
		return err
	}
	g, err := a.Workspace.RestoreGroup(c, c.actor, id)
	return answer(c, http.StatusOK, g, err)
}

func (a *API) getGroupStats(c *call) error {
	id, err := c.id("group_id")
	if err != nil {
		return err
	}
	stats, err := a.Workspace.GroupStats(c, c.actor, id)
	return answer(c, http.StatusOK, stats, err)
}

func (a *API) getGroupMembers(c *call) error {
	id, err := c.id("group_id")
	if err != nil {
		return err
	}
	page, perPage := c.page()
	list, total, err := a.Workspace.GroupMembers(c, c.actor, id, page, perPage)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, map[string]any{"members": list, "total_member_count": total})
}

// userIDs reads the accounts a body names.
func (c *call) userIDs() ([]string, error) {
	in, err := decode[struct {
		UserIDs []string `json:"user_ids"`
	}](c, "addGroupMembers")
	return in.UserIDs, err
}

func (a *API) addGroupMembers(c *call) error {
	return changeGroupMembers(c, a.Workspace.AddGroupMembers)
}

func (a *API) deleteGroupMembers(c *call) error {
	return changeGroupMembers(c, a.Workspace.RemoveGroupMembers)
}

// changeGroupMembers does something with a group and the accounts the body names.
func changeGroupMembers[T any](c *call, do func(context.Context, perm.Actor, string, []string) ([]T, error)) error {
	id, err := c.id("group_id")
	if err != nil {
		return err
	}
	ids, err := c.userIDs()
	if err != nil {
		return err
	}
	list, err := do(c, c.actor, id, ids)
	return array(c, list, err)
}

func (a *API) getGroupsByUserID(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	groups, err := a.Workspace.GroupsOf(c, c.actor, id)
	return array(c, groups, err)
}

func (a *API) getGroupsByTeam(c *call) error {
	id, err := c.id("team_id")
	if err != nil {
		return err
	}
	l := c.groupList()
	l.OfTeam = id
	return a.groupsOfPlace(c, l)
}

func (a *API) getGroupsByChannel(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	l := c.groupList()
	l.OfChannel = id
	return a.groupsOfPlace(c, l)
}

func (a *API) getGroupsByChannels(c *call) error {
	id, err := c.id("team_id")
	if err != nil {
		return err
	}
	l := c.groupList()
	if !c.flag("paginate") {
		l.Offset, l.Limit = 0, 0
	}
	groups, err := a.Workspace.GroupsByChannel(c, c.actor, id, l)
	return answer(c, http.StatusOK, map[string]any{"groups": groups}, err)
}

func (a *API) groupsOfPlace(c *call, l workspace.GroupList) error {
	groups, total, err := a.Workspace.Groups(c, c.actor, l)
	if err != nil {
		return err
	}
	return c.groupsWithTotal("total_group_count", groups, total)
}

// syncable is the tie between a group and a team or channel as clients know it.
func syncable(kind string, y *model.GroupSyncable) map[string]any {
	return map[string]any{
		kind + "_id": y.PlaceID, "group_id": y.GroupID, "auto_add": y.AutoAdd, "scheme_admin": y.SchemeAdmin,
		"create_at": y.CreateAt, "update_at": y.UpdateAt, "delete_at": y.DeleteAt,
	}
}

func (a *API) groupSyncables(kind string) handler {
	return func(c *call) error {
		id, err := c.id("group_id")
		if err != nil {
			return err
		}
		list, err := a.Workspace.GroupSyncables(c, c.actor, kind, id)
		out := make([]map[string]any, len(list))
		for i, y := range list {
			out[i] = syncable(kind, y)
			out[i][kind+"_display_name"], out[i][kind+"_type"] = y.Name, y.Type
			if kind == model.SyncableChannel {
				out[i]["team_id"], out[i]["team_display_name"], out[i]["team_type"] = y.TeamID, y.TeamName, y.TeamType
			}
		}
		return array(c, out, err)
	}
}

func (a *API) groupSyncable(kind string) handler {
	return func(c *call) error {
		groupID, placeID, err := c.twoIDs("group_id", kind+"_id")
		if err != nil {
			return err
		}
		y, err := a.Workspace.GroupSyncable(c, c.actor, kind, groupID, placeID)
		if err != nil {
			return err
		}
		return c.json(http.StatusOK, syncable(kind, y))
	}
}

func (a *API) linkGroup(kind string) handler {
	return changeTie(kind, http.StatusCreated, a.Workspace.LinkGroup)
}

func (a *API) patchGroupLink(kind string) handler {
	return changeTie(kind, http.StatusOK, a.Workspace.PatchGroupLink)
}

// changeTie ties a group to a place, or says how.
func changeTie(kind string, status int, do func(ctx context.Context, a perm.Actor, kind, groupID, placeID string, p workspace.SyncablePatch) (*model.GroupSyncable, error),
) handler {
	return func(c *call) error {
		groupID, placeID, err := c.twoIDs("group_id", kind+"_id")
		if err != nil {
			return err
		}
		p, err := decodeOr[workspace.SyncablePatch](c, fault.Body("group_"+kind))
		if err != nil {
			return err
		}
		y, err := do(c, c.actor, kind, groupID, placeID, p)
		if err != nil {
			return err
		}
		return c.json(status, syncable(kind, y))
	}
}

func (a *API) unlinkGroup(kind string) handler {
	return func(c *call) error {
		groupID, placeID, err := c.twoIDs("group_id", kind+"_id")
		if err != nil {
			return err
		}
		return c.ok(a.Workspace.UnlinkGroup(c, c.actor, kind, groupID, placeID))
	}
}
