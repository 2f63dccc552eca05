package command

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

type userCommand struct {
	List          userList     `cmd:"" help:"List accounts by username."`
	Search        userSearch   `cmd:"" help:"Find accounts by parts of their names and addresses."`
	Deactivate    deactivate   `cmd:"" help:"Keep accounts from being used; what they wrote stays."`
	Activate      activate     `cmd:"" help:"Let deactivated accounts be used again."`
	ResetPassword userPassword `cmd:"" name:"reset-password" help:"Set a new password and end the sessions."`
	Sessions      userSessions `cmd:"" help:"The sessions of an account."`
}

// named are the accounts a command is about.
type named struct {
	Users []string `arg:"" name:"user" help:"Usernames, e-mail addresses or ids."`
}

type deactivate struct{ named }

// Help explains the command.
func (*deactivate) Help() string {
	return `Everybody who uses the account is signed out at once, on all devices. If one of several accounts does not exist, none is changed.

Examples:

    muster user deactivate bob
    muster user deactivate bob@example.com carol`
}

// Run deactivates the accounts.
func (cmd *deactivate) Run(ctx context.Context, a *app) error {
	return cmd.setActive(ctx, a, false)
}

type activate struct{ named }

// Help explains the command.
func (*activate) Help() string {
	return `The accounts get their password and settings back, not their sessions. If one of several accounts does not exist, none is changed.

Example:

    muster user activate bob`
}

// Run activates the accounts.
func (cmd *activate) Run(ctx context.Context, a *app) error {
	return cmd.setActive(ctx, a, true)
}

// setActive switches the accounts on or off and tells how they are then.
func (n *named) setActive(ctx context.Context, a *app, active bool) error {
	return a.each(ctx, n.Users, func(c *client, u *account) (string, error) {
		err := c.do(ctx, http.MethodPut, "/users/"+u.ID+"/active", map[string]bool{"active": active}, nil)
		if active {
			return "Activated " + u.Username + ".", err
		}
		return "Deactivated " + u.Username + ", who is signed out everywhere.", err
	})
}

type userPassword struct {
	User string `arg:"" help:"Username, e-mail address or id."`
	passwordFlags
}

// Help explains the command.
func (*userPassword) Help() string {
	return `The password is asked for, or read from a file or from standard input. The account signs in with it from now on, whatever it
used before; its failed tries are forgotten and its sessions end.

Examples:

    muster user reset-password bob
    muster user reset-password bob --password-file new.txt`
}

// Run sets the password.
func (cmd *userPassword) Run(ctx context.Context, a *app) error {
	return a.each(ctx, []string{cmd.User}, func(c *client, u *account) (string, error) {
		password, err := cmd.password(ctx, a, u.Username)
		if err != nil {
			return "", err
		}
		return "Set a new password for " + u.Username + ".",
			c.do(ctx, http.MethodPut, "/users/"+u.ID+"/password", map[string]string{"new_password": password}, nil)
	})
}

type userSessions struct {
	Revoke revokeSessions `cmd:"" help:"Sign accounts out everywhere."`
}

type revokeSessions struct{ named }

// Help explains the command.
func (*revokeSessions) Help() string {
	return `Ends every session of the accounts. Whoever knows the password can sign in again; to prevent that, use user deactivate or user
reset-password.

Example:

    muster user sessions revoke bob`
}

// Run ends the sessions.
func (cmd *revokeSessions) Run(ctx context.Context, a *app) error {
	return a.each(ctx, cmd.Users, func(c *client, u *account) (string, error) {
		var open []struct{}
		if err := c.do(ctx, http.MethodGet, "/users/"+u.ID+"/sessions", nil, &open); err != nil {
			return "", err
		}
		return fmt.Sprintf("Ended the sessions of %s: %d.", u.Username, len(open)),
			c.do(ctx, http.MethodPost, "/users/"+u.ID+"/sessions/revoke/all", nil, nil)
	})
}

// each changes accounts one after the other, all of which must exist. It answers
// with what was done or, as JSON, with the accounts as they are then.
func (a *app) each(ctx context.Context, names []string, change func(*client, *account) (string, error)) (err error) {
	c, err := a.reach(ctx, need{change: true})
	if err != nil {
		return err
	}
	defer func() { err = c.end(ctx, err) }()
	list, err := c.accounts(ctx, names)
	if err != nil {
		return err
	}
	for i, u := range list {
		done, err := change(c, u)
		if err != nil {
			return fmt.Errorf("%s: %w", u.Username, err)
		}
		if list[i], err = c.account(ctx, u.ID); err != nil {
			return err
		}
		if !a.json {
			if _, err := fmt.Fprintln(a.Stdout, visible(done)); err != nil {
				return err
			}
		}
	}
	return a.answer(list, func(io.Writer) error { return nil })
}
