package api

import (
	"net/http"

	"muster/internal/account"
)

func (a *API) switchRoutes() []route {
	return []route{
		{http.MethodPost, "/users/login/type", open, payload, a.getLoginType, 0},
		{http.MethodPost, "/users/login/switch", open, payload, a.switchAccountType, 0},
		{http.MethodPut, "/users/{user_id}/auth", session, payload, a.updateUserAuth, alsoLocal},
	}
}

func (a *API) getLoginType(c *call) error {
	in, err := c.texts()
	if err != nil {
		return err
	}
	service, err := a.Accounts.LoginType(c, c.visitor(), in["login_id"])
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, map[string]string{"auth_service": service})
}

func (a *API) switchAccountType(c *call) error {
	in, err := decode[account.SwitchRequest](c, "switch_request")
	if err != nil {
		return err
	}
	link, err := a.Accounts.SwitchAccountType(c, c.actor, in)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, map[string]string{"follow_link": link})
}

func (a *API) updateUserAuth(c *call) error {
	if err := a.Accounts.MayUpdateAuth(c.actor); err != nil {
		return err
	}
	id, err := c.userID()
	if err != nil {
		return err
	}
	in, err := decode[account.UserAuth](c, "user")
	if err != nil {
		return err
	}
	if err := a.Accounts.UpdateUserAuth(c, c.actor, id, in); err != nil {
		return err
	}
	return c.json(http.StatusOK, in)
}
