package golden

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image/png"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// cookie gives the value of a cookie the answer sets.
func (a *answer) cookie(name string) (value string, ok bool) {
	for _, line := range a.header.Values("Set-Cookie") {
		if rest, found := strings.CutPrefix(line, name+"="); found {
			value, _, _ = strings.Cut(rest, ";")
			return value, true
		}
	}
	return "", false
}

// observe gives the normalised answer in the form of the recordings.
func (p *player) observe(s step, a *answer) map[string]any {
	out := map[string]any{"status": json.Number(strconv.Itoa(a.status)), "headers": headers(a.header)}
	if len(a.body) == 0 {
		out["body"] = "empty"
		return out
	}
	if picture, ok := p.picture(s, a); ok {
		out["image"] = picture
		return out
	}
	value, err := decode(a.body)
	if err != nil {
		out["body"] = "not-json"
		return out
	}
	out["json"] = p.norm.json(p.restrict(s, value), "", s.Mask)
	if s.Shape {
		out["json"] = shape(out["json"])
	}
	return out
}

// picture describes a PNG picture, and compares it with an earlier one.
func (p *player) picture(s step, a *answer) (map[string]any, bool) {
	if !bytes.HasPrefix(a.body, []byte("\x89PNG\r\n\x1a\n")) {
		return nil, false
	}
	size, err := png.DecodeConfig(bytes.NewReader(a.body))
	if err != nil {
		return nil, false
	}
	sum := sha256.Sum256(a.body)
	hash := hex.EncodeToString(sum[:])
	if s.SaveHash != "" {
		p.vars[s.SaveHash] = hash
	}
	out := map[string]any{
		"format": "png",
		"width":  json.Number(strconv.Itoa(size.Width)),
		"height": json.Number(strconv.Itoa(size.Height)),
	}
	if s.SameAs != "" {
		out["same_as:"+s.SameAs] = p.vars[s.SameAs] == hash
	}
	return out, true
}

// restrict leaves of an answer what the step is about.
func (p *player) restrict(s step, value any) any {
	switch x := value.(type) {
	case []any:
		x = slices.Clone(x)
		if s.Select != "" {
			x = slices.DeleteFunc(x, func(row any) bool { return !p.selected(s.Select, row) })
		}
		if s.InVars {
			x = slices.DeleteFunc(x, func(row any) bool { return !p.norm.known(row) })
		}
		return x
	case map[string]any:
		if s.Pick == nil {
			return x
		}
		out := make(map[string]any, len(s.Pick))
		for _, key := range s.Pick {
			out[key] = x[key]
		}
		return out
	}
	return value
}

// selected tells whether a row meets a condition such as username^${u}.
func (p *player) selected(condition string, row any) bool {
	field, start, _ := strings.Cut(condition, "^")
	object, ok := row.(map[string]any)
	if !ok {
		return false
	}
	text, _ := scalar(object[field])
	prefix, err := p.vars.fill(start)
	return err == nil && strings.HasPrefix(text, prefix)
}

// headers keeps the headers that are facts.
func headers(h http.Header) map[string]any {
	out := map[string]any{}
	for _, name := range []string{"Content-Type", "Cache-Control", "Location", "Allow"} {
		if value := h.Get(name); value != "" {
			out[strings.ToLower(name)] = value
		}
	}
	for _, name := range []string{"Token", "ETag"} {
		if h.Get(name) != "" {
			out[strings.ToLower(name)] = true
		}
	}
	if lines := h.Values("Set-Cookie"); len(lines) > 0 {
		out["set-cookie"] = cookies(lines)
	}
	return out
}

// cookies describes the cookies of an answer without their values, by name.
func cookies(lines []string) []any {
	lines = slices.Clone(lines)
	slices.SortStableFunc(lines, func(a, b string) int {
		nameA, _, _ := strings.Cut(a, "=")
		nameB, _, _ := strings.Cut(b, "=")
		return strings.Compare(nameA, nameB)
	})
	out := make([]any, len(lines))
	for i, line := range lines {
		parts := strings.Split(line, ";")
		name, value, _ := strings.Cut(parts[0], "=")
		attrs := []string{}
		for _, attr := range parts[1:] {
			attrs = append(attrs, cookieAttribute(strings.TrimSpace(attr)))
		}
		slices.Sort(attrs)
		list := make([]any, len(attrs))
		for j, attr := range attrs {
			list[j] = attr
		}
		out[i] = map[string]any{"name": name, "empty": value == "", "attrs": list}
	}
	return out
}

// cookieAttribute writes an attribute as the recordings do: expires has no value.
func cookieAttribute(attr string) string {
	lower := strings.ToLower(attr)
	switch {
	case strings.HasPrefix(lower, "expires"):
		return "expires"
	case strings.HasPrefix(lower, "httponly"), strings.HasPrefix(lower, "secure"):
		return lower
	}
	return attr
}

// dig follows a path of keys and positions such as "0.id", and gives nil when it
// leads nowhere.
func dig(value any, path string) any {
	for _, key := range strings.Split(path, ".") {
		switch x := value.(type) {
		case map[string]any:
			value = x[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(x) {
				return nil
			}
			value = x[i]
		default:
			return nil
		}
	}
	return value
}
