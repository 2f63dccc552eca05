package config

import (
	"net/url"
	"regexp"
	"strings"
)

var uuidShape = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// guests: a second factor cannot be asked of people who sign in with a link.
func (c *checker) guests(s *GuestAccountsSettings) {
	c.want(!s.EnableGuestMagicLink || !s.EnforceMultifactorAuthentication,
		"GuestAccountsSettings.EnforceMultifactorAuthentication",
		invalid("guest_accounts.cannot_enforce_multifactor_authentication_when_guest_magic_link_is_enabled"),
		"cannot be on together with EnableGuestMagicLink")
}

func (c *checker) ldap(s *LdapSettings) {
	c.oneOf(s.ConnectionSecurity, "LdapSettings.ConnectionSecurity", invalid("ldap_security"), "", "TLS", "STARTTLS")
	c.atLeast(1, int64(s.SyncIntervalMinutes), "LdapSettings.SyncIntervalMinutes", invalid("ldap_sync_interval"))
	c.atLeast(0, int64(s.MaxPageSize), "LdapSettings.MaxPageSize", invalid("ldap_max_page_size"))
	if !s.Enable {
		return
	}
	// The documented ids of the needed values have no suffix.
	needed := func(value, key, id string) {
		c.want(value != "", "LdapSettings."+key, "model.config.is_valid."+id, "is needed for LDAP")
	}
	needed(s.LdapServer, "LdapServer", "ldap_server")
	c.atLeast(1, int64(s.MaximumLoginAttempts), "LdapSettings.MaximumLoginAttempts", invalid("ldap_max_login_attempts"))
	needed(s.BaseDN, "BaseDN", "ldap_basedn")
	needed(s.EmailAttribute, "EmailAttribute", "ldap_email")
	needed(s.UsernameAttribute, "UsernameAttribute", "ldap_username")
	needed(s.IdAttribute, "IdAttribute", "ldap_id")
	needed(s.LoginIdAttribute, "LoginIdAttribute", "ldap_login_id")
	filter := func(value, key, id string) {
		c.want(isFilter(value), "LdapSettings."+key, "ent.ldap."+id+".app_error", "must be an LDAP filter in parentheses")
	}
	filter(s.UserFilter, "UserFilter", "validate_filter")
	filter(s.GroupFilter, "GroupFilter", "validate_filter")
	filter(s.GuestFilter, "GuestFilter", "validate_guest_filter")
	filter(s.AdminFilter, "AdminFilter", "validate_admin_filter")
	c.want(s.LdapPort >= 1 && s.LdapPort <= 65535, "LdapSettings.LdapPort", invalid("ldap_port"), "must be 1 to 65535")
	c.atLeast(1, int64(s.QueryTimeout), "LdapSettings.QueryTimeout", invalid("ldap_query_timeout"))
}

func (c *checker) saml(s *SamlSettings) {
	if !s.Enable {
		return
	}
	need := func(ok bool, key, id, text string) { c.want(ok, "SamlSettings."+key, invalid(id), text) }
	needed := func(value, key, id string) { need(value != "", key, id, "is needed for SAML") }
	need(isEndpoint(s.IdpURL), "IdpURL", "saml_idp_url", "must begin with http:// or https:// and a host")
	needed(s.IdpDescriptorURL, "IdpDescriptorURL", "saml_idp_descriptor_url")
	needed(s.IdpCertificateFile, "IdpCertificateFile", "saml_idp_cert")
	needed(s.EmailAttribute, "EmailAttribute", "saml_email_attribute")
	needed(s.UsernameAttribute, "UsernameAttribute", "saml_username_attribute")
	needed(s.ServiceProviderIdentifier, "ServiceProviderIdentifier", "saml_spidentifier_attribute")
	if s.Verify {
		need(isEndpoint(s.AssertionConsumerServiceURL), "AssertionConsumerServiceURL", "saml_assertion_consumer_service_url",
			"must begin with http:// or https:// and a host")
	}
	if s.Encrypt {
		needed(s.PrivateKeyFile, "PrivateKeyFile", "saml_private_key")
		needed(s.PublicCertificateFile, "PublicCertificateFile", "saml_public_cert")
	}
	c.oneOf(s.SignatureAlgorithm, "SamlSettings.SignatureAlgorithm", invalid("saml_signature_algorithm"),
		"RSAwithSHA1", "RSAwithSHA256", "RSAwithSHA512")
	c.oneOf(s.CanonicalAlgorithm, "SamlSettings.CanonicalAlgorithm", invalid("saml_canonical_algorithm"),
		"Canonical1.0", "Canonical1.1")
	need(isPairOrEmpty(s.GuestAttribute), "GuestAttribute", "saml_guest_attribute", "must be an attribute and a value joined by one =")
	need(isPairOrEmpty(s.AdminAttribute), "AdminAttribute", "saml_admin_attribute", "must be an attribute and a value joined by one =")
}

func (c *checker) intune(cfg *Config) {
	s := &cfg.IntuneSettings
	if !s.Enable {
		return
	}
	need := func(ok bool, key, id, text string) { c.want(ok, "IntuneSettings."+key, invalid(id), text) }
	need(s.TenantId != "", "TenantId", "intune_tenant_id", "is needed for Intune")
	need(s.TenantId == "" || uuidShape.MatchString(s.TenantId), "TenantId", "intune_tenant_id_format", "must be a UUID")
	need(s.ClientId != "", "ClientId", "intune_client_id", "is needed for Intune")
	need(s.ClientId == "" || uuidShape.MatchString(s.ClientId), "ClientId", "intune_client_id_format", "must be a UUID")
	need(s.AuthService != "", "AuthService", "intune_auth_service", "is needed for Intune")
	switch s.AuthService {
	case "":
	case "office365":
		need(cfg.Office365Settings.Enable, "AuthService", "intune_requires_office365", "needs Office365Settings.Enable")
	case "saml":
		need(cfg.SamlSettings.Enable, "AuthService", "intune_requires_saml", "needs SamlSettings.Enable")
	default:
		need(false, "AuthService", "intune_auth_service_invalid", "must be office365 or saml")
	}
}

// isEndpoint tells whether s is an http or https address; providers use queries in theirs.
func isEndpoint(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != ""
}

func isPairOrEmpty(s string) bool {
	return s == "" || strings.Count(s, "=") == 1 && !strings.HasPrefix(s, "=") && !strings.HasSuffix(s, "=")
}
