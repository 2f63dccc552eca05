package api

import (
	"net/http"
	"strconv"

	"muster/internal/config"
	"muster/internal/fault"
	"muster/internal/perm"
)

// pingAnswer is what a reachability probe gets.
type pingAnswer struct {
	Status                  string `json:"status"`
	ActiveSearchBackend     string `json:"ActiveSearchBackend"`
	AndroidLatestVersion    string `json:"AndroidLatestVersion"`
	AndroidMinVersion       string `json:"AndroidMinVersion"`
	IosLatestVersion        string `json:"IosLatestVersion"`
	IosMinVersion           string `json:"IosMinVersion"`
	DatabaseStatus          string `json:"database_status,omitempty"`
	FilestoreStatus         string `json:"filestore_status,omitempty"`
	CanReceiveNotifications string `json:"CanReceiveNotifications,omitempty"`
}

func (a *API) ping(c *call) error {
	out := pingAnswer{Status: "OK", ActiveSearchBackend: "database"}
	status := http.StatusOK
	if c.flag("get_server_status") {
		h := a.System.Health(c)
		out.DatabaseStatus, out.FilestoreStatus = healthWord(h.Database), healthWord(h.Files)
		c.w.Header().Set("database_status", out.DatabaseStatus)
		c.w.Header().Set("filestore_status", out.FilestoreStatus)
		if !h.Database || !h.Files {
			out.Status = "UNHEALTHY"
			if !c.flag("use_rest_semantics") {
				status = http.StatusInternalServerError
			}
		}
	}
	if c.value("device_id") != "" {
		out.CanReceiveNotifications = "unknown"
	}
	return c.json(status, out)
}

func healthWord(ok bool) string {
	if ok {
		return "OK"
	}
	return "UNHEALTHY"
}

func (a *API) getClientConfig(c *call) error {
	body := c.snapshot.ClientLimited
	if c.caller.Session != nil {
		body = c.snapshot.ClientFull
	}
	c.write(http.StatusOK, body)
	return nil
}

func (a *API) getClientLicense(c *call) error {
	switch c.value("format") {
	case "old":
	case "":
		return fault.New(fault.Invalid, "api.license.client.old_format.app_error")
	default:
		return fault.URL("format")
	}
	return c.json(http.StatusOK, config.ClientLicense(c.actor.Can(perm.ReadLicenseInformation)))
}

// private keeps an answer with settings out of every cache.
func (c *call) private() {
	c.w.Header().Set("Cache-Control", "no-cache, no-store, must-revalidate")
}

func (c *call) document(body []byte, err error) error {
	if err != nil {
		return err
	}
	c.private()
	c.write(http.StatusOK, body)
	return nil
}

func (a *API) getConfig(c *call) error {
	return c.document(a.System.Config(c, c.actor, c.flag("remove_masked"), c.flag("remove_defaults")))
}

func (a *API) getConfigEnvironment(c *call) error {
	return c.document(a.System.ConfigEnvironment(c, c.actor))
}

func (a *API) updateConfig(c *call) error { return a.changeConfig(c, false) }

func (a *API) patchConfig(c *call) error { return a.changeConfig(c, true) }

func (a *API) changeConfig(c *call, partial bool) error {
	body, err := c.bytes()
	if err != nil {
		return err
	}
	if !digestible(body) {
		return fault.Body("config")
	}
	return c.document(a.System.UpdateConfig(c, c.actor, body, partial))
}

func (a *API) reloadConfig(c *call) error { return c.ok(a.System.ReloadConfig(c, c.actor)) }

func (a *API) getServerLimits(c *call) error {
	limits, err := a.System.Limits(c, c.actor)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, limits)
}

func (a *API) getAncillaryPermissions(c *call) error {
	unusable := fault.New(fault.Invalid, "api.payload.parse.error")
	ids, err := decodeOr[[]string](c, unusable)
	switch {
	case err != nil:
		return err
	case len(ids) == 0 || len(ids) > idsPerCall:
		return unusable
	}
	return array(c, perm.Ancillary(ids), nil)
}

// etagOf writes a time as the version of a picture.
func etagOf(at int64) string { return strconv.FormatInt(at, 10) }
