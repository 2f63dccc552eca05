package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/testkit"
)

// TestUsersGetOne finds an account by its id, its name and its address.
func TestUsersGetOne(t *testing.T) {
	const noUser, noName = "app.user.missing_account.const", "app.user.get_by_username.app_error"
	const url, body, noRoute = "api.context.invalid_url_param.app_error", "api.context.invalid_body_param.app_error", "api.context.404.app_error"
	testkit.Each(t, testkit.Options{EnvOf: usersSocket}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("b.o-b_0")
		gone := s.Make(testkit.Account{Username: "gone"})
		s.Admin().Delete("/users/" + gone).Want(http.StatusOK)
		odd := s.Make(testkit.Account{Username: "odd", Email: "a/b%41+c'd@example.com"})
		s.Events.Take()
		for _, tc := range []struct {
			path   string
			status int
			want   string // id of the account, or of the error
		}{
			{"/users/" + amy.ID, 200, amy.ID},
			{"/users/me", 200, bob.ID},
			{"/users/" + gone, 200, gone},
			{"/users/junk", 400, url},
			{"/users/ME", 400, url},
			{"/users/" + usersID, 404, noUser},
			{"/users/" + strings.ToUpper(usersID), 404, noUser},
			{"/users/" + amy.ID + "x", 400, url},
			{"/users/a_b", 404, noRoute},
			{"/users/" + amy.ID + "/", 404, noRoute},
			{"/users/%6De", 200, bob.ID},
			{"/users/username/amy", 200, amy.ID},
			{"/users/username/b.o-b_0", 200, bob.ID},
			{"/users/username/gone", 200, gone},
			{"/users/username/me", 404, noName},
			{"/users/username/nobody", 404, noName},
			{"/users/username/Amy", 400, body},
			{"/users/username/all", 400, body},
			{"/users/username/system", 400, body},
			{"/users/username/" + strings.Repeat("x", 65), 400, body},
			{"/users/username/a!b", 404, noRoute},
			{"/users/username/a%20b", 404, noRoute},
			{"/users/username/%00", 404, noRoute},
			{"/users/username/%ff", 404, noRoute},
			{"/users/username/", 404, noRoute},
			{"/users/username/a/b", 404, noRoute},
			{"/users/username", 400, url},
			{"/users/email/amy@example.com", 200, amy.ID},
			{"/users/email/AMY@EXAMPLE.COM", 200, amy.ID},
			{"/users/email/amy%40example.com", 200, amy.ID},
			{"/users/email/gone@example.com", 200, gone},
			{"/users/email/a/b%2541+c'd@example.com", 200, odd},
			{"/users/email/a%2Fb%2541%2Bc%27d@example.com", 200, odd},
			{"/users/email/a/bA+c'd@example.com", 404, noUser},
			{"/users/email/nobody@example.com", 404, noUser},
			{"/users/email/nonsense", 400, url},
			{"/users/email/%20amy@example.com", 400, url},
			{"/users/email/" + strings.Repeat("x", 117) + "@example.com", 400, url},
			{"/users/email/", 404, noRoute},
			{"/users/email", 400, url},
		} {
			t.Run(tc.path, func(t *testing.T) {
				r := bob.For(t).Get(tc.path)
				if tc.status != http.StatusOK {
					r.WantFault(tc.status, tc.want)
					if r.Header.Get("Etag") != "" {
						t.Error("a refusal has an ETag")
					}
				} else if r.Want(http.StatusOK); r.Text("id") != tc.want || r.Header.Get("Etag") == "" {
					t.Errorf("got %s with ETag %q", r.Body, r.Header.Get("Etag"))
				}
				if tc.want != noRoute {
					s.Visitor().For(t).Get(tc.path).WantFault(401, "api.context.session_expired.app_error")
				}
				if tc.path != "/users/me" && tc.path != "/users/%6De" { // nobody is me there
					if got := s.Socket().For(t).Get(tc.path); got.StatusCode != tc.status || got.Text("id") != r.Text("id") {
						t.Errorf("the local socket got %d %s", got.StatusCode, got.Body)
					}
				}
			})
		}
		t.Run("nobody is me on the local socket", func(t *testing.T) {
			s.Socket().For(t).Get("/users/me").WantFault(400, url)
		})
		s.Events.Want(t, "")
	})
}

// usersFull makes an account with a value in every field, and signs it in.
func usersFull(t *testing.T, s *testkit.Server) *testkit.Client {
	t.Helper()
	s.Admin().Post("/users", usersBody("full", map[string]any{
		"nickname": "nick", "first_name": "First", "last_name": "Last", "position": "Boss",
		"props": map[string]string{"RemoteEmail": "hidden@example.net", "a": "b"}, "allow_marketing": true, "email_verified": true,
	})).Want(http.StatusCreated)
	full := s.SignIn("full")
	full.Delete("/users/me/image").Want(http.StatusOK)
	s.Visitor().Post("/users/login", map[string]string{"login_id": "full", "password": "planted-wrong"}).Want(http.StatusUnauthorized)
	return full
}

var (
	usersOther = strings.Fields(`auth_data auth_service create_at delete_at disable_welcome_email email first_name id last_name
		last_picture_update locale nickname position props remote_id roles timezone update_at username`)
	usersAdmin = strings.Fields(`auth_service create_at delete_at disable_welcome_email email failed_attempts first_name id last_name
		last_picture_update locale nickname notify_props position props remote_id roles timezone update_at username`)
	usersSelf = strings.Fields(`allow_marketing auth_service create_at delete_at disable_welcome_email email email_verified failed_attempts
		first_name id last_name last_password_update last_picture_update locale nickname notify_props position props remote_id roles timezone
		update_at username`)
)

// TestUsersViews shows exactly the documented fields to each kind of viewer.
func TestUsersViews(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: usersSocket}, func(t *testing.T, s *testkit.Server) {
		full, bob := usersFull(t, s), s.User("bob")
		socket := s.Socket()
		get := func(path string) func(*testkit.Client) *testkit.Response {
			return func(c *testkit.Client) *testkit.Response { return c.Get(path) }
		}
		post := func(path string, body any) func(*testkit.Client) *testkit.Response {
			return func(c *testkit.Client) *testkit.Response { return c.Post(path, body) }
		}
		type ask = func(*testkit.Client) *testkit.Response
		for _, tc := range []struct {
			name                     string
			ask                      ask
			self, admin, other, unix []string
		}{
			{"by id", get("/users/" + full.ID), usersSelf, usersAdmin, usersOther, usersAdmin},
			{"by name", get("/users/username/full"), usersSelf, usersAdmin, usersOther, usersAdmin},
			{"by address", get("/users/email/full@example.com"), usersOther, usersAdmin, usersOther, usersAdmin},
			{"on the list", get("/users?role=system_user&per_page=1&page=1"), usersOther, usersAdmin, usersOther, usersAdmin},
			{"among ids", post("/users/ids", []string{full.ID}), usersOther, usersAdmin, usersOther, usersAdmin},
			{"among ids since", post("/users/ids?since=1", []string{full.ID}), usersOther, usersAdmin, usersOther, usersAdmin},
			{"among names", post("/users/usernames", []string{"full"}), usersOther, usersAdmin, usersOther, nil},
		} {
			for name, as := range map[string]struct {
				client *testkit.Client
				fields []string
			}{"itself": {full, tc.self}, "an admin": {s.Admin(), tc.admin}, "another": {bob, tc.other}, "the local socket": {socket, tc.unix}} {
				if as.fields == nil {
					continue
				}
				t.Run(tc.name+" to "+name, func(t *testing.T) {
					r := tc.ask(as.client.For(t)).Want(http.StatusOK)
					body := strings.TrimSpace(string(r.Body))
					body = strings.TrimSuffix(strings.TrimPrefix(body, "["), "]")
					if d := cmp.Diff(as.fields, usersFields(t, []byte(body))); d != "" {
						t.Error(d)
					}
					for _, secret := range []string{testkit.Password, "planted-wrong", "argon2"} {
						if strings.Contains(body, secret) {
							t.Errorf("%q is shown", secret)
						}
					}
				})
			}
		}
		t.Run("values for others", func(t *testing.T) {
			r := bob.For(t).Get("/users/" + full.ID)
			for field, want := range map[string]string{
				"auth_data": "", "auth_service": "", "email": "full@example.com", "first_name": "First",
				"last_name": "Last", "props.RemoteEmail": "hidden@example.net", "remote_id": "",
			} {
				if r.Value(field) == nil || r.Text(field) != want {
					t.Errorf("%s = %v, want %q", field, r.Value(field), want)
				}
			}
		})
	})
}

// TestUsersViewsOfProviders shows to whom an account of a sign-in provider belongs only to admins.
func TestUsersViewsOfProviders(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		bob := s.User("bob")
		id := s.Admin().Post("/users", map[string]any{"username": "lea", "email": "lea@example.com", "auth_service": "saml", "auth_data": "planted-data"}).
			Want(http.StatusCreated).Text("id")
		for path, body := range map[string]any{
			"/users/" + id: nil, "/users/username/lea": nil, "/users/email/lea@example.com": nil, "/users": nil,
			"/users/ids": []string{id}, "/users/usernames": []string{"lea"},
		} {
			method := http.MethodGet
			if body != nil {
				method = http.MethodPost
			}
			if r := bob.Do(method, path, body).Want(http.StatusOK); strings.Contains(string(r.Body), "planted-data") || strings.Contains(string(r.Body), "saml") {
				t.Errorf("%s shows %s to others", path, r.Body)
			}
			if r := s.Admin().Do(method, path, body).Want(http.StatusOK); !strings.Contains(string(r.Body), `"auth_data":"planted-data","auth_service":"saml"`) {
				t.Errorf("%s shows %s to admins", path, r.Body)
			}
		}
	})
}

// TestUsersPrivacy hides addresses and names from others as the settings say, at once.
func TestUsersPrivacy(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		full, bob := usersFull(t, s), s.User("bob")
		const hidden = "api.user.get_user_by_email.permissions.app_error"
		for _, tc := range []struct {
			name         string
			email, names bool
		}{
			{"nothing is hidden", true, true},
			{"addresses are hidden", false, true},
			{"names are hidden", true, false},
			{"both are hidden", false, false},
			{"nothing is hidden again", true, true},
		} {
			t.Run(tc.name, func(t *testing.T) {
				usersSet(t, s, map[string]any{"PrivacySettings.ShowEmailAddress": tc.email, "PrivacySettings.ShowFullName": tc.names})
				want := map[string]any{"email": "", "first_name": "", "last_name": "", "props": map[string]any{"a": "b"}}
				all := map[string]any{
					"email": "full@example.com", "first_name": "First", "last_name": "Last",
					"props": map[string]any{"a": "b", "RemoteEmail": "hidden@example.net"},
				}
				if tc.email {
					want["email"], want["props"] = all["email"], all["props"]
				}
				if tc.names {
					want["first_name"], want["last_name"] = all["first_name"], all["last_name"]
				}
				pick := func(row map[string]any) map[string]any {
					return map[string]any{"email": row["email"], "first_name": row["first_name"], "last_name": row["last_name"], "props": row["props"]}
				}
				row := func(r *testkit.Response) map[string]any {
					var one map[string]any
					if r.Want(http.StatusOK); r.Body[0] != '[' {
						r.JSON(&one)
						return one
					}
					return usersRows(t, r)[0]
				}
				ids, names := []string{full.ID}, []string{"full"}
				for what, r := range map[string]*testkit.Response{
					"by id": bob.For(t).Get("/users/" + full.ID), "by name": bob.For(t).Get("/users/username/full"),
					"among ids": bob.For(t).Post("/users/ids", ids), "among names": bob.For(t).Post("/users/usernames", names),
					"on the list": bob.For(t).Get("/users?role=system_user&page=1&per_page=1"), "among ids to itself": full.For(t).Post("/users/ids", ids),
				} {
					if d := cmp.Diff(want, pick(row(r))); d != "" {
						t.Errorf("%s: %s", what, d)
					}
				}
				for what, r := range map[string]*testkit.Response{
					"itself": full.For(t).Get("/users/me"), "itself by name": full.For(t).Get("/users/username/full"),
					"an admin": s.Admin().For(t).Get("/users/" + full.ID), "an admin among ids": s.Admin().For(t).Post("/users/ids", ids),
					"an admin by address": s.Admin().For(t).Get("/users/email/full@example.com"),
				} {
					if d := cmp.Diff(all, pick(row(r))); d != "" {
						t.Errorf("to %s: %s", what, d)
					}
				}
				for _, c := range []*testkit.Client{full.For(t), bob.For(t)} { // not even for one's own address
					r := c.Get("/users/email/full@example.com")
					if tc.email {
						r.Want(http.StatusOK)
						continue
					}
					r.WantFault(http.StatusForbidden, hidden)
					c.Get("/users/email/nobody@example.com").WantFault(http.StatusForbidden, hidden)
					c.Get("/users/email/nonsense").WantFault(http.StatusBadRequest, "api.context.invalid_url_param.app_error")
				}
			})
		}
	})
}

// TestUsersETag answers 304 for an account that looks the same to the viewer, and
// another ETag after every change.
func TestUsersETag(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		full, bob := usersFull(t, s), s.User("bob")
		paths := []string{"/users/" + full.ID, "/users/username/full", "/users/email/full@example.com"}
		seen := map[string]string{} // viewer, path and ETag → what was changed before
		look := func(t *testing.T, after string) {
			t.Helper()
			for _, c := range []*testkit.Client{full, bob, s.Admin()} {
				for _, path := range paths {
					r := c.For(t).Get(path)
					tag := r.Want(http.StatusOK).Header.Get("Etag")
					if before, ok := seen[c.Username+path+tag]; ok || tag == "" {
						t.Errorf("%s to %s has the ETag %q it had after %q", path, c.Username, tag, before)
					}
					seen[c.Username+path+tag] = after
					again := c.For(t)
					again.Header.Set("If-None-Match", tag)
					if r := again.Get(path).Want(http.StatusNotModified); len(r.Body) > 0 || r.Header.Get("Etag") != tag {
						t.Errorf("304 with body %q and ETag %q", r.Body, r.Header.Get("Etag"))
					}
					for _, other := range []string{"other", `"` + tag + `"`, "W/" + tag, tag + "x", "*", ""} {
						again.Header.Set("If-None-Match", other)
						again.Get(path).Want(http.StatusOK)
					}
				}
			}
		}
		look(t, "the beginning")
		for _, step := range []struct {
			name   string
			change func(t *testing.T)
		}{
			{"a nickname", func(t *testing.T) {
				full.For(t).Put("/users/me/patch", map[string]string{"nickname": "n"}).Want(http.StatusOK)
			}},
			{"the same nickname again", func(t *testing.T) {
				full.For(t).Put("/users/me/patch", map[string]string{"nickname": "n"}).Want(http.StatusOK)
			}},
			{"roles", func(t *testing.T) {
				s.Admin().For(t).Put("/users/"+full.ID+"/roles", map[string]string{"roles": "system_user system_post_all"}).Want(http.StatusOK)
			}},
			{"a picture", func(t *testing.T) { full.For(t).Delete("/users/me/image").Want(http.StatusOK) }},
			{"a password", func(t *testing.T) {
				full.For(t).Put("/users/me/password", map[string]string{"current_password": testkit.Password, "new_password": testkit.Password}).Want(http.StatusOK)
			}},
			{"deactivation", func(t *testing.T) {
				s.Admin().For(t).Delete("/users/" + full.ID).Want(http.StatusOK)
				s.Admin().For(t).Put("/users/"+full.ID+"/active", map[string]bool{"active": true}).Want(http.StatusOK)
				full = s.SignIn("full")
			}},
			{"hidden names", func(t *testing.T) { usersSet(t, s, map[string]any{"PrivacySettings.ShowFullName": false}) }},
		} {
			t.Run(step.name, func(t *testing.T) {
				step.change(t)
				look(t, step.name)
			})
		}
		t.Run("hidden addresses", func(t *testing.T) {
			usersSet(t, s, map[string]any{"PrivacySettings.ShowEmailAddress": false})
			paths = paths[:2]
			look(t, "hidden addresses")
		})
		t.Run("a failed attempt shows to those who see the number", func(t *testing.T) {
			before := map[*testkit.Client]string{}
			for _, c := range []*testkit.Client{full, s.Admin(), bob} {
				before[c] = c.For(t).Get(paths[0]).Header.Get("Etag")
			}
			s.Visitor().For(t).Post("/users/login", map[string]string{"login_id": "full", "password": "wrong"}).Want(http.StatusUnauthorized)
			for _, c := range []*testkit.Client{full, s.Admin()} {
				if c.For(t).Get(paths[0]).Header.Get("Etag") == before[c] {
					t.Errorf("%s gets the same ETag", c.Username)
				}
			}
			if bob.For(t).Get(paths[0]).Header.Get("Etag") != before[bob] {
				t.Error("somebody else can tell that an attempt failed")
			}
		})
		t.Run("each view has its own", func(t *testing.T) {
			tags := map[string]bool{}
			for _, c := range []*testkit.Client{full, s.Admin(), bob} {
				tags[c.For(t).Get(paths[0]).Header.Get("Etag")] = true
			}
			if len(tags) != 3 {
				t.Errorf("%d ETags for three views", len(tags))
			}
		})
	})
}
