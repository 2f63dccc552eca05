package system

import (
	"context"
	"errors"
	"strings"

	"muster/internal/config"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/perm"
	"muster/internal/store"
)

// How the permissions begin that open parts of the system console.
const (
	readPrefix  = "sysconsole_read_"
	writePrefix = "sysconsole_write_"
)

// mayRead and mayWrite tell which parts of the system console an actor may read and write.
func mayRead(a perm.Actor) func(area string) bool {
	return func(area string) bool { return a.Can(perm.Permission(readPrefix + area)) }
}

func mayWrite(a perm.Actor) func(area string) bool {
	return func(area string) bool { return a.Can(perm.Permission(writePrefix + area)) }
}

// needAny refuses an actor who holds no permission that begins like this.
func needAny(a perm.Actor, prefix string) error {
	for _, p := range perm.All() {
		if strings.HasPrefix(string(p), prefix) && a.Can(p) {
			return nil
		}
	}
	return fault.Permission(a.UserID, string(perm.ManageSystem))
}

// Config gives the configuration as far as the actor may read it, secrets masked.
func (s *Service) Config(_ context.Context, a perm.Actor, removeMasked, removeDefaults bool) ([]byte, error) {
	if err := needAny(a, readPrefix); err != nil {
		return nil, err
	}
	return config.Document(&s.Live.Current().Config, config.DocumentOptions{
		CanRead:      mayRead(a),
		RemoveMasked: removeMasked, RemoveDefaults: removeDefaults,
	}), nil
}

// ConfigEnvironment tells which keys the environment decides, as far as the actor may read them.
func (s *Service) ConfigEnvironment(_ context.Context, a perm.Actor) ([]byte, error) {
	if err := needAny(a, readPrefix); err != nil {
		return nil, err
	}
	return s.Live.Current().EnvironmentDocument(mayRead(a)), nil
}

// changeTries is how often a change is made anew because another node's came first.
const changeTries = 5

// UpdateConfig changes the configuration at run time, the whole or (partial) the
// keys that are given, and tells every node. It answers the new configuration.
func (s *Service) UpdateConfig(ctx context.Context, a perm.Actor, document []byte, partial bool) ([]byte, error) {
	if err := needAny(a, writePrefix); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := config.MergeOptions{CanWrite: mayWrite(a), Partial: partial}
	for try := 1; ; try++ {
		err := s.change(ctx, document, o)
		switch {
		case err == nil:
			return s.Config(ctx, a, false, false)
		case !errors.Is(err, store.ErrConflict):
			return nil, store.Fault(err, "api.config.update_config.app_error")
		case try == changeTries:
			return nil, fault.New(fault.Conflict, "api.muster.config.changed_meanwhile.app_error").Because(err)
		}
	}
}

// change merges a document into the newest configuration and stores the result,
// which is ErrConflict when another node was quicker. What is stored has passed
// every check: nodes must be able to start with it.
func (s *Service) change(ctx context.Context, document []byte, o config.MergeOptions) error {
	stored, version, err := s.stored(ctx)
	if err != nil {
		return err
	}
	if err := s.use(stored, version); err != nil {
		s.Log.WarnContext(ctx, "stored configuration not put to use", "error", err)
	}
	if version != s.version { // what is stored does not work here: go on from what does
		stored = s.document
	}
	merged, err := s.Live.Current().Merge(document, o)
	if err != nil || merged.Changed == nil {
		return err
	}
	next, err := config.Overlay(stored, merged.Changed)
	if err != nil {
		return err
	}
	loaded, err := s.Load(next)
	if err != nil {
		return err
	}
	err = s.DB.Tx(ctx, func(tx *store.Tx) error {
		tx.Emit(event.Event{Stale: event.Stale{Config: true}})
		return tx.SaveConfiguration(ctx, next, version, s.Now().UnixMilli())
	})
	if err == nil {
		s.put(loaded, next, version+1)
	}
	return err
}
