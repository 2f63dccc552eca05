package system

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/perm"
	"muster/internal/store"
)

// busyMax is how long the installation can be marked as busy.
const busyMax = 24 * time.Hour

// busyValue names the fact about the installation that is the mark.
const busyValue = "BusyUntil"

// Busy tells whether somebody marked the installation as busy: what can wait is refused then.
func (s *Service) Busy() bool { return s.busyUntil.Load() > s.Now().UnixMilli() }

// BusyUntil gives until when the installation is marked as busy, 0 when it is not.
func (s *Service) BusyUntil(_ context.Context, a perm.Actor) (int64, error) {
	if err := a.Need(perm.ManageSystem); err != nil {
		return 0, err
	}
	if !s.Busy() {
		return 0, nil
	}
	return s.busyUntil.Load(), nil
}

// SetBusy marks the installation as busy on every node for a time, or ends that with 0.
func (s *Service) SetBusy(ctx context.Context, a perm.Actor, d time.Duration) error {
	if err := a.Need(perm.ManageSystem); err != nil {
		return err
	}
	until := int64(0)
	switch {
	case d < 0 || d > busyMax:
		return fault.URL("seconds")
	case d > 0:
		until = s.Now().Add(d).UnixMilli()
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		tx.Emit(event.Busy(until))
		return tx.SetSystemValue(ctx, busyValue, strconv.FormatInt(until, 10))
	})
	return store.Fault(err, "app.system.save.app_error")
}

// lookBusy reads the mark anew: a node that started after it was set, or was cut off from the
// others, did not hear of it. What is announced meanwhile is newer.
func (s *Service) lookBusy(ctx context.Context) error {
	before := s.busyUntil.Load()
	text, err := s.DB.SystemValue(ctx, busyValue)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read whether the installation is busy: %w", err)
	}
	until, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		s.busyUntil.CompareAndSwap(before, until)
	}
	return err
}
