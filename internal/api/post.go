package api

import (
	"encoding/json"
	"hash/fnv"
	"net/http"
	"strconv"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/talk"
)

func (a *API) postRoutes() []route {
	return []route{
		{http.MethodPost, "/posts", session, payload, a.createPost, 0},
		{http.MethodPost, "/posts/ids", session, payload, a.getPostsByIDs, noCSRF},
		{http.MethodGet, "/posts/{post_id}", session, none, a.getPost, alsoLocal},
		{http.MethodDelete, "/posts/{post_id}", session, none, a.deletePost, alsoLocal},
		{http.MethodGet, "/channels/{channel_id}/posts", session, none, a.getPostsForChannel, alsoLocal},
	}
}

func (a *API) createPost(c *call) error {
	in, err := decode[talk.NewPost](c, "post")
	if err != nil {
		return err
	}
	online := true
	if v, err := strconv.ParseBool(c.value("set_online")); err == nil {
		online = v
	}
	p, err := a.Talk.CreatePost(c, c.actor, &in, online)
	if err != nil {
		return err
	}
	c.note.about(postObject, p.ID)
	a.use(c)
	return c.json(http.StatusCreated, p)
}

func (a *API) getPost(c *call) error {
	id, err := c.id("post_id")
	if err != nil {
		return err
	}
	p, err := a.Talk.Post(c, c.actor, id, c.flag("include_deleted"))
	if err != nil {
		return err
	}
	return c.tagged(p)
}

func (a *API) getPostsByIDs(c *call) error {
	ids, err := decodeOr[[]string](c, fault.New(fault.Invalid, "api.payload.parse.error"))
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return fault.Body("post_ids")
	}
	posts, err := a.Talk.PostsByIDs(c, c.actor, ids)
	c.w.Header()["First-Inaccessible-Post-Time"] = []string{"0"}
	return array(c, posts, err)
}

func (a *API) deletePost(c *call) error {
	id, err := c.id("post_id")
	if err != nil {
		return err
	}
	if c.flag("permanent") {
		return c.ok(a.Talk.PermanentDeletePost(c, c.actor, id))
	}
	return c.ok(a.Talk.DeletePost(c, c.actor, id))
}

func (a *API) getPostsForChannel(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	l := talk.Listing{
		Before: c.value("before"), After: c.value("after"), Deleted: c.flag("include_deleted"),
		SkipThreads: c.value("skipFetchThreads") == "true", Collapsed: c.value("collapsedThreads") == "true",
		Extended: c.value("collapsedThreadsExtended") == "true",
	}
	l.Page, l.PerPage = c.page()
	if text := c.value("since"); text != "" {
		if l.Since, err = strconv.ParseInt(text, 10, 64); err != nil {
			return fault.Body("since")
		}
	}
	if l.Before != "" && !model.ValidID(l.Before) {
		return fault.Body("before")
	}
	if l.After != "" && !model.ValidID(l.After) {
		return fault.Body("after")
	}
	list, err := a.Talk.ChannelPosts(c, c.actor, id, l)
	if err != nil {
		return err
	}
	if l.Since > 0 {
		return c.json(http.StatusOK, list)
	}
	return c.tagged(list)
}

// tagged sends a value with an ETag of its bytes, or nothing when the client has it already.
func (c *call) tagged(v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if !c.unchanged(strconv.FormatUint(sumOf(body), 36)) {
		c.write(http.StatusOK, body)
	}
	return nil
}

func sumOf(b []byte) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(b) // never fails
	return h.Sum64()
}
