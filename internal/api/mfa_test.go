package api_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"muster/internal/testkit"
)

const (
	mfaMissing = "mfa.validate_token.authenticate.app_error"
	mfaWrong   = "api.user.check_user_mfa.bad_code.app_error"
	mfaNeeded  = "api.context.mfa_required.app_error"
)

var mfaOptions = testkit.Options{Config: `{"ServiceSettings":{"EnableMultifactorAuthentication":true,"EnableUserAccessTokens":true,
	"EnableBotAccountCreation":true,"MaximumLoginAttempts":1000},"MusterSettings":{"FailedSignInsPerAccount":1000}}`}

// mfaCode gives what the authenticator app shows now.
func mfaCode(t *testing.T, s *testkit.Server, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, s.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// mfaProtect gives an account a second factor; the code that switched it on is used.
func mfaProtect(t *testing.T, s *testkit.Server, c *testkit.Client) (secret string) {
	t.Helper()
	secret = c.For(t).Post("/users/me/mfa/generate", nil).Want(http.StatusOK).Text("secret")
	c.For(t).Put("/users/me/mfa", map[string]any{"activate": true, "code": mfaCode(t, s, secret)}).Want(http.StatusOK)
	return secret
}

// mfaCodes makes recovery codes.
func mfaCodes(t *testing.T, c *testkit.Client) []string {
	t.Helper()
	var out struct{ Codes []string }
	c.For(t).Post("/users/me/mfa/recovery_codes", nil).Want(http.StatusOK).JSON(&out)
	return out.Codes
}

func mfaLogin(c *testkit.Client, who, code string) *testkit.Response {
	return c.Post("/users/login", map[string]string{"login_id": who, "password": testkit.Password, "token": code})
}

func TestACodeWorksOnceForOneOfMany(t *testing.T) {
	testkit.Each(t, mfaOptions, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		secret := mfaProtect(t, s, amy)
		recovery := mfaCodes(t, amy)
		s.Clock.Advance(time.Minute)
		for what, code := range map[string]string{"of the app": mfaCode(t, s, secret), "for recovery": recovery[0]} {
			body := map[string]string{"login_id": "amy", "password": testkit.Password, "token": code}
			got := mailRace(t, func() (*testkit.Response, error) {
				return s.Visitor().For(t).Try(http.MethodPost, "/users/login", body)
			})
			mailEqual(t, "answers to a code "+what, got, map[int]int{http.StatusCreated: 1, http.StatusUnauthorized: 99})
		}
		if left := amy.Get("/users/me/mfa/recovery_codes").Want(http.StatusOK).Text("remaining"); left != "9" {
			t.Errorf("%s recovery codes are left", left)
		}
	})
}

func TestSigningInWithASecondFactor(t *testing.T) {
	testkit.Each(t, mfaOptions, func(t *testing.T, s *testkit.Server) {
		amy, v := s.User("amy"), s.Visitor()
		r := amy.Post("/users/me/mfa/generate", nil).Want(http.StatusOK)
		secret := r.Text("secret")
		picture, err := base64.StdEncoding.DecodeString(r.Text("qr_code"))
		if len(secret) != 32 || err != nil || !strings.HasPrefix(string(picture), "\x89PNG") || r.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("secret %q, picture %v, headers %v", secret, err, r.Header)
		}
		amy.Post("/users/x/mfa/generate", nil).WantFault(http.StatusBadRequest, "api.context.invalid_url_param.app_error")
		sessLogin(v, "amy", testkit.Password).Want(http.StatusCreated) // a secret alone protects nothing
		code := mfaCode(t, s, secret)
		for body, id := range map[string]string{
			`{}`: "", `{"activate":"x"}`: "", `{"activate":true}`: "", `{"activate":true,"code":""}`: "",
			`{"activate":true,"code":"12345"}`: "mfa.activate.app_error",
		} {
			if id == "" {
				id = "api.context.invalid_body_param.app_error"
			}
			amy.Put("/users/me/mfa", body).WantFault(http.StatusBadRequest, id)
		}
		amy.Put("/users/me/mfa", map[string]any{"activate": true, "code": code}).Want(http.StatusOK)
		mfaLogin(v, "amy", code).WantFault(401, mfaWrong) // it was used to switch protection on
		mfaLogin(v, "amy", "12345678").WantFault(401, mfaWrong)
		for _, none := range []string{"", " ", "12345", "1234567", "abcdef", "01234567", "１２"} {
			mfaLogin(v, "amy", none).WantFault(401, mfaMissing)
		}
		s.Clock.Advance(time.Minute)
		before := mfaCode(t, s, secret)
		s.Clock.Advance(30 * time.Second)
		mfaLogin(v, "amy", " "+mfaCode(t, s, secret)+" ").Want(http.StatusCreated)
		mfaLogin(v, "amy", before).WantFault(401, mfaWrong) // older than one that was used
		v.Post("/users/login", map[string]string{"login_id": "amy", "password": "wrong", "token": before}).WantFault(401, wrongCredentials)
		amy.Put("/users/me/mfa", `{"activate":false}`).Want(http.StatusOK)
		sessLogin(v, "amy", testkit.Password).Want(http.StatusCreated)
	})
}

func TestWrongCodesLockTheAccount(t *testing.T) {
	o := testkit.Options{Config: `{"ServiceSettings":{"EnableMultifactorAuthentication":true,"MaximumLoginAttempts":3}}`}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		amy, v := s.User("amy"), s.Visitor()
		secret := mfaProtect(t, s, amy)
		for range 5 {
			mfaLogin(v, "amy", "").WantFault(401, mfaMissing) // asking for the prompt costs nothing
		}
		for range 3 {
			mfaLogin(v, "amy", "000000").WantFault(401, mfaWrong)
		}
		s.Clock.Advance(time.Minute)
		mfaLogin(v, "amy", mfaCode(t, s, secret)).WantFault(401, tooManyTries)
		amy.Get("/users/me").Want(http.StatusOK)
		amy.Put("/users/me/patch", map[string]string{"nickname": "still here"}).Want(http.StatusOK)
	})
}

func TestRecoveryCodes(t *testing.T) {
	testkit.Each(t, mfaOptions, func(t *testing.T, s *testkit.Server) {
		amy, bob, v := s.User("amy"), s.User("bob"), s.Visitor()
		const inactive = "api.muster.mfa_recovery_codes.not_active.app_error"
		amy.Post("/users/me/mfa/recovery_codes", nil).WantFault(http.StatusBadRequest, inactive)
		mfaProtect(t, s, amy)
		old := mfaCodes(t, amy)
		codes := mfaCodes(t, amy)
		mfaLogin(v, "amy", old[0]).WantFault(401, mfaWrong)
		mfaLogin(v, "amy", strings.ToUpper(strings.ReplaceAll(codes[0], "-", " "))).Want(http.StatusCreated)
		mfaLogin(v, "amy", codes[0]).WantFault(401, mfaWrong)
		r := amy.Get("/users/me/mfa/recovery_codes").Want(http.StatusOK)
		mailEqual(t, "what is left", strings.TrimSpace(string(r.Body)), `{"remaining":9}`)
		path := "/users/" + amy.ID + "/mfa/recovery_codes"
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			bob.Do(method, path, nil).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
			v.Do(method, path, nil).WantFault(http.StatusUnauthorized, "api.context.session_expired.app_error")
			s.Admin().Do(method, "/users/"+mailUnknownID+"/mfa/recovery_codes", nil).WantFault(http.StatusNotFound, "app.user.missing_account.const")
			s.Admin().Do(method, "/users/x/mfa/recovery_codes", nil).WantFault(http.StatusBadRequest, "api.context.invalid_url_param.app_error")
		}
		amy.Delete("/users/me/mfa/recovery_codes").Want(http.StatusOK)
		mfaLogin(v, "amy", codes[1]).WantFault(401, mfaWrong)
		last := mfaCodes(t, amy)
		s.Admin().Put("/users/"+amy.ID+"/mfa", `{"activate":false}`).Want(http.StatusOK)
		mfaProtect(t, s, amy)
		mfaLogin(v, "amy", last[0]).WantFault(401, mfaWrong) // gone with the factor they stood in for
		sessPatch(t, s, "ServiceSettings", map[string]any{"EnableMultifactorAuthentication": false})
		amy.Post("/users/me/mfa/recovery_codes", nil).WantFault(http.StatusNotImplemented, "mfa.mfa_disabled.app_error")
	})
}

// TestMfaIsEnforcedOnEveryPath takes every way in that an account without a second
// factor has while one is demanded.
func TestMfaIsEnforcedOnEveryPath(t *testing.T) {
	testkit.Each(t, mfaOptions, func(t *testing.T, s *testkit.Server) {
		amy := s.WithRoles("amy", "system_user system_user_access_token")
		program := s.Visitor()
		program.ID, program.Token = amy.ID, amy.Post("/users/me/tokens", `{"description":"d"}`).Want(http.StatusCreated).Text("token")
		bot := s.Admin().Post("/bots", `{"username":"robot"}`).Want(http.StatusCreated).Text("user_id")
		robot := s.Visitor()
		robot.Token = s.Admin().Post("/users/"+bot+"/tokens", `{"description":"d"}`).Want(http.StatusCreated).Text("token")
		boss := mfaProtect(t, s, s.Admin())
		sessPatch(t, s, "ServiceSettings", map[string]any{"EnforceMultifactorAuthentication": true})
		for name, c := range map[string]*testkit.Client{"a session": amy, "a cookie": sessWithHeader(t, sessWithCookie(t, amy), "X-Csrf-Token", amy.CSRF), "a program": program, "a new session": s.SignIn("amy")} {
			t.Run(name, func(t *testing.T) {
				c := c.For(t)
				c.Get("/users/me").Want(http.StatusOK)
				for _, path := range []string{"/users/" + amy.ID, "/users", "/users/me/sessions", "/users/me/tokens", "/config", "/users/me/mfa/recovery_codes"} {
					c.Get(path).WantFault(http.StatusForbidden, mfaNeeded)
				}
				c.Put("/users/me/patch", `{"nickname":"n"}`).WantFault(http.StatusForbidden, mfaNeeded)
				c.Put("/users/me/password", `{}`).WantFault(http.StatusForbidden, mfaNeeded)
				c.Post("/users/me/mfa/generate", nil).Want(http.StatusOK)
				c.Put("/users/me/mfa", `{"activate":true,"code":"1"}`).WantFault(http.StatusBadRequest, "mfa.activate.app_error")
			})
		}
		robot.Get("/users").Want(http.StatusOK)
		s.Admin().Get("/users").Want(http.StatusOK)
		secret := mfaProtect(t, s, amy)
		amy.Get("/users").Want(http.StatusOK)
		program.Get("/users").Want(http.StatusOK)
		if secret == boss {
			t.Error("two accounts have the same secret")
		}
	})
}
