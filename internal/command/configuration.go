package command

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"muster/internal/config"
	"muster/internal/server"
)

type configCommand struct {
	Show      configShow      `cmd:"" help:"Show the configuration, secrets masked."`
	Reference configReference `cmd:"" help:"Write the documentation of every setting, as Markdown."`
}

type configShow struct {
	Changed bool `help:"Only settings that differ from their default."`
}

// Help explains the command.
func (*configShow) Help() string {
	return `Shows what the running server uses. Without one it shows what the configuration file and the environment say; what administrators
changed at run time is in the database and comes on top.

Examples:

    muster config show --changed
    muster --config /etc/muster.json config show | jq .SqlSettings`
}

// Run shows the configuration.
func (cmd *configShow) Run(ctx context.Context, a *app) (err error) {
	loaded, err := a.load()
	if err != nil {
		return err
	}
	document := json.RawMessage(config.Document(&loaded.Config, config.DocumentOptions{CanRead: config.Everything, RemoveDefaults: cmd.Changed}))
	running, err := server.Running(ctx, &loaded.Config)
	if err != nil {
		return err
	}
	if running {
		c := overSocket(server.ControlSocket(&loaded.Config))
		defer func() { err = c.end(ctx, err) }()
		path := fmt.Sprintf("/config?remove_defaults=%t", cmd.Changed)
		if err := c.do(ctx, http.MethodGet, path, nil, &document); err != nil {
			return err
		}
	} else {
		a.note("No server runs here: this is what the file and the environment say.")
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, document, "", "  "); err != nil {
		return fmt.Errorf("indent configuration: %w", err)
	}
	_, err = fmt.Fprintln(a.Stdout, pretty.String())
	return err
}

type configReference struct{}

// Help explains the command.
func (*configReference) Help() string {
	return `Example:

    muster config reference > docs/configuration.md`
}

// Run writes the reference.
func (*configReference) Run(a *app) error {
	return a.answer(config.Reference(), config.WriteReference)
}
