package account

import (
	"context"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
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

// ParticipantsWithin is Participants for events that a transaction prepares: what is not in
// memory is read in it, and not kept.
func (s *Service) ParticipantsWithin(ctx context.Context, q store.Q, ids []string) (Answers, error) {
	known := make(map[string]*Record, len(ids))
	var missing []string
	for _, id := range ids {
		if r, ok := s.users.get(id); ok {
			known[id] = r
		} else {
			missing = append(missing, id)
		}
	}
	if len(missing) > 0 {
		users, err := q.Users(ctx, missing)
		if err != nil {
			return Answers{}, fault.New(fault.Internal, "app.user.get_profiles.app_error").Because(err)
		}
		for _, u := range users {
			known[u.ID] = &Record{User: u}
		}
	}
	out := Answers{View: model.ViewOther, Privacy: s.privacy()}
	for _, id := range ids {
		if r := known[id]; r != nil {
			out.Records = append(out.Records, r)
		}
	}
	return out, nil
}
