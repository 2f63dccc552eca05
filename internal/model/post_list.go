package model

import "encoding/json"

// PostList is a page of posts: which, in which order, and what they are. It may hold posts
// besides those of the order, such as the threads they belong to.
type PostList struct {
	Order                     []string            `json:"order"`
	Posts                     map[string]PostView `json:"posts"`
	NextPostID                string              `json:"next_post_id"` // the newer neighbour of the page
	PrevPostID                string              `json:"prev_post_id"` // the older one
	HasNext                   *bool               `json:"has_next,omitempty"`
	FirstInaccessiblePostTime int64               `json:"first_inaccessible_post_time"`
}

// PostSearchResults is a page of posts that were searched for. Where in them the terms stand
// is left to the client.
type PostSearchResults struct {
	PostList
	Matches map[string][]string `json:"matches"`
}

// PostMetadata is what a post shows besides its text.
type PostMetadata struct {
	Embeds    []PostEmbed     `json:"embeds,omitempty"`
	Priority  *PostPriority   `json:"priority,omitempty"`
	Acks      []*PostAck      `json:"acknowledgements,omitempty"`
	Files     json.RawMessage `json:"files,omitempty"`
	Reactions []*Reaction     `json:"reactions,omitempty"`
}

// PostEmbed is something that is shown below the text of a post.
type PostEmbed struct {
	Type string `json:"type"`
}

// EmbedAttachments says that the props of a post have attachments: cards below its text, as bots write
// them. Clients show none without being told so.
const EmbedAttachments = "message_attachment"

// PostPriority says how urgent a post is.
type PostPriority struct {
	Priority     string `json:"priority"`
	RequestedAck bool   `json:"requested_ack"`
}

// Reaction is an emoji that somebody put on a post.
type Reaction struct {
	UserID    string `json:"user_id"`
	PostID    string `json:"post_id"`
	EmojiName string `json:"emoji_name"`
	CreateAt  int64  `json:"create_at"`
	UpdateAt  int64  `json:"update_at"`
	DeleteAt  int64  `json:"delete_at"`
	RemoteID  string `json:"remote_id"`
	ChannelID string `json:"channel_id"`
}
