package perm

// Permissions on the sections of the system console. Reading and writing are apart:
// who writes a section needs both.
const (
	SysconsoleReadAboutEditionAndLicense             Permission = "sysconsole_read_about_edition_and_license"
	SysconsoleWriteAboutEditionAndLicense            Permission = "sysconsole_write_about_edition_and_license"
	SysconsoleReadBilling                            Permission = "sysconsole_read_billing"
	SysconsoleWriteBilling                           Permission = "sysconsole_write_billing"
	SysconsoleReadReportingSiteStatistics            Permission = "sysconsole_read_reporting_site_statistics"
	SysconsoleWriteReportingSiteStatistics           Permission = "sysconsole_write_reporting_site_statistics"
	SysconsoleReadReportingTeamStatistics            Permission = "sysconsole_read_reporting_team_statistics"
	SysconsoleWriteReportingTeamStatistics           Permission = "sysconsole_write_reporting_team_statistics"
	SysconsoleReadReportingServerLogs                Permission = "sysconsole_read_reporting_server_logs"
	SysconsoleWriteReportingServerLogs               Permission = "sysconsole_write_reporting_server_logs"
	SysconsoleReadUserManagementUsers                Permission = "sysconsole_read_user_management_users"
	SysconsoleWriteUserManagementUsers               Permission = "sysconsole_write_user_management_users"
	SysconsoleReadUserManagementGroups               Permission = "sysconsole_read_user_management_groups"
	SysconsoleWriteUserManagementGroups              Permission = "sysconsole_write_user_management_groups"
	SysconsoleReadUserManagementTeams                Permission = "sysconsole_read_user_management_teams"
	SysconsoleWriteUserManagementTeams               Permission = "sysconsole_write_user_management_teams"
	SysconsoleReadUserManagementChannels             Permission = "sysconsole_read_user_management_channels"
	SysconsoleWriteUserManagementChannels            Permission = "sysconsole_write_user_management_channels"
	SysconsoleReadUserManagementPermissions          Permission = "sysconsole_read_user_management_permissions"
	SysconsoleWriteUserManagementPermissions         Permission = "sysconsole_write_user_management_permissions"
	SysconsoleReadUserManagementSystemRoles          Permission = "sysconsole_read_user_management_system_roles"
	SysconsoleWriteUserManagementSystemRoles         Permission = "sysconsole_write_user_management_system_roles"
	SysconsoleReadEnvironmentWebServer               Permission = "sysconsole_read_environment_web_server"
	SysconsoleWriteEnvironmentWebServer              Permission = "sysconsole_write_environment_web_server"
	SysconsoleReadEnvironmentDatabase                Permission = "sysconsole_read_environment_database"
	SysconsoleWriteEnvironmentDatabase               Permission = "sysconsole_write_environment_database"
	SysconsoleReadEnvironmentElasticsearch           Permission = "sysconsole_read_environment_elasticsearch"
	SysconsoleWriteEnvironmentElasticsearch          Permission = "sysconsole_write_environment_elasticsearch"
	SysconsoleReadEnvironmentFileStorage             Permission = "sysconsole_read_environment_file_storage"
	SysconsoleWriteEnvironmentFileStorage            Permission = "sysconsole_write_environment_file_storage"
	SysconsoleReadEnvironmentImageProxy              Permission = "sysconsole_read_environment_image_proxy"
	SysconsoleWriteEnvironmentImageProxy             Permission = "sysconsole_write_environment_image_proxy"
	SysconsoleReadEnvironmentSMTP                    Permission = "sysconsole_read_environment_smtp"
	SysconsoleWriteEnvironmentSMTP                   Permission = "sysconsole_write_environment_smtp"
	SysconsoleReadEnvironmentPushNotificationServer  Permission = "sysconsole_read_environment_push_notification_server"
	SysconsoleWriteEnvironmentPushNotificationServer Permission = "sysconsole_write_environment_push_notification_server"
	SysconsoleReadEnvironmentHighAvailability        Permission = "sysconsole_read_environment_high_availability"
	SysconsoleWriteEnvironmentHighAvailability       Permission = "sysconsole_write_environment_high_availability"
	SysconsoleReadEnvironmentRateLimiting            Permission = "sysconsole_read_environment_rate_limiting"
	SysconsoleWriteEnvironmentRateLimiting           Permission = "sysconsole_write_environment_rate_limiting"
	SysconsoleReadEnvironmentLogging                 Permission = "sysconsole_read_environment_logging"
	SysconsoleWriteEnvironmentLogging                Permission = "sysconsole_write_environment_logging"
	SysconsoleReadEnvironmentSessionLengths          Permission = "sysconsole_read_environment_session_lengths"
	SysconsoleWriteEnvironmentSessionLengths         Permission = "sysconsole_write_environment_session_lengths"
	SysconsoleReadEnvironmentPerformanceMonitoring   Permission = "sysconsole_read_environment_performance_monitoring"
	SysconsoleWriteEnvironmentPerformanceMonitoring  Permission = "sysconsole_write_environment_performance_monitoring"
	SysconsoleReadEnvironmentDeveloper               Permission = "sysconsole_read_environment_developer"
	SysconsoleWriteEnvironmentDeveloper              Permission = "sysconsole_write_environment_developer"
	SysconsoleReadEnvironmentMobileSecurity          Permission = "sysconsole_read_environment_mobile_security"
	SysconsoleWriteEnvironmentMobileSecurity         Permission = "sysconsole_write_environment_mobile_security"
	SysconsoleReadSiteCustomization                  Permission = "sysconsole_read_site_customization"
	SysconsoleWriteSiteCustomization                 Permission = "sysconsole_write_site_customization"
	SysconsoleReadSiteLocalization                   Permission = "sysconsole_read_site_localization"
	SysconsoleWriteSiteLocalization                  Permission = "sysconsole_write_site_localization"
	SysconsoleReadSiteUsersAndTeams                  Permission = "sysconsole_read_site_users_and_teams"
	SysconsoleWriteSiteUsersAndTeams                 Permission = "sysconsole_write_site_users_and_teams"
	SysconsoleReadSiteNotifications                  Permission = "sysconsole_read_site_notifications"
	SysconsoleWriteSiteNotifications                 Permission = "sysconsole_write_site_notifications"
	SysconsoleReadSiteAnnouncementBanner             Permission = "sysconsole_read_site_announcement_banner"
	SysconsoleWriteSiteAnnouncementBanner            Permission = "sysconsole_write_site_announcement_banner"
	SysconsoleReadSiteEmoji                          Permission = "sysconsole_read_site_emoji"
	SysconsoleWriteSiteEmoji                         Permission = "sysconsole_write_site_emoji"
	SysconsoleReadSitePosts                          Permission = "sysconsole_read_site_posts"
	SysconsoleWriteSitePosts                         Permission = "sysconsole_write_site_posts"
	SysconsoleReadSiteFileSharingAndDownloads        Permission = "sysconsole_read_site_file_sharing_and_downloads"
	SysconsoleWriteSiteFileSharingAndDownloads       Permission = "sysconsole_write_site_file_sharing_and_downloads"
	SysconsoleReadSitePublicLinks                    Permission = "sysconsole_read_site_public_links"
	SysconsoleWriteSitePublicLinks                   Permission = "sysconsole_write_site_public_links"
	SysconsoleReadSiteNotices                        Permission = "sysconsole_read_site_notices"
	SysconsoleWriteSiteNotices                       Permission = "sysconsole_write_site_notices"
	SysconsoleReadAuthenticationSignup               Permission = "sysconsole_read_authentication_signup"
	SysconsoleWriteAuthenticationSignup              Permission = "sysconsole_write_authentication_signup"
	SysconsoleReadAuthenticationEmail                Permission = "sysconsole_read_authentication_email"
	SysconsoleWriteAuthenticationEmail               Permission = "sysconsole_write_authentication_email"
	SysconsoleReadAuthenticationPassword             Permission = "sysconsole_read_authentication_password"
	SysconsoleWriteAuthenticationPassword            Permission = "sysconsole_write_authentication_password"
	SysconsoleReadAuthenticationMFA                  Permission = "sysconsole_read_authentication_mfa"
	SysconsoleWriteAuthenticationMFA                 Permission = "sysconsole_write_authentication_mfa"
	SysconsoleReadAuthenticationLDAP                 Permission = "sysconsole_read_authentication_ldap"
	SysconsoleWriteAuthenticationLDAP                Permission = "sysconsole_write_authentication_ldap"
	SysconsoleReadAuthenticationSAML                 Permission = "sysconsole_read_authentication_saml"
	SysconsoleWriteAuthenticationSAML                Permission = "sysconsole_write_authentication_saml"
	SysconsoleReadAuthenticationOpenID               Permission = "sysconsole_read_authentication_openid"
	SysconsoleWriteAuthenticationOpenID              Permission = "sysconsole_write_authentication_openid"
	SysconsoleReadAuthenticationGuestAccess          Permission = "sysconsole_read_authentication_guest_access"
	SysconsoleWriteAuthenticationGuestAccess         Permission = "sysconsole_write_authentication_guest_access"
	SysconsoleReadPlugins                            Permission = "sysconsole_read_plugins"
	SysconsoleWritePlugins                           Permission = "sysconsole_write_plugins"
	SysconsoleReadIntegrationsIntegrationManagement  Permission = "sysconsole_read_integrations_integration_management"
	SysconsoleWriteIntegrationsIntegrationManagement Permission = "sysconsole_write_integrations_integration_management"
	SysconsoleReadIntegrationsBotAccounts            Permission = "sysconsole_read_integrations_bot_accounts"
	SysconsoleWriteIntegrationsBotAccounts           Permission = "sysconsole_write_integrations_bot_accounts"
	SysconsoleReadIntegrationsGIF                    Permission = "sysconsole_read_integrations_gif"
	SysconsoleWriteIntegrationsGIF                   Permission = "sysconsole_write_integrations_gif"
	SysconsoleReadIntegrationsCORS                   Permission = "sysconsole_read_integrations_cors"
	SysconsoleWriteIntegrationsCORS                  Permission = "sysconsole_write_integrations_cors"
	SysconsoleReadComplianceDataRetentionPolicy      Permission = "sysconsole_read_compliance_data_retention_policy"
	SysconsoleWriteComplianceDataRetentionPolicy     Permission = "sysconsole_write_compliance_data_retention_policy"
	SysconsoleReadComplianceComplianceExport         Permission = "sysconsole_read_compliance_compliance_export"
	SysconsoleWriteComplianceComplianceExport        Permission = "sysconsole_write_compliance_compliance_export"
	SysconsoleReadComplianceComplianceMonitoring     Permission = "sysconsole_read_compliance_compliance_monitoring"
	SysconsoleWriteComplianceComplianceMonitoring    Permission = "sysconsole_write_compliance_compliance_monitoring"
	SysconsoleReadComplianceCustomTermsOfService     Permission = "sysconsole_read_compliance_custom_terms_of_service"
	SysconsoleWriteComplianceCustomTermsOfService    Permission = "sysconsole_write_compliance_custom_terms_of_service"
	SysconsoleReadExperimentalFeatures               Permission = "sysconsole_read_experimental_features"
	SysconsoleWriteExperimentalFeatures              Permission = "sysconsole_write_experimental_features"
	SysconsoleReadExperimentalFeatureFlags           Permission = "sysconsole_read_experimental_feature_flags"
	SysconsoleWriteExperimentalFeatureFlags          Permission = "sysconsole_write_experimental_feature_flags"
	SysconsoleReadProductsBoards                     Permission = "sysconsole_read_products_boards"
	SysconsoleWriteProductsBoards                    Permission = "sysconsole_write_products_boards"
	SysconsoleReadSiteIPFilters                      Permission = "sysconsole_read_site_ip_filters"
	SysconsoleWriteSiteIPFilters                     Permission = "sysconsole_write_site_ip_filters"
)

// consoleIDs holds the console permissions, section by section.
var consoleIDs = [...]Permission{
	SysconsoleReadAboutEditionAndLicense, SysconsoleWriteAboutEditionAndLicense, SysconsoleReadBilling,
	SysconsoleWriteBilling, SysconsoleReadReportingSiteStatistics, SysconsoleWriteReportingSiteStatistics,
	SysconsoleReadReportingTeamStatistics, SysconsoleWriteReportingTeamStatistics,
	SysconsoleReadReportingServerLogs, SysconsoleWriteReportingServerLogs, SysconsoleReadUserManagementUsers,
	SysconsoleWriteUserManagementUsers, SysconsoleReadUserManagementGroups, SysconsoleWriteUserManagementGroups,
	SysconsoleReadUserManagementTeams, SysconsoleWriteUserManagementTeams, SysconsoleReadUserManagementChannels,
	SysconsoleWriteUserManagementChannels, SysconsoleReadUserManagementPermissions,
	SysconsoleWriteUserManagementPermissions, SysconsoleReadUserManagementSystemRoles,
	SysconsoleWriteUserManagementSystemRoles, SysconsoleReadEnvironmentWebServer,
	SysconsoleWriteEnvironmentWebServer, SysconsoleReadEnvironmentDatabase, SysconsoleWriteEnvironmentDatabase,
	SysconsoleReadEnvironmentElasticsearch, SysconsoleWriteEnvironmentElasticsearch,
	SysconsoleReadEnvironmentFileStorage, SysconsoleWriteEnvironmentFileStorage,
	SysconsoleReadEnvironmentImageProxy, SysconsoleWriteEnvironmentImageProxy, SysconsoleReadEnvironmentSMTP,
	SysconsoleWriteEnvironmentSMTP, SysconsoleReadEnvironmentPushNotificationServer,
	SysconsoleWriteEnvironmentPushNotificationServer, SysconsoleReadEnvironmentHighAvailability,
	SysconsoleWriteEnvironmentHighAvailability, SysconsoleReadEnvironmentRateLimiting,
	SysconsoleWriteEnvironmentRateLimiting, SysconsoleReadEnvironmentLogging, SysconsoleWriteEnvironmentLogging,
	SysconsoleReadEnvironmentSessionLengths, SysconsoleWriteEnvironmentSessionLengths,
	SysconsoleReadEnvironmentPerformanceMonitoring, SysconsoleWriteEnvironmentPerformanceMonitoring,
	SysconsoleReadEnvironmentDeveloper, SysconsoleWriteEnvironmentDeveloper,
	SysconsoleReadEnvironmentMobileSecurity, SysconsoleWriteEnvironmentMobileSecurity,
	SysconsoleReadSiteCustomization, SysconsoleWriteSiteCustomization, SysconsoleReadSiteLocalization,
	SysconsoleWriteSiteLocalization, SysconsoleReadSiteUsersAndTeams, SysconsoleWriteSiteUsersAndTeams,
	SysconsoleReadSiteNotifications, SysconsoleWriteSiteNotifications, SysconsoleReadSiteAnnouncementBanner,
	SysconsoleWriteSiteAnnouncementBanner, SysconsoleReadSiteEmoji, SysconsoleWriteSiteEmoji,
	SysconsoleReadSitePosts, SysconsoleWriteSitePosts, SysconsoleReadSiteFileSharingAndDownloads,
	SysconsoleWriteSiteFileSharingAndDownloads, SysconsoleReadSitePublicLinks, SysconsoleWriteSitePublicLinks,
	SysconsoleReadSiteNotices, SysconsoleWriteSiteNotices, SysconsoleReadAuthenticationSignup,
	SysconsoleWriteAuthenticationSignup, SysconsoleReadAuthenticationEmail, SysconsoleWriteAuthenticationEmail,
	SysconsoleReadAuthenticationPassword, SysconsoleWriteAuthenticationPassword,
	SysconsoleReadAuthenticationMFA, SysconsoleWriteAuthenticationMFA, SysconsoleReadAuthenticationLDAP,
	SysconsoleWriteAuthenticationLDAP, SysconsoleReadAuthenticationSAML, SysconsoleWriteAuthenticationSAML,
	SysconsoleReadAuthenticationOpenID, SysconsoleWriteAuthenticationOpenID,
	SysconsoleReadAuthenticationGuestAccess, SysconsoleWriteAuthenticationGuestAccess, SysconsoleReadPlugins,
	SysconsoleWritePlugins, SysconsoleReadIntegrationsIntegrationManagement,
	SysconsoleWriteIntegrationsIntegrationManagement, SysconsoleReadIntegrationsBotAccounts,
	SysconsoleWriteIntegrationsBotAccounts, SysconsoleReadIntegrationsGIF, SysconsoleWriteIntegrationsGIF,
	SysconsoleReadIntegrationsCORS, SysconsoleWriteIntegrationsCORS,
	SysconsoleReadComplianceDataRetentionPolicy, SysconsoleWriteComplianceDataRetentionPolicy,
	SysconsoleReadComplianceComplianceExport, SysconsoleWriteComplianceComplianceExport,
	SysconsoleReadComplianceComplianceMonitoring, SysconsoleWriteComplianceComplianceMonitoring,
	SysconsoleReadComplianceCustomTermsOfService, SysconsoleWriteComplianceCustomTermsOfService,
	SysconsoleReadExperimentalFeatures, SysconsoleWriteExperimentalFeatures,
	SysconsoleReadExperimentalFeatureFlags, SysconsoleWriteExperimentalFeatureFlags,
	SysconsoleReadProductsBoards, SysconsoleWriteProductsBoards, SysconsoleReadSiteIPFilters,
	SysconsoleWriteSiteIPFilters,
}

// deprecatedIDs may stand in a stored role but no check asks for them.
var deprecatedIDs = [...]Permission{
	"permanent_delete_user", "manage_webhooks", "manage_others_webhooks", "manage_incoming_webhooks",
	"manage_outgoing_webhooks", "manage_slash_commands", "manage_emojis", "manage_others_emojis",
	"sysconsole_read_authentication", "sysconsole_write_authentication", "sysconsole_read_site",
	"sysconsole_write_site", "sysconsole_read_environment", "sysconsole_write_environment",
	"sysconsole_read_reporting", "sysconsole_write_reporting", "sysconsole_read_about",
	"sysconsole_write_about", "sysconsole_read_experimental", "sysconsole_write_experimental",
	"sysconsole_read_integrations", "sysconsole_write_integrations", "sysconsole_read_compliance",
	"sysconsole_write_compliance", "purge_bleve_indexes", "create_post_bleve_indexes_job",
	"manage_post_bleve_indexes_job", "sysconsole_read_experimental_bleve",
	"sysconsole_write_experimental_bleve",
}
