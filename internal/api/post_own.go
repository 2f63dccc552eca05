package api

import (
	"net/http"
)

// ownPostRoutes are what accounts do to posts for themselves.
func (a *API) ownPostRoutes() []route {
	return []route{
		{http.MethodPost, "/users/{user_id}/posts/{post_id}/set_unread", session, payload, a.setPostUnread, 0},
		{http.MethodPost, "/users/{user_id}/posts/{post_id}/reminder", session, payload, a.setPostReminder, 0},
		{http.MethodPost, "/users/{user_id}/posts/{post_id}/ack", session, none, a.acknowledgePost, 0},
		{http.MethodDelete, "/users/{user_id}/posts/{post_id}/ack", session, none, a.unacknowledgePost, 0},
	}
}

// userPost gives the account and the post the path is about.
func (c *call) userPost() (userID, postID string, err error) {
	if userID, err = c.userID(); err == nil {
		postID, err = c.id("post_id")
	}
	return userID, postID, err
}

func (a *API) setPostUnread(c *call) error {
	userID, postID, err := c.userPost()
	if err != nil {
		return err
	}
	in, err := decode[struct {
		CollapsedOK bool `json:"collapsed_threads_supported"`
	}](c, "collapsed_threads_supported")
	if err != nil {
		return err
	}
	u, err := a.Talk.UnreadPost(c, c.actor, userID, postID, in.CollapsedOK)
	return answer(c, http.StatusOK, u, err)
}

func (a *API) setPostReminder(c *call) error {
	userID, postID, err := c.userPost()
	if err != nil {
		return err
	}
	in, err := decode[struct {
		At int64 `json:"target_time"`
	}](c, "target_time")
	if err != nil {
		return err
	}
	return c.ok(a.Talk.RemindOfPost(c, c.actor, userID, postID, in.At))
}

func (a *API) acknowledgePost(c *call) error {
	userID, postID, err := c.userPost()
	if err != nil {
		return err
	}
	ack, err := a.Talk.AcknowledgePost(c, c.actor, userID, postID)
	return answer(c, http.StatusOK, ack, err)
}

func (a *API) unacknowledgePost(c *call) error {
	userID, postID, err := c.userPost()
	if err != nil {
		return err
	}
	return c.ok(a.Talk.DeleteAck(c, c.actor, userID, postID))
}
