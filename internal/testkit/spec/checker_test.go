package spec

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"muster/internal/api/spec"
)

const (
	jsonType = "application/json"
	anError  = `{"id":"api.x.app_error","message":"No.","request_id":"abc","status_code":404}`
)

func TestCheck(t *testing.T) {
	t.Parallel()
	checker, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name         string
		method, path string
		status       int
		contentType  string
		body         string
		fault        string // part of the error, "" for none
	}{
		{"a documented answer passes", "GET", "/users/me", 200, jsonType, `{"id":"a","create_at":1}`, ""},
		{"a charset beside the type does no harm", "GET", "/users/me", 200, jsonType + "; charset=utf-8", `{"id":"a"}`, ""},
		{"a picture is not looked into", "GET", "/users/me/image", 200, "image/png", "\x89PNG", ""},
		{"an unknown path passes", "GET", "/nowhere", 418, "text/html", "tea", ""},
		{"an unknown method passes", "PATCH", "/users/me", 405, "", "", ""},
		{"an empty variable is no operation", "PUT", "/users//roles", 418, "", "", ""},
		{"a generic status passes", "POST", "/users/login", 429, jsonType, anError, ""},
		{"a status the document forgot passes", "POST", "/users/tokens/search", 400, jsonType, anError, ""},
		{"not modified passes without a body", "GET", "/users/me", 304, "", "", ""},
		{"not modified with a body", "GET", "/users/me", 304, "", "x", "a body of 1 bytes"},
		{"an undocumented status", "GET", "/users/me", 409, jsonType, anError, "GetUser (GET /api/v4/users/me) answered 409: the status is not documented"},
		{"an undocumented success", "POST", "/users/login", 200, jsonType, `{}`, "not documented"},
		{"a field of another type", "GET", "/users/me", 200, jsonType, `{"id":1}`, `"/id"`},
		{"an item of another type", "GET", "/users", 200, jsonType, `[{"id":"a"},{"roles":[]}]`, `"/1/roles"`},
		{"null instead of a list", "GET", "/users", 200, jsonType, `null`, "not nullable"},
		{"another content type", "GET", "/users/me", 200, "text/plain", `{}`, `content type "text/plain"`},
		{"a generic error that is not JSON", "POST", "/users/login", 404, "text/plain", `no`, "not JSON"},
		{"a generic error of another shape", "POST", "/users/login", 404, jsonType, `{"status_code":"404"}`, "status_code"},
		{"an addition of ours", "GET", "/users/me/mfa/recovery_codes", 200, jsonType, `{"remaining":3}`, ""},
		{"an addition that shows too much", "GET", "/users/me/mfa/recovery_codes", 200, jsonType, `{"remaining":3,"codes":[]}`, "codes"},
		{"an empty body", "GET", "/users/me", 200, jsonType, ``, "not JSON"},
		{"two JSON values", "GET", "/users/me", 200, jsonType, `{}{}`, "goes on"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			req := httptest.NewRequest(tc.method, "/api/v4"+tc.path, nil)
			err := checker.Check(req, tc.status, http.Header{"Content-Type": {tc.contentType}}, []byte(tc.body))
			switch {
			case err == nil && tc.fault != "":
				t.Errorf("passed, want an error with %q", tc.fault)
			case err != nil && (tc.fault == "" || !strings.Contains(err.Error(), tc.fault)):
				t.Errorf("got %v, want %q", err, tc.fault)
			}
		})
	}
}

func TestOperationPrefersTheConstantSegment(t *testing.T) {
	t.Parallel()
	checker, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for request, want := range map[string]string{
		"GET /users/tokens":              "GetUserAccessTokens",
		"GET /users/tokens/tokens":       "GetUserAccessToken",
		"POST /users/tokens/tokens":      "CreateUserAccessToken",
		"GET /users/stats":               "GetTotalUsersStats",
		"GET /users/statsx":              "GetUser",
		"GET /users/a%2Fb":               "GetUser",
		"GET /users/email/a@example.com": "GetUserByEmail",
		"GET /users/email/a/b":           "",
	} {
		method, path, _ := strings.Cut(request, " ")
		got := ""
		if op := checker.operation(httptest.NewRequest(method, "/api/v4"+path, nil)); op != nil {
			got = op.OperationID
		}
		if got != want {
			t.Errorf("%s is %q, want %q", request, got, want)
		}
	}
}

func TestEachOperationIsFound(t *testing.T) {
	t.Parallel()
	checker, err := New()
	if err != nil {
		t.Fatal(err)
	}
	fill := strings.NewReplacer("{", "", "}", "")
	for _, op := range spec.Operations() {
		found := checker.operation(httptest.NewRequest(op.Method, fill.Replace(op.Path), nil))
		if found == nil || found.OperationID != op.Name {
			t.Errorf("%s %s is not found as %s", op.Method, op.Path, op.Name)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	checker, err := New()
	if err != nil {
		b.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodGet, "/api/v4/users/abc", nil)
	header := http.Header{"Content-Type": {jsonType}}
	body := []byte(`{"id":"a","create_at":1763716800000,"username":"amy","roles":"system_user","props":{},` +
		`"notify_props":{"email":"true"},"timezone":{"useAutomaticTimezone":"true"}}`)
	for b.Loop() {
		if err := checker.Check(req, 200, header, body); err != nil {
			b.Fatal(err)
		}
	}
}
