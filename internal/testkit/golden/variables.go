package golden

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
)

// variables are the values of the placeholders.
type variables map[string]string

// placeholder is ${name} or ${function:argument}.
var placeholder = regexp.MustCompile(`\$\{([^}]+)\}`)

// fill replaces the placeholders of a text. An unknown variable is empty.
func (v variables) fill(text string) (string, error) {
	var failed error
	out := placeholder.ReplaceAllStringFunc(text, func(match string) string {
		value, err := v.value(match[2 : len(match)-1])
		if err != nil {
			failed = fmt.Errorf("placeholder %s: %w", match, err)
		}
		return value
	})
	return out, failed
}

// value gives what a placeholder stands for.
func (v variables) value(name string) (string, error) {
	function, argument, _ := strings.Cut(name, ":")
	switch function {
	case "totp": // ${totp:variable:offset}
		return v.code(argument)
	case "rep": // ${rep:text:times}
		text, times, _ := strings.Cut(argument, ":")
		n, err := strconv.Atoi(times)
		return strings.Repeat(text, max(n, 0)), err
	case "upper":
		return strings.ToUpper(v[argument]), nil
	case "now":
		return strconv.FormatInt(time.Now().UnixMilli(), 10), nil
	}
	return v[name], nil
}

// code gives the one-time code of "variable:offset", where the offset counts
// steps of 30 seconds. Without a secret it is a code of the right form.
func (v variables) code(argument string) (string, error) {
	name, offset, _ := strings.Cut(argument, ":")
	secret := v[name]
	if secret == "" {
		secret = strings.Repeat("A", 32)
	}
	steps := 0
	if offset != "" {
		var err error
		if steps, err = strconv.Atoi(offset); err != nil {
			return "", err
		}
	}
	if steps < 0 {
		untilEarly(codeStep)
	}
	return totp.GenerateCode(secret, time.Now().Add(time.Duration(steps)*codeStep))
}

// codeStep is how long a one-time code is the current one.
const codeStep = 30 * time.Second

// untilEarly waits for the next step when the current one is half over: an earlier code counts
// only as long as it lasts.
func untilEarly(step time.Duration) {
	if left := step - time.Duration(time.Now().UnixNano())%step; left < step/2 {
		<-time.After(left)
	}
}

// fillJSON replaces the placeholders in the texts and the keys of a JSON value,
// and gives each text that comes out to note.
func (v variables) fillJSON(value any, note func(string)) (any, error) {
	switch x := value.(type) {
	case string:
		out, err := v.fill(x)
		note(out)
		return out, err
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			var err error
			if out[i], err = v.fillJSON(item, note); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, item := range x {
			key, err := v.fill(k)
			if err != nil {
				return nil, err
			}
			if out[key], err = v.fillJSON(item, note); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return value, nil
}

// scalar gives a JSON value as a variable holds it; ok is false for null and for
// what is no scalar.
func scalar(value any) (text string, ok bool) {
	switch x := value.(type) {
	case string:
		return x, true
	case json.Number:
		return x.String(), true
	case bool:
		return strconv.FormatBool(x), true
	}
	return "", false
}
