// Package talk holds what people say: posts, threads, reactions, mentions and search.
// Every exported method takes the acting party and decides itself whether it may.
package talk

import (
	"log/slog"
	"time"

	"muster/internal/account"
	"muster/internal/blob"
	"muster/internal/config"
	"muster/internal/event"
	"muster/internal/lane"
	"muster/internal/store"
	"muster/internal/workspace"
)

// Options is what a Service is made of.
type Options struct {
	DB        *store.DB
	Bus       event.Bus
	Config    func() *config.Config
	Accounts  *account.Service
	Workspace *workspace.Service
	Files     blob.Store
	Pictures  *blob.Decoder
	Now       func() time.Time
	Log       *slog.Logger
}

// Service is the conversations of one server.
type Service struct {
	Options
	lanes    lane.Lanes[*draft] // by channel
	sent     sentPosts
	keywords keywords
	cancel   func()
}

// New returns a service that listens to the bus.
func New(o Options) *Service {
	s := &Service{Options: o}
	s.lanes = lane.Lanes[*draft]{Write: s.writeTogether, Ended: s.written, Most: laneBatch, Queue: laneQueue, Gather: lane.Together}
	s.cancel = o.Bus.Subscribe(s.keywords.forget)
	return s
}

// Close stops listening.
func (s *Service) Close() { s.cancel() }

// now is the time of a use case in milliseconds.
func (s *Service) now() int64 { return s.Now().UnixMilli() }
