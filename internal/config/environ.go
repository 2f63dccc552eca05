package config

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

const (
	envPrefix     = "MM_"
	fileSuffix    = "_FILE"
	secretFileMax = 64 << 10 // bytes
)

// environment lays the variables MM_SECTION_KEY over what is there. For a secret,
// MM_SECTION_KEY_FILE names a file with the value.
func (l *loader) environment(environ []string) {
	layer := map[string]bool{}
	for _, one := range environ {
		variable, value, _ := strings.Cut(one, "=")
		if !strings.HasPrefix(variable, envPrefix) {
			continue
		}
		f, fromFile := fieldOfVariable(variable)
		if f == nil {
			l.strayVariable(variable)
			continue
		}
		if fromFile {
			if slices.ContainsFunc(environ, func(s string) bool { return strings.HasPrefix(s, f.env()+"=") }) {
				l.problem(f, fmt.Sprintf("is given twice, by %s and %s", f.env(), variable))
				continue
			}
			var err error
			if value, err = secretFile(value); err != nil {
				l.problem(f, fmt.Sprintf("in %s: %v", variable, err))
				continue
			}
		}
		if wish := fromText(f.in(&l.loaded.Config), value); wish != "" {
			l.problems = append(l.problems, misshapen(variable, f, wish, []byte(value)))
			continue
		}
		layer[f.name()] = true
		l.markEnvironment(f)
	}
	l.done(layer)
}

func (l *loader) problem(f *field, text string) {
	l.problems = append(l.problems, Problem{f.name(), invalid("environment"), text})
}

func (l *loader) markEnvironment(f *field) {
	if l.loaded.FromEnvironment[f.section] == nil {
		l.loaded.FromEnvironment[f.section] = map[string]bool{}
	}
	l.loaded.FromEnvironment[f.section][f.key] = true
}

// strayVariable records a variable that looks like a setting and is none; other
// programs have variables with this prefix too.
func (l *loader) strayVariable(variable string) {
	section, _, ok := strings.Cut(strings.TrimPrefix(variable, envPrefix), "_")
	_, known := keys().sections[strings.ToLower(section)]
	if ok && (known || strings.HasSuffix(section, "SETTINGS")) {
		l.loaded.Unknown = append(l.loaded.Unknown, variable)
	}
}

func fieldOfVariable(variable string) (f *field, fromFile bool) {
	if f := keys().byEnv[variable]; f != nil {
		return f, false
	}
	plain, ok := strings.CutSuffix(variable, fileSuffix)
	if f := keys().byEnv[plain]; ok && f != nil && f.secret {
		return f, true
	}
	return nil, false
}

// secretFile reads a small file without the white space around its text.
func secretFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // nothing was written
	text, err := io.ReadAll(io.LimitReader(f, secretFileMax+1))
	if err != nil {
		return "", err
	}
	if len(text) > secretFileMax {
		return "", fmt.Errorf("%s is larger than %d bytes", path, secretFileMax)
	}
	value := strings.TrimSpace(string(text))
	if value == "" {
		return "", fmt.Errorf("%s is empty", path)
	}
	return value, nil
}
