package store

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"muster/internal/fault"
)

// What a statement can fail with, besides faults of the database itself.
var (
	ErrNotFound = errors.New("no such row")
	ErrConflict = errors.New("the row exists already")
	ErrMissing  = errors.New("the row refers to one that does not exist")
	ErrReadOnly = errors.New("the database cannot be written: check the permissions of its file and folder")
	ErrFull     = errors.New("the database cannot grow: the disk is full")
	ErrLocked   = errors.New("the database is locked by another program")
	ErrDamaged  = errors.New("the file is damaged or not a Muster database")
	ErrText     = errors.New("a text holds a NUL character or bytes that are not UTF-8")
)

// classify turns what the drivers say into the errors above; anything else stays
// as it is. Both drivers' forms of one failure become the same error.
func classify(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	var kind error
	var pg *pgconn.PgError
	var lite *sqlite.Error
	switch {
	case errors.As(err, &pg):
		kind = postgresKind(pg.Code)
	case errors.As(err, &lite):
		kind = sqliteKind(lite.Code())
	}
	if kind == nil {
		return err
	}
	return fmt.Errorf("%w (%w)", kind, err)
}

func postgresKind(code string) error {
	switch code {
	case "23505":
		return ErrConflict
	case "23503":
		return ErrMissing
	case "25006":
		return ErrReadOnly
	case "53100":
		return ErrFull
	case "22021", "22P05":
		return ErrText
	}
	return nil
}

func sqliteKind(code int) error {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return ErrConflict
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return ErrMissing
	case sqlite3.SQLITE_IOERR_SHMSIZE: // no room for the index of the write-ahead log
		return ErrFull
	}
	switch code & 0xff {
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return ErrReadOnly
	case sqlite3.SQLITE_FULL:
		return ErrFull
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return ErrLocked
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return ErrDamaged
	}
	return nil
}

// Fault gives an error that may leave a service: a fault stays what it is, a
// missing row becomes missing (when given), a text that cannot be stored a 400
// with the id, everything else a 500 with the id.
func Fault(err error, id string, missing ...*fault.Error) error {
	switch {
	case err == nil:
		return nil
	case fault.As(err) != nil:
		return err
	case errors.Is(err, ErrNotFound) && len(missing) > 0:
		return missing[0].Because(err)
	case errors.Is(err, ErrText):
		return fault.New(fault.Invalid, id).Because(err)
	}
	return fault.New(fault.Internal, id).Because(err)
}
