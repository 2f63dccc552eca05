package api_test

import (
	"database/sql"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/pquerna/otp/totp"

	"muster/internal/testkit"
	"muster/internal/testkit/smtp"
)

// rowsScene is what the steps of the table of access history share.
type rowsScene struct {
	*testing.T
	s          *testkit.Server
	mail       *smtp.Server
	admin, amy *testkit.Client
	ids        map[string]string // what the rows are to name
}

func (r *rowsScene) adminPost(path string, body any, status int) *testkit.Response {
	return r.admin.For(r.T).Post(path, body).Want(status)
}

func (r *rowsScene) adminPut(path string, body any) {
	r.admin.For(r.T).Put(path, body).Want(http.StatusOK)
}

// link gives the secret of the newest mail with a subject to amy.
func (r *rowsScene) link(subject string) string {
	return mailSecret(r.T, mailLast(r.T, r.s, r.mail, "amy@example.com", subject).Link())
}

// rowsCase is an operation with the rows it adds: "path extra_info", by whom. The path is
// the one below /api/v4; {name} stands for an id of the scene.
type rowsCase struct {
	name string
	do   func(r *rowsScene)
	rows []string
}

var rowsCases = []rowsCase{
	{"sign-in with a wrong password", func(r *rowsScene) {
		r.s.Visitor().For(r.T).Post("/users/login", `{"login_id":"amy","password":"wrong-words-9"}`).Want(http.StatusUnauthorized)
	}, []string{" /users/login attempt - login_id=amy", " /users/login failure - login_id=amy"}},
	{"sign-in to nobody", func(r *rowsScene) {
		r.s.Visitor().For(r.T).Post("/users/login", `{"login_id":"nobody","password":"wrong-words-9"}`).Want(http.StatusUnauthorized)
	}, []string{" /users/login attempt - login_id=nobody", " /users/login failure - login_id=nobody"}},
	{
		"sign-in", func(r *rowsScene) { r.amy = r.s.SignIn("amy") },
		[]string{" /users/login attempt - login_id=amy", "amy /users/login authenticated", "amy /users/login success"},
	},
	{
		"sign-out", func(r *rowsScene) { r.s.SignIn("amy").For(r.T).Post("/users/logout", nil).Want(http.StatusCreated) },
		[]string{" /users/login attempt - login_id=amy", "amy /users/login authenticated", "amy /users/login success", "amy /users/logout "},
	},
	{"update", func(r *rowsScene) {
		r.adminPut("/users/"+r.amy.ID, `{"id":"`+r.amy.ID+`","username":"amy","email":"amy@example.com","nickname":"a"}`)
	}, []string{"admin /users/{amy} "}},
	{"patch", func(r *rowsScene) { r.adminPut("/users/"+r.amy.ID+"/patch", `{"nickname":"b"}`) }, []string{"admin /users/{amy}/patch "}},
	{
		"roles", func(r *rowsScene) {
			r.adminPut("/users/"+r.amy.ID+"/roles", `{"roles":"system_user system_user_access_token"}`)
		},
		[]string{"admin /users/{amy}/roles user={amy} roles=system_user system_user_access_token"},
	},
	{"picture", func(r *rowsScene) { chgUpload(r.T, r.amy, chgPNG(r.T, 8, 8)).Want(http.StatusOK) }, []string{"amy /users/me/image "}},
	{"standard picture", func(r *rowsScene) { r.amy.For(r.T).Delete("/users/me/image").Want(http.StatusOK) }, []string{"amy /users/me/image "}},
	{"device", func(r *rowsScene) {
		r.amy.For(r.T).Put("/users/sessions/device", `{"device_id":"android:x"}`).Want(http.StatusOK)
	}, []string{"amy /users/sessions/device "}},
	{"token", func(r *rowsScene) {
		r.ids["token"] = r.amy.For(r.T).Post("/users/me/tokens", `{"description":"x"}`).Want(http.StatusCreated).Text("id")
	}, []string{"amy /users/me/tokens ", "amy /users/me/tokens success - token_id={token}"}},
	{
		"disable a token", func(r *rowsScene) { r.adminPost("/users/tokens/disable", `{"token_id":"`+r.ids["token"]+`"}`, 200) },
		[]string{"admin /users/tokens/disable ", "admin /users/tokens/disable success - token_id={token}"},
	},
	{
		"enable a token", func(r *rowsScene) { r.adminPost("/users/tokens/enable", `{"token_id":"`+r.ids["token"]+`"}`, 200) },
		[]string{"admin /users/tokens/enable ", "admin /users/tokens/enable success - token_id={token}"},
	},
	{
		"revoke a token", func(r *rowsScene) { r.adminPost("/users/tokens/revoke", `{"token_id":"`+r.ids["token"]+`"}`, 200) },
		[]string{"admin /users/tokens/revoke ", "admin /users/tokens/revoke success - token_id={token}"},
	},
	{"terms", func(r *rowsScene) {
		r.ids["terms"] = r.adminPost("/terms_of_service", `{"text":"be kind"}`, 200).Text("id")
		r.amy.For(r.T).Post("/users/me/terms_of_service", `{"termsOfServiceId":"`+r.ids["terms"]+`","accepted":true}`).Want(http.StatusOK)
	}, []string{"amy /users/me/terms_of_service TermsOfServiceId={terms}, accepted=true"}},
	{"confirm an address", func(r *rowsScene) {
		r.s.Visitor().For(r.T).Post("/users/email/verify/send", `{"email":"amy@example.com"}`).Want(http.StatusOK)
		r.s.Visitor().For(r.T).Post("/users/email/verify", `{"token":"`+r.link(mailSubjectVerify)+`"}`).Want(http.StatusOK)
	}, []string{"amy /users/email/verify Email Verified"}},
	{
		"confirm an address on an admin's word", func(r *rowsScene) { r.adminPost("/users/"+r.amy.ID+"/email/verify/member", nil, 200) },
		[]string{"admin /users/{amy}/email/verify/member user verified"},
	},
	{"second factor", func(r *rowsScene) {
		secret := r.amy.For(r.T).Post("/users/me/mfa/generate", nil).Want(http.StatusOK).Text("secret")
		code, err := totp.GenerateCode(secret, r.s.Clock.Now())
		if err != nil {
			r.Fatal(err)
		}
		r.amy.For(r.T).Put("/users/me/mfa", `{"activate":true,"code":"`+code+`"}`).Want(http.StatusOK)
	}, []string{"amy /users/me/mfa attempt", "amy /users/me/mfa success - mfa updated"}},
	{"second factor refused", func(r *rowsScene) {
		r.amy.For(r.T).Put("/users/me/mfa", `{"activate":true,"code":"000000"}`).Want(http.StatusUnauthorized)
	}, []string{"amy /users/me/mfa attempt"}},
	{"token refused", func(r *rowsScene) {
		r.amy.For(r.T).Post("/users/"+r.amy.ID+"/tokens", `{"description":""}`).Want(http.StatusBadRequest)
	}, []string{"amy /users/{amy}/tokens "}},
	{
		"no second factor", func(r *rowsScene) { r.adminPut("/users/"+r.amy.ID+"/mfa", `{"activate":false}`) },
		[]string{"admin /users/{amy}/mfa attempt", "admin /users/{amy}/mfa success - mfa updated"},
	},
	{"password refused", func(r *rowsScene) {
		r.amy.For(r.T).Put("/users/me/password", `{"current_password":"wrong-words-9","new_password":"new-words-99"}`).Want(http.StatusBadRequest)
	}, []string{"amy /users/me/password attempted", "amy /users/me/password failed"}},
	{"password", func(r *rowsScene) {
		r.amy.For(r.T).Put("/users/me/password", `{"current_password":"`+testkit.Password+`","new_password":"new-words-99"}`).Want(http.StatusOK)
	}, []string{"amy /users/me/password attempted", "amy /users/me/password completed"}},
	{"ask for a new password", func(r *rowsScene) {
		r.s.Visitor().For(r.T).Post("/users/password/reset/send", `{"email":"Amy@example.com"}`).Want(http.StatusOK)
		r.ids["link"] = r.link(mailSubjectReset)
	}, []string{" /users/password/reset/send sent=amy@example.com"}},
	{"new password refused", func(r *rowsScene) {
		mailReset(r.s.Visitor().For(r.T), r.ids["link"], "short").Want(http.StatusBadRequest)
	}, []string{"amy /users/password/reset attempt", "amy /users/password/reset fail"}},
	{
		"new password", func(r *rowsScene) {
			mailReset(r.s.Visitor().For(r.T), r.ids["link"], testkit.Password).Want(http.StatusOK)
		},
		[]string{"amy /users/password/reset attempt", "amy /users/password/reset success"},
	},
	{"end a session", func(r *rowsScene) {
		r.s.SignIn("amy") // the new password ended all sessions
		list := r.admin.For(r.T).Get("/users/" + r.amy.ID + "/sessions").Want(http.StatusOK).Column("id")
		r.adminPost("/users/"+r.amy.ID+"/sessions/revoke", `{"session_id":"`+list[0]+`"}`, 200)
	}, []string{" /users/login attempt - login_id=amy", "amy /users/login authenticated", "amy /users/login success", "admin /users/{amy}/sessions/revoke "}},
	{
		"end all sessions", func(r *rowsScene) { r.adminPost("/users/"+r.amy.ID+"/sessions/revoke/all", nil, 200) },
		[]string{"admin /users/{amy}/sessions/revoke/all "},
	},
	{
		"deactivate", func(r *rowsScene) { r.adminPut("/users/"+r.amy.ID+"/active", `{"active":false}`) },
		[]string{"admin /users/{amy}/active user_id={amy} active=false"},
	},
	{
		"activate", func(r *rowsScene) { r.adminPut("/users/"+r.amy.ID+"/active", `{"active":true}`) },
		[]string{"admin /users/{amy}/active user_id={amy} active=true"},
	},
	{"deactivate by deletion", func(r *rowsScene) { r.admin.For(r.T).Delete("/users/" + r.amy.ID).Want(http.StatusOK) }, nil},
	{"another way of signing in", func(r *rowsScene) {
		r.adminPut("/users/"+r.amy.ID+"/auth", `{"auth_service":"gitlab","auth_data":"17"}`)
	}, []string{"admin /users/{amy}/auth updated user {amy} auth to service=gitlab"}},
	{"back to a password", func(r *rowsScene) {
		r.adminPut("/users/"+r.amy.ID+"/active", `{"active":true}`)
		as := chgSession(r.T, r.s, r.amy.ID, false)
		as.Post("/users/login/switch", `{"current_service":"gitlab","new_service":"email","email":"amy@example.com","new_password":"new-words-99"}`).Want(http.StatusOK)
	}, []string{"admin /users/{amy}/active user_id={amy} active=true", "amy /users/login/switch success"}},
	{
		"end the sessions of all", func(r *rowsScene) { r.adminPost("/users/sessions/revoke/all", nil, 200) },
		[]string{"admin /users/sessions/revoke/all "},
	},
}

// rowsNow gives every row of the access history, in order, as the cases write them.
func rowsNow(r *rowsScene, db *sql.DB) []string {
	r.Helper()
	list := chgList(r.T, db, `SELECT COALESCE(user_id, '') || ' ' || action || ' ' || extra_info FROM audits ORDER BY id`)
	named := []string{r.amy.ID, "{amy}", r.admin.ID, "{admin}", "/api/v4", ""}
	for name, id := range r.ids {
		named = append(named, id, "{"+name+"}")
	}
	plain := strings.NewReplacer(named...)
	for i, row := range list {
		row = plain.Replace(row)
		for _, who := range []string{"amy", "admin"} {
			if rest, ok := strings.CutPrefix(row, "{"+who+"} "); ok {
				row = who + " " + rest
			}
		}
		list[i] = row
	}
	return list
}

// TestAccessHistoryOfEveryOperation writes down which rows each operation leaves.
func TestAccessHistoryOfEveryOperation(t *testing.T) {
	mailEach(t, []string{
		"MM_SERVICESETTINGS_ENABLEUSERACCESSTOKENS=true", "MM_SERVICESETTINGS_ENABLEMULTIFACTORAUTHENTICATION=true",
		"MM_SUPPORTSETTINGS_CUSTOMTERMSOFSERVICEENABLED=true",
	}, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		r := &rowsScene{T: t, s: s, mail: m, admin: s.Admin(), amy: s.User("amy"), ids: map[string]string{}}
		db := chgDB(t, s)
		for _, tc := range rowsCases {
			before := len(rowsNow(r, db))
			tc.do(r)
			got := rowsNow(r, db)[before:]
			want := slices.Sorted(slices.Values(tc.rows)) // two of one moment come in any order
			slices.Sort(got)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.name, diff)
			}
		}
	})
}
