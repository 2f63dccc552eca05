package workspace

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// inviteLife is how long a mailed invitation works.
const inviteLife = 48 * time.Hour

// firstNeighbours is how many direct channels a new member's sidebar begins with.
const firstNeighbours = 10

// Ticket is what somebody shows to come into a team: the token of a mailed invitation, or
// the invite id of the team. The token counts first.
type Ticket struct {
	Token    model.Secret
	InviteID string
}

// Given tells whether there is anything to show.
func (t Ticket) Given() bool { return !t.Token.Empty() || t.InviteID != "" }

// errBadInvitation says that a token invites nobody.
func errBadInvitation(kind fault.Kind) *fault.Error {
	return fault.New(kind, "api.user.create_user.signup_link_invalid.app_error")
}

// errTiedTeam says that the groups of a team decide who is in it, not invitations.
func errTiedTeam() *fault.Error {
	return fault.New(fault.Forbidden, "app.team.invite_token.group_constrained.error")
}

// SignUp makes an account for somebody with an invitation and lets it into the team, both
// or neither.
func (s *Service) SignUp(ctx context.Context, a perm.Actor, r account.SignUp, t Ticket) (*model.User, error) {
	if !t.Token.Empty() {
		return s.signUpWithToken(ctx, a, r, model.HashToken(t.Token.Reveal()))
	}
	if err := s.Accounts.SignUpOpen(); err != nil {
		return nil, err
	}
	team, err := invitedTo(ctx, s.DB.Q, t.InviteID)
	switch {
	case err != nil:
		return nil, err
	case tiedToGroups(team):
		return nil, fault.New(fault.Forbidden, "app.team.invite_id.group_constrained.error")
	case !account.DomainAllowed(strings.TrimSpace(r.Input.Email), team.AllowedDomains):
		return nil, fault.New(fault.Forbidden, "api.team.invite_members.invalid_email.app_error")
	}
	return s.Accounts.CreateInvited(ctx, a, r, account.Entrance{Enter: func(ctx context.Context, tx *store.Tx, u *model.User) error {
		return s.enterWithID(ctx, tx, t.InviteID, u)
	}})
}

// invitedTo reads the team an invite id is of. One that is archived invites nobody.
func invitedTo(ctx context.Context, q store.Q, inviteID string) (*model.Team, error) {
	t, err := q.TeamByInviteID(ctx, inviteID)
	if err == nil && t.DeleteAt > 0 {
		err = store.ErrNotFound
	}
	return t, store.Fault(err, "app.team.get_by_invite_id.app_error", errNoInvite())
}

// enterWithID lets an account into the team of an invite id, which may just have become useless.
func (s *Service) enterWithID(ctx context.Context, tx *store.Tx, inviteID string, u *model.User) error {
	team, err := invitedTo(ctx, tx.Q, inviteID)
	if err != nil {
		return err
	}
	if _, err = s.seat(ctx, tx, team.ID, u, nil, nil); err != nil {
		return err
	}
	return s.showNeighbours(ctx, tx, team.ID, u)
}

// signUpWithToken checks an invitation in the documented order before an account is made
// with it; the account and the end of the invitation are one.
func (s *Service) signUpWithToken(ctx context.Context, a perm.Actor, r account.SignUp, hash []byte) (*model.User, error) {
	n, err := s.DB.Token(ctx, hash)
	if err != nil {
		return nil, store.Fault(err, "app.recover.delete.app_error", errBadInvitation(fault.NotFound))
	}
	guest := n.Type != model.TokenTeamInvitation
	if n.Type == model.TokenGuestInvitation && !s.Config().GuestAccountsSettings.Enable {
		return nil, fault.New(fault.Invalid, "api.user.create_user.guest_accounts.disabled.app_error")
	}
	if err := s.Accounts.SignUpOpen(); err != nil {
		return nil, err
	}
	if err := s.usable(ctx, n, hash); err != nil {
		return nil, err
	}
	if _, err := s.DB.Team(ctx, n.Extra[model.InviteTeam]); err != nil {
		return nil, store.Fault(err, "app.team.get.finding.app_error", errNoTeam())
	}
	if r.Input.Email != n.Extra[model.InviteEmail] {
		return nil, fault.New(fault.Invalid, "api.user.create_user.bad_token_email_data.app_error")
	}
	e := account.Entrance{Guest: guest, Verified: true, Quiet: true, Enter: func(ctx context.Context, tx *store.Tx, u *model.User) error {
		_, err := s.enterWithToken(ctx, tx, hash, n.Type, u)
		return err
	}}
	return s.Accounts.CreateInvited(ctx, a, r, e)
}

// usable refuses a token that is no invitation, and one that is too old, which is removed.
func (s *Service) usable(ctx context.Context, n *model.OneTimeToken, hash []byte) error {
	switch n.Type {
	case model.TokenTeamInvitation, model.TokenGuestInvitation, model.TokenGuestLinkInvitation:
	default:
		return errBadInvitation(fault.Invalid)
	}
	if s.now()-n.CreateAt <= inviteLife.Milliseconds() {
		return nil
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		_, err := tx.UseToken(ctx, hash, n.Type)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Fault(err, "app.recover.delete.app_error")
	}
	return fault.New(fault.Invalid, "api.user.create_user.signup_link_expired.app_error")
}

// enterWithToken spends an invitation: of several who show it at once exactly one comes in.
func (s *Service) enterWithToken(ctx context.Context, tx *store.Tx, hash []byte, kind string, u *model.User) (*model.TeamMember, error) {
	n, err := tx.UseToken(ctx, hash, kind)
	if err != nil {
		return nil, store.Fault(err, "app.recover.delete.app_error", errBadInvitation(fault.NotFound))
	}
	return s.enterInvited(ctx, tx, n, u)
}

// enterInvited lets an account into the team of an invitation that has been spent, and into
// those of its channels whose members the sender may still manage.
func (s *Service) enterInvited(ctx context.Context, tx *store.Tx, n *model.OneTimeToken, u *model.User) (*model.TeamMember, error) {
	teamID := n.Extra[model.InviteTeam]
	sender, err := tx.User(ctx, n.Extra[model.InviteSender])
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	var channels []*store.ChannelAccess
	if err == nil && n.Extra[model.InviteChannels] != "" {
		if channels, err = s.seatsOf(ctx, tx, sender, teamID, strings.Fields(n.Extra[model.InviteChannels])); err != nil {
			return nil, err
		}
	}
	m, err := s.seat(ctx, tx, teamID, u, sender, channels)
	if err != nil {
		return nil, err
	}
	return m, s.showNeighbours(ctx, tx, teamID, u)
}

// seatsOf keeps those of the channels that the sender of an invitation may still put others into.
func (s *Service) seatsOf(ctx context.Context, tx *store.Tx, sender *model.User, teamID string, ids []string) ([]*store.ChannelAccess, error) {
	a, err := s.Accounts.ActorFor(sender)
	if err != nil {
		return nil, err
	}
	list, err := tx.ChannelAccesses(ctx, ids, sender.ID)
	if err != nil {
		return nil, err
	}
	var kept []*store.ChannelAccess
	for _, c := range list {
		if sender.Active() && c.Channel.TeamID == teamID && c.Channel.DeleteAt == 0 && maySeat(a, c) {
			kept = append(kept, c)
		}
	}
	return kept, nil
}

// seat puts an account into a team and channels of it, unless the team is archived or its
// groups decide who is in it.
func (s *Service) seat(ctx context.Context, tx *store.Tx, teamID string, u, by *model.User, channels []*store.ChannelAccess,
) (*model.TeamMember, error) {
	t, err := tx.LockTeam(ctx, teamID)
	switch {
	case err != nil:
		return nil, store.Fault(err, "app.team.get.finding.app_error", errNoTeam())
	case t.DeleteAt > 0:
		return nil, errNoTeam()
	case tiedToGroups(t):
		return nil, errTiedTeam()
	}
	who, err := tx.HoldUsers(ctx, []string{u.ID})
	if err != nil || len(who) == 0 {
		return nil, store.Fault(cmp.Or(err, store.ErrNotFound), "app.user.get.app_error", fault.NoUser())
	}
	joined, err := s.joinTeam(ctx, tx, t, who, teamEntry{})
	if err != nil {
		return nil, err
	}
	if joined[0].err != nil {
		return nil, joined[0].err
	}
	for _, c := range channels {
		if _, err := s.joinChannel(ctx, tx, c.Channel, who, channelEntry{by: by}); err != nil {
			return nil, err
		}
	}
	return joined[0].member, nil
}

// showNeighbours makes the sidebar of a new member show the first people of the team.
func (s *Service) showNeighbours(ctx context.Context, tx *store.Tx, teamID string, u *model.User) error {
	if u.IsGuest() {
		return nil // who may know of nobody else
	}
	others, err := tx.FirstTeamMembers(ctx, teamID, u.ID, firstNeighbours)
	if err != nil || len(others) == 0 {
		return err
	}
	return tx.ShowDirectChannels(ctx, u.ID, others)
}

// JoinByInvitation lets the actor into the team that a ticket is for.
func (s *Service) JoinByInvitation(ctx context.Context, a perm.Actor, t Ticket) (*model.TeamMember, error) {
	if a.UserID == "" {
		return nil, fault.NoSession()
	}
	if !t.Token.Empty() {
		return s.joinWithToken(ctx, a, model.HashToken(t.Token.Reveal()))
	}
	if a.IsGuest {
		return nil, fault.New(fault.Forbidden, "api.team.add_user_to_team_from_invite.guest.app_error")
	}
	var member *model.TeamMember
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		team, err := invitedTo(ctx, tx.Q, t.InviteID)
		if err != nil {
			return err
		}
		if tiedToGroups(team) {
			return fault.New(fault.Forbidden, "app.team.invite_id.group_constrained.error")
		}
		u, err := tx.User(ctx, a.UserID)
		if err != nil {
			return store.Fault(err, "app.user.get.app_error", fault.NoUser())
		}
		member, err = s.seat(ctx, tx, team.ID, u, nil, nil)
		return err
	})
	return member, store.Fault(err, "app.team.save_member.save.app_error")
}

// joinWithToken spends an invitation of the actor's. Whose address it went to is not asked.
func (s *Service) joinWithToken(ctx context.Context, a perm.Actor, hash []byte) (*model.TeamMember, error) {
	n, err := s.DB.Token(ctx, hash)
	if err != nil {
		return nil, store.Fault(err, "app.recover.delete.app_error", errBadInvitation(fault.Invalid))
	}
	if err := s.usable(ctx, n, hash); err != nil {
		return nil, err
	}
	var member *model.TeamMember
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		team, err := tx.Team(ctx, n.Extra[model.InviteTeam])
		if err != nil {
			return store.Fault(err, "app.team.get.finding.app_error", errNoTeam())
		}
		if tiedToGroups(team) {
			return errTiedTeam()
		}
		u, err := tx.User(ctx, a.UserID)
		if err != nil {
			return store.Fault(err, "app.user.get.app_error", fault.NoUser())
		}
		if u.IsGuest() != (n.Type != model.TokenTeamInvitation) {
			return fault.New(fault.Invalid, "api.user.create_user.invalid_invitation_type.app_error")
		}
		member, err = s.enterWithToken(ctx, tx, hash, n.Type, u)
		return err
	})
	return member, store.Fault(err, "app.team.save_member.save.app_error")
}
