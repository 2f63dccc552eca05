package command

import (
	"fmt"
	"strings"

	"muster/internal/notify"
)

type mailCommand struct {
	Preview mailPreview `cmd:"" help:"Show a mail without sending it."`
}

type mailPreview struct {
	Kind   string `arg:"" optional:"" help:"Which mail. Without it the kinds are listed."`
	Locale string `default:"en" placeholder:"LANGUAGE" help:"Language of the mail."`
	HTML   bool   `name:"html" help:"The page instead of the text."`
}

// Help explains the command.
func (*mailPreview) Help() string {
	return `Writes a mail as somebody would get it, with example values and a link that opens nothing.

Examples:

    muster mail preview
    muster mail preview password_reset --locale de
    muster mail preview password_reset --html > mail.html`
}

// Run shows the mail.
func (cmd *mailPreview) Run(a *app) error {
	if cmd.Kind == "" {
		_, err := fmt.Fprintln(a.Stdout, strings.Join(notify.Kinds(), "\n"))
		return err
	}
	loaded, err := a.load()
	if err != nil {
		return err
	}
	l, err := notify.Preview(&loaded.Config, cmd.Kind, cmd.Locale)
	if err != nil {
		return misused("%w", err)
	}
	if cmd.HTML {
		_, err = fmt.Fprintln(a.Stdout, l.HTML)
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "Subject: %s\n\n%s\n", l.Subject, l.Text)
	return err
}
