package account

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/maypok86/otter/v2"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// UserList is a request for a page of accounts.
type UserList struct {
	Page             int
	PerPage          int // at most 200
	Active           bool
	Inactive         bool
	Role             string
	Roles            []string
	WithoutTeam      bool
	WithoutTeamGiven bool // the parameter was there, whatever it said
	Sort             string
	InTeam           string
	NotInTeam        string
	InChannel        string
	NotInChannel     string
	InGroup          string
	NotInGroup       string
	GroupConstrained bool
	ChannelRoles     []string
	TeamRoles        []string
}

// Users gives a page of accounts in the order that is asked for.
func (s *Service) Users(ctx context.Context, a perm.Actor, l UserList) (Answers, error) {
	if err := l.check(s.Roles); err != nil {
		return Answers{}, err
	}
	from, err := s.sourceOf(ctx, a, &l)
	if err != nil {
		return Answers{}, err
	}
	if l.PerPage == 0 {
		out := s.answers(a, nil)
		out.Tagged = from.tagged
		return out, nil
	}
	from.filter.Offset, from.filter.Limit = l.Page*l.PerPage, l.PerPage
	ids, err := s.page(ctx, from.filter)
	out, err := s.listed(ctx, a, ids, err)
	out.Tagged = from.tagged
	if from.plain {
		out.View = model.ViewOther
	}
	if from.filter.Sort == store.ByActivity && err == nil {
		out.Activity, err = s.activityOf(ctx, ids)
	}
	return out, err
}

// activityOf tells when accounts were last active.
func (s *Service) activityOf(ctx context.Context, ids []string) (map[string]int64, error) {
	list, err := s.DB.Statuses(ctx, ids)
	out := make(map[string]int64, len(list))
	for _, st := range list {
		out[st.UserID] = st.LastActivityAt
	}
	return out, store.Fault(err, "app.user.get_recently_active_users.app_error")
}

// check refuses impossible combinations in the documented order.
func (l *UserList) check(roles func() (*RoleSet, error)) error {
	if l.NotInChannel != "" && l.InTeam == "" {
		return fault.URL("team_id")
	}
	if !l.sortable() {
		return fault.URL("sort")
	}
	if l.Active && l.Inactive {
		return fault.URL("inactive")
	}
	return l.checkRoles(roles)
}

// sortable tells whether the list that is asked for has the order that is asked for.
func (l *UserList) sortable() bool {
	channel := l.InChannel != "" || l.NotInChannel != ""
	switch l.Sort {
	case "":
		return true
	case "last_activity_at", "create_at":
		return l.InTeam != "" && l.NotInTeam == "" && !channel && !l.WithoutTeamGiven && l.InGroup == "" && l.NotInGroup == ""
	case "status", "admin":
		return l.InChannel != ""
	case "display_name":
		return l.InGroup != "" && l.NotInGroup == "" && l.InTeam == "" && l.NotInTeam == "" && !channel && !l.WithoutTeamGiven
	}
	return false
}

func (l *UserList) checkRoles(roles func() (*RoleSet, error)) error {
	known, err := roles()
	if err != nil {
		return err
	}
	for _, given := range []struct {
		name  string
		roles []string
		read  bool
	}{
		{"role", []string{l.Role}, l.Role != ""},
		{"roles", l.Roles, true},
		{"channelRoles", l.ChannelRoles, l.InChannel != ""},
		{"teamRoles", l.TeamRoles, l.InTeam != ""},
	} {
		if given.read && slices.ContainsFunc(given.roles, func(r string) bool { return !perm.ValidRoleName(r) || !known.Has(r) }) {
			return fault.Body(given.name)
		}
	}
	return nil
}

// roleSets finds the whole role strings in use that satisfy a role filter: any of
// roles (a role without roles counts as one of them, unless only substrings count),
// and role within the string. The kept counts know every string in use.
func (s *Service) roleSets(ctx context.Context, role string, roles []string, substringOnly bool) ([]string, error) {
	counts, err := s.DB.UserCounts(ctx)
	if err != nil {
		return nil, fault.New(fault.Internal, "app.user.get_profiles.app_error").Because(err)
	}
	switch {
	case substringOnly:
		roles = nil
	case len(roles) == 0 && role != "":
		roles = []string{role}
	}
	sets := []string{}
	for _, c := range counts {
		if matchesRoles(c.Roles, roles) && strings.Contains(c.Roles, role) && !slices.Contains(sets, c.Roles) {
			sets = append(sets, c.Roles)
		}
	}
	return sets, nil
}

// matchesRoles tells whether a role string satisfies any of the names. Names that
// are not about system roles set no condition.
func matchesRoles(held string, names []string) bool {
	conditions := 0
	for _, name := range names {
		switch name {
		case model.SystemUserRole:
			conditions++
			if held == model.SystemUserRole {
				return true
			}
		case model.SystemAdminRole, model.SystemGuestRole, perm.RoleSystemUserManager, perm.RoleSystemReadOnlyAdmin, perm.RoleSystemManager:
			conditions++
			if strings.Contains(held, name) {
				return true
			}
		}
	}
	return conditions == 0
}

// InvalidEmails lists active people whose address belongs to none of the domains
// that may sign up. On a server open to all there are none, which is an error.
func (s *Service) InvalidEmails(ctx context.Context, a perm.Actor, page, perPage int) (Answers, error) {
	cfg := s.Config().TeamSettings
	if cfg.EnableOpenServer {
		return Answers{}, fault.New(fault.Invalid, "<untranslated>")
	}
	if err := a.Need(perm.SysconsoleReadUserManagementUsers); err != nil {
		return Answers{}, err
	}
	f := store.EmailFilter{Offset: page * perPage, Limit: perPage}
	for d := range strings.SplitSeq(cfg.RestrictCreationToDomains, ",") {
		if d != "" {
			f.Domains = append(f.Domains, d)
		}
	}
	ids, err := s.DB.UserIDsWithForeignEmail(ctx, f)
	list, err := s.listed(ctx, a, ids, err)
	list.View = model.ViewSelf
	return list, err
}

// pages remembers which accounts stand on the pages of lists that were asked for
// lately, until any account changes its place.
type pages struct {
	entries *otter.Cache[string, pageEntry]
	version atomic.Uint64
}

type pageEntry struct {
	ids     []string
	version uint64
}

func newPages() *pages {
	return &pages{entries: otter.Must(&otter.Options[string, pageEntry]{MaximumSize: 2000})}
}

func (p *pages) moved() { p.version.Add(1) }

// page lists the ids of a page from memory or from the database.
func (s *Service) page(ctx context.Context, f store.UserFilter) ([]string, error) {
	if !keepable(&f) {
		return s.DB.UserIDs(ctx, f)
	}
	key := pageKey(f)
	version := s.pages.version.Load()
	if e, ok := s.pages.entries.GetIfPresent(key); ok && e.version == version {
		return e.ids, nil
	}
	ids, err := s.DB.UserIDs(ctx, f)
	if err == nil && s.pages.version.Load() == version {
		s.pages.entries.Set(key, pageEntry{ids: ids, version: version})
	}
	return ids, err
}

// keepable tells whether a page stays the same until an account changes its place:
// presence and what somebody is in a place change unannounced, and what one account may
// see is asked for too seldom.
func keepable(f *store.UserFilter) bool {
	a := &f.As
	return f.Sort == store.ByUsername && f.Sight == nil && !a.Admin && !a.User && !a.Guest && f.InGroup == "" && f.NotInGroup == "" && !f.GroupConstrained
}

func pageKey(f store.UserFilter) string {
	b := make([]byte, 0, 96)
	b = strconv.AppendInt(b, int64(f.Offset), 10)
	b = append(b, ' ')
	b = strconv.AppendInt(b, int64(f.Limit), 10)
	b = append(b, ' ')
	for _, flag := range [...]bool{f.Active, f.Inactive, f.WithoutTeam} {
		b = strconv.AppendBool(b, flag)
	}
	for _, id := range [...]string{f.InTeam, f.InChannel, f.NotInTeam, f.NotInChannel} {
		b = append(append(b, id...), '/')
	}
	if f.RoleSets != nil {
		b = append(b, '!')
	}
	for _, roles := range f.RoleSets {
		b = append(b, roles...)
		b = append(b, '|')
	}
	return string(b)
}

// unique drops repetitions and keeps the order of first appearance.
func unique(list []string) []string {
	seen := make(map[string]bool, len(list))
	out := make([]string, 0, len(list))
	for _, v := range list {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}
