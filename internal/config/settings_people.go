package config

// TeamSettings concern who may come and what teams and channels may hold.
type TeamSettings struct {
	SiteName                           string   `default:"Mattermost" access:"site_customization" doc:"Name of the service in pages and e-mails, 30 characters at most."`
	EnableUserCreation                 bool     `default:"true" access:"authentication_signup" doc:"Lets new accounts be made other than by administrators."`
	EnableOpenServer                   bool     `access:"authentication_signup" doc:"Lets anyone who reaches the server make an account without an invitation."`
	EnableUserDeactivation             bool     `access:"experimental_features" doc:"Lets people deactivate their own account."`
	RestrictCreationToDomains          string   `access:"authentication_signup" doc:"Domains of e-mail addresses that may have accounts, separated by commas or spaces. Empty allows all."`
	MaxUsersPerTeam                    int      `default:"50" access:"site_users_and_teams" doc:"How many active members a team can have."`
	MaxChannelsPerTeam                 int      `default:"2000" access:"site_users_and_teams" doc:"How many channels a team can have."`
	MaxNotificationsPerChannel         int      `default:"1000" access:"site_users_and_teams" doc:"Members above which a channel can no longer be notified as a whole."`
	TeammateNameDisplay                string   `default:"username" access:"site_users_and_teams" doc:"How names are shown: username, full_name or nickname_full_name. With LDAP or SAML it is full_name, unless given."`
	LockTeammateNameDisplay            bool     `access:"site_users_and_teams" doc:"Keeps people from choosing another display of names."`
	RestrictDirectMessage              string   `default:"any" access:"site_users_and_teams" doc:"With whom a direct message can be started: any, or team for members of a common team."`
	UserStatusAwayTimeout              int      `default:"300" access:"experimental_features" doc:"Seconds without activity after which somebody is shown as away."`
	EnableCustomUserStatuses           bool     `default:"true" access:"site_users_and_teams" doc:"Lets people set a status with emoji and text."`
	EnableLastActiveTime               bool     `default:"true" access:"site_users_and_teams" doc:"Shows when somebody was last active."`
	ExperimentalEnableAutomaticReplies bool     `access:"experimental_features"`
	ExperimentalPrimaryTeam            string   `access:"experimental_features" doc:"Name of the team clients open first."`
	ExperimentalDefaultChannels        []string `access:"experimental_features" doc:"Names of the channels every new member joins, in place of off-topic."`
	EnableCustomBrand                  bool     `access:"site_customization" doc:"Shows CustomBrandText on the sign-in page."`
	CustomBrandText                    string   `access:"site_customization" doc:"Text of the sign-in page of EnableCustomBrand."`
	CustomDescriptionText              string   `access:"site_customization" doc:"Description of the service on the sign-in page."`
}

// EmailSettings concern signing in with an e-mail address, and sending mail.
type EmailSettings struct {
	EnableSignUpWithEmail         bool   `default:"true" access:"authentication_email" doc:"Lets accounts be made with an e-mail address and a password."`
	EnableSignInWithEmail         bool   `default:"true" access:"authentication_email" doc:"Lets people sign in with their e-mail address. As EnableSignUpWithEmail, unless given."`
	EnableSignInWithUsername      bool   `default:"true" access:"authentication_email" doc:"Lets people sign in with their username."`
	RequireEmailVerification      bool   `access:"authentication_email" doc:"Asks for proof of a new e-mail address before it can be used to sign in."`
	SendEmailNotifications        bool   `default:"true" access:"site_notifications" doc:"Sends e-mails about messages and about the account."`
	EmailNotificationContentsType string `default:"full" access:"site_notifications" doc:"Whether e-mails about messages hold the text (full) or only tell that there is one (generic)."`
	EnablePreviewModeBanner       bool   `default:"true" access:"site_notifications" doc:"Shows a banner while SendEmailNotifications is off."`
	FeedbackName                  string `access:"site_notifications" doc:"Name of the sender of e-mails."`
	FeedbackEmail                 string `default:"test@example.com" access:"site_notifications" doc:"Address of the sender of e-mails."`
	ReplyToAddress                string `default:"test@example.com" access:"site_notifications" doc:"Address that answers to e-mails go to."`
	FeedbackOrganization          string `access:"site_notifications" doc:"Name and address of the organisation in the foot of e-mails."`

	EnableSMTPAuth                    bool   `access:"environment_smtp" doc:"Signs in to the mail server with SMTPUsername and SMTPPassword."`
	SMTPUsername                      string `access:"environment_smtp" doc:"Account at the mail server."`
	SMTPPassword                      Secret `access:"environment_smtp" doc:"Password at the mail server."`
	SMTPServer                        string `default:"localhost" access:"environment_smtp" doc:"Host of the mail server."`
	SMTPPort                          string `default:"10025" access:"environment_smtp" doc:"Port of the mail server."`
	SMTPServerTimeout                 int    `default:"10" access:"environment_smtp" doc:"How long to wait for the mail server, in seconds."`
	ConnectionSecurity                string `access:"environment_smtp" doc:"How the connection to the mail server is protected: TLS, STARTTLS, or empty or PLAIN for not at all."`
	SkipServerCertificateVerification bool   `access:"environment_smtp" doc:"Accepts any certificate of the mail server. Not for servers in use."`

	SendPushNotifications  bool   `default:"true" access:"environment_push_notification_server"`
	PushNotificationServer string `access:"environment_push_notification_server"`

	LoginButtonColor       string `default:"#0000" access:"experimental_features" doc:"Colour of the e-mail sign-in button in mobile apps."`
	LoginButtonBorderColor string `default:"#2389D7" access:"experimental_features" doc:"Border colour of the e-mail sign-in button in mobile apps."`
	LoginButtonTextColor   string `default:"#2389D7" access:"experimental_features" doc:"Text colour of the e-mail sign-in button in mobile apps."`
}

// PasswordSettings are the rules for new passwords.
type PasswordSettings struct {
	MinimumLength    int  `default:"8" doc:"Shortest password in bytes, 5 to 72."`
	Lowercase        bool `doc:"Asks for a small letter."`
	Uppercase        bool `doc:"Asks for a capital letter."`
	Number           bool `doc:"Asks for a digit."`
	Symbol           bool `doc:"Asks for a symbol."`
	EnableForgotLink bool `default:"true" access:"authentication_password" doc:"Shows a link to reset the password on the sign-in page. The reset itself stays open."`
}

// PrivacySettings are about what people see of each other.
type PrivacySettings struct {
	ShowEmailAddress bool `default:"true" doc:"Shows e-mail addresses to everyone. When off only administrators see and find them."`
	ShowFullName     bool `default:"true" doc:"Shows full names to everyone. When off only administrators see and find them."`
	UseAnonymousURLs bool `doc:"Tells clients to keep names of teams and channels out of addresses."`
}

// RateLimitSettings bound how often somebody may ask.
type RateLimitSettings struct {
	Enable           bool   `rules:"restart" doc:"Refuses requests that come too fast."`
	PerSec           int    `default:"10" rules:"restart" doc:"Steady requests a second."`
	MaxBurst         int    `default:"100" rules:"restart" doc:"Requests that may come at once beyond the steady rate."`
	MemoryStoreSize  int    `default:"10000" rules:"restart" doc:"How many callers are remembered on each node."`
	VaryByRemoteAddr bool   `default:"true" rules:"restart" doc:"Counts each client address apart."`
	VaryByUser       bool   `rules:"restart" doc:"Counts each session apart."`
	VaryByHeader     string `rules:"restart" doc:"Name of a request header whose values are counted apart."`
}

// GuestAccountsSettings are about people who may see only what they were invited to.
type GuestAccountsSettings struct {
	Enable                           bool   `doc:"Lets guests be invited and sign in."`
	HideTags                         bool   `doc:"Keeps clients from marking guests as such."`
	AllowEmailAccounts               bool   `default:"true" doc:"Lets clients offer guest accounts with a password."`
	EnforceMultifactorAuthentication bool   `doc:"Makes ServiceSettings.EnforceMultifactorAuthentication hold for guests. Excludes EnableGuestMagicLink."`
	RestrictCreationToDomains        string `doc:"Domains of e-mail addresses that guests may have, separated by commas or spaces. Empty allows all."`
	EnableGuestMagicLink             bool   `doc:"Lets guests sign in with a link sent by e-mail instead of a password."`
}
