package account

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// Preferences lists the settings clients keep for an account, all or those of one
// category. An empty category is an error when it was asked for.
func (s *Service) Preferences(ctx context.Context, a perm.Actor, userID, category string) ([]model.Preference, error) {
	if err := s.mayEdit(ctx, a, userID); err != nil {
		return nil, err
	}
	list, err := s.DB.Preferences(ctx, userID, category)
	if err != nil {
		return nil, fault.New(fault.Internal, "app.preference.get_all.app_error").Because(err)
	}
	if len(list) == 0 && category != "" {
		return nil, fault.New(fault.NotFound, "api.preference.preferences_category.get.app_error")
	}
	return list, nil
}

// Preference gives one setting.
func (s *Service) Preference(ctx context.Context, a perm.Actor, userID, category, name string) (model.Preference, error) {
	if err := s.mayEdit(ctx, a, userID); err != nil {
		return model.Preference{}, err
	}
	p, err := s.DB.Preference(ctx, userID, category, name)
	return p, store.Fault(err, "app.preference.get.app_error", fault.New(fault.Invalid, "app.preference.get.app_error"))
}

func (s *Service) mayEdit(ctx context.Context, a perm.Actor, userID string) error {
	_, target, err := s.target(ctx, s.DB.Q, userID)
	if err != nil {
		return err
	}
	return a.NeedUser(target)
}

// SavePreferences stores settings of one account, all or none.
func (s *Service) SavePreferences(ctx context.Context, a perm.Actor, userID string, list []model.Preference) error {
	if err := s.checkPreferences(ctx, a, userID, list, "api.preference.update_preferences.set.app_error"); err != nil {
		return err
	}
	for i := range list {
		if err := checkPreference(&list[i]); err != nil {
			return err
		}
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := mayFlag(ctx, tx.Q, a, list); err != nil {
			return err
		}
		return s.storePreferences(ctx, tx, userID, list)
	})
	if errors.Is(err, store.ErrMissing) {
		return fault.NoUser()
	}
	return store.Fault(err, "app.preference.save.updating.app_error")
}

// storePreferences stores settings that were checked, and tells the account's clients.
func (s *Service) storePreferences(ctx context.Context, tx *store.Tx, userID string, list []model.Preference) error {
	for _, p := range list {
		if err := tx.SavePreference(ctx, p); err != nil {
			return err
		}
	}
	n, err := tx.CountPreferences(ctx, userID)
	if err != nil {
		return err
	}
	if n > model.PreferencesPerOwner {
		return fault.New(fault.Invalid, "api.muster.preferences.too_many.app_error").With("Max", model.PreferencesPerOwner)
	}
	if err := moveFavorites(ctx, tx, userID, list, true); err != nil {
		return err
	}
	return emitPreferences(tx, userID, list, event.PreferencesChanged)
}

// flaggedCategory holds the posts that somebody saved.
const flaggedCategory = "flagged_post"

// mayFlag refuses posts among preferences that do not exist or that the actor may not read.
func mayFlag(ctx context.Context, q store.Q, a perm.Actor, list []model.Preference) error {
	var ids []string
	for _, p := range list {
		if p.Category == flaggedCategory {
			ids = append(ids, p.Name)
		}
	}
	posts, err := q.PostAccesses(ctx, unique(ids), a.UserID)
	if err != nil {
		return err
	}
	if len(posts) < len(unique(ids)) {
		return fault.Body("preference.name")
	}
	for _, p := range posts {
		if p.Post.DeleteAt != 0 {
			return fault.Body("preference.name")
		}
		if err := NeedContent(a, &p.ChannelAccess); err != nil {
			return err
		}
	}
	return nil
}

// The preferences whose values every client must be able to read.
const (
	themeCategory   = "theme"
	sidebarCategory = "sidebar_settings"
	visibleDMsName  = "limit_visible_dms_gms"
	visibleDMsMax   = 40
)

// checkPreference tells whether a preference can be stored, and mends the colours of a theme.
func checkPreference(p *model.Preference) error {
	if field := p.Wrong(); field != "" {
		return fault.New(fault.Invalid, "model.preference.is_valid."+field+".app_error")
	}
	switch {
	case p.Category == sidebarCategory && p.Name == visibleDMsName:
		if n, err := strconv.Atoi(p.Value); err != nil || n < 1 || n > visibleDMsMax {
			return fault.New(fault.Invalid, "model.preference.is_valid.limit_visible_dms_gms.app_error").With("Max", visibleDMsMax)
		}
	case p.Category == themeCategory:
		return mendTheme(p)
	}
	return nil
}

var colour = regexp.MustCompile(`^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$`)

// mendTheme makes every colour of a theme one that cannot carry anything else into
// the style sheet of a page: what is no colour becomes white.
func mendTheme(p *model.Preference) error {
	var theme map[string]string
	if json.Unmarshal([]byte(p.Value), &theme) != nil || theme == nil {
		return fault.New(fault.Invalid, "model.preference.is_valid.theme.app_error")
	}
	mended := false
	for key, value := range theme {
		if key != "type" && key != "image" && key != "codeTheme" && !colour.MatchString(value) {
			theme[key], mended = "#ffffff", true
		}
	}
	if !mended {
		return nil
	}
	text, err := json.Marshal(theme)
	p.Value = string(text)
	return err
}

// DeletePreferences removes settings of one account; those that are not there are fine.
func (s *Service) DeletePreferences(ctx context.Context, a perm.Actor, userID string, list []model.Preference) error {
	if err := s.checkPreferences(ctx, a, userID, list, "api.preference.delete_preferences.delete.app_error"); err != nil {
		return err
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		for _, p := range list {
			if err := tx.DeletePreference(ctx, p); err != nil {
				return err
			}
		}
		if err := moveFavorites(ctx, tx, userID, list, false); err != nil {
			return err
		}
		return emitPreferences(tx, userID, list, event.PreferencesDeleted)
	})
	return store.Fault(err, "app.preference.delete.app_error")
}

func (s *Service) checkPreferences(ctx context.Context, a perm.Actor, userID string, list []model.Preference, foreign string) error {
	if err := s.mayEdit(ctx, a, userID); err != nil {
		return err
	}
	if len(list) == 0 || len(list) > model.PreferencesPerCall {
		return fault.Body("preferences")
	}
	for _, p := range list {
		if p.UserID != userID {
			return fault.New(fault.Forbidden, foreign)
		}
	}
	return nil
}

// moveFavorites keeps the favourites of the sidebar in step with the preferences that name
// them. Clients are told with every preference, whatever it is about.
func moveFavorites(ctx context.Context, tx *store.Tx, userID string, list []model.Preference, saved bool) error {
	var on, off []string
	for _, p := range list {
		switch {
		case p.Category != model.FavoritePreference:
		case saved && p.Value == "true":
			on = append(on, p.Name)
		default:
			off = append(off, p.Name)
		}
	}
	tx.Emit(event.FavoritesChanged(userID))
	if len(on) > 0 {
		if err := tx.FavorChannels(ctx, userID, on); err != nil {
			return err
		}
	}
	if len(off) == 0 {
		return nil
	}
	return tx.UnfavorChannels(ctx, userID, off)
}

func emitPreferences(tx *store.Tx, userID string, list []model.Preference, kind func(userID, list string) event.Event) error {
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	tx.Emit(kind(userID, string(text)))
	return nil
}
