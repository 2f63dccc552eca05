package store

import "context"

// KeywordMember is a member of a channel who wants to hear more than their name.
type KeywordMember struct {
	UserID    string
	Keys      string // separated by commas
	FirstName string // empty when they do not want to hear it
}

// keywordMembersMax bounds how many members of one channel are heard by their own words.
const keywordMembersMax = 5000

// KeywordMembers lists the members of a channel who want to hear more than their name, or
// those of them among the accounts. Members come by the primary key of their places.
func (q Q) KeywordMembers(ctx context.Context, channelID string, userIDs []string) ([]KeywordMember, error) {
	w := &where{}
	w.add(`m.channel_id = ?`, channelID)
	if userIDs != nil {
		w.add(q.d.idsIn("m.user_id"), q.d.ids(userIDs))
	}
	w.add(`u.delete_at = 0 AND (COALESCE(u.notify_props->>'mention_keys', '') <> '' OR u.notify_props->>'first_name' = 'true')`)
	return list(ctx, q, func(row scanner) (m KeywordMember, err error) {
		return m, row.Scan(&m.UserID, &m.Keys, &m.FirstName)
	}, `SELECT m.user_id, COALESCE(u.notify_props->>'mention_keys', ''),
			CASE WHEN u.notify_props->>'first_name' = 'true' THEN u.first_name ELSE '' END
		FROM channel_members m JOIN users u ON u.id = m.user_id`+w.text()+` LIMIT ?`, append(w.args, keywordMembersMax)...)
}

// Named is an account that was called by a name: its own, or that of a group it is in.
type Named struct{ Name, UserID string }

func scanNamed(row scanner) (n Named, err error) { return n, row.Scan(&n.Name, &n.UserID) }

// MembersNamed finds the members of a channel that have one of the usernames.
func (q Q) MembersNamed(ctx context.Context, channelID string, names []string) ([]Named, error) {
	return list(ctx, q, scanNamed, `SELECT m.username, m.user_id FROM channel_members m JOIN users u ON u.id = m.user_id
		WHERE m.channel_id = ? AND `+q.d.idsIn("m.username")+` AND u.delete_at = 0`, channelID, q.d.ids(names))
}

// MembersOfGroupsNamed finds the members of a channel that are in a group with one of the names and at most so many members.
func (q Q) MembersOfGroupsNamed(ctx context.Context, channelID string, names []string, most int) ([]Named, error) {
	return list(ctx, q, scanNamed, `SELECT g.name, m.user_id FROM user_groups g JOIN group_members gm ON gm.group_id = g.id
			JOIN channel_members m ON m.channel_id = ? AND m.user_id = gm.user_id
		WHERE `+q.d.idsIn("g.name")+` AND g.delete_at = 0 AND g.allow_reference AND g.members <= ?`, channelID, q.d.ids(names), most)
}

// Answer is a reply by somebody to a root.
type Answer struct {
	RootID string `json:"root_id"`
	UserID string `json:"user_id"`
}

// Replied is a member of a channel who wants to hear of replies to a thread.
type Replied struct {
	Answer
	New       bool   // to the thread, by one of the answers that are just written
	Collapsed string // what they chose about seeing threads as such; empty when they did not
}

// MembersRepliedTo lists the members of a channel who want to hear of replies to threads: to
// those they began, or to all in which they wrote. Answers that are just written are told apart.
func (q Q) MembersRepliedTo(ctx context.Context, channelID string, rootIDs []string, answers []Answer) ([]Replied, error) {
	roots := q.d.ids(rootIDs)
	return list(ctx, q, func(row scanner) (r Replied, err error) {
		return r, row.Scan(&r.RootID, &r.UserID, &r.New, &r.Collapsed)
	}, `SELECT x.root_id, x.user_id, x.added, COALESCE(s.value, '') FROM (
				SELECT p.id AS root_id, p.user_id, TRUE AS began, FALSE AS added FROM posts p WHERE `+q.d.idsIn("p.id")+`
				UNION ALL SELECT t.post_id, t.user_id, FALSE, FALSE FROM thread_participants t WHERE `+q.d.idsIn("t.post_id")+` AND t.replies > 0
				UNION ALL SELECT x.root_id, x.user_id, FALSE, TRUE FROM `+q.d.records("root_id text", "user_id text")+`) x
			JOIN channel_members m ON m.channel_id = ? AND m.user_id = x.user_id
			JOIN users u ON u.id = x.user_id AND u.delete_at = 0
			LEFT JOIN preferences s ON s.user_id = x.user_id AND s.category = 'display_settings' AND s.name = 'collapsed_reply_threads'
		WHERE u.notify_props->>'comments' = 'any' OR u.notify_props->>'comments' = 'root' AND x.began
		ORDER BY x.added, x.root_id, x.user_id`, roots, roots, jsonRows(answers), channelID)
}

// MembersToNotify lists the members of a channel who want to hear when everybody is called,
// or of these only those who are online.
func (q Q) MembersToNotify(ctx context.Context, channelID string, onlineOnly bool, n int) ([]string, error) {
	return list(ctx, q, scanValue[string], `SELECT m.user_id FROM channel_members m JOIN users u ON u.id = m.user_id
			LEFT JOIN statuses s ON s.user_id = m.user_id
		WHERE m.channel_id = ? AND u.delete_at = 0 AND COALESCE(u.notify_props->>'channel', 'true') = 'true'
			AND COALESCE(m.notify_props->>'ignore_channel_mentions', 'default') <> 'on'
			AND NOT (COALESCE(m.notify_props->>'ignore_channel_mentions', 'default') = 'default' AND COALESCE(m.notify_props->>'mark_unread', 'all') = 'mention')
			AND (NOT CAST(? AS BOOLEAN) OR s.status = 'online')
		LIMIT ?`, channelID, onlineOnly, n)
}

// ChannelMemberIDs lists up to n accounts that are in a channel.
func (q Q) ChannelMemberIDs(ctx context.Context, channelID string, n int) ([]string, error) {
	return list(ctx, q, scanValue[string], `SELECT user_id FROM channel_members WHERE channel_id = ? LIMIT ?`, channelID, n)
}
