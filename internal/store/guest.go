package store

import (
	"context"

	"muster/internal/model"
)

// MarkSessions writes a property into every session of an account.
func (t *Tx) MarkSessions(ctx context.Context, userID, name, value string) error {
	_, err := exec(ctx, t.Q, `UPDATE sessions SET props = `+t.d.withText("props", name)+` WHERE user_id = ?`, value, userID)
	return err
}

// ActiveGuestIDs lists up to n active guests, or those who sign in with links. The kept
// counts know every role string that guests have.
func (t *Tx) ActiveGuestIDs(ctx context.Context, links bool, n int) ([]string, error) {
	w := &where{}
	w.add(`roles IN (SELECT roles FROM user_counts WHERE n > 0 AND ' ' || roles || ' ' LIKE '% ' || ? || ' %') AND delete_at = 0`,
		model.SystemGuestRole)
	if links {
		w.add(`auth_service = ?`, model.AuthMagicLink)
	}
	return list(ctx, t.Q, scanValue[string], `SELECT id FROM users`+w.text()+` ORDER BY id LIMIT ?`, append(w.args, n)...)
}

// DeleteTokensOfKinds removes every token of some types.
func (t *Tx) DeleteTokensOfKinds(ctx context.Context, kinds []string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM tokens WHERE `+t.d.idsIn("type"), t.d.ids(kinds))
	return err
}

// DeleteMailsOfKinds removes mails of some kinds that wait.
func (t *Tx) DeleteMailsOfKinds(ctx context.Context, kinds []string) error {
	_, err := exec(ctx, t.Q, `DELETE FROM jobs WHERE type = ? AND status = ? AND `+t.d.idsIn("data->>'kind'"),
		model.MailJob, model.JobPending, t.d.ids(kinds))
	return err
}

// TakeMany is [Tx.Take] for n happenings at once: all or none.
func (t *Tx) TakeMany(ctx context.Context, key []byte, r Rate, n, now int64) error {
	if n > r.Most {
		return ErrNotFound
	}
	cost := n * r.step()
	return change(ctx, t.Q, `INSERT INTO rates (key_hash, free_at) VALUES (?, ?)
		ON CONFLICT (key_hash) DO UPDATE SET
			free_at = CASE WHEN rates.free_at < ? THEN ? ELSE rates.free_at END + ?
		WHERE rates.free_at <= ?`, key, now+cost, now, now, cost, now+(r.Most-n)*r.step())
}

// MakeGuest turns every place of an account into one of a guest, counts included. Roles that were given
// there by name go with the others, and a guest has nothing to do with threads of channels it is not in.
func (t *Tx) MakeGuest(ctx context.Context, userID string) error {
	if _, err := exec(ctx, t.Q, `DELETE FROM thread_memberships WHERE user_id = ? AND `+byStranger, userID); err != nil {
		return err
	}
	return t.turnPlaces(ctx, userID, true)
}

// MakeMember turns every place of a guest into one of a member, counts included.
func (t *Tx) MakeMember(ctx context.Context, userID string) error {
	return t.turnPlaces(ctx, userID, false)
}

func (t *Tx) turnPlaces(ctx context.Context, userID string, guest bool) error {
	by, flags := -1, `scheme_guest = FALSE, scheme_user = TRUE`
	if guest {
		by, flags = 1, `scheme_guest = TRUE, scheme_user = FALSE, scheme_admin = FALSE, roles = ''`
	}
	if _, err := exec(ctx, t.Q, `UPDATE channels SET guests = guests + ?
		WHERE id IN (SELECT channel_id FROM channel_members WHERE user_id = ?)`, by, userID); err != nil {
		return err
	}
	for _, table := range []string{"team_members", "channel_members"} {
		if _, err := exec(ctx, t.Q, `UPDATE `+table+` SET `+flags+` WHERE user_id = ?`, userID); err != nil {
			return err
		}
	}
	return nil
}

// TeamChannelMembersOf lists the places of an account in channels of teams.
func (q Q) TeamChannelMembersOf(ctx context.Context, userID string) ([]*model.ChannelMember, error) {
	return list(ctx, q, scanChannelMember, `SELECT `+channelMemberCols+channelMemberFrom+`
		WHERE m.user_id = ? AND c.team_id IS NOT NULL ORDER BY m.channel_id`, userID)
}

// FirstTeamMembers lists the first members of a team by username, one of them left out.
func (q Q) FirstTeamMembers(ctx context.Context, teamID, except string, n int) ([]string, error) {
	return list(ctx, q, scanValue[string], `SELECT user_id FROM team_members WHERE team_id = ? AND delete_at = 0 AND user_id <> ?
		ORDER BY username LIMIT ?`, teamID, except, n)
}

// ShowDirectChannels makes the sidebar of an account show its direct channels with others.
func (t *Tx) ShowDirectChannels(ctx context.Context, userID string, others []string) error {
	_, err := exec(ctx, t.Q, `INSERT INTO preferences (user_id, category, name, value)
		SELECT ?, 'direct_channel_show', u.id, 'true' FROM users u WHERE `+t.d.idsIn("u.id")+`
		ON CONFLICT (user_id, category, name) DO NOTHING`, userID, t.d.ids(others))
	return err
}
