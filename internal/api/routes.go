package api

import "net/http"

// access says who may come to a route. The zero value is invalid, so that nobody
// is let in by forgetting it.
type access uint8

const (
	_         access = iota
	open             // anybody; a valid session is attached
	session          // a valid session
	noMFA            // a valid session, even if multi-factor still has to be set up
	localOnly        // the local socket only
)

// body says how large a request body may be. The zero value is invalid.
type body uint8

const (
	_       body = iota
	none         // the body is not read
	payload      // ServiceSettings.MaximumPayloadSizeBytes
	file         // FileSettings.MaxFileSize
)

// route is one operation of the API.
type route struct {
	method string
	path   string // below Prefix
	access access
	body   body
	do     handler
	extra  extra
}

// extra holds the properties few routes have.
type extra uint8

const (
	alsoLocal extra = 1 << iota // offered on the local socket too
	noCSRF                      // only reads, so a cookie alone is trusted
	atRoot                      // the path does not begin with Prefix
	canWait                     // refused while the installation is marked as busy
)

// handler translates a request into a call of a service and back.
type handler func(c *call) error

// routes is the API. Nothing is registered elsewhere.
func (a *API) routes() []route {
	list := append(a.userRoutes(), a.sessionRoutes()...)
	list = append(list, a.systemRoutes()...)
	list = append(list, a.roleRoutes()...)
	list = append(list, a.ownRoutes()...)
	list = append(list, a.accessTokenRoutes()...)
	list = append(list, a.botRoutes()...)
	list = append(list, a.mfaRoutes()...)
	list = append(list, a.recoveryRoutes()...)
	list = append(list, a.termsRoutes()...)
	list = append(list, a.switchRoutes()...)
	list = append(list, a.teamRoutes()...)
	list = append(list, a.teamMemberRoutes()...)
	list = append(list, a.postRoutes()...)
	list = append(list, a.teamBatchRoutes()...)
	list = append(list, a.teamChangeRoutes()...)
	list = append(list, a.teamListRoutes()...)
	list = append(list, a.postChangeRoutes()...)
	list = append(list, a.searchRoutes()...)
	list = append(list, a.ownPostRoutes()...)
	list = append(list, a.reactionRoutes()...)
	list = append(list, a.fileRoutes()...)
	list = append(list, a.groupRoutes()...)
	list = append(list, a.groupPlaceRoutes()...)
	list = append(list, a.schemeRoutes()...)
	list = append(list, a.channelRoutes()...)
	list = append(list, a.channelMemberRoutes()...)
	list = append(list, a.channelChangeRoutes()...)
	list = append(list, a.channelSearchRoutes()...)
	list = append(list, a.categoryRoutes()...)
	list = append(list, a.inviteRoutes()...)
	list = append(list, a.bootRoutes()...)
	list = append(list, a.threadRoutes()...)
	list = append(list, a.websocketRoutes()...)
	return append(list, a.openRoutes()...)
}

func (a *API) userRoutes() []route {
	return []route{
		{http.MethodPost, "/users", open, payload, a.createUser, alsoLocal},
		{http.MethodGet, "/users", session, none, a.getUsers, alsoLocal},
		{http.MethodDelete, "/users", localOnly, none, a.permanentDeleteAllUsers, alsoLocal},
		{http.MethodPost, "/users/ids", session, payload, a.getUsersByIDs, alsoLocal | noCSRF},
		{http.MethodPost, "/users/usernames", session, payload, a.getUsersByUsernames, noCSRF},
		{http.MethodPost, "/users/search", session, payload, a.searchUsers, noCSRF | canWait},
		{http.MethodGet, "/users/autocomplete", session, none, a.autocompleteUsers, 0},
		{http.MethodGet, "/users/known", session, none, a.getKnownUsers, 0},
		{http.MethodPost, "/users/group_channels", session, payload, a.getUsersByGroupChannels, noCSRF},
		{http.MethodGet, "/users/stats", session, none, a.getUsersStats, 0},
		{http.MethodGet, "/users/stats/filtered", session, none, a.getFilteredUsersStats, 0},
		{http.MethodGet, "/users/invalid_emails", session, none, a.getInvalidEmails, 0},
		{http.MethodGet, "/users/username/{username}", session, none, a.getUserByUsername, alsoLocal},
		{http.MethodGet, "/users/email/*", session, none, a.getUserByEmail, alsoLocal},
		{http.MethodGet, "/users/{user_id}", session, none, a.getUser, alsoLocal},
		{http.MethodPut, "/users/{user_id}", session, payload, a.updateUser, alsoLocal},
		{http.MethodDelete, "/users/{user_id}", session, none, a.deleteUser, alsoLocal},
		{http.MethodPut, "/users/{user_id}/patch", session, payload, a.patchUser, 0},
		{http.MethodPut, "/users/{user_id}/roles", session, payload, a.updateUserRoles, alsoLocal},
		{http.MethodPut, "/users/{user_id}/active", session, payload, a.updateUserActive, alsoLocal},
		{http.MethodGet, "/users/{user_id}/image", session, none, a.getProfileImage, 0},
		{http.MethodPost, "/users/{user_id}/image", session, file, a.setProfileImage, 0},
		{http.MethodDelete, "/users/{user_id}/image", session, none, a.setDefaultProfileImage, 0},
		{http.MethodGet, "/users/{user_id}/image/default", session, none, a.getDefaultProfileImage, 0},
		{http.MethodGet, "/users/{user_id}/audits", session, none, a.getUserAudits, 0},
		{http.MethodPost, "/users/{user_id}/reset_failed_attempts", session, none, a.resetFailedAttempts, 0},
	}
}

func (a *API) sessionRoutes() []route {
	return []route{
		{http.MethodPost, "/users/login", open, payload, a.login, 0},
		{http.MethodPost, "/users/logout", open, none, a.logout, 0},
		{http.MethodPut, "/users/{user_id}/password", session, payload, a.updatePassword, alsoLocal},
		{http.MethodGet, "/users/{user_id}/sessions", session, none, a.getSessions, 0},
		{http.MethodPost, "/users/{user_id}/sessions/revoke", session, payload, a.revokeSession, 0},
		{http.MethodPost, "/users/{user_id}/sessions/revoke/all", session, none, a.revokeAllSessions, 0},
		{http.MethodPost, "/users/sessions/revoke/all", session, none, a.revokeSessionsFromAllUsers, 0},
		{http.MethodPut, "/users/sessions/device", session, payload, a.attachDevice, 0},
	}
}

func (a *API) systemRoutes() []route {
	return []route{
		{http.MethodGet, "/system/ping", open, none, a.ping, alsoLocal},
		{http.MethodGet, "/config/client", open, none, a.getClientConfig, 0},
		{http.MethodGet, "/license/client", open, none, a.getClientLicense, 0},
		{http.MethodGet, "/config", session, none, a.getConfig, alsoLocal},
		{http.MethodPut, "/config", session, payload, a.updateConfig, alsoLocal},
		{http.MethodPut, "/config/patch", session, payload, a.patchConfig, alsoLocal},
		{http.MethodPost, "/config/reload", session, none, a.reloadConfig, alsoLocal},
		{http.MethodGet, "/config/environment", session, none, a.getConfigEnvironment, 0},
		{http.MethodPost, "/server_busy", session, none, a.setServerBusy, alsoLocal},
		{http.MethodGet, "/server_busy", session, none, a.getServerBusyExpires, alsoLocal},
		{http.MethodDelete, "/server_busy", session, none, a.clearServerBusy, alsoLocal},
		{http.MethodGet, "/limits/server", session, none, a.getServerLimits, 0},
		{http.MethodGet, "/audit_records", localOnly, none, a.getAuditRecords, alsoLocal},
	}
}

func (a *API) roleRoutes() []route {
	return []route{
		{http.MethodGet, "/roles", session, none, a.getRoles, 0},
		{http.MethodGet, "/roles/{role_id}", session, none, a.getRole, alsoLocal},
		{http.MethodGet, "/roles/name/{role_name}", session, none, a.getRoleByName, alsoLocal},
		{http.MethodPost, "/roles/names", session, payload, a.getRolesByNames, alsoLocal | noCSRF},
		{http.MethodPut, "/roles/{role_id}/patch", session, payload, a.patchRole, alsoLocal},
		{http.MethodPost, "/permissions/ancillary", session, payload, a.getAncillaryPermissions, noCSRF},
	}
}

func (a *API) ownRoutes() []route {
	return []route{
		{http.MethodGet, "/users/{user_id}/status", session, none, a.getUserStatus, 0},
		{http.MethodPut, "/users/{user_id}/status", session, payload, a.updateUserStatus, 0},
		{http.MethodPost, "/users/status/ids", session, payload, a.getUserStatusesByIDs, noCSRF},
		{http.MethodPut, "/users/{user_id}/status/custom", session, payload, a.updateCustomStatus, 0},
		{http.MethodDelete, "/users/{user_id}/status/custom", session, none, a.unsetCustomStatus, 0},
		{http.MethodDelete, "/users/{user_id}/status/custom/recent", session, payload, a.removeRecentCustomStatus, 0},
		{http.MethodPost, "/users/{user_id}/status/custom/recent/delete", session, payload, a.removeRecentCustomStatus, 0},
		{http.MethodGet, "/users/{user_id}/preferences", session, none, a.getPreferences, 0},
		{http.MethodPut, "/users/{user_id}/preferences", session, payload, a.updatePreferences, 0},
		{http.MethodPost, "/users/{user_id}/preferences/delete", session, payload, a.deletePreferences, 0},
		{http.MethodGet, "/users/{user_id}/preferences/{category}", session, none, a.getPreferencesByCategory, 0},
		{http.MethodGet, "/users/{user_id}/preferences/{category}/name/{preference_name}", session, none, a.getPreference, 0},
	}
}
