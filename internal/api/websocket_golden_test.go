package api_test

import "testing"

// TestWebsocketGoldens replays what clients were seen to do on websockets.
func TestWebsocketGoldens(t *testing.T) {
	replayMessaging(t, websocketDifferences, "websocket-protocol.json", "websocket-reconnect.json", "websocket-user-events.json", "statuses.json", "typing.json")
}

// websocketDifferences are the steps that are answered in another way, with the reason.
var websocketDifferences = byStep(map[string][]string{
	"the socket of a session that ended is closed at once": {
		"websocket-user-events.json:24", "websocket-user-events.json:25", "websocket-user-events.json:28", "websocket-user-events.json:41",
		"websocket-user-events.json:42",
	},
	"logout answers 201 as documented": {"websocket-user-events.json:40"},
})
