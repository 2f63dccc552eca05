package perm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/perm"
)

func TestAChannelSchemeOnlyTakesAwayWhatCanBeModerated(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name         string
		own, without []string
		admin        bool
		want         []string
	}{
		{"what both have stays", []string{"create_post"}, []string{"create_post", "edit_post"}, false, []string{"create_post", "edit_post"}},
		{"what the scheme lacks goes", nil, []string{"create_post", "add_reaction", "edit_post"}, false, []string{"edit_post"}},
		{"what only the scheme has is not given", []string{"create_post", "delete_others_posts"}, []string{"edit_post"}, false, []string{"edit_post"}},
		{"admins lose nothing", nil, []string{"create_post", "manage_channel_roles"}, true, []string{"create_post", "manage_channel_roles"}},
		{"admins gain nothing", []string{"create_post"}, nil, true, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(tc.want, perm.InChannelScheme(tc.own, tc.without, tc.admin)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestModerationsAreThoseOfTheDocument(t *testing.T) {
	t.Parallel()
	got := map[string][]perm.Permission{}
	var order []string
	for _, m := range perm.Moderations() {
		order = append(order, m.Name)
		got[m.Name] = m.All()
	}
	if d := cmp.Diff([]string{"create_post", "create_reactions", "manage_members", "use_channel_mentions", "manage_bookmarks"}, order); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string][]perm.Permission{
		"create_post":          {"create_post"},
		"create_reactions":     {"add_reaction", "remove_reaction"},
		"manage_members":       {"manage_public_channel_members", "manage_private_channel_members"},
		"use_channel_mentions": {"use_channel_mentions"},
		"manage_bookmarks": {
			"add_bookmark_public_channel", "edit_bookmark_public_channel", "delete_bookmark_public_channel",
			"order_bookmark_public_channel", "add_bookmark_private_channel", "edit_bookmark_private_channel",
			"delete_bookmark_private_channel", "order_bookmark_private_channel",
		},
	}, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"create_post"}, perm.Moderated([]string{"edit_post", "create_post", "manage_system"})); d != "" {
		t.Error(d)
	}
}
