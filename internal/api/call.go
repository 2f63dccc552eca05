package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"muster/internal/account"
	"muster/internal/config"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
)

// call is one request on its way through the API.
type call struct {
	context.Context
	w         http.ResponseWriter
	r         *http.Request
	api       *API
	route     route
	snapshot  *config.Snapshot
	cfg       *config.Config
	actor     perm.Actor
	caller    account.Caller // zero without a session
	requestID string
	status    int // of the answer
	nearBy    bool
	proxied   bool // a trusted proxy stands before us
	query     url.Values
	note      *note // nil when no audit record is kept
}

// Limits of what is read.
const (
	bodySlack  = 512 // bytes a body may exceed the setting by
	jsonDepth  = 64
	perPageMax = 200
	perPageStd = 60
	idsPerCall = 1000
)

// write sends an answer.
func (c *call) write(status int, body []byte) {
	c.endRecord(nil) // whoever has the answer finds the record
	c.status = status
	if len(body) > 1024 { // net/http counts shorter answers itself
		c.w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	c.w.WriteHeader(status)
	_, _ = c.w.Write(body) // the client may have gone; there is nobody to tell
}

// json sends a value.
func (c *call) json(status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.write(status, append(body, '\n'))
	return nil
}

var okBody = []byte(`{"status":"OK"}`)

// ok sends the answer of operations that have nothing to say.
func (c *call) ok(err error) error {
	if err == nil {
		c.write(http.StatusOK, okBody)
	}
	return err
}

// list sends accounts; nil is the fault of whoever asked for them.
func (c *call) list(l account.Answers, err error) error {
	if err == nil {
		c.write(http.StatusOK, l.AppendJSON(make([]byte, 0, 2+700*len(l.Records))))
	}
	return err
}

// array sends a list; no rows are an empty array, never null.
func array[T any](c *call, rows []T, err error) error {
	if err != nil {
		return err
	}
	if rows == nil {
		rows = []T{}
	}
	return c.json(http.StatusOK, rows)
}

// unchanged answers 304 when the client has this version already.
func (c *call) unchanged(etag string) bool {
	c.w.Header()["Etag"] = []string{etag}
	if c.r.Header.Get("If-None-Match") != etag {
		return false
	}
	c.write(http.StatusNotModified, nil)
	return true
}

// param gives a part of the path; an id has letters and digits only, so any other
// text means that the API has no such path.
func (c *call) param(name string) (string, error) {
	v := chi.URLParam(c.r, name)
	if !model.AlphaNumeric(v) {
		return "", noRoute(c.r)
	}
	return v, nil
}

// userID gives the account the path is about; "me" is the session's.
func (c *call) userID() (string, error) {
	id, err := c.param("user_id")
	if err != nil {
		return "", err
	}
	if id == "me" {
		id = c.actor.UserID
	}
	if !model.ValidID(id) {
		return "", fault.URL("user_id")
	}
	return id, nil
}

// value gives a query parameter, the first of several names that is given.
func (c *call) value(names ...string) string {
	if c.query == nil {
		c.query = c.r.URL.Query()
	}
	for _, n := range names {
		if v := c.query.Get(n); v != "" {
			return v
		}
	}
	return ""
}

// flag reads a query parameter as a boolean; anything that is not true is false.
func (c *call) flag(name string) bool {
	v, err := strconv.ParseBool(c.value(name))
	return err == nil && v
}

// names splits a query parameter at commas; blank parts are dropped.
func (c *call) names(parameter string) []string {
	var out []string
	for part := range strings.SplitSeq(c.value(parameter), ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// page reads which page of a list is wanted and how many rows it has.
func (c *call) page() (page, perPage int) {
	page, perPage = 0, perPageStd
	if c.r.URL.RawQuery == "" {
		return page, perPage
	}
	if n, err := strconv.Atoi(c.value("page")); err == nil && n > 0 {
		page = min(n, math.MaxInt32/perPageMax)
	}
	if n, err := strconv.Atoi(c.value("per_page")); err == nil && n >= 0 {
		perPage = min(n, perPageMax)
	}
	return page, perPage
}

// bytes reads the body, bounded by what the route allows.
func (c *call) bytes() ([]byte, error) {
	limit := c.bodyLimit()
	if c.r.ContentLength > limit {
		return nil, errTooLarge()
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, limit))
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return nil, errTooLarge()
	}
	if err != nil {
		return nil, fault.Body("body").Because(err)
	}
	if c.note != nil {
		c.note.body = body
	}
	return body, nil
}

func (c *call) bodyLimit() int64 {
	if c.route.body == file {
		return c.cfg.FileSettings.MaxFileSize + bodySlack
	}
	return int64(c.cfg.ServiceSettings.MaximumPayloadSizeBytes) + bodySlack
}

func errTooLarge() *fault.Error {
	return fault.New(fault.TooLarge, "api.context.request_body_too_large.app_error")
}

// decode reads the first JSON value of the body. One that cannot be used is a
// fault that names the parameter, and changes nothing.
func decode[T any](c *call, name string) (T, error) {
	return decodeOr[T](c, fault.Body(name))
}

// stringsIn reads a body that is an array of strings, with at most idsPerCall of them.
func (c *call) stringsIn(name string) ([]string, error) {
	list, err := decodeOr[[]string](c, fault.New(fault.Invalid, "api.payload.parse.error"))
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || len(list) > idsPerCall {
		return nil, fault.Body(name)
	}
	return list, nil
}

func decodeOr[T any](c *call, unusable *fault.Error) (v T, err error) {
	body, err := c.bytes()
	if err != nil {
		return v, err
	}
	if !digestible(body) {
		return v, unusable
	}
	if err := json.NewDecoder(bytes.NewReader(body)).Decode(&v); err != nil {
		return v, unusable.Because(err)
	}
	return v, nil
}

// digestible tells whether JSON is nested within the limit and free of the character
// NUL, which no text in PostgreSQL can hold.
func digestible(body []byte) bool {
	depth, inText := 0, false
	for i := 0; i < len(body); i++ {
		switch b := body[i]; {
		case inText && b == '\\':
			if bytes.HasPrefix(body[i+1:], []byte("u0000")) {
				return false
			}
			i++
		case b == '"':
			inText = !inText
		case inText:
		case b == '{' || b == '[':
			if depth++; depth > jsonDepth {
				return false
			}
		case b == '}' || b == ']':
			depth--
		}
	}
	return true
}

// texts reads a body that is a flat object of strings. A value of another type
// counts as absent, an unusable body as an empty object: the operation then names
// the first parameter it misses. Those named as flags may also be true or false.
func (c *call) texts(flags ...string) (map[string]string, error) {
	raw, err := decode[map[string]json.RawMessage](c, "body")
	if fault.Is(err, errTooLarge().ID) {
		return nil, err
	}
	out := make(map[string]string, len(raw))
	for k, v := range raw {
		var s string
		var b bool
		if json.Unmarshal(v, &s) == nil {
			out[k] = s
		} else if slices.Contains(flags, k) && json.Unmarshal(v, &b) == nil {
			out[k] = strconv.FormatBool(b)
		}
	}
	return out, nil
}
