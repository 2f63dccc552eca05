package api

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"muster/internal/fault"
	"muster/internal/workspace"
)

func (a *API) teamListRoutes() []route {
	return []route{
		{http.MethodGet, "/teams", session, none, a.getAllTeams, alsoLocal},
		{http.MethodPost, "/teams/search", session, payload, a.searchTeams, alsoLocal | noCSRF},
		{http.MethodGet, "/teams/invite/{invite_id}", open, none, a.getTeamInviteInfo, 0},
		{http.MethodGet, "/teams/{team_id}/stats", session, none, a.getTeamStats, 0},
		{http.MethodGet, "/users/{user_id}/teams/unread", session, none, a.getTeamsUnreadForUser, 0},
		{http.MethodGet, "/users/{user_id}/teams/{team_id}/unread", session, none, a.getTeamUnread, 0},
	}
}

// teams sends a list of teams, with their number when that was asked for.
func (c *call) teams(p workspace.TeamPage, counted bool, err error) error {
	if err != nil {
		return err
	}
	if counted {
		return c.json(http.StatusOK, p)
	}
	return c.json(http.StatusOK, p.Teams)
}

func (a *API) getAllTeams(c *call) error {
	page, perPage := c.page()
	counted := c.flag("include_total_count")
	p, err := a.Workspace.AllTeams(c, c.actor, page, perPage, counted)
	return c.teams(p, counted, err)
}

func (a *API) searchTeams(c *call) error {
	q, err := decode[*workspace.TeamSearch](c, "team_search")
	if err != nil {
		return err
	}
	if q == nil {
		return fault.Body("team_search")
	}
	p, err := a.Workspace.SearchTeams(c, c.actor, *q)
	return c.teams(p, q.Paged(), err)
}

func (a *API) getTeamInviteInfo(c *call) error {
	info, err := a.Workspace.TeamInvite(c, c.actor, chi.URLParam(c.r, "invite_id"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, info)
}

func (a *API) getTeamStats(c *call) error {
	id, err := c.id("team_id")
	if err != nil {
		return err
	}
	stats, err := a.Workspace.TeamStats(c, c.actor, id)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, stats)
}

func (a *API) getTeamsUnreadForUser(c *call) error {
	userID, err := c.userID()
	if err != nil {
		return err
	}
	list, err := a.Workspace.TeamsUnread(c, c.actor, userID, c.value("exclude_team"), c.value("include_collapsed_threads") == "true")
	return array(c, list, err)
}

func (a *API) getTeamUnread(c *call) error {
	teamID, userID, err := c.twoIDs("team_id", "user_id")
	if err != nil {
		return err
	}
	u, err := a.Workspace.TeamUnread(c, c.actor, userID, teamID)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, u)
}
