package password_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"muster/internal/fault"
	"muster/internal/password"
)

func TestPolicyCheck(t *testing.T) {
	t.Parallel()
	all := password.Policy{MinimumLength: 10, Lowercase: true, Uppercase: true, Number: true, Symbol: true}
	length := password.Policy{MinimumLength: 8}
	for _, tc := range []struct {
		name   string
		policy password.Policy
		pw     string
		want   string // the rules in the id; "" means accepted
	}{
		{"an empty password is too short", length, "", "_min_length"},
		{"one byte too few is too short", length, "1234567", "_min_length"},
		{"the minimum length is enough", length, "12345678", ""},
		{"length counts bytes, not characters", length, "ääää", ""},
		{"72 bytes are accepted", length, strings.Repeat("p", 72), ""},
		{"73 bytes are too long", length, strings.Repeat("p", 73), "_max_length"},
		{"the zero policy accepts anything short", password.Policy{}, "", ""},
		{"the zero policy still has a maximum", password.Policy{}, strings.Repeat("p", 73), "_max_length"},
		{"a short password is not judged further", all, "short", "_min_length"},
		{"a long password is not judged further", all, strings.Repeat("p", 73), "_max_length"},
		{"lowercase alone lacks three classes", all, "alllowercase", "_uppercase_number_symbol"},
		{"uppercase alone lacks three classes", all, "ALLUPPERCASE", "_lowercase_number_symbol"},
		{"letters lack number and symbol", all, "lowerUPPERonly", "_number_symbol"},
		{"lowercase and number lack the others", all, "lower1234567", "_uppercase_symbol"},
		{"without symbol", all, "lowerUPPER123", "_symbol"},
		{"without number", all, "lowerUPPER!!!!", "_number"},
		{"without lowercase", all, "UPPER12345!", "_lowercase"},
		{"a blank is a symbol", all, "lowerUPPER1 ", ""},
		{"a backslash is a symbol", all, `lowerUPPER1\`, ""},
		{"a brace is no symbol", all, "lowerUPPER1{", "_symbol"},
		{"blanks lack every letter and number", all, "          ", "_lowercase_uppercase_number"},
		{"letters outside ASCII belong to no class", all, "äääää", "_lowercase_uppercase_number_symbol"},
		{"a class that is not asked for is not missed", password.Policy{Number: true}, "abc", "_number"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			wantRefusal(t, tc.policy.Check(tc.pw), tc.want, tc.policy.MinimumLength)
		})
	}
}

// wantRefusal checks for the fault of the rules, or for none.
func wantRefusal(t *testing.T, err error, rules string, minimum int) {
	t.Helper()
	if rules == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	f := fault.As(err)
	if f == nil {
		t.Fatalf("error is %v, want a fault", err)
	}
	if want := "model.user.is_valid.pwd" + rules + ".app_error"; f.ID != want || f.Kind != fault.Invalid {
		t.Errorf("fault is %v of kind %d, want %s of kind Invalid", f, f.Kind, want)
	}
	if f.Params["Min"] != minimum {
		t.Errorf("Min is %v, want %d", f.Params["Min"], minimum)
	}
}

// Each class is judged by itself: the oracle asks for every byte which class it is in.
func TestPolicyAgreesWithByteClasses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pw := rapid.StringMatching(`[ -~é]{0,30}`).Draw(t, "password")
		p := password.Policy{
			Lowercase: rapid.Bool().Draw(t, "lowercase"), Uppercase: rapid.Bool().Draw(t, "uppercase"),
			Number: rapid.Bool().Draw(t, "number"), Symbol: rapid.Bool().Draw(t, "symbol"),
		}
		var lower, upper, number, symbol bool
		for _, b := range []byte(pw) {
			switch {
			case b >= 'a' && b <= 'z':
				lower = true
			case b >= 'A' && b <= 'Z':
				upper = true
			case b >= '0' && b <= '9':
				number = true
			case b >= ' ' && b <= '~' && b != '{' && b != '}':
				symbol = true
			}
		}
		good := (lower || !p.Lowercase) && (upper || !p.Uppercase) && (number || !p.Number) && (symbol || !p.Symbol)
		if err := p.Check(pw); (err == nil) != good {
			t.Fatalf("Check(%q) = %v, want accepted %t", pw, err, good)
		}
	})
}
