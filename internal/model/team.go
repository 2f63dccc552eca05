package model

import "strings"

// The kinds of a team: open to everybody who may join, or by invitation.
const (
	TeamOpen   = "O"
	TeamInvite = "I"
)

// Team is a team as stored. What a viewer gets is built by [Team.View].
type Team struct {
	ID                 string
	CreateAt           int64
	UpdateAt           int64
	DeleteAt           int64 // 0 = not archived
	Name               string
	DisplayName        string
	Description        string
	Email              string
	Type               string // TeamOpen or TeamInvite
	CompanyName        string
	AllowedDomains     string
	InviteID           string
	AllowOpenInvite    bool
	LastTeamIconUpdate int64
	SchemeID           *string
	GroupConstrained   *bool
	Members            int64 // who is in it, deactivated accounts included
	ActiveMembers      int64
}

// TeamView is what one viewer gets of a team.
type TeamView struct {
	ID                  string  `json:"id"`
	CreateAt            int64   `json:"create_at"`
	UpdateAt            int64   `json:"update_at"`
	DeleteAt            int64   `json:"delete_at"`
	DisplayName         string  `json:"display_name"`
	Name                string  `json:"name"`
	Description         string  `json:"description"`
	Email               string  `json:"email"`
	Type                string  `json:"type"`
	CompanyName         string  `json:"company_name"`
	AllowedDomains      string  `json:"allowed_domains"`
	InviteID            string  `json:"invite_id"`
	AllowOpenInvite     bool    `json:"allow_open_invite"`
	LastTeamIconUpdate  int64   `json:"last_team_icon_update,omitempty"`
	SchemeID            *string `json:"scheme_id"`
	GroupConstrained    *bool   `json:"group_constrained"`
	PolicyID            *string `json:"policy_id"`
	CloudLimitsArchived bool    `json:"cloud_limits_archived"`
}

// TeamRights say which of a team's guarded fields a viewer gets; the zero value, none
// of them, is for everybody else and for events.
type TeamRights struct {
	Email    bool // may manage the team
	InviteID bool // may invite people to it
}

// View builds what a viewer gets. It is the only constructor of a TeamView.
func (t *Team) View(r TeamRights) TeamView {
	v := TeamView{
		ID: t.ID, CreateAt: t.CreateAt, UpdateAt: t.UpdateAt, DeleteAt: t.DeleteAt, DisplayName: t.DisplayName,
		Name: t.Name, Description: t.Description, Type: t.Type, CompanyName: t.CompanyName, AllowedDomains: t.AllowedDomains,
		AllowOpenInvite: t.AllowOpenInvite, LastTeamIconUpdate: t.LastTeamIconUpdate, SchemeID: t.SchemeID,
		GroupConstrained: t.GroupConstrained,
	}
	if r.Email {
		v.Email = t.Email
	}
	if r.InviteID {
		v.InviteID = t.InviteID
	}
	return v
}

// Open tells whether anybody who may join open teams may join this one.
func (t *Team) Open() bool { return t.Type == TeamOpen && t.AllowOpenInvite }

// TeamMember is somebody's place in a team.
type TeamMember struct {
	TeamID        string `json:"team_id"`
	UserID        string `json:"user_id"`
	Roles         string `json:"roles"` // explicit ones first, then those the flags stand for
	DeleteAt      int64  `json:"delete_at"`
	SchemeGuest   bool   `json:"scheme_guest"`
	SchemeUser    bool   `json:"scheme_user"`
	SchemeAdmin   bool   `json:"scheme_admin"`
	ExplicitRoles string `json:"explicit_roles"`
	Username      string `json:"-"`
	CreateAt      int64  `json:"-"`
}

// SchemeRoles are the names that the flags of a membership stand for.
type SchemeRoles struct{ Guest, User, Admin string }

// Effective joins the explicit roles of a membership with those its flags stand for.
func (r SchemeRoles) Effective(explicit string, guest, user, admin bool) string {
	var b strings.Builder
	b.WriteString(explicit)
	for _, implied := range [...]struct {
		on   bool
		name string
	}{{guest, r.Guest}, {user, r.User}, {admin, r.Admin}} {
		if !implied.on || implied.name == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(implied.name)
	}
	return b.String()
}
