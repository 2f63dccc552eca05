package model

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"muster/internal/fault"
)

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

// The types of posts that people may write, besides those that begin with customType.
const (
	PostDefault         = ""
	PostSlackAttachment = "slack_attachment"
	PostMe              = "me"
	PostReminder        = "reminder"
	PostBurnOnRead      = "burn_on_read"
	customType          = "custom_"
	systemType          = "system_"
	postTypeMax         = 26 // bytes
)

// System tells whether the server itself wrote the post.
func (p *Post) System() bool { return SystemPostType(p.Type) }

// SystemPostType tells whether only the server writes posts of this type.
func SystemPostType(t string) bool { return strings.HasPrefix(t, systemType) || t == PostAddBotTeams }

// Check tells whether the post can be stored.
func (p *Post) Check() error {
	wrong := func(field string) *fault.Error {
		return fault.New(fault.Invalid, "model.post.is_valid."+field+".app_error")
	}
	files, _ := json.Marshal(p.FileIDs) // a list of texts always has a JSON form
	switch {
	case p.RootID != "" && !ValidID(p.RootID):
		return wrong("root_id")
	case utf8.RuneCountInString(p.Message) > PostMessageMax:
		return wrong("message_length").With("Length", utf8.RuneCountInString(p.Message)).With("Max", PostMessageMax)
	case len(p.Hashtags) > PostHashtagsMax:
		return wrong("hashtags")
	case !validPostType(p.Type):
		return wrong("type")
	case utf8.RuneCount(files) > PostFileIDsMax:
		return wrong("file_ids")
	case utf8.RuneCount(p.Props) > PostPropsMax:
		return wrong("props")
	}
	return nil
}

func validPostType(t string) bool {
	switch t {
	case PostDefault, PostSlackAttachment, PostMe, PostReminder, PostBurnOnRead, PostAddBotTeams:
		return true
	}
	return len(t) <= postTypeMax && (strings.HasPrefix(t, customType) || strings.HasPrefix(t, systemType))
}

// MembershipPosts are the types of posts that only say that somebody came or went.
var MembershipPosts = []string{
	"system_join_leave", "system_add_remove", PostJoinChannel, PostLeaveChannel, PostJoinTeam, PostLeaveTeam,
	PostAddToChannel, PostRemoveFromChannel, PostAddToTeam, PostRemoveFromTeam,
}

// AboutMembership tells whether the post only says that somebody came or went, which
// nobody has to read.
func (p *Post) AboutMembership() bool {
	return slices.Contains(MembershipPosts, p.Type)
}

// Counts tells by how much the post moves the counts of its channel: of what somebody has
// to read, and of the roots among it.
func (p *Post) Counts() (msgs, roots int64) {
	switch {
	case p.AboutMembership():
		return 0, 0
	case p.RootID != "":
		return 1, 0
	}
	return 1, 1
}
