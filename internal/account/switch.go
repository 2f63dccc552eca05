package account

import (
	"context"
	"errors"
	"slices"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// SwitchRequest asks to sign in by another method from now on.
type SwitchRequest struct {
	CurrentService string       `json:"current_service"`
	NewService     string       `json:"new_service"`
	Email          string       `json:"email"`
	Password       model.Secret `json:"password"`
	NewPassword    model.Secret `json:"new_password"`
	MfaCode        string       `json:"mfa_code"`
	LdapID         string       `json:"ldap_id"`
}

var providers = []string{model.AuthSAML, model.AuthGitLab, model.AuthGoogle, model.AuthOffice365, model.AuthOpenID}

// SwitchAccountType moves an account to another way of signing in and answers where
// the browser has to go. What is not configured is refused before anything else.
func (s *Service) SwitchAccountType(ctx context.Context, a perm.Actor, r SwitchRequest) (followLink string, err error) {
	kind, ok := switchKind(r)
	if !ok {
		return "", fault.Body("switch_request")
	}
	if !s.Config().ServiceSettings.ExperimentalEnableAuthenticationTransfer {
		return "", fault.New(fault.Forbidden, "api.user."+kind+".not_available.app_error")
	}
	if kind == "oauth_to_email" {
		return s.switchToEmail(ctx, a, r)
	}
	return "", fault.New(fault.Unavailable, "api.user."+kind+".not_available.app_error")
}

// switchKind names the documented kind of switch.
func switchKind(r SwitchRequest) (string, bool) {
	from, to := r.CurrentService, r.NewService
	switch {
	case from == model.AuthEmail && slices.Contains(providers, to):
		return "email_to_oauth", true
	case slices.Contains(providers, from) && to == model.AuthEmail:
		return "oauth_to_email", true
	case from == model.AuthEmail && to == model.AuthLDAP:
		return "email_to_ldap", true
	case from == model.AuthLDAP && to == model.AuthEmail:
		return "ldap_to_email", true
	}
	return "", false
}

// switchToEmail gives the actor's own account a password in place of its provider.
func (s *Service) switchToEmail(ctx context.Context, a perm.Actor, r SwitchRequest) (string, error) {
	e := s.Config().EmailSettings
	switch {
	case a.UserID == "":
		return "", fault.NoSession()
	case a.IsOAuth: // an application could choose the password
		return "", fault.Permission(a.UserID, string(perm.EditOtherUsers))
	case !e.EnableSignUpWithEmail:
		return "", fault.New(fault.Forbidden, "api.user.auth_switch.not_available.email_signup_disabled.app_error")
	case !e.EnableSignInWithEmail && !e.EnableSignInWithUsername:
		return "", fault.New(fault.Forbidden, "api.user.auth_switch.not_available.login_disabled.app_error")
	}
	id, err := s.DB.UserIDByEmail(ctx, r.Email)
	if err != nil {
		return "", store.Fault(err, "app.user.get.app_error", fault.NoUser())
	}
	if id != a.UserID {
		return "", fault.New(fault.Forbidden, "api.user.oauth_to_email.context.app_error")
	}
	u, err := s.DB.User(ctx, id)
	switch {
	case err != nil:
		return "", store.Fault(err, "app.user.get.app_error", fault.NoUser())
	case u.AuthService == model.AuthMagicLink:
		return "", fault.New(fault.Invalid, "api.user.oauth_to_email.magic_link.app_error")
	case !slices.Contains(providers, u.AuthService):
		return "", fault.New(fault.Invalid, "api.user.oauth_to_email.not_oauth_user.app_error")
	}
	if err := s.checkPassword(u, r.NewPassword); err != nil {
		return "", err
	}
	hash, err := s.Hasher.Hash(ctx, r.NewPassword.Reveal())
	if err != nil {
		return "", store.Fault(err, "api.user.update_password.password_hash.app_error")
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockUser(ctx, id)
		if err != nil {
			return err
		}
		n := was.Clone()
		n.Password, n.AuthService, n.AuthData = model.NewSecret(hash), model.AuthPassword, nil
		n.UpdateAt = max(s.now(), was.UpdateAt+1)
		n.LastPasswordUpdate = n.UpdateAt
		if err := s.replaceSignIn(ctx, tx, was, n); err != nil {
			return err
		}
		if err := s.postTo(ctx, tx, n, model.MailSignInChanged, map[string]string{"Method": "e-mail and password"}); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, s.audit(a, n.UpdateAt, "success"))
	})
	return "/login?extra=signin_change", store.Fault(err, "app.user.update_password.app_error")
}

// replaceSignIn stores another way of signing in, and every session ends.
func (s *Service) replaceSignIn(ctx context.Context, tx *store.Tx, was, u *model.User) error {
	if err := s.newSignIn(ctx, tx, was, u); err != nil {
		return err
	}
	return s.endSessions(ctx, tx, u.ID, "")
}

// newSignIn stores another password or way of signing in: failed tries are forgotten, and
// links for another password are useless.
func (s *Service) newSignIn(ctx context.Context, tx *store.Tx, was, u *model.User) error {
	if err := tx.UpdateUser(ctx, was, u); err != nil {
		return err
	}
	if err := tx.ResetAttempts(ctx, u.ID); err != nil {
		return err
	}
	tx.Emit(event.UsersStale(u.ID))
	return tx.DeleteTokensOf(ctx, u.ID, model.TokenPasswordRecovery)
}

// UserAuth is how an account signs in when not with a password.
type UserAuth struct {
	AuthData    *string `json:"auth_data"`
	AuthService string  `json:"auth_service"`
}

var knownServices = append([]string{model.AuthLDAP}, providers...)

// MayUpdateAuth refuses what can be refused before the request is read.
func (s *Service) MayUpdateAuth(a perm.Actor) error {
	if !a.IsAdmin() {
		return fault.Permission(a.UserID, string(perm.EditOtherUsers))
	}
	return nil
}

// UpdateUserAuth ties an account to a sign-in provider. Its password is gone and its
// sessions end.
func (s *Service) UpdateUserAuth(ctx context.Context, a perm.Actor, userID string, n UserAuth) error {
	if err := s.MayUpdateAuth(a); err != nil {
		return err
	}
	if n.AuthData == nil || *n.AuthData == "" || len(*n.AuthData) > model.AuthDataMax || !slices.Contains(knownServices, n.AuthService) {
		return fault.New(fault.Invalid, "api.user.update_user_auth.invalid_request")
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockUser(ctx, userID)
		if err != nil {
			return store.Fault(err, "app.user.get.app_error", fault.NoUser())
		}
		if was.IsBot {
			return fault.New(fault.Invalid, "api.user.update_user_auth.invalid_request")
		}
		u := was.Clone()
		u.Password, u.AuthService, u.AuthData = model.Secret{}, n.AuthService, n.AuthData
		u.UpdateAt = max(s.now(), was.UpdateAt+1)
		u.LastPasswordUpdate = u.UpdateAt
		if err := s.replaceSignIn(ctx, tx, was, u); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, s.audit(a, u.UpdateAt, "updated user "+userID+" auth to service="+n.AuthService))
	})
	if errors.Is(err, store.ErrConflict) {
		return fault.New(fault.Invalid, "app.user.update_auth_data.email_exists.app_error")
	}
	return store.Fault(err, "app.user.update_auth_data.app_error")
}
