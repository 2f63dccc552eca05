// Package workspace holds teams and channels, who is in them, and groups of accounts.
// Every exported method takes the acting party and decides itself whether it may.
package workspace

import (
	"log/slog"
	"time"

	"muster/internal/account"
	"muster/internal/config"
	"muster/internal/event"
	"muster/internal/lane"
	"muster/internal/model"
	"muster/internal/store"
)

// Options is what a Service is made of.
type Options struct {
	DB       *store.DB
	Bus      event.Bus
	Config   func() *config.Config
	Accounts *account.Service
	Now      func() time.Time
	Log      *slog.Logger
}

// Service is the teams and channels of one server.
type Service struct {
	Options
	teamEntrances    lane.Lanes[*entrant[model.TeamMember]]
	channelEntrances lane.Lanes[*entrant[model.ChannelMember]]
}

// New returns a service.
func New(o Options) *Service {
	s := &Service{Options: o}
	s.teamEntrances = lane.Lanes[*entrant[model.TeamMember]]{Write: s.enterTeamTogether, Most: entryBatch, Queue: entryQueue, Gather: lane.Together}
	s.channelEntrances = lane.Lanes[*entrant[model.ChannelMember]]{Write: s.enterChannelTogether, Most: entryBatch, Queue: entryQueue, Gather: lane.Together}
	return s
}

// now is the time of a use case in milliseconds.
func (s *Service) now() int64 { return s.Now().UnixMilli() }
