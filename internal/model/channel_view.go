package model

import (
	"slices"

	"muster/internal/fault"
)

// NotShared is what the API says of channels that belong to no team: they are not shared
// with another server. Of others it says nothing.
func NotShared(kind string) *bool {
	if kind == ChannelDirect || kind == ChannelGroup {
		return new(bool)
	}
	return nil
}

// ChannelWithTeam is a channel as administrators list it.
type ChannelWithTeam struct {
	Channel
	TeamDisplayName string `json:"team_display_name"`
	TeamName        string `json:"team_name"`
	TeamUpdateAt    int64  `json:"team_update_at"`
}

// ChannelsWithCount is a page of channels and how many there are.
type ChannelsWithCount struct {
	Channels   []*ChannelWithTeam `json:"channels"`
	TotalCount int64              `json:"total_count"`
}

// ChannelMemberWithTeam is a membership and the team of its channel; the fields of the
// team are empty for direct and group channels.
type ChannelMemberWithTeam struct {
	ChannelMember
	TeamDisplayName string `json:"team_display_name"`
	TeamName        string `json:"team_name"`
	TeamUpdateAt    int64  `json:"team_update_at"`
}

// ChannelStats are the kept counts of a channel.
type ChannelStats struct {
	ChannelID       string `json:"channel_id"`
	MemberCount     int64  `json:"member_count"`
	GuestCount      int64  `json:"guest_count"`
	PinnedPostCount int64  `json:"pinnedpost_count"`
	FilesCount      int64  `json:"files_count"`
}

// ChannelUnread says how much of a channel somebody has not read.
type ChannelUnread struct {
	TeamID             string `json:"team_id"`
	ChannelID          string `json:"channel_id"`
	MsgCount           int64  `json:"msg_count"`
	MentionCount       int64  `json:"mention_count"`
	MentionCountRoot   int64  `json:"mention_count_root"`
	UrgentMentionCount int64  `json:"urgent_mention_count"`
	MsgCountRoot       int64  `json:"msg_count_root"`
}

// ChannelUnreadAt says from when on somebody has not read a channel. Its counts of messages
// are those that were read.
type ChannelUnreadAt struct {
	TeamID             string `json:"team_id"`
	UserID             string `json:"user_id"`
	ChannelID          string `json:"channel_id"`
	MsgCount           int64  `json:"msg_count"`
	MentionCount       int64  `json:"mention_count"`
	MentionCountRoot   int64  `json:"mention_count_root"`
	UrgentMentionCount int64  `json:"urgent_mention_count"`
	MsgCountRoot       int64  `json:"msg_count_root"`
	LastViewedAt       int64  `json:"last_viewed_at"`
}

// Unread tells how much of the channel the member has not read. A muted channel has
// mentions only.
func (m *ChannelMember) Unread(c *Channel) *ChannelUnread {
	u := &ChannelUnread{
		TeamID: c.TeamID, ChannelID: c.ID, MsgCount: max(0, c.TotalMsgCount-m.MsgCount), MentionCount: m.MentionCount,
		MentionCountRoot: m.MentionCountRoot, UrgentMentionCount: m.UrgentMentionCount,
		MsgCountRoot: max(0, c.TotalMsgCountRoot-m.MsgCountRoot),
	}
	if m.Muted() {
		u.MsgCount, u.MsgCountRoot = 0, 0
	}
	return u
}

// Muted tells whether the member wants to hear of mentions only.
func (m *ChannelMember) Muted() bool { return m.NotifyProps["mark_unread"] == "mention" }

// MergeNotifyProps gives the settings of the membership with others laid over them. Keys
// that mean nothing are dropped; a value that cannot be is a fault.
func (m *ChannelMember) MergeNotifyProps(over StringMap) (StringMap, error) {
	out := StringMap{}
	for k, v := range m.NotifyProps {
		out[k] = v
	}
	for k, v := range over {
		prop, known := channelNotifyProps[k]
		if !known {
			continue
		}
		if prop.values == nil && len(v) > notifyValueMax || prop.values != nil && !slices.Contains(prop.values, v) || !Storable(v) {
			return nil, fault.New(fault.Invalid, "model.channel_member.is_valid."+prop.wrong+".app_error")
		}
		out[k] = v
	}
	return out, nil
}

// ChannelViewed says which channel somebody looks at, and which they looked at before.
type ChannelViewed struct {
	ChannelID     string `json:"channel_id"`
	PrevChannelID string `json:"prev_channel_id"`
	CollapsedOK   bool   `json:"collapsed_threads_supported"`
}
