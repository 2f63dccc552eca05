package workspace

import (
	"context"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// AddTeamMember puts an account into a team: everybody themselves where they may join,
// others only with the right to add them.
func (s *Service) AddTeamMember(ctx context.Context, a perm.Actor, teamID, userID string) (*model.TeamMember, error) {
	t, err := s.teamOr404(ctx, s.DB.Q, a, teamID)
	if err != nil {
		return nil, err
	}
	if err := mayAdd(a, t, userID); err != nil {
		return nil, err
	}
	u, err := s.DB.User(ctx, userID)
	if err != nil {
		return nil, store.Fault(err, "app.user.get.app_error", fault.NoUser())
	}
	if u.IsGuest() && userID != a.UserID {
		if err := a.NeedIn(perm.InviteGuest, t.Roles); err != nil {
			return nil, err
		}
	}
	e := &entrant[model.TeamMember]{userID: userID}
	member, err := e.wait(ctx, &s.teamEntrances, teamID)
	return member, store.Fault(err, "app.team.save_member.save.app_error")
}

// lockTeam holds a team that accounts are about to join, and reads what the actor is there.
func (s *Service) lockTeam(ctx context.Context, tx *store.Tx, a perm.Actor, teamID string) (*store.TeamAccess, error) {
	if _, err := tx.LockTeam(ctx, teamID); err != nil {
		return nil, store.Fault(err, "app.team.get.finding.app_error", errNoTeam())
	}
	return s.teamOr404(ctx, tx.Q, a, teamID)
}

// mayAdd refuses an actor who may not put an account into a team.
func mayAdd(a perm.Actor, t *store.TeamAccess, userID string) error {
	switch {
	case userID != a.UserID:
		return a.NeedIn(perm.AddUserToTeam, t.Roles)
	case t.Team.Open():
		return a.NeedIn(perm.JoinPublicTeams, t.Roles)
	}
	return a.NeedIn(perm.JoinPrivateTeams, t.Roles)
}

// groupsOf tells which accounts the groups of a team let in, and which of them become
// admins by that. A team that is not tied to its groups lets everybody in.
func (s *Service) groupsOf(ctx context.Context, q store.Q, t *model.Team, userIDs []string) (func(*model.User) bool, map[string]bool, error) {
	list, err := q.InGroupsOfTeam(ctx, t.ID, userIDs)
	if err != nil {
		return nil, nil, err
	}
	in, admins := make(map[string]bool, len(list)), map[string]bool{}
	for _, g := range list {
		in[g.UserID] = true
		if g.Admin {
			admins[g.UserID] = true
		}
	}
	tied := t.GroupConstrained != nil && *t.GroupConstrained
	return func(u *model.User) bool { return !tied || u.IsBot || in[u.ID] }, admins, nil
}

// TeamMember gives somebody's place in a team, also of somebody who left.
func (s *Service) TeamMember(ctx context.Context, a perm.Actor, teamID, userID string) (*model.TeamMember, error) {
	if _, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.ViewTeam); err != nil {
		return nil, err
	}
	if err := s.See(ctx, a, userID); err != nil {
		return nil, err
	}
	m, err := s.DB.TeamMember(ctx, teamID, userID)
	return m, store.Fault(err, "app.team.get_member.app_error", fault.New(fault.NotFound, "app.team.get_member.missing.app_error"))
}

// MemberPage is a request for a page of who is in a team.
type MemberPage struct {
	ByUsername    bool // in this order instead of that of the ids
	ActiveOnly    bool // leaves out deactivated accounts
	Page, PerPage int
}

// TeamMembers gives a page of who is in a team.
func (s *Service) TeamMembers(ctx context.Context, a perm.Actor, teamID string, p MemberPage) ([]*model.TeamMember, error) {
	if _, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.ViewTeam); err != nil {
		return nil, err
	}
	view, err := s.Accounts.SightOf(ctx, a)
	if err != nil {
		return nil, err
	}
	list, err := s.DB.TeamMembers(ctx, teamID, store.TeamMemberList{
		View: view, ByUsername: p.ByUsername, ActiveOnly: p.ActiveOnly,
		Offset: p.Page * p.PerPage, Limit: p.PerPage,
	})
	return list, store.Fault(err, "app.team.get_members.app_error")
}

// TeamMembersByIDs gives the places of those of the accounts who are in a team.
func (s *Service) TeamMembersByIDs(ctx context.Context, a perm.Actor, teamID string, userIDs []string) ([]*model.TeamMember, error) {
	if _, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.ViewTeam); err != nil {
		return nil, err
	}
	view, err := s.Accounts.SightOf(ctx, a)
	if err != nil {
		return nil, err
	}
	list, err := s.DB.TeamMembers(ctx, teamID, store.TeamMemberList{View: view, Among: userIDs, Limit: len(userIDs)})
	return list, store.Fault(err, "app.team.get_members_by_ids.app_error")
}

// TeamMembersOf gives the places of an account in teams, left ones included.
func (s *Service) TeamMembersOf(ctx context.Context, a perm.Actor, userID string) ([]*model.TeamMember, error) {
	if a.UserID != userID && !a.Can(perm.ReadOtherUsersTeams) {
		return nil, fault.Permission(a.UserID, string(perm.ReadOtherUsersTeams))
	}
	if err := s.See(ctx, a, userID); err != nil {
		return nil, err
	}
	list, err := s.DB.TeamMembersOf(ctx, userID)
	return list, store.Fault(err, "app.team.get_members.app_error")
}

// TeamsOf gives the teams an account is in that are not archived.
func (s *Service) TeamsOf(ctx context.Context, a perm.Actor, userID string) ([]model.TeamView, error) {
	if a.UserID != userID && !a.Can(perm.SysconsoleReadUserManagementUsers) {
		return nil, fault.Permission(a.UserID, string(perm.SysconsoleReadUserManagementUsers))
	}
	list, err := s.DB.TeamsOf(ctx, userID, a.UserID)
	if err != nil {
		return nil, store.Fault(err, "app.team.get_all.app_error")
	}
	out := make([]model.TeamView, len(list))
	for i, t := range list {
		out[i] = viewTeam(a, t)
	}
	return out, nil
}
