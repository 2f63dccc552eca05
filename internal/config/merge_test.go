package config

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"muster/internal/fault"
)

const (
	clearSiteURL = "api.config.update_config.clear_siteurl.app_error"
	notAllowed   = "api.config.update_config.not_allowed_security.app_error"
	badBody      = "api.context.invalid_body_param.app_error"
)

type mergeCase struct {
	name, body, changed, fault string
	put                        bool     // a whole document
	can                        []string // parts of the system console, everything when nil
}

// run merges into a configuration of which some keys are stored and some come
// from the environment.
func (tc mergeCase) run(t *testing.T) {
	t.Parallel()
	l := loaded(t, LoadOptions{
		Override: []byte(`{"ServiceSettings":{"SiteURL":"https://chat.example.com"},"EmailSettings":{"SMTPPassword":"old"},"TeamSettings":{"SiteName":"Owls"}}`),
		Environ:  []string{"MM_TEAMSETTINGS_MAXUSERSPERTEAM=9", "MM_SQLSETTINGS_DATASOURCE=file.db"},
	})
	o := MergeOptions{CanWrite: Everything, Partial: !tc.put}
	if tc.can != nil {
		o.CanWrite = only(tc.can...)
	}
	got, err := l.Merge([]byte(tc.body), o)
	if tc.fault != "" {
		if !fault.Is(err, tc.fault) {
			t.Fatalf("got %v, want %s", err, tc.fault)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Changed) != tc.changed {
		t.Errorf("changed %s, want %s", got.Changed, tc.changed)
	}
}

func TestMergeStoresWhatChanged(t *testing.T) {
	t.Parallel()
	for _, tc := range []mergeCase{
		{name: "a change is stored", body: `{"TeamSettings":{"SiteName":"Bats"}}`, changed: `{"TeamSettings":{"SiteName":"Bats"}}`},
		{name: "what is the same is not stored", body: `{"TeamSettings":{"SiteName":"Owls"}}`},
		{name: "a slash after the address is no change", body: `{"ServiceSettings":{"SiteURL":"https://chat.example.com/"}}`},
		{name: "a masked secret is kept", body: `{"EmailSettings":{"SMTPPassword":"` + mask + `","SMTPPort":"25"}}`, changed: `{"EmailSettings":{"SMTPPort":"25"}}`},
		{name: "a new secret is stored in the clear", body: `{"EmailSettings":{"SMTPPassword":"new"}}`, changed: `{"EmailSettings":{"SMTPPassword":"new"}}`},
		{name: "a secret can be cleared", body: `{"EmailSettings":{"SMTPPassword":""}}`, changed: `{"EmailSettings":{"SMTPPassword":""}}`},
		{name: "null gives nothing", body: `{"ServiceSettings":{"SiteURL":null},"TeamSettings":null}`},
		{name: "an unknown key is passed over", body: `{"TeamSettings":{"Mascot":"owl"},"OwlSettings":{"Enable":true},"v":1}`},
		{name: "the environment cannot be overridden", body: `{"TeamSettings":{"MaxUsersPerTeam":3}}`},
		{
			name: "of a key given twice the last counts", body: `{"TeamSettings":{"SiteName":"A"},"teamsettings":{"sitename":"B"}}`,
			changed: `{"TeamSettings":{"SiteName":"B"}}`,
		},
		{
			name: "days alone change hours", body: `{"ServiceSettings":{"SessionLengthWebInDays":2}}`,
			changed: `{"ServiceSettings":{"SessionLengthWebInDays":2,"SessionLengthWebInHours":48}}`,
		},
		{
			name: "hours win over days of the same document", body: `{"ServiceSettings":{"SessionLengthWebInDays":2,"SessionLengthWebInHours":720}}`,
			changed: `{"ServiceSettings":{"SessionLengthWebInDays":2,"SessionLengthWebInHours":720}}`,
		},
		{
			name: "a following key that is asked to stay behind is stored", put: true,
			body:    `{"EmailSettings":{"EnableSignUpWithEmail":false,"EnableSignInWithEmail":true}}`,
			changed: `{"EmailSettings":{"EnableSignUpWithEmail":false,"EnableSignInWithEmail":true}}`,
		},
	} {
		t.Run(tc.name, tc.run)
	}
}

func TestMergeRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []mergeCase{
		{name: "the address cannot be cleared", body: `{"ServiceSettings":{"SiteURL":""}}`, fault: clearSiteURL},
		{name: "nor by a slash", body: `{"ServiceSettings":{"SiteURL":"/"}}`, fault: clearSiteURL, put: true},
		{
			name: "an invalid value is refused", body: `{"PasswordSettings":{"MinimumLength":4},"TeamSettings":{"SiteName":"Bats"}}`,
			fault: "model.config.is_valid.password_length.app_error",
		},
		{name: "a wrong type is refused", body: `{"TeamSettings":{"SiteName":4}}`, fault: badBody},
		{name: "a section that is no object is refused", body: `{"TeamSettings":"x"}`, fault: badBody},
		{name: "no object is refused", body: `[]`, fault: badBody, put: true},
		{name: "null is refused", body: `null`, fault: badBody, put: true},
		{name: "nothing is refused", body: ``, fault: badBody, put: true},
		{name: "half a document is refused", body: `{"TeamSettings":{"SiteName":"B"`, fault: badBody, put: true},
		{name: "a locked key is refused in a patch", body: `{"MusterSettings":{"DataDirectory":"/etc"}}`, fault: notAllowed},
		{name: "a right guess of a locked secret is refused like a wrong one", body: `{"SqlSettings":{"DataSource":"file.db"}}`, fault: notAllowed},
		{name: "a wrong guess of a locked secret is refused", body: `{"SqlSettings":{"DataSource":"x"}}`, fault: notAllowed},
	} {
		t.Run(tc.name, tc.run)
	}
}

func TestMergePassesOverWhatTheCallerMayNotChange(t *testing.T) {
	t.Parallel()
	for _, tc := range []mergeCase{
		{
			name: "a locked key is passed over in a whole document", body: `{"MusterSettings":{"DataDirectory":"/etc"},"TeamSettings":{"SiteName":"B"}}`,
			put: true, changed: `{"TeamSettings":{"SiteName":"B"}}`,
		},
		{name: "a locked key may be repeated", body: `{"MusterSettings":{"DataDirectory":"./data"},"SqlSettings":{"DriverName":"sqlite","DataSource":"` + mask + `"}}`},
		{name: "an empty locked secret may be repeated", body: `{"MusterSettings":{"NatsURL":""}}`},
		{
			name: "what the caller may not write is passed over", can: []string{"site_customization"},
			body:    `{"TeamSettings":{"SiteName":"B","MaxChannelsPerTeam":3},"SqlSettings":{"DataSource":"x"}}`,
			changed: `{"TeamSettings":{"SiteName":"B"}}`,
		},
		{name: "without rights nothing is written", can: []string{"none"}, body: `{"TeamSettings":{"SiteName":"B"},"ServiceSettings":{"SiteURL":""}}`},
	} {
		t.Run(tc.name, tc.run)
	}
}

func TestMergeKinds(t *testing.T) {
	t.Parallel()
	l := loaded(t, LoadOptions{})
	for body, kind := range map[string]fault.Kind{
		`{"PluginSettings":{"EnableUploads":true}}`:        fault.Forbidden,
		`{"ServiceSettings":{"MaximumLoginAttempts":-1}}`:  fault.Invalid,
		`{"ServiceSettings":{"MaximumLoginAttempts":"1"}}`: fault.Invalid,
	} {
		if _, err := l.Merge([]byte(body), MergeOptions{CanWrite: Everything, Partial: true}); fault.KindOf(err) != kind {
			t.Errorf("%s: %v", body, err)
		}
	}
	if out, err := l.Merge([]byte(`{"TeamSettings":{"SiteName":"x"}}`), MergeOptions{}); err != nil || out.Changed != nil {
		t.Errorf("without a question about rights: %v, %v", out, err)
	}
}

func TestOverlayKeepsWhatThisVersionDoesNotKnow(t *testing.T) {
	t.Parallel()
	got, err := Overlay([]byte(`{"TeamSettings":{"SiteName":"a","FutureKey":[1]},"FutureSettings":{"x":1}}`), []byte(`{"TeamSettings":{"SiteName":"b"}}`))
	if want := `{"FutureSettings":{"x":1},"TeamSettings":{"FutureKey":[1],"SiteName":"b"}}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	if got, err := Overlay(nil, nil); err != nil || string(got) != "{}" {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := Overlay([]byte(`[]`), nil); err == nil {
		t.Error("a list was accepted")
	}
}

// following are the keys that settle computes.
var following = map[string]bool{
	"ServiceSettings.SiteURL": true, "ServiceSettings.EnableEmailInvitations": true, "EmailSettings.EnableSignInWithEmail": true,
	"LdapSettings.EnableSync": true, "LdapSettings.LoginIdAttribute": true, "SamlSettings.ServiceProviderIdentifier": true,
	"TeamSettings.TeammateNameDisplay": true, "ServiceSettings.SessionLengthWebInHours": true,
	"ServiceSettings.SessionLengthMobileInHours": true, "ServiceSettings.SessionLengthSSOInHours": true,
}

// entangled are those keys and the ones they follow.
func entangled() []*field {
	leaders := []string{
		"ServiceSettings.EnableDeveloper", "ServiceSettings.SessionLengthWebInDays", "ServiceSettings.SessionLengthSSOInDays",
		"EmailSettings.EnableSignUpWithEmail", "LdapSettings.IdAttribute", "SamlSettings.IdpDescriptorURL", "LdapSettings.Enable",
	}
	return slices.DeleteFunc(slices.Clone(keys().fields), func(f *field) bool {
		return !following[f.name()] && !slices.Contains(leaders, f.name())
	})
}

// someRights draws the parts of the system console that are open to a caller.
func someRights(t *rapid.T) func(string) bool {
	if rapid.Bool().Draw(t, "everything") {
		return Everything
	}
	return only(rapid.SliceOfN(rapid.SampledFrom(strings.Fields(consoleAreas)), 0, 30).Draw(t, "areas")...)
}

// someValue draws a value that is mostly valid.
func someValue(t *rapid.T, f *field) reflect.Value {
	v := reflect.New(f.typ).Elem()
	switch f.typ.Kind() {
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, f.name()))
	case reflect.Int, reflect.Int64:
		v.SetInt(f.standard.Int() + rapid.Int64Range(-1, 3).Draw(t, f.name()))
	case reflect.Slice:
		v.Set(reflect.ValueOf(rapid.SliceOfN(rapid.SampledFrom([]string{"https://x/*", "a"}), 0, 2).Draw(t, f.name())))
	default:
		v.SetString(rapid.SampledFrom([]string{f.standard.String(), "", "https://a.example", mask}).Draw(t, f.name()))
	}
	return v
}

// someDocument draws a document of a few keys.
func someDocument(t *rapid.T, label string, accept func(*field) bool) (Config, map[string]bool) {
	cfg, names := Defaults(), map[string]bool{}
	field := rapid.OneOf(rapid.SampledFrom(keys().fields), rapid.SampledFrom(entangled()))
	for _, f := range rapid.SliceOfN(field, 0, 12).Draw(t, label) {
		if accept(f) {
			f.in(&cfg).Set(someValue(t, f))
			names[f.name()] = true
		}
	}
	return cfg, names
}

// TestMergingNeverWidens merges documents of callers with some rights: what they
// may not write stays, what is stored gives the same configuration when it is
// loaded, and a whole document gets what it asks for.
func TestMergingNeverWidens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, names := someDocument(t, "stored", func(f *field) bool { return !f.locked })
		stored := plain(&before, names)
		environ := []string{"MM_TEAMSETTINGS_SITENAME=fixed", "MM_SERVICESETTINGS_SESSIONLENGTHSSOINHOURS=5"}
		l, err := Load(LoadOptions{Override: stored, Environ: environ})
		if err != nil {
			t.Skip("not a configuration")
		}
		can := someRights(t)
		wish, asked := someDocument(t, "asked", func(*field) bool { return true })
		got, err := l.Merge(orEmpty(plain(&wish, asked)), MergeOptions{CanWrite: can, Partial: rapid.Bool().Draw(t, "partial")})
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.Forbidden {
				t.Fatalf("unexpected %v", err)
			}
			return
		}
		after, err := Overlay(stored, got.Changed)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Load(LoadOptions{Override: after, Environ: environ})
		if err != nil {
			t.Fatalf("what was stored cannot be loaded: %v", err)
		}
		if !reflect.DeepEqual(again.Config, got.Config) {
			t.Fatalf("loaded differs from merged:\n%s", cmp.Diff(got.Config, again.Config))
		}
		wantMerged(t, l, got, can, &wish, asked)
	})
}

func wantMerged(t *rapid.T, l *Loaded, got *Merged, can func(string) bool, wish *Config, asked map[string]bool) {
	stored := map[string]bool{}
	entries, err := parse(orEmpty(got.Changed))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		stored[e.name()] = true
	}
	for name := range maps.Keys(stored) {
		f := keys().byName[strings.ToLower(name)]
		if f.locked || !f.allowed(can) || l.FromEnvironment[f.section][f.key] {
			t.Fatalf("%s was stored", name)
		}
	}
	for _, f := range keys().fields {
		now, old, wanted := f.in(&got.Config), f.in(&l.Config), tidy(f, f.in(wish))
		free := !f.locked && f.allowed(can) && !l.FromEnvironment[f.section][f.key] && asked[f.name()] && !(f.secret && wanted.String() == mask)
		if free && !same(now, wanted) {
			t.Fatalf("%s is %v, asked was %v", f.name(), now, wanted)
		}
		if !free && !following[f.name()] && !same(now, old) {
			t.Fatalf("%s changed from %v to %v", f.name(), old, now)
		}
	}
}

func orEmpty(doc []byte) []byte {
	if doc == nil {
		return []byte("{}")
	}
	return doc
}
