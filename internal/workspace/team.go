package workspace

import (
	"context"
	"errors"

	"muster/internal/account"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// NewTeam is a request for a new team. What a client cannot decide is not here.
type NewTeam struct {
	Name             string `json:"name"`
	DisplayName      string `json:"display_name"`
	Type             string `json:"type"`
	Description      string `json:"description"`
	Email            string `json:"email"` // for the local socket, which has no account
	CompanyName      string `json:"company_name"`
	AllowedDomains   string `json:"allowed_domains"`
	AllowOpenInvite  bool   `json:"allow_open_invite"`
	GroupConstrained *bool  `json:"group_constrained"`
}

// errNoTeam says that a team does not exist.
func errNoTeam() *fault.Error { return fault.New(fault.NotFound, "app.team.get.find.app_error") }

// CreateTeam makes a team with its default channels; who makes it is its admin.
func (s *Service) CreateTeam(ctx context.Context, a perm.Actor, in NewTeam) (model.TeamView, error) {
	if !a.Can(perm.CreateTeam) {
		return model.TeamView{}, fault.New(fault.Forbidden, "api.team.is_team_creation_allowed.disabled.app_error")
	}
	now := s.now()
	t := &model.Team{
		ID: model.NewID(), CreateAt: now, UpdateAt: now, Name: in.Name, DisplayName: in.DisplayName, Type: in.Type,
		Description: in.Description, Email: in.Email, CompanyName: in.CompanyName, AllowedDomains: in.AllowedDomains,
		InviteID: model.NewID(), AllowOpenInvite: in.AllowOpenInvite, GroupConstrained: in.GroupConstrained,
	}
	t.Clean()
	var view model.TeamView
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		creator, err := s.creator(ctx, tx, a, t)
		if err != nil {
			return err
		}
		if err := t.Validate(); err != nil {
			return err
		}
		if err := s.insertTeam(ctx, tx, t); err != nil {
			return err
		}
		view, err = s.settle(ctx, tx, a, t, creator)
		return err
	})
	if errors.Is(err, store.ErrConflict) {
		return view, fault.New(fault.Invalid, "store.sql_team.save_team.existing.app_error").Because(err)
	}
	return view, store.Fault(err, "app.team.save.app_error")
}

// creator reads who makes a team, nil for the local socket. The address of the team is
// the creator's.
func (s *Service) creator(ctx context.Context, tx *store.Tx, a perm.Actor, t *model.Team) (*model.User, error) {
	if a.UserID == "" {
		return nil, nil
	}
	u, err := tx.LockUser(ctx, a.UserID)
	if err != nil {
		return nil, store.Fault(err, "app.user.get.app_error", fault.NoUser())
	}
	t.Email = u.Email
	for _, domains := range []string{t.AllowedDomains, s.Config().TeamSettings.RestrictCreationToDomains} {
		if !account.DomainAllowed(u.Email, domains) {
			return nil, fault.New(fault.Invalid, "api.team.is_team_creation_allowed.domain.app_error")
		}
	}
	return u, nil
}

// insertTeam stores a new team and its default channels.
func (s *Service) insertTeam(ctx context.Context, tx *store.Tx, t *model.Team) error {
	if err := tx.InsertTeam(ctx, t); err != nil {
		return err
	}
	for _, c := range s.defaultChannels() {
		c.ID, c.CreateAt, c.UpdateAt, c.TeamID, c.Type = model.NewID(), t.CreateAt, t.CreateAt, t.ID, model.ChannelOpen
		c.LastPostAt, c.LastRootPostAt = t.CreateAt, t.CreateAt
		if err := tx.InsertChannel(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// settle lets the creator of a team join it.
func (s *Service) settle(ctx context.Context, tx *store.Tx, a perm.Actor, t *model.Team, creator *model.User) (model.TeamView, error) {
	if creator == nil {
		return t.View(teamRights(a, "")), nil
	}
	joined, err := s.joinTeam(ctx, tx, t, []*model.User{creator}, teamEntry{})
	if err != nil {
		return model.TeamView{}, err
	}
	if joined[0].err != nil {
		return model.TeamView{}, joined[0].err
	}
	return t.View(teamRights(a, joined[0].member.Roles)), nil
}

// defaultChannels are the channels a team begins with.
func (s *Service) defaultChannels() []*model.Channel {
	list := []*model.Channel{{Name: model.TownSquare, DisplayName: "Town Square"}}
	others := s.Config().TeamSettings.ExperimentalDefaultChannels
	if len(others) == 0 {
		return append(list, &model.Channel{Name: model.OffTopic, DisplayName: "Off-Topic"})
	}
	for _, name := range others {
		if name != model.TownSquare {
			list = append(list, &model.Channel{Name: name, DisplayName: name})
		}
	}
	return list
}

// teamRights says which guarded fields of a team the actor gets, who has the roles there.
func teamRights(a perm.Actor, roles string) model.TeamRights {
	return model.TeamRights{Email: a.CanWith(perm.ManageTeam, roles), InviteID: a.CanWith(perm.InviteUser, roles)}
}

// viewTeam gives a team as the actor gets it.
func viewTeam(a perm.Actor, t *store.TeamAccess) model.TeamView {
	return t.Team.View(teamRights(a, t.Roles))
}

// teamOr404 reads a team together with what the actor is there.
func (s *Service) teamOr404(ctx context.Context, q store.Q, a perm.Actor, teamID string) (*store.TeamAccess, error) {
	t, err := q.TeamAccess(ctx, teamID, a.UserID)
	return t, store.Fault(err, "app.team.get.finding.app_error", errNoTeam())
}

// needTeam is teamOr404 for an actor who must hold the permissions there.
func (s *Service) needTeam(ctx context.Context, q store.Q, a perm.Actor, teamID string, ps ...perm.Permission) (*store.TeamAccess, error) {
	t, err := s.teamOr404(ctx, q, a, teamID)
	if err != nil {
		return nil, err
	}
	for _, p := range ps {
		if err := a.NeedIn(p, t.Roles); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// needToSee refuses an actor who may not know of a team. An open one is known to
// whoever may list open teams.
func needToSee(a perm.Actor, t *store.TeamAccess) error {
	if t.Team.Open() && a.CanWith(perm.ListPublicTeams, t.Roles) {
		return nil
	}
	return a.NeedIn(perm.ViewTeam, t.Roles)
}

// Team gives a team the actor may know of.
func (s *Service) Team(ctx context.Context, a perm.Actor, teamID string) (model.TeamView, error) {
	t, err := s.teamOr404(ctx, s.DB.Q, a, teamID)
	if err == nil {
		err = needToSee(a, t)
	}
	if err != nil {
		return model.TeamView{}, err
	}
	return viewTeam(a, t), nil
}

// TeamByName finds a team by its name in addresses.
func (s *Service) TeamByName(ctx context.Context, a perm.Actor, name string) (model.TeamView, error) {
	t, err := s.DB.TeamAccessByName(ctx, name, a.UserID)
	if err != nil {
		return model.TeamView{}, store.Fault(err, "app.team.get_by_name.app_error",
			fault.New(fault.NotFound, "app.team.get_by_name.missing.app_error"))
	}
	if !t.Team.Open() {
		if err := a.NeedIn(perm.ViewTeam, t.Roles); err != nil {
			return model.TeamView{}, err
		}
	}
	return viewTeam(a, t), nil
}

// TeamExists tells whether there is a team of this name the actor may know of.
func (s *Service) TeamExists(ctx context.Context, a perm.Actor, name string) (bool, error) {
	if a.UserID == "" && !a.Local {
		return false, fault.NoSession()
	}
	t, err := s.DB.TeamAccessByName(ctx, name, a.UserID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, store.Fault(err, "app.team.get_by_name.app_error")
	}
	listed := perm.ListPrivateTeams
	if t.Team.AllowOpenInvite {
		listed = perm.ListPublicTeams
	}
	return t.Member || a.Can(listed), nil
}

// teamChanged stores a changed team and tells its members.
func (s *Service) teamChanged(ctx context.Context, tx *store.Tx, t *model.Team, name string) error {
	t.UpdateAt = max(s.now(), t.UpdateAt+1)
	if err := t.Validate(); err != nil {
		return err
	}
	if err := tx.UpdateTeam(ctx, t); err != nil {
		return err
	}
	tx.Emit(event.TeamChanged(name, t))
	return nil
}
