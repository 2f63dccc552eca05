package model

// AccessTokenDescriptionMax is the longest description of a personal access token, in bytes.
const AccessTokenDescriptionMax = 255

// UserAccessToken lets a program act for an account. The secret is shown once, in
// the answer to its creation or rotation.
type UserAccessToken struct {
	ID          string `json:"id"`
	Token       string `json:"token,omitempty"`
	UserID      string `json:"user_id"`
	Description string `json:"description"`
	IsActive    bool   `json:"is_active"`
	CreateAt    int64  `json:"-"`
	ExpiresAt   int64  `json:"expires_at,omitempty"`   // 0 = never
	LastUsedAt  int64  `json:"last_used_at,omitempty"` // known to about five minutes
}

// Expired tells whether the token has ended at the time given in milliseconds.
func (t *UserAccessToken) Expired(at int64) bool { return t.ExpiresAt > 0 && at > t.ExpiresAt }

// Bot is an account that only programs use.
type Bot struct {
	UserID         string `json:"user_id"`
	Username       string `json:"username"`
	DisplayName    string `json:"display_name,omitempty"`
	Description    string `json:"description,omitempty"`
	OwnerID        string `json:"owner_id"`
	LastIconUpdate int64  `json:"last_icon_update,omitempty"`
	CreateAt       int64  `json:"create_at"`
	UpdateAt       int64  `json:"update_at"`
	DeleteAt       int64  `json:"delete_at"`
}

// Limits of a bot, in code points.
const (
	BotDisplayNameMax = 64
	BotDescriptionMax = 1024
)

// OrphanedBotsJob is the type of the job that tells administrators of the bots of a person who was
// deactivated; the others are names in its data.
const (
	OrphanedBotsJob = "tell_of_orphaned_bots"
	OrphansOwner    = "user_id"
	OrphansNames    = "bots" // usernames, separated by blanks
)
