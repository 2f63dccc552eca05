package golden

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	anID    = regexp.MustCompile(`[A-Za-z0-9]+`)
	digits  = regexp.MustCompile(`[0-9]+`)
	sha1Hex = regexp.MustCompile(`[0-9a-f]+`)
	direct  = regexp.MustCompile(`(<id(?::[\w.]+)?>)__(<id(?::[\w.]+)?>)`)
	shifted = regexp.MustCompile(`[+-]1>$`)
)

// opaque are keys whose texts say nothing.
var opaque = map[string]string{
	"token": "<token>", "mini_preview": "<bytes>", "server_version": "<version>", "server_hostname": "<host>",
	"version": "<version>", "server_time": "<ms>", "secret": "<token>",
}

// normal replaces what differs from run to run in the value of a key.
func (r *talker) normal(value any, key string, s exchangeStep) any {
	if value != nil && slices.Contains(s.Ignore, key) {
		return "<any>"
	}
	switch v := value.(type) {
	case json.Number:
		return r.normalNumber(v, key)
	case string:
		if opaque[key] != "" && v != "" {
			return opaque[key]
		}
		if v != "" && strings.ContainsAny(v[:1], "{[") && strings.ContainsAny(v[len(v)-1:], "}]") {
			if inner, err := decode([]byte(v)); err == nil {
				return map[string]any{"$json": r.normal(inner, key, s)}
			}
		}
		return r.normalText(v)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = r.normal(x, "", s)
		}
		if s.Unordered || key == "permissions" {
			slices.SortStableFunc(out, func(a, b any) int { return strings.Compare(canon(a), canon(b)) })
		}
		return out
	case map[string]any:
		return r.normalObject(v, s)
	}
	return value
}

// canon is the form by which the recordings were sorted.
func canon(v any) string {
	var b strings.Builder
	writeCanon(&b, v)
	return b.String()
}

// writeCanon writes JSON with blanks behind : and , and everything but ASCII escaped.
func writeCanon(b *strings.Builder, v any) {
	switch x := v.(type) {
	case map[string]any:
		b.WriteByte('{')
		for i, k := range slices.Sorted(maps.Keys(x)) {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(strconv.QuoteToASCII(k) + ": ")
			writeCanon(b, x[k])
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, y := range x {
			if i > 0 {
				b.WriteString(", ")
			}
			writeCanon(b, y)
		}
		b.WriteByte(']')
	case string:
		b.WriteString(strconv.QuoteToASCII(x))
	default:
		b.WriteString(encode(x))
	}
}

func (r *talker) normalNumber(n json.Number, key string) any {
	v, err := n.Int64()
	if err != nil {
		return n
	}
	if key == "server_time" {
		return "<ms>"
	}
	if label := r.times[v]; label != "" && key != "last_update_at" && (key != "update_at" || !shifted.MatchString(label)) {
		return label
	}
	switch {
	case v >= 1_400_000_000_000 && v < 4_000_000_000_000:
		return "<ms>"
	case v >= 1_400_000_000 && v < 4_000_000_000:
		return "<s>"
	}
	return n
}

func (r *talker) normalText(text string) string {
	text = strings.ReplaceAll(text, r.suffix, "<u>")
	text = anID.ReplaceAllStringFunc(text, func(id string) string {
		switch label := r.labels[id]; {
		case label != "":
			return label
		case wholeID.MatchString(id):
			return "<id>"
		}
		return id
	})
	text = digits.ReplaceAllStringFunc(text, func(d string) string {
		if len(d) != 13 || d[0] != '1' || d[1] < '5' {
			return d
		}
		n, _ := strconv.ParseInt(d, 10, 64) // 13 digits always fit
		if label := r.times[n]; label != "" {
			return label
		}
		return "<ms>"
	})
	text = sha1Hex.ReplaceAllStringFunc(text, func(h string) string {
		if len(h) == 40 {
			return "<sha1>"
		}
		return h
	})
	text = direct.ReplaceAllStringFunc(text, func(name string) string {
		ids := strings.Split(name, "__")
		slices.Sort(ids)
		return strings.Join(ids, "__")
	})
	if email, ok := r.variables["admin.email"].(string); ok {
		text = strings.ReplaceAll(text, email, "<admin-email>")
	}
	if text == r.target.AdminName || text == "@"+r.target.AdminName {
		text = strings.ReplaceAll(text, r.target.AdminName, "<admin>")
	}
	return text
}

func (r *talker) normalObject(o map[string]any, s exchangeStep) any {
	o = maps.Clone(o)
	_, status := o["status_code"]
	_, id := o["id"]
	if _, message := o["message"]; message && status && id {
		o["message"] = "<text>"
		if o["detailed_error"] != "" {
			o["detailed_error"] = "<text>"
		}
		delete(o, "request_id")
	}
	if kind, ok := o["type"].(string); ok && strings.HasPrefix(kind, "system_") && o["message"] != nil {
		o["message"] = "<text>"
	}
	type pair struct {
		key   string
		value any
	}
	pairs := make([]pair, 0, len(o))
	for k, v := range o {
		pairs = append(pairs, pair{r.normalText(k), r.normal(v, k, s)})
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		if c := strings.Compare(a.key, b.key); c != 0 {
			return c
		}
		return strings.Compare(canon(a.value), canon(b.value))
	})
	out := make(map[string]any, len(pairs))
	for _, p := range pairs {
		key := p.key
		for n := 2; ; n++ {
			if _, taken := out[key]; !taken {
				break
			}
			key = fmt.Sprintf("%s#%d", p.key, n)
		}
		out[key] = p.value
	}
	return out
}
