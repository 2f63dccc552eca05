package api

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"muster/internal/fault"
	"muster/internal/model"
)

func (a *API) reactionRoutes() []route {
	return []route{
		{http.MethodPost, "/reactions", session, payload, a.saveReaction, 0},
		{http.MethodGet, "/posts/{post_id}/reactions", session, none, a.getReactions, 0},
		{http.MethodPost, "/posts/ids/reactions", session, payload, a.getBulkReactions, noCSRF},
		{http.MethodDelete, "/users/{user_id}/posts/{post_id}/reactions/{emoji_name}", session, none, a.deleteReaction, 0},
	}
}

func (a *API) saveReaction(c *call) error {
	in, err := decode[model.Reaction](c, "reaction")
	if err != nil {
		return err
	}
	r, err := a.Talk.SaveReaction(c, c.actor, in)
	if err != nil {
		return err
	}
	c.note.about(postObject, r.PostID)
	return c.json(http.StatusOK, r)
}

func (a *API) getReactions(c *call) error {
	id, err := c.id("post_id")
	if err != nil {
		return err
	}
	list, err := a.Talk.Reactions(c, c.actor, id)
	return array(c, list, err)
}

func (a *API) getBulkReactions(c *call) error {
	ids, err := c.stringsIn("post_ids")
	if err != nil {
		return err
	}
	byPost, err := a.Talk.ReactionsByPosts(c, c.actor, ids)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, byPost)
}

func (a *API) deleteReaction(c *call) error {
	userID, err := c.userID()
	if err != nil {
		return err
	}
	postID, err := c.id("post_id")
	if err != nil {
		return err
	}
	emoji := chi.URLParam(c.r, "emoji_name")
	if emoji == "" || !storable(emoji) {
		return fault.URL("emoji_name")
	}
	return c.ok(a.Talk.DeleteReaction(c, c.actor, model.Reaction{UserID: userID, PostID: postID, EmojiName: emoji}))
}
