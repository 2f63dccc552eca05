package perm

// teamIDs holds the team scope in its documented order.
var teamIDs = [...]Permission{
	InviteUser, AddUserToTeam, ManageOwnSlashCommands, ManageOthersSlashCommands, CreatePublicChannel,
	CreatePrivateChannel, ManageTeamRoles, ListTeamChannels, JoinPublicChannels, ReadPublicChannel,
	ManageOwnIncomingWebhooks, ManageOwnOutgoingWebhooks, ManageOthersIncomingWebhooks,
	ManageOthersOutgoingWebhooks, BypassIncomingWebhookChannelLock, CreateEmojis, DeleteEmojis,
	DeleteOthersEmojis, RemoveUserFromTeam, ManageTeam, ImportTeam, ViewTeam, ViewMembers, InviteGuest,
	PlaybookPublicCreate, PlaybookPrivateCreate,
}

// channelIDs holds the channel scope in its documented order.
var channelIDs = [...]Permission{
	UseSlashCommands, ManagePublicChannelMembers, ManagePrivateChannelMembers, ManageChannelRoles,
	ManagePublicChannelProperties, ManagePrivateChannelProperties, ManagePublicChannelAutoTranslation,
	ManagePrivateChannelAutoTranslation, ConvertPublicChannelToPrivate, ConvertPrivateChannelToPublic,
	DeletePublicChannel, DeletePrivateChannel, ReadChannel, ReadChannelContent, ReadPublicChannelGroups,
	ReadPrivateChannelGroups, AddReaction, RemoveReaction, RemoveOthersReactions, UploadFile, CreatePost,
	CreatePostPublic, CreatePostEphemeral, ReadDeletedPosts, EditPost, EditOthersPosts, DeletePost,
	DeleteOthersPosts, UseChannelMentions, UseGroupMentions, AddBookmarkPublicChannel,
	EditBookmarkPublicChannel, DeleteBookmarkPublicChannel, OrderBookmarkPublicChannel,
	AddBookmarkPrivateChannel, EditBookmarkPrivateChannel, DeleteBookmarkPrivateChannel,
	OrderBookmarkPrivateChannel, ManagePublicChannelBanner, ManagePrivateChannelBanner,
	ManageChannelAccessRules,
}

// groupIDs holds the group scope in its documented order.
var groupIDs = [...]Permission{
	ManageCustomGroupMembers, EditCustomGroup, DeleteCustomGroup, RestoreCustomGroup,
}

// playbookIDs holds the playbook scope in its documented order.
var playbookIDs = [...]Permission{
	PlaybookPublicManageProperties, PlaybookPublicManageMembers, PlaybookPublicManageRoles, PlaybookPublicView,
	PlaybookPublicMakePrivate, PlaybookPrivateManageProperties, PlaybookPrivateManageMembers,
	PlaybookPrivateManageRoles, PlaybookPrivateView, PlaybookPrivateMakePublic, RunCreate,
}

// runIDs holds the run scope in its documented order.
var runIDs = [...]Permission{
	RunManageProperties, RunManageMembers, RunView,
}
