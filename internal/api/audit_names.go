package api

import "maps"

// object is what an operation is about, as far as its path tells.
type object struct {
	kind   string // in the record
	param  string // of the path; empty when only the handler knows, or nothing is meant
	inside bool   // something in it changes, such as who is there, and not the object itself
}

// The objects. Of accounts, roles, teams and channels the record also shows what changed.
var (
	ofNothing = object{}
	ofUser    = object{kind: userObject, param: "user_id"}
	ofBot     = object{kind: botObject, param: "bot_user_id"}
	ofRole    = object{kind: roleObject, param: "role_id"}
	ofSystem  = object{kind: "config"}
	ofTeam    = object{kind: teamObject, param: "team_id"}
	inTeam    = object{kind: teamObject, param: "team_id", inside: true}
	ofChannel = object{kind: channelObject, param: "channel_id"}
	inChannel = object{kind: channelObject, param: "channel_id", inside: true}
	ofPost    = object{kind: postObject, param: "post_id"}
	ofGroup   = object{kind: groupObject, param: "group_id"}
	ofScheme  = object{kind: schemeObject, param: "scheme_id"}
)

const (
	userObject  = "user"
	botObject   = "bot"
	roleObject  = "role"
	tokenObject = "user_access_token"
	termsObject = "terms_of_service"
)

const (
	teamObject    = "team"
	channelObject = "channel"
	postObject    = "post"
	fileObject    = "file"
	groupObject   = "group"
	schemeObject  = "scheme"
)

// recorded says what an operation is called in audit records, what it is about, and
// which parameters of its body and query are kept. A parameter that is not listed is
// never kept, so a new secret cannot slip into the records.
type recorded struct {
	name string
	of   object
	keep []string
}

func keep(parameters ...string) []string { return parameters }

// auditRecords are the operations that leave an audit record, by method and path of
// their route. A test fails for a route that changes something and stands neither here nor
// in unrecorded.
var auditRecords = together(accountRecords, placeRecords, contentRecords)

func together(tables ...map[string]recorded) map[string]recorded {
	all := map[string]recorded{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// accountRecords are those of accounts and of the installation.
var accountRecords = map[string]recorded{
	"POST /users":                                 {"createUser", object{kind: userObject}, keep("username", "email", "auth_service")},
	"DELETE /users":                               {"localPermanentDeleteAllUsers", ofNothing, nil},
	"PUT /users/{user_id}":                        {"updateUser", ofUser, keep("username", "email")},
	"DELETE /users/{user_id}":                     {"deleteUser", ofUser, keep("permanent")},
	"PUT /users/{user_id}/patch":                  {"patchUser", ofUser, keep("username", "email")},
	"PUT /users/{user_id}/roles":                  {"updateUserRoles", ofUser, keep("roles")},
	"PUT /users/{user_id}/active":                 {"updateUserActive", ofUser, keep("active")},
	"POST /users/{user_id}/image":                 {"setProfileImage", ofUser, nil},
	"DELETE /users/{user_id}/image":               {"setDefaultProfileImage", ofUser, nil},
	"GET /users/{user_id}/audits":                 {"getUserAudits", ofUser, keep("page", "per_page")},
	"POST /users/{user_id}/reset_failed_attempts": {"resetPasswordFailedAttempts", ofUser, nil},
	"POST /users/{user_id}/demote":                {"demoteUserToGuest", ofUser, nil},
	"POST /users/{user_id}/promote":               {"promoteGuestToUser", ofUser, nil},
	"POST /users/{user_id}/convert_to_bot":        {"convertUserToBot", ofUser, nil},
	"POST /users/{user_id}/email/verify/member":   {"verifyUserEmailWithoutToken", ofUser, nil},
	"POST /users/login":                           {"login", object{kind: userObject}, keep("login_id", "id", "device_id", "deviceId")},
	"GET /login/one_time_link":                    {"login", object{kind: userObject}, nil},
	"POST /users/login/cws":                       {"login", object{kind: userObject}, nil},
	"POST /oauth/intune":                          {"login_by_intune", object{kind: userObject}, keep("device_id")},
	"POST /users/logout":                          {"logout", ofNothing, nil},
	"POST /users/login/switch":                    {"switchAccountType", ofNothing, keep("current_service", "new_service", "email", "ldap_id")},
	"PUT /users/{user_id}/auth":                   {"updateUserAuth", ofUser, keep("auth_service")},
	"POST /users/migrate_auth/ldap":               {"migrateAuthToLdap", ofNothing, keep("from", "force", "match_field")},
	"POST /users/migrate_auth/saml":               {"migrateAuthToSaml", ofNothing, keep("from", "auto")},
	"PUT /users/{user_id}/password":               {"updatePassword", ofUser, keep("already_hashed")},
	"POST /users/password/reset":                  {"resetPassword", object{kind: userObject}, nil},
	"POST /users/password/reset/send":             {"sendPasswordReset", ofNothing, keep("email")},
	"POST /users/email/verify":                    {"verifyUserEmail", object{kind: userObject}, nil},
	"POST /users/email/verify/send":               {"sendVerificationEmail", ofNothing, keep("email")},
	"PUT /users/{user_id}/mfa":                    {"updateUserMfa", ofUser, keep("activate")},
	"POST /users/{user_id}/mfa/recovery_codes":    {"generateMfaRecoveryCodes", ofUser, nil},
	"DELETE /users/{user_id}/mfa/recovery_codes":  {"deleteMfaRecoveryCodes", ofUser, nil},
	"POST /users/{user_id}/sessions/revoke":       {"revokeSession", ofUser, keep("session_id")},
	"POST /users/{user_id}/sessions/revoke/all":   {"revokeAllSessionsForUser", ofUser, nil},
	"POST /users/sessions/revoke/all":             {"revokeAllSessionsAllUsers", ofNothing, nil},
	"PUT /users/sessions/device":                  {"attachDeviceId", ofNothing, keep("device_id", "deviceId", "mobile_version", "mobileVersion")},
	"POST /users/{user_id}/tokens":                {"createUserAccessToken", ofUser, keep("description", "expires_at")},
	"POST /users/tokens/revoke":                   {"revokeUserAccessToken", object{kind: tokenObject}, keep("token_id")},
	"POST /users/tokens/disable":                  {"disableUserAccessToken", object{kind: tokenObject}, keep("token_id")},
	"POST /users/tokens/enable":                   {"enableUserAccessToken", object{kind: tokenObject}, keep("token_id")},
	"POST /users/tokens/rotate":                   {"rotateUserAccessToken", object{kind: tokenObject}, keep("token_id")},
	"POST /users/{user_id}/terms_of_service":      {"saveUserTermsOfService", ofUser, keep("serviceTermsId", "termsOfServiceId", "accepted")},
	"POST /terms_of_service":                      {"createTermsOfService", object{kind: termsObject}, nil},
	"POST /bots":                                  {"createBot", object{kind: botObject}, keep("username", "display_name", "description")},
	"PUT /bots/{bot_user_id}":                     {"patchBot", ofBot, keep("username", "display_name", "description")},
	"POST /bots/{bot_user_id}/disable":            {"updateBotActive", ofBot, nil},
	"POST /bots/{bot_user_id}/enable":             {"updateBotActive", ofBot, nil},
	"POST /bots/{bot_user_id}/assign/{user_id}":   {"assignBot", ofBot, nil},
	"POST /bots/{bot_user_id}/convert_to_user":    {"convertBotToUser", ofBot, keep("set_system_admin")},
	"PUT /roles/{role_id}/patch":                  {"patchRole", ofRole, keep("permissions")},
	"PUT /config":                                 {"updateConfig", ofSystem, nil},
	"PUT /config/patch":                           {"patchConfig", ofSystem, nil},
	"POST /config/reload":                         {"configReload", ofSystem, nil},
	"POST /server_busy":                           {"setServerBusy", ofNothing, keep("seconds")},
	"DELETE /server_busy":                         {"clearServerBusy", ofNothing, nil},
	"POST /email/test":                            {"testEmail", ofNothing, nil},
}

// How the record of a sign-in says that no password was shown.
const (
	loginMethod = "login_method"
	byGuestLink = "guest_magic_link"
)

// localNames are the operations that are called otherwise when they come over a socket
// of this machine.
var localNames = map[string]string{"deleteUser": "localDeleteUser"}

// unrecorded are operations that look as if they changed something and leave no record,
// with the reason.
var unrecorded = map[string]string{
	"POST /users/login/sso/code-exchange":                                       "documented to leave none: the sign-in before it left one",
	"POST /users/{user_id}/mfa/generate":                                        "documented to leave none: the secret counts once it is activated",
	"POST /users/mfa":                                                           "only answers",
	"POST /users/login/type":                                                    "only answers",
	"POST /users/group_channels":                                                "only answers",
	"POST /users/{user_id}/typing":                                              "over in a moment",
	"PUT /users/{user_id}/status":                                               "presence, which changes all the time",
	"PUT /users/{user_id}/status/custom":                                        "presence, which changes all the time",
	"DELETE /users/{user_id}/status/custom":                                     "presence, which changes all the time",
	"DELETE /users/{user_id}/status/custom/recent":                              "presence, which changes all the time",
	"POST /users/{user_id}/status/custom/recent/delete":                         "presence, which changes all the time",
	"POST /channels/members/{user_id}/view":                                     "reading, which changes all the time",
	"POST /channels/members/{user_id}/mark_read":                                "reading, which changes all the time",
	"POST /users/{user_id}/posts/{post_id}/set_unread":                          "reading, which changes all the time",
	"POST /posts/ephemeral":                                                     "never stored",
	"POST /client_perf":                                                         "only answers",
	"POST /logs":                                                                "only writes into the log",
	"POST /users/{user_id}/teams/{team_id}/channels/categories":                 "how clients look, which is nobody's business",
	"PUT /users/{user_id}/teams/{team_id}/channels/categories":                  "how clients look, which is nobody's business",
	"PUT /users/{user_id}/teams/{team_id}/channels/categories/order":            "how clients look, which is nobody's business",
	"PUT /users/{user_id}/teams/{team_id}/channels/categories/{category_id}":    "how clients look, which is nobody's business",
	"DELETE /users/{user_id}/teams/{team_id}/channels/categories/{category_id}": "how clients look, which is nobody's business",
	"PUT /users/{user_id}/preferences":                                          "how clients look, which is nobody's business",
	"POST /users/{user_id}/preferences/delete":                                  "how clients look, which is nobody's business",
}
