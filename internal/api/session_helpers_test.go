package api_test

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"muster/internal/event"
	"muster/internal/model"
	"muster/internal/store"
	"muster/internal/testkit"
)

// sessUnknownID is well formed and belongs to nobody.
const sessUnknownID = "ybndrfg8ejkmcpqxot1uwisza3"

// sessLogin tries to sign in, as a script does: without asking for cookies.
func sessLogin(c *testkit.Client, loginID, password string) *testkit.Response {
	return c.Post("/users/login", map[string]string{"login_id": loginID, "password": password})
}

// sessWithCookie is the client with its token in the cookie instead of the header.
func sessWithCookie(t testing.TB, c *testkit.Client) *testkit.Client {
	d := c.For(t)
	d.Token = ""
	d.Header.Set("Cookie", "MMAUTHTOKEN="+c.Token)
	return d
}

// sessWithHeader is the client with one more header on every request.
func sessWithHeader(t testing.TB, c *testkit.Client, name, value string) *testkit.Client {
	d := c.For(t)
	d.Header.Set(name, value)
	return d
}

// sessUser reads an account as it is stored.
func sessUser(t testing.TB, s *testkit.Server, id string) *model.User {
	t.Helper()
	u, err := s.DB.User(context.Background(), id)
	if err != nil {
		t.Fatalf("read user %s: %v", id, err)
	}
	return u
}

// sessChange changes an account behind the server's back, in ways the API does not offer.
func sessChange(t testing.TB, s *testkit.Server, id string, change func(*model.User)) {
	t.Helper()
	ctx := context.Background()
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockUser(ctx, id)
		if err != nil {
			return err
		}
		u := was.Clone()
		change(u)
		tx.Emit(event.UsersStale(id))
		return tx.UpdateUser(ctx, was, u)
	})
	if err != nil {
		t.Fatalf("change user %s: %v", id, err)
	}
}

// sessInsert stores sessions of an account and gives a client for the last.
func sessInsert(t testing.TB, s *testkit.Server, userID string, list ...*model.Session) *testkit.Client {
	t.Helper()
	ctx := context.Background()
	c := s.Visitor().For(t)
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		for _, n := range list {
			token := model.NewToken().Reveal()
			n.ID, n.UserID, c.Token, c.ID = model.NewTimeID(n.CreateAt), userID, token, userID
			if err := tx.InsertSession(ctx, n, model.HashToken(token)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("store sessions of %s: %v", userID, err)
	}
	return c
}

// sessRows lists the stored sessions of an account, the most recently used first.
func sessRows(t testing.TB, s *testkit.Server, userID string) []*model.Session {
	t.Helper()
	rows, err := s.DB.Sessions(context.Background(), userID)
	if err != nil {
		t.Fatalf("read sessions of %s: %v", userID, err)
	}
	return rows
}

// sessPatch changes settings at run time.
func sessPatch(t testing.TB, s *testkit.Server, section string, values map[string]any) {
	t.Helper()
	s.Admin().For(t).Put("/config/patch", map[string]any{section: values}).Want(http.StatusOK)
	s.Events.Take()
}

// sessCookies gives the cookies an answer sets, by name.
func sessCookies(r *testkit.Response) map[string]*http.Cookie {
	out := map[string]*http.Cookie{}
	for _, k := range r.Cookies() {
		out[k.Name] = k
	}
	return out
}

func sessDiff(t testing.TB, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// sessDeep is an object nested n levels deep.
func sessDeep(n int) string {
	return strings.Repeat(`{"a":`, n-1) + "{}" + strings.Repeat("}", n-1)
}

// sessPad makes a JSON object of exactly n bytes.
func sessPad(object string, n int) string {
	return object[:1] + strings.Repeat(" ", n-len(object)) + object[1:]
}

// sessRaw sends a request the client of the kit cannot make.
func sessRaw(t testing.TB, method, url string, body io.Reader, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(content)
}

// sessEventually waits until something is true that happens beside the request.
func sessEventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	deadline := time.After(15 * time.Second)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !is() {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("still not: %s", what)
		}
	}
}

// sessNumber writes a number into a body.
func sessNumber(n int64) string { return strconv.FormatInt(n, 10) }
