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

const (
	// firstPart is how many bytes the first part of an upload has at least, unless it is all.
	firstPart = 5 << 20
	// uploadLease is how long one writer may take for a part.
	uploadLease = 30 * time.Minute
	// uploadsPerOwner bounds how many uploads of an account may wait for their rest.
	uploadsPerOwner = 500
)

// CreateUpload begins the sending of a file in parts.
func (s *Service) CreateUpload(ctx context.Context, a perm.Actor, in *model.UploadSession) (*model.UploadSession, error) {
	cfg := s.Config().FileSettings
	if !cfg.EnableFileAttachments {
		return nil, fault.New(fault.Unavailable, "api.file.attachments.disabled.app_error")
	}
	now := s.now()
	u := &model.UploadSession{
		ID: model.NewTimeID(now), Type: model.UploadAttachment, CreateAt: now, UserID: a.UserID,
		ChannelID: in.ChannelID, Filename: model.FileName(in.Filename), FileSize: in.FileSize,
	}
	if a.Local {
		u.UserID = in.UserID
	}
	if in.Type == model.UploadImport {
		if err := a.Need(perm.ManageSystem); err != nil {
			return nil, err
		}
		u.Type, u.ChannelID = model.UploadImport, ""
	}
	err := s.checkUpload(ctx, a, u)
	if err == nil {
		err = s.DB.Tx(ctx, func(tx *store.Tx) error {
			if n, err := tx.CountUploads(ctx, u.UserID); err != nil || n >= uploadsPerOwner {
				return errors.Join(err, fault.New(fault.Invalid, "api.muster.uploads.too_many.app_error"))
			}
			return tx.InsertUpload(ctx, u)
		})
	}
	if err != nil {
		return nil, store.Fault(err, "app.upload.create.save.app_error")
	}
	return u, nil
}

func (s *Service) checkUpload(ctx context.Context, a perm.Actor, u *model.UploadSession) error {
	var c *store.ChannelAccess
	apart := false
	if u.Type == model.UploadAttachment {
		var err error
		if c, err = account.InChannel(ctx, s.DB.Q, a, u.ChannelID, perm.UploadFile); err != nil {
			return err
		}
		if apart, err = s.Workspace.KeptApart(ctx, s.DB.Q, c.Channel); err != nil {
			return err
		}
	}
	switch {
	case u.FileSize > s.Config().FileSettings.MaxFileSize && u.Type == model.UploadAttachment:
		return fault.New(fault.TooLarge, "api.upload.create.upload_too_large.app_error")
	case u.FileSize < 1:
		return fault.New(fault.Invalid, "model.upload_session.is_valid.file_size.app_error")
	case !model.ValidID(u.UserID):
		return fault.New(fault.Invalid, "model.upload_session.is_valid.user_id.app_error")
	case c != nil && c.Channel.DeleteAt != 0:
		return fault.New(fault.Invalid, "app.upload.create.cannot_upload_to_deleted_channel.app_error")
	case apart:
		return fault.New(fault.Invalid, "app.upload.create.cannot_upload_to_restricted_dm.error")
	}
	return nil
}

// Upload gives an upload that is not complete to its owner, or to an administrator.
func (s *Service) Upload(ctx context.Context, a perm.Actor, uploadID string) (*model.UploadSession, error) {
	u, err := s.upload(ctx, uploadID)
	if err == nil && u.UserID != a.UserID && !a.IsAdmin() {
		return nil, fault.New(fault.Forbidden, "api.upload.get_upload.forbidden.app_error")
	}
	return u, err
}

func (s *Service) upload(ctx context.Context, uploadID string) (*model.UploadSession, error) {
	u, err := s.DB.Upload(ctx, uploadID)
	return u, store.Fault(err, "app.upload.get.app_error", fault.New(fault.NotFound, "app.upload.get.app_error"))
}

// UploadsOf lists the actor's own uploads that are not complete, the oldest first.
func (s *Service) UploadsOf(ctx context.Context, a perm.Actor, userID string) ([]*model.UploadSession, error) {
	if userID != a.UserID && !a.Local {
		return nil, fault.New(fault.Forbidden, "api.user.get_uploads_for_user.forbidden.app_error")
	}
	list, err := s.DB.UploadsOf(ctx, userID, uploadsPerOwner)
	return list, store.Fault(err, "app.upload.get_for_user.app_error")
}

// MayContinue refuses an actor who may not send the next part of an upload, before
// anything of it is read.
func (s *Service) MayContinue(ctx context.Context, a perm.Actor, uploadID string) (*model.UploadSession, error) {
	if !s.Config().FileSettings.EnableFileAttachments {
		return nil, fault.New(fault.Unavailable, "api.file.attachments.disabled.app_error")
	}
	u, err := s.upload(ctx, uploadID)
	if err != nil {
		return nil, err
	}
	if u.Type == model.UploadImport {
		return u, a.Need(perm.ManageSystem)
	}
	if u.UserID != a.UserID {
		return nil, fault.Permission(a.UserID, string(perm.UploadFile))
	}
	_, err = account.InChannel(ctx, s.DB.Q, a, u.ChannelID, perm.UploadFile)
	return u, err
}

// ContinueUpload stores the next bytes of an upload; what is beyond its size is not read.
// The file is given when that was the last of it, else nil.
func (s *Service) ContinueUpload(ctx context.Context, a perm.Actor, uploadID string, content io.Reader) (*model.FileInfo, error) {
	u, err := s.MayContinue(ctx, a, uploadID)
	if err != nil {
		return nil, err
	}
	if err := s.leaseUpload(ctx, u); err != nil {
		return nil, err
	}
	n, err := s.storePart(ctx, u, content)
	if err != nil {
		return nil, errors.Join(err, s.advance(ctx, u, u.FileOffset))
	}
	if u.FileOffset += n; u.FileOffset < u.FileSize {
		return nil, s.advance(ctx, u, u.FileOffset)
	}
	f, err := s.completeUpload(ctx, u)
	if err != nil {
		return nil, errors.Join(err, s.advance(ctx, u, u.FileOffset-n))
	}
	return f, nil
}

func (s *Service) leaseUpload(ctx context.Context, u *model.UploadSession) error {
	now := s.now()
	err := s.DB.Tx(ctx, func(tx *store.Tx) error { return tx.LeaseUpload(ctx, u, now, now+uploadLease.Milliseconds()) })
	return store.Fault(err, "app.upload.upload_data.update.app_error", fault.New(fault.Invalid, "app.upload.upload_data.concurrent.app_error"))
}

// advance says how far the upload has come, also when the request has ended.
func (s *Service) advance(ctx context.Context, u *model.UploadSession, offset int64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := s.DB.Tx(ctx, func(tx *store.Tx) error { return tx.AdvanceUpload(ctx, u.ID, offset) })
	return store.Fault(err, "app.upload.upload_data.update.app_error")
}

// storePart stores what comes of the content. A connection that breaks ends a part: what
// arrived is kept, and the sender goes on from there.
func (s *Service) storePart(ctx context.Context, u *model.UploadSession, content io.Reader) (int64, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), uploadLease)
	defer cancel()
	part := &countingReader{r: untilBroken{io.LimitReader(content, u.FileSize-u.FileOffset)}}
	key := blob.PartKey(u.Folder(), u.FileOffset)
	if err := s.Files.Put(ctx, key, part, blob.UnknownSize); err != nil {
		return 0, fault.New(fault.Internal, "app.upload.upload_data.update.app_error").Because(err)
	}
	small := u.FileOffset == 0 && part.n < firstPart && part.n < u.FileSize
	if part.n == 0 || small {
		if err := s.Files.Delete(ctx, key); err != nil {
			return 0, fault.New(fault.Internal, "app.upload.upload_data.update.app_error").Because(err)
		}
	}
	if small {
		return 0, fault.New(fault.Invalid, "app.upload.upload_data.first_part_too_small.app_error")
	}
	return part.n, nil
}

// untilBroken ends where its reader fails.
type untilBroken struct{ r io.Reader }

func (u untilBroken) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if err != nil {
		err = io.EOF
	}
	return n, err
}

// completeUpload makes a file of the parts of an upload, which is then over.
func (s *Service) completeUpload(ctx context.Context, u *model.UploadSession) (*model.FileInfo, error) {
	now := s.now()
	f := &model.FileInfo{
		ID: model.NewTimeID(now), UserID: u.UserID, ChannelID: u.ChannelID, CreateAt: now, UpdateAt: now,
		Name: u.Filename, Size: u.FileSize,
	}
	if err := blob.Join(ctx, s.Files, f.Key(), u.Folder(), u.FileSize); err != nil {
		s.dropFile(ctx, f)
		return nil, fault.New(fault.Internal, "app.upload.upload_data.move_file.app_error").Because(err)
	}
	err := s.keepFile(ctx, f, "app.upload.upload_data.large_image.app_error", func(tx *store.Tx) error {
		if err := tx.DeleteUpload(ctx, u.ID); err != nil {
			return err
		}
		if u.Type == model.UploadImport {
			return nil
		}
		return tx.InsertFile(ctx, f)
	})
	if err != nil {
		return nil, err
	}
	s.dropParts(ctx, u)
	return f, nil
}

// dropParts removes the parts of an upload that is over.
func (s *Service) dropParts(ctx context.Context, u *model.UploadSession) {
	if err := s.Files.DeletePrefix(ctx, u.Folder()); err != nil {
		s.Log.WarnContext(ctx, "parts of an upload not removed", "upload_id", u.ID, "error", err)
	}
}

// lostAfter is when files that nobody posted, and uploads that nobody completed, are given up.
const lostAfter = 7 * 24 * time.Hour

// CleanFiles removes files that were never posted and uploads that were never completed.
func (s *Service) CleanFiles(ctx context.Context) error {
	const batch = 100
	before := s.now() - lostAfter.Milliseconds()
	uploads, err := s.DB.LostUploads(ctx, before, batch)
	if err != nil {
		return err
	}
	for _, u := range uploads {
		s.dropParts(ctx, u)
		if err := s.DB.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteUpload(ctx, u.ID) }); err != nil {
			return err
		}
	}
	files, err := s.DB.LostFiles(ctx, before, batch)
	if err != nil {
		return err
	}
	for _, f := range files {
		err := s.DB.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteLostFile(ctx, f.ID) })
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		s.dropFile(ctx, f)
	}
	return nil
}
