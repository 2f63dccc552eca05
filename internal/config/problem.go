package config

import "strings"

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	Key  string // section and key, such as ServiceSettings.SiteURL; empty for a whole document
	ID   string // documented error id
	Text string // for whoever runs the server; never holds a secret
}

// String is the key and the text.
func (p Problem) String() string {
	if p.Key == "" {
		return p.Text
	}
	return p.Key + " " + p.Text
}

// Problems are all that is wrong, in the order of the checks. As an error they
// are one line each.
type Problems []Problem

// Error lists the problems.
func (p Problems) Error() string {
	lines := make([]string, 0, len(p)+1)
	lines = append(lines, "the configuration cannot be used:")
	for _, one := range p {
		lines = append(lines, one.String())
	}
	return strings.Join(lines, "\n  ")
}

// errorOrNil keeps an empty list from becoming a non-nil error.
func (p Problems) errorOrNil() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// invalid is the documented id of a failed check.
func invalid(what string) string { return "model.config.is_valid." + what + ".app_error" }
