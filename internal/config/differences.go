package config

import "reflect"

// Differences names the keys that differ between two documents, never their values.
func Differences(a, b *Config) []string {
	out := []string{}
	for _, f := range keys().fields {
		if !reflect.DeepEqual(f.in(a).Interface(), f.in(b).Interface()) {
			out = append(out, f.name())
		}
	}
	return out
}
