package account

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// The preference that keeps what an account said of itself lately, for the menu of clients.
const (
	customStatusCategory = "custom_status"
	recentStatusesName   = "recent_custom_statuses"
	recentStatusesMax    = 5
)

// SetCustomStatus sets what an account says of itself beside its presence, and keeps it
// among the latest.
func (s *Service) SetCustomStatus(ctx context.Context, a perm.Actor, userID string, cs model.CustomStatus) error {
	if !s.Config().TeamSettings.EnableCustomUserStatuses {
		return errNoCustomStatus()
	}
	if !cs.Valid(s.Now()) {
		return fault.Body("custom_status")
	}
	return s.changeCustomStatus(ctx, a, userID, func(tx *store.Tx, was *model.User) error {
		if cs.Emoji != "" && !model.KnownEmoji(cs.Emoji) {
			return fault.New(fault.Invalid, "api.custom_status.set_custom_statuses.emoji_not_found").With("Emoji", cs.Emoji)
		}
		stored, err := s.saveCustomStatus(ctx, tx, was, &cs)
		if err != nil {
			return err
		}
		recent, err := recentStatuses(ctx, tx, userID)
		if err != nil {
			return err
		}
		recent = slices.DeleteFunc(recent, func(x model.CustomStatus) bool { return x.Text == stored.Text })
		recent = append([]model.CustomStatus{stored}, recent...)
		return s.saveRecent(ctx, tx, userID, recent[:min(len(recent), recentStatusesMax)])
	})
}

func errNoCustomStatus() *fault.Error {
	return fault.New(fault.Unavailable, "api.custom_status.disabled")
}

// ClearCustomStatus takes back what an account says of itself.
func (s *Service) ClearCustomStatus(ctx context.Context, a perm.Actor, userID string) error {
	if !s.Config().TeamSettings.EnableCustomUserStatuses {
		return errNoCustomStatus()
	}
	return s.changeCustomStatus(ctx, a, userID, func(tx *store.Tx, was *model.User) error {
		_, err := s.saveCustomStatus(ctx, tx, was, nil)
		return err
	})
}

// ForgetCustomStatus takes something an account said of itself out of the latest.
func (s *Service) ForgetCustomStatus(ctx context.Context, a perm.Actor, userID string, cs model.CustomStatus) error {
	if !s.Config().TeamSettings.EnableCustomUserStatuses {
		return errNoCustomStatus()
	}
	return s.changeCustomStatus(ctx, a, userID, func(tx *store.Tx, _ *model.User) error {
		recent, err := recentStatuses(ctx, tx, userID)
		if err != nil {
			return err
		}
		kept := slices.DeleteFunc(slices.Clone(recent), cs.Equal)
		if len(kept) == len(recent) {
			return fault.New(fault.Invalid, "api.custom_status.recent_custom_statuses.delete.app_error")
		}
		return s.saveRecent(ctx, tx, userID, kept)
	})
}

// changeCustomStatus lets an actor who may edit an account change what it says of itself.
func (s *Service) changeCustomStatus(ctx context.Context, a perm.Actor, userID string, change func(*store.Tx, *model.User) error) error {
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		u, target, err := s.lockTarget(ctx, tx, userID)
		if err != nil {
			return err
		}
		if err := a.NeedUser(target); err != nil {
			return err
		}
		if u == nil {
			return fault.NoUser()
		}
		return change(tx, u)
	})
	return store.Fault(err, "app.user.update.finding.app_error")
}

// saveCustomStatus stores what an account says of itself, nil for nothing, and gives it as it
// is stored.
func (s *Service) saveCustomStatus(ctx context.Context, tx *store.Tx, was *model.User, cs *model.CustomStatus) (model.CustomStatus, error) {
	u := was.Clone()
	u.UpdateAt = max(s.now(), was.UpdateAt+1)
	stored := u.SetCustomStatus(cs)
	if err := u.Validate(); err != nil {
		return stored, err
	}
	tx.Emit(event.UserUpdated(u, s.privacy())...)
	return stored, tx.UpdateUser(ctx, was, u)
}

// recentStatuses reads what an account said of itself lately. A list that clients made
// unreadable counts as empty.
func recentStatuses(ctx context.Context, tx *store.Tx, userID string) ([]model.CustomStatus, error) {
	p, err := tx.Preference(ctx, userID, customStatusCategory, recentStatusesName)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []model.CustomStatus
	if json.Unmarshal([]byte(p.Value), &list) != nil {
		return nil, nil //nolint:nilerr // as promised
	}
	return list, nil
}

func (s *Service) saveRecent(ctx context.Context, tx *store.Tx, userID string, list []model.CustomStatus) error {
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return s.storePreferences(ctx, tx, userID, []model.Preference{{UserID: userID, Category: customStatusCategory, Name: recentStatusesName, Value: string(text)}})
}
