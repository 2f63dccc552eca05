package account

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// limitedID names the refusal of who asks too often for something that must not be tried
// without end: signing in, mails, codes.
const limitedID = "api.muster.rate_limited.app_error"

// counted is something that must not happen too often, on all nodes together: under
// which key it is counted and how often it may.
type counted struct {
	key   []byte
	rate  store.Rate
	fault *fault.Error // the refusal; nil is the usual one, which says how long to wait
}

// perHour counts something under a subject, such as an account or an address; nothing
// when there is no limit or no subject.
func perHour(most int, what, subject string) []counted {
	if most == 0 || subject == "" {
		return nil
	}
	return []counted{{key: model.HashToken(what + " " + subject), rate: store.Rate{Most: int64(most), Per: time.Hour}}}
}

// Network gives what one client can be taken for: an address, or of those that come in
// networks of 2^64 for everybody the network.
func Network(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil || addr.Unmap().Is4() {
		return ip
	}
	prefix, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.String()
}

// take counts that something happens once more, or refuses it. Of several things those
// about an account are counted before those about an address, everywhere: an address
// has many accounts, and whoever holds its row should not wait for others.
func (s *Service) take(ctx context.Context, tx *store.Tx, list ...counted) error {
	now := s.now()
	for _, c := range list {
		err := tx.Take(ctx, c.key, c.rate, now)
		switch {
		case err == nil:
		case !errors.Is(err, store.ErrNotFound):
			return err
		case c.fault != nil:
			return c.fault
		default:
			freeAt, err := tx.FreeAt(ctx, c.key)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			return errLimited(c.rate.Wait(freeAt, now))
		}
	}
	return nil
}

// errLimited says how long to wait, in full seconds.
func errLimited(milliseconds int64) *fault.Error {
	return fault.New(fault.TooMany, limitedID).With("RetryAfter", max(1, (milliseconds+999)/1000))
}

// giveBack forgets what was counted and turned out to be right.
func giveBack(ctx context.Context, tx *store.Tx, list []counted) error {
	for _, c := range list {
		if err := tx.GiveBack(ctx, c.key, c.rate); err != nil {
			return err
		}
	}
	return nil
}

// mailRequest is that somebody asks for a mail with a link to an address. The server
// itself may ask as often as it likes.
func (s *Service) mailRequest(a perm.Actor, email string) []counted {
	if a.Local {
		return nil
	}
	m := s.Config().MusterSettings
	return append(perHour(m.MailRequestsPerAccount, "mail", email), perHour(m.MailRequestsPerAddress, "mail from", Network(a.IP))...)
}

// mfaCheck is that somebody asks whether an account has a second factor, or tries a code
// of it outside of a sign-in.
func (s *Service) mfaCheck(ctx context.Context, a perm.Actor, subject string) error {
	if a.Local {
		return nil
	}
	m := s.Config().MusterSettings
	list := append(perHour(m.MfaChecksPerAccount, "mfa", subject), perHour(m.MfaChecksPerAddress, "mfa from", Network(a.IP))...)
	err := s.DB.Tx(ctx, func(tx *store.Tx) error { return s.take(ctx, tx, list...) })
	return store.Fault(err, "api.user.check_user_mfa.not_available.app_error")
}
