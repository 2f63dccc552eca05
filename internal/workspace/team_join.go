package workspace

import (
	"context"

	"muster/internal/account"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/store"
)

// teamEntry says how accounts come into a team.
type teamEntry struct {
	by *model.User // who added them; nil when they came by themselves
	// admins are those who come as admins because of a group.
	admins map[string]bool
}

// teamJoin is what became of one account that was to come into a team.
type teamJoin struct {
	user   *model.User
	member *model.TeamMember // nil when it could not come
	came   bool              // it was no member before
	err    error
}

// joinTeam puts accounts into a team that is locked, with a number of statements that
// does not depend on how many they are. Each account's fate is its own: one that cannot
// come keeps no other out.
func (s *Service) joinTeam(ctx context.Context, tx *store.Tx, t *model.Team, users []*model.User, e teamEntry) ([]teamJoin, error) {
	ids := make([]string, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	known, err := s.teamMembersAmong(ctx, tx.Q, t.ID, ids)
	if err != nil {
		return nil, err
	}
	out := s.admitToTeam(t, users, known, e)
	var came []*model.User
	var rows []*model.TeamMember
	for _, j := range out {
		if j.came {
			came, rows = append(came, j.user), append(rows, j.member)
		}
	}
	if len(came) == 0 {
		return out, nil
	}
	if err := s.enterTeam(ctx, tx, t, came, rows); err != nil {
		return nil, err
	}
	if err := s.joinDefaultChannels(ctx, tx, t, came, e); err != nil {
		return nil, err
	}
	for _, u := range came {
		tx.Emit(event.AddedToTeam(t.ID, u.ID))
	}
	if known, err = s.teamMembersAmong(ctx, tx.Q, t.ID, ids); err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].came {
			out[i].member = known[out[i].user.ID]
		}
	}
	return out, nil
}

func (s *Service) teamMembersAmong(ctx context.Context, q store.Q, teamID string, ids []string) (map[string]*model.TeamMember, error) {
	list, err := q.TeamMembersAmong(ctx, teamID, ids)
	if err != nil {
		return nil, err
	}
	known := make(map[string]*model.TeamMember, len(list))
	for _, m := range list {
		known[m.UserID] = m
	}
	return known, nil
}

// admitToTeam decides for each account whether it may come, in the documented order.
func (s *Service) admitToTeam(t *model.Team, users []*model.User, known map[string]*model.TeamMember, e teamEntry) []teamJoin {
	room, now := int64(s.Config().TeamSettings.MaxUsersPerTeam)-t.ActiveMembers, s.now()
	out := make([]teamJoin, len(users))
	seen := make(map[string]int, len(users))
	for i, u := range users {
		if first, again := seen[u.ID]; again {
			out[i] = out[first]
			out[i].came = false
			continue
		}
		seen[u.ID] = i
		j := teamJoin{user: u}
		was := known[u.ID]
		switch {
		case !s.domainFits(t, u):
			j.err = fault.New(fault.Invalid, "api.team.join_user_to_team.allowed_domains.app_error")
		case was != nil && was.DeleteAt == 0:
			j.member = was
		case room <= 0 && was == nil:
			j.err = fault.New(fault.Invalid, "app.team.join_user_to_team.save_member.max_accounts.app_error")
		case room <= 0:
			j.err = fault.New(fault.Invalid, "app.team.join_user_to_team.max_accounts.app_error")
		default:
			j.came = true
			j.member = &model.TeamMember{
				TeamID: t.ID, UserID: u.ID, Username: u.Username, CreateAt: now, SchemeGuest: u.IsGuest(),
				SchemeUser: !u.IsGuest(), SchemeAdmin: !u.IsGuest() && (u.Email == t.Email || e.admins[u.ID]),
			}
			if u.Active() {
				room--
			}
		}
		out[i] = j
	}
	return out
}

// domainFits tells whether the address of an account is one the team and the server want.
func (s *Service) domainFits(t *model.Team, u *model.User) bool {
	if u.IsBot {
		return true
	}
	cfg := s.Config()
	if u.IsGuest() {
		return account.DomainAllowed(u.Email, cfg.GuestAccountsSettings.RestrictCreationToDomains)
	}
	return account.DomainAllowed(u.Email, t.AllowedDomains) && account.DomainAllowed(u.Email, cfg.TeamSettings.RestrictCreationToDomains)
}

// enterTeam stores the new places in a team with what belongs to them.
func (s *Service) enterTeam(ctx context.Context, tx *store.Tx, t *model.Team, came []*model.User, rows []*model.TeamMember) error {
	ids, active := make([]string, len(came)), 0
	for i, u := range came {
		ids[i] = u.ID
		if u.Active() {
			active++
		}
	}
	if err := tx.EnterTeam(ctx, t.ID, rows); err != nil {
		return err
	}
	if err := tx.CountTeam(ctx, t.ID, len(came), active); err != nil {
		return err
	}
	t.Members, t.ActiveMembers = t.Members+int64(len(came)), t.ActiveMembers+int64(active)
	if err := tx.TouchUsers(ctx, ids, s.now()); err != nil {
		return err
	}
	tx.Emit(event.UsersStale(ids...))
	return tx.InsertDefaultCategories(ctx, t.ID, ids)
}

// joinDefaultChannels puts everybody but guests into the channels a team begins with, as
// far as those still exist and are open. Whoever the team belongs to is their admin.
func (s *Service) joinDefaultChannels(ctx context.Context, tx *store.Tx, t *model.Team, users []*model.User, e teamEntry) error {
	var plain, admins []*model.User
	for _, u := range users {
		switch {
		case u.IsGuest():
		case u.Email == t.Email:
			admins = append(admins, u)
		default:
			plain = append(plain, u)
		}
	}
	if len(plain)+len(admins) == 0 {
		return nil
	}
	var names []string
	for _, c := range s.defaultChannels() {
		names = append(names, c.Name)
	}
	channels, err := tx.OpenChannelsNamed(ctx, t.ID, names)
	if err != nil {
		return err
	}
	quiet := !s.Config().ServiceSettings.ExperimentalEnableDefaultChannelLeaveJoinMessages
	for _, c := range channels {
		for _, group := range []struct {
			users []*model.User
			admin bool
		}{{plain, false}, {admins, true}} {
			if len(group.users) == 0 {
				continue
			}
			entry := channelEntry{by: e.by, admin: group.admin, team: true, quiet: quiet}
			if _, err := s.joinChannel(ctx, tx, c, group.users, entry); err != nil {
				return err
			}
		}
	}
	return nil
}
