package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"muster/internal/model"
	"muster/internal/store"
	"muster/internal/testkit"
)

const (
	tokenPermission = "api.context.permissions.app_error"
	tokenUseless    = "api.context.session_expired.app_error"
)

var tokenOptions = testkit.Options{Config: `{"ServiceSettings":{"EnableUserAccessTokens":true,"EnableBotAccountCreation":true}}`}

// tokenMake makes a token of the client's own account and gives its id and a program that uses it.
func tokenMake(t *testing.T, s *testkit.Server, c *testkit.Client, body string) (id string, program *testkit.Client) {
	t.Helper()
	r := c.For(t).Post("/users/me/tokens", body).Want(http.StatusCreated)
	program = s.Visitor()
	program.ID, program.Token = c.ID, r.Text("token")
	return r.Text("id"), program
}

func tokenChange(c *testkit.Client, what, id string) *testkit.Response {
	return c.Post("/users/tokens/"+what, map[string]string{"token_id": id})
}

func TestAPersonalAccessTokenActsForItsOwner(t *testing.T) {
	testkit.Each(t, tokenOptions, func(t *testing.T, s *testkit.Server) {
		amy := s.WithRoles("amy", "system_user system_user_access_token")
		id, program := tokenMake(t, s, amy, `{"description":"backup"}`)
		if me := program.Get("/users/me").Want(http.StatusOK).Text("username"); me != "amy" {
			t.Errorf("acts for %s", me)
		}
		for _, path := range []string{"/users/tokens/" + id, "/users/me/tokens", "/users/" + amy.ID + "/tokens"} {
			for _, c := range []*testkit.Client{amy, s.Admin()} {
				if strings.Contains(path, "/me/") && c != amy {
					continue
				}
				if body := string(c.Get(path).Want(http.StatusOK).Body); strings.Contains(body, program.Token) || !strings.Contains(body, id) {
					t.Errorf("%s answers %s", path, body)
				}
			}
		}
		for _, term := range []string{id, amy.ID, "amy"} {
			r := s.Admin().Post("/users/tokens/search", map[string]string{"term": term}).Want(http.StatusOK)
			if got := r.Column("id"); !slices.Equal(got, []string{id}) || strings.Contains(string(r.Body), program.Token) {
				t.Errorf("%s finds %s", term, r.Body)
			}
		}
		for _, term := range []string{program.Token, "am", "%", "AMY"} {
			if got := s.Admin().Post("/users/tokens/search", map[string]string{"term": term}).Want(http.StatusOK).Column("id"); len(got) > 0 {
				t.Errorf("%s finds %v", term, got)
			}
		}
		if used := amy.Get("/users/tokens/" + id).Text("last_used_at"); used == "" {
			t.Error("nobody knows when it was used")
		}
	})
}

// TestATokenEndsAtOnce takes away, one after another, what a token rests on.
func TestATokenEndsAtOnce(t *testing.T) {
	testkit.Each(t, tokenOptions, func(t *testing.T, s *testkit.Server) {
		amy := s.WithRoles("amy", "system_user system_user_access_token")
		id, program := tokenMake(t, s, amy, `{"description":"d"}`)
		works := func(what string, want bool) {
			t.Helper()
			r := program.Get("/users/me")
			if (r.StatusCode == http.StatusOK) != want || !want && r.Text("id") != tokenUseless {
				t.Errorf("%s: %d %s", what, r.StatusCode, r.Text("id"))
			}
		}
		works("a new one", true)
		tokenChange(amy, "disable", id).Want(http.StatusOK)
		works("disabled", false)
		tokenChange(amy, "enable", id).Want(http.StatusOK)
		works("enabled", true)
		amy.Post("/users/me/sessions/revoke/all", nil).Want(http.StatusOK)
		works("its session ended, not the token", true)
		amy = s.SignIn("amy")
		sessPatch(t, s, "ServiceSettings", map[string]any{"EnableUserAccessTokens": false})
		works("switched off for everybody", false)
		sessPatch(t, s, "ServiceSettings", map[string]any{"EnableUserAccessTokens": true})
		works("switched on again", true)
		chgActive(s.Admin(), amy.ID, "false").Want(http.StatusOK)
		works("of a deactivated account", false)
		chgActive(s.Admin(), amy.ID, "true").Want(http.StatusOK)
		works("of one that is back", true)
		program.Get("/users/me/tokens").Want(http.StatusOK)
		s.Admin().Put("/users/"+amy.ID+"/roles", map[string]string{"roles": "system_user"}).Want(http.StatusOK)
		program.Get("/users/me/tokens").WantFault(http.StatusForbidden, tokenPermission) // no more than its owner may
		tokenChange(s.Admin(), "revoke", id).Want(http.StatusOK)
		works("revoked", false)
		tokenChange(s.Admin(), "enable", id).WantFault(http.StatusNotFound, "app.user_access_token.get_by_user.app_error")
	})
}

func TestATokenHasAnEnd(t *testing.T) {
	testkit.Each(t, tokenOptions, func(t *testing.T, s *testkit.Server) {
		amy := s.WithRoles("amy", "system_user system_user_access_token")
		end := s.Clock.Now().Add(time.Hour).UnixMilli()
		id, program := tokenMake(t, s, amy, `{"description":"d","expires_at":`+sessNumber(end)+`}`)
		if got := amy.Get("/users/tokens/" + id).Want(http.StatusOK).Value("expires_at"); got != float64(end) {
			t.Errorf("ends at %v, want %d", got, end)
		}
		program.Get("/users/me").Want(http.StatusOK)
		s.Clock.Advance(time.Hour)
		program.Get("/users/me").WantFault(http.StatusUnauthorized, tokenUseless)
		for _, past := range []int64{1, -1, end} {
			amy.Post("/users/me/tokens", `{"description":"d","expires_at":`+sessNumber(past)+`}`).WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		}
	})
}

func TestATokenIsGivenAnotherSecret(t *testing.T) {
	testkit.Each(t, tokenOptions, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.WithRoles("amy", "system_user system_user_access_token"), s.User("bob")
		id, old := tokenMake(t, s, amy, `{"description":"d"}`)
		old.Get("/users/me").Want(http.StatusOK)
		r := tokenChange(amy, "rotate", id).Want(http.StatusOK)
		fresh := s.Visitor()
		if fresh.Token = r.Text("token"); r.Text("id") != id || r.Header.Get("Cache-Control") == "" {
			t.Errorf("answered %s %v", r.Body, r.Header)
		}
		old.Get("/users/me").WantFault(http.StatusUnauthorized, tokenUseless)
		fresh.Get("/users/me").Want(http.StatusOK)
		tokenChange(amy, "rotate", "").WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		tokenChange(amy, "rotate", mailUnknownID).WantFault(http.StatusNotFound, "app.user_access_token.get_by_user.app_error")
		for what, c := range map[string]*testkit.Client{
			"somebody without the permission":      bob,
			"somebody else who may have their own": s.WithRoles("cat", "system_user system_user_access_token"),
			"an application that acts for amy":     sessInsert(t, s, amy.ID, &model.Session{CreateAt: 1, LastActivityAt: 1, IsOAuth: true}),
		} {
			if got := tokenChange(c.For(t), "rotate", id); got.StatusCode != http.StatusForbidden || got.Text("id") != tokenPermission {
				t.Errorf("%s: %d %s", what, got.StatusCode, got.Body)
			}
		}
		fresh.Get("/users/me").Want(http.StatusOK) // none of them changed it
	})
}

// TestATokenIsNoLadder is told from the side of the owner of a bot that is a system admin.
func TestATokenIsNoLadder(t *testing.T) {
	testkit.Each(t, tokenOptions, func(t *testing.T, s *testkit.Server) {
		owner, bot := chgBotOwner(s, "owner")
		s.Admin().Put("/users/"+owner.ID+"/roles", `{"roles":"system_user system_post_all system_user_access_token"}`).Want(http.StatusOK)
		id := owner.Post("/users/"+bot+"/tokens", `{"description":"d"}`).Want(http.StatusCreated).Text("id")
		tokenChange(owner, "rotate", id).Want(http.StatusOK)
		s.Admin().Put("/users/"+bot+"/roles", `{"roles":"system_user system_admin"}`).Want(http.StatusOK)
		for _, r := range []*testkit.Response{owner.Post("/users/"+bot+"/tokens", `{"description":"d"}`), tokenChange(owner, "rotate", id)} {
			r.WantFault(http.StatusForbidden, tokenPermission)
		}
		tokenChange(owner, "disable", id).Want(http.StatusOK) // less is always allowed
		tokenChange(s.Admin(), "rotate", id).Want(http.StatusOK)
	})
}

func TestMakingATokenIsRefusedInTheDocumentedOrder(t *testing.T) {
	testkit.Each(t, tokenOptions, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.WithRoles("amy", "system_user system_user_access_token"), s.User("bob")
		body, permission := "api.context.invalid_body_param.app_error", tokenPermission
		for _, tc := range []struct {
			name     string
			c        *testkit.Client
			id, body string
			status   int
			fault    string
		}{
			{"an id that is none", bob, "x", `{`, 400, "api.context.invalid_url_param.app_error"},
			{"nobody", bob, mailUnknownID, `{"description":"d"}`, 404, "app.user.missing_account.const"},
			{"a body that is none", bob, bob.ID, `{`, 400, body},
			{"no description", bob, bob.ID, `{}`, 400, body},
			{"no permission", bob, bob.ID, `{"description":"d"}`, 403, permission},
			{"for somebody else", amy, bob.ID, `{"description":"d"}`, 403, permission},
			{"for an administrator", amy, s.Admin().ID, `{"description":"d"}`, 403, permission},
			{"a description that is too long", amy, amy.ID, `{"description":"` + strings.Repeat("d", 256) + `"}`, 400, "model.user_access_token.is_valid.description.app_error"},
		} {
			tc.c.For(t).Post("/users/"+tc.id+"/tokens", tc.body).WantFault(tc.status, tc.fault)
		}
		sessPatch(t, s, "ServiceSettings", map[string]any{"EnableUserAccessTokens": false})
		amy.Post("/users/me/tokens", `{"description":"d"}`).WantFault(501, "app.user_access_token.disabled")
		bot := s.Admin().Post("/bots", `{"username":"robot"}`).Want(http.StatusCreated).Text("user_id")
		s.Admin().Post("/users/"+bot+"/tokens", `{"description":"d"}`).Want(http.StatusCreated) // bots always may
		if rows := amy.Get("/users/me/tokens").Want(http.StatusOK).Column("id"); len(rows) > 0 {
			t.Errorf("refusals left %v", rows)
		}
	})
}

// TestAnAccountHasABoundedNumberOfTokens: a script that forgets its tokens does not fill the table.
func TestAnAccountHasABoundedNumberOfTokens(t *testing.T) {
	testkit.Each(t, tokenOptions, func(t *testing.T, s *testkit.Server) {
		amy := s.WithRoles("amy", "system_user system_user_access_token").For(t)
		err := s.DB.Tx(t.Context(), func(tx *store.Tx) error {
			for range 999 {
				id := model.NewID()
				n := &model.UserAccessToken{ID: id, UserID: amy.ID, Description: "d", CreateAt: 1}
				if err := tx.InsertAccessToken(t.Context(), n, model.HashToken(id)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		last := amy.Post("/users/me/tokens", `{"description":"d"}`).Want(http.StatusCreated).Text("id")
		amy.Post("/users/me/tokens", `{"description":"d"}`).WantFault(http.StatusBadRequest, "api.muster.user_access_tokens.too_many.app_error")
		s.Admin().For(t).Post("/users/tokens/revoke", map[string]string{"token_id": last}).Want(http.StatusOK)
		amy.Post("/users/me/tokens", `{"description":"d"}`).Want(http.StatusCreated)
	})
}
