package workspace

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"

	"muster/internal/account"
	"muster/internal/blob"
	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/perm"
	"muster/internal/store"
)

// iconKey is where the picture that a team got at the time is kept. Each has a file of
// its own and the record of the team says which counts.
func iconKey(teamID string, at int64) string {
	return iconFolder(teamID) + strconv.FormatInt(at, 10) + ".png"
}

func iconFolder(teamID string) string { return "teams/" + teamID + "/" }

// errNoIcon says that a team has no picture.
func errNoIcon() *fault.Error {
	return fault.New(fault.NotFound, "api.team.get_team_icon.read_file.app_error")
}

// TeamIcon gives the picture of a team as a PNG and when it was set. With the time of
// the one a client has, it gives no bytes for the same.
func (s *Service) TeamIcon(ctx context.Context, a perm.Actor, teamID string, have int64) (png []byte, at int64, err error) {
	t, err := s.teamOr404(ctx, s.DB.Q, a, teamID)
	if err != nil {
		return nil, 0, err
	}
	if !t.Team.Open() {
		if err := a.NeedIn(perm.ViewTeam, t.Roles); err != nil {
			return nil, 0, err
		}
	}
	at = t.Team.LastTeamIconUpdate
	switch at {
	case 0:
		return nil, 0, errNoIcon()
	case have:
		return nil, at, nil
	}
	f, info, err := s.Accounts.Files.Open(ctx, iconKey(teamID, at))
	if err != nil {
		if !errors.Is(err, blob.ErrNotFound) {
			s.Log.ErrorContext(ctx, "picture of a team not readable", "team_id", teamID, "error", err)
		}
		return nil, 0, errNoIcon().Because(err)
	}
	png = make([]byte, info.Size)
	_, err = io.ReadFull(f, png)
	return png, at, store.Fault(errors.Join(err, f.Close()), "api.team.get_team_icon.read_file.app_error")
}

// MaySetTeamIcon refuses what can be refused before the picture is read.
func (s *Service) MaySetTeamIcon(ctx context.Context, a perm.Actor, teamID string) error {
	_, err := s.needTeam(ctx, s.DB.Q, a, teamID, perm.ManageTeam)
	if err == nil && s.Config().FileSettings.DriverName == "" {
		return fault.New(fault.Unavailable, "api.team.set_team_icon.storage.app_error")
	}
	return err
}

// SetTeamIcon makes an uploaded picture that of a team. The file comes first: one that
// no record names is harmless.
func (s *Service) SetTeamIcon(ctx context.Context, a perm.Actor, teamID string, up account.Upload) error {
	if err := s.MaySetTeamIcon(ctx, a, teamID); err != nil {
		return err
	}
	cfg := s.Config().FileSettings
	png, err := s.Accounts.Pictures.DecodeAvatar(ctx, up.File, up.Size,
		blob.Limits{Bytes: cfg.MaxFileSize, Pixels: cfg.MaxImageResolution})
	switch {
	case errors.Is(err, blob.ErrLimits):
		return fault.New(fault.Invalid, "api.team.set_team_icon.check_image_limits.app_error").Because(err)
	case errors.Is(err, blob.ErrDecode):
		return fault.New(fault.Invalid, "api.team.set_team_icon.decode.app_error").Because(err)
	case err != nil:
		return store.Fault(err, "api.team.set_team_icon.encode.app_error")
	}
	at := s.now()
	if err := s.Accounts.Files.Put(ctx, iconKey(teamID, at), bytes.NewReader(png), int64(len(png))); err != nil {
		return fault.New(fault.Internal, "api.team.set_team_icon.write_file.app_error").Because(err)
	}
	return s.moveIcon(ctx, a, teamID, at)
}

// RemoveTeamIcon takes the picture of a team away.
func (s *Service) RemoveTeamIcon(ctx context.Context, a perm.Actor, teamID string) error {
	return s.moveIcon(ctx, a, teamID, 0)
}

// moveIcon makes the picture of a time that of a team, and removes the one before.
func (s *Service) moveIcon(ctx context.Context, a perm.Actor, teamID string, at int64) error {
	var was int64
	_, err := s.changeTeam(ctx, a, teamID, event.TeamUpdated, func(t *store.TeamAccess) error {
		was, t.Team.LastTeamIconUpdate = t.Team.LastTeamIconUpdate, at
		return nil
	})
	drop := was
	if err != nil {
		drop = at
	}
	if drop != 0 && (err != nil || drop != at) {
		if gone := s.Accounts.Files.Delete(context.WithoutCancel(ctx), iconKey(teamID, drop)); gone != nil {
			s.Log.WarnContext(ctx, "old picture of a team not removed", "team_id", teamID, "error", gone)
		}
	}
	return err
}
