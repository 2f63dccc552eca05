package config

import (
	"errors"
	"testing"

	"muster/internal/fault"
)

func FuzzFile(f *testing.F) {
	f.Add([]byte(`{"ServiceSettings":{"SiteURL":"https://x"}}`))
	f.Add([]byte(`{"ServiceSettings":{"SessionLengthWebInDays":9223372036854775807},"":{"":1}}`))
	f.Add([]byte(`{"a":{"b":[{}]},"TeamSettings":null,"LdapSettings":7}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		l, err := combine(LoadOptions{File: "c.json"}, doc)
		if err != nil {
			return
		}
		if err := l.Config.Validate(); err != nil {
			t.Errorf("%s was loaded although %v", doc, err)
		}
	})
}

func FuzzPatch(f *testing.F) {
	f.Add([]byte(`{"ServiceSettings":{"SiteURL":""}}`), true)
	f.Add([]byte(`{"SqlSettings":{"DataSource":"x"}}`), false)
	f.Add([]byte(`{"TeamSettings":{"SiteName":"\ud800"},"teamsettings":{"SITENAME":1e3}}`), true)
	f.Fuzz(func(t *testing.T, body []byte, partial bool) {
		l, err := Load(LoadOptions{Override: []byte(`{"ServiceSettings":{"SiteURL":"https://x"}}`)})
		if err != nil {
			t.Fatal(err)
		}
		got, err := l.Merge(body, MergeOptions{CanWrite: Everything, Partial: partial})
		if err != nil {
			if fault.As(err) == nil {
				t.Errorf("no fault: %v", err)
			}
			return
		}
		if err := got.Config.Validate(); err != nil || got.Config.ServiceSettings.SiteURL == "" {
			t.Errorf("%s was merged: %v", body, err)
		}
		if l.Config.ServiceSettings.SiteURL != "https://x" {
			t.Error("merging changed the configuration in use")
		}
	})
}

func FuzzEnvironment(f *testing.F) {
	f.Add("MM_SERVICESETTINGS_SITEURL=https://x")
	f.Add("MM_MUSTERSETTINGS_TRUSTEDPROXIES=[\"10.0.0.0/8\"]")
	f.Add("MM_SQLSETTINGS_MAXOPENCONNS=0x10")
	f.Add("MM__=")
	f.Fuzz(func(t *testing.T, variable string) {
		_, err := Load(LoadOptions{Environ: []string{variable}})
		var problems Problems
		if err != nil && !errors.As(err, &problems) {
			t.Errorf("%q: %v", variable, err)
		}
	})
}

func FuzzFilter(f *testing.F) {
	f.Add("(&(a=b)(!(c=*)))")
	f.Add(`(a=\2`)
	f.Fuzz(func(t *testing.T, s string) {
		if isFilter(s) && s != "" && isFilter(s+")") {
			t.Errorf("%q and one parenthesis more are both filters", s)
		}
	})
}
