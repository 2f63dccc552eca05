// Package jsclient runs the official JavaScript client, unmodified, against a server.
package jsclient

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"muster/internal/testkit"
)

// settings are what the client's operations need.
const settings = `{
	"ServiceSettings": {"EnableUserAccessTokens": true, "EnableMultifactorAuthentication": true, "EnableBotAccountCreation": true},
	"MusterSettings": {"BlockCommonPasswords": false}
}`

func TestOfficialClient(t *testing.T) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		if os.Getenv("MUSTER_REQUIRE_NODE") == "1" {
			t.Fatal("npm is not installed")
		}
		t.Skip("npm is not installed")
	}
	if _, err := os.Stat("node_modules"); err != nil {
		if out, err := exec.CommandContext(t.Context(), npm, "ci", "--silent").CombinedOutput(); err != nil { //nolint:gosec // found in the PATH
			t.Fatalf("npm ci: %v\n%s", err, out)
		}
	}
	testkit.Each(t, testkit.Options{Real: true, Config: settings}, func(t *testing.T, s *testkit.Server) {
		cmd := exec.CommandContext(t.Context(), npm, "test", "--silent") //nolint:gosec // found in the PATH
		cmd.Env = append(os.Environ(), "MUSTER_URL="+s.URL, "MUSTER_ADMIN=admin", "MUSTER_ADMIN_PASSWORD="+testkit.Password)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if !strings.Contains(string(out), "# fail 0") || strings.Contains(string(out), "# pass 0") {
			t.Fatalf("nothing was tested:\n%s", out)
		}
	})
}
