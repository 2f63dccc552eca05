package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// step runs a step and compares its answer.
func (p *player) step(s step) outcome {
	if s.MailTo != "" {
		return p.mail(s)
	}
	r, err := p.request(s)
	if err != nil {
		return outcome{err: err}
	}
	a, err := p.send(r)
	if err != nil {
		return outcome{err: err}
	}
	if p.target.Pending != nil && p.target.Pending(a.status, a.body) {
		return outcome{}
	}
	p.save(s, r, a)
	if s.Answer == nil {
		return outcome{check: a.check}
	}
	return outcome{diffs: compare(s, sorted(s, p.observe(s, a))), check: a.check}
}

// request makes the request of a step.
func (p *player) request(s step) (r request, err error) {
	r = request{via: s.Via, header: http.Header{}}
	if r.method, err = p.vars.fill(s.Method); err != nil {
		return r, err
	}
	if r.path, err = p.vars.fill(s.Path); err != nil {
		return r, err
	}
	for k, v := range s.Headers {
		value, err := p.vars.fill(v)
		if err != nil {
			return r, err
		}
		r.header.Set(k, value)
	}
	p.authorise(s, r.header)
	if err := p.fillBody(s, &r); err != nil {
		return r, err
	}
	return r, p.fillQuery(s, &r)
}

// authorise adds the session of the step's user.
func (p *player) authorise(s step, header http.Header) {
	if s.As == "" {
		return
	}
	token := p.vars["user."+s.As+".token"]
	switch s.Auth {
	case "", "bearer":
		header.Set("Authorization", "Bearer "+token)
	case "cookie":
		header.Set("X-CSRF-Token", p.vars["user."+s.As+".csrf"])
		fallthrough
	case "cookie-no-csrf":
		header.Set("Cookie", "MMAUTHTOKEN="+token)
	}
}

// fillQuery makes the query of a step.
func (p *player) fillQuery(s step, r *request) error {
	filled, err := p.vars.fillJSON(s.Query, p.sent)
	if err != nil {
		return err
	}
	query, _ := filled.(map[string]any)
	r.query = url.Values{}
	for k, value := range query {
		text, ok := scalar(value)
		if !ok {
			return fmt.Errorf("query %s is %v", k, value)
		}
		r.query.Set(k, text)
	}
	return nil
}

// sent remembers a text that may come back as it is.
func (p *player) sent(text string) { p.norm.sent[text] = true }

// fillBody makes the body of a step and says what it is.
func (p *player) fillBody(s step, r *request) error {
	switch {
	case s.Body != nil:
		value, err := decode(s.Body)
		if err != nil {
			return err
		}
		filled, err := p.vars.fillJSON(value, p.sent)
		if err != nil {
			return err
		}
		r.body = []byte(encode(filled))
	case s.Raw != nil:
		raw, err := p.vars.fill(*s.Raw)
		if err != nil {
			return err
		}
		r.body = []byte(raw)
	case s.Multipart != nil:
		return p.fillMultipart(s.Multipart, r)
	default:
		return nil
	}
	if r.header.Get("Content-Type") == "" {
		r.header.Set("Content-Type", "application/json")
	}
	return nil
}

// fillMultipart makes a multipart body.
func (p *player) fillMultipart(parts []part, r *request) error {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, part := range parts {
		data, err := p.partData(part)
		if err != nil {
			return err
		}
		disposition := fmt.Sprintf("form-data; name=%q", part.Name)
		if part.Filename != "" {
			disposition += fmt.Sprintf("; filename=%q", part.Filename)
		}
		out, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {disposition}, "Content-Type": {"application/octet-stream"},
		})
		if err != nil {
			return err
		}
		if _, err := out.Write(data); err != nil {
			return err
		}
	}
	r.header.Set("Content-Type", w.FormDataContentType())
	err := w.Close()
	r.body = body.Bytes()
	return err
}

// partData gives the bytes of a part.
func (p *player) partData(part part) ([]byte, error) {
	if part.PNG == nil {
		value, err := p.vars.fill(part.Value)
		return []byte(value), err
	}
	c := color.NRGBA{part.PNG.rgb[0], part.PNG.rgb[1], part.PNG.rgb[2], 255}
	img := image.NewNRGBA(image.Rect(0, 0, part.PNG.width, part.PNG.height))
	for i := 0; i < len(img.Pix); i += 4 {
		copy(img.Pix[i:], []uint8{c.R, c.G, c.B, c.A})
	}
	var out bytes.Buffer
	err := png.Encode(&out, img)
	return out.Bytes(), err
}

// save keeps what later steps need of an answer.
func (p *player) save(s step, r request, a *answer) {
	value, _ := decode(a.body) // nil when it is not JSON
	for name, source := range s.Save {
		found := p.find(a, value, source)
		if _, set := p.vars[name]; found != nil || !set {
			p.set(name, found)
		}
	}
	path := strings.TrimRight(r.path, "/")
	made := r.method == http.MethodPost && (path == "/api/v4/users" || path == "/api/v4/bots")
	account, ok := value.(map[string]any)
	if !made || !ok || a.status != http.StatusCreated {
		return
	}
	for _, key := range []string{"id", "user_id"} {
		if id, ok := account[key].(string); ok && id != "" {
			p.created = append(p.created, id)
			return
		}
	}
}

// find gives the part of an answer that a save names, nil when it is missing.
func (p *player) find(a *answer, body any, source string) any {
	if name, ok := strings.CutPrefix(source, "header:"); ok {
		if value := a.header.Get(name); value != "" {
			return value
		}
		return nil
	}
	if name, ok := strings.CutPrefix(source, "cookie:"); ok {
		if value, ok := a.cookie(name); ok {
			return value
		}
		return nil
	}
	return dig(body, source)
}

// mailPatience is how many seconds a step waits for its mail.
const mailPatience = 6

// mail waits for a mail in which every pattern of the step finds something, and
// saves the first group of each.
func (p *player) mail(s step) outcome {
	to, err := p.vars.fill(s.MailTo)
	if err != nil {
		return outcome{err: err}
	}
	if s.Wait == 0 {
		s.Wait = mailPatience
	}
	late := time.After(time.Duration(s.Wait) * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		texts := p.target.Mail(strings.ToLower(to))
		if i := slices.IndexFunc(texts, func(text string) bool { return p.read(s, text) }); i >= 0 {
			return outcome{diffs: compare(s, map[string]any{"mail": true})}
		}
		select {
		case <-tick.C:
		case <-late:
			return outcome{diffs: compare(s, map[string]any{"mail": len(s.Save) == 0})}
		}
	}
}

// read saves what the patterns of a step find in a text if all find something.
func (p *player) read(s step, text string) bool {
	found := map[string]string{}
	for name, pattern := range s.Save {
		match := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if len(match) < 2 {
			return false
		}
		found[name] = match[1]
	}
	for name, value := range found {
		p.set(name, value)
	}
	return true
}

// decode reads one JSON value, numbers as they are written.
func decode(data []byte) (any, error) {
	if !json.Valid(data) {
		return nil, fmt.Errorf("not JSON: %s", brief(string(data)))
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var value any
	err := d.Decode(&value)
	return value, err
}
