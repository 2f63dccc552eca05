package api

import (
	"net/http"
	"strconv"
	"time"

	"muster/internal/fault"
)

// busyUsual is how long the installation is marked as busy when nothing else is asked for.
const busyUsual = "3600"

func (a *API) setServerBusy(c *call) error {
	text := c.value("seconds")
	if text == "" {
		text = busyUsual
	}
	seconds, err := strconv.ParseInt(text, 10, 32)
	if err != nil || seconds < 1 {
		return fault.URL("seconds")
	}
	return c.ok(a.System.SetBusy(c, c.actor, time.Duration(seconds)*time.Second))
}

func (a *API) clearServerBusy(c *call) error { return c.ok(a.System.SetBusy(c, c.actor, 0)) }

// busyAnswer says until when the installation is busy, in seconds.
type busyAnswer struct {
	Busy    bool  `json:"busy"`
	Expires int64 `json:"expires"`
}

func (a *API) getServerBusyExpires(c *call) error {
	until, err := a.System.BusyUntil(c, c.actor)
	return answer(c, http.StatusOK, busyAnswer{until > 0, until / 1000}, err)
}

// busyRetry is after how many seconds clients may ask again.
const busyRetry = 10

// errBusy refuses what can wait while the installation is marked as busy.
func errBusy() error {
	return fault.New(fault.Busy, "api.context.server_busy.app_error").With("RetryAfter", busyRetry)
}
