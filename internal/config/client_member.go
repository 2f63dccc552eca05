package config

import "strconv"

// account is what people may do with their account and sessions.
func (m clientMap) account(cfg *Config) {
	service, email, team := &cfg.ServiceSettings, &cfg.EmailSettings, &cfg.TeamSettings
	m.bool("EnableUserAccessTokens", service.EnableUserAccessTokens)
	m.bool("EnableOAuthServiceProvider", service.EnableOAuthServiceProvider)
	m.bool("ExtendSessionLengthWithActivity", service.ExtendSessionLengthWithActivity)
	m.bool("ExperimentalEnableAuthenticationTransfer", service.ExperimentalEnableAuthenticationTransfer)
	m.bool("EnableEmailInvitations", service.EnableEmailInvitations)
	m.bool("EnableChannelViewedMessages", service.EnableChannelViewedMessages)
	m.bool("ExperimentalEnableDefaultChannelLeaveJoinMessages", service.ExperimentalEnableDefaultChannelLeaveJoinMessages)
	m.bool("EnableUserDeactivation", team.EnableUserDeactivation)
	m.bool("RequireEmailVerification", email.RequireEmailVerification)
	m.bool("SendEmailNotifications", email.SendEmailNotifications)
	m["EmailNotificationContentsType"] = email.EmailNotificationContentsType
	m.bool("EnablePreviewModeBanner", email.EnablePreviewModeBanner)
	m.bool("ShowEmailAddress", cfg.PrivacySettings.ShowEmailAddress)
	m.bool("ShowFullName", cfg.PrivacySettings.ShowFullName)
	m.bool("UseAnonymousURLs", cfg.PrivacySettings.UseAnonymousURLs)
	m.bool("EnableCustomUserStatuses", team.EnableCustomUserStatuses)
	m.bool("EnableLastActiveTime", team.EnableLastActiveTime)
	m.bool("EnableTutorial", service.EnableTutorial)
}

// names is how people are called, and which of their fields a directory owns.
func (m clientMap) names(cfg *Config) {
	ldap, saml, team := &cfg.LdapSettings, &cfg.SamlSettings, &cfg.TeamSettings
	m["TeammateNameDisplay"] = team.TeammateNameDisplay
	m.bool("LockTeammateNameDisplay", team.LockTeammateNameDisplay)
	m.bool("LdapFirstNameAttributeSet", ldap.FirstNameAttribute != "")
	m.bool("LdapLastNameAttributeSet", ldap.LastNameAttribute != "")
	m.bool("LdapNicknameAttributeSet", ldap.NicknameAttribute != "")
	m.bool("LdapPositionAttributeSet", ldap.PositionAttribute != "")
	m.bool("LdapPictureAttributeSet", ldap.PictureAttribute != "")
	m.bool("SamlFirstNameAttributeSet", saml.FirstNameAttribute != "")
	m.bool("SamlLastNameAttributeSet", saml.LastNameAttribute != "")
	m.bool("SamlNicknameAttributeSet", saml.NicknameAttribute != "")
	m.bool("SamlPositionAttributeSet", saml.PositionAttribute != "")
}

// messages is what teams, channels, threads and files can do.
func (m clientMap) messages(cfg *Config) {
	service, team, files := &cfg.ServiceSettings, &cfg.TeamSettings, &cfg.FileSettings
	m["RestrictDirectMessage"] = team.RestrictDirectMessage
	m["ExperimentalPrimaryTeam"] = team.ExperimentalPrimaryTeam
	m.int("MaxNotificationsPerChannel", team.MaxNotificationsPerChannel)
	m["CollapsedThreads"] = service.CollapsedThreads
	m.int("PostEditTimeLimit", service.PostEditTimeLimit)
	m.bool("PostPriority", service.PostPriority)
	m.bool("PostAcknowledgements", true) // an edition decides elsewhere
	m.int("UniqueEmojiReactionLimitPerPost", service.UniqueEmojiReactionLimitPerPost)
	m.bool("EnableCustomGroups", service.EnableCustomGroups)
	m["MaxFileSize"] = strconv.FormatInt(files.MaxFileSize, 10)
	m.bool("EnableFileAttachments", files.EnableFileAttachments)
	m.bool("EnableMobileFileUpload", files.EnableMobileUpload)
	m.bool("EnableMobileFileDownload", files.EnableMobileDownload)
	m.bool("EnablePublicLink", files.EnablePublicLink)
	m.bool("MobileEnableSecureFilePreview", cfg.NativeAppSettings.MobileEnableSecureFilePreview)
	m.bool("MobileAllowPdfLinkNavigation", cfg.NativeAppSettings.MobileAllowPdfLinkNavigation)
}

// writing is how messages are written and drawn.
func (m clientMap) writing(cfg *Config) {
	service := &cfg.ServiceSettings
	m.bool("EnableUserTypingMessages", service.EnableUserTypingMessages)
	m.int("TimeBetweenUserTypingUpdatesMilliseconds", service.TimeBetweenUserTypingUpdatesMilliseconds)
	m.int("MinimumHashtagLength", service.MinimumHashtagLength)
	m.bool("EnableLinkPreviews", service.EnableLinkPreviews)
	m.bool("EnablePermalinkPreviews", service.EnablePermalinkPreviews)
	m.bool("EnableLatex", service.EnableLatex)
	m.bool("EnableInlineLatex", service.EnableInlineLatex)
	m.bool("EnableSVGs", service.EnableSVGs)
	m.bool("EnableEmojiPicker", service.EnableEmojiPicker)
	m["CustomUrlSchemes"] = joined(cfg.DisplaySettings.CustomURLSchemes)
	m.int("MaxMarkdownNodes", cfg.DisplaySettings.MaxMarkdownNodes)
}

// look is languages, colours and the banner.
func (m clientMap) look(cfg *Config) {
	banner, themes := &cfg.AnnouncementSettings, &cfg.ThemeSettings
	m["AvailableLocales"] = cfg.LocalizationSettings.AvailableLocales
	m.bool("EnableBanner", banner.EnableBanner)
	m["BannerText"] = banner.BannerText
	m["BannerColor"] = banner.BannerColor
	m["BannerTextColor"] = banner.BannerTextColor
	m.bool("AllowBannerDismissal", banner.AllowBannerDismissal)
	m.bool("EnableThemeSelection", themes.EnableThemeSelection)
	m["DefaultTheme"] = themes.DefaultTheme
	m.bool("AllowCustomThemes", themes.AllowCustomThemes)
	m["AllowedThemes"] = joined(themes.AllowedThemes)
}

// operation is about the server as such.
func (m clientMap) operation(cfg *Config, info *ClientInfo) {
	m.int("MaxPostSize", info.MaxPostSize)
	m["InstallationDate"] = strconv.FormatInt(info.InstalledAt, 10)
	m["SchemaVersion"] = info.SchemaVersion
	m["SQLDriverName"] = cfg.SqlSettings.DriverName
	m.bool("EnableDeveloper", cfg.ServiceSettings.EnableDeveloper)
	m.bool("EnableMetrics", cfg.MetricsSettings.Enable)
	m.bool("EnableCompliance", cfg.ComplianceSettings.Enable)
	m.int("UsersStatusAndProfileFetchingPollIntervalMilliseconds",
		cfg.ExperimentalSettings.UsersStatusAndProfileFetchingPollIntervalMilliseconds)
}
