// Package event holds what the server tells after a change: to sockets, and to
// the caches of every node.
package event

// Event is one announcement. It leaves the process after the commit of the
// change it tells about, never before, and may be lost in a crash: clients
// resynchronise, and whatever must happen is a job instead.
type Event struct {
	Name  string         // name on the websocket; empty when only caches are concerned
	Data  map[string]any // payload on the websocket
	To    Audience
	Stale Stale
}

// Audience says who may see an event. The zero value is everybody who is signed in.
type Audience struct {
	UserID    string
	ChannelID string
	TeamID    string
	OmitUsers []string
	// AdminsOnly and OthersOnly split an event into a copy for holders of manage_system and
	// a copy with fewer fields for all others.
	AdminsOnly bool
	OthersOnly bool
	// About names the account the event is about, for receivers who may see only some accounts.
	About string
}

// Stale names what caches must forget because of the change.
type Stale struct {
	Users       []string // records of these accounts
	SessionsOf  []string // every session of these accounts
	AllSessions bool
	Lists       bool   // the places of accounts on lists
	Gone        bool   // an account was removed for good
	Roles       bool   // the definitions of roles
	Config      bool   // the run-time configuration
	Terms       string // id of the terms of service now in force
}
