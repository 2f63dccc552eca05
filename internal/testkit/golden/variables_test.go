package golden

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFill(t *testing.T) {
	t.Parallel()
	vars := variables{"u": "0bcdfg", "user.amy.id": amyID, "mfa.secret": strings.Repeat("B", 32)}
	for _, tc := range []struct{ name, in, want string }{ // want is a pattern
		{"text without placeholders", "plain", "plain"},
		{"a variable", "/users/${user.amy.id}/image", "/users/" + amyID + "/image"},
		{"an unknown variable is empty", "a${nothing}b", "ab"},
		{"capitals", "${upper:u}AMY", "0BCDFGAMY"},
		{"repetition", "${rep:xy:3}", "xyxyxy"},
		{"the time", "${now}", "[0-9]{13}"},
		{"a code", "${totp:mfa.secret}", "[0-9]{6}"},
		{"an earlier code", "${totp:mfa.secret:-1}", "[0-9]{6}"},
		{"a code without a secret", "${totp:nothing}", "[0-9]{6}"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := vars.fill(tc.in)
			if err != nil || !regexp.MustCompile("^"+tc.want+"$").MatchString(got) {
				t.Errorf("got %q, %v; want %s", got, err, tc.want)
			}
		})
	}
	for _, broken := range []string{"${rep:x:many}", "${totp:mfa.secret:soon}", "${totp:u}"} {
		if got, err := vars.fill(broken); err == nil {
			t.Errorf("%s gives %q", broken, got)
		}
	}
}

func TestFillJSONNotesWhatIsSent(t *testing.T) {
	t.Parallel()
	var sent []string
	got, err := variables{"u": "0b"}.fillJSON(value(t, `[{"${u}": ["${u}amy", 1, null]}]`), func(text string) { sent = append(sent, text) })
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(value(t, `[{"0b": ["0bamy", 1, null]}]`), got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"0bamy"}, sent); d != "" {
		t.Errorf("sent (-want +got):\n%s", d)
	}
}

func TestHeadersKeepsFacts(t *testing.T) {
	t.Parallel()
	got := headers(http.Header{
		"Content-Type": {"application/json"}, "Cache-Control": {"no-cache"}, "Location": {"/login"}, "Allow": {"GET"},
		"Token": {"secret"}, "Etag": {"1"}, "Date": {"today"},
		"Set-Cookie": {"MMUSERID=x; Path=/; Expires=Thu, 01 Jan 2026 00:00:00 GMT; Max-Age=5", "MMAUTHTOKEN=; HttpOnly; SECURE; SameSite=Lax"},
	})
	want := value(t, `{"content-type": "application/json", "cache-control": "no-cache", "location": "/login", "allow": "GET", "token": true, "etag": true,
		"set-cookie": [{"name": "MMAUTHTOKEN", "empty": true, "attrs": ["SameSite=Lax", "httponly", "secure"]},
			{"name": "MMUSERID", "empty": false, "attrs": ["Max-Age=5", "Path=/", "expires"]}]}`)
	if d := cmp.Diff(want, any(got)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestDig(t *testing.T) {
	t.Parallel()
	doc := value(t, `{"a": [{"b": "x"}], "n": null}`)
	for path, want := range map[string]any{"a.0.b": "x", "a.1.b": nil, "a.x": nil, "a.0.b.c": nil, "n": nil, "missing": nil} {
		if d := cmp.Diff(want, dig(doc, path)); d != "" {
			t.Errorf("%s (-want +got):\n%s", path, d)
		}
	}
}

func TestSaveKeepsAnOldValueWhenThereIsNoNewOne(t *testing.T) {
	t.Parallel()
	p := newPlayer(Target{})
	answer := &answer{status: 201, header: http.Header{"Token": {"a-new-token"}, "Set-Cookie": {"MMCSRF=the-csrf; Path=/"}}, body: []byte(`{"id": "` + amyID + `", "at": 1763716800000}`)}
	s := step{Save: map[string]string{"user.amy.id": "id", "user.amy.token": "header:Token", "user.amy.csrf": "cookie:MMCSRF", "at": "at", "none": "cookie:NONE"}}
	r := request{method: "POST", path: "/api/v4/users/"}
	p.save(s, r, answer)
	p.save(s, r, answer.emptied())
	want := map[string]string{"user.amy.id": amyID, "user.amy.token": "a-new-token", "user.amy.csrf": "the-csrf", "at": "1763716800000", "none": ""}
	for name, value := range want {
		if p.vars[name] != value {
			t.Errorf("%s is %q, want %q", name, p.vars[name], value)
		}
	}
	if p.norm.known("1763716800000") {
		t.Error("a number has become a label")
	}
	if d := cmp.Diff([]string{amyID}, p.created); d != "" {
		t.Errorf("created (-want +got):\n%s", d)
	}
}

func (a *answer) emptied() *answer { return &answer{status: a.status, header: http.Header{}} }
