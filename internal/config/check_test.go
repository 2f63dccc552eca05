package config

import (
	"errors"
	"slices"
	"testing"
)

const (
	ldapOn = `"LdapSettings":{"Enable":true,"LdapServer":"h","BaseDN":"b","EmailAttribute":"m","UsernameAttribute":"u","IdAttribute":"i"`
	samlOn = `"SamlSettings":{"Enable":true,"IdpURL":"https://idp","IdpDescriptorURL":"urn:i","IdpCertificateFile":"c","EmailAttribute":"m",
		"UsernameAttribute":"u","AssertionConsumerServiceURL":"https://x","PrivateKeyFile":"k","PublicCertificateFile":"p"`
	uuid = `"0f5a8d7e-3b1c-4e2f-9a6d-7c8b9e0f1a2b"`
)

// refused is a file that is not accepted, and the id that says why.
type refused struct{ doc, id string }

func (tc refused) run(t *testing.T) {
	t.Parallel()
	_, err := Load(LoadOptions{File: file(t, tc.doc)})
	var problems Problems
	if !errors.As(err, &problems) || problems[0].ID != tc.id {
		t.Errorf("%s: got %v, want %s", tc.doc, err, tc.id)
	}
}

func TestInvalidValuesHaveTheirIDs(t *testing.T) {
	t.Parallel()
	for _, tc := range []refused{
		{`{"ServiceSettings":{"SiteURL":"chat.example.com"}}`, "model.config.is_valid.site_url.app_error"},
		{`{"ServiceSettings":{"SiteURL":"ftp://chat.example.com"}}`, "model.config.is_valid.site_url.app_error"},
		{`{"ServiceSettings":{"SiteURL":"https://chat.example.com?a"}}`, "model.config.is_valid.site_url.app_error"},
		{`{"ServiceSettings":{"MaximumLoginAttempts":0}}`, "model.config.is_valid.login_attempts.app_error"},
		{`{"ServiceSettings":{"DCRRedirectURIAllowlist":["*"]}}`, "model.config.is_valid.dcr_redirect_uri_allowlist.app_error"},
		{`{"ServiceSettings":{"AllowCookiesForSubdomains":true}}`, "model.config.is_valid.allow_cookies_for_subdomains.app_error"},
		{`{"ServiceSettings":{"EnableLocalMode":true,"LocalModeSocketLocation":"/no/such/folder/s"}}`, "model.config.is_valid.local_mode_socket.app_error"},
		{`{"ServiceSettings":{"ListenAddress":"8065"}}`, "model.config.is_valid.listen_address.app_error"},
		{`{"ServiceSettings":{"SessionLengthSSOInHours":0}}`, "model.config.is_valid.session_length.app_error"},
		{`{"ServiceSettings":{"SessionLengthWebInDays":9000000000000000000}}`, "model.config.is_valid.session_length.app_error"},
		{`{"ServiceSettings":{"CollapsedThreads":"sometimes"}}`, "model.config.is_valid.collapsed_threads.app_error"},
		{`{"ServiceSettings":{"ThreadAutoFollow":false}}`, "model.config.is_valid.collapsed_threads.autofollow.app_error"},
		{`{"TeamSettings":{"SiteName":"ééééééééééééééééééééééééééééééé"}}`, "model.config.is_valid.sitename_length.app_error"},
		{`{"EmailSettings":{"ConnectionSecurity":"SSL"}}`, "model.config.is_valid.email_security.app_error"},
		{`{"PasswordSettings":{"MinimumLength":73}}`, "model.config.is_valid.password_length.app_error"},
		{`{"RateLimitSettings":{"PerSec":0}}`, "model.config.is_valid.rate_sec.app_error"},
		{`{"RateLimitSettings":{"MaxBurst":0}}`, "model.config.is_valid.max_burst.app_error"},
		{`{"RateLimitSettings":{"MemoryStoreSize":0}}`, "model.config.is_valid.rate_mem.app_error"},
		{
			`{"GuestAccountsSettings":{"EnforceMultifactorAuthentication":true,"EnableGuestMagicLink":true}}`,
			"model.config.is_valid.guest_accounts.cannot_enforce_multifactor_authentication_when_guest_magic_link_is_enabled.app_error",
		},
		{`{"FileSettings":{"DriverName":"floppy"}}`, "model.config.is_valid.file_driver.app_error"},
		{`{"LocalizationSettings":{"AvailableLocales":"de,fr"}}`, "model.config.is_valid.localization.available_locales.app_error"},
		{`{"SqlSettings":{"DriverName":"postgres"}}`, "model.config.is_valid.sql_data_src.app_error"},
		{`{"MusterSettings":{"TrustedProxies":["10.0.0.0/33"]}}`, "model.config.is_valid.muster.trusted_proxies.app_error"},
		{`{"MusterSettings":{"Argon2MemoryKiB":8}}`, "model.config.is_valid.muster.argon2_memory.app_error"},
		{`{"MusterSettings":{"NatsURL":"http://x"}}`, "model.config.is_valid.muster.nats_url.app_error"},
	} {
		t.Run(tc.id, tc.run)
	}
}

func TestInvalidSignInHasItsIDs(t *testing.T) {
	t.Parallel()
	for _, tc := range []refused{
		{`{"LdapSettings":{"ConnectionSecurity":"PLAIN"}}`, "model.config.is_valid.ldap_security.app_error"},
		{`{"LdapSettings":{"SyncIntervalMinutes":0}}`, "model.config.is_valid.ldap_sync_interval.app_error"},
		{`{"LdapSettings":{"MaxPageSize":-1}}`, "model.config.is_valid.ldap_max_page_size.app_error"},
		{`{"LdapSettings":{"Enable":true}}`, "model.config.is_valid.ldap_server"},
		{`{` + ldapOn + `,"MaximumLoginAttempts":0}}`, "model.config.is_valid.ldap_max_login_attempts.app_error"},
		{`{` + ldapOn + `,"BaseDN":""}}`, "model.config.is_valid.ldap_basedn"},
		{`{` + ldapOn + `,"LoginIdAttribute":""}}`, "model.config.is_valid.ldap_login_id"},
		{`{` + ldapOn + `,"UserFilter":"a=b"}}`, "ent.ldap.validate_filter.app_error"},
		{`{` + ldapOn + `,"GuestFilter":"(a=b"}}`, "ent.ldap.validate_guest_filter.app_error"},
		{`{` + ldapOn + `,"AdminFilter":"(&)"}}`, "ent.ldap.validate_admin_filter.app_error"},
		{`{"SamlSettings":{"Enable":true}}`, "model.config.is_valid.saml_idp_url.app_error"},
		{`{` + samlOn + `,"IdpCertificateFile":""}}`, "model.config.is_valid.saml_idp_cert.app_error"},
		{`{` + samlOn + `,"AssertionConsumerServiceURL":""}}`, "model.config.is_valid.saml_assertion_consumer_service_url.app_error"},
		{`{` + samlOn + `,"PrivateKeyFile":""}}`, "model.config.is_valid.saml_private_key.app_error"},
		{`{` + samlOn + `,"SignatureAlgorithm":"MD5"}}`, "model.config.is_valid.saml_signature_algorithm.app_error"},
		{`{` + samlOn + `,"GuestAttribute":"a=b=c"}}`, "model.config.is_valid.saml_guest_attribute.app_error"},
		{`{"IntuneSettings":{"Enable":true}}`, "model.config.is_valid.intune_tenant_id.app_error"},
		{`{"IntuneSettings":{"Enable":true,"TenantId":"x"}}`, "model.config.is_valid.intune_tenant_id_format.app_error"},
		{
			`{"IntuneSettings":{"Enable":true,"TenantId":` + uuid + `,"ClientId":` + uuid + `,"AuthService":"ldap"}}`,
			"model.config.is_valid.intune_auth_service_invalid.app_error",
		},
		{
			`{"IntuneSettings":{"Enable":true,"TenantId":` + uuid + `,"ClientId":` + uuid + `,"AuthService":"office365"}}`,
			"model.config.is_valid.intune_requires_office365.app_error",
		},
	} {
		t.Run(tc.id, tc.run)
	}
}

func TestValuesInUseAreValid(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{
		`{"ServiceSettings":{"SiteURL":"https://chat.example.com:8443/team","ListenAddress":":443","AllowCookiesForSubdomains":true,
			"DCRRedirectURIAllowlist":["https://*.example.com/**","http://localhost:*/cb"]}}`,
		`{` + ldapOn + `,"UserFilter":"(&(objectCategory=Person)(!(cn=a\\2a*))(|(a>=1)(memberOf:1.2.840:=x)))"}}`,
		`{` + samlOn + `,"AdminAttribute":"role=admin"}}`,
		`{` + samlOn + `},"IntuneSettings":{"Enable":true,"TenantId":` + uuid + `,"ClientId":` + uuid + `,"AuthService":"saml"}}`,
		`{"LocalizationSettings":{"AvailableLocales":"en, pt-BR,zh-CN"}}`,
		`{"SqlSettings":{"DriverName":"postgres","DataSource":"postgres://u:p@h/db"}}`,
	} {
		loaded(t, LoadOptions{File: file(t, doc)})
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	good := []string{"", "(a=b)", "(a=*)", "(a=)", " (a=b) ", "(&(a=b))", "(|(a=b)(!(c=d)))", `(a=\28x\29)`, "(a~=b)", "(a:dn:=b)"}
	bad := []string{"a=b", "(", "()", "(a)", "(=b)", "(a=b))", "(a=b)(c=d)", "(!(a=b)(c=d))", "(&a=b)", `(a=\2)`, `(a=\zz)`, "(a=(b)", "((a=b))"}
	for _, s := range good {
		if !isFilter(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range bad {
		if isFilter(s) {
			t.Errorf("%q is accepted", s)
		}
	}
}

func TestEveryIDIsOfTheDocumentedForm(t *testing.T) {
	t.Parallel()
	cfg := Config{}
	ids := []string{}
	for _, p := range check(&cfg) {
		ids = append(ids, p.ID)
		if p.Key == "" || p.Text == "" {
			t.Errorf("%+v says too little", p)
		}
	}
	if !slices.Contains(ids, "model.config.is_valid.password_length.app_error") {
		t.Errorf("an empty configuration passes: %q", ids)
	}
}
