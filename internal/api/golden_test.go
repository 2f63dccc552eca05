package api_test

import (
	"bytes"
	"net/http"
	"testing"

	"muster/internal/testkit"
	"muster/internal/testkit/golden"
	"muster/internal/testkit/spec"
)

// recorded are the settings under which the exchanges were recorded. The recordings
// use common passwords.
const recorded = `{
	"ServiceSettings": {"EnableUserAccessTokens": true, "EnableMultifactorAuthentication": true, "EnableAPIUserDeletion": true,
		"EnableBotAccountCreation": true},
	"TeamSettings": {"EnableOpenServer": true},
	"MusterSettings": {"BlockCommonPasswords": false}
}`

// socket opens the socket of local mode in the data folder.
func socket(folder string) []string {
	return []string{"MM_SERVICESETTINGS_ENABLELOCALMODE=true", "MM_SERVICESETTINGS_LOCALMODESOCKETLOCATION=" + folder + "/local.sock"}
}

// TestGoldens replays what a reference server was seen to answer. The files run one
// after another on one server of each kind, as they were recorded. Steps of
// operations that are still to come are passed over.
func TestGoldens(t *testing.T) {
	testkit.Each(t, testkit.Options{NoAdmin: true, Real: true, EnvOf: socket, Config: recorded}, func(t *testing.T, s *testkit.Server) {
		checker, err := spec.New()
		if err != nil {
			t.Fatal(err)
		}
		target := golden.Target{
			Base: s.URL, LocalSocket: s.Folder + "/local.sock", AdminName: "root", AdminPassword: testkit.Password,
			Check: func(req *http.Request, status int, header http.Header, body []byte) error {
				if toCome(status, body) {
					return nil
				}
				return checker.Check(req, status, header, body)
			}, Pending: toCome,
		}
		for _, file := range golden.Files() {
			t.Run(file, func(t *testing.T) { golden.Replay(t, target, file, differences) })
		}
	})
}

// toCome tells whether an answer says that its operation does not exist yet.
func toCome(status int, body []byte) bool {
	return status == http.StatusNotImplemented && bytes.Contains(body, []byte(`"api.muster.not_yet.app_error"`))
}
