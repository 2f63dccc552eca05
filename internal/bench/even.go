package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// unbounded are settings with which thousands of tries are looked at, and counted, in
// one run.
var unbounded = []string{
	"MM_SERVICESETTINGS_ENABLEMULTIFACTORAUTHENTICATION=true", "MM_SERVICESETTINGS_MAXIMUMLOGINATTEMPTS=1000000",
	"MM_MUSTERSETTINGS_FAILEDSIGNINSPERACCOUNT=1000000", "MM_MUSTERSETTINGS_FAILEDSIGNINSPERADDRESS=1000000",
	"MM_MUSTERSETTINGS_MAILREQUESTSPERACCOUNT=1000000", "MM_MUSTERSETTINGS_MAILREQUESTSPERADDRESS=1000000",
	"MM_MUSTERSETTINGS_MFACHECKSPERACCOUNT=1000000", "MM_MUSTERSETTINGS_MFACHECKSPERADDRESS=1000000",
}

// question is something a stranger may ask about a name.
type question struct {
	path string
	body func(p person) map[string]string
}

// person is somebody who has an account, or would have one.
type person struct{ name, email string }

var questions = []question{
	{"users/login", func(p person) map[string]string {
		return map[string]string{"login_id": p.name, "password": "wrong-Passw0rd"}
	}},
	{"users/login/type", func(p person) map[string]string { return map[string]string{"login_id": p.name} }},
	{"users/mfa", func(p person) map[string]string { return map[string]string{"login_id": p.name} }},
	{"users/password/reset/send", func(p person) map[string]string { return map[string]string{"email": p.email} }},
	{"users/email/verify/send", func(p person) map[string]string { return map[string]string{"email": p.email} }},
}

// even tells whether the time of an answer gives away which accounts exist: it asks the
// same about known and unknown ones in random order, over one connection, and compares
// the medians with what chance does to them.
func (s *site) even(ctx context.Context, tries int) error {
	fmt.Printf("%s: medians of %d tries each for accounts that exist and that do not\n\n", s.database, tries)
	fmt.Println("| Operation | known µs | unknown µs | difference µs | chance µs | |")
	fmt.Println("|---|--:|--:|--:|--:|---|")
	c := newConn(s.server.address)
	defer c.close()
	people, err := s.people(c)
	if err != nil {
		return err
	}
	for _, q := range questions {
		known, unknown, err := ask(ctx, c, q, people, tries)
		if err != nil {
			return fmt.Errorf("%s: %w", q.path, err)
		}
		difference, chance := median(known)-median(unknown), byChance(known, unknown)
		verdict := "even"
		if abs(difference) > chance {
			verdict = "UNEVEN"
		}
		fmt.Printf("| %s | %d | %d | %d | %d | %s |\n", q.path, median(known).Microseconds(), median(unknown).Microseconds(),
			difference.Microseconds(), chance.Microseconds(), verdict)
	}
	return nil
}

// people asks who has an account.
func (s *site) people(c *conn) (out []person, err error) {
	const call = 200
	for ids := range slices.Chunk(s.seeded.ids[:min(len(s.seeded.ids), 10*call)], call) {
		if _, err := c.do(post("/api/v4/users/ids", s.seeded.tokens[0], ids)); err != nil {
			return nil, err
		}
		var list []struct{ Username, Email string }
		if err := json.Unmarshal(c.body, &list); err != nil {
			return nil, fmt.Errorf("read accounts: %w", err)
		}
		for _, u := range list {
			out = append(out, person{u.Username, u.Email})
		}
	}
	return out, nil
}

// nobody gives somebody with a name and an address about as long, who has no account.
func (p person) nobody() person {
	local, domain, _ := strings.Cut(p.email, "@")
	end := fmt.Sprintf(".%04d", rand.IntN(10_000))
	shorter := func(s string) string { return s[:max(1, len(s)-len(end))] + end }
	return person{shorter(p.name), shorter(local) + "@" + domain}
}

// ask times a question about those who have an account and those who have none, so many of each.
func ask(ctx context.Context, c *conn, q question, people []person, tries int) (known, unknown []time.Duration, err error) {
	const warmUp = 50
	order := make([]bool, 2*tries)
	for i := range tries {
		order[i] = true
	}
	rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	order = append(slices.Repeat([]bool{true, false}, warmUp/2), order...)
	for i, exists := range order {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		p := people[rand.IntN(len(people))]
		if !exists {
			p = p.nobody()
		}
		request := post("/api/v4/"+q.path, "", q.body(p))
		at := time.Now()
		status, err := c.do(request)
		took := time.Since(at)
		switch {
		case err != nil:
			return nil, nil, err
		case status == 429 || status >= 500:
			return nil, nil, fmt.Errorf("status %d %s", status, c.body)
		case i < warmUp:
		case exists:
			known = append(known, took)
		default:
			unknown = append(unknown, took)
		}
	}
	return known, unknown, nil
}

func median(list []time.Duration) time.Duration {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[len(list)/2]
}

func abs(d time.Duration) time.Duration { return max(d, -d) }

// byChance tells how far apart the medians lie when the same times are dealt out at
// random, in 95 of 100 deals.
func byChance(known, unknown []time.Duration) time.Duration {
	const deals = 400
	all := slices.Concat(known, unknown)
	apart := make([]time.Duration, deals)
	for i := range apart {
		rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		apart[i] = abs(median(all[:len(known)]) - median(all[len(known):]))
	}
	slices.Sort(apart)
	return apart[deals*95/100]
}
