package account

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

func errNoBot() *fault.Error { return fault.New(fault.NotFound, "store.sql_bot.get.missing.app_error") }

// BotPatch changes a bot; nil leaves a field as it is.
type BotPatch struct {
	Username    *string `json:"username"`
	DisplayName *string `json:"display_name"`
	Description *string `json:"description"`
}

// validBot checks the rules of a bot's own fields in the documented order.
func validBot(b *model.Bot) error {
	for _, rule := range []struct {
		ok    bool
		field string
	}{
		{model.ValidUsername(b.Username), "username"},
		{utf8.RuneCountInString(b.DisplayName) <= model.BotDisplayNameMax, "user_id"},
		{utf8.RuneCountInString(b.Description) <= model.BotDescriptionMax, "description"},
		{b.OwnerID != "" && utf8.RuneCountInString(b.OwnerID) <= 190, "creator_id"},
	} {
		if !rule.ok {
			return fault.New(fault.Invalid, "model.bot.is_valid."+rule.field+".app_error")
		}
	}
	return nil
}

// CreateBot makes an account for programs, owned by the actor. Introduce does what else is to
// happen, in the same transaction, which may be run again.
func (s *Service) CreateBot(ctx context.Context, a perm.Actor, in BotPatch, introduce func(context.Context, *store.Tx, *model.Bot) error) (*model.Bot, error) {
	if err := a.Need(perm.CreateBot); err != nil {
		return nil, err
	}
	if a.IsBot {
		return nil, fault.Permission(a.UserID, string(perm.CreateBot))
	}
	if !s.Config().ServiceSettings.EnableBotAccountCreation {
		return nil, fault.New(fault.Forbidden, "api.bot.create_disabled")
	}
	now := s.now()
	b := &model.Bot{UserID: model.NewID(), OwnerID: a.UserID, CreateAt: now, UpdateAt: now}
	in.apply(b)
	if err := validBot(b); err != nil {
		return nil, err
	}
	u := &model.User{
		ID: b.UserID, CreateAt: now, UpdateAt: now, LastPasswordUpdate: now, Username: b.Username, Email: botEmail(b.Username),
		FirstName: b.DisplayName, Roles: model.SystemUserRole, IsBot: true, Locale: s.Config().LocalizationSettings.DefaultClientLocale,
	}
	u.FillDefaults()
	u.Normalize()
	if err := u.Validate(); err != nil {
		return nil, err
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if taken := s.taken(ctx, tx.Q, u); taken != nil {
			return taken
		}
		if err := tx.InsertUser(ctx, u); err != nil {
			return err
		}
		tx.Emit(event.ListsStale(u.ID))
		if err := tx.InsertBot(ctx, b); err != nil {
			return err
		}
		return introduce(ctx, tx, b)
	})
	if errors.Is(err, store.ErrConflict) {
		if taken := s.taken(ctx, s.DB.Q, u); taken != nil {
			return nil, taken
		}
	}
	return b, store.Fault(err, "app.bot.createbot.internal_error")
}

func botEmail(username string) string { return username + "@localhost" }

func (p *BotPatch) apply(b *model.Bot) {
	if p.Username != nil {
		b.Username = *p.Username
	}
	if p.DisplayName != nil {
		b.DisplayName = *p.DisplayName
	}
	if p.Description != nil {
		b.Description = *p.Description
	}
}

// BotList is a request for a page of bots.
type BotList struct {
	Page, PerPage  int
	IncludeDeleted bool
	OnlyOrphaned   bool
}

// Bots lists all bots, or one's own, as far as the actor may read them.
func (s *Service) Bots(ctx context.Context, a perm.Actor, l BotList) ([]*model.Bot, error) {
	f := store.BotFilter{IncludeDeleted: l.IncludeDeleted, OnlyOrphaned: l.OnlyOrphaned, Offset: l.Page * l.PerPage, Limit: l.PerPage}
	if !a.Can(perm.ReadOthersBots) {
		if err := a.Need(perm.ReadBots); err != nil {
			return nil, err
		}
		f.OwnerID = a.UserID
	}
	list, err := s.DB.Bots(ctx, f)
	return list, store.Fault(err, "app.bot.getbots.internal_error")
}

// Bot gives one bot. Who may not read it is told that there is none.
func (s *Service) Bot(ctx context.Context, a perm.Actor, userID string, includeDeleted bool) (*model.Bot, error) {
	b, err := s.DB.Bot(ctx, userID)
	if err != nil {
		return nil, store.Fault(err, "app.bot.getbot.internal_error", errNoBot())
	}
	readable := a.Can(perm.ReadOthersBots) || b.OwnerID == a.UserID && a.Can(perm.ReadBots)
	if !readable || b.DeleteAt > 0 && !includeDeleted {
		return nil, errNoBot()
	}
	return b, nil
}

// needBot refuses an actor who may not manage the bot; who may not even read it is
// told that there is none.
func needBot(a perm.Actor, b *model.Bot) error {
	manage, read := perm.ManageOthersBots, perm.ReadOthersBots
	if b.OwnerID == a.UserID {
		manage, read = perm.ManageBots, perm.ReadBots
	}
	switch {
	case a.Can(manage):
		return nil
	case a.Can(read):
		return fault.Permission(a.UserID, string(manage))
	}
	return errNoBot()
}

// changeBot reads and holds a bot and its account, checks that the actor may manage
// it, and does something with them.
func (s *Service) changeBot(ctx context.Context, a perm.Actor, userID string, do func(tx *store.Tx, b *model.Bot, u *model.User) error) (*model.Bot, error) {
	var out *model.Bot
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		u, err := tx.LockUser(ctx, userID)
		if err == nil {
			out, err = tx.Bot(ctx, userID)
		}
		if err != nil {
			return store.Fault(err, "app.bot.getbot.internal_error", errNoBot())
		}
		if err := needBot(a, out); err != nil {
			return err
		}
		return do(tx, out, u)
	})
	if err != nil {
		return nil, store.Fault(err, "app.bot.patchbot.internal_error")
	}
	return out, nil
}

// PatchBot changes the name and the description of a bot; its address follows its name.
func (s *Service) PatchBot(ctx context.Context, a perm.Actor, userID string, p BotPatch) (*model.Bot, error) {
	return s.changeBot(ctx, a, userID, func(tx *store.Tx, b *model.Bot, was *model.User) error {
		before := *b
		p.apply(b)
		if *b == before {
			return nil
		}
		u := was.Clone()
		b.UpdateAt = max(s.now(), b.UpdateAt+1)
		u.Username, u.FirstName, u.UpdateAt = b.Username, b.DisplayName, b.UpdateAt
		if u.Username != was.Username {
			u.Email = botEmail(strings.ToLower(u.Username))
		}
		u.Normalize()
		if err := u.Validate(); err != nil {
			return err
		}
		b.Username = u.Username
		if err := validBot(b); err != nil {
			return err
		}
		if taken := s.taken(ctx, tx.Q, u); taken != nil {
			return taken
		}
		if err := tx.UpdateUser(ctx, was, u); err != nil {
			return err
		}
		u.BotDescription = b.Description
		tx.Emit(event.UserUpdated(u, s.privacy())...)
		return tx.UpdateBot(ctx, b)
	})
}

// UpdateBotActive disables or enables a bot together with its account.
func (s *Service) UpdateBotActive(ctx context.Context, a perm.Actor, userID string, active bool) (*model.Bot, error) {
	return s.changeBot(ctx, a, userID, func(tx *store.Tx, b *model.Bot, u *model.User) error {
		return s.setBotActive(ctx, tx, b, u, active)
	})
}

func (s *Service) setBotActive(ctx context.Context, tx *store.Tx, b *model.Bot, u *model.User, active bool) error {
	b.UpdateAt = max(s.now(), b.UpdateAt+1)
	b.DeleteAt = 0
	if !active {
		b.DeleteAt = b.UpdateAt
	}
	if err := tx.UpdateBot(ctx, b); err != nil {
		return err
	}
	return s.setActive(ctx, tx, u, active)
}

// AssignBot gives a bot another owner, who must not be a bot.
func (s *Service) AssignBot(ctx context.Context, a perm.Actor, userID, ownerID string) (*model.Bot, error) {
	return s.changeBot(ctx, a, userID, func(tx *store.Tx, b *model.Bot, _ *model.User) error {
		owner, err := tx.User(ctx, ownerID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err == nil && owner.IsBot {
			return fault.Permission(a.UserID, string(perm.AssignBot))
		}
		b.OwnerID, b.UpdateAt = ownerID, max(s.now(), b.UpdateAt+1)
		tx.Emit(event.UsersStale(userID))
		return tx.UpdateBot(ctx, b)
	})
}

// ConvertUserToBot turns an account into a bot, owned by itself. It signs in no more.
func (s *Service) ConvertUserToBot(ctx context.Context, a perm.Actor, userID string) (*model.Bot, error) {
	var out *model.Bot
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockUser(ctx, userID)
		if err != nil {
			return store.Fault(err, "app.user.get.app_error", fault.NoUser())
		}
		if err := a.Need(perm.ManageSystem); err != nil {
			return err
		}
		if was.IsBot {
			return fault.New(fault.Internal, "app.bot.createbot.internal_error")
		}
		if was.IsSystemAdmin() {
			if err := s.adminRemains(ctx, tx); err != nil {
				return err
			}
		}
		u := was.Clone()
		u.UpdateAt = max(s.now(), was.UpdateAt+1)
		u.IsBot, u.Password, u.AuthService, u.AuthData = true, model.Secret{}, model.AuthPassword, nil
		if err := tx.UpdateUser(ctx, was, u); err != nil {
			return err
		}
		out = &model.Bot{UserID: u.ID, Username: u.Username, OwnerID: u.ID, CreateAt: u.UpdateAt, UpdateAt: u.UpdateAt}
		if err := tx.InsertBot(ctx, out); err != nil {
			return err
		}
		out.DisplayName = u.Username
		tx.Emit(event.ListsStale(u.ID))
		return s.endSessions(ctx, tx, u.ID, "")
	})
	if err != nil {
		return nil, store.Fault(err, "app.bot.createbot.internal_error")
	}
	return out, nil
}

// BotToUser is a request to turn a bot into an account for a person.
type BotToUser struct {
	Patch          model.UserPatch
	SetSystemAdmin bool
}

// ConvertBotToUser turns a bot into an account that signs in with the given
// password. Everything is checked before anything changes.
func (s *Service) ConvertBotToUser(ctx context.Context, a perm.Actor, userID string, r BotToUser) (*model.User, error) {
	b, err := s.DB.Bot(ctx, userID)
	if err == nil && b.DeleteAt > 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, store.Fault(err, "app.bot.getbot.internal_error", errNoBot())
	}
	if r.Patch.Password.Empty() {
		return nil, fault.Body("userPatch")
	}
	if err := a.Need(perm.ManageSystem); err != nil {
		return nil, err
	}
	if err := s.checkBotPassword(ctx, userID, r); err != nil {
		return nil, err
	}
	hash, err := s.Hasher.Hash(ctx, r.Patch.Password.Reveal())
	if err != nil {
		return nil, store.Fault(err, "api.user.update_password.password_hash.app_error")
	}
	var out *model.User
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		out, err = s.botToUser(ctx, tx, userID, r, model.NewSecret(hash))
		return err
	})
	if err != nil {
		return nil, store.Fault(err, "app.user.update.finding.app_error")
	}
	return out, nil
}

// checkBotPassword refuses a password that breaks the rules for the account a bot is to be.
func (s *Service) checkBotPassword(ctx context.Context, userID string, r BotToUser) error {
	u, err := s.DB.User(ctx, userID)
	if err != nil {
		return store.Fault(err, "app.user.get.app_error", errNoBot())
	}
	u = u.Clone()
	s.applyProfile(u, r.Patch.Input(u))
	return s.checkPassword(u, r.Patch.Password)
}

func (s *Service) botToUser(ctx context.Context, tx *store.Tx, userID string, r BotToUser, hash model.Secret) (*model.User, error) {
	was, err := tx.LockUser(ctx, userID)
	if err != nil {
		return nil, store.Fault(err, "app.user.get.app_error", errNoBot())
	}
	u := was.Clone()
	s.applyProfile(u, r.Patch.Input(u))
	if r.SetSystemAdmin && !u.IsSystemAdmin() {
		u.Roles = strings.TrimSpace(u.Roles + " " + model.SystemAdminRole)
	}
	u.IsBot, u.BotDescription, u.Password, u.AuthService, u.AuthData = false, "", hash, model.AuthPassword, nil
	u.LastPasswordUpdate = u.UpdateAt
	if err := s.checkProfile(ctx, tx, was, u); err != nil {
		return nil, err
	}
	if err := tx.DeleteBot(ctx, userID); err != nil {
		return nil, store.Fault(err, "app.bot.permenent_delete.internal_error", errNoBot())
	}
	if err := tx.UpdateUser(ctx, was, u); err != nil {
		return nil, err
	}
	if err := tx.DeleteTokensOf(ctx, userID, model.TokenPasswordRecovery); err != nil { // from before it was a bot
		return nil, err
	}
	tx.Emit(event.ListsStale(u.ID))
	if s.Config().ServiceSettings.TerminateSessionsOnPasswordChange {
		return u, s.endSessions(ctx, tx, u.ID, "")
	}
	return u, nil
}
