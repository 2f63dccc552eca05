package api

import (
	"net/http"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/workspace"
)

func (a *API) teamMemberRoutes() []route {
	return []route{
		{http.MethodPost, "/teams/{team_id}/members", session, payload, a.addTeamMember, alsoLocal},
		{http.MethodGet, "/teams/{team_id}/members", session, none, a.getTeamMembers, alsoLocal},
		{http.MethodPost, "/teams/{team_id}/members/ids", session, payload, a.getTeamMembersByIDs, alsoLocal | noCSRF},
		{http.MethodGet, "/teams/{team_id}/members/{user_id}", session, none, a.getTeamMember, alsoLocal},
		{http.MethodDelete, "/teams/{team_id}/members/{user_id}", session, none, a.removeTeamMember, alsoLocal},
		{http.MethodGet, "/users/{user_id}/teams/members", session, none, a.getTeamMembersForUser, 0},
	}
}

// newMember names an account that is to come into a team.
type newMember struct {
	TeamID string `json:"team_id"`
	UserID string `json:"user_id"`
}

func (a *API) addTeamMember(c *call) error {
	teamID, err := c.id("team_id")
	if err != nil {
		return err
	}
	in, err := decode[newMember](c, "team_member")
	if err != nil {
		return err
	}
	if in.TeamID != teamID {
		return fault.Body("team_id")
	}
	if !model.ValidID(in.UserID) {
		return fault.Body("user_id")
	}
	m, err := a.Workspace.AddTeamMember(c, c.actor, teamID, in.UserID)
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, m)
}

func (a *API) getTeamMembers(c *call) error {
	teamID, err := c.id("team_id")
	if err != nil {
		return err
	}
	page, perPage := c.page()
	list, err := a.Workspace.TeamMembers(c, c.actor, teamID, workspace.MemberPage{
		ByUsername: c.value("sort") == "Username",
		ActiveOnly: c.flag("exclude_deleted_users"), Page: page, PerPage: perPage,
	})
	return array(c, list, err)
}

func (a *API) getTeamMembersByIDs(c *call) error {
	teamID, err := c.id("team_id")
	if err != nil {
		return err
	}
	ids, err := c.stringsIn("user_ids")
	if err != nil {
		return err
	}
	list, err := a.Workspace.TeamMembersByIDs(c, c.actor, teamID, ids)
	return array(c, list, err)
}

func (a *API) getTeamMember(c *call) error {
	teamID, userID, err := c.twoIDs("team_id", "user_id")
	if err != nil {
		return err
	}
	m, err := a.Workspace.TeamMember(c, c.actor, teamID, userID)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, m)
}

func (a *API) removeTeamMember(c *call) error {
	teamID, userID, err := c.twoIDs("team_id", "user_id")
	if err != nil {
		return err
	}
	return c.ok(a.Workspace.RemoveTeamMember(c, c.actor, teamID, userID))
}

func (a *API) getTeamMembersForUser(c *call) error {
	userID, err := c.userID()
	if err != nil {
		return err
	}
	list, err := a.Workspace.TeamMembersOf(c, c.actor, userID)
	return array(c, list, err)
}
