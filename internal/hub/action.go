package hub

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
)

// frame is what a client sends.
type frame struct {
	Seq    int64          `json:"seq"`
	Action string         `json:"action"`
	Data   map[string]any `json:"data"`
}

// text gives a field that is a text, empty when it is anything else.
func (f *frame) text(name string) string {
	s, _ := f.Data[name].(string)
	return s
}

// reply is the answer to a frame. It has no number of its own.
type reply struct {
	Status string         `json:"status"`
	Data   map[string]any `json:"data,omitempty"`
	Seq    int64          `json:"seq_reply,omitempty"`
	Error  *Problem       `json:"error,omitempty"`
}

// action does what a client asks for and gives the data of the reply.
type action func(h *Hub, ctx context.Context, a perm.Actor, f *frame) (map[string]any, error)

var actions = map[string]action{
	"ping":                      (*Hub).pong,
	"user_typing":               (*Hub).typing,
	"get_statuses":              (*Hub).statuses,
	"get_statuses_by_ids":       (*Hub).statusesByIDs,
	"user_update_active_status": (*Hub).activeStatus,
	"posted_notify_ack":         (*Hub).nothing,
}

// commandTime bounds what one frame may take.
const commandTime = 30 * time.Second

// parse reads a frame.
func parse(content []byte, binary bool) (*frame, bool) {
	f := &frame{}
	if binary {
		return f, f.unpack(content) == nil
	}
	return f, json.Unmarshal(content, f) == nil
}

// receive handles what a client sent. It tells the reason when the socket must be closed.
func (h *Hub) receive(s *socket, content []byte, binary bool) (reason, bool) {
	f, ok := parse(content, binary)
	if !ok {
		return badFrame, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), commandTime)
	defer cancel()
	if f.Action == "authentication_challenge" && f.Seq > 0 {
		return h.challenge(ctx, s, f)
	}
	if strings.HasPrefix(f.Action, "custom_") && f.Seq > 0 {
		return reason{}, true // meant for extensions, of which there are none
	}
	data, err := h.act(ctx, s, f)
	answer := reply{Status: "OK", Data: data, Seq: f.Seq}
	if err != nil {
		p := s.describe(err)
		answer = reply{Status: "FAIL", Seq: f.Seq, Error: &p}
	}
	s.answer(answer)
	return reason{}, true
}

// answer sends a reply; a peer that does not take it is noticed by who reads.
func (s *socket) answer(r reply) {
	text, err := json.Marshal(r)
	if err != nil { // what actions give always has a JSON form
		panic(err)
	}
	if s.wire.Write(append(make([]byte, frameHead, frameHead+len(text)), text...)) != nil {
		s.wire.Close(cutOff)
	}
}

// act finds the action and who asks for it.
func (h *Hub) act(ctx context.Context, s *socket, f *frame) (map[string]any, error) {
	switch {
	case f.Action == "":
		return nil, fault.New(fault.Invalid, "api.web_socket_router.no_action.app_error")
	case f.Seq <= 0:
		return nil, fault.New(fault.Invalid, "api.web_socket_router.bad_seq.app_error")
	case f.Action == "presence":
		return h.nothing(ctx, perm.Actor{}, f)
	}
	c, err := h.caller(ctx, s)
	if err != nil {
		return nil, err
	}
	actor, err := h.Accounts.Actor(c)
	if err != nil {
		return nil, err
	}
	do := actions[f.Action]
	if do == nil {
		return nil, fault.New(fault.Internal, "api.web_socket_router.bad_action.app_error")
	}
	if f.Action == "user_typing" {
		h.Accounts.Use(ctx, c.Session)
	} else {
		h.Accounts.Touch(c.Session)
	}
	return do(h, ctx, actor, f)
}

// caller finds out who is at the other end. The session is looked at each time, as it is
// for requests.
func (h *Hub) caller(ctx context.Context, s *socket) (account.Caller, error) {
	refused := fault.New(fault.Unauthenticated, "api.web_socket_router.not_authenticated.app_error")
	if s.userID == "" {
		return account.Caller{}, refused
	}
	c, err := h.Accounts.Authenticate(ctx, s.token)
	if fault.KindOf(err) == fault.Unauthenticated && err != nil {
		return account.Caller{}, refused
	}
	if err != nil {
		return account.Caller{}, err
	}
	if h.Accounts.MFARequired(c) {
		return account.Caller{}, fault.New(fault.Forbidden, "api.context.mfa_required.app_error")
	}
	return c, nil
}

// challenge takes the token of a client that opened its socket without a session. One
// without a valid token is closed; one that is authenticated gets no answer.
func (h *Hub) challenge(ctx context.Context, s *socket, f *frame) (reason, bool) {
	if s.userID != "" {
		return reason{}, true
	}
	token := f.text("token")
	if token == "" || len(token) > tokenMax {
		return notSignedIn, false
	}
	c, err := h.Accounts.Authenticate(ctx, token)
	if err != nil {
		return notSignedIn, false
	}
	if why, ok := h.enter(s, c, token, nil); !ok {
		return why, false
	}
	h.Accounts.Touch(c.Session)
	s.answer(reply{Status: "OK", Seq: f.Seq})
	return reason{}, true
}

// tokenMax is the longest token anybody may show.
const tokenMax = 50

func (h *Hub) nothing(context.Context, perm.Actor, *frame) (map[string]any, error) { return nil, nil }

func (h *Hub) pong(context.Context, perm.Actor, *frame) (map[string]any, error) {
	return map[string]any{"text": "pong", "version": h.Live.Current().Info.Version, "server_time": h.now(), "node_id": ""}, nil
}

// invalid says that a field of a frame is missing or unusable.
func invalid(name string) error {
	return fault.New(fault.Invalid, "api.websocket_handler.invalid_param.app_error").With("Name", name)
}

func (h *Hub) typing(ctx context.Context, a perm.Actor, f *frame) (map[string]any, error) {
	if h.Busy() {
		return nil, errBusy()
	}
	channelID, parentID := f.text("channel_id"), f.text("parent_id")
	err := h.Typing(ctx, a, a.UserID, channelID, parentID)
	switch fault.KindOf(err) {
	case fault.Forbidden, fault.NotFound, fault.Invalid:
		return nil, invalid("channel_id") // whether the channel exists is nobody's business
	}
	return nil, err
}

// statuses tells the presence of those the actor knows, as far as they are not offline.
func (h *Hub) statuses(ctx context.Context, a perm.Actor, _ *frame) (map[string]any, error) {
	list, err := h.Accounts.StatusesAround(ctx, a)
	out := make(map[string]any, len(list))
	for _, st := range list {
		out[st.UserID] = st.Status
	}
	return out, err
}

func (h *Hub) statusesByIDs(ctx context.Context, a perm.Actor, f *frame) (map[string]any, error) {
	list, _ := f.Data["user_ids"].([]any)
	ids := make([]string, 0, len(list))
	for _, v := range list {
		id, ok := v.(string)
		if !ok {
			return nil, invalid("user_ids")
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, invalid("user_ids")
	}
	known, err := h.Accounts.Statuses(ctx, a, slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !model.ValidID(id) }))
	if err != nil {
		return nil, err
	}
	out := make(map[string]any, len(ids))
	if h.Live.Current().Config.ServiceSettings.EnableUserStatuses {
		for _, id := range ids {
			out[id] = model.StatusOffline
		}
	}
	for _, st := range known {
		out[st.UserID] = st.Status
	}
	return out, nil
}

// activeStatus notes that somebody uses the client, or left it.
func (h *Hub) activeStatus(ctx context.Context, a perm.Actor, f *frame) (map[string]any, error) {
	active, ok := f.Data["user_is_active"].(bool)
	if !ok {
		return nil, invalid("user_is_active")
	}
	manual, _ := f.Data["manual"].(bool)
	return nil, h.Accounts.SetActive(ctx, a, active, manual)
}
