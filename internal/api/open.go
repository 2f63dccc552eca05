package api

import "net/http"

// openRoutes are the operations of the users API that are still to come; each
// answers 501 and stands as open in docs/compatibility.md.
func (a *API) openRoutes() []route {
	return []route{
		{http.MethodPost, "/users/login/cws", open, none, a.notYet, 0},
		{http.MethodPost, "/users/login/sso/code-exchange", open, none, a.notYet, 0},
		{http.MethodPost, "/oauth/intune", open, none, a.notYet, atRoot},
		{http.MethodPost, "/users/migrate_auth/ldap", session, none, a.notYet, alsoLocal},
		{http.MethodPost, "/users/migrate_auth/saml", session, none, a.notYet, alsoLocal},
		{http.MethodGet, "/users/{user_id}/data_retention/team_policies", session, none, a.notYet, 0},
		{http.MethodGet, "/users/{user_id}/data_retention/channel_policies", session, none, a.notYet, 0},
	}
}
