package account

import (
	"context"
	"errors"
	"slices"
	"strings"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// User gives an account: one's own in full, others as far as the actor may see them.
func (s *Service) User(ctx context.Context, a perm.Actor, id string) (Answer, error) {
	if err := s.See(ctx, a, id); err != nil {
		return Answer{}, err
	}
	r, err := s.record(ctx, id)
	if err != nil {
		return Answer{}, store.Fault(err, "app.user.get.app_error", fault.NoUser())
	}
	return s.answer(a, r), nil
}

// answer picks the view of a single record: SELF for one's own, and with the
// accepted terms where there are any.
func (s *Service) answer(a perm.Actor, r *Record) Answer {
	v := viewFor(a)
	if r.ID == a.UserID {
		v = model.ViewSelf
	}
	if r.TermsID != "" {
		v = v.WithTerms()
	}
	return Answer{Record: r, View: v, Privacy: s.privacy()}
}

// UserByUsername finds an account by its name, which must be written as it is stored.
func (s *Service) UserByUsername(ctx context.Context, a perm.Actor, username string) (Answer, error) {
	if !model.ValidUsername(username) {
		return Answer{}, fault.Body("username")
	}
	r, err := s.lookUp(ctx, a, s.DB.UserIDByUsername, username, "app.user.get_by_username.app_error")
	if err != nil {
		return Answer{}, err
	}
	return s.answer(a, r), nil
}

// UserByEmail finds an account by its address, for those who may see addresses.
// It never shows more than the view others have, not even of one's own account.
func (s *Service) UserByEmail(ctx context.Context, a perm.Actor, email string) (Answer, error) {
	email = strings.ToLower(email)
	if !model.ValidEmail(email) {
		return Answer{}, fault.URL("email")
	}
	if !a.IsAdmin() && !s.Config().PrivacySettings.ShowEmailAddress {
		return Answer{}, fault.New(fault.Forbidden, "api.user.get_user_by_email.permissions.app_error")
	}
	r, err := s.lookUp(ctx, a, s.DB.UserIDByEmail, email, "app.user.missing_account.const")
	if err != nil {
		return Answer{}, err
	}
	return Answer{Record: r, View: viewFor(a), Privacy: s.privacy()}, nil
}

// lookUp finds an account by something unique. Who may not see everybody gets the
// same refusal for accounts that do not exist and for those they may not see.
func (s *Service) lookUp(ctx context.Context, a perm.Actor, find func(context.Context, string) (string, error),
	value, missing string,
) (*Record, error) {
	id, err := find(ctx, value)
	if errors.Is(err, store.ErrNotFound) {
		if err := a.Need(perm.ViewMembers); err != nil {
			return nil, err
		}
		return nil, fault.New(fault.NotFound, missing)
	}
	if err != nil {
		return nil, fault.New(fault.Internal, "app.user.get.app_error").Because(err)
	}
	if err := s.See(ctx, a, id); err != nil {
		return nil, err
	}
	r, err := s.record(ctx, id)
	return r, store.Fault(err, "app.user.get.app_error", fault.New(fault.NotFound, missing))
}

// UsersByIDs gives the accounts among ids that exist and that the actor may see,
// by username; with since (milliseconds) only those changed after it.
func (s *Service) UsersByIDs(ctx context.Context, a perm.Actor, ids []string, since int64) (Answers, error) {
	ids = slices.DeleteFunc(unique(ids), func(id string) bool { return !model.ValidID(id) })
	ids, err := s.seenOf(ctx, a, ids)
	list, err := s.listed(ctx, a, ids, err)
	if since > 0 {
		list.Records = slices.DeleteFunc(list.Records, func(r *Record) bool { return r.UpdateAt <= since })
	}
	slices.SortFunc(list.Records, func(a, b *Record) int { return strings.Compare(a.Username, b.Username) })
	return list, err
}

// UsersByUsernames gives the accounts with exactly these names that the actor may see, by username.
func (s *Service) UsersByUsernames(ctx context.Context, a perm.Actor, usernames []string) (Answers, error) {
	usernames = slices.DeleteFunc(unique(usernames), func(n string) bool { return !model.ValidUsername(n) })
	ids, err := s.DB.UserIDsByUsernames(ctx, usernames)
	if err == nil {
		ids, err = s.seenOf(ctx, a, ids)
	}
	return s.listed(ctx, a, ids, err)
}

// seenOf keeps those of the accounts that the actor may see on lists, in their order.
func (s *Service) seenOf(ctx context.Context, a perm.Actor, ids []string) ([]string, error) {
	sight, err := s.SightOf(ctx, a)
	if err != nil || sight == nil {
		return ids, err
	}
	seen, err := s.DB.SeenAmong(ctx, sight, ids)
	return slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(seen, id) }), err
}

// listed turns a list of ids, or the failure to get it, into what the actor gets.
func (s *Service) listed(ctx context.Context, a perm.Actor, ids []string, err error) (Answers, error) {
	var records []*Record
	if err == nil {
		records, err = s.records(ctx, ids)
	}
	if err != nil {
		return Answers{}, store.Fault(err, "app.user.get_profiles.app_error")
	}
	return s.answers(a, records), nil
}
