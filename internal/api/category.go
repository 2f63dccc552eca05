package api

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"muster/internal/fault"
	"muster/internal/model"
)

func (a *API) categoryRoutes() []route {
	const path = "/users/{user_id}/teams/{team_id}/channels/categories"
	return []route{
		{http.MethodGet, path, session, none, a.getCategories, 0},
		{http.MethodPost, path, session, payload, a.createCategory, 0},
		{http.MethodPut, path, session, payload, a.updateCategories, 0},
		{http.MethodGet, path + "/order", session, none, a.getCategoryOrder, 0},
		{http.MethodPut, path + "/order", session, payload, a.updateCategoryOrder, 0},
		{http.MethodGet, path + "/{category_id}", session, none, a.getCategory, 0},
		{http.MethodPut, path + "/{category_id}", session, payload, a.updateCategory, 0},
		{http.MethodDelete, path + "/{category_id}", session, none, a.deleteCategory, 0},
	}
}

// categoryID gives the account, the team and the category the path is about.
func (c *call) categoryID() (user, team, id string, err error) {
	if user, team, err = c.twoIDs("user_id", "team_id"); err != nil {
		return "", "", "", err
	}
	if id = chi.URLParam(c.r, "category_id"); !model.ValidCategoryID(id) {
		return "", "", "", fault.URL("category_id")
	}
	return user, team, id, nil
}

func (a *API) getCategories(c *call) error {
	user, team, err := c.twoIDs("user_id", "team_id")
	if err != nil {
		return err
	}
	list, err := a.Workspace.Sidebar(c, c.actor, user, team)
	return answer(c, http.StatusOK, list, err)
}

func (a *API) createCategory(c *call) error {
	user, team, err := c.twoIDs("user_id", "team_id")
	if err != nil {
		return err
	}
	in, err := decode[model.Category](c, "category")
	if err != nil {
		return err
	}
	made, err := a.Workspace.CreateCategory(c, c.actor, user, team, &in)
	return answer(c, http.StatusOK, made, err)
}

func (a *API) updateCategories(c *call) error {
	user, team, err := c.twoIDs("user_id", "team_id")
	if err != nil {
		return err
	}
	in, err := decode[[]*model.Category](c, "categories")
	if err != nil {
		return err
	}
	if len(in) == 0 || len(in) > model.CategoriesMax {
		return fault.Body("categories")
	}
	list, err := a.Workspace.UpdateCategories(c, c.actor, user, team, in)
	return array(c, list, err)
}

func (a *API) getCategoryOrder(c *call) error {
	user, team, err := c.twoIDs("user_id", "team_id")
	if err != nil {
		return err
	}
	order, err := a.Workspace.CategoryOrder(c, c.actor, user, team)
	return array(c, order, err)
}

func (a *API) updateCategoryOrder(c *call) error {
	user, team, err := c.twoIDs("user_id", "team_id")
	if err != nil {
		return err
	}
	ids, err := c.stringsIn("category_ids")
	if err != nil {
		return err
	}
	order, err := a.Workspace.OrderCategories(c, c.actor, user, team, ids)
	return array(c, order, err)
}

func (a *API) getCategory(c *call) error {
	user, team, id, err := c.categoryID()
	if err != nil {
		return err
	}
	category, err := a.Workspace.Category(c, c.actor, user, team, id)
	return answer(c, http.StatusOK, category, err)
}

func (a *API) updateCategory(c *call) error {
	user, team, id, err := c.categoryID()
	if err != nil {
		return err
	}
	in, err := decode[model.Category](c, "category")
	if err != nil {
		return err
	}
	if in.ID != id {
		return fault.Body("category")
	}
	list, err := a.Workspace.UpdateCategories(c, c.actor, user, team, []*model.Category{&in})
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, list[0])
}

func (a *API) deleteCategory(c *call) error {
	user, team, id, err := c.categoryID()
	if err != nil {
		return err
	}
	return c.ok(a.Workspace.DeleteCategory(c, c.actor, user, team, id))
}
