package api_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"

	"muster/internal/testkit/spec"
)

// neverSeen are documented statuses that no request of a test leads to, with the reason.
var neverSeen = map[string]string{
	"Login 403":                        "a sign-in that fails is 400 or 401",
	"Logout 400":                       "nothing is read of the request",
	"Logout 403":                       "everybody may sign out",
	"GetTotalUsersStats 403":           "everybody may count whom they see",
	"GetTotalUsersStats 404":           "the number is always there",
	"GetTotalUsersStatsFiltered 404":   "an unknown team has no members",
	"GetProfileImage 501":              "a picture is drawn when none can be stored",
	"GetDefaultProfileImage 501":       "it is drawn",
	"ResetPassword 403":                "the link is the right",
	"SendPasswordResetEmail 403":       "everybody may ask",
	"GetUserAccessTokens 400":          "a page that cannot be read is the first",
	"UpdateUserAuth 501":               "it depends on no licence",
	"RegisterTermsOfServiceAction 403": "it is about the caller's own account",
	"GetUserTermsOfService 400":        "the id in the path is not looked at, as documented",
	"GetUploadsForUser 404":            "an account without uploads has an empty list",
}

// TestMain counts after a whole run: every documented status of every operation
// that is done must have been observed by some test.
func TestMain(m *testing.M) {
	flag.Parse()
	overlap()
	code := m.Run()
	partial := flag.Lookup("test.run").Value.String() != "" || flag.Lookup("test.fuzz").Value.String() != "" ||
		flag.Lookup("test.skip").Value.String() != "" || flag.Lookup("test.list").Value.String() != ""
	if code == 0 && !partial {
		code = count()
	}
	os.Exit(code)
}

// overlap lets more tests run at a time than there are cores, unless -parallel says how
// many: most of their time is waiting for commits, timers and other processes.
func overlap() {
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "test.parallel" })
	if !asked {
		if err := flag.Set("test.parallel", strconv.Itoa(3*runtime.GOMAXPROCS(0))); err != nil {
			panic(err) // it is a flag of every test
		}
	}
}

func count() int {
	done, err := spec.Done("../../docs/compatibility.md")
	if err != nil {
		fmt.Println("FAIL: operations that are done:", err)
		return 1
	}
	checker, err := spec.New()
	if err != nil {
		fmt.Println("FAIL: description of the API:", err)
		return 1
	}
	code := 0
	for _, p := range checker.Observed.Missing(done) {
		key := fmt.Sprintf("%s %d", p.Operation, p.Status)
		if neverSeen[key] == "" {
			fmt.Printf("FAIL: no test observed %s\n", key)
			code = 1
		}
	}
	for _, p := range checker.Observed.Pairs() {
		if key := fmt.Sprintf("%s %d", p.Operation, p.Status); neverSeen[key] != "" {
			fmt.Printf("FAIL: %s was observed although it cannot occur\n", key)
			code = 1
		}
	}
	return code
}
