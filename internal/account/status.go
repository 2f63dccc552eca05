package account

import (
	"context"
	"errors"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// Status gives the presence of an account the actor may know of, "offline" for one that was
// never seen or does not exist.
func (s *Service) Status(ctx context.Context, a perm.Actor, userID string) (*model.Status, error) {
	if a.UserID == "" {
		return nil, fault.NoSession()
	}
	if !s.Config().ServiceSettings.EnableUserStatuses {
		return nil, fault.New(fault.NotFound, "api.status.user_not_found.app_error")
	}
	if err := s.See(ctx, a, userID); err != nil {
		return nil, err
	}
	st, err := s.DB.Status(ctx, userID)
	if errors.Is(err, store.ErrNotFound) {
		return &model.Status{UserID: userID, Status: model.StatusOffline}, nil
	}
	if err != nil {
		return nil, store.Fault(err, "app.status.get.app_error")
	}
	return st.For(a.UserID), nil
}

// Statuses gives the presence of those of some accounts the actor may know of, "offline" for
// those never seen.
func (s *Service) Statuses(ctx context.Context, a perm.Actor, ids []string) ([]*model.Status, error) {
	if a.UserID == "" {
		return nil, fault.NoSession()
	}
	if !s.Config().ServiceSettings.EnableUserStatuses {
		return []*model.Status{}, nil
	}
	ids, err := s.seenOf(ctx, a, unique(ids))
	if err != nil {
		return nil, store.Fault(err, "app.user.get_view_restrictions.app_error")
	}
	known, err := s.DB.Statuses(ctx, ids)
	if err != nil {
		return nil, fault.New(fault.Internal, "app.status.get.app_error").Because(err)
	}
	byID := make(map[string]*model.Status, len(known))
	for _, st := range known {
		byID[st.UserID] = st.For(a.UserID)
	}
	out := make([]*model.Status, len(ids))
	for i, id := range ids {
		if out[i] = byID[id]; out[i] == nil {
			out[i] = &model.Status{UserID: id, Status: model.StatusOffline}
		}
	}
	return out, nil
}

// UpdateStatus sets the presence somebody chose by hand.
func (s *Service) UpdateStatus(ctx context.Context, a perm.Actor, userID string, want model.Status) (*model.Status, error) {
	if want.UserID != userID {
		return nil, fault.Body("user_id")
	}
	if err := s.mayEdit(ctx, a, userID); err != nil {
		return nil, err
	}
	var out *model.Status
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.Status(ctx, userID)
		if errors.Is(err, store.ErrNotFound) {
			was, err = &model.Status{UserID: userID, Status: model.StatusOffline}, nil
		}
		if err != nil {
			return err
		}
		if out, err = chosen(was, want, s.now()); err != nil {
			return err
		}
		if was.Status == model.StatusOOO {
			if err := s.endAutoReply(ctx, tx, userID); err != nil {
				return err
			}
		}
		return s.saveStatus(ctx, tx, out)
	})
	if errors.Is(err, store.ErrMissing) {
		return nil, fault.NoUser()
	}
	if err != nil {
		return nil, store.Fault(err, "app.status.save.app_error")
	}
	return out.For(a.UserID), nil
}

// chosen is the presence of an account that wants another one. What ends a "do not
// disturb" is the presence before it, however often it was chosen in a row; nobody
// goes back out of office, because the automatic answer has ended.
func chosen(was *model.Status, want model.Status, at int64) (*model.Status, error) {
	st := &model.Status{UserID: was.UserID, Status: want.Status, LastActivityAt: at, ActiveChannel: was.ActiveChannel}
	switch want.Status {
	case model.StatusOnline:
	case model.StatusAway, model.StatusOffline:
		st.Manual = true
	case model.StatusDND:
		st.Manual, st.PrevStatus = true, was.Status
		st.DNDEndTime = max(0, want.DNDEndTime-want.DNDEndTime%60)
		switch was.Status {
		case model.StatusDND:
			st.PrevStatus = was.PrevStatus
		case model.StatusOOO:
			st.PrevStatus = model.StatusOnline
		}
	default:
		return nil, fault.Body("status")
	}
	return st, nil
}

// endAutoReply switches the automatic answer off for who is back in office.
func (s *Service) endAutoReply(ctx context.Context, tx *store.Tx, userID string) error {
	was, err := tx.LockUser(ctx, userID)
	if err != nil {
		return err
	}
	u := was.Clone()
	if u.NotifyProps == nil {
		u.NotifyProps = model.DefaultNotifyProps()
	}
	u.NotifyProps["auto_responder_active"] = "false"
	u.UpdateAt = max(s.now(), was.UpdateAt+1)
	tx.Emit(event.UserUpdated(u, s.privacy())...)
	return tx.UpdateUser(ctx, was, u)
}

func (s *Service) saveStatus(ctx context.Context, tx *store.Tx, st *model.Status) error {
	tx.Emit(event.StatusChange(st.UserID, st.Status))
	return tx.SaveStatus(ctx, st)
}

// goOffline takes a deactivated account off line, whatever it chose.
func (s *Service) goOffline(ctx context.Context, tx *store.Tx, userID string) error {
	return s.saveStatus(ctx, tx, &model.Status{UserID: userID, Status: model.StatusOffline, LastActivityAt: s.now()})
}

// EndDND gives accounts whose timed "do not disturb" is over their former presence
// back, a batch at a time.
func (s *Service) EndDND(ctx context.Context) error {
	const batch = 200
	for {
		ended := 0
		err := s.DB.Tx(ctx, func(tx *store.Tx) error {
			over, err := tx.ExpiredDND(ctx, s.now()/1000, batch)
			if err != nil {
				return err
			}
			ended = len(over)
			for _, st := range over {
				st.Status, st.Manual, st.DNDEndTime, st.PrevStatus = st.PrevStatus, false, 0, ""
				if st.Status == "" {
					st.Status = model.StatusOffline
				}
				tx.Emit(event.StatusFound(st.UserID, st.Status))
				if err := tx.SaveStatus(ctx, st); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || ended < batch {
			return err
		}
	}
}
