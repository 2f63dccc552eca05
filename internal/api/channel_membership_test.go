package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"muster/internal/model"
	"muster/internal/testkit"
)

func TestChannelMembershipsWithTeams(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		none := s.User("none")
		team := s.Team(t, "north", amy, bob)
		s.Channel(t, team.ID, "pub", "O", amy)
		amy.Post("/channels/direct", []string{amy.ID, bob.ID}).Want(http.StatusCreated)
		path := "/users/me/channel_members"
		r := amy.Get(path).Want(http.StatusOK)
		ids := r.Column("channel_id")
		if len(ids) != 4 || !slices.IsSorted(ids) {
			t.Errorf("channels %v", ids)
		}
		if names := r.Column("team_name"); !slices.Contains(names, "north") || !slices.Contains(names, "") {
			t.Errorf("teams %v", names)
		}
		if got := amy.Get(path + "?per_page=1&page=3").Column("channel_id"); !slices.Equal(got, ids[3:]) {
			t.Errorf("last page %v", got)
		}
		if got := amy.Get(path + "?page=9").Column("channel_id"); len(got) != 0 {
			t.Errorf("past the end %v", got)
		}
		all := amy.Get(path + "?page=-1&per_page=1").Want(http.StatusOK)
		if got := all.Header.Get("Content-Type"); got != "application/x-ndjson" {
			t.Errorf("content type %q", got)
		}
		var streamed []string
		for line := range bytes.Lines(all.Body) {
			var m model.ChannelMemberWithTeam
			if err := json.Unmarshal(line, &m); err != nil {
				t.Fatalf("line %q: %v", line, err)
			}
			streamed = append(streamed, m.ChannelID)
		}
		if !slices.Equal(streamed, ids) {
			t.Errorf("streamed %v, want %v", streamed, ids)
		}
		if got := s.Admin().For(t).Get("/users/" + amy.ID + "/channel_members").Column("last_viewed_at"); got[0] != "-1" {
			t.Errorf("for somebody else %v", got)
		}
		none.Get(path+"?page=-1").WantFault(http.StatusNotFound, "app.channel.get_member.missing.app_error")
		amy.Get("/users/short/channel_members").WantFault(http.StatusBadRequest, "api.context.invalid_url_param.app_error")
		bob.Get("/users/"+amy.ID+"/channel_members").WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		s.Visitor().For(t).Get("/users/"+amy.ID+"/channel_members").WantFault(http.StatusUnauthorized, "api.context.session_expired.app_error")
	})
}

// TestStatementsDoNotGrow counts what the database is asked for answers of different size.
func TestStatementsDoNotGrowWithChannels(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		team := s.Team(t, "north", amy)
		var ids []string
		for i := range 8 {
			ids = append(ids, s.Make(testkit.Account{Username: fmt.Sprintf("user%d", i)}))
			s.Join(t, team.ID, ids[i])
		}
		small, large := s.Channel(t, team.ID, "small", "O", amy), s.Channel(t, team.ID, "large", "O", amy)
		add := func(channel string, list []string) int64 {
			return fewest(s, 1, func() { // who is there cannot be added again
				amy.For(t).Post("/channels/"+channel+"/members", map[string]any{"user_ids": list}).Want(http.StatusCreated)
			})
		}
		add(small, ids[:1])                                                    // whatever is read once is read now
		if one, many := add(small, ids[1:2]), add(large, ids); many >= one+8 { // regular work may add a few
			t.Errorf("adding %d members takes %d statements, one takes %d", len(ids), many, one)
		}
		for _, path := range []string{"/members", "/stats", "/timezones"} {
			least := func(channel string) int64 {
				return fewest(s, 5, func() { amy.For(t).Get("/channels/" + channel + path).Want(http.StatusOK) })
			}
			if few, more := least(small), least(large); more > few {
				t.Errorf("%s takes %d statements, with fewer members %d", path, more, few)
			}
		}
	})
}
