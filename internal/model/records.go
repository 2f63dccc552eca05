package model

import "unicode/utf8"

// Audit is a row of an account's access history.
type Audit struct {
	ID        string `json:"id"`
	CreateAt  int64  `json:"create_at"`
	UserID    string `json:"user_id"`
	Action    string `json:"action"`     // request path
	ExtraInfo string `json:"extra_info"` // at most 1024 bytes
	IPAddress string `json:"ip_address"`
	SessionID string `json:"session_id"`
}

// Fit makes the texts of the row, which anybody may send, storable and cuts them
// to the stored lengths.
func (a *Audit) Fit() {
	a.Action = cutBytes(storable(a.Action), 512)
	a.ExtraInfo = cutBytes(storable(a.ExtraInfo), 1024)
	a.IPAddress = cutBytes(storable(a.IPAddress), 64)
}

// cutBytes keeps at most n bytes without splitting a code point.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Preference is one setting a client keeps for an account.
type Preference struct {
	UserID   string `json:"user_id"`
	Category string `json:"category"`
	Name     string `json:"name"`
	Value    string `json:"value"`
}

// Limits of a preference.
const (
	PreferenceKeyMax    = 32    // bytes of category and of name
	PreferenceValueMax  = 20000 // code points
	PreferencesPerCall  = 100
	PreferencesPerOwner = 10000
)

// Status is the presence of an account.
type Status struct {
	UserID         string `json:"user_id"`
	Status         string `json:"status"`
	Manual         bool   `json:"manual"`
	LastActivityAt int64  `json:"last_activity_at"`
	DNDEndTime     int64  `json:"dnd_end_time"` // seconds
	PrevStatus     string `json:"-"`
	ActiveChannel  string `json:"active_channel,omitempty"` // the one the account looks at; told to nobody else
}

// For is the presence as a viewer may see it.
func (s *Status) For(viewerID string) *Status {
	if s.UserID == viewerID || s.ActiveChannel == "" {
		return s
	}
	seen := *s
	seen.ActiveChannel = ""
	return &seen
}

// The values of Status.Status.
const (
	StatusOnline  = "online"
	StatusAway    = "away"
	StatusDND     = "dnd"
	StatusOffline = "offline"
	StatusOOO     = "ooo"
)

// Role is a named set of permissions.
type Role struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"`
	DisplayName   string   `json:"display_name"`
	Description   string   `json:"description"`
	CreateAt      int64    `json:"create_at"`
	UpdateAt      int64    `json:"update_at"`
	DeleteAt      int64    `json:"delete_at"`
	Permissions   []string `json:"permissions"`
	SchemeManaged bool     `json:"scheme_managed"`
	BuiltIn       bool     `json:"built_in"`
	SchemeID      *string  `json:"scheme_id"`
}

// Job is one piece of work that must happen, kept until it has.
type Job struct {
	ID             string    `json:"id"`
	Type           string    `json:"type"`
	Priority       int64     `json:"priority"`
	Status         string    `json:"status"`
	CreateAt       int64     `json:"create_at"`
	StartAt        int64     `json:"start_at"`
	LastActivityAt int64     `json:"last_activity_at"`
	Progress       int64     `json:"progress"`
	Data           StringMap `json:"data"`
	RunAt          int64     `json:"-"` // not before
	Attempts       int       `json:"-"`
}

// The values of Job.Status.
const (
	JobPending    = "pending"
	JobInProgress = "in_progress"
	JobSuccess    = "success"
	JobError      = "error"
	JobCanceled   = "canceled"
)

// Wrong names the first field that keeps a preference from being stored.
func (p *Preference) Wrong() string {
	switch {
	case !ValidID(p.UserID):
		return "id"
	case p.Category == "" || len(p.Category) > PreferenceKeyMax || !Storable(p.Category):
		return "category"
	case len(p.Name) > PreferenceKeyMax || !Storable(p.Name):
		return "name"
	case longer(p.Value, PreferenceValueMax) || !Storable(p.Value):
		return "value"
	}
	return ""
}
