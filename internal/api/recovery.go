package api

import (
	"net/http"

	"muster/internal/model"
)

func (a *API) recoveryRoutes() []route {
	return []route{
		{http.MethodPost, "/users/password/reset/send", open, payload, a.sendPasswordResetEmail, alsoLocal},
		{http.MethodPost, "/users/password/reset", open, payload, a.resetPassword, 0},
		{http.MethodPost, "/users/email/verify", open, payload, a.verifyUserEmail, 0},
		{http.MethodPost, "/users/email/verify/send", open, payload, a.sendVerificationEmail, 0},
		{http.MethodPost, "/users/{user_id}/email/verify/member", session, none, a.verifyUserEmailWithoutToken, alsoLocal},
		{http.MethodPost, "/email/test", session, payload, a.testEmail, 0},
	}
}

func (a *API) sendPasswordResetEmail(c *call) error {
	in, err := c.texts()
	if err != nil {
		return err
	}
	return c.ok(a.Accounts.SendPasswordReset(c, c.actor, in["email"]))
}

func (a *API) resetPassword(c *call) error {
	in, err := c.texts()
	if err != nil {
		return err
	}
	whose, err := a.Accounts.ResetPassword(c, c.actor, model.NewSecret(first(in["token"], in["code"])), model.NewSecret(in["new_password"]))
	c.note.about(userObject, whose)
	return c.ok(err)
}

func (a *API) verifyUserEmail(c *call) error {
	in, err := c.texts()
	if err != nil {
		return err
	}
	whose, err := a.Accounts.VerifyUserEmail(c, c.actor, model.NewSecret(in["token"]))
	c.note.about(userObject, whose)
	return c.ok(err)
}

func (a *API) sendVerificationEmail(c *call) error {
	in, err := c.texts()
	if err != nil {
		return err
	}
	return c.ok(a.Accounts.SendVerificationEmail(c, c.actor, in["email"], c.value("r")))
}

func (a *API) verifyUserEmailWithoutToken(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	u, err := a.Accounts.VerifyUserEmailWithoutToken(c, c.actor, id)
	if err != nil {
		return err
	}
	c.write(http.StatusOK, u.JSON())
	return nil
}
