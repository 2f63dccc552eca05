package api

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"iter"
	"net/http"

	"muster/internal/model"
	"muster/internal/perm"
)

// framing is how the rows of an answer without an end are put together.
type framing struct {
	contentType          string
	begin, between, rest string
}

var (
	arrayStream = framing{"application/json", "[", ",", "]\n"}
	lineStream  = framing{"application/x-ndjson", "", "\n", "\n"}
)

// stream sends rows as they come, a page at a time. When reading fails behind the first page
// the connection breaks off, so that nobody takes a part for the whole.
func stream[T any](c *call, f framing, pages iter.Seq2[[]T, error]) error {
	c.w.Header()["Content-Type"] = []string{f.contentType}
	c.status = http.StatusOK
	c.w.WriteHeader(http.StatusOK)
	sep := f.begin
	for page, err := range pages {
		if err != nil {
			c.api.Log.ErrorContext(c, "answer broken off", "route", c.route.path, "error", err)
			panic(http.ErrAbortHandler)
		}
		var out []byte
		for _, row := range page {
			text, err := json.Marshal(row)
			if err != nil {
				return err
			}
			out = append(append(out, sep...), text...)
			sep = f.between
		}
		if _, err := c.w.Write(out); err != nil {
			return nil // the client is gone
		}
	}
	_, _ = c.w.Write([]byte(f.rest)) // the client may be gone
	return nil
}

// channelsEtag is the version of a list of channels.
func channelsEtag(list []*model.Channel) string {
	h := fnv.New64a()
	for _, ch := range list {
		_, _ = fmt.Fprintf(h, "%s %d %d %d %d;", ch.ID, ch.UpdateAt, ch.LastPostAt, ch.TotalMsgCount, ch.DeleteAt) // a hash takes everything
	}
	return fmt.Sprintf("%s.%d.%x", Version, len(list), h.Sum64())
}

// teamChannels answers one of the lists of a team.
func (a *API) teamChannels(c *call, get func(context.Context, perm.Actor, string, int, int) ([]*model.Channel, error)) error {
	team, err := c.id("team_id")
	if err != nil {
		return err
	}
	page, perPage := c.page()
	list, err := get(c, c.actor, team, page, perPage)
	return array(c, list, err)
}
