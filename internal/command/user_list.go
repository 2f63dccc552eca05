package command

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// perPageMax is the most accounts the API lists at once.
const perPageMax = 200

type userList struct {
	Page     int    `default:"0" help:"Page to show, from 0."`
	PerPage  int    `default:"60" help:"Accounts on a page, 1 to 200."`
	All      bool   `help:"Show all pages."`
	Active   bool   `xor:"state" help:"Only accounts that can be used."`
	Inactive bool   `xor:"state" help:"Only deactivated accounts."`
	Role     string `placeholder:"ROLE" help:"Only accounts with this role, such as system_admin."`
}

// Help explains the command.
func (*userList) Help() string {
	return `Examples:

    muster user list
    muster user list --role system_admin
    muster user list --inactive --all --json`
}

// Validate refuses pages that do not exist.
func (cmd *userList) Validate() error {
	if cmd.Page < 0 || cmd.PerPage < 1 || cmd.PerPage > perPageMax {
		return fmt.Errorf("--page begins at 0 and --per-page is 1 to %d", perPageMax)
	}
	return nil
}

// Run lists the accounts.
func (cmd *userList) Run(ctx context.Context, a *app) (err error) {
	c, err := a.reach(ctx, need{})
	if err != nil {
		return err
	}
	defer func() { err = c.end(ctx, err) }()
	show := listing{app: a}
	if !cmd.All {
		list, err := cmd.page(ctx, c, cmd.Page, cmd.PerPage)
		if err != nil {
			return err
		}
		if len(list) == cmd.PerPage && !a.json {
			a.note("There may be more: --page %d or --all", cmd.Page+1)
		}
		return errors.Join(show.add(list), show.end())
	}
	for page := 0; ; page++ {
		list, err := cmd.page(ctx, c, page, perPageMax)
		if err == nil {
			err = show.add(list)
		}
		if err != nil || len(list) < perPageMax {
			return errors.Join(err, show.end())
		}
	}
}

func (cmd *userList) page(ctx context.Context, c *client, page, perPage int) ([]*account, error) {
	q := url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(perPage)}}
	if cmd.Active {
		q.Set("active", "true")
	}
	if cmd.Inactive {
		q.Set("inactive", "true")
	}
	if cmd.Role != "" {
		q.Set("role", cmd.Role)
	}
	list := []*account{}
	return list, c.do(ctx, http.MethodGet, "/users?"+q.Encode(), nil, &list)
}

type userSearch struct {
	Term   string `arg:"" help:"Parts of usernames, names, nicknames or addresses."`
	Active bool   `help:"Only accounts that can be used."`
	Limit  int    `default:"100" help:"Most accounts to show, 1 to 1000."`
}

// Help explains the command.
func (*userSearch) Help() string {
	return `Every word of the text must be found in an account. Finding nothing is no failure.

Examples:

    muster user search amy
    muster user search "amy smi" --active
    muster user search @example.com --json`
}

// Validate refuses limits the API does not take.
func (cmd *userSearch) Validate() error {
	if cmd.Limit < 1 || cmd.Limit > 1000 {
		return fmt.Errorf("--limit is 1 to 1000")
	}
	return nil
}

// Run finds the accounts.
func (cmd *userSearch) Run(ctx context.Context, a *app) (err error) {
	c, err := a.reach(ctx, need{})
	if err != nil {
		return err
	}
	defer func() { err = c.end(ctx, err) }()
	list := []*account{}
	if err := c.do(ctx, http.MethodPost, "/users/search", map[string]any{
		"term": cmd.Term, "allow_inactive": !cmd.Active,
		"limit": cmd.Limit,
	}, &list); err != nil {
		return err
	}
	show := listing{app: a}
	return errors.Join(show.add(list), show.end())
}

// listing writes accounts a page at a time, so that no number of them fills the memory.
type listing struct {
	app *app
	n   int // accounts so far
}

// add writes a page.
func (l *listing) add(list []*account) error {
	if l.app.json {
		return l.addJSON(list)
	}
	if len(list) == 0 {
		return nil
	}
	var rows [][]string
	if l.n == 0 {
		rows = append(rows, []string{"USERNAME", "E-MAIL", "NAME", "ROLES", "STATE", "ID"})
	}
	l.n += len(list)
	for _, u := range list {
		rows = append(rows, []string{u.Username, u.Email, strings.TrimSpace(u.FirstName + " " + u.LastName), u.Roles, u.state(), u.ID})
	}
	return table(l.app.Stdout, rows)
}

func (l *listing) addJSON(list []*account) error {
	for _, u := range list {
		before := ",\n  "
		if l.n == 0 {
			before = "[\n  "
		}
		l.n++
		if _, err := fmt.Fprintf(l.app.Stdout, "%s%s", before, u.whole); err != nil {
			return err
		}
	}
	return nil
}

// end closes the list.
func (l *listing) end() error {
	switch {
	case l.app.json && l.n == 0:
		_, err := fmt.Fprintln(l.app.Stdout, "[]")
		return err
	case l.app.json:
		_, err := fmt.Fprintln(l.app.Stdout, "\n]")
		return err
	case l.n == 0:
		l.app.note("No accounts.")
	}
	return nil
}
