package golden

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
)

//go:embed testdata/users/*.json
var recordings embed.FS

// folder of the recordings.
const folder = "testdata/users"

// document is a recording.
type document struct {
	Topic     string   `json:"topic"`
	FirstRun  bool     `json:"first_run"`  // the server has no account yet
	Keep      bool     `json:"keep"`       // the accounts are not removed at the end
	ThrowAway bool     `json:"throw_away"` // the server is of no use afterwards
	Needs     []string `json:"needs"`
	Steps     []step   `json:"steps"`
}

// step is a request with its answer. testdata/README.md explains the fields.
type step struct {
	As        string            `json:"as"`
	Auth      string            `json:"auth"`
	Via       string            `json:"via"`
	Method    string            `json:"method"`
	Path      string            `json:"path"`
	Query     map[string]any    `json:"query"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	Raw       *string           `json:"raw"`
	Multipart []part            `json:"multipart"`

	Save     map[string]string `json:"save"`
	SaveHash string            `json:"save_hash"`
	MailTo   string            `json:"mail_to"`
	Wait     int               `json:"wait"` // seconds, 0 for mailPatience

	Select    string   `json:"select"`
	Pick      []string `json:"pick"`
	InVars    bool     `json:"in_vars"`
	Mask      []string `json:"mask"`
	Shape     bool     `json:"shape"`
	Unordered bool     `json:"unordered"`
	SameAs    string   `json:"same_as"`

	Setup   bool           `json:"setup"`
	Note    string         `json:"note"`
	Edition bool           `json:"edition"`
	Differs string         `json:"differs"`
	Expect  map[string]any `json:"expect"`
	Answer  map[string]any `json:"answer"`
}

// part is a part of a multipart body: a PNG picture, or else a value.
type part struct {
	Name     string   `json:"name"`
	Filename string   `json:"filename"`
	Value    string   `json:"value"`
	PNG      *picture `json:"png"`
}

// picture is a PNG picture of one colour; it is written [width, height, [r, g, b]].
type picture struct {
	width, height int
	rgb           [3]uint8
}

// UnmarshalJSON reads the three-part list.
func (p *picture) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&p.width, &p.height, &p.rgb})
}

// load reads a recording. A field nobody knows is an error: it would silently
// change what a step means.
func load(file string) (*document, error) {
	data, err := recordings.ReadFile(path.Join(folder, file))
	if err != nil {
		return nil, fmt.Errorf("read recording: %w", err)
	}
	return parse(file, data)
}

func parse(file string, data []byte) (*document, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	d.UseNumber()
	var doc document
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("read recording %s: %w", file, err)
	}
	for i, s := range doc.Steps {
		if s.MailTo == "" {
			continue
		}
		for _, pattern := range s.Save {
			if _, err := regexp.Compile(pattern); err != nil {
				return nil, fmt.Errorf("read recording %s: %w", place(file, i), err)
			}
		}
	}
	return &doc, nil
}

// lacking tells what the document needs and the target does not offer.
func (d *document) lacking(target Target) string {
	for _, s := range d.Steps {
		switch {
		case s.Via == "local" && target.LocalSocket == "":
			return "LocalSocket"
		case s.MailTo != "" && target.Mail == nil:
			return "Mail"
		}
	}
	return ""
}
