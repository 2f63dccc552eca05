package config

// licensedFeatures are the switches of the documented licence. Everything works
// here without one; clients hide what they do not find switched on.
var licensedFeatures = []string{
	"Announcement", "AdvancedLogging", "Cluster", "Compliance", "CustomBrand", "CustomPermissionsSchemes",
	"CustomTermsOfService", "DataRetention", "Elasticsearch", "EmailNotificationContents", "EnterprisePlugins",
	"GoogleOAuth", "GuestAccounts", "GuestAccountsPermissions", "IDLoadedPushNotifications", "LDAP", "LDAPGroups",
	"LockTeammateNameDisplay", "MFA", "MHPNS", "MessageExport", "Metrics", "Office365OAuth", "OpenId",
	"OutgoingOAuthConnections", "PasswordRequirements", "RemoteClusterService", "SAML", "SharedChannels",
	"ThemeManagement",
}

// licensedUsers is the number of seats. Clients warn when it is passed, so it is
// one that cannot be: the largest every client can count to.
const licensedUsers = "2147483647"

// ClientLicense gives the licence that clients ask for, all as texts. Full adds
// what only those see who may read licence information.
func ClientLicense(full bool) map[string]string {
	m := map[string]string{
		"IsLicensed":   "true",
		"IsTrial":      "false",
		"IsGovSku":     "false",
		"Cloud":        "false",
		"SkuShortName": "advanced", // the highest a client knows
		"Users":        licensedUsers,
	}
	for _, feature := range licensedFeatures {
		m[feature] = "true"
	}
	if full {
		m["Id"] = "muster"
		m["Name"] = "Muster"
		m["Email"] = ""
		m["SkuName"] = "Muster"
		m["IssuedAt"] = "0"
		m["StartsAt"] = "0"
		m["ExpiresAt"] = "253370764800000" // the year 9999
	}
	return m
}
