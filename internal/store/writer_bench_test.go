package store

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"muster/internal/event"
)

// BenchmarkTx measures commits of one small row that reach the disk, for one
// caller and for many who share commits.
func BenchmarkTx(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprintf("sqlite/%d", callers), func(b *testing.B) {
			db := durable(b)
			var n atomic.Int64
			one := func() {
				name := fmt.Sprint(n.Add(1))
				if err := db.Tx(context.Background(), keep(context.Background(), name, "v")); err != nil {
					b.Error(err)
				}
			}
			b.ResetTimer()
			if callers == 1 {
				for range b.N {
					one()
				}
			} else {
				b.SetParallelism(callers / 2) // times GOMAXPROCS
				b.RunParallel(func(p *testing.PB) {
					for p.Next() {
						one()
					}
				})
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
		})
	}
}

// BenchmarkUserRead measures reading one account.
func BenchmarkUserRead(b *testing.B) {
	for _, driver := range drivers {
		b.Run(driver, func(b *testing.B) {
			db := fresh(b, driver)
			u := addUser(b, db, "amy")
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if _, err := db.User(context.Background(), u.ID); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// durable opens a SQLite database that waits for the disk.
func durable(t testing.TB) *DB {
	t.Helper()
	db := open(t, Options{Driver: SQLite, DataSource: filepath.Join(t.TempDir(), "muster.db"), Bus: event.NewLocal()})
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}
