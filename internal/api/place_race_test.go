package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"muster/internal/testkit"
)

// TestWhoBecomesAGuestWhileComingInIsAGuest: whatever happens at the same time, nobody has the
// place of a member who is a guest.
func TestWhoBecomesAGuestWhileComingInIsAGuest(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: guestsOn}, func(t *testing.T, s *testkit.Server) {
		admin := s.Admin().For(t)
		team := s.Team(t, "north")
		open := s.Channel(t, team.ID, "open", "O")
		for i := range 12 {
			id := s.Make(testkit.Account{Username: fmt.Sprintf("user%d", i)})
			body := object{"user_id": id, "team_id": team.ID}
			if i%2 == 1 {
				admin.Post("/teams/"+team.ID+"/members", body).Want(201)
			}
			var wg sync.WaitGroup
			wg.Go(func() { admin.Post("/users/"+id+"/demote", nil).Want(200) })
			wg.Go(func() {
				if i%2 == 1 {
					admin.Post("/channels/"+open+"/members", body).Want(201)
				} else {
					admin.Post("/teams/"+team.ID+"/members", body).Want(201)
				}
			})
			wg.Wait()
			if got := admin.Get("/teams/" + team.ID + "/members/" + id).Want(200).Text("roles"); got != "team_guest" {
				t.Errorf("in the team user%d is %s", i, got)
			}
			if got := admin.Get("/channels/" + open + "/members/" + id); got.StatusCode == http.StatusOK && got.Text("roles") != "channel_guest" {
				t.Errorf("in the channel user%d is %s", i, got.Text("roles"))
			}
		}
	})
}

// TestTheSizesOfPlacesStayRight: whatever becomes of an account while it leaves, what teams and
// channels keep of how many are there equals a recount.
func TestTheSizesOfPlacesStayRight(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: guestsOn}, func(t *testing.T, s *testkit.Server) {
		admin := s.Admin().For(t)
		team := s.Team(t, "north")
		open := s.Channel(t, team.ID, "open", "O")
		for i := range 12 {
			id := s.Make(testkit.Account{Username: fmt.Sprintf("user%d", i)})
			admin.Post("/teams/"+team.ID+"/members", object{"user_id": id, "team_id": team.ID}).Want(201)
			admin.Post("/channels/"+open+"/members", object{"user_id": id}).Want(201)
			leave, become := "/teams/"+team.ID+"/members/"+id, func() { admin.Put("/users/"+id+"/active", object{"active": false}).Want(200) }
			if i%2 == 1 {
				leave, become = "/channels/"+open+"/members/"+id, func() { admin.Post("/users/"+id+"/demote", nil).Want(200) }
			}
			var wg sync.WaitGroup
			wg.Go(become)
			wg.Go(func() { admin.Delete(leave).Want(200) })
			wg.Wait()
		}
		db := chgDB(t, s)
		for what, queries := range map[string][2]string{
			"guests": {
				`SELECT name || ' ' || guests || ' of ' || members FROM channels ORDER BY 1`,
				`SELECT name || ' ' || (SELECT COUNT(*) FROM channel_members m WHERE m.channel_id = c.id AND m.scheme_guest) || ' of ' ||
					(SELECT COUNT(*) FROM channel_members m WHERE m.channel_id = c.id) FROM channels c ORDER BY 1`,
			},
			"active members": {
				`SELECT name || ' ' || active_members || ' of ' || members FROM teams ORDER BY 1`,
				`SELECT name || ' ' || (SELECT COUNT(*) FROM team_members m JOIN users u ON u.id = m.user_id AND u.delete_at = 0
					WHERE m.team_id = t.id AND m.delete_at = 0) || ' of ' ||
					(SELECT COUNT(*) FROM team_members m WHERE m.team_id = t.id AND m.delete_at = 0) FROM teams t ORDER BY 1`,
			},
		} {
			if kept, counted := chgList(t, db, queries[0]), chgList(t, db, queries[1]); !slices.Equal(kept, counted) {
				t.Errorf("%s are kept as %q and counted as %q", what, kept, counted)
			}
		}
	})
}

// TestNobodyStaysInAChannelOfATeamTheyLeft, even when they are put into it at the same time.
func TestNobodyStaysInAChannelOfATeamTheyLeft(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		admin := s.Admin().For(t)
		team := s.Team(t, "north")
		secret := s.Channel(t, team.ID, "secret", "P")
		for i := range 12 {
			id := s.Make(testkit.Account{Username: fmt.Sprintf("user%d", i)})
			admin.Post("/teams/"+team.ID+"/members", object{"user_id": id, "team_id": team.ID}).Want(201)
			var wg sync.WaitGroup
			wg.Go(func() { admin.Delete("/teams/" + team.ID + "/members/" + id).Want(200) })
			wg.Go(func() { admin.Post("/channels/"+secret+"/members", object{"user_id": id}) }) // refused when it comes too late
			wg.Wait()
		}
		if got := admin.Get("/channels/" + secret + "/members").Want(200).Column("user_id"); !slices.Equal(got, []string{admin.ID}) {
			t.Errorf("in the channel of the team they left are %v", got)
		}
	})
}
