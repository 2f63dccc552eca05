package api_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"muster/internal/testkit"
)

// The model of a channel: nothing is kept, everything is counted from what was written.
type (
	modelPost struct {
		id, author, root string
		mentions         []string // ids of accounts
		deleted          bool
	}
	modelMember  struct{ read, readRoots, mentions, mentionsRoot int }
	channelModel struct {
		t       *testing.T
		s       *testkit.Server
		rand    *rand.Rand
		channel string
		users   []*testkit.Client
		posts   []*modelPost
		members map[string]*modelMember
	}
)

// written counts what was ever written, deleted or not, and the roots among it.
func (m *channelModel) written() (all, roots int) {
	for _, p := range m.posts {
		if all++; p.root == "" {
			roots++
		}
	}
	return all, roots
}

// since gives what is there from a post on.
func (m *channelModel) since(id string) []*modelPost {
	from := slices.IndexFunc(m.posts, func(p *modelPost) bool { return p.id == id })
	return slices.DeleteFunc(slices.Clone(m.posts[from:]), func(p *modelPost) bool { return p.deleted })
}

// live gives a post that is there, a root when one is wanted; nil when there is none.
func (m *channelModel) live(root bool) *modelPost {
	var there []*modelPost
	for _, p := range m.posts {
		if !p.deleted && (!root || p.root == "") {
			there = append(there, p)
		}
	}
	if len(there) == 0 {
		return nil
	}
	return there[m.rand.IntN(len(there))]
}

func TestChannelsEqualARecountAfterAnything(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		seed := rand.Uint64()
		defer func() {
			if t.Failed() {
				t.Logf("seed %d", seed)
			}
		}()
		m := &channelModel{t: t, s: s, rand: rand.New(rand.NewPCG(seed, 1)), members: map[string]*modelMember{}}
		for _, name := range []string{"amy", "bob", "cat"} {
			m.users = append(m.users, s.User(name))
		}
		team := s.Team(t, "north", m.users...)
		m.channel = s.Channel(t, team.ID, "talk", "O")
		for step := range 90 {
			what := m.step(m.users[m.rand.IntN(len(m.users))])
			if step%5 == 0 || step > 80 {
				m.compare()
			}
			if t.Failed() {
				t.Fatalf("after step %d: %s", step, what)
			}
		}
	})
}

// step does something on the server and in the model.
func (m *channelModel) step(u *testkit.Client) string {
	in := m.members[u.ID]
	switch n := m.rand.IntN(100); {
	case in == nil || n < 8:
		return m.move(u)
	case n < 35:
		return m.say(u, nil)
	case n < 60:
		return m.say(u, m.live(true))
	case n < 70:
		return m.remove(m.live(false))
	case n < 85:
		u.Post("/channels/members/me/view", map[string]any{"channel_id": m.channel, "collapsed_threads_supported": true}).Want(http.StatusOK)
		all, roots := m.written()
		*in = modelMember{read: all, readRoots: roots}
		return "read"
	}
	return m.unread(u, m.live(false))
}

// move lets somebody come or leave.
func (m *channelModel) move(u *testkit.Client) string {
	if m.members[u.ID] == nil {
		u.Post("/channels/"+m.channel+"/members", map[string]string{"user_id": u.ID}).Want(http.StatusCreated)
		m.members[u.ID] = &modelMember{}
		return "come"
	}
	u.Delete("/channels/" + m.channel + "/members/" + u.ID).Want(http.StatusOK)
	delete(m.members, u.ID)
	return "leave"
}

func (m *channelModel) say(u *testkit.Client, root *modelPost) string {
	p := &modelPost{author: u.ID}
	text := []string{"hello"}
	for _, o := range m.users {
		if m.rand.IntN(3) != 0 {
			continue
		}
		text = append(text, "@"+o.Username)
		if m.members[o.ID] != nil { // who comes later was not mentioned
			p.mentions = append(p.mentions, o.ID)
		}
	}
	if m.rand.IntN(6) == 0 {
		text = append(text, "@channel")
		p.mentions = slices.Collect(maps.Keys(m.members))
	}
	if root != nil {
		p.root = root.id
	}
	p.id = u.Post("/posts", map[string]string{"channel_id": m.channel, "root_id": p.root, "message": strings.Join(text, " ")}).
		Want(http.StatusCreated).Text("id")
	m.posts = append(m.posts, p)
	for id, in := range m.members {
		in.hear(p, id)
	}
	if p.root == "" {
		all, roots := m.written()
		*m.members[u.ID] = modelMember{read: all, readRoots: roots}
	}
	return "say"
}

// hear counts a post that mentions the member.
func (in *modelMember) hear(p *modelPost, id string) {
	if id == p.author || !slices.Contains(p.mentions, id) {
		return
	}
	if in.mentions++; p.root == "" {
		in.mentionsRoot++
	}
}

func (m *channelModel) remove(p *modelPost) string {
	if p == nil {
		return "nothing"
	}
	m.s.Admin().For(m.t).Delete("/posts/" + p.id).Want(http.StatusOK)
	for _, o := range m.posts {
		o.deleted = o.deleted || o.id == p.id || o.root == p.id
	}
	return "delete"
}

func (m *channelModel) unread(u *testkit.Client, p *modelPost) string {
	if p == nil {
		return "nothing"
	}
	u.Post("/users/me/posts/"+p.id+"/set_unread", map[string]bool{"collapsed_threads_supported": true}).Want(http.StatusOK)
	all, roots := m.written()
	in := &modelMember{read: all, readRoots: roots}
	for _, o := range m.since(p.id) {
		if in.read--; o.root == "" {
			in.readRoots--
		}
		in.hear(o, u.ID)
	}
	*m.members[u.ID] = *in
	return "unread"
}

// compare tells where the server says something else than the model counts.
func (m *channelModel) compare() {
	m.t.Helper()
	all, roots := m.written()
	for _, u := range m.users {
		in := m.members[u.ID]
		r := u.Get("/users/me/channels/" + m.channel + "/unread")
		if in == nil {
			if r.StatusCode == http.StatusOK {
				m.t.Errorf("%s left, and has unread %s", u.Username, r.Body)
			}
			continue
		}
		want := fmt.Sprint(all-in.read, roots-in.readRoots, in.mentions, in.mentionsRoot)
		if got := fmt.Sprint(r.Value("msg_count"), r.Value("msg_count_root"), r.Value("mention_count"), r.Value("mention_count_root")); got != want {
			m.t.Errorf("%s has %s, want %s", u.Username, got, want)
		}
	}
	c, err := m.s.DB.Channel(m.t.Context(), m.channel)
	if err != nil {
		m.t.Fatal(err)
	}
	// The administrator who made the channel is in it, too.
	if got, want := fmt.Sprint(c.TotalMsgCount, c.TotalMsgCountRoot, c.Members), fmt.Sprint(all, roots, len(slices.Collect(maps.Keys(m.members)))+1); got != want {
		m.t.Errorf("the channel counts %s, want %s", got, want)
	}
}
