package api

import (
	"net/http"
	"time"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
)

func (a *API) login(c *call) error {
	in, err := c.texts()
	if err != nil {
		return err
	}
	var s *account.SignIn
	device := first(in["device_id"], in["deviceId"])
	if link := in["magic_link_token"]; link != "" {
		c.note.with(loginMethod, byGuestLink)
		s, err = a.Workspace.LoginByLink(c, c.visitor(), model.NewSecret(link), device)
		err = a.Accounts.MaskSignIn(err)
	} else {
		s, err = a.Accounts.Login(c, c.visitor(), account.Credentials{
			LoginID: in["login_id"], ID: in["id"],
			Password: model.NewSecret(in["password"]), DeviceID: device, Code: in["token"],
		})
	}
	if err != nil {
		return err
	}
	c.note.signedIn(s.Session)
	c.w.Header().Set("Token", s.Token.Reveal())
	if c.r.Header.Get("X-Requested-With") == "XMLHttpRequest" {
		c.setSessionCookies(s)
	}
	c.write(http.StatusCreated, s.User.JSON())
	return nil
}

// visitor is the actor as somebody who is about to sign in: nobody yet.
func (c *call) visitor() perm.Actor {
	v := c.actor
	v.UserID, v.SessionID = "", ""
	return v
}

// first gives the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func (a *API) logout(c *call) error {
	c.clearSessionCookie()
	c.note.with("auth_status", c.authStatus())
	if err := a.Accounts.Logout(c, c.actor); err != nil {
		return err
	}
	c.write(http.StatusCreated, okBody)
	return nil
}

// authStatus says what became of the token a request came with, for the records.
func (c *call) authStatus() string {
	switch token, _ := tokenOf(c.r); {
	case c.caller.Session != nil:
		return "authenticated"
	case token != "":
		return "token_invalid"
	}
	return "no_token"
}

func (a *API) updatePassword(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	in, err := c.texts("already_hashed")
	if err != nil {
		return err
	}
	return c.ok(a.Accounts.UpdatePassword(c, c.actor, id, account.NewPassword{
		Current: model.NewSecret(in["current_password"]),
		New:     model.NewSecret(in["new_password"]), AlreadyHashed: in["already_hashed"] == "true",
	}))
}

func (a *API) getSessions(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	list, err := a.Accounts.Sessions(c, c.actor, id)
	return array(c, list, err)
}

func (a *API) revokeSession(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	in, err := c.texts()
	if err != nil {
		return err
	}
	return c.ok(a.Accounts.RevokeSession(c, c.actor, id, in["session_id"]))
}

func (a *API) revokeAllSessions(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	return c.ok(a.Accounts.RevokeAllSessions(c, c.actor, id))
}

func (a *API) revokeSessionsFromAllUsers(c *call) error {
	return c.ok(a.Accounts.RevokeSessionsOfAllUsers(c, c.actor))
}

func (a *API) attachDevice(c *call) error {
	in, err := c.texts("device_notification_disabled", "deviceNotificationDisabled")
	if err != nil {
		return err
	}
	d := account.Device{
		ID:                   first(in["device_id"], in["deviceId"]),
		NotificationDisabled: first(in["device_notification_disabled"], in["deviceNotificationDisabled"]),
		MobileVersion:        first(in["mobile_version"], in["mobileVersion"]),
	}
	if _, err := a.Accounts.AttachDevice(c, c.actor, d); err != nil {
		return err
	}
	if token, from := tokenOf(c.r); d.ID != "" && from == fromCookie {
		age := time.Duration(c.cfg.ServiceSettings.SessionLengthMobileInHours) * time.Hour
		c.setCookie(&http.Cookie{Name: sessionCookie, Value: token, HttpOnly: true}, age)
	}
	return c.ok(nil)
}

// use notes that somebody is at work. A session that ends later for that is a cookie that
// ends later, and is recorded.
func (a *API) use(c *call) {
	n := c.caller.Session
	if n == nil || !a.Accounts.Use(c, n) {
		return
	}
	if token, from := tokenOf(c.r); from == fromCookie {
		c.setSessionCookies(&account.SignIn{Session: n, Token: model.NewSecret(token)})
	}
	own := c.note // of what was done; the extension has a record of its own
	c.beginRecord(&recorded{name: "extendSessionExpiry"})
	c.endRecord(nil)
	c.note = own
}

// notYet answers operations of the API that are still to come.
func (a *API) notYet(*call) error {
	return fault.New(fault.Unavailable, "api.muster.not_yet.app_error")
}
