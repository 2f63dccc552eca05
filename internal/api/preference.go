package api

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
)

func (a *API) getPreferences(c *call) error { return a.preferencesOf(c, "") }

func (a *API) getPreferencesByCategory(c *call) error {
	category := chi.URLParam(c.r, "category")
	if !validCategory(category) {
		return fault.URL("category")
	}
	return a.preferencesOf(c, category)
}

// validCategory tells whether the text can be a category: 1 to 32 of a-z, 0-9, - and _.
func validCategory(s string) bool {
	if s == "" || len(s) > model.PreferenceKeyMax {
		return false
	}
	for i := range len(s) {
		b := s[i]
		if (b < 'a' || b > 'z') && (b < 'A' || b > 'Z') && (b < '0' || b > '9') && b != '-' && b != '_' {
			return false
		}
	}
	return true
}

func (a *API) preferencesOf(c *call, category string) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	list, err := a.Accounts.Preferences(c, c.actor, id, category)
	return array(c, list, err)
}

func (a *API) getPreference(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	p, err := a.Accounts.Preference(c, c.actor, id, chi.URLParam(c.r, "category"), chi.URLParam(c.r, "preference_name"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, p)
}

func (a *API) updatePreferences(c *call) error {
	return a.changePreferences(c, (*account.Service).SavePreferences)
}

func (a *API) deletePreferences(c *call) error {
	return a.changePreferences(c, (*account.Service).DeletePreferences)
}

func (a *API) changePreferences(c *call,
	change func(*account.Service, context.Context, perm.Actor, string, []model.Preference) error,
) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	list, err := decode[[]model.Preference](c, "preferences")
	if err != nil {
		return err
	}
	return c.ok(change(a.Accounts, c, c.actor, id, list))
}
