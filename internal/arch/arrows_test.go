package arch

import (
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

// module is how import paths of ours begin.
const module = "muster/"

// arrow says what a package may import of ours, and why not more. Tests are free,
// except that nothing but tests imports testkit.
type arrow struct {
	may  []string // below internal; a name stands for the package alone
	why  string
	http bool // net/http is part of its work
}

// all is for packages that put the others together.
var all = []string{"*"}

// base is what every service stands on.
var base = []string{"model", "fault", "event", "config", "perm", "store", "jobs"}

func with(list []string, more ...string) []string { return append(slices.Clone(list), more...) }

// arrows is the map of the program. Packages that are still to come stand here
// already: their place was decided before their first line.
var arrows = map[string]arrow{
	"fault":     {why: "everything may end in a fault, so it can know nothing"},
	"fold":      {why: "it folds texts and knows nothing of what they are"},
	"lane":      {why: "it lets what waits go together and knows nothing of what it is"},
	"rate":      {why: "it counts callers and knows no requests"},
	"useragent": {why: "it reads a header and knows nothing of sessions"},
	"model":     {may: []string{"fault"}, why: "it holds what is true without a database"},
	"event":     {may: []string{"model"}, why: "an event is what happened, not who wants to know"},
	"perm":      {may: []string{"model", "fault"}, why: "a decision is pure: actor, permission, roles in, yes or fault out"},
	"password":  {may: []string{"fault"}, why: "it knows texts and hashes, not accounts"},
	"config":    {may: []string{"model", "fault"}, why: "the document is read before anything is built"},
	"blob":      {may: []string{"model", "fault"}, why: "it stores bytes and knows nothing of what they belong to", http: true},
	"store":     {may: []string{"model", "fault", "event", "fold"}, why: "it runs statements; rules stand in the services"},
	"jobs":      {may: []string{"model", "fault", "store"}, why: "it runs what is due; what a job does is handed in by who owns it"},
	"audit":     {may: []string{"model", "fault", "config", "perm", "store"}, why: "it writes down what it is told and decides nothing"},
	"account":   {may: with(base, "blob", "password", "useragent", "fold"), why: "services build on those below them"},
	"system":    {may: with(base, "blob"), why: "services build on those below them"},
	"sso":       {may: with(base, "account", "useragent"), why: "a foreign sign-in ends in a call of account", http: true},
	"workspace": {may: with(base, "account", "blob", "fold", "lane"), why: "services build on those below them"},
	"talk":      {may: with(base, "account", "workspace", "blob", "fold", "lane"), why: "services build on those below them"},
	"notify":    {may: base, why: "it sends what a job tells it to send", http: true},
	"hub":       {may: []string{"model", "fault", "event", "config", "perm", "account"}, why: "it hands events to sockets and decides nothing", http: true},
	"api": {
		may:  []string{"model", "fault", "config", "perm", "audit", "account", "system", "sso", "workspace", "talk", "notify", "hub", "rate"},
		why:  "handlers translate: statements and rules are reached through a service",
		http: true,
	},
	"api/spec":       {why: "it is the published description, not the program"},
	"web":            {may: []string{"model", "fault", "config", "account", "sso"}, why: "pages are clients of services", http: true},
	"server":         {may: all, why: "it puts the parts together", http: true},
	"command":        {may: all, why: "it is what people start", http: true},
	"seed":           {may: []string{"model", "fold"}, why: "it makes up accounts for measurements and knows no database"},
	"bench":          {may: all, why: "it measures the whole", http: true},
	"arch":           {why: "it looks at sources"},
	"testkit":        {may: all, why: "it starts the whole for tests", http: true},
	"testkit/golden": {why: "it compares exchanges and knows no server", http: true},
	"testkit/pg":     {why: "it offers databases and knows no schema"},
	"testkit/smtp":   {why: "it receives mail and knows no server"},
	"testkit/spec":   {may: []string{"api/spec"}, why: "it checks answers against the published description", http: true},
}

// allowed tells whether a package may import another one of ours.
func (a arrow) allowed(from, to string) bool {
	if isTestkit(to) {
		return isTestkit(from)
	}
	return slices.Contains(a.may, "*") || slices.Contains(a.may, to)
}

func isTestkit(name string) bool { return name == "testkit" || strings.HasPrefix(name, "testkit/") }

// arrowOf gives the arrow of a package. Programs and whole-server tests, which lie
// outside of internal, may use everything.
func arrowOf(pkg string) (string, arrow) {
	name, inside := strings.CutPrefix(pkg, "internal/")
	if !inside {
		return name, arrow{may: all, why: "it uses the whole", http: true}
	}
	a, ok := arrows[name]
	if !ok && isTestkit(name) {
		return name, arrows["testkit"]
	}
	return name, a
}

func TestEveryPackageHasItsArrow(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range sources(t) {
		if name, a := arrowOf(s.pkg()); a.why == "" && !seen[name] {
			seen[name] = true
			t.Errorf("%s has no arrow: say in internal/arch/arrows_test.go what it may import, and in docs/architecture.md what it is", s.pkg())
		}
	}
}

// TestMapIsComplete: docs/architecture.md has a row for each package, and for no other.
// The parts of testkit stand in the row of the whole.
func TestMapIsComplete(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for line := range strings.Lines(read(t, "docs/architecture.md")) {
		if row, ok := strings.CutPrefix(line, "| `internal/"); ok {
			name, _, _ := strings.Cut(row, "`")
			listed[name] = true
		}
	}
	seen := map[string]bool{}
	for _, s := range sources(t) {
		name, inside := strings.CutPrefix(s.pkg(), "internal/")
		if !inside || isTestkit(name) && name != "testkit" || seen[name] {
			continue
		}
		seen[name] = true
		if !listed[name] {
			t.Errorf("docs/architecture.md lacks a row for internal/%s", name)
		}
	}
	for name := range listed {
		if !seen[name] {
			t.Errorf("docs/architecture.md has a row for internal/%s, which does not exist", name)
		}
	}
}

func TestImportsFollowTheArrows(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		name, a := arrowOf(s.pkg())
		if s.test {
			continue
		}
		for _, imported := range s.imports() {
			to, ours := strings.CutPrefix(imported, module+"internal/")
			if ours && !a.allowed(name, to) {
				t.Errorf("%s imports %s: %s may import %s, because %s", s.path, imported, name, listed(a.may), a.why)
			}
		}
	}
}

func listed(may []string) string {
	if len(may) == 0 {
		return "nothing of ours"
	}
	return strings.Join(may, ", ")
}

// TestArrowsPointOneWay finds two packages that may reach each other.
func TestArrowsPointOneWay(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(arrows)) {
		seen := map[string]bool{}
		var visit func(string)
		visit = func(at string) {
			for _, to := range arrows[at].may {
				if to == name {
					t.Errorf("%s and %s may import each other: a third thing is missing", name, at)
				}
				if !seen[to] {
					seen[to] = true
					visit(to)
				}
			}
		}
		visit(name)
	}
}

// restriction keeps a library to the packages whose work it is.
type restriction struct {
	library string
	allowed func(name string, a arrow) bool
	why     string
}

var restrictions = []restriction{
	{
		"database/sql", func(name string, _ arrow) bool { return name == "store" || name == "testkit/pg" },
		"every statement stands in internal/store",
	},
	{"net/http", func(_ string, a arrow) bool { return a.http }, "services answer callers of every transport: return a fault"},
	{"math/rand", func(string, arrow) bool { return false }, "use math/rand/v2 for jitter and crypto/rand for everything else"},
	{
		"math/rand/v2", func(name string, _ arrow) bool {
			return name == "store" || name == "jobs" || isTestkit(name) || name == "bench" || name == "seed"
		},
		"numbers that can be guessed are for jitter only: use crypto/rand",
	},
}

func TestLibrariesStayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		name, a := arrowOf(s.pkg())
		for _, r := range restrictions {
			if !s.test && slices.Contains(s.imports(), r.library) && !r.allowed(name, a) {
				t.Errorf("%s imports %s: %s", s.path, r.library, r.why)
			}
		}
	}
}

func TestPackagesAreNamedAfterTheDomain(t *testing.T) {
	t.Parallel()
	vague := []string{"util", "utils", "common", "helper", "helpers", "types", "manager", "managers", "misc", "base", "shared", "lib"}
	for _, s := range sources(t) {
		name := path.Base(s.pkg())
		if slices.Contains(vague, name) {
			t.Errorf("%s: %s says nothing of what lives there", s.path, name)
		}
		if got := strings.TrimSuffix(s.Name.Name, "_test"); got != "main" && got != name {
			t.Errorf("%s: package %s in the folder %s", s.path, got, name)
		}
	}
}
