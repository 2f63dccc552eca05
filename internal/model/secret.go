package model

import (
	"crypto/subtle"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"log/slog"
)

const maskedSecret = "********"

// Secret is a text that cannot be printed, logged or marshalled by accident. It is
// behind a pointer because package fmt looks into the unexported fields of a
// struct without asking their methods, but not behind their pointers.
type Secret struct {
	_    [0]func() // forbids ==, which would compare the pointers; see Equal
	text *string   // nil for the empty one
}

// NewSecret wraps a text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal gives the text to the one place that needs it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty tells whether there is no secret.
func (s Secret) Empty() bool { return s.text == nil }

// Equal compares in constant time.
func (s Secret) Equal(other string) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other)) == 1
}

// String hides the text.
func (s Secret) String() string { return maskedSecret }

// GoString hides the text from %#v.
func (s Secret) GoString() string { return maskedSecret }

// Format hides the text from every verb of package fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(maskedSecret)) }

// LogValue hides the text from structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(maskedSecret) }

// MarshalJSON hides the text from JSON.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + maskedSecret + `"`), nil }

// UnmarshalJSON accepts a JSON string.
func (s *Secret) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	*s = NewSecret(text)
	return nil
}

// Value stores the text.
func (s Secret) Value() (driver.Value, error) { return s.Reveal(), nil }

// Scan reads the text from the database.
func (s *Secret) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*s = Secret{}
	case string:
		*s = NewSecret(v)
	case []byte:
		*s = NewSecret(string(v))
	default:
		return fmt.Errorf("scan secret from %T", src)
	}
	return nil
}
