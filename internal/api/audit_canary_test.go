package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/pquerna/otp/totp"

	table "muster/internal/api/spec"
	"muster/internal/model"
	"muster/internal/testkit"
	"muster/internal/testkit/smtp"
)

// The marks: what stands in every field that is secret, long enough for a link and short
// enough for a password, and the id of an account at a provider, which administrators see.
var (
	canaryMark     = "canary-Passw0rd-" + strings.Repeat("x", 48)
	canaryAuthData = "canary-auth-data"
)

// canaryFields are the secret fields of every body there is. Operations that do not know
// one ignore it.
var canaryFields = []string{
	"password", "Password", "new_password", "current_password", "token", "code", "mfa_code", "login_code", "secret",
	"magic_link_token", "access_token", "refresh_token", "recovery_code", "mfa_secret", "client_secret", "code_verifier", "csrf", "hash",
}

// canaryMore are fields an operation needs to get as far as its secrets.
var canaryMore = map[string]map[string]any{
	"Login":                        {"login_id": "$name"},
	"CreateUser":                   {"username": "$name-two", "email": "$name-two@example.com"},
	"UpdateUser":                   {"id": "$id", "username": "$name", "email": "$name-new@example.com"},
	"PatchUser":                    {"email": "$name-new@example.com"},
	"UpdateUserMfa":                {"activate": true},
	"SwitchAccountType":            {"current_service": "email", "new_service": "gitlab", "email": "$name@example.com"},
	"UpdateUserAuth":               {"auth_service": "gitlab"},
	"CreateUserAccessToken":        {"description": "d"},
	"RevokeUserAccessToken":        {"token_id": "$id"},
	"DisableUserAccessToken":       {"token_id": "$id"},
	"EnableUserAccessToken":        {"token_id": "$id"},
	"UpdateUserActive":             {"active": true},
	"UpdateUserRoles":              {"roles": "system_user"},
	"SendPasswordResetEmail":       {"email": "$name@example.com"},
	"SendVerificationEmail":        {"email": "$name@example.com"},
	"ConvertBotToUser":             {"username": "$name-bot"},
	"RotateToken":                  {"token_id": "$id"},
	"ChangeConfig":                 {"EmailSettings": map[string]any{"SMTPPassword": canaryMark}, "TeamSettings": map[string]any{"SiteName": "x"}},
	"RegisterTermsOfServiceAction": {"serviceTermsId": "$id", "accepted": true},
}

// canaryOwn are operations beyond the users API that take or give secrets.
var canaryOwn = []table.Operation{
	{Name: "RotateToken", Method: "POST", Path: "/api/v4/users/tokens/rotate"},
	{Name: "ChangeConfig", Method: "PUT", Path: "/api/v4/config/patch"},
	{Name: "MakeRecoveryCodes", Method: "POST", Path: "/api/v4/users/{user_id}/mfa/recovery_codes"},
	{Name: "DeleteRecoveryCodes", Method: "DELETE", Path: "/api/v4/users/{user_id}/mfa/recovery_codes"},
	{Name: "CreateBot", Method: "POST", Path: "/api/v4/bots"},
	{Name: "TestEmail", Method: "POST", Path: "/api/v4/email/test"},
	{Name: "GetConfig", Method: "GET", Path: "/api/v4/config"},
	{Name: "Sessions", Method: "GET", Path: "/api/v4/users/{user_id}/sessions"},
}

// canaryScene plants marks and looks for them.
type canaryScene struct {
	*testing.T
	s       *testkit.Server
	secrets []string // that the server made up: they may be answered once and stand nowhere else
}

func (c *canaryScene) made(secrets ...string) {
	for _, secret := range secrets {
		if len(secret) < 6 {
			c.Fatalf("%q is no secret", secret)
		}
		c.secrets = append(c.secrets, secret)
	}
}

// body gives the body of an operation with a mark in every secret field.
func canaryBody(op table.Operation, name, id string) string {
	all := map[string]any{}
	maps.Copy(all, canaryMore[op.Name])
	for _, field := range canaryFields {
		all[field] = canaryMark
	}
	all["auth_data"] = canaryAuthData
	text, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	return strings.NewReplacer("$name", name, "$id", id).Replace(string(text))
}

var canaryParam = regexp.MustCompile(`\{[^}]+\}`)

// ask sends an operation with a session of somebody, who is nobody for a visitor.
func (c *canaryScene) ask(op table.Operation, as *testkit.Client, name, id string) {
	c.Helper()
	path := canaryParam.ReplaceAllStringFunc(op.Path, func(p string) string {
		switch p {
		case "{user_id}":
			return id
		case "{username}":
			return name
		case "{email}":
			return name + "@example.com"
		case "{timestamp}":
			return "1"
		}
		return model.NewID()
	})
	r := httptest.NewRequest(op.Method, c.s.URL+path+"?t="+canaryMark+"&iid="+canaryMark+"&token="+canaryMark, strings.NewReader(canaryBody(op, name, id)))
	r.Header.Set("X-Csrf-Token", canaryMark)
	if as == nil {
		r.Header.Set("Authorization", "Bearer "+canaryMark)
	} else {
		r.Header.Set("Authorization", "Bearer "+as.Token)
	}
	w := usersServe(c.s, "127.0.0.1:9", r)
	answer := w.Body.String() + fmt.Sprint(w.Header())
	if strings.Contains(answer, canaryMark[:20]) {
		c.Errorf("%s answers a secret: %s", op.Name, answer)
	}
	admins := as != nil && as.ID == c.s.Admin().ID
	if strings.Contains(answer, canaryAuthData) && !admins {
		c.Errorf("%s answers the id at a provider to others: %s", op.Name, answer)
	}
	if token := w.Header().Get("Token"); token != "" {
		c.made(token)
	}
}

// everyOperation plants marks through every operation there is, as a visitor, as the
// account itself and as an administrator, for an account of its own each.
func (c *canaryScene) everyOperation() {
	for i, op := range append(table.Operations(), canaryOwn...) {
		name := fmt.Sprintf("user%d", i)
		one := c.s.WithRoles(name, "system_user system_user_access_token")
		c.made(one.Token, one.CSRF)
		c.ask(op, nil, name, one.ID)
		c.ask(op, one, name, one.ID)
		c.ask(op, c.s.Admin(), name, one.ID)
		if usersAs(c.s, c.s.Admin(), http.MethodGet, "/users/me", "").Code == http.StatusUnauthorized {
			again := c.s.SignIn("admin")
			c.s.Admin().Token, c.s.Admin().CSRF = again.Token, again.CSRF
			c.made(again.Token, again.CSRF)
		}
	}
}

// realSecrets goes through what the server makes up: tokens, second factors, links.
func (c *canaryScene) realSecrets(m *smtp.Server) {
	amy := c.s.WithRoles("amy", "system_user system_user_access_token").For(c.T)
	c.made(amy.Token, amy.CSRF)
	pat := amy.Post("/users/me/tokens", `{"description":"x"}`).Want(http.StatusCreated)
	rotated := amy.Post("/users/tokens/rotate", `{"token_id":"`+pat.Text("id")+`"}`).Want(http.StatusOK)
	c.made(pat.Text("token"), rotated.Text("token"))
	secret := amy.Post("/users/me/mfa/generate", nil).Want(http.StatusOK).Text("secret")
	code, err := totp.GenerateCode(secret, c.s.Clock.Now())
	if err != nil {
		c.Fatal(err)
	}
	amy.Put("/users/me/mfa", `{"activate":true,"code":"`+code+`"}`).Want(http.StatusOK)
	c.made(secret)
	var codes struct {
		Codes []string `json:"codes"`
	}
	amy.Post("/users/me/mfa/recovery_codes", nil).Want(http.StatusOK).JSON(&codes)
	if len(codes.Codes) < 2 {
		c.Fatalf("recovery codes: %v", codes)
	}
	c.made(codes.Codes...)
	v := c.s.Visitor().For(c.T)
	v.Post("/users/login", `{"login_id":"amy","password":"`+testkit.Password+`","token":"`+codes.Codes[0]+`"}`).Want(http.StatusCreated)
	v.Post("/users/password/reset/send", `{"email":"amy@example.com"}`).Want(http.StatusOK)
	reset := mailSecret(c.T, mailLast(c.T, c.s, m, "amy@example.com", mailSubjectReset).Link())
	mailReset(v, reset, "short").Want(http.StatusBadRequest)
	mailReset(v, reset, canaryMark).Want(http.StatusOK)
	v.Post("/users/email/verify/send", `{"email":"amy@example.com"}`).Want(http.StatusOK)
	verify := mailSecret(c.T, mailLast(c.T, c.s, m, "amy@example.com", mailSubjectVerify).Link())
	mailVerify(v, verify).Want(http.StatusOK)
	c.made(reset, verify)
	v.Post("/users/login", `{"login_id":"amy","password":"`+canaryMark+`","token":"`+codes.Codes[1]+`"}`).Want(http.StatusCreated)
}

// places gives everything a secret must not stand in.
func (c *canaryScene) places(log *mailLog, m *smtp.Server) map[string]string {
	mailSettle(c.T, c.s)
	records, err := json.Marshal(auditAll(c.T, c.s))
	if err != nil {
		c.Fatal(err)
	}
	figures, err := c.s.Figures().Gather()
	if err != nil {
		c.Fatal(err)
	}
	rows := chgRows(c.T, c.s, chgDB(c.T, c.s))
	var mails strings.Builder
	for _, mail := range m.Mails("amy@example.com") {
		mails.WriteString(mail.Subject + mail.Text + mail.HTML)
	}
	return map[string]string{
		"records": string(records), "the file of records": string(auditFile(c.T, c.s)), "the table of records": strings.Join(rows["audit_records"], "\n"),
		"access history": strings.Join(rows["audits"], "\n"), "jobs": strings.Join(rows["jobs"], "\n"), "the log": log.text(),
		"figures": fmt.Sprint(figures), "events": fmt.Sprintf("%+v", c.s.Events.Take()), "mails": mails.String(),
	}
}

// TestMarkInEverySecretFieldOfEveryOperationStaysThere plants marks and looks for them in
// everything that is kept, shown or told.
func TestMarkInEverySecretFieldOfEveryOperationStaysThere(t *testing.T) {
	t.Parallel()
	for _, database := range testkit.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			log := &mailLog{TB: t}
			m := smtp.Start(t, smtp.Options{})
			env := append(append(m.Env(), auditOn...), "MM_SERVICESETTINGS_ENABLEDEVELOPER=true", "MM_SERVICESETTINGS_ENABLEUSERACCESSTOKENS=true",
				"MM_SERVICESETTINGS_ENABLEMULTIFACTORAUTHENTICATION=true", "MM_SERVICESETTINGS_ENABLEBOTACCOUNTCREATION=true",
				"MM_SERVICESETTINGS_ENABLEAPIUSERDELETION=true")
			c := &canaryScene{T: t, s: testkit.Start(log, database, testkit.Options{Env: env})}
			c.realSecrets(m)
			c.everyOperation()
			places := c.places(log, m)
			for name, shows := range map[string]string{
				"records": "updatePassword", "the file of records": "createUserAccessToken", "the table of records": "resetPassword",
				"access history": "sent=amy@example.com", "figures": "muster_audit_records_written_total", "events": "user_updated", "mails": "http",
			} {
				if !strings.Contains(places[name], shows) {
					t.Errorf("%s are not what was to be searched: they lack %s", name, shows)
				}
			}
			for name, text := range places {
				for _, mark := range []string{canaryMark[:20], canaryAuthData, testkit.Password} {
					if strings.Contains(text, mark) {
						t.Errorf("%s stands in %s", mark, name)
					}
				}
				for i, secret := range c.secrets {
					if name != "mails" && strings.Contains(text, secret) {
						t.Errorf("secret %d (%.4s…) stands in %s", i, secret, name)
					}
				}
			}
		})
	}
}
