package api_test

import "muster/internal/testkit"

// fewest gives how many statements something takes: the least of several tries, because
// regular work in the background runs statements of its own, though not every time.
func fewest(s *testkit.Server, tries int, do func()) int64 {
	least := int64(1 << 60)
	for range tries {
		before := s.DB.Statements()
		do()
		least = min(least, s.DB.Statements()-before)
	}
	return least
}
