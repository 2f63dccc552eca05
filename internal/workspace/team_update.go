package workspace

import (
	"context"
	"strings"

	"muster/internal/account"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// TeamUpdate is a change of everything of a team that can be changed.
type TeamUpdate struct {
	ID               string `json:"id"`
	DisplayName      string `json:"display_name"`
	Description      string `json:"description"`
	CompanyName      string `json:"company_name"`
	AllowedDomains   string `json:"allowed_domains"`
	AllowOpenInvite  bool   `json:"allow_open_invite"`
	GroupConstrained *bool  `json:"group_constrained"`
}

// TeamPatch is a change of the fields that are there.
type TeamPatch struct {
	DisplayName      *string `json:"display_name"`
	Description      *string `json:"description"`
	CompanyName      *string `json:"company_name"`
	AllowedDomains   *string `json:"allowed_domains"`
	AllowOpenInvite  *bool   `json:"allow_open_invite"`
	GroupConstrained *bool   `json:"group_constrained"`
}

// UpdateTeam replaces what can be changed of a team.
func (s *Service) UpdateTeam(ctx context.Context, a perm.Actor, teamID string, in TeamUpdate) (model.TeamView, error) {
	return s.changeTeam(ctx, a, teamID, event.TeamUpdated, func(t *store.TeamAccess) error {
		return s.applyPatch(a, t, TeamPatch{
			DisplayName: &in.DisplayName, Description: &in.Description, CompanyName: &in.CompanyName,
			AllowedDomains: &in.AllowedDomains, AllowOpenInvite: &in.AllowOpenInvite, GroupConstrained: orFalse(in.GroupConstrained),
		}, false)
	})
}

func orFalse(b *bool) *bool {
	if b == nil {
		return new(bool)
	}
	return b
}

// PatchTeam changes the fields of a team that are given.
func (s *Service) PatchTeam(ctx context.Context, a perm.Actor, teamID string, p TeamPatch) (model.TeamView, error) {
	return s.changeTeam(ctx, a, teamID, event.TeamUpdated, func(t *store.TeamAccess) error { return s.applyPatch(a, t, p, true) })
}

// applyPatch changes a team. Who may come in is for those to say who may invite: to
// name it in a patch is enough to need that, even if it stays as it is.
func (s *Service) applyPatch(a perm.Actor, t *store.TeamAccess, p TeamPatch, named bool) error {
	m := t.Team
	closes := p.AllowOpenInvite != nil && !*p.AllowOpenInvite
	opened := p.AllowOpenInvite != nil && (named || *p.AllowOpenInvite != m.AllowOpenInvite)
	if opened || p.AllowedDomains != nil && (named || *p.AllowedDomains != m.AllowedDomains) {
		if err := a.NeedIn(perm.InviteUser, t.Roles); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		to   *string
		from *string
	}{
		{&m.DisplayName, p.DisplayName},
		{&m.Description, p.Description},
		{&m.CompanyName, p.CompanyName},
		{&m.AllowedDomains, p.AllowedDomains},
	} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if p.AllowOpenInvite != nil {
		m.AllowOpenInvite = *p.AllowOpenInvite
	}
	if p.GroupConstrained != nil && (m.GroupConstrained != nil || *p.GroupConstrained) {
		m.GroupConstrained = p.GroupConstrained
	}
	if named && closes {
		m.InviteID = model.NewID()
	}
	m.Clean()
	if p.AllowedDomains != nil && !s.domainsFit(m.AllowedDomains) {
		return fault.New(fault.Invalid, "api.team.update_restricted_domains.mismatch.app_error")
	}
	return nil
}

// domainsFit tells whether the server lets in accounts of every one of the domains.
func (s *Service) domainsFit(domains string) bool {
	for _, d := range strings.FieldsFunc(domains, func(r rune) bool { return r == ',' || r == ' ' }) {
		if !account.DomainAllowed("x@"+strings.TrimPrefix(d, "@"), s.Config().TeamSettings.RestrictCreationToDomains) {
			return false
		}
	}
	return true
}

// SetTeamPrivacy opens a team to everybody, or makes it one for invited people. The
// addresses of former invitations do not lead into a private team.
func (s *Service) SetTeamPrivacy(ctx context.Context, a perm.Actor, teamID, privacy string) (model.TeamView, error) {
	if privacy != model.TeamOpen && privacy != model.TeamInvite {
		return model.TeamView{}, fault.Body("privacy")
	}
	return s.changeTeam(ctx, a, teamID, event.TeamUpdated, func(t *store.TeamAccess) error {
		if err := a.NeedIn(perm.InviteUser, t.Roles); err != nil {
			return err
		}
		t.Team.Type, t.Team.AllowOpenInvite = privacy, privacy == model.TeamOpen
		if privacy == model.TeamInvite {
			t.Team.InviteID = model.NewID()
		}
		return nil
	})
}

// RegenerateInviteID makes the addresses of former invitations useless.
func (s *Service) RegenerateInviteID(ctx context.Context, a perm.Actor, teamID string) (model.TeamView, error) {
	return s.changeTeam(ctx, a, teamID, event.TeamUpdated, func(t *store.TeamAccess) error {
		t.Team.InviteID = model.NewID()
		return a.NeedIn(perm.InviteUser, t.Roles)
	})
}

// ArchiveTeam hides a team; it stays, with all that is in it, and can be restored.
func (s *Service) ArchiveTeam(ctx context.Context, a perm.Actor, teamID string) error {
	_, err := s.changeTeam(ctx, a, teamID, event.TeamDeleted, func(t *store.TeamAccess) error {
		t.Team.DeleteAt = s.now()
		return nil
	})
	return err
}

// RestoreTeam brings an archived team back.
func (s *Service) RestoreTeam(ctx context.Context, a perm.Actor, teamID string) (model.TeamView, error) {
	return s.changeTeam(ctx, a, teamID, event.TeamRestored, func(t *store.TeamAccess) error {
		t.Team.DeleteAt = 0
		return nil
	})
}

// changeTeam lets somebody who manages a team change it, and tells its members.
func (s *Service) changeTeam(ctx context.Context, a perm.Actor, teamID, name string, change func(*store.TeamAccess) error,
) (model.TeamView, error) {
	var view model.TeamView
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		t, err := s.lockTeam(ctx, tx, a, teamID)
		if err != nil {
			return err
		}
		if err := a.NeedIn(perm.ManageTeam, t.Roles); err != nil {
			return err
		}
		tied := tiedToGroups(t.Team)
		if err := change(t); err != nil {
			return err
		}
		if err := s.teamChanged(ctx, tx, t.Team, name); err != nil {
			return err
		}
		if !tied && tiedToGroups(t.Team) {
			if err := s.enqueueTeam(ctx, tx, TeamGroupsJob, teamID); err != nil {
				return err
			}
		}
		view = viewTeam(a, t)
		return nil
	})
	return view, store.Fault(err, "app.team.update.updating.app_error")
}

// tiedToGroups tells whether the groups of a team decide who is in it.
func tiedToGroups(t *model.Team) bool { return t.GroupConstrained != nil && *t.GroupConstrained }
