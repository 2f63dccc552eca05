package password

import (
	"errors"
	"strings"
	"testing"

	"muster/internal/fault"
)

// Hashes made by other programs.
const (
	argonOfPassword  = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	pbkdf2OfPassword = "$pbkdf2$f=SHA256,w=1000,l=32$MDEyMzQ1Njc4OWFiY2RlZg$hRRjgXWkW8ResfIvBP99J/T4vkgEmMRV/0tJTOjR59I"
	bcryptOfUU       = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
)

func TestStoredHashesOfOthersMatch(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, stored, pw string }{
		{"Argon2id", argonOfPassword, "password"},
		{"PBKDF2", pbkdf2OfPassword, "password"},
		{"bcrypt 2a", bcryptOfUU, "U*U"},
		{"bcrypt 2b", strings.Replace(bcryptOfUU, "2a", "2b", 1), "U*U"},
		{"bcrypt 2y", strings.Replace(bcryptOfUU, "2a", "2y", 1), "U*U"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h, err := Parse(tc.stored)
			if err != nil {
				t.Fatal(err)
			}
			if !h.matches(tc.pw) {
				t.Error("the password does not match")
			}
			if h.matches(tc.pw+"x") || h.matches("") {
				t.Error("another password matches")
			}
			if h.Encode() != tc.stored {
				t.Errorf("Encode() = %s", h.Encode())
			}
		})
	}
}

const salt, key = "c29tZXNhbHQ", "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"

type refused struct{ name, stored string }

func checkRefused(t *testing.T, cases []refused) {
	t.Helper()
	t.Parallel()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h, err := Parse(tc.stored)
			if !errors.Is(err, ErrInvalidHash) || h != nil {
				t.Fatalf("Parse = %v, %v, want ErrInvalidHash", h, err)
			}
			if f := fault.As(err); f == nil || f.Kind != fault.Unauthenticated {
				t.Errorf("the error is no fault of kind Unauthenticated: %v", err)
			}
			if strings.Contains(err.Error(), key) {
				t.Errorf("the error quotes the hash: %v", err)
			}
		})
	}
}

func TestParseRefusesArgon2id(t *testing.T) {
	argon := func(params string) string { return "$argon2id$v=19$" + params + "$" + salt + "$" + key }
	checkRefused(t, []refused{
		{"Argon2i", "$argon2i$v=19$m=256,t=2,p=1$" + salt + "$" + key},
		{"an old version of Argon2", "$argon2id$v=16$m=256,t=2,p=1$" + salt + "$" + key},
		{"no version of Argon2", "$argon2id$m=256,t=2,p=1$" + salt + "$" + key},
		{"parameters in another order", argon("t=2,m=256,p=1")},
		{"a missing parameter", argon("m=256,t=2")},
		{"an additional parameter", argon("m=256,t=2,p=1,keyid=1")},
		{"a negative parameter", argon("m=256,t=-2,p=1")},
		{"a signed parameter", argon("m=256,t=+2,p=1")},
		{"a leading zero", argon("m=256,t=02,p=1")},
		{"a number beyond 32 bits", argon("m=4294967552,t=2,p=1")},
		{"less memory than the lanes need", argon("m=15,t=2,p=2")},
		{"more than a gibibyte", argon("m=1048577,t=1,p=1")},
		{"no pass", argon("m=256,t=0,p=1")},
		{"too many passes", argon("m=256,t=65,p=1")},
		{"too many passes for the memory", argon("m=1048576,t=5,p=1")},
		{"no lane", argon("m=256,t=2,p=0")},
		{"too many lanes", argon("m=4096,t=2,p=65")},
		{"lanes that wrap to one", argon("m=4096,t=2,p=257")},
		{"a short salt", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbA$" + key},
		{"an empty salt", "$argon2id$v=19$m=256,t=2,p=1$$" + key},
		{"an empty key", "$argon2id$v=19$m=256,t=2,p=1$" + salt + "$"},
		{"a key that guessing finds", "$argon2id$v=19$m=256,t=2,p=1$" + salt + "$c29tZXNhbHQ"},
		{"no key at all", "$argon2id$v=19$m=256,t=2,p=1$" + salt},
		{"a fifth part", argon("m=256,t=2,p=1") + "$x"},
		{"padded base64", argon("m=256,t=2,p=1") + "="},
		{"base64 with a line break", argon("m=256,t=2,p=1") + "\n"},
		{"base64 with loose bits", strings.TrimSuffix(argon("m=256,t=2,p=1"), "4") + "5"},
		{"the URL alphabet", strings.ReplaceAll(argon("m=256,t=2,p=1"), "/", "_")},
	})
}

func TestParseRefusesOtherSchemes(t *testing.T) {
	pb := func(params string) string { return "$pbkdf2$" + params + "$" + salt + "$" + key }
	checkRefused(t, []refused{
		{"an empty text", ""},
		{"plain text", "password"},
		{"an unknown scheme", "$scrypt$ln=16,r=8,p=1$" + salt + "$" + key},
		{"PBKDF2 with another function", pb("f=SHA1,w=1000,l=32")},
		{"PBKDF2 without rounds", pb("f=SHA256,w=0,l=32")},
		{"PBKDF2 with too many rounds", pb("f=SHA256,w=10000001,l=32")},
		{"PBKDF2 whose key is shorter than said", pb("f=SHA256,w=1000,l=64")},
		{"PBKDF2 without length", pb("f=SHA256,w=1000")},
		{"PBKDF2 without key", "$pbkdf2$f=SHA256,w=1000,l=32$" + salt},
		{"bcrypt cut short", bcryptOfUU[:59]},
		{"bcrypt with a tail", bcryptOfUU + "x"},
		{"bcrypt 2x", strings.Replace(bcryptOfUU, "2a", "2x", 1)},
		{"bcrypt too cheap to be one", strings.Replace(bcryptOfUU, "$05$", "$03$", 1)},
		{"bcrypt that takes minutes", strings.Replace(bcryptOfUU, "$05$", "$17$", 1)},
		{"bcrypt with a signed cost", strings.Replace(bcryptOfUU, "$05$", "$+5$", 1)},
		{"bcrypt with a foreign character", bcryptOfUU[:20] + "$" + bcryptOfUU[21:]},
		{"a text without end", "$argon2id$" + strings.Repeat("$", 1000)},
	})
}

// What the bounds allow at most must still parse; the work is not done here.
func TestParseAcceptsTheBounds(t *testing.T) {
	t.Parallel()
	const tail = "$" + salt + "$" + key
	for _, stored := range []string{
		"$argon2id$v=19$m=8,t=1,p=1" + tail,
		"$argon2id$v=19$m=1048576,t=4,p=64" + tail,
		"$argon2id$v=19$m=65536,t=64,p=1" + tail,
		"$pbkdf2$f=SHA256,w=1,l=32" + tail,
		"$pbkdf2$f=SHA256,w=10000000,l=32" + tail,
		strings.Replace(bcryptOfUU, "$05$", "$16$", 1),
	} {
		if _, err := Parse(stored); err != nil {
			t.Errorf("Parse(%s): %v", stored, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		argonOfPassword, pbkdf2OfPassword, bcryptOfUU, "", "$", "$$$$$", "$2a$", "$argon2id$v=19$m=,t=,p=$$", "$pbkdf2$f=SHA256,w=1,l=1$$",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, stored string) {
		h, err := Parse(stored)
		if err != nil {
			if !errors.Is(err, ErrInvalidHash) {
				t.Fatalf("another error: %v", err)
			}
			return
		}
		if h.Encode() != stored {
			t.Fatalf("%q is encoded as %q", stored, h.Encode())
		}
		if h.memoryKiB() > maxMemoryKiB {
			t.Fatalf("%q needs %d KiB", stored, h.memoryKiB())
		}
	})
}
