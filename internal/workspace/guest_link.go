package workspace

import (
	"context"
	"errors"
	"strings"
	"time"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// linkLife is how long a link works that a guest asked for to sign in.
const linkLife = 5 * time.Minute

// nameTries is how often another username is tried for a guest whose own is taken.
const nameTries = 10

// errBadLink says that a link signs nobody in.
func errBadLink() *fault.Error {
	return fault.New(fault.Invalid, "api.user.guest_magic_link.invalid_token.app_error")
}

// LoginByLink signs in a guest who shows the token of a mailed link, which it spends. The
// link of an invitation makes the account first.
func (s *Service) LoginByLink(ctx context.Context, a perm.Actor, token model.Secret, deviceID string) (*account.SignIn, error) {
	g := s.Config().GuestAccountsSettings
	if !g.EnableGuestMagicLink || !g.Enable {
		return nil, fault.New(fault.Unauthenticated, "api.user.login.guest_magic_link.disabled.error")
	}
	hash := model.HashToken(token.Reveal())
	n, err := s.spendLink(ctx, hash)
	if err != nil {
		return nil, err
	}
	life := inviteLife
	if n.Type == model.TokenGuestLink {
		life = linkLife
	}
	if s.now()-n.CreateAt > life.Milliseconds() {
		return nil, fault.New(fault.Invalid, "api.user.guest_magic_link.expired_token.app_error")
	}
	u, err := s.linked(ctx, a, n)
	if err != nil {
		return nil, err
	}
	return s.Accounts.LoginByLink(ctx, a, u, deviceID)
}

// spendLink takes a token that signs somebody in: of several who show it exactly one gets it.
func (s *Service) spendLink(ctx context.Context, hash []byte) (n *model.OneTimeToken, err error) {
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		for _, kind := range model.LinkTokens {
			if n, err = tx.UseToken(ctx, hash, kind); !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		return err
	})
	return n, store.Fault(err, "app.recover.delete.app_error", errBadLink())
}

// linked gives the account a spent link is for: the one it was mailed to, or for an
// invitation a new one.
func (s *Service) linked(ctx context.Context, a perm.Actor, n *model.OneTimeToken) (*model.User, error) {
	if n.Type == model.TokenGuestLink {
		u, err := s.DB.User(ctx, n.UserID)
		if err == nil && (u.Email != n.Extra[model.TokenEmail] || u.AuthService != model.AuthMagicLink) {
			return nil, errBadLink()
		}
		return u, store.Fault(err, "app.user.get.app_error", errBadLink())
	}
	email := n.Extra[model.InviteEmail]
	if _, err := s.DB.UserIDByEmail(ctx, email); !errors.Is(err, store.ErrNotFound) {
		return nil, store.Fault(errors.Join(err, errBadLink()), "app.user.get.app_error")
	}
	e := account.Entrance{
		Guest: true, Verified: true, Link: true, Quiet: true,
		Enter: func(ctx context.Context, tx *store.Tx, u *model.User) error {
			_, err := s.enterInvited(ctx, tx, n, u)
			return err
		},
	}
	for try := range nameTries + 1 {
		u, err := s.Accounts.CreateInvited(ctx, a, account.SignUp{Input: &model.UserInput{Email: email, Username: guestName(email, try)}}, e)
		if !fault.Is(err, "app.user.save.username_exists.app_error") {
			return u, err
		}
	}
	return nil, fault.New(fault.Internal, "api.user.guest_magic_link.username_generation_failed.app_error")
}

// guestName makes a username of an address: what stands before the @, and from the second
// try on something random behind it.
func guestName(email string, try int) string {
	local, _, _ := strings.Cut(strings.ToLower(email), "@")
	name := strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, local), ".-_")
	if name == "" || name[0] < 'a' {
		name = "guest-" + name
	}
	if try > 0 || len(name) < 3 {
		tail := model.NewID()[:8]
		name = name[:min(len(name), model.UsernameMax-9)] + "-" + tail
	}
	return name[:min(len(name), model.UsernameMax)]
}
