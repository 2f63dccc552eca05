package api

import (
	"net/http"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/workspace"
)

func (a *API) schemeRoutes() []route {
	return []route{
		{http.MethodPost, "/schemes", session, payload, a.createScheme, 0},
		{http.MethodGet, "/schemes", session, none, a.getSchemes, 0},
		{http.MethodGet, "/schemes/{scheme_id}", session, none, a.getScheme, 0},
		{http.MethodPut, "/schemes/{scheme_id}/patch", session, payload, a.patchScheme, 0},
		{http.MethodDelete, "/schemes/{scheme_id}", session, none, a.deleteScheme, 0},
		{http.MethodGet, "/schemes/{scheme_id}/teams", session, none, a.getTeamsForScheme, 0},
		{http.MethodGet, "/schemes/{scheme_id}/channels", session, none, a.getChannelsForScheme, 0},
		{http.MethodPut, "/teams/{team_id}/scheme", session, payload, a.updateTeamScheme, 0},
		{http.MethodPut, "/channels/{channel_id}/scheme", session, payload, a.updateChannelScheme, 0},
		{http.MethodGet, "/channels/{channel_id}/moderations", session, none, a.getChannelModerations, 0},
		{http.MethodPut, "/channels/{channel_id}/moderations/patch", session, payload, a.patchChannelModerations, 0},
	}
}

func (a *API) createScheme(c *call) error {
	in, err := decode[*workspace.NewScheme](c, "scheme")
	if err != nil {
		return err
	}
	if in == nil {
		return fault.Body("scheme")
	}
	made, err := a.Workspace.CreateScheme(c, c.actor, *in)
	if err == nil {
		c.note.about(schemeObject, made.ID)
	}
	return answer(c, http.StatusCreated, made, err)
}

func (a *API) getSchemes(c *call) error {
	page, perPage := c.page()
	list, err := a.Workspace.Schemes(c, c.actor, c.value("scope"), page, perPage)
	return array(c, list, err)
}

func (a *API) getScheme(c *call) error {
	id, err := c.id("scheme_id")
	if err != nil {
		return err
	}
	m, err := a.Workspace.Scheme(c, c.actor, id)
	return answer(c, http.StatusOK, m, err)
}

func (a *API) patchScheme(c *call) error {
	id, err := c.id("scheme_id")
	if err != nil {
		return err
	}
	in, err := decode[*model.SchemePatch](c, "scheme")
	if err != nil {
		return err
	}
	if in == nil {
		return fault.Body("scheme")
	}
	m, err := a.Workspace.PatchScheme(c, c.actor, id, *in)
	return answer(c, http.StatusOK, m, err)
}

func (a *API) deleteScheme(c *call) error {
	id, err := c.id("scheme_id")
	if err != nil {
		return err
	}
	return c.ok(a.Workspace.DeleteScheme(c, c.actor, id))
}

func (a *API) getTeamsForScheme(c *call) error {
	id, err := c.id("scheme_id")
	if err != nil {
		return err
	}
	page, perPage := c.page()
	list, err := a.Workspace.TeamsOfScheme(c, c.actor, id, page, perPage)
	return array(c, list, err)
}

func (a *API) getChannelsForScheme(c *call) error {
	id, err := c.id("scheme_id")
	if err != nil {
		return err
	}
	page, perPage := c.page()
	list, err := a.Workspace.ChannelsOfScheme(c, c.actor, id, page, perPage)
	return array(c, list, err)
}

// schemeIn reads which scheme a place is to get; only where none is meant may it be empty.
func (c *call) schemeIn(emptyToo bool) (string, error) {
	in, err := decode[struct {
		SchemeID *string `json:"scheme_id"`
	}](c, "scheme_id")
	if err != nil {
		return "", err
	}
	if in.SchemeID == nil || !model.ValidID(*in.SchemeID) && (*in.SchemeID != "" || !emptyToo) {
		return "", fault.Body("scheme_id")
	}
	return *in.SchemeID, nil
}

func (a *API) updateTeamScheme(c *call) error {
	id, err := c.id("team_id")
	if err != nil {
		return err
	}
	scheme, err := c.schemeIn(true)
	if err != nil {
		return err
	}
	return c.ok(a.Workspace.SetTeamScheme(c, c.actor, id, scheme))
}

func (a *API) updateChannelScheme(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	scheme, err := c.schemeIn(false)
	if err != nil {
		return err
	}
	return c.ok(a.Workspace.SetChannelScheme(c, c.actor, id, scheme))
}

func (a *API) getChannelModerations(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	list, err := a.Workspace.ChannelModerations(c, c.actor, id)
	return array(c, list, err)
}

// moderationsMax is how many changes one body may hold: two for each thing that can be moderated.
const moderationsMax = 10

func (a *API) patchChannelModerations(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	in, err := decode[[]model.ModerationPatch](c, "channel_moderations_patch")
	if err != nil {
		return err
	}
	if len(in) == 0 || len(in) > moderationsMax {
		return fault.Body("channel_moderations_patch")
	}
	list, err := a.Workspace.PatchChannelModerations(c, c.actor, id, in)
	return array(c, list, err)
}
