package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"muster/internal/model"
)

// account is an account as the API shows it.
type account struct {
	ID        string `json:"id"`
	Username  string `json:"username"`
	Email     string `json:"email"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Roles     string `json:"roles"`
	DeleteAt  int64  `json:"delete_at"`
	IsBot     bool   `json:"is_bot"`

	whole json.RawMessage
}

// UnmarshalJSON keeps the whole answer beside the fields the commands use.
func (u *account) UnmarshalJSON(b []byte) error {
	type fields account
	u.whole = bytes.Clone(b)
	return json.Unmarshal(b, (*fields)(u))
}

// MarshalJSON gives the answer as it came.
func (u *account) MarshalJSON() ([]byte, error) { return u.whole, nil }

func (u *account) admin() bool {
	for role := range strings.FieldsSeq(u.Roles) {
		if role == model.SystemAdminRole {
			return true
		}
	}
	return false
}

// state says whether the account can be used.
func (u *account) state() string {
	word := "active"
	if u.DeleteAt > 0 {
		word = "deactivated"
	}
	if u.IsBot {
		word += " bot"
	}
	return word
}

// account finds an account by id, e-mail address or username. An id comes first:
// a username may look like the id of somebody else.
func (c *client) account(ctx context.Context, name string) (*account, error) {
	name = strings.ToLower(strings.TrimPrefix(name, "@"))
	if model.ValidID(name) {
		u, err := c.accountAt(ctx, "/users/"+name)
		if u != nil || err != nil {
			return u, err
		}
	}
	path := "/users/username/"
	if strings.Contains(name, "@") {
		path = "/users/email/"
	}
	u, err := c.accountAt(ctx, path+url.PathEscape(name))
	if u == nil && err == nil {
		err = missing("there is no account %s", name)
	}
	return u, err
}

// accountAt reads an account; nil when there is none.
func (c *client) accountAt(ctx context.Context, path string) (*account, error) {
	var u account
	err := c.do(ctx, http.MethodGet, path, nil, &u)
	var refused *refusal
	if errors.As(err, &refused) && refused.Status == http.StatusNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &u, nil
}

// accounts finds several accounts, or none at all when one is missing.
func (c *client) accounts(ctx context.Context, names []string) ([]*account, error) {
	list := make([]*account, len(names))
	for i, name := range names {
		u, err := c.account(ctx, name)
		if err != nil {
			return nil, err
		}
		list[i] = u
	}
	return list, nil
}
