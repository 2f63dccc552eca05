package model

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// hidden must not be in anything that is printed.
const hidden = "hunter2-geheim"

// holders are the ways code carries a secret.
func holders() map[string]any {
	s := NewSecret(hidden)
	type inner struct {
		Password Secret
		secret   Secret
	}
	type outer struct {
		inner
		in   inner
		ptr  *inner
		list []Secret
	}
	in := inner{s, s}
	return map[string]any{
		"itself": s, "pointer": &s, "slice": []Secret{s}, "array": [1]Secret{s}, "map": map[string]Secret{"k": s}, "interface": []any{s, &s},
		"field": in, "pointer to a struct": &in, "deep": outer{in, in, &in, []Secret{s}}, "account": &User{Password: s, MfaSecret: s},
		"account by value": User{Password: s}, "input": &UserInput{Password: s}, "patch": UserPatch{Password: s},
	}
}

func TestSecretCannotBePrinted(t *testing.T) {
	t.Parallel()
	for name, v := range holders() {
		for _, verb := range strings.Fields("%v %+v %#v %s %q %x %X %d %t %e %g %c %U %o %b %p %10s %-20q %.3s %T %w %z") {
			if out := fmt.Sprintf(verb, v); leaks(out) {
				t.Errorf("%s of %s shows %s", verb, name, out)
			}
		}
		err := fmt.Errorf("sign in %v: %w", v, errors.New("cause"))
		if leaks(err.Error()) || leaks(fmt.Sprint(v)) || leaks(fmt.Sprintln(v)) {
			t.Errorf("%s is shown: %v", name, err)
		}
	}
}

// leaks tells whether a text shows the secret in some common writing.
func leaks(out string) bool {
	out = strings.ToLower(out)
	bytesOf := strings.Trim(fmt.Sprint(string([]byte(hidden))), "[]")
	return strings.Contains(out, hidden) || strings.Contains(out, "hunter2") || strings.Contains(out, fmt.Sprintf("%x", hidden)) ||
		strings.Contains(out, bytesOf) || strings.Contains(out, "hun")
}

func TestSecretCannotBeEncodedOrLogged(t *testing.T) {
	t.Parallel()
	for name, v := range holders() {
		var out bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			log := slog.New(h)
			log.Info("m", "v", v, slog.Group("g", "v", v))
			log.With("v", v).Error("m", slog.Any("v", v))
		}
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
		if b, err := xml.Marshal(v); err == nil {
			out.Write(b)
		}
		if leaks(out.String()) {
			t.Errorf("%s is shown: %s", name, out.String())
		}
	}
}

func TestSecretComesFromJSONAndTheDatabase(t *testing.T) {
	t.Parallel()
	var in struct{ P, Q, R Secret }
	if err := json.Unmarshal([]byte(`{"P":"`+hidden+`","Q":null,"R":""}`), &in); err != nil {
		t.Fatal(err)
	}
	if in.P.Reveal() != hidden || !in.Q.Empty() || !in.R.Empty() || in.P.Empty() {
		t.Errorf("decoded %q, %q and %q", in.P.Reveal(), in.Q.Reveal(), in.R.Reveal())
	}
	for _, bad := range []string{`{"P":5}`, `{"P":["x"]}`, `{"P":{}}`, `{"P":true}`} {
		if err := json.Unmarshal([]byte(bad), &in); err == nil || leaks(err.Error()) {
			t.Errorf("%s gave %v", bad, err)
		}
	}
	for _, src := range []any{hidden, []byte(hidden)} {
		var s Secret
		if err := s.Scan(src); err != nil || s.Reveal() != hidden {
			t.Errorf("scanned %q (%v)", s.Reveal(), err)
		}
		if v, err := s.Value(); err != nil || v != hidden {
			t.Errorf("the database gets %v (%v)", v, err)
		}
		if err := s.Scan(nil); err != nil || !s.Empty() {
			t.Errorf("NULL became %q (%v)", s.Reveal(), err)
		}
	}
	if err := new(Secret).Scan(5); err == nil {
		t.Error("a number became a secret")
	}
	if v, err := (Secret{}).Value(); err != nil || v != "" {
		t.Errorf("no secret is %v (%v) for the database", v, err)
	}
}

func TestSecretsAreCompared(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b string
		want bool
	}{{"a", "a", true}, {"a", "b", false}, {"a", "ab", false}, {"", "", true}, {"", "a", false}, {"a", "A", false}} {
		if NewSecret(tc.a).Equal(tc.b) != tc.want {
			t.Errorf("%q equals %q is %t", tc.a, tc.b, !tc.want)
		}
	}
	if !(Secret{}).Equal("") || !(Secret{}).Empty() || !NewSecret("").Empty() {
		t.Error("the zero secret is not the empty one")
	}
}
