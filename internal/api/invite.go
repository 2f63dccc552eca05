package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/workspace"
)

func (a *API) inviteRoutes() []route {
	return []route{
		{http.MethodPost, "/teams/{team_id}/invite/email", session, payload, a.inviteUsersToTeam, 0},
		{http.MethodPost, "/teams/{team_id}/invite-guests/email", session, payload, a.inviteGuestsToTeam, 0},
		{http.MethodDelete, "/teams/invites/email", session, none, a.invalidateEmailInvites, 0},
		{http.MethodPost, "/teams/members/invite", session, none, a.addTeamMemberFromInvite, 0},
		{http.MethodPost, "/users/{user_id}/demote", session, none, a.demoteUserToGuest, alsoLocal},
		{http.MethodPost, "/users/{user_id}/promote", session, none, a.promoteGuestToUser, alsoLocal},
		{http.MethodGet, "/login/one_time_link", open, none, a.loginByLink, atRoot},
	}
}

// invitationBody is a body that invites people. Clients name the channels in several ways.
type invitationBody struct {
	Emails     []string `json:"emails"`
	ChannelIDs []string `json:"channelIds"`
	Channels   []string `json:"channels"`
	Others     []string `json:"channel_ids"`
	Message    string   `json:"message"`
}

func (b invitationBody) channels() []string {
	return append(append(append([]string{}, b.ChannelIDs...), b.Channels...), b.Others...)
}

// invite reads whom somebody invites, asks for it, and sends what became of it.
func (a *API) invite(c *call, unusable string, in workspace.Invitation) error {
	teamID, err := c.id("team_id")
	if err != nil {
		return err
	}
	raw, err := decodeOr[json.RawMessage](c, fault.New(fault.Invalid, unusable))
	if err != nil {
		return err
	}
	body := &invitationBody{}
	if !in.Guests && strings.HasPrefix(string(raw), "[") {
		err = json.Unmarshal(raw, &body.Emails)
	} else {
		err = json.Unmarshal(raw, &body)
	}
	if err != nil || body == nil {
		return fault.New(fault.Invalid, unusable)
	}
	in.Emails, in.ChannelIDs, in.Message, in.Graceful = body.Emails, body.channels(), body.Message, c.value("graceful") != ""
	if len(in.Emails) > idsPerCall || len(in.ChannelIDs) > idsPerCall {
		return fault.New(fault.Invalid, unusable)
	}
	list, err := a.Workspace.InviteByEmail(c, c.actor, teamID, in)
	if err != nil || !in.Graceful {
		return c.ok(err)
	}
	type fate struct {
		Email string     `json:"email"`
		Error *errorBody `json:"error,omitempty"`
	}
	out := make([]fate, len(list))
	for i, l := range list {
		out[i] = fate{l.Email, c.faultBody(l.Err)}
	}
	return c.json(http.StatusOK, out)
}

func (a *API) inviteUsersToTeam(c *call) error {
	return a.invite(c, "api.team.invite_members_to_team_and_channels.invalid_body.app_error", workspace.Invitation{})
}

func (a *API) inviteGuestsToTeam(c *call) error {
	return a.invite(c, "api.team.invite_guests_to_channels.invalid_body.app_error",
		workspace.Invitation{Guests: true, WithLinks: c.flag("guest_magic_link")})
}

func (a *API) invalidateEmailInvites(c *call) error {
	return c.ok(a.Workspace.InvalidateInvitations(c, c.actor))
}

func (a *API) addTeamMemberFromInvite(c *call) error {
	t := workspace.Ticket{Token: model.NewSecret(c.value("token")), InviteID: c.value("invite_id")}
	if !t.Given() {
		return fault.New(fault.Invalid, "api.team.add_user_to_team.missing_parameter.app_error")
	}
	m, err := a.Workspace.JoinByInvitation(c, c.actor, t)
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, m)
}

func (a *API) demoteUserToGuest(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	return c.ok(a.Workspace.DemoteToGuest(c, c.actor, id))
}

func (a *API) promoteGuestToUser(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	return c.ok(a.Workspace.PromoteGuest(c, c.actor, id))
}

// loginByLink signs in a guest who opened a mailed link, and leads on to the site.
func (a *API) loginByLink(c *call) error {
	if c.caller.Session != nil {
		c.note = nil // nobody signs in
		return c.redirect("/error?type=magic_link_already_logged_in")
	}
	c.note.with(loginMethod, byGuestLink)
	if !c.cfg.GuestAccountsSettings.EnableGuestMagicLink {
		return c.refusedLink(fault.New(fault.Unauthenticated, "api.user.login.guest_magic_link.disabled.error"))
	}
	token := c.value("t")
	if token == "" {
		return fault.New(fault.Invalid, "api.user.guest_magic_link.missing_token.app_error")
	}
	in, err := a.Workspace.LoginByLink(c, c.visitor(), model.NewSecret(token), "")
	if f := fault.As(err); f != nil && f.Kind != fault.Internal {
		return c.refusedLink(f)
	}
	if err != nil {
		return err
	}
	c.note.signedIn(in.Session)
	c.setSessionCookies(in)
	target := c.value("redirect_to")
	if !account.OwnPath(target) {
		target = "/"
	}
	return c.redirect(target)
}

// refusedLink leads to the sign-in page, which shows why a link did not work.
func (c *call) refusedLink(f *fault.Error) error {
	c.endRecord(f) // the answer itself is none that fails
	return c.redirect("/login?extra=login_error&message=" + url.QueryEscape(c.message(f)))
}

// redirect leads a browser to a path of this site.
func (c *call) redirect(path string) error {
	c.w.Header().Set("Location", strings.TrimSuffix(c.cfg.SitePath(), "/")+path)
	c.write(http.StatusFound, nil)
	return nil
}
