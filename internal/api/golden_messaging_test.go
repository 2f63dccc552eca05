package api_test

import (
	"net/http"
	"testing"

	"muster/internal/testkit"
	"muster/internal/testkit/golden"
	"muster/internal/testkit/spec"
)

// talking are the settings under which messages and events were recorded.
const talking = `{
	"ServiceSettings": {"EnableUserAccessTokens": true, "EnableBotAccountCreation": true, "EnableLinkPreviews": false},
	"TeamSettings": {"EnableOpenServer": true},
	"MusterSettings": {"BlockCommonPasswords": false}
}`

// replayMessaging replays recordings of messages and events on one server of each kind.
func replayMessaging(t *testing.T, known map[string]string, files ...string) {
	testkit.Each(t, testkit.Options{Real: true, Config: talking}, func(t *testing.T, s *testkit.Server) {
		checker, err := spec.New()
		if err != nil {
			t.Fatal(err)
		}
		admin := s.WithRoles("zoe", "system_admin system_user") // behind the others by name, as in the recordings
		target := golden.Target{
			Base: s.URL, AdminName: admin.Username, AdminPassword: testkit.Password, Pending: toCome,
			Mark:    func() string { s.Mark(); return testkit.Marker },
			Sockets: s.Hub.Sockets,
			Check: func(req *http.Request, status int, header http.Header, body []byte) error {
				if toCome(status, body) {
					return nil
				}
				return checker.Check(req, status, header, body)
			},
		}
		for _, file := range files {
			t.Run(file, func(t *testing.T) { golden.ReplayMessaging(t, target, file, known) })
		}
	})
}
