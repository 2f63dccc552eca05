package api

import (
	"net/http"
	"net/url"
	"strings"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/hub"
)

func (a *API) websocketRoutes() []route {
	return []route{
		{http.MethodGet, "/websocket", open, none, a.connectWebSocket, 0},
		{http.MethodGet, "/websocket/", open, none, a.connectWebSocket, 0},
		{http.MethodPost, "/users/{user_id}/typing", session, payload, a.publishUserTyping, canWait},
	}
}

// connectWebSocket makes the request a websocket, which the hub goes on with.
func (a *API) connectWebSocket(c *call) error {
	if !c.mayConnect() {
		return fault.New(fault.Invalid, "api.web_socket.connect.upgrade.app_error").Explain("origin " + c.r.Header.Get("Origin") + " is not allowed")
	}
	token, from := tokenOf(c.r)
	q := c.r.URL.Query()
	o := hub.Opening{
		Caller: c.caller, Token: strings.Clone(token), Address: c.actor.IP, Acks: q.Get("posted_ack") == "true",
		ConnectionID: strings.Clone(q.Get("connection_id")), Sequence: q.Get("sequence_number"), Describe: a.describer(c),
	}
	if origin := c.r.Header.Get("Origin"); from == fromCookie && origin != "" && !c.siteOrigin(origin) {
		o.Caller, o.Token = account.Caller{}, "" // every origin may connect, but not with somebody's cookie
	}
	if o.Caller.Session != nil {
		a.Accounts.Touch(o.Caller.Session)
	}
	h := c.w.Header()
	h.Del("Content-Type")
	h.Del("Expires")
	if err := a.Hub.Open(c.w, c.r, o); err != nil {
		h["Content-Type"] = jsonType
		return err
	}
	c.status = http.StatusSwitchingProtocols
	return nil
}

func (a *API) publishUserTyping(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	in, err := decode[struct {
		ChannelID string `json:"channel_id"`
		ParentID  string `json:"parent_id"`
	}](c, "channel_id")
	if err != nil {
		return err
	}
	return c.ok(a.Workspace.Typing(c, c.actor, id, in.ChannelID, in.ParentID))
}

// mayConnect tells whether the origin of a page allows a websocket. Programs that are no
// browsers send none.
func (c *call) mayConnect() bool {
	origins := c.r.Header["Origin"]
	if len(origins) == 0 {
		return true
	}
	_, all := allowedOrigin(c.cfg, origins[0])
	return len(origins) == 1 && origins[0] != "null" && (all || c.siteOrigin(origins[0]))
}

// siteOrigin tells whether an origin is the site, or listed beside it.
func (c *call) siteOrigin(origin string) bool {
	if listed, _ := allowedOrigin(c.cfg, origin); listed {
		return true
	}
	o, err := url.Parse(origin)
	if err != nil || o.Host == "" {
		return false
	}
	host := c.r.Host
	if site, err := url.Parse(c.cfg.ServiceSettings.SiteURL); err == nil && site.Host != "" {
		host = site.Host
	}
	return strings.EqualFold(o.Host, host)
}

// describer says what went wrong on a websocket, in the language of the request that
// opened it. It outlives the request.
func (a *API) describer(c *call) func(error) hub.Problem {
	language := strings.Clone(c.language())
	return func(err error) hub.Problem {
		f := fault.As(err)
		if f == nil || f.Kind == fault.Internal && f.Err != nil {
			a.Log.Error("action on a websocket failed", "error", err)
		}
		if f == nil {
			f = fault.New(fault.Internal, internalID)
		}
		return hub.Problem{ID: f.ID, Message: a.messages.text(language, f.ID, f.Params), StatusCode: statusOf[f.Kind]}
	}
}
