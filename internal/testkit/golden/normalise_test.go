package golden

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	amyID   = "ybndrfg8ejkmcpqxot1uwisza3"
	otherID = "ybndrfg8ejkmcpqxot1uwiszaa"
)

func sample() *normaliser {
	n := newNormaliser("0bcdfg")
	n.learn("user.amy.id", amyID)
	n.learn("t1.id", strings.Repeat("y", 26))
	n.learn("user.amy.token", "token-of-amy")
	n.learn("user.admin.name", "boss")
	n.learn("user.amy.etag", "1763716800000")
	n.learn("short", "abc")
	n.sent["It was typed by somebody"] = true
	return n
}

func value(t *testing.T, data string) any {
	t.Helper()
	v, err := decode([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNormalise(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, want string }{
		{"a known id has its name", `"` + amyID + `"`, `"<id:amy>"`},
		{"a known id that is no user's", `"` + strings.Repeat("y", 26) + `"`, `"<id:t1>"`},
		{"another id has none", `"` + otherID + `"`, `"<id>"`},
		{"an id within a text", `"/users/` + amyID + `/image"`, `"/users/<id:amy>/image"`},
		{"an unknown id within a text stays", `"/users/` + otherID + `"`, `"/users/` + otherID + `"`},
		{"a token is a token everywhere", `"x token-of-amy"`, `"x <token>"`},
		{"a short name counts as a whole only", `["boss", "bossy"]`, `["<user.admin.name>", "bossy"]`},
		{"a short variable of another kind stays", `"abc"`, `"abc"`},
		{"an etag is no label", `"1763716800000"`, `"1763716800000"`},
		{"the random part", `"0bcdfgamy"`, `"<u>amy"`},
		{"the random part in capitals", `"0BCDFGamy"`, `"<U>amy"`},
		{"times", `[1763716800000, 1763716800000.5, -1763716800000, 0, -1, 1.5, 100000000000000]`, `["<ms>", "<ms>", "<-ms>", 0, -1, 1.5, 100000000000000]`},
		{"what is no text stays", `[true, null, {}]`, `[true, null, {}]`},
		{"keys are texts too", `{"` + amyID + `": 1}`, `{"<id:amy>": 1}`},
		{"secrets go by their key", `{"token": "a", "secret": "b", "csrf": "c", "qr_code": "d", "ip_address": "e"}`, `{"token": "<token>", "secret": "<secret>", "csrf": "<csrf>", "qr_code": "<qr_code>", "ip_address": "<ip>"}`},
		{"empty secrets stay empty", `{"token": "", "message": "", "detailed_error": "", "request_id": "", "ip_address": ""}`, `{"token": "", "message": "", "detailed_error": "", "request_id": "", "ip_address": ""}`},
		{"errors", `{"message": "No", "detailed_error": "x", "request_id": "y"}`, `{"message": "<text>", "detailed_error": "<text>", "request_id": "<id>"}`},
		{"a sentence", `"Please read this text."`, `"<text>"`},
		{"a sentence that was sent", `"It was typed by somebody"`, `"It was typed by somebody"`},
		{"two words are no sentence", `"Hello there"`, `"Hello there"`},
		{"roles are no sentence", `"system_user system_admin more"`, `"system_user system_admin more"`},
		{"a header is no sentence", `"Some words with a=b"`, `"Some words with a=b"`},
		{"an address", `"https://example.com/x"`, `"<url>"`},
		{"JSON in a text", `"{\"id\":\"` + otherID + `\",\"at\":1763716800000}"`, `"{\"id\":\"<id>\",\"at\":<ms>}"`},
		{"a long run", `"` + strings.Repeat("x", 61) + `"`, `"x*61"`},
		{"a run that is not long", `"` + strings.Repeat("x", 60) + `"`, `"` + strings.Repeat("x", 60) + `"`},
		{"a long text of several letters", `"` + strings.Repeat("xy", 40) + `"`, `"` + strings.Repeat("xy", 40) + `"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := sample().json(value(t, tc.in), "", nil)
			if d := cmp.Diff(value(t, tc.want), got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestLongerValuesAreReplacedFirst(t *testing.T) {
	t.Parallel()
	n := newNormaliser("0bcdfg")
	n.learn("a.token", "12345678")
	n.learn("b.secret", "1234567890")
	if got := n.text("x1234567890y"); got != "x<b.secret>y" {
		t.Errorf("got %s", got)
	}
}

func TestMaskedKeysBecomeTheirType(t *testing.T) {
	t.Parallel()
	in := value(t, `{"n": 1, "f": 1.5, "s": "x", "b": true, "l": [1], "o": {}, "z": null, "free": 1}`)
	got := sample().json(in, "", []string{"n", "f", "s", "b", "l", "o", "z"})
	want := value(t, `{"n": "<int>", "f": "<float>", "s": "<str>", "b": "<bool>", "l": "<list>", "o": "<dict>", "z": "<null>", "free": 1}`)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestShape(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, want string }{
		{"an object keeps its keys", `{"a": 1, "b": {"c": null}, "d": "x", "e": true, "f": 1.5}`, `{"a": "<int>", "b": {"c": "<NoneType>"}, "d": "<str>", "e": "<bool>", "f": "<float>"}`},
		{"an empty list", `[]`, `[]`},
		{"a list of scalars", `[1, "x"]`, `["<list>"]`},
		{"a list of objects keeps the common keys", `[{"a": 1, "b": 1}, {"b": 2, "c": 3}]`, `[{"b": "<any>"}]`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(value(t, tc.want), shape(value(t, tc.in))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name      string
		s         step
		want, got string
		diffs     []string
	}{
		{"equal answers", step{}, `{"status": 200, "json": [1, {"a": null}]}`, `{"status": 200, "json": [1, {"a": null}]}`, nil},
		{"keys are a set", step{}, `{"json": {"a": 1, "b": 2}}`, `{"json": {"b": 2, "c": "<id>"}}`, []string{".json.a: missing", `.json.c: extra "<id>"`}},
		{"another value", step{}, `{"json": {"a": "x"}}`, `{"json": {"a": "y"}}`, []string{`.json.a: "x" != "y"`}},
		{"another type", step{}, `{"json": [1, 1, "x", {}, [], null]}`, `{"json": ["1", 1.0, {}, [], {}, false]}`, []string{
			`.json[0]: 1 != "1"`, `.json[1]: 1 != 1.0`, `.json[2]: "x" != {}`, `.json[3]: {} != []`, `.json[4]: [] != {}`, `.json[5]: null != false`,
		}},
		{"another length", step{}, `{"json": [1]}`, `{"json": []}`, []string{".json: 1 items != 0 items"}},
		{"lists have an order", step{}, `{"json": [1, 2]}`, `{"json": [2, 1]}`, []string{".json[0]: 1 != 2", ".json[1]: 2 != 1"}},
		{"unless the step says otherwise", step{Unordered: true}, `{"json": [1, 2]}`, `{"json": [2, 1]}`, nil},
		{"what is expected instead", step{Expect: map[string]any{"status": "201"}}, `{"status": "200", "json": 1}`, `{"status": "201", "json": 1}`, nil},
		{"the recorded answer is right as well", step{Expect: map[string]any{"status": "201"}}, `{"status": "200"}`, `{"status": "200"}`, nil},
		{"neither of both", step{Expect: map[string]any{"status": "201"}}, `{"status": "200"}`, `{"status": "500"}`, []string{`.status: "201" != "500"`}},
		{"a long value is cut", step{}, `{"json": 1}`, `{"json": "` + strings.Repeat("ab", 60) + `"}`, []string{`.json: 1 != "` + strings.Repeat("ab", 38) + `...`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tc.s.Answer = value(t, tc.want).(map[string]any)
			got := compare(tc.s, sorted(tc.s, value(t, tc.got).(map[string]any)))
			if d := cmp.Diff(tc.diffs, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
