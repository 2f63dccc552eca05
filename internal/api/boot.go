package api

import (
	"net/http"

	"muster/internal/model"
)

// bootRoutes answer calls the official web client makes when it starts and that
// concern what this server does not have. Each gets the smallest true answer.
func (a *API) bootRoutes() []route {
	return []route{
		{http.MethodGet, "/plugins/webapp", session, none, constant([]string{}), 0},
		{http.MethodGet, "/plugins/statuses", session, none, constant([]string{}), 0},
		{http.MethodGet, "/system/notices/{team_id}", session, none, constant([]string{}), 0},
		{http.MethodGet, "/custom_profile_attributes/fields", session, none, constant([]string{}), 0},
		{http.MethodGet, "/emoji", session, none, constant([]string{}), 0},
		{http.MethodPost, "/emoji/names", session, none, constant([]string{}), noCSRF},
		{http.MethodPost, "/emoji/search", session, none, constant([]string{}), noCSRF},
		{http.MethodGet, "/hooks/incoming", session, none, constant([]string{}), 0},
		{http.MethodGet, "/hooks/outgoing", session, none, constant([]string{}), 0},
		{http.MethodGet, "/commands", session, none, constant([]string{}), 0},
		{http.MethodGet, "/teams/{team_id}/commands/autocomplete", session, none, constant([]string{}), 0},
		{http.MethodGet, "/teams/{team_id}/commands/autocomplete_suggestions", session, none, constant([]string{}), 0},
		{http.MethodGet, "/users/{user_id}/teams/{team_id}/drafts", session, none, constantOfUser([]string{}), 0},
		{http.MethodGet, "/posts/scheduled/team/{team_id}", session, none, constant(struct{}{}), 0},
		{http.MethodGet, "/channels/{channel_id}/bookmarks", session, none, constant([]string{}), 0},
		{http.MethodPost, "/client_perf", session, none, constant(map[string]string{"status": "OK"}), 0},
		{http.MethodPost, "/logs", session, payload, a.postLog, 0},
		{http.MethodGet, "/agents", session, none, constant(map[string][]string{"agents": {}}), 0},
		{http.MethodGet, "/agents/status", session, none, constant(map[string]bool{"available": false}), 0},
		{http.MethodGet, "/llmservices", session, none, constant(map[string][]string{"services": {}}), 0},
		{http.MethodGet, "/users/{user_id}/custom_profile_attributes", session, none, constantOfUser(struct{}{}), 0},
		{http.MethodGet, "/users/{user_id}/oauth/apps/authorized", session, none, constantOfUser([]string{}), 0},
	}
}

// clientLogMax is how much of what a client says went wrong is kept.
const clientLogMax = 400

// postLog writes down what went wrong in a client. Only who looks for it wants to see it,
// because anybody can say anything.
func (a *API) postLog(c *call) error {
	in, err := decode[struct {
		Level   string `json:"level"`
		Message string `json:"message"`
	}](c, "message")
	if err != nil {
		return err
	}
	in.Message = model.CutRunes(in.Message, clientLogMax)
	a.Log.Debug("a client says", "request_id", c.requestID, "level", model.CutRunes(in.Level, clientLogMax), "message", in.Message)
	return c.json(http.StatusOK, map[string]string{"message": in.Message})
}

// constant is an answer that is always the same.
func constant(answer any) handler {
	return func(c *call) error { return c.json(http.StatusOK, answer) }
}

// constantOfUser is the answer about any account.
func constantOfUser(answer any) handler {
	return func(c *call) error {
		if _, err := c.userID(); err != nil {
			return err
		}
		return c.json(http.StatusOK, answer)
	}
}
