package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLaterLayersWin(t *testing.T) {
	t.Parallel()
	l := loaded(t, LoadOptions{
		File:     file(t, "\xef\xbb\xbf"+`{"TeamSettings":{"SiteName":"file","MaxUsersPerTeam":7,"CustomBrandText":"file"}}`),
		Override: []byte(`{"TeamSettings":{"SiteName":"stored","CustomBrandText":"stored"}}`),
		Environ:  []string{"PATH=/bin", "MM_TEAMSETTINGS_SITENAME=environment"},
	})
	team := l.Config.TeamSettings
	if team.SiteName != "environment" || team.CustomBrandText != "stored" || team.MaxUsersPerTeam != 7 || team.MaxChannelsPerTeam != 2000 {
		t.Errorf("got %+v", team)
	}
	if diff := cmp.Diff(map[string]map[string]bool{"TeamSettings": {"SiteName": true}}, l.FromEnvironment); diff != "" {
		t.Error(diff)
	}
}

func TestUnknownKeysAreNamedAndHarmless(t *testing.T) {
	t.Parallel()
	l := loaded(t, LoadOptions{
		File: file(t, `{"version":3,"ElasticsearchSettings":{"Password":"x"},"TeamSettings":{"Mascot":"owl"}}`),
		// Locked keys mean nothing in a document that came over the API.
		Override: []byte(`{"MusterSettings":{"DataDirectory":"/etc"}}`),
		Environ:  []string{"MM_TEAMSETTINGS_SITENAM=x", "MM_OWLSETTINGS_ENABLE=1", "MM_CLOUD_API_KEY=x", "MM_SERVICESETTINGS_SITEURL_FILE=x"},
	})
	want := []string{
		"version", "ElasticsearchSettings.Password", "TeamSettings.Mascot", "MusterSettings.DataDirectory",
		"MM_TEAMSETTINGS_SITENAM", "MM_OWLSETTINGS_ENABLE", "MM_SERVICESETTINGS_SITEURL_FILE",
	}
	if diff := cmp.Diff(want, l.Unknown); diff != "" {
		t.Error(diff)
	}
	if l.Config.MusterSettings.DataDirectory != "./data" {
		t.Error("a stored document moved the data")
	}
}

func TestKeysAreFoundInAnyCase(t *testing.T) {
	t.Parallel()
	l := loaded(t, LoadOptions{Override: []byte(`{"samlsettings":{"IdpUrl":"https://first","IDPURL":"https://last"},"GitLabSettings":{"UserApiEndpoint":"x"}}`)})
	if l.Config.SamlSettings.IdpURL != "https://last" || l.Config.GitLabSettings.UserAPIEndpoint != "x" {
		t.Errorf("got %q and %q", l.Config.SamlSettings.IdpURL, l.Config.GitLabSettings.UserAPIEndpoint)
	}
}

func TestSessionLengths(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, file, stored string
		environ            []string
		hours              int
	}{
		{name: "nothing given", hours: 720},
		{name: "days count where hours are not given", file: `{"ServiceSettings":{"SessionLengthWebInDays":2}}`, hours: 48},
		{name: "hours win over days", file: `{"ServiceSettings":{"SessionLengthWebInDays":2,"SessionLengthWebInHours":5}}`, hours: 5},
		{
			name: "days of a later layer win over earlier hours", file: `{"ServiceSettings":{"SessionLengthWebInHours":5}}`,
			stored: `{"ServiceSettings":{"SessionLengthWebInDays":3}}`, hours: 72,
		},
		{
			name: "the environment has the last word", stored: `{"ServiceSettings":{"SessionLengthWebInHours":5}}`,
			environ: []string{"MM_SERVICESETTINGS_SESSIONLENGTHWEBINDAYS=1"}, hours: 24,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := LoadOptions{Override: []byte(tc.stored), Environ: tc.environ}
			if tc.file != "" {
				o.File = file(t, tc.file)
			}
			if got := loaded(t, o).Config.ServiceSettings.SessionLengthWebInHours; got != tc.hours {
				t.Errorf("got %d hours, want %d", got, tc.hours)
			}
		})
	}
}

func TestFollowingKeys(t *testing.T) {
	t.Parallel()
	cfg := loaded(t, LoadOptions{Override: []byte(`{
		"ServiceSettings":{"EnableDeveloper":true},"EmailSettings":{"EnableSignUpWithEmail":false},
		"LdapSettings":{"Enable":true,"LdapServer":"h","BaseDN":"b","EmailAttribute":"m","UsernameAttribute":"u","IdAttribute":"i"},
		"SamlSettings":{"IdpDescriptorURL":"urn:idp"}}`)}).Config
	got := []any{
		cfg.ServiceSettings.SiteURL, cfg.ServiceSettings.EnableEmailInvitations, cfg.EmailSettings.EnableSignInWithEmail,
		cfg.LdapSettings.EnableSync, cfg.LdapSettings.LoginIdAttribute, cfg.SamlSettings.ServiceProviderIdentifier,
		cfg.TeamSettings.TeammateNameDisplay,
	}
	want := []any{"http://localhost:8065", true, false, true, "i", "urn:idp", "full_name"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestGivenKeysDoNotFollow(t *testing.T) {
	t.Parallel()
	cfg := loaded(t, LoadOptions{Override: []byte(`{
		"ServiceSettings":{"SiteURL":"https://chat.example.com/sub/","EnableEmailInvitations":false},
		"EmailSettings":{"EnableSignUpWithEmail":false,"EnableSignInWithEmail":true},
		"TeamSettings":{"TeammateNameDisplay":"username"},
		"LdapSettings":{"Enable":true,"EnableSync":false,"LdapServer":"h","BaseDN":"b","EmailAttribute":"m","UsernameAttribute":"u","IdAttribute":"i"}}`)}).Config
	got := []any{
		cfg.ServiceSettings.SiteURL, cfg.ServiceSettings.EnableEmailInvitations, cfg.EmailSettings.EnableSignInWithEmail,
		cfg.LdapSettings.EnableSync, cfg.TeamSettings.TeammateNameDisplay,
	}
	want := []any{"https://chat.example.com/sub", false, true, false, "username"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRetentionOfNoHoursIsAYear(t *testing.T) {
	t.Parallel()
	cfg := loaded(t, LoadOptions{Override: []byte(`{"DataRetentionSettings":{"MessageRetentionHours":0,"FileRetentionHours":5}}`)}).Config
	if got := cfg.DataRetentionSettings; got.MessageRetentionHours != 8760 || got.FileRetentionHours != 5 {
		t.Errorf("got %+v", got)
	}
}

func TestAllProblemsComeAtOnce(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(LoadOptions{
		File: file(t, `{"ServiceSettings":{"SiteURL":7,"MaximumLoginAttempts":0},"TeamSettings":[],
			"LdapSettings":{"BindPassword":{"hunter":2}},"NativeAppSettings":{"AppCustomURLSchemes":["a",null]}}`),
		Override: []byte(`{"PasswordSettings":{"MinimumLength":4}}`),
		Environ: []string{
			"MM_RATELIMITSETTINGS_ENABLE=perhaps", "MM_RATELIMITSETTINGS_PERSEC=ten",
			"MM_EMAILSETTINGS_SMTPPASSWORD=x", "MM_EMAILSETTINGS_SMTPPASSWORD_FILE=" + empty,
			"MM_OPENIDSETTINGS_SECRET_FILE=" + empty, "MM_SQLSETTINGS_DATASOURCE_FILE=/nowhere/at/all",
			"MM_GOOGLESETTINGS_SECRET=" + mask,
		},
	})
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %v, want problems", err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.Key+" "+p.ID)
	}
	want := []string{
		"ServiceSettings.SiteURL model.config.is_valid.type.app_error",
		"TeamSettings model.config.is_valid.type.app_error",
		"LdapSettings.BindPassword model.config.is_valid.type.app_error",
		"NativeAppSettings.AppCustomURLSchemes model.config.is_valid.type.app_error",
		"RateLimitSettings.Enable model.config.is_valid.type.app_error",
		"RateLimitSettings.PerSec model.config.is_valid.type.app_error",
		"EmailSettings.SMTPPassword model.config.is_valid.environment.app_error",
		"OpenIdSettings.Secret model.config.is_valid.environment.app_error",
		"SqlSettings.DataSource model.config.is_valid.environment.app_error",
		"GoogleSettings.Secret model.config.is_valid.masked.app_error",
		"ServiceSettings.MaximumLoginAttempts model.config.is_valid.login_attempts.app_error",
		"PasswordSettings.MinimumLength model.config.is_valid.password_length.app_error",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	text := err.Error()
	for _, needle := range []string{"RateLimitSettings.Enable in MM_RATELIMITSETTINGS_ENABLE wants true or false, has perhaps", "has 7", "given twice"} {
		if !strings.Contains(text, needle) {
			t.Errorf("%q is missing in:\n%s", needle, text)
		}
	}
	if strings.Contains(text, "hunter") {
		t.Errorf("a secret is shown:\n%s", text)
	}
}

func TestUnusableFiles(t *testing.T) {
	t.Parallel()
	if _, err := Load(LoadOptions{File: filepath.Join(t.TempDir(), "none.json")}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	for _, doc := range []string{"", "[]", "null", `"x"`, "{\n\n\"A\":}", `{"A":{}} {"B":{}}`, `{"A"`} {
		if l, err := Load(LoadOptions{File: file(t, doc)}); err == nil || l != nil {
			t.Errorf("%q was accepted", doc)
		}
	}
	_, err := Load(LoadOptions{File: file(t, "{\n\n\"A\":}")})
	if !strings.Contains(err.Error(), "line 3") {
		t.Errorf("the line is missing: %v", err)
	}
}

func TestEnvironmentValues(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(path, []byte(" s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := loaded(t, LoadOptions{Environ: []string{
		"MM_SERVICESETTINGS_SITEURL=https://chat.example.com/?=", "MM_SERVICESETTINGS_SITEURL=https://chat.example.com",
		"MM_TEAMSETTINGS_ENABLEOPENSERVER=true", "MM_FILESETTINGS_MAXFILESIZE= 5000000000 ",
		"MM_MUSTERSETTINGS_TRUSTEDPROXIES=10.0.0.0/8, ::1/128 192.0.2.1", "MM_DISPLAYSETTINGS_CUSTOMURLSCHEMES=[\"a,b\",\"\"]",
		"MM_NATIVEAPPSETTINGS_APPCUSTOMURLSCHEMES=", "MM_EMAILSETTINGS_SMTPPASSWORD_FILE=" + path,
		"MM_TEAMSETTINGS_SITENAME= a=b ",
	}}).Config
	got := []any{
		cfg.ServiceSettings.SiteURL, cfg.TeamSettings.EnableOpenServer, cfg.FileSettings.MaxFileSize,
		cfg.MusterSettings.TrustedProxies, cfg.DisplaySettings.CustomURLSchemes, cfg.NativeAppSettings.AppCustomURLSchemes,
		cfg.EmailSettings.SMTPPassword.Reveal(), cfg.TeamSettings.SiteName,
	}
	want := []any{
		"https://chat.example.com", true, int64(5000000000),
		[]string{"10.0.0.0/8", "::1/128", "192.0.2.1"},
		[]string{"a,b", ""},
		[]string{},
		"s3cret", " a=b ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
