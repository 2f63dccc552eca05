package config

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"unicode"
)

// What a value of each kind must look like; the end of a sentence that begins
// with "wants".
const (
	wantsBool  = "true or false"
	wantsInt   = "a whole number"
	wantsText  = "a text"
	wantsTexts = "a list of texts"
)

// fromText reads a value as the environment writes it. It answers what the
// value should have looked like, and nothing when it was understood. A list is
// either a JSON array or separated by spaces and commas.
func fromText(into reflect.Value, text string) (wish string) {
	switch into.Kind() {
	case reflect.Bool:
		v, err := strconv.ParseBool(strings.TrimSpace(text))
		if err != nil {
			return wantsBool
		}
		into.SetBool(v)
	case reflect.Int, reflect.Int64:
		v, err := strconv.ParseInt(strings.TrimSpace(text), 10, into.Type().Bits())
		if err != nil {
			return wantsInt
		}
		into.SetInt(v)
	case reflect.Slice:
		if strings.HasPrefix(strings.TrimSpace(text), "[") {
			return fromJSON(into, []byte(text))
		}
		split := func(r rune) bool { return r == ',' || unicode.IsSpace(r) }
		into.Set(reflect.ValueOf(append([]string{}, strings.FieldsFunc(text, split)...)))
	default:
		into.SetString(text)
	}
	return ""
}

// fromJSON reads a value of a document, and answers like fromText.
func fromJSON(into reflect.Value, raw []byte) (wish string) {
	switch into.Kind() {
	case reflect.Bool:
		wish = wantsBool
	case reflect.Int, reflect.Int64:
		wish = wantsInt
	case reflect.Slice:
		return textsFromJSON(into, raw)
	default:
		wish = wantsText
	}
	v := reflect.New(into.Type())
	if isNull(raw) || json.Unmarshal(raw, v.Interface()) != nil {
		return wish
	}
	into.Set(v.Elem())
	return ""
}

func textsFromJSON(into reflect.Value, raw []byte) (wish string) {
	var texts []*string // pointers tell null from an empty text
	if isNull(raw) || json.Unmarshal(raw, &texts) != nil {
		return wantsTexts
	}
	out := make([]string, 0, len(texts))
	for _, t := range texts {
		if t == nil {
			return wantsTexts
		}
		out = append(out, *t)
	}
	into.Set(reflect.ValueOf(out))
	return ""
}

func isNull(raw []byte) bool { return string(bytes.TrimSpace(raw)) == "null" }
