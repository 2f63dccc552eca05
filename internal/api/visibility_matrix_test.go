package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"muster/internal/testkit"
)

// viewers are those who look, in the order of the columns of the matrix.
var viewers = [...]string{
	"anonymous",  // without a session
	"guest",      // in the team, and in a channel of it with zoe alone
	"teammate",   // in the team, and in none of the channels that are looked at
	"member",     // in the team and in every channel that amy made
	"stranger",   // in another team
	"team admin", // of the team, and in none of the channels
	"admin",      // of the system, and in none of the teams
	"bot",        // in the team and in the open channel
	"inactive",   // was a member like member, and is deactivated
}

// withBots lets guests in and makes bots.
var withBots = append([]string{"MM_SERVICESETTINGS_ENABLEBOTACCOUNTCREATION=true"}, guestsOn...)

// town is what is looked at: a team that amy made, with an open, a private, an archived
// private and a group channel, a direct channel with bob, and what amy wrote there.
type town struct {
	team, open, secret, gone, direct, trio string // ids
	said, whispered, written               string // ids of posts in the open, the private and the direct channel
	file, secretFile                       string
	group                                  string
	invite, robo, token, upload            string
	amy, bob, zoe                          *testkit.Client
	who                                    map[string]*testkit.Client
}

// Words that amy wrote.
const (
	openWord    = "sunflower"
	secretWord  = "nightshade"
	directWord  = "bindweed"
	secretTitle = "Conspiracy"
)

func newTown(t *testing.T, s *testkit.Server) *town {
	t.Helper()
	admin := s.Admin().For(t)
	w := &town{amy: s.User("amy").For(t), bob: s.User("bob").For(t), zoe: s.User("zoe").For(t)}
	w.who = map[string]*testkit.Client{
		"anonymous": s.Visitor().For(t), "guest": s.WithRoles("gus", "system_guest").For(t), "teammate": s.User("tom").For(t),
		"member": s.User("mia").For(t), "stranger": s.User("sam").For(t), "team admin": s.User("tad").For(t), "admin": admin, "inactive": s.User("ian").For(t),
	}
	w.robo = admin.Post("/bots", object{"username": "robo"}).Want(201).Text("user_id")
	w.who["bot"] = s.Visitor().For(t)
	w.who["bot"].ID, w.who["bot"].Username = w.robo, "robo"
	token := admin.Post("/users/"+w.robo+"/tokens", object{"description": "robo"}).Want(201)
	w.token, w.who["bot"].Token = token.Text("id"), token.Text("token")

	w.team = w.amy.Post("/teams", object{"name": "north", "display_name": "North", "type": "O"}).Want(201).Text("id")
	w.invite = w.amy.Get("/teams/" + w.team).Text("invite_id")
	for _, c := range []*testkit.Client{w.bob, w.zoe, w.who["guest"], w.who["teammate"], w.who["member"], w.who["team admin"], w.who["bot"], w.who["inactive"]} {
		s.Join(t, w.team, c.ID)
	}
	w.amy.Put("/teams/"+w.team+"/members/"+w.who["team admin"].ID+"/schemeRoles", object{"scheme_admin": true, "scheme_user": true}).Want(200)
	w.who["stranger"].Post("/teams", object{"name": "south", "display_name": "South", "type": "O"}).Want(201)

	mia, ian := w.who["member"], w.who["inactive"]
	w.open = w.channel("plaza", "Plaza", "O", mia, ian, w.who["bot"])
	w.secret = w.channel("secret", secretTitle, "P", mia, ian)
	w.gone = w.channel("vault", "Vault", "P", mia, ian)
	w.amy.Delete("/channels/" + w.gone).Want(200)
	lobby := w.zoe.Post("/channels", object{"team_id": w.team, "name": "lobby", "display_name": "Lobby", "type": "P"}).Want(201).Text("id")
	w.zoe.Post("/channels/"+lobby+"/members", object{"user_id": w.who["guest"].ID}).Want(201)
	w.direct = w.amy.Post("/channels/direct", []string{w.amy.ID, w.bob.ID}).Want(201).Text("id")
	w.trio = w.amy.Post("/channels/group", []string{w.amy.ID, w.bob.ID, mia.ID}).Want(201).Text("id")
	w.write(t)
	w.upload = w.amy.Post("/uploads", object{"channel_id": w.secret, "filename": "map.txt", "file_size": 9}).Want(201).Text("id")
	w.group = newGroup(w.amy, "gardeners", w.amy.ID, mia.ID)
	admin.Post("/groups/"+w.group+"/channels/"+w.open+"/link", object{}).Want(201)
	admin.Put("/users/"+ian.ID+"/active", object{"active": false}).Want(200)
	return w
}

// channel makes a channel with members.
func (w *town) channel(name, title, kind string, members ...*testkit.Client) string {
	id := w.amy.Post("/channels", object{"team_id": w.team, "name": name, "display_name": title, "type": kind}).Want(201).Text("id")
	for _, c := range members {
		w.amy.Post("/channels/"+id+"/members", object{"user_id": c.ID}).Want(201)
	}
	return id
}

// write lets amy write and send files.
func (w *town) write(t *testing.T) {
	t.Helper()
	post := func(channel, word, root string, files ...string) string {
		return w.amy.Post("/posts", object{"channel_id": channel, "message": word, "root_id": root, "file_ids": files}).Want(201).Text("id")
	}
	send := func(channel string) string {
		r := w.amy.Do(http.MethodPost, "/files?channel_id="+channel+"&filename=plan.txt", []byte(secretWord))
		var out struct {
			Infos []struct{ ID string } `json:"file_infos"`
		}
		r.Want(201).JSON(&out)
		return out.Infos[0].ID
	}
	w.file, w.secretFile = send(w.open), send(w.secret)
	w.said, w.whispered, w.written = post(w.open, openWord, "", w.file), post(w.secret, secretWord, "", w.secretFile), post(w.direct, directWord, "")
	post(w.secret, secretWord+" answered", w.whispered)
	w.amy.Post("/posts/"+w.whispered+"/pin", nil).Want(200)
	w.amy.Post("/reactions", object{"user_id": w.amy.ID, "post_id": w.whispered, "emoji_name": "shushing_face"}).Want(200)
	w.amy.Put("/users/me/preferences", []object{{"user_id": w.amy.ID, "category": "flagged_post", "name": w.whispered, "value": "true"}}).Want(200)
}

// look is a row of the matrix: a request, and by which text in the answer it is seen what it
// is about. Each viewer has a letter: + sees it, - gets an answer without it, x lacks a permission
// (403), ! has no session (401), and any other letter is one of the refusals below.
type look struct {
	method, path string
	body         any
	text         string // empty: the answer itself is what there is to see
	want         string
}

// refusals are the faults that letters stand for.
var refusals = map[string]string{
	"!": "401 api.context.session_expired.app_error",
	"x": "403 api.context.permissions.app_error",
	"u": "403 api.user.get_uploads_for_user.forbidden.app_error",
	"l": "403 api.file.get_public_link.disabled.app_error",
	"t": "403 api.team.get_all_teams.insufficient_permissions",
	"m": "404 app.team.get_member.missing.app_error",
	"i": "404 app.channel.get_channels_by_ids.not_found.app_error",
	"c": "404 app.channel.get_by_name.missing.app_error",
	"p": "404 app.post.get.app_error",
	"b": "404 store.sql_bot.get.missing.app_error",
	"n": "404 api.team.get_team_icon.read_file.app_error",
	"g": "404 app.group.no_rows",
	"s": "404 app.scheme.get.app_error",
	"h": "400 api.file.get_file_thumbnail.no_thumbnail.app_error",
	"v": "400 api.file.get_file_preview.no_preview.app_error",
	"f": "403 api.upload.get_upload.forbidden.app_error",
	"o": "404 app.user_terms_of_service.get_by_user.no_rows.app_error",
}

// cell says what a viewer got.
func (l *look) cell(s *testkit.Server, c *testkit.Client) string {
	body := ""
	if l.body != nil {
		text, err := json.Marshal(l.body)
		if err != nil {
			panic(err)
		}
		body = string(text)
	}
	r := usersAs(s, c, l.method, l.path, body)
	seen := l.text == "" || strings.Contains(r.Body.String(), l.text)
	if r.Code >= http.StatusMultipleChoices {
		got := fmt.Sprintf("%d %s", r.Code, usersFault(r))
		for letter, id := range refusals {
			if id == got && (l.text == "" || !seen) {
				return letter
			}
		}
		return "[" + got + "]"
	}
	if seen {
		return "+"
	}
	return "-"
}

// TestWhoSeesWhatOverHTTP fails as soon as an answer shows somebody what they may not know, or
// hides what they may.
func TestWhoSeesWhatOverHTTP(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: withBots}, func(t *testing.T, s *testkit.Server) {
		w := newTown(t, s)
		for _, l := range w.looks() {
			var got strings.Builder
			for _, v := range viewers {
				got.WriteString(l.cell(s, w.who[v]))
			}
			if got.String() != l.want {
				t.Errorf("%s %s %v (%s):\n got %s\nwant %s", l.method, l.path, l.body, l.text, got.String(), l.want)
			}
		}
	})
}
