package model

// View says for whom a user record is shown.
type View uint8

// The views. Those with terms also show which terms of service the account accepted:
// they are for one account that was asked for by its id or name.
const (
	ViewOther      View = iota // anybody else
	ViewAdmin                  // another account, seen by an administrator
	ViewSelf                   // one's own account
	ViewAdminTerms             // ViewAdmin with terms
	ViewSelfTerms              // ViewSelf with terms
	Views                      // how many views there are
)

// WithTerms is the view that also shows accepted terms; others never see them.
func (v View) WithTerms() View {
	switch v {
	case ViewAdmin:
		return ViewAdminTerms
	case ViewSelf:
		return ViewSelfTerms
	}
	return v
}

// Privacy holds the two settings that hide fields from other users.
type Privacy struct{ ShowEmail, ShowFullName bool }

// UserView is what one viewer gets of an account. A field is shown because it
// stands here; secrets have no field.
type UserView struct {
	ID                     string    `json:"id"`
	CreateAt               int64     `json:"create_at,omitempty"`
	UpdateAt               int64     `json:"update_at,omitempty"`
	DeleteAt               int64     `json:"delete_at"`
	Username               string    `json:"username"`
	AuthData               *string   `json:"auth_data,omitempty"`
	AuthService            string    `json:"auth_service"`
	Email                  string    `json:"email"`
	EmailVerified          bool      `json:"email_verified,omitempty"`
	Nickname               string    `json:"nickname"`
	FirstName              string    `json:"first_name"`
	LastName               string    `json:"last_name"`
	Position               string    `json:"position"`
	Roles                  string    `json:"roles"`
	AllowMarketing         bool      `json:"allow_marketing,omitempty"`
	Props                  StringMap `json:"props,omitempty"`
	NotifyProps            StringMap `json:"notify_props,omitempty"`
	LastPasswordUpdate     int64     `json:"last_password_update,omitempty"`
	LastPictureUpdate      int64     `json:"last_picture_update,omitempty"`
	FailedAttempts         int       `json:"failed_attempts,omitempty"`
	Locale                 string    `json:"locale"`
	Timezone               StringMap `json:"timezone"`
	MfaActive              bool      `json:"mfa_active,omitempty"`
	RemoteID               string    `json:"remote_id"`
	LastActivityAt         int64     `json:"last_activity_at,omitempty"`
	IsBot                  bool      `json:"is_bot,omitempty"`
	BotDescription         string    `json:"bot_description,omitempty"`
	BotLastIconUpdate      int64     `json:"bot_last_icon_update,omitempty"`
	TermsOfServiceID       string    `json:"terms_of_service_id,omitempty"`
	TermsOfServiceCreateAt int64     `json:"terms_of_service_create_at,omitempty"`
	DisableWelcomeEmail    bool      `json:"disable_welcome_email"`
}

// View builds what a viewer gets. It is the only constructor of a UserView.
func (u *User) View(v View, p Privacy) UserView {
	out := UserView{
		ID: u.ID, CreateAt: u.CreateAt, UpdateAt: u.UpdateAt, DeleteAt: u.DeleteAt, Username: u.Username,
		Nickname: u.Nickname, Position: u.Position, Roles: u.Roles, Props: u.Props, Locale: u.Locale,
		Timezone: u.Timezone, LastPictureUpdate: u.LastPictureUpdate, MfaActive: u.MfaActive,
		IsBot: u.IsBot, BotDescription: u.BotDescription, BotLastIconUpdate: u.BotLastIconUpdate,
		Email: u.Email, FirstName: u.FirstName, LastName: u.LastName,
	}
	if out.Timezone == nil { // the documents know no null here
		out.Timezone = StringMap{}
	}
	if v == ViewOther {
		if !p.ShowEmail {
			out.Email, out.Props = "", withoutKey(u.Props, remoteEmailProp)
		}
		if !p.ShowFullName {
			out.FirstName, out.LastName = "", ""
		}
		out.AuthData = new(string)
		return out
	}
	out.AuthService, out.AuthData = u.AuthService, u.AuthData
	out.NotifyProps, out.FailedAttempts = u.NotifyProps, u.FailedAttempts
	if v == ViewSelf || v == ViewSelfTerms {
		out.EmailVerified, out.AllowMarketing = u.EmailVerified, u.AllowMarketing
		out.LastPasswordUpdate = u.LastPasswordUpdate
	}
	if v == ViewAdminTerms || v == ViewSelfTerms {
		out.TermsOfServiceID, out.TermsOfServiceCreateAt = u.TermsID, u.TermsAt
	}
	return out
}

// AuditView is what audit records keep of an account: all its owner sees, but nothing
// by which somebody proves who they are.
func (u *User) AuditView() UserView {
	out := u.View(ViewSelf, Privacy{})
	out.AuthData = nil
	return out
}

// remoteEmailProp is the prop in which an account of another server keeps its address.
const remoteEmailProp = "RemoteEmail"

// withoutKey gives the map without a key; m itself stays as it is.
func withoutKey(m StringMap, key string) StringMap {
	if _, ok := m[key]; !ok {
		return m
	}
	c := cloneMap(m)
	delete(c, key)
	return c
}
