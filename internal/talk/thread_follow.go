package talk

import (
	"context"

	"muster/internal/model"
	"muster/internal/store"
)

// reply is an answer that was just stored, with what its thread has to know. It lies in
// the transaction that stores it.
type reply struct {
	post     *model.Post
	root     *model.Post
	channel  *model.Channel
	mentions []string // accounts it mentions, its author never among them
	at       int64    // time of the use case
}

// replied brings a thread in step with a new reply: its counts, who takes part, who follows
// it and what is unread for them. It gives how many replies there are now and who follows.
func (s *Service) replied(_ context.Context, _ *store.Tx, _ *reply) (replies int64, followers []string, err error) {
	return 0, nil, nil
}

// unreplied brings a thread in step with the deletion of posts: of its root with all replies,
// or of one reply. It is called after they were marked as deleted.
func (s *Service) unreplied(_ context.Context, _ *store.Tx, _ []*model.Post) error { return nil }

// threads gives what is known of the threads of root posts that have replies, by root. The
// account is who asks, whose following is told.
func (s *Service) threads(_ context.Context, _ store.Q, _ string, _ []string) (map[string]*threadFacts, error) {
	return nil, nil
}

// threadFacts are what a root post tells of its thread.
type threadFacts struct {
	Replies      int64
	LastReplyAt  int64
	Participants []string // accounts, in the order in which they are shown
	Following    *bool    // nil when the one who asks never followed
}
