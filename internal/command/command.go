// Package command is the command line: the server, and the tools to run it.
//
// A command about accounts asks the API, over the control socket of the server
// that runs on the data folder or, when none does, in process on its database.
// Thus each of them exists once, and the rules are those of the API.
package command

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"muster/internal/config"
	"muster/internal/server"
)

// Process is what the command line gets from whoever called it.
type Process struct {
	Args    []string // without the name of the program
	Environ []string // NAME=value
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
}

// Main runs the command line of this process and gives its exit code. The first
// interrupt asks the command to end; the second ends the process at once.
func Main() int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		signal.Stop(signals) // before the command ends, so that a second signal is never swallowed
		cancel()
	}()
	return Run(ctx, Process{Args: os.Args[1:], Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr})
}

// grammar is the command line; package kong reads it.
type grammar struct {
	ConfigFile string `name:"config" placeholder:"FILE" help:"Configuration file. Without it the one that MUSTER_CONFIG names, else config.json in the data folder if there is one."`
	JSON       bool   `help:"Write the answer, and what goes wrong, as JSON."`

	Serve   serveCommand   `cmd:"" help:"Run the server."`
	Admin   adminCommand   `cmd:"" help:"System admins."`
	User    userCommand    `cmd:"" help:"Accounts."`
	Config  configCommand  `cmd:"" help:"The configuration."`
	Audit   auditCommand   `cmd:"" help:"Records of what was done."`
	Mail    mailCommand    `cmd:"" help:"Mails."`
	Version versionCommand `cmd:"" help:"Say which version this is."`
}

const description = `Muster is a team chat server that speaks the Mattermost API.

Start a server with nothing configured and make the first account:

    muster serve
    muster admin create --username amy --email amy@example.com

Commands about accounts work on the running server, over a socket in its data folder, and without one on the database. They
need no password, but the rights to the data folder. Every setting is explained by muster config reference.

Exit codes: 0 done, 1 failed, 2 wrong usage or broken configuration, 3 what was asked for does not exist.`

// app is one call of the command line.
type app struct {
	Process
	configFile string // path, empty for none
	json       bool
}

// exited is how the parser ends after it has shown help.
type exited int

// Run runs a command and gives the exit code. The end of the context asks the
// command to end in good order.
func Run(ctx context.Context, p Process) (code int) {
	defer func() {
		switch end := recover().(type) {
		case nil:
		case exited:
			code = int(end)
		default:
			panic(end)
		}
	}()
	a := &app{Process: p, json: slices.Contains(p.Args, "--json")} // until the parser knows
	afterHelp := exited(exitDone)
	if len(p.Args) == 0 {
		p.Args, p.Stdout, afterHelp = []string{"--help"}, p.Stderr, exitUsage
	}
	var g grammar
	parser, err := kong.New(&g, kong.Name("muster"), kong.Description(description), kong.Writers(p.Stdout, p.Stderr),
		kong.Exit(func(int) { panic(afterHelp) }), kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 120}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(a))
	if err != nil {
		return a.fail(err)
	}
	chosen, err := parser.Parse(p.Args)
	if err != nil {
		return a.fail(misused("%w; see %s --help", err, asked(err)))
	}
	a.json, a.configFile = g.JSON, a.findConfig(g.ConfigFile)
	if err := chosen.Run(); err != nil {
		return a.fail(err)
	}
	return exitDone
}

// asked names the command that a line which cannot be understood began with.
func asked(err error) string {
	var p *kong.ParseError
	if errors.As(err, &p) && p.Context.Selected() != nil {
		return p.Context.Selected().FullPath()
	}
	return "muster"
}

// findConfig decides which configuration file holds. A file in the working folder
// is never taken: config.json is a name that other programs use too.
func (a *app) findConfig(flag string) string {
	if flag != "" {
		return flag
	}
	if named := a.variable("MUSTER_CONFIG"); named != "" {
		return named
	}
	folder := a.variable("MM_MUSTERSETTINGS_DATADIRECTORY")
	if folder == "" {
		standard := config.Defaults()
		folder = standard.MusterSettings.DataDirectory
	}
	path := filepath.Join(folder, "config.json")
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// variable gives a variable of the environment, empty when it is not set.
func (a *app) variable(name string) string {
	for _, v := range slices.Backward(a.Environ) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

func (a *app) serverOptions(log *slog.Logger) server.Options {
	return server.Options{ConfigFile: a.configFile, Environ: a.Environ, Log: log, Now: time.Now}
}

// load reads the configuration; whatever is wrong with it is for whoever wrote it.
func (a *app) load() (*config.Loaded, error) {
	loaded, err := server.Load(a.serverOptions(nil))
	if err != nil {
		return nil, &failure{code: exitUsage, err: err}
	}
	return loaded, nil
}
