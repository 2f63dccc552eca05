package model

import "strings"

// MailJob is the type of the job that sends one mail.
const MailJob = "send_mail"

// Kinds of mail. The texts of a kind stand in the catalogues of package notify under
// the same name.
const (
	MailPasswordReset   = "password_reset"
	MailVerifyEmail     = "verify_email"
	MailWelcome         = "welcome"
	MailWelcomeVerify   = "welcome_verify"      // to an address that is not confirmed
	MailEmailChange     = "email_change_verify" // to the new address
	MailEmailChanged    = "email_changed"       // to the old address
	MailUsernameChanged = "username_changed"
	MailPasswordChanged = "password_changed"
	MailSignInChanged   = "sign_in_changed"
	MailMfaActivated    = "mfa_activated"
	MailMfaDeactivated  = "mfa_deactivated"
	MailMfaReplaced     = "mfa_secret_replaced"
	MailRecoveryCodes   = "recovery_codes_made"
	MailTokenAdded      = "access_token_added"
	MailTokenRotated    = "access_token_rotated"
	MailDeactivated     = "deactivated"
	MailTest            = "test"
	MailTeamInvite      = "team_invite"       // to somebody without an account
	MailGuestInvite     = "guest_invite"      // as above, who comes as a guest
	MailGuestLinkInvite = "guest_link_invite" // as above, who signs in with links
	MailGuestLink       = "guest_link"        // signs a guest in
)

// Names of the values a mail carries for its text.
const (
	MailNewEmail   = "NewEmail"   // the address an account has now
	MailUsername   = "Username"   // the name an account has now
	MailMethod     = "Method"     // how a password was changed, or how somebody signs in now
	MailRedirectTo = "RedirectTo" // where a verified visitor goes next
	MailInviter    = "Inviter"    // the name of who invites
	MailTeam       = "Team"       // the display name of the team
	MailTeamName   = "TeamName"   // its name in addresses
	MailMessage    = "Message"    // what the inviter wants to say
	MailSender     = "SenderRole" // whether the inviter is an admin: sa or su
	MailTeamID     = "TeamID"
	MailChannels   = "Channels" // ids separated by blanks
	MailSenderID   = "SenderID"
)

// The values of MailMethod for a changed password.
const (
	ChangedInSettings = "settings"
	ChangedWithLink   = "link"
	ChangedByAdmin    = "admin"
)

// Mail is one mail to be sent. A secret link is no part of it: the link is made when
// the mail is sent, so that it is stored nowhere.
type Mail struct {
	Kind   string
	UserID string // the account it is about, empty when only the address is known
	To     string
	Locale string            // empty: the server's
	Values map[string]string // for the text
}

// Linked tells whether mails of a kind carry a link that somebody needs to go on.
// The others are notices, which EmailSettings.SendEmailNotifications switches off.
func (m Mail) Linked() bool {
	switch m.Kind {
	case MailPasswordReset, MailVerifyEmail, MailWelcomeVerify, MailEmailChange, MailGuestLink:
		return true
	}
	return false
}

// Invitations are the kinds of mail that invite somebody, with the type of their tokens.
var Invitations = map[string]string{
	MailTeamInvite: TokenTeamInvitation, MailGuestInvite: TokenGuestInvitation,
	MailGuestLinkInvite: TokenGuestLinkInvitation,
}

// LinkTokens are the types of tokens that sign guests in.
var LinkTokens = []string{TokenGuestLinkInvitation, TokenGuestLink}

const mailValuePrefix = "value_"

// Job turns the mail into the data of a job.
func (m Mail) Job() StringMap {
	data := StringMap{"kind": m.Kind, "user_id": m.UserID, "to": m.To, "locale": m.Locale}
	for name, value := range m.Values {
		data[mailValuePrefix+name] = value
	}
	return data
}

// MailOf reads the mail from the data of a job.
func MailOf(data StringMap) Mail {
	m := Mail{Kind: data["kind"], UserID: data["user_id"], To: data["to"], Locale: data["locale"], Values: map[string]string{}}
	for name, value := range data {
		if name, ok := strings.CutPrefix(name, mailValuePrefix); ok {
			m.Values[name] = value
		}
	}
	return m
}

// Types of tokens that work once.
const (
	TokenPasswordRecovery = "password_recovery"
	TokenVerifyEmail      = "verify_email"
	// Invitations to a team, for members, guests, and guests who sign in with links.
	TokenTeamInvitation      = "team_invitation"
	TokenGuestInvitation     = "guest_invitation"
	TokenGuestLinkInvitation = "guest_magic_link_invitation"
	// TokenGuestLink signs a guest in.
	TokenGuestLink = "guest_magic_link"
)

// What the Extra of an invitation holds.
const (
	InviteTeam     = "teamId"
	InviteEmail    = "email"
	InviteChannels = "channels" // ids separated by blanks
	InviteSender   = "senderId"
)

// What the Extra of a token of these types holds.
const (
	TokenEmail = "Email" // the address the link was mailed to
	TokenWas   = "Was"   // the address the account had at that time
)

// SignsInWithPassword tells whether a password opens the account, so that one can be reset.
func (u *User) SignsInWithPassword() bool {
	return !u.IsBot && (u.AuthService == AuthPassword || u.AuthService == AuthEmail)
}

// OneTimeTokenLength is the length of a token that works once.
const OneTimeTokenLength = 64

// OneTimeToken says what a token that works once is for. Its secret is not here.
type OneTimeToken struct {
	Type     string
	CreateAt int64
	UserID   string
	Extra    StringMap
}

// NewOneTimeToken returns a secret of 320 random bits.
func NewOneTimeToken() Secret { return NewSecret(randomText(idAlphabet, OneTimeTokenLength)) }
