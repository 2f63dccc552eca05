package api

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"muster/internal/account"
	"muster/internal/model"
)

// Names of the cookies.
const (
	sessionCookie = "MMAUTHTOKEN"
	userCookie    = "MMUSERID"
	csrfCookie    = "MMCSRF"
)

// setSessionCookies gives a browser its session. Their lifetime follows the length
// of web sessions, whatever the session is.
func (c *call) setSessionCookies(in *account.SignIn) {
	age := time.Duration(c.cfg.ServiceSettings.SessionLengthWebInHours) * time.Hour
	c.setCookie(&http.Cookie{Name: sessionCookie, Value: in.Token.Reveal(), HttpOnly: true}, age)
	c.setCookie(&http.Cookie{Name: userCookie, Value: in.Session.UserID}, age)
	c.setCookie(&http.Cookie{Name: csrfCookie, Value: in.Session.Props[model.PropCSRF]}, age)
}

func (c *call) setCookie(k *http.Cookie, age time.Duration) {
	k.MaxAge = int(age.Seconds())
	k.Expires = c.api.Now().Add(age)
	c.sendCookie(k)
}

// clearSessionCookie takes the session cookie from a browser that has a useless one.
func (c *call) clearSessionCookie() {
	c.sendCookie(&http.Cookie{Name: sessionCookie, MaxAge: -1, HttpOnly: true})
}

// sendCookie says where a cookie belongs. A browser replaces and removes a cookie
// only when it is told the same place again.
func (c *call) sendCookie(k *http.Cookie) {
	k.Path = c.cfg.SitePath()
	k.Secure = c.secure()
	if embedded, err := c.r.Cookie("MMEMBED"); err == nil && embedded.Value == "1" && k.Secure {
		k.SameSite = http.SameSiteNoneMode
	}
	if c.cfg.ServiceSettings.AllowCookiesForSubdomains {
		if site, err := url.Parse(c.cfg.ServiceSettings.SiteURL); err == nil {
			k.Domain = site.Hostname()
		}
	}
	http.SetCookie(c.w, k)
}

// secure tells whether the client's connection is encrypted, here or at a trusted proxy.
func (c *call) secure() bool {
	if c.r.TLS != nil {
		return true
	}
	nearest, _, _ := strings.Cut(c.r.Header.Get("X-Forwarded-Proto"), ",")
	return c.proxied && strings.EqualFold(strings.TrimSpace(nearest), "https")
}
