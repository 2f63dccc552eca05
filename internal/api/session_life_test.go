package api_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"muster/internal/model"
	"muster/internal/store"
	"muster/internal/testkit"
)

func TestLengthOfSessions(t *testing.T) {
	env := []string{
		"MM_SERVICESETTINGS_SESSIONLENGTHWEBINHOURS=10", "MM_SERVICESETTINGS_SESSIONLENGTHMOBILEINHOURS=100",
		"MM_SERVICESETTINGS_SESSIONLENGTHSSOINHOURS=1000",
	}
	testkit.Each(t, testkit.Options{Env: env}, func(t *testing.T, s *testkit.Server) {
		s.Make(testkit.Account{Username: "amy"})
		for _, tc := range []struct {
			name, agent, device string
			hours               int64
			mobile              string
		}{
			{"a browser", "Mozilla/5.0 (X11; Linux x86_64) Chrome/131.0.0.0", "", 10, "false"},
			{"nobody in particular", "", "", 10, "false"},
			{"a phone", "Mattermost Mobile/2.5.0+123 (Android; 14; Pixel)", "", 100, "true"},
			{"a browser with a device", "Mozilla/5.0 (X11; Linux x86_64)", "apple:1", 100, "false"},
			{"words in another case", "mobile android iphone", "", 10, "false"},
		} {
			t.Run("of "+tc.name, func(t *testing.T) {
				c := sessWithHeader(t, s.Visitor(), "User-Agent", tc.agent)
				id := c.Post("/users/login", map[string]string{"login_id": "amy", "password": testkit.Password, "device_id": tc.device}).
					Want(http.StatusCreated).Text("id")
				n := sessRows(t, s, id)[0]
				if got := time.Duration(n.ExpiresAt-n.CreateAt) * time.Millisecond; got != time.Duration(tc.hours)*time.Hour {
					t.Errorf("length %v, want %d h", got, tc.hours)
				}
				if n.Props["isMobile"] != tc.mobile || n.DeviceID != tc.device {
					t.Errorf("session %+v", n)
				}
			})
		}
	})
}

func TestSessionsEndInTime(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_SERVICESETTINGS_SESSIONLENGTHWEBINHOURS=1"}}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		forever := sessInsert(t, s, amy.ID, &model.Session{CreateAt: 1, LastActivityAt: 1})
		s.Clock.Advance(59 * time.Minute)
		amy.Get("/users/me").Want(http.StatusOK)
		s.Clock.Advance(2 * time.Minute)
		amy.Get("/users/me").WantFault(401, sessEnded)
		forever.Get("/users/me").Want(http.StatusOK)
		s.Visitor().Get("/system/ping").Want(http.StatusOK)
		if n := len(sessRows(t, s, amy.ID)); n != 2 {
			t.Errorf("%d sessions before they are cleaned, want 2", n)
		}
		if err := s.Accounts.CleanSessions(context.Background()); err != nil {
			t.Fatal(err)
		}
		if n := len(sessRows(t, s, amy.ID)); n != 1 {
			t.Errorf("%d sessions after they were cleaned, want 1", n)
		}
		forever.Get("/users/me").Want(http.StatusOK)
	})
}

func TestIdleSessionsEnd(t *testing.T) {
	env := []string{"MM_SERVICESETTINGS_EXTENDSESSIONLENGTHWITHACTIVITY=false", "MM_SERVICESETTINGS_SESSIONIDLETIMEOUTINMINUTES=10"}
	testkit.Each(t, testkit.Options{Env: env}, func(t *testing.T, s *testkit.Server) {
		ctx := context.Background()
		amy := s.User("amy")
		now := s.Clock.Now().UnixMilli()
		kind := func(n model.Session) *testkit.Client {
			n.CreateAt, n.LastActivityAt, n.ExpiresAt = now, now, now+(1000*time.Hour).Milliseconds()
			return sessInsert(t, s, s.Make(testkit.Account{Username: "u" + strings.ToLower(model.NewID())[:8]}), &n)
		}
		lasting := map[string]*testkit.Client{
			"an application": kind(model.Session{IsOAuth: true}),
			"a phone":        kind(model.Session{Props: model.StringMap{"isMobile": "true"}}),
			"a device":       kind(model.Session{DeviceID: "apple:1"}),
		}
		t.Run("but not those that are in use", func(t *testing.T) {
			for range 5 {
				s.Clock.Advance(6 * time.Minute)
				amy.For(t).Get("/users/me").Want(http.StatusOK)
				if err := s.Accounts.FlushActivity(ctx); err != nil {
					t.Fatal(err)
				}
			}
		})
		t.Run("but not those that are in use by way of another node", func(t *testing.T) {
			s.Clock.Advance(11 * time.Minute)
			id, at := sessRows(t, s, amy.ID)[0].ID, s.Clock.Now().UnixMilli()
			if err := s.DB.Tx(ctx, func(tx *store.Tx) error { return tx.TouchSession(ctx, id, at) }); err != nil {
				t.Fatal(err)
			}
			amy.For(t).Get("/users/me/preferences").Want(http.StatusOK)
		})
		t.Run("after the time without a request", func(t *testing.T) {
			s.Clock.Advance(11 * time.Minute)
			amy.For(t).Get("/users/me").WantFault(401, sessEnded)
			if rows := sessRows(t, s, amy.ID); len(rows) > 0 {
				t.Errorf("%d sessions are left", len(rows))
			}
		})
		for name, c := range lasting {
			t.Run("but not that of "+name, func(t *testing.T) { c.For(t).Get("/users/me").Want(http.StatusOK) })
		}
	})
}

func TestSessionsAreNotIdleWhileActivityExtendsThem(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_SERVICESETTINGS_SESSIONIDLETIMEOUTINMINUTES=10"}}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		s.Clock.Advance(24 * time.Hour)
		amy.Get("/users/me").Want(http.StatusOK)
	})
}

func TestLastActivity(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		last := func() int64 {
			if err := s.Accounts.FlushActivity(context.Background()); err != nil {
				t.Fatal(err)
			}
			return sessRows(t, s, amy.ID)[0].LastActivityAt
		}
		start := last()
		for _, step := range []struct {
			name  string
			after time.Duration
			do    func() *testkit.Response
			moves bool
		}{
			{"a request before five minutes are over", 4 * time.Minute, func() *testkit.Response { return amy.Get("/users/me") }, false},
			{"another kind of request", 2 * time.Minute, func() *testkit.Response { return amy.Get("/users/me/preferences") }, false},
			{"reading an account", 0, func() *testkit.Response { return amy.Get("/users/" + s.Admin().ID) }, true},
			{"reading it again soon", 4 * time.Minute, func() *testkit.Response { return amy.Get("/users/" + s.Admin().ID) }, false},
			{"reading the list", 2 * time.Minute, func() *testkit.Response { return amy.Get("/users") }, true},
			{"what is refused", 6 * time.Minute, func() *testkit.Response { return amy.Get("/users/junk") }, false},
		} {
			s.Clock.Advance(step.after)
			now := s.Clock.Now().UnixMilli()
			step.do()
			got := last()
			if moved := got != start; moved != step.moves {
				t.Errorf("%s: moved %v, want %v", step.name, moved, step.moves)
			}
			if step.moves && got < now {
				t.Errorf("%s: last activity %d before the request at %d", step.name, got, now)
			}
			start = got
		}
	})
}

func TestExtendSession(t *testing.T) {
	const hour = int64(time.Hour / time.Millisecond)
	env := []string{
		"MM_SERVICESETTINGS_SESSIONLENGTHWEBINHOURS=2", "MM_SERVICESETTINGS_SESSIONLENGTHMOBILEINHOURS=200",
		"MM_SERVICESETTINGS_SESSIONLENGTHSSOINHOURS=20000",
	}
	testkit.Each(t, testkit.Options{Env: env}, func(t *testing.T, s *testkit.Server) {
		ctx := context.Background()
		amy := s.Make(testkit.Account{Username: "amy"})
		now := s.Clock.Now().UnixMilli()
		mobile, sso := model.StringMap{"isMobile": "true"}, model.StringMap{"isSaml": "true"}
		minute := hour / 60
		for _, tc := range []struct {
			name    string
			props   model.StringMap
			expires int64 // from now; 0 is never
			length  int64 // 0: not extended
		}{
			{"a session just begun is not extended", nil, 2 * hour, 0},
			{"a short session is extended after five minutes", nil, 2*hour - 5*minute, 2 * hour},
			{"but not before", nil, 2*hour - 4*minute, 0},
			{"a session about to end is extended", nil, minute, 2 * hour},
			{"one that has ended is not", nil, -minute, 0},
			{"one that never ends is not", nil, 0, 0},
			{"a mobile session is extended after a hundredth of its length", mobile, 200*hour - 2*hour, 200 * hour},
			{"but not before that", mobile, 200*hour - 2*hour + minute, 0},
			{"a long session is extended after a day", sso, 20000*hour - 24*hour, 20000 * hour},
			{"but not before the day is over", sso, 20000*hour - 23*hour, 0},
			{"an access token's session, which ends in a century, is not", model.StringMap{"type": "UserAccessToken"}, 876000 * hour, 0},
			{"nor that of an access token that works for an hour", model.StringMap{"type": "UserAccessToken"}, hour, 0},
		} {
			t.Run(tc.name, func(t *testing.T) {
				n := &model.Session{CreateAt: 1, LastActivityAt: 1, Props: tc.props, ExpiredNotify: true}
				if tc.expires != 0 {
					n.ExpiresAt = now + tc.expires
				}
				was := n.ExpiresAt
				sessInsert(t, s, amy, n)
				done, err := s.Accounts.ExtendSession(ctx, n)
				if err != nil || done != (tc.length > 0) {
					t.Fatalf("extended %v, error %v", done, err)
				}
				row, err := s.DB.Session(ctx, n.ID)
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case !done && (row.ExpiresAt != was || !row.ExpiredNotify):
					t.Errorf("changed from %d to %+v", was, row)
				case done && (row.ExpiresAt < now+tc.length || row.ExpiresAt > now+tc.length+minute || row.ExpiredNotify):
					t.Errorf("session %+v", row)
				}
			})
		}
		t.Run("a session that was ended meanwhile stays ended", func(t *testing.T) {
			done, err := s.Accounts.ExtendSession(ctx, &model.Session{ID: sessUnknownID, UserID: amy, ExpiresAt: now + minute})
			if done || err != nil {
				t.Errorf("extended %v, error %v", done, err)
			}
		})
		t.Run("nothing is extended where the settings do not want it", func(t *testing.T) {
			sessPatch(t, s, "ServiceSettings", map[string]any{"ExtendSessionLengthWithActivity": false})
			n := &model.Session{CreateAt: 1, LastActivityAt: 1, ExpiresAt: now + minute}
			sessInsert(t, s, amy, n)
			if done, err := s.Accounts.ExtendSession(ctx, n); done || err != nil {
				t.Errorf("extended %v, error %v", done, err)
			}
		})
	})
}

func TestSessionsPerAccount(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.Make(testkit.Account{Username: "amy"}), s.User("bob")
		now := s.Clock.Now().UnixMilli()
		var list []*model.Session
		for i := range 499 {
			list = append(list, &model.Session{CreateAt: now, ExpiresAt: now + 1e9, LastActivityAt: now - int64(i)})
		}
		leastUsed := sessInsert(t, s, amy, list...)
		leastUsed.Get("/users/me/preferences").Want(http.StatusOK)
		s.SignIn("amy")
		leastUsed.Get("/users/me/preferences").Want(http.StatusOK)
		if n := len(sessRows(t, s, amy)); n != 500 {
			t.Fatalf("%d sessions, want 500", n)
		}
		s.SignIn("amy")
		leastUsed.Get("/users/me/preferences").WantFault(401, sessEnded)
		ids := []string{}
		for _, n := range sessRows(t, s, amy) {
			ids = append(ids, n.ID)
		}
		if len(ids) != 500 || slices.Contains(ids, list[498].ID) || !slices.Contains(ids, list[497].ID) {
			t.Errorf("%d sessions, the least used one among them: %v", len(ids), slices.Contains(ids, list[498].ID))
		}
		bob.Get("/users/me").Want(http.StatusOK)
	})
}

func TestOneSessionPerDevice(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		s.Make(testkit.Account{Username: "amy"})
		s.Make(testkit.Account{Username: "bob"})
		in := func(who, device string) *testkit.Client {
			c := s.Visitor()
			r := c.Post("/users/login", map[string]string{"login_id": who, "password": testkit.Password, "deviceId": device}).Want(http.StatusCreated)
			c.Token = r.Header.Get("Token")
			return c
		}
		phone, tablet, web, stranger := in("amy", "apple:1"), in("amy", "apple:2"), in("amy", ""), in("bob", "apple:1")
		phone.Get("/users/me").Want(http.StatusOK)
		in("amy", "apple:1").Get("/users/me").Want(http.StatusOK)
		phone.Get("/users/me").WantFault(401, sessEnded)
		for _, c := range []*testkit.Client{tablet, web, stranger} {
			c.Get("/users/me").Want(http.StatusOK)
		}
	})
}
