package config

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// field is what the struct tags say about one key.
type field struct {
	section  string
	key      string
	index    [2]int // of the section in Config, of the key in the section
	typ      reflect.Type
	standard reflect.Value // the default
	given    string        // the default as it is written in the tag
	access   []string
	doc      string
	restart  bool
	locked   bool
	secret   bool
}

// name is how people write the key: section, dot, key.
func (f *field) name() string { return f.section + "." + f.key }

// env is the name of the environment variable that sets the key.
func (f *field) env() string {
	return "MM_" + strings.ToUpper(f.section) + "_" + strings.ToUpper(f.key)
}

// in gives the place of the key in a document.
func (f *field) in(cfg *Config) reflect.Value {
	return reflect.ValueOf(cfg).Elem().Field(f.index[0]).Field(f.index[1])
}

// allowed tells whether one of the field's parts of the system console is open
// to the caller. Without a question nothing is.
func (f *field) allowed(can func(area string) bool) bool {
	return can != nil && slices.ContainsFunc(f.access, can)
}

// schema is all keys in the order of the structs, and ways to find one.
type schema struct {
	fields   []*field
	sections map[string]string // by lower-case name
	byName   map[string]*field // by lower-case name; existing files differ in case
	byEnv    map[string]*field
}

// find gives the key of a section, nil when there is none. Case does not count.
func (s *schema) find(section, key string) *field {
	return s.byName[strings.ToLower(section+"."+key)]
}

// keys is the schema of Config. It is computed once and never changes.
var keys = sync.OnceValue(readSchema)

var secretType = reflect.TypeFor[Secret]()

func readSchema() *schema {
	s := &schema{sections: map[string]string{}, byName: map[string]*field{}, byEnv: map[string]*field{}}
	doc := reflect.TypeFor[Config]()
	for i := range doc.NumField() {
		section := doc.Field(i)
		s.sections[strings.ToLower(section.Name)] = section.Name
		for j := range section.Type.NumField() {
			s.add(readField(section, section.Type.Field(j), [2]int{i, j}))
		}
	}
	return s
}

func (s *schema) add(f *field) {
	s.fields = append(s.fields, f)
	s.byName[strings.ToLower(f.name())] = f
	s.byEnv[f.env()] = f
}

func readField(section, key reflect.StructField, index [2]int) *field {
	access := key.Tag.Get("access")
	if access == "" {
		access = section.Tag.Get("access")
	}
	rules := strings.Split(key.Tag.Get("rules"), ",")
	f := &field{
		section: section.Name,
		key:     key.Name,
		index:   index,
		typ:     key.Type,
		given:   key.Tag.Get("default"),
		access:  strings.Split(access, ","),
		doc:     key.Tag.Get("doc"),
		restart: slices.Contains(rules, "restart"),
		locked:  slices.Contains(rules, "locked"),
		secret:  key.Type == secretType,
	}
	f.standard = reflect.New(f.typ).Elem()
	if f.given != "" || f.typ.Kind() == reflect.Slice {
		if wish := fromText(f.standard, f.given); wish != "" {
			panic("config: default of " + f.name() + ": wants " + wish)
		}
	}
	return f
}

// same compares two values of one key; lists that are nil and empty are alike.
func same(a, b reflect.Value) bool {
	if a.Kind() == reflect.Slice {
		return slices.Equal(a.Interface().([]string), b.Interface().([]string))
	}
	return a.Interface() == b.Interface()
}

// copied gives a value that shares no memory with the original.
func copied(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Slice {
		return reflect.ValueOf(append([]string{}, v.Interface().([]string)...))
	}
	return v
}
