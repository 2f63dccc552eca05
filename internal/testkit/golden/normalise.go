package golden

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// normaliser replaces what differs from run to run by what it is.
type normaliser struct {
	random string            // the random part of the names of this run
	labels map[string]string // value to <label>
	long   []string          // the values that may be parts of a text, longest first
	sent   map[string]bool   // texts of requests, which come back as they are
}

func newNormaliser(random string) *normaliser {
	return &normaliser{random: random, labels: map[string]string{}, sent: map[string]bool{}}
}

// learn labels the value of a variable. The last part of the variable's name
// tells what it is: user.amy.id, user.amy.token.
func (n *normaliser) learn(variable, value string) {
	kind := variable[strings.LastIndexByte(variable, '.')+1:]
	naming := kind == "name" || kind == "email"
	if len(value) < 8 && (value == "" || !naming) || n.labels[value] != "" {
		return
	}
	switch kind {
	case "etag":
		return
	case "id":
		n.labels[value] = "<id:" + strings.TrimPrefix(strings.TrimSuffix(variable, ".id"), "user.") + ">"
	case "token", "csrf":
		n.labels[value] = "<token>"
	default:
		n.labels[value] = "<" + variable + ">"
	}
	if len(value) >= 8 {
		n.long = append(n.long, value)
		slices.SortStableFunc(n.long, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	}
}

// known tells whether a value belongs to a variable.
func (n *normaliser) known(value any) bool {
	text, ok := value.(string)
	return ok && n.labels[text] != ""
}

// json normalises the value of a key; the values of masked keys become their type.
func (n *normaliser) json(value any, key string, masked []string) any {
	if slices.Contains(masked, key) {
		return "<" + maskName(value) + ">"
	}
	switch x := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, item := range x {
			out[n.text(k)] = n.json(item, k, masked)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = n.json(item, key, masked)
		}
		return out
	case json.Number:
		return number(x)
	case string:
		return n.field(key, x)
	}
	return value
}

// number replaces what can only be a time in milliseconds.
func number(x json.Number) any {
	f, err := x.Float64()
	switch {
	case err != nil:
		return x
	case 1.2e12 < f && f < 1e14:
		return "<ms>"
	case -1e14 < f && f < -1.2e12:
		return "<-ms>"
	}
	return x
}

// field normalises the text of a key. Empty texts stay empty.
func (n *normaliser) field(key, text string) string {
	var label string
	switch key {
	case "message", "detailed_error":
		label = "<text>"
	case "request_id":
		label = "<id>"
	case "ip_address":
		label = "<ip>"
	case "token", "secret", "qr_code", "csrf":
		label = "<" + key + ">"
	default:
		return n.text(text)
	}
	if text == "" {
		return ""
	}
	return label
}

const idLetters = "[ybndrfg8ejkmcpqxot1uwisza345h769]{26}"

var (
	idOnly     = regexp.MustCompile("^" + idLetters + "$")
	idAnywhere = regexp.MustCompile(idLetters)
	msAnywhere = regexp.MustCompile(`\b1[0-9]{12}\b`)
	word       = regexp.MustCompile(`[A-Za-z][A-Za-z']+`)
	roleNames  = regexp.MustCompile(`^[a-z0-9_ ]+$`)
)

// text normalises a text wherever it stands.
func (n *normaliser) text(text string) string {
	if label := n.labels[text]; label != "" {
		return label
	}
	out := text
	for _, value := range n.long {
		out = strings.ReplaceAll(out, value, n.labels[value])
	}
	out = strings.ReplaceAll(out, n.random, "<u>")
	out = strings.ReplaceAll(out, strings.ToUpper(n.random), "<U>")
	if idOnly.MatchString(text) {
		return "<id>"
	}
	if strings.HasPrefix(out, "{") && strings.HasSuffix(out, "}") { // JSON inside a text
		out = idAnywhere.ReplaceAllString(msAnywhere.ReplaceAllString(out, "<ms>"), "<id>")
	}
	if !n.sent[text] {
		if sentence(out) {
			return "<text>"
		}
		if strings.HasPrefix(out, "http") {
			return "<url>"
		}
	}
	return shorten(out)
}

// sentence tells whether a text is written for people.
func sentence(text string) bool {
	return strings.Contains(strings.TrimSpace(text), " ") && len(word.FindAllString(text, 3)) == 3 &&
		!roleNames.MatchString(text) && !strings.Contains(text, "=")
}

// shorten writes a long run of one character as the character and its number.
func shorten(text string) string {
	runes := []rune(text)
	if len(runes) <= 60 || runes[0] == '\n' {
		return text
	}
	for _, r := range runes {
		if r != runes[0] {
			return text
		}
	}
	return string(runes[0]) + "*" + strconv.Itoa(len(runes))
}

// shape keeps the keys and types of a normalised value. Of a list of objects it
// keeps the keys that all of them have.
func shape(value any) any {
	switch x := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, item := range x {
			out[k] = shape(item)
		}
		return out
	case []any:
		return listShape(x)
	}
	return "<" + typeName(value) + ">"
}

func listShape(list []any) any {
	if len(list) == 0 {
		return []any{}
	}
	first, ok := list[0].(map[string]any)
	if !ok {
		return []any{"<list>"}
	}
	common := make(map[string]any, len(first))
	for k := range first {
		common[k] = "<any>"
	}
	for _, item := range list[1:] {
		row, _ := item.(map[string]any)
		for k := range common {
			if _, ok := row[k]; !ok {
				delete(common, k)
			}
		}
	}
	return []any{common}
}

// maskName names the type of a masked value.
func maskName(value any) string {
	if value == nil {
		return "null"
	}
	return typeName(value)
}

// typeName names a JSON type as the recordings do.
func typeName(value any) string {
	switch x := value.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case string:
		return "str"
	case json.Number:
		if strings.ContainsAny(x.String(), ".eE") {
			return "float"
		}
		return "int"
	case []any:
		return "list"
	}
	return "dict"
}
