package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"muster/internal/model"
	"muster/internal/store"
)

// invitation makes the token of an invitation, of which only the hash is kept.
func (m *Mailer) invitation(ctx context.Context, d *delivery) (string, error) {
	secret, v := model.NewOneTimeToken().Reveal(), d.mail.Values
	n := &model.OneTimeToken{Type: model.Invitations[d.mail.Kind], CreateAt: m.Now().UnixMilli(), Extra: model.StringMap{
		model.InviteTeam: v[model.MailTeamID], model.InviteEmail: d.mail.To, model.InviteChannels: v[model.MailChannels],
		model.InviteSender: v[model.MailSenderID],
	}}
	err := m.DB.Tx(ctx, func(tx *store.Tx) error { return tx.InsertToken(ctx, n, model.HashToken(secret)) })
	if err != nil {
		return "", fmt.Errorf("make invitation: %w", err)
	}
	return secret, nil
}

// invitePath is where an invitation leads. A guest who signs in with links needs no form.
func invitePath(mail model.Mail, secret string) string {
	if mail.Kind == model.MailGuestLinkInvite {
		return linkPath(secret)
	}
	v := mail.Values
	about, _ := json.Marshal(map[string]string{"email": mail.To, "display_name": v[model.MailTeam], "name": v[model.MailTeamName]}) // texts always have a JSON form
	return "/signup_user_complete/?d=" + url.QueryEscape(string(about)) + "&t=" + secret + "&md=email&sbr=" + v[model.MailSender]
}

func linkPath(secret string) string { return "/login/one_time_link?t=" + secret }
