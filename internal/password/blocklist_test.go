package password

import (
	"bytes"
	"compress/gzip"
	"flag"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the list of common passwords anew")

// blocklistSize is the number of passwords in the list.
const blocklistSize = 3000

// shortest is the least that a policy can ask for: shorter passwords never get as far.
const shortest = 5

// Words people choose, the most common first, from several languages.
const commonWords = `password qwerty iloveyou dragon monkey letmein football baseball welcome admin princess sunshine master shadow
	superman batman michael ashley trustno1 starwars whatever freedom charlie donald jordan hunter killer soccer hockey passwort
	computer internet secret summer winter spring autumn hello love jesus ninja mustang access flower cookie pepper ginger
	daniel jessica thomas andrew joshua matthew robert jennifer nicole anthony hannah amanda justin william samantha
	hallo schatz hallo123 passwort1 geheim sommer herbst fruehling ficken fussball bayern schalke borussia dortmund hamburg berlin
	motdepasse azerty bonjour soleil doudou loulou chocolat marseille jetaime amour camille nicolas chouchou
	test guest user root login pass changeme default temp demo support server system service manager office company
	google samsung apple android windows microsoft linux ubuntu oracle cisco facebook twitter pokemon minecraft naruto
	money power magic purple orange yellow silver golden diamond crystal phoenix tigger panther tiger lions eagle falcon
	chicken cheese banana apple123 peanut coffee pizza chocolate cherry strawberry vanilla butter popcorn candy
	maggie buster bailey bandit rocky lucky max bella daisy molly sophie oliver jasper oscar simba felix
	arsenal chelsea liverpool barcelona realmadrid juventus manchester united ronaldo messi yankees cowboys steelers lakers
	merlin gandalf frodo hobbit matrix avatar vader skywalker spiderman ironman wolverine captain america hercules zeus
	marina martin george victoria elizabeth alexander alexandra christian stephanie patrick melissa danielle michelle heather
	london paris berlin123 newyork texas canada australia germany france england mexico brasil madrid tokyo
	friends family forever angel heaven baby babygirl sweety sweet honey lovely lover kisses beauty beautiful
	guitar music rocknroll metallica nirvana slipknot eminem beatles blink182 rammstein
	blabla qazwsx asdfgh zxcvbn asdf1234 qwer1234 abc123 abcd1234 aa123456 a1b2c3 a1b2c3d4 1q2w3e 1q2w3e4r 1q2w3e4r5t
	1qaz2wsx zaq12wsx q1w2e3r4 q1w2e3r4t5 qwertyuiop asdfghjkl zxcvbnm qazwsxedc 1qazxsw2 zaq1zaq1 qwertz qwertzuiop yxcvbnm
	azertyuiop qsdfghjklm wxcvbn poiuytrewq lkjhgfdsa mnbvcxz qweasd qweasdzxc asdasd qweqwe zxczxc 123qwe 123qweasd 123abc
	qwe123 asd123 zxc123 qwerty12345 1234qwer 12qwaszx !qaz2wsx passw0rd p@ssword p@ssw0rd pa55word pa$$word passwd letmein1
	mypassword thepassword newpassword password! secret123 topsecret confidential administrator superuser webmaster
	hacker hacked cracker nothing something anything everything nobody somebody unknown
	mother father brother sister daughter family1 husband wife girlfriend boyfriend
	school student teacher college university harvard science history english
	marlboro budweiser corona heineken jackdaniels whiskey vodka
	ferrari porsche mercedes toyota honda yamaha suzuki harley camaro corvette
	bubbles snoopy mickey garfield scooby tweety winnie barbie disney
	blessed faith church christ jesus1 jesuschrist godisgood heavenly gracious
	loveyou loveme iloveu iloveme fuckyou fuckoff asshole bitch pussy sexy hotgirl playboy naughty
	rainbow butterfly unicorn dolphin turtle rabbit kitten puppy panda bear wolf horse
	january february march april june july august september october november december
	monday tuesday wednesday thursday friday saturday sunday
	montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar
	lundi mardi mercredi jeudi vendredi samedi dimanche
	andreas stefan markus sebastian tobias florian katharina susanne sabine claudia
	pierre jeanne julien aurelie celine laurent sandrine isabelle philippe
	matrix1 midnight thunder lightning storm hurricane ocean river mountain forest garden island
	warcraft starcraft counterstrike halflife doom quake fortnite roblox callofduty playstation xbox360 nintendo zelda mario
	trinity morpheus neptune jupiter saturn mercury apollo athena
	batman1 superman1 dragon1 monkey1 master1 shadow1 michael1 jordan23 liverpool1 arsenal1 chelsea1 charlie1 ashley1
	blink blank black white green orange1 brown pink
	mattermost muster slack teams discord skype telegram whatsapp`

// Ends people add, the most common first. Years follow.
var commonEnds = []string{"", "1", "123", "12", "1234", "!", "123!", "1!", "01", "2", "12345", "123456", "11", "69", "7", "@123", "99", "00", "23", "007"}

// commonNumbers are digits alone: runs, repetitions, dates and what the keyboard suggests.
func commonNumbers() []string {
	out := []string{
		"123456", "123456789", "12345678", "12345", "1234567", "1234567890", "123123", "123321", "654321", "987654321",
		"87654321", "9876543210", "112233", "11223344", "1122334455", "121212", "12121212", "131313", "13131313", "123123123", "789456123",
		"147258369", "147852369", "159753", "159357", "741852963", "963852741", "102030", "10203040", "142536", "246810", "13579", "24680",
		"135792468", "696969", "69696969", "420420", "100000", "1000000", "00000007", "01020304", "01012000", "0987654321", "123654",
		"123456123", "12344321", "1234554321", "123454321", "4815162342", "31415926", "314159265", "27182818", "11235813", "55555", "12341234",
	}
	for digit := range 10 {
		for length := shortest; length <= 10; length++ {
			out = append(out, strings.Repeat(strconv.Itoa(digit), length))
		}
	}
	for a := range 10 {
		for b := range 10 {
			if a != b {
				pair := strconv.Itoa(a) + strconv.Itoa(b)
				out = append(out, strings.Repeat(pair, 4))
			}
		}
	}
	return out
}

// commonRuns are letters that are pressed again and again, or follow each other.
func commonRuns() (out []string) {
	const alphabet = "abcdefghijklmnopqrstuvwxyz"
	for length := shortest; length <= 10; length++ {
		out = append(out, alphabet[:length])
	}
	for _, letter := range "aqzxyosdfwm" {
		for length := 6; length <= 10; length++ {
			out = append(out, strings.Repeat(string(letter), length))
		}
	}
	return out
}

// commonDated are seasons, months and greetings with a year, as rules that ask for
// a new password every few months make people choose.
func commonDated() (out []string) {
	words := []string{"summer", "winter", "spring", "autumn", "sommer", "herbst", "fruehling", "password", "passwort", "welcome", "admin", "company"}
	for _, word := range words {
		for year := 2026; year >= 2018; year-- {
			y := strconv.Itoa(year)
			out = append(out, word+y, word+y+"!", word+"@"+y)
		}
	}
	return out
}

// composeBlocklist makes the list: all numbers, runs and dated words, then words with
// ends, the most common combinations first, until it is full.
func composeBlocklist() []string {
	seen := map[string]bool{}
	add := func(pw string) {
		if len(pw) >= shortest && len(seen) < blocklistSize {
			seen[pw] = true
		}
	}
	for _, list := range [][]string{commonNumbers(), commonRuns(), commonDated()} {
		for _, pw := range list {
			add(pw)
		}
	}
	words := strings.Fields(commonWords)
	for sum := range len(words) { // a rare end on a common word is as likely as a common end on a rare word
		for i, end := range commonEnds {
			if n := sum - i*len(words)/len(commonEnds); n >= 0 {
				add(words[n] + end)
			}
		}
	}
	out := make([]string, 0, len(seen))
	for pw := range seen {
		out = append(out, pw)
	}
	slices.Sort(out)
	return out
}

func TestBlocklistIsTheComposedOne(t *testing.T) {
	t.Parallel()
	want := composeBlocklist()
	if len(want) != blocklistSize {
		t.Fatalf("%d passwords were composed, want %d", len(want), blocklistSize)
	}
	if *update {
		writeBlocklist(t, want)
		return
	}
	got, err := blocklist()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Error("the list in the program is another: go test ./internal/password -run Blocklist -update")
	}
	for _, pw := range got {
		if pw != strings.ToLower(pw) || len(pw) < shortest {
			t.Errorf("%q is of no use in the list", pw)
		}
	}
}

func writeBlocklist(t *testing.T, list []string) {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(strings.Join(list, "\n") + "\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("blocklist.txt.gz", b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestGuessablePasswordsAreRefused(t *testing.T) {
	t.Parallel()
	const refusedCommon, refusedContext = "model.user.is_valid.pwd_common.app_error", "model.user.is_valid.pwd_context.app_error"
	names := []string{"annabelle", "anna.b", "Muster GmbH", "jo", ""}
	for _, tc := range []struct {
		name, pw, want string
	}{
		{"digits in a row are common", "12345678", refusedCommon},
		{"the most common word is", "password", refusedCommon},
		{"letters in another case are the same password", "PassWord", refusedCommon},
		{"a word with a common end is", "dragon123", refusedCommon},
		{"a walk over the keyboard is", "1qaz2wsx", refusedCommon},
		{"a word with letters replaced is", "P@ssw0rd", refusedCommon},
		{"a season with its year is", "Summer2025!", refusedCommon},
		{"common words of other languages are", "passwort", refusedCommon},
		{"a common password inside of a longer one is not", "correct password battery", ""},
		{"an uncommon password is not", "Passw0rd-1", ""},
		{"the username is no password", "annabelle", refusedContext},
		{"nor is it with a little more", "Annabelle1!", refusedContext},
		{"nor twice", "annabelleannabelle", refusedContext},
		{"nor two names together", "Annabelle@Muster GmbH", refusedContext},
		{"beside enough else it may stand", "annabelle likes 9 ducks", ""},
		{"the local part of the address counts", "anna.b-2026", refusedContext},
		{"the name of the site counts", "muster gmbh!1", refusedContext},
		{"two letters count nowhere", "jo-jo-jo-jo", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := Policy{MinimumLength: 8, Guessable: true}
			got := ""
			if err := p.Check(tc.pw, names...); err != nil {
				got, _, _ = strings.Cut(err.Error(), ":")
			}
			if got != tc.want {
				t.Errorf("Check(%q) is %q, want %q", tc.pw, got, tc.want)
			}
			p.Guessable = false
			if err := p.Check(tc.pw, names...); err != nil {
				t.Errorf("Check(%q) is %v although the rule is off", tc.pw, err)
			}
		})
	}
}

func TestLengthAndClassesAreJudgedBeforeGuessing(t *testing.T) {
	t.Parallel()
	for pw, want := range map[string]string{
		"1234":     "model.user.is_valid.pwd_min_length.app_error",
		"12345678": "model.user.is_valid.pwd_uppercase.app_error",
	} {
		p := Policy{MinimumLength: 8, Uppercase: true, Guessable: true}
		if err := p.Check(pw); err == nil || err.Error() != want {
			t.Errorf("Check(%q) is %v, want %s", pw, err, want)
		}
	}
}

func BenchmarkCommon(b *testing.B) {
	for b.Loop() {
		if common("Passw0rd-1") {
			b.Fatal("a password that is not in the list was found")
		}
	}
}
