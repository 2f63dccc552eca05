package api_test

import (
	"net/http"
	"slices"
	"testing"

	"muster/internal/model"
	"muster/internal/testkit"
)

func TestSidebarCategories(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		team := s.Team(t, "north", amy, bob)
		ch := s.Channel(t, team.ID, "ch", "O", amy)
		path := "/users/me/teams/" + team.ID + "/channels/categories"
		sidebar := func() (out model.Categories) {
			amy.For(t).Get(path).Want(http.StatusOK).JSON(&out)
			return out
		}
		if got := sidebar(); len(got.Categories) != 3 || len(got.Order) != 3 || len(got.Categories[1].ChannelIDs) != 3 {
			t.Fatalf("first sidebar %+v", got)
		}
		s.Events.Take()
		made := amy.Post(path, model.Category{UserID: amy.ID, TeamID: team.ID, DisplayName: "Mine", ChannelIDs: []string{ch, model.NewID()}}).Want(http.StatusOK)
		s.Events.Want(t, "sidebar_category_created")
		id := made.Text("id")
		if got := sidebar(); got.Order[1] != id || !slices.Equal(got.Categories[1].ChannelIDs, []string{ch}) || got.Categories[3].SortOrder != 30 {
			t.Errorf("with a category of one's own %+v", got)
		}
		amy.Post(path, model.Category{UserID: bob.ID, TeamID: team.ID, DisplayName: "x"}).WantFault(http.StatusBadRequest, sessBadBody)
		bob.Get("/users/"+amy.ID+"/teams/"+team.ID+"/channels/categories").WantFault(http.StatusForbidden, "api.context.permissions.app_error")

		t.Run("muting a category mutes its channels", func(t *testing.T) {
			want := model.Category{ID: id, UserID: amy.ID, TeamID: team.ID, DisplayName: "Mine", Muted: true, ChannelIDs: []string{ch}}
			amy.For(t).Put(path+"/"+id, want).Want(http.StatusOK)
			s.Events.Want(t, "channel_member_updated sidebar_category_updated")
			if got := amy.For(t).Get("/channels/" + ch + "/members/me").Text("notify_props.mark_unread"); got != "mention" {
				t.Errorf("mark_unread is %q", got)
			}
		})
		t.Run("favourites and preferences follow each other", func(t *testing.T) {
			amy, fav := amy.For(t), "favorites_"+amy.ID+"_"+team.ID
			amy.Put(path+"/"+fav, model.Category{ID: fav, UserID: amy.ID, TeamID: team.ID, ChannelIDs: []string{ch}}).Want(http.StatusOK)
			if got := preferencesOf(t, amy, "/users/me/preferences/favorite_channel"); !slices.Equal(got, []string{"favorite_channel/" + ch + "=true"}) {
				t.Errorf("preferences %v", got)
			}
			amy.Post("/users/me/preferences/delete", preferenceBody(amy.ID, "favorite_channel/"+ch, "true")).Want(http.StatusOK)
			if got := amy.Get(path + "/" + fav).Value("channel_ids"); len(got.([]any)) != 0 {
				t.Errorf("favourites %v", got)
			}
			amy.Put("/users/me/preferences", preferenceBody(amy.ID, "favorite_channel/"+ch, "true")).Want(http.StatusOK)
			if got := amy.Get(path + "/" + fav).Value("channel_ids"); len(got.([]any)) != 1 {
				t.Errorf("favourites %v", got)
			}
		})
		t.Run("the order names each category once", func(t *testing.T) {
			amy, order := amy.For(t), sidebar().Order
			amy.Put(path+"/order", order[:2]).WantFault(http.StatusBadRequest, "app.channel.sidebar_categories.app_error")
			amy.Put(path+"/order", []string{order[0], order[1], order[2], order[2]}).WantFault(http.StatusBadRequest, sessBadBody)
			slices.Reverse(order)
			amy.Put(path+"/order", order).Want(http.StatusOK)
			if got := sidebar().Order; !slices.Equal(got, order) {
				t.Errorf("order %v, want %v", got, order)
			}
		})
		t.Run("only one's own categories can go", func(t *testing.T) {
			amy := amy.For(t)
			amy.Delete(path+"/channels_"+amy.ID+"_"+team.ID).WantFault(http.StatusBadRequest, "app.channel.sidebar_categories.app_error")
			amy.Delete(path+"/junk").WantFault(http.StatusBadRequest, "api.context.invalid_url_param.app_error")
			amy.Delete(path + "/" + id).Want(http.StatusOK)
			amy.Get(path+"/"+id).WantFault(http.StatusNotFound, "app.channel.sidebar_categories.app_error")
		})
	})
}
