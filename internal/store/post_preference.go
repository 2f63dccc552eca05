package store

import (
	"context"

	"muster/internal/model"
)

// PreferencesNamed reads one setting of several accounts; those who never chose are left out.
func (q Q) PreferencesNamed(ctx context.Context, userIDs []string, category, name string) ([]model.Preference, error) {
	return list(ctx, q, scanPreference, `SELECT user_id, category, name, value FROM preferences
		WHERE `+q.d.idsIn("user_id")+` AND category = ? AND name = ?`, q.d.ids(userIDs), category, name)
}
