package api

import (
	"net/http"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/workspace"
)

func (a *API) channelSearchRoutes() []route {
	return []route{
		{http.MethodGet, "/channels", session, none, a.getAllChannels, alsoLocal},
		{http.MethodPost, "/channels/search", session, payload, a.searchAllChannels, noCSRF},
		{http.MethodPost, "/channels/group/search", session, payload, a.searchGroupChannels, noCSRF},
		{http.MethodPost, "/teams/{team_id}/channels/search", session, payload, a.searchChannels, alsoLocal | noCSRF},
		{http.MethodGet, "/teams/{team_id}/channels/autocomplete", session, none, a.autocompleteChannels, 0},
		{http.MethodGet, "/teams/{team_id}/channels/search_autocomplete", session, none, a.autocompleteOwnChannels, 0},
	}
}

func (a *API) getAllChannels(c *call) error {
	q := workspace.AllChannels{
		NotInGroup: c.value("not_associated_to_group"), ExcludeDefault: c.flag("exclude_default_channels"),
		WithDeleted: c.flag("include_deleted"), Count: c.flag("include_total_count"),
	}
	q.Page, q.PerPage = c.page()
	return a.allChannels(c, q)
}

// allChannels answers with channels of all teams, and how many there are when that is asked for.
func (a *API) allChannels(c *call, q workspace.AllChannels) error {
	found, err := a.Workspace.AllChannels(c, c.actor, q)
	if err != nil {
		return err
	}
	if q.Count {
		return c.json(http.StatusOK, found)
	}
	return c.json(http.StatusOK, found.Channels)
}

// channelSearch is the body of a search in channels.
type channelSearch struct {
	Term           string   `json:"term"`
	TeamIDs        []string `json:"team_ids"`
	Public         bool     `json:"public"`
	Private        bool     `json:"private"`
	Deleted        bool     `json:"deleted"`
	IncludeDeleted bool     `json:"include_deleted"`
	Constrained    bool     `json:"group_constrained"`
	Free           bool     `json:"exclude_group_constrained"`
	NotInGroup     string   `json:"not_associated_to_group"`
	ExcludeDefault bool     `json:"exclude_default_channels"`
	Page           *int     `json:"page"`
	PerPage        *int     `json:"per_page"`
}

func (a *API) searchAllChannels(c *call) error {
	in, err := decode[channelSearch](c, "channel_search")
	if err != nil {
		return err
	}
	if len(in.TeamIDs) > idsPerCall {
		return fault.Body("team_ids")
	}
	console := c.value("system_console")
	q := workspace.AllChannels{
		Term: in.Term, TeamIDs: in.TeamIDs, Deleted: in.Deleted, WithDeleted: in.IncludeDeleted, Constrained: in.Constrained,
		Free: in.Free, NotInGroup: in.NotInGroup, ExcludeDefault: in.ExcludeDefault, PerPage: perPageMax, Own: console != "" && !c.flag("system_console"),
	}
	if in.Public != in.Private {
		q.Kind = model.ChannelOpen
		if in.Private {
			q.Kind = model.ChannelPrivate
		}
	}
	if in.Page != nil && in.PerPage != nil {
		q.Page, q.PerPage, q.Count = max(0, *in.Page), min(max(1, *in.PerPage), perPageMax), true
	}
	return a.allChannels(c, q)
}

func (a *API) searchGroupChannels(c *call) error {
	in, err := decode[channelSearch](c, "channel_search")
	if err != nil {
		return err
	}
	list, err := a.Workspace.SearchGroupChannels(c, c.actor, in.Term)
	return array(c, list, err)
}

func (a *API) searchChannels(c *call) error {
	team, err := c.id("team_id")
	if err != nil {
		return err
	}
	in, err := decode[*channelSearch](c, "channel_search")
	if err != nil {
		return err
	}
	if in == nil {
		return fault.Body("channel_search")
	}
	list, err := a.Workspace.SearchChannels(c, c.actor, team, in.Term)
	if list == nil {
		list = []*model.Channel{}
	}
	return answer(c, http.StatusCreated, list, err)
}

func (a *API) autocompleteChannels(c *call) error {
	team, err := c.id("team_id")
	if err != nil {
		return err
	}
	list, err := a.Workspace.AutocompleteChannels(c, c.actor, team, c.value("name"))
	return array(c, list, err)
}

func (a *API) autocompleteOwnChannels(c *call) error {
	team, err := c.id("team_id")
	if err != nil {
		return err
	}
	list, err := a.Workspace.AutocompleteOwnChannels(c, c.actor, team, c.value("name"))
	return array(c, list, err)
}
