package model

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// StringMap is a flat JSON object of strings, stored as JSON text. Nil is null on
// the wire and SQL NULL in the database.
type StringMap map[string]string

// Value stores the map as JSON text.
func (m StringMap) Value() (driver.Value, error) {
	if m == nil {
		return nil, nil
	}
	b, err := json.Marshal(map[string]string(m))
	return string(b), err
}

// Scan reads JSON text from the database.
func (m *StringMap) Scan(src any) error {
	text, err := jsonText(src)
	if err != nil || text == nil {
		*m = nil
		return err
	}
	*m = nil // Unmarshal would keep what is there
	return json.Unmarshal(text, (*map[string]string)(m))
}

// UnmarshalJSON reads an object; values that are not strings, and texts that no
// database can hold, are refused.
func (m *StringMap) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, (*map[string]string)(m)); err != nil {
		return err
	}
	if !m.Storable() {
		return errors.New("a text holds a NUL character")
	}
	return nil
}

// Storable tells whether every key and value can be stored.
func (m StringMap) Storable() bool {
	for k, v := range m {
		if !Storable(k) || !Storable(v) {
			return false
		}
	}
	return true
}

// Storable tells whether a text can be stored: PostgreSQL holds no NUL character
// and nothing but UTF-8.
func Storable(s string) bool { return strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) }

// storable makes a text storable.
func storable(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\ufffd")
}

// clean removes code points that hide or reorder text: direction marks and
// other invisible characters in a name let one account pose as another. NUL goes
// with them, because no database could hold it.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 0, r == 0x0340, r == 0x0341, r == 0x17A3, r == 0x17D3, r == 0xFEFF,
			r >= 0x202A && r <= 0x202E, r >= 0x206A && r <= 0x206F, r >= 0xFFF9 && r <= 0xFFFC,
			r >= 0x1D173 && r <= 0x1D17A, r >= 0xE0000 && r <= 0xE007F, r == 0x2028, r == 0x2029:
			return -1
		}
		return r
	}, s)
}

// longer tells whether s has more than n code points.
func longer(s string, n int) bool { return len(s) > n && utf8.RuneCountInString(s) > n }

// CutRunes keeps the first n code points.
func CutRunes(s string, n int) string {
	if !longer(s, n) {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
