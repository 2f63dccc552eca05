package config

import (
	"sync"
	"sync/atomic"
)

// Snapshot is a configuration in use, with the answers that are made from it
// alone. Nothing in it changes.
type Snapshot struct {
	*Loaded
	Info          ClientInfo
	ClientLimited []byte // client configuration for everybody, JSON
	ClientFull    []byte // client configuration for those who are signed in, JSON
	Hash          string // of ClientFull, hexadecimal, part of X-Version-Id
}

func newSnapshot(l *Loaded, info ClientInfo) *Snapshot {
	s := &Snapshot{
		Loaded:        l,
		Info:          info,
		ClientLimited: encoded(ClientConfig(&l.Config, info, false)),
		ClientFull:    encoded(ClientConfig(&l.Config, info, true)),
	}
	s.Hash = hashOf(s.ClientFull)
	return s
}

// Live holds the configuration in use. Readers never wait.
type Live struct {
	now atomic.Pointer[Snapshot]

	mu          sync.Mutex // one change at a time, subscribers told in its order
	subscribers []func(old, new *Config)
}

// NewLive holds a first configuration.
func NewLive(l *Loaded, info ClientInfo) *Live {
	v := &Live{}
	v.now.Store(newSnapshot(l, info))
	return v
}

// Current gives the configuration in use. A use case asks once and keeps the answer.
func (v *Live) Current() *Snapshot { return v.now.Load() }

// Replace puts another configuration to use, then tells the subscribers.
func (v *Live) Replace(l *Loaded) {
	v.mu.Lock()
	defer v.mu.Unlock()
	old := v.now.Load()
	v.now.Store(newSnapshot(l, old.Info))
	for _, tell := range v.subscribers {
		tell(&old.Config, &l.Config)
	}
}

// UpdateInfo changes what clients are told besides the configuration.
func (v *Live) UpdateInfo(change func(*ClientInfo)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	old := v.now.Load()
	info := old.Info
	change(&info)
	if info != old.Info {
		v.now.Store(newSnapshot(old.Loaded, info))
	}
}

// Subscribe calls a function after each Replace, one call at a time and in the
// order of subscription. It must return soon and must not change the Live.
func (v *Live) Subscribe(tell func(old, new *Config)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.subscribers = append(v.subscribers, tell)
}
