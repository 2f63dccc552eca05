package notify

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"muster/internal/config"
	"muster/internal/model"
	"muster/internal/store"
)

// linkRate is how many mails with a link go to an account, and to an address. Without
// it anybody could fill somebody's mailbox.
var linkRate = store.Rate{Most: 5, Per: time.Hour}

var (
	errPointless = errors.New("nobody needs the mail")
	errTooMany   = errors.New("too many mails")
)

// link gives the link of a mail, empty for one without. A secret one is made here, at
// the last moment, and only its hash is kept; those that were asked for before are
// useless from now on.
func (m *Mailer) link(ctx context.Context, d *delivery) (string, error) {
	site := siteURL(d.cfg)
	if model.Invitations[d.mail.Kind] != "" {
		secret, err := m.invitation(ctx, d)
		return site + invitePath(d.mail, secret), err
	}
	switch d.mail.Kind {
	case model.MailGuestLink:
		secret, err := m.secret(ctx, d, model.TokenGuestLink)
		return site + linkPath(secret), err
	case model.MailPasswordReset:
		secret, err := m.secret(ctx, d, model.TokenPasswordRecovery)
		return site + resetPath(secret), err
	case model.MailVerifyEmail, model.MailWelcomeVerify, model.MailEmailChange:
		secret, err := m.secret(ctx, d, model.TokenVerifyEmail)
		return site + verifyPath(secret, d.mail.To, d.mail.Values[model.MailRedirectTo]), err
	case model.MailWelcome:
		return site, nil
	}
	return "", nil
}

// siteURL is where every link begins: nothing a request says changes it.
func siteURL(cfg *config.Config) string {
	return strings.TrimRight(cfg.ServiceSettings.SiteURL, "/")
}

func resetPath(secret string) string { return "/reset_password_complete?token=" + secret }

func verifyPath(secret, email, redirectTo string) string {
	path := "/do_verify_email?token=" + secret + "&email=" + url.QueryEscape(email)
	if redirectTo != "" {
		path += "&redirect_to=" + url.QueryEscape(redirectTo)
	}
	return path
}

// secret makes a token for the account the mail is about and addresses the mail.
func (m *Mailer) secret(ctx context.Context, d *delivery, kind string) (string, error) {
	secret := model.NewOneTimeToken().Reveal()
	var u *model.User
	err := m.DB.Tx(ctx, func(tx *store.Tx) (err error) {
		if u, err = m.held(ctx, tx, d); err != nil {
			return err
		}
		n := &model.OneTimeToken{
			Type: kind, CreateAt: d.job.CreateAt, UserID: u.ID,
			Extra: model.StringMap{model.TokenEmail: recipient(d.mail, u), model.TokenWas: u.Email},
		}
		if err := overtaken(ctx, tx, n); err != nil {
			return err
		}
		if err := m.count(ctx, tx, d, n); err != nil {
			return err
		}
		if err := tx.DeleteTokensMadeBy(ctx, u.ID, kind, n.CreateAt); err != nil {
			return err
		}
		return tx.InsertToken(ctx, n, model.HashToken(secret))
	})
	switch {
	case errors.Is(err, errPointless), errors.Is(err, errTooMany):
		return "", err
	case err != nil:
		return "", fmt.Errorf("make link for mail: %w", err)
	}
	d.mail.To, d.mail.UserID, d.mail.Locale = recipient(d.mail, u), u.ID, u.Locale
	d.job.Data[countedKey] = "true" // a retry is no other mail
	return secret, nil
}

// overtaken refuses a link when the same one was asked for later and is on its way
// already: mails are sent side by side, and a try that failed comes back after others.
func overtaken(ctx context.Context, tx *store.Tx, n *model.OneTimeToken) error {
	others, err := tx.TokensOf(ctx, n.UserID, n.Type)
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.CreateAt > n.CreateAt && o.Extra[model.TokenEmail] == n.Extra[model.TokenEmail] {
			return errPointless
		}
	}
	return nil
}

// countedKey marks in the data of a job that its mail was counted.
const countedKey = "counted"

// count refuses a mail when too many with a link went to the account or the address.
func (m *Mailer) count(ctx context.Context, tx *store.Tx, d *delivery, t *model.OneTimeToken) error {
	if d.job.Data[countedKey] != "" {
		return nil
	}
	for _, key := range []string{"account " + t.UserID, "address " + t.Extra[model.TokenEmail]} {
		err := tx.Take(ctx, model.HashToken(key), linkRate, m.Now().UnixMilli())
		if errors.Is(err, store.ErrNotFound) {
			return errTooMany
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// held locks the account that wants the mail; errPointless when none does.
func (m *Mailer) held(ctx context.Context, tx *store.Tx, d *delivery) (*model.User, error) {
	u, err := m.wanted(ctx, tx.Q, d)
	if err != nil || u == nil {
		return nil, errors.Join(err, errPointless)
	}
	if err := tx.HoldUser(ctx, u.ID); err != nil {
		return nil, err
	}
	if u, err = m.wanted(ctx, tx.Q, d); err == nil && u == nil { // it has just been changed
		err = errPointless
	}
	return u, err
}

// wanted gives the account a mail with a link is for, nil when there is none or it has
// no use for the link (any more).
func (m *Mailer) wanted(ctx context.Context, q store.Q, d *delivery) (*model.User, error) {
	u, err := owner(ctx, q, d)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil //nolint:nilnil // no account and no error is the usual answer for a stranger's address
	}
	if err != nil {
		return nil, fmt.Errorf("find account for mail: %w", err)
	}
	if !useful(d, u) {
		return nil, nil //nolint:nilnil // as above
	}
	return u, nil
}

// owner reads the account a mail is about. Mails anybody can ask for know an address,
// or a login id, and nothing else.
func owner(ctx context.Context, q store.Q, d *delivery) (*model.User, error) {
	id, e := d.mail.UserID, d.cfg.EmailSettings
	switch {
	case id != "":
	case d.mail.Kind == model.MailVerifyEmail:
		return q.UserForLogin(ctx, store.LoginLookup{LoginID: d.mail.To, Username: e.EnableSignInWithUsername, Email: e.EnableSignInWithEmail})
	default:
		var err error
		if id, err = q.UserIDByEmail(ctx, d.mail.To); err != nil {
			return nil, err
		}
	}
	return q.User(ctx, id)
}

// useful tells whether an account can do something with the link of a mail. A password
// that was changed after the mail was asked for makes the mail older than the change.
func useful(d *delivery, u *model.User) bool {
	since := u.LastPasswordUpdate > d.job.CreateAt
	switch {
	case u.IsBot || !u.Active():
		return false
	case d.mail.Kind == model.MailGuestLink:
		return u.AuthService == model.AuthMagicLink && u.Email == d.mail.To
	case d.mail.Kind == model.MailPasswordReset:
		return u.SignsInWithPassword() && u.Email == d.mail.To && !since
	case d.mail.Kind == model.MailWelcomeVerify:
		return u.Email == d.mail.To && !u.EmailVerified
	case d.mail.Kind == model.MailEmailChange:
		return u.Email != d.mail.To && !since
	}
	return !u.EmailVerified
}

// recipient is where a mail with a link goes: a new address before it is the account's,
// else the account's own.
func recipient(mail model.Mail, u *model.User) string {
	if mail.Kind == model.MailEmailChange {
		return mail.To
	}
	return u.Email
}
