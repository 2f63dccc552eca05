package talk

import (
	"context"
	"encoding/json"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// NewPost is what a client sends to write a post.
type NewPost struct {
	ID            string           `json:"id"`
	ChannelID     string           `json:"channel_id"`
	RootID        string           `json:"root_id"`
	Message       string           `json:"message"`
	Type          string           `json:"type"`
	Props         model.RawJSON    `json:"props"`
	FileIDs       model.StringList `json:"file_ids"`
	PendingPostID string           `json:"pending_post_id"`
	CreateAt      int64            `json:"create_at"`
	Metadata      struct {
		Priority *Priority `json:"priority"`
	} `json:"metadata"`
}

// Priority says how urgent a post is.
type Priority struct {
	Priority     string `json:"priority"`
	RequestedAck bool   `json:"requested_ack"`
}

// draft is a post on its way into the database.
type draft struct {
	actor     perm.Actor
	post      *model.Post
	dated     bool // by its author, not by the clock
	setOnline bool
	wrong     error  // what is said when nothing else speaks against the post
	job       string // that is done by storing the post; empty for most
	mentions  []string
	repliedTo []string       // who is mentioned by nothing but that it answers them
	view      model.PostView // what was stored, for the answer
	err       error
	ended     func(id string, err error)
}

// CreatePost writes a post as the actor and tells the channel. With setOnline the author
// counts as present.
func (s *Service) CreatePost(ctx context.Context, a perm.Actor, in *NewPost, setOnline bool) (model.PostView, error) {
	if a.UserID == "" {
		return model.PostView{}, fault.NoSession()
	}
	d, err := s.draft(a, in)
	if err != nil {
		return model.PostView{}, err
	}
	d.setOnline = setOnline
	var first string
	if first, d.ended, err = s.sent.begin(a.UserID, in.PendingPostID, s.now()); err != nil {
		return model.PostView{}, err
	}
	if first != "" {
		return s.sentBefore(ctx, first)
	}
	if err := s.write(ctx, d); err != nil {
		return model.PostView{}, store.Fault(err, "app.post.save.app_error")
	}
	if setOnline {
		s.Accounts.NoteActive(a.UserID)
	}
	return d.view, nil
}

// sentBefore gives the post that an earlier request with the same pending id made.
func (s *Service) sentBefore(ctx context.Context, id string) (model.PostView, error) {
	p, err := s.DB.Post(ctx, id)
	if err != nil {
		return model.PostView{}, store.Fault(err, "app.post.get.app_error", errNoPost())
	}
	v := p.View()
	v.Metadata = nil
	return v, nil
}

func errNoPost() *fault.Error { return fault.New(fault.NotFound, "app.post.get.app_error") }

// draft checks what can be told without the database.
func (s *Service) draft(a perm.Actor, in *NewPost) (*draft, error) {
	now := s.now()
	p := &model.Post{
		ID: model.NewTimeID(now), CreateAt: now, UpdateAt: now, UserID: a.UserID, ChannelID: in.ChannelID, RootID: in.RootID,
		Message: in.Message, Type: in.Type, Props: in.Props, FileIDs: in.FileIDs, PendingPostID: in.PendingPostID,
		Hashtags: model.Hashtags(in.Message),
	}
	d := &draft{actor: a, post: p}
	if in.CreateAt > 0 && a.IsAdmin() {
		p.CreateAt, p.UpdateAt, p.ID, d.dated = in.CreateAt, in.CreateAt, model.NewTimeID(in.CreateAt), true
	}
	if pr := in.Metadata.Priority; pr != nil {
		p.Priority, p.RequestedAck = pr.Priority, pr.RequestedAck
	}
	var err error
	if p.Props, err = ownProps(a, in.Props); err != nil {
		return nil, err
	}
	if in.ID != "" {
		d.wrong = fault.New(fault.Invalid, "app.post.save.existing.app_error")
	} else {
		d.wrong = p.Check()
	}
	return d, nil
}

// The props that say who wrote a post are set by the server alone.
const (
	propFromBot     = "from_bot"
	propFromOAuth   = "from_oauth_app"
	propFromWebhook = "from_webhook" // with it clients show another name and picture than the author's
	propFromPlugin  = "from_plugin"
	propDeleteBy    = "deleteBy"
)

// ownedProps are all of them.
var ownedProps = []string{propFromBot, propFromOAuth, propFromWebhook, propFromPlugin, propDeleteBy}

// ownProps are the props of a post by the actor: an object, which says who wrote
// only what is true.
func ownProps(a perm.Actor, props model.RawJSON) (model.RawJSON, error) {
	if len(props) == 0 && !a.IsBot && !a.IsOAuth {
		return model.RawJSON("{}"), nil
	}
	all := map[string]json.RawMessage{}
	if len(props) > 0 {
		if err := json.Unmarshal(props, &all); err != nil || all == nil {
			return nil, fault.Body("props").Because(err)
		}
	}
	for _, name := range ownedProps {
		switch {
		case name == propFromBot && a.IsBot, name == propFromOAuth && a.IsOAuth:
			all[name] = json.RawMessage(`"true"`)
		case name == propFromWebhook && a.IsBot: // it may say on whose behalf it writes, and is shown as a bot nonetheless
		default:
			delete(all, name)
		}
	}
	text, err := json.Marshal(all)
	return text, err
}

// keepOrigin gives the new props of a post, which say who wrote it as the old ones did.
func keepOrigin(was, next model.RawJSON) (model.RawJSON, error) {
	var old, all map[string]json.RawMessage
	if err := json.Unmarshal(next, &all); err != nil || all == nil {
		return nil, fault.Body("props").Because(err)
	}
	if err := json.Unmarshal(was, &old); err != nil {
		return nil, err
	}
	for _, name := range ownedProps {
		delete(all, name)
		if v, ok := old[name]; ok {
			all[name] = v
		}
	}
	text, err := json.Marshal(all)
	return text, err
}

// admit decides whether a draft may be stored in the channel, in the order of the checks
// that clients know.
func (s *Service) admit(d *draft, b *batchOf) error {
	w := b.writers[d.post.UserID]
	if w == nil {
		return fault.Permission(d.actor.UserID, string(perm.CreatePost))
	}
	if err := s.Workspace.NeedCreatePost(d.actor, &w.ChannelAccess); err != nil {
		return err
	}
	if len(d.post.FileIDs) > 0 {
		if err := d.actor.NeedInChannel(perm.UploadFile, w.Roles, w.TeamRoles); err != nil {
			return err
		}
	}
	if model.SystemPostType(d.post.Type) {
		return fault.New(fault.Invalid, "api.context.invalid_param.app_error").With("Name", "post.type")
	}
	if err := s.admitPriority(d.post); err != nil {
		return err
	}
	if w.Channel.DeleteAt != 0 {
		return fault.New(fault.Invalid, "api.post.create_post.can_not_post_to_deleted.error")
	}
	if b.apart {
		return fault.New(fault.Invalid, "api.post.create_post.can_not_post_in_restricted_dm.error")
	}
	if d.post.RootID != "" {
		root := b.roots[d.post.RootID]
		switch {
		case root == nil || root.DeleteAt != 0 || root.RootID != "" || root.OriginalID != "":
			return fault.New(fault.Invalid, "api.post.create_post.root_id.app_error")
		case root.ChannelID != d.post.ChannelID:
			return fault.New(fault.Invalid, "api.post.create_post.channel_root_id.app_error")
		}
	}
	return nil
}

// admitPriority decides whether a post may have the priority it has.
func (s *Service) admitPriority(p *model.Post) error {
	switch {
	case p.Priority == "" && !p.RequestedAck:
		return nil
	case !s.Config().ServiceSettings.PostPriority:
		return fault.New(fault.Forbidden, "api.post.post_priority.priority_post_not_allowed_for_user.request_error")
	case p.RootID != "":
		return fault.New(fault.Invalid, "api.post.post_priority.priority_post_only_allowed_for_root_post.request_error")
	case p.Priority != "" && p.Priority != priorityImportant && p.Priority != priorityUrgent:
		return fault.Body("post.metadata.priority")
	}
	return nil
}

// The priorities of a post besides none.
const (
	priorityImportant = "important"
	priorityUrgent    = "urgent"
)
