package account

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image/png"
	"net/url"
	"regexp"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// How codes are made: a new one every 30 seconds; the one before and the one after
// count too, because clocks differ.
const (
	mfaStep   = 30 // seconds
	mfaDigits = otp.DigitsSix
	mfaSecret = 20 // random bytes
	qrSide    = 256
)

// MfaSecret is what an authenticator app needs to make codes.
type MfaSecret struct {
	Secret string `json:"secret"`  // base32
	QRCode string `json:"qr_code"` // PNG in base64
}

// GenerateMfaSecret gives an account a new secret. Multi-factor is switched on only
// with a code made from it.
func (s *Service) GenerateMfaSecret(ctx context.Context, a perm.Actor, userID string) (*MfaSecret, error) {
	u, err := s.mfaAccount(ctx, a, userID)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return nil, fault.NoUser()
	}
	if !s.Config().ServiceSettings.EnableMultifactorAuthentication {
		return nil, fault.New(fault.Unavailable, "mfa.mfa_disabled.app_error")
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: s.mfaIssuer(), AccountName: u.Email, SecretSize: mfaSecret, Period: mfaStep, Digits: mfaDigits})
	if err != nil {
		return nil, fault.New(fault.Internal, "mfa.generate_qr_code.create_code.app_error").Because(err)
	}
	picture, err := qrCode("otpauth://totp/" + url.PathEscape(s.mfaIssuer()) + ":" + url.PathEscape(u.Email) +
		"?secret=" + key.Secret() + "&issuer=" + url.QueryEscape(s.mfaIssuer()))
	if err != nil {
		return nil, fault.New(fault.Internal, "mfa.generate_qr_code.create_code.app_error").Because(err)
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockUser(ctx, userID)
		if err != nil {
			return err
		}
		if was.MfaActive { // the codes of the app in use have just become useless
			if err := s.postTo(ctx, tx, was, model.MailMfaReplaced, nil); err != nil {
				return err
			}
		}
		tx.Emit(event.UsersStale(userID))
		return tx.SetMfaSecret(ctx, userID, model.NewSecret(key.Secret()))
	})
	if err != nil {
		return nil, store.Fault(err, "mfa.generate_qr_code.save_secret.app_error", fault.NoUser())
	}
	return &MfaSecret{Secret: key.Secret(), QRCode: picture}, nil
}

// mfaIssuer names this server in an authenticator app.
func (s *Service) mfaIssuer() string {
	site := s.Config().ServiceSettings.SiteURL
	if _, rest, ok := strings.Cut(site, "://"); ok {
		site = rest
	}
	if site = strings.TrimSuffix(strings.TrimPrefix(site, "www."), "/"); site == "" {
		return s.Config().TeamSettings.SiteName
	}
	return site
}

func qrCode(text string) (string, error) {
	code, err := qr.Encode(text, qr.H, qr.Auto)
	if err != nil {
		return "", err
	}
	side := max(qrSide, 3*code.Bounds().Dx())
	if code, err = barcode.Scale(code, side, side); err != nil {
		return "", err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, code); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// mfaAccount reads the account whose second factor the actor wants to handle; nil
// when it does not exist and the actor may know that.
func (s *Service) mfaAccount(ctx context.Context, a perm.Actor, userID string) (*model.User, error) {
	if a.IsOAuth {
		return nil, fault.Permission(a.UserID, string(perm.EditOtherUsers))
	}
	u, target, err := s.target(ctx, s.DB.Q, userID)
	if err != nil {
		return nil, err
	}
	return u, a.NeedUser(target)
}

// MayUpdateMfa refuses what can be refused before the request is read.
func (s *Service) MayUpdateMfa(ctx context.Context, a perm.Actor, userID string) error {
	_, err := s.mfaAccount(ctx, a, userID)
	return err
}

// ActivateMfa switches multi-factor on with a code made from the generated secret.
// A try that fails stands in the access history of who made it.
func (s *Service) ActivateMfa(ctx context.Context, a perm.Actor, userID, code string) error {
	return s.noteFailed(ctx, a, s.activateMfa(ctx, a, userID, code), "attempt")
}

func (s *Service) activateMfa(ctx context.Context, a perm.Actor, userID, code string) error {
	u, err := s.mfaAccount(ctx, a, userID)
	switch {
	case err != nil:
		return err
	case u == nil:
		return fault.NoUser()
	case u.AuthService != model.AuthPassword && u.AuthService != model.AuthLDAP:
		return fault.New(fault.Invalid, "api.user.activate_mfa.email_and_ldap_only.app_error")
	case !s.Config().ServiceSettings.EnableMultifactorAuthentication:
		return fault.New(fault.Unavailable, "mfa.mfa_disabled.app_error")
	}
	if !codeForm.MatchString(strings.TrimSpace(code)) {
		return fault.New(fault.Invalid, "mfa.activate.app_error")
	}
	if err := s.mfaCheck(ctx, a, u.ID); err != nil {
		return err
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockUser(ctx, userID) // another secret may have overtaken the code
		if err != nil {
			return store.Fault(err, "app.user.get.app_error", fault.NoUser())
		}
		step, _ := s.matchStep(was.MfaSecret, code)
		if err := s.spendStep(ctx, tx, userID, step); err != nil {
			return fault.New(fault.Unauthenticated, "mfa.activate.bad_token.app_error").Because(err)
		}
		return s.setMfaActive(ctx, tx, a, was, true)
	})
	return store.Fault(err, "mfa.activate.save_active.app_error")
}

// DeactivateMfa switches multi-factor off and forgets secret and recovery codes.
func (s *Service) DeactivateMfa(ctx context.Context, a perm.Actor, userID string) error {
	u, err := s.mfaAccount(ctx, a, userID)
	if err != nil {
		return err
	}
	if u == nil {
		return fault.NoUser()
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error { return s.setMfaActive(ctx, tx, a, u, false) })
	return store.Fault(err, "mfa.deactivate.app_error")
}

func (s *Service) setMfaActive(ctx context.Context, tx *store.Tx, a perm.Actor, u *model.User, active bool) error {
	at := max(s.now(), u.UpdateAt+1)
	tx.Emit(event.UsersStale(u.ID))
	if err := tx.SetMfaActive(ctx, u.ID, active, at); err != nil {
		return err
	}
	kind := model.MailMfaDeactivated
	if active {
		kind = model.MailMfaActivated
	}
	if err := s.postTo(ctx, tx, u, kind, nil); err != nil {
		return err
	}
	return s.auditBoth(ctx, tx, a, "attempt", "success - mfa updated")
}

// codeForm is what a code looks like. Those of eight digits exist, but never fit.
var codeForm = regexp.MustCompile(`^(?:[0-9]{6}|[1-9][0-9]{7})$`)

// matchStep finds the time step whose code this is, 0 when it is none. form tells
// whether it has the form of a code at all.
func (s *Service) matchStep(secret model.Secret, code string) (step int64, form bool) {
	code = strings.TrimSpace(code)
	if !codeForm.MatchString(code) {
		return 0, false
	}
	if secret.Empty() {
		return 0, true
	}
	now := s.Now().Unix() / mfaStep
	for n := now - 1; n <= now+1; n++ {
		want, err := hotp.GenerateCodeCustom(secret.Reveal(), uint64(n), hotp.ValidateOpts{Digits: mfaDigits, Algorithm: otp.AlgorithmSHA1})
		if err == nil && model.NewSecret(want).Equal(code) {
			step = n
		}
	}
	return step, true
}

// errSpent says that a code is wrong or was used before.
var errSpent = errors.New("the code is wrong or used")

func (s *Service) spendStep(ctx context.Context, tx *store.Tx, userID string, step int64) error {
	if step == 0 {
		return errSpent
	}
	err := tx.UseMfaStep(ctx, userID, step)
	if errors.Is(err, store.ErrNotFound) {
		return errSpent
	}
	return err
}

// checkMfa asks for the second factor where the account has one: a code of the
// authenticator app or a recovery code, either of which works once.
func (s *Service) checkMfa(ctx context.Context, u *model.User, code string) error {
	if !u.MfaActive || !s.Config().ServiceSettings.EnableMultifactorAuthentication {
		return nil
	}
	step, form := s.matchStep(u.MfaSecret, code)
	recovery := recoveryHash(code)
	if !form && recovery == nil {
		return fault.New(fault.Unauthenticated, "mfa.validate_token.authenticate.app_error")
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if form {
			return s.spendStep(ctx, tx, u.ID, step)
		}
		err := tx.UseRecoveryCode(ctx, u.ID, recovery)
		if errors.Is(err, store.ErrNotFound) {
			return errSpent
		}
		return err
	})
	if errors.Is(err, errSpent) {
		return fault.New(fault.Unauthenticated, "api.user.check_user_mfa.bad_code.app_error").Because(err)
	}
	return store.Fault(err, "api.user.check_user_mfa.not_available.app_error")
}

// The form of recovery codes: six groups of four characters, 120 random bits, which a
// plain hash protects as well as any.
const (
	recoveryCodes  = 10
	recoveryLength = 24
	recoveryGroup  = 4
)

// RecoveryCodes are codes that replace a lost authenticator app, each once.
type RecoveryCodes struct {
	Codes     []string `json:"codes,omitempty"` // only in the answer that made them
	Remaining int64    `json:"remaining"`
}

func errMfaNotActive() *fault.Error {
	return fault.New(fault.Invalid, "api.muster.mfa_recovery_codes.not_active.app_error")
}

// GenerateRecoveryCodes gives an account ten new recovery codes and makes all older
// ones useless. The answer is the only place that ever shows them.
func (s *Service) GenerateRecoveryCodes(ctx context.Context, a perm.Actor, userID string) (*RecoveryCodes, error) {
	u, err := s.mfaAccount(ctx, a, userID)
	switch {
	case err != nil:
		return nil, err
	case u == nil:
		return nil, fault.NoUser()
	case !s.Config().ServiceSettings.EnableMultifactorAuthentication:
		return nil, fault.New(fault.Unavailable, "mfa.mfa_disabled.app_error")
	case !u.MfaActive:
		return nil, errMfaNotActive()
	}
	out := &RecoveryCodes{Remaining: recoveryCodes}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		out.Codes = nil
		was, err := tx.LockUser(ctx, userID) // of several sets made at once one remains
		if err != nil {
			return store.Fault(err, "app.user.get.app_error", fault.NoUser())
		}
		if !was.MfaActive {
			return errMfaNotActive()
		}
		if err := tx.DeleteRecoveryCodes(ctx, userID); err != nil {
			return err
		}
		for range recoveryCodes {
			raw := model.NewID()[:recoveryLength]
			var groups []string
			for i := 0; i < recoveryLength; i += recoveryGroup {
				groups = append(groups, raw[i:i+recoveryGroup])
			}
			out.Codes = append(out.Codes, strings.Join(groups, "-"))
			if err := tx.InsertRecoveryCode(ctx, userID, model.HashToken(raw)); err != nil {
				return err
			}
		}
		if err := s.postTo(ctx, tx, was, model.MailRecoveryCodes, nil); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, s.audit(a, s.now(), "recovery codes made"))
	})
	if err != nil {
		return nil, store.Fault(err, "api.muster.mfa_recovery_codes.save.app_error")
	}
	return out, nil
}

// RecoveryCodes tells how many recovery codes an account has left.
func (s *Service) RecoveryCodes(ctx context.Context, a perm.Actor, userID string) (*RecoveryCodes, error) {
	u, err := s.mfaAccount(ctx, a, userID)
	if err != nil {
		return nil, err
	}
	if u == nil {
		return nil, fault.NoUser()
	}
	n, err := s.DB.CountRecoveryCodes(ctx, userID)
	return &RecoveryCodes{Remaining: n}, store.Fault(err, "api.muster.mfa_recovery_codes.get.app_error")
}

// DeleteRecoveryCodes makes all recovery codes of an account useless.
func (s *Service) DeleteRecoveryCodes(ctx context.Context, a perm.Actor, userID string) error {
	u, err := s.mfaAccount(ctx, a, userID)
	if err != nil {
		return err
	}
	if u == nil {
		return fault.NoUser()
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteRecoveryCodes(ctx, userID); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, s.audit(a, s.now(), "recovery codes removed"))
	})
	return store.Fault(err, "api.muster.mfa_recovery_codes.save.app_error")
}

// recoveryHash gives the stored form of a recovery code as somebody typed it, nil
// when it has not the form of one.
func recoveryHash(code string) []byte {
	code = strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(strings.TrimSpace(code)))
	if len(code) != recoveryLength || !model.AlphaNumeric(code) {
		return nil
	}
	return model.HashToken(code)
}

// MfaRequired tells a sign-in page whether to ask for a code. The answer is the same
// for every login id, so that nobody learns which accounts exist.
func (s *Service) MfaRequired(ctx context.Context, a perm.Actor, loginID string) (bool, error) {
	if loginID == "" {
		return false, fault.Body("login_id")
	}
	if err := s.mfaCheck(ctx, a, "login_id="+strings.ToLower(loginID)); err != nil {
		return false, err
	}
	return s.Config().ServiceSettings.EnableMultifactorAuthentication, nil
}

// MFARequired tells whether a caller has to set up a second factor before anything else.
func (s *Service) MFARequired(c Caller) bool {
	cfg, u := s.Config(), c.Record.User
	if !cfg.ServiceSettings.EnableMultifactorAuthentication || !cfg.ServiceSettings.EnforceMultifactorAuthentication ||
		u.MfaActive || u.IsBot || c.Session.IsOAuth {
		return false
	}
	if u.IsGuest() && !cfg.GuestAccountsSettings.EnforceMultifactorAuthentication {
		return false
	}
	switch u.AuthService {
	case model.AuthPassword, model.AuthEmail, model.AuthLDAP:
		return true
	}
	return false
}
