package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/go-chi/chi/v5"

	"muster/internal/config"
	"muster/internal/fault"
	"muster/internal/model"
)

// note is the audit record of a request in the making. Its methods do nothing on a nil
// note, which is that of a request nobody keeps a record of.
type note struct {
	recorded
	record   model.AuditRecord
	body     []byte // as far as it was read
	prior    map[string]any
	settings *config.Config // before the deed, of operations on the configuration
}

// recordedAs finds what a route is called in audit records.
func recordedAs(rt route) *recorded {
	if r, ok := auditRecords[rt.method+" "+rt.path]; ok {
		return &r
	}
	return nil
}

// beginRecord prepares the record of a request that reached its handler.
func (c *call) beginRecord(as *recorded) {
	if as == nil || !c.api.Audit.On() {
		return
	}
	n := &note{recorded: *as, record: model.AuditRecord{
		Event: as.name,
		Meta:  model.AuditMeta{APIPath: c.r.URL.Path, Method: c.r.Method, RequestID: c.requestID, Local: c.actor.Local},
	}}
	if other, ok := localNames[as.name]; ok && c.actor.Local {
		n.record.Event = other
	}
	n.record.Actor = model.AuditActor{UserID: c.actor.UserID, SessionID: c.actor.SessionID, AuditPeer: model.AuditPeer{
		Client: c.actor.UserAgent, IPAddress: c.actor.IP, XForwardedFor: c.r.Header.Get("X-Forwarded-For"),
	}}
	n.record.Deed.ObjectType = as.of.kind
	if id := chi.URLParam(c.r, as.of.param); id == "me" {
		n.record.Deed.ObjectID = c.actor.UserID
	} else if model.ValidID(id) {
		n.record.Deed.ObjectID = id
	}
	if !readOnly(c.r.Method) && !n.of.inside {
		n.prior = c.state(n.record.Deed)
	}
	if as.of == ofSystem {
		n.settings = c.cfg
	}
	c.note = n
}

// endRecord writes the record with what came of the request, once.
func (c *call) endRecord(err error) {
	n := c.note
	if n == nil {
		return
	}
	c.note = nil
	at := c.api.Now().UnixMilli()
	n.record.ID, n.record.CreateAt = model.NewTimeID(at), at
	n.record.Status, n.record.Error = c.outcome(err)
	n.record.Deed.Parameters = n.parameters(c)
	if n.name != "deleteUser" || !c.flag("permanent") { // of what is gone for good nothing is to be left
		n.states(c)
	}
	c.api.Audit.Add(&n.record)
}

// outcome says how a request ended.
func (c *call) outcome(err error) (string, *model.AuditError) {
	if err == nil {
		return model.AuditSuccess, nil
	}
	f := fault.As(err)
	if f == nil {
		f = fault.New(fault.Internal, internalID)
	}
	why := &model.AuditError{ID: f.ID, StatusCode: statusOf[f.Kind]}
	switch {
	case f.Kind == fault.PartlyDone:
		return model.AuditSuccess, why
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, errPanicked):
		return model.AuditAttempt, why
	}
	return model.AuditFail, why
}

// about says which object an operation was about whose path does not tell.
func (n *note) about(kind, id string) {
	if n != nil && id != "" {
		n.record.Deed.ObjectType, n.record.Deed.ObjectID = kind, id
	}
}

// made is about for an object that did not exist before.
func (n *note) made(kind, id string) {
	if n != nil {
		n.about(kind, id)
		n.prior = map[string]any{}
	}
}

// with adds a parameter that stands neither in the body nor in the query.
func (n *note) with(name string, value any) {
	if n == nil {
		return
	}
	if n.record.Deed.Parameters == nil {
		n.record.Deed.Parameters = map[string]any{}
	}
	n.record.Deed.Parameters[name] = value
}

// signedIn says whose session a request ended with.
func (n *note) signedIn(s *model.Session) {
	if n == nil {
		return
	}
	n.about(userObject, s.UserID)
	if n.record.Actor.UserID == "" {
		n.record.Actor.UserID, n.record.Actor.SessionID = s.UserID, s.ID
	}
}

// parameters gives what is kept of the path, the query and the body.
func (n *note) parameters(c *call) map[string]any {
	out := n.record.Deed.Parameters
	if out == nil {
		out = map[string]any{}
	}
	path := chi.RouteContext(c.r.Context()).URLParams
	for i, name := range path.Keys {
		if name != n.of.param || n.record.Deed.ObjectID == "" {
			out[name] = path.Values[i]
		}
	}
	var body map[string]json.RawMessage
	if len(n.keep) > 0 && len(n.body) > 0 && digestible(n.body) {
		_ = json.NewDecoder(bytes.NewReader(n.body)).Decode(&body) // the handler says what is wrong with it
	}
	for _, name := range n.keep {
		if v, ok := plain(body[name]); ok {
			out[name] = v
		} else if v := c.value(name); v != "" {
			out[name] = v
		}
	}
	return out
}

// listMax is how many texts of a list a record holds.
const listMax = 200

// plain reads a text, a number, a boolean or a list of texts; records hold nothing else.
func plain(raw json.RawMessage) (any, bool) {
	var v any
	if raw == nil || json.Unmarshal(raw, &v) != nil {
		return nil, false
	}
	switch v := v.(type) {
	case string, float64, bool:
		return v, true
	case []any:
		var list []string
		if len(v) > listMax || json.Unmarshal(raw, &list) != nil {
			return len(v), true
		}
		return list, true
	}
	return nil, false
}

// state gives the fields of the object of a record that can be shown, nil when it has
// none or does not exist.
func (c *call) state(of model.AuditDeed) map[string]any {
	switch of.ObjectType {
	case userObject, botObject:
		if model.ValidID(of.ObjectID) {
			return fields(c.api.Accounts.AuditedUser(c, of.ObjectID))
		}
	case roleObject:
		return fields(c.api.Accounts.AuditedRole(of.ObjectID))
	case teamObject:
		return fields(c.api.Workspace.AuditedTeam(c, of.ObjectID))
	case channelObject:
		return fields(c.api.Workspace.AuditedChannel(c, of.ObjectID))
	}
	return nil
}

// fields makes a map of what has a JSON form; nil stays nil.
func fields[T any](v *T) (out map[string]any) {
	if v == nil {
		return nil
	}
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil { // both are of this program
		panic(err)
	}
	return out
}

// states adds what the deed changed: of both states the fields that differ.
func (n *note) states(c *call) {
	if n.record.Status == model.AuditFail {
		return
	}
	if n.settings != nil {
		n.record.Deed.Parameters["changed"] = config.Differences(n.settings, &c.api.Live.Current().Config)
	}
	if n.prior == nil {
		return
	}
	prior, next := n.prior, c.state(n.record.Deed)
	both := slices.Collect(maps.Keys(prior))
	for _, name := range both {
		if same(prior[name], next[name]) && name != "id" && next != nil {
			delete(prior, name)
			delete(next, name)
		}
	}
	n.record.Deed.PriorState, n.record.Deed.NextState = stateJSON(prior), stateJSON(next)
}

func same(a, b any) bool {
	x, _ := json.Marshal(a) // both come from JSON
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

// stateMax is how many bytes of a state a record holds.
const stateMax = 16 << 10

func stateJSON(state map[string]any) json.RawMessage {
	if len(state) == 0 {
		return nil
	}
	text, _ := json.Marshal(state) // it comes from JSON
	if len(text) > stateMax {
		text, _ = json.Marshal(map[string]any{"id": state["id"], "truncated": true})
	}
	return text
}
