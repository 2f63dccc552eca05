package seed

import (
	"testing"
)

func TestUsersAreValidAndDifferent(t *testing.T) {
	t.Parallel()
	const n = 20000
	usernames, emails := map[string]bool{}, map[string]bool{}
	for u := range Users(n) {
		if err := u.Validate(); err != nil {
			t.Fatalf("%s: %v", u.Username, err)
		}
		usernames[u.Username], emails[u.Email] = true, true
	}
	if len(usernames) != n || len(emails) != n {
		t.Errorf("%d usernames and %d addresses, want %d", len(usernames), len(emails), n)
	}
}

func TestUsersAreTheSameEachTime(t *testing.T) {
	t.Parallel()
	var first []string
	for u := range Users(1000) {
		first = append(first, u.Username)
	}
	i := 0
	for u := range Users(2000) {
		if i < len(first) && u.Username != first[i] {
			t.Fatalf("account %d is %s, was %s", i, u.Username, first[i])
		}
		i++
	}
}
