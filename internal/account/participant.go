package account

import (
	"context"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
)

// Participants gives accounts as everybody gets them who may read what they wrote, in the order
// of the ids. Who asks must have decided that the actor may read it.
func (s *Service) Participants(ctx context.Context, a perm.Actor, ids []string) (Answers, error) {
	if a.UserID == "" && !a.Local {
		return Answers{}, fault.NoSession()
	}
	records, err := s.records(ctx, ids)
	if err != nil {
		return Answers{}, fault.New(fault.Internal, "app.user.get_profiles.app_error").Because(err)
	}
	return Answers{Records: records, View: model.ViewOther, Privacy: s.privacy()}, nil
}
