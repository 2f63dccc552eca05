package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// entry is one key of a document as somebody wrote it. A section that is not an
// object is an entry without a key.
type entry struct {
	section string
	key     string
	raw     json.RawMessage
}

func (e entry) name() string {
	if e.key == "" {
		return e.section
	}
	return e.section + "." + e.key
}

var errNotObject = errors.New("it must be a JSON object")

// parse takes a document apart and keeps its order, so that of a key that is
// written twice the last one counts. Null means that nothing is given.
func parse(doc []byte) ([]entry, error) {
	sections, err := members(doc)
	if err != nil {
		return nil, err
	}
	var out []entry
	for _, section := range sections {
		keys, err := members(section.raw)
		switch {
		case isNull(section.raw):
			continue
		case err != nil:
			out = append(out, entry{section: section.key, raw: section.raw})
			continue
		}
		for _, key := range keys {
			if !isNull(key.raw) {
				out = append(out, entry{section.key, key.key, key.raw})
			}
		}
	}
	return out, nil
}

// members lists the members of a JSON object in their order.
func members(object []byte) ([]entry, error) {
	var whole json.RawMessage
	if err := json.Unmarshal(object, &whole); err != nil {
		return nil, located(object, err)
	}
	dec := json.NewDecoder(bytes.NewReader(whole))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return nil, errNotObject
	}
	var out []entry
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("read a name: %w", err)
		}
		one := entry{}
		one.key, _ = name.(string) // names of a valid object are texts
		if err := dec.Decode(&one.raw); err != nil {
			return nil, fmt.Errorf("read the value of %s: %w", one.key, err)
		}
		out = append(out, one)
	}
	return out, nil
}

// located adds the line to a syntax error.
func located(doc []byte, err error) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return err
	}
	before := doc[:min(int(syntax.Offset), len(doc))]
	return fmt.Errorf("line %d: %w", 1+bytes.Count(before, []byte("\n")), err)
}

// shown gives a value for a message, shortened, and hidden where it is secret.
func shown(f *field, value []byte) string {
	const most = 60
	switch {
	case f.secret:
		return "another value (not shown)"
	case len(value) > most:
		return string(bytes.ToValidUTF8(value[:most], nil)) + "…"
	}
	return string(value)
}
