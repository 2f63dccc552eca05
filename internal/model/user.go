package model

import (
	"slices"
	"strings"
)

// Limits of a user record, in the unit each comment gives.
const (
	UsernameMax     = 64  // bytes
	EmailMax        = 128 // bytes
	NicknameMax     = 64  // code points
	PositionMax     = 128 // code points
	NameMax         = 64  // code points, first and last name each
	AuthDataMax     = 128 // bytes
	LocaleMax       = 5   // bytes
	TimezoneMax     = 256 // code points of the object as JSON
	RolesMax        = 256 // bytes
	AutoReplyMax    = 16383
	SystemAdminRole = "system_admin"
	SystemUserRole  = "system_user"
	SystemGuestRole = "system_guest"
)

// Ways an account signs in (auth_service); the empty one is the password.
const (
	AuthPassword  = ""
	AuthEmail     = "email"
	AuthLDAP      = "ldap"
	AuthSAML      = "saml"
	AuthGitLab    = "gitlab"
	AuthGoogle    = "google"
	AuthOffice365 = "office365"
	AuthOpenID    = "openid"
	AuthMagicLink = "magic_link"
)

// User is an account as stored. It has no JSON form of its own: what a viewer
// gets is built by [User.View].
type User struct {
	ID                 string
	CreateAt           int64
	UpdateAt           int64
	DeleteAt           int64 // 0 = active
	Username           string
	Email              string
	EmailVerified      bool
	Password           Secret // PHC text, empty without password
	AuthService        string
	AuthData           *string
	Nickname           string
	FirstName          string
	LastName           string
	Position           string
	Roles              string // blank-separated names
	Locale             string
	Timezone           StringMap
	Props              StringMap
	NotifyProps        StringMap
	AllowMarketing     bool
	LastPasswordUpdate int64
	LastPictureUpdate  int64 // negative: the generated picture was asked for
	LastLogin          int64
	FailedAttempts     int
	MfaActive          bool
	MfaSecret          Secret
	MfaLastStep        int64 // newest used 30-second step
	IsBot              bool
	BotDescription     string
	BotLastIconUpdate  int64
	TermsID            string // terms of service the account accepted last, empty for none
	TermsAt            int64
}

// Active tells whether the account is not deactivated.
func (u *User) Active() bool { return u.DeleteAt == 0 }

// IsSystemAdmin tells whether the role string holds system_admin.
func (u *User) IsSystemAdmin() bool { return u.HasRole(SystemAdminRole) }

// IsGuest tells whether the role string holds system_guest.
func (u *User) IsGuest() bool { return u.HasRole(SystemGuestRole) }

// HasRole tells whether the role string holds the name.
func (u *User) HasRole(name string) bool {
	return slices.Contains(strings.Fields(u.Roles), name)
}

// Clone returns a copy that shares nothing that can be changed.
func (u *User) Clone() *User {
	c := *u
	c.Timezone, c.Props, c.NotifyProps = cloneMap(u.Timezone), cloneMap(u.Props), cloneMap(u.NotifyProps)
	return &c
}

func cloneMap(m StringMap) StringMap {
	if m == nil {
		return nil
	}
	c := make(StringMap, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

// UserInput is what a client may send about an account (create and full update).
// Fields the server owns are not listed, so they cannot be set from outside.
type UserInput struct {
	ID                  string    `json:"id"`
	Username            string    `json:"username"`
	Email               string    `json:"email"`
	Password            Secret    `json:"password"`
	Nickname            string    `json:"nickname"`
	FirstName           string    `json:"first_name"`
	LastName            string    `json:"last_name"`
	Position            string    `json:"position"`
	Locale              string    `json:"locale"`
	Timezone            StringMap `json:"timezone"`
	Props               StringMap `json:"props"`
	NotifyProps         StringMap `json:"notify_props"`
	AllowMarketing      bool      `json:"allow_marketing"`
	EmailVerified       bool      `json:"email_verified"` // administrators only
	AuthService         string    `json:"auth_service"`   // administrators only
	AuthData            *string   `json:"auth_data"`      // administrators only
	DisableWelcomeEmail bool      `json:"disable_welcome_email"`
}

// UserPatch is a partial update; nil leaves a field as it is.
type UserPatch struct {
	Username    *string   `json:"username"`
	Email       *string   `json:"email"`
	Password    Secret    `json:"password"` // proof for a change of one's own e-mail, never stored
	Nickname    *string   `json:"nickname"`
	FirstName   *string   `json:"first_name"`
	LastName    *string   `json:"last_name"`
	Position    *string   `json:"position"`
	Locale      *string   `json:"locale"`
	Timezone    StringMap `json:"timezone"`
	Props       StringMap `json:"props"`
	NotifyProps StringMap `json:"notify_props"`
}

// Input turns the patch into a full update of u.
func (p *UserPatch) Input(u *User) *UserInput {
	in := &UserInput{
		ID: u.ID, Username: u.Username, Email: u.Email, Password: p.Password, Nickname: u.Nickname,
		FirstName: u.FirstName, LastName: u.LastName, Position: u.Position, Locale: u.Locale, Timezone: u.Timezone,
		Props: u.Props, NotifyProps: u.NotifyProps, AllowMarketing: u.AllowMarketing,
	}
	for _, f := range []struct {
		to   *string
		from *string
	}{
		{&in.Username, p.Username},
		{&in.Email, p.Email},
		{&in.Nickname, p.Nickname},
		{&in.FirstName, p.FirstName},
		{&in.LastName, p.LastName},
		{&in.Position, p.Position},
		{&in.Locale, p.Locale},
	} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if p.Timezone != nil {
		in.Timezone = p.Timezone
	}
	if p.Props != nil {
		in.Props = p.Props
	}
	if p.NotifyProps != nil {
		in.NotifyProps = p.NotifyProps
	}
	return in
}

// DefaultNotifyProps are the notification settings of an account that gave none.
func DefaultNotifyProps() StringMap {
	return StringMap{
		"email": "true", "push": "mention", "desktop": "mention", "desktop_sound": "true", "mention_keys": "",
		"channel": "true", "push_status": "online", "comments": "never", "first_name": "false",
		"desktop_threads": "all", "email_threads": "all", "push_threads": "all",
	}
}

// DefaultTimezone is the time zone setting of an account that gave none.
func DefaultTimezone() StringMap {
	return StringMap{"useAutomaticTimezone": "true", "automaticTimezone": "", "manualTimezone": ""}
}

// FillDefaults gives a new account what it did not choose itself.
func (u *User) FillDefaults() {
	if u.Username == "" {
		u.Username = "a" + NewID()
	}
	if u.Timezone == nil {
		u.Timezone = DefaultTimezone()
	}
	if len(u.NotifyProps) == 0 {
		u.NotifyProps = DefaultNotifyProps()
	}
	if u.Props == nil {
		u.Props = StringMap{}
	}
}
