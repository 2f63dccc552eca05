package model

// The kinds of a channel.
const (
	ChannelOpen    = "O"
	ChannelPrivate = "P"
	ChannelDirect  = "D"
	ChannelGroup   = "G"
)

// The channels a team begins with. Everybody but guests is in TownSquare.
const (
	TownSquare = "town-square"
	OffTopic   = "off-topic"
)

// Channel is a place where people write.
type Channel struct {
	ID                  string  `json:"id"`
	CreateAt            int64   `json:"create_at"`
	UpdateAt            int64   `json:"update_at"`
	DeleteAt            int64   `json:"delete_at"` // 0 = not archived
	TeamID              string  `json:"team_id"`   // empty for direct and group channels
	Type                string  `json:"type"`
	DisplayName         string  `json:"display_name"`
	Name                string  `json:"name"`
	Header              string  `json:"header"`
	Purpose             string  `json:"purpose"`
	LastPostAt          int64   `json:"last_post_at"`
	TotalMsgCount       int64   `json:"total_msg_count"` // without posts about joining and leaving
	ExtraUpdateAt       int64   `json:"extra_update_at"`
	CreatorID           string  `json:"creator_id"`
	SchemeID            *string `json:"scheme_id"`
	Props               RawJSON `json:"props"`
	GroupConstrained    *bool   `json:"group_constrained"`
	AutoTranslation     bool    `json:"autotranslation"`
	Shared              *bool   `json:"shared"`
	TotalMsgCountRoot   int64   `json:"total_msg_count_root"`
	PolicyID            *string `json:"policy_id"`
	LastRootPostAt      int64   `json:"last_root_post_at"`
	BannerInfo          RawJSON `json:"banner_info"`
	PolicyEnforced      bool    `json:"policy_enforced"`
	PolicyIsActive      bool    `json:"policy_is_active"`
	DefaultCategoryName string  `json:"default_category_name"`
	Members             int64   `json:"-"`
	Guests              int64   `json:"-"`
	PinnedPosts         int64   `json:"-"`
	Files               int64   `json:"-"`
}

// InTeam tells whether the channel belongs to a team; direct and group channels do not.
func (c *Channel) InTeam() bool { return c.TeamID != "" }

// ChannelMember is somebody's place in a channel.
type ChannelMember struct {
	ChannelID               string    `json:"channel_id"`
	UserID                  string    `json:"user_id"`
	Roles                   string    `json:"roles"` // explicit ones first, then those the flags stand for
	LastViewedAt            int64     `json:"last_viewed_at"`
	MsgCount                int64     `json:"msg_count"` // how many of the channel's total were read
	MentionCount            int64     `json:"mention_count"`
	MentionCountRoot        int64     `json:"mention_count_root"`
	UrgentMentionCount      int64     `json:"urgent_mention_count"`
	MsgCountRoot            int64     `json:"msg_count_root"`
	NotifyProps             StringMap `json:"notify_props"`
	LastUpdateAt            int64     `json:"last_update_at"`
	SchemeGuest             bool      `json:"scheme_guest"`
	SchemeUser              bool      `json:"scheme_user"`
	SchemeAdmin             bool      `json:"scheme_admin"`
	ExplicitRoles           string    `json:"explicit_roles"`
	AutoTranslationDisabled bool      `json:"autotranslation_disabled"`
	Username                string    `json:"-"`
	CreateAt                int64     `json:"-"`
}

// For gives the membership as a viewer gets it: when somebody read a channel is
// for themselves to know.
func (m *ChannelMember) For(viewerID string) *ChannelMember {
	if m.UserID == viewerID {
		return m
	}
	c := *m
	c.LastViewedAt, c.LastUpdateAt = -1, -1
	return &c
}

// DefaultChannelNotifyProps are the settings of a new membership.
func DefaultChannelNotifyProps() StringMap {
	return StringMap{
		"desktop": "default", "mark_unread": "all", "push": "default", "email": "default",
		"ignore_channel_mentions": "default", "channel_auto_follow_threads": "off",
	}
}

// Constrained tells whether the members of the channel come from its groups.
func (c *Channel) Constrained() bool { return c.GroupConstrained != nil && *c.GroupConstrained }
