// Package fault holds the one error type that may reach a client.
//
// A fault says what went wrong (Kind, which the transport maps to a status),
// which documented error it is (ID, which is also the key of the translated
// message), and, for the log alone, why (Err).
package fault

import (
	"errors"
	"strings"
)

// Kind classifies a fault. The zero value is Internal, so that an error nobody
// classified is a blank 500.
type Kind uint8

// The kinds, with the status the API answers for each. The statuses themselves
// stand in package api alone.
const (
	Internal             Kind = iota // 500
	Invalid                          // 400
	Unauthenticated                  // 401
	Forbidden                        // 403
	NotFound                         // 404
	Conflict                         // 409
	Gone                             // 410
	PreconditionFailed               // 412
	TooLarge                         // 413
	URITooLong                       // 414
	PreconditionRequired             // 428
	TooMany                          // 429
	Unavailable                      // 501: switched off or not configured
	Busy                             // 503
	PartlyDone                       // 202: the deed is done, a remainder failed
)

// Error is the only error a client may see.
type Error struct {
	Kind   Kind
	ID     string         // documented error id, also the key of the message
	Params map[string]any // values for the placeholders of the message
	Detail string         // shown as detailed_error in developer mode only
	Err    error          // the cause, for the log only
}

// Error names the id, the detail and the cause; it is for logs and tests, never for clients.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.ID)
	if e.Detail != "" {
		b.WriteString(" (" + e.Detail + ")")
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes a fault of a kind with a documented id.
func New(kind Kind, id string) *Error { return &Error{Kind: kind, ID: id} }

// Because returns a copy of the fault that carries its cause for the log.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

// With returns a copy of the fault with one more value for its message.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.Params = make(map[string]any, len(e.Params)+1)
	for k, v := range e.Params {
		c.Params[k] = v
	}
	c.Params[name] = value
	return &c
}

// Explain returns a copy of the fault with a detail for developer mode.
func (e *Error) Explain(detail string) *Error {
	c := *e
	c.Detail = detail
	return &c
}

// Body says that a body parameter is missing or unusable (400, the contract's body:name).
func Body(name string) *Error {
	return New(Invalid, "api.context.invalid_body_param.app_error").With("Name", name)
}

// URL says that a path or query parameter is unusable (400, the contract's url:name).
func URL(name string) *Error {
	return New(Invalid, "api.context.invalid_url_param.app_error").With("Name", name)
}

// Permission says which permissions the user lacks (403, the contract's perm:name).
func Permission(userID string, permissions ...string) *Error {
	return New(Forbidden, "api.context.permissions.app_error").
		Explain("userId=" + userID + ", permission=" + strings.Join(permissions, ","))
}

// NoSession says that the request needs a valid session (401).
func NoSession() *Error {
	return New(Unauthenticated, "api.context.session_expired.app_error")
}

// NoUser says that the account does not exist (404).
func NoUser() *Error { return New(NotFound, "app.user.missing_account.const") }

// KindOf gives the kind of the fault inside err, Internal when there is none.
func KindOf(err error) Kind {
	if f := As(err); f != nil {
		return f.Kind
	}
	return Internal
}

// As finds the fault inside err, nil when there is none.
func As(err error) *Error {
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Is tells whether err is a fault with this id.
func Is(err error, id string) bool {
	f := As(err)
	return f != nil && f.ID == id
}
