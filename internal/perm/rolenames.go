package perm

import (
	"iter"
	"strings"

	"muster/internal/fault"
)

const roleNameLimit = 64 // bytes

// RoleNames walks the names in a role string, in order, repetitions included. Blanks
// are the only separator: any other white space would be a part of a name, which no
// role can have, so that two readers of the string never disagree about it.
func RoleNames(roles string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for roles != "" {
			var name string
			name, roles, _ = strings.Cut(roles, " ")
			if name != "" && !yield(name) {
				return
			}
		}
	}
}

// HasRole tells whether the role string contains the name as a whole word.
func HasRole(roles, name string) bool {
	for n := range RoleNames(roles) {
		if n == name {
			return true
		}
	}
	return false
}

// IsSystemAdmin tells whether a stored role string makes its owner a system admin.
// For the caller of an operation ask Actor.IsAdmin instead.
func IsSystemAdmin(roles string) bool { return HasRole(roles, RoleSystemAdmin) }

// IsSystemGuest tells whether a stored role string makes its owner a guest.
func IsSystemGuest(roles string) bool { return HasRole(roles, RoleSystemGuest) }

// ValidRoleName tells whether the name has the form of a role name: 1 to 64 of a-z,
// 0-9 and the underscore.
func ValidRoleName(name string) bool {
	if name == "" || len(name) > roleNameLimit {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// ValidRoleNames checks the form of a role string that is about to be stored for a
// user. At least one name is needed, so that a malformed body never takes somebody's
// roles away, and an admin must also be something else. The fault is body:roles.
func ValidRoleNames(roles string) error {
	beside := false
	for name := range RoleNames(roles) {
		if !ValidRoleName(name) {
			return fault.Body("roles")
		}
		beside = beside || name != RoleSystemAdmin
	}
	if !beside {
		return fault.Body("roles")
	}
	return nil
}
