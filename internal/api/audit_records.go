package api

import (
	"strconv"

	"muster/internal/audit"
	"muster/internal/fault"
	"muster/internal/model"
)

// auditPageMax is how many records one answer holds.
const auditPageMax = 500

// getAuditRecords is for the command that exports them, which asks page after page.
func (a *API) getAuditRecords(c *call) error {
	q := audit.Query{After: c.value("after"), UserID: c.value("user_id"), Event: c.value("event"), Limit: auditPageMax}
	for name, into := range map[string]*int64{"since": &q.Since, "until": &q.Until} {
		text := c.value(name)
		if text == "" {
			continue
		}
		at, err := strconv.ParseInt(text, 10, 64)
		if err != nil || at < 0 {
			return fault.URL(name)
		}
		*into = at
	}
	if q.After != "" && !model.ValidID(q.After) {
		return fault.URL("after")
	}
	if text := c.value("per_page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fault.URL("per_page")
		}
		q.Limit = min(n, auditPageMax)
	}
	list, err := a.Audit.Records(c, c.actor, q)
	return array(c, list, err)
}
