package script

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// steps are what the stories can do besides the commands testscript has.
//
//	setting NAME=VALUE…     sets variables for the program
//	fails CODE PROGRAM ARG… runs a program that must end with the exit code
//	mode OCTAL PATH         compares the permissions of a file
//	serve ARG…              starts "muster ARG… serve"; what it greets with is stdout, $URL its address
//	paste PREFIX            runs the command in the greeting that begins with PREFIX
//	signal NAME             sends the server TERM, INT or KILL
//	ended CODE|signal       waits for the end of the server; its log is stderr
//	halt                    is signal TERM and ended 0 (stop is a command of testscript)
//	api [-flag VALUE]… METHOD PATH [BODY]
//	                        asks the server; status and body are stdout. Flags: -token,
//	                        -header. A token that is answered is $TOKEN
//	hold PATH BODY          sends half of a request, which the server waits for
//	closed                  waits until the server accepts no more connections
//	finish                  sends the other half and reads the answer
var steps = map[string]func(*testscript.TestScript, bool, []string){
	"setting": step(-1, setting),
	"fails":   step(-1, fails),
	"mode":    step(2, mode),
	"serve":   step(-1, func(ts *testscript.TestScript, args []string) error { return at(ts).serve(ts, args) }),
	"paste":   step(1, func(ts *testscript.TestScript, args []string) error { return at(ts).paste(ts, args[0]) }),
	"signal":  step(1, func(ts *testscript.TestScript, args []string) error { return at(ts).signal(args[0]) }),
	"ended":   step(1, func(ts *testscript.TestScript, args []string) error { return at(ts).ended(ts, args[0]) }),
	"halt":    step(0, halt),
	"api":     step(-1, api),
	"hold":    step(2, func(ts *testscript.TestScript, args []string) error { return at(ts).hold(args[0], args[1]) }),
	"closed":  step(0, func(ts *testscript.TestScript, _ []string) error { return at(ts).closed() }),
	"finish":  step(0, func(ts *testscript.TestScript, _ []string) error { return at(ts).finish(ts) }),
}

// step makes a command of a function that takes n arguments, or any number for -1.
func step(n int, do func(*testscript.TestScript, []string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || n >= 0 && len(args) != n {
			ts.Fatalf("this step is not negated and takes %d arguments", n)
		}
		ts.Check(do(ts, args))
	}
}

func setting(ts *testscript.TestScript, args []string) error {
	for _, one := range args {
		name, value, ok := strings.Cut(one, "=")
		if !ok {
			return fmt.Errorf("%s is no NAME=VALUE", one)
		}
		ts.Setenv(name, value)
		at(ts).settings = append(at(ts).settings, one)
	}
	return nil
}

func fails(ts *testscript.TestScript, args []string) error {
	want, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != want {
		return fmt.Errorf("ended with %v, not with exit status %d", err, want)
	}
	return nil
}

func mode(ts *testscript.TestScript, args []string) error {
	info, err := os.Stat(ts.MkAbs(args[1]))
	if err != nil {
		return err
	}
	if got := fmt.Sprintf("%03o", info.Mode().Perm()); got != args[0] {
		return fmt.Errorf("%s has the mode %s", args[1], got)
	}
	return nil
}

func halt(ts *testscript.TestScript, _ []string) error {
	return errors.Join(at(ts).signal("TERM"), at(ts).ended(ts, "0"))
}

func api(ts *testscript.TestScript, args []string) error {
	header := http.Header{"Content-Type": {"application/json"}}
	for len(args) > 1 && strings.HasPrefix(args[0], "-") {
		switch args[0] {
		case "-token":
			header.Set("Authorization", "Bearer "+args[1])
		case "-header":
			name, value, _ := strings.Cut(args[1], ": ")
			header.Set(name, value)
		default:
			return fmt.Errorf("there is no flag %s", args[0])
		}
		args = args[2:]
	}
	if len(args) < 2 {
		return errors.New("a method and a path are needed")
	}
	req, err := http.NewRequest(args[0], ts.Getenv("URL")+"/api/v4"+args[1], strings.NewReader(strings.Join(args[2:], "")))
	if err != nil {
		return err
	}
	req.Header = header
	res, err := at(ts).client().Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if token := res.Header.Get("Token"); token != "" {
		ts.Setenv("TOKEN", token)
	}
	_, err = fmt.Fprintf(ts.Stdout(), "%d\n%s\n", res.StatusCode, body)
	return err
}
