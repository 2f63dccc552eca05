package talk

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

const (
	// remindersMax bounds how many reminders of an account wait at a time.
	remindersMax = 1000
	// reminderYears is how far ahead a reminder can lie.
	reminderYears = 10
)

// RemindOfPost reminds an account of a post at a time, in seconds. There is one reminder of a
// post for an account: a later call moves it.
func (s *Service) RemindOfPost(ctx context.Context, a perm.Actor, userID, postID string, at int64) error {
	if err := s.needUser(ctx, a, userID); err != nil {
		return err
	}
	if at < 1 || at > s.Now().AddDate(reminderYears, 0, 0).Unix() {
		return fault.Body("target_time")
	}
	now := s.now()
	job := &model.Job{
		ID: model.IDOf(model.ReminderJob, userID, postID), Type: model.ReminderJob, Status: model.JobPending, CreateAt: now,
		RunAt: at * 1000, Data: model.StringMap{"user_id": userID, "post_id": postID},
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		p, err := s.readable(ctx, tx.Q, a, postID, false)
		if err != nil {
			return err
		}
		if err := tx.DeleteJob(ctx, job.ID); err != nil {
			return err
		}
		n, err := tx.CountJobsOf(ctx, model.ReminderJob, userID)
		if err != nil {
			return err
		}
		if n >= remindersMax {
			return fault.New(fault.Invalid, "api.muster.reminders.too_many.app_error").With("Max", remindersMax)
		}
		told, err := s.reminderSet(ctx, tx, p, userID, at)
		if err != nil {
			return err
		}
		tx.Emit(event.EphemeralMessage(told, userID))
		return tx.Enqueue(ctx, job)
	})
	return store.Fault(err, "app.post_reminder.save.app_error")
}

// reminderSet is what somebody is told, and nobody stores, who will be reminded of a post.
func (s *Service) reminderSet(ctx context.Context, tx *store.Tx, p *store.PostAccess, userID string, at int64) (model.PostView, error) {
	now := s.now()
	props, author, err := s.reminderProps(ctx, tx.Q, p, map[string]any{"target_time": at})
	told := &model.Post{
		ID: model.NewTimeID(now), CreateAt: now, UserID: userID, ChannelID: p.Post.ChannelID, RootID: p.Post.RootID,
		Type: model.PostEphemeral, Props: props,
		Message: "You will be reminded of this message from @" + author + " at " + time.Unix(at, 0).UTC().Format("15:04 MST, 2 January 2006") + ".",
	}
	return told.View(), err
}

// reminderProps say to clients what a reminder is about, by which they write it in their language.
func (s *Service) reminderProps(ctx context.Context, q store.Q, p *store.PostAccess, props map[string]any) (text model.RawJSON, author string, err error) {
	u, err := q.User(ctx, p.Post.UserID)
	if err != nil {
		return nil, "", err
	}
	team := ""
	if p.Channel.InTeam() {
		t, err := q.Team(ctx, p.Channel.TeamID)
		if err != nil {
			return nil, "", err
		}
		team = t.Name
	}
	props["type"], props["post_id"], props["username"], props["team_name"] = model.PostReminder, p.Post.ID, u.Username, team
	text, err = json.Marshal(props)
	return text, u.Username, err
}

// DeliverReminder does what a job of RemindOfPost says: the server writes to the account. Who
// cannot see the post any more is not reminded of it. The job ends in the transaction that stores the post, so
// that a reminder comes once, whatever breaks.
func (s *Service) DeliverReminder(ctx context.Context, job *model.Job) error {
	userID := job.Data["user_id"]
	p, err := s.DB.PostAccess(ctx, job.Data["post_id"], userID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	u, err := s.DB.User(ctx, userID)
	if errors.Is(err, store.ErrNotFound) || err == nil && (!u.Active() || p.Post.DeleteAt != 0) {
		return nil
	}
	if err != nil {
		return err
	}
	reader, err := s.Accounts.ActorFor(u)
	if err != nil {
		return err
	}
	if s.Workspace.NeedContent(reader, &p.ChannelAccess) != nil {
		return nil // as promised
	}
	bot, err := s.Accounts.SystemBot(ctx)
	if err != nil {
		return err
	}
	c, err := s.Workspace.CreateDirectChannel(ctx, bot, []string{bot.UserID, userID})
	if err != nil {
		return err
	}
	props, author, err := s.reminderProps(ctx, s.DB.Q, p, map[string]any{})
	if err != nil {
		return err
	}
	link := strings.TrimRight(s.Config().ServiceSettings.SiteURL, "/") + "/_redirect/pl/" + p.Post.ID
	d, err := s.draft(bot, &NewPost{
		ChannelID: c.ID, Type: model.PostReminder, Props: props,
		Message: "You wanted to be reminded of this message from @" + author + ": " + link,
	})
	if err != nil {
		return err
	}
	d.job, d.ended = job.ID, func(string, error) {}
	if err = s.write(ctx, d); errors.Is(err, store.ErrNotFound) { // it came already, or was moved
		return nil
	}
	return err
}
