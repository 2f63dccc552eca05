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

// UpdateUser replaces the profile of an account.
func (s *Service) UpdateUser(ctx context.Context, a perm.Actor, in *model.UserInput) (*model.User, error) {
	return s.changeProfile(ctx, a, profileChange{
		userID:  in.ID,
		input:   func(*model.User) *model.UserInput { return in },
		missing: fault.NoUser(),
		owned:   "api.user.update_user.login_provider_attribute_set.app_error",
		prove: func(u *model.User) error {
			err := s.confirmPassword(ctx, u, in.Password.Reveal())
			if fault.KindOf(err) == fault.Unauthenticated {
				return fault.Body("password").Because(err)
			}
			return err
		},
	})
}

// PatchUser changes the given fields of an account's profile.
func (s *Service) PatchUser(ctx context.Context, a perm.Actor, userID string, p *model.UserPatch) (*model.User, error) {
	return s.changeProfile(ctx, a, profileChange{
		userID:    userID,
		input:     p.Input,
		missing:   fault.Body("user_id"),
		owned:     "api.user.patch_user.login_provider_attribute_set.app_error",
		autoReply: true,
		prove: func(u *model.User) error {
			if p.Password.Empty() {
				return fault.Body("password")
			}
			return s.confirmPassword(ctx, u, p.Password.Reveal())
		},
	})
}

// profileChange is what the two ways of changing a profile differ in.
type profileChange struct {
	userID    string
	input     func(*model.User) *model.UserInput // the whole profile wanted of what is there
	missing   *fault.Error                       // answers an account that does not exist
	owned     string                             // id of the fault for a field of the sign-in provider
	autoReply bool                               // presence follows the automatic answer
	prove     func(*model.User) error            // asks the actor for the password
}

// changeProfile decides on the record as it is read first, because asking for a
// password takes long, and again on the record that is changed.
func (s *Service) changeProfile(ctx context.Context, a perm.Actor, c profileChange) (*model.User, error) {
	u, target, err := s.target(ctx, s.DB.Q, c.userID)
	if err != nil {
		return nil, err
	}
	_, asks, err := s.checkChange(a, c, u, target)
	if err == nil && asks {
		err = c.prove(u)
	}
	if err != nil {
		return nil, err
	}
	var was, out *model.User
	err = s.DB.Tx(ctx, func(tx *store.Tx) (err error) {
		if was, target, err = s.lockTarget(ctx, tx, c.userID); err != nil {
			return err
		}
		in, asksNow, err := s.checkChange(a, c, was, target)
		if err == nil && asksNow && !asks {
			err = fault.Body("password") // the address was changed in between
		}
		if err != nil {
			return err
		}
		out = was.Clone()
		return s.saveProfile(ctx, tx, a, profileSave{was: was, u: out, in: in, autoReply: c.autoReply})
	})
	if errors.Is(err, store.ErrConflict) { // somebody took the name since it was looked up
		if taken := s.taken(ctx, s.DB.Q, out); taken != nil {
			return nil, taken
		}
	}
	if err != nil {
		return nil, store.Fault(err, "app.user.update.finding.app_error")
	}
	if out.LastPictureUpdate != was.LastPictureUpdate {
		s.redraw(ctx, was, out)
	}
	return out, nil
}

// checkChange decides whether the actor may change the account as wanted, and
// whether that takes a proof that they know its password.
func (s *Service) checkChange(a perm.Actor, c profileChange, u *model.User, target perm.Target) (in *model.UserInput, asks bool, err error) {
	if err := a.NeedUserOrBot(target); err != nil {
		return nil, false, err
	}
	if u == nil {
		return nil, false, c.missing
	}
	if err := a.NeedAboveAdmin(target); err != nil {
		return nil, false, err
	}
	in = c.input(u)
	moves := in.Email != u.Email
	if a.IsOAuth && moves { // an application must not move the account of whom it acts for
		return nil, false, fault.Permission(a.UserID, string(perm.EditOtherUsers))
	}
	if field := s.ownedByProvider(u, in); field != "" {
		return nil, false, fault.New(fault.Conflict, c.owned).With("Field", field)
	}
	// An empty address is refused as such, unless it was given on purpose.
	return in, moves && a.UserID == u.ID && (in.Email != "" || c.autoReply), nil
}

// ownedByProvider names the first field of the input that belongs to the account's sign-in provider.
func (s *Service) ownedByProvider(u *model.User, in *model.UserInput) string {
	if u.AuthService == model.AuthPassword {
		return ""
	}
	if !strings.EqualFold(in.Username, u.Username) {
		return "username"
	}
	cfg := s.Config()
	var first, last, nickname, position bool // come from the provider
	switch l, m := cfg.LdapSettings, cfg.SamlSettings; {
	case isOAuthService(u.AuthService):
		first, last = true, true
	case u.AuthService == model.AuthLDAP:
		first, last = l.FirstNameAttribute != "", l.LastNameAttribute != ""
		nickname, position = l.NicknameAttribute != "", l.PositionAttribute != ""
	case u.AuthService == model.AuthSAML:
		first, last = m.FirstNameAttribute != "", m.LastNameAttribute != ""
		nickname, position = m.NicknameAttribute != "", m.PositionAttribute != ""
	}
	switch {
	case first && in.FirstName != u.FirstName, last && in.LastName != u.LastName:
		return "full name"
	case nickname && in.Nickname != u.Nickname:
		return "nickname"
	case position && in.Position != u.Position:
		return "position"
	}
	return ""
}

func isOAuthService(service string) bool {
	return slices.Contains([]string{model.AuthGitLab, model.AuthGoogle, model.AuthOffice365, model.AuthOpenID}, service)
}

// profileSave is a profile on its way into the database.
type profileSave struct {
	was       *model.User
	u         *model.User // a copy of was, which becomes what is stored
	in        *model.UserInput
	autoReply bool
}

// saveProfile stores the profile fields of the input.
func (s *Service) saveProfile(ctx context.Context, tx *store.Tx, a perm.Actor, p profileSave) error {
	was, u := p.was, p.u
	s.applyProfile(u, p.in)
	if err := s.checkProfile(ctx, tx, was, u); err != nil {
		return err
	}
	wanted := u.Email
	s.moveEmail(was, u)
	if u.Username != was.Username && u.LastPictureUpdate <= 0 {
		u.LastPictureUpdate = generatedAt(was, u.UpdateAt)
	}
	if err := tx.UpdateUser(ctx, was, u); err != nil {
		return err
	}
	tx.Emit(event.UserUpdated(u, s.privacy())...)
	if p.autoReply {
		if err := s.followAutoReply(ctx, tx, was, u); err != nil {
			return err
		}
	}
	if err := s.tellProfile(ctx, tx, was, u, wanted); err != nil {
		return err
	}
	return tx.InsertAudit(ctx, s.audit(a, u.UpdateAt, ""))
}

// applyProfile copies what a client may set. The rest of the record stays.
func (s *Service) applyProfile(u *model.User, in *model.UserInput) {
	oldName, oldEmail := u.Username, u.Email
	u.UpdateAt = max(s.now(), u.UpdateAt+1)
	u.Username, u.Nickname, u.FirstName, u.LastName, u.Position = in.Username, in.Nickname, in.FirstName, in.LastName, in.Position
	u.Props, u.NotifyProps, u.Locale, u.Timezone, u.AllowMarketing = in.Props, in.NotifyProps, in.Locale, in.Timezone, in.AllowMarketing
	if len(u.NotifyProps) == 0 {
		u.NotifyProps = model.DefaultNotifyProps()
	}
	u.Email = in.Email
	u.Normalize()
	if isOAuthService(u.AuthService) {
		u.Email = oldEmail
	}
	if u.Username != oldName {
		u.NotifyProps["mention_keys"] = withoutName(u.NotifyProps["mention_keys"], oldName)
	}
}

// moveEmail decides what becomes of a changed address, which has passed all checks:
// where addresses have to be verified, the old one stays until the link sent to the
// new one is used.
func (s *Service) moveEmail(was, u *model.User) {
	switch {
	case u.Email == was.Email:
	case s.Config().EmailSettings.RequireEmailVerification && !u.IsBot:
		u.Email = was.Email
	default:
		u.EmailVerified = false
	}
	if u.AuthService != model.AuthPassword {
		u.EmailVerified = true
	}
}

// withoutName removes a former username from the words that notify somebody. The
// words that remain keep the leading comma clients are used to.
func withoutName(keys, name string) string {
	var b strings.Builder
	for key := range strings.SplitSeq(keys, ",") {
		if key != "" && key != name && key != "@"+name {
			b.WriteString("," + key)
		}
	}
	return b.String()
}

// checkProfile checks a changed profile in the documented order.
func (s *Service) checkProfile(ctx context.Context, tx *store.Tx, was, u *model.User) error {
	if u.Username != was.Username {
		if err := ofNoGroup(ctx, tx.Q, u.Username); err != nil {
			return err
		}
	}
	cfg := s.Config()
	if u.Email != was.Email && u.AuthService != model.AuthLDAP && u.AuthService != model.AuthSAML {
		domains, id := cfg.TeamSettings.RestrictCreationToDomains, "api.user.update_user.accepted_domain.app_error"
		if u.IsGuest() {
			domains, id = cfg.GuestAccountsSettings.RestrictCreationToDomains, "api.user.update_user.accepted_guest_domain.app_error"
		}
		if !DomainAllowed(u.Email, domains) {
			return fault.New(fault.Invalid, id)
		}
	}
	if err := u.Validate(); err != nil {
		return err
	}
	if u.AuthService == model.AuthLDAP && (u.Username != was.Username || u.Email != was.Email) {
		return fault.New(fault.Invalid, "app.user.update.find.app_error")
	}
	if err := checkAutoReply(u, "app.user.update.finding.app_error"); err != nil {
		return err
	}
	return s.taken(ctx, tx.Q, u)
}

// followAutoReply shows an account whose automatic answer was switched on as out of
// office, and one whose answer was switched off as back.
func (s *Service) followAutoReply(ctx context.Context, tx *store.Tx, was, u *model.User) error {
	const key, on = "auto_responder_active", "true"
	away, now := was.NotifyProps[key] == on, u.NotifyProps[key] == on
	if away == now || !u.Active() {
		return nil
	}
	st := &model.Status{UserID: u.ID, Status: model.StatusOnline, LastActivityAt: u.UpdateAt}
	if now {
		st.Status, st.Manual = model.StatusOOO, true
	}
	return s.saveStatus(ctx, tx, st)
}
