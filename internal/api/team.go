package api

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/workspace"
)

func (a *API) teamRoutes() []route {
	return []route{
		{http.MethodPost, "/teams", session, payload, a.createTeam, alsoLocal},
		{http.MethodGet, "/teams/{team_id}", session, none, a.getTeam, alsoLocal},
		{http.MethodGet, "/users/{user_id}/teams", session, none, a.getTeamsForUser, alsoLocal},
		{http.MethodGet, "/teams/name/{team_name}", session, none, a.getTeamByName, alsoLocal},
		{http.MethodGet, "/teams/name/{team_name}/exists", session, none, a.teamExists, alsoLocal},
	}
}

// team sends a team.
func (c *call) team(status int) func(model.TeamView, error) error {
	return func(t model.TeamView, err error) error {
		if err != nil {
			return err
		}
		return c.json(status, t)
	}
}

func (a *API) createTeam(c *call) error {
	in, err := decode[*workspace.NewTeam](c, "team")
	if err != nil {
		return err
	}
	if in == nil {
		return fault.Body("team")
	}
	made, err := a.Workspace.CreateTeam(c, c.actor, *in)
	if err == nil {
		c.note.made(teamObject, made.ID)
	}
	return c.team(http.StatusCreated)(made, err)
}

func (a *API) getTeam(c *call) error {
	id, err := c.id("team_id")
	if err != nil {
		return err
	}
	return c.team(http.StatusOK)(a.Workspace.Team(c, c.actor, id))
}

func (a *API) getTeamByName(c *call) error {
	return c.team(http.StatusOK)(a.Workspace.TeamByName(c, c.actor, chi.URLParam(c.r, "team_name")))
}

func (a *API) teamExists(c *call) error {
	exists, err := a.Workspace.TeamExists(c, c.actor, chi.URLParam(c.r, "team_name"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, map[string]bool{"exists": exists})
}

func (a *API) getTeamsForUser(c *call) error {
	userID, err := c.userID()
	if err != nil {
		return err
	}
	list, err := a.Workspace.TeamsOf(c, c.actor, userID)
	return array(c, list, err)
}
