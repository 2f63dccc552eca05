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
		{http.MethodPost, "/client_perf", session, none, func(c *call) error { return c.ok(nil) }, 0},
	}
}

func emptyList(c *call) error { return array[string](c, nil, nil) }
