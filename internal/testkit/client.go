package testkit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"muster/internal/testkit/spec"
)

// Client speaks to a server as one account.
type Client struct {
	ID       string // of the account, empty for a visitor
	Username string
	Token    string
	CSRF     string
	Header   http.Header // sent with every request
	base     string
	http     *http.Client
	t        testing.TB
}

// Account is what the kit makes an account from.
type Account struct {
	Username string `json:"username"`
	Email    string `json:"email"`
	Password string `json:"password"`
	Nickname string `json:"nickname,omitempty"`
	First    string `json:"first_name,omitempty"`
	Last     string `json:"last_name,omitempty"`
}

// transports keeps connections for all tests of a process.
var transports = &http.Transport{MaxIdleConnsPerHost: 64}

// Visitor speaks to the server without an account.
func (s *Server) Visitor() *Client {
	return &Client{base: s.URL, http: &http.Client{Transport: transports}, Header: http.Header{}, t: s.t}
}

// Admin is the first account, a system admin.
func (s *Server) Admin() *Client { return s.admin }

func (s *Server) firstAdmin() *Client {
	v := s.Visitor()
	v.Post("/users", Account{Username: "admin", Email: "admin@example.com", Password: Password}).Want(http.StatusCreated)
	return s.SignIn("admin")
}

// User makes an account and signs it in.
func (s *Server) User(username string) *Client {
	s.t.Helper()
	s.Make(Account{Username: username})
	return s.SignIn(username)
}

// Make makes an account without signing it in and gives its id.
func (s *Server) Make(a Account) string {
	s.t.Helper()
	if a.Email == "" {
		a.Email = a.Username + "@example.com"
	}
	if a.Password == "" {
		a.Password = Password
	}
	return s.admin.Post("/users", a).Want(http.StatusCreated).Text("id")
}

// WithRoles makes an account with these system roles and signs it in.
func (s *Server) WithRoles(username, roles string) *Client {
	s.t.Helper()
	id := s.Make(Account{Username: username})
	s.admin.Put("/users/"+id+"/roles", map[string]string{"roles": roles}).Want(http.StatusOK)
	return s.SignIn(username)
}

// SignIn signs an account in with the kit's password.
func (s *Server) SignIn(username string) *Client {
	s.t.Helper()
	c := s.Visitor()
	c.Header.Set("X-Requested-With", "XMLHttpRequest")
	r := c.Post("/users/login", map[string]string{"login_id": username, "password": Password}).Want(http.StatusCreated)
	c.Header.Del("X-Requested-With")
	c.ID, c.Username, c.Token = r.Text("id"), username, r.Header.Get("Token")
	for _, k := range r.Cookies() {
		if k.Name == "MMCSRF" {
			c.CSRF = k.Value
		}
	}
	return c
}

// Socket speaks to the server over the socket of local mode, which the options must enable
// at <Folder>/local.sock.
func (s *Server) Socket() *Client {
	path := filepath.Join(s.Folder, "local.sock")
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	return &Client{
		base: "http://local", http: &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}},
		Header: http.Header{}, t: s.t,
	}
}

// For gives the same client reporting to another test, usually a subtest.
func (c *Client) For(t testing.TB) *Client {
	d := *c
	d.t = t
	d.Header = c.Header.Clone()
	return &d
}

// Get asks for a path below /api/v4.
func (c *Client) Get(path string) *Response {
	c.t.Helper()
	return c.Do(http.MethodGet, path, nil)
}

// Post sends a body: bytes or a string as they are, anything else as JSON.
func (c *Client) Post(path string, body any) *Response {
	c.t.Helper()
	return c.Do(http.MethodPost, path, body)
}

// Put sends a body like Post.
func (c *Client) Put(path string, body any) *Response {
	c.t.Helper()
	return c.Do(http.MethodPut, path, body)
}

// Delete asks to remove something.
func (c *Client) Delete(path string) *Response {
	c.t.Helper()
	return c.Do(http.MethodDelete, path, nil)
}

// Do sends a request and reads the answer. Paths that do not begin with / are whole.
func (c *Client) Do(method, path string, body any) *Response {
	c.t.Helper()
	r, err := c.Try(method, path, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

// Try is Do for servers that may be gone.
func (c *Client) Try(method, path string, body any) (*Response, error) {
	content, err := encode(body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(context.WithoutCancel(c.t.Context()), method, c.base+"/api/v4"+path, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	if content != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	for k, v := range c.Header {
		req.Header[k] = v
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	answer, err := io.ReadAll(res.Body)
	if err = errors.Join(err, res.Body.Close()); err != nil {
		return nil, err
	}
	out := &Response{Response: res, Body: answer, t: c.t, what: method + " " + path}
	c.check(req, out)
	return out, nil
}

// check compares an exchange with the description of the API, which also notes that it was seen.
func (c *Client) check(req *http.Request, r *Response) {
	c.t.Helper()
	checker, err := spec.New()
	if err != nil {
		c.t.Fatalf("read description of the API: %v", err)
	}
	if err := checker.Check(req, r.StatusCode, r.Header, r.Body); err != nil {
		c.t.Errorf("%s answered outside the description of the API: %v", r.what, err)
	}
}

func encode(body any) ([]byte, error) {
	switch b := body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return b, nil
	case string:
		return []byte(b), nil
	}
	return json.Marshal(body)
}

// Response is an answer whose body has been read.
type Response struct {
	*http.Response
	Body []byte
	t    testing.TB
	what string
}

// Want ends the test when the status is another.
func (r *Response) Want(status int) *Response {
	r.t.Helper()
	if r.StatusCode != status {
		r.t.Fatalf("%s: status %d, want %d\n%s", r.what, r.StatusCode, status, r.Body)
	}
	return r
}

// WantFault checks status and error id.
func (r *Response) WantFault(status int, id string) *Response {
	r.t.Helper()
	if r.StatusCode != status || r.Text("id") != id {
		r.t.Errorf("%s: %d %s, want %d %s", r.what, r.StatusCode, r.Body, status, id)
	}
	return r
}

// JSON decodes the body.
func (r *Response) JSON(into any) *Response {
	r.t.Helper()
	if err := json.Unmarshal(r.Body, into); err != nil {
		r.t.Fatalf("%s: %v in %s", r.what, err, r.Body)
	}
	return r
}

// Value gives a field of the object the body is, nil when it is not there; parts
// of a nested field are joined by dots.
func (r *Response) Value(field string) any {
	var v any
	if json.Unmarshal(r.Body, &v) != nil {
		return nil
	}
	for part := range strings.SplitSeq(field, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[part]
	}
	return v
}

// Text gives a field as text, empty when it is not there.
func (r *Response) Text(field string) string {
	v := r.Value(field)
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// Column gives one field of every object in the list the body is.
func (r *Response) Column(field string) []string {
	r.t.Helper()
	var rows []map[string]any
	r.JSON(&rows)
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = fmt.Sprint(row[field])
	}
	return out
}
