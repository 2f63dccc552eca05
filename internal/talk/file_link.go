package talk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// publicKey is the name under which the key of public links is kept, when no setting gives one.
const publicKey = "PublicLinkKey"

// FileLink gives the address under which anybody can get a posted file.
func (s *Service) FileLink(ctx context.Context, a perm.Actor, fileID string) (string, error) {
	cfg := s.Config()
	if !cfg.FileSettings.EnablePublicLink {
		return "", fault.New(fault.Forbidden, "api.file.get_public_link.disabled.app_error")
	}
	f, err := s.File(ctx, a, fileID)
	if err != nil {
		return "", err
	}
	c, err := account.InChannel(ctx, s.DB.Q, a, f.ChannelID)
	if err != nil {
		return "", err
	}
	if err := a.NeedInChannel(perm.GetPublicLink, c.Roles, c.TeamRoles); err != nil {
		return "", err
	}
	if f.PostID == "" {
		return "", fault.New(fault.Invalid, "api.file.get_public_link.no_post.app_error")
	}
	mark, err := s.linkMark(ctx, f.ID)
	return strings.TrimRight(cfg.ServiceSettings.SiteURL, "/") + "/files/" + f.ID + "/public?h=" + mark, err
}

// OpenPublicFile gives the content of a file to whoever has its public link.
func (s *Service) OpenPublicFile(ctx context.Context, fileID, mark string) (*FileContent, error) {
	if !s.Config().FileSettings.EnablePublicLink {
		return nil, fault.New(fault.Unavailable, "api.file.get_public_link.disabled.app_error")
	}
	wanted, err := s.linkMark(ctx, fileID)
	if err != nil {
		return nil, err
	}
	if !hmac.Equal([]byte(wanted), []byte(mark)) {
		return nil, fault.New(fault.Invalid, "api.file.get_file.public_invalid.app_error")
	}
	f, err := s.DB.File(ctx, fileID)
	if err != nil {
		return nil, store.Fault(err, "app.file_info.get.app_error", fault.New(fault.NotFound, "app.file_info.get.app_error"))
	}
	return s.openFile(ctx, f)
}

// linkMark proves that this server made a link to a file.
func (s *Service) linkMark(ctx context.Context, fileID string) (string, error) {
	key := s.Config().FileSettings.PublicLinkSalt.Reveal()
	if key == "" {
		err := s.DB.Tx(ctx, func(tx *store.Tx) (err error) {
			key, err = tx.KeepSystemValue(ctx, publicKey, model.NewToken().Reveal())
			return err
		})
		if err != nil {
			return "", store.Fault(err, "app.system.save.app_error")
		}
	}
	m := hmac.New(sha256.New, []byte(key))
	_, _ = m.Write([]byte(fileID)) // never fails
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)), nil
}
