package api

import (
	"encoding/json"
	"net/http"

	"muster/internal/account"
	"muster/internal/fault"
)

func (a *API) mfaRoutes() []route {
	return []route{
		{http.MethodPost, "/users/mfa", open, payload, a.checkUserMfa, 0},
		{http.MethodPut, "/users/{user_id}/mfa", noMFA, payload, a.updateUserMfa, alsoLocal},
		{http.MethodPost, "/users/{user_id}/mfa/generate", noMFA, none, a.generateMfaSecret, 0},
		{http.MethodGet, "/users/{user_id}/mfa/recovery_codes", session, none, a.getRecoveryCodes, 0},
		{http.MethodPost, "/users/{user_id}/mfa/recovery_codes", session, none, a.generateRecoveryCodes, 0},
		{http.MethodDelete, "/users/{user_id}/mfa/recovery_codes", session, none, a.deleteRecoveryCodes, 0},
	}
}

func (a *API) checkUserMfa(c *call) error {
	in, err := c.texts()
	if err != nil {
		return err
	}
	required, err := a.Accounts.MfaRequired(c, c.actor, in["login_id"])
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, map[string]bool{"mfa_required": required})
}

func (a *API) updateUserMfa(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	if err := a.Accounts.MayUpdateMfa(c, c.actor, id); err != nil {
		return err
	}
	if !c.actor.Local && id != c.actor.UserID && c.mfaRequired() {
		return fault.New(fault.Forbidden, "api.context.mfa_required.app_error")
	}
	in, err := decode[map[string]json.RawMessage](c, "activate")
	if err != nil {
		return err
	}
	var activate *bool
	if json.Unmarshal(in["activate"], &activate) != nil || activate == nil {
		return fault.Body("activate")
	}
	if !*activate {
		return c.ok(a.Accounts.DeactivateMfa(c, c.actor, id))
	}
	var code string
	if json.Unmarshal(in["code"], &code) != nil || code == "" {
		return fault.Body("code")
	}
	return c.ok(a.Accounts.ActivateMfa(c, c.actor, id, code))
}

func (a *API) generateMfaSecret(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	secret, err := a.Accounts.GenerateMfaSecret(c, c.actor, id)
	if err != nil {
		return err
	}
	h := c.w.Header()
	h.Set("Cache-Control", "no-cache")
	h.Set("Pragma", "no-cache")
	h.Set("Expires", "0")
	return c.json(http.StatusOK, secret)
}

func (c *call) recoveryCodes(codes *account.RecoveryCodes, err error) error {
	if err != nil {
		return err
	}
	c.private()
	return c.json(http.StatusOK, codes)
}

func (a *API) getRecoveryCodes(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	return c.recoveryCodes(a.Accounts.RecoveryCodes(c, c.actor, id))
}

func (a *API) generateRecoveryCodes(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	return c.recoveryCodes(a.Accounts.GenerateRecoveryCodes(c, c.actor, id))
}

func (a *API) deleteRecoveryCodes(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	return c.ok(a.Accounts.DeleteRecoveryCodes(c, c.actor, id))
}
