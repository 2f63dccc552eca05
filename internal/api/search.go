package api

import (
	"math"
	"mime"
	"net/http"
	"strconv"
	"time"

	"muster/internal/fault"
	"muster/internal/talk"
)

func (a *API) searchRoutes() []route {
	return []route{
		{http.MethodPost, "/posts/search", session, payload, a.searchPosts, noCSRF},
		{http.MethodPost, "/teams/{team_id}/posts/search", session, payload, a.searchPostsOfTeam, noCSRF},
		{http.MethodPost, "/files/search", session, payload, a.searchFiles, noCSRF},
		{http.MethodPost, "/teams/{team_id}/files/search", session, payload, a.searchFilesOfTeam, noCSRF},
	}
}

// textSearch is the body of a search in posts or files.
type textSearch struct {
	Terms                  string `json:"terms"`
	IsOrSearch             bool   `json:"is_or_search"`
	TimeZoneOffset         int    `json:"time_zone_offset"` // seconds
	IncludeDeletedChannels bool   `json:"include_deleted_channels"`
	Page                   int    `json:"page"`
	PerPage                int    `json:"per_page"`
}

// zoneMax is more than any place is away from UTC, in seconds.
const zoneMax = 24 * 60 * 60

func (in *textSearch) search(teamID string) talk.Search {
	out := talk.Search{
		TeamID: teamID, Terms: in.Terms, Or: in.IsOrSearch, Archived: in.IncludeDeletedChannels,
		Offset: time.Duration(min(max(in.TimeZoneOffset, -zoneMax), zoneMax)) * time.Second,
		Page:   min(max(in.Page, 0), math.MaxInt32/perPageMax), PerPage: min(in.PerPage, perPageMax),
	}
	if out.PerPage <= 0 {
		out.PerPage = perPageStd
	}
	return out
}

func (a *API) searchPosts(c *call) error { return a.postsFound(c, "") }

func (a *API) searchPostsOfTeam(c *call) error {
	team, err := c.id("team_id")
	if err != nil {
		return err
	}
	return a.postsFound(c, team)
}

func (a *API) postsFound(c *call, teamID string) error {
	in, err := decode[textSearch](c, "body")
	if err != nil {
		return err
	}
	found, err := a.Talk.SearchPosts(c, c.actor, in.search(teamID))
	return c.found(found, err)
}

func (a *API) searchFiles(c *call) error { return a.filesFound(c, "") }

func (a *API) searchFilesOfTeam(c *call) error {
	team, err := c.id("team_id")
	if err != nil {
		return err
	}
	return a.filesFound(c, team)
}

func (a *API) filesFound(c *call, teamID string) error {
	in, err := c.fileSearch()
	if err != nil {
		return err
	}
	found, err := a.Talk.SearchFiles(c, c.actor, in.search(teamID))
	return c.found(found, err)
}

// fileSearch reads a search in files: JSON, as clients send it, or a form, as it is documented.
func (c *call) fileSearch() (in textSearch, err error) {
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "multipart/form-data" {
		return decode[textSearch](c, "body")
	}
	limit := c.bodyLimit()
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, limit)
	if err := c.r.ParseMultipartForm(limit); err != nil {
		return in, fault.Body("body").Because(err)
	}
	defer func() { _ = c.r.MultipartForm.RemoveAll() }() // all of it is in memory
	value := c.r.MultipartForm.Value
	field := func(name string) string {
		if len(value[name]) == 0 {
			return ""
		}
		return value[name][0]
	}
	in.Terms = field("terms")
	in.IsOrSearch, _ = strconv.ParseBool(field("is_or_search")) // what cannot be read is left out
	in.IncludeDeletedChannels, _ = strconv.ParseBool(field("include_deleted_channels"))
	in.TimeZoneOffset, _ = strconv.Atoi(field("time_zone_offset"))
	in.Page, _ = strconv.Atoi(field("page"))
	in.PerPage, _ = strconv.Atoi(field("per_page"))
	return in, nil
}

// found answers a search. What is found changes with every post, so nobody keeps it.
func (c *call) found(list any, err error) error {
	if err != nil {
		return err
	}
	c.w.Header().Set("Cache-Control", "no-cache, no-store, must-revalidate")
	return c.json(http.StatusOK, list)
}
