package config

// NativeAppSettings are about the mobile and desktop apps.
type NativeAppSettings struct {
	AppCustomURLSchemes           []string `default:"mmauth:// mmauthbeta://" doc:"Schemes of mobile apps to which single sign-on may return."`
	AppDownloadLink               string   `doc:"Where clients send people for the apps."`
	AndroidAppDownloadLink        string   `doc:"Where clients send people for the Android app."`
	IosAppDownloadLink            string   `doc:"Where clients send people for the iOS app."`
	MobileExternalBrowser         bool     `access:"environment_mobile_security" doc:"Makes the mobile apps use the phone's browser for single sign-on."`
	MobileEnableBiometrics        bool     `access:"environment_mobile_security" doc:"Makes the mobile apps ask for a fingerprint or a face."`
	MobileJailbreakProtection     bool     `access:"environment_mobile_security" doc:"Keeps the mobile apps from running on phones whose protection is broken."`
	MobilePreventScreenCapture    bool     `access:"environment_mobile_security" doc:"Keeps the mobile apps from being photographed by the phone."`
	MobileEnableSecureFilePreview bool     `access:"environment_mobile_security" doc:"Makes the mobile apps show files without saving them."`
	MobileAllowPdfLinkNavigation  bool     `access:"environment_mobile_security" doc:"Lets the mobile apps follow links inside of securely shown PDF files."`
	EnableIntuneMAM               bool     `access:"environment_mobile_security" doc:"Tells the mobile apps that Microsoft Intune manages them, as IntuneSettings.Enable does too."`
}

// FileSettings are about attachments and pictures.
type FileSettings struct {
	DriverName              string `default:"local" rules:"restart" doc:"Where files live: local, amazons3, or empty for nowhere."`
	Directory               string `rules:"restart,locked" doc:"Folder of the local files. Empty is the folder files inside of MusterSettings.DataDirectory."`
	MaxFileSize             int64  `default:"104857600" doc:"Largest file in bytes."`
	MaxImageResolution      int64  `default:"33177600" doc:"Largest picture in pixels, width times height."`
	EnableFileAttachments   bool   `default:"true" access:"site_file_sharing_and_downloads" doc:"Lets people attach files to messages."`
	EnableMobileUpload      bool   `default:"true" access:"site_file_sharing_and_downloads" doc:"Lets mobile apps send files."`
	EnableMobileDownload    bool   `default:"true" access:"site_file_sharing_and_downloads" doc:"Lets mobile apps save files."`
	EnablePublicLink        bool   `access:"site_public_links" doc:"Lets people make links to files that need no session."`
	PublicLinkSalt          Secret
	InitialFont             string `default:"nunito-bold.ttf"`
	AmazonS3AccessKeyId     string `rules:"restart" doc:"Key id at the S3 service. Empty takes the credentials of the machine."`
	AmazonS3SecretAccessKey Secret `rules:"restart" doc:"Key at the S3 service."`
	AmazonS3Bucket          string `rules:"restart" doc:"Bucket for the files."`
	AmazonS3PathPrefix      string `rules:"restart" doc:"Beginning of the name of every file in the bucket."`
	AmazonS3Region          string `rules:"restart" doc:"Region of the bucket."`
	AmazonS3Endpoint        string `default:"s3.amazonaws.com" rules:"restart" doc:"Host of the S3 service."`
	AmazonS3SSL             bool   `default:"true" rules:"restart" doc:"Speaks TLS with the S3 service."`
}

// LocalizationSettings are about languages.
type LocalizationSettings struct {
	DefaultServerLocale string `default:"en" doc:"Language of what the server says to nobody in particular."`
	DefaultClientLocale string `default:"en" doc:"Language of new accounts and of pages for visitors."`
	AvailableLocales    string `doc:"Languages people can choose, separated by commas. Empty offers all."`
}

// SupportSettings are links of the clients, and the terms of service.
type SupportSettings struct {
	TermsOfServiceLink                     string `doc:"Address of the terms of use."`
	PrivacyPolicyLink                      string `doc:"Address of the privacy policy."`
	AboutLink                              string `doc:"Address of a page about the service."`
	HelpLink                               string `doc:"Address of help."`
	ReportAProblemType                     string `default:"hidden" doc:"What clients offer to report a problem: link, email, default or hidden."`
	ReportAProblemLink                     string `doc:"Address of ReportAProblemType link."`
	ReportAProblemMail                     string `doc:"E-mail address of ReportAProblemType email."`
	AllowDownloadLogs                      bool   `default:"true" doc:"Lets mobile apps save their log for a report."`
	ForgotPasswordLink                     string `doc:"Address of the page that helps with a forgotten password, in place of the server's."`
	SupportEmail                           string `doc:"E-mail address that e-mails and pages name for help."`
	CustomTermsOfServiceEnabled            bool   `access:"compliance_custom_terms_of_service" doc:"Asks people to accept the stored terms of service before they go on."`
	CustomTermsOfServiceReAcceptancePeriod int    `default:"365" access:"compliance_custom_terms_of_service" doc:"Days after which the terms must be accepted again."`
}

// AnnouncementSettings are about the banner above every page.
type AnnouncementSettings struct {
	EnableBanner         bool   `doc:"Shows a banner to everyone."`
	BannerText           string `doc:"Text of the banner."`
	BannerColor          string `default:"#f2a93b" doc:"Colour of the banner."`
	BannerTextColor      string `default:"#333333" doc:"Colour of the text of the banner."`
	AllowBannerDismissal bool   `default:"true" doc:"Lets people close the banner."`
}

// DisplaySettings are about how clients show messages.
type DisplaySettings struct {
	CustomURLSchemes []string `doc:"Schemes besides the common ones that clients turn into links."`
	MaxMarkdownNodes int      `doc:"How much formatting mobile apps draw in a message; 0 is their own limit."`
}

// ThemeSettings are about colours.
type ThemeSettings struct {
	EnableThemeSelection bool     `default:"true" doc:"Lets people choose colours."`
	DefaultTheme         string   `doc:"Colours of new accounts."`
	AllowCustomThemes    bool     `default:"true" doc:"Lets people mix their own colours."`
	AllowedThemes        []string `doc:"Colours people can choose. Empty offers all."`
}

// ComplianceSettings are about supervision.
type ComplianceSettings struct {
	Enable bool `doc:"Keeps people from reading open channels they have not joined."`
}

// DataRetentionSettings exist for clients that look for them; nothing is forgotten.
type DataRetentionSettings struct {
	EnableMessageDeletion bool
	MessageRetentionHours int `default:"8760"`
	EnableFileDeletion    bool
	FileRetentionHours    int `default:"8760"`
}

// ExperimentalSettings have no better place.
type ExperimentalSettings struct {
	RestrictSystemAdmin                                   bool `rules:"locked" doc:"Refuses system administrators what belongs to whoever runs the machine."`
	UsersStatusAndProfileFetchingPollIntervalMilliseconds int  `default:"3000" doc:"How long clients collect names and statuses before they ask for them, in milliseconds."`
}

// FeatureFlags switch on what is not yet for everyone.
type FeatureFlags struct {
	MobileSSOCodeExchange       bool `doc:"Lets mobile apps end single sign-on by the exchange of a code."`
	ExperimentalCrossTeamSearch bool `doc:"Lets clients search in all teams at once."`
}

// PluginSettings exist for clients that look for them; there are no plugins.
type PluginSettings struct {
	Enable        bool
	EnableUploads bool `rules:"locked"`
}
