package api_test

import (
	"net/http"
	"testing"

	"muster/internal/model"
	"muster/internal/testkit"
	"muster/internal/testkit/smtp"
)

func TestOtherSignInMethodsAreSetByAdministrators(t *testing.T) {
	testkit.Each(t, tokenOptions, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		bot := s.Admin().Post("/bots", `{"username":"robot"}`).Want(http.StatusCreated).Text("user_id")
		const unusable = "api.user.update_user_auth.invalid_request"
		put := func(c *testkit.Client, id, body string) *testkit.Response { return c.Put("/users/"+id+"/auth", body) }
		good := `{"auth_data":"amy@provider","auth_service":"gitlab"}`
		put(amy, amy.ID, good).WantFault(http.StatusForbidden, tokenPermission)
		put(amy, "x", good).WantFault(http.StatusForbidden, tokenPermission)
		put(s.Admin(), "x", good).WantFault(http.StatusBadRequest, "api.context.invalid_url_param.app_error")
		put(s.Admin(), amy.ID, `{`).WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		for _, body := range []string{
			`{}`, `{"auth_service":"gitlab"}`, `{"auth_data":"","auth_service":"gitlab"}`, `{"auth_data":"x"}`, `{"auth_data":"x","auth_service":"email"}`,
			`{"auth_data":"x","auth_service":"myspace"}`,
		} {
			put(s.Admin(), amy.ID, body).WantFault(http.StatusBadRequest, unusable)
		}
		put(s.Admin(), bot, good).WantFault(http.StatusBadRequest, unusable)
		put(s.Admin(), mailUnknownID, good).WantFault(http.StatusNotFound, "app.user.missing_account.const")
		amy.Get("/users/me").Want(http.StatusOK)
		put(s.Admin(), amy.ID, good).Want(http.StatusOK)
		amy.Get("/users/me").WantFault(http.StatusUnauthorized, tokenUseless)
		sessLogin(s.Visitor(), "amy", testkit.Password).WantFault(http.StatusUnauthorized, wrongCredentials)
		put(s.Admin(), bob.ID, good).WantFault(http.StatusBadRequest, "app.user.update_auth_data.email_exists.app_error")
		bob.Get("/users/me").Want(http.StatusOK)
	})
}

// TestSwitchingBackToAPassword also makes links useless that were mailed before the
// account had the provider: whoever reads old mails must not get in.
func TestSwitchingBackToAPassword(t *testing.T) {
	mailEach(t, []string{"MM_SERVICESETTINGS_ENABLEUSERACCESSTOKENS=true"}, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy := s.WithRoles("annabelle", "system_user system_user_access_token")
		_, program := tokenMake(t, s, amy, `{"description":"d"}`)
		old := mailAskReset(t, s, m, "annabelle@example.com")
		s.Admin().Put("/users/"+amy.ID+"/auth", `{"auth_data":"a","auth_service":"gitlab"}`).Want(http.StatusOK)
		back := func(c *testkit.Client, email, password string) *testkit.Response {
			return c.Post("/users/login/switch", map[string]string{"current_service": "gitlab", "new_service": "email", "email": email, "new_password": password})
		}
		back(s.Visitor(), "annabelle@example.com", mailPassword).WantFault(http.StatusUnauthorized, tokenUseless)
		application := sessInsert(t, s, amy.ID, &model.Session{CreateAt: 1, LastActivityAt: 1, IsOAuth: true})
		back(application, "annabelle@example.com", mailPassword).WantFault(http.StatusForbidden, tokenPermission)
		back(program, "admin@example.com", mailPassword).WantFault(http.StatusForbidden, "api.user.oauth_to_email.context.app_error")
		back(program, "nobody@example.com", mailPassword).WantFault(http.StatusNotFound, "app.user.missing_account.const")
		back(s.Admin(), "admin@example.com", mailPassword).WantFault(http.StatusBadRequest, "api.user.oauth_to_email.not_oauth_user.app_error")
		back(program, "annabelle@example.com", "short").WantFault(http.StatusBadRequest, "model.user.is_valid.pwd_min_length.app_error")
		back(program, "annabelle@example.com", "annabelle-1").WantFault(http.StatusBadRequest, "model.user.is_valid.pwd_context.app_error")
		if link := back(program, "annabelle@example.com", mailPassword).Want(http.StatusOK).Text("follow_link"); link != "/login?extra=signin_change" {
			t.Errorf("leads to %s", link)
		}
		mailReset(s.Visitor(), old, "Another-Passw0rd").WantFault(http.StatusBadRequest, "api.user.reset_password.invalid_link.app_error")
		sessLogin(s.Visitor(), "annabelle", mailPassword).Want(http.StatusCreated)
	})
}

// TestSwitchesToWhatIsNotConfigured are refused before they do anything.
func TestSwitchesToWhatIsNotConfigured(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{}`}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		switches := func(from, to string) *testkit.Response {
			return amy.Post("/users/login/switch", map[string]string{
				"current_service": from, "new_service": to, "email": "amy@example.com", "password": testkit.Password,
				"new_password": mailPassword, "ldap_id": "amy",
			})
		}
		kinds := [][3]string{{"email", "gitlab", "email_to_oauth"}, {"email", "saml", "email_to_oauth"}, {"email", "ldap", "email_to_ldap"}, {"ldap", "email", "ldap_to_email"}}
		for _, kind := range kinds {
			switches(kind[0], kind[1]).WantFault(http.StatusNotImplemented, "api.user."+kind[2]+".not_available.app_error")
		}
		switches("email", "email").WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		switches("gitlab", "ldap").WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
		sessPatch(t, s, "ServiceSettings", map[string]any{"ExperimentalEnableAuthenticationTransfer": false})
		for _, kind := range append(kinds, [3]string{"gitlab", "email", "oauth_to_email"}) {
			switches(kind[0], kind[1]).WantFault(http.StatusForbidden, "api.user."+kind[2]+".not_available.app_error")
		}
		amy.Get("/users/me").Want(http.StatusOK)
		sessLogin(s.Visitor(), "amy", testkit.Password).Want(http.StatusCreated)
	})
}
