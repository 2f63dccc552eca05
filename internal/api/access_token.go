package api

import (
	"net/http"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
)

func (a *API) accessTokenRoutes() []route {
	return []route{
		{http.MethodPost, "/users/{user_id}/tokens", session, payload, a.createUserAccessToken, alsoLocal},
		{http.MethodGet, "/users/{user_id}/tokens", session, none, a.getUserAccessTokensForUser, alsoLocal},
		{http.MethodGet, "/users/tokens", session, none, a.getUserAccessTokens, 0},
		{http.MethodPost, "/users/tokens/search", session, payload, a.searchUserAccessTokens, noCSRF},
		{http.MethodGet, "/users/tokens/{token_id}", session, none, a.getUserAccessToken, 0},
		{http.MethodPost, "/users/tokens/revoke", session, payload, a.revokeUserAccessToken, alsoLocal},
		{http.MethodPost, "/users/tokens/disable", session, payload, a.disableUserAccessToken, 0},
		{http.MethodPost, "/users/tokens/enable", session, payload, a.enableUserAccessToken, 0},
		{http.MethodPost, "/users/tokens/rotate", session, payload, a.rotateUserAccessToken, 0},
	}
}

func (a *API) createUserAccessToken(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	in, err := decode[account.NewAccessToken](c, "user_access_token")
	if err != nil {
		return err
	}
	t, err := a.Accounts.CreateUserAccessToken(c, c.actor, id, in)
	if err == nil {
		c.note.with("token_id", t.ID)
	}
	return c.accessToken(http.StatusCreated)(t, err)
}

// accessToken sends a token; one that shows its secret stays out of every cache.
func (c *call) accessToken(status int) func(*model.UserAccessToken, error) error {
	return func(t *model.UserAccessToken, err error) error {
		if err != nil {
			return err
		}
		if t.Token != "" {
			c.private()
		}
		return c.json(status, t)
	}
}

func (a *API) getUserAccessTokensForUser(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	page, perPage := c.page()
	list, err := a.Accounts.UserAccessTokens(c, c.actor, id, page, perPage)
	return array(c, list, err)
}

func (a *API) getUserAccessTokens(c *call) error {
	page, perPage := c.page()
	list, err := a.Accounts.AllUserAccessTokens(c, c.actor, page, perPage)
	return array(c, list, err)
}

func (a *API) searchUserAccessTokens(c *call) error {
	in, err := decode[struct {
		Term string `json:"term"`
	}](c, "user_access_token_search")
	if err != nil {
		if denied := c.actor.Need(perm.ManageSystem); denied != nil {
			return denied
		}
		return err
	}
	list, err := a.Accounts.SearchUserAccessTokens(c, c.actor, in.Term)
	return array(c, list, err)
}

func (a *API) getUserAccessToken(c *call) error {
	id, err := c.param("token_id")
	if err != nil {
		return err
	}
	if !model.ValidID(id) {
		return fault.URL("token_id")
	}
	return c.accessToken(http.StatusOK)(a.Accounts.UserAccessToken(c, c.actor, id))
}

// tokenID reads the token a change is about.
func (c *call) tokenID() (string, error) {
	in, err := c.texts()
	if model.ValidID(in["token_id"]) {
		c.note.about(tokenObject, in["token_id"])
	}
	return in["token_id"], err
}

func (a *API) revokeUserAccessToken(c *call) error {
	id, err := c.tokenID()
	if err != nil {
		return err
	}
	return c.ok(a.Accounts.RevokeUserAccessToken(c, c.actor, id))
}

func (a *API) disableUserAccessToken(c *call) error {
	id, err := c.tokenID()
	if err != nil {
		return err
	}
	return c.ok(a.Accounts.DisableUserAccessToken(c, c.actor, id))
}

func (a *API) enableUserAccessToken(c *call) error {
	id, err := c.tokenID()
	if err != nil {
		return err
	}
	return c.ok(a.Accounts.EnableUserAccessToken(c, c.actor, id))
}

func (a *API) rotateUserAccessToken(c *call) error {
	id, err := c.tokenID()
	if err != nil {
		return err
	}
	return c.accessToken(http.StatusOK)(a.Accounts.RotateUserAccessToken(c, c.actor, id))
}
