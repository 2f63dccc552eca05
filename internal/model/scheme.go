package model

import (
	"regexp"

	"muster/internal/fault"
)

// Scheme gives the memberships of teams or channels other roles than the built-in ones.
type Scheme struct {
	ID                        string `json:"id"`
	Name                      string `json:"name"`
	DisplayName               string `json:"display_name"`
	Description               string `json:"description"`
	CreateAt                  int64  `json:"create_at"`
	UpdateAt                  int64  `json:"update_at"`
	DeleteAt                  int64  `json:"delete_at"`
	Scope                     string `json:"scope"` // SchemeTeam or SchemeChannel
	DefaultTeamAdminRole      string `json:"default_team_admin_role"`
	DefaultTeamUserRole       string `json:"default_team_user_role"`
	DefaultTeamGuestRole      string `json:"default_team_guest_role"`
	DefaultChannelAdminRole   string `json:"default_channel_admin_role"`
	DefaultChannelUserRole    string `json:"default_channel_user_role"`
	DefaultChannelGuestRole   string `json:"default_channel_guest_role"`
	DefaultPlaybookAdminRole  string `json:"default_playbook_admin_role"`
	DefaultPlaybookMemberRole string `json:"default_playbook_member_role"`
	DefaultRunAdminRole       string `json:"default_run_admin_role"`
	DefaultRunMemberRole      string `json:"default_run_member_role"`
}

// The scopes of a scheme.
const (
	SchemeTeam    = "team"
	SchemeChannel = "channel"
)

// Limits of a scheme, in bytes.
const (
	SchemeDisplayNameMax = 128
	SchemeDescriptionMax = 1024
)

var schemeName = regexp.MustCompile(`^[a-z0-9_]{2,64}$`)

// Validate checks what people can write about a scheme.
func (s *Scheme) Validate() error {
	if !schemeName.MatchString(s.Name) || s.DisplayName == "" || len(s.DisplayName) > SchemeDisplayNameMax ||
		len(s.Description) > SchemeDescriptionMax || s.Scope != SchemeTeam && s.Scope != SchemeChannel {
		return fault.New(fault.Invalid, "app.scheme.save.invalid_scheme.app_error")
	}
	return nil
}

// SchemePatch is a change of what is written about a scheme; nil stays as it is.
type SchemePatch struct {
	Name        *string `json:"name"`
	DisplayName *string `json:"display_name"`
	Description *string `json:"description"`
}

// Apply lays the patch over a scheme.
func (p SchemePatch) Apply(s *Scheme) {
	for _, f := range []struct{ to, from *string }{{&s.Name, p.Name}, {&s.DisplayName, p.DisplayName}, {&s.Description, p.Description}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
}

// ChannelRoles are the roles the scheme gives in channels.
func (s *Scheme) ChannelRoles() SchemeRoles {
	return SchemeRoles{Guest: s.DefaultChannelGuestRole, User: s.DefaultChannelUserRole, Admin: s.DefaultChannelAdminRole}
}

// ChannelModeration says who of a channel may do something that can be moderated.
type ChannelModeration struct {
	Name  string         `json:"name"`
	Roles ModeratedRoles `json:"roles"`
}

// ModeratedRoles are the roles whose part of a channel can be moderated. Guests are left out
// of what they never have.
type ModeratedRoles struct {
	Guests  *ModeratedRole `json:"guests,omitempty"`
	Members *ModeratedRole `json:"members"`
}

// ModeratedRole says whether a role has something, and whether that can be changed: what
// it lacks in the whole team, a channel cannot give.
type ModeratedRole struct {
	Value   bool `json:"value"`
	Enabled bool `json:"enabled"`
}

// ModerationPatch is a change of a [ChannelModeration]; nil stays as it is.
type ModerationPatch struct {
	Name  string `json:"name"`
	Roles struct {
		Guests  *bool `json:"guests"`
		Members *bool `json:"members"`
	} `json:"roles"`
}
