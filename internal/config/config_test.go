package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// loaded reads a configuration that must be accepted.
func loaded(t *testing.T, o LoadOptions) *Loaded {
	t.Helper()
	l, err := Load(o)
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return l
}

// file writes a configuration file.
func file(t *testing.T, doc string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(path, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaultsStartAServer(t *testing.T) {
	t.Parallel()
	cfg := Defaults()
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(cfg, loaded(t, LoadOptions{}).Config); diff != "" {
		t.Errorf("loading nothing differs from the defaults:\n%s", diff)
	}
}

func TestDefaultsAreTheDocumentedOnes(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"ServiceSettings.ListenAddress": "127.0.0.1:8065", "ServiceSettings.SiteURL": "",
		"ServiceSettings.MaximumLoginAttempts": "10", "ServiceSettings.EnableOAuthServiceProvider": "true",
		"ServiceSettings.EnableEmailInvitations": "", "ServiceSettings.SessionLengthWebInHours": "720",
		"ServiceSettings.SessionIdleTimeoutInMinutes": "43200", "ServiceSettings.CollapsedThreads": "always_on",
		"ServiceSettings.MaximumPayloadSizeBytes": "300000", "ServiceSettings.TLSStrictTransportMaxAge": "63072000",
		"ServiceSettings.EnableBotAccountCreation": "", "ServiceSettings.EnableUserAccessTokens": "",
		"ServiceSettings.PostEditTimeLimit": "-1", "TeamSettings.EnableOpenServer": "", "TeamSettings.SiteName": "Mattermost",
		"TeamSettings.MaxUsersPerTeam": "50", "TeamSettings.TeammateNameDisplay": "username",
		"TeamSettings.UserStatusAwayTimeout": "300", "EmailSettings.EnableSignUpWithEmail": "true",
		"EmailSettings.SMTPPort": "10025", "PasswordSettings.MinimumLength": "8", "RateLimitSettings.MaxBurst": "100",
		"LdapSettings.LdapPort": "389", "LdapSettings.SyncIntervalMinutes": "60", "SamlSettings.Verify": "true",
		"SamlSettings.LoginButtonColor": "#34a28b", "FileSettings.MaxFileSize": "104857600",
		"FileSettings.MaxImageResolution": "33177600", "SupportSettings.CustomTermsOfServiceReAcceptancePeriod": "365",
		"NativeAppSettings.AppCustomURLSchemes": "mmauth:// mmauthbeta://", "SqlSettings.DriverName": "sqlite",
		"MusterSettings.DataDirectory": "./data", "MusterSettings.Argon2MemoryKiB": "19456", "MusterSettings.Argon2Passes": "2",
		"MusterSettings.BlockCommonPasswords": "true",
		"MetricsSettings.ListenAddress":       ":8067", "MetricsSettings.Enable": "", "PluginSettings.Enable": "",
	}
	for name, text := range want {
		f := keys().byName[strings.ToLower(name)]
		if f == nil {
			t.Errorf("%s does not exist", name)
			continue
		}
		if f.given != text {
			t.Errorf("%s has the default %q, want %q", name, f.given, text)
		}
	}
}

func TestDefaultsShareNothing(t *testing.T) {
	t.Parallel()
	one := Defaults()
	one.NativeAppSettings.AppCustomURLSchemes[0] = "changed"
	if two := Defaults(); two.NativeAppSettings.AppCustomURLSchemes[0] == "changed" {
		t.Error("a list of the defaults is shared")
	}
}

func TestSitePath(t *testing.T) {
	t.Parallel()
	for site, want := range map[string]string{
		"": "/", "https://chat.example.com": "/", "https://chat.example.com/": "/", "https://chat.example.com:8443/a": "/a",
		"https://chat.example.com/a/b/": "/a/b",
	} {
		cfg := Defaults()
		cfg.ServiceSettings.SiteURL = site
		if got := cfg.SitePath(); got != want {
			t.Errorf("%s: %s, want %s", site, got, want)
		}
	}
}
