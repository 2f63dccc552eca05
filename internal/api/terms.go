package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	"muster/internal/account"
	"muster/internal/fault"
)

func (a *API) termsRoutes() []route {
	return []route{
		{http.MethodGet, "/terms_of_service", session, none, a.getTermsOfService, 0},
		{http.MethodPost, "/terms_of_service", session, payload, a.createTermsOfService, 0},
		{http.MethodGet, "/users/{user_id}/terms_of_service", session, none, a.getUserTermsOfService, 0},
		{http.MethodPost, "/users/{user_id}/terms_of_service", session, payload, a.saveUserTermsOfService, 0},
	}
}

func (a *API) getTermsOfService(c *call) error {
	t, err := a.Accounts.TermsOfService(c, c.actor)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, t)
}

func (a *API) createTermsOfService(c *call) error {
	in, err := c.texts()
	if err != nil {
		return err
	}
	t, err := a.Accounts.CreateTermsOfService(c, c.actor, in["text"])
	if err != nil {
		return err
	}
	c.note.about(termsObject, t.ID)
	return c.json(http.StatusOK, t)
}

// getUserTermsOfService is about the session's account; the id in the path is not
// looked at, as documented.
func (a *API) getUserTermsOfService(c *call) error {
	if _, err := c.param("user_id"); err != nil {
		return err
	}
	t, err := a.Accounts.UserTermsOfService(c, c.actor)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, t)
}

// saveUserTermsOfService reads the names and types that documents and clients use:
// serviceTermsId or termsOfServiceId, accepted as a boolean or (with the documented
// name) as a text.
func (a *API) saveUserTermsOfService(c *call) error {
	if _, err := c.param("user_id"); err != nil {
		return err
	}
	in, err := decode[map[string]json.RawMessage](c, "termsOfServiceId")
	if err != nil {
		return err
	}
	var t account.TermsAction
	documented := in["termsOfServiceId"] == nil && in["serviceTermsId"] != nil
	id := in["termsOfServiceId"]
	if documented {
		id = in["serviceTermsId"]
	}
	if json.Unmarshal(id, &t.ID) != nil || t.ID == "" {
		return fault.Body("termsOfServiceId")
	}
	if err := acceptance(in["accepted"], documented, &t.Accepted); err != nil {
		return fault.Body("accepted").Because(err)
	}
	return c.ok(a.Accounts.SaveUserTermsOfService(c, c.actor, t))
}

// acceptance reads a boolean, or the text of one where the documents say it is a text.
func acceptance(raw json.RawMessage, text bool, into *bool) error {
	var v *bool
	err := json.Unmarshal(raw, &v)
	if err == nil && v != nil {
		*into = *v
		return nil
	}
	var s string
	if !text || json.Unmarshal(raw, &s) != nil {
		return strconv.ErrSyntax
	}
	*into, err = strconv.ParseBool(s)
	return err
}
