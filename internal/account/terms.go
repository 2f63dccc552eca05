package account

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

func errNoTerms() *fault.Error {
	return fault.New(fault.NotFound, "app.terms_of_service.get.no_rows.app_error")
}

// TermsOfService gives the terms in force, to anybody who is signed in.
func (s *Service) TermsOfService(ctx context.Context, a perm.Actor) (*model.TermsOfService, error) {
	if a.UserID == "" {
		return nil, fault.NoSession()
	}
	t, err := s.DB.LatestTerms(ctx)
	return t, store.Fault(err, "app.terms_of_service.get.app_error", errNoTerms())
}

// CreateTermsOfService puts other terms in force. The text in force again changes nothing.
func (s *Service) CreateTermsOfService(ctx context.Context, a perm.Actor, text string) (*model.TermsOfService, error) {
	if err := a.Need(perm.ManageSystem); err != nil {
		return nil, err
	}
	switch {
	case text == "":
		return nil, fault.New(fault.Invalid, "api.create_terms_of_service.empty_text.app_error")
	case utf8.RuneCountInString(text) > model.TermsOfServiceMax:
		return nil, fault.New(fault.Invalid, "model.terms_of_service.is_valid.text.app_error")
	}
	now := s.now()
	out := &model.TermsOfService{ID: model.NewID(), CreateAt: now, UserID: a.UserID, Text: text}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.LockTerms(ctx); err != nil {
			return err
		}
		latest, err := tx.LatestTerms(ctx)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err == nil && latest.Text == text {
			out = latest
			return nil
		}
		if err == nil {
			out.CreateAt = max(now, latest.CreateAt+1)
		}
		tx.Emit(event.TermsChanged(out.ID))
		return tx.InsertTerms(ctx, out)
	})
	if err != nil {
		return nil, store.Fault(err, "app.terms_of_service.create.app_error")
	}
	return out, nil
}

// TermsAction is somebody's answer to terms of service.
type TermsAction struct {
	ID       string
	Accepted bool
}

// SaveUserTermsOfService records whether the actor accepts terms.
func (s *Service) SaveUserTermsOfService(ctx context.Context, a perm.Actor, t TermsAction) error {
	if a.UserID == "" {
		return fault.NoSession()
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Terms(ctx, t.ID); err != nil {
			return store.Fault(err, "app.terms_of_service.get.app_error", errNoTerms())
		}
		at := s.now()
		var err error
		if t.Accepted {
			err = tx.AcceptTerms(ctx, &model.UserTermsOfService{UserID: a.UserID, TermsOfServiceID: t.ID, CreateAt: at})
		} else {
			err = tx.RejectTerms(ctx, a.UserID, t.ID)
		}
		if err != nil {
			return err
		}
		tx.Emit(event.UsersStale(a.UserID))
		return tx.InsertAudit(ctx, s.audit(a, at, fmt.Sprintf("TermsOfServiceId=%s, accepted=%t", t.ID, t.Accepted)))
	})
	return store.Fault(err, "app.user_terms_of_service.save.app_error")
}

// UserTermsOfService tells which terms the actor accepted.
func (s *Service) UserTermsOfService(ctx context.Context, a perm.Actor) (*model.UserTermsOfService, error) {
	if a.UserID == "" {
		return nil, fault.NoSession()
	}
	t, err := s.DB.AcceptedTerms(ctx, a.UserID)
	return t, store.Fault(err, "app.user_terms_of_service.get_by_user.app_error",
		fault.New(fault.NotFound, "app.user_terms_of_service.get_by_user.no_rows.app_error"))
}
