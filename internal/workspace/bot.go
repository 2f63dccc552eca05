package workspace

import (
	"context"
	"errors"
	"strings"

	"muster/internal/account"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// CreateBot makes an account for programs, which writes to its owner, the actor, what to do next.
func (s *Service) CreateBot(ctx context.Context, a perm.Actor, in account.BotPatch) (*model.Bot, error) {
	return s.Accounts.CreateBot(ctx, a, in, func(ctx context.Context, tx *store.Tx, b *model.Bot) error {
		c, err := s.makeDirect(ctx, tx, &pair{name: model.DirectName(b.UserID, b.OwnerID), creator: b.UserID, other: b.OwnerID})
		if err != nil {
			return err
		}
		bot, err := tx.User(ctx, b.UserID)
		if err != nil {
			return err
		}
		return s.writeSystemPost(ctx, tx, c, systemPost{
			author: bot, kind: model.PostAddBotTeams,
			message: "Please add me to the teams and channels in which I am to work.",
		})
	})
}

// adminPage is how many administrators are read at a time.
const adminPage = 100

// TellOfOrphanedBots does what a job says whose owner of bots was deactivated: every administrator
// finds their names in the channel with themselves.
func (s *Service) TellOfOrphanedBots(ctx context.Context, job *model.Job) error {
	owner, err := s.DB.User(ctx, job.Data[model.OrphansOwner])
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	message := "The account @" + owner.Username + " was deactivated. It owns these bots, which may need another owner: @" +
		strings.Join(strings.Fields(job.Data[model.OrphansNames]), ", @")
	counts, err := s.DB.UserCounts(ctx)
	if err != nil {
		return err
	}
	f := store.UserFilter{Active: true, RoleSets: []string{}, Limit: adminPage}
	for _, c := range counts {
		if perm.IsSystemAdmin(c.Roles) {
			f.RoleSets = append(f.RoleSets, c.Roles)
		}
	}
	for ; ; f.Offset += adminPage {
		ids, err := s.DB.UserIDs(ctx, f)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.tellThemselves(ctx, id, message); err != nil {
				return err
			}
		}
		if len(ids) < adminPage {
			return nil
		}
	}
}

// tellThemselves writes to somebody in the channel with themselves; bots are passed over.
func (s *Service) tellThemselves(ctx context.Context, userID, message string) error {
	u, err := s.DB.User(ctx, userID)
	if errors.Is(err, store.ErrNotFound) || err == nil && (u.IsBot || !u.Active()) {
		return nil
	}
	if err != nil {
		return err
	}
	server := perm.Background("orphaned bots", perm.CreateDirectChannel, perm.ManageSystem, perm.ViewMembers)
	c, err := s.CreateDirectChannel(ctx, server, []string{userID, userID})
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *store.Tx) error {
		return s.writeSystemPost(ctx, tx, c, systemPost{author: u, kind: model.PostGeneric, message: message})
	})
}
