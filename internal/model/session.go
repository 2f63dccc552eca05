package model

import "slices"

// SessionsPerUser is the number of sessions an account may have; one more ends the least recently used.
const SessionsPerUser = 500

// Names of session props.
const (
	PropCSRF                 = "csrf"
	PropPlatform             = "platform"
	PropOS                   = "os"
	PropBrowser              = "browser"
	PropIsMobile             = "isMobile"
	PropIsSAML               = "isSaml"
	PropIsOAuthUser          = "isOAuthUser"
	PropIsGuest              = "is_guest"
	PropIsBot                = "is_bot"
	PropType                 = "type"
	PropAccessTokenID        = "user_access_token_id"
	PropNotificationDisabled = "device_notification_disabled"
	PropMobileVersion        = "mobile_version"
	TypeUserAccessToken      = "UserAccessToken"
)

// Session is one sign-in of one account. Its token is not here: only the hash is stored.
type Session struct {
	ID             string        `json:"id"`
	Token          string        `json:"token"` // always empty on the wire
	CreateAt       int64         `json:"create_at"`
	ExpiresAt      int64         `json:"expires_at"` // 0 = never
	LastActivityAt int64         `json:"last_activity_at"`
	UserID         string        `json:"user_id"`
	DeviceID       string        `json:"device_id"`
	Roles          string        `json:"roles"` // the account's system roles at the time of reading
	IsOAuth        bool          `json:"is_oauth"`
	ExpiredNotify  bool          `json:"expired_notify"`
	Props          StringMap     `json:"props"`
	TeamMembers    []*TeamMember `json:"team_members"` // the account's places in teams at the time of reading
	Local          bool          `json:"local"`
}

// Mobile tells whether the session belongs to a mobile app.
func (s *Session) Mobile() bool { return s.DeviceID != "" || s.Props[PropIsMobile] == "true" }

// SSO tells whether the session came from single sign-on.
func (s *Session) SSO() bool {
	return s.Props[PropIsOAuthUser] == "true" || s.Props[PropIsSAML] == "true"
}

// AccessToken tells whether the session stands for a personal access token.
func (s *Session) AccessToken() bool { return s.Props[PropType] == TypeUserAccessToken }

// Expired tells whether the session has ended at the time given in milliseconds.
func (s *Session) Expired(at int64) bool { return s.ExpiresAt > 0 && at > s.ExpiresAt }

// Clone returns a copy that shares nothing that can be changed.
func (s *Session) Clone() *Session {
	c := *s
	c.Props, c.TeamMembers = cloneMap(s.Props), slices.Clone(s.TeamMembers)
	return &c
}
