package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/textproto"
	"net/url"
)

// work is one kind of request.
type work struct {
	name  string
	next  func(connection, n int) []byte
	floor func(size int) func(connection, n int) []byte
	timed bool // the target is about the time of an answer: it is measured without others beside it, too
}

func (w work) alone() work {
	w.timed = true
	return w
}

// variety is how many different requests of a kind are prepared.
const variety = 2000

// reading measures prepared requests beside a floor that answers as many bytes.
func reading(name string, requests func(token string) [][]byte, tokens []string) work {
	prepared := make([][][]byte, len(tokens))
	for i, t := range tokens {
		prepared[i] = requests(t)
	}
	return work{
		name: name,
		next: func(connection, n int) []byte {
			list := prepared[connection%len(prepared)]
			return list[(n*7919+connection*104729)%len(list)]
		},
		floor: func(size int) func(int, int) []byte {
			template := prepared[0][0]
			_, body, _ := bytes.Cut(template, []byte("\r\n\r\n"))
			method := "GET"
			if len(body) > 0 {
				method = "POST"
			} else {
				body = nil
			}
			req := request(method, fmt.Sprintf("/%d", size), tokens[0], body)
			return func(int, int) []byte { return req }
		},
	}
}

// works are what the targets of the design are about.
func (s *site) works() []work {
	tokens := s.seeded.tokens
	every := func(n int, one func(i int, token string) []byte) func(string) [][]byte {
		return func(token string) [][]byte {
			out := make([][]byte, n)
			for i := range out {
				out[i] = one(i, token)
			}
			return out
		}
	}
	return []work{
		reading("GET users/me", every(1, func(_ int, t string) []byte { return get("/api/v4/users/me", t) }), tokens),
		reading("GET users/{id}", every(variety, func(_ int, t string) []byte { return get("/api/v4/users/"+s.seeded.anyID(), t) }), tokens[:1]),
		reading("POST users/ids (50)", every(variety/4, func(_ int, t string) []byte {
			ids := make([]string, 50)
			for i := range ids {
				ids[i] = s.seeded.anyID()
			}
			return post("/api/v4/users/ids", t, ids)
		}), tokens[:1]),
		reading("GET users?per_page=60", every(variety/4, func(i int, t string) []byte {
			return get(fmt.Sprintf("/api/v4/users?per_page=60&page=%d", i%max(1, min(150, s.seeded.users/60))), t)
		}), tokens[:1]),
		reading("GET users/stats", every(1, func(_ int, t string) []byte { return get("/api/v4/users/stats", t) }), tokens[:1]),
		reading("POST users/search", every(variety, func(_ int, t string) []byte {
			return post("/api/v4/users/search", t, map[string]any{"term": s.seeded.anyTerm(), "limit": 100})
		}), tokens[:1]).alone(),
		reading("GET users/autocomplete", every(variety, func(_ int, t string) []byte {
			return get("/api/v4/users/autocomplete?limit=25&name="+url.QueryEscape(s.seeded.anyPrefix()), t)
		}), tokens[:1]).alone(),
	}
}

func post(path, token string, v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and numbers always have a JSON form
	}
	return request("POST", path, token, body)
}

// signInWork signs accounts in, another one each time.
func (s *site) signInWork() func(int, int) []byte {
	return func(int, int) []byte {
		return post("/api/v4/users/login", "", map[string]string{
			"login_id": s.seeded.usernames[rand.IntN(len(s.seeded.usernames))], "password": seedPassword,
		})
	}
}

// signIn gets a session for every connection.
func (s *site) signIn(connections int) error {
	c := newConn(s.server.address)
	defer c.close()
	for i := range connections {
		status, err := c.do(post("/api/v4/users/login", "", map[string]string{
			"login_id": s.seeded.usernames[i%len(s.seeded.usernames)], "password": seedPassword,
		}))
		if err != nil {
			return err
		}
		header, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(c.header, '\r', '\n')))).ReadMIMEHeader()
		if header.Get("Token") == "" {
			return fmt.Errorf("sign-in answered %d %s", status, c.body)
		}
		s.seeded.tokens = append(s.seeded.tokens, header.Get("Token"))
	}
	return nil
}
