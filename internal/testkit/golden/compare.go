package golden

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// compare lists how an answer differs from the recorded one, or from what the
// step expects instead.
func compare(s step, got map[string]any) []string {
	want := sorted(s, s.Answer)
	diffs := diff(want, got, "")
	if len(diffs) == 0 || s.Expect == nil {
		return diffs
	}
	want = maps.Clone(want)
	maps.Copy(want, s.Expect)
	return diff(want, got, "")
}

// sorted puts the rows of an unordered answer into a fixed order.
func sorted(s step, answer map[string]any) map[string]any {
	rows, ok := answer["json"].([]any)
	if !s.Unordered || !ok {
		return answer
	}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b any) int { return strings.Compare(encode(a), encode(b)) })
	answer = maps.Clone(answer)
	answer["json"] = rows
	return answer
}

// diff lists the differences between the recorded and the seen value of a path.
func diff(want, got any, path string) []string {
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			return diffObjects(w, g, path)
		}
	case []any:
		if g, ok := got.([]any); ok {
			return diffLists(w, g, path)
		}
	default:
		if _, list := got.([]any); !list && typeName(got) != "dict" && want == got {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s: %s != %s", orRoot(path), brief(want), brief(got))}
}

func diffObjects(want, got map[string]any, path string) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if g, ok := got[k]; ok {
			out = append(out, diff(want[k], g, path+"."+k)...)
		} else {
			out = append(out, path+"."+k+": missing")
		}
	}
	for _, k := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[k]; !ok {
			out = append(out, fmt.Sprintf("%s.%s: extra %s", path, k, brief(got[k])))
		}
	}
	return out
}

func diffLists(want, got []any, path string) []string {
	if len(want) != len(got) {
		return []string{fmt.Sprintf("%s: %d items != %d items", orRoot(path), len(want), len(got))}
	}
	var out []string
	for i := range want {
		out = append(out, diff(want[i], got[i], fmt.Sprintf("%s[%d]", path, i))...)
	}
	return out
}

func orRoot(path string) string {
	if path == "" {
		return "."
	}
	return path
}

// encode writes a value as JSON, the keys in a fixed order and <id> as it is.
func encode(value any) string {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // values come from JSON
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// brief writes the beginning of a value.
func brief(value any) string {
	const limit = 80
	out := encode(value)
	if len(out) <= limit {
		return out
	}
	return out[:limit-3] + "..."
}
