package api

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"muster/internal/fault"
	"muster/internal/model"
)

func (a *API) getRoles(c *call) error {
	list, err := a.Accounts.AllRoles(c, c.actor)
	return array(c, list, err)
}

// roleID gives the role the path is about.
func (c *call) roleID() (string, error) {
	id, err := c.param("role_id")
	if err == nil && !model.ValidID(id) {
		return "", fault.URL("role_id")
	}
	return id, err
}

func (c *call) oneRole(r *model.Role, err error) error {
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, r)
}

func (a *API) getRole(c *call) error {
	id, err := c.roleID()
	if err != nil {
		return err
	}
	return c.oneRole(a.Accounts.Role(c, c.actor, id))
}

func (a *API) getRoleByName(c *call) error {
	name := chi.URLParam(c.r, "role_name")
	for _, b := range []byte(name) {
		if (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '_' {
			return noRoute(c.r)
		}
	}
	return c.oneRole(a.Accounts.RoleByName(c, c.actor, name))
}

func (a *API) getRolesByNames(c *call) error {
	names, err := decodeOr[[]string](c, fault.New(fault.Invalid, "api.payload.parse.error"))
	if err != nil {
		return err
	}
	list, err := a.Accounts.RolesByNames(c, c.actor, names)
	return array(c, list, err)
}

func (a *API) patchRole(c *call) error {
	id, err := c.roleID()
	if err != nil {
		return err
	}
	in, err := decode[struct {
		Permissions *[]string `json:"permissions"`
	}](c, "role")
	if err != nil {
		return err
	}
	return c.oneRole(a.Accounts.PatchRole(c, c.actor, id, in.Permissions))
}
