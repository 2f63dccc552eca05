package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"muster/internal/model"
)

// chatter makes up messages: of a few thousand words some are common and most are rare.
type chatter struct {
	random *rand.Rand
	words  *rand.Zipf
}

func newChatter() *chatter {
	random := rand.New(rand.NewPCG(1, 2))
	return &chatter{random: random, words: rand.NewZipf(random, 1.1, 8, 20_000)}
}

func (c *chatter) message() string {
	var b strings.Builder
	for range 4 + c.random.IntN(18) {
		fmt.Fprintf(&b, "%s ", wordNamed(c.words.Uint64()))
	}
	return b.String()
}

// wordNamed writes a number as something like a word.
func wordNamed(n uint64) string {
	word := ""
	for ; n > 0 || word == ""; n /= 60 {
		word += string("bcdfghklmnprstvz"[n%15]) + string("aeiou"[n/15%4])
	}
	return word
}

// writeMany stores posts of a channel, 64 at a time.
func writeMany(t testing.TB, db *DB, channelID, userID string, from int64, n int, c *chatter) {
	t.Helper()
	for done := 0; done < n; done += 64 {
		if err := db.Tx(context.Background(), func(tx *Tx) error {
			return tx.InsertPosts(context.Background(), somePosts(channelID, userID, from+int64(done), 64, c))
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func somePosts(channelID, userID string, at int64, n int, c *chatter) []*model.Post {
	posts := make([]*model.Post, n)
	for i := range posts {
		at := at + int64(i)
		posts[i] = &model.Post{ID: model.NewTimeID(at), CreateAt: at, UpdateAt: at, UserID: userID, ChannelID: channelID, Message: c.message()}
	}
	return posts
}

// TestSearchOfTextsReadsNoTableWhole looks at how both databases find rare and common words.
func TestSearchOfTextsReadsNoTableWhole(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		w := newTalk(t, db)
		writeMany(t, db, w.channel.ID, w.bob.ID, 1000, 20_000, newChatter())
		w.say(50_000, w.amy, "zebra crossing")
		if db.Driver() == Postgres {
			must(t, db, func(tx *Tx) error {
				_, err := exec(t.Context(), tx.Q, `ANALYZE`)
				return err
			})
		}
		explain := map[string]string{SQLite: "EXPLAIN QUERY PLAN ", Postgres: "EXPLAIN "}[db.Driver()]
		scans := map[string][]string{
			SQLite:   {"SCAN s", "SCAN p", "SCAN m", "SCAN c", "TEMP B-TREE"},
			Postgres: {"Seq Scan on post_search", "Seq Scan on posts"},
		}[db.Driver()]
		for name, s := range map[string]TextSearch{
			"rare":          {Having: [][]Trait{{phrase(t, "zebra", false)}}},
			"phrase":        {Having: [][]Trait{{phrase(t, "zebra crossing", false)}}},
			"prefix":        {Having: [][]Trait{{phrase(t, "zeb", true)}}},
			"common":        {Having: [][]Trait{{phrase(t, wordNamed(0), false)}}},
			"rare author":   {Having: [][]Trait{{By(w.amy.ID)}}},
			"common author": {Having: [][]Trait{{By(w.bob.ID)}}},
			"days":          {During: Span{From: 2000, Until: 3000}},
			"without":       {Lacking: []Trait{phrase(t, wordNamed(0), false)}},
		} {
			p := &planned{handle: db.h, explain: explain}
			q := db.Q
			q.h = p
			s.UserID, s.Anywhere, s.Limit = w.amy.ID, true, 20
			if found := value[[]*model.Post](t)(q.SearchPosts(t.Context(), s)); len(found) == 0 {
				t.Errorf("%s: nothing is found", name)
			}
			for _, plan := range p.plans[1:] { // the first is about channels
				for _, scan := range scans {
					if strings.Contains(plan, scan) {
						t.Errorf("%s reads too much:\n%s", name, plan)
					}
				}
			}
		}
	})
}

// BenchmarkInsertPosts measures what it costs to store posts on disk, one and 64 a transaction.
func BenchmarkInsertPosts(b *testing.B) {
	for _, driver := range drivers {
		for _, batch := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d", driver, batch), func(b *testing.B) {
				db := fresh(b, driver)
				if driver == SQLite {
					db = durable(b)
				}
				benchPosts(b, db, batch)
			})
		}
	}
}

func benchPosts(b *testing.B, db *DB, batch int) {
	u := addUser(b, db, "amy")
	c := addChannel(b, db, addTeam(b, db, "north").ID, "town")
	talk, at := newChatter(), int64(1_700_000_000_000)
	writeMany(b, db, c.ID, u.ID, at, 50_000, talk)
	at += 100_000
	b.ResetTimer()
	for done := 0; done < b.N; done += batch {
		if err := db.Tx(context.Background(), func(tx *Tx) error {
			return tx.InsertPosts(context.Background(), somePosts(c.ID, u.ID, at, batch, talk))
		}); err != nil {
			b.Fatal(err)
		}
		at += int64(batch)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

// BenchmarkSearchPosts measures searches among 200,000 posts.
func BenchmarkSearchPosts(b *testing.B) {
	for _, driver := range drivers {
		db := fresh(b, driver)
		u := addUser(b, db, "amy")
		c := addChannel(b, db, addTeam(b, db, "north").ID, "town")
		if err := db.Tx(context.Background(), func(tx *Tx) error {
			return tx.InsertChannelMember(context.Background(), &model.ChannelMember{
				ChannelID: c.ID, UserID: u.ID, Username: "amy", CreateAt: 1,
				SchemeUser: true, NotifyProps: model.DefaultChannelNotifyProps(),
			})
		}); err != nil {
			b.Fatal(err)
		}
		writeMany(b, db, c.ID, u.ID, 1000, 200_000, newChatter())
		if driver == Postgres {
			if err := db.Tx(context.Background(), func(tx *Tx) error {
				_, err := exec(context.Background(), tx.Q, `ANALYZE`)
				return err
			}); err != nil {
				b.Fatal(err)
			}
		}
		for name, n := range map[string]uint64{"common": 0, "middle": 200, "rare": 15_000} {
			b.Run(driver+"/"+name, func(b *testing.B) {
				trait, _ := Phrase(wordNamed(n), false)
				for range b.N {
					if _, err := db.SearchPosts(context.Background(), TextSearch{UserID: u.ID, Anywhere: true, Having: [][]Trait{{trait}}, Limit: 60}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
