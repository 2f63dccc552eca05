package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
)

// ClientInfo is what clients are told besides the configuration.
type ClientInfo struct {
	Version       string // version of the API line that is spoken, such as 11.6.0
	BuildNumber   string
	BuildDate     string
	BuildHash     string
	DiagnosticID  string // lasting id of this installation
	SchemaVersion string // of the database
	MaxPostSize   int    // characters

	AsymmetricSigningPublicKey string // of the error page, base64
	CustomTermsOfServiceID     string // the terms in force, empty for none
	InstalledAt                int64  // milliseconds
	NoAccounts                 bool   // nobody has an account yet
}

// ClientConfig gives the settings that clients need, all as texts: a limited set
// to everybody, the full one to those who are signed in. Secrets are in neither.
func ClientConfig(cfg *Config, info ClientInfo, signedIn bool) map[string]string {
	m := clientMap{}
	m.server(cfg, &info)
	m.signUp(cfg)
	m.passwords(cfg)
	m.directories(cfg)
	m.providers(cfg)
	m.links(cfg)
	m.apps(cfg)
	m.flags(cfg)
	m.set(absentForAll)
	if signedIn {
		m.account(cfg)
		m.names(cfg)
		m.messages(cfg)
		m.writing(cfg)
		m.look(cfg)
		m.operation(cfg, &info)
		m.set(absentForMembers)
	}
	return m
}

// hashOf is the part of X-Version-Id that tells clients to ask again.
func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// ClientConfigHash identifies a client configuration: equal maps have equal
// hashes, on every node.
func ClientConfigHash(m map[string]string) string { return hashOf(encoded(m)) }

// encoded is the map as JSON, with sorted keys.
func encoded(m map[string]string) []byte {
	body, _ := json.Marshal(m) // a map of texts always marshals
	return body
}

// clientMap is a client configuration in the making.
type clientMap map[string]string

func (m clientMap) bool(key string, value bool) { m[key] = strconv.FormatBool(value) }

func (m clientMap) int(key string, value int) { m[key] = strconv.Itoa(value) }

func (m clientMap) set(values map[string]string) {
	for key, value := range values {
		m[key] = value
	}
}

func (m clientMap) server(cfg *Config, info *ClientInfo) {
	m["Version"] = info.Version
	m["BuildNumber"] = info.BuildNumber
	m["BuildDate"] = info.BuildDate
	m["BuildHash"] = info.BuildHash
	m["BuildHashEnterprise"] = info.BuildHash
	m["BuildEnterpriseReady"] = "true" // clients hide features otherwise
	m["DiagnosticId"] = info.DiagnosticID
	m["TelemetryId"] = info.DiagnosticID
	m["AsymmetricSigningPublicKey"] = info.AsymmetricSigningPublicKey
	m.bool("NoAccounts", info.NoAccounts)
	m["SiteURL"] = cfg.ServiceSettings.SiteURL
	m["SiteName"] = cfg.TeamSettings.SiteName
	m["WebsocketURL"] = cfg.ServiceSettings.WebsocketURL
	m["DefaultClientLocale"] = cfg.LocalizationSettings.DefaultClientLocale
	m.bool("EnableUserStatuses", cfg.ServiceSettings.EnableUserStatuses)
	m.bool("EnableFile", cfg.LogSettings.EnableFile)
	m["FileLevel"] = cfg.LogSettings.FileLevel
	m.bool("EnableCustomBrand", cfg.TeamSettings.EnableCustomBrand)
	m["CustomBrandText"] = cfg.TeamSettings.CustomBrandText
	m["CustomDescriptionText"] = cfg.TeamSettings.CustomDescriptionText
	m.bool("EnableDesktopLandingPage", cfg.ServiceSettings.EnableDesktopLandingPage)
	m.bool("EnableCustomTermsOfService", cfg.SupportSettings.CustomTermsOfServiceEnabled)
	m.int("CustomTermsOfServiceReAcceptancePeriod", cfg.SupportSettings.CustomTermsOfServiceReAcceptancePeriod)
	if cfg.SupportSettings.CustomTermsOfServiceEnabled {
		m["CustomTermsOfServiceId"] = info.CustomTermsOfServiceID
	}
}

func (m clientMap) signUp(cfg *Config) {
	email, guests := &cfg.EmailSettings, &cfg.GuestAccountsSettings
	m.bool("EnableSignUpWithEmail", email.EnableSignUpWithEmail)
	m.bool("EnableSignInWithEmail", email.EnableSignInWithEmail)
	m.bool("EnableSignInWithUsername", email.EnableSignInWithUsername)
	m["EmailLoginButtonColor"] = email.LoginButtonColor
	m["EmailLoginButtonBorderColor"] = email.LoginButtonBorderColor
	m["EmailLoginButtonTextColor"] = email.LoginButtonTextColor
	m.bool("EnableUserCreation", cfg.TeamSettings.EnableUserCreation)
	m.bool("EnableOpenServer", cfg.TeamSettings.EnableOpenServer)
	m.bool("EnableMultifactorAuthentication", cfg.ServiceSettings.EnableMultifactorAuthentication)
	m.bool("EnforceMultifactorAuthentication", cfg.ServiceSettings.EnforceMultifactorAuthentication)
	m.bool("EnableGuestAccounts", guests.Enable)
	m.bool("HideGuestTags", guests.HideTags)
	m.bool("GuestAccountsEnforceMultifactorAuthentication", guests.EnforceMultifactorAuthentication)
	m.bool("EnableGuestMagicLink", guests.EnableGuestMagicLink)
	m.bool("EnableBotAccountCreation", cfg.ServiceSettings.EnableBotAccountCreation)
}

func (m clientMap) passwords(cfg *Config) {
	rules := &cfg.PasswordSettings
	m.int("PasswordMinimumLength", rules.MinimumLength)
	m.bool("PasswordRequireLowercase", rules.Lowercase)
	m.bool("PasswordRequireUppercase", rules.Uppercase)
	m.bool("PasswordRequireNumber", rules.Number)
	m.bool("PasswordRequireSymbol", rules.Symbol)
	m.bool("PasswordEnableForgotLink", rules.EnableForgotLink)
	m["ForgotPasswordLink"] = cfg.SupportSettings.ForgotPasswordLink
}

func (m clientMap) directories(cfg *Config) {
	ldap, saml := &cfg.LdapSettings, &cfg.SamlSettings
	m.bool("EnableLdap", ldap.Enable)
	m["LdapLoginFieldName"] = ldap.LoginFieldName
	m["LdapLoginButtonColor"] = ldap.LoginButtonColor
	m["LdapLoginButtonBorderColor"] = ldap.LoginButtonBorderColor
	m["LdapLoginButtonTextColor"] = ldap.LoginButtonTextColor
	m.bool("EnableSaml", saml.Enable)
	m["SamlLoginButtonText"] = saml.LoginButtonText
	m["SamlLoginButtonColor"] = saml.LoginButtonColor
	m["SamlLoginButtonBorderColor"] = saml.LoginButtonBorderColor
	m["SamlLoginButtonTextColor"] = saml.LoginButtonTextColor
}

func (m clientMap) providers(cfg *Config) {
	m.bool("EnableSignUpWithGitLab", cfg.GitLabSettings.Enable)
	m["GitLabButtonText"] = cfg.GitLabSettings.ButtonText
	m["GitLabButtonColor"] = cfg.GitLabSettings.ButtonColor
	m.bool("EnableSignUpWithGoogle", cfg.GoogleSettings.Enable)
	m.bool("EnableSignUpWithOffice365", cfg.Office365Settings.Enable)
	m.bool("EnableSignUpWithOpenId", cfg.OpenIdSettings.Enable)
	m["OpenIdButtonText"] = cfg.OpenIdSettings.ButtonText
	m["OpenIdButtonColor"] = cfg.OpenIdSettings.ButtonColor
	intune := &cfg.IntuneSettings
	m.bool("IntuneMAMEnabled", intune.Enable || cfg.NativeAppSettings.EnableIntuneMAM)
	if intune.Enable {
		m["IntuneScope"] = "api://" + intune.ClientId + "/login.mattermost"
		m["IntuneAuthService"] = intune.AuthService
	}
}

func (m clientMap) links(cfg *Config) {
	support := &cfg.SupportSettings
	m["AboutLink"] = support.AboutLink
	m["HelpLink"] = support.HelpLink
	m["PrivacyPolicyLink"] = support.PrivacyPolicyLink
	m["TermsOfServiceLink"] = support.TermsOfServiceLink
	m["SupportEmail"] = support.SupportEmail
	m["ReportAProblemType"] = support.ReportAProblemType
	m["ReportAProblemLink"] = support.ReportAProblemLink
	m["ReportAProblemMail"] = support.ReportAProblemMail
	m.bool("AllowDownloadLogs", support.AllowDownloadLogs)
}

func (m clientMap) apps(cfg *Config) {
	apps := &cfg.NativeAppSettings
	m["AppDownloadLink"] = apps.AppDownloadLink
	m["AndroidAppDownloadLink"] = apps.AndroidAppDownloadLink
	m["IosAppDownloadLink"] = apps.IosAppDownloadLink
	m.bool("MobileExternalBrowser", apps.MobileExternalBrowser)
	m.bool("MobileEnableBiometrics", apps.MobileEnableBiometrics)
	m.bool("MobileJailbreakProtection", apps.MobileJailbreakProtection)
	m.bool("MobilePreventScreenCapture", apps.MobilePreventScreenCapture)
}

// flags names every feature flag. Clients read them before and after sign-in.
func (m clientMap) flags(cfg *Config) {
	for _, f := range keys().fields {
		if f.section == "FeatureFlags" {
			m.bool("FeatureFlag"+f.key, f.in(cfg).Bool())
		}
	}
}

// joined writes a list the way clients read one.
func joined(list []string) string { return strings.Join(list, ",") }
