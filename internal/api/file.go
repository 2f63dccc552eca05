package api

import (
	"errors"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/talk"
)

func (a *API) fileRoutes() []route {
	return []route{
		{http.MethodPost, "/files", session, file, a.uploadFile, 0},
		{http.MethodGet, "/files/{file_id}", session, none, a.getFile, 0},
		{http.MethodGet, "/files/{file_id}/thumbnail", session, none, a.getFileThumbnail, 0},
		{http.MethodGet, "/files/{file_id}/preview", session, none, a.getFilePreview, 0},
		{http.MethodGet, "/files/{file_id}/info", session, none, a.getFileInfo, 0},
		{http.MethodGet, "/posts/{post_id}/files/info", session, none, a.getFileInfosForPost, 0},
		{http.MethodGet, "/files/{file_id}/link", session, none, a.getFileLink, 0},
		{http.MethodGet, "/files/{file_id}/public", open, none, a.getPublicFile, atRoot},
		{http.MethodPost, "/uploads", session, payload, a.createUpload, alsoLocal},
		{http.MethodGet, "/uploads/{upload_id}", session, none, a.getUpload, alsoLocal},
		{http.MethodPost, "/uploads/{upload_id}", session, file, a.uploadData, alsoLocal},
		{http.MethodGet, "/users/{user_id}/uploads", session, none, a.getUploadsForUser, alsoLocal},
	}
}

func (a *API) uploadFile(c *call) error {
	if c.r.ContentLength > c.bodyLimit() {
		return fault.New(fault.TooLarge, "api.file.upload_file.too_large_detailed.app_error")
	}
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, c.bodyLimit())
	kind, _, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		return a.uploadForm(c)
	}
	in := talk.FileUpload{ChannelID: c.value("channel_id"), Name: c.value("filename"), Content: c.r.Body, Size: c.r.ContentLength}
	if in.Name == "" || in.Size == 0 {
		return errReadUpload()
	}
	f, err := a.Talk.UploadFile(c, c.actor, in)
	if err != nil {
		return tooLargeOr(err, err)
	}
	ids := []string{}
	if id := c.value("client_id"); id != "" {
		ids = append(ids, id)
	}
	return c.json(http.StatusCreated, uploaded{FileInfos: []*model.FileInfo{f}, ClientIDs: ids})
}

// uploaded is the answer to files that were sent.
type uploaded struct {
	FileInfos []*model.FileInfo `json:"file_infos"`
	ClientIDs []string          `json:"client_ids"`
}

func errReadUpload() *fault.Error {
	return fault.New(fault.Invalid, "api.file.upload_file.read_request.app_error")
}

// tooLargeOr says so when a body turned out to be larger than allowed while it was read, and
// something else otherwise.
func tooLargeOr(err, otherwise error) error {
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return fault.New(fault.TooLarge, "api.file.upload_file.too_large_detailed.app_error").Because(err)
	}
	return otherwise
}

// uploadForm takes the files of a form. None is kept when one of them cannot be taken
// before it is stored.
func (a *API) uploadForm(c *call) error {
	if id := c.value("channel_id"); id != "" { // before anything is read
		if err := a.Talk.MayUpload(c, c.actor, id); err != nil {
			return err
		}
	}
	if err := c.r.ParseMultipartForm(formMemory); err != nil {
		return tooLargeOr(err, errReadUpload().Because(err))
	}
	defer func() { _ = c.r.MultipartForm.RemoveAll() }() // the system removes what this could not
	form := c.r.MultipartForm
	channelID := c.value("channel_id")
	if v := form.Value["channel_id"]; len(v) > 0 {
		channelID = v[0]
	}
	files := form.File["files"]
	ids := form.Value["client_ids"]
	switch {
	case len(files) == 0:
		return errReadUpload()
	case len(ids) > 0 && len(ids) != len(files):
		return fault.New(fault.Invalid, "api.file.upload_file.incorrect_number_of_client_ids.app_error")
	}
	out := uploaded{FileInfos: []*model.FileInfo{}, ClientIDs: append([]string{}, ids...)}
	for _, h := range files {
		f, err := a.uploadPart(c, channelID, h)
		if err != nil {
			return err
		}
		out.FileInfos = append(out.FileInfos, f)
	}
	return c.json(http.StatusCreated, out)
}

func (a *API) uploadPart(c *call, channelID string, h *multipart.FileHeader) (*model.FileInfo, error) {
	content, err := h.Open()
	if err != nil {
		return nil, errReadUpload().Because(err)
	}
	defer func() { _ = content.Close() }() // it was only read
	return a.Talk.UploadFile(c, c.actor, talk.FileUpload{ChannelID: channelID, Name: h.Filename, Content: content, Size: h.Size})
}

func (a *API) getFile(c *call) error {
	id, err := c.id("file_id")
	if err != nil {
		return err
	}
	f, err := a.Talk.OpenFile(c, c.actor, id)
	return c.content(f, err)
}

func (a *API) getFileThumbnail(c *call) error {
	id, err := c.id("file_id")
	if err != nil {
		return err
	}
	f, err := a.Talk.OpenThumbnail(c, c.actor, id)
	return c.content(f, err)
}

func (a *API) getFilePreview(c *call) error {
	id, err := c.id("file_id")
	if err != nil {
		return err
	}
	f, err := a.Talk.OpenPreview(c, c.actor, id)
	return c.content(f, err)
}

func (a *API) getPublicFile(c *call) error {
	id, err := c.id("file_id")
	if err != nil {
		return err
	}
	f, err := a.Talk.OpenPublicFile(c, id, c.value("h"))
	return c.content(f, err)
}

// shownInline are the kinds of content that a browser may show: none of them can carry script.
var shownInline = []string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "audio/", "video/", "text/plain", "application/pdf"}

// content sends something of a file, or the parts of it that are asked for.
func (c *call) content(f *talk.FileContent, err error) error {
	if err != nil {
		return err
	}
	defer func() { _ = f.Content.Close() }() // it was only read
	disposition := "attachment"
	for _, kind := range shownInline {
		if strings.HasPrefix(f.Type, kind) && !c.flag("download") {
			disposition = "inline"
		}
	}
	h := c.w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", disposition+`; filename="`+plainName(f.Info.Name)+`"; filename*=UTF-8''`+url.PathEscape(f.Info.Name))
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "private, max-age=86400")
	h.Del("Expires")
	c.status = http.StatusOK
	http.ServeContent(c.w, c.r, "", unixMilli(f.Info.UpdateAt), f.Content)
	return nil
}

// plainName keeps of a name what can stand in a quoted header.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)
}

func (a *API) getFileInfo(c *call) error {
	id, err := c.id("file_id")
	if err != nil {
		return err
	}
	f, err := a.Talk.File(c, c.actor, id)
	if err != nil {
		return err
	}
	c.w.Header().Set("Cache-Control", "max-age=2592000, private")
	return c.json(http.StatusOK, f)
}

func (a *API) getFileInfosForPost(c *call) error {
	id, err := c.id("post_id")
	if err != nil {
		return err
	}
	list, err := a.Talk.FilesOfPost(c, c.actor, id, c.flag("include_deleted"))
	return array(c, list, err)
}

func (a *API) getFileLink(c *call) error {
	id, err := c.id("file_id")
	if err != nil {
		return err
	}
	link, err := a.Talk.FileLink(c, c.actor, id)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, map[string]string{"link": link})
}
