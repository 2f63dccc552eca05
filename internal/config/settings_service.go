package config

// ServiceSettings concern the server as a whole: its address, sessions, limits
// and what its clients may do. Lengths of sessions exist in days and in hours;
// when both are given the hours count.
type ServiceSettings struct {
	SiteURL       string `access:"environment_web_server" doc:"Address under which people reach the server, with scheme and without a trailing slash. Links in e-mails, single sign-on and cookies are built from it. In developer mode it is http://localhost:8065 when not given."`
	ListenAddress string `default:"127.0.0.1:8065" access:"environment_web_server" rules:"restart,locked" doc:"Address and port the server listens on. An empty host listens on every interface."`

	MaximumLoginAttempts             int  `default:"10" access:"authentication_password" doc:"Failed sign-ins in a row after which an account is locked until somebody resets it or its password."`
	EnableMultifactorAuthentication  bool `access:"authentication_mfa" doc:"Lets people protect their account with a second factor."`
	EnforceMultifactorAuthentication bool `access:"authentication_mfa" doc:"Refuses every other request of people who sign in with a password or LDAP until they have set up a second factor. Needs EnableMultifactorAuthentication."`

	EnableUserAccessTokens            bool     `access:"integrations_integration_management" doc:"Lets people who hold the permission create personal access tokens. Bots may always use theirs."`
	EnableOAuthServiceProvider        bool     `default:"true" access:"integrations_integration_management" doc:"Lets other applications sign people in through this server with OAuth 2.0."`
	EnableDynamicClientRegistration   bool     `access:"integrations_integration_management" doc:"Lets OAuth 2.0 applications register themselves without a session."`
	DCRRedirectURIAllowlist           []string `access:"integrations_integration_management" doc:"Redirect addresses that applications which register themselves may name. * matches within a part of the path, ** anything. Empty allows every address."`
	EnableBotAccountCreation          bool     `access:"integrations_bot_accounts" doc:"Lets people who hold the permission create bots."`
	DisableBotsWhenOwnerIsDeactivated bool     `default:"true" access:"integrations_bot_accounts" doc:"Deactivates the bots of an account together with it."`
	EnableEmailInvitations            bool     `access:"authentication_signup" doc:"Lets people invite others by e-mail. On when SiteURL is set, unless given."`
	EnableAPIChannelDeletion          bool     `access:"experimental_features" doc:"Lets channels be deleted for good over the API by those who may archive them. The local socket may always."`
	EnableAPIPostDeletion             bool     `access:"experimental_features" doc:"Lets administrators delete messages for good over the API. The local socket may always."`
	EnableAPITeamDeletion             bool     `access:"experimental_features" doc:"Lets teams be deleted for good over the API by those who manage them. The local socket may always."`
	EnableAPIUserDeletion             bool     `access:"experimental_features" doc:"Lets administrators delete accounts for good over the API. The local socket may always."`

	AllowCookiesForSubdomains         bool `access:"experimental_features" doc:"Sets session cookies for the host of SiteURL and all hosts below it. Needs SiteURL."`
	ExtendSessionLengthWithActivity   bool `default:"true" access:"environment_session_lengths" doc:"Prolongs a session that is in use instead of ending it at a fixed time."`
	TerminateSessionsOnPasswordChange bool `default:"true" access:"environment_session_lengths" doc:"Ends the other sessions of an account when its password changes."`
	SessionLengthWebInDays            int  `default:"30" access:"environment_session_lengths" doc:"Length of a session of a browser or desktop app, in days. Counts only where the hours are not given."`
	SessionLengthWebInHours           int  `default:"720" access:"environment_session_lengths" doc:"Length of a session of a browser or desktop app, in hours."`
	SessionLengthMobileInDays         int  `default:"30" access:"environment_session_lengths" doc:"Length of a session of a mobile app, in days. Counts only where the hours are not given."`
	SessionLengthMobileInHours        int  `default:"720" access:"environment_session_lengths" doc:"Length of a session of a mobile app, in hours."`
	SessionLengthSSOInDays            int  `default:"30" access:"environment_session_lengths" doc:"Length of a session that began with single sign-on, in days. Counts only where the hours are not given."`
	SessionLengthSSOInHours           int  `default:"720" access:"environment_session_lengths" doc:"Length of a session that began with single sign-on, and of OAuth 2.0 applications, in hours."`
	SessionCacheInMinutes             int  `default:"10" access:"environment_session_lengths"`
	SessionIdleTimeoutInMinutes       int  `default:"43200" access:"environment_session_lengths" doc:"Minutes without a request after which a browser session ends. Counts only without ExtendSessionLengthWithActivity; 0 is never."`

	ExperimentalEnableAuthenticationTransfer bool     `default:"true" access:"experimental_features" doc:"Lets people move their account between password, LDAP and single sign-on."`
	ExperimentalEnableHardenedMode           bool     `access:"experimental_features" doc:"Hides the kind of every internal error from clients."`
	ExperimentalStrictCSRFEnforcement        bool     `access:"experimental_features" doc:"Accepts nothing but the CSRF token as proof that a request with a cookie is meant."`
	EnableLocalMode                          bool     `access:"experimental_features" rules:"restart" doc:"Opens a unix socket for administration without a session. Whoever may open it may do everything."`
	LocalModeSocketLocation                  string   `default:"/var/tmp/mattermost_local.socket" access:"experimental_features" rules:"restart,locked" doc:"Path of the socket of EnableLocalMode. Its folder must exist."`
	TrustedProxyIPHeader                     []string `access:"environment_web_server" doc:"Request headers that carry the address of the client, in order of preference. They count only on requests from MusterSettings.TrustedProxies."`
	EnableDeveloper                          bool     `access:"environment_developer" doc:"Shows details of errors to clients. Not for servers that others can reach."`
	MaximumPayloadSizeBytes                  int      `default:"300000" access:"environment_web_server" doc:"Largest request body in bytes, files excepted."`
	MaximumURLLength                         int      `default:"2048" access:"environment_web_server" doc:"Longest request address in bytes."`
	TLSStrictTransport                       bool     `access:"environment_web_server" doc:"Tells browsers to come back over HTTPS only."`
	TLSStrictTransportMaxAge                 int      `default:"63072000" access:"environment_web_server" doc:"For how long browsers remember TLSStrictTransport, in seconds."`

	AllowCorsFrom        string `access:"integrations_cors" doc:"Origins that may call the API from a browser, separated by spaces; * is every origin."`
	CorsExposedHeaders   string `access:"integrations_cors" doc:"Response headers that scripts of other origins may read, separated by spaces."`
	CorsAllowCredentials bool   `access:"integrations_cors" doc:"Lets scripts of the origins in AllowCorsFrom send cookies."`
	CorsDebug            bool   `access:"integrations_cors"`
	FrameAncestors       string `access:"integrations_cors" doc:"Origins that may show the server's pages in a frame, separated by spaces, besides its own."`
	WebsocketURL         string `access:"environment_web_server" doc:"Address clients use for the websocket instead of SiteURL."`

	EnableChannelViewedMessages                       bool   `default:"true" access:"environment_web_server" doc:"Tells the other clients of an account when it reads channels."`
	ExperimentalEnableDefaultChannelLeaveJoinMessages bool   `default:"true" access:"experimental_features" doc:"Writes in the default channels of a team who joined or left it."`
	EnableUserStatuses                                bool   `default:"true" access:"experimental_features" doc:"Keeps and shows who is online, away or not to be disturbed."`
	EnableUserTypingMessages                          bool   `default:"true" access:"experimental_features" doc:"Tells others in a channel that somebody is typing."`
	TimeBetweenUserTypingUpdatesMilliseconds          int    `default:"5000" access:"experimental_features" doc:"How often clients tell that somebody is typing, in milliseconds."`
	EnableCustomGroups                                bool   `default:"true" access:"site_users_and_teams" doc:"Lets people make groups of users that can be mentioned."`
	ThreadAutoFollow                                  bool   `default:"true" access:"experimental_features" doc:"Makes people follow the threads they start, answer or are mentioned in."`
	CollapsedThreads                                  string `default:"always_on" access:"site_posts" doc:"Whether answers are shown in threads: disabled, default_off, default_on or always_on. All but disabled need ThreadAutoFollow."`
	PostEditTimeLimit                                 int    `default:"-1" access:"user_management_permissions" doc:"Seconds after which the text of a message can no longer be changed; -1 is never."`
	PostPriority                                      bool   `default:"true" access:"site_posts" doc:"Lets people mark a message as important or urgent."`
	UniqueEmojiReactionLimitPerPost                   int    `default:"50" access:"site_posts" doc:"How many different reactions a message can carry."`
	MinimumHashtagLength                              int    `default:"3" access:"site_posts" doc:"Shortest hashtag clients turn into a link."`
	EnableLinkPreviews                                bool   `default:"true" access:"site_posts" doc:"Lets clients show previews of links."`
	EnablePermalinkPreviews                           bool   `default:"true" access:"site_posts" doc:"Lets clients show the message a link points to."`
	EnableLatex                                       bool   `access:"site_posts" doc:"Lets clients draw blocks of LaTeX."`
	EnableInlineLatex                                 bool   `default:"true" access:"site_posts" doc:"Lets clients draw LaTeX inside of lines."`
	EnableSVGs                                        bool   `access:"site_posts" doc:"Lets clients show SVG files. They can carry scripts."`
	EnableEmojiPicker                                 bool   `default:"true" access:"site_emoji" doc:"Shows the list of emoji in clients."`
	EnableTutorial                                    bool   `default:"true" access:"experimental_features" doc:"Shows hints to new people in clients."`
	EnableDesktopLandingPage                          bool   `default:"true" access:"site_customization" doc:"Asks visitors whether to open a link in the desktop app or the browser."`
}
