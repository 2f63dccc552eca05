package config

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// Everything answers yes for every part of the system console, for callers
// whom nothing is hidden from.
func Everything(string) bool { return true }

// DocumentOptions say what a document shows.
type DocumentOptions struct {
	// CanRead tells whether the caller may read a part of the system console, such
	// as authentication_password. Without it nothing is shown.
	CanRead        func(area string) bool
	RemoveDefaults bool // leave out keys that have their default
	RemoveMasked   bool // leave out secrets
}

// Document gives the sections and keys the caller may read, as a JSON object.
// Secrets that are set are 32 asterisks.
func Document(cfg *Config, o DocumentOptions) []byte {
	standard := Defaults()
	return write(func(f *field) (any, bool) {
		value := f.in(cfg)
		show := f.allowed(o.CanRead) && !(o.RemoveMasked && f.secret) &&
			!(o.RemoveDefaults && same(value, f.in(&standard)))
		return value.Interface(), show
	})
}

// EnvironmentDocument gives, for the keys the caller may read, which of them the
// environment decides, as a JSON object of sections.
func (l *Loaded) EnvironmentDocument(canRead func(area string) bool) []byte {
	return write(func(f *field) (any, bool) {
		return true, f.allowed(canRead) && l.FromEnvironment[f.section][f.key]
	})
}

// plain gives the named keys with their secrets in the clear; nil when there are none.
func plain(cfg *Config, names map[string]bool) []byte {
	if len(names) == 0 {
		return nil
	}
	return write(func(f *field) (any, bool) {
		value := f.in(cfg)
		if f.secret {
			value = reflect.ValueOf(value.String())
		}
		return value.Interface(), names[f.name()]
	})
}

// write makes an object of sections with the keys that are wanted, in the order
// of the schema. Sections without a wanted key are left out.
func write(wanted func(*field) (any, bool)) []byte {
	var out bytes.Buffer
	section, closing := "", ""
	out.WriteByte('{')
	for _, f := range keys().fields {
		value, ok := wanted(f)
		if !ok {
			continue
		}
		if f.section != section {
			out.WriteString(closing)
			out.WriteString(`"` + f.section + `":{`)
			section, closing = f.section, "},"
		} else {
			out.WriteByte(',')
		}
		text, _ := json.Marshal(value) // texts, numbers and lists of them always marshal
		out.WriteString(`"` + f.key + `":`)
		out.Write(text)
	}
	if section != "" {
		out.WriteByte('}')
	}
	out.WriteByte('}')
	return out.Bytes()
}
