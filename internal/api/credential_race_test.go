package api_test

import (
	"net/http"
	"testing"
	"time"

	"muster/internal/testkit"
)

// Whoever stole a secret must not keep it by using it for the first time, or again after
// ending its session, in the moment in which it is replaced.
func TestRotationOvertakesTheUseOfATokenWithoutASession(t *testing.T) {
	chgEach(t, []string{"MM_SERVICESETTINGS_ENABLEUSERACCESSTOKENS=true"}, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy := s.WithRoles("amy", "system_user system_user_access_token")
		id, thief := tokenMake(t, s, amy, `{"description":"d"}`)
		amy.Get("/users/me").Want(http.StatusOK)
		other := `UPDATE user_access_tokens SET token_hash = (SELECT token_hash FROM sessions WHERE user_id = '` + amy.ID + `' LIMIT 1) WHERE id = '` + id + `'`
		status := chgWhileHeld(t, s, db, other, func() int {
			r, err := thief.Try(http.MethodGet, "/users/me", nil)
			if err != nil {
				t.Error(err)
				return 0
			}
			return r.StatusCode
		})
		if status != http.StatusUnauthorized {
			t.Errorf("the replaced secret got in: %d", status)
		}
		tokenChange(amy, "revoke", id).Want(http.StatusOK)
		thief.Get("/users/me").WantFault(http.StatusUnauthorized, tokenUseless)
	})
}

// A bot never signs in, not even one that was a person when the sign-in began.
func TestConversionOvertakesASignIn(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy := s.Make(testkit.Account{Username: "amy"})
		status := chgWhileHeld(t, s, db, `UPDATE users SET is_bot = TRUE, password = '' WHERE id = '`+amy+`'`, func() int {
			r, err := s.Visitor().Try(http.MethodPost, "/users/login", map[string]string{"login_id": "amy", "password": testkit.Password})
			if err != nil {
				t.Error(err)
				return 0
			}
			return r.StatusCode
		})
		if status != http.StatusUnauthorized || len(sessRows(t, s, amy)) > 0 {
			t.Errorf("signed in to a bot: %d, %d sessions", status, len(sessRows(t, s, amy)))
		}
	})
}

// A second factor is switched on with the secret whose code was shown and no other: its
// owner would be locked out.
func TestAnotherSecretOvertakesAnActivation(t *testing.T) {
	chgEach(t, []string{"MM_SERVICESETTINGS_ENABLEMULTIFACTORAUTHENTICATION=true"}, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy := s.User("amy")
		code := mfaCode(t, s, amy.Post("/users/me/mfa/generate", nil).Want(http.StatusOK).Text("secret"))
		status := chgWhileHeld(t, s, db, `UPDATE users SET mfa_secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' WHERE id = '`+amy.ID+`'`, func() int {
			r, err := amy.Try(http.MethodPut, "/users/me/mfa", map[string]any{"activate": true, "code": code})
			if err != nil {
				t.Error(err)
				return 0
			}
			return r.StatusCode
		})
		if active := sessUser(t, s, amy.ID).MfaActive; status != http.StatusUnauthorized || active {
			t.Errorf("status %d, switched on: %t", status, active)
		}
	})
}

// There are never more than ten recovery codes, however many ask for new ones at once.
func TestOneSetOfRecoveryCodesWins(t *testing.T) {
	testkit.Each(t, mfaOptions, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		mfaProtect(t, s, amy)
		got := mailRace(t, func() (*testkit.Response, error) {
			return amy.For(t).Try(http.MethodPost, "/users/me/mfa/recovery_codes", nil)
		})
		mailEqual(t, "answers", got, map[int]int{http.StatusOK: 100})
		if left := amy.Get("/users/me/mfa/recovery_codes").Want(http.StatusOK).Text("remaining"); left != "10" {
			t.Errorf("%s codes work", left)
		}
	})
}

// A program that says it is a device gets no day more than its token has.
func TestADeviceProlongsNoToken(t *testing.T) {
	testkit.Each(t, tokenOptions, func(t *testing.T, s *testkit.Server) {
		amy := s.WithRoles("amy", "system_user system_user_access_token")
		end := s.Clock.Now().Add(time.Hour).UnixMilli()
		_, program := tokenMake(t, s, amy, `{"description":"d","expires_at":`+sessNumber(end)+`}`)
		program.Put("/users/sessions/device", `{"device_id":"apple:1"}`).Want(http.StatusOK)
		if rows := amy.Get("/users/me/sessions").Want(http.StatusOK).Column("device_id"); len(rows) != 2 || rows[0] != "apple:1" && rows[1] != "apple:1" {
			t.Errorf("devices %v", rows)
		}
		s.Clock.Advance(time.Hour)
		program.Get("/users/me").WantFault(http.StatusUnauthorized, tokenUseless)
	})
}

// Programs run for years: that a token is in use is told long after it was used first.
func TestWhenATokenWasLastUsedIsKnown(t *testing.T) {
	testkit.Each(t, tokenOptions, func(t *testing.T, s *testkit.Server) {
		amy := s.WithRoles("amy", "system_user system_user_access_token")
		id, program := tokenMake(t, s, amy, `{"description":"d"}`)
		program.Get("/users/me/preferences").Want(http.StatusOK)
		s.Clock.Advance(24 * time.Hour)
		before := s.Clock.Now().UnixMilli()
		program.Get("/users/me/preferences").Want(http.StatusOK)
		if err := s.Accounts.FlushActivity(t.Context()); err != nil {
			t.Fatal(err)
		}
		if used := amy.Get("/users/tokens/" + id).Want(http.StatusOK).Value("last_used_at"); used == nil || int64(used.(float64)) < before {
			t.Errorf("last used at %v, want %d or later", used, before)
		}
		tokenChange(amy, "revoke", id).Want(http.StatusOK)
		if err := s.Accounts.FlushActivity(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}
