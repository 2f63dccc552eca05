package api

import (
	"net/http"
	"strconv"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/workspace"
)

func (a *API) teamChangeRoutes() []route {
	return []route{
		{http.MethodPut, "/teams/{team_id}", session, payload, a.updateTeam, alsoLocal},
		{http.MethodPut, "/teams/{team_id}/patch", session, payload, a.patchTeam, alsoLocal},
		{http.MethodPut, "/teams/{team_id}/privacy", session, payload, a.updateTeamPrivacy, alsoLocal},
		{http.MethodPost, "/teams/{team_id}/regenerate_invite_id", session, none, a.regenerateTeamInviteID, alsoLocal},
		{http.MethodDelete, "/teams/{team_id}", session, none, a.deleteTeam, alsoLocal},
		{http.MethodPost, "/teams/{team_id}/restore", session, none, a.restoreTeam, alsoLocal},
		{http.MethodGet, "/teams/{team_id}/image", session, none, a.getTeamIcon, 0},
		{http.MethodPost, "/teams/{team_id}/image", session, file, a.setTeamIcon, 0},
		{http.MethodDelete, "/teams/{team_id}/image", session, none, a.removeTeamIcon, 0},
	}
}

// teamChange reads a body that changes a team, and sends what the team is then.
func teamChange[T any](c *call, name string, change func(teamID string, in T) (model.TeamView, error)) error {
	id, err := c.id("team_id")
	if err != nil {
		return err
	}
	in, err := decode[*T](c, name)
	if err != nil {
		return err
	}
	if in == nil {
		return fault.Body(name)
	}
	return c.team(http.StatusOK)(change(id, *in))
}

func (a *API) updateTeam(c *call) error {
	return teamChange(c, "team", func(id string, in workspace.TeamUpdate) (model.TeamView, error) {
		if in.ID != id {
			return model.TeamView{}, fault.Body("id")
		}
		return a.Workspace.UpdateTeam(c, c.actor, id, in)
	})
}

func (a *API) patchTeam(c *call) error {
	return teamChange(c, "team", func(id string, in workspace.TeamPatch) (model.TeamView, error) {
		return a.Workspace.PatchTeam(c, c.actor, id, in)
	})
}

func (a *API) updateTeamPrivacy(c *call) error {
	type privacy struct {
		Privacy string `json:"privacy"`
	}
	return teamChange(c, "privacy", func(id string, in privacy) (model.TeamView, error) {
		return a.Workspace.SetTeamPrivacy(c, c.actor, id, in.Privacy)
	})
}

func (a *API) regenerateTeamInviteID(c *call) error {
	id, err := c.id("team_id")
	if err != nil {
		return err
	}
	return c.team(http.StatusOK)(a.Workspace.RegenerateInviteID(c, c.actor, id))
}

func (a *API) deleteTeam(c *call) error {
	id, err := c.id("team_id")
	if err != nil {
		return err
	}
	if c.flag("permanent") {
		return c.ok(a.Workspace.DeleteTeam(c, c.actor, id))
	}
	return c.ok(a.Workspace.ArchiveTeam(c, c.actor, id))
}

func (a *API) restoreTeam(c *call) error {
	id, err := c.id("team_id")
	if err != nil {
		return err
	}
	return c.team(http.StatusOK)(a.Workspace.RestoreTeam(c, c.actor, id))
}

func (a *API) getTeamIcon(c *call) error {
	id, err := c.id("team_id")
	if err != nil {
		return err
	}
	have, _ := strconv.ParseInt(c.r.Header.Get("If-None-Match"), 10, 64) // what is no number is none of ours
	png, at, err := a.Workspace.TeamIcon(c, c.actor, id, have)
	if err != nil {
		return err
	}
	if c.unchanged(strconv.FormatInt(at, 10)) {
		return nil
	}
	return c.png(png, cacheLong)
}

func (a *API) setTeamIcon(c *call) error {
	id, err := c.id("team_id")
	if err != nil {
		return err
	}
	if err := a.Workspace.MaySetTeamIcon(c, c.actor, id); err != nil {
		return err
	}
	up, done, err := c.picture(teamIconFaults)
	if err != nil {
		return err
	}
	defer done()
	return c.ok(a.Workspace.SetTeamIcon(c, c.actor, id, up))
}

func (a *API) removeTeamIcon(c *call) error {
	id, err := c.id("team_id")
	if err != nil {
		return err
	}
	return c.ok(a.Workspace.RemoveTeamIcon(c, c.actor, id))
}
