package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"muster/internal/api"
	"muster/internal/testkit"
)

// matrixPlaces are the beginnings of the paths whose reads stand in the matrix.
var matrixPlaces = []string{"/users", "/teams", "/channels", "/groups", "/schemes", "/posts", "/files", "/uploads", "/bots"}

// TestEveryReadStandsInTheMatrix counts: a route that reads something about people, teams, channels
// or what is said there has a row in the matrix of who sees what, or a reason here why not.
func TestEveryReadStandsInTheMatrix(t *testing.T) {
	t.Parallel()
	const id = "ybndrfg8ejkmcpqxot1uwisza3"
	rows := (&town{
		team: id, open: id, secret: id, gone: id, direct: id, trio: id, said: id, whispered: id, written: id, file: id, secretFile: id,
		group: id, invite: id, robo: id, token: id, upload: id, amy: client(id), bob: client(id), zoe: client(id),
	}).looks()
	mux := chi.NewRouter()
	none := func(http.ResponseWriter, *http.Request) {}
	for _, r := range api.Reads() {
		mux.MethodFunc(r[0], r[1], none)
	}
	seen := map[string]bool{}
	for _, l := range rows {
		path, _, _ := strings.Cut(l.path, "?")
		at := chi.NewRouteContext()
		if !mux.Match(at, l.method, path) {
			t.Errorf("%s %s is no route that reads", l.method, path)
		}
		seen[l.method+" "+at.RoutePattern()] = true
	}
	for _, r := range api.Reads() {
		name := r[0] + " " + r[1]
		place := slices.ContainsFunc(matrixPlaces, func(p string) bool { return r[1] == p || strings.HasPrefix(r[1], p+"/") })
		switch excused := notInMatrix[name] != ""; {
		case place && !seen[name] && !excused:
			t.Errorf("%s stands neither in the matrix nor among the exceptions", name)
		case excused && (seen[name] || !place):
			t.Errorf("%s is an exception without need", name)
		}
		delete(notInMatrix, name)
	}
	for name := range notInMatrix {
		t.Errorf("%s is an exception and no route that reads", name)
	}
}

// notInMatrix are the reads that the matrix leaves out, with the reason.
var notInMatrix = map[string]string{
	"GET /files/{file_id}/public":                            "for whoever has the link",
	"GET /teams/{team_id}/commands/autocomplete":             nothingThere,
	"GET /teams/{team_id}/commands/autocomplete_suggestions": nothingThere,
	"GET /users/{user_id}/teams/{team_id}/drafts":            nothingThere,
	"GET /posts/scheduled/team/{team_id}":                    nothingThere,
	"GET /users/{user_id}/custom_profile_attributes":         nothingThere,
	"GET /users/{user_id}/oauth/apps/authorized":             nothingThere,
	"GET /channels/{channel_id}/bookmarks":                   nothingThere,
	"GET /users/{user_id}/data_retention/team_policies":      notYet,
	"GET /users/{user_id}/data_retention/channel_policies":   notYet,
}

const (
	nothingThere = "there is nothing of it, so everybody gets an empty list"
	notYet       = "not there yet"
)

// client is somebody of whom the paths need the id alone.
func client(id string) *testkit.Client { return &testkit.Client{ID: id} }
