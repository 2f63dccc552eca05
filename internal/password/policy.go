// Package password knows which passwords are good enough, how they are stored,
// and how to check one without letting sign-ins take all cores or all memory.
package password

import (
	"strings"

	"muster/internal/fault"
)

// MaxLength is the longest password in bytes; a longer one is refused before
// any hashing, because bcrypt ignored what came after and clients rely on the limit.
const MaxLength = 72

const (
	lowercase = "abcdefghijklmnopqrstuvwxyz"
	uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits    = "0123456789"
	symbols   = " !\"\\#$%&'()*+,-./:;<=>?@[]^_`|~" // braces do not count
)

// Policy says what a new password must have. The zero Policy asks only that it
// is not longer than MaxLength.
type Policy struct {
	MinimumLength int // in bytes
	Lowercase     bool
	Uppercase     bool
	Number        bool
	Symbol        bool
	Guessable     bool // refuse what is tried first: common passwords, and names around the account
}

// Check returns nil or an Invalid fault whose id names every violated rule and
// whose parameter Min is the minimum length. A password of the wrong length is
// refused for that alone. The names are those that somebody who knows the account
// tries first, such as its username and the name of the site.
func (p Policy) Check(pw string, names ...string) error {
	if broken := p.broken(pw); broken != "" {
		return refusal(broken).With("Min", p.MinimumLength)
	}
	if !p.Guessable {
		return nil
	}
	if common(pw) {
		return refusal("_common")
	}
	if p.leansOn(pw, names) {
		return refusal("_context")
	}
	return nil
}

// broken joins the suffixes of the violated rules in their documented order.
func (p Policy) broken(pw string) string {
	if len(pw) < p.MinimumLength {
		return "_min_length"
	}
	if len(pw) > MaxLength {
		return "_max_length"
	}
	var ids strings.Builder
	for _, rule := range []struct {
		asked     bool
		set, name string
	}{
		{p.Lowercase, lowercase, "_lowercase"},
		{p.Uppercase, uppercase, "_uppercase"},
		{p.Number, digits, "_number"},
		{p.Symbol, symbols, "_symbol"},
	} {
		if rule.asked && !strings.ContainsAny(pw, rule.set) {
			ids.WriteString(rule.name)
		}
	}
	return ids.String()
}

func refusal(rules string) *fault.Error {
	return fault.New(fault.Invalid, "model.user.is_valid.pwd"+rules+".app_error")
}
