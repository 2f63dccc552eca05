package store

import (
	"context"

	"muster/internal/model"
)

// placesByName are the tables that repeat the username of an account, for the order of their lists.
var placesByName = []string{"team_members", "channel_members", "group_members"}

// movePlaces brings what teams, channels and groups know about an account in step with it.
func (t *Tx) movePlaces(ctx context.Context, was, u *model.User) error {
	if was.Username != u.Username {
		for _, table := range placesByName {
			if _, err := exec(ctx, t.Q, `UPDATE `+table+` SET username = ? WHERE user_id = ?`, u.Username, u.ID); err != nil {
				return err
			}
		}
	}
	if was.Active() == u.Active() {
		return nil
	}
	active := 1
	if was.Active() {
		active = -1
	}
	_, err := exec(ctx, t.Q, `UPDATE teams SET active_members = active_members + ?
		WHERE id IN (SELECT team_id FROM team_members WHERE user_id = ? AND delete_at = 0)`, active, u.ID)
	return err
}

// LeavePlaces takes an account that is about to go for good out of every team, channel
// and group, counts included.
func (t *Tx) LeavePlaces(ctx context.Context, u *model.User) error {
	active, guests := 0, 0
	if u.Active() {
		active = 1
	}
	if u.IsGuest() {
		guests = 1
	}
	for _, s := range []struct {
		text string
		args []any
	}{
		{`UPDATE teams SET members = members - 1, active_members = active_members - ?
			WHERE id IN (SELECT team_id FROM team_members WHERE user_id = ? AND delete_at = 0)`, []any{active, u.ID}},
		{`UPDATE channels SET members = members - 1, guests = guests - ?
			WHERE id IN (SELECT channel_id FROM channel_members WHERE user_id = ?)`, []any{guests, u.ID}},
		{`UPDATE user_groups SET members = members - 1
			WHERE id IN (SELECT group_id FROM group_members WHERE user_id = ?)`, []any{u.ID}},
		{`DELETE FROM team_members WHERE user_id = ?`, []any{u.ID}},
		{`DELETE FROM channel_members WHERE user_id = ?`, []any{u.ID}},
		{`DELETE FROM group_members WHERE user_id = ?`, []any{u.ID}},
	} {
		if _, err := exec(ctx, t.Q, s.text, s.args...); err != nil {
			return err
		}
	}
	return nil
}
