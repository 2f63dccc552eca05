package config

// LdapSettings are about signing in with an LDAP directory such as Active Directory.
type LdapSettings struct {
	Enable                      bool   `doc:"Lets people sign in with their account in the directory."`
	EnableSync                  bool   `doc:"Brings accounts and groups in line with the directory at intervals. As Enable, unless given."`
	LdapServer                  string `doc:"Host of the directory."`
	LdapPort                    int    `default:"389" doc:"Port of the directory."`
	ConnectionSecurity          string `doc:"How the connection is protected: TLS, STARTTLS, or empty for not at all."`
	BaseDN                      string `doc:"Where in the directory to look."`
	BindUsername                string `doc:"Account that reads the directory. Empty reads without signing in."`
	BindPassword                Secret `doc:"Password of BindUsername."`
	MaximumLoginAttempts        int    `default:"10" doc:"Failed sign-ins in a row after which an account of the directory is locked here."`
	UserFilter                  string `doc:"Filter that people who may sign in must match."`
	GroupFilter                 string `doc:"Filter that groups must match."`
	GuestFilter                 string `doc:"Filter whose matches become guests."`
	EnableAdminFilter           bool   `doc:"Makes AdminFilter count."`
	AdminFilter                 string `doc:"Filter whose matches become system administrators."`
	GroupDisplayNameAttribute   string `doc:"Attribute with the name of a group."`
	GroupIdAttribute            string `doc:"Attribute with the lasting id of a group."`
	FirstNameAttribute          string `doc:"Attribute with the first name."`
	LastNameAttribute           string `doc:"Attribute with the last name."`
	EmailAttribute              string `doc:"Attribute with the e-mail address."`
	UsernameAttribute           string `doc:"Attribute with the username."`
	NicknameAttribute           string `doc:"Attribute with the nickname."`
	IdAttribute                 string `doc:"Attribute with the lasting id of a person."`
	PositionAttribute           string `doc:"Attribute with the position."`
	LoginIdAttribute            string `doc:"Attribute people sign in with. As IdAttribute, unless given."`
	PictureAttribute            string `doc:"Attribute with the picture."`
	SyncIntervalMinutes         int    `default:"60" doc:"Minutes between two runs of EnableSync."`
	ReAddRemovedMembers         bool   `doc:"Lets the synchronisation add people again to teams and channels they were removed from."`
	SkipCertificateVerification bool   `doc:"Accepts any certificate of the directory. Not for servers in use."`
	PublicCertificateFile       string `doc:"File with the certificate this server shows to the directory."`
	PrivateKeyFile              string `doc:"File with the key of PublicCertificateFile."`
	QueryTimeout                int    `default:"60" doc:"How long to wait for an answer of the directory, in seconds."`
	MaxPageSize                 int    `doc:"How many entries to ask for at once; 0 is no limit."`
	LoginFieldName              string `doc:"What the sign-in page calls the LDAP username."`
	LoginButtonColor            string `default:"#0000" access:"experimental_features" doc:"Colour of the LDAP sign-in button in mobile apps."`
	LoginButtonBorderColor      string `default:"#2389D7" access:"experimental_features" doc:"Border colour of the LDAP sign-in button in mobile apps."`
	LoginButtonTextColor        string `default:"#2389D7" access:"experimental_features" doc:"Text colour of the LDAP sign-in button in mobile apps."`
}

// SamlSettings are about signing in with a SAML 2.0 identity provider.
type SamlSettings struct {
	Enable                        bool   `doc:"Lets people sign in with SAML."`
	EnableSyncWithLdap            bool   `doc:"Brings SAML accounts in line with the LDAP directory."`
	EnableSyncWithLdapIncludeAuth bool   `doc:"Lets EnableSyncWithLdap replace the id by which an account is recognised."`
	IgnoreGuestsLdapSync          bool   `doc:"Leaves guests alone in EnableSyncWithLdap."`
	Verify                        bool   `default:"true" doc:"Checks the signature of what the provider says. Without it anyone can be anyone."`
	Encrypt                       bool   `default:"true" doc:"Decrypts what the provider says with PrivateKeyFile."`
	SignRequest                   bool   `doc:"Signs requests to the provider with PrivateKeyFile."`
	IdpURL                        string `doc:"Address of the provider's sign-in page."`
	IdpDescriptorURL              string `doc:"Name by which the provider calls itself."`
	IdpMetadataURL                string `doc:"Address of the provider's metadata."`
	ServiceProviderIdentifier     string `doc:"Name by which this server calls itself. As IdpDescriptorURL, unless given."`
	AssertionConsumerServiceURL   string `doc:"Address the provider answers to, normally SiteURL followed by /login/sso/saml."`
	SignatureAlgorithm            string `default:"RSAwithSHA256" doc:"Algorithm of SignRequest: RSAwithSHA1, RSAwithSHA256 or RSAwithSHA512."`
	CanonicalAlgorithm            string `default:"Canonical1.0" doc:"Canonical form of signed XML: Canonical1.0 or Canonical1.1."`
	ScopingIDPProviderId          string `doc:"Id of the provider to ask for at a broker."`
	ScopingIDPName                string `doc:"Name of the provider to ask for at a broker."`
	IdpCertificateFile            string `doc:"File with the certificate of the provider."`
	PublicCertificateFile         string `doc:"File with the certificate of this server."`
	PrivateKeyFile                string `doc:"File with the key of PublicCertificateFile."`
	IdAttribute                   string `doc:"Attribute with the lasting id of a person; the e-mail address counts when empty."`
	GuestAttribute                string `doc:"Attribute and value, joined by =, that make somebody a guest."`
	EnableAdminAttribute          bool   `doc:"Makes AdminAttribute count."`
	AdminAttribute                string `doc:"Attribute and value, joined by =, that make somebody a system administrator."`
	FirstNameAttribute            string `doc:"Attribute with the first name."`
	LastNameAttribute             string `doc:"Attribute with the last name."`
	EmailAttribute                string `doc:"Attribute with the e-mail address."`
	UsernameAttribute             string `doc:"Attribute with the username."`
	NicknameAttribute             string `doc:"Attribute with the nickname."`
	LocaleAttribute               string `doc:"Attribute with the language."`
	PositionAttribute             string `doc:"Attribute with the position."`
	LoginButtonText               string `default:"SAML" doc:"Text of the SAML sign-in button."`
	LoginButtonColor              string `default:"#34a28b" access:"experimental_features" doc:"Colour of the SAML sign-in button in mobile apps."`
	LoginButtonBorderColor        string `default:"#2389D7" access:"experimental_features" doc:"Border colour of the SAML sign-in button in mobile apps."`
	LoginButtonTextColor          string `default:"#ffffff" access:"experimental_features" doc:"Text colour of the SAML sign-in button in mobile apps."`
}

// GitLabSettings are about signing in with GitLab.
type GitLabSettings struct {
	Enable               bool   `doc:"Lets people sign in with GitLab."`
	Id                   string `doc:"Id of this server at GitLab."`
	Secret               Secret `doc:"Secret of this server at GitLab."`
	Scope                string `doc:"What to ask GitLab for. With openid the account is read from the signed token."`
	AuthEndpoint         string `doc:"Address of GitLab's sign-in page."`
	TokenEndpoint        string `doc:"Address where GitLab gives out tokens."`
	UserAPIEndpoint      string `doc:"Address where GitLab tells who somebody is."`
	DiscoveryEndpoint    string `doc:"Address of GitLab's OpenID configuration, in place of the three addresses."`
	ButtonText           string `doc:"Text of the GitLab sign-in button."`
	ButtonColor          string `doc:"Colour of the GitLab sign-in button."`
	UsePreferredUsername bool   `doc:"Takes the username GitLab prefers instead of one made from the e-mail address."`
}

// GoogleSettings are about signing in with Google.
type GoogleSettings struct {
	Enable               bool   `doc:"Lets people sign in with Google."`
	Id                   string `doc:"Id of this server at Google."`
	Secret               Secret `doc:"Secret of this server at Google."`
	Scope                string `default:"profile email" doc:"What to ask Google for. With openid the account is read from the signed token."`
	AuthEndpoint         string `default:"https://accounts.google.com/o/oauth2/v2/auth" doc:"Address of Google's sign-in page."`
	TokenEndpoint        string `default:"https://www.googleapis.com/oauth2/v4/token" doc:"Address where Google gives out tokens."`
	UserAPIEndpoint      string `default:"https://people.googleapis.com/v1/people/me?personFields=names,emailAddresses,nicknames,metadata" doc:"Address where Google tells who somebody is."`
	DiscoveryEndpoint    string `doc:"Address of Google's OpenID configuration, in place of the three addresses."`
	ButtonText           string `doc:"Text of the Google sign-in button."`
	ButtonColor          string `doc:"Colour of the Google sign-in button."`
	UsePreferredUsername bool   `doc:"Takes the username Google prefers instead of one made from the e-mail address."`
}

// OpenIdSettings are about signing in with any OpenID Connect provider.
type OpenIdSettings struct {
	Enable               bool   `doc:"Lets people sign in with the provider."`
	Id                   string `doc:"Id of this server at the provider."`
	Secret               Secret `doc:"Secret of this server at the provider."`
	Scope                string `default:"profile openid email" doc:"What to ask the provider for."`
	AuthEndpoint         string `doc:"Address of the provider's sign-in page."`
	TokenEndpoint        string `doc:"Address where the provider gives out tokens."`
	UserAPIEndpoint      string `doc:"Address where the provider tells who somebody is."`
	DiscoveryEndpoint    string `doc:"Address of the provider's OpenID configuration, in place of the three addresses."`
	ButtonText           string `doc:"Text of the sign-in button."`
	ButtonColor          string `default:"#145DBF" doc:"Colour of the sign-in button."`
	UsePreferredUsername bool   `doc:"Takes the username the provider prefers instead of one made from the e-mail address."`
}

// Office365Settings are about signing in with Microsoft Entra ID.
type Office365Settings struct {
	Enable               bool   `doc:"Lets people sign in with Microsoft."`
	Id                   string `doc:"Id of this server at Microsoft."`
	Secret               Secret `doc:"Secret of this server at Microsoft."`
	Scope                string `default:"User.Read" doc:"What to ask Microsoft for. With openid the account is read from the signed token."`
	AuthEndpoint         string `default:"https://login.microsoftonline.com/common/oauth2/v2.0/authorize" doc:"Address of Microsoft's sign-in page."`
	TokenEndpoint        string `default:"https://login.microsoftonline.com/common/oauth2/v2.0/token" doc:"Address where Microsoft gives out tokens."`
	UserAPIEndpoint      string `default:"https://graph.microsoft.com/v1.0/me" doc:"Address where Microsoft tells who somebody is."`
	DiscoveryEndpoint    string `doc:"Address of Microsoft's OpenID configuration, in place of the three addresses."`
	DirectoryId          string `doc:"Id of the organisation's directory at Microsoft."`
	UsePreferredUsername bool   `doc:"Takes the username Microsoft prefers instead of one made from the e-mail address."`
}

// IntuneSettings are about mobile apps that are managed by Microsoft Intune.
type IntuneSettings struct {
	Enable      bool   `doc:"Lets managed mobile apps sign in with their Microsoft token."`
	TenantId    string `doc:"Id of the organisation's tenant, a UUID."`
	ClientId    string `doc:"Id of the app registration, a UUID."`
	AuthService string `doc:"Which sign-in the accounts belong to: office365 or saml. It must be on."`
}
