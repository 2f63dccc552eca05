package command

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"muster/internal/model"
)

type adminCommand struct {
	Create adminCreate `cmd:"" help:"Make a system admin, or make one of an account that exists."`
}

type adminCreate struct {
	Username string `required:"" placeholder:"NAME" help:"Name to sign in with."`
	Email    string `placeholder:"ADDRESS" help:"E-mail address. A new account needs one; that of an existing account is compared."`
	passwordFlags
}

// Help explains the command.
func (*adminCreate) Help() string {
	return `An account of that name becomes a system admin and keeps its password. Without one a new account is made, whose password is
asked for, or read from a file or from standard input. It works before the first start of the server and while it runs.

Examples:

    muster admin create --username amy --email amy@example.com
    muster admin create --username amy --email amy@example.com --password-file /run/secrets/amy
    pwgen -s 20 1 | tee amy.txt | muster admin create --username amy --email amy@example.com
    muster admin create --username bob`
}

// Run makes the system admin.
func (cmd *adminCreate) Run(ctx context.Context, a *app) (err error) {
	c, err := a.reach(ctx, need{create: true, change: true})
	if err != nil {
		return err
	}
	defer func() { err = c.end(ctx, err) }()
	u, err := c.accountAt(ctx, "/users/username/"+url.PathEscape(strings.ToLower(cmd.Username)))
	if err != nil {
		return err
	}
	made := u == nil
	if made {
		u, err = cmd.create(ctx, a, c)
	} else if cmd.Email != "" && !strings.EqualFold(cmd.Email, u.Email) {
		err = fmt.Errorf("the account %s exists with another e-mail address; to make it a system admin all the same, leave --email out", u.Username)
	}
	if err != nil {
		return err
	}
	was := u.admin()
	if !was {
		if u, err = c.promote(ctx, u); err != nil {
			return err
		}
	}
	return a.answer(u, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s\n", visible(cmd.story(u, made, was)))
		return err
	})
}

// create makes a new account. The first one of a server is a system admin at once.
func (cmd *adminCreate) create(ctx context.Context, a *app, c *client) (*account, error) {
	if cmd.Email == "" {
		return nil, misused("there is no account %s: to make it, give its address with --email", cmd.Username)
	}
	password, err := cmd.password(ctx, a, cmd.Username)
	if err != nil {
		return nil, err
	}
	var u account
	err = c.do(ctx, http.MethodPost, "/users", map[string]any{
		"username": cmd.Username, "email": cmd.Email,
		"password": password, "email_verified": true,
	}, &u)
	return &u, err
}

// promote adds the role of a system admin to those an account has. A guest is one no longer.
func (c *client) promote(ctx context.Context, u *account) (*account, error) {
	roles := []string{model.SystemAdminRole}
	for role := range strings.FieldsSeq(u.Roles) {
		if role == model.SystemGuestRole {
			role = model.SystemUserRole
		}
		roles = append(roles, role)
	}
	if err := c.do(ctx, http.MethodPut, "/users/"+u.ID+"/roles", map[string]string{"roles": strings.Join(roles, " ")}, nil); err != nil {
		return nil, err
	}
	return c.account(ctx, u.ID)
}

// story says what happened.
func (*adminCreate) story(u *account, made, was bool) string {
	switch {
	case made:
		return "Made the system admin " + u.Username + "."
	case was:
		return u.Username + " is a system admin already."
	case u.DeleteAt > 0:
		return u.Username + " is a system admin now, but deactivated: muster user activate " + u.Username
	}
	return u.Username + " is a system admin now."
}
