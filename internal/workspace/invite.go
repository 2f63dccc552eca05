package workspace

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// inviteRate is how many people one account may invite by mail.
var inviteRate = store.Rate{Most: 20, Per: time.Hour}

// messageMax is the longest personal message of an invitation in code points.
const messageMax = 1000

// Invitation is a request to invite people to a team by mail.
type Invitation struct {
	Emails     []string
	ChannelIDs []string // which they are to be in
	Message    string
	Graceful   bool // say of each address what became of it instead of inviting all or nobody
	Guests     bool
	WithLinks  bool // guests who sign in with links
}

// Invited is what became of an address that was to be invited.
type Invited struct {
	Email string
	Err   *fault.Error
}

// InviteByEmail mails invitations to a team. Each works once, for 48 hours.
func (s *Service) InviteByEmail(ctx context.Context, a perm.Actor, teamID string, in Invitation) ([]Invited, error) {
	t, err := s.mayInvite(ctx, a, teamID, in)
	if err != nil {
		return nil, err
	}
	if err := s.checkInvitation(&in); err != nil {
		return nil, err
	}
	out, wanted := s.sortAddresses(t.Team, in)
	if len(wanted) < len(out) && !in.Graceful {
		return nil, out[slices.IndexFunc(out, func(i Invited) bool { return i.Err != nil })].Err
	}
	if len(wanted) == 0 {
		return out, nil
	}
	sender, err := s.DB.User(ctx, a.UserID)
	if err != nil {
		return nil, store.Fault(err, "app.user.get.app_error", fault.NoUser())
	}
	if in.ChannelIDs, err = s.invitable(ctx, s.DB.Q, a, t.Team, in.ChannelIDs); err != nil {
		return nil, err
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error { return s.mailInvitations(ctx, tx, t.Team, sender, in, wanted) })
	return out, store.Fault(err, "api.team.invite_members.unable_to_send_email.app_error")
}

// mayInvite refuses an actor who may not invite people to a team.
func (s *Service) mayInvite(ctx context.Context, a perm.Actor, teamID string, in Invitation) (*store.TeamAccess, error) {
	guests := s.Config().GuestAccountsSettings
	switch {
	case !in.Guests:
		t, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.InviteUser, perm.AddUserToTeam)
		if err != nil {
			return nil, err
		}
		return t, s.invitationsOn()
	case !guests.Enable:
		return nil, fault.New(fault.Unavailable, "api.team.invite_guests_to_channels.disabled.error")
	case in.WithLinks && !guests.EnableGuestMagicLink:
		return nil, fault.New(fault.Forbidden, "api.team.invite_guests_to_channels.guest_magic_link_disabled.error")
	}
	t, err := account.InTeam(ctx, s.DB.Q, a, teamID, perm.InviteGuest)
	if err != nil {
		return nil, err
	}
	return t, s.invitationsOn()
}

func (s *Service) invitationsOn() error {
	if s.Config().ServiceSettings.EnableEmailInvitations {
		return nil
	}
	return fault.New(fault.Unavailable, "api.team.invite_members.disabled.app_error")
}

// checkInvitation checks the form of a request and brings it into order.
func (s *Service) checkInvitation(in *Invitation) error {
	badChannel := slices.ContainsFunc(in.ChannelIDs, func(id string) bool { return !model.ValidID(id) })
	if in.Guests {
		switch {
		case len(in.Emails) == 0:
			return fault.New(fault.Invalid, "model.guest.is_valid.emails.app_error")
		case slices.ContainsFunc(in.Emails, func(e string) bool { return !model.ValidEmail(strings.ToLower(e)) }):
			return fault.New(fault.Invalid, "model.guest.is_valid.email.app_error")
		case len(in.ChannelIDs) == 0:
			return fault.New(fault.Invalid, "model.guest.is_valid.channels.app_error")
		case badChannel:
			return fault.New(fault.Invalid, "model.guest.is_valid.channel.app_error")
		}
	} else if len(in.Emails) == 0 {
		return fault.Body("user_email")
	}
	if badChannel || len([]rune(in.Message)) > messageMax {
		return fault.New(fault.Invalid, "api.team.invite_members_to_team_and_channels.invalid_body.app_error")
	}
	seen := map[string]bool{}
	in.Emails = slices.DeleteFunc(slices.Clone(in.Emails), func(e string) bool {
		e = strings.ToLower(e)
		again := seen[e]
		seen[e] = true
		return again
	})
	return nil
}

// sortAddresses tells of each address whether it may be invited, and lists those that may.
func (s *Service) sortAddresses(t *model.Team, in Invitation) (out []Invited, wanted []string) {
	cfg := s.Config()
	domains := []string{t.AllowedDomains, cfg.TeamSettings.RestrictCreationToDomains}
	if in.Guests {
		domains = []string{cfg.GuestAccountsSettings.RestrictCreationToDomains}
	}
	for _, e := range in.Emails {
		e = strings.ToLower(e)
		i := Invited{Email: e}
		foreign := func(d string) bool { return !account.DomainAllowed(e, d) }
		if !model.ValidEmail(e) || slices.ContainsFunc(domains, foreign) {
			i.Err = fault.New(fault.Invalid, "api.team.invite_members.invalid_email.app_error")
		} else {
			wanted = append(wanted, e)
		}
		out = append(out, i)
	}
	return out, wanted
}

// invitable keeps those channels whose members an actor may manage. One of another team
// is refused.
func (s *Service) invitable(ctx context.Context, q store.Q, a perm.Actor, t *model.Team, channelIDs []string) ([]string, error) {
	if len(channelIDs) == 0 {
		return nil, nil
	}
	list, err := q.ChannelAccesses(ctx, channelIDs, a.UserID)
	if err != nil {
		return nil, store.Fault(err, "app.channel.get.find.app_error")
	}
	kept := make([]string, 0, len(list))
	for _, c := range list {
		if c.Channel.TeamID != t.ID {
			return nil, fault.New(fault.Invalid, "api.team.invite_guests.channel_in_invalid_team.app_error")
		}
		if c.Channel.DeleteAt == 0 && maySeat(a, c) {
			kept = append(kept, c.Channel.ID)
		}
	}
	return kept, nil
}

// maySeat tells whether an actor may put others into a channel.
func maySeat(a perm.Actor, c *store.ChannelAccess) bool {
	needed := perm.ManagePrivateChannelMembers
	if c.Channel.Type == model.ChannelOpen {
		needed = perm.ManagePublicChannelMembers
	}
	return a.CanInChannel(needed, c.Roles, c.TeamRoles)
}

// mailInvitations counts the mails and queues them. Their tokens are made when they are sent.
func (s *Service) mailInvitations(ctx context.Context, tx *store.Tx, t *model.Team, sender *model.User, in Invitation, emails []string) error {
	err := tx.TakeMany(ctx, model.HashToken("invitations of "+sender.ID), inviteRate, int64(len(emails)), s.now())
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.TooLarge, "app.email.rate_limit_exceeded.app_error")
	}
	if err != nil {
		return err
	}
	kind, role := model.MailTeamInvite, "su"
	switch {
	case in.WithLinks:
		kind = model.MailGuestLinkInvite
	case in.Guests:
		kind = model.MailGuestInvite
	}
	if sender.IsSystemAdmin() {
		role = "sa"
	}
	for _, e := range emails {
		now := s.now()
		m := model.Mail{Kind: kind, To: e, Values: map[string]string{
			model.MailInviter: sender.Username, model.MailTeam: t.DisplayName,
			model.MailTeamName: t.Name, model.MailMessage: in.Message, model.MailSender: role, model.MailTeamID: t.ID,
			model.MailChannels: strings.Join(in.ChannelIDs, " "), model.MailSenderID: sender.ID,
		}}
		job := &model.Job{ID: model.NewTimeID(now), Type: model.MailJob, Status: model.JobPending, CreateAt: now, RunAt: now, Data: m.Job()}
		if err := tx.Enqueue(ctx, job); err != nil {
			return err
		}
	}
	return nil
}

// InvalidateInvitations makes every invitation that was mailed useless.
func (s *Service) InvalidateInvitations(ctx context.Context, a perm.Actor) error {
	if err := a.Need(perm.InvalidateEmailInvite); err != nil {
		return err
	}
	var kinds, types []string
	for kind, token := range model.Invitations {
		kinds, types = append(kinds, kind), append(types, token)
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteMailsOfKinds(ctx, kinds); err != nil {
			return err
		}
		return tx.DeleteTokensOfKinds(ctx, types)
	})
	return store.Fault(err, "api.team.invalidate_all_email_invites.app_error")
}
