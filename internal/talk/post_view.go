package talk

import (
	"bytes"
	"context"
	"encoding/json"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// shape says what posts tell of their threads.
type shape struct {
	counts    bool // how many replies there are
	collapsed bool // roots tell of their threads, replies nothing
	extended  bool // with whole participants, not only their ids
	listed    bool // as threads of their own
}

// createdView is what is sent of a post that was just written.
func createdView(p *model.Post, files json.RawMessage) model.PostView {
	v := p.View()
	v.Metadata = metadata(p, model.PostMetadata{Files: files})
	return v
}

// metadata is what a post shows besides its text.
func metadata(p *model.Post, m model.PostMetadata) json.RawMessage {
	if p.Priority != "" || p.RequestedAck {
		m.Priority = &model.PostPriority{Priority: p.Priority, RequestedAck: p.RequestedAck}
	}
	if !p.Gone() && hasAttachments(p.Props) {
		m.Embeds = []model.PostEmbed{{Type: model.EmbedAttachments}}
	}
	text, _ := json.Marshal(m) // it always has a JSON form
	return text
}

// hasAttachments tells whether the props of a post have cards to show. Few do.
func hasAttachments(props model.RawJSON) bool {
	const name = "attachments"
	if !bytes.Contains(props, []byte(`"`+name+`"`)) {
		return false
	}
	var all map[string]json.RawMessage
	var cards []json.RawMessage
	return json.Unmarshal(props, &all) == nil && json.Unmarshal(all[name], &cards) == nil && len(cards) > 0
}

// views are what the actor gets of posts, in their order. What belongs to posts is read for
// all of them at once.
func (s *Service) views(ctx context.Context, q store.Q, a perm.Actor, posts []*model.Post, sh shape) ([]model.PostView, error) {
	reactions, err := ofPosts(ctx, posts, func(p *model.Post) bool { return p.HasReactions }, q.Reactions, func(r *model.Reaction) string { return r.PostID })
	if err != nil {
		return nil, err
	}
	files, err := s.filesOf(ctx, q, posts)
	if err != nil {
		return nil, err
	}
	acks, err := ofPosts(ctx, posts, func(p *model.Post) bool { return p.RequestedAck }, q.Acks, func(a *model.PostAck) string { return a.PostID })
	if err != nil {
		return nil, err
	}
	out := make([]model.PostView, len(posts))
	for i, p := range posts {
		out[i] = p.View()
		out[i].Metadata = metadata(p, model.PostMetadata{})
		if !p.Gone() {
			out[i].Metadata = metadata(p, model.PostMetadata{Reactions: reactions[p.ID], Files: files[p.ID].text, Acks: acks[p.ID]})
		}
	}
	return out, s.tellThreads(ctx, q, a, out, sh)
}

// ofPosts reads what belongs to those of the posts that have it, by post.
func ofPosts[T any](ctx context.Context, posts []*model.Post, has func(*model.Post) bool, read func(context.Context, []string) ([]T, error),
	postID func(T) string,
) (map[string][]T, error) {
	var ids []string
	for _, p := range posts {
		if has(p) {
			ids = append(ids, p.ID)
		}
	}
	list, err := read(ctx, ids)
	out := make(map[string][]T, len(ids))
	for _, v := range list {
		out[postID(v)] = append(out[postID(v)], v)
	}
	return out, err
}

// view is views for one post.
func (s *Service) view(ctx context.Context, q store.Q, a perm.Actor, p *model.Post, sh shape) (model.PostView, error) {
	list, err := s.views(ctx, q, a, []*model.Post{p}, sh)
	if err != nil {
		return model.PostView{}, err
	}
	return list[0], nil
}

// tellThreads adds to posts what they tell of their threads.
func (s *Service) tellThreads(ctx context.Context, q store.Q, a perm.Actor, list []model.PostView, sh shape) error {
	if !sh.counts && !sh.collapsed {
		return nil
	}
	var roots []string
	for _, v := range list {
		switch {
		case v.DeleteAt != 0:
		case v.RootID == "":
			roots = append(roots, v.ID)
		case !sh.collapsed:
			roots = append(roots, v.RootID)
		}
	}
	facts, err := s.threads(ctx, q, a.UserID, unique(roots))
	if err != nil || len(facts) == 0 {
		return err
	}
	people, err := s.participants(ctx, a, facts, sh)
	if err != nil {
		return err
	}
	for i := range list {
		v := &list[i]
		if v.DeleteAt != 0 {
			continue
		}
		if !sh.collapsed {
			if f := facts[v.RootID]; f != nil {
				v.ReplyCount = f.Replies
			} else if f := facts[v.ID]; f != nil {
				v.ReplyCount = f.Replies
			}
		} else if f := facts[v.ID]; f != nil {
			v.ReplyCount, v.LastReplyAt, v.IsFollowing, v.Participants = f.Replies, f.LastReplyAt, f.Following, people[v.ID]
		}
	}
	return nil
}

// participants encodes who takes part in threads, by root.
func (s *Service) participants(ctx context.Context, a perm.Actor, facts map[string]*threadFacts, sh shape) (map[string]json.RawMessage, error) {
	if !sh.collapsed {
		return nil, nil
	}
	var ids []string
	for _, f := range facts {
		ids = append(ids, f.Participants...)
	}
	people, err := s.people(ctx, a, unique(ids), sh)
	if err != nil {
		return nil, err
	}
	out := make(map[string]json.RawMessage, len(facts))
	for id, f := range facts {
		text := []byte{'['}
		for _, who := range f.Participants {
			if people[who] == nil {
				continue
			}
			if len(text) > 1 {
				text = append(text, ',')
			}
			text = append(text, people[who]...)
		}
		out[id] = append(text, ']')
	}
	return out, nil
}

// people encodes accounts that take part in threads: in full, or as nothing but an id in the
// form of an account, which is what clients expect that know the accounts already.
func (s *Service) people(ctx context.Context, a perm.Actor, ids []string, sh shape) (map[string]json.RawMessage, error) {
	out := make(map[string]json.RawMessage, len(ids))
	if !sh.extended {
		auth := ""
		if sh.listed {
			auth = `"auth_data":"",`
		}
		for _, id := range ids {
			out[id] = json.RawMessage(`{"id":"` + id + `","username":"",` + auth + `"auth_service":"","email":"","nickname":"","first_name":"","last_name":"",` +
				`"position":"","roles":"","locale":"","timezone":{},"delete_at":0,"disable_welcome_email":false}`)
		}
		return out, nil
	}
	list, err := s.Accounts.Participants(ctx, a, ids)
	for _, r := range list.Records {
		out[r.ID] = r.JSON(list.View, list.Privacy)
	}
	return out, err
}

// errReading classifies what can go wrong with reading posts.
func errReading(err error) error {
	return store.Fault(err, "app.post.get_posts.app_error", errNoPost())
}

func errPermission(a perm.Actor, p perm.Permission) *fault.Error {
	return fault.Permission(a.UserID, string(p))
}
