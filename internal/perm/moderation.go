package perm

import "slices"

// Moderation is one thing that can be taken from the members or the guests of a single
// channel.
type Moderation struct {
	Name    string
	Guests  bool // guests can have it, too
	open    []Permission
	private []Permission
}

// moderations stand in the order in which clients get them.
var moderations = [...]Moderation{
	{"create_post", true, []Permission{CreatePost}, []Permission{CreatePost}},
	{"create_reactions", true, []Permission{AddReaction, RemoveReaction}, []Permission{AddReaction, RemoveReaction}},
	{"manage_members", false, []Permission{ManagePublicChannelMembers}, []Permission{ManagePrivateChannelMembers}},
	{"use_channel_mentions", true, []Permission{UseChannelMentions}, []Permission{UseChannelMentions}},
	{
		"manage_bookmarks", false,
		[]Permission{AddBookmarkPublicChannel, EditBookmarkPublicChannel, DeleteBookmarkPublicChannel, OrderBookmarkPublicChannel},
		[]Permission{AddBookmarkPrivateChannel, EditBookmarkPrivateChannel, DeleteBookmarkPrivateChannel, OrderBookmarkPrivateChannel},
	},
}

// moderated is written once, before main, and only read afterwards.
var moderated = collectModerated()

func collectModerated() map[Permission]bool {
	all := map[Permission]bool{}
	for _, m := range moderations {
		for _, p := range m.All() {
			all[p] = true
		}
	}
	return all
}

// Moderations lists what can be moderated; the caller owns the slice.
func Moderations() []Moderation { return slices.Clone(moderations[:]) }

// In gives the permissions it stands for in an open or a private channel.
func (m Moderation) In(private bool) []Permission {
	if private {
		return m.private
	}
	return m.open
}

// All gives the permissions it stands for in channels of every kind: a channel keeps its
// moderation when it is opened or closed.
func (m Moderation) All() []Permission { return Unique(slices.Concat(m.open, m.private)) }

// Moderated keeps of a list of permissions those that can be moderated.
func Moderated(list []string) []string {
	out := make([]string, 0, len(list))
	for _, p := range list {
		if moderated[Permission(p)] {
			out = append(out, p)
		}
	}
	return out
}

// InChannelScheme gives what a role of a channel's scheme grants, given what the role grants
// that the channel would have without the scheme. The scheme can only take away, and only
// what can be moderated; admins of the channel lose nothing.
func InChannelScheme(own, without []string, admin bool) []string {
	if admin {
		return slices.Clone(without)
	}
	out := make([]string, 0, len(without))
	for _, p := range without {
		if !moderated[Permission(p)] || slices.Contains(own, p) {
			out = append(out, p)
		}
	}
	return out
}
