package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"muster/internal/testkit"
)

// chgCell is the answer of one operation for one actor and one target: the status and,
// where it is an error, its id.
type chgCell struct {
	status int
	id     string
}

var (
	chgOK       = chgCell{status: http.StatusOK}
	chg401      = chgCell{http.StatusUnauthorized, chgNoSession}
	chg403      = chgCell{http.StatusForbidden, chgForbidden}
	chg404      = chgCell{http.StatusNotFound, chgNoUser}
	chgBodyCell = chgCell{http.StatusBadRequest, chgBadBody}
	chgURLCell  = chgCell{http.StatusBadRequest, chgBadURL}
)

// chgOperation is a row of the matrix: what each actor gets for a member, an admin, a
// deactivated member and an account that does not exist. "self" has the first column only.
type chgOperation struct {
	name, method, path, body string // ID, NAME in path and body are the target's
	stranger, editor, admin  [4]chgCell
	self                     chgCell
	reads                    bool // changes nothing even when it is allowed
}

func chgOperations() []chgOperation {
	all := func(c chgCell) [4]chgCell { return [4]chgCell{c, c, c, c} }
	edits := [4]chgCell{chgOK, chg403, chgOK, chg403}
	known := [4]chgCell{chgOK, chgOK, chgOK, chg404}
	whole := `{"id":"ID","username":"NAME","email":"NAME@example.com","timezone":{}}`
	active403 := chgCell{http.StatusForbidden, "api.user.update_active.permissions.app_error"}
	notEnabled := chgCell{http.StatusUnauthorized, "api.user.update_active.not_enable.app_error"}
	notDeleted := func(whose string) chgCell {
		return chgCell{http.StatusUnauthorized, "api.user.delete_user.not_enabled" + whose + ".app_error"}
	}
	context403 := chgCell{http.StatusForbidden, "api.user.update_password.context.app_error"}
	reset403 := chgCell{http.StatusForbidden, "api.user.reset_password_failed_attempts.permissions.app_error"}
	with := func(row [4]chgCell, unknown chgCell) [4]chgCell {
		row[3] = unknown
		return row
	}
	return []chgOperation{
		{name: "UpdateUser", method: "PUT", path: "", body: whole, stranger: all(chg403), editor: edits, admin: known, self: chgOK},
		{
			name: "PatchUser", method: "PUT", path: "/patch", body: `{"nickname":"n"}`, stranger: all(chg403), editor: edits,
			admin: with(known, chgBodyCell), self: chgOK,
		},
		{
			name: "UpdateUserRoles", method: "PUT", path: "/roles", body: `{"roles":"system_user system_post_all"}`, stranger: all(chg403), editor: all(chg403),
			admin: with(known, chgCell{http.StatusBadRequest, chgNoUser}), self: chg403,
		},
		{
			name: "UpdateUserActive on", method: "PUT", path: "/active", body: `{"active":true}`, stranger: all(active403),
			editor: with(edits, chg404), admin: known, self: active403,
		},
		{
			name: "UpdateUserActive off", method: "PUT", path: "/active", body: `{"active":false}`, stranger: all(active403),
			editor: with(edits, chg404), admin: known, self: notEnabled,
		},
		{name: "DeleteUser", method: "DELETE", path: "", stranger: all(chg403), editor: edits, admin: known, self: notEnabled},
		{
			name: "DeleteUser for good", method: "DELETE", path: "?permanent=true", stranger: all(chg403), self: notEnabled, reads: true,
			editor: [4]chgCell{notDeleted(""), chg403, notDeleted(""), chg403},
			admin:  with(all(notDeleted(".for_admin")), chg404),
		},
		{name: "GetProfileImage", method: "GET", path: "/image", stranger: known, editor: known, admin: known, self: chgOK, reads: true},
		{
			name: "SetProfileImage", method: "POST", path: "/image", body: "PICTURE", stranger: all(chg403), editor: edits,
			admin: with(known, chgURLCell), self: chgOK,
		},
		{name: "SetDefaultProfileImage", method: "DELETE", path: "/image", stranger: all(chg403), editor: edits, admin: known, self: chgOK},
		{name: "GetDefaultProfileImage", method: "GET", path: "/image/default", stranger: known, editor: known, admin: known, self: chgOK, reads: true},
		{
			name: "UpdateUserPassword", method: "PUT", path: "/password", body: `{"new_password":"New-Passw0rd"}`, stranger: all(context403),
			editor: [4]chgCell{chgOK, context403, chgOK, context403}, admin: with(known, context403), self: chgBodyCell,
		},
		{
			name: "resetPasswordFailedAttempts", method: "POST", path: "/reset_failed_attempts", stranger: all(reset403),
			editor: with(edits, chg404), admin: known, self: reset403,
		},
		{name: "GetUserAudits", method: "GET", path: "/audits", stranger: all(chg403), editor: edits, admin: all(chgOK), self: chgOK, reads: true},
	}
}

func TestWhoMayChangeWhom(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		m := &chgMatrix{s: s, editor: chgEditor(s, "editor"), stranger: s.User("stranger")}
		for _, op := range chgOperations() {
			t.Run(op.name, func(t *testing.T) {
				for i, target := range []string{"member", "admin", "deactivated", "unknown"} {
					m.ask(t, op, s.Visitor(), target, chg401)
					m.ask(t, op, m.stranger, target, op.stranger[i])
					m.ask(t, op, m.editor, target, op.editor[i])
					m.ask(t, op, s.Admin(), target, op.admin[i])
				}
				m.ask(t, op, nil, "self", op.self)
				for _, c := range []*testkit.Client{m.stranger, m.editor, s.Admin()} {
					m.send(t, op, c, "junk", "junk").is(t, op, "junk", chgURLCell)
					m.send(t, op, c, "no_id", "junk").is(t, op, "no_id", chgCell{http.StatusNotFound, chgNoRoute})
				}
				m.send(t, op, s.Visitor(), "junk", "junk").is(t, op, "junk", chg401)
			})
		}
	})
}

// chgMatrix makes targets for the cells of the matrix. Refused requests share theirs,
// and at the end of a cell the target must be as it was.
type chgMatrix struct {
	s                *testkit.Server
	editor, stranger *testkit.Client
	n                int
	idle             map[string]string // kind of target → id, never changed so far
	names            map[string]string
}

// target gives an account of a kind, a fresh one if it is about to be changed.
func (m *chgMatrix) target(t *testing.T, kind string, changes bool) (id, name string) {
	t.Helper()
	if kind == "unknown" {
		return chgUnknownID, "unknown"
	}
	if id := m.idle[kind]; id != "" && !changes {
		return id, m.names[kind]
	}
	m.n++
	name = fmt.Sprintf("%s%d", kind, m.n)
	id = m.s.Make(testkit.Account{Username: name})
	switch kind {
	case "admin":
		m.s.Admin().Put("/users/"+id+"/roles", map[string]string{"roles": "system_user system_admin"}).Want(http.StatusOK)
	case "deactivated":
		m.s.Admin().Delete("/users/" + id).Want(http.StatusOK)
	}
	if !changes {
		if m.idle == nil {
			m.idle, m.names = map[string]string{}, map[string]string{}
		}
		m.idle[kind], m.names[kind] = id, name
	}
	return id, name
}

// ask fills one cell; without a client the target asks for itself.
func (m *chgMatrix) ask(t *testing.T, op chgOperation, c *testkit.Client, kind string, want chgCell) {
	t.Helper()
	changes := want == chgOK && !op.reads
	if kind == "self" && changes {
		m.n++
		c = m.s.User(fmt.Sprintf("self%d", m.n))
	} else if kind == "self" {
		c = m.stranger
	}
	var id, name string
	if kind == "self" {
		id, name = c.ID, c.Username
	} else {
		id, name = m.target(t, kind, changes)
	}
	m.s.Events.Take()
	before := m.record(id)
	m.send(t, op, c, id, name).is(t, op, kind, want)
	if changes {
		return
	}
	m.s.Events.Want(t, "")
	if after := m.record(id); after != before {
		t.Errorf("%s of %s changed\n%s\nto\n%s", op.name, kind, before, after)
	}
}

func (m *chgMatrix) record(id string) string {
	return string(m.s.Admin().Get("/users/" + id).Body[:40]) + m.s.Admin().Get("/users/"+id).Header.Get("Etag")
}

// chgAnswer is an answer with who asked.
type chgAnswer struct {
	*testkit.Response
	who string
}

func (m *chgMatrix) send(t *testing.T, op chgOperation, c *testkit.Client, id, name string) chgAnswer {
	t.Helper()
	fill := strings.NewReplacer("ID", id, "NAME", name)
	path := "/users/" + id + op.path
	as := c.For(t)
	var body any
	switch {
	case op.body == "PICTURE":
		content, kind := chgForm(t, "image", chgPNG(t, 8, 8))
		as.Header.Set("Content-Type", kind)
		body = content
	case op.body != "":
		body = fill.Replace(op.body)
	}
	return chgAnswer{as.Do(op.method, path, body), c.Username}
}

func (a chgAnswer) is(t *testing.T, op chgOperation, kind string, want chgCell) {
	t.Helper()
	id := ""
	if strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") && want.status >= 400 {
		id = a.Text("id")
	}
	if a.StatusCode != want.status || id != want.id {
		t.Errorf("%s by %q of %s: %d %.200s, want %d %s", op.name, a.who, kind, a.StatusCode, a.Body, want.status, want.id)
	}
}
