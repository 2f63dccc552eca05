package config

import (
	"fmt"
	"io"
	"reflect"
	"strings"
)

// Key is one setting as the documentation shows it.
type Key struct {
	Name          string // section and key, such as ServiceSettings.SiteURL
	Env           string // variable that sets it
	Type          string // bool, int, string, list or secret
	Default       string // as the environment would write it
	Doc           string
	RestartNeeded bool // a change takes effect at the next start
	FileOnly      bool // cannot be changed over the API
}

// Reference lists the keys that have an effect, in the order of the sections.
func Reference() []Key {
	var out []Key
	for _, f := range keys().fields {
		if f.doc == "" {
			continue
		}
		out = append(out, Key{
			Name: f.name(), Env: f.env(), Type: kindOf(f), Default: f.given, Doc: f.doc,
			RestartNeeded: f.restart, FileOnly: f.locked,
		})
	}
	return out
}

func kindOf(f *field) string {
	switch f.typ.Kind() {
	case reflect.Bool:
		return "bool"
	case reflect.Int, reflect.Int64:
		return "int"
	case reflect.Slice:
		return "list"
	}
	if f.secret {
		return "secret"
	}
	return "string"
}

// shownDefault is the default in words a reader expects.
func (k Key) shownDefault() string {
	switch {
	case k.Default != "":
		return "`" + k.Default + "`"
	case k.Type == "bool":
		return "`false`"
	case k.Type == "int":
		return "`0`"
	}
	return "empty"
}

const referenceIntro = `# Configuration

Settings come from four places; each overrides the ones before it: the defaults below, the configuration file (JSON),
what was changed at run time over the API, and the environment. The variable of a key is ` + "`MM_`, the section, `_` and the key" + `,
in capitals. A list is a JSON array, or words separated by spaces or commas. A secret can be given in a file: add ` + "`_FILE`" + `
to the variable and name the file. Keys that are not listed here are left alone and named in the log at start.

"Restart" marks keys that are read at start only. "File" marks keys that cannot be changed over the API.
`

// WriteReference writes the documentation of every key that has an effect, as Markdown.
func WriteReference(w io.Writer) error {
	var out strings.Builder
	out.WriteString(referenceIntro)
	section := ""
	for _, k := range Reference() {
		head, key, _ := strings.Cut(k.Name, ".")
		if head != section {
			section = head
			fmt.Fprintf(&out, "\n## %s\n\n| Key | Type | Default | | What it does |\n|---|---|---|---|---|\n", section)
		}
		var marks []string
		if k.RestartNeeded {
			marks = append(marks, "Restart")
		}
		if k.FileOnly {
			marks = append(marks, "File")
		}
		doc := strings.ReplaceAll(k.Doc, "|", `\|`)
		doc = strings.ReplaceAll(doc, "*", `\*`)
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s | %s |\n", key, k.Type, k.shownDefault(), strings.Join(marks, ", "), doc)
	}
	_, err := io.WriteString(w, out.String())
	return err
}
