package api_test

import (
	"database/sql"
	"errors"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"muster/internal/account"
	"muster/internal/model"
	"muster/internal/store"
	"muster/internal/testkit"
	"muster/internal/testkit/pg"
)

// chgNoTraces checks that nothing of an account is left but what others did to it and
// the job that removed it.
func chgNoTraces(t *testing.T, s *testkit.Server, db *sql.DB, id string) {
	t.Helper()
	for table, rows := range chgRows(t, s, db) {
		for _, row := range rows {
			byOther := table == "audits" && strings.Contains(row, s.Admin().ID)
			itself := table == "jobs" && strings.Contains(row, account.PurgeJob)
			stays := table == "channels" // as documented; direct ones are named after those who are in them
			if strings.Contains(row, id) && !byOther && !itself && !stays {
				t.Errorf("%s still holds %s", table, row)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(s.Folder, "files", "users", id)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder with the pictures remains, with %q: %v", chgFiles(t, s, id), err)
	}
}

// chgFiles lists the files of an account.
func chgFiles(t *testing.T, s *testkit.Server, id string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.Folder, "files", "users", id, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		files[i] = filepath.Base(f)
	}
	return files
}

// chgRich makes an account that leaves traces everywhere.
func chgRich(t *testing.T, s *testkit.Server, name string) *testkit.Client {
	t.Helper()
	c := s.User(name)
	s.SignIn(name)
	c.Put("/users/me/status", `{"user_id":"`+c.ID+`","status":"away"}`).Want(http.StatusOK)
	c.Put("/users/me/preferences", `[{"user_id":"`+c.ID+`","category":"display_settings","name":"x","value":"y"}]`).Want(http.StatusOK)
	chgUpload(t, c, chgPNG(t, 40, 30)).Want(http.StatusOK)
	if chgFiles(t, s, c.ID) == nil {
		t.Fatal("the picture is not where it is looked for")
	}
	return c
}

func TestPermanentDeletionLeavesNoTrace(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		s.Admin().Get("/users/stats").Want(http.StatusOK)
		amy := chgRich(t, s, "amy")
		chgUnchanged(t, s, db, func() {
			for _, yes := range []string{"1", "t", "T", "TRUE", "true", "True"} {
				s.Admin().Delete("/users/"+amy.ID+"?permanent="+yes).WantFault(http.StatusUnauthorized, "api.user.delete_user.not_enabled.for_admin.app_error")
			}
		})
		chgConfig(s, `{"ServiceSettings":{"EnableAPIUserDeletion":true}}`)
		err := s.DB.Tx(t.Context(), func(tx *store.Tx) error {
			mail := model.Mail{Kind: model.MailPasswordChanged, UserID: amy.ID, To: "amy@example.com"}
			if err := tx.Enqueue(t.Context(), &model.Job{ID: model.NewID(), Type: model.MailJob, Status: model.JobSuccess, CreateAt: 1, Data: mail.Job()}); err != nil {
				return err
			}
			for range 1001 { // more than one batch
				if err := tx.InsertAudit(t.Context(), &model.Audit{ID: model.NewID(), UserID: amy.ID, CreateAt: 1}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s.Events.Take()
		s.Admin().Delete("/users/" + amy.ID + "?permanent=true").Want(http.StatusOK)
		s.Events.Want(t, chgOffEvents)
		chgNoTraces(t, s, db, amy.ID)
		if found := chgTraces(t, s, db, "amy@example.com"); found != "" {
			t.Errorf("the address remains: %s", found)
		}
		chgCountsAgree(t, db)
		if jobs := chgList(t, db, `SELECT status FROM jobs WHERE type = '`+account.PurgeJob+`'`); !slices.Equal(jobs, []string{model.JobSuccess}) {
			t.Errorf("jobs %q", jobs)
		}
		amy.Get("/users/me").WantFault(http.StatusUnauthorized, chgNoSession)
		for _, path := range []string{"/users/" + amy.ID, "/users/" + amy.ID + "/image"} {
			s.Admin().Get(path).WantFault(http.StatusNotFound, chgNoUser)
		}
		for _, query := range []string{"", "?permanent=true"} {
			s.Admin().Delete("/users/"+amy.ID+query).WantFault(http.StatusNotFound, chgNoUser)
		}
		s.Visitor().Post("/users/login", map[string]string{"login_id": "amy", "password": testkit.Password}).
			WantFault(http.StatusUnauthorized, "api.user.login.invalid_credentials_email_username")
		again := s.User("amy") // name and address are free again
		s.Admin().Delete("/users/" + again.ID + "?permanent=yes").Want(http.StatusOK)
		s.Admin().Get("/users/" + again.ID).Want(http.StatusOK)
		chgConfig(s, `{"TeamSettings":{"EnableUserDeactivation":true}}`)
		bob := s.User("bob")
		bob.Delete("/users/me?permanent=true").Want(http.StatusOK)
		bob.Get("/users/me").WantFault(http.StatusUnauthorized, chgNoSession)
		chgNoTraces(t, s, db, bob.ID)
	})
}

// Every table that refers to accounts is emptied with them.
func TestEveryReferenceToAnAccountIsATrace(t *testing.T) {
	testkit.Each(t, testkit.Options{NoAdmin: true}, func(t *testing.T, s *testkit.Server) {
		query := `SELECT m.name || '.' || f."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE f."table" = 'users'`
		if s.DB.Driver() == store.Postgres {
			query = `SELECT k.table_name || '.' || k.column_name FROM information_schema.key_column_usage k
				JOIN information_schema.constraint_column_usage u USING (constraint_name)
				JOIN information_schema.table_constraints c USING (constraint_name)
				WHERE c.constraint_type = 'FOREIGN KEY' AND u.table_name = 'users'`
		}
		var known []string
		for _, trace := range store.UserTraces {
			known = append(known, trace.Table+".user_id")
		}
		for _, reference := range chgList(t, chgDB(t, s), query) {
			if !slices.Contains(known, reference) && reference != "user_search.id" { // which goes with the row
				t.Errorf("%s refers to accounts and is not among store.UserTraces", reference)
			}
		}
	})
}

// The rest of an account, when only its folder of files could not be removed, is
// finished by its job.
func TestFilesThatCannotBeRemovedAreRemovedLater(t *testing.T) {
	chgEach(t, []string{"MM_SERVICESETTINGS_ENABLEAPIUSERDELETION=true"}, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy, bob := chgRich(t, s, "amy"), s.Make(testkit.Account{Username: "bob"})
		users := filepath.Join(s.Folder, "files", "users")
		if err := os.Rename(users, users+".away"); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(users, []byte("in the way"), 0o600); err != nil {
			t.Fatal(err)
		}
		status, answer := chgRaw(t, s, s.Admin(), http.MethodDelete, "/users/"+amy.ID+"?permanent=true", "")
		if status != http.StatusAccepted || !strings.Contains(answer, "app.file_info.permanent_delete_by_user.app_error") {
			t.Errorf("answer %d %s", status, answer)
		}
		s.Admin().Get("/users/"+amy.ID).WantFault(http.StatusNotFound, chgNoUser)
		if err := os.Remove(users); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(users+".away", users); err != nil {
			t.Fatal(err)
		}
		s.Clock.Advance(time.Minute)
		s.Admin().Delete("/users/" + bob + "?permanent=true").Want(http.StatusOK) // wakes the runner
		chgEventually(t, "the job is done", func() bool {
			return slices.Equal(chgList(t, db, `SELECT DISTINCT status FROM jobs WHERE type = '`+account.PurgeJob+`'`), []string{model.JobSuccess})
		})
		chgNoTraces(t, s, db, amy.ID)
	})
}

func TestDeletionOfAllAccounts(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy := chgRich(t, s, "amy")
		for _, c := range []*testkit.Client{s.Admin(), amy, s.Visitor()} {
			c.Delete("/users").WantFault(http.StatusNotFound, chgNoRoute)
		}
		s.Socket().Delete("/users").Want(http.StatusOK)
		for _, c := range []*testkit.Client{s.Admin(), amy} {
			c.Get("/users/me").WantFault(http.StatusUnauthorized, chgNoSession)
		}
		if got := s.Socket().Get("/users").Want(http.StatusOK); strings.TrimSpace(string(got.Body)) != "[]" {
			t.Errorf("accounts remain: %s", got.Body)
		}
		left := chgRows(t, s, db)
		for _, table := range slices.Sorted(maps.Keys(left)) {
			switch {
			case slices.Contains([]string{"migrations", "roles", "systems", "jobs", "configuration", "user_counts", "rates", "nodes"}, table),
				strings.HasPrefix(table, "user_search_"), strings.HasSuffix(table, "_words_config"), strings.HasSuffix(table, "_words_data"):
				continue // of the server, or how an empty index of words looks
			}
			for _, row := range left[table] {
				if table != "audits" || !strings.Contains(row, ",attempt - ") && !strings.Contains(row, `,"attempt - `) { // of visitors
					t.Errorf("%s holds %q", table, row)
				}
			}
		}
		chgCountsAgree(t, db)
		s.Socket().Delete("/users").Want(http.StatusOK) // nobody is left
		again := s.Visitor().Post("/users", testkit.Account{Username: "first", Email: "first@example.com", Password: testkit.Password}).Want(http.StatusCreated)
		if again.Text("roles") != "system_admin system_user" {
			t.Errorf("the next account is %s", again.Body)
		}
	})
}

// A removal of all accounts that is finished later must not take those made since.
func TestDeletionOfAllAccountsSparesNewOnes(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		old := s.Make(testkit.Account{Username: "old"})
		at := s.Clock.Now().UnixMilli()
		made := s.Make(testkit.Account{Username: "made"})
		id := chgEnqueue(t, s, model.StringMap{"made_by": strconv.FormatInt(at, 10)}, 0)
		chgEventually(t, "the job is done", func() bool { return chgJob(t, s, id).Status == model.JobSuccess })
		if got := chgList(t, db, `SELECT id FROM users`); !slices.Equal(got, []string{made}) {
			t.Errorf("accounts %q remain, want only %s without %s", got, made, old)
		}
	})
}

// chgEnqueue stores a removal that is due at a time, as a request leaves it behind
// that was cut off.
func chgEnqueue(t *testing.T, s *testkit.Server, data model.StringMap, runAt int64) (id string) {
	t.Helper()
	id = model.NewID()
	err := s.DB.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.Enqueue(t.Context(), &model.Job{ID: id, Type: account.PurgeJob, Status: model.JobPending, CreateAt: 1, RunAt: runAt, Data: data})
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func chgJob(t *testing.T, s *testkit.Server, id string) *model.Job {
	t.Helper()
	j, err := s.DB.Job(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// A server that dies in the middle of a removal finishes it after its next start.
func TestRemovalGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	for _, database := range testkit.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			folder, err := os.MkdirTemp("", "m") // short enough for the name of a socket
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(folder) }) // a folder for temporary files
			env := []string{
				"MM_MUSTERSETTINGS_DATADIRECTORY=" + folder, "MM_SERVICESETTINGS_LISTENADDRESS=127.0.0.1:0",
				"MM_MUSTERSETTINGS_ARGON2MEMORYKIB=7168", "MM_MUSTERSETTINGS_ARGON2PASSES=1", "MM_MUSTERSETTINGS_AUDITDATABASEENABLED=false",
			}
			if database == store.Postgres {
				env = append(env, "MM_SQLSETTINGS_DRIVERNAME=postgres", "MM_SQLSETTINGS_DATASOURCE="+pg.DSN(t))
			}
			var amy, job string
			t.Run("the first server removes half of it", func(t *testing.T) {
				s := testkit.Boot(t, folder, env, testkit.Options{})
				c := chgRich(t, s, "amy")
				amy = c.ID
				s.Admin().Delete("/users/" + amy).Want(http.StatusOK)
				err := s.DB.Tx(t.Context(), func(tx *store.Tx) error {
					_, err := tx.DeleteTraces(t.Context(), store.UserTraces[0], amy, 1000)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				job = chgEnqueue(t, s, model.StringMap{"user_id": amy}, s.Clock.Now().Add(time.Hour).UnixMilli())
			})
			t.Run("the second finishes it", func(t *testing.T) {
				s := testkit.Boot(t, folder, env, testkit.Options{NoAdmin: true})
				admin := s.SignIn("admin")
				admin.Get("/users/" + amy).Want(http.StatusOK)
				s.Clock.Advance(2 * time.Hour)
				chgEnqueue(t, s, model.StringMap{"user_id": chgUnknownID}, 0) // wakes the runner; somebody who is gone already
				chgEventually(t, "the job is done", func() bool { return chgJob(t, s, job).Status == model.JobSuccess })
				db := chgDB(t, s)
				admin.Get("/users/"+amy).WantFault(http.StatusNotFound, chgNoUser)
				for table, rows := range chgRows(t, s, db) {
					for _, row := range rows {
						if strings.Contains(row, amy) && !strings.Contains(row, account.PurgeJob) && !strings.Contains(row, account.ForgetJob) && !(table == "audits" && strings.Contains(row, admin.ID)) {
							t.Errorf("%s still holds %s", table, row)
						}
					}
				}
				if files := chgFiles(t, s, amy); files != nil {
					t.Errorf("files %q remain", files)
				}
			})
		})
	}
}
