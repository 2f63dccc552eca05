package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const canary = "canary-4711"

// planted is a configuration with the canary in every secret.
func planted(t *testing.T) *Config {
	t.Helper()
	cfg, n := Defaults(), 0
	for _, f := range keys().fields {
		if f.secret {
			f.in(&cfg).SetString(canary)
			n++
		}
	}
	if n < 9 {
		t.Fatalf("only %d secrets", n)
	}
	return &cfg
}

func TestSecretsStayInside(t *testing.T) {
	t.Parallel()
	cfg := planted(t)
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&out, verb+verb, *cfg, cfg.SqlSettings.DataSource)
		fmt.Fprintf(&out, verb, &cfg.EmailSettings)
	}
	fmt.Fprintln(&out, *cfg, cfg.LdapSettings, cfg.LdapSettings.BindPassword)
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("started", "config", *cfg, "section", &cfg.EmailSettings, "secret", cfg.MusterSettings.NatsURL)
	}
	whole, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(whole)
	out.Write(Document(cfg, DocumentOptions{CanRead: Everything}))
	out.Write(Document(cfg, DocumentOptions{CanRead: Everything, RemoveDefaults: true}))
	out.Write(encoded(ClientConfig(cfg, ClientInfo{}, true)))
	live := NewLive(&Loaded{Config: *cfg}, ClientInfo{})
	out.Write(live.Current().ClientFull)
	out.WriteString(fmt.Sprint(cfg.Validate()))
	if err := WriteReference(&out); err != nil {
		t.Fatal(err)
	}
	if i := strings.Index(out.String(), canary); i >= 0 {
		t.Errorf("a secret got out: …%s", out.String()[max(0, i-80):i+len(canary)])
	}
}

func TestSecretShowsWhetherItIsSet(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal([]Secret{"", canary})
	if err != nil || string(text) != `["","********************************"]` {
		t.Errorf("got %s, %v", text, err)
	}
	if got := Secret(canary).Reveal(); got != canary {
		t.Errorf("reveal gave %q", got)
	}
	var back Secret
	if err := json.Unmarshal([]byte(`"x"`), &back); err != nil || back != "x" {
		t.Errorf("read %q, %v", back.Reveal(), err)
	}
}
