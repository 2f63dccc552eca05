package store

import (
	"context"
	"errors"
)

// Configuration gives what administrators changed at run time, as JSON, and its
// version. ErrNotFound means that nothing was changed.
func (q Q) Configuration(ctx context.Context) (document []byte, version int64, err error) {
	type row struct {
		document string
		version  int64
	}
	r, err := one(ctx, q, func(s scanner) (r row, err error) {
		err = s.Scan(&r.document, &r.version)
		return r, err
	}, `SELECT document, version FROM configuration WHERE id = 1`)
	return []byte(r.document), r.version, err
}

// SaveConfiguration stores what administrators changed, replacing the given
// version, which is 0 when there is none yet; ErrConflict means that somebody else
// changed it meanwhile.
func (t *Tx) SaveConfiguration(ctx context.Context, document []byte, version, at int64) error {
	var err error
	if version == 0 {
		err = change(ctx, t.Q, `INSERT INTO configuration (id, document, version, update_at) VALUES (1, ?, 1, ?)
			ON CONFLICT (id) DO NOTHING`, string(document), at)
	} else {
		err = change(ctx, t.Q, `UPDATE configuration SET document = ?, version = ?, update_at = ?
			WHERE id = 1 AND version = ?`, string(document), version+1, at, version)
	}
	if errors.Is(err, ErrNotFound) {
		return ErrConflict
	}
	return err
}

// SystemValue reads a fact about the installation.
func (q Q) SystemValue(ctx context.Context, name string) (string, error) {
	return one(ctx, q, scanValue[string], `SELECT value FROM systems WHERE name = ?`, name)
}

// KeepSystemValue stores a fact unless it is known and gives the one that holds.
func (t *Tx) KeepSystemValue(ctx context.Context, name, value string) (string, error) {
	if _, err := exec(ctx, t.Q, `INSERT INTO systems (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`, name, value); err != nil {
		return "", err
	}
	return t.SystemValue(ctx, name)
}

// SetSystemValue stores a fact about the installation, whatever it was before.
func (t *Tx) SetSystemValue(ctx context.Context, name, value string) error {
	_, err := exec(ctx, t.Q, `INSERT INTO systems (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}

// LockFirstAccount makes sign-ups wait for each other while there is no account,
// so that only one of them is the first.
func (t *Tx) LockFirstAccount(ctx context.Context) error {
	humans, err := t.Humans(ctx)
	if err != nil || humans > 0 {
		return err
	}
	_, err = exec(ctx, t.Q, `INSERT INTO systems (name, value) VALUES ('FirstAccount', '')
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`)
	return err
}

// LockAdmins makes changes that could remove the last system admin wait for each other.
func (t *Tx) LockAdmins(ctx context.Context) error {
	_, err := exec(ctx, t.Q, `INSERT INTO systems (name, value) VALUES ('Admins', '')
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`)
	return err
}
