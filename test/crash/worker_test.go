package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
)

const password = "Passw0rd-1"

// fact is something the server keeps for us: what it acknowledged last, and what
// was asked for without an answer, which may or may not have happened.
type fact[T comparable] struct {
	known T
	asked *T
}

// change asks for another value.
func (f *fact[T]) change(to T, ask func() error) error {
	f.asked = &to
	if err := ask(); err != nil {
		return err
	}
	f.known, f.asked = to, nil
	return nil
}

// found compares with what is really there, which from now on is known.
func (f *fact[T]) found(v T) (possible bool) {
	possible = v == f.known || f.asked != nil && v == *f.asked
	f.known, f.asked = v, nil
	return possible
}

// account is what a worker knows of an account it made.
type account struct {
	id       string // empty as long as nobody knows whether it exists
	username string
	exists   fact[bool]
	nickname fact[string]
	roles    fact[string]
	active   fact[bool]
	tokens   []*signIn
	leaving  bool // its removal was asked for
}

// signIn is a session of an account.
type signIn struct {
	token string
	alive fact[bool]
}

// worker changes accounts of its own as quickly as it can.
type worker struct {
	name     string
	random   *rand.Rand
	made     int
	counter  int
	accounts []*account
	acked    int // changes
}

// run works until the server is gone and calls done after each change.
func (w *worker) run(ctx context.Context, c client, done func()) error {
	return repeat(w.name, func() error { return w.step(ctx, c) }, func() { w.acked++; done() })
}

// repeat does something until the server is gone, and calls done each time it was acknowledged.
// An error is an answer nobody expected.
func repeat(name string, step func() error, done func()) error {
	for {
		err := step()
		switch {
		case err == nil:
			done()
		case statusOf(err) != 0:
			return fmt.Errorf("%s: %w", name, err)
		default:
			return nil // no answer: the server was killed
		}
	}
}

// step does one thing.
func (w *worker) step(ctx context.Context, c client) error {
	dice := w.random.IntN(20)
	a := w.pick()
	if a == nil || dice < 2 {
		return w.create(ctx, c)
	}
	switch {
	case dice < 10:
		w.counter++
		to := strconv.Itoa(w.counter)
		return a.nickname.change(to, func() error {
			return c.do(ctx, http.MethodPut, "/users/"+a.id+"/patch", map[string]string{"nickname": to}, nil)
		})
	case dice < 13:
		return w.otherRoles(ctx, c, a)
	case dice < 16:
		return w.otherActive(ctx, c, a)
	case dice < 18:
		return w.signIn(ctx, c, a)
	case dice < 19:
		return w.signOut(ctx, c, a)
	}
	return a.remove(ctx, c)
}

// remove asks to remove the account for good. That begins with a deactivation and
// may go on as a job when the server dies, so what is left is no longer worked with.
func (a *account) remove(ctx context.Context, c client) error {
	a.leaving = true
	return a.endSessions(func() error {
		return a.active.change(false, func() error {
			return a.exists.change(false, func() error {
				return c.do(ctx, http.MethodDelete, "/users/"+a.id+"?permanent=true", nil, nil)
			})
		})
	})
}

// pick chooses an account that exists for sure.
func (w *worker) pick() *account {
	for range 3 {
		if len(w.accounts) == 0 {
			return nil
		}
		// mostly recent ones, so that one account sees many changes
		if a := w.accounts[max(0, len(w.accounts)-1-w.random.IntN(5))]; a.exists.known {
			return a
		}
	}
	return nil
}

func (w *worker) create(ctx context.Context, c client) error {
	w.made++
	a := &account{username: fmt.Sprintf("%s-%d", w.name, w.made)}
	a.active.known, a.roles.known = true, "system_user"
	w.accounts = append(w.accounts, a)
	var out struct{ ID string }
	return a.exists.change(true, func() error {
		err := c.do(ctx, http.MethodPost, "/users", map[string]string{"username": a.username, "email": a.username + "@example.com", "password": password}, &out)
		a.id = out.ID
		return err
	})
}

// otherRoles gives the account other roles. Whether its sessions outlive that is no
// matter of crashes, so they are forgotten here.
func (w *worker) otherRoles(ctx context.Context, c client, a *account) error {
	to := "system_user system_manager"
	if a.roles.known == to {
		to = "system_user"
	}
	a.tokens = nil
	return a.roles.change(to, func() error {
		return c.do(ctx, http.MethodPut, "/users/"+a.id+"/roles", map[string]string{"roles": to}, nil)
	})
}

// otherActive switches the account on or off; off ends its sessions.
func (w *worker) otherActive(ctx context.Context, c client, a *account) error {
	to := !a.active.known
	ask := func() error {
		return a.active.change(to, func() error {
			return c.do(ctx, http.MethodPut, "/users/"+a.id+"/active", map[string]bool{"active": to}, nil)
		})
	}
	if to {
		return ask()
	}
	return a.endSessions(ask)
}

// endSessions does something that ends every session of the account.
func (a *account) endSessions(ask func() error) error {
	for _, s := range a.tokens {
		outer := ask
		ask = func() error { return s.alive.change(false, outer) }
	}
	return ask()
}

func (w *worker) signIn(ctx context.Context, c client, a *account) error {
	if !a.active.known {
		return w.otherActive(ctx, c, a)
	}
	header, err := client{url: c.url, http: c.http}.exchange(ctx, http.MethodPost, "/users/login",
		map[string]string{"login_id": a.username, "password": password}, nil)
	if err == nil {
		a.tokens = append(a.tokens, &signIn{token: header.Get("Token"), alive: fact[bool]{known: true}})
	}
	return err
}

func (w *worker) signOut(ctx context.Context, c client, a *account) error {
	for _, s := range a.tokens {
		if s.alive.known {
			return s.alive.change(false, func() error {
				return client{url: c.url, http: c.http, token: s.token}.do(ctx, http.MethodPost, "/users/logout", nil, nil)
			})
		}
	}
	return w.signIn(ctx, c, a)
}
