package model

// Limits of a post.
const (
	PostMessageMax  = 16383  // code points
	PostPropsMax    = 800000 // code points of the props as JSON
	PostFileIDsMax  = 300    // code points of the file ids as JSON
	PostHashtagsMax = 1000   // bytes
)

// Kinds of posts that the server itself writes.
const (
	PostJoinTeam          = "system_join_team"
	PostLeaveTeam         = "system_leave_team"
	PostAddToTeam         = "system_add_to_team"
	PostRemoveFromTeam    = "system_remove_from_team"
	PostJoinChannel       = "system_join_channel"
	PostGuestJoinChannel  = "system_guest_join_channel"
	PostLeaveChannel      = "system_leave_channel"
	PostAddToChannel      = "system_add_to_channel"
	PostAddGuestToChannel = "system_add_guest_to_chan"
	PostRemoveFromChannel = "system_remove_from_channel"
	PostHeaderChange      = "system_header_change"
	PostPurposeChange     = "system_purpose_change"
	PostDisplayNameChange = "system_displayname_change"
	PostPrivacyChange     = "system_change_chan_privacy"
	PostChannelDeleted    = "system_channel_deleted"
	PostChannelRestored   = "system_channel_restored"
	PostEphemeral         = "system_ephemeral"
	PostGeneric           = "system_generic"
	PostAddBotTeams       = "add_bot_teams_channels"
)

// Post is something that was written in a channel.
type Post struct {
	ID           string
	CreateAt     int64
	UpdateAt     int64
	EditAt       int64
	DeleteAt     int64 // 0 = not deleted
	IsPinned     bool
	UserID       string
	ChannelID    string
	RootID       string // empty for a root
	OriginalID   string // of the post this is an older version of
	Message      string
	Type         string // empty for what people write
	Props        RawJSON
	Hashtags     string
	FileIDs      StringList
	HasReactions bool
	Priority     string
	RequestedAck bool
	// PendingPostID is what a client called the post before it had an id; it is not stored.
	PendingPostID string
}

// AboutMembership tells whether the post only says that somebody came or went, which
// nobody has to read.
func (p *Post) AboutMembership() bool {
	switch p.Type {
	case "system_join_leave", "system_add_remove", PostJoinChannel, PostLeaveChannel, PostJoinTeam, PostLeaveTeam,
		PostAddToChannel, PostRemoveFromChannel, PostAddToTeam, PostRemoveFromTeam:
		return true
	}
	return false
}
