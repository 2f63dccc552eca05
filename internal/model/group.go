package model

import "muster/internal/fault"

// Group is a set of accounts that can be mentioned or tied to teams and channels.
type Group struct {
	ID             string  `json:"id"`
	Name           *string `json:"name,omitempty"`
	DisplayName    string  `json:"display_name"`
	Description    string  `json:"description"`
	Source         string  `json:"source"`
	RemoteID       string  `json:"remote_id"` // at the source; empty for groups made here
	CreateAt       int64   `json:"create_at"`
	UpdateAt       int64   `json:"update_at"`
	DeleteAt       int64   `json:"delete_at"`
	HasSyncables   bool    `json:"has_syncables"`
	MemberCount    *int64  `json:"member_count,omitempty"`
	AllowReference bool    `json:"allow_reference"`
	SchemeAdmin    *bool   `json:"scheme_admin,omitempty"` // in a place: its members become admins there
	Members        int64   `json:"-"`
}

// Where a group comes from.
const (
	GroupCustom = "custom"
	GroupLDAP   = "ldap"
)

// GroupMember is somebody's place in a group.
type GroupMember struct {
	GroupID  string `json:"group_id"`
	UserID   string `json:"user_id"`
	CreateAt int64  `json:"create_at"`
	DeleteAt int64  `json:"delete_at"`
}

// What a group can be tied to.
const (
	SyncableTeam    = "team"
	SyncableChannel = "channel"
)

// GroupSyncable says how a group is tied to a team or channel.
type GroupSyncable struct {
	GroupID     string
	PlaceID     string // of the team or channel
	AutoAdd     bool
	SchemeAdmin bool
	CreateAt    int64
	UpdateAt    int64
	DeleteAt    int64 // 0 = tied
	// On lists also what the team is called, or the channel and its team.
	Name, Type                 string
	TeamID, TeamName, TeamType string
}

// Limits of a group.
const (
	GroupNameMax        = 64   // bytes
	GroupDisplayNameMax = 128  // code points
	GroupDescriptionMax = 1024 // code points
)

// NameText gives the name, empty for a group that has none.
func (g *Group) NameText() string {
	if g.Name == nil {
		return ""
	}
	return *g.Name
}

// Validate tells what keeps a group from being stored.
func (g *Group) Validate() error {
	name := g.NameText()
	switch {
	case g.Name != nil && (len(name) > GroupNameMax || !ValidUsername(name) && name != ""):
		return fault.New(fault.Invalid, "model.group.name.invalid_chars.app_error")
	case g.AllowReference && name == "":
		return fault.New(fault.Invalid, "model.group.name.app_error")
	case name == "all" || name == "channel" || name == "here":
		return fault.New(fault.Invalid, "model.group.name.reserved_name.app_error")
	case g.DisplayName == "" || longer(g.DisplayName, GroupDisplayNameMax) || !Storable(g.DisplayName):
		return fault.New(fault.Invalid, "model.group.display_name.app_error")
	case longer(g.Description, GroupDescriptionMax) || !Storable(g.Description):
		return fault.New(fault.Invalid, "model.group.description.app_error")
	}
	return nil
}

// Counted gives the group as it is shown with how many members it has.
func (g *Group) Counted() *Group {
	c := *g
	c.MemberCount = &c.Members
	return &c
}

// GroupCount is how many members of a channel are in a group.
type GroupCount struct {
	GroupID   string `json:"group_id"`
	Members   int64  `json:"channel_member_count"`
	Timezones int64  `json:"channel_member_timezones_count"`
}
