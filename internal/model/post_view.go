package model

import "encoding/json"

// PostView is what is sent of a post. Fields about threads and metadata depend on what was
// asked for; they are filled by whoever knows.
type PostView struct {
	ID            string          `json:"id"`
	CreateAt      int64           `json:"create_at"`
	UpdateAt      int64           `json:"update_at"`
	EditAt        int64           `json:"edit_at"`
	DeleteAt      int64           `json:"delete_at"`
	IsPinned      bool            `json:"is_pinned"`
	UserID        string          `json:"user_id"`
	ChannelID     string          `json:"channel_id"`
	RootID        string          `json:"root_id"`
	OriginalID    string          `json:"original_id"`
	Message       string          `json:"message"`
	Type          string          `json:"type"`
	Props         RawJSON         `json:"props"`
	Hashtags      string          `json:"hashtags"`
	FileIDs       StringList      `json:"file_ids"`
	PendingPostID string          `json:"pending_post_id"`
	HasReactions  bool            `json:"has_reactions,omitempty"`
	RemoteID      *string         `json:"remote_id,omitempty"`
	ReplyCount    int64           `json:"reply_count"`
	LastReplyAt   int64           `json:"last_reply_at"`
	Participants  json.RawMessage `json:"participants"`
	IsFollowing   *bool           `json:"is_following,omitempty"`
	Metadata      json.RawMessage `json:"metadata,omitempty"`
}

// View builds what is sent of a post to whoever may read its channel.
func (p *Post) View() PostView {
	v := PostView{
		ID: p.ID, CreateAt: p.CreateAt, UpdateAt: p.UpdateAt, EditAt: p.EditAt, DeleteAt: p.DeleteAt, IsPinned: p.IsPinned,
		UserID: p.UserID, ChannelID: p.ChannelID, RootID: p.RootID, OriginalID: p.OriginalID, Message: p.Message, Type: p.Type,
		Props: p.Props, Hashtags: p.Hashtags, FileIDs: p.FileIDs, PendingPostID: p.PendingPostID, HasReactions: p.HasReactions,
		Participants: json.RawMessage("null"), Metadata: json.RawMessage("{}"),
	}
	if v.Props == nil {
		v.Props = RawJSON("{}")
	}
	if v.FileIDs == nil {
		v.FileIDs = StringList{}
	}
	if !p.System() {
		v.RemoteID = new("")
	}
	if p.Gone() { // that is told, not what it said
		v.Message, v.FileIDs, v.Hashtags, v.Props = "", StringList{}, "", deletion(p.Props)
	}
	return v
}

// Gone tells whether a post was deleted; an older version is no such post.
func (p *Post) Gone() bool { return p.DeleteAt != 0 && p.OriginalID == "" }

// deletion keeps of the props of a post by whom it was deleted.
func deletion(props RawJSON) RawJSON {
	var by struct {
		ID string `json:"deleteBy,omitempty"`
	}
	_ = json.Unmarshal(props, &by) // what is no such object says nothing
	text, _ := json.Marshal(by)    // it always has a JSON form
	return text
}
