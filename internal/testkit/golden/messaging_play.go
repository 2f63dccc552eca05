package golden

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// talker replays one messaging recording.
type talker struct {
	target    Target
	suffix    string // of every name this replay makes
	variables map[string]any
	labels    map[string]string // id to <id:label>
	times     map[int64]string  // millisecond to <ms:label>
	tokens    map[string]string // of the accounts, by their name

	lines    map[string]*line // the open sockets
	numbered bool             // the numbers of events count, so none may be caused to see the end
	closing  bool             // a socket was closed, which the server notices soon
	patience time.Duration    // how long what must come may take
}

func newTalker(target Target) *talker {
	suffix := fmt.Sprintf("z%08x", rand.Uint32())
	return &talker{
		target: target, suffix: suffix, variables: map[string]any{"u": suffix}, labels: map[string]string{},
		times: map[int64]string{}, tokens: map[string]string{}, lines: map[string]*line{},
	}
}

// apart is how far the times of what is written are from each other, so that each has its own and
// none is next to another.
const apart = 3 * time.Millisecond

// talkAnswer is an answer whose body was read.
type talkAnswer struct {
	request *http.Request
	status  int
	header  http.Header
	body    []byte
}

func (a *talkAnswer) text() string {
	if a == nil {
		return ""
	}
	return string(a.body)
}

// send sends a request; path begins below /api/v4.
func (r *talker) send(method, path string, body []byte, header http.Header) (*talkAnswer, error) {
	req, err := http.NewRequestWithContext(context.Background(), method, r.target.Base+"/api/v4"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for k, v := range header {
		req.Header[k] = v
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }() // it has been read
	content, err := io.ReadAll(res.Body)
	return &talkAnswer{request: req, status: res.StatusCode, header: res.Header, body: content}, err
}

// signIn signs an account in and learns what it is called.
func (r *talker) signIn(who, name, password string) error {
	body, err := json.Marshal(map[string]string{"login_id": name, "password": password})
	if err != nil {
		return err
	}
	a, err := r.send(http.MethodPost, "/users/login", body, http.Header{"Content-Type": {"application/json"}, "X-Requested-With": {"XMLHttpRequest"}})
	if err != nil || a.status/100 != 2 {
		return fmt.Errorf("sign %s in: %v %s", who, err, a.text())
	}
	var u struct{ ID, Username, Email string }
	if err := json.Unmarshal(a.body, &u); err != nil {
		return err
	}
	r.tokens[who] = a.header.Get("Token")
	r.learn(who+".id", u.ID)
	r.variables[who+".username"], r.variables[who+".email"], r.variables[who+".token"] = u.Username, u.Email, r.tokens[who]
	return nil
}

var wholeID = regexp.MustCompile(`^[a-z0-9]{26}$`)

// learn keeps a value under a name, by which it is called in comparisons.
func (r *talker) learn(name string, value any) {
	r.variables[name] = value
	switch v := value.(type) {
	case string:
		if wholeID.MatchString(v) && r.labels[v] == "" {
			r.labels[v] = "<id:" + strings.TrimSuffix(name, ".id") + ">"
		}
	case json.Number:
		n, err := v.Int64()
		if err != nil || n < 1e12 {
			return
		}
		for _, d := range []struct {
			by   int64
			sign string
		}{{0, ""}, {-1, "-1"}, {1, "+1"}} {
			if r.times[n+d.by] == "" {
				r.times[n+d.by] = "<ms:" + name + d.sign + ">"
			}
		}
	}
}

// do sends the request of a step and keeps what it is to save.
func (r *talker) do(s exchangeStep) (*talkAnswer, error) {
	path, err := r.fillText(s.Path)
	if err != nil {
		return nil, err
	}
	path = (&url.URL{Path: path}).EscapedPath()
	query, err := r.query(s.Query)
	if err != nil {
		return nil, err
	}
	if query != "" {
		path += "?" + query
	}
	header := http.Header{}
	body, err := r.content(s, header)
	if err != nil {
		return nil, err
	}
	token := r.tokens[s.As]
	if s.Token != nil {
		if token, err = r.fillText(*s.Token); err != nil {
			return nil, err
		}
	}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	for k, v := range s.Headers {
		if v, err = r.fillText(v); err != nil {
			return nil, err
		}
		header.Set(k, v)
	}
	if s.Method != http.MethodGet {
		<-time.After(apart)
	}
	a, err := r.send(s.Method, path, body, header)
	if err != nil || a.status >= http.StatusMultipleChoices {
		return a, err
	}
	return a, r.keep(s, a)
}

func (r *talker) query(q any) (string, error) {
	filled, err := r.fill(q)
	if err != nil || filled == nil {
		return "", err
	}
	if text, ok := filled.(string); ok {
		return text, nil
	}
	values := url.Values{}
	for k, v := range filled.(map[string]any) {
		values.Set(k, fmt.Sprint(v))
	}
	return values.Encode(), nil
}

// content is the body of a step.
func (r *talker) content(s exchangeStep, header http.Header) ([]byte, error) {
	switch {
	case s.Raw != nil:
		header.Set("Content-Type", "application/octet-stream")
		text, err := r.fillText(*s.Raw)
		latin := make([]byte, 0, len(text))
		for _, c := range text {
			latin = append(latin, byte(c)) // recorded as one character for each byte
		}
		return latin, err
	case s.Multipart != nil:
		return r.form(s.Multipart, header)
	case s.Body != nil:
		header.Set("Content-Type", "application/json")
		value, err := decode(s.Body)
		if err != nil {
			return nil, err
		}
		if value, err = r.fill(value); err != nil {
			return nil, err
		}
		return json.Marshal(value)
	}
	return nil, nil
}

func (r *talker) form(parts []exchangePart, header http.Header) ([]byte, error) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for _, p := range parts {
		value, err := r.fillText(p.Value)
		if err != nil {
			return nil, err
		}
		content := []byte(value)
		if p.Hex != nil {
			if content, err = hex.DecodeString(*p.Hex); err != nil {
				return nil, err
			}
		}
		h := textproto.MIMEHeader{}
		disposition := `form-data; name="` + p.Name + `"`
		if p.Filename != nil {
			disposition += `; filename="` + *p.Filename + `"`
		}
		h.Set("Content-Disposition", disposition)
		if p.Type != "" {
			h.Set("Content-Type", p.Type)
		}
		part, err := w.CreatePart(h)
		if err != nil {
			return nil, err
		}
		if _, err := part.Write(content); err != nil {
			return nil, err
		}
	}
	header.Set("Content-Type", w.FormDataContentType())
	return out.Bytes(), w.Close()
}

// keep learns what a step saves of its answer.
func (r *talker) keep(s exchangeStep, a *talkAnswer) error {
	if s.SaveToken != "" {
		r.tokens[s.SaveToken] = a.header.Get("Token")
	}
	body, err := decode(a.body)
	if err != nil && (len(s.Save) > 0 || s.NewActor != "") {
		return err
	}
	if o, ok := body.(map[string]any); ok && s.NewActor != "" {
		r.learn(s.NewActor+".id", o["id"])
	}
	for name, from := range s.Save {
		if key, ok := strings.CutPrefix(from, "header:"); ok {
			r.learn(name, a.header.Get(key))
			continue
		}
		value, err := r.pick(body, from)
		if err != nil {
			return fmt.Errorf("save %s: %w", name, err)
		}
		r.learn(name, value)
	}
	return nil
}

// pick walks into a body: keys, positions, and key=value for a row of a list.
func (r *talker) pick(value any, from string) (any, error) {
	if from == "" || from == "." {
		return value, nil
	}
	for part := range strings.SplitSeq(from, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[part]
		case []any:
			row, err := r.row(v, part)
			if err != nil {
				return nil, err
			}
			value = row
		default:
			return nil, fmt.Errorf("there is no %s in %s", from, brief(value))
		}
	}
	return value, nil
}

func (r *talker) row(rows []any, part string) (any, error) {
	key, want, named := strings.Cut(part, "=")
	if !named {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n >= len(rows) {
			return nil, fmt.Errorf("there is no row %s", part)
		}
		return rows[n], nil
	}
	if variable, ok := strings.CutPrefix(want, "@"); ok {
		want = fmt.Sprint(r.variables[variable])
	}
	for _, row := range rows {
		if o, ok := row.(map[string]any); ok && fmt.Sprint(o[key]) == want {
			return row, nil
		}
	}
	return nil, fmt.Errorf("there is no row with %s", part)
}

var (
	hole   = regexp.MustCompile(`\$\{([^}]+)\}`)
	offset = regexp.MustCompile(`^(.+?)([+-]\d+)$`)
)

// fill puts values into the holes of a JSON value.
func (r *talker) fill(value any) (any, error) {
	switch v := value.(type) {
	case string:
		if m := hole.FindStringSubmatch(v); m != nil && m[0] == v {
			return r.look(m[1])
		}
		return r.fillText(v)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			y, err := r.fill(x)
			if err != nil {
				return nil, err
			}
			out[i] = y
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			key, err := r.fillText(k)
			if err != nil {
				return nil, err
			}
			if out[key], err = r.fill(x); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return value, nil
}

func (r *talker) fillText(text string) (string, error) {
	var failed error
	out := hole.ReplaceAllStringFunc(text, func(m string) string {
		v, err := r.look(m[2 : len(m)-1])
		if err != nil {
			failed = err
		}
		return fmt.Sprint(v)
	})
	return out, failed
}

// look finds the value of a hole.
func (r *talker) look(name string) (any, error) {
	if v, ok := r.variables[name]; ok {
		return v, nil
	}
	key, by := name, int64(0)
	if m := offset.FindStringSubmatch(name); m != nil {
		key = m[1]
		by, _ = strconv.ParseInt(m[2], 10, 64) // the pattern takes nothing else
	}
	switch {
	case key == "now":
		return time.Now().UnixMilli() + by, nil
	case key == "now_s":
		return time.Now().Unix() + by, nil
	case strings.HasPrefix(key, "repeat:"):
		part := strings.Split(key, ":")
		n, err := strconv.Atoi(part[len(part)-1])
		return strings.Repeat(part[1], n), err
	}
	v, ok := r.variables[key]
	if !ok {
		return nil, fmt.Errorf("nothing is called %s", name)
	}
	if n, ok := v.(json.Number); ok {
		at, err := n.Int64()
		return at + by, err
	}
	return v, nil
}
