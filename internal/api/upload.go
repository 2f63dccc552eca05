package api

import (
	"io"
	"mime"
	"net/http"
	"time"

	"muster/internal/fault"
	"muster/internal/model"
)

func unixMilli(at int64) time.Time { return time.UnixMilli(at) }

func (a *API) createUpload(c *call) error {
	in, err := decode[model.UploadSession](c, "upload")
	if err != nil {
		return err
	}
	u, err := a.Talk.CreateUpload(c, c.actor, &in)
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, u)
}

func (a *API) getUpload(c *call) error {
	id, err := c.id("upload_id")
	if err != nil {
		return err
	}
	u, err := a.Talk.Upload(c, c.actor, id)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, u)
}

func (a *API) uploadData(c *call) error {
	id, err := c.id("upload_id")
	if err != nil {
		return err
	}
	u, err := a.Talk.MayContinue(c, c.actor, id)
	if err != nil {
		return err
	}
	content, err := c.part(u)
	if err != nil {
		return err
	}
	f, err := a.Talk.ContinueUpload(c, c.actor, id, content)
	if err != nil {
		return err
	}
	if f == nil {
		c.write(http.StatusNoContent, nil)
		return nil
	}
	return c.json(http.StatusOK, f)
}

// part gives the next bytes of an upload: the body, or the first part of a form.
func (c *call) part(u *model.UploadSession) (io.Reader, error) {
	body := http.MaxBytesReader(c.w, c.r.Body, c.bodyLimit())
	kind, params, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		if c.r.ContentLength > u.FileSize-u.FileOffset {
			return nil, fault.New(fault.Invalid, "api.upload.upload_data.invalid_content_length")
		}
		return body, nil
	}
	c.r.Body = body
	if params["boundary"] == "" {
		return nil, fault.New(fault.Invalid, "api.upload.upload_data.invalid_content_type")
	}
	form, err := c.r.MultipartReader()
	if err != nil {
		return nil, fault.New(fault.Invalid, "api.upload.upload_data.multipart_error").Because(err)
	}
	p, err := form.NextPart()
	if err != nil {
		return nil, fault.New(fault.Invalid, "api.upload.upload_data.multipart_error").Because(err)
	}
	return p, nil
}

func (a *API) getUploadsForUser(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	list, err := a.Talk.UploadsOf(c, c.actor, id)
	return array(c, list, err)
}
