package crash

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"muster/internal/store"
)

// Those who talk, and who never says a word and is mentioned now and then: whatever
// was said to them stays unread.
const (
	talkers  = 3
	listener = "listener"
	mention  = " @" + listener
)

// said is a post that somebody asked for.
type said struct {
	id     string // empty as long as nobody knows whether it exists
	text   string // no other post says the same
	root   string
	exists fact[bool]
}

// talker writes in a channel as quickly as it can, answers, and takes answers back.
type talker struct {
	name    string
	token   string
	channel string
	random  *rand.Rand
	posts   []*said
	made    int
	acked   int
}

// newTalk makes a channel with those who talk and who listens.
func (s *scene) newTalk(t *testing.T, c client) {
	t.Helper()
	var team, channel struct{ ID string }
	ask := func(c client, path string, in, out any) {
		t.Helper()
		if err := c.do(t.Context(), http.MethodPost, path, in, out); err != nil {
			t.Fatalf("prepare the talk: POST %s: %v", path, err)
		}
	}
	ask(c, "/teams", map[string]string{"name": "talk", "display_name": "Talk", "type": "O"}, &team)
	ask(c, "/channels", map[string]string{"team_id": team.ID, "name": "talk", "display_name": "Talk", "type": "O"}, &channel)
	join := func(name string) {
		var u struct{ ID string }
		ask(c, "/users", map[string]string{"username": name, "email": name + "@example.com", "password": password}, &u)
		ask(c, "/teams/"+team.ID+"/members", map[string]string{"team_id": team.ID, "user_id": u.ID}, nil)
		ask(c, "/channels/"+channel.ID+"/members", map[string]string{"user_id": u.ID}, nil)
	}
	join(listener)
	for _, w := range s.talkers {
		join(w.name)
		header, err := client{url: c.url, http: c.http}.exchange(t.Context(), http.MethodPost, "/users/login",
			map[string]string{"login_id": w.name, "password": password}, nil)
		if err != nil {
			t.Fatalf("sign %s in: %v", w.name, err)
		}
		w.token, w.channel = header.Get("Token"), channel.ID
	}
}

func (w *talker) run(ctx context.Context, c client, done func()) error {
	c.token = w.token
	return repeat(w.name, func() error { return w.step(ctx, c) }, func() { w.acked++; done() })
}

// step writes a post, answers one, or takes an answer back.
func (w *talker) step(ctx context.Context, c client) error {
	dice := w.random.IntN(10)
	p := w.pick()
	switch {
	case p == nil || dice < 4:
		return w.say(ctx, c, "")
	case p.root == "":
		return w.say(ctx, c, p.id)
	case dice < 9 || strings.HasSuffix(p.text, mention):
		return w.say(ctx, c, p.root)
	}
	return p.exists.change(false, func() error { return c.do(ctx, http.MethodDelete, "/posts/"+p.id, nil, nil) })
}

// pick chooses one of the last posts that exists for sure.
func (w *talker) pick() *said {
	if len(w.posts) == 0 {
		return nil
	}
	if p := w.posts[max(0, len(w.posts)-1-w.random.IntN(8))]; p.exists.known && p.id != "" {
		return p
	}
	return nil
}

func (w *talker) say(ctx context.Context, c client, root string) error {
	w.made++
	p := &said{text: fmt.Sprintf("%s says %d", w.name, w.made), root: root}
	if w.random.IntN(4) == 0 {
		p.text += mention
	}
	w.posts = append(w.posts, p)
	var out struct{ ID string }
	return p.exists.change(true, func() error {
		err := c.do(ctx, http.MethodPost, "/posts", map[string]string{"channel_id": w.channel, "message": p.text, "root_id": root}, &out)
		p.id = out.ID
		return err
	})
}

// check compares what the talkers know with what the server shows, and looks whether it shows
// anything nobody said.
func (s *scene) checkTalk(t *testing.T, c client) {
	t.Helper()
	stored := s.storedPosts(t)
	shown := map[string]bool{}
	for batch := range slices.Chunk(valuesOf(stored), 1000) {
		var list []struct{ ID string }
		if err := c.do(t.Context(), http.MethodPost, "/posts/ids", batch, &list); err != nil {
			t.Fatalf("read posts: %v", err)
		}
		for _, p := range list {
			shown[p.ID] = true
		}
	}
	for _, w := range s.talkers {
		for _, p := range w.posts {
			id := stored[p.text]
			if p.id != "" && p.id != id {
				t.Errorf("%q is stored as %q, acknowledged as %s", p.text, id, p.id)
			}
			if p.id = id; !p.exists.found(shown[id]) {
				t.Errorf("%q is there: %t, which nobody asked for", p.text, shown[id])
			}
			delete(stored, p.text)
		}
	}
	for text := range stored {
		t.Errorf("%q is there, and nobody said it", text)
	}
}

// storedPosts gives the ids of all posts by what they say, deleted ones included.
func (s *scene) storedPosts(t *testing.T) map[string]string {
	t.Helper()
	db := connect(t, s.driver, s.dataSource)
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	rows, err := db.QueryContext(t.Context(), `SELECT message, id FROM posts WHERE type = '' AND original_id IS NULL`)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for rows.Next() {
		var text, id string
		if err := rows.Scan(&text, &id); err != nil {
			t.Fatal(err)
		}
		if out[text] != "" {
			t.Errorf("%q is there twice", text)
		}
		out[text] = id
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func valuesOf(m map[string]string) (list []string) {
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

// talkHalves are counts and copies that must equal what they stand for, whenever the server died.
var talkHalves = map[string]string{
	"channels that count their posts wrong": `SELECT COUNT(*) FROM channels c WHERE c.total_msg_count <> (
			SELECT COUNT(*) FROM posts p WHERE p.channel_id = c.id AND p.original_id IS NULL AND p.type = '')
		OR c.total_msg_count_root <> (
			SELECT COUNT(*) FROM posts p WHERE p.channel_id = c.id AND p.original_id IS NULL AND p.type = '' AND p.root_id IS NULL)`,
	"members who have read more than there is": `SELECT COUNT(*) FROM channel_members m JOIN channels c ON c.id = m.channel_id
		WHERE m.msg_count > c.total_msg_count OR m.msg_count_root > c.total_msg_count_root`,
	"wrong counts of the mentions of who only listens": `SELECT COUNT(*) FROM channel_members m JOIN channels c ON c.id = m.channel_id
		WHERE c.name = 'talk' AND m.username = '` + listener + `' AND ( -- the first mention says that they were added
		m.mention_count <> (SELECT 1 + COUNT(*) FROM posts p WHERE p.channel_id = m.channel_id AND p.original_id IS NULL AND p.message LIKE '%` + mention + `')
		OR m.mention_count_root <> (SELECT 1 + COUNT(*) FROM posts p WHERE p.channel_id = m.channel_id AND p.original_id IS NULL AND p.root_id IS NULL
			AND p.message LIKE '%` + mention + `'))`,
	"threads that count their replies wrong": `SELECT COUNT(*) FROM threads t WHERE t.reply_count <> (
			SELECT COUNT(*) FROM posts r WHERE r.root_id = t.post_id AND r.delete_at = 0 AND r.original_id IS NULL)
		OR t.last_reply_at <> COALESCE((
			SELECT MAX(r.create_at) FROM posts r WHERE r.root_id = t.post_id AND r.delete_at = 0 AND r.original_id IS NULL), 0)`,
	"replies without a thread": `SELECT COUNT(*) FROM posts r WHERE r.root_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM threads t WHERE t.post_id = r.root_id)`,
	"participants who are counted wrong": `SELECT COUNT(*) FROM thread_participants x WHERE x.replies <> (
		SELECT COUNT(*) FROM posts r WHERE r.root_id = x.post_id AND r.user_id = x.user_id AND r.delete_at = 0 AND r.original_id IS NULL)`,
	"followers whose unread replies are counted wrong": `SELECT COUNT(*) FROM thread_memberships m WHERE m.following AND m.unread_replies <> (
		SELECT COUNT(*) FROM posts r WHERE r.root_id = m.post_id AND r.delete_at = 0 AND r.original_id IS NULL AND r.create_at > m.last_viewed)`,
	"mentions in threads that are counted wrong": `SELECT COUNT(*) FROM thread_memberships m JOIN users u ON u.id = m.user_id
		WHERE u.username = '` + listener + `' AND m.unread_mentions <> (
			SELECT COUNT(*) FROM posts r WHERE r.root_id = m.post_id AND r.original_id IS NULL AND r.message LIKE '%` + mention + `')`,
	"totals of threads that differ from a recount": `SELECT COUNT(*) FROM thread_counts c WHERE c.followed <> (
			SELECT COUNT(*) FROM thread_memberships m WHERE m.user_id = c.user_id AND m.team_id = c.team_id AND m.deleted = c.deleted
				AND m.following AND m.last_reply_at IS NOT NULL)
		OR c.unread <> (
			SELECT COUNT(*) FROM thread_memberships m WHERE m.user_id = c.user_id AND m.team_id = c.team_id AND m.deleted = c.deleted
				AND m.following AND m.last_viewed < m.last_reply_at)
		OR c.mentions <> (
			SELECT COALESCE(SUM(m.unread_mentions), 0) FROM thread_memberships m WHERE m.user_id = c.user_id AND m.team_id = c.team_id
				AND m.deleted = c.deleted AND m.following AND m.last_reply_at IS NOT NULL)`,
	"posts nobody finds": `SELECT COUNT(*) FROM posts p WHERE p.type = '' AND p.delete_at = 0 AND p.original_id IS NULL
		AND NOT EXISTS (SELECT 1 FROM post_search s WHERE s.post_id = p.id)`,
	"posts that are found after their end": `SELECT COUNT(*) FROM post_search s JOIN posts p ON p.id = s.post_id WHERE p.delete_at <> 0`,
}

// auditTalk looks at what was said in the database itself.
func auditTalk(t *testing.T, db *sql.DB, driver string) {
	t.Helper()
	for what, query := range talkHalves {
		if n := count(t, db, query); n != 0 {
			t.Errorf("there are %d %s", n, what)
		}
	}
	if driver != store.SQLite {
		return
	}
	if n := count(t, db, `SELECT COUNT(*) FROM post_search s FULL JOIN post_search_words_docsize d ON d.id = s.key
		WHERE s.key IS NULL OR d.id IS NULL`); n != 0 {
		t.Errorf("%d posts are in only one part of the search", n)
	}
}
