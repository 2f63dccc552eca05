package api

import (
	"errors"
	"mime"
	"net/http"

	"muster/internal/account"
	"muster/internal/fault"
)

var pngType = []string{"image/png"}

// How long clients keep pictures: those that were set for a day (their address
// changes with them), others for five minutes.
const (
	cacheLong  = "max-age=86400, private"
	cacheShort = "max-age=300, private"
)

func (a *API) getProfileImage(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	if want := c.r.Header.Get("If-None-Match"); want != "" {
		at, err := a.Accounts.PictureETag(c, c.actor, id)
		if err != nil {
			return err
		}
		if want == etagOf(at) {
			c.unchanged(want)
			return nil
		}
	}
	p, err := a.Accounts.Picture(c, c.actor, id)
	if err != nil {
		return err
	}
	if p.Stored {
		c.w.Header()["Etag"] = []string{etagOf(p.At)}
		return c.png(p.PNG, cacheLong)
	}
	return c.png(p.PNG, cacheShort)
}

func (c *call) png(body []byte, caching string) error {
	c.w.Header()["Content-Type"] = pngType
	c.w.Header().Set("Cache-Control", caching)
	c.write(http.StatusOK, body)
	return nil
}

func (a *API) getDefaultProfileImage(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	body, err := a.Accounts.DefaultPicture(c, c.actor, id)
	if err != nil {
		return err
	}
	return c.png(body, cacheLong)
}

func (a *API) setDefaultProfileImage(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	return c.ok(a.Accounts.ResetPicture(c, c.actor, id))
}

// formMemory is how much of a form is kept in memory; the rest goes to a temporary file.
const formMemory = 1 << 20

func (a *API) setProfileImage(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	if err := a.Accounts.MaySetPicture(c, c.actor, id); err != nil {
		return err
	}
	up, done, err := c.picture(profileImageFaults)
	if err != nil {
		return err
	}
	defer done()
	return c.ok(a.Accounts.SetPicture(c, c.actor, id, up))
}

// pictureFaults are the documented ids for what can be wrong with an uploaded picture.
type pictureFaults struct{ tooLarge, parse, noFile, array, open string }

var (
	profileImageFaults = pictureFaults{
		"api.user.upload_profile_user.too_large.app_error", "api.user.upload_profile_user.parse.app_error",
		"api.user.upload_profile_user.no_file.app_error", "api.user.upload_profile_user.array.app_error",
		"api.user.upload_profile_user.open.app_error",
	}
	teamIconFaults = pictureFaults{
		"api.team.set_team_icon.too_large.app_error", "api.team.set_team_icon.parse.app_error",
		"api.team.set_team_icon.no_file.app_error", "api.team.set_team_icon.array.app_error", "api.team.set_team_icon.open.app_error",
	}
)

// picture reads the form field "image". done removes what was kept of the form.
func (c *call) picture(ids pictureFaults) (up account.Upload, done func(), err error) {
	if c.r.ContentLength > c.cfg.FileSettings.MaxFileSize {
		return up, nil, fault.New(fault.TooLarge, ids.tooLarge)
	}
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, c.bodyLimit())
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err == nil && kind != "multipart/form-data" {
		err = http.ErrNotMultipart
	}
	if err == nil {
		err = c.r.ParseMultipartForm(formMemory)
	}
	if err != nil {
		var over *http.MaxBytesError
		if errors.As(err, &over) {
			return up, nil, errTooLarge()
		}
		return up, nil, fault.New(fault.Internal, ids.parse).Because(err)
	}
	done = func() { _ = c.r.MultipartForm.RemoveAll() } // the system removes what this could not
	files, ok := c.r.MultipartForm.File["image"]
	if !ok {
		done()
		return up, nil, fault.New(fault.Invalid, ids.noFile)
	}
	if len(files) == 0 {
		done()
		return up, nil, fault.New(fault.Invalid, ids.array)
	}
	f, err := files[0].Open()
	if err != nil {
		done()
		return up, nil, fault.New(fault.Internal, ids.open).Because(err)
	}
	form := done
	return account.Upload{File: f, Size: files[0].Size}, func() { _ = f.Close(); form() }, nil
}
