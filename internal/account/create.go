package account

import (
	"context"
	"errors"
	"slices"
	"strings"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// translatedLocales are the languages a new account may choose; any other becomes the default.
var translatedLocales = []string{
	"bg", "de", "en", "en-AU", "es", "fa", "fr", "hu", "it", "ja", "ko", "nl", "pl", "pt-BR",
	"ro", "ru", "sv", "tr", "uk", "vi", "zh-CN", "zh-TW",
}

// SignUp is a request to make an account.
type SignUp struct {
	Input *model.UserInput
	// RedirectTo is where the link of the welcome mail leads after the address is confirmed.
	RedirectTo string
	// NearBy tells that the request came from this machine without a proxy: only
	// then may it make the first account, which is a system admin.
	NearBy bool
}

// CreateUser makes an account: administrators for anybody, visitors for themselves
// where sign-up is open, and the first one for whoever sits at the machine.
func (s *Service) CreateUser(ctx context.Context, a perm.Actor, r SignUp) (*model.User, error) {
	if err := s.maySignUp(ctx, a, r); err != nil {
		return nil, err
	}
	u, err := s.newUser(a, r.Input, Entrance{})
	if err != nil {
		return nil, err
	}
	return s.create(ctx, u, r, func(tx *store.Tx) error { return s.insertUser(ctx, tx, a, r, u) })
}

// create hashes the password of a new account, and stores the account by insert.
func (s *Service) create(ctx context.Context, u *model.User, r SignUp, insert func(tx *store.Tx) error) (*model.User, error) {
	if u.AuthService == model.AuthPassword {
		hash, err := s.Hasher.Hash(ctx, r.Input.Password.Reveal())
		if err != nil {
			return nil, store.Fault(err, "app.user.save.app_error")
		}
		u.Password = model.NewSecret(hash)
	}
	err := s.DB.Tx(ctx, insert)
	if errors.Is(err, store.ErrConflict) { // somebody took the name since it was looked up
		if taken := s.taken(ctx, s.DB.Q, u); taken != nil {
			return nil, taken
		}
		return nil, fault.New(fault.Invalid, "app.user.save.app_error").Because(err) // the auth_data of another account
	}
	if err != nil {
		return nil, store.Fault(err, "app.user.save.app_error")
	}
	return u, nil
}

// maySignUp decides whether the actor may make an account without an invitation.
func (s *Service) maySignUp(ctx context.Context, a perm.Actor, r SignUp) error {
	if a.IsAdmin() {
		return nil
	}
	if err := s.SignUpOpen(); err != nil {
		return err
	}
	humans, err := s.DB.Humans(ctx)
	if err != nil {
		return fault.New(fault.Internal, "app.user.get_total_users_count.app_error").Because(err)
	}
	return s.admit(a, r, humans)
}

// SignUpOpen refuses everybody where people make no accounts for themselves.
func (s *Service) SignUpOpen() error {
	cfg := s.Config()
	if !cfg.EmailSettings.EnableSignUpWithEmail || !cfg.TeamSettings.EnableUserCreation {
		return fault.New(fault.Unavailable, "api.user.create_user.signup_email_disabled.app_error")
	}
	return nil
}

// admit decides whether the actor may add an account to so many people.
func (s *Service) admit(a perm.Actor, r SignUp, humans int64) error {
	switch {
	case a.IsAdmin():
		return nil
	case humans == 0 && !r.NearBy:
		return fault.New(fault.Forbidden, "api.muster.first_account.not_local.app_error")
	case humans > 0 && !s.Config().TeamSettings.EnableOpenServer:
		return fault.New(fault.Forbidden, "api.user.create_user.no_open_server")
	}
	return nil
}

// newUser checks the input in the documented order and makes the record of it.
func (s *Service) newUser(a perm.Actor, in *model.UserInput, e Entrance) (*model.User, error) {
	cfg := s.Config()
	now := s.now()
	u := &model.User{
		ID: model.NewID(), CreateAt: now, UpdateAt: now, LastPasswordUpdate: now, Username: in.Username,
		Email: strings.TrimSpace(in.Email), Nickname: in.Nickname, FirstName: in.FirstName, LastName: in.LastName,
		Position: in.Position, Locale: in.Locale, Timezone: in.Timezone, Props: in.Props, NotifyProps: in.NotifyProps,
		AllowMarketing: in.AllowMarketing, Roles: model.SystemUserRole,
	}
	if a.IsAdmin() {
		u.EmailVerified, u.AuthService = in.EmailVerified, in.AuthService
		if in.AuthData != nil && *in.AuthData != "" {
			u.AuthData = in.AuthData
		}
	}
	domains := e.apply(u, cfg)
	u.FillDefaults()
	if !slices.Contains(translatedLocales, u.Locale) {
		u.Locale = cfg.LocalizationSettings.DefaultClientLocale
	}
	if u.AuthService != model.AuthLDAP && u.AuthService != model.AuthSAML &&
		!DomainAllowed(u.Email, domains) {
		return nil, fault.New(fault.Invalid, "api.user.create_user.accepted_domain.app_error")
	}
	if u.AuthService == model.AuthPassword {
		if err := s.checkPassword(u, in.Password); err != nil {
			return nil, err
		}
	}
	if in.ID != "" {
		return nil, fault.New(fault.Invalid, "app.user.save.existing.app_error")
	}
	u.Normalize()
	u.Password = in.Password // only so that having it beside auth_data is seen
	err := u.Validate()
	u.Password = model.Secret{}
	if err != nil {
		return nil, err
	}
	return u, checkAutoReply(u, "app.user.save.app_error")
}

// DomainAllowed tells whether the address ends in one of the domains; an empty list allows any.
func DomainAllowed(email, domains string) bool {
	list := strings.FieldsFunc(strings.ToLower(domains), func(r rune) bool { return r == ',' || r == ' ' })
	if len(list) == 0 {
		return true
	}
	email = strings.ToLower(email)
	return slices.ContainsFunc(list, func(d string) bool {
		return strings.HasSuffix(email, "@"+strings.TrimPrefix(d, "@"))
	})
}

// checkAutoReply bounds the text that is posted in somebody's absence.
func checkAutoReply(u *model.User, id string) error {
	if len([]rune(u.NotifyProps["auto_responder_message"])) > model.AutoReplyMax {
		return fault.New(fault.Internal, id)
	}
	return nil
}

// insertUser stores a new account with what belongs to it. Without any other human
// account it becomes a system admin. Whether the actor may make it is asked again:
// somebody else may have been quicker to be the first, or all others may be gone.
func (s *Service) insertUser(ctx context.Context, tx *store.Tx, a perm.Actor, r SignUp, u *model.User) error {
	if err := tx.LockFirstAccount(ctx); err != nil {
		return err
	}
	humans, err := tx.Humans(ctx)
	if err != nil {
		return err
	}
	if err := s.admit(a, r, humans); err != nil {
		return err
	}
	u.Roles = model.SystemUserRole // set again, for the transaction may be repeated
	if humans == 0 {
		u.Roles = model.SystemAdminRole + " " + model.SystemUserRole
	}
	if err := s.storeUser(ctx, tx, u); err != nil {
		return err
	}
	return s.welcome(ctx, tx, u, r)
}

// storeUser stores a new account with the settings it begins with, and tells of it.
func (s *Service) storeUser(ctx context.Context, tx *store.Tx, u *model.User) error {
	if err := ofNoGroup(ctx, tx.Q, u.Username); err != nil {
		return err
	}
	if taken := s.taken(ctx, tx.Q, u); taken != nil {
		return taken
	}
	if err := tx.InsertUser(ctx, u); err != nil {
		return err
	}
	for _, p := range []model.Preference{
		{UserID: u.ID, Category: "recommended_next_steps", Name: "hide", Value: "false"},
		{UserID: u.ID, Category: "tutorial_step", Name: u.ID, Value: "0"},
		{UserID: u.ID, Category: "system_notice", Name: "GMasDM", Value: "true"},
	} {
		if err := tx.SavePreference(ctx, p); err != nil {
			return err
		}
	}
	tx.Emit(event.NewUser(u.ID))
	if u.EmailVerified {
		tx.Emit(event.UserUpdated(u, s.privacy())...)
	}
	return nil
}

// ofNoGroup refuses the name of a group: whoever is mentioned by it is the group.
func ofNoGroup(ctx context.Context, q store.Q, name string) error {
	groups, err := q.GroupsByNames(ctx, []string{name})
	if err == nil && len(groups) > 0 {
		return fault.New(fault.Invalid, "app.user.save.username_exists.app_error")
	}
	return store.Fault(err, "app.user.save.app_error")
}

// taken tells whether another account has the name or the address, name first.
func (s *Service) taken(ctx context.Context, q store.Q, u *model.User) error {
	for _, look := range []struct {
		find  func(context.Context, string) (string, error)
		value string
		id    string
	}{
		{q.UserIDByUsername, u.Username, "app.user.save.username_exists.app_error"},
		{q.UserIDByEmail, u.Email, "app.user.save.email_exists.app_error"},
	} {
		owner, err := look.find(ctx, look.value)
		if err == nil && owner != u.ID {
			return fault.New(fault.Invalid, look.id)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return fault.New(fault.Internal, "app.user.save.app_error").Because(err)
		}
	}
	return nil
}
