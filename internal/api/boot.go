package api

import "net/http"

// bootRoutes answer calls the official web client makes when it starts and that
// concern what this server does not have. Each gets the smallest true answer.
func (a *API) bootRoutes() []route {
	return []route{
		{http.MethodGet, "/plugins/webapp", session, none, emptyList, 0},
		{http.MethodGet, "/plugins/statuses", session, none, emptyList, 0},
		{http.MethodGet, "/system/notices/{team_id}", session, none, emptyList, 0},
		{http.MethodGet, "/custom_profile_attributes/fields", session, none, emptyList, 0},
		{http.MethodGet, "/emoji", session, none, emptyList, 0},
		{http.MethodPost, "/emoji/names", session, none, emptyList, noCSRF},
		{http.MethodPost, "/emoji/search", session, none, emptyList, noCSRF},
		{http.MethodGet, "/hooks/incoming", session, none, emptyList, 0},
		{http.MethodGet, "/hooks/outgoing", session, none, emptyList, 0},
		{http.MethodGet, "/commands", session, none, emptyList, 0},
		{http.MethodGet, "/teams/{team_id}/commands/autocomplete", session, none, emptyList, 0},
		{http.MethodGet, "/teams/{team_id}/commands/autocomplete_suggestions", session, none, emptyList, 0},
		{http.MethodGet, "/users/{user_id}/teams/{team_id}/drafts", session, none, emptyListOfUser, 0},
		{http.MethodGet, "/posts/scheduled/team/{team_id}", session, none, emptyObject, 0},
		{http.MethodGet, "/channels/{channel_id}/bookmarks", session, none, emptyList, 0},
		{http.MethodPost, "/client_perf", session, none, func(c *call) error { return c.ok(nil) }, 0},
	}
}

// emptyListOfUser is the answer about an account that has nothing of the kind.
func emptyListOfUser(c *call) error {
	if _, err := c.userID(); err != nil {
		return err
	}
	return emptyList(c)
}

func emptyList(c *call) error { return array[string](c, nil, nil) }

func emptyObject(c *call) error { return c.json(http.StatusOK, struct{}{}) }
