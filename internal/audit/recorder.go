// Package audit keeps records of what operations did, for whoever has to account for
// it: in a file, in the database, or in both. Writing never waits: records queue up in
// bounded memory, and what finds no room is dropped, counted and logged.
package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"muster/internal/config"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// Options is what a Recorder is made of.
type Options struct {
	DB      *store.DB
	Config  func() *config.Config
	Now     func() time.Time
	Log     *slog.Logger
	Metrics prometheus.Registerer // nil for none
}

// Recorder writes audit records where the settings say. A nil one writes none.
type Recorder struct {
	Options
	queues []*queue
}

// New opens what records are written to.
func New(o Options) (*Recorder, error) {
	r := &Recorder{Options: o}
	counted, err := newCounters(o.Metrics)
	if err != nil {
		return nil, err
	}
	cfg := o.Config()
	if s := cfg.ExperimentalAuditSettings; s.FileEnabled {
		f, err := openFile(fileOptions{
			path: first(s.FileName, filepath.Join(cfg.MusterSettings.DataDirectory, "audit.log")), size: int64(s.FileMaxSizeMB) << 20,
			age: time.Duration(s.FileMaxAgeDays) * day, backups: s.FileMaxBackups, compress: s.FileCompress, now: o.Now, log: o.Log,
		})
		if err != nil {
			return nil, fmt.Errorf("open file of audit records: %w", err)
		}
		r.queues = append(r.queues, r.start("file", f, s.FileMaxQueueSize, counted))
	}
	if cfg.MusterSettings.AuditDatabaseEnabled {
		r.queues = append(r.queues, r.start(inDatabase, database{o.DB}, cfg.MusterSettings.AuditDatabaseQueueSize, counted))
	}
	return r, nil
}

const (
	day        = 24 * time.Hour
	inDatabase = "database" // name of its queue
)

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// On tells whether records are written at all, so that nobody makes them in vain.
func (r *Recorder) On() bool { return r != nil && len(r.queues) > 0 }

// Add writes a record, soon. It never waits.
func (r *Recorder) Add(rec *model.AuditRecord) {
	if !r.On() {
		return
	}
	rec.Fit()
	for _, q := range r.queues {
		if q.name != inDatabase || !r.toldByItself(rec) {
			q.add(rec)
		}
	}
}

// toldByItself tells whether the database knows without a record: a post says who wrote it
// and when. Two of three changes are posts, and a record costs as much as the post.
func (r *Recorder) toldByItself(rec *model.AuditRecord) bool {
	return rec.Event == "createPost" && rec.Status == model.AuditSuccess && !r.Config().MusterSettings.AuditDatabasePosts
}

// Flush returns when everything added before has been written.
func (r *Recorder) Flush(ctx context.Context) error {
	if !r.On() {
		return nil
	}
	var errs []error
	for _, q := range r.queues {
		errs = append(errs, q.flush(ctx))
	}
	return errors.Join(errs...)
}

// Close writes what still waits, as far as the context allows, and ends.
func (r *Recorder) Close(ctx context.Context) error {
	if !r.On() {
		return nil
	}
	errs := make([]error, 0, len(r.queues))
	for _, q := range r.queues {
		errs = append(errs, q.close(ctx))
	}
	return errors.Join(errs...)
}

// Query chooses records; what is empty chooses all.
type Query struct {
	Since, Until int64  // milliseconds; Until itself is not part of it
	After        string // id behind which to go on
	UserID       string // who did it or to whom it was done
	Event        string
	Limit        int
}

// Records lists what the database holds, the oldest first. It is for whoever runs the
// machine.
func (r *Recorder) Records(ctx context.Context, a perm.Actor, q Query) ([]*model.AuditRecord, error) {
	if !a.Local {
		return nil, fault.Permission(a.UserID, string(perm.ReadAudits))
	}
	if err := r.Flush(ctx); err != nil {
		return nil, store.Fault(err, "api.muster.audit_records.get.app_error")
	}
	f := store.AuditFilter{After: max(q.After, model.TimeIDPrefix(q.Since)), UserID: q.UserID, Event: q.Event, Limit: q.Limit}
	if q.Until > 0 {
		f.Before = model.TimeIDPrefix(q.Until)
	}
	list, err := r.DB.AuditRecords(ctx, f)
	return list, store.Fault(err, "api.muster.audit_records.get.app_error")
}

// Clean removes what the database has held long enough, in batches.
func (r *Recorder) Clean(ctx context.Context) error {
	days := r.Config().MusterSettings.AuditDatabaseDays
	if days == 0 {
		return nil
	}
	const batch = 1000
	before := model.TimeIDPrefix(r.Now().Add(-time.Duration(days) * day).UnixMilli())
	for {
		var n int64
		err := r.DB.Tx(ctx, func(tx *store.Tx) (err error) {
			n, err = tx.DeleteAuditRecords(ctx, before, batch)
			return err
		})
		if err != nil || n < batch {
			return err
		}
	}
}

// database stores records in their table.
type database struct{ db *store.DB }

func (d database) write(ctx context.Context, batch []*model.AuditRecord) error {
	return d.db.Tx(ctx, func(tx *store.Tx) error { return tx.InsertAuditRecords(ctx, batch) })
}

func (d database) close() error { return nil } // it belongs to the server
