package command

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"muster/internal/model"
)

type auditCommand struct {
	Export auditExport `cmd:"" help:"Write audit records, the oldest first."`
}

type auditExport struct {
	Since  string `placeholder:"TIME" help:"Only records from this time on."`
	Until  string `placeholder:"TIME" help:"Only records from before this time."`
	User   string `placeholder:"NAME" help:"Only what this account did and what was done to it. Username, e-mail address or id."`
	Event  string `placeholder:"EVENT" help:"Only records of this operation, such as login."`
	Output string `short:"o" placeholder:"FILE" help:"Write to a new file that only you can read, instead of standard output."`

	since, until int64
}

// Help explains the command.
func (*auditExport) Help() string {
	return `Writes what the database holds, one record of JSON a line; with --json all of them as one list. A TIME is a day (2026-11-25, which
begins at midnight UTC), a moment (2026-11-25T08:00:00Z) or how long ago it was (90m, 24h, 7d). Finding nothing is no failure.

An account that was removed for good is found by its id. Records are kept while MusterSettings.AuditDatabaseEnabled is on, for
MusterSettings.AuditDatabaseDays days.

Examples:

    muster audit export --since 24h
    muster audit export --user amy --event updateUserRoles
    muster audit export --since 2026-01-01 --until 2026-02-01 --output january.jsonl
    muster audit export --event login --since 7d | jq -r 'select(.status == "fail") | .actor.ip_address' | sort | uniq -c`
}

// Validate refuses times that cannot be understood.
func (cmd *auditExport) Validate() (err error) {
	if cmd.since, err = moment("--since", cmd.Since, time.Now()); err != nil {
		return err
	}
	if cmd.until, err = moment("--until", cmd.Until, time.Now()); err != nil {
		return err
	}
	if cmd.until > 0 && cmd.until <= cmd.since {
		return errors.New("--until must be later than --since")
	}
	return nil
}

// moment reads a time in milliseconds; 0 when none is given.
func moment(flag, text string, now time.Time) (int64, error) {
	if text == "" {
		return 0, nil
	}
	for _, form := range []string{time.DateOnly, time.RFC3339Nano} {
		if at, err := time.Parse(form, text); err == nil && at.UnixMilli() > 0 {
			return at.UnixMilli(), nil
		}
	}
	ago, err := time.ParseDuration(text)
	if days, isDays := strings.CutSuffix(text, "d"); isDays {
		var n int
		n, err = strconv.Atoi(days)
		n = min(n, 36500)
		ago = time.Duration(n) * 24 * time.Hour
	}
	if err != nil || ago < 0 {
		return 0, fmt.Errorf("%s is a day (2026-11-25), a moment (2026-11-25T08:00:00Z) or how long ago (24h, 7d), not %q", flag, text)
	}
	return max(now.Add(-ago).UnixMilli(), 1), nil
}

// Run writes the records.
func (cmd *auditExport) Run(ctx context.Context, a *app) (err error) {
	c, err := a.reach(ctx, need{})
	if err != nil {
		return err
	}
	defer func() { err = c.end(ctx, err) }()
	q := url.Values{}
	if cmd.since > 0 {
		q.Set("since", strconv.FormatInt(cmd.since, 10))
	}
	if cmd.until > 0 {
		q.Set("until", strconv.FormatInt(cmd.until, 10))
	}
	if cmd.Event != "" {
		q.Set("event", cmd.Event)
	}
	if cmd.User != "" {
		id, err := c.accountID(ctx, cmd.User)
		if err != nil {
			return err
		}
		q.Set("user_id", id)
	}
	if cmd.Output == "" {
		return cmd.write(ctx, a, c, q, a.Stdout)
	}
	return cmd.writeFile(ctx, a, c, q)
}

// accountID gives the id of an account. An id needs no account: records outlive it.
func (c *client) accountID(ctx context.Context, name string) (string, error) {
	u, err := c.account(ctx, name)
	var own *failure
	if errors.As(err, &own) && own.code == exitMissing && model.ValidID(name) {
		return name, nil
	}
	if err != nil {
		return "", err
	}
	return u.ID, nil
}

// writeFile writes to a new file; what fails leaves none.
func (cmd *auditExport) writeFile(ctx context.Context, a *app, c *client, q url.Values) error {
	out, err := os.OpenFile(cmd.Output, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return misused("%s exists already: choose another name or remove it", cmd.Output)
	}
	if err != nil {
		return err
	}
	err = cmd.write(ctx, a, c, q, out)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return errors.Join(err, os.Remove(cmd.Output))
	}
	return nil
}

// auditPage is how many records are in memory at a time.
const auditPage = 500

// write asks for page after page, so that no number of records fills the memory.
func (cmd *auditExport) write(ctx context.Context, a *app, c *client, q url.Values, to io.Writer) error {
	out := bufio.NewWriter(to)
	q.Set("per_page", strconv.Itoa(auditPage))
	before, between, after := "", "\n", "\n"
	if a.json {
		before, between, after = "[\n  ", ",\n  ", "\n]\n"
	}
	n := 0
	for more := true; more; {
		var page []json.RawMessage
		if err := c.do(ctx, http.MethodGet, "/audit_records?"+q.Encode(), nil, &page); err != nil {
			return errors.Join(err, out.Flush())
		}
		for _, record := range page {
			if n++; n == 1 {
				_, _ = out.WriteString(before) // a writer that failed says so when it is flushed
			} else {
				_, _ = out.WriteString(between)
			}
			_, _ = out.Write(bytes.TrimSpace(record))
		}
		more = len(page) == auditPage
		if more {
			var last struct{ ID string }
			if err := json.Unmarshal(page[len(page)-1], &last); err != nil {
				return err
			}
			q.Set("after", last.ID)
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	switch {
	case n > 0:
		_, _ = out.WriteString(after)
	case a.json:
		_, _ = out.WriteString("[]\n")
	}
	if n == 0 || cmd.Output != "" {
		a.note("Audit records: %d.", n)
	}
	return out.Flush()
}
