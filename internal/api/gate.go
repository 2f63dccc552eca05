package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"muster/internal/account"
	"muster/internal/config"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
)

// tokenMax is the number of characters of a token that count.
const tokenMax = 50

// gate wraps a route: who comes, may they come here, and how the answer leaves.
// It knows no resource.
func (a *API) gate(rt route, local bool) http.HandlerFunc {
	observe, as := a.observer(rt), recordedAs(rt)
	return func(w http.ResponseWriter, r *http.Request) {
		start := a.Now()
		c := a.newCall(w, r)
		c.route = rt
		var err error
		if local {
			err = c.enterLocally()
		} else {
			err = c.enter()
		}
		if err == nil {
			c.beginRecord(as)
			err = c.run(rt.do)
		}
		if err != nil {
			c.fail(err)
		}
		c.endRecord(err)
		observe(c, a.Now().Sub(start))
	}
}

// observer measures a route and names slow requests in the log.
func (a *API) observer(rt route) func(c *call, took time.Duration) {
	var usual prometheus.Observer
	if a.measured != nil {
		usual = a.measured.WithLabelValues(rt.method, rt.path, "200")
	}
	return func(c *call, took time.Duration) {
		if usual != nil {
			if c.status == http.StatusOK {
				usual.Observe(took.Seconds())
			} else {
				a.measured.WithLabelValues(rt.method, rt.path, strconv.Itoa(c.status)).Observe(took.Seconds())
			}
		}
		if slow := c.cfg.MusterSettings.SlowRequestMilliseconds; slow > 0 && took > time.Duration(slow)*time.Millisecond {
			a.Log.Warn("slow request", "request_id", c.requestID, "method", rt.method, "route", rt.path,
				"status", c.status, "took", took)
		}
	}
}

var errPanicked = errors.New("handler panicked")

// run calls the handler; a panic is a blank 500 and a line in the log.
func (c *call) run(do handler) (err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler { //nolint:errorlint // the value net/http documents
			panic(p)
		}
		err = errPanicked
		c.api.Log.Error("handler panicked", "request_id", c.requestID, "route", c.route.path, "panic", p, "stack", string(debug.Stack()))
	}()
	return do(c)
}

// newCall begins a request: its id, its headers, its configuration.
func (a *API) newCall(w http.ResponseWriter, r *http.Request) *call {
	snapshot := a.Live.Current()
	c := &call{Context: r.Context(), w: w, r: r, api: a, snapshot: snapshot, cfg: &snapshot.Config, requestID: model.NewID()}
	h := w.Header()
	h["Content-Type"] = jsonType
	h["X-Request-Id"] = []string{c.requestID}
	h["X-Version-Id"] = []string{versionID(snapshot)}
	h["X-Content-Type-Options"] = nosniff
	h["Referrer-Policy"] = noReferrer
	h["Permissions-Policy"] = empty
	if readOnly(r.Method) {
		h["Expires"] = zero
	}
	if c.cfg.ServiceSettings.TLSStrictTransport {
		h.Set("Strict-Transport-Security", "max-age="+strconv.Itoa(c.cfg.ServiceSettings.TLSStrictTransportMaxAge))
	}
	return c
}

// Header values every answer shares.
var (
	jsonType   = []string{"application/json"}
	nosniff    = []string{"nosniff"}
	noReferrer = []string{"no-referrer"}
	empty      = []string{""}
	zero       = []string{"0"}
)

func versionID(s *config.Snapshot) string {
	return s.Info.Version + "." + s.Info.BuildNumber + "." + s.Hash + ".true"
}

// enterLocally admits the peer of the local socket, who may do everything.
func (c *call) enterLocally() error {
	if strings.Contains(c.r.RemoteAddr, ":") {
		return fault.New(fault.Unauthenticated, "api.context.local_origin_required.app_error")
	}
	c.actor = perm.Actor{Local: true, Path: c.r.URL.Path, UserAgent: c.r.UserAgent()}
	c.nearBy = true
	return nil
}

// enter finds out who comes and whether the route lets them in.
func (c *call) enter() error {
	addr, proxied := clientAddress(c.cfg, c.r)
	c.proxied, c.nearBy = proxied, nearBy(c.r)
	if addr.IsValid() {
		c.actor.IP = addr.String()
	}
	c.actor.UserAgent, c.actor.Path = c.r.UserAgent(), c.r.URL.Path
	if err := c.admitOperation(); err != nil {
		return err
	}
	token, from := tokenOf(c.r)
	if token != "" {
		if err := c.attach(token, from); err != nil {
			return err
		}
	}
	if err := c.admitUser(); err != nil {
		return err
	}
	if c.route.access == open {
		return nil
	}
	if c.caller.Session == nil {
		return fault.NoSession()
	}
	if c.route.access == session && c.mfaRequired() {
		return fault.New(fault.Forbidden, "api.context.mfa_required.app_error")
	}
	if c.route.extra&canWait != 0 && c.api.System.Busy() {
		return errBusy()
	}
	return nil
}

// noSession refuses a request whose token is useless and takes the cookie away that may hold it.
func (c *call) noSession() error {
	c.clearSessionCookie()
	return fault.NoSession()
}

// source is where a token came from.
type source uint8

const (
	fromNowhere source = iota
	fromCookie
	fromHeader
	fromQuery
)

// tokenOf finds the token of a request; the first place that has one counts.
func tokenOf(r *http.Request) (string, source) {
	if len(r.Header["Cookie"]) > 0 {
		if cookie, err := r.Cookie(sessionCookie); err == nil {
			return cutToken(cookie.Value), fromCookie
		}
	}
	if auth := r.Header.Get("Authorization"); auth != "" {
		for _, scheme := range []string{"bearer ", "token "} {
			if len(auth) >= len(scheme) && strings.EqualFold(auth[:len(scheme)], scheme) {
				return cutToken(auth[len(scheme):]), fromHeader
			}
		}
	}
	if r.URL.RawQuery != "" && strings.Contains(r.URL.RawQuery, "access_token") {
		if token := r.URL.Query().Get("access_token"); token != "" {
			return cutToken(token), fromQuery
		}
	}
	return "", fromNowhere
}

func cutToken(token string) string { return token[:min(len(token), tokenMax)] }

// attach ties the session of a token to the request. An invalid token is only a
// fault where a session is needed.
func (c *call) attach(token string, from source) error {
	caller, err := c.api.Accounts.Authenticate(c, token)
	if fault.KindOf(err) == fault.Unauthenticated {
		if c.route.access != open {
			return c.noSession()
		}
		return nil
	}
	if err != nil {
		return err
	}
	if from == fromQuery && !caller.Session.IsOAuth {
		return fault.New(fault.Unauthenticated, "api.context.token_provided.app_error")
	}
	if from == fromCookie && c.route.extra&noCSRF == 0 && !readOnly(c.r.Method) && !c.meant(caller) {
		return c.noSession()
	}
	return c.become(caller)
}

func (c *call) become(caller account.Caller) error {
	actor, err := c.api.Accounts.Actor(caller)
	if err != nil {
		return err
	}
	actor.IP, actor.UserAgent, actor.Path = c.actor.IP, c.actor.UserAgent, c.actor.Path
	c.caller, c.actor = caller, actor
	return nil
}

// meant tells whether a request that came with a cookie was made by a page of ours:
// it comes from our origin, and it shows the CSRF token (or the header that a
// foreign page cannot set).
func (c *call) meant(caller account.Caller) bool {
	if origin := c.r.Header.Get("Origin"); origin != "" && !c.ownOrigin(origin) {
		return false
	}
	csrf := model.NewSecret(caller.Session.Props[model.PropCSRF])
	if !csrf.Empty() && csrf.Equal(c.r.Header.Get("X-Csrf-Token")) {
		return true
	}
	return !c.cfg.ServiceSettings.ExperimentalStrictCSRFEnforcement && c.r.Header.Get("X-Requested-With") == "XMLHttpRequest"
}

// readOnly tells whether requests with the method change nothing.
func readOnly(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// ownOrigin tells whether pages of an origin are ours or were made our own by name.
// That every origin may call the API does not make a cookie theirs to use.
func (c *call) ownOrigin(origin string) bool {
	if listed, _ := allowedOrigin(c.cfg, origin); listed {
		return true
	}
	o, err := url.Parse(origin)
	if err != nil || o.Host == "" {
		return false
	}
	if site, err := url.Parse(c.cfg.ServiceSettings.SiteURL); err == nil && site.Host != "" && strings.EqualFold(site.Host, o.Host) {
		return true
	}
	return strings.EqualFold(c.r.Host, o.Host)
}

// mfaRequired tells whether the account has to set up a second factor first.
func (c *call) mfaRequired() bool {
	return c.r.URL.Path != Prefix+"/users/me" && c.api.Accounts.MFARequired(c.caller)
}

var _ context.Context = (*call)(nil)
