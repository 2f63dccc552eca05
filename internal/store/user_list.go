package store

import (
	"context"
	"errors"
	"strings"

	"muster/internal/model"
)

// UserFilter says which accounts a list is about.
type UserFilter struct {
	Active   bool // only active ones
	Inactive bool // only deactivated ones
	// RoleSets, when not nil, keeps accounts whose whole role string is one of these;
	// the service finds them in the kept counts, so that the index on roles serves.
	RoleSets []string
	Sight    *Sight // nil sees everybody

	// At most one of the places to be in is given.
	InTeam    string
	InChannel string
	InGroup   string
	Left      bool       // those who left the team count, too
	As        PlaceRoles // what they are there

	WithoutTeam      bool // in no team at all
	NotInTeam        string
	NotInChannel     string
	NotInGroup       string
	NotInGroups      []string // people only: bots are in no group
	GroupConstrained bool     // only members of groups that are tied to the place they are not in

	Sort   UserSort
	Offset int
	Limit  int
}

// PlaceRoles keeps those who are something in a place: any of these counts. The zero
// value keeps everybody.
type PlaceRoles struct {
	Admin, User, Guest bool
	Sets               []string // or whose whole role string is one of these
	Admins             []string // role strings of system admins, who are none of the first three
}

func (r *PlaceRoles) none() bool { return !r.Admin && !r.User && !r.Guest && r.Sets == nil }

// UserSort is the order of a list.
type UserSort uint8

// The orders; those beside the first need a place to be in.
const (
	ByUsername UserSort = iota
	ByActivity          // latest first; only those with a presence
	ByCreation          // newest first
	ByStatus            // online, away, do not disturb, all others
	ByAdmin             // admins of the channel first
	ByNickname          // by nickname, else full name, else username
	ByFullName          // by full name, else username
)

// where gives the conditions on accounts u.
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
	f.absent(w, d)
	f.Sight.onList(w, d, "u.id")
	return w
}

// absent adds the conditions on where the accounts are not.
func (f *UserFilter) absent(w *where, d *dialect) {
	if f.WithoutTeam {
		w.add("NOT EXISTS (SELECT 1 FROM team_members x WHERE x.user_id = u.id AND x.delete_at = 0)")
	}
	if f.NotInGroups != nil {
		w.add("NOT EXISTS (SELECT 1 FROM users x WHERE x.id = u.id AND x.is_bot)")
		w.add("NOT EXISTS (SELECT 1 FROM group_members x WHERE x.user_id = u.id AND "+d.idsIn("x.group_id")+")", d.ids(f.NotInGroups))
	}
	for _, p := range []struct{ id, members, left, groups, column string }{
		{f.NotInTeam, "team_members", " AND x.delete_at = 0", "group_teams", "team_id"},
		{f.NotInChannel, "channel_members", "", "group_channels", "channel_id"},
		{f.NotInGroup, "group_members", "", "", "group_id"},
	} {
		if p.id == "" {
			continue
		}
		w.add("NOT EXISTS (SELECT 1 FROM "+p.members+" x WHERE x."+p.column+" = ? AND x.user_id = u.id"+p.left+")", p.id)
		if f.GroupConstrained && p.groups != "" {
			w.add(`EXISTS (SELECT 1 FROM `+p.groups+` l JOIN user_groups g ON g.id = l.group_id JOIN group_members gm ON gm.group_id = g.id
				WHERE l.`+p.column+` = ? AND l.delete_at = 0 AND g.delete_at = 0 AND gm.user_id = u.id)`, p.id)
		}
	}
}

// place is a table of members m and the conditions on its rows.
type place struct {
	table string
	where
}

// place gives the place whose members the list is about, nil for none.
func (f *UserFilter) place(d *dialect) *place {
	p := &place{}
	switch {
	case f.InChannel != "":
		p.table = "channel_members"
		p.add("m.channel_id = ?", f.InChannel)
	case f.InTeam != "":
		p.table = "team_members"
		p.add("m.team_id = ?", f.InTeam)
		if !f.Left {
			p.add("m.delete_at = 0")
		}
	case f.InGroup != "":
		p.table = "group_members"
		p.add("m.group_id = ?", f.InGroup)
	default:
		return nil
	}
	if !f.As.none() {
		f.As.add(p, d)
	}
	return p
}

func (r *PlaceRoles) add(p *place, d *dialect) {
	plain := " AND NOT (" + d.idsIn("u.roles") + "))"
	var either []string
	var args []any
	if r.Sets != nil {
		either, args = append(either, d.idsIn("u.roles")), append(args, d.ids(r.Sets))
	}
	if r.Admin {
		either, args = append(either, "(m.scheme_admin"+plain), append(args, d.ids(r.Admins))
	}
	if r.User {
		either, args = append(either, "(m.scheme_user AND NOT m.scheme_admin"+plain), append(args, d.ids(r.Admins))
	}
	if r.Guest {
		either = append(either, "m.scheme_guest")
	}
	p.add("("+strings.Join(either, " OR ")+")", args...)
}

// exists is the place as a condition on accounts u of another query.
func (p *place) exists(w *where) {
	w.add("EXISTS (SELECT 1 FROM "+p.table+" m WHERE m.user_id = u.id AND "+strings.Join(p.conditions, " AND ")+")", p.args...)
}

// source gives where the accounts of a list come from, its conditions and its order. A
// place leads to its members, who are few; somebody's sight leads to those in it.
func (f *UserFilter) source(d *dialect) (from string, w *where, order string) {
	w = f.where(d)
	if p := f.place(d); p != nil {
		w.conditions, w.args = append(p.conditions, w.conditions...), append(p.args, w.args...)
		from = ` FROM ` + p.table + ` m JOIN users u ON u.id = m.user_id`
		switch f.Sort {
		case ByActivity:
			return from + ` JOIN statuses s ON s.user_id = u.id`, w, `s.last_activity_at DESC, m.username`
		case ByCreation:
			return from, w, `u.create_at DESC, m.username`
		case ByStatus:
			return from + ` LEFT JOIN statuses s ON s.user_id = u.id`, w,
				`CASE s.status WHEN 'online' THEN 1 WHEN 'away' THEN 2 WHEN 'dnd' THEN 3 ELSE 4 END, m.username`
		case ByAdmin:
			return from, w, `m.scheme_admin DESC, m.username`
		case ByNickname:
			return from, w, `COALESCE(NULLIF(u.nickname, ''), NULLIF(TRIM(u.first_name || ' ' || u.last_name), ''), u.username), m.username`
		case ByFullName:
			return from, w, `COALESCE(NULLIF(TRIM(u.first_name || ' ' || u.last_name), ''), u.username), m.username`
		}
		return from, w, `m.username`
	}
	if s := f.Sight; s != nil && s.Channels {
		w.args = append([]any{s.UserID}, w.args...)
		return ` FROM (SELECT DISTINCT theirs.user_id FROM channel_members mine
			JOIN channel_members theirs ON theirs.channel_id = mine.channel_id WHERE mine.user_id = ?) v JOIN users u ON u.id = v.user_id`, w, `u.username`
	}
	return ` FROM users u`, w, `u.username`
}

// UserIDs lists accounts, by username unless another order is asked for. The index on
// the username, of accounts or of the members of the place, gives that order.
func (q Q) UserIDs(ctx context.Context, f UserFilter) ([]string, error) {
	from, w, order := f.source(q.d)
	return list(ctx, q, scanValue[string], `SELECT u.id`+from+w.text()+` ORDER BY `+order+` LIMIT ? OFFSET ?`,
		append(w.args, f.Limit, f.Offset)...)
}

// CountUsers counts the accounts of a list in a place or in somebody's sight; for all
// accounts there are the kept counts.
func (q Q) CountUsers(ctx context.Context, f UserFilter, bots bool) (int64, error) {
	from, w, _ := f.source(q.d)
	if !bots {
		w.add("NOT u.is_bot")
	}
	return one(ctx, q, scanValue[int64], `SELECT COUNT(*)`+from+w.text(), w.args...)
}

// PlaceSize gives how many members the place has that a list is about, 0 without a place.
func (q Q) PlaceSize(ctx context.Context, f *UserFilter) (int64, error) {
	var table, id string
	switch {
	case f.InChannel != "":
		table, id = "channels", f.InChannel
	case f.InTeam != "":
		table, id = "teams", f.InTeam
	case f.InGroup != "":
		table, id = "user_groups", f.InGroup
	default:
		return 0, nil
	}
	n, err := one(ctx, q, scanValue[int64], `SELECT members FROM `+table+` WHERE id = ?`, id)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return n, err
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
