package perm

// Permissions that are normally looked for in the system roles, those of the system
// console apart.
const (
	AssignSystemAdminRole                 Permission = "assign_system_admin_role"
	ManageRoles                           Permission = "manage_roles"
	ManageSystem                          Permission = "manage_system"
	CreateDirectChannel                   Permission = "create_direct_channel"
	CreateGroupChannel                    Permission = "create_group_channel"
	ListPublicTeams                       Permission = "list_public_teams"
	JoinPublicTeams                       Permission = "join_public_teams"
	ListPrivateTeams                      Permission = "list_private_teams"
	JoinPrivateTeams                      Permission = "join_private_teams"
	EditOtherUsers                        Permission = "edit_other_users"
	ReadOtherUsersTeams                   Permission = "read_other_users_teams"
	GetPublicLink                         Permission = "get_public_link"
	ManageSystemWideOAuth                 Permission = "manage_system_wide_oauth"
	ManageOAuth                           Permission = "manage_oauth"
	CreateTeam                            Permission = "create_team"
	ListUsersWithoutTeam                  Permission = "list_users_without_team"
	CreateUserAccessToken                 Permission = "create_user_access_token"
	ReadUserAccessToken                   Permission = "read_user_access_token"
	RevokeUserAccessToken                 Permission = "revoke_user_access_token"
	CreateBot                             Permission = "create_bot"
	AssignBot                             Permission = "assign_bot"
	ReadBots                              Permission = "read_bots"
	ReadOthersBots                        Permission = "read_others_bots"
	ManageBots                            Permission = "manage_bots"
	ManageOthersBots                      Permission = "manage_others_bots"
	ReadJobs                              Permission = "read_jobs"
	ManageJobs                            Permission = "manage_jobs"
	PromoteGuest                          Permission = "promote_guest"
	DemoteToGuest                         Permission = "demote_to_guest"
	EditBrand                             Permission = "edit_brand"
	ManageSharedChannels                  Permission = "manage_shared_channels"
	ManageSecureConnections               Permission = "manage_secure_connections"
	DownloadComplianceExportResult        Permission = "download_compliance_export_result"
	CreateDataRetentionJob                Permission = "create_data_retention_job"
	ManageDataRetentionJob                Permission = "manage_data_retention_job"
	ReadDataRetentionJob                  Permission = "read_data_retention_job"
	CreateComplianceExportJob             Permission = "create_compliance_export_job"
	ManageComplianceExportJob             Permission = "manage_compliance_export_job"
	ReadComplianceExportJob               Permission = "read_compliance_export_job"
	ReadAudits                            Permission = "read_audits"
	TestSiteURL                           Permission = "test_site_url"
	TestElasticsearch                     Permission = "test_elasticsearch"
	TestS3                                Permission = "test_s3"
	ReloadConfig                          Permission = "reload_config"
	InvalidateCaches                      Permission = "invalidate_caches"
	RecycleDatabaseConnections            Permission = "recycle_database_connections"
	PurgeElasticsearchIndexes             Permission = "purge_elasticsearch_indexes"
	TestEmail                             Permission = "test_email"
	CreateElasticsearchPostIndexingJob    Permission = "create_elasticsearch_post_indexing_job"
	ManageElasticsearchPostIndexingJob    Permission = "manage_elasticsearch_post_indexing_job"
	CreateElasticsearchPostAggregationJob Permission = "create_elasticsearch_post_aggregation_job"
	ManageElasticsearchPostAggregationJob Permission = "manage_elasticsearch_post_aggregation_job"
	ReadElasticsearchPostIndexingJob      Permission = "read_elasticsearch_post_indexing_job"
	ReadElasticsearchPostAggregationJob   Permission = "read_elasticsearch_post_aggregation_job"
	CreateLDAPSyncJob                     Permission = "create_ldap_sync_job"
	ManageLDAPSyncJob                     Permission = "manage_ldap_sync_job"
	ReadLDAPSyncJob                       Permission = "read_ldap_sync_job"
	TestLDAP                              Permission = "test_ldap"
	InvalidateEmailInvite                 Permission = "invalidate_email_invite"
	GetSAMLMetadataFromIDP                Permission = "get_saml_metadata_from_idp"
	AddSAMLPublicCert                     Permission = "add_saml_public_cert"
	AddSAMLPrivateCert                    Permission = "add_saml_private_cert"
	AddSAMLIDPCert                        Permission = "add_saml_idp_cert"
	RemoveSAMLPublicCert                  Permission = "remove_saml_public_cert"
	RemoveSAMLPrivateCert                 Permission = "remove_saml_private_cert"
	RemoveSAMLIDPCert                     Permission = "remove_saml_idp_cert"
	GetSAMLCertStatus                     Permission = "get_saml_cert_status"
	AddLDAPPublicCert                     Permission = "add_ldap_public_cert"
	AddLDAPPrivateCert                    Permission = "add_ldap_private_cert"
	RemoveLDAPPublicCert                  Permission = "remove_ldap_public_cert"
	RemoveLDAPPrivateCert                 Permission = "remove_ldap_private_cert"
	GetAnalytics                          Permission = "get_analytics"
	GetLogs                               Permission = "get_logs"
	ReadLicenseInformation                Permission = "read_license_information"
	ManageLicenseInformation              Permission = "manage_license_information"
	CreateCustomGroup                     Permission = "create_custom_group"
	ManageOutgoingOAuthConnections        Permission = "manage_outgoing_oauth_connections"
)

// systemIDs holds the system scope in its documented order.
var systemIDs = [...]Permission{
	AssignSystemAdminRole, ManageRoles, ManageSystem, CreateDirectChannel, CreateGroupChannel, ListPublicTeams,
	JoinPublicTeams, ListPrivateTeams, JoinPrivateTeams, EditOtherUsers, ReadOtherUsersTeams, GetPublicLink,
	ManageSystemWideOAuth, ManageOAuth, CreateTeam, ListUsersWithoutTeam, CreateUserAccessToken,
	ReadUserAccessToken, RevokeUserAccessToken, CreateBot, AssignBot, ReadBots, ReadOthersBots, ManageBots,
	ManageOthersBots, ReadJobs, ManageJobs, PromoteGuest, DemoteToGuest, EditBrand, ManageSharedChannels,
	ManageSecureConnections, DownloadComplianceExportResult, CreateDataRetentionJob, ManageDataRetentionJob,
	ReadDataRetentionJob, CreateComplianceExportJob, ManageComplianceExportJob, ReadComplianceExportJob,
	ReadAudits, TestSiteURL, TestElasticsearch, TestS3, ReloadConfig, InvalidateCaches,
	RecycleDatabaseConnections, PurgeElasticsearchIndexes, TestEmail, CreateElasticsearchPostIndexingJob,
	ManageElasticsearchPostIndexingJob, CreateElasticsearchPostAggregationJob,
	ManageElasticsearchPostAggregationJob, ReadElasticsearchPostIndexingJob,
	ReadElasticsearchPostAggregationJob, CreateLDAPSyncJob, ManageLDAPSyncJob, ReadLDAPSyncJob, TestLDAP,
	InvalidateEmailInvite, GetSAMLMetadataFromIDP, AddSAMLPublicCert, AddSAMLPrivateCert, AddSAMLIDPCert,
	RemoveSAMLPublicCert, RemoveSAMLPrivateCert, RemoveSAMLIDPCert, GetSAMLCertStatus, AddLDAPPublicCert,
	AddLDAPPrivateCert, RemoveLDAPPublicCert, RemoveLDAPPrivateCert, GetAnalytics, GetLogs,
	ReadLicenseInformation, ManageLicenseInformation, CreateCustomGroup, ManageOutgoingOAuthConnections,
}
