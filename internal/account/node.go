package account

import (
	"context"
	"math"
	"time"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/store"
)

// A node says every NodePulse that it runs; one that said nothing for nodeLost has died, and
// those whose sockets it held are no longer there.
const (
	NodePulse = 30 * time.Second
	nodeLost  = 3 * NodePulse
)

// EnterNodes makes the process one of the nodes that run, before anybody can reach it. Where
// it is alone, whoever a process that died left behind as present is not there any more;
// else that shows when a node stays silent.
func (s *Service) EnterNodes(ctx context.Context, alone bool) error {
	s.isNode = true
	now := s.now()
	lost := now - nodeLost.Milliseconds()
	if alone {
		lost = math.MaxInt64
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.DropNodes(ctx, s.nodeID, lost); err != nil {
			return err
		}
		return tx.NodeSeen(ctx, s.nodeID, now)
	})
	if err != nil {
		return err
	}
	return s.takeOffline(ctx)
}

// FollowNodes says that the node runs, and looks after those who were on nodes that died.
func (s *Service) FollowNodes(ctx context.Context) error {
	var lost int64
	err := s.DB.Tx(ctx, func(tx *store.Tx) (err error) {
		if lost, err = tx.DropNodes(ctx, s.nodeID, s.now()-nodeLost.Milliseconds()); err != nil {
			return err
		}
		return tx.NodeSeen(ctx, s.nodeID, s.now())
	})
	if err != nil || lost == 0 {
		return err
	}
	return s.takeOffline(ctx)
}

// takeOffline ends, a batch at a time, the presence of everybody whose sockets no node holds.
// Who has others elsewhere is back as soon as the node that holds them hears of it.
func (s *Service) takeOffline(ctx context.Context) error {
	for n := presenceBatch; n == presenceBatch; {
		err := s.DB.Tx(ctx, func(tx *store.Tx) error {
			gone, err := tx.TakeOffline(ctx, presenceBatch)
			n = len(gone)
			for _, id := range gone {
				tx.Emit(event.StatusFound(id, model.StatusOffline))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// leaveNodes says that the node stops.
func (s *Service) leaveNodes(ctx context.Context) error {
	if !s.isNode {
		return nil
	}
	return s.DB.Tx(ctx, func(tx *store.Tx) error { return tx.NodeGone(ctx, s.nodeID) })
}
