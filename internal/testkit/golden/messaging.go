package golden

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
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
	socketStep
	As        string            `json:"as"`
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
	Wanted    []string          `json:"want_headers"`
	Golden    exchangeAnswer    `json:"golden"`
}

type exchangePart struct {
	Name     string  `json:"name"`
	Filename *string `json:"filename"`
	Type     string  `json:"type"`
	Value    string  `json:"value"`
	Hex      *string `json:"hex"`
}

// exchangeAnswer is what was observed after a step.
type exchangeAnswer struct {
	Status      int               `json:"status"`
	JSON        json.RawMessage   `json:"json"`
	ContentType string            `json:"content_type"`
	Text        string            `json:"text"`
	Headers     map[string]string `json:"headers"`
	Lines       bool              `json:"ndjson"`

	Upgrade int              `json:"upgrade_status"`
	Closed  bool             `json:"closed"`
	Replies []any            `json:"replies"`
	Events  map[string][]any `json:"events"`
}

// ReplayMessaging does the steps of a messaging recording (such as "teams-members.json")
// one after another, those of websockets included, and reports each answer and each event
// that differs. Each file makes its own accounts, so files may be replayed in any order on
// one server. known holds the reasons for differences under "teams-members.json:12"; an
// entry whose step matches, or does not exist, is an error. The answers that
// Target.Pending knows are not compared.
func ReplayMessaging(t testing.TB, target Target, file string, known map[string]string) {
	t.Helper()
	text, err := messaging.ReadFile(path.Join("testdata/messaging", file))
	if err != nil {
		t.Fatal(err)
	}
	var doc exchange
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	r := newTalker(target)
	defer r.hangUp()
	r.numbered = slices.ContainsFunc(doc.Steps, func(s exchangeStep) bool { return s.WithSeq })
	if err := r.prepare(&doc); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for i, s := range doc.Steps {
		at := place(file, i)
		reason, expected := known[at]
		r.patience = patience
		if expected {
			r.patience = patience / 10 // what is known to be missing is hardly waited for
		}
		complain(t, at, step{Method: s.Method + s.Socket, Path: s.Path, Note: s.Note, Differs: s.Differs}, r.outcome(s), reason, expected)
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
		a, err := r.do(s)
		if err != nil || a.status >= http.StatusMultipleChoices {
			return fmt.Errorf("begin with %s %s: %v %s", s.Method, s.Path, err, a.text())
		}
	}
	return nil
}

// outcome does a step and compares what was seen with the recording.
func (r *talker) outcome(s exchangeStep) outcome {
	if s.Socket != "" {
		return r.socketOutcome(s)
	}
	var o outcome
	for late := time.Now().Add(r.patience); ; {
		o = r.answerOutcome(s)
		// That a socket closed shows in later answers, not at once.
		if len(o.diffs) == 0 || !r.closing || s.Method != http.MethodGet || time.Now().After(late) {
			break
		}
	}
	r.closing = r.closing && s.Method == http.MethodGet
	if o.err == nil {
		seen := r.gather(s)
		o.diffs = append(o.diffs, r.eventDiffs(s, seen)...)
	}
	o.diffs = slices.DeleteFunc(o.diffs, settled)
	return o
}

// settled tells of differences that are the same everywhere: a timezone nobody chose is an
// empty object, because the documents know no null here; remote_id is empty for
// everybody, because it is not stored; and what somebody wrote in a thread and the time up to
// which they have read it may share a millisecond.
func settled(d string) bool {
	return strings.HasSuffix(d, ".timezone: null != {}") || strings.HasSuffix(d, `.remote_id: extra ""`) ||
		strings.Contains(d, `.last_viewed_at: "<ms>" != "<ms:`)
}

// answerOutcome sends the request of a step and compares the answer with the recorded one.
func (r *talker) answerOutcome(s exchangeStep) outcome {
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
	if a.status != s.Golden.Status {
		o.diffs = append(o.diffs, fmt.Sprintf("status %d != %d %s", s.Golden.Status, a.status, brief(a.text())))
		return o
	}
	o.diffs = r.aboutBody(s, a)
	if len(s.Golden.JSON) == 0 {
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
	o.diffs = append(o.diffs, diff(want, got, ".json")...)
	return o
}

// aboutBody compares what was recorded of an answer beside its JSON.
func (r *talker) aboutBody(s exchangeStep, a *talkAnswer) []string {
	var diffs []string
	seen := func(what, want, got string) {
		if want != "" && want != got {
			diffs = append(diffs, fmt.Sprintf("%s %q != %q", what, want, got))
		}
	}
	seen("content type", s.Golden.ContentType, a.header.Get("Content-Type"))
	seen("text", s.Golden.Text, r.normalText(a.text()))
	for _, name := range s.Wanted {
		seen(name, s.Golden.Headers[name], r.normalText(a.header.Get(name)))
	}
	return diffs
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
