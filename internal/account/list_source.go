package account

import (
	"context"
	"errors"
	"slices"
	"strings"

	"muster/internal/fault"
	"muster/internal/perm"
	"muster/internal/store"
)

// source is where the accounts of a list come from.
type source struct {
	filter store.UserFilter
	tagged bool // the list has an ETag
	plain  bool // everybody gets the view of others
}

// filters are the parameters a list honours beside the one that decides where it comes from.
type filters struct {
	activity, role, roles bool
	sight                 bool
	place                 string // whose roles are read: "team" or "channel"
}

// sourceOf decides where the list comes from: the first parameter in the documented
// order counts, the others are ignored. It refuses an actor who may not know.
func (s *Service) sourceOf(ctx context.Context, a perm.Actor, l *UserList) (source, error) {
	out, honoured, err := s.branch(ctx, a, l)
	if err != nil {
		return source{}, err
	}
	f := &out.filter
	if honoured.activity {
		f.Active, f.Inactive = l.Active, l.Inactive
	}
	if honoured.sight {
		if f.Sight, err = s.SightOf(ctx, a); err != nil {
			return source{}, err
		}
	}
	err = s.filterRoles(ctx, l, honoured, f)
	return out, err
}

func (s *Service) branch(ctx context.Context, a perm.Actor, l *UserList) (out source, honoured filters, err error) {
	f := &out.filter
	honoured.sight = true
	f.GroupConstrained = l.GroupConstrained
	switch {
	case l.WithoutTeam:
		f.WithoutTeam, honoured.activity, honoured.role = true, true, true
		return out, honoured, a.Need(perm.ListUsersWithoutTeam)
	case l.NotInChannel != "":
		f.InTeam, f.NotInChannel = l.InTeam, l.NotInChannel
		_, err = InChannel(ctx, s.DB.Q, a, l.NotInChannel, perm.ReadChannel)
		return out, honoured, err
	case l.NotInTeam != "":
		out.tagged, f.NotInTeam = true, l.NotInTeam
		return out, honoured, s.needTeam(ctx, a, l.NotInTeam)
	case l.InTeam != "":
		f.InTeam, out.tagged = l.InTeam, l.Sort == ""
		switch l.Sort {
		case "last_activity_at":
			f.Sort, f.Left = store.ByActivity, true
		case "create_at":
			f.Sort, f.Left = store.ByCreation, true
		default:
			honoured = filters{activity: true, role: true, roles: true, sight: true, place: "team"}
		}
		return out, honoured, s.needTeam(ctx, a, l.InTeam)
	case l.InChannel != "":
		f.InChannel, honoured = l.InChannel, filters{activity: true}
		switch l.Sort {
		case "status":
			f.Sort = store.ByStatus
		case "admin":
			f.Sort = store.ByAdmin
		default:
			honoured.roles, honoured.place = true, "channel"
		}
		_, err = InChannel(ctx, s.DB.Q, a, l.InChannel, perm.ReadChannel)
		return out, honoured, err
	case l.InGroup != "":
		f.InGroup, f.Active, out.plain = l.InGroup, true, true
		if l.Sort == "display_name" {
			f.Sort, err = s.displayNameOrder(ctx, a)
		}
		return out, honoured, errors.Join(s.needGroup(ctx, a, l.InGroup), err)
	case l.NotInGroup != "":
		f.NotInGroup, f.Active, out.plain = l.NotInGroup, true, true
		return out, honoured, s.needGroup(ctx, a, l.NotInGroup)
	}
	return out, filters{activity: true, role: true, roles: true, sight: true}, nil
}

// needTeam refuses an actor who may not know who is in a team. Whoever may look at every
// team finds nobody in one that does not exist.
func (s *Service) needTeam(ctx context.Context, a perm.Actor, teamID string) error {
	if a.Can(perm.ViewTeam) {
		return nil
	}
	_, err := InTeam(ctx, s.DB.Q, a, teamID, perm.ViewTeam)
	return err
}

// displayNameOrder is the order in which the actor sees names.
func (s *Service) displayNameOrder(ctx context.Context, a perm.Actor) (store.UserSort, error) {
	cfg := s.Config()
	if !cfg.PrivacySettings.ShowFullName {
		return store.ByUsername, nil
	}
	format := cfg.TeamSettings.TeammateNameDisplay
	p, err := s.DB.Preference(ctx, a.UserID, "display_settings", "name_format")
	if err == nil {
		format = p.Value
	} else if !errors.Is(err, store.ErrNotFound) {
		return 0, store.Fault(err, "app.preference.get.app_error")
	}
	switch format {
	case "nickname_full_name":
		return store.ByNickname, nil
	case "full_name":
		return store.ByFullName, nil
	}
	return store.ByUsername, nil
}

// filterRoles puts the roles that are asked for, as far as they are honoured, into the filter.
func (s *Service) filterRoles(ctx context.Context, l *UserList, honoured filters, f *store.UserFilter) (err error) {
	role, roles, place := "", []string(nil), []string(nil)
	if honoured.role {
		role = l.Role
	}
	if honoured.roles {
		roles = l.Roles
	}
	switch honoured.place {
	case "team":
		place = l.TeamRoles
	case "channel":
		place = l.ChannelRoles
	}
	f.As, err = s.placeRoles(ctx, honoured.place, place, roles)
	if err != nil {
		return err
	}
	substringOnly := !honoured.roles
	if f.As.Admin || f.As.User || f.As.Guest {
		roles, substringOnly = nil, true // they are alternatives to what somebody is there
	}
	if role != "" || len(roles) > 0 {
		f.RoleSets, err = s.roleSets(ctx, role, roles, substringOnly)
	}
	return err
}

// placeRoles turns names such as team_admin into what somebody must be in the place,
// with the names of system roles as alternatives. Other names set no condition.
func (s *Service) placeRoles(ctx context.Context, place string, names, roles []string) (out store.PlaceRoles, err error) {
	for _, name := range names {
		switch name {
		case place + "_admin":
			out.Admin = true
		case place + "_user":
			out.User = true
		case place + "_guest":
			out.Guest = true
		}
	}
	if !out.Admin && !out.User && !out.Guest {
		return out, nil
	}
	counts, err := s.DB.UserCounts(ctx)
	if err != nil {
		return out, fault.New(fault.Internal, "app.user.get_profiles.app_error").Because(err)
	}
	for _, c := range counts {
		if strings.Contains(c.Roles, perm.RoleSystemAdmin) && !slices.Contains(out.Admins, c.Roles) {
			out.Admins = append(out.Admins, c.Roles)
		}
		if len(roles) > 0 && matchesRoles(c.Roles, roles) && !slices.Contains(out.Sets, c.Roles) {
			out.Sets = append(out.Sets, c.Roles)
		}
	}
	return out, nil
}
