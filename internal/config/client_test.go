package config

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// limitedKeys is the documented set for everybody, without those that are there
// only when what they tell about is on.
const limitedKeys = `AboutLink AllowDownloadLogs AndroidAppDownloadLink AndroidLatestVersion AndroidMinVersion AppDownloadLink
AppsPluginEnabled BuildDate BuildEnterpriseReady BuildHash BuildHashEnterprise BuildNumber CWSURL
CustomBrandText CustomDescriptionText CustomTermsOfServiceReAcceptancePeriod DefaultClientLocale DiagnosticId
DiagnosticsEnabled EmailLoginButtonBorderColor EmailLoginButtonColor EmailLoginButtonTextColor
EnableAskCommunityLink EnableBotAccountCreation EnableClientMetrics EnableComplianceExport EnableCustomBrand
EnableCustomEmoji EnableCustomTermsOfService EnableDesktopLandingPage EnableDiagnostics EnableFile
EnableGuestAccounts EnableGuestMagicLink EnableJoinLeaveMessageByDefault EnableLdap
EnableMultifactorAuthentication EnableOpenServer EnableSaml EnableSignInWithEmail EnableSignInWithUsername
EnableSignUpWithEmail EnableSignUpWithGitLab EnableSignUpWithGoogle EnableSignUpWithOffice365
EnableSignUpWithOpenId EnableUserCreation EnableUserStatuses EnforceMultifactorAuthentication FileLevel
ForgotPasswordLink GitLabButtonColor GitLabButtonText GuestAccountsEnforceMultifactorAuthentication
HasImageProxy HelpLink HideGuestTags IntuneMAMEnabled IosAppDownloadLink IosLatestVersion IosMinVersion
IsFipsEnabled LdapLoginButtonBorderColor LdapLoginButtonColor LdapLoginButtonTextColor LdapLoginFieldName
MobileEnableBiometrics MobileExternalBrowser MobileJailbreakProtection MobilePreventScreenCapture
OpenIdButtonColor OpenIdButtonText PasswordEnableForgotLink PasswordMinimumLength PasswordRequireLowercase
PasswordRequireNumber PasswordRequireSymbol PasswordRequireUppercase PluginsEnabled PrivacyPolicyLink
ReportAProblemLink ReportAProblemMail ReportAProblemType SamlLoginButtonBorderColor SamlLoginButtonColor
SamlLoginButtonText SamlLoginButtonTextColor ServiceEnvironment SiteName SiteURL SupportEmail TelemetryId
TermsOfServiceLink Version WebsocketPort WebsocketSecurePort WebsocketURL NoAccounts
AsymmetricSigningPublicKey FeatureFlagMobileSSOCodeExchange FeatureFlagExperimentalCrossTeamSearch`

// memberKeys is what the documented full set adds.
const memberKeys = `AllowBannerDismissal AllowCustomThemes AllowPersistentNotifications AllowPersistentNotificationsForGuests
AllowSyncedDrafts AllowedThemes AutoTranslationLanguages AvailableLocales BannerColor BannerText
BannerTextColor BurnOnReadDurationSeconds BurnOnReadMaximumTimeToLiveSeconds CWSMock CollapsedThreads
ContentFlaggingEnabled CustomUrlSchemes DataRetentionEnableFileDeletion DataRetentionEnableMessageDeletion
DataRetentionFileRetentionHours DataRetentionMessageRetentionHours DefaultTheme DelayChannelAutocomplete
DeleteAccountLink DisableAppBar DisableRefetchingOnBrowserFocus DisableWakeUpReconnectHandler
EmailNotificationContentsType EnableAttributeBasedAccessControl EnableAutoTranslation EnableBanner
EnableBurnOnRead EnableChannelViewedMessages EnableClientPerformanceDebugging EnableCluster EnableCommands
EnableCompliance EnableConfirmNotificationsToChannel EnableCrossTeamSearch EnableCustomGroups
EnableCustomUserStatuses EnableDeveloper EnableEmailBatching EnableEmailInvitations EnableEmojiPicker
EnableExperimentalLocales EnableFileAttachments EnableGifPicker EnableIncomingWebhooks EnableInlineLatex
EnableLastActiveTime EnableLatex EnableLinkPreviews EnableMarketplace EnableMetrics EnableMobileFileDownload
EnableMobileFileUpload EnableNotificationMetrics EnableOAuthServiceProvider EnableOnboardingFlow
EnableOutgoingOAuthConnections EnableOutgoingWebhooks EnablePermalinkPreviews EnablePostIconOverride
EnablePostUsernameOverride EnablePreviewModeBanner EnablePublicLink EnableSVGs EnableTesting
EnableThemeSelection EnableTutorial EnableUserAccessTokens EnableUserDeactivation EnableUserManagedAttributes
EnableUserTypingMessages ExperimentalChannelCategorySorting ExperimentalEnableAuthenticationTransfer
ExperimentalEnableAutomaticReplies ExperimentalEnableDefaultChannelLeaveJoinMessages
ExperimentalEnablePostMetadata ExperimentalGroupUnreadChannels ExperimentalPrimaryTeam
ExperimentalRemoteClusterService ExperimentalSharedChannels ExperimentalTimezone
ExtendSessionLengthWithActivity GiphySdkKey GoogleDeveloperKey IsDefaultMarketplace LdapFirstNameAttributeSet
LdapLastNameAttributeSet LdapNicknameAttributeSet LdapPictureAttributeSet LdapPositionAttributeSet
LockTeammateNameDisplay ManagedResourcePaths MaxFileSize MaxMarkdownNodes MaxNotificationsPerChannel
MinimumHashtagLength MobileAllowPdfLinkNavigation MobileEnableSecureFilePreview
PersistentNotificationIntervalMinutes PersistentNotificationMaxCount PersistentNotificationMaxRecipients
PostAcknowledgements PostEditTimeLimit PostPriority RequireEmailVerification RestrictDMAndGMAutotranslation
RestrictDirectMessage RunJobs SQLDriverName SamlFirstNameAttributeSet SamlLastNameAttributeSet
SamlNicknameAttributeSet SamlPositionAttributeSet ScheduledPosts SendEmailNotifications SendPushNotifications
ShowEmailAddress ShowFullName TeammateNameDisplay TimeBetweenUserTypingUpdatesMilliseconds
UniqueEmojiReactionLimitPerPost UseAnonymousURLs UsersStatusAndProfileFetchingPollIntervalMilliseconds
WranglerAllowedEmailDomain WranglerMoveThreadFromDirectMessageChannelEnable
WranglerMoveThreadFromGroupMessageChannelEnable WranglerMoveThreadFromPrivateChannelEnable
WranglerMoveThreadMaxCount WranglerMoveThreadToAnotherTeamEnable WranglerPermittedWranglerRoles
YoutubeReferrerPolicy MaxPostSize UpgradedFromTE InstallationDate SchemaVersion`

func sorted(text ...string) []string {
	return slices.Sorted(slices.Values(strings.Fields(strings.Join(text, " "))))
}

func TestClientsGetEveryDocumentedKey(t *testing.T) {
	t.Parallel()
	cfg := Defaults()
	if diff := cmp.Diff(sorted(limitedKeys), slices.Sorted(maps.Keys(ClientConfig(&cfg, ClientInfo{}, false)))); diff != "" {
		t.Errorf("limited:\n%s", diff)
	}
	if diff := cmp.Diff(sorted(limitedKeys, memberKeys), slices.Sorted(maps.Keys(ClientConfig(&cfg, ClientInfo{}, true)))); diff != "" {
		t.Errorf("full:\n%s", diff)
	}
}

func TestClientConfigTellsTheSettings(t *testing.T) {
	t.Parallel()
	cfg := loaded(t, LoadOptions{File: file(t, `{
		"ServiceSettings":{"SiteURL":"https://chat.example.com/","PostEditTimeLimit":60},
		"SupportSettings":{"CustomTermsOfServiceEnabled":true},"DisplaySettings":{"CustomURLSchemes":["git","smtp"]},
		"LdapSettings":{"NicknameAttribute":"nick"},"GitLabSettings":{"Enable":true,"ButtonText":"GL"},"FeatureFlags":{"MobileSSOCodeExchange":true},
		"Office365Settings":{"Enable":true},"IntuneSettings":{"Enable":true,"TenantId":`+uuid+`,"ClientId":`+uuid+`,"AuthService":"office365"}}`)}).Config
	info := ClientInfo{
		Version: "11.6.0", BuildNumber: "7", DiagnosticID: "d", CustomTermsOfServiceID: "terms", NoAccounts: true,
		InstalledAt: 1700000000000, MaxPostSize: 16383,
	}
	got := ClientConfig(&cfg, info, true)
	for key, want := range map[string]string{
		"Version": "11.6.0", "BuildNumber": "7", "DiagnosticId": "d", "TelemetryId": "d", "NoAccounts": "true",
		"SiteURL": "https://chat.example.com", "PostEditTimeLimit": "60", "CustomTermsOfServiceId": "terms",
		"CustomTermsOfServiceReAcceptancePeriod": "365", "CustomUrlSchemes": "git,smtp", "LdapNicknameAttributeSet": "true",
		"LdapFirstNameAttributeSet": "false", "EnableSignUpWithGitLab": "true", "GitLabButtonText": "GL",
		"FeatureFlagMobileSSOCodeExchange": "true", "IntuneMAMEnabled": "true", "IntuneAuthService": "office365",
		"IntuneScope": "api://" + strings.Trim(uuid, `"`) + "/login.mattermost", "InstallationDate": "1700000000000",
		"MaxPostSize": "16383", "MaxFileSize": "104857600", "TimeBetweenUserTypingUpdatesMilliseconds": "5000",
		"PasswordMinimumLength": "8", "CollapsedThreads": "always_on", "EnableEmailInvitations": "true",
		"SendPushNotifications": "false", "BuildEnterpriseReady": "true", "PluginsEnabled": "false",
	} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
}

func TestClientConfigHash(t *testing.T) {
	t.Parallel()
	cfg := Defaults()
	one, two := ClientConfigHash(ClientConfig(&cfg, ClientInfo{}, true)), ClientConfigHash(ClientConfig(&cfg, ClientInfo{}, true))
	if one != two || len(one) != 64 {
		t.Errorf("%s and %s", one, two)
	}
	cfg.TeamSettings.SiteName = "Owls"
	if ClientConfigHash(ClientConfig(&cfg, ClientInfo{}, true)) == one {
		t.Error("a change does not show")
	}
}

func TestLicense(t *testing.T) {
	t.Parallel()
	limited, full := ClientLicense(false), ClientLicense(true)
	for _, key := range []string{
		"LDAP", "LDAPGroups", "MFA", "SAML", "GuestAccounts", "OpenId", "Office365OAuth", "GoogleOAuth",
		"DataRetention", "Compliance", "CustomTermsOfService", "Cluster", "Metrics", "MHPNS", "IsLicensed",
	} {
		if limited[key] != "true" || full[key] != "true" {
			t.Errorf("%s is off", key)
		}
	}
	for _, key := range []string{"Id", "Name", "Email", "IssuedAt", "StartsAt", "ExpiresAt", "SkuName"} {
		if _, shown := limited[key]; shown {
			t.Errorf("everybody reads %s", key)
		}
		if _, shown := full[key]; !shown {
			t.Errorf("%s is missing", key)
		}
	}
	if limited["Cloud"] != "false" || limited["SkuShortName"] != "advanced" {
		t.Errorf("got %v", limited)
	}
}

func TestLive(t *testing.T) {
	t.Parallel()
	live := NewLive(loaded(t, LoadOptions{}), ClientInfo{NoAccounts: true})
	var told []string
	live.Subscribe(func(old, new *Config) {
		told = append(told, old.TeamSettings.SiteName+" to "+new.TeamSettings.SiteName)
	})
	first := live.Current()
	live.Replace(loaded(t, LoadOptions{Override: []byte(`{"TeamSettings":{"SiteName":"Owls"}}`)}))
	second := live.Current()
	if diff := cmp.Diff([]string{"Mattermost to Owls"}, told); diff != "" {
		t.Error(diff)
	}
	if first.Config.TeamSettings.SiteName != "Mattermost" || first.Hash == second.Hash {
		t.Error("a snapshot changed, or its hash did not")
	}
	var body map[string]string
	if err := json.Unmarshal(second.ClientLimited, &body); err != nil || body["SiteName"] != "Owls" || body["NoAccounts"] != "true" {
		t.Errorf("got %v, %v", body, err)
	}
	live.UpdateInfo(func(i *ClientInfo) { i.NoAccounts = false })
	if third := live.Current(); third.Hash == second.Hash || third.Info.NoAccounts || len(told) != 1 {
		t.Error("the first account does not show, or somebody was told of a configuration")
	}
	before := live.Current()
	live.UpdateInfo(func(i *ClientInfo) { i.NoAccounts = false })
	if live.Current() != before {
		t.Error("nothing changed, and yet there is a new snapshot")
	}
}
