package command

import (
	"strings"
	"testing"

	"muster/internal/config"
)

func TestHowTheFirstAccountIsMade(t *testing.T) {
	t.Parallel()
	const socket = "curl --unix-socket data/muster.sock http://muster/api/v4/users "
	for _, tc := range []struct {
		name, url string
		change    func(*config.Config)
		want      string
	}{
		{"over the address of this machine", "http://127.0.0.1:8065", nil, "curl http://127.0.0.1:8065/api/v4/users "},
		{"over the newer protocol", "http://[::1]:8065", nil, "curl http://[::1]:8065/api/v4/users "},
		{"every address includes that of this machine", "http://[::]:8065", nil, "curl http://localhost:8065/api/v4/users "},
		{"a server that listens elsewhere only sees nobody as near", "http://192.0.2.1:8065", nil, socket},
		{"a server where nobody may sign up", "http://127.0.0.1:8065", func(c *config.Config) { c.TeamSettings.EnableUserCreation = false }, socket},
		{"a server without passwords", "http://127.0.0.1:8065", func(c *config.Config) { c.EmailSettings.EnableSignUpWithEmail = false }, socket},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			cfg := config.Defaults()
			if tc.change != nil {
				tc.change(&cfg)
			}
			if got := firstAccount(&cfg, tc.url); !strings.Contains(got, tc.want) {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestHowThisProgramIsCalledAgain(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ called, config, want string }{
		{"./muster", "", "./muster"},
		{"muster", "/etc/muster.json", "muster --config /etc/muster.json"},
		{"/tmp/go-build123/b001/exe/muster", "", "go run ./cmd/muster"},
	} {
		if got := program(tc.called, tc.config); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}
