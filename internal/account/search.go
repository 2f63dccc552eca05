package account

import (
	"context"

	"muster/internal/fault"
	"muster/internal/perm"
	"muster/internal/store"
)

// Limits of a search.
const (
	searchDefault = 100
	searchMax     = 1000
)

// UserSearch is a request to find accounts by a text.
type UserSearch struct {
	Term             string   `json:"term"`
	TeamID           string   `json:"team_id"`
	NotInTeamID      string   `json:"not_in_team_id"`
	InChannelID      string   `json:"in_channel_id"`
	NotInChannelID   string   `json:"not_in_channel_id"`
	InGroupID        string   `json:"in_group_id"`
	NotInGroupID     string   `json:"not_in_group_id"`
	GroupConstrained bool     `json:"group_constrained"`
	AllowInactive    bool     `json:"allow_inactive"`
	WithoutTeam      bool     `json:"without_team"`
	Limit            int      `json:"limit"`
	Role             string   `json:"role"`
	Roles            []string `json:"roles"`
	ChannelRoles     []string `json:"channel_roles"`
	TeamRoles        []string `json:"team_roles"`
}

// SearchUsers finds accounts in whose names or addresses every word of the term
// occurs, by username.
func (s *Service) SearchUsers(ctx context.Context, a perm.Actor, q UserSearch) (Answers, error) {
	if err := q.check(a); err != nil {
		return Answers{}, err
	}
	if q.nobody() {
		return s.answers(a, nil), nil
	}
	find := store.UserSearch{Term: q.Term, FullNames: s.namesSearchable(a), Emails: a.IsAdmin() || s.Config().PrivacySettings.ShowEmailAddress,
		AllowInactive: q.AllowInactive, Limit: q.Limit}
	if find.Limit == 0 {
		find.Limit = searchDefault
	}
	if q.Role != "" || len(q.Roles) > 0 {
		sets, err := s.roleSets(ctx, q.Role, q.Roles, false)
		if err != nil {
			return Answers{}, err
		}
		find.RoleSets = sets
	}
	return s.found(ctx, a, find)
}

func (s *Service) namesSearchable(a perm.Actor) bool {
	return a.IsAdmin() || s.Config().PrivacySettings.ShowFullName
}

func (s *Service) found(ctx context.Context, a perm.Actor, find store.UserSearch) (Answers, error) {
	if !a.Can(perm.ViewMembers) {
		return s.answers(a, nil), nil // finds those it shares a team or channel with, and there are none yet
	}
	ids, err := s.DB.SearchUsers(ctx, find)
	if err != nil {
		return Answers{}, fault.New(fault.Internal, "app.user.search.app_error").Because(err)
	}
	return s.listed(ctx, a, ids, nil)
}

// check refuses impossible searches in the documented order. Teams, channels and
// groups do not exist yet, so whoever asks for one gets the answer for a missing one.
func (q *UserSearch) check(a perm.Actor) error {
	switch {
	case q.Term == "":
		return fault.Body("term")
	case q.NotInChannelID != "" && q.TeamID == "":
		return fault.Body("team_id")
	case q.InGroupID != "" || q.NotInGroupID != "":
		return fault.New(fault.NotFound, "app.group.no_rows")
	case q.InChannelID != "" || q.NotInChannelID != "":
		return fault.Permission(a.UserID, string(perm.ReadChannel))
	case q.TeamID != "" || q.NotInTeamID != "":
		if err := a.Need(perm.ViewTeam); err != nil {
			return err
		}
	}
	if q.Limit < 0 || q.Limit > searchMax {
		return fault.Body("limit")
	}
	return nil
}

// nobody tells whether the scope is empty: a team that does not exist has no members,
// and no group is linked to it. Whoever is asked for without a team, or as being in
// none that is given, is everybody.
func (q *UserSearch) nobody() bool {
	switch {
	case q.WithoutTeam:
		return false
	case q.NotInTeamID != "":
		return q.GroupConstrained
	}
	return q.TeamID != ""
}

// UserAutocomplete is a request to complete a name that is being typed.
type UserAutocomplete struct {
	Name      string
	InTeam    string
	InChannel string
	Limit     int // 0 finds nothing
}

// AutocompleteUsers finds active accounts by their names, never by address.
func (s *Service) AutocompleteUsers(ctx context.Context, a perm.Actor, q UserAutocomplete) (Answers, error) {
	switch {
	case q.InChannel != "":
		return Answers{}, fault.Permission(a.UserID, string(perm.ReadChannel))
	case q.InTeam != "":
		if err := a.Need(perm.ViewTeam); err != nil {
			return Answers{}, err
		}
		return s.answers(a, nil), nil
	case q.Limit < 0:
		return Answers{}, fault.New(fault.Internal, "app.user.search.app_error")
	case q.Limit == 0:
		return s.answers(a, nil), nil
	}
	return s.found(ctx, a, store.UserSearch{Term: q.Name, FullNames: s.namesSearchable(a),
		Limit: min(q.Limit, searchMax)})
}
