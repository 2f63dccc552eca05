package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"muster/internal/config"
)

// The exit codes of every command.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2 // wrong usage or broken configuration
	exitMissing = 3 // what was asked for does not exist
)

// failure is an error that has its own exit code.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string { return f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

// misused says that the command was called wrongly.
func misused(format string, args ...any) error {
	return &failure{code: exitUsage, err: fmt.Errorf(format, args...)}
}

// missing says that something does not exist.
func missing(format string, args ...any) error {
	return &failure{code: exitMissing, err: fmt.Errorf(format, args...)}
}

// refusal is an error the API answered.
type refusal struct {
	Status  int    `json:"status_code"`
	ID      string `json:"id"`
	Message string `json:"message"`
	Detail  string `json:"detailed_error"`
}

func (r *refusal) Error() string {
	text := r.Message
	if text != r.ID && r.ID != "" {
		text += " (" + r.ID + ")"
	}
	if r.Detail != "" {
		text += ": " + r.Detail
	}
	return text
}

// codeOf gives the exit code of an error.
func codeOf(err error) int {
	var own *failure
	var problems config.Problems
	var refused *refusal
	switch {
	case errors.As(err, &own):
		return own.code
	case errors.As(err, &problems):
		return exitUsage
	case errors.As(err, &refused) && refused.Status == http.StatusNotFound:
		return exitMissing
	}
	return exitFailed
}

// report is an error as JSON.
type report struct {
	Error    string   `json:"error"`
	ID       string   `json:"id,omitempty"`       // of the API
	Problems []string `json:"problems,omitempty"` // of the configuration
	ExitCode int      `json:"exit_code"`
}

// fail tells what went wrong and gives the exit code.
func (a *app) fail(err error) int {
	code := codeOf(err)
	text := err.Error()
	if errors.Is(err, context.Canceled) {
		text = "interrupted: " + text
	}
	if !a.json {
		// Lines of their own, such as the problems of a configuration, are kept.
		for i, line := range strings.Split(text, "\n") {
			if i == 0 {
				line = "muster: " + line
			}
			_, _ = fmt.Fprintln(a.Stderr, visible(line)) // there is nobody left to tell
		}
		return code
	}
	r := report{Error: text, ExitCode: code}
	var problems config.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			r.Problems = append(r.Problems, p.String())
		}
	}
	var refused *refusal
	if errors.As(err, &refused) {
		r.ID = refused.ID
	}
	_ = json.NewEncoder(a.Stderr).Encode(r)
	return code
}
