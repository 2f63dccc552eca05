package perm

// Permissions that are normally looked for in a team membership.
const (
	InviteUser                       Permission = "invite_user"
	AddUserToTeam                    Permission = "add_user_to_team"
	ManageOwnSlashCommands           Permission = "manage_own_slash_commands"
	ManageOthersSlashCommands        Permission = "manage_others_slash_commands"
	CreatePublicChannel              Permission = "create_public_channel"
	CreatePrivateChannel             Permission = "create_private_channel"
	ManageTeamRoles                  Permission = "manage_team_roles"
	ListTeamChannels                 Permission = "list_team_channels"
	JoinPublicChannels               Permission = "join_public_channels"
	ReadPublicChannel                Permission = "read_public_channel"
	ManageOwnIncomingWebhooks        Permission = "manage_own_incoming_webhooks"
	ManageOwnOutgoingWebhooks        Permission = "manage_own_outgoing_webhooks"
	ManageOthersIncomingWebhooks     Permission = "manage_others_incoming_webhooks"
	ManageOthersOutgoingWebhooks     Permission = "manage_others_outgoing_webhooks"
	BypassIncomingWebhookChannelLock Permission = "bypass_incoming_webhook_channel_lock"
	CreateEmojis                     Permission = "create_emojis"
	DeleteEmojis                     Permission = "delete_emojis"
	DeleteOthersEmojis               Permission = "delete_others_emojis"
	RemoveUserFromTeam               Permission = "remove_user_from_team"
	ManageTeam                       Permission = "manage_team"
	ImportTeam                       Permission = "import_team"
	ViewTeam                         Permission = "view_team"
	ViewMembers                      Permission = "view_members"
	InviteGuest                      Permission = "invite_guest"
	PlaybookPublicCreate             Permission = "playbook_public_create"
	PlaybookPrivateCreate            Permission = "playbook_private_create"
)

// Permissions that are normally looked for in a channel membership.
const (
	UseSlashCommands                    Permission = "use_slash_commands"
	ManagePublicChannelMembers          Permission = "manage_public_channel_members"
	ManagePrivateChannelMembers         Permission = "manage_private_channel_members"
	ManageChannelRoles                  Permission = "manage_channel_roles"
	ManagePublicChannelProperties       Permission = "manage_public_channel_properties"
	ManagePrivateChannelProperties      Permission = "manage_private_channel_properties"
	ManagePublicChannelAutoTranslation  Permission = "manage_public_channel_auto_translation"
	ManagePrivateChannelAutoTranslation Permission = "manage_private_channel_auto_translation"
	ConvertPublicChannelToPrivate       Permission = "convert_public_channel_to_private"
	ConvertPrivateChannelToPublic       Permission = "convert_private_channel_to_public"
	DeletePublicChannel                 Permission = "delete_public_channel"
	DeletePrivateChannel                Permission = "delete_private_channel"
	ReadChannel                         Permission = "read_channel"
	ReadChannelContent                  Permission = "read_channel_content"
	ReadPublicChannelGroups             Permission = "read_public_channel_groups"
	ReadPrivateChannelGroups            Permission = "read_private_channel_groups"
	AddReaction                         Permission = "add_reaction"
	RemoveReaction                      Permission = "remove_reaction"
	RemoveOthersReactions               Permission = "remove_others_reactions"
	UploadFile                          Permission = "upload_file"
	CreatePost                          Permission = "create_post"
	CreatePostPublic                    Permission = "create_post_public"
	CreatePostEphemeral                 Permission = "create_post_ephemeral"
	ReadDeletedPosts                    Permission = "read_deleted_posts"
	EditPost                            Permission = "edit_post"
	EditOthersPosts                     Permission = "edit_others_posts"
	DeletePost                          Permission = "delete_post"
	DeleteOthersPosts                   Permission = "delete_others_posts"
	UseChannelMentions                  Permission = "use_channel_mentions"
	UseGroupMentions                    Permission = "use_group_mentions"
	AddBookmarkPublicChannel            Permission = "add_bookmark_public_channel"
	EditBookmarkPublicChannel           Permission = "edit_bookmark_public_channel"
	DeleteBookmarkPublicChannel         Permission = "delete_bookmark_public_channel"
	OrderBookmarkPublicChannel          Permission = "order_bookmark_public_channel"
	AddBookmarkPrivateChannel           Permission = "add_bookmark_private_channel"
	EditBookmarkPrivateChannel          Permission = "edit_bookmark_private_channel"
	DeleteBookmarkPrivateChannel        Permission = "delete_bookmark_private_channel"
	OrderBookmarkPrivateChannel         Permission = "order_bookmark_private_channel"
	ManagePublicChannelBanner           Permission = "manage_public_channel_banner"
	ManagePrivateChannelBanner          Permission = "manage_private_channel_banner"
	ManageChannelAccessRules            Permission = "manage_channel_access_rules"
)

// Permissions on custom groups; CreateCustomGroup has system scope.
const (
	ManageCustomGroupMembers Permission = "manage_custom_group_members"
	EditCustomGroup          Permission = "edit_custom_group"
	DeleteCustomGroup        Permission = "delete_custom_group"
	RestoreCustomGroup       Permission = "restore_custom_group"
)

// Permissions on playbooks; starting a run is looked for in its playbook.
const (
	PlaybookPublicManageProperties  Permission = "playbook_public_manage_properties"
	PlaybookPublicManageMembers     Permission = "playbook_public_manage_members"
	PlaybookPublicManageRoles       Permission = "playbook_public_manage_roles"
	PlaybookPublicView              Permission = "playbook_public_view"
	PlaybookPublicMakePrivate       Permission = "playbook_public_make_private"
	PlaybookPrivateManageProperties Permission = "playbook_private_manage_properties"
	PlaybookPrivateManageMembers    Permission = "playbook_private_manage_members"
	PlaybookPrivateManageRoles      Permission = "playbook_private_manage_roles"
	PlaybookPrivateView             Permission = "playbook_private_view"
	PlaybookPrivateMakePublic       Permission = "playbook_private_make_public"
	RunCreate                       Permission = "run_create"
)

// Permissions on a run of a playbook.
const (
	RunManageProperties Permission = "run_manage_properties"
	RunManageMembers    Permission = "run_manage_members"
	RunView             Permission = "run_view"
)
