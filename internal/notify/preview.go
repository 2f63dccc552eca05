package notify

import (
	"fmt"
	"slices"
	"strings"

	"muster/internal/config"
	"muster/internal/model"
)

// Kinds lists the kinds of mail that can be previewed.
func Kinds() []string {
	return []string{
		model.MailPasswordReset, model.MailVerifyEmail, model.MailWelcome, model.MailWelcomeVerify, model.MailEmailChange,
		model.MailEmailChanged, model.MailUsernameChanged, model.MailPasswordChanged, model.MailSignInChanged, model.MailMfaActivated,
		model.MailMfaDeactivated, model.MailMfaReplaced, model.MailRecoveryCodes, model.MailTokenAdded, model.MailTokenRotated,
		model.MailDeactivated, model.MailTest, model.MailTeamInvite, model.MailGuestInvite, model.MailGuestLinkInvite, model.MailGuestLink,
	}
}

// Preview writes a mail of a kind in a language as somebody would get it, with example
// values and a link that opens nothing. An unknown kind or language is an error that
// lists the known ones.
func Preview(cfg *config.Config, kind, locale string) (*Letter, error) {
	t, err := loadTexts()
	if err != nil {
		return nil, err
	}
	if !slices.Contains(Kinds(), kind) {
		return nil, fmt.Errorf("there is no mail %q: use one of %s", kind, strings.Join(Kinds(), ", "))
	}
	if !slices.Contains(t.locale, locale) {
		return nil, fmt.Errorf("there are no mails in %q: use one of %s", locale, strings.Join(t.locale, ", "))
	}
	shown := *cfg
	if shown.ServiceSettings.SiteURL == "" {
		shown.ServiceSettings.SiteURL = "https://chat.example.com"
	}
	mail := model.Mail{Kind: kind, To: "ada@example.com", Locale: locale, Values: map[string]string{
		model.MailNewEmail: "countess@example.com", model.MailUsername: "ada", model.MailMethod: model.ChangedInSettings, model.MailInviter: "Grace",
		model.MailTeam: "Computing", model.MailTeamName: "computing", model.MailMessage: "We would love to have you here.",
		model.MailSender: "su",
	}}
	if kind == model.MailSignInChanged {
		mail.Values[model.MailMethod] = "OpenID SSO"
	}
	return t.write(&shown, mail, exampleLink(&shown, mail))
}

func exampleLink(cfg *config.Config, mail model.Mail) string {
	const secret = "example"
	switch {
	case model.Invitations[mail.Kind] != "":
		return siteURL(cfg) + invitePath(mail, secret)
	case mail.Kind == model.MailGuestLink:
		return siteURL(cfg) + linkPath(secret)
	case mail.Kind == model.MailPasswordReset:
		return siteURL(cfg) + resetPath(secret)
	case mail.Linked():
		return siteURL(cfg) + verifyPath(secret, mail.To, "")
	case mail.Kind == model.MailWelcome:
		return siteURL(cfg)
	}
	return ""
}
