package system

import (
	"context"
	"time"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/perm"
)

// busyMax is how long the installation can be marked as busy.
const busyMax = 24 * time.Hour

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
func (s *Service) SetBusy(_ context.Context, a perm.Actor, d time.Duration) error {
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
	s.Bus.Publish([]event.Event{event.Busy(until)})
	return nil
}
