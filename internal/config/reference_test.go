package config

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestReference(t *testing.T) {
	t.Parallel()
	list := Reference()
	at := slices.IndexFunc(list, func(k Key) bool { return k.Name == "ServiceSettings.ListenAddress" })
	if at < 0 {
		t.Fatal("ListenAddress is missing")
	}
	k := list[at]
	if k.Env != "MM_SERVICESETTINGS_LISTENADDRESS" || k.Default != "127.0.0.1:8065" || k.Type != "string" || !k.RestartNeeded || !k.FileOnly {
		t.Errorf("got %+v", k)
	}
	if slices.ContainsFunc(list, func(k Key) bool { return strings.HasPrefix(k.Name, "PluginSettings.") }) {
		t.Error("a key without effect is documented")
	}
}

func TestWriteReference(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := WriteReference(&out); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"# Configuration\n", "\n## MusterSettings\n",
		"\n| `MinimumLength` | int | `8` |  | Shortest password in bytes, 5 to 72. |\n",
		"\n| `Argon2Passes` | int | `2` | Restart, File | Passes over that memory. |\n",
		"\n| `Lowercase` | bool | `false` |  | Asks for a small letter. |\n",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("%q is missing", line)
		}
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if bars := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); strings.HasPrefix(line, "|") && bars != 6 {
			t.Errorf("a row has %d bars: %s", bars, line)
		}
	}
}
