package talk

import (
	"context"
	"errors"
	"time"

	"muster/internal/fault"
	"muster/internal/lane"
	"muster/internal/store"
)

// Posts of a channel that wait for each other share a transaction: every one moves the
// counters of its channel. laneBatch is how many do, laneQueue how many may wait in one
// channel before others are turned away.
const (
	laneBatch = 64
	laneQueue = 1000
	laneTime  = 30 * time.Second
)

// write stores a draft together with those that wait beside it, and returns when it is
// on disk or refused.
func (s *Service) write(ctx context.Context, d *draft) error {
	err := s.lanes.Do(ctx, d.post.ChannelID, d)
	switch {
	case errors.Is(err, lane.ErrFull):
		d.ended("", err)
		return fault.New(fault.Busy, "api.context.server_busy.app_error").With("RetryAfter", 1)
	case err != nil: // it may still be stored: like after a lost answer, whoever asks again names the same pending id
		return err
	}
	return d.err
}

// written remembers what became of a draft.
func (s *Service) written(d *draft, err error) {
	if err == nil {
		err = d.err
	}
	d.ended(d.post.ID, err)
}

// writeTogether stores drafts of a channel in one transaction.
func (s *Service) writeTogether(_ string, batch []*draft) error {
	ctx, cancel := context.WithTimeout(context.Background(), laneTime)
	defer cancel()
	return s.DB.Tx(ctx, func(tx *store.Tx) error {
		for _, d := range batch {
			d.err, d.mentions, d.repliedTo = nil, nil, nil
		}
		return s.store(ctx, tx, batch)
	})
}
