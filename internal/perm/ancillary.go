package perm

// implied says what comes with a console permission when a role is composed. It is
// never consulted by a check: a role has what its own list says.
var implied = map[Permission][]Permission{
	SysconsoleReadAboutEditionAndLicense:  {ReadLicenseInformation},
	SysconsoleWriteAboutEditionAndLicense: {ManageLicenseInformation},
	SysconsoleReadUserManagementChannels: {
		ReadPublicChannel, ReadChannel, ReadPublicChannelGroups, ReadPrivateChannelGroups,
	},
	SysconsoleReadUserManagementUsers: {ReadOtherUsersTeams},
	SysconsoleReadUserManagementTeams: {ListPrivateTeams, ListPublicTeams, ViewTeam},
	SysconsoleReadEnvironmentElasticsearch: {
		ReadElasticsearchPostIndexingJob, ReadElasticsearchPostAggregationJob,
	},
	SysconsoleWriteEnvironmentWebServer: {TestSiteURL, ReloadConfig, InvalidateCaches},
	SysconsoleWriteEnvironmentDatabase:  {RecycleDatabaseConnections},
	SysconsoleWriteEnvironmentElasticsearch: {
		TestElasticsearch, CreateElasticsearchPostIndexingJob, ManageElasticsearchPostIndexingJob,
		CreateElasticsearchPostAggregationJob, ManageElasticsearchPostAggregationJob, PurgeElasticsearchIndexes,
	},
	SysconsoleWriteEnvironmentFileStorage: {TestS3},
	SysconsoleWriteEnvironmentSMTP:        {TestEmail},
	SysconsoleReadReportingServerLogs:     {GetLogs},
	SysconsoleReadReportingSiteStatistics: {GetAnalytics},
	SysconsoleReadReportingTeamStatistics: {GetAnalytics},
	SysconsoleWriteUserManagementUsers:    {EditOtherUsers, DemoteToGuest, PromoteGuest},
	SysconsoleWriteUserManagementChannels: {
		ManagePublicChannelProperties, ManagePrivateChannelProperties, ManagePublicChannelAutoTranslation,
		ManagePrivateChannelAutoTranslation, ManagePrivateChannelMembers, ManagePublicChannelMembers,
		DeletePrivateChannel, DeletePublicChannel, ManageChannelRoles, ConvertPublicChannelToPrivate,
		ConvertPrivateChannelToPublic,
	},
	SysconsoleWriteUserManagementTeams: {
		ManageTeam, ManageTeamRoles, RemoveUserFromTeam, JoinPrivateTeams, JoinPublicTeams, AddUserToTeam,
	},
	SysconsoleWriteUserManagementGroups: {
		ManagePrivateChannelMembers, ManagePublicChannelMembers, ConvertPublicChannelToPrivate,
		ConvertPrivateChannelToPublic,
	},
	SysconsoleWriteSiteCustomization:             {EditBrand},
	SysconsoleWriteComplianceDataRetentionPolicy: {CreateDataRetentionJob, ManageDataRetentionJob},
	SysconsoleReadComplianceDataRetentionPolicy:  {ReadDataRetentionJob},
	SysconsoleWriteComplianceComplianceExport: {
		CreateComplianceExportJob, ManageComplianceExportJob, DownloadComplianceExportResult,
	},
	SysconsoleReadComplianceComplianceExport:     {ReadComplianceExportJob, DownloadComplianceExportResult},
	SysconsoleReadComplianceComplianceMonitoring: {ReadAudits},
	SysconsoleWriteAuthenticationLDAP: {
		CreateLDAPSyncJob, ManageLDAPSyncJob, AddLDAPPublicCert, RemoveLDAPPublicCert, AddLDAPPrivateCert,
		RemoveLDAPPrivateCert,
	},
	SysconsoleReadAuthenticationLDAP:   {TestLDAP, ReadLDAPSyncJob},
	SysconsoleWriteAuthenticationEmail: {InvalidateEmailInvite},
	SysconsoleWriteAuthenticationSAML: {
		GetSAMLMetadataFromIDP, AddSAMLPublicCert, AddSAMLPrivateCert, AddSAMLIDPCert, RemoveSAMLPublicCert,
		RemoveSAMLPrivateCert, RemoveSAMLIDPCert, GetSAMLCertStatus,
	},
}

// Ancillary returns the ids followed by what each of them implies, in order. Nothing
// is dropped: unknown ids stay and an id may occur more than once. The argument is
// not changed.
func Ancillary(ids []string) []string {
	out := append(make([]string, 0, 2*len(ids)), ids...)
	for _, id := range ids {
		for _, p := range implied[Permission(id)] {
			out = append(out, string(p))
		}
	}
	return out
}
