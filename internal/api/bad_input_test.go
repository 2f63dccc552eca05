package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	table "muster/internal/api/spec"
	"muster/internal/testkit"
	"muster/internal/testkit/spec"
)

// malformed are bodies no operation can use.
var malformed = map[string]string{
	"nothing":               ``,
	"half an object":        `{"`,
	"half a list":           `["`,
	"a word":                `amy`,
	"a list in an object":   `{"a":[}`,
	"a text":                `"amy"`,
	"a number":              `5`,
	"a list of objects":     `[{}]`,
	"a list of lists":       `[[]]`,
	"nested too deeply":     strings.Repeat(`[`, 65) + strings.Repeat(`]`, 65),
	"nested deeply inside":  `{"a":` + strings.Repeat(`[`, 65) + strings.Repeat(`]`, 65) + `}`,
	"a character NUL":       `{"username":"a\u0000b","email":"a\u0000b","term":"\u0000","roles":"\u0000"}`,
	"too large":             `{"username":"` + strings.Repeat("x", 301_000) + `"}`,
	"an object for a value": `{"a":{},"id":{},"email":{},"roles":{},"active":{},"token":{},"token_id":{},"login_id":{},"activate":{}}`,
}

// allOptional is the one operation that is asked for nothing by a body it cannot read,
// as the reference server is seen to do: everything in it may be left out.
const allOptional = "AttachDeviceExtraProps"

// documentedBody is what the description says of the body of an operation.
type documentedBody struct {
	op     table.Operation
	fields map[string]string // name → type; none for a list of texts
}

// bodies lists the operations that are done and read a JSON body.
func bodies(t *testing.T) []documentedBody {
	t.Helper()
	type schema struct {
		Ref        string            `json:"$ref"`
		Type       string            `json:"type"`
		Properties map[string]schema `json:"properties"`
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Body struct {
				Content map[string]struct {
					Schema schema `json:"schema"`
				} `json:"content"`
			} `json:"requestBody"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]schema `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(table.OpenAPI(), &doc); err != nil {
		t.Fatal(err)
	}
	done, err := spec.Done("../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []documentedBody
	for _, op := range done {
		content, ok := doc.Paths[op.Path][strings.ToLower(op.Method)].Body.Content["application/json"]
		if !ok {
			continue
		}
		s := content.Schema
		if s.Ref != "" {
			s = doc.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
		}
		b := documentedBody{op: op, fields: map[string]string{}}
		for name, field := range s.Properties {
			b.fields[name] = field.Type
		}
		out = append(out, b)
	}
	return out
}

// wrong gives bodies in which one field after the other has a type that cannot be read
// as the right one, and lists of such.
func (b documentedBody) wrong() map[string]string {
	out := map[string]string{
		"a list of numbers": `[1]`, "a list with null": `[null,{}]`,
		"two halves of a rune": `{"username":"\ud800","term":` + "\"\xff\xfe\"}x",
	}
	for name, kind := range b.fields {
		value := `{"no":["such"]}`
		if kind == "object" {
			value = `"text"`
		}
		out[name+" of another type"] = fmt.Sprintf(`{%q:%s}`, name, value)
		out[name+" too long"] = fmt.Sprintf(`{%q:%q}`, name, strings.Repeat("é", 20_000))
	}
	return out
}

// TestBadBodiesChangeNothing sends bodies nobody can use to every operation that reads
// one, as an administrator who may do everything: none is answered as a failure of the
// server, and whatever is refused has changed nothing in the database.
func TestBadBodiesChangeNothing(t *testing.T) {
	o := testkit.Options{Config: recorded}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		all := bodies(t)
		if len(all) < 25 {
			t.Fatalf("only %d operations read a body", len(all))
		}
		amy := s.User("amy")
		bot := s.Admin().Post("/bots", map[string]string{"username": "robot"}).Want(http.StatusCreated).Text("user_id")
		db := chgDB(t, s)
		before := chgState(t, s, db)
		for _, b := range all {
			path := strings.NewReplacer("/api/v4", "", "{user_id}", amy.ID, "{bot_user_id}", bot).Replace(b.op.Path)
			kept := true
			send := func(name, body string) int {
				r := s.Admin().For(t).Do(b.op.Method, path, body)
				if r.StatusCode >= 500 && r.StatusCode != http.StatusNotImplemented {
					t.Errorf("%s with %s: %d %.200s", b.op.Name, name, r.StatusCode, r.Body)
				}
				kept = kept && r.StatusCode >= 400
				return r.StatusCode
			}
			for _, name := range slices.Sorted(maps.Keys(malformed)) {
				if status := send(name, malformed[name]); status < 400 && b.op.Name != allOptional {
					t.Errorf("%s takes %s: %d", b.op.Name, name, status)
				}
			}
			chgSame(t, before, chgState(t, s, db))
			wrong := b.wrong()
			for _, name := range slices.Sorted(maps.Keys(wrong)) {
				send(name, wrong[name])
			}
			after := chgState(t, s, db)
			if kept {
				chgSame(t, before, after)
			}
			before = after
		}
	})
}
