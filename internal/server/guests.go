package server

import (
	"context"

	"muster/internal/config"
)

// watchGuests sees to it that guests who are no longer let in lose their accounts: when a
// setting changes, and at the start those who could sign in with links alone.
func (s *Server) watchGuests(ctx context.Context) {
	off := func(onlyWithLinks bool) {
		s.work.Go(func() {
			if err := s.Accounts.GuestsOff(ctx, onlyWithLinks); err != nil && ctx.Err() == nil {
				s.log.ErrorContext(ctx, "guests not deactivated", "error", err)
			}
		})
	}
	s.Live.Subscribe(func(old, now *config.Config) {
		was, is := old.GuestAccountsSettings, now.GuestAccountsSettings
		switch {
		case was.Enable && !is.Enable:
			off(false)
		case was.EnableGuestMagicLink && !is.EnableGuestMagicLink:
			off(true)
		}
	})
	if !s.Live.Current().Config.GuestAccountsSettings.EnableGuestMagicLink {
		s.work.Go(func() {
			if err := s.Accounts.DeactivateLinkGuests(ctx); err != nil && ctx.Err() == nil {
				s.log.ErrorContext(ctx, "guests not deactivated", "error", err)
			}
		})
	}
}
