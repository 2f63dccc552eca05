package model

import (
	"encoding/json"
	"net/mail"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"muster/internal/fault"
)

// Normalize lower-cases, trims and cleans what a client sent, before validation.
func (u *User) Normalize() {
	u.Username = strings.ToLower(clean(u.Username))
	u.Email = strings.ToLower(u.Email)
	u.Nickname, u.FirstName, u.LastName = clean(u.Nickname), clean(u.FirstName), clean(u.LastName)
	if keys, ok := u.NotifyProps["mention_keys"]; ok {
		u.NotifyProps["mention_keys"] = normalizeMentionKeys(keys)
	}
	u.normalizeCustomStatus()
}

// normalizeMentionKeys splits at commas, drops empty parts and lower-cases.
func normalizeMentionKeys(keys string) string {
	var kept []string
	for part := range strings.SplitSeq(keys, ",") {
		if part != "" {
			kept = append(kept, strings.ToLower(part))
		}
	}
	return strings.Join(kept, ",")
}

// Validate checks the field rules in the documented order and returns the first fault.
func (u *User) Validate() error {
	switch {
	case !ValidID(u.ID):
		return invalidUser("id")
	case u.CreateAt == 0:
		return invalidUser("create_at")
	case u.UpdateAt == 0:
		return invalidUser("update_at")
	case !ValidUsername(u.Username):
		return invalidUser("username")
	case !ValidEmail(u.Email):
		return invalidUser("email")
	case longer(u.Nickname, NicknameMax):
		return invalidUser("nickname")
	case longer(u.Position, PositionMax):
		return invalidUser("position")
	case longer(u.FirstName, NameMax):
		return invalidUser("first_name")
	case longer(u.LastName, NameMax):
		return invalidUser("last_name")
	}
	return u.validateRest()
}

func (u *User) validateRest() error {
	hasAuthData := u.AuthData != nil && *u.AuthData != ""
	switch {
	case hasAuthData && len(*u.AuthData) > AuthDataMax:
		return invalidUser("auth_data")
	case hasAuthData && u.AuthService == "":
		return invalidUser("auth_data_type")
	case hasAuthData && !u.Password.Empty():
		return invalidUser("auth_data_pwd")
	case !validLocale(u.Locale):
		return invalidUser("locale")
	case !u.timezoneFits():
		return invalidUser("timezone_limit")
	case len(u.Roles) > RolesMax:
		return invalidUser("roles_limit")
	case !u.validCustomStatus():
		return invalidUser("invalidProperty")
	}
	return nil
}

func invalidUser(what string) error {
	return fault.New(fault.Invalid, "model.user.is_valid."+what+".app_error").With("Name", what)
}

// ValidUsername tells whether the name is 1 to 64 bytes of a-z, 0-9, dot, dash and
// underscore and none of the reserved names.
func ValidUsername(name string) bool {
	if name == "" || len(name) > UsernameMax {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	switch name {
	case "all", "channel", "matterbot", "system":
		return false
	}
	return true
}

// ValidEmail tells whether the text is one bare lower-case address of at most 128 bytes.
func ValidEmail(email string) bool {
	if email == "" || len(email) > EmailMax || email != strings.ToLower(email) || strings.Count(email, "@") != 1 {
		return false
	}
	addr, err := mail.ParseAddress(email)
	return err == nil && addr.Name == "" && addr.Address == email
}

func validLocale(locale string) bool {
	if locale == "" {
		return true
	}
	if len(locale) > LocaleMax {
		return false
	}
	_, err := language.Parse(locale)
	return err == nil
}

func (u *User) timezoneFits() bool {
	if u.Timezone == nil {
		return true
	}
	b, err := json.Marshal(u.Timezone)
	return err == nil && !longer(string(b), TimezoneMax)
}

// CustomStatus is the status text a user sets; it is kept as JSON in the prop customStatus.
type CustomStatus struct {
	Emoji     string    `json:"emoji"`
	Text      string    `json:"text"`
	Duration  string    `json:"duration"`
	ExpiresAt time.Time `json:"expires_at"`
}

// UnmarshalJSON reads a status; clients write an end that is not there as an empty text.
func (cs *CustomStatus) UnmarshalJSON(b []byte) error {
	type fields CustomStatus
	in := struct {
		*fields
		ExpiresAt json.RawMessage `json:"expires_at"`
	}{fields: (*fields)(cs)}
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	cs.ExpiresAt = time.Time{}
	if end := string(in.ExpiresAt); end == "" || end == `""` {
		return nil
	}
	return json.Unmarshal(in.ExpiresAt, &cs.ExpiresAt)
}

const (
	customStatusProp    = "customStatus"
	customStatusTextMax = 100 // code points
	customStatusUntil   = "date_and_time"
)

// statusDurations are how long a custom status may be meant to last; "" is until it is changed.
var statusDurations = []string{"", "thirty_minutes", "one_hour", "four_hours", "today", "this_week", customStatusUntil, "custom_date_time"}

// Valid tells whether the status says something and has an end that fits its duration.
func (cs CustomStatus) Valid(now time.Time) bool {
	switch {
	case cs.Emoji == "" && cs.Text == "", !slices.Contains(statusDurations, cs.Duration):
		return false
	case cs.Duration == "" && cs.ExpiresAt.IsZero():
		return true
	}
	return cs.ExpiresAt.After(now)
}

// Equal tells whether two statuses say the same.
func (cs CustomStatus) Equal(other CustomStatus) bool {
	return cs.Emoji == other.Emoji && cs.Text == other.Text && cs.Duration == other.Duration && cs.ExpiresAt.Equal(other.ExpiresAt)
}

// SetCustomStatus puts a status, nil for none, into the account as it is stored.
func (u *User) SetCustomStatus(cs *CustomStatus) CustomStatus {
	if u.Props == nil {
		u.Props = StringMap{}
	}
	u.Props[customStatusProp] = ""
	if cs == nil {
		return CustomStatus{}
	}
	b, err := json.Marshal(cs)
	if err != nil { // of times beyond the year 9999 only, which JSON did not let in
		return CustomStatus{}
	}
	u.Props[customStatusProp] = string(b)
	u.normalizeCustomStatus()
	var stored CustomStatus
	_ = json.Unmarshal([]byte(u.Props[customStatusProp]), &stored) // it was written here
	return stored
}

func (u *User) validCustomStatus() bool {
	text, ok := u.Props[customStatusProp]
	if !ok || text == "" {
		return true
	}
	var cs CustomStatus
	return json.Unmarshal([]byte(text), &cs) == nil
}

// normalizeCustomStatus cuts the text and names the duration of a status that has only an end.
func (u *User) normalizeCustomStatus() {
	text := u.Props[customStatusProp]
	if text == "" {
		return
	}
	var cs CustomStatus
	if json.Unmarshal([]byte(text), &cs) != nil {
		return // Validate refuses it
	}
	cs.Text = CutRunes(cs.Text, customStatusTextMax)
	if cs.Duration == "" && cs.ExpiresAt.After(time.UnixMilli(u.UpdateAt)) {
		cs.Duration = customStatusUntil
	}
	if b, err := json.Marshal(cs); err == nil {
		u.Props[customStatusProp] = string(b)
	}
}
