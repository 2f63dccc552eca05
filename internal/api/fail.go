package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"muster/internal/fault"
)

// statusOf is the only place where kinds of faults become statuses.
var statusOf = map[fault.Kind]int{
	fault.Internal:             http.StatusInternalServerError,
	fault.Invalid:              http.StatusBadRequest,
	fault.Unauthenticated:      http.StatusUnauthorized,
	fault.Forbidden:            http.StatusForbidden,
	fault.NotFound:             http.StatusNotFound,
	fault.Conflict:             http.StatusConflict,
	fault.Gone:                 http.StatusGone,
	fault.PreconditionFailed:   http.StatusPreconditionFailed,
	fault.TooLarge:             http.StatusRequestEntityTooLarge,
	fault.URITooLong:           http.StatusRequestURITooLong,
	fault.PreconditionRequired: http.StatusPreconditionRequired,
	fault.TooMany:              http.StatusTooManyRequests,
	fault.Unavailable:          http.StatusNotImplemented,
	fault.Busy:                 http.StatusServiceUnavailable,
	fault.PartlyDone:           http.StatusAccepted,
}

// errorBody is what a client learns of a fault.
type errorBody struct {
	ID            string `json:"id"`
	Message       string `json:"message"`
	DetailedError string `json:"detailed_error"`
	RequestID     string `json:"request_id,omitempty"`
	StatusCode    int    `json:"status_code"`
}

// fail is the only writer of errors. Causes stay here: they go to the log when the
// fault is ours, and never to a client.
func (c *call) fail(err error) {
	c.endRecord(err)
	if errors.Is(err, errLimitExceeded) {
		c.tooFast()
		return
	}
	f := fault.As(err)
	if f == nil {
		f = fault.New(fault.Internal, internalID).Because(err)
	}
	status := statusOf[f.Kind]
	if status >= http.StatusInternalServerError && f.Kind != fault.Unavailable && f.Kind != fault.Busy && c.Err() == nil {
		c.api.Log.Error("request failed", "request_id", c.requestID, "method", c.r.Method, "route", c.route.path,
			"id", f.ID, "error", f.Err)
	}
	if c.cfg.ServiceSettings.ExperimentalEnableHardenedMode && status >= http.StatusInternalServerError {
		status, f = http.StatusInternalServerError, &fault.Error{}
	}
	body := errorBody{ID: f.ID, Message: c.message(f), RequestID: c.requestID, StatusCode: status}
	if f.ID == noRouteID {
		body.RequestID, body.DetailedError = "", f.Detail
	}
	if c.cfg.ServiceSettings.EnableDeveloper {
		body.DetailedError = f.Detail
	}
	if c.actor.Local && f.Kind == fault.Internal && f.Err != nil { // who has the sockets of this machine has its log
		body.DetailedError = f.Err.Error()
	}
	h := c.w.Header()
	h["Content-Type"] = jsonType
	h.Del("Cache-Control")
	h.Del("Etag")
	if after, ok := f.Params["RetryAfter"]; ok {
		h.Set("Retry-After", fmt.Sprint(after))
	}
	text, err := json.Marshal(body)
	if err != nil { // strings and numbers always have a JSON form
		panic(err)
	}
	c.write(status, text)
}

// The ids the transport itself answers with.
const (
	internalID = "api.muster.internal.app_error"
	noRouteID  = "api.context.404.app_error"
)

// message is the text of a fault in the language the client prefers; a fault
// without a name is one of ours and nobody's business.
func (c *call) message(f *fault.Error) string {
	if f.ID == "" {
		return c.api.messages.text(c.language(), internalID, nil)
	}
	return c.api.messages.text(c.language(), f.ID, f.Params)
}

// language is what the client says it prefers.
func (c *call) language() string {
	if l := c.r.Header.Get("Accept-Language"); l != "" {
		return l
	}
	return c.cfg.LocalizationSettings.DefaultServerLocale
}
