package api

import (
	"net/http"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
)

func (a *API) botRoutes() []route {
	return []route{
		{http.MethodPost, "/bots", session, payload, a.createBot, 0},
		{http.MethodGet, "/bots", session, none, a.getBots, alsoLocal},
		{http.MethodGet, "/bots/{bot_user_id}", session, none, a.getBot, alsoLocal},
		{http.MethodPut, "/bots/{bot_user_id}", session, payload, a.patchBot, alsoLocal},
		{http.MethodPost, "/bots/{bot_user_id}/disable", session, none, a.disableBot, alsoLocal},
		{http.MethodPost, "/bots/{bot_user_id}/enable", session, none, a.enableBot, alsoLocal},
		{http.MethodPost, "/bots/{bot_user_id}/assign/{user_id}", session, none, a.assignBot, alsoLocal},
		{http.MethodPost, "/bots/{bot_user_id}/convert_to_user", session, payload, a.convertBotToUser, alsoLocal},
		{http.MethodPost, "/users/{user_id}/convert_to_bot", session, none, a.convertUserToBot, alsoLocal},
	}
}

// botID gives the bot the path is about.
func (c *call) botID() (string, error) {
	id, err := c.param("bot_user_id")
	if err == nil && !model.ValidID(id) {
		return "", fault.URL("bot_user_id")
	}
	return id, err
}

// bot sends a bot.
func (c *call) bot(status int) func(*model.Bot, error) error {
	return func(b *model.Bot, err error) error {
		if err != nil {
			return err
		}
		return c.json(status, b)
	}
}

func (a *API) createBot(c *call) error {
	in, err := decode[*account.BotPatch](c, "bot")
	if err != nil {
		return err
	}
	if in == nil {
		return fault.Body("bot")
	}
	b, err := a.Workspace.CreateBot(c, c.actor, *in)
	if err == nil {
		c.note.made(botObject, b.UserID)
	}
	return c.bot(http.StatusCreated)(b, err)
}

func (a *API) getBots(c *call) error {
	page, perPage := c.page()
	list, err := a.Accounts.Bots(c, c.actor, account.BotList{
		Page: page, PerPage: perPage,
		IncludeDeleted: c.flag("include_deleted"), OnlyOrphaned: c.flag("only_orphaned"),
	})
	return array(c, list, err)
}

func (a *API) getBot(c *call) error {
	id, err := c.botID()
	if err != nil {
		return err
	}
	return c.bot(http.StatusOK)(a.Accounts.Bot(c, c.actor, id, c.flag("include_deleted")))
}

func (a *API) patchBot(c *call) error {
	id, err := c.botID()
	if err != nil {
		return err
	}
	in, err := decode[*account.BotPatch](c, "bot")
	if err != nil {
		return err
	}
	if in == nil {
		return fault.Body("bot")
	}
	return c.bot(http.StatusOK)(a.Accounts.PatchBot(c, c.actor, id, *in))
}

func (a *API) disableBot(c *call) error { return a.switchBot(c, false) }

func (a *API) enableBot(c *call) error { return a.switchBot(c, true) }

func (a *API) switchBot(c *call, active bool) error {
	id, err := c.botID()
	if err != nil {
		return err
	}
	return c.bot(http.StatusOK)(a.Accounts.UpdateBotActive(c, c.actor, id, active))
}

func (a *API) assignBot(c *call) error {
	owner, err := c.userID()
	if err != nil {
		return err
	}
	id, err := c.botID()
	if err != nil {
		return err
	}
	return c.bot(http.StatusOK)(a.Accounts.AssignBot(c, c.actor, id, owner))
}

func (a *API) convertUserToBot(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	return c.bot(http.StatusOK)(a.Accounts.ConvertUserToBot(c, c.actor, id))
}

func (a *API) convertBotToUser(c *call) error {
	id, err := c.botID()
	if err != nil {
		return err
	}
	p, err := decode[model.UserPatch](c, "userPatch")
	if err != nil {
		return err
	}
	u, err := a.Accounts.ConvertBotToUser(c, c.actor, id, account.BotToUser{Patch: p, SetSystemAdmin: c.flag("set_system_admin")})
	return c.self(u, err)
}
