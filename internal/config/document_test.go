package config

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type tree map[string]map[string]any

func read(t *testing.T, doc []byte) tree {
	t.Helper()
	var out tree
	if err := json.Unmarshal(doc, &out); err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return out
}

func only(areas ...string) func(string) bool {
	return func(area string) bool {
		for _, a := range areas {
			if a == area {
				return true
			}
		}
		return false
	}
}

func TestDocumentHoldsEverythingForThoseWhoSeeEverything(t *testing.T) {
	t.Parallel()
	cfg := Defaults()
	doc := read(t, Document(&cfg, DocumentOptions{CanRead: Everything}))
	n := 0
	for _, section := range doc {
		n += len(section)
	}
	if n != len(keys().fields) {
		t.Errorf("%d keys, want %d", n, len(keys().fields))
	}
	if doc["ServiceSettings"]["MaximumLoginAttempts"] != 10.0 || doc["LdapSettings"]["BindPassword"] != "" {
		t.Errorf("got %v", doc["ServiceSettings"])
	}
	if diff := cmp.Diff([]any{}, doc["MusterSettings"]["TrustedProxies"]); diff != "" {
		t.Error(diff)
	}
}

func TestDocumentHoldsOnlyWhatTheCallerMayRead(t *testing.T) {
	t.Parallel()
	cfg := Defaults()
	got := read(t, Document(&cfg, DocumentOptions{CanRead: only("authentication_mfa", "site_announcement_banner")}))
	want := tree{
		"ServiceSettings": {"EnableMultifactorAuthentication": false, "EnforceMultifactorAuthentication": false},
		"AnnouncementSettings": {
			"EnableBanner": false, "BannerText": "", "BannerColor": "#f2a93b",
			"BannerTextColor": "#333333", "AllowBannerDismissal": true,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, can := range []func(string) bool{nil, only()} {
		if got := string(Document(&cfg, DocumentOptions{CanRead: can})); got != "{}" {
			t.Errorf("somebody without rights reads %s", got)
		}
	}
}

func TestDocumentWithoutDefaultsAndSecrets(t *testing.T) {
	t.Parallel()
	cfg := Defaults()
	cfg.EmailSettings.SMTPPassword = "x"
	cfg.TeamSettings.SiteName = "Owls"
	got := read(t, Document(&cfg, DocumentOptions{CanRead: Everything, RemoveDefaults: true}))
	if diff := cmp.Diff(tree{"EmailSettings": {"SMTPPassword": mask}, "TeamSettings": {"SiteName": "Owls"}}, got); diff != "" {
		t.Error(diff)
	}
	got = read(t, Document(&cfg, DocumentOptions{CanRead: Everything, RemoveDefaults: true, RemoveMasked: true}))
	if diff := cmp.Diff(tree{"TeamSettings": {"SiteName": "Owls"}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEnvironmentDocument(t *testing.T) {
	t.Parallel()
	l := loaded(t, LoadOptions{Environ: []string{"MM_TEAMSETTINGS_SITENAME=x", "MM_EMAILSETTINGS_SMTPPASSWORD=y", "MM_EMAILSETTINGS_SMTPPORT=25"}})
	all := read(t, l.EnvironmentDocument(Everything))
	want := tree{"TeamSettings": {"SiteName": true}, "EmailSettings": {"SMTPPassword": true, "SMTPPort": true}}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
	some := read(t, l.EnvironmentDocument(only("site_customization")))
	if diff := cmp.Diff(tree{"TeamSettings": {"SiteName": true}}, some); diff != "" {
		t.Error(diff)
	}
}
