package workspace

import (
	"context"

	"muster/internal/fault"
	"muster/internal/fold"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// TeamPage is some of a list of teams, and how many there are when that was asked for.
type TeamPage struct {
	Teams []model.TeamView `json:"teams"`
	Total int64            `json:"total_count"`
}

// listedTeams says which teams the actor may list: all, or only those that are open or
// not. none means none at all.
func listedTeams(a perm.Actor) (f store.TeamFilter, none bool) {
	public, private := a.Can(perm.ListPublicTeams), a.Can(perm.ListPrivateTeams)
	if public != private {
		f.Open = &public
	}
	return f, !public && !private
}

// AllTeams lists the teams of the server, archived ones included, by display name.
func (s *Service) AllTeams(ctx context.Context, a perm.Actor, page, perPage int, count bool) (TeamPage, error) {
	f, none := listedTeams(a)
	if none {
		return TeamPage{}, fault.New(fault.Forbidden, "api.team.get_all_teams.insufficient_permissions")
	}
	f.Offset, f.Limit = page*perPage, perPage
	return s.teamPage(ctx, a, f, count)
}

func (s *Service) teamPage(ctx context.Context, a perm.Actor, f store.TeamFilter, count bool) (TeamPage, error) {
	list, err := s.DB.Teams(ctx, f, a.UserID)
	if err != nil {
		return TeamPage{}, store.Fault(err, "app.team.get_all.app_error")
	}
	out := TeamPage{Teams: make([]model.TeamView, len(list))}
	for i, t := range list {
		out.Teams[i] = viewTeam(a, t)
	}
	if count {
		out.Total, err = s.DB.CountTeams(ctx, f)
	}
	return out, store.Fault(err, "app.team.get_all.app_error")
}

// TeamSearch is a search for teams by a part of a name.
type TeamSearch struct {
	Term             string `json:"term"`
	Page             *int   `json:"page"`
	PerPage          *int   `json:"per_page"`
	AllowOpenInvite  *bool  `json:"allow_open_invite"`
	GroupConstrained *bool  `json:"group_constrained"`
}

// Paged tells whether one page is wanted, and the number of all.
func (q *TeamSearch) Paged() bool { return q.Page != nil && q.PerPage != nil }

// teamSearchMax is how many teams a search gives that does not ask for a page.
const teamSearchMax = 1000

// SearchTeams finds teams the actor may list by a part of their name or display name.
func (s *Service) SearchTeams(ctx context.Context, a perm.Actor, q TeamSearch) (TeamPage, error) {
	if a.UserID == "" && !a.Local {
		return TeamPage{}, fault.NoSession()
	}
	f, none := listedTeams(a)
	if none {
		return TeamPage{Teams: []model.TeamView{}}, nil
	}
	if q.Paged() && f.Open != nil {
		if *f.Open {
			return TeamPage{}, fault.New(fault.Unavailable, "api.team.search_teams.pagination_not_implemented.public_team_search")
		}
		return TeamPage{}, fault.New(fault.Unavailable, "api.team.search_teams.pagination_not_implemented.private_team_search")
	}
	if q.AllowOpenInvite != nil {
		if f.Open != nil && *f.Open != *q.AllowOpenInvite {
			return TeamPage{Teams: []model.TeamView{}}, nil
		}
		f.Open = q.AllowOpenInvite
	}
	f.Term, f.GroupConstrained, f.Limit = fold.Text(q.Term), q.GroupConstrained, teamSearchMax
	if q.Paged() {
		f.Limit = min(max(*q.PerPage, 0), perPageMax)
		f.Offset = min(max(*q.Page, 0), pageMax) * f.Limit
	}
	return s.teamPage(ctx, a, f, q.Paged())
}

// Bounds of the pages that a body asks for.
const (
	perPageMax = 200
	pageMax    = 1 << 20
)

// TeamStats is how many people are in a team.
type TeamStats struct {
	TeamID string `json:"team_id"`
	Total  int64  `json:"total_member_count"`
	Active int64  `json:"active_member_count"`
}

// TeamStats tells how many people are in a team, from the kept counts. Who may not know
// of all of them gets the number of those they may.
func (s *Service) TeamStats(ctx context.Context, a perm.Actor, teamID string) (TeamStats, error) {
	t, err := s.needTeam(ctx, s.DB.Q, a, teamID, perm.ViewTeam)
	if err != nil {
		return TeamStats{}, err
	}
	out := TeamStats{TeamID: teamID, Total: t.Team.Members, Active: t.Team.ActiveMembers}
	view, err := s.Accounts.SightOf(ctx, a)
	if err != nil || view == nil {
		return out, err
	}
	out.Total, out.Active, err = s.DB.CountTeamMembers(ctx, teamID, view)
	return out, store.Fault(err, "app.team.get_member_count.app_error")
}

// TeamInvite is what everybody with an invitation learns of a team.
type TeamInvite struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
	Description string `json:"description"`
}

// TeamInvite tells what team an invite id is of. The id is all that is needed.
func (s *Service) TeamInvite(ctx context.Context, _ perm.Actor, inviteID string) (TeamInvite, error) {
	t, err := invitedTo(ctx, s.DB.Q, inviteID)
	if err != nil {
		return TeamInvite{}, err
	}
	if t.Type != model.TeamOpen {
		return TeamInvite{}, fault.New(fault.Forbidden, "api.team.get_invite_info.not_open_team")
	}
	return TeamInvite{ID: t.ID, Name: t.Name, DisplayName: t.DisplayName, Description: t.Description}, nil
}

// errNoInvite says that no team has an invite id.
func errNoInvite() *fault.Error {
	return fault.New(fault.NotFound, "app.team.get_by_invite_id.finding.app_error")
}
