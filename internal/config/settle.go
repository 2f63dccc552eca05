package config

import (
	"reflect"
	"strings"
)

// developerURL is where the server is when a developer runs it with its defaults.
const developerURL = "http://localhost:8065"

const yearInHours = 365 * 24

// settle computes the keys that follow others while nobody gives them. It
// depends on nothing but the given keys, so that a change of one is undone by
// changing it back.
func settle(cfg *Config, given map[string]bool) {
	service, ldap, saml := &cfg.ServiceSettings, &cfg.LdapSettings, &cfg.SamlSettings
	if !given["ServiceSettings.SiteURL"] {
		service.SiteURL = ""
		if service.EnableDeveloper {
			service.SiteURL = developerURL
		}
	}
	service.SiteURL = withoutSlash(service.SiteURL)
	retention := &cfg.DataRetentionSettings
	retention.MessageRetentionHours = hoursOrYear(retention.MessageRetentionHours)
	retention.FileRetentionHours = hoursOrYear(retention.FileRetentionHours)
	if !given["ServiceSettings.EnableEmailInvitations"] {
		service.EnableEmailInvitations = service.SiteURL != ""
	}
	if !given["EmailSettings.EnableSignInWithEmail"] {
		cfg.EmailSettings.EnableSignInWithEmail = cfg.EmailSettings.EnableSignUpWithEmail
	}
	if !given["LdapSettings.EnableSync"] {
		ldap.EnableSync = ldap.Enable
	}
	if !given["LdapSettings.LoginIdAttribute"] {
		ldap.LoginIdAttribute = ldap.IdAttribute
	}
	if !given["SamlSettings.ServiceProviderIdentifier"] {
		saml.ServiceProviderIdentifier = saml.IdpDescriptorURL
	}
	if !given["TeamSettings.TeammateNameDisplay"] {
		cfg.TeamSettings.TeammateNameDisplay = "username"
		if ldap.Enable || saml.Enable {
			cfg.TeamSettings.TeammateNameDisplay = "full_name"
		}
	}
}

func withoutSlash(url string) string { return strings.TrimRight(url, "/") }

// hoursOrYear reads 0 as the default; older files hold it beside a number of days.
func hoursOrYear(hours int) int {
	if hours == 0 {
		return yearInHours
	}
	return hours
}

// tidy gives a value in the one form that settle leaves.
func tidy(f *field, value reflect.Value) reflect.Value {
	switch f.name() {
	case "ServiceSettings.SiteURL":
		return reflect.ValueOf(withoutSlash(value.String()))
	case "DataRetentionSettings.MessageRetentionHours", "DataRetentionSettings.FileRetentionHours":
		return reflect.ValueOf(hoursOrYear(int(value.Int())))
	}
	return value
}

// sessionLength is one length under its two keys.
type sessionLength struct {
	days, hours struct {
		name  string
		value *int
	}
}

func sessionLengths(cfg *Config) []sessionLength {
	s := &cfg.ServiceSettings
	pair := func(kind string, days, hours *int) (l sessionLength) {
		l.days.name, l.days.value = "ServiceSettings.SessionLength"+kind+"InDays", days
		l.hours.name, l.hours.value = "ServiceSettings.SessionLength"+kind+"InHours", hours
		return l
	}
	return []sessionLength{
		pair("Web", &s.SessionLengthWebInDays, &s.SessionLengthWebInHours),
		pair("Mobile", &s.SessionLengthMobileInDays, &s.SessionLengthMobileInHours),
		pair("SSO", &s.SessionLengthSSOInDays, &s.SessionLengthSSOInHours),
	}
}

// hoursOf keeps the number of days where the check of the hours refuses it,
// however large it is.
func hoursOf(days int) int {
	if days > maxSessionHours {
		return days
	}
	return days * 24
}
