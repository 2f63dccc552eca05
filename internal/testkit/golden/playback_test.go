package golden

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// playback is a server that answers the steps of a document as recorded, with
// ids, times and tokens of its own in the places of the labels.
type playback struct {
	doc    *document
	next   int               // the step to be answered
	random string            // the random part, learnt from the requests
	ids    map[string]string // by label
	shades map[string]uint8  // of remembered pictures
	change func(step int, answer map[string]any)
	fault  error
}

var (
	randomPart = regexp.MustCompile(`0[bcdfghjkmnpqrstvwxz]{5}`)
	idLabel    = regexp.MustCompile(`<id:[^>]*>`)
	longRun    = regexp.MustCompile(`^(.)\*([0-9]+)$`)
)

func (p *playback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		p.fault = err
	}
	if p.random == "" {
		p.random = string(randomPart.Find(append(body, r.URL.String()...)))
	}
	around := p.next >= len(p.doc.Steps) || p.next == -1
	if around { // signing in before, cleaning up after the steps
		p.next++
		w.Header().Set("Token", "administrator-token")
		fmt.Fprintf(w, `{"id":%q,"username":"boss","email":"boss@example.com"}`, p.id("<id:admin>"))
		return
	}
	s := p.doc.Steps[p.next]
	if r.Method != s.Method {
		p.fault = fmt.Errorf("step %d came as %s %s", p.next+1, r.Method, r.URL)
	}
	answer := map[string]any{}
	if err := json.Unmarshal([]byte(encode(s.Answer)), &answer); err != nil {
		p.fault = err
	}
	if p.change != nil {
		p.change(p.next+1, answer)
	}
	p.next++
	p.write(w, s, answer)
}

// write sends an answer as recorded.
func (p *playback) write(w http.ResponseWriter, s step, answer map[string]any) {
	w.Header()["Content-Type"] = nil // net/http would guess
	for name, value := range answer["headers"].(map[string]any) {
		switch x := value.(type) {
		case string:
			w.Header().Set(name, x)
		case bool:
			w.Header().Set(name, fmt.Sprintf("%s-%d", name, p.next))
		case []any:
			p.setCookies(w, x)
		}
	}
	w.WriteHeader(int(answer["status"].(float64)))
	if picture, ok := answer["image"].(map[string]any); ok {
		_, _ = w.Write(p.draw(s, picture)) // a client that has gone shows in the outcome
	}
	if answer["body"] == "not-json" {
		fmt.Fprint(w, "no JSON")
	}
	if value, ok := answer["json"]; ok {
		fmt.Fprint(w, encode(p.fill(value)))
	}
}

func (p *playback) setCookies(w http.ResponseWriter, cookies []any) {
	for _, c := range cookies {
		cookie := c.(map[string]any)
		line := cookie["name"].(string) + "="
		if cookie["empty"] == false {
			line += fmt.Sprintf("cookie-value-%d", p.next)
		}
		for _, attr := range cookie["attrs"].([]any) {
			line += "; " + strings.Replace(attr.(string), "expires", "Expires=Thu, 01 Jan 1970 00:00:00 GMT", 1)
		}
		w.Header().Add("Set-Cookie", line)
	}
}

// draw makes a picture that differs from all others unless the step says so.
func (p *playback) draw(s step, picture map[string]any) []byte {
	shade := uint8(p.next)
	if s.SaveHash != "" {
		p.shades[s.SaveHash] = shade
	}
	if picture["same_as:"+s.SameAs] == true {
		shade = p.shades[s.SameAs]
	}
	img := image.NewGray(image.Rect(0, 0, int(picture["width"].(float64)), int(picture["height"].(float64))))
	img.Pix[0] = shade
	var out bytes.Buffer
	p.fault = png.Encode(&out, img)
	return out.Bytes()
}

// fill puts values in the places of the labels.
func (p *playback) fill(value any) any {
	switch x := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, item := range x {
			key, _ := p.text(k).(string)
			out[key] = p.fill(item)
		}
		return out
	case []any:
		out := []any{}
		for _, item := range x {
			out = append(out, p.fill(item))
		}
		return out
	case string:
		return p.text(x)
	}
	return value
}

func (p *playback) text(text string) any {
	switch text {
	case "<ms>":
		return time.Now().UnixMilli()
	case "<-ms>":
		return -time.Now().UnixMilli()
	case "<int>":
		return 1
	case "<id>":
		return p.id(fmt.Sprint(len(p.ids)))
	case "<text>":
		return "This is a text."
	case "<secret>":
		return strings.Repeat("B", 32)
	case "<user.admin.name>":
		return "boss"
	case "<user.admin.email>":
		return "boss@example.com"
	case "<untranslated>":
		return text
	}
	if run := longRun.FindStringSubmatch(text); run != nil {
		var n int
		_, _ = fmt.Sscan(run[2], &n) // digits
		return strings.Repeat(run[1], n)
	}
	text = idLabel.ReplaceAllStringFunc(text, p.id)
	return strings.ReplaceAll(strings.ReplaceAll(text, "<u>", p.random), "<U>", strings.ToUpper(p.random))
}

// id gives an id for a label, always the same.
func (p *playback) id(label string) string {
	if p.ids[label] == "" {
		const letters = "ybndrfg8ejkmcpqxot1uwisza345h769"
		id := []byte(strings.Repeat("y", 26))
		for i, n := 0, len(p.ids)+1; n > 0; i, n = i+1, n/32 {
			id[i] = letters[n%32]
		}
		p.ids[label] = string(id)
	}
	return p.ids[label]
}

// start serves a document on an address and a socket.
func (p *playback) start(t *testing.T, doc *document) Target {
	t.Helper()
	p.doc, p.ids, p.shades = doc, map[string]string{}, map[string]uint8{}
	if !doc.FirstRun {
		p.next = -1
	}
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	local := httptest.NewUnstartedServer(p)
	local.Listener.Close()
	local.Listener = listener
	local.Start()
	server := httptest.NewServer(p)
	t.Cleanup(func() { local.Close(); server.Close() })
	return Target{Base: server.URL, LocalSocket: socket, AdminName: "boss", AdminPassword: "secret-1"}
}
