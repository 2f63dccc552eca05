package audit

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"muster/internal/model"
)

type fileOptions struct {
	path     string
	size     int64         // bytes at which the file is put aside
	age      time.Duration // at which a file that was put aside is removed; 0 is never
	backups  int           // how many of those are kept; 0 is all
	compress bool
	now      func() time.Time
	log      *slog.Logger
}

// file is a file of records, a line of JSON each, which only its owner may read. It
// belongs to one goroutine.
type file struct {
	fileOptions
	open    *os.File
	written int64
}

func openFile(o fileOptions) (*file, error) {
	f := &file{fileOptions: o}
	if err := os.MkdirAll(filepath.Dir(o.path), 0o700); err != nil {
		return nil, err
	}
	if err := f.begin(); err != nil {
		return nil, err
	}
	return f, f.clean()
}

// begin opens the file where it ends. One that others could read is closed to them.
func (f *file) begin() error {
	open, err := os.OpenFile(f.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := open.Stat()
	if err == nil {
		err = open.Chmod(0o600)
	}
	if err != nil {
		return errors.Join(err, open.Close())
	}
	f.open, f.written = open, info.Size()
	return nil
}

func (f *file) write(_ context.Context, batch []*model.AuditRecord) error {
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	enc.SetEscapeHTML(false)
	for _, r := range batch {
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("encode audit record: %w", err)
		}
	}
	if f.open != nil && f.written > 0 && f.written+int64(lines.Len()) > f.size {
		if err := f.rotate(); err != nil { // a file that grows too long is better than none
			f.log.Error("file of audit records not put aside", "file", f.path, "error", err)
		}
	}
	if f.open == nil {
		if err := f.begin(); err != nil {
			return err
		}
	}
	n, err := f.open.Write(lines.Bytes())
	f.written += int64(n)
	if err != nil && n > 0 { // the next try begins where this one did
		f.written -= int64(n)
		return errors.Join(err, f.open.Truncate(f.written))
	}
	return err
}

func (f *file) close() error {
	if f.open == nil {
		return nil
	}
	return errors.Join(f.open.Sync(), f.open.Close())
}

// rotate puts the file aside and begins a new one.
func (f *file) rotate() error {
	err := f.close()
	f.open = nil
	if err != nil {
		return err
	}
	aside := f.asideName(f.now())
	if err := os.Rename(f.path, aside); err != nil {
		return err
	}
	if err := f.begin(); err != nil {
		return err
	}
	if f.compress {
		if err := squeeze(aside); err != nil {
			return fmt.Errorf("compress audit records: %w", err)
		}
	}
	return f.clean()
}

// asideForm is how the time stands in the name of a file that was put aside: names
// sort by age.
const asideForm = "2006-01-02T15-04-05.000"

// asideName names the file that is put aside; two within a millisecond get different ones.
func (f *file) asideName(at time.Time) string {
	ext := filepath.Ext(f.path)
	for {
		name := strings.TrimSuffix(f.path, ext) + "-" + at.UTC().Format(asideForm) + ext
		if !exists(name) && !exists(name+".gz") {
			return name
		}
		at = at.Add(time.Millisecond)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// asideAt tells when a file was put aside; false when it is another's.
func (f *file) asideAt(name string) (time.Time, bool) {
	ext := filepath.Ext(f.path)
	stamp, ours := strings.CutPrefix(name, strings.TrimSuffix(filepath.Base(f.path), ext)+"-")
	if !ours {
		return time.Time{}, false
	}
	at, err := time.Parse(asideForm, strings.TrimSuffix(strings.TrimSuffix(stamp, ".gz"), ext))
	return at, err == nil
}

// clean removes files that are too old or too many.
func (f *file) clean() error {
	if f.age == 0 && f.backups == 0 {
		return nil
	}
	entries, err := os.ReadDir(filepath.Dir(f.path))
	if err != nil {
		return err
	}
	var kept int
	var errs []error
	for _, e := range slices.Backward(entries) { // ReadDir sorts by name: the newest come first
		at, ours := f.asideAt(e.Name())
		if !ours {
			continue
		}
		kept++
		if f.age > 0 && f.now().Sub(at) > f.age || f.backups > 0 && kept > f.backups {
			errs = append(errs, os.Remove(filepath.Join(filepath.Dir(f.path), e.Name())))
		}
	}
	return errors.Join(errs...)
}

// squeeze replaces a file by its compressed form.
func squeeze(path string) (err error) {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	half := path + ".part"
	out, err := os.OpenFile(half, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	z := gzip.NewWriter(out)
	_, err = io.Copy(z, in)
	if err = errors.Join(err, z.Close(), out.Sync(), out.Close()); err != nil {
		return errors.Join(err, os.Remove(half))
	}
	return errors.Join(os.Rename(half, path+".gz"), os.Remove(path))
}
