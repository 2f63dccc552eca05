package api_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"muster/internal/account"
	"muster/internal/audit"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
	"muster/internal/testkit"
)

// auditOn keeps records in the database and in a file.
var auditOn = []string{"MM_MUSTERSETTINGS_AUDITDATABASEENABLED=true", "MM_EXPERIMENTALAUDITSETTINGS_FILEENABLED=true"}

// auditSocket is auditOn with local mode.
func auditSocket(folder string) []string { return append(usersSocket(folder), auditOn...) }

// auditAll gives every record the database holds, the oldest first.
func auditAll(t testing.TB, s *testkit.Server) []*model.AuditRecord {
	t.Helper()
	list, err := s.Audit.Records(t.Context(), perm.Actor{Local: true}, audit.Query{Limit: 5000})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// auditSince gives the records that came after the first n.
func auditSince(t testing.TB, s *testkit.Server, n int) []*model.AuditRecord {
	t.Helper()
	return auditAll(t, s)[n:]
}

// auditLast gives the newest record.
func auditLast(t testing.TB, s *testkit.Server) *model.AuditRecord {
	t.Helper()
	all := auditAll(t, s)
	if len(all) == 0 {
		t.Fatal("there is no audit record")
	}
	return all[len(all)-1]
}

// auditFile reads the file of records.
func auditFile(t testing.TB, s *testkit.Server) []byte {
	t.Helper()
	if err := s.Audit.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(s.Folder, "audit.log"))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// auditState reads a state of a record.
func auditState(t testing.TB, state json.RawMessage) map[string]any {
	t.Helper()
	out := map[string]any{}
	if state != nil {
		if err := json.Unmarshal(state, &out); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestRecordSaysWhoDidWhatToWhomAndHowItEnded(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: auditOn}, func(t *testing.T, s *testkit.Server) {
		admin := s.Admin().For(t)
		bob := s.Make(testkit.Account{Username: "bob"})
		admin.Header.Set("User-Agent", "browser/1")
		admin.Header.Set("X-Forwarded-For", "10.1.2.3")
		res := admin.Put("/users/"+bob+"/roles", `{"roles":"system_user system_manager"}`).Want(http.StatusOK)
		got := auditLast(t, s)
		want := &model.AuditRecord{
			ID: got.ID, CreateAt: got.CreateAt, Time: model.AuditTime(got.CreateAt), Event: "updateUserRoles", Status: model.AuditSuccess,
			Actor: model.AuditActor{UserID: admin.ID, SessionID: got.Actor.SessionID, AuditPeer: model.AuditPeer{
				Client: "browser/1", IPAddress: "127.0.0.1", XForwardedFor: "10.1.2.3",
			}},
			Deed: model.AuditDeed{ObjectType: "user", ObjectID: bob, AuditDetails: model.AuditDetails{
				Parameters: map[string]any{"roles": "system_user system_manager"}, PriorState: got.Deed.PriorState, NextState: got.Deed.NextState,
			}},
			Meta: model.AuditMeta{APIPath: "/api/v4/users/" + bob + "/roles", Method: "PUT", RequestID: res.Header.Get("X-Request-Id")},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("record (-want +got):\n%s", diff)
		}
		if !model.ValidID(got.Actor.SessionID) || got.Actor.SessionID == admin.Token {
			t.Errorf("session %q", got.Actor.SessionID)
		}
		prior, next := auditState(t, got.Deed.PriorState), auditState(t, got.Deed.NextState)
		for _, state := range []map[string]any{prior, next} {
			delete(state, "update_at")
		}
		if diff := cmp.Diff([]map[string]any{{"id": bob, "roles": "system_user"}, {"id": bob, "roles": "system_user system_manager"}},
			[]map[string]any{prior, next}); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}

		refused := s.SignIn("bob").For(t).Put("/users/"+admin.ID+"/patch", `{"nickname":"x"}`).Want(http.StatusForbidden)
		got = auditLast(t, s)
		if got.Event != "patchUser" || got.Status != model.AuditFail || got.Actor.UserID != bob || got.Deed.ObjectID != admin.ID ||
			got.Error == nil || *got.Error != (model.AuditError{ID: refused.Text("id"), StatusCode: 403}) || got.Deed.NextState != nil || got.Deed.PriorState != nil {
			t.Errorf("a refused deed is recorded as %+v", got)
		}

		n := len(auditAll(t, s))
		admin.Get("/users/" + bob).Want(http.StatusOK)
		admin.Post("/users/search", `{"term":"bob"}`).Want(http.StatusOK)
		s.Visitor().For(t).Put("/users/"+bob+"/patch", `{"nickname":"x"}`).Want(http.StatusUnauthorized)
		admin.Get("/users/" + bob + "/audits").Want(http.StatusOK)
		if list := auditSince(t, s, n); len(list) != 1 || list[0].Event != "getUserAudits" {
			t.Errorf("reading left %d records", len(list))
		}
	})
}

func TestSignInIsRecordedWithTheSessionItEndedWith(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: auditOn}, func(t *testing.T, s *testkit.Server) {
		bob := s.User("bob").For(t)
		got := auditLast(t, s)
		if got.Event != "login" || got.Status != model.AuditSuccess || got.Actor.UserID != bob.ID || !model.ValidID(got.Actor.SessionID) ||
			got.Deed.ObjectID != bob.ID || got.Deed.NextState != nil || got.Deed.Parameters["login_id"] != "bob" {
			t.Errorf("%+v", got)
		}
		v := s.Visitor().For(t)
		v.Post("/users/login", `{"login_id":"bob","password":"wrong-words-9","token":"123456","device_id":"d"}`).Want(http.StatusUnauthorized)
		got = auditLast(t, s)
		if diff := cmp.Diff(map[string]any{"login_id": "bob", "device_id": "d"}, got.Deed.Parameters); diff != "" || got.Status != model.AuditFail ||
			got.Actor.UserID != "" || got.Error.ID != "api.user.login.invalid_credentials_email_username" {
			t.Errorf("%+v %s", got, diff)
		}
		for _, tc := range []struct{ token, want string }{{bob.Token, "authenticated"}, {bob.Token, "token_invalid"}, {"", "no_token"}} {
			c := s.Visitor().For(t)
			c.Token = tc.token
			c.Post("/users/logout", nil).Want(http.StatusCreated)
			if got := auditLast(t, s); got.Event != "logout" || got.Deed.Parameters["auth_status"] != tc.want || (got.Actor.UserID != "") != (tc.want == "authenticated") {
				t.Errorf("want %s: %+v", tc.want, got)
			}
		}
	})
}

func TestRecordNamesWhatWasMadeAndWhichSettingsChanged(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: auditOn, Config: `{"ServiceSettings":{"EnableUserAccessTokens":true,"EnableBotAccountCreation":true}}`}, func(t *testing.T, s *testkit.Server) {
		admin := s.Admin().For(t)
		made := admin.Post("/users", usersBody("carol", map[string]any{"nickname": "cc"})).Want(http.StatusCreated).Text("id")
		got := auditLast(t, s)
		if next := auditState(t, got.Deed.NextState); got.Event != "createUser" || got.Deed.ObjectID != made || next["nickname"] != "cc" || got.Deed.PriorState != nil {
			t.Errorf("%+v %s", got, got.Deed.NextState)
		}
		token := admin.Post("/users/"+admin.ID+"/tokens", `{"description":"backup"}`).Want(http.StatusCreated)
		if got = auditLast(t, s); got.Event != "createUserAccessToken" || got.Deed.Parameters["token_id"] != token.Text("id") || got.Deed.Parameters["description"] != "backup" {
			t.Errorf("%+v", got)
		}
		admin.Post("/users/tokens/revoke", `{"token_id":"`+token.Text("id")+`"}`).Want(http.StatusOK)
		if got = auditLast(t, s); got.Event != "revokeUserAccessToken" || got.Deed.ObjectID != token.Text("id") || got.Deed.ObjectType != "user_access_token" {
			t.Errorf("%+v", got)
		}
		bot := admin.Post("/bots", `{"username":"robo","description":"d"}`).Want(http.StatusCreated).Text("user_id")
		if got = auditLast(t, s); got.Event != "createBot" || got.Deed.ObjectID != bot || auditState(t, got.Deed.NextState)["username"] != "robo" {
			t.Errorf("%+v", got)
		}
		admin.Post("/bots/"+bot+"/assign/"+made, nil).Want(http.StatusOK)
		if got = auditLast(t, s); got.Event != "assignBot" || got.Deed.ObjectID != bot || got.Deed.Parameters["user_id"] != made {
			t.Errorf("%+v", got)
		}
		admin.Put("/config/patch", `{"TeamSettings":{"SiteName":"Owls"},"EmailSettings":{"SMTPPassword":"hush-hush"}}`).Want(http.StatusOK)
		got = auditLast(t, s)
		if diff := cmp.Diff([]any{"TeamSettings.SiteName", "EmailSettings.SMTPPassword"}, got.Deed.Parameters["changed"]); diff != "" || got.Event != "patchConfig" {
			t.Errorf("%+v %s", got, diff)
		}
		role := admin.Get("/roles/name/system_guest").Want(http.StatusOK)
		admin.Put("/roles/"+role.Text("id")+"/patch", `{"permissions":["create_direct_channel"]}`).Want(http.StatusOK)
		got = auditLast(t, s)
		if next := auditState(t, got.Deed.NextState); got.Event != "patchRole" || cmp.Diff([]any{"create_direct_channel"}, next["permissions"]) != "" ||
			auditState(t, got.Deed.PriorState)["permissions"] == nil {
			t.Errorf("%+v %s %s", got, got.Deed.PriorState, got.Deed.NextState)
		}
	})
}

func TestDeedsOverASocketAreRecordedAsLocal(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: auditSocket}, func(t *testing.T, s *testkit.Server) {
		bob := s.Make(testkit.Account{Username: "bob"})
		local := s.Socket().For(t)
		local.Delete("/users/" + bob).Want(http.StatusOK)
		got := auditLast(t, s)
		if got.Event != "localDeleteUser" || !got.Meta.Local || got.Actor.UserID != "" || got.Deed.ObjectID != bob || auditState(t, got.Deed.NextState)["delete_at"] == nil {
			t.Errorf("%+v", got)
		}
		s.Admin().For(t).Delete("/users/" + bob).Want(http.StatusOK)
		if got = auditLast(t, s); got.Event != "deleteUser" || got.Meta.Local {
			t.Errorf("%+v", got)
		}
		local.Delete("/users").Want(http.StatusOK)
		if got = auditLast(t, s); got.Event != "localPermanentDeleteAllUsers" {
			t.Errorf("%+v", got)
		}
	})
}

func TestRecordsForgetWhoIsGone(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: auditSocket}, func(t *testing.T, s *testkit.Server) {
		bob := s.User("bobby").For(t)
		bob.Put("/users/me/patch", `{"nickname":"bobster","email":"bobby2@example.com","password":"`+testkit.Password+`"}`).Want(http.StatusOK)
		s.Admin().For(t).Put("/users/"+bob.ID+"/patch", `{"username":"bobbie"}`).Want(http.StatusOK)
		before := len(auditAll(t, s))
		s.Socket().For(t).Delete("/users/" + bob.ID + "?permanent=true").Want(http.StatusOK)
		if got := auditLast(t, s); got.Event != "localDeleteUser" || got.Deed.PriorState != nil || got.Deed.NextState != nil {
			t.Errorf("%+v", got)
		}
		s.Clock.Advance(time.Minute)
		var job *model.Job // the one that waits, which the runner would find in half a minute
		err := s.DB.Tx(t.Context(), func(tx *store.Tx) (err error) {
			now := s.Clock.Now().UnixMilli()
			job, err = tx.LeaseJob(t.Context(), now, now+time.Hour.Milliseconds())
			return err
		})
		if err != nil || job.Type != account.ForgetJob {
			t.Fatalf("job %+v, error %v", job, err)
		}
		if err := s.Accounts.ForgetRecords(t.Context(), job); err != nil {
			t.Fatal(err)
		}
		list := auditAll(t, s)
		all, err := json.Marshal(list)
		if err != nil || len(list) != before+1 || !bytes.Contains(all, []byte(bob.ID)) || bytes.Contains(bytes.ToLower(all), []byte("bobb")) {
			t.Errorf("of %d records %d are left: %s", before+1, len(list), all)
		}
		for _, r := range list {
			if r.Actor.UserID == bob.ID && (r.Actor.AuditPeer != model.AuditPeer{}) {
				t.Errorf("it is still told from where the account acted: %+v", r)
			}
			if r.Actor.UserID == s.Admin().ID && r.Actor.IPAddress == "" {
				t.Errorf("it is not told any more from where others acted: %+v", r)
			}
		}
	})
}

func TestFileHoldsWhatTheDatabaseHolds(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: auditOn}, func(t *testing.T, s *testkit.Server) {
		s.User("bob").For(t).Put("/users/me/patch", `{"nickname":"b\u0007\ud800"}`).Want(http.StatusOK)
		stored := auditAll(t, s)
		var inFile []*model.AuditRecord
		for lines := bufio.NewScanner(bytes.NewReader(auditFile(t, s))); lines.Scan(); {
			r := &model.AuditRecord{}
			if err := json.Unmarshal(lines.Bytes(), r); err != nil {
				t.Fatal(err)
			}
			inFile = append(inFile, r)
		}
		states := cmp.Transformer("state", func(m json.RawMessage) map[string]any { return auditState(t, m) })
		if diff := cmp.Diff(inFile, stored, states); diff != "" || len(stored) < 5 {
			t.Errorf("%d records (-file +database):\n%s", len(stored), diff)
		}
	})
}

func TestRecordsAreForWhoeverRunsTheMachine(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: auditSocket}, func(t *testing.T, s *testkit.Server) {
		if _, err := s.Audit.Records(t.Context(), perm.Actor{UserID: s.Admin().ID}, audit.Query{Limit: 1}); err == nil {
			t.Error("somebody who came over the network reads the records")
		}
		if w := usersAs(s, s.Admin(), "GET", "/audit_records", ""); w.Code != http.StatusNotFound {
			t.Errorf("over the network: %d", w.Code)
		}
		local := s.Socket().For(t)
		all := auditAll(t, s)
		page := local.Get("/audit_records?per_page=1").Want(http.StatusOK).Column("id")
		if len(page) != 1 || page[0] != all[0].ID {
			t.Errorf("first page: %v", page)
		}
		if rest := local.Get("/audit_records?after=" + page[0]).Want(http.StatusOK).Column("id"); len(rest) != len(all)-1 {
			t.Errorf("%d of %d records follow", len(rest), len(all))
		}
		if none := local.Get("/audit_records?since=1&until=2&event=x&user_id=y").Want(http.StatusOK); strings.TrimSpace(string(none.Body)) != "[]" {
			t.Errorf("%s", none.Body)
		}
		for _, q := range []string{"since=x", "until=-1", "after=x", "per_page=0", "per_page=x"} {
			local.Get("/audit_records?"+q).WantFault(http.StatusBadRequest, "api.context.invalid_url_param.app_error")
		}
	})
}

func TestOldRecordsLeaveTheDatabase(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: auditOn}, func(t *testing.T, s *testkit.Server) {
		old := len(auditAll(t, s))
		s.Clock.Advance(364 * 24 * time.Hour)
		s.Visitor().For(t).Post("/users/login", `{"login_id":"x","password":"y"}`)
		if err := s.Audit.Clean(t.Context()); err != nil || len(auditAll(t, s)) != old+1 {
			t.Errorf("records left early: %v", err)
		}
		s.Clock.Advance(48 * time.Hour)
		if err := s.Audit.Clean(t.Context()); err != nil || len(auditAll(t, s)) != 1 {
			t.Errorf("%d records are left: %v", len(auditAll(t, s)), err)
		}
	})
}
