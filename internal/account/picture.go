package account

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strconv"

	"muster/internal/blob"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// Picture is an account's avatar as a PNG.
type Picture struct {
	PNG    []byte
	At     int64 // last_picture_update, the ETag of a stored picture
	Stored bool  // it may be cached for long
}

// pictureKey is where the picture that an account got at the time is kept. Each has a
// file of its own and the record of the account says which counts, so that changes
// that race never mix.
func pictureKey(userID string, at int64) string {
	return pictureFolder(userID) + strconv.FormatInt(at, 10) + ".png"
}

func pictureFolder(userID string) string { return "users/" + userID + "/" }

// generatedAt is the time of an account's next picture when that is a generated one:
// a negative number says so.
func generatedAt(u *model.User, now int64) int64 { return min(-now, u.LastPictureUpdate-1) }

// Picture gives the avatar of an account. One that was never set is generated and kept.
func (s *Service) Picture(ctx context.Context, a perm.Actor, userID string) (*Picture, error) {
	r, err := s.pictured(ctx, a, userID)
	if err != nil {
		return nil, err
	}
	if s.Config().FileSettings.DriverName == "" {
		png, err := generate(r.User)
		return &Picture{PNG: png, At: r.LastPictureUpdate, Stored: true}, err
	}
	u, png, err := s.findPicture(ctx, r.User)
	if err == nil {
		return &Picture{PNG: png, At: u.LastPictureUpdate, Stored: true}, nil
	}
	if !errors.Is(err, blob.ErrNotFound) {
		s.Log.ErrorContext(ctx, "picture not readable", "user_id", userID, "error", err)
	}
	if png, err = generate(u); err != nil {
		return nil, err
	}
	if u.LastPictureUpdate <= 0 {
		s.keepGenerated(ctx, u, png)
	}
	return &Picture{PNG: png, At: u.LastPictureUpdate}, nil
}

// findPicture reads the picture of an account. One that is not there may just have
// been replaced: then the record tells which one counts now.
func (s *Service) findPicture(ctx context.Context, u *model.User) (*model.User, []byte, error) {
	png, err := s.readPicture(ctx, u)
	if !errors.Is(err, blob.ErrNotFound) {
		return u, png, err
	}
	fresh, readErr := s.DB.User(ctx, u.ID)
	if readErr != nil || fresh.LastPictureUpdate == u.LastPictureUpdate {
		return u, nil, err
	}
	png, err = s.readPicture(ctx, fresh)
	return fresh, png, err
}

// PictureETag names the state of an avatar without reading it.
func (s *Service) PictureETag(ctx context.Context, a perm.Actor, userID string) (int64, error) {
	r, err := s.pictured(ctx, a, userID)
	if err != nil {
		return 0, err
	}
	return r.LastPictureUpdate, nil
}

// DefaultPicture generates the avatar an account has without setting one.
func (s *Service) DefaultPicture(ctx context.Context, a perm.Actor, userID string) ([]byte, error) {
	r, err := s.pictured(ctx, a, userID)
	if err != nil {
		return nil, err
	}
	return generate(r.User)
}

func (s *Service) pictured(ctx context.Context, a perm.Actor, userID string) (*Record, error) {
	if err := s.See(ctx, a, userID); err != nil {
		return nil, err
	}
	r, err := s.record(ctx, userID)
	return r, store.Fault(err, "app.user.get.app_error", fault.NoUser())
}

func (s *Service) readPicture(ctx context.Context, u *model.User) ([]byte, error) {
	f, info, err := s.Files.Open(ctx, pictureKey(u.ID, u.LastPictureUpdate))
	if err != nil {
		return nil, err
	}
	png := make([]byte, info.Size)
	_, err = io.ReadFull(f, png)
	return png, errors.Join(err, f.Close())
}

func (s *Service) writePicture(ctx context.Context, userID string, at int64, png []byte) error {
	put := func() error { return s.Files.Put(ctx, pictureKey(userID, at), bytes.NewReader(png), int64(len(png))) }
	err := put()
	for try := 0; errors.Is(err, fs.ErrNotExist) && try < 3; try++ { // the folder was removed at the same moment
		err = put()
	}
	return err
}

// dropPicture removes the file of a picture that counts no more. One that stays
// does no harm and goes with the account.
func (s *Service) dropPicture(ctx context.Context, userID string, at int64) {
	if err := s.Files.Delete(context.WithoutCancel(ctx), pictureKey(userID, at)); err != nil {
		s.Log.WarnContext(ctx, "old picture not removed", "user_id", userID, "error", err)
	}
}

func generate(u *model.User) ([]byte, error) {
	var png []byte
	var err error
	if u.IsBot {
		png, err = blob.BotAvatar()
	} else {
		png, err = blob.InitialAvatar(u.ID, u.Username)
	}
	if err != nil {
		return nil, fault.New(fault.Internal, "api.user.create_profile_image.default_font.app_error").Because(err)
	}
	return png, nil
}

// keepGenerated stores a generated picture; failing to costs only time later. The
// account is looked at afterwards: what changed meanwhile knows nothing of this file.
func (s *Service) keepGenerated(ctx context.Context, u *model.User, png []byte) {
	ctx = context.WithoutCancel(ctx) // who asked may be gone; others will ask again
	if err := s.writePicture(ctx, u.ID, u.LastPictureUpdate, png); err != nil {
		s.Log.ErrorContext(ctx, "generated picture not stored", "user_id", u.ID, "error", err)
		return
	}
	switch now, err := s.DB.User(ctx, u.ID); {
	case errors.Is(err, store.ErrNotFound):
		s.dropPictures(ctx, u.ID)
	case err == nil && now.LastPictureUpdate != u.LastPictureUpdate:
		s.dropPicture(ctx, u.ID, u.LastPictureUpdate)
	}
}

// dropPictures removes what was stored for an account that turned out to be gone.
func (s *Service) dropPictures(ctx context.Context, userID string) {
	if err := s.removePictures(context.WithoutCancel(ctx), userID); err != nil {
		s.Log.ErrorContext(ctx, "pictures of a removed account not removed", "user_id", userID, "error", err)
	}
}

// removePictures empties the folder of an account. That takes another try when a
// picture is stored at the same moment.
func (s *Service) removePictures(ctx context.Context, userID string) (err error) {
	for range 3 {
		if err = s.Files.DeletePrefix(ctx, pictureFolder(userID)); err == nil {
			return nil
		}
	}
	return err
}

// redraw replaces the generated picture of an account that has another name, whose
// first letter the picture shows.
func (s *Service) redraw(ctx context.Context, was, u *model.User) {
	if s.Config().FileSettings.DriverName == "" {
		return
	}
	png, err := generate(u)
	if err != nil {
		s.Log.ErrorContext(ctx, "picture not generated", "user_id", u.ID, "error", err)
		return
	}
	s.keepGenerated(ctx, u, png)
	s.dropPicture(ctx, u.ID, was.LastPictureUpdate)
}

// MaySetPicture refuses what can be refused before the picture is read.
func (s *Service) MaySetPicture(ctx context.Context, a perm.Actor, userID string) error {
	_, target, err := s.target(ctx, s.DB.Q, userID)
	if err != nil {
		return err
	}
	if err := a.NeedUserOrBot(target); err != nil {
		return err
	}
	if s.Config().FileSettings.DriverName == "" {
		return fault.New(fault.Unavailable, "api.user.upload_profile_user.storage.app_error")
	}
	return nil
}

// Upload is a picture as it came.
type Upload struct {
	File io.ReaderAt
	Size int64 // bytes
}

// SetPicture makes an uploaded picture the avatar of an account. The same picture
// again changes nothing.
func (s *Service) SetPicture(ctx context.Context, a perm.Actor, userID string, up Upload) error {
	if err := s.MaySetPicture(ctx, a, userID); err != nil {
		return err
	}
	u, err := s.DB.User(ctx, userID)
	if err != nil {
		return store.Fault(err, "app.user.get.app_error", fault.URL("user_id"))
	}
	if s.pictureManaged(u) {
		return fault.New(fault.Conflict, "api.user.upload_profile_user.login_provider_attribute_set.app_error")
	}
	png, err := s.decodePicture(ctx, up)
	if err != nil {
		return err
	}
	return s.replacePicture(ctx, a, userID, func(u *model.User, now int64) ([]byte, int64, error) {
		if old, err := s.readPicture(ctx, u); err == nil && bytes.Equal(old, png) {
			return nil, 0, nil
		}
		return png, max(now, u.LastPictureUpdate+1), nil
	})
}

// pictureManaged tells whether the picture of the account comes from a directory.
func (s *Service) pictureManaged(u *model.User) bool {
	cfg := s.Config()
	return cfg.LdapSettings.PictureAttribute != "" && (u.AuthService == model.AuthLDAP ||
		u.AuthService == model.AuthSAML && cfg.SamlSettings.EnableSyncWithLdap)
}

func (s *Service) decodePicture(ctx context.Context, up Upload) ([]byte, error) {
	cfg := s.Config().FileSettings
	png, err := s.Pictures.DecodeAvatar(ctx, up.File, up.Size, blob.Limits{Bytes: cfg.MaxFileSize, Pixels: cfg.MaxImageResolution})
	switch {
	case errors.Is(err, blob.ErrLimits):
		return nil, fault.New(fault.Invalid, "api.user.upload_profile_user.check_image_limits.app_error").Because(err)
	case errors.Is(err, blob.ErrDecode):
		return nil, fault.New(fault.Invalid, "api.user.upload_profile_user.decode.app_error").Because(err)
	}
	return png, store.Fault(err, "api.user.upload_profile_user.encode.app_error")
}

// ResetPicture gives an account its generated avatar back; a negative time says so.
func (s *Service) ResetPicture(ctx context.Context, a perm.Actor, userID string) error {
	if err := s.MaySetPicture(ctx, a, userID); err != nil {
		return err
	}
	return s.replacePicture(ctx, a, userID, func(u *model.User, now int64) ([]byte, int64, error) {
		png, err := generate(u)
		return png, generatedAt(u, now), err
	})
}

// errPictureMoved says that the picture of an account was changed by somebody else.
var errPictureMoved = errors.New("the picture was changed meanwhile")

// replacePicture gives an account the picture that next makes for it, none to leave
// it as it is. It begins again when another change comes first.
func (s *Service) replacePicture(ctx context.Context, a perm.Actor, userID string,
	next func(u *model.User, now int64) (png []byte, at int64, err error),
) error {
	var stale []int64
	for {
		u, err := s.DB.User(ctx, userID)
		if err != nil {
			return store.Fault(err, "app.user.get.app_error", fault.NoUser())
		}
		png, at, err := next(u, s.now())
		if err != nil {
			return err
		}
		if png == nil {
			at = u.LastPictureUpdate
		} else {
			err = s.storePicture(ctx, a, u, png, at)
		}
		if errors.Is(err, errPictureMoved) {
			stale = append(stale, at)
			continue
		}
		if err == nil { // now that times have moved on, nobody else means these files
			for _, t := range append(stale, u.LastPictureUpdate) {
				if t != at {
					s.dropPicture(ctx, userID, t)
				}
			}
		}
		return store.Fault(err, "app.user.update.finding.app_error")
	}
}

// storePicture keeps the file first: a picture without a record of it is harmless,
// a record of a picture that is not there is not.
func (s *Service) storePicture(ctx context.Context, a perm.Actor, was *model.User, png []byte, at int64) error {
	if err := s.writePicture(ctx, was.ID, at, png); err != nil {
		return fault.New(fault.Internal, "api.user.upload_profile_user.upload_profile.app_error").Because(err)
	}
	gone := false
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		u, target, err := s.lockTarget(ctx, tx, was.ID)
		if err != nil {
			return err
		}
		if gone = u == nil; gone {
			return fault.NoUser()
		}
		if err := a.NeedUserOrBot(target); err != nil {
			return err
		}
		if u.LastPictureUpdate != was.LastPictureUpdate || at <= 0 && u.Username != was.Username { // whose first letter it shows
			return errPictureMoved
		}
		u.LastPictureUpdate, u.UpdateAt = at, max(s.now(), u.UpdateAt+1)
		if err := tx.SetPicture(ctx, u.ID, u.LastPictureUpdate, u.UpdateAt); err != nil {
			return err
		}
		tx.Emit(event.PictureChanged(u, s.privacy()))
		return tx.InsertAudit(ctx, s.audit(a, u.UpdateAt, ""))
	})
	if gone {
		s.dropPictures(ctx, was.ID)
	}
	return err
}
