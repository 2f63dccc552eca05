package account

import (
	"context"
	"errors"
	"time"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// accessTokenSession is how long the session of a token without an end lasts.
const accessTokenSession = 100 * 365 * 24 * time.Hour

// accessTokensMax is how many tokens an account can have, switched off ones included.
const accessTokensMax = 1000

func errNoAccessToken() *fault.Error {
	return fault.New(fault.NotFound, "app.user_access_token.get_by_user.app_error")
}

// NewAccessToken is a request for a personal access token.
type NewAccessToken struct {
	Description string `json:"description"`
	ExpiresAt   int64  `json:"expires_at"` // milliseconds, 0 = never
}

// CreateUserAccessToken makes a token for an account. The answer is the only place
// that ever shows its secret. A try that fails stands in the access history of who made it.
func (s *Service) CreateUserAccessToken(ctx context.Context, a perm.Actor, userID string, n NewAccessToken) (*model.UserAccessToken, error) {
	out, err := s.createAccessToken(ctx, a, userID, n)
	return out, s.noteFailed(ctx, a, err, "")
}

func (s *Service) createAccessToken(ctx context.Context, a perm.Actor, userID string, n NewAccessToken) (*model.UserAccessToken, error) {
	u, target, err := s.target(ctx, s.DB.Q, userID)
	if err != nil {
		return nil, err
	}
	if err := s.mayCreateAccessToken(a, u, target, n); err != nil {
		return nil, err
	}
	now := s.now()
	secret := model.NewToken()
	out := &model.UserAccessToken{ID: model.NewTimeID(now), UserID: userID, Description: n.Description, IsActive: true, CreateAt: now, ExpiresAt: n.ExpiresAt}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.HoldUser(ctx, userID); err != nil { // so that no two count at once
			return err
		}
		n, err := tx.CountAccessTokens(ctx, userID)
		if err != nil {
			return err
		}
		if n >= accessTokensMax {
			return fault.New(fault.Invalid, "api.muster.user_access_tokens.too_many.app_error").With("Max", accessTokensMax)
		}
		if err := tx.InsertAccessToken(ctx, out, model.HashToken(secret.Reveal())); err != nil {
			return err
		}
		if err := s.postTo(ctx, tx, u, model.MailTokenAdded, nil); err != nil {
			return err
		}
		if err := tx.InsertAudit(ctx, s.audit(a, now, "")); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, s.audit(a, now, "success - token_id="+out.ID))
	})
	if err != nil {
		return nil, store.Fault(err, "app.user_access_token.save.app_error")
	}
	out.Token = secret.Reveal()
	return out, nil
}

// mayCreateAccessToken checks a request for a token in the documented order.
func (s *Service) mayCreateAccessToken(a perm.Actor, u *model.User, target perm.Target, n NewAccessToken) error {
	switch {
	case u == nil:
		return fault.NoUser()
	case a.IsOAuth:
		return fault.Permission(a.UserID, string(perm.CreateUserAccessToken))
	case n.Description == "":
		return fault.Body("description")
	}
	if err := a.Need(perm.CreateUserAccessToken); err != nil {
		return err
	}
	if err := a.NeedUserOrBot(target); err != nil {
		return err
	}
	if err := a.NeedAboveAdmin(target); err != nil {
		return err
	}
	switch {
	case !u.IsBot && !s.Config().ServiceSettings.EnableUserAccessTokens:
		return fault.New(fault.Unavailable, "app.user_access_token.disabled")
	case len(n.Description) > model.AccessTokenDescriptionMax:
		return fault.New(fault.Invalid, "model.user_access_token.is_valid.description.app_error")
	case n.ExpiresAt < 0 || n.ExpiresAt > 0 && n.ExpiresAt <= s.now():
		return fault.Body("expires_at")
	}
	return nil
}

// UserAccessTokens lists the tokens of one account, without their secrets.
func (s *Service) UserAccessTokens(ctx context.Context, a perm.Actor, userID string, page, perPage int) ([]*model.UserAccessToken, error) {
	if err := a.Need(perm.ReadUserAccessToken); err != nil {
		return nil, err
	}
	_, target, err := s.target(ctx, s.DB.Q, userID)
	if err != nil {
		return nil, err
	}
	if err := a.NeedUserOrBot(target); err != nil {
		return nil, err
	}
	list, err := s.DB.AccessTokens(ctx, userID, page*perPage, perPage)
	return list, store.Fault(err, "app.user_access_token.get_by_user.app_error")
}

// AllUserAccessTokens lists the tokens of all accounts, without their secrets.
func (s *Service) AllUserAccessTokens(ctx context.Context, a perm.Actor, page, perPage int) ([]*model.UserAccessToken, error) {
	if err := a.Need(perm.ManageSystem); err != nil {
		return nil, err
	}
	list, err := s.DB.AccessTokens(ctx, "", page*perPage, perPage)
	return list, store.Fault(err, "app.user_access_token.get_all.app_error")
}

// SearchUserAccessTokens finds tokens by their id, or their owner's id or username.
func (s *Service) SearchUserAccessTokens(ctx context.Context, a perm.Actor, term string) ([]*model.UserAccessToken, error) {
	if err := a.Need(perm.ManageSystem); err != nil {
		return nil, err
	}
	if term == "" {
		return nil, fault.Body("term")
	}
	list, err := s.DB.AccessTokensMatching(ctx, term, searchMax)
	return list, store.Fault(err, "app.user_access_token.search.app_error")
}

// UserAccessToken gives one token, without its secret.
func (s *Service) UserAccessToken(ctx context.Context, a perm.Actor, id string) (*model.UserAccessToken, error) {
	if err := a.Need(perm.ReadUserAccessToken); err != nil {
		return nil, err
	}
	t, err := s.DB.AccessToken(ctx, id)
	if err != nil {
		return nil, store.Fault(err, "app.user_access_token.get_by_user.app_error", errNoAccessToken())
	}
	_, target, err := s.target(ctx, s.DB.Q, t.UserID)
	if err != nil {
		return nil, err
	}
	return t, a.NeedUserOrBot(target)
}

// RevokeUserAccessToken removes a token; programs that use it are out at once.
func (s *Service) RevokeUserAccessToken(ctx context.Context, a perm.Actor, id string) error {
	return s.changeAccessToken(ctx, a, perm.RevokeUserAccessToken, id, func(tx *store.Tx, _ *model.UserAccessToken) error {
		if err := tx.DeleteSessionsOfAccessToken(ctx, id); err != nil {
			return err
		}
		return tx.DeleteAccessToken(ctx, id)
	})
}

// DisableUserAccessToken switches a token off; programs that use it are out at once.
func (s *Service) DisableUserAccessToken(ctx context.Context, a perm.Actor, id string) error {
	return s.changeAccessToken(ctx, a, perm.RevokeUserAccessToken, id, func(tx *store.Tx, _ *model.UserAccessToken) error {
		if err := tx.DeleteSessionsOfAccessToken(ctx, id); err != nil {
			return err
		}
		return tx.SetAccessTokenActive(ctx, id, false)
	})
}

// EnableUserAccessToken switches a token on again.
func (s *Service) EnableUserAccessToken(ctx context.Context, a perm.Actor, id string) error {
	return s.changeAccessToken(ctx, a, perm.CreateUserAccessToken, id, func(tx *store.Tx, _ *model.UserAccessToken) error {
		return tx.SetAccessTokenActive(ctx, id, true)
	})
}

// RotateUserAccessToken gives a token another secret; the old one is useless from
// that moment. The answer is the only place that shows the new one.
func (s *Service) RotateUserAccessToken(ctx context.Context, a perm.Actor, id string) (*model.UserAccessToken, error) {
	if a.IsOAuth {
		return nil, fault.Permission(a.UserID, string(perm.CreateUserAccessToken))
	}
	secret := model.NewToken()
	var out model.UserAccessToken
	err := s.changeAccessToken(ctx, a, perm.CreateUserAccessToken, id, func(tx *store.Tx, t *model.UserAccessToken) error {
		u, target, err := s.target(ctx, tx.Q, t.UserID)
		if err == nil {
			err = a.NeedAboveAdmin(target) // the secret opens the account, as a new token would
		}
		if err == nil {
			err = s.postTo(ctx, tx, u, model.MailTokenRotated, nil)
		}
		if err != nil {
			return err
		}
		if err := tx.DeleteSessionsOfAccessToken(ctx, id); err != nil {
			return err
		}
		out = *t
		out.LastUsedAt = 0
		return tx.RotateAccessToken(ctx, id, model.HashToken(secret.Reveal()))
	})
	if err != nil {
		return nil, err
	}
	out.Token = secret.Reveal()
	return &out, nil
}

// changeAccessToken checks the documented conditions of every change of a token and
// does it.
func (s *Service) changeAccessToken(ctx context.Context, a perm.Actor, p perm.Permission, id string,
	do func(*store.Tx, *model.UserAccessToken) error,
) error {
	if err := a.Need(p); err != nil {
		return err
	}
	if id == "" {
		return fault.Body("token_id")
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		t, err := tx.LockAccessToken(ctx, id)
		if err != nil {
			return store.Fault(err, "app.user_access_token.get_by_user.app_error", errNoAccessToken())
		}
		_, target, err := s.target(ctx, tx.Q, t.UserID)
		if err != nil {
			return err
		}
		if err := a.NeedUserOrBot(target); err != nil {
			return err
		}
		if err := do(tx, t); err != nil {
			return err
		}
		tx.Emit(event.SessionsEnded(t.UserID))
		if err := tx.InsertAudit(ctx, s.audit(a, s.now(), "")); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, s.audit(a, s.now(), "success - token_id="+id))
	})
	return store.Fault(err, "app.user_access_token.update_token_enable.app_error")
}

// sessionOfAccessToken makes the session that stands for a personal access token.
// It lives until the token ends; one that was revoked is made again at the next use.
func (s *Service) sessionOfAccessToken(ctx context.Context, hash []byte) (*model.Session, error) {
	t, err := s.DB.AccessTokenByHash(ctx, hash)
	if err != nil {
		return nil, store.Fault(err, "app.user_access_token.get_by_token.app_error", errInvalidToken())
	}
	r, err := s.record(ctx, t.UserID)
	if err != nil {
		return nil, store.Fault(err, "app.user.get.app_error", errInvalidToken())
	}
	now := s.now()
	if !t.IsActive || t.Expired(now) || !r.Active() || !s.accessTokensWork(r.User) {
		return nil, errInvalidToken()
	}
	n := &model.Session{
		ID: model.NewTimeID(now), CreateAt: now, LastActivityAt: now, UserID: t.UserID, ExpiresAt: t.ExpiresAt,
		Props: model.StringMap{model.PropType: model.TypeUserAccessToken, model.PropAccessTokenID: t.ID, model.PropIsGuest: word(r.IsGuest())},
	}
	if r.IsBot {
		n.Props[model.PropIsBot] = word(true)
	}
	if n.ExpiresAt == 0 {
		n.ExpiresAt = now + accessTokenSession.Milliseconds()
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockAccessToken(ctx, t.ID); err != nil {
			return errors.Join(err, errInvalidToken())
		}
		if still, err := tx.AccessTokenByHash(ctx, hash); err != nil || !still.IsActive { // it may have another secret by now
			return errors.Join(err, errInvalidToken())
		}
		if err := s.makeRoom(ctx, tx, n); err != nil {
			return err
		}
		if err := tx.InsertSession(ctx, n, hash); err != nil {
			return err
		}
		return tx.TouchAccessToken(ctx, t.ID, now)
	})
	if errors.Is(err, store.ErrConflict) { // another request was quicker
		return s.DB.SessionByToken(ctx, hash)
	}
	return n, store.Fault(err, "app.session.save.app_error")
}

// accessTokensWork tells whether programs may act for the account: for bots always.
func (s *Service) accessTokensWork(u *model.User) bool {
	return u.IsBot || s.Config().ServiceSettings.EnableUserAccessTokens
}
