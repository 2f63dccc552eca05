package hub

import (
	"encoding/json"
	"fmt"
	"strconv"

	"muster/internal/event"
)

// message is an event as sockets get it. Its bytes are shared by all of them; what
// differs, the copy of single accounts and the sequence number, is put between them
// when it is written.
type message struct {
	name   string
	to     event.Audience
	head   []byte            // {"event":…,"data":{…   without the closing brace
	bare   bool              // data has no field yet
	tail   []byte            // },"broadcast":{…},"seq":
	extra  map[string][]byte // fields of data that single accounts get beside: account → "a":1,"b":2
	acked  []byte            // the field of data for those who confirm posts
	number int64             // among the events of this node
	last   bool              // its channel is closed with it, so whoever is in it now is who gets it
}

// broadcast is the audience as clients are told it.
type broadcast struct {
	OmitUsers             map[string]bool `json:"omit_users"`
	UserID                string          `json:"user_id"`
	ChannelID             string          `json:"channel_id"`
	TeamID                string          `json:"team_id"`
	ConnectionID          string          `json:"connection_id"`
	OmitConnectionID      string          `json:"omit_connection_id"`
	ContainsSanitizedData bool            `json:"contains_sanitized_data,omitempty"`
	ContainsSensitiveData bool            `json:"contains_sensitive_data,omitempty"`
}

var shouldAck = []byte(`"should_ack":true`)

// encode makes the message of an event.
func encode(e event.Event) (*message, error) {
	data, err := fields(e.Data)
	if err != nil {
		return nil, fmt.Errorf("encode event %s: %w", e.Name, err)
	}
	b := broadcast{
		UserID: e.To.UserID, ChannelID: e.To.ChannelID, TeamID: e.To.TeamID, ConnectionID: e.To.ConnectionID,
		OmitConnectionID: e.To.OmitConnectionID, ContainsSanitizedData: e.To.OthersOnly, ContainsSensitiveData: e.To.AdminsOnly,
	}
	if len(e.To.OmitUsers) > 0 {
		b.OmitUsers = make(map[string]bool, len(e.To.OmitUsers))
		for _, id := range e.To.OmitUsers {
			b.OmitUsers[id] = true
		}
	}
	to, err := json.Marshal(b)
	if err != nil { // texts and booleans always have a JSON form
		return nil, err
	}
	m := &message{name: e.Name, to: e.To, bare: len(data) == 0, last: len(e.Stale.Closed) > 0}
	m.head = append(append(append(m.head, `{"event":`...), quoted(e.Name)...), `,"data":{`...)
	m.head = append(m.head, data...)
	m.tail = append(append(append(m.tail, `},"broadcast":`...), to...), `,"seq":`...)
	if e.Name == "posted" {
		m.acked = shouldAck
	}
	for id, more := range e.For {
		if m.extra == nil {
			m.extra = make(map[string][]byte, len(e.For))
		}
		if m.extra[id], err = fields(more); err != nil {
			return nil, fmt.Errorf("encode event %s for %s: %w", e.Name, id, err)
		}
	}
	return m, nil
}

// fields gives the JSON of an object without its braces.
func fields(data map[string]any) ([]byte, error) {
	if len(data) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	return b[1 : len(b)-1], nil
}

func quoted(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil { // every text has a JSON form
		panic(err)
	}
	return b
}

// appendTo appends the message as one account gets it under a sequence number.
func (m *message) appendTo(dst []byte, userID string, acks bool, seq int64) []byte {
	dst = append(dst, m.head...)
	bare := m.bare
	add := func(field []byte) {
		if len(field) == 0 {
			return
		}
		if !bare {
			dst = append(dst, ',')
		}
		bare = false
		dst = append(dst, field...)
	}
	add(m.extra[userID])
	if acks {
		add(m.acked)
	}
	dst = append(dst, m.tail...)
	return append(strconv.AppendInt(dst, seq, 10), '}')
}

// dispensable tells whether a slow socket can do without the message.
func (m *message) dispensable() bool {
	return m.name == "typing" || m.name == "status_change" || m.name == "multiple_channels_viewed"
}
