package store

import (
	"context"

	"muster/internal/model"
)

// Trace is a table that holds rows of an account or a place.
type Trace struct {
	Table string
	key   string // primary key, as a list of columns
	of    string // condition that names it, user_id = ? when empty
}

// UserTraces are the tables that are emptied before an account's row goes. The
// database itself refuses to remove an account while one of them refers to it.
var UserTraces = []Trace{
	{Table: "sessions", key: "id"},
	{Table: "user_access_tokens", key: "id"},
	{Table: "tokens", key: "token_hash"},
	{Table: "mfa_recovery_codes", key: "user_id, code_hash"},
	{Table: "user_terms_of_service", key: "user_id"},
	{Table: "preferences", key: "user_id, category, name"},
	{Table: "statuses", key: "user_id"},
	{Table: "bots", key: "user_id"},
	{Table: "sidebar_channels", key: "category_id, channel_id"},
	{Table: "sidebar_categories", key: "id"},
	{Table: "thread_participants", key: "post_id, user_id"}, // empty by now: see Tx.ForgetReplies
	{Table: "thread_memberships", key: "post_id, user_id"},
	{Table: "thread_counts", key: "user_id, team_id, deleted"},
	{Table: "reactions", key: "post_id, user_id, emoji_name"},
	{Table: "post_acknowledgements", key: "post_id, user_id"},
	{Table: "post_mentions", key: "post_id, user_id"},
	{Table: "files", key: "id"},
	{Table: "uploads", key: "id"},
	{Table: "posts", key: "id"},
	{Table: "team_members", key: "team_id, user_id"}, // empty by now: see Tx.LeavePlaces
	{Table: "channel_members", key: "channel_id, user_id"},
	{Table: "group_members", key: "group_id, user_id"},
	{Table: "audits", key: "id"},
	{Table: "jobs", key: "id", of: "type IN ('" + model.MailJob + "', '" + model.ReminderJob + "', '" + model.OrphanedBotsJob + "') AND data->>'user_id' = ?"}, // with the address
}

// DeleteTraces removes up to n rows of an account or a place from a table and tells how many.
func (t *Tx) DeleteTraces(ctx context.Context, trace Trace, id string, n int) (int64, error) {
	of := trace.of
	if of == "" {
		of = "user_id = ?"
	}
	return exec(ctx, t.Q, `DELETE FROM `+trace.Table+` WHERE (`+trace.key+`) IN (
		SELECT `+trace.key+` FROM `+trace.Table+` WHERE `+of+` LIMIT ?)`, id, n)
}

// DeleteMails removes every mail that waits or is kept and concerns an account.
func (t *Tx) DeleteMails(ctx context.Context) error {
	_, err := exec(ctx, t.Q, `DELETE FROM jobs WHERE type = ? AND data->>'user_id' <> ''`, model.MailJob)
	return err
}

// UserIDsMadeBy lists up to n accounts that were made by the time, in the order of
// their ids, beginning behind the one named.
func (q Q) UserIDsMadeBy(ctx context.Context, at int64, last string, n int) ([]string, error) {
	return list(ctx, q, scanValue[string], `SELECT id FROM users WHERE id > ? AND create_at <= ? ORDER BY id LIMIT ?`, last, at, n)
}
