package model

// PostAck says that somebody acknowledged a post that asked for it.
type PostAck struct {
	UserID         string `json:"user_id"`
	PostID         string `json:"post_id"`
	AcknowledgedAt int64  `json:"acknowledged_at"`
}

// ReminderJob is the type of the job that reminds somebody of a post.
const ReminderJob = "post_reminder"
