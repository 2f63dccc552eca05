package blob

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// unfinished holds files until they are complete. No key begins with a dot, so
// none reaches into it.
const unfinished = ".unfinished"

// abandonedAfter is the age at which an unfinished file has lost its writer. It
// is far beyond any upload because several nodes may share the folder.
const abandonedAfter = 24 * time.Hour

// Folder is a Store in a folder of the file system, one file for each blob.
type Folder struct{ root *os.Root }

var _ Store = (*Folder)(nil)

// OpenFolder opens the store in dir, which it creates if needed, and removes
// what a crash left unfinished more than a day before now.
func OpenFolder(dir string, now time.Time) (*Folder, error) {
	if err := os.MkdirAll(filepath.Join(dir, unfinished), 0o700); err != nil {
		return nil, fmt.Errorf("create the blob folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the blob folder: %w", err)
	}
	f := &Folder{root: root}
	if err := f.sweep(now.Add(-abandonedAfter)); err != nil {
		return nil, errors.Join(fmt.Errorf("sweep the blob folder: %w", err), root.Close())
	}
	return f, nil
}

// Close releases the folder. Blobs that are open stay readable.
func (f *Folder) Close() error { return f.root.Close() }

// Put writes a file beside the others and renames it when all of it is on disk.
func (f *Folder) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	temp := path.Join(unfinished, rand.Text())
	err := f.write(ctx, temp, r, size)
	if err == nil {
		err = f.publish(temp, key)
	}
	if err != nil {
		// The file may not exist, and the sweep at the next start finds what stays.
		_ = f.root.Remove(temp)
		return fmt.Errorf("put blob %s: %w", key, err)
	}
	return nil
}

func (f *Folder) write(ctx context.Context, name string, r io.Reader, size int64) error {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, newExactReader(ctx, r, size))
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return err
}

// publish gives a complete file its name and makes the name as durable as the
// content is.
func (f *Folder) publish(temp, key string) error {
	dir := path.Dir(key)
	if err := f.makeDir(dir); err != nil {
		return err
	}
	if err := f.root.Rename(temp, key); err != nil {
		return err
	}
	return f.syncDir(dir)
}

// makeDir creates a folder with its parents and syncs each one that got a new
// entry.
func (f *Folder) makeDir(dir string) error {
	if dir == "." {
		return nil
	}
	parent := "."
	for segment := range strings.SplitSeq(dir, "/") {
		child := path.Join(parent, segment)
		err := f.root.Mkdir(child, 0o700)
		if err == nil {
			err = f.syncDir(parent)
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		parent = child
	}
	return nil
}

func (f *Folder) syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there, renames are journaled
	}
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if closeErr := d.Close(); err == nil {
		err = closeErr
	}
	return err
}

// Open opens the file of a blob.
func (f *Folder) Open(_ context.Context, key string) (io.ReadSeekCloser, Info, error) {
	if err := checkKey(key); err != nil {
		return nil, Info{}, err
	}
	file, err := f.root.Open(key)
	if err != nil {
		return nil, Info{}, folderError("open", key, err)
	}
	stat, err := file.Stat()
	if err == nil && stat.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, Info{}, errors.Join(folderError("open", key, err), file.Close())
	}
	return file, fileInfo(key, stat), nil
}

// Stat describes the file of a blob.
func (f *Folder) Stat(_ context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	stat, err := f.root.Stat(key)
	if err == nil && stat.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return Info{}, folderError("stat", key, err)
	}
	return fileInfo(key, stat), nil
}

// List walks the folder of a prefix.
func (f *Folder) List(ctx context.Context, prefix string) ([]Info, error) {
	if err := checkPrefix(prefix); err != nil {
		return nil, err
	}
	var infos []Info
	dir := strings.TrimSuffix(prefix, "/")
	err := fs.WalkDir(f.root.FS(), dir, func(name string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || entry.IsDir() {
			return ignoreMissing(err)
		}
		stat, err := entry.Info()
		if err == nil {
			infos = append(infos, fileInfo(name, stat))
		}
		return ignoreMissing(err)
	})
	if err != nil {
		return nil, fmt.Errorf("list blobs of %s: %w", prefix, err)
	}
	slices.SortFunc(infos, func(a, b Info) int { return cmp.Compare(a.Key, b.Key) })
	return infos, nil
}

// Delete removes the file of a blob. Its folder stays, because removing it
// would race with a Put beside it.
func (f *Folder) Delete(ctx context.Context, key string) error {
	if _, err := f.Stat(ctx, key); err != nil {
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		return err
	}
	return folderError("delete", key, ignoreMissing(f.root.Remove(key)))
}

// DeletePrefix removes a folder with all it holds.
func (f *Folder) DeletePrefix(_ context.Context, prefix string) error {
	if err := checkPrefix(prefix); err != nil {
		return err
	}
	return folderError("delete", prefix, f.root.RemoveAll(strings.TrimSuffix(prefix, "/")))
}

// Check looks for the folder of unfinished files, without which nothing can be put.
func (f *Folder) Check(context.Context) error {
	_, err := f.root.Stat(unfinished)
	return folderError("check", unfinished, err)
}

// sweep removes unfinished files last written before a moment.
func (f *Folder) sweep(before time.Time) error {
	entries, err := fs.ReadDir(f.root.FS(), unfinished)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		stat, err := entry.Info()
		if err == nil && stat.ModTime().Before(before) {
			err = f.root.Remove(path.Join(unfinished, entry.Name()))
		}
		if ignoreMissing(err) != nil {
			return err
		}
	}
	return nil
}

// ignoreMissing passes over files that went away while they were looked at.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func folderError(verb, key string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s blob %s: %w", verb, key, ErrNotFound)
	}
	return fmt.Errorf("%s blob %s: %w", verb, key, err)
}

func fileInfo(key string, stat fs.FileInfo) Info {
	return Info{Key: key, Size: stat.Size(), ModifiedAt: stat.ModTime().UnixMilli()}
}
