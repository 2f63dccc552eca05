package api

import (
	"context"
	"net/http"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
)

func (c *call) presence(s *model.Status, err error) error {
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, s)
}

func (a *API) getUserStatus(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	return c.presence(a.Accounts.Status(c, c.actor, id))
}

func (a *API) getUserStatusesByIDs(c *call) error {
	ids, err := c.stringsIn("user_ids")
	if err != nil {
		return err
	}
	for _, id := range ids {
		if len(id) != model.IDLength {
			return fault.Body("user_ids")
		}
	}
	list, err := a.Accounts.Statuses(c, c.actor, ids)
	return array(c, list, err)
}

func (a *API) updateUserStatus(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	in, err := decode[model.Status](c, "status")
	if err != nil {
		return err
	}
	return c.presence(a.Accounts.UpdateStatus(c, c.actor, id, in))
}

func (a *API) updateCustomStatus(c *call) error {
	return a.changeCustomStatus(c, a.Accounts.SetCustomStatus)
}

func (a *API) removeRecentCustomStatus(c *call) error {
	return a.changeCustomStatus(c, a.Accounts.ForgetCustomStatus)
}

// changeCustomStatus reads a custom status and does something with it.
func (a *API) changeCustomStatus(c *call, do func(context.Context, perm.Actor, string, model.CustomStatus) error) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	in, err := decode[model.CustomStatus](c, "custom_status")
	if err != nil {
		return err
	}
	return c.ok(do(c, c.actor, id, in))
}

func (a *API) unsetCustomStatus(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	return c.ok(a.Accounts.ClearCustomStatus(c, c.actor, id))
}
