package api_test

import (
	"testing"

	"muster/internal/testkit"
	"muster/internal/testkit/golden"
)

// TestWebsocketProtocolGolden replays what clients were seen to do on websockets of a
// reference server.
func TestWebsocketProtocolGolden(t *testing.T) {
	testkit.Each(t, testkit.Options{Real: true}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		town := channelOf(t, s, amy, bob)
		golden.ReplaySockets(t, golden.SocketTarget{Base: s.URL, IDs: map[string]string{"amy": amy.ID, "bob": bob.ID},
			Tokens: map[string]string{"amy": amy.Token, "bob": bob.Token}, Vars: map[string]string{"town": town}}, "websocket-protocol.json")
	})
}
