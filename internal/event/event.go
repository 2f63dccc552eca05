// Package event holds what the server tells after a change: to sockets, and to
// the caches of every node.
package event

// Event is one announcement. It leaves the process after the commit of the
// change it tells about, never before, and may be lost in a crash: clients
// resynchronise, and whatever must happen is a job instead. Whoever published it
// leaves its maps and lists as they are.
type Event struct {
	Name  string         // name on the websocket; empty when only caches are concerned
	Data  map[string]any // payload on the websocket
	To    Audience
	Stale Stale
	// For holds what single accounts of the audience find in the payload beside Data, by
	// account: the "mentions" and "followers" of a post. Everybody else shares one copy, so it
	// costs only the accounts it names. It adds to Data and never to the audience.
	For map[string]map[string]any
}

// Audience says who may see an event. The zero value is everybody who is signed in.
// The first of ConnectionID, UserID, ChannelID, TeamID that is set decides; those after it
// are merely told to the receiver.
type Audience struct {
	ConnectionID string // that socket alone
	UserID       string
	ChannelID    string // members of the channel
	TeamID       string // members of the team
	// OmitUsers and OmitConnectionID leave receivers out of a larger audience.
	OmitUsers        []string
	OmitConnectionID string
	// AdminsOnly and OthersOnly split an event into a copy for holders of manage_system and
	// a copy with fewer fields for all others.
	AdminsOnly bool
	OthersOnly bool
	// GuestsOnly and NoGuests split an event into a copy for guests, who may know less, and
	// one for all others.
	GuestsOnly bool
	NoGuests   bool
	// About names the account the event is about: of guests, only those hear it who share a
	// channel with the account.
	About string
}

// Stale names what caches must forget because of the change.
type Stale struct {
	Users       []string // records of these accounts
	SessionsOf  []string // every session of these accounts
	AllSessions bool
	// MembershipsOf names accounts that entered or left a team or a channel, or whose team or
	// channel came or went. The event that brings it, and all later ones, reach the new members and
	// no longer the former.
	MembershipsOf []string
	// Closed names channels that are archived now: nobody hears of them any more but the event
	// that brings it. Opened names those that are open again.
	Closed, Opened []string
	// Left names an account that was found off line because a node holds no socket of it any more;
	// another one may.
	Left   string
	Lists  bool   // the places of accounts on lists
	Gone   bool   // an account was removed for good
	Roles  bool   // the definitions of roles
	Config bool   // the run-time configuration
	Terms  string // id of the terms of service now in force
	// BusyUntil, when there, is until when the installation is marked as busy, 0 for no longer.
	BusyUntil  *int64
	Everything bool // announcements were lost: whatever is kept may be old
}
