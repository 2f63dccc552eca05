package server

import (
	"testing"
	"time"

	"muster/internal/store"
)

func TestConnectionsAreKeptAsTheSettingsSay(t *testing.T) {
	t.Parallel()
	loaded, err := Load(Options{Environ: []string{
		"MM_SQLSETTINGS_MAXIDLECONNS=3", "MM_SQLSETTINGS_CONNMAXLIFETIMEMILLISECONDS=1500",
		"MM_SQLSETTINGS_CONNMAXIDLETIMEMILLISECONDS=0",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := *StoreOptions(&loaded.Config).Idle, (store.Idle{Most: 3, Lifetime: 1500 * time.Millisecond}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestDatabaseName(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, driver, source, want string }{
		{"a file in the data folder", "sqlite", "", "SQLite, data/muster.db"},
		{"a file elsewhere", "sqlite", "/srv/chat.db", "SQLite, /srv/chat.db"},
		{"an address without its user", "postgres", "postgres://amy:hunter2@db.example.com/chat", "PostgreSQL, chat on db.example.com:5432"},
		{"words without the password", "postgres", "host=/run/pg port=5433 dbname=chat password=hunter2", "PostgreSQL, chat on /run/pg:5433"},
		{"what cannot be read is not shown", "postgres", "postgres://amy:hunter2@db:owl", "PostgreSQL"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			loaded, err := Load(Options{Environ: []string{"MM_SQLSETTINGS_DRIVERNAME=" + tc.driver, "MM_SQLSETTINGS_DATASOURCE=" + tc.source}})
			if err != nil {
				t.Fatal(err)
			}
			if got := DatabaseName(&loaded.Config); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
