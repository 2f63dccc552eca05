package account

import (
	"context"

	"muster/internal/config"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// Entrance is how somebody comes who was invited.
type Entrance struct {
	Guest    bool // as a guest instead of a member
	Verified bool // the invitation went to the address of the account
	Link     bool // signs in by mailed links, never with a password
	Quiet    bool // no mail greets them
	// Enter lets the new account in, in the transaction that makes it. It may be run again.
	Enter func(ctx context.Context, tx *store.Tx, u *model.User) error
}

// apply makes of a new account what an invitation says, and gives the domains its address
// must belong to.
func (e Entrance) apply(u *model.User, cfg *config.Config) (domains string) {
	if e.Enter == nil {
		return cfg.TeamSettings.RestrictCreationToDomains
	}
	u.EmailVerified, u.AuthService, u.AuthData = e.Verified, model.AuthPassword, nil
	if e.Link {
		u.AuthService = model.AuthMagicLink
	}
	if !e.Guest {
		return cfg.TeamSettings.RestrictCreationToDomains
	}
	u.Roles = model.SystemGuestRole
	return cfg.GuestAccountsSettings.RestrictCreationToDomains
}

// CreateInvited makes an account for somebody with an invitation, which the caller has
// looked at and Enter spends.
func (s *Service) CreateInvited(ctx context.Context, a perm.Actor, r SignUp, e Entrance) (*model.User, error) {
	u, err := s.newUser(a, r.Input, e)
	if err != nil {
		return nil, err
	}
	return s.create(ctx, u, r, func(tx *store.Tx) error {
		if err := s.storeUser(ctx, tx, u); err != nil {
			return err
		}
		if err := e.Enter(ctx, tx, u); err != nil || e.Quiet {
			return err
		}
		return s.welcome(ctx, tx, u, r)
	})
}

// ActorFor is an account that has been read as an actor, for questions about what it may do.
func (s *Service) ActorFor(u *model.User) (perm.Actor, error) {
	set, err := s.Roles()
	if err != nil {
		return perm.Actor{}, err
	}
	return set.Grants.Resolve(perm.Actor{UserID: u.ID, Roles: u.Roles, IsBot: u.IsBot, IsGuest: u.IsGuest()}), nil
}

// LoginType tells a sign-in page how an account signs in. Guests who do it with links get
// one by that; the answer is the same for all other accounts and for those that do not exist.
func (s *Service) LoginType(ctx context.Context, a perm.Actor, loginID string) (string, error) {
	if loginID == "" {
		return "", fault.Body("login_id")
	}
	if g := s.Config().GuestAccountsSettings; !g.Enable || !g.EnableGuestMagicLink {
		return model.AuthPassword, nil
	}
	u, err := s.findForLogin(ctx, Credentials{LoginID: loginID})
	if err != nil || u.AuthService != model.AuthMagicLink || !u.Active() {
		return model.AuthPassword, nil //nolint:nilerr // an account that cannot be found is answered like others
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := s.take(ctx, tx, s.mailRequest(a, u.Email)...); err != nil {
			return err
		}
		a.UserID = u.ID
		if err := tx.InsertAudit(ctx, s.audit(a, s.now(), "found user for login_id="+loginID)); err != nil {
			return err
		}
		return s.postTo(ctx, tx, u, model.MailGuestLink, nil)
	})
	return model.AuthMagicLink, store.Fault(err, "app.email.rate_limit_exceeded.app_error")
}

// LoginByLink signs in somebody whose link has just been spent.
func (s *Service) LoginByLink(ctx context.Context, a perm.Actor, u *model.User, deviceID string) (*SignIn, error) {
	if len(deviceID) > deviceIDMax {
		return nil, fault.Body("device_id")
	}
	if err := s.admissible(u); err != nil {
		return nil, err
	}
	if s.Config().EmailSettings.RequireEmailVerification && !u.EmailVerified {
		return nil, fault.New(fault.Unauthenticated, "api.user.login.not_verified.app_error")
	}
	return s.issueSession(ctx, a, sessionRequest{user: u, deviceID: deviceID, saml: true})
}

// MaskSignIn hides the reasons of a refused sign-in that would tell which accounts exist.
func (s *Service) MaskSignIn(err error) error {
	if err == nil {
		return nil
	}
	return s.maskSignIn(err)
}
