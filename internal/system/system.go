// Package system holds what concerns the installation as a whole: its
// configuration at run time, its health, its limits.
package system

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"muster/internal/blob"
	"muster/internal/config"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// Options is what a Service is made of.
type Options struct {
	DB    *store.DB
	Bus   event.Bus
	Files blob.Store
	Live  *config.Live
	// Load reads the configuration anew, with the given run-time document on top of the file.
	Load func(override []byte) (*config.Loaded, error)
	Now  func() time.Time
	Log  *slog.Logger
}

// Service is the installation.
type Service struct {
	Options
	cancel    func()
	busyUntil atomic.Int64 // a time in milliseconds; until then what can wait is refused

	stale chan struct{} // a node announced another configuration
	gone  chan struct{} // an account was removed, perhaps the last

	mu       sync.Mutex // one at a time reads, changes and puts to use
	document []byte     // the stored configuration in use
	version  int64      // of document; 0 for none
	refused  int64      // the version that does not work here
}

// New returns a service that follows changes of the configuration made on any node.
func New(o Options) *Service {
	s := &Service{Options: o, stale: make(chan struct{}, 1), gone: make(chan struct{}, 1), refused: -1}
	s.cancel = o.Bus.Subscribe(s.heard)
	return s
}

// Close stops listening.
func (s *Service) Close() { s.cancel() }

// heard notes what is to be looked at again; it must not wait.
func (s *Service) heard(e event.Event) {
	if e.Name == "new_user" {
		s.Live.UpdateInfo(func(i *config.ClientInfo) { i.NoAccounts = false })
	}
	if e.Stale.BusyUntil != nil {
		s.busyUntil.Store(*e.Stale.BusyUntil)
	}
	if e.Stale.Config || e.Stale.Everything {
		remind(s.stale)
	}
	if e.Stale.Gone || e.Stale.Everything {
		remind(s.gone)
	}
}

// remind makes sure that a look is due.
func remind(due chan struct{}) {
	select {
	case due <- struct{}{}:
	default: // it is already
	}
}

// lookEvery is how often a node looks whether another one, whose announcements it
// cannot hear, changed the configuration or the mark of being busy.
const lookEvery = 2 * time.Second

// Follow puts to use what other nodes change, when they announce it or soon after,
// and keeps what clients are told true. It returns when the context ends.
func (s *Service) Follow(ctx context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		var err error
		select {
		case <-s.stale:
			err = s.look(ctx)
		case <-look.C:
			err = s.look(ctx)
		case <-s.gone:
			err = s.count(ctx)
		case <-ctx.Done():
			return
		}
		if err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "changes of the installation not followed", "error", err)
		}
	}
}

// look puts to use what another node changed.
func (s *Service) look(ctx context.Context) error {
	return errors.Join(s.catchUp(ctx), s.lookBusy(ctx))
}

// count tells clients whether there are accounts: without any they offer to make the first.
func (s *Service) count(ctx context.Context) error {
	humans, err := s.DB.Humans(ctx)
	if err != nil {
		return fmt.Errorf("count accounts: %w", err)
	}
	s.Live.UpdateInfo(func(i *config.ClientInfo) { i.NoAccounts = humans == 0 })
	return nil
}

// Start reads what the database says about the installation. It must have run
// before the first request.
func (s *Service) Start(ctx context.Context) error {
	var diagnosticID, installed string
	err := s.DB.Tx(ctx, func(tx *store.Tx) (err error) {
		if diagnosticID, err = tx.KeepSystemValue(ctx, "DiagnosticId", model.NewID()); err != nil {
			return err
		}
		installed, err = tx.KeepSystemValue(ctx, "InstallationDate", fmt.Sprint(s.Now().UnixMilli()))
		return err
	})
	if err != nil {
		return fmt.Errorf("read facts of the installation: %w", err)
	}
	if err := s.count(ctx); err != nil {
		return err
	}
	var installedAt int64
	_, _ = fmt.Sscan(installed, &installedAt) // an unreadable date is shown as none
	s.Live.UpdateInfo(func(i *config.ClientInfo) {
		i.DiagnosticID, i.InstalledAt = diagnosticID, installedAt
	})
	if err := s.lookBusy(ctx); err != nil {
		return err
	}
	return s.Reload(ctx)
}

// Reload reads every source of the configuration anew and puts it to use.
func (s *Service) Reload(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	document, version, err := s.stored(ctx)
	if err != nil {
		return err
	}
	loaded, err := s.Load(document)
	if err == nil {
		s.put(loaded, document, version)
	}
	return err
}

// catchUp puts the stored configuration to use if it is another one.
func (s *Service) catchUp(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	document, version, err := s.stored(ctx)
	if err != nil {
		return err
	}
	return s.use(document, version)
}

// stored reads what administrators changed at run time; nil and version 0 when
// they changed nothing.
func (s *Service) stored(ctx context.Context) (document []byte, version int64, err error) {
	document, version, err = s.DB.Configuration(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read stored configuration: %w", err)
	}
	return document, version, nil
}

// use puts a stored configuration to use unless it is in use. One that does not
// work on this node is refused once, not with every look.
func (s *Service) use(document []byte, version int64) error {
	if version == s.version || version == s.refused {
		return nil
	}
	loaded, err := s.Load(document)
	if err != nil {
		s.refused = version
		return err
	}
	s.put(loaded, document, version)
	return nil
}

// put replaces the configuration in use and tells the clients of this node.
func (s *Service) put(loaded *config.Loaded, document []byte, version int64) {
	before := s.Live.Current().Hash
	s.Live.Replace(loaded)
	now := s.Live.Current()
	if now.Hash != before || version != s.version {
		s.Bus.PublishHere([]event.Event{event.ConfigChanged(config.ClientConfig(&now.Config, now.Info, true))})
	}
	s.document, s.version = document, version
}

// ReloadConfig is Reload for an administrator.
func (s *Service) ReloadConfig(ctx context.Context, a perm.Actor) error {
	if err := a.Need(perm.ReloadConfig); err != nil {
		return err
	}
	if s.Live.Current().Config.ExperimentalSettings.RestrictSystemAdmin && !a.Local {
		return fault.Permission(a.UserID, string(perm.ReloadConfig))
	}
	return store.Fault(s.Reload(ctx), "api.config.reload_config.app_error")
}

// Health says which parts of the installation answer.
type Health struct{ Database, Files bool }

// Health asks the database, and where files are kept if that is anywhere.
func (s *Service) Health(ctx context.Context) Health {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	files := s.Live.Current().Config.FileSettings.DriverName == "" || s.Files.Check(ctx) == nil
	return Health{Database: s.DB.Ping(ctx) == nil, Files: files}
}

// ServerLimits says how many accounts there are; there is no limit to them.
type ServerLimits struct {
	MaxUsersLimit         int64 `json:"maxUsersLimit"`
	MaxUsersHardLimit     int64 `json:"maxUsersHardLimit"`
	ActiveUserCount       int64 `json:"activeUserCount"`
	LastAccessiblePost    int64 `json:"lastAccessiblePostTime"`
	PostHistoryLimit      int64 `json:"postHistoryLimit"`
	SingleChannelGuests   int64 `json:"singleChannelGuestCount"`
	SingleChannelGuestMax int64 `json:"singleChannelGuestLimit"`
}

// Limits gives the limits of the server; the number of accounts is for administrators.
func (s *Service) Limits(ctx context.Context, a perm.Actor) (*ServerLimits, error) {
	if a.UserID == "" && !a.Local {
		return nil, fault.NoSession()
	}
	out := &ServerLimits{}
	if !a.Can(perm.SysconsoleReadUserManagementUsers) {
		return out, nil
	}
	counts, err := s.DB.UserCounts(ctx)
	if err != nil {
		return nil, fault.New(fault.Internal, "app.limits.get_app_limits.user_count.store_error").Because(err)
	}
	for _, c := range counts {
		if c.Active && !c.IsBot {
			out.ActiveUserCount += c.N
		}
	}
	return out, nil
}
