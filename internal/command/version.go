package command

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"muster/internal/api"
	"muster/internal/server"
)

type versionCommand struct{}

// build is what this binary is.
type build struct {
	Version string `json:"version"`
	Hash    string `json:"hash"`
	Date    string `json:"date"`
	API     string `json:"api"`
	Go      string `json:"go"`
}

// thisBuild tells what this binary is. What the release build did not set is
// taken from what the compiler noted.
func thisBuild() build {
	b := build{Version: server.BuildNumber, Hash: server.BuildHash, Date: server.BuildDate, API: api.Version, Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && b.Hash == "":
			b.Hash = s.Value
		case s.Key == "vcs.time" && b.Date == "":
			b.Date = s.Value
		}
	}
	return b
}

// Run says which version this is.
func (*versionCommand) Run(a *app) error {
	b := thisBuild()
	return a.answer(b, func(w io.Writer) error {
		rows := [][]string{{"muster", b.Version}, {"API", b.API}, {"Go", b.Go}}
		if b.Hash != "" {
			rows = append(rows, []string{"built from", b.Hash})
		}
		if b.Date != "" {
			rows = append(rows, []string{"of", b.Date})
		}
		if err := table(w, rows); err != nil {
			return fmt.Errorf("write version: %w", err)
		}
		return nil
	})
}
