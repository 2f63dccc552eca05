package api_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"muster/internal/model"
	"muster/internal/testkit"
	"muster/internal/testkit/smtp"
)

// guestsOn lets guests in, with links too.
var guestsOn = []string{"MM_GUESTACCOUNTSSETTINGS_ENABLE=true", "MM_GUESTACCOUNTSSETTINGS_ENABLEGUESTMAGICLINK=true"}

// guestToken gives the token of the newest mail to an address.
func guestToken(t testing.TB, s *testkit.Server, m *smtp.Server, to string) string {
	t.Helper()
	mailSettle(t, s)
	mails := m.Mails(to)
	if len(mails) == 0 {
		t.Fatalf("no mail came to %s", to)
	}
	link, err := url.Parse(mails[len(mails)-1].Link())
	if err != nil || len(link.Query().Get("t")) != model.OneTimeTokenLength {
		t.Fatalf("link %q of the mail to %s", mails[len(mails)-1].Link(), to)
	}
	return link.Query().Get("t")
}

// guestChannel gives the id of off-topic of a team.
func guestChannel(t testing.TB, s *testkit.Server, teamID string) string {
	t.Helper()
	c, err := s.DB.ChannelByName(t.Context(), teamID, "off-topic")
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

func TestDemotedAndPromotedKeepTheirPlaces(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: guestsOn}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		team := s.Team(t, "north", amy, bob)
		admin := s.Admin()
		amy.Post("/users/"+bob.ID+"/demote", nil).WantFault(http.StatusForbidden, teamPerms)
		amy.Post("/users/"+bob.ID+"/promote", nil).WantFault(http.StatusForbidden, teamPerms)
		admin.Post("/users/"+bob.ID+"/promote", nil).WantFault(http.StatusNotImplemented, "api.user.promote_guest_to_user.no_guest.app_error")
		admin.Post("/users/"+usersID+"/demote", nil).WantFault(http.StatusNotFound, "app.user.missing_account.const")
		admin.Post("/users/"+usersID+"/promote", nil).WantFault(http.StatusNotFound, "app.user.missing_account.const")
		admin.Post("/users/bad/demote", nil).WantFault(http.StatusBadRequest, "api.context.invalid_url_param.app_error")
		admin.Post("/users/bad/promote", nil).WantFault(http.StatusBadRequest, "api.context.invalid_url_param.app_error")
		s.Visitor().Post("/users/"+bob.ID+"/demote", nil).Want(http.StatusUnauthorized)
		s.Visitor().Post("/users/"+bob.ID+"/promote", nil).Want(http.StatusUnauthorized)
		admin.Post("/users/"+admin.ID+"/demote", nil).WantFault(http.StatusBadRequest, "app.user.update.lastAdmin.app_error")
		s.Events.Take()
		admin.Post("/users/"+bob.ID+"/demote", nil).Want(http.StatusOK)
		s.Events.Want(t, "user_updated user_updated user_updated memberrole_updated channel_member_updated channel_member_updated")
		if me := bob.Get("/users/me").Want(http.StatusOK); me.Text("roles") != "system_guest" { // the session goes on
			t.Errorf("demoted: %s", me.Body)
		}
		if got := bob.Get("/teams/" + team.ID + "/members/me").Want(http.StatusOK); got.Text("roles") != "team_guest" {
			t.Errorf("place of a guest: %s", got.Body)
		}
		c, err := s.DB.Channel(t.Context(), guestChannel(t, s, team.ID))
		if err != nil || c.Guests != 1 || c.Members != 3 {
			t.Errorf("channel has %d guests among %d (error %v)", c.Guests, c.Members, err)
		}
		if got := bob.Get("/users/me/sessions").Want(http.StatusOK); !strings.Contains(string(got.Body), `"is_guest":"true"`) {
			t.Errorf("sessions of a guest: %s", got.Body)
		}
		admin.Post("/users/"+bob.ID+"/demote", nil).WantFault(http.StatusNotImplemented, "api.user.demote_user_to_guest.already_guest.app_error")
		admin.Post("/users/"+bob.ID+"/promote", nil).Want(http.StatusOK)
		if got := bob.Get("/teams/" + team.ID + "/members/me").Want(http.StatusOK); got.Text("roles") != "team_user" {
			t.Errorf("place of a promoted guest: %s", got.Body)
		}
		if c, err = s.DB.Channel(t.Context(), c.ID); err != nil || c.Guests != 0 || c.Members != 3 {
			t.Errorf("channel has %d guests among %d (error %v)", c.Guests, c.Members, err)
		}
	})
}

func TestInvitedGuestSeesOnlyWhereItWasInvited(t *testing.T) {
	mailEach(t, guestsOn, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy := s.User("amy")
		team := s.Team(t, "north", amy)
		off := guestChannel(t, s, team.ID)
		path := "/teams/" + team.ID + "/invite-guests/email"
		for _, tc := range []struct{ name, body, fault string }{
			{"no body", "", "api.team.invite_guests_to_channels.invalid_body.app_error"},
			{"no addresses", `{"channels":["` + off + `"]}`, "model.guest.is_valid.emails.app_error"},
			{"no address", `{"emails":["x"],"channels":["` + off + `"]}`, "model.guest.is_valid.email.app_error"},
			{"no channels", `{"emails":["g@example.com"]}`, "model.guest.is_valid.channels.app_error"},
			{"no channel", `{"emails":["g@example.com"],"channels":["x"]}`, "model.guest.is_valid.channel.app_error"},
		} {
			t.Run(tc.name, func(t *testing.T) { s.Admin().For(t).Post(path, tc.body).WantFault(http.StatusBadRequest, tc.fault) })
		}
		body := `{"emails":["Guest@example.com"],"channels":["` + off + `"],"message":"Come in"}`
		amy.Post(path, body).WantFault(http.StatusForbidden, teamPerms)
		s.Admin().Post(path, body).Want(http.StatusOK)
		token := guestToken(t, s, m, "guest@example.com")
		s.Visitor().Post("/users?t="+token, `{"username":"gus","email":"other@example.com","password":"Passw0rd-1"}`).
			WantFault(http.StatusBadRequest, "api.user.create_user.bad_token_email_data.app_error")
		sign := `{"username":"gus","email":"guest@example.com","password":"Passw0rd-1"}`
		if u := s.Visitor().Post("/users?t="+token, sign).Want(http.StatusCreated); u.Text("roles") != "system_guest" || u.Value("email_verified") != true {
			t.Errorf("guest %s", u.Body)
		}
		s.Visitor().Post("/users?t="+token, sign).WantFault(http.StatusNotFound, "api.user.create_user.signup_link_invalid.app_error")
		gus := s.SignIn("gus")
		if got := gus.Get("/teams/" + team.ID + "/members/me").Want(http.StatusOK); got.Text("roles") != "team_guest" {
			t.Errorf("place %s", got.Body)
		}
		if places, err := s.DB.TeamChannelMembersOf(t.Context(), gus.ID); err != nil || len(places) != 1 || places[0].ChannelID != off || !places[0].SchemeGuest {
			t.Errorf("channels of the guest: %v (error %v)", places, err)
		}
		eve := s.User("eve")
		gus.Get("/users/"+eve.ID).WantFault(http.StatusForbidden, teamPerms)
		gus.Get("/users/" + amy.ID).Want(http.StatusOK) // they share off-topic
		if got := gus.Get("/teams/" + team.ID + "/stats").Want(http.StatusOK); got.Text("total_member_count") != "3" {
			t.Errorf("stats for the guest: %s", got.Body)
		}
		s.Events.Take()
		usersSet(t, s, map[string]any{"GuestAccountsSettings.Enable": false})
		mailSettle(t, s)
	})
}

func TestMemberInvitations(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy, eve := s.User("amy"), s.User("eve")
		team := s.Team(t, "north", amy)
		path := "/teams/" + team.ID + "/invite/email"
		eve.Post(path, `["x@example.com"]`).WantFault(http.StatusForbidden, teamPerms)
		amy.Post(path, `[]`).WantFault(http.StatusBadRequest, teamBody)
		amy.Post(path, `{`).WantFault(http.StatusBadRequest, "api.team.invite_members_to_team_and_channels.invalid_body.app_error")
		amy.Post(path, `["fay@example.com","nothing"]`).WantFault(http.StatusBadRequest, "api.team.invite_members.invalid_email.app_error")
		if got := m.Mails("fay@example.com"); len(got) != 0 {
			t.Error("one bad address and the others are invited all the same")
		}
		r := amy.Post(path+"?graceful=true", `["fay@example.com","nothing"]`).Want(http.StatusOK)
		if !strings.Contains(string(r.Body), `{"email":"fay@example.com"}`) {
			t.Errorf("fates %s", r.Body)
		}
		token := guestToken(t, s, m, "fay@example.com")
		t.Run("one of many gets in with one token", func(t *testing.T) {
			var wg sync.WaitGroup
			var mu sync.Mutex
			var codes []int
			for _, name := range []string{"fay", "fay2", "fay3"} {
				wg.Go(func() {
					r := s.Visitor().For(t).Post("/users?t="+token, map[string]string{"username": name, "email": "fay@example.com", "password": testkit.Password})
					mu.Lock()
					defer mu.Unlock()
					codes = append(codes, r.StatusCode)
				})
			}
			wg.Wait()
			slices.Sort(codes)
			if codes[0] != http.StatusCreated || codes[1] == http.StatusCreated {
				t.Errorf("answers %v", codes)
			}
		})
		amy.Post(path, `["gil@example.com","hal@example.com"]`).Want(http.StatusOK)
		gil := guestToken(t, s, m, "gil@example.com")
		join := "/teams/members/invite?token="
		eve.Post("/teams/members/invite", nil).WantFault(http.StatusBadRequest, "api.team.add_user_to_team.missing_parameter.app_error")
		eve.Post(join+usersID, nil).WantFault(http.StatusBadRequest, "api.user.create_user.signup_link_invalid.app_error")
		if got := eve.Post(join+gil, nil).Want(http.StatusCreated); got.Text("roles") != "team_user" {
			t.Errorf("member %s", got.Body)
		}
		eve.Post(join+gil, nil).WantFault(http.StatusBadRequest, "api.user.create_user.signup_link_invalid.app_error")
		hal := guestToken(t, s, m, "hal@example.com")
		eve.Delete("/teams/invites/email").WantFault(http.StatusForbidden, teamPerms)
		s.Admin().Delete("/teams/invites/email").Want(http.StatusOK)
		eve.Post(join+hal, nil).WantFault(http.StatusBadRequest, "api.user.create_user.signup_link_invalid.app_error")
		amy.Post(path, `["ida@example.com"]`).Want(http.StatusOK)
		ida := guestToken(t, s, m, "ida@example.com")
		s.Clock.Advance(49 * time.Hour)
		s.Visitor().Post("/users?t="+ida, usersBody("ida", nil)).WantFault(http.StatusBadRequest, "api.user.create_user.signup_link_expired.app_error")
		s.Visitor().Post("/users?t="+ida, usersBody("ida", nil)).WantFault(http.StatusNotFound, "api.user.create_user.signup_link_invalid.app_error")
		u := s.Visitor().Post("/users?iid="+team.InviteID, usersBody("jon", nil)).Want(http.StatusCreated)
		s.Admin().Get("/teams/" + team.ID + "/members/" + u.Text("id")).Want(http.StatusOK)
		s.Visitor().Post("/users?iid="+usersID, usersBody("kim", nil)).WantFault(http.StatusNotFound, "app.team.get_by_invite_id.finding.app_error")
		many := make([]string, 21)
		for i := range many {
			many[i] = "x" + string(rune('a'+i)) + "@example.com"
		}
		s.SignIn("amy").Post(path, many).WantFault(http.StatusRequestEntityTooLarge, "app.email.rate_limit_exceeded.app_error")
	})
}

func TestGuestSignsInWithLinks(t *testing.T) {
	mailEach(t, guestsOn, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		team := s.Team(t, "north")
		body := map[string]any{"emails": []string{"admin.guest@example.com"}, "channels": []string{guestChannel(t, s, team.ID)}}
		s.Admin().Post("/teams/"+team.ID+"/invite-guests/email?guest_magic_link=true", body).Want(http.StatusOK)
		token := guestToken(t, s, m, "admin.guest@example.com")
		in := s.Visitor().Post("/users/login", map[string]string{"magic_link_token": token}).Want(http.StatusCreated)
		if in.Text("username") != "admin.guest" || in.Text("auth_service") != "magic_link" || in.Text("roles") != "system_guest" {
			t.Errorf("account %s", in.Body)
		}
		s.Visitor().Post("/users/login", map[string]string{"magic_link_token": token}).WantFault(http.StatusUnauthorized, wrongCredentials)
		for login, want := range map[string]string{"admin.guest@example.com": "magic_link", "admin": "", "nobody": ""} {
			if got := s.Visitor().Post("/users/login/type", map[string]string{"login_id": login}).Want(http.StatusOK).Text("auth_service"); got != want {
				t.Errorf("%s signs in by %q, want %q", login, got, want)
			}
		}
		token = guestToken(t, s, m, "admin.guest@example.com")
		s.Clock.Advance(6 * time.Minute)
		s.Visitor().Post("/users/login", map[string]string{"magic_link_token": token}).WantFault(http.StatusUnauthorized, wrongCredentials)
		s.Admin().Post("/users/"+in.Text("id")+"/promote", nil).WantFault(http.StatusNotImplemented, "api.user.promote_guest_to_user.magic_link_enabled.app_error")
		s.Visitor().Post("/users/login/type", map[string]string{"login_id": "admin.guest@example.com"}).Want(http.StatusOK)
		if notes := s.Admin().Get("/users/" + in.Text("id") + "/audits").Want(http.StatusOK).Column("extra_info"); notes[0] != "found user for login_id=admin.guest@example.com" {
			t.Errorf("the guest's history tells of no link: %v", notes)
		}
		token = guestToken(t, s, m, "admin.guest@example.com")
		r := guestOpen(t, s, "/login/one_time_link?t="+token+"&redirect_to=/north/channels/off-topic")
		if r.StatusCode != http.StatusFound || r.Header.Get("Location") != "/north/channels/off-topic" || len(r.Cookies()) != 3 {
			t.Errorf("opening a link: %d %v", r.StatusCode, r.Header)
		}
		r = guestOpen(t, s, "/login/one_time_link?t="+token+"&redirect_to=//evil.example.com")
		if r.StatusCode != http.StatusFound || !strings.HasPrefix(r.Header.Get("Location"), "/login?extra=login_error&message=") {
			t.Errorf("opening it again: %d %v", r.StatusCode, r.Header)
		}
		if r = guestOpen(t, s, "/login/one_time_link"); r.StatusCode != http.StatusBadRequest {
			t.Errorf("a link without a token: %d", r.StatusCode)
		}
	})
}

// guestOpen opens a page of the site as a browser does, which is not led on.
func guestOpen(t testing.TB, s *testkit.Server, path string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Body.Close(); err != nil {
		t.Error(err)
	}
	return r
}

// TestGuestsAreDeactivatedWhenTheyAreSwitchedOff, and stay so.
func TestGuestsAreDeactivatedWhenTheyAreSwitchedOff(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{"GuestAccountsSettings":{"Enable":true}}`}, func(t *testing.T, s *testkit.Server) {
		amy, gus := s.User("amy"), s.WithRoles("gus", "system_guest")
		s.Events.Take()
		usersSet(t, s, map[string]any{"GuestAccountsSettings.Enable": false})
		end := time.Now().Add(20 * time.Second)
		for seen := false; !seen; {
			for _, e := range s.Events.Take() {
				seen = seen || e.Name == "guests_deactivated"
			}
			if time.Now().After(end) {
				t.Fatal("guests_deactivated did not come")
			}
		}
		gus.Get("/users/me").Want(http.StatusUnauthorized)
		amy.Get("/users/me").Want(http.StatusOK)
	})
}

// TestSignInsByLinkLeaveRecords: whoever accounts for sign-ins sees those without a password.
func TestSignInsByLinkLeaveRecords(t *testing.T) {
	mailEach(t, append(slices.Clone(auditOn), guestsOn...), func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		team := s.Team(t, "north")
		body := map[string]any{"emails": []string{"guest@example.com"}, "channels": []string{guestChannel(t, s, team.ID)}}
		s.Admin().Post("/teams/"+team.ID+"/invite-guests/email?guest_magic_link=true", body).Want(http.StatusOK)
		token := guestToken(t, s, m, "guest@example.com")
		before := len(auditAll(t, s))
		in := s.Visitor().Post("/users/login", map[string]string{"magic_link_token": token}).Want(http.StatusCreated).Text("id")
		guestOpen(t, s, "/login/one_time_link?t="+token)
		s.Visitor().Post("/users/login/type", map[string]string{"login_id": "guest@example.com"}).Want(http.StatusOK)
		guestOpen(t, s, "/login/one_time_link?t="+guestToken(t, s, m, "guest@example.com"))
		var got []string
		for _, r := range auditSince(t, s, before) {
			if r.Deed.Parameters["login_method"] != "guest_magic_link" {
				t.Errorf("the record says of the way in: %v", r.Deed.Parameters)
			}
			got = append(got, r.Event+" "+r.Status+" "+r.Actor.UserID)
		}
		mailEqual(t, "records", got, []string{"login success " + in, "login fail ", "login success " + in})
	})
}
