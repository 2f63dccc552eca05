package config

import (
	"fmt"
	"log/slog"
)

// mask stands for every secret that leaves the process. Sent back unchanged, it
// means "keep what is stored".
const mask = "********************************"

// Secret is a setting that is never printed: package fmt, package slog and
// package json show 32 asterisks in its place. Only Reveal and an explicit
// conversion give the text. A Secret inside an unexported struct field is out of
// the reach of these methods, so whoever keeps one keeps it in an exported field
// or in a type of the same care.
type Secret string

// Reveal gives the text to the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// String hides the text.
func (s Secret) String() string { return mask }

// GoString hides the text from %#v.
func (s Secret) GoString() string { return mask }

// Format hides the text from every verb of package fmt.
func (s Secret) Format(f fmt.State, _ rune) {
	_, _ = f.Write([]byte(mask)) // a formatter has nowhere to report a failed write
}

// LogValue hides the text from structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalJSON hides the text from JSON; an empty secret stays an empty string,
// so that a client can tell whether one is set.
func (s Secret) MarshalJSON() ([]byte, error) {
	if s == "" {
		return []byte(`""`), nil
	}
	return []byte(`"` + mask + `"`), nil
}
