package store

import (
	"strings"
	"testing"

	"muster/internal/model"
)

// phrase is a trait with words in it.
func phrase(t *testing.T, text string, prefix bool) Trait {
	t.Helper()
	trait, ok := Phrase(text, prefix)
	if !ok {
		t.Fatalf("%q has no words", text)
	}
	return trait
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, want string }{
		{"Hello, World!", "hello world"},
		{"  ", ""},
		{"?!… -- ''", ""},
		{"don't snake_case a.b-c", "don t snake case a b c"},
		{"Élan ÇA straße ﬁn", "elan ca strasse fin"},
		{"x²+3½", "x2 31 2"},
		{"東京都へ行く", "東 京 都 へ 行 く"},
		{"abc東京def", "abc 東 京 def"},
		{"ガギ コーヒー", "カ キ コ ー ヒ ー"},
		{"학교에서 a", "학 교 에 서 a"},
		{"สวัสดี", "ส ว ส ด"},
		{"ok🎉🎉", "ok 🎉 🎉"},
		{"привет МИР", "привет мир"},
		{strings.Repeat("ж", 70) + " x", strings.Repeat("ж", wordMax) + " x"},
		{"\x00a\xffb", "a b"},
	} {
		var want []string
		for w := range strings.FieldsSeq(tc.want) {
			want = append(want, words(w)...)
		}
		equal(t, tc.text, words(tc.text), want)
		for _, w := range words(tc.text) {
			equal(t, "class of "+w, w[:1], inWord)
		}
	}
	equal(t, "syllables", words("한국"), []string{"w\u1112\u1161\u11ab", "w\u1100\u116e\u11a8"})
}

func FuzzWords(f *testing.F) {
	f.Add("Hello 東京 학교 don't 🎉")
	f.Fuzz(func(t *testing.T, text string) {
		for _, w := range words(text) {
			if strings.ContainsAny(w, " '\"\\:*()&|!<>\x00") || !model.Storable(w) {
				t.Errorf("%q has the word %q", text, w)
			}
			if again := words(w[1:]); strings.Join(again, "") != w && len([]rune(w)) < wordMax {
				t.Errorf("%q is %q when it is looked for", w, again)
			}
		}
	})
}

// talkOf is a team with a channel in which some posts were written.
type talkOf struct {
	t        *testing.T
	db       *DB
	amy, bob *model.User
	team     *model.Team
	channel  *model.Channel
}

func newTalk(t *testing.T, db *DB) *talkOf {
	t.Helper()
	w := &talkOf{t: t, db: db, amy: addUser(t, db, "amy"), bob: addUser(t, db, "bob"), team: addTeam(t, db, "north")}
	w.channel = addChannel(t, db, w.team.ID, "town")
	joinChannel(t, db, w.channel.ID, w.amy)
	joinChannel(t, db, w.channel.ID, w.bob)
	return w
}

func (w *talkOf) say(at int64, by *model.User, message string) *model.Post {
	w.t.Helper()
	return writePost(w.t, w.db, model.Post{CreateAt: at, UserID: by.ID, ChannelID: w.channel.ID, Message: message, Hashtags: model.Hashtags(message)})
}

// found gives what a search by amy finds, one message a line.
func (w *talkOf) found(s TextSearch) string {
	w.t.Helper()
	s.UserID = w.amy.ID
	if s.Limit == 0 {
		s.Limit = 100
	}
	s.Anywhere = s.Anywhere || s.Channels == nil
	var lines []string
	for _, p := range value[[]*model.Post](w.t)(w.db.SearchPosts(w.t.Context(), s)) {
		lines = append(lines, p.Message)
	}
	return strings.Join(lines, "|")
}

func TestTextsAreFoundByWhatTheyHave(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		w := newTalk(t, db)
		w.say(10, w.amy, "The quick brown fox")
		w.say(20, w.bob, "a brown quick Café #über-fox")
		w.say(30, w.amy, "我在東京都工作")
		w.say(30, w.bob, "reach reason rea")
		w.say(50, w.bob, "the fox's den")
		other := addChannel(t, db, w.team.ID, "elsewhere")
		writePost(t, db, model.Post{CreateAt: 60, UserID: w.bob.ID, ChannelID: other.ID, Message: "a secret fox"})
		writePost(t, db, model.Post{CreateAt: 70, UserID: w.bob.ID, ChannelID: w.channel.ID, Message: "fox joined", Type: model.PostJoinChannel})
		is := func(traits ...Trait) [][]Trait {
			var all [][]Trait
			for _, trait := range traits {
				all = append(all, []Trait{trait})
			}
			return all
		}
		word := func(text string) Trait { return phrase(t, text, false) }
		for _, tc := range []struct {
			name   string
			search TextSearch
			want   string
		}{
			{"a word, newest first", TextSearch{Having: is(word("FOX"))}, "the fox's den|a brown quick Café #über-fox|The quick brown fox"},
			{"all of them", TextSearch{Having: is(word("fox"), word("quick"))}, "a brown quick Café #über-fox|The quick brown fox"},
			{"one of them", TextSearch{Having: [][]Trait{{word("den"), word("reach")}}}, "the fox's den|reach reason rea"},
			{"a phrase", TextSearch{Having: is(word("quick brown"))}, "The quick brown fox"},
			{"a phrase with a beginning", TextSearch{Having: is(phrase(t, "quick bro", true))}, "The quick brown fox"},
			{"accents do not count", TextSearch{Having: is(word("cafe"))}, "a brown quick Café #über-fox"},
			{"a beginning", TextSearch{Having: is(phrase(t, "rea", true))}, "reach reason rea"},
			{"no beginning", TextSearch{Having: is(word("reas"))}, ""},
			{"letters of another class are no words", TextSearch{Having: is(phrase(t, "u", true))}, "a brown quick Café #über-fox"},
			{"a script without spaces", TextSearch{Having: is(word("東京"))}, "我在東京都工作"},
			{"in another order", TextSearch{Having: is(word("京東"))}, ""},
			{"a hashtag", TextSearch{Having: is(Tagged("Uber-fox", false))}, "a brown quick Café #über-fox"},
			{"the beginning of a hashtag", TextSearch{Having: is(Tagged("über", true))}, "a brown quick Café #über-fox"},
			{"a word is no hashtag", TextSearch{Having: is(Tagged("fox", false))}, ""},
			{"by somebody", TextSearch{Having: is(By(w.amy.ID))}, "我在東京都工作|The quick brown fox"},
			{"without", TextSearch{Having: is(word("fox")), Lacking: []Trait{word("den"), By(w.amy.ID)}}, "a brown quick Café #über-fox"},
			{"only without", TextSearch{Lacking: []Trait{By(w.bob.ID)}}, "我在東京都工作|The quick brown fox"},
			{"from a time on", TextSearch{During: Span{From: 30}, Lacking: []Trait{By(w.amy.ID)}}, "the fox's den|reach reason rea"},
			{"until a time", TextSearch{During: Span{Until: 20}}, "The quick brown fox"},
			{"outside of times", TextSearch{Outside: []Span{{20, 50}}}, "the fox's den|The quick brown fox"},
			{"in a channel", TextSearch{Channels: []string{w.channel.ID}, Having: is(word("den"))}, "the fox's den"},
			{"in a channel of others", TextSearch{Channels: []string{other.ID}, Having: is(word("fox"))}, ""},
			{"in no channel", TextSearch{Channels: []string{}, Having: is(word("fox"))}, ""},
			{"in a team", TextSearch{TeamID: w.team.ID, Having: is(word("den"))}, "the fox's den"},
			{"in another team", TextSearch{TeamID: model.NewID(), Having: is(word("den"))}, ""},
			{"by nobody", TextSearch{Having: [][]Trait{nil}}, ""},
			{"a page", TextSearch{Having: is(word("fox")), Offset: 1, Limit: 1}, "a brown quick Café #über-fox"},
			{"behind the end", TextSearch{Having: is(word("fox")), Offset: 9}, ""},
		} {
			if tc.search.Channels != nil && len(tc.search.Channels) == 0 {
				tc.search.UserID = w.amy.ID
				equal(t, tc.name, len(value[[]*model.Post](t)(db.SearchPosts(t.Context(), tc.search))), 0)
				continue
			}
			equal(t, tc.name, w.found(tc.search), tc.want)
		}
		must(t, db, func(tx *Tx) error {
			_, err := exec(t.Context(), tx.Q, `UPDATE channels SET delete_at = 9 WHERE id = ?`, w.channel.ID)
			return err
		})
		equal(t, "in an archived channel", w.found(TextSearch{Having: is(word("den"))}), "")
		equal(t, "in archived channels too", w.found(TextSearch{Having: is(word("den")), Archived: true}), "the fox's den")
		equal(t, "accounts", value[[]Named](t)(db.UsersNamed(t.Context(), []string{"bob", "nobody"})), []Named{{"bob", w.bob.ID}})
		equal(t, "channels", value[[]string](t)(db.PlacesNamed(t.Context(), w.amy.ID, w.team.ID, []string{"town", "elsewhere"})), []string{w.channel.ID})
		equal(t, "channels by id", value[[]string](t)(db.PlacesNamed(t.Context(), w.amy.ID, "", []string{w.channel.ID, other.ID})), []string{w.channel.ID})
	})
}

func TestSearchFollowsWhatIsWritten(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx, w := t.Context(), newTalk(t, db)
		search := TextSearch{Having: [][]Trait{{phrase(t, "apple", false), phrase(t, "pear", false)}}}
		p := w.say(10, w.amy, "apple")
		w.say(11, w.bob, "pear")
		must(t, db, func(tx *Tx) error {
			was := *p
			p.Message = "plum"
			return tx.UpdatePost(ctx, &was, p)
		})
		equal(t, "a changed post", w.found(search), "pear")
		must(t, db, func(tx *Tx) error {
			was := *p
			p.Message = "apple pear"
			return tx.UpdatePost(ctx, &was, p)
		})
		equal(t, "changed back", w.found(search), "pear|apple pear")
		must(t, db, func(tx *Tx) error {
			_, err := tx.DeletePosts(ctx, p.ID, w.amy.ID, 20)
			return err
		})
		equal(t, "a deleted post", w.found(search), "pear")
		must(t, db, func(tx *Tx) error {
			_, err := tx.PurgePostsOfUser(ctx, w.bob.ID, 9)
			return err
		})
		equal(t, "a post of a removed account", w.found(search), "")
		for _, table := range []string{"post_search", "file_search"} {
			equal(t, "rows of "+table, value[int64](t)(one(ctx, db.Q, scanValue[int64], `SELECT COUNT(*) FROM `+table)), int64(0))
		}
		if db.Driver() == SQLite {
			equal(t, "what is left in the index", value[int64](t)(one(ctx, db.Q, scanValue[int64], `SELECT COUNT(*) FROM post_search_words_docsize`)), int64(0))
		}
	})
}

func TestFilesArePartOfTheSearchOncePosted(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx, w := t.Context(), newTalk(t, db)
		f := &model.FileInfo{ID: model.NewTimeID(5), UserID: w.bob.ID, ChannelID: w.channel.ID, CreateAt: 5, UpdateAt: 5, Name: "Größe_2024.PDF", Extension: "pdf"}
		must(t, db, func(tx *Tx) error { return tx.InsertFile(ctx, f) })
		find := func(traits ...Trait) int {
			s := TextSearch{UserID: w.amy.ID, Anywhere: true, Limit: 9}
			for _, trait := range traits {
				s.Having = append(s.Having, []Trait{trait})
			}
			return len(value[[]*model.FileInfo](t)(db.SearchFiles(ctx, s)))
		}
		equal(t, "not posted", find(OfKind("pdf")), 0)
		p := w.say(9, w.bob, "look")
		must(t, db, func(tx *Tx) error {
			_, err := tx.AttachFiles(ctx, p, []string{f.ID})
			return err
		})
		equal(t, "by its name", find(phrase(t, "grosse", false), phrase(t, "2024 pdf", false)), 1)
		equal(t, "by its kind and sender", find(OfKind("PDF"), By(w.bob.ID)), 1)
		equal(t, "of another kind", find(OfKind("png")), 0)
		must(t, db, func(tx *Tx) error {
			_, err := tx.RemoveFilesOfPosts(ctx, []string{p.ID}, 20)
			return err
		})
		equal(t, "removed", find(OfKind("pdf")), 0)
	})
}

func TestWhatWasThereBeforeTheSearchCanBeIndexed(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx, w := t.Context(), newTalk(t, db)
		var ids []string
		for at := range int64(3) {
			ids = append(ids, w.say(10+at, w.amy, "apple").ID)
		}
		f := &model.FileInfo{ID: model.NewTimeID(5), UserID: w.amy.ID, ChannelID: w.channel.ID, CreateAt: 5, UpdateAt: 5, Name: "a.b", PostID: ids[0]}
		must(t, db, func(tx *Tx) error {
			if _, err := exec(ctx, tx.Q, `DELETE FROM post_search`); err != nil {
				return err
			}
			return tx.InsertFile(ctx, f)
		})
		search := TextSearch{Having: [][]Trait{{phrase(t, "apple", false)}}}
		equal(t, "before", w.found(search), "")
		equal(t, "two before the last", idsOf(value[[]*model.Post](t)(db.UnindexedPosts(ctx, ids[2], 2))), []string{ids[1], ids[0]})
		files := value[[]*model.FileInfo](t)(db.UnindexedFiles(ctx, "~", 9))
		equal(t, "files", len(files), 1)
		for range 2 { // again changes nothing
			must(t, db, func(tx *Tx) error {
				posts, err := tx.Posts(ctx, ids)
				if err != nil {
					return err
				}
				if err := tx.IndexPosts(ctx, posts); err != nil {
					return err
				}
				return tx.IndexFiles(ctx, files)
			})
		}
		equal(t, "after", w.found(search), "apple|apple|apple")
		equal(t, "left", len(value[[]*model.Post](t)(db.UnindexedPosts(ctx, "~", 9)))+len(value[[]*model.FileInfo](t)(db.UnindexedFiles(ctx, "~", 9))), 0)
	})
}

// TestAnUpgradeLeavesWhatIsThereToAJob runs the end of the migration on a database with posts.
func TestAnUpgradeLeavesWhatIsThereToAJob(t *testing.T) {
	onEach(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		text := value[[]byte](t)(migrationFiles.ReadFile("migrations/" + db.Driver() + "/0013_text_search.sql"))
		_, insert, found := strings.Cut(string(text), "-- What is there already is indexed in the background.\n")
		if !found {
			t.Fatal("the migration does not end with the job")
		}
		upgrade := func() {
			must(t, db, func(tx *Tx) error {
				_, err := exec(ctx, tx.Q, strings.TrimSuffix(strings.TrimSpace(insert), ";"))
				return err
			})
		}
		upgrade()
		fails(t, db, ErrNotFound, func(tx *Tx) error { // there is nothing to do
			_, err := tx.LeaseJob(ctx, 10, 20)
			return err
		})
		newTalk(t, db).say(10, addUser(t, db, "cat"), "apple")
		upgrade()
		must(t, db, func(tx *Tx) error {
			j, err := tx.LeaseJob(ctx, 10, 20)
			if err == nil {
				equal(t, "job", []any{j.Type, model.ValidID(j.ID)}, []any{"index_texts", true})
			}
			return err
		})
	})
}
