package golden

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// player is one run of one document.
type player struct {
	target  Target
	clients map[string]*http.Client // by the via of a step
	vars    variables
	norm    *normaliser
	created []string // ids of accounts, in the order of their making
}

// play runs the steps of a document. The error is about what surrounds them:
// signing in the administrator and removing the accounts.
func play(doc *document, target Target) (outcomes []outcome, err error) {
	p := newPlayer(target)
	defer p.close()
	if !doc.FirstRun {
		if err := p.signIn(); err != nil {
			return nil, err
		}
	}
	for _, s := range doc.Steps {
		outcomes = append(outcomes, p.step(s))
	}
	if doc.FirstRun || doc.Keep {
		return outcomes, nil
	}
	return outcomes, p.cleanUp()
}

func newPlayer(target Target) *player {
	// The random part sorts before ordinary names and looks like none of them.
	random := []byte("0")
	for range 5 {
		const letters = "bcdfghjkmnpqrstvwxz"
		random = append(random, letters[rand.IntN(len(letters))])
	}
	p := &player{target: target, norm: newNormaliser(string(random)), vars: variables{
		"u": string(random), "admin.name": target.AdminName, "admin.password": target.AdminPassword,
	}}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p.clients = map[string]*http.Client{
		"":      {Timeout: time.Minute, CheckRedirect: stay, Transport: &http.Transport{DisableCompression: true}},
		"local": {Timeout: time.Minute, CheckRedirect: stay, Transport: &http.Transport{DisableCompression: true, DialContext: p.dialLocal}},
	}
	return p
}

// dialLocal connects to the local mode socket, whatever the address.
func (p *player) dialLocal(ctx context.Context, _, _ string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "unix", p.target.LocalSocket)
}

func (p *player) close() {
	for _, c := range p.clients {
		c.CloseIdleConnections()
	}
}

// set gives a variable its value, and labels a text for the answers to come.
func (p *player) set(name string, value any) {
	p.vars[name], _ = scalar(value)
	if text, ok := value.(string); ok {
		p.norm.learn(name, text)
	}
}

// request is what a step sends.
type request struct {
	method, path string
	via          string
	query        url.Values
	header       http.Header
	body         []byte
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	check  error // what Target.Check said
}

// send exchanges a request for an answer.
func (p *player) send(r request) (*answer, error) {
	base := strings.TrimRight(p.target.Base, "/")
	if r.via == "local" {
		base = "http://localhost"
	}
	address := base + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	req, err := http.NewRequest(r.method, address, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	for k, v := range r.header {
		req.Header[k] = v
	}
	req.Header.Set("User-Agent", "golden-replay/1.0")
	res, err := p.clients[r.via].Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		return nil, err
	}
	a := &answer{status: res.StatusCode, header: res.Header, body: body.Bytes()}
	if p.target.Check != nil {
		a.check = p.target.Check(req, a.status, a.header, a.body)
	}
	return a, nil
}

// signInAdmin exchanges the administrator's password for an answer with a token.
func (p *player) signInAdmin() (*answer, error) {
	a, err := p.send(request{
		method: http.MethodPost,
		path:   "/api/v4/users/login",
		header: http.Header{"X-Requested-With": {"XMLHttpRequest"}, "Content-Type": {"application/json"}},
		body:   []byte(encode(map[string]any{"login_id": p.target.AdminName, "password": p.target.AdminPassword})),
	})
	if err != nil {
		return nil, fmt.Errorf("sign in the administrator: %w", err)
	}
	if a.status != http.StatusOK && a.status != http.StatusCreated {
		return nil, fmt.Errorf("sign in the administrator: status %d: %s", a.status, brief(string(a.body)))
	}
	return a, nil
}

// signIn makes the administrator the user "admin" of the file.
func (p *player) signIn() error {
	a, err := p.signInAdmin()
	if err != nil {
		return err
	}
	var me struct{ ID, Username, Email string }
	if err := json.Unmarshal(a.body, &me); err != nil {
		return fmt.Errorf("read the administrator: %w", err)
	}
	csrf, _ := a.cookie("MMCSRF")
	p.set("user.admin.id", me.ID)
	p.set("user.admin.token", a.header.Get("Token"))
	p.set("user.admin.csrf", csrf)
	p.set("user.admin.name", me.Username)
	p.set("user.admin.email", me.Email)
	return nil
}

// cleanUp removes the accounts the file has made, so that files do not disturb
// each other. It signs in again, because a file may have ended every session. An
// account that is gone already is no matter.
func (p *player) cleanUp() error {
	if len(p.created) == 0 {
		return nil
	}
	a, err := p.signInAdmin()
	if err != nil {
		return fmt.Errorf("clean up: %w", err)
	}
	var failed []error
	for _, id := range slices.Backward(p.created) {
		res, err := p.send(request{
			method: http.MethodDelete,
			path:   "/api/v4/users/" + id,
			query:  url.Values{"permanent": {"true"}},
			header: http.Header{"Authorization": {"Bearer " + a.header.Get("Token")}},
		})
		if err != nil {
			failed = append(failed, fmt.Errorf("clean up account %s: %w", id, err))
		} else if res.status != http.StatusOK && res.status != http.StatusNotFound {
			failed = append(failed, fmt.Errorf("clean up account %s: status %d", id, res.status))
		}
	}
	return errors.Join(failed...)
}
