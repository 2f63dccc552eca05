package workspace

import (
	"context"

	"muster/internal/model"
)

// AuditedTeam gives a team as audit records show it, nil when there is none: without its invite
// id, which lets people in, and its address, which is that of who made it. It serves the records alone, which are for whoever runs the machine;
// so nobody's rights are asked.
func (s *Service) AuditedTeam(ctx context.Context, id string) *model.TeamView {
	t, err := s.DB.Team(ctx, id)
	if err != nil {
		return nil
	}
	view := t.View(model.TeamRights{})
	return &view
}

// AuditedChannel is AuditedTeam for channels: without what people wrote about it, and without
// what changes by their writing in it.
func (s *Service) AuditedChannel(ctx context.Context, id string) *model.Channel {
	c, err := s.DB.Channel(ctx, id)
	if err != nil {
		return nil
	}
	c.Header, c.Purpose, c.Props, c.BannerInfo = "", "", nil, nil
	c.LastPostAt, c.LastRootPostAt, c.TotalMsgCount, c.TotalMsgCountRoot = 0, 0, 0, 0
	return c
}
