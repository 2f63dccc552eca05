package model

import (
	"encoding/json"
	"time"
)

// AuditRecord tells what one operation did or tried to do, for whoever has to account
// for it. It holds no secret: what stands in it was listed by name.
type AuditRecord struct {
	ID       string      `json:"id"`
	CreateAt int64       `json:"create_at"`
	Time     string      `json:"time"` // CreateAt for people, in UTC
	Event    string      `json:"event_name"`
	Status   string      `json:"status"`
	Actor    AuditActor  `json:"actor"`
	Deed     AuditDeed   `json:"event"`
	Meta     AuditMeta   `json:"meta"`
	Error    *AuditError `json:"error,omitempty"`
}

// The values of AuditRecord.Status. An attempt is a deed whose end nobody knows: its
// caller went away or the server failed in the middle of it.
const (
	AuditAttempt = "attempt"
	AuditSuccess = "success"
	AuditFail    = "fail"
)

// AuditActor is who did it. The ids are empty for a visitor and for the local socket.
type AuditActor struct {
	UserID    string `json:"user_id"`
	SessionID string `json:"session_id"`
	AuditPeer
}

// AuditPeer is from where it was done, which goes when the account goes.
type AuditPeer struct {
	Client        string `json:"client"` // User-Agent
	IPAddress     string `json:"ip_address"`
	XForwardedFor string `json:"x_forwarded_for"`
}

// AuditDeed is what was done to what.
type AuditDeed struct {
	ObjectType string `json:"object_type"`
	ObjectID   string `json:"object_id"`
	AuditDetails
}

// AuditDetails say more about a deed and go when the account it is about goes. The
// states hold the id of the object and the fields that the deed changed.
type AuditDetails struct {
	Parameters map[string]any  `json:"parameters,omitempty"`
	PriorState json.RawMessage `json:"prior_state,omitempty"`
	NextState  json.RawMessage `json:"resulting_state,omitempty"`
}

// AuditMeta is how it reached the server.
type AuditMeta struct {
	APIPath   string `json:"api_path"`
	Method    string `json:"method"`
	RequestID string `json:"request_id"`
	Local     bool   `json:"local,omitempty"` // over a socket of this machine
}

// AuditError is why it failed.
type AuditError struct {
	ID         string `json:"id"`
	StatusCode int    `json:"status_code"`
}

// What a record may hold of texts that anybody may send, in bytes.
const (
	auditTextMax = 512
	auditPathMax = 1024
)

// Fit makes the texts of a record storable, cuts them to the stored lengths and
// writes its time out.
func (r *AuditRecord) Fit() {
	r.Time = AuditTime(r.CreateAt)
	r.Meta.APIPath = cutBytes(storable(r.Meta.APIPath), auditPathMax)
	for _, text := range []*string{&r.Actor.Client, &r.Actor.IPAddress, &r.Actor.XForwardedFor} {
		*text = cutBytes(storable(*text), auditTextMax)
	}
	for name, v := range r.Deed.Parameters {
		switch v := v.(type) {
		case string:
			r.Deed.Parameters[name] = cutBytes(storable(v), auditTextMax)
		case []string:
			for i, text := range v {
				v[i] = cutBytes(storable(text), auditTextMax)
			}
		}
	}
}

// AuditTime writes a time in milliseconds out.
func AuditTime(at int64) string {
	return time.UnixMilli(at).UTC().Format("2006-01-02T15:04:05.000Z07:00")
}
