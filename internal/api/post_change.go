package api

import (
	"net/http"
	"strconv"

	"muster/internal/fault"
	"muster/internal/talk"
)

func (a *API) postChangeRoutes() []route {
	return []route{
		{http.MethodPut, "/posts/{post_id}", session, payload, a.updatePost, 0},
		{http.MethodPut, "/posts/{post_id}/patch", session, payload, a.patchPost, 0},
		{http.MethodPost, "/posts/{post_id}/pin", session, none, a.pinPost, 0},
		{http.MethodPost, "/posts/{post_id}/unpin", session, none, a.unpinPost, 0},
		{http.MethodGet, "/posts/{post_id}/edit_history", session, none, a.getEditHistory, 0},
		{http.MethodGet, "/posts/{post_id}/info", session, none, a.getPostInfo, 0},
		{http.MethodGet, "/posts/{post_id}/thread", session, none, a.getPostThread, 0},
		{http.MethodGet, "/channels/{channel_id}/pinned", session, none, a.getPinnedPosts, 0},
		{http.MethodGet, "/users/{user_id}/posts/flagged", session, none, a.getFlaggedPosts, 0},
		{http.MethodGet, "/users/{user_id}/channels/{channel_id}/posts/unread", session, none, a.getUnreadPosts, 0},
		{http.MethodPost, "/posts/ephemeral", session, payload, a.createEphemeralPost, 0},
	}
}

func (a *API) updatePost(c *call) error {
	id, err := c.id("post_id")
	if err != nil {
		return err
	}
	in, err := decode[struct {
		ID string `json:"id"`
		talk.PostPatch
	}](c, "post")
	if err != nil {
		return err
	}
	if in.ID != id {
		return fault.Body("id")
	}
	return a.changePost(c, id, in.PostPatch)
}

func (a *API) patchPost(c *call) error {
	id, err := c.id("post_id")
	if err != nil {
		return err
	}
	in, err := decode[talk.PostPatch](c, "post")
	if err != nil {
		return err
	}
	return a.changePost(c, id, in)
}

func (a *API) changePost(c *call, id string, in talk.PostPatch) error {
	p, err := a.Talk.PatchPost(c, c.actor, id, in)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, p)
}

func (a *API) pinPost(c *call) error   { return a.setPinned(c, true) }
func (a *API) unpinPost(c *call) error { return a.setPinned(c, false) }

func (a *API) setPinned(c *call, pinned bool) error {
	id, err := c.id("post_id")
	if err != nil {
		return err
	}
	return c.ok(a.Talk.PinPost(c, c.actor, id, pinned))
}

func (a *API) getEditHistory(c *call) error {
	id, err := c.id("post_id")
	if err != nil {
		return err
	}
	list, err := a.Talk.EditHistory(c, c.actor, id)
	return array(c, list, err)
}

func (a *API) getPostInfo(c *call) error {
	id, err := c.id("post_id")
	if err != nil {
		return err
	}
	info, err := a.Talk.PostInfo(c, c.actor, id)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, info)
}

func (a *API) getPostThread(c *call) error {
	id, err := c.id("post_id")
	if err != nil {
		return err
	}
	w, err := c.threadPage()
	if err != nil {
		return err
	}
	list, err := a.Talk.Thread(c, c.actor, id, w)
	if err != nil {
		return err
	}
	return c.tagged(list)
}

// threadPage reads which part of a thread is wanted.
func (c *call) threadPage() (w talk.ThreadPage, err error) {
	w = talk.ThreadPage{
		FromPost: c.value("fromPost"), SkipThreads: c.value("skipFetchThreads") == "true", UpdatesOnly: c.value("updatesOnly") == "true",
		Collapsed: c.value("collapsedThreads") == "true", Extended: c.value("collapsedThreadsExtended") == "true",
	}
	if n, err := strconv.Atoi(c.value("perPage")); err == nil && n > 0 {
		w.PerPage = min(n, perPageMax)
	}
	for name, to := range map[string]*int64{"fromCreateAt": &w.FromCreateAt, "fromUpdateAt": &w.FromUpdateAt} {
		if text := c.value(name); text != "" {
			if *to, err = strconv.ParseInt(text, 10, 64); err != nil {
				return w, fault.Body(name)
			}
		}
	}
	switch c.value("direction") {
	case "", "down":
	case "up":
		w.Up = true
	default:
		return w, fault.Body("direction")
	}
	switch {
	case w.FromPost != "" && w.FromCreateAt <= 0 && w.FromUpdateAt <= 0, w.UpdatesOnly && w.FromCreateAt > 0:
		return w, fault.Body("fromCreateAt")
	case w.UpdatesOnly && w.FromUpdateAt <= 0:
		return w, fault.Body("fromUpdateAt")
	case w.FromUpdateAt > 0 && w.Up:
		return w, fault.Body("direction")
	}
	return w, nil
}

func (a *API) getPinnedPosts(c *call) error {
	id, err := c.id("channel_id")
	if err != nil {
		return err
	}
	list, err := a.Talk.PinnedPosts(c, c.actor, id)
	if err != nil {
		return err
	}
	return c.tagged(list)
}

func (a *API) getFlaggedPosts(c *call) error {
	id, err := c.userID()
	if err != nil {
		return err
	}
	f := talk.Saved{ChannelID: c.value("channel_id", "in_channel"), TeamID: c.value("team_id", "in_team")}
	f.Page, f.PerPage = c.page()
	list, err := a.Talk.SavedPosts(c, c.actor, id, f)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, list)
}

func (a *API) getUnreadPosts(c *call) error {
	userID, err := c.userID()
	if err != nil {
		return err
	}
	channelID, err := c.id("channel_id")
	if err != nil {
		return err
	}
	before, after := c.limit("limit_before"), c.limit("limit_after")
	if after == 0 {
		return fault.URL("limit_after")
	}
	l := talk.Listing{
		SkipThreads: c.value("skipFetchThreads") == "true", Collapsed: c.value("collapsedThreads") == "true",
		Extended: c.value("collapsedThreadsExtended") == "true",
	}
	list, err := a.Talk.UnreadPosts(c, c.actor, userID, channelID, before, after, l)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, list)
}

// limit reads how many posts are wanted on one side of a place.
func (c *call) limit(name string) int {
	if n, err := strconv.Atoi(c.value(name)); err == nil && n >= 0 {
		return min(n, perPageMax)
	}
	return perPageStd
}

func (a *API) createEphemeralPost(c *call) error {
	in, err := decode[struct {
		UserID string        `json:"user_id"`
		Post   *talk.NewPost `json:"post"`
	}](c, "body")
	if err != nil {
		return err
	}
	switch {
	case in.UserID == "":
		return fault.Body("user_id")
	case in.Post == nil:
		return fault.Body("post")
	}
	p, err := a.Talk.CreateEphemeral(c, c.actor, in.UserID, in.Post)
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, p)
}
