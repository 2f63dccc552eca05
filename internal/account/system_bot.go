package account

import (
	"context"
	"errors"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// The account as which the server itself writes to people.
const (
	systemBotName = "system-bot"
	systemBotKey  = "SystemBotID" // the name under which its id is kept
)

// SystemBot gives the account as which the server itself writes to people, with what it needs
// for that. It is made when it is needed first, under another name where somebody has its own.
func (s *Service) SystemBot(ctx context.Context) (perm.Actor, error) {
	a := perm.Background(systemBotName, perm.CreatePost, perm.CreateDirectChannel, perm.ViewMembers, perm.ReadChannelContent)
	a.IsBot = true
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		id, err := tx.KeepSystemValue(ctx, systemBotKey, model.NewID())
		if err != nil {
			return err
		}
		a.UserID = id
		if _, err = tx.LockUser(ctx, id); errors.Is(err, store.ErrNotFound) {
			return s.makeSystemBot(ctx, tx, id)
		}
		return err
	})
	return a, store.Fault(err, "app.bot.createbot.internal_error")
}

func (s *Service) makeSystemBot(ctx context.Context, tx *store.Tx, id string) error {
	now := s.now()
	u := &model.User{
		ID: id, CreateAt: now, UpdateAt: now, LastPasswordUpdate: now, Username: systemBotName, Email: botEmail(systemBotName),
		FirstName: "System", Roles: model.SystemUserRole, IsBot: true, Locale: s.Config().LocalizationSettings.DefaultClientLocale,
	}
	if s.taken(ctx, tx.Q, u) != nil {
		u.Username += "-" + id
		u.Email = botEmail(u.Username)
	}
	u.FillDefaults()
	u.Normalize()
	if err := tx.InsertUser(ctx, u); err != nil {
		return err
	}
	tx.Emit(event.ListsStale(u.ID))
	return tx.InsertBot(ctx, &model.Bot{UserID: id, Username: u.Username, DisplayName: u.FirstName, OwnerID: id, CreateAt: now, UpdateAt: now})
}
