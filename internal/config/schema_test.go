package config

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// consoleAreas are the parts of the system console that have permissions.
const consoleAreas = `about_edition_and_license billing reporting_site_statistics reporting_team_statistics
reporting_server_logs user_management_users user_management_groups user_management_teams user_management_channels
user_management_permissions user_management_system_roles environment_web_server environment_database
environment_elasticsearch environment_file_storage environment_image_proxy environment_smtp
environment_push_notification_server environment_high_availability environment_rate_limiting environment_logging
environment_session_lengths environment_performance_monitoring environment_developer environment_mobile_security
site_customization site_localization site_users_and_teams site_notifications site_announcement_banner site_emoji
site_posts site_file_sharing_and_downloads site_public_links site_notices authentication_signup authentication_email
authentication_password authentication_mfa authentication_ldap authentication_saml authentication_openid
authentication_guest_access plugins integrations_integration_management integrations_bot_accounts integrations_gif
integrations_cors compliance_data_retention_policy compliance_compliance_export compliance_compliance_monitoring
compliance_custom_terms_of_service experimental_features experimental_feature_flags products_boards site_ip_filters`

func TestEveryKeyBelongsToAPartOfTheConsole(t *testing.T) {
	t.Parallel()
	areas := strings.Fields(consoleAreas)
	for _, f := range keys().fields {
		for _, area := range f.access {
			if !slices.Contains(areas, area) {
				t.Errorf("%s: %q is no part of the system console", f.name(), area)
			}
		}
	}
}

func TestEveryTagIsUnderstood(t *testing.T) {
	t.Parallel()
	doc := reflect.TypeFor[Config]()
	for i := range doc.NumField() {
		section := doc.Field(i).Type
		for j := range section.NumField() {
			tag := section.Field(j).Tag
			name := doc.Field(i).Name + "." + section.Field(j).Name
			for rule := range strings.SplitSeq(tag.Get("rules"), ",") {
				if !slices.Contains([]string{"", "restart", "locked"}, rule) {
					t.Errorf("%s: rule %q does not exist", name, rule)
				}
			}
			text, has := tag.Lookup("doc")
			if has && (len(text) < 15 || !strings.HasSuffix(text, ".")) {
				t.Errorf("%s: doc is no sentence: %q", name, text)
			}
		}
	}
}

// TestKeysWithoutDocumentationAreKnown makes a key without effect a decision.
func TestKeysWithoutDocumentationAreKnown(t *testing.T) {
	t.Parallel()
	withoutEffect := []string{
		"DataRetentionSettings.EnableFileDeletion", "DataRetentionSettings.EnableMessageDeletion",
		"DataRetentionSettings.FileRetentionHours", "DataRetentionSettings.MessageRetentionHours",
		"EmailSettings.PushNotificationServer", "EmailSettings.SendPushNotifications",
		"FileSettings.InitialFont", "FileSettings.PublicLinkSalt", "PluginSettings.Enable", "PluginSettings.EnableUploads",
		"ServiceSettings.CorsDebug", "ServiceSettings.SessionCacheInMinutes", "TeamSettings.ExperimentalEnableAutomaticReplies",
	}
	var got []string
	for _, f := range keys().fields {
		if f.doc == "" {
			got = append(got, f.name())
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, withoutEffect) {
		t.Errorf("keys without doc: %q, want %q", got, withoutEffect)
	}
}

func TestNamesAreUnambiguous(t *testing.T) {
	t.Parallel()
	s := keys()
	if n := len(s.fields); len(s.byName) != n || len(s.byEnv) != n {
		t.Errorf("%d keys have %d names and %d variables", n, len(s.byName), len(s.byEnv))
	}
}

func TestWhatTheMachineOwnsIsLocked(t *testing.T) {
	t.Parallel()
	locked := []string{
		"ServiceSettings.ListenAddress", "ServiceSettings.LocalModeSocketLocation", "PluginSettings.EnableUploads",
		"MusterSettings.DataDirectory", "MusterSettings.ClientDirectory", "MusterSettings.NatsURL",
		"MusterSettings.AllowPrivateAddresses", "MusterSettings.TrustedProxies", "FileSettings.Directory",
		"LogSettings.FileLocation", "ExperimentalSettings.RestrictSystemAdmin",
	}
	for _, f := range keys().fields {
		if (f.section == "SqlSettings" || slices.Contains(locked, f.name())) && !f.locked {
			t.Errorf("%s can be changed over the API", f.name())
		}
	}
}
