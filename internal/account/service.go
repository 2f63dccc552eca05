// Package account holds who somebody is and how they prove it with a password:
// accounts, sessions, roles, preferences, presence. Every exported method takes
// the acting party and decides itself whether it may.
package account

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"muster/internal/blob"
	"muster/internal/config"
	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/password"
	"muster/internal/perm"
	"muster/internal/store"
)

// Sizes of the caches, in entries. A cached account with its encoded forms takes
// about 4 kB, a session about 1 kB.
const (
	userCacheSize    = 20_000
	sessionCacheSize = 50_000
)

// Options is what a Service is made of.
type Options struct {
	DB       *store.DB
	Bus      event.Bus
	Config   func() *config.Config
	Hasher   *password.Hasher
	Files    blob.Store
	Pictures *blob.Decoder
	Now      func() time.Time
	Log      *slog.Logger
}

// Service is the accounts of one server.
type Service struct {
	Options
	users        *cache[string, *Record]
	sessions     *cache[tokenHash, *model.Session]
	pages        *pages
	roles        atomic.Pointer[RoleSet]
	rolesMu      sync.Mutex
	rolesVersion atomic.Uint64
	signIns      keyedLocks
	activity     activity // of sessions
	tokensUsed   activity // of access tokens
	presence     presence
	nodeID       string // of this process, to which the sockets belong that it knows
	isNode       bool
	cancel       func()
}

// New returns a service that listens to the bus. Bootstrap must follow before use.
func New(o Options) *Service {
	s := &Service{
		Options:  o,
		users:    newCache[string, *Record](userCacheSize),
		sessions: newCache[tokenHash, *model.Session](sessionCacheSize),
		pages:    newPages(),
		presence: newPresence(),
		nodeID:   model.NewID(),
	}
	s.cancel = o.Bus.Subscribe(s.forget)
	return s
}

// Close stops listening and stores what is still kept in memory.
func (s *Service) Close(ctx context.Context) error {
	s.cancel()
	return errors.Join(s.storePresence(ctx, false), s.leaveNodes(ctx), s.FlushActivity(ctx))
}

// forget drops from the caches what an event says is stale.
func (s *Service) forget(e event.Event) {
	for _, id := range e.Stale.Users {
		s.users.epochs.move(id)
	}
	if e.Stale.Lists || len(e.Stale.MembershipsOf) > 0 {
		s.pages.moved()
	}
	for _, id := range e.Stale.SessionsOf {
		s.sessions.epochs.move(id)
	}
	if e.Stale.AllSessions || e.Stale.Everything {
		s.sessions.epochs.moveAll()
	}
	if e.Stale.Everything {
		s.users.epochs.moveAll()
		s.pages.moved()
	}
	if e.Name == event.StatusChanged {
		s.presence.changed(e.To.UserID)
	}
	if e.Stale.Roles || e.Stale.Everything {
		s.rolesMu.Lock() // whoever reads them now may keep them a moment longer, not for good
		s.rolesVersion.Add(1)
		s.roles.Store(nil)
		s.rolesMu.Unlock()
	}
}

// now is the time of a use case in milliseconds.
func (s *Service) now() int64 { return s.Now().UnixMilli() }

func (s *Service) privacy() model.Privacy {
	p := s.Config().PrivacySettings
	return model.Privacy{ShowEmail: p.ShowEmailAddress, ShowFullName: p.ShowFullName}
}

// viewFor says which view of somebody's record the actor gets in lists and look-ups.
func viewFor(a perm.Actor) model.View {
	if a.IsAdmin() {
		return model.ViewAdmin
	}
	return model.ViewOther
}

// audit makes a row of the access history for what the actor does.
func (s *Service) audit(a perm.Actor, at int64, extra string) *model.Audit {
	row := &model.Audit{
		ID: model.NewTimeID(at), CreateAt: at, UserID: a.UserID, Action: a.Path, ExtraInfo: extra,
		IPAddress: a.IP, SessionID: a.SessionID,
	}
	row.Fit()
	return row
}
