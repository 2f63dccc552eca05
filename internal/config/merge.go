package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"muster/internal/fault"
)

// MergeOptions say who changes the configuration, and how.
type MergeOptions struct {
	// CanWrite tells whether the caller may write a part of the system console,
	// such as authentication_password. Without it nothing is written.
	CanWrite func(area string) bool
	// Partial is for a document that means every key it holds: a locked key in it
	// is refused. A whole document holds locked keys because it holds every key, so
	// there they are passed over.
	Partial bool
}

// Merged is a configuration after a change.
type Merged struct {
	Config Config
	// Changed holds the keys to store, with secrets in the clear: for Overlay and
	// the database, never for a log or an answer. It is nil when nothing changed.
	Changed []byte
}

// Merge applies a document that came over the API. Keys that are absent or null,
// that the caller may not write, that the environment decides, and secrets
// that come back masked, keep their value. Unknown keys are passed over. A document that is no
// object of objects, a value of the wrong type, an invalid result and the
// clearing of SiteURL are faults, and then nothing is changed at all.
func (l *Loaded) Merge(body []byte, o MergeOptions) (*Merged, error) {
	asked, err := l.wishes(body, o)
	if err != nil {
		return nil, err
	}
	out := &Merged{Config: l.Config}
	changed := map[string]bool{}
	for f, value := range asked {
		if !same(value, f.in(&l.Config)) {
			f.in(&out.Config).Set(value)
			changed[f.name()] = true
		}
	}
	if changed["ServiceSettings.SiteURL"] && out.Config.ServiceSettings.SiteURL == "" {
		return nil, fault.New(fault.Invalid, "api.config.update_config.clear_siteurl.app_error")
	}
	l.followDays(&out.Config, asked, changed)
	l.settleAsked(&out.Config, asked, changed)
	if problems := check(&out.Config); len(problems) > 0 {
		return nil, fault.New(fault.Invalid, problems[0].ID).Explain(problems[0].String()).Because(problems)
	}
	out.Changed = plain(&out.Config, changed)
	return out, nil
}

// wishes reads the values of the keys that the caller gives and may change.
func (l *Loaded) wishes(body []byte, o MergeOptions) (map[*field]reflect.Value, error) {
	entries, err := parse(body)
	if err != nil {
		return nil, fault.Body("config").Because(err)
	}
	asked := map[*field]reflect.Value{}
	for _, e := range entries {
		f := keys().find(e.section, e.key)
		if f == nil {
			if _, known := keys().sections[strings.ToLower(e.section)]; known && e.key == "" {
				return nil, fault.Body("config").Explain(e.section + " wants an object")
			}
			continue
		}
		value := reflect.New(f.typ).Elem()
		if wish := fromJSON(value, e.raw); wish != "" {
			return nil, fault.Body("config").Explain(f.name() + " wants " + wish)
		}
		writable, err := l.writable(f, value, o)
		if err != nil {
			return nil, err
		}
		delete(asked, f) // of a key that is written twice the last one counts
		if writable {
			asked[f] = tidy(f, value)
		}
	}
	return asked, nil
}

// writable tells whether a value is to be taken. A locked secret that is set is
// refused whatever the value, so that the answer does not tell a right guess from a wrong one.
func (l *Loaded) writable(f *field, value reflect.Value, o MergeOptions) (bool, error) {
	now := f.in(&l.Config)
	guess := f.secret && now.String() != ""
	switch {
	case !f.allowed(o.CanWrite), f.secret && value.String() == mask:
		return false, nil
	case f.locked && o.Partial && (guess || !same(value, now)):
		return false, fault.New(fault.Forbidden, "api.config.update_config.not_allowed_security.app_error").Explain(f.name())
	}
	return !f.locked && !l.FromEnvironment[f.section][f.key], nil
}

// followDays makes days that are given without hours a change of the hours too,
// as Load would. A change of days is stored with its hours in any case: alone
// they would change the hours when they are read again.
func (l *Loaded) followDays(cfg *Config, asked map[*field]reflect.Value, changed map[string]bool) {
	for _, s := range sessionLengths(cfg) {
		hours := keys().byName[strings.ToLower(s.hours.name)]
		if !changed[s.days.name] || l.FromEnvironment[hours.section][hours.key] {
			continue
		}
		if _, given := asked[hours]; !given {
			*s.hours.value = hoursOf(*s.days.value)
		}
		changed[s.hours.name] = true
	}
}

// settleAsked computes the keys that follow others. Where that contradicts what
// the caller asked for, the caller's value becomes a given one.
func (l *Loaded) settleAsked(cfg *Config, asked map[*field]reflect.Value, changed map[string]bool) {
	given := maps.Clone(l.given)
	maps.Copy(given, changed)
	settle(cfg, given)
	for f, value := range asked {
		if !changed[f.name()] && !same(f.in(cfg), value) {
			f.in(cfg).Set(value)
			changed[f.name()], given[f.name()] = true, true
		}
	}
	settle(cfg, given)
}

// Overlay lays the changed keys over the document that is stored, both JSON
// objects of sections; an empty stored document is none. Keys of the stored
// document that this version does not know survive.
func Overlay(stored, changed []byte) ([]byte, error) {
	sections := map[string]map[string]json.RawMessage{}
	for _, doc := range [][]byte{stored, changed} {
		if len(doc) == 0 {
			continue
		}
		var layer map[string]map[string]json.RawMessage
		if err := json.Unmarshal(doc, &layer); err != nil {
			return nil, fmt.Errorf("read stored settings: %w", err)
		}
		for section, values := range layer {
			if sections[section] == nil {
				sections[section] = map[string]json.RawMessage{}
			}
			maps.Copy(sections[section], values)
		}
	}
	return json.Marshal(sections)
}
