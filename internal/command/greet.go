package command

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"

	"muster/internal/config"
	"muster/internal/server"
)

// greeting is what a server says when it has started.
type greeting struct {
	URL        string `json:"url"`
	Database   string `json:"database"`
	ConfigFile string `json:"config_file"`
	NoAccounts bool   `json:"no_accounts"`

	firstAccount string // command that makes the first account without this program
	program      string // how this program is called
}

// greet says where the server listens, what it uses, and how to make the first
// account while there is none.
func (a *app) greet(s *server.Server) error {
	now := s.Live.Current()
	g := greeting{
		URL: s.URL, Database: server.DatabaseName(&now.Config), ConfigFile: a.configFile, NoAccounts: now.Info.NoAccounts,
		firstAccount: firstAccount(&now.Config, s.URL), program: program(os.Args[0], a.configFile),
	}
	return a.answer(g, g.write)
}

func (g greeting) write(w io.Writer) error {
	var b strings.Builder
	file := g.ConfigFile
	if file == "" {
		file = "no file, defaults and environment"
	}
	fmt.Fprintf(&b, "Muster listens on %s\n  database       %s\n  configuration  %s\n", g.URL, g.Database, file)
	if g.NoAccounts {
		fmt.Fprintf(&b, `
There is no account yet. Make the first one, which is a system admin, on this machine:

  %s admin create --username admin --email admin@example.com

or with your own name, address and password in:

%s

`, g.program, g.firstAccount)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// firstAccount is the line that makes the first account with curl. The network may
// do that only from this machine and while people may sign up; the socket always may.
func firstAccount(cfg *config.Config, url string) string {
	target := "--unix-socket " + server.ControlSocket(cfg) + " http://muster"
	signUp := cfg.EmailSettings.EnableSignUpWithEmail && cfg.TeamSettings.EnableUserCreation
	if near := nearURL(url); near != "" && signUp {
		target = near
	}
	return "  curl " + target + `/api/v4/users -H 'Content-Type: application/json' \
    -d '{"username":"admin","email":"admin@example.com","password":"Change-this-1st"}'`
}

// nearURL is the address of the server as seen from the same machine over the
// loopback interface, empty when it does not listen there.
func nearURL(url string) string {
	address, err := netip.ParseAddrPort(strings.TrimPrefix(url, "http://"))
	switch {
	case err != nil:
		return ""
	case address.Addr().IsUnspecified():
		return "http://" + net.JoinHostPort("localhost", fmt.Sprint(address.Port()))
	case address.Addr().IsLoopback():
		return url
	}
	return ""
}

// program is how to call this program again with the same configuration file.
func program(called, configFile string) string {
	if strings.Contains(called, "go-build") { // "go run" leaves nothing to call
		called = "go run ./cmd/muster"
	}
	if configFile != "" {
		called += " --config " + configFile
	}
	return called
}
