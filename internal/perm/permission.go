// Package perm holds the permissions, the built-in roles, the acting party and the
// decision whether that party may do something.
//
// The package is pure: it reads no clock, no database and no configuration. Roles are
// patched at run time, so what they grant comes in as a Grants snapshot; an Actor is
// resolved against one at the gate and carries its rights from there on.
package perm

import "slices"

// Permission is the id of one right, as it stands in the list of a role.
type Permission string

// Scope says at which level a permission is normally looked for. A role of a higher
// level may list it all the same and then grants it everywhere below.
type Scope string

// The scopes.
const (
	ScopeSystem   Scope = "system_scope"
	ScopeTeam     Scope = "team_scope"
	ScopeChannel  Scope = "channel_scope"
	ScopeGroup    Scope = "group_scope"
	ScopePlaybook Scope = "playbook_scope"
	ScopeRun      Scope = "run_scope"
)

const (
	currentCount = len(systemIDs) + len(teamIDs) + len(channelIDs) + len(groupIDs) +
		len(playbookIDs) + len(runIDs) + len(consoleIDs)
	knownCount = currentCount + len(deprecatedIDs)
)

// fact is what is known about one permission: its place in every set, and its scope,
// which is empty for a deprecated one.
type fact struct {
	bit   int
	scope Scope
}

// facts is written once, before main, and only read afterwards.
var facts = collectFacts()

func collectFacts() map[Permission]fact {
	m := make(map[Permission]fact, knownCount)
	add := func(scope Scope, ids []Permission) {
		for _, p := range ids {
			m[p] = fact{bit: len(m), scope: scope}
		}
	}
	add(ScopeSystem, systemIDs[:])
	add(ScopeTeam, teamIDs[:])
	add(ScopeChannel, channelIDs[:])
	add(ScopeGroup, groupIDs[:])
	add(ScopePlaybook, playbookIDs[:])
	add(ScopeRun, runIDs[:])
	add(ScopeSystem, consoleIDs[:])
	add("", deprecatedIDs[:])
	return m
}

// All returns the current permissions in their documented order; the caller owns the
// slice.
func All() []Permission {
	return slices.Concat(systemIDs[:], teamIDs[:], channelIDs[:], groupIDs[:],
		playbookIDs[:], runIDs[:], consoleIDs[:])
}

// Deprecated returns the permissions a stored role may still list although no check
// asks for them; the caller owns the slice.
func Deprecated() []Permission {
	return slices.Clone(deprecatedIDs[:])
}

// Known tells whether a role may list the permission, deprecated ones included.
func Known(p Permission) bool {
	_, ok := facts[p]
	return ok
}

// ScopeOf gives the scope of a current permission and false for any other id.
func ScopeOf(p Permission) (Scope, bool) {
	f := facts[p]
	return f.scope, f.scope != ""
}
