// Package script tests the program from outside: each .txtar file is a story told
// with the real commands, in a folder of its own.
package script

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"muster/internal/command"
	"muster/internal/testkit/pg"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"muster": func() { os.Exit(command.Main()) }})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	p := params(nil)
	p.Dir = "."
	testscript.Run(t, p)
}

// Stories about accounts end alike on the other database.
func TestScriptsOnPostgres(t *testing.T) {
	t.Parallel()
	databases := map[string]string{"accounts": pg.DSN(t), "admin_create": pg.DSN(t)}
	p := params(databases)
	for name := range databases {
		p.Files = append(p.Files, name+".txtar")
	}
	testscript.Run(t, p)
}

// params describes stories. They are on SQLite, unless databases has an address
// for the name of the story.
func params(databases map[string]string) testscript.Params {
	return testscript.Params{RequireExplicitExec: true, Cmds: steps, Setup: func(e *testscript.Env) error {
		s := &scene{folder: e.WorkDir, path: e.Getenv("PATH")}
		e.Values[sceneKey{}] = s
		e.Defer(s.end)
		s.settings = []string{
			"MM_SERVICESETTINGS_LISTENADDRESS=127.0.0.1:0", "MM_MUSTERSETTINGS_ARGON2MEMORYKIB=7168",
			"MM_MUSTERSETTINGS_ARGON2PASSES=1",
		}
		if dsn := databases[strings.TrimPrefix(filepath.Base(e.WorkDir), "script-")]; dsn != "" {
			s.settings = append(s.settings, "MM_SQLSETTINGS_DRIVERNAME=postgres", "MM_SQLSETTINGS_DATASOURCE="+dsn)
		}
		e.Vars = append(e.Vars, s.settings...)
		return nil
	}}
}
