package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/workspace"
)

func (a *API) createUser(c *call) error {
	in, err := decode[model.UserInput](c, "user")
	if err != nil {
		return err
	}
	r := account.SignUp{Input: &in, NearBy: c.nearBy && !c.fromForeignPage(), RedirectTo: c.value("r")}
	create := a.Accounts.CreateUser
	if t := (workspace.Ticket{Token: model.NewSecret(c.value("t")), InviteID: c.value("iid")}); t.Given() {
		create = func(ctx context.Context, p perm.Actor, r account.SignUp) (*model.User, error) {
			return a.Workspace.SignUp(ctx, p, r, t)
		}
	}
	u, err := create(c, c.actor, r)
	if err != nil {
		return err
	}
	c.note.made(userObject, u.ID)
	view := u.View(model.ViewSelf, model.Privacy{})
	view.DisableWelcomeEmail = in.DisableWelcomeEmail
	return c.json(http.StatusCreated, view)
}

// fromForeignPage tells whether a browser sent the request for a page of another site:
// a page from anywhere can send requests to this machine, also under a name of its
// own that means this machine.
func (c *call) fromForeignPage() bool {
	origin := c.r.Header.Get("Origin")
	if origin == "" {
		return false // not a browser
	}
	o, err := url.Parse(origin)
	if err != nil || !strings.EqualFold(o.Host, c.r.Host) {
		return true
	}
	if site, err := url.Parse(c.cfg.ServiceSettings.SiteURL); err == nil && strings.EqualFold(site.Host, o.Host) {
		return false
	}
	addr, err := netip.ParseAddr(o.Hostname())
	return o.Hostname() != "localhost" && (err != nil || !addr.IsLoopback())
}

func (a *API) getUsers(c *call) error {
	page, perPage := c.page()
	l := account.UserList{Page: page, PerPage: perPage}
	if c.r.URL.RawQuery != "" {
		l = account.UserList{
			Page: page, PerPage: perPage, Active: c.flag("active"), Inactive: c.flag("inactive"),
			Role: c.value("role"), Roles: c.names("roles"), WithoutTeam: c.flag("without_team"), Sort: c.value("sort"),
			InTeam: c.value("in_team"), NotInTeam: c.value("not_in_team"),
			InChannel: c.value("in_channel"), NotInChannel: c.value("not_in_channel"),
			InGroup: c.value("in_group"), NotInGroup: c.value("not_in_group"),
			WithoutTeamGiven: c.value("without_team") != "", GroupConstrained: c.flag("group_constrained"),
			ChannelRoles: c.names("channel_roles"), TeamRoles: c.names("team_roles"),
		}
	}
	list, err := a.Accounts.Users(c, c.actor, l)
	if err != nil {
		return err
	}
	a.touch(c)
	if list.Tagged && c.unchanged(Version+"."+list.ETag()) {
		return nil
	}
	return c.list(list, nil)
}

// touch notes that the caller's session is in use.
func (a *API) touch(c *call) {
	if c.caller.Session != nil {
		a.Accounts.Touch(c.caller.Session)
	}
}

func (a *API) permanentDeleteAllUsers(c *call) error {
	return c.ok(a.Accounts.PermanentDeleteAllUsers(c, c.actor))
}

func (a *API) getUsersByIDs(c *call) error {
	ids, err := c.stringsIn("user_ids")
	if err != nil {
		return err
	}
	var since int64
	if v := c.value("since"); v != "" {
		if since, err = strconv.ParseInt(v, 10, 64); err != nil {
			return fault.Body("since").Because(err)
		}
	}
	return c.list(a.Accounts.UsersByIDs(c, c.actor, ids, since))
}

func (a *API) getUsersByUsernames(c *call) error {
	names, err := c.stringsIn("usernames")
	if err != nil {
		return err
	}
	return c.list(a.Accounts.UsersByUsernames(c, c.actor, names))
}

func (a *API) searchUsers(c *call) error {
	q, err := decode[account.UserSearch](c, "props")
	if err != nil {
		return err
	}
	return c.list(a.Accounts.SearchUsers(c, c.actor, q))
}

// autocompleteMax is the number of accounts one call may complete to.
const autocompleteMax = 1000

func (a *API) autocompleteUsers(c *call) error {
	q := account.UserAutocomplete{
		Name: c.value("name"), InTeam: c.value("in_team", "team_id"),
		InChannel: c.value("in_channel", "channel_id"), Limit: 100,
	}
	if v := c.value("limit"); v != "" {
		q.Limit, _ = strconv.Atoi(v) // what is no number finds nothing, as documented
		q.Limit = min(q.Limit, autocompleteMax)
	}
	found, err := a.Accounts.AutocompleteUsers(c, c.actor, q)
	if err != nil {
		return err
	}
	body := found.Users.AppendJSON([]byte(`{"users":`))
	if len(found.OutOfChannel.Records) > 0 {
		body = found.OutOfChannel.AppendJSON(append(body, `,"out_of_channel":`...))
	}
	c.write(http.StatusOK, append(body, '}'))
	return nil
}

func (a *API) getKnownUsers(c *call) error {
	ids, err := a.Accounts.KnownUsers(c, c.actor)
	return array(c, ids, err)
}

func (a *API) getUsersByGroupChannels(c *call) error {
	parse := fault.New(fault.Invalid, "api.payload.parse.error")
	ids, err := decodeOr[[]string](c, parse)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return parse
	}
	slices.Sort(ids)
	users, err := a.Accounts.GroupChannelUsers(c, c.actor, slices.Compact(ids))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, users)
}

func (a *API) getUsersStats(c *call) error {
	stats, err := a.Accounts.Stats(c, c.actor)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, stats)
}

func (a *API) getFilteredUsersStats(c *call) error {
	f := account.StatsFilter{
		InTeam: c.value("in_team"), InChannel: c.value("in_channel"), IncludeDeleted: c.flag("include_deleted"),
		IncludeBots: c.flag("include_bots"), Roles: c.names("roles"),
	}
	if f.InChannel != "" {
		f.ChannelRoles = c.names("channel_roles")
	}
	if f.InTeam != "" {
		f.TeamRoles = c.names("team_roles")
	}
	stats, err := a.Accounts.FilteredStats(c, c.actor, f)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, stats)
}

func (a *API) getInvalidEmails(c *call) error {
	page, perPage := c.page()
	return c.list(a.Accounts.InvalidEmails(c, c.actor, page, perPage))
}

// answer sends one account, or 304.
func (c *call) answer(u account.Answer, err error) error {
	if err != nil {
		return err
	}
	if !c.unchanged(Version + "." + u.ETag()) {
		c.write(http.StatusOK, u.JSON())
	}
	return nil
}

func (a *API) getUser(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	u, err := a.Accounts.User(c, c.actor, id)
	if err == nil {
		a.touch(c)
	}
	return c.answer(u, err)
}

func (a *API) getUserByUsername(c *call) error {
	name := chi.URLParam(c.r, "username")
	for i := range len(name) {
		if b := name[i]; b != '_' && b != '-' && b != '.' && !model.AlphaNumeric(name[i:i+1]) {
			return noRoute(c.r)
		}
	}
	return c.answer(a.Accounts.UserByUsername(c, c.actor, name))
}

func (a *API) getUserByEmail(c *call) error {
	email := chi.URLParam(c.r, "*")
	if email == "" {
		return noRoute(c.r)
	}
	return c.answer(a.Accounts.UserByEmail(c, c.actor, email))
}

func (a *API) updateUser(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	in, err := decode[model.UserInput](c, "user")
	if err != nil {
		return err
	}
	if in.ID != id {
		return fault.Body("user_id")
	}
	u, err := a.Accounts.UpdateUser(c, c.actor, &in)
	return c.self(u, err)
}

func (a *API) patchUser(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	p, err := decode[model.UserPatch](c, "user")
	if err != nil {
		return err
	}
	u, err := a.Accounts.PatchUser(c, c.actor, id, &p)
	return c.self(u, err)
}

// self sends an account as its owner sees it.
func (c *call) self(u *model.User, err error) error {
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, u.View(model.ViewSelf, model.Privacy{}))
}

func (a *API) deleteUser(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	if c.flag("permanent") {
		return c.ok(a.Accounts.PermanentDeleteUser(c, c.actor, id))
	}
	return c.ok(a.Accounts.DeleteUser(c, c.actor, id))
}

func (a *API) updateUserRoles(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	in, err := c.texts()
	if err != nil {
		return err
	}
	return c.ok(a.Accounts.UpdateRoles(c, c.actor, id, in["roles"]))
}

func (a *API) updateUserActive(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	in, err := decode[map[string]json.RawMessage](c, "active")
	if err != nil {
		return err
	}
	var active bool
	if json.Unmarshal(in["active"], &active) != nil || in["active"] == nil || string(in["active"]) == "null" {
		return fault.Body("active")
	}
	return c.ok(a.Accounts.UpdateActive(c, c.actor, id, active))
}

func (a *API) getUserAudits(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	page, perPage := c.page()
	rows, err := a.Accounts.Audits(c, c.actor, id, page, perPage)
	return array(c, rows, err)
}

func (a *API) resetFailedAttempts(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	return c.ok(a.Accounts.ResetFailedAttempts(c, c.actor, id))
}
