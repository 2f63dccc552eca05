package api

import (
	"bytes"
	"encoding/json"

	"muster/internal/config"
	"muster/internal/fault"
	"muster/internal/notify"
	"muster/internal/perm"
)

// testEmail takes the configuration to try, as the system console has it on its
// screen; without one it tries the one in use.
func (a *API) testEmail(c *call) error {
	if err := a.Mailer.MayTestEmail(c.actor); err != nil {
		return err
	}
	t, err := c.mailTrial()
	if err != nil {
		return err
	}
	return c.ok(a.Mailer.TestEmail(c, c.actor, t))
}

// mailTrial reads the configuration to try. Of what the actor may not write the
// stored value counts, and so it does for a password that comes back masked.
func (c *call) mailTrial() (notify.Trial, error) {
	body, err := c.bytes()
	if err != nil || len(bytes.TrimSpace(body)) == 0 {
		return notify.Trial{Config: c.cfg}, err
	}
	var given struct {
		EmailSettings struct{ SMTPPassword config.Secret }
	}
	if !digestible(body) || json.Unmarshal(body, &given) != nil {
		return notify.Trial{}, fault.Body("config")
	}
	mayWrite := func(area string) bool { return c.actor.Can(perm.Permission("sysconsole_write_" + area)) }
	merged, err := c.snapshot.Merge(body, config.MergeOptions{CanWrite: mayWrite})
	if err != nil {
		return notify.Trial{}, err
	}
	password := given.EmailSettings.SMTPPassword
	return notify.Trial{Config: &merged.Config, PasswordGiven: password != "" && password == merged.Config.EmailSettings.SMTPPassword}, nil
}
