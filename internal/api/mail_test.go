package api_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"muster/internal/testkit"
	"muster/internal/testkit/smtp"
)

func TestAdministratorSendsATestMail(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy := s.User("amy")
		manager := s.WithRoles("manager", "system_user system_manager")
		mailSettle(t, s)
		s.Visitor().Post("/email/test", nil).WantFault(http.StatusUnauthorized, "api.context.session_expired.app_error")
		amy.Post("/email/test", nil).WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		amy.Post("/email/test", "{").WantFault(http.StatusForbidden, "api.context.permissions.app_error")
		mailEqual(t, "answer", string(s.Admin().Post("/email/test", nil).Want(http.StatusOK).Body), `{"status":"OK"}`)
		manager.Post("/email/test", "{}").Want(http.StatusOK)
		mailWantSubjects(t, s, m, "admin@example.com", mailSubjectWelcome, "Test mail")
		mailWantSubjects(t, s, m, "manager@example.com", mailSubjectWelcome, "Test mail")
		whole := s.Admin().Get("/config").Want(http.StatusOK).Body
		s.Admin().Post("/email/test", whole).Want(http.StatusOK)
		mailWantSubjects(t, s, m, "admin@example.com", mailSubjectWelcome, "Test mail", "Test mail")
	})
}

func TestTestMailTriesTheSettingsOnTheScreen(t *testing.T) {
	testkit.Each(t, testkit.Options{Config: `{"EmailSettings": {"SMTPServer": "127.0.0.1", "SMTPPort": "1", "FeedbackEmail": "muster@example.com",
		"EnableSMTPAuth": true, "SMTPUsername": "u", "SMTPPassword": "stored-password", "ConnectionSecurity": "TLS", "SkipServerCertificateVerification": true}}`},
		func(t *testing.T, s *testkit.Server) {
			m := smtp.Start(t, smtp.Options{Security: smtp.TLS, Username: "u", Password: "stored-password"})
			test := func(settings map[string]any) *testkit.Response {
				return s.Admin().For(t).Post("/email/test", map[string]any{"EmailSettings": settings})
			}
			test(map[string]any{}).WantFault(http.StatusInternalServerError, "api.admin.test_email.failure")
			test(map[string]any{"SMTPServer": ""}).WantFault(http.StatusInternalServerError, "api.admin.test_email.missing_server")
			test(map[string]any{"SMTPPort": m.Port, "SMTPPassword": "stored-password"}).Want(http.StatusOK)
			test(map[string]any{"SMTPPort": m.Port, "SMTPPassword": "another-password"}).WantFault(http.StatusInternalServerError, "api.admin.test_email.failure")
			mailEqual(t, "mails", len(m.Mails("admin@example.com")), 1)
			before := m.Connections()
			for _, body := range []string{
				`{"EmailSettings":{"SMTPPort":"` + m.Port + `"}}`,
				`{"EmailSettings":{"SMTPPort":"` + m.Port + `","SMTPPassword":"********************************"}}`,
				`{"EmailSettings":{"SMTPPort":"` + m.Port + `","SMTPPassword":""}}`,
				`{"EmailSettings":{"SMTPPort":"` + m.Port + `","ConnectionSecurity":""}}`,
			} {
				status, id := mailPlainPost(t, s.Admin(), s.URL+"/api/v4/email/test", body)
				want := "400 api.admin.test_email.reenter_password"
				if strings.Contains(body, `"SMTPPassword":""`) {
					want = "500 api.admin.test_email.failure" // an empty password is another one
				}
				mailEqual(t, body, status+" "+id, want)
			}
			for _, body := range []string{"{", "[]", `"x"`, `{"EmailSettings":7}`, `{"EmailSettings":{"SMTPPort":7}}`, strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70)} {
				status, id := mailPlainPost(t, s.Admin(), s.URL+"/api/v4/email/test", body)
				mailEqual(t, body, status+" "+id, "400 api.context.invalid_body_param.app_error")
			}
			mailEqual(t, "connections with the stored password", m.Connections()-before, 1)
			mailEqual(t, "stored port", s.Admin().Get("/config").Text("EmailSettings.SMTPPort"), "1")
		})
}

// mailPlainPost posts without a comparison with the published description, which knows
// no 400 of the operation.
func mailPlainPost(t *testing.T, c *testkit.Client, url, body string) (status, id string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.Token)
	answer, err := (&http.Client{}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, id, _ = strings.Cut(string(text), `"id":"`)
	id, _, _ = strings.Cut(id, `"`)
	return strings.Fields(answer.Status)[0], id
}
