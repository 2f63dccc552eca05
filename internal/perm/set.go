package perm

const setWords = (knownCount + 63) / 64

// set is a set of known permissions, one bit each.
type set [setWords]uint64

// setOf collects the permissions; unknown ids cannot be asked for and are left out.
func setOf(permissions []Permission) set {
	var s set
	for _, p := range permissions {
		if f, ok := facts[p]; ok {
			s[f.bit/64] |= 1 << (f.bit % 64)
		}
	}
	return s
}

// hasBit tells whether the permission with this place is in the set.
func (s *set) hasBit(bit int) bool {
	return s[bit/64]&(1<<(bit%64)) != 0
}

// has tells whether the permission is in the set; an unknown one never is.
func (s *set) has(p Permission) bool {
	f, ok := facts[p]
	return ok && s.hasBit(f.bit)
}

// add puts the other set into this one.
func (s *set) add(other *set) {
	for i := range s {
		s[i] |= other[i]
	}
}

// contains tells whether nothing of the other set is missing.
func (s *set) contains(other *set) bool {
	for i := range s {
		if other[i]&^s[i] != 0 {
			return false
		}
	}
	return true
}
