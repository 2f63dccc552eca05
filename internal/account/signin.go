package account

import (
	"context"
	"errors"
	"slices"
	"strings"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/password"
	"muster/internal/perm"
	"muster/internal/store"
	"muster/internal/useragent"
)

// Credentials is what somebody shows to sign in.
type Credentials struct {
	LoginID  string // username or e-mail
	ID       string // account id; counts instead of LoginID when given
	Password model.Secret
	DeviceID string
	// Code is the second factor: of an authenticator app or a recovery code.
	Code string
}

// SignIn is a new session with the only appearance of its token.
type SignIn struct {
	User    Answer
	Session *model.Session
	Token   model.Secret
}

// shownSignInFaults are the reasons a sign-in may name. Every other one becomes the
// same refusal, so that nobody learns which accounts exist.
var shownSignInFaults = []string{
	"mfa.validate_token.authenticate.app_error",
	"api.user.check_user_mfa.bad_code.app_error",
	"api.user.login.blank_pwd.app_error",
	"api.user.login.bot_login_forbidden.app_error",
	"api.user.login.remote_users.login.error",
	"api.user.login.inactive.app_error",
	"api.user.login.not_verified.app_error",
	"api.user.check_user_login_attempts.too_many.app_error",
	"api.user.check_user_login_attempts.too_many_ldap.app_error",
	password.BusyID,
	limitedID,
}

// Login signs somebody in with a password. The actor has no account yet; it says
// where the request came from.
func (s *Service) Login(ctx context.Context, a perm.Actor, c Credentials) (*SignIn, error) {
	if c.Password.Empty() {
		return nil, fault.New(fault.Invalid, "api.user.login.blank_pwd.app_error")
	}
	if len(c.DeviceID) > deviceIDMax {
		return nil, fault.Body("device_id")
	}
	u, err := s.findForLogin(ctx, c)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, s.maskSignIn(err)
	}
	loginID := c.LoginID
	if c.ID != "" {
		loginID = c.ID
	}
	t := s.signInAttempt(a, u, c, loginID)
	weak, err := s.checkSignIn(ctx, a, u, c, t)
	if err != nil {
		return nil, s.maskSignIn(err)
	}
	r := sessionRequest{user: u, deviceID: c.DeviceID, counted: t.counted}
	if weak {
		r.rehash = c.Password
	}
	in, err := s.issueSession(ctx, a, r)
	if err != nil {
		return nil, s.maskSignIn(errors.Join(err, s.forgive(ctx, t)))
	}
	return in, nil
}

func (s *Service) findForLogin(ctx context.Context, c Credentials) (*model.User, error) {
	e := s.Config().EmailSettings
	switch {
	case !e.EnableSignInWithEmail && !e.EnableSignInWithUsername:
		return nil, store.ErrNotFound
	case c.ID != "":
		return s.DB.User(ctx, c.ID)
	}
	return s.DB.UserForLogin(ctx, store.LoginLookup{
		LoginID:  strings.ToLower(c.LoginID),
		Username: e.EnableSignInWithUsername, Email: e.EnableSignInWithEmail,
	})
}

// checkSignIn decides whether somebody who shows this password may sign in to the
// account, nil for one that does not exist. Known and unknown accounts take the
// same steps and the same time; what is wrong with an account (deactivated, a bot,
// not verified) is said only to who knows its password. It also tells whether the
// stored hash is weaker than new ones.
func (s *Service) checkSignIn(ctx context.Context, a perm.Actor, u *model.User, c Credentials, t attemptOn) (weak bool, err error) {
	unlock, err := s.signIns.lock(ctx, t.queue, s.Config().MusterSettings.HashQueue)
	if err != nil {
		return false, err
	}
	defer unlock()
	weak, err = s.attempt(ctx, a, t)
	if err != nil {
		return false, err
	}
	if err := s.admissible(u); err != nil {
		return false, errors.Join(err, s.forgive(ctx, t))
	}
	if err := s.checkMfa(ctx, u, c.Code); err != nil {
		if c.Code == "" {
			return false, errors.Join(err, s.forgive(ctx, t))
		}
		return false, errors.Join(err, s.failed(ctx, a, t))
	}
	if s.Config().EmailSettings.RequireEmailVerification && !u.EmailVerified {
		err := fault.New(fault.Unauthenticated, "api.user.login.not_verified.app_error")
		return false, errors.Join(err, s.forgive(ctx, t))
	}
	return weak, nil // the attempt is forgiven together with the new session
}

// admissible tells what keeps an account from signing in, whoever asks.
func (s *Service) admissible(u *model.User) error {
	switch {
	case !u.Active():
		return fault.New(fault.Unauthenticated, "api.user.login.inactive.app_error")
	case u.IsBot:
		return fault.New(fault.Unauthenticated, "api.user.login.bot_login_forbidden.app_error")
	case u.IsGuest() && !s.Config().GuestAccountsSettings.Enable:
		return fault.New(fault.Unauthenticated, "api.user.login.guest_accounts.disabled.error")
	case u.AuthService == model.AuthMagicLink && !s.Config().GuestAccountsSettings.EnableGuestMagicLink:
		return fault.New(fault.Unauthenticated, "api.user.login.guest_magic_link.disabled.error")
	}
	return nil
}

// maskSignIn hides every reason that would tell somebody which accounts exist. What
// is wrong with the server goes to the log instead.
func (s *Service) maskSignIn(err error) error {
	if f := fault.As(err); f != nil && slices.Contains(shownSignInFaults, f.ID) {
		return f
	}
	if fault.KindOf(err) == fault.Internal && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, context.Canceled) {
		s.Log.Error("sign-in failed", "error", err)
	}
	cfg := s.Config()
	id := "api.user.login.invalid_credentials_email_username"
	switch e := cfg.EmailSettings; {
	case cfg.SamlSettings.Enable || cfg.GitLabSettings.Enable || cfg.GoogleSettings.Enable || cfg.Office365Settings.Enable || cfg.OpenIdSettings.Enable:
		id = "api.user.login.invalid_credentials_sso"
	case !e.EnableSignInWithEmail && e.EnableSignInWithUsername:
		id = "api.user.login.invalid_credentials_username"
	case e.EnableSignInWithEmail && !e.EnableSignInWithUsername:
		id = "api.user.login.invalid_credentials_email"
	}
	return fault.New(fault.Unauthenticated, id).Because(err)
}

// sessionRequest says for whom and for what a session is made.
type sessionRequest struct {
	user     *model.User
	deviceID string
	oauth    bool         // signed in through an OAuth provider
	saml     bool         // signed in through SAML
	rehash   model.Secret // the password just shown, when a weak hash of it is to be replaced
	counted  []counted    // what was counted in case the sign-in fails
}

// issueSession signs the account in: every way of signing in ends here.
func (s *Service) issueSession(ctx context.Context, a perm.Actor, r sessionRequest) (*SignIn, error) {
	now := s.now()
	agent := useragent.Parse(a.UserAgent)
	token := model.NewToken()
	session := &model.Session{
		ID: model.NewTimeID(now), CreateAt: now, LastActivityAt: now, UserID: r.user.ID, DeviceID: r.deviceID,
		Roles: r.user.Roles,
		Props: model.StringMap{
			model.PropCSRF: model.NewID(), model.PropPlatform: agent.Platform, model.PropOS: agent.OS, model.PropBrowser: agent.Browser,
			model.PropIsMobile: word(agent.Mobile), model.PropIsSAML: word(r.saml), model.PropIsOAuthUser: word(r.oauth),
			model.PropIsGuest: word(r.user.IsGuest()),
		},
	}
	session.ExpiresAt = now + s.sessionLength(session).Milliseconds()
	stronger := s.strongerHash(ctx, r)
	a.UserID, a.SessionID = r.user.ID, session.ID
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := unchangedSince(ctx, tx, r.user); err != nil {
			return err
		}
		if err := tx.SignedIn(ctx, r.user.ID, now); err != nil {
			return err
		}
		if !stronger.Empty() {
			if err := tx.ReplaceHash(ctx, r.user.ID, r.user.Password, stronger); err != nil {
				return err
			}
		}
		if err := s.makeRoom(ctx, tx, session); err != nil {
			return err
		}
		if err := tx.InsertSession(ctx, session, model.HashToken(token.Reveal())); err != nil {
			return err
		}
		tx.Emit(event.UsersStale(r.user.ID))
		if err := s.auditBoth(ctx, tx, a, "authenticated", "success"); err != nil {
			return err
		}
		return giveBack(ctx, tx, r.counted)
	})
	if err != nil {
		return nil, store.Fault(err, "app.session.save.app_error")
	}
	record, err := s.record(ctx, r.user.ID)
	if err != nil {
		return nil, store.Fault(err, "app.user.get.app_error", fault.NoUser())
	}
	return &SignIn{User: s.answer(a, record), Session: session, Token: token}, nil
}

// unchangedSince makes sure that what was checked still holds when the session is
// made: an account that was deactivated, became a bot or got another password meanwhile
// has just lost its sessions and must not get a new one.
func unchangedSince(ctx context.Context, tx *store.Tx, checked *model.User) error {
	u, err := tx.LockUser(ctx, checked.ID)
	switch {
	case err != nil:
		return err
	case !u.Active():
		return fault.New(fault.Unauthenticated, "api.user.login.inactive.app_error")
	case u.IsBot:
		return fault.New(fault.Unauthenticated, "api.user.login.bot_login_forbidden.app_error")
	case u.LastPasswordUpdate != checked.LastPasswordUpdate || u.AuthService != checked.AuthService:
		return fault.New(fault.Unauthenticated, "api.user.check_user_password.invalid.app_error")
	}
	return nil
}

// strongerHash computes the hash that replaces a weak one; failing to is no reason
// to refuse a sign-in.
func (s *Service) strongerHash(ctx context.Context, r sessionRequest) model.Secret {
	if r.rehash.Empty() {
		return model.Secret{}
	}
	hash, err := s.Hasher.Hash(ctx, r.rehash.Reveal())
	if err != nil {
		s.Log.WarnContext(ctx, "password hash not upgraded", "user_id", r.user.ID, "error", err)
		return model.Secret{}
	}
	return model.NewSecret(hash)
}

// makeRoom ends the sessions a new one replaces: those on the same device, and the
// least recently used beyond the limit.
func (s *Service) makeRoom(ctx context.Context, tx *store.Tx, n *model.Session) error {
	if n.DeviceID != "" {
		if err := tx.DeleteSessionsOfDevice(ctx, n.UserID, n.DeviceID, n.ID); err != nil {
			return err
		}
	}
	ended, err := tx.TrimSessions(ctx, n.UserID, model.SessionsPerUser-1)
	if ended > 0 || n.DeviceID != "" {
		tx.Emit(event.SessionsEnded(n.UserID))
	}
	return err
}

func word(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
