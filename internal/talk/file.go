package talk

import (
	"context"
	"errors"
	"io"
	"time"

	"muster/internal/account"
	"muster/internal/blob"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// FileUpload is a file on its way to a channel.
type FileUpload struct {
	ChannelID string
	Name      string
	Content   io.Reader
	Size      int64 // bytes; blob.UnknownSize when the sender did not say
}

// MayUpload refuses an actor who may not send files to a channel, before anything of the
// files is read.
func (s *Service) MayUpload(ctx context.Context, a perm.Actor, channelID string) error {
	cfg := s.Config().FileSettings
	switch {
	case !cfg.EnableFileAttachments:
		return fault.New(fault.Forbidden, "api.file.attachments.disabled.app_error")
	case cfg.DriverName == "":
		return fault.New(fault.Unavailable, "api.file.upload_file.storage.app_error")
	}
	c, err := account.InChannel(ctx, s.DB.Q, a, channelID, perm.UploadFile)
	if err != nil {
		return err
	}
	if c.Channel.DeleteAt != 0 {
		return fault.New(fault.Invalid, "api.file.upload_file.incorrect_channelId.app_error")
	}
	return nil
}

// UploadFile stores a file for a channel; it belongs to nobody's post yet.
func (s *Service) UploadFile(ctx context.Context, a perm.Actor, in FileUpload) (*model.FileInfo, error) {
	if err := s.MayUpload(ctx, a, in.ChannelID); err != nil {
		return nil, err
	}
	most := s.Config().FileSettings.MaxFileSize
	if in.Size > most {
		return nil, errFileTooLarge()
	}
	now := s.now()
	f := &model.FileInfo{
		ID: model.NewTimeID(now), UserID: a.UserID, ChannelID: in.ChannelID, CreateAt: now, UpdateAt: now,
		Name: model.FileName(in.Name),
	}
	counted := &countingReader{r: io.LimitReader(in.Content, most+1)}
	if err := s.Files.Put(ctx, f.Key(), counted, blob.UnknownSize); err != nil {
		return nil, fault.New(fault.Internal, "api.file.upload_file.storage.app_error").Because(err)
	}
	if f.Size = counted.n; f.Size > most {
		s.dropFile(ctx, f)
		return nil, errFileTooLarge()
	}
	return f, s.keepFile(ctx, f, "api.file.upload_file.large_image.app_error", func(tx *store.Tx) error { return tx.InsertFile(ctx, f) })
}

func errFileTooLarge() *fault.Error {
	return fault.New(fault.TooLarge, "api.file.upload_file.too_large_detailed.app_error")
}

// keepFile finds out what a stored file is and makes it known with save. When that fails
// nothing of the file stays; large is the id for a picture that is too large.
func (s *Service) keepFile(ctx context.Context, f *model.FileInfo, large string, save func(tx *store.Tx) error) error {
	err := s.describe(ctx, f, large)
	if err == nil {
		err = s.DB.Tx(ctx, save)
	}
	if err != nil {
		s.dropFile(ctx, f)
	}
	return store.Fault(err, "app.file_info.save.app_error")
}

// dropFile removes what is stored of a file that is not to be. What cannot be removed
// is found by nobody.
func (s *Service) dropFile(ctx context.Context, f *model.FileInfo) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.Files.DeletePrefix(ctx, f.Folder()); err != nil {
		s.Log.WarnContext(ctx, "file not removed", "file_id", f.ID, "error", err)
	}
}

// countingReader counts what is read.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// File describes a file to its sender and to those who may read its channel.
func (s *Service) File(ctx context.Context, a perm.Actor, fileID string) (*model.FileInfo, error) {
	f, err := s.DB.File(ctx, fileID)
	if err != nil {
		return nil, store.Fault(err, "app.file_info.get.app_error", fault.New(fault.NotFound, "app.file_info.get.app_error"))
	}
	if a.UserID != "" && f.UserID == a.UserID {
		return f, nil
	}
	c, err := account.InChannel(ctx, s.DB.Q, a, f.ChannelID)
	if err != nil {
		return nil, err
	}
	return f, s.Workspace.NeedContent(a, c)
}

// FilesOfPost lists the files of a post that the actor may read; administrators can have removed
// ones, and those of a deleted post, too.
func (s *Service) FilesOfPost(ctx context.Context, a perm.Actor, postID string, removedToo bool) ([]*model.FileInfo, error) {
	if removedToo {
		if err := a.Need(perm.ManageSystem); err != nil {
			return nil, err
		}
	}
	if _, err := s.readable(ctx, s.DB.Q, a, postID, removedToo); err != nil {
		return nil, err
	}
	list, err := s.DB.FilesOfPosts(ctx, []string{postID}, removedToo)
	return list, store.Fault(err, "app.file_info.get_for_post.app_error")
}

// FileContent is a file together with something of its content that can be read.
type FileContent struct {
	Info    *model.FileInfo
	Content io.ReadSeekCloser // to be closed
	Type    string            // media type of the content
}

// OpenFile gives the content of a file.
func (s *Service) OpenFile(ctx context.Context, a perm.Actor, fileID string) (*FileContent, error) {
	f, err := s.File(ctx, a, fileID)
	if err != nil {
		return nil, err
	}
	return s.openFile(ctx, f)
}

func (s *Service) openFile(ctx context.Context, f *model.FileInfo) (*FileContent, error) {
	content, _, err := s.Files.Open(ctx, f.Key())
	if err != nil {
		return nil, errContent(err)
	}
	return &FileContent{Info: f, Content: content, Type: f.MimeType}, nil
}

// OpenThumbnail gives a small picture of a file.
func (s *Service) OpenThumbnail(ctx context.Context, a perm.Actor, fileID string) (*FileContent, error) {
	return s.openPicture(ctx, a, fileID, thumbnailPart, "api.file.get_file_thumbnail.no_thumbnail.app_error")
}

// OpenPreview gives a picture of a file that fits on a screen.
func (s *Service) OpenPreview(ctx context.Context, a perm.Actor, fileID string) (*FileContent, error) {
	return s.openPicture(ctx, a, fileID, previewPart, "api.file.get_file_preview.no_preview.app_error")
}

func (s *Service) openPicture(ctx context.Context, a perm.Actor, fileID, part, none string) (*FileContent, error) {
	f, err := s.File(ctx, a, fileID)
	if err != nil {
		return nil, err
	}
	if !f.HasPreviewImage {
		return nil, fault.New(fault.Invalid, none)
	}
	content, _, err := s.Files.Open(ctx, f.Folder()+part)
	if err != nil {
		return nil, errContent(err)
	}
	return &FileContent{Info: f, Content: content, Type: "image/jpeg"}, nil
}

func errContent(err error) error {
	kind := fault.Internal
	if errors.Is(err, blob.ErrNotFound) {
		kind = fault.NotFound
	}
	return fault.New(kind, "api.file.read_file.reading_local.app_error").Because(err)
}
