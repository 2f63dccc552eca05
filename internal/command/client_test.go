package command

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRequestsInProcess(t *testing.T) {
	t.Parallel()
	c := &client{http: &http.Client{Transport: direct{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		switch {
		case err != nil || r.RemoteAddr != "" || r.RequestURI != "/api/v4/users?page=1" && r.Method == http.MethodGet:
			w.WriteHeader(http.StatusTeapot)
		case r.Method == http.MethodDelete:
			w.WriteHeader(http.StatusBadGateway)
			_, _ = io.WriteString(w, "<html>")
		case r.Method == http.MethodPost && !strings.Contains(string(body), `"amy"`):
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"id":"api.odd","message":"Odd.","status_code":400}`)
		default:
			_, _ = io.WriteString(w, `{"username":"amy"}`)
		}
	})}}}
	var u account
	if err := c.do(t.Context(), http.MethodGet, "/users?page=1", nil, &u); err != nil || u.Username != "amy" {
		t.Errorf("got %+v, %v", u, err)
	}
	if err := c.do(t.Context(), http.MethodPost, "/users", map[string]string{"username": "amy"}, nil); err != nil {
		t.Error(err)
	}
	for _, tc := range []struct {
		name, method string
		want         *refusal
	}{
		{"a refusal is what the API says", http.MethodPost, &refusal{Status: 400, ID: "api.odd", Message: "Odd."}},
		{"an answer in another language is a refusal too", http.MethodDelete, &refusal{Status: 502, Message: "the server answered 502 Bad Gateway"}},
	} {
		var got *refusal
		if err := c.do(t.Context(), tc.method, "/users", map[string]string{}, nil); !errors.As(err, &got) {
			t.Errorf("%s: got %v", tc.name, err)
		} else if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}
	var list []account
	if err := c.do(t.Context(), http.MethodPut, "/users", nil, &list); err == nil || !strings.Contains(err.Error(), "understand answer to PUT /users") {
		t.Errorf("got %v", err)
	}
}

// A username may look like the id of somebody else. The owner of the id is meant.
func TestAnIDIsNobodysName(t *testing.T) {
	t.Parallel()
	const id = "bf8kski13oxiow4qjeg714qci1"
	c := &client{http: &http.Client{Transport: direct{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v4/users/" + id:
			_, _ = io.WriteString(w, `{"id":"`+id+`","username":"amy"}`)
		case "/api/v4/users/username/" + id, "/api/v4/users/username/eve":
			_, _ = io.WriteString(w, `{"username":"`+id+`"}`)
		case "/api/v4/users/email/eve@example.com":
			_, _ = io.WriteString(w, `{"username":"eve"}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})}}}
	for name, want := range map[string]string{id: "amy", "@Eve": id, "Eve@example.com": "eve", "nobody": ""} {
		u, err := c.account(t.Context(), name)
		switch {
		case want == "" && codeOf(err) != exitMissing:
			t.Errorf("%s: got %v", name, err)
		case want != "" && (err != nil || u.Username != want):
			t.Errorf("%s: got %+v, %v", name, u, err)
		}
	}
}
