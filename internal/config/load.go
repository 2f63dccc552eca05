package config

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"strings"
)

// LoadOptions name the layers above the defaults, the weakest first.
type LoadOptions struct {
	File     string   // path of the configuration file; empty for none
	Override []byte   // document stored at run time; empty for none
	Environ  []string // NAME=value, as os.Environ gives them
}

// Loaded is a configuration that passed every check, and where it came from.
type Loaded struct {
	Config Config
	// Unknown names the keys and variables that were given and are not used, for
	// one line in the log. The file itself is never rewritten.
	Unknown []string
	// FromEnvironment tells by section and key what the environment decides.
	FromEnvironment map[string]map[string]bool

	given map[string]bool // names of keys that some layer above the defaults sets
}

// Load reads all layers. When the file cannot be read or is no JSON object the
// error says so; everything else that is wrong comes at once, as Problems.
func Load(o LoadOptions) (*Loaded, error) {
	if o.File == "" {
		return combine(o, nil)
	}
	doc, err := os.ReadFile(o.File)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	doc = bytes.TrimPrefix(doc, []byte("\xef\xbb\xbf")) // some editors begin files with this mark
	if len(doc) == 0 {
		return nil, fmt.Errorf("read configuration from %s: %w", o.File, errNotObject)
	}
	return combine(o, doc)
}

// combine lays the layers over each other and checks the result.
func combine(o LoadOptions, doc []byte) (*Loaded, error) {
	l := &loader{loaded: &Loaded{
		Config:          Defaults(),
		FromEnvironment: map[string]map[string]bool{},
		given:           map[string]bool{},
	}}
	if err := l.document(o.File, doc, true); err != nil {
		return nil, err
	}
	if err := l.document("the stored settings", o.Override, false); err != nil {
		return nil, err
	}
	l.environment(o.Environ)
	settle(&l.loaded.Config, l.loaded.given)
	l.problems = append(l.problems, check(&l.loaded.Config)...)
	if err := l.problems.errorOrNil(); err != nil {
		return nil, err
	}
	return l.loaded, nil
}

// loader collects what the layers give.
type loader struct {
	loaded   *Loaded
	problems Problems
}

// document lays one JSON document over what is there. Locked keys count only
// where trusted: the document stored at run time came over the API. No document
// is no layer.
func (l *loader) document(source string, doc []byte, trusted bool) error {
	if len(doc) == 0 {
		return nil
	}
	entries, err := parse(doc)
	if err != nil {
		return fmt.Errorf("read configuration from %s: %w", source, err)
	}
	layer := map[string]bool{}
	for _, e := range entries {
		f := keys().find(e.section, e.key)
		if f == nil || f.locked && !trusted {
			l.stray(source, e)
			continue
		}
		if wish := fromJSON(f.in(&l.loaded.Config), e.raw); wish != "" {
			l.problems = append(l.problems, misshapen(source, f, wish, e.raw))
			continue
		}
		layer[f.name()] = true
	}
	l.done(layer)
	return nil
}

// stray records a key that is not used, or a section that is no section.
func (l *loader) stray(source string, e entry) {
	if known, ok := keys().sections[strings.ToLower(e.section)]; ok && e.key == "" {
		l.problems = append(l.problems, Problem{known, invalid("type"), "in " + source + " wants an object"})
		return
	}
	l.loaded.Unknown = append(l.loaded.Unknown, e.name())
}

// done ends a layer: within it hours win over days, and it wins over those below.
func (l *loader) done(layer map[string]bool) {
	for _, s := range sessionLengths(&l.loaded.Config) {
		if layer[s.days.name] && !layer[s.hours.name] {
			*s.hours.value = hoursOf(*s.days.value)
			layer[s.hours.name] = true
		}
	}
	maps.Copy(l.loaded.given, layer)
}

func misshapen(source string, f *field, wish string, value []byte) Problem {
	return Problem{f.name(), invalid("type"), fmt.Sprintf("in %s wants %s, has %s", source, wish, shown(f, value))}
}
