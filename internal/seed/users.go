// Package seed makes up the accounts of an organisation, for measurements.
package seed

import (
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"muster/internal/fold"
	"muster/internal/model"
)

// madeAt is when all accounts were made, in milliseconds.
const madeAt = 1_700_000_000_000

// Users gives n different accounts in no order. They are the same each time,
// except for their ids. One in 5,000 is an administrator, one in 50 a guest, one in
// 30 deactivated. None has a password.
func Users(n int) iter.Seq[*model.User] {
	return func(yield func(*model.User) bool) {
		m := &maker{
			rand: rand.New(rand.NewPCG(1, 2)), first: namesOf(firstNames), last: namesOf(lastNames),
			nick: namesOf(nicknames), taken: map[string]int{},
		}
		for range n {
			if !yield(m.user()) {
				return
			}
		}
	}
}

type maker struct {
	rand              *rand.Rand
	first, last, nick names
	taken             map[string]int // accounts by username without number
}

func (m *maker) user() *model.User {
	first, last := m.first.pick(m.rand), m.last.pick(m.rand)
	u := &model.User{
		ID: model.NewID(), CreateAt: madeAt, UpdateAt: madeAt, FirstName: first, LastName: last,
		Roles: model.SystemUserRole, Locale: "en", Timezone: model.DefaultTimezone(), Props: model.StringMap{},
		NotifyProps: model.DefaultNotifyProps(), EmailVerified: true,
	}
	u.Username = m.numbered(m.username(letters(first), letters(last)))
	u.Email = u.Username + "@" + m.domain()
	switch m.rand.IntN(8) {
	case 0:
		u.Nickname = m.nick.pick(m.rand)
	case 1:
		u.Nickname = m.nick.pick(m.rand) + " " + first
	}
	switch k := m.rand.IntN(5000); {
	case k == 0:
		u.Roles = model.SystemUserRole + " " + model.SystemAdminRole
	case k < 100:
		u.Roles = model.SystemGuestRole
	case k < 266:
		u.DeleteAt = madeAt
	}
	return u
}

// username follows one of the usual patterns and ends in a letter.
func (m *maker) username(first, last string) string {
	switch k := m.rand.IntN(20); {
	case k < 11:
		return first + "." + last
	case k < 14:
		return first[:1] + last
	case k < 16:
		return first + last[:1]
	case k < 17:
		return last + "-" + first
	case k < 18:
		return first + "_" + last
	case k < 19:
		return letters(m.nick.pick(m.rand))
	}
	return first
}

// numbered makes a username different from those before by a number.
func (m *maker) numbered(username string) string {
	m.taken[username]++
	if n := m.taken[username]; n > 1 {
		return username + strconv.Itoa(n)
	}
	return username
}

func (m *maker) domain() string {
	switch k := m.rand.IntN(100); {
	case k < 5:
		return "mail.example.org"
	case k < 12:
		return "students.example.edu"
	case k < 15:
		return "contractor.test"
	}
	return "example.com"
}

// names are names and how often they occur among all, summed up.
type names struct {
	list []string
	sums []float64
}

func namesOf(list string) names {
	n := names{list: strings.Fields(list)}
	sum := 0.0
	for i := range n.list {
		sum += 1 / float64(i+20)
		n.sums = append(n.sums, sum)
	}
	return n
}

func (n names) pick(r *rand.Rand) string {
	i, _ := slices.BinarySearch(n.sums, r.Float64()*n.sums[len(n.sums)-1])
	return n.list[min(i, len(n.list)-1)]
}

// letters gives a name as it stands in a username.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, fold.Text(name))
}
