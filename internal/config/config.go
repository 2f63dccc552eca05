// Package config is the typed configuration of the server.
//
// The sections and keys are those of the documented API, so that an existing
// configuration file works; what only this server knows stands in MusterSettings.
// The name of a Go field is the name of the key. Struct tags say the rest:
//
//	default  the value that applies when nobody gives one
//	access   the parts of the system console that may read and write the key
//	         (any of them suffices); a section's tag holds for keys without one
//	rules    "restart": read once at start; "locked": never over the API
//	doc      what the key does here; a key without effect has no doc
//
// Values are layered: defaults, then the file, then the document stored at run
// time, then the environment. A Config is immutable once it is in use.
package config

import "strings"

// Config is the whole document.
type Config struct {
	ServiceSettings       ServiceSettings
	TeamSettings          TeamSettings
	EmailSettings         EmailSettings
	PasswordSettings      PasswordSettings      `access:"authentication_password"`
	PrivacySettings       PrivacySettings       `access:"site_users_and_teams"`
	RateLimitSettings     RateLimitSettings     `access:"environment_rate_limiting"`
	GuestAccountsSettings GuestAccountsSettings `access:"authentication_guest_access"`
	LdapSettings          LdapSettings          `access:"authentication_ldap"`
	SamlSettings          SamlSettings          `access:"authentication_saml"`
	GitLabSettings        GitLabSettings        `access:"authentication_openid"`
	GoogleSettings        GoogleSettings        `access:"authentication_openid"`
	OpenIdSettings        OpenIdSettings        `access:"authentication_openid"`
	Office365Settings     Office365Settings     `access:"authentication_openid"`
	IntuneSettings        IntuneSettings        `access:"environment_mobile_security"`
	NativeAppSettings     NativeAppSettings     `access:"site_customization"`
	FileSettings          FileSettings          `access:"environment_file_storage"`
	LocalizationSettings  LocalizationSettings  `access:"site_localization"`
	SupportSettings       SupportSettings       `access:"site_customization"`
	AnnouncementSettings  AnnouncementSettings  `access:"site_announcement_banner"`
	DisplaySettings       DisplaySettings       `access:"site_posts"`
	ThemeSettings         ThemeSettings         `access:"experimental_features"`
	ComplianceSettings    ComplianceSettings    `access:"compliance_compliance_monitoring"`
	DataRetentionSettings DataRetentionSettings `access:"compliance_data_retention_policy"`
	ExperimentalSettings  ExperimentalSettings  `access:"experimental_features"`
	FeatureFlags          FeatureFlags          `access:"experimental_feature_flags"`
	PluginSettings        PluginSettings        `access:"plugins"`
	SqlSettings           SqlSettings           `access:"environment_database"`
	LogSettings           LogSettings           `access:"environment_logging"`
	MetricsSettings       MetricsSettings       `access:"environment_performance_monitoring"`
	MusterSettings        MusterSettings        `access:"environment_web_server"`

	ExperimentalAuditSettings ExperimentalAuditSettings `access:"experimental_features"`
}

// Defaults gives the configuration that starts a working server from nothing.
func Defaults() Config {
	var cfg Config
	for _, f := range keys().fields {
		f.in(&cfg).Set(copied(f.standard))
	}
	settle(&cfg, nil)
	return cfg
}

// SitePath is the path below which the site lives, / at the root of its host. A proxy
// may leave it in the requests it passes on or take it out.
func (c *Config) SitePath() string {
	_, host, _ := strings.Cut(c.ServiceSettings.SiteURL, "://")
	_, path, _ := strings.Cut(host, "/")
	return "/" + strings.Trim(path, "/")
}
