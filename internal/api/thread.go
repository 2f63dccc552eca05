package api

import (
	"net/http"

	"muster/internal/model"
	"muster/internal/talk"
)

func (a *API) threadRoutes() []route {
	return []route{
		{http.MethodGet, "/users/{user_id}/teams/{team_id}/threads", session, none, a.getUserThreads, 0},
		{http.MethodGet, "/users/{user_id}/teams/{team_id}/threads/mention_counts", session, none, a.getThreadMentionCounts, 0},
		{http.MethodPut, "/users/{user_id}/teams/{team_id}/threads/read", session, none, a.updateThreadsRead, 0},
		{http.MethodGet, "/users/{user_id}/teams/{team_id}/threads/{thread_id}", session, none, a.getUserThread, 0},
		{http.MethodPut, "/users/{user_id}/teams/{team_id}/threads/{thread_id}/read/{timestamp}", session, none, a.updateThreadRead, 0},
		{http.MethodPost, "/users/{user_id}/teams/{team_id}/threads/{thread_id}/set_unread/{post_id}", session, none, a.setThreadUnread, 0},
		{http.MethodPut, "/users/{user_id}/teams/{team_id}/threads/{thread_id}/following", session, none, a.followThread, 0},
		{http.MethodDelete, "/users/{user_id}/teams/{team_id}/threads/{thread_id}/following", session, none, a.unfollowThread, 0},
	}
}

// Page sizes of lists of threads: clients that ask for none at all get a few.
const threadsPerPageZero = 30

// userTeam gives the account and the team the path is about.
func (c *call) userTeam() (userID, teamID string, err error) {
	if userID, err = c.userID(); err == nil {
		teamID, err = c.id("team_id")
	}
	return userID, teamID, err
}

// threadRef gives the thread the path is about.
func (c *call) threadRef() (ref talk.ThreadRef, err error) {
	if ref.UserID, ref.TeamID, err = c.userTeam(); err == nil {
		ref.ThreadID, err = c.id("thread_id")
	}
	return ref, err
}

func (a *API) getUserThreads(c *call) error {
	userID, teamID, err := c.userTeam()
	if err != nil {
		return err
	}
	l := talk.ThreadListing{
		Since: c.value("since"), Before: c.value("before"), After: c.value("after"), Unread: c.flag("unread"),
		Deleted: c.flag("deleted"), Extended: c.flag("extended"), TotalsOnly: c.flag("totalsOnly"), ThreadsOnly: c.flag("threadsOnly"),
		ExcludeDirect: c.flag("excludeDirect"),
	}
	if _, l.PerPage = c.page(); l.PerPage == 0 {
		l.PerPage = threadsPerPageZero
	}
	threads, err := a.Talk.Threads(c, c.actor, userID, teamID, l)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, threads)
}

func (a *API) getThreadMentionCounts(c *call) error {
	userID, teamID, err := c.userTeam()
	if err != nil {
		return err
	}
	counts, err := a.Talk.ThreadMentions(c, c.actor, userID, teamID)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, counts)
}

func (a *API) updateThreadsRead(c *call) error {
	userID, teamID, err := c.userTeam()
	if err != nil {
		return err
	}
	return c.ok(a.Talk.ReadThreads(c, c.actor, userID, teamID))
}

// thread sends a thread.
func (c *call) thread(t model.ThreadView, err error) error {
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, t)
}

func (a *API) getUserThread(c *call) error {
	ref, err := c.threadRef()
	if err != nil {
		return err
	}
	return c.thread(a.Talk.UserThread(c, c.actor, ref, c.flag("extended")))
}

func (a *API) updateThreadRead(c *call) error {
	ref, err := c.threadRef()
	if err != nil {
		return err
	}
	until, err := c.param("timestamp")
	if err != nil {
		return err
	}
	if !digits(until) {
		return noRoute(c.r)
	}
	return c.thread(a.Talk.ReadThread(c, c.actor, ref, until))
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func (a *API) setThreadUnread(c *call) error {
	ref, err := c.threadRef()
	if err != nil {
		return err
	}
	postID, err := c.id("post_id")
	if err != nil {
		return err
	}
	return c.thread(a.Talk.UnreadThread(c, c.actor, ref, postID))
}

func (a *API) followThread(c *call) error { return c.follow(true) }

func (a *API) unfollowThread(c *call) error { return c.follow(false) }

func (c *call) follow(following bool) error {
	ref, err := c.threadRef()
	if err != nil {
		return err
	}
	return c.ok(c.api.Talk.FollowThread(c, c.actor, ref, following))
}
