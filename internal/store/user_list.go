package store

import (
	"context"

	"muster/internal/model"
)

// UserFilter says which accounts a list is about.
type UserFilter struct {
	Active   bool // only active ones
	Inactive bool // only deactivated ones
	// RoleSets, when not nil, keeps accounts whose whole role string is one of these;
	// the service finds them in the kept counts, so that the index on roles serves.
	RoleSets []string
	Offset   int
	Limit    int
}

func (f *UserFilter) where(d *dialect) *where {
	w := &where{}
	if f.Active {
		w.add("u.delete_at = 0")
	}
	if f.Inactive {
		w.add("u.delete_at > 0")
	}
	if f.RoleSets != nil {
		w.add(d.idsIn("u.roles"), d.ids(f.RoleSets))
	}
	return w
}

// UserIDs lists accounts by username. The index on username gives the order.
func (q Q) UserIDs(ctx context.Context, f UserFilter) ([]string, error) {
	w := f.where(q.d)
	return list(ctx, q, scanValue[string], `SELECT u.id FROM users u`+w.text()+`
		ORDER BY u.username LIMIT ? OFFSET ?`, append(w.args, f.Limit, f.Offset)...)
}

// EmailFilter says which addresses count as foreign.
type EmailFilter struct {
	Domains []string // texts an accepted address contains
	Offset  int
	Limit   int
}

// UserIDsWithForeignEmail lists active people with a password whose address holds none of
// the accepted texts. It reads the accounts in order of username until the page is full.
func (q Q) UserIDsWithForeignEmail(ctx context.Context, f EmailFilter) ([]string, error) {
	w := &where{}
	w.add("u.delete_at = 0 AND NOT u.is_bot AND u.auth_service = '' AND u.roles <> ?", model.SystemGuestRole)
	for _, d := range f.Domains {
		w.add("REPLACE(u.email, ?, '') = u.email", d)
	}
	return list(ctx, q, scanValue[string], `SELECT u.id FROM users u`+w.text()+`
		ORDER BY u.username LIMIT ? OFFSET ?`, append(w.args, f.Limit, f.Offset)...)
}
