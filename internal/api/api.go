// Package api speaks the REST API v4: the route table, the gate every request
// passes, and one file of handlers per resource. Handlers translate; rules stand
// in the services.
package api

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"muster/internal/account"
	"muster/internal/audit"
	"muster/internal/config"
	"muster/internal/fault"
	"muster/internal/hub"
	"muster/internal/notify"
	"muster/internal/system"
	"muster/internal/talk"
	"muster/internal/workspace"
)

// Prefix is the path below which the API lives.
const Prefix = "/api/v4"

// Version is the version of the API line that is spoken, which clients compare.
const Version = "11.6.0"

// Options is what an API is made of.
type Options struct {
	Accounts  *account.Service
	Workspace *workspace.Service
	Talk      *talk.Service
	System    *system.Service
	Hub       *hub.Hub
	Mailer    *notify.Mailer
	Audit     *audit.Recorder // nil for none
	Live      *config.Live
	Log       *slog.Logger
	Now       func() time.Time
	Metrics   prometheus.Registerer // nil for none
	Pages     http.Handler          // answers what is not the API's
}

// API answers requests.
type API struct {
	Options
	messages *messages
	limits   limits
	measured *prometheus.HistogramVec
	public   *chi.Mux
	local    *chi.Mux
	control  *chi.Mux
}

// New builds the API. It fails when a route is declared incompletely.
func New(o Options) (*API, error) {
	m, err := loadMessages()
	if err != nil {
		return nil, err
	}
	a := &API{Options: o, messages: m, limits: newLimits(o.Live.Current().Config.RateLimitSettings)}
	if o.Metrics != nil {
		a.measured = prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "muster_request_seconds", Help: "How long requests took, by operation and status.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"method", "route", "status"})
		if err := o.Metrics.Register(a.measured); err != nil {
			return nil, fmt.Errorf("register metrics: %w", err)
		}
	}
	a.public, a.local, a.control = chi.NewMux(), chi.NewMux(), chi.NewMux()
	for _, m := range []*chi.Mux{a.public, a.local, a.control} {
		m.NotFound(a.notFound)
		m.MethodNotAllowed(a.notFound)
	}
	if o.Pages != nil {
		a.public.NotFound(a.page)
	}
	for _, r := range a.routes() {
		if err := a.register(r); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// register puts a route where its declaration says.
func (a *API) register(r route) error {
	if r.access == 0 || r.body == 0 || r.do == nil {
		return fmt.Errorf("route %s %s is declared without access, body or handler", r.method, r.path)
	}
	path := Prefix + r.path
	if r.extra&atRoot != 0 {
		path = r.path
	}
	remote, local := a.gate(r, false), a.gate(r, true)
	for _, method := range answeredAs(r.method) {
		if r.access != localOnly {
			a.public.Method(method, path, remote)
		}
		if r.extra&alsoLocal != 0 {
			a.local.Method(method, path, local)
		}
		a.control.Method(method, path, local)
	}
	return nil
}

// answeredAs gives the methods a route answers: what can be read can also be asked
// for without its body, as HTTP wants it.
func answeredAs(method string) []string {
	if method == http.MethodGet {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{method}
}

// ServeHTTP answers requests that came over the network.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	cfg := &a.Live.Current().Config
	shared := cfg.ServiceSettings.AllowCorsFrom != ""
	if shared {
		announceOrigins(cfg, w.Header(), r) // first, so that pages can read a refusal too
	}
	if err := a.limits.admit(w, r, cfg, a.Now()); err != nil {
		a.newCall(w, r).fail(err)
		return
	}
	if shared && isPreflight(r) {
		a.newCall(w, r).write(http.StatusNoContent, nil)
		return
	}
	a.serve(w, r, a.public)
}

// Local answers requests that came over the local socket, whose peer may do everything.
func (a *API) Local() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.serve(w, r, a.local) })
}

// Control answers the server's own commands, which come over a socket in the data
// folder: every operation, with the rights of the local socket.
func (a *API) Control() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.serve(w, r, a.control) })
}

func (a *API) serve(w http.ResponseWriter, r *http.Request, mux http.Handler) {
	cfg := &a.Live.Current().Config
	if len(r.RequestURI) > cfg.ServiceSettings.MaximumURLLength {
		a.newCall(w, r).fail(fault.New(fault.URITooLong, "basic_security_check.url.too_long_error"))
		return
	}
	if !storable(r.URL.Path) {
		a.notFound(w, r)
		return
	}
	if !storableQuery(r.URL.RawQuery) {
		a.newCall(w, r).fail(fault.URL("query"))
		return
	}
	path := strings.TrimPrefix(r.URL.Path, strings.TrimSuffix(cfg.SitePath(), "/"))
	if path == "" || path[0] != '/' {
		path = r.URL.Path
	}
	if r.URL.RawPath != "" || path != r.URL.Path { // route on what the path says, not on how it is written
		u := *r.URL
		u.Path, u.RawPath = path, ""
		r2 := *r
		r2.URL = &u
		r = &r2
	}
	mux.ServeHTTP(w, r)
}

// notFound answers paths and methods the API does not have.
func (a *API) notFound(w http.ResponseWriter, r *http.Request) {
	a.newCall(w, r).fail(noRoute(r))
}

// page answers paths outside of the API; those below /api are the API's alone.
func (a *API) page(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		a.notFound(w, r)
		return
	}
	a.Pages.ServeHTTP(w, r)
}

func noRoute(r *http.Request) *fault.Error {
	return fault.New(fault.NotFound, "api.context.404.app_error").Explain("There is no " + r.Method + " " + r.URL.Path + ".")
}

// storable tells whether every database can store and compare the text: PostgreSQL
// takes neither the character NUL nor bytes that are no UTF-8.
func storable(s string) bool {
	return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}

// storableQuery is storable for every parameter of a query.
func storableQuery(raw string) bool {
	if strings.IndexByte(raw, '%') < 0 {
		return storable(raw)
	}
	values, _ := url.ParseQuery(raw) // pairs that cannot be read are dropped wherever a query is read
	for _, list := range values {
		for _, v := range list {
			if !storable(v) {
				return false
			}
		}
	}
	return true
}
