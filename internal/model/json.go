package model

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// RawJSON is a JSON value that the server stores and gives back without looking
// into it. Nil is null on the wire and NULL in the database.
type RawJSON []byte

// Value stores the text.
func (j RawJSON) Value() (driver.Value, error) {
	if j == nil {
		return nil, nil
	}
	return string(j), nil
}

// Scan reads JSON text from the database.
func (j *RawJSON) Scan(src any) error {
	text, err := jsonText(src)
	if err != nil || text == nil {
		*j = nil
		return err
	}
	*j = append(RawJSON(nil), text...)
	return nil
}

// MarshalJSON gives the text as it is.
func (j RawJSON) MarshalJSON() ([]byte, error) {
	if j == nil {
		return []byte("null"), nil
	}
	return j, nil
}

// UnmarshalJSON keeps the text; null becomes nil.
func (j *RawJSON) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*j = nil
		return nil
	}
	*j = append((*j)[:0], b...)
	return nil
}

// StringList is a JSON array of strings, stored as JSON text. Nil is null.
type StringList []string

// Value stores the list as JSON text.
func (l StringList) Value() (driver.Value, error) {
	if l == nil {
		return nil, nil
	}
	b, err := json.Marshal([]string(l))
	return string(b), err
}

// Scan reads JSON text from the database.
func (l *StringList) Scan(src any) error {
	text, err := jsonText(src)
	*l = nil
	if err != nil || text == nil {
		return err
	}
	return json.Unmarshal(text, (*[]string)(l))
}

// jsonText gives the text of a JSON column, nil for NULL.
func jsonText(src any) ([]byte, error) {
	switch v := src.(type) {
	case nil:
		return nil, nil
	case string:
		return []byte(v), nil
	case []byte:
		return v, nil
	}
	return nil, fmt.Errorf("scan JSON from %T", src)
}
