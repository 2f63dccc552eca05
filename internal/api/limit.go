package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"muster/internal/config"
	"muster/internal/model"
	"muster/internal/rate"
)

// limits are the bounds of RateLimitSettings: for every request, and for the
// operations that have one of their own. All are nil when they are switched off.
type limits struct {
	settings config.RateLimitSettings // as they were at the start
	all      *rate.Limiter
	of       map[string]*rate.Limiter // by method and path
}

// operationLimits are the documented bounds of single operations, for each address.
var operationLimits = map[string]rate.Limit{
	"POST /users/login":               {PerSecond: 5, Burst: 10},
	"POST /users/login/desktop_token": {PerSecond: 2, Burst: 1},
	"POST /oauth/apps/register":       {PerSecond: 2, Burst: 1},
}

func newLimits(s config.RateLimitSettings) limits {
	l := limits{settings: s}
	if !s.Enable {
		return l
	}
	l.all = rate.New(rate.Limit{PerSecond: s.PerSec, Burst: s.MaxBurst}, s.MemoryStoreSize)
	l.of = map[string]*rate.Limiter{}
	for operation, limit := range operationLimits {
		l.of[operation] = rate.New(limit, s.MemoryStoreSize)
	}
	return l
}

// errLimitExceeded refuses who asks too fast: the one answer that is not JSON.
var errLimitExceeded = errors.New("limit exceeded")

// admit counts a request before anything else is done for it.
func (l *limits) admit(w http.ResponseWriter, r *http.Request, cfg *config.Config, now time.Time) error {
	if l.all == nil {
		return nil
	}
	return count(w, l.all, l.key(cfg, r), now)
}

// admitUser counts a request once more for the account it turned out to come from,
// however many sessions that has.
func (c *call) admitUser() error {
	l := &c.api.limits
	if l.all == nil || !l.settings.VaryByUser || c.caller.Session == nil {
		return nil
	}
	return count(c.w, l.all, "user "+c.caller.Session.UserID, c.api.Now())
}

// admitOperation counts a request of an operation with a bound of its own.
func (c *call) admitOperation() error {
	own := c.api.limits.of[c.route.method+" "+c.route.path]
	if own == nil {
		return nil
	}
	return count(c.w, own, c.actor.IP, c.api.Now())
}

// key tells callers apart as the settings want it: by their token, or where that is not
// wanted or there is none by their address; and by a header.
func (l *limits) key(cfg *config.Config, r *http.Request) string {
	var key string
	if l.settings.VaryByUser {
		if token, _ := tokenOf(r); token != "" {
			key = "token " + string(model.HashToken(token)) // secrets are kept nowhere
		}
	}
	if key == "" && l.settings.VaryByRemoteAddr {
		addr, _ := clientAddress(cfg, r)
		key = addr.String()
	}
	if name := l.settings.VaryByHeader; name != "" {
		key += " " + strings.ToLower(r.Header.Get(name))
	}
	return key
}

// count tells in the headers how a request fits the limit, and refuses it when it does not.
func count(w http.ResponseWriter, by *rate.Limiter, key string, now time.Time) error {
	result := by.Take(key, now)
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(result.Limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(result.Remaining))
	h.Set("X-RateLimit-Reset", strconv.Itoa(rate.Seconds(result.Reset)))
	if result.Allowed {
		return nil
	}
	h.Set("Retry-After", strconv.Itoa(rate.Seconds(result.Retry)))
	return errLimitExceeded
}

// tooFast answers who asks too fast.
func (c *call) tooFast() {
	c.w.Header().Set("Content-Type", "text/plain")
	c.write(http.StatusTooManyRequests, []byte(errLimitExceeded.Error()))
}
