package golden

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"
	"testing"
)

//go:embed testdata/messaging/*.json
var messaging embed.FS

// exchange is a recording of messages and events; testdata/messaging/README.md describes its form.
type exchange struct {
	Topic    string                    `json:"topic"`
	Actors   []string                  `json:"actors"`
	Profiles map[string]map[string]any `json:"profiles"`
	Setup    []exchangeStep            `json:"setup"`
	Steps    []exchangeStep            `json:"steps"`
}

// exchangeStep is a request, or something a socket does, with what was observed.
type exchangeStep struct {
	As        string            `json:"as"`
	Socket    string            `json:"ws"` // what a socket does; empty for a request
	Method    string            `json:"method"`
	Path      string            `json:"path"`
	Query     any               `json:"query"` // text, or an object
	Body      json.RawMessage   `json:"body"`
	Raw       *string           `json:"raw"`
	Multipart []exchangePart    `json:"multipart"`
	Headers   map[string]string `json:"headers"`
	Token     *string           `json:"token"`
	Save      map[string]string `json:"save"`
	SaveToken string            `json:"save_token"`
	NewActor  string            `json:"new_actor"`
	Note      string            `json:"note"`
	Differs   string            `json:"differs"`
	Unordered bool              `json:"unordered"`
	OnlyKnown bool              `json:"only_known"`
	Ignore    []string          `json:"ignore"`
	Golden    exchangeAnswer    `json:"golden"`
}

type exchangePart struct {
	Name     string  `json:"name"`
	Filename *string `json:"filename"`
	Type     string  `json:"type"`
	Value    string  `json:"value"`
	Hex      *string `json:"hex"`
}

// exchangeAnswer is what was observed after a request.
type exchangeAnswer struct {
	Status      int             `json:"status"`
	JSON        json.RawMessage `json:"json"`
	ContentType string          `json:"content_type"`
	Lines       bool            `json:"ndjson"`
}

// ReplayMessaging sends the requests of a messaging recording (such as
// "teams-members.json") one after another and reports each answer that differs. Steps of
// sockets are passed over. Each file makes its own accounts, so files may be replayed in
// any order on one server. known holds the reasons for differences under
// "teams-members.json:12"; an entry whose step matches, or does not exist, is an error.
// The answers that Target.Pending knows are not compared.
func ReplayMessaging(t testing.TB, target Target, file string, known map[string]string) {
	t.Helper()
	text, err := messaging.ReadFile(path.Join("testdata/messaging", file))
	if err != nil {
		t.Fatal(err)
	}
	var doc exchange
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	r := newTalker(target)
	if err := r.prepare(&doc); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for i, s := range doc.Steps {
		if s.Socket != "" {
			continue
		}
		at := place(file, i)
		reason, expected := known[at]
		complain(t, at, step{Method: s.Method, Path: s.Path, Note: s.Note, Differs: s.Differs}, r.outcome(s), reason, expected)
	}
	for _, entry := range strangers(file, len(doc.Steps), known) {
		t.Errorf("%s: there is no such step", entry)
	}
}

// prepare makes the accounts of a recording and does what it begins with.
func (r *talker) prepare(doc *exchange) error {
	if err := r.signIn("admin", r.target.AdminName, r.target.AdminPassword); err != nil {
		return err
	}
	for _, name := range doc.Actors {
		account := map[string]any{"username": name + r.suffix, "email": name + r.suffix + "@golden.test", "password": "Passw0rd-" + name}
		profile, err := r.fill(any(doc.Profiles[name]))
		if err != nil {
			return err
		}
		for k, v := range profile.(map[string]any) {
			account[k] = v
		}
		body, err := json.Marshal(account)
		if err != nil {
			return err
		}
		a, err := r.send(http.MethodPost, "/users", body, http.Header{"Authorization": {"Bearer " + r.tokens["admin"]}})
		if err != nil || a.status != http.StatusCreated {
			return fmt.Errorf("make %s: %v %s", name, err, a.text())
		}
		r.variables[name+".password"] = account["password"]
		if err := r.signIn(name, name+r.suffix, "Passw0rd-"+name); err != nil {
			return err
		}
	}
	for _, s := range doc.Setup {
		if s.Socket != "" {
			continue
		}
		a, err := r.do(s)
		if err != nil || a.status >= http.StatusMultipleChoices {
			return fmt.Errorf("begin with %s %s: %v %s", s.Method, s.Path, err, a.text())
		}
	}
	return nil
}

// outcome does a step and compares the answer with the recorded one.
func (r *talker) outcome(s exchangeStep) outcome {
	a, err := r.do(s)
	if err != nil {
		return outcome{err: err}
	}
	o := outcome{}
	if r.target.Check != nil {
		o.check = r.target.Check(a.request, a.status, a.header, a.body)
	}
	if r.target.Pending != nil && r.target.Pending(a.status, a.body) {
		return o
	}
	if a.status != s.Golden.Status && (a.status/100 != 2 || s.Golden.Status/100 != 2) {
		o.diffs = append(o.diffs, fmt.Sprintf("status %d != %d %s", s.Golden.Status, a.status, brief(a.text())))
		return o
	}
	if len(s.Golden.JSON) == 0 || string(s.Golden.JSON) == "null" && a.text() == "" {
		return o
	}
	want, err := decode(s.Golden.JSON)
	if err != nil {
		return outcome{err: err}
	}
	got, err := r.observed(s, a)
	if err != nil {
		return outcome{err: err}
	}
	o.diffs = diff(want, got, ".json")
	return o
}

// observed is the body of an answer, made comparable.
func (r *talker) observed(s exchangeStep, a *talkAnswer) (any, error) {
	var value any
	if s.Golden.Lines {
		rows := []any{}
		for line := range strings.Lines(a.text()) {
			row, err := decode([]byte(line))
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
		value = rows
	} else {
		var err error
		if value, err = decode(a.body); err != nil {
			return nil, fmt.Errorf("the body is no JSON: %s", brief(a.text()))
		}
	}
	if rows, ok := value.([]any); ok && s.OnlyKnown {
		kept := []any{}
		for _, row := range rows {
			if o, ok := row.(map[string]any); ok && r.labels[fmt.Sprint(o["id"])] != "" {
				kept = append(kept, row)
			}
		}
		value = kept
	}
	return r.normal(value, "", s), nil
}
