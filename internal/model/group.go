package model

// Group is a set of accounts that can be mentioned or tied to teams and channels.
type Group struct {
	ID             string   `json:"id"`
	Name           *string  `json:"name,omitempty"`
	DisplayName    string   `json:"display_name"`
	Description    string   `json:"description"`
	Source         string   `json:"source"`
	RemoteID       *string  `json:"remote_id"`
	CreateAt       int64    `json:"create_at"`
	UpdateAt       int64    `json:"update_at"`
	DeleteAt       int64    `json:"delete_at"`
	HasSyncables   bool     `json:"has_syncables"`
	MemberCount    *int64   `json:"member_count,omitempty"`
	AllowReference bool     `json:"allow_reference"`
	MemberIDs      []string `json:"member_ids"`
	Members        int64    `json:"-"`
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
