package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestUnclassifiedErrorIsInternal(t *testing.T) {
	t.Parallel()
	var kind Kind
	if kind != Internal || KindOf(io.EOF) != Internal || KindOf(nil) != Internal || (&Error{}).Kind != Internal {
		t.Error("an error nobody classified is not internal")
	}
}

func TestFaultIsFoundInsideAnyError(t *testing.T) {
	t.Parallel()
	f := New(Conflict, "app.x").Because(io.EOF)
	for name, err := range map[string]error{
		"itself": f, "wrapped": fmt.Errorf("lock u: %w", f), "joined": errors.Join(io.ErrClosedPipe, f), "twice": fmt.Errorf("a: %w", fmt.Errorf("b: %w", f)),
	} {
		if As(err) != f || KindOf(err) != Conflict || !Is(err, "app.x") || Is(err, "app.y") || !errors.Is(err, io.EOF) {
			t.Errorf("%s: found %v of kind %d", name, As(err), KindOf(err))
		}
	}
	for _, err := range []error{nil, io.EOF, errors.New("app.x")} {
		if As(err) != nil || Is(err, "app.x") || Is(err, "") {
			t.Errorf("%v is a fault", err)
		}
	}
}

func TestOutermostFaultCounts(t *testing.T) {
	t.Parallel()
	inner := New(NotFound, "app.inner")
	outer := New(Invalid, "app.outer").Because(fmt.Errorf("x: %w", inner))
	if As(outer).ID != "app.outer" || KindOf(outer) != Invalid || !errors.Is(outer, inner) {
		t.Errorf("found %v", As(outer))
	}
}

func TestFaultsAreCopiedNotChanged(t *testing.T) {
	t.Parallel()
	f := New(Invalid, "app.x").With("A", 1)
	changed := f.With("B", 2).With("A", 3).Explain("detail").Because(io.EOF)
	if len(f.Params) != 1 || f.Params["A"] != 1 || f.Detail != "" || f.Err != nil {
		t.Errorf("the fault changed to %+v", f)
	}
	if changed.Params["A"] != 3 || changed.Params["B"] != 2 || changed.Detail != "detail" || !errors.Is(changed, io.EOF) || changed.Kind != Invalid {
		t.Errorf("the copy is %+v", changed)
	}
}

func TestFaultPrintsForTheLog(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]*Error{
		"app.x":                     New(Invalid, "app.x"),
		"app.x (detail)":            New(Invalid, "app.x").Explain("detail"),
		"app.x: EOF":                New(Invalid, "app.x").Because(io.EOF),
		"app.x (d): a: EOF":         New(Invalid, "app.x").With("P", "hidden").Explain("d").Because(fmt.Errorf("a: %w", io.EOF)),
		"app.y: app.x (d)":          New(Internal, "app.y").Because(New(Invalid, "app.x").Explain("d")),
		"app.z: unexpected newline": New(Internal, "app.z").Because(errors.New("unexpected newline")),
	} {
		if f.Error() != want {
			t.Errorf("printed as %q, want %q", f.Error(), want)
		}
	}
}

func TestCommonFaultsAreTheDocumentedOnes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		f      *Error
		kind   Kind
		id     string
		detail string
		name   any
	}{
		{Body("email"), Invalid, "api.context.invalid_body_param.app_error", "", "email"},
		{URL("user_id"), Invalid, "api.context.invalid_url_param.app_error", "", "user_id"},
		{Permission("u", "a", "b"), Forbidden, "api.context.permissions.app_error", "userId=u, permission=a,b", nil},
		{NoSession(), Unauthenticated, "api.context.session_expired.app_error", "", nil},
		{NoUser(), NotFound, "app.user.missing_account.const", "", nil},
	} {
		if tc.f.Kind != tc.kind || tc.f.ID != tc.id || tc.f.Detail != tc.detail || tc.f.Params["Name"] != tc.name {
			t.Errorf("got %+v, want %s", tc.f, tc.id)
		}
	}
}
