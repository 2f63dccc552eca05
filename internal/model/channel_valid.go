package model

import (
	"encoding/json"
	"regexp"
	"strings"

	"muster/internal/fault"
)

// Limits of a channel.
const (
	ChannelDisplayNameMax = 64   // code points
	ChannelNameMax        = 64   // bytes
	ChannelHeaderMax      = 1024 // code points
	ChannelPurposeMax     = 250  // code points
	channelBannerMax      = 1024 // code points of the text
)

// How many people a group channel is made for.
const (
	GroupChannelMin = 3
	GroupChannelMax = 8
)

var (
	channelName = regexp.MustCompile(`^[a-z0-9]+([a-z\-_0-9]+|(__)?)[a-z0-9]*$`)
	directName  = regexp.MustCompile(`^[a-z0-9]{26}__[a-z0-9]{26}$`)
	groupName   = regexp.MustCompile(`^[a-f0-9]{40}$`)
	hexColour   = regexp.MustCompile(`^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`)
)

// Validate tells which rule of the API a channel of a team breaks.
func (c *Channel) Validate() error {
	field := ""
	switch {
	case longer(c.DisplayName, ChannelDisplayNameMax) || !Storable(c.DisplayName):
		field = "display_name"
	case len(c.Name) > ChannelNameMax || !channelName.MatchString(c.Name):
		field = "1_or_more"
	case c.Type != ChannelOpen && c.Type != ChannelPrivate && c.Type != ChannelDirect && c.Type != ChannelGroup:
		field = "type"
	case longer(c.Header, ChannelHeaderMax) || !Storable(c.Header):
		field = "header"
	case longer(c.Purpose, ChannelPurposeMax) || !Storable(c.Purpose):
		field = "purpose"
	case c.InTeam() && (directName.MatchString(c.Name) || groupName.MatchString(c.Name)):
		field = "name"
	}
	if field != "" {
		return fault.New(fault.Invalid, "model.channel.is_valid."+field+".app_error")
	}
	return c.validBanner()
}

// Banner is what stands above the posts of a channel.
type Banner struct {
	Enabled         *bool   `json:"enabled"`
	Text            *string `json:"text"`
	BackgroundColor *string `json:"background_color"`
}

func (c *Channel) validBanner() error {
	if c.BannerInfo == nil {
		return nil
	}
	var b Banner
	if json.Unmarshal(c.BannerInfo, &b) != nil {
		return fault.Body("banner_info")
	}
	if b.Enabled == nil || !*b.Enabled {
		return nil
	}
	field := ""
	switch {
	case c.Type != ChannelOpen && c.Type != ChannelPrivate:
		field = "channel_type"
	case b.Text == nil || strings.TrimSpace(*b.Text) == "":
		field = "text.empty"
	case longer(*b.Text, channelBannerMax) || !Storable(*b.Text):
		field = "text.invalid_length"
	case b.BackgroundColor == nil || *b.BackgroundColor == "":
		field = "background_color.empty"
	case !hexColour.MatchString(*b.BackgroundColor):
		field = "background_color.invalid"
	}
	if field == "" {
		return nil
	}
	return fault.New(fault.Invalid, "model.channel.is_valid.banner_info."+field+".app_error")
}

// DirectName is the name of the channel between two people, who may be the same.
func DirectName(a, b string) string {
	if a > b {
		a, b = b, a
	}
	return a + "__" + b
}

// Teammate gives the other person of a direct channel, oneself when one is alone there.
func (c *Channel) Teammate(userID string) string {
	first, second, _ := strings.Cut(c.Name, "__")
	if first == userID {
		return second
	}
	return first
}

// notifyProp is one setting of a membership: what it may be, and how the fault is called
// when it is something else.
type notifyProp struct {
	values []string // nil takes any short text
	wrong  string
}

var (
	notifyLevels = []string{"default", "all", "mention", "none"}
	onOff        = []string{"default", "on", "off"}
)

var channelNotifyProps = map[string]notifyProp{
	"desktop":                     {notifyLevels, "notify_level"},
	"desktop_threads":             {notifyLevels, "notify_level"},
	"push":                        {notifyLevels, "push_level"},
	"push_threads":                {notifyLevels, "push_level"},
	"mark_unread":                 {[]string{"all", "mention"}, "unread_level"},
	"email":                       {[]string{"default", "true", "false"}, "email_value"},
	"ignore_channel_mentions":     {onOff, "ignore_channel_mentions_value"},
	"channel_auto_follow_threads": {onOff[1:], "channel_auto_follow_threads_value"},
	"desktop_sound":               {onOff, "notify_level"},
	"desktop_notification_sound":  {nil, "notify_level"},
}

const notifyValueMax = 64 // bytes of a value without a list
