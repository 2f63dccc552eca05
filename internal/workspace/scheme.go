package workspace

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

// NewScheme is a request for a scheme; which roles it has is not for a client to say.
type NewScheme struct {
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
	Description string `json:"description"`
	Scope       string `json:"scope"`
}

func errNoScheme() *fault.Error { return fault.New(fault.NotFound, "app.scheme.get.app_error") }

func errSchemeName() *fault.Error {
	return fault.New(fault.Invalid, "app.scheme.save.invalid_scheme.app_error")
}

// schemeRole is one of the roles a scheme has, and the built-in role in whose place it stands.
type schemeRole struct {
	builtIn, title string
	name           func(*model.Scheme) *string
}

// channelSchemeRoles are those of every scheme, teamSchemeRoles those of the schemes of teams
// on top.
var (
	channelSchemeRoles = []schemeRole{
		{perm.RoleChannelAdmin, "Channel admins", func(m *model.Scheme) *string { return &m.DefaultChannelAdminRole }},
		{perm.RoleChannelUser, "Channel members", func(m *model.Scheme) *string { return &m.DefaultChannelUserRole }},
		{perm.RoleChannelGuest, "Channel guests", func(m *model.Scheme) *string { return &m.DefaultChannelGuestRole }},
	}
	teamSchemeRoles = []schemeRole{
		{perm.RoleTeamAdmin, "Team admins", func(m *model.Scheme) *string { return &m.DefaultTeamAdminRole }},
		{perm.RoleTeamUser, "Team members", func(m *model.Scheme) *string { return &m.DefaultTeamUserRole }},
		{perm.RoleTeamGuest, "Team guests", func(m *model.Scheme) *string { return &m.DefaultTeamGuestRole }},
		{perm.RolePlaybookAdmin, "Playbook admins", func(m *model.Scheme) *string { return &m.DefaultPlaybookAdminRole }},
		{perm.RolePlaybookMember, "Playbook members", func(m *model.Scheme) *string { return &m.DefaultPlaybookMemberRole }},
		{perm.RoleRunAdmin, "Run admins", func(m *model.Scheme) *string { return &m.DefaultRunAdminRole }},
		{perm.RoleRunMember, "Run members", func(m *model.Scheme) *string { return &m.DefaultRunMemberRole }},
	}
)

// CreateScheme makes a scheme. Its roles begin as copies of the built-in ones; those of a
// scheme of channels can only take away, so they hold what can be moderated.
func (s *Service) CreateScheme(ctx context.Context, a perm.Actor, in NewScheme) (*model.Scheme, error) {
	if err := a.Need(perm.SysconsoleWriteUserManagementPermissions); err != nil {
		return nil, err
	}
	m := &model.Scheme{Name: in.Name, DisplayName: in.DisplayName, Description: in.Description, Scope: in.Scope}
	if m.Name == "" {
		m.Name = model.NewID()
	}
	if err := validScheme(m, true); err != nil {
		return nil, err
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		builtIn, err := rolesNamed(ctx, tx.Q, builtInNames(rolesOf(m.Scope)))
		if err != nil {
			return err
		}
		return s.insertScheme(ctx, tx, m, func(r schemeRole) []string {
			switch {
			case m.Scope == model.SchemeTeam:
				return builtIn[r.builtIn].Permissions
			case r.builtIn == perm.RoleChannelAdmin:
				return nil
			}
			return perm.Moderated(builtIn[r.builtIn].Permissions)
		})
	})
	if errors.Is(err, store.ErrConflict) {
		return nil, errSchemeName().Because(err)
	}
	return m, store.Fault(err, "app.scheme.save.app_error")
}

// validScheme checks what people say of a scheme; the names for moderation are not theirs to give.
func validScheme(m *model.Scheme, named bool) error {
	if named && strings.HasPrefix(m.Name, moderationPrefix) {
		return errSchemeName()
	}
	return m.Validate()
}

// rolesOf gives the roles that schemes of a scope have.
func rolesOf(scope string) []schemeRole {
	if scope == model.SchemeTeam {
		return slices.Concat(teamSchemeRoles, channelSchemeRoles)
	}
	return channelSchemeRoles
}

func builtInNames(roles []schemeRole) []string {
	out := make([]string, len(roles))
	for i, r := range roles {
		out[i] = r.builtIn
	}
	return out
}

// rolesNamed reads roles as they are stored; one that does not exist grants nothing.
func rolesNamed(ctx context.Context, q store.Q, names []string) (map[string]*model.Role, error) {
	found, err := q.RolesNamed(ctx, names)
	if err != nil {
		return nil, err
	}
	out := make(map[string]*model.Role, len(names))
	for _, name := range names {
		out[name] = &model.Role{Name: name}
	}
	for _, r := range found {
		out[r.Name] = r
	}
	return out, nil
}

// insertScheme stores a new scheme and its roles.
func (s *Service) insertScheme(ctx context.Context, tx *store.Tx, m *model.Scheme, grants func(schemeRole) []string) error {
	now := s.now()
	m.ID, m.CreateAt, m.UpdateAt = model.NewID(), now, now
	var roles []*model.Role
	for _, r := range rolesOf(m.Scope) {
		name := model.NewID()
		*r.name(m) = name
		roles = append(roles, &model.Role{
			ID: model.NewID(), Name: name, DisplayName: r.title + " of scheme " + m.Name, CreateAt: now, UpdateAt: now,
			Permissions: grants(r), SchemeManaged: true, SchemeID: &m.ID,
		})
	}
	if err := tx.InsertScheme(ctx, m); err != nil {
		return err
	}
	tx.Emit(event.RolesStale())
	return tx.InsertRoles(ctx, roles)
}

// Schemes lists schemes, newest first.
func (s *Service) Schemes(ctx context.Context, a perm.Actor, scope string, page, perPage int) ([]*model.Scheme, error) {
	if err := a.Need(perm.SysconsoleReadUserManagementPermissions); err != nil {
		return nil, err
	}
	if scope != "" && scope != model.SchemeTeam && scope != model.SchemeChannel {
		return nil, fault.URL("scope")
	}
	list, err := s.DB.Schemes(ctx, scope, page*perPage, perPage)
	return list, store.Fault(err, "app.scheme.get.app_error")
}

// Scheme describes a scheme.
func (s *Service) Scheme(ctx context.Context, a perm.Actor, id string) (*model.Scheme, error) {
	if err := a.Need(perm.SysconsoleReadUserManagementPermissions); err != nil {
		return nil, err
	}
	m, err := s.DB.Scheme(ctx, id)
	return m, store.Fault(err, "app.scheme.get.app_error", errNoScheme())
}

// PatchScheme changes what is written about a scheme; what its roles grant is changed role by role.
func (s *Service) PatchScheme(ctx context.Context, a perm.Actor, id string, p model.SchemePatch) (*model.Scheme, error) {
	m, err := s.changeScheme(ctx, a, id, func(_ *store.Tx, m *model.Scheme) error {
		p.Apply(m)
		return validScheme(m, p.Name != nil)
	})
	if errors.Is(err, store.ErrConflict) {
		return nil, errSchemeName().Because(err)
	}
	return m, store.Fault(err, "app.scheme.save.app_error")
}

// DeleteScheme removes a scheme: teams and channels that have it go back to the roles they
// had without it.
func (s *Service) DeleteScheme(ctx context.Context, a perm.Actor, id string) error {
	_, err := s.changeScheme(ctx, a, id, func(tx *store.Tx, m *model.Scheme) error {
		m.DeleteAt = s.now()
		tx.Emit(event.RolesStale())
		return tx.AbandonScheme(ctx, m.ID, m.DeleteAt)
	})
	return store.Fault(err, "app.scheme.delete.app_error")
}

// changeScheme lets an actor who may decide about permissions change a scheme.
func (s *Service) changeScheme(ctx context.Context, a perm.Actor, id string, change func(*store.Tx, *model.Scheme) error) (*model.Scheme, error) {
	if err := a.Need(perm.SysconsoleWriteUserManagementPermissions); err != nil {
		return nil, err
	}
	var m *model.Scheme
	err := s.DB.Tx(ctx, func(tx *store.Tx) (err error) {
		if m, err = tx.LockScheme(ctx, id); err != nil {
			return store.Fault(err, "app.scheme.get.app_error", errNoScheme())
		}
		if err := change(tx, m); err != nil {
			return err
		}
		m.UpdateAt = max(s.now(), m.UpdateAt+1)
		return tx.UpdateScheme(ctx, m)
	})
	return m, err
}
