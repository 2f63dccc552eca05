package store

import (
	"context"
	"strings"

	"muster/internal/model"
)

const userCols = `u.id, u.create_at, u.update_at, u.delete_at, u.username, u.email, u.email_verified, u.password,
	u.auth_service, u.auth_data, u.nickname, u.first_name, u.last_name, u."position", u.roles, u.locale,
	u.timezone, u.props, u.notify_props, u.allow_marketing, u.last_password_update, u.last_picture_update,
	u.last_login, u.failed_attempts, u.mfa_active, u.mfa_secret, u.mfa_last_step, u.is_bot, COALESCE(b.description, ''), COALESCE(b.last_icon_update, 0),
	COALESCE(t.terms_of_service_id, ''), COALESCE(t.create_at, 0)`

// newUserCols are the columns of a new account; the others begin with their defaults.
const newUserCols = `id, create_at, update_at, delete_at, username, email, email_verified, password, auth_service, auth_data,
	nickname, first_name, last_name, "position", roles, locale, timezone, props, notify_props, allow_marketing,
	last_password_update, last_picture_update, is_bot`

func newUserValues(u *model.User) []any {
	return []any{
		u.ID, u.CreateAt, u.UpdateAt, u.DeleteAt, u.Username, u.Email, u.EmailVerified, u.Password, u.AuthService, u.AuthData,
		u.Nickname, u.FirstName, u.LastName, u.Position, u.Roles, u.Locale, u.Timezone, u.Props, u.NotifyProps, u.AllowMarketing,
		u.LastPasswordUpdate, u.LastPictureUpdate, u.IsBot,
	}
}

const userFrom = ` FROM users u LEFT JOIN bots b ON b.user_id = u.id LEFT JOIN user_terms_of_service t ON t.user_id = u.id `

func scanUser(row scanner) (*model.User, error) {
	u := &model.User{}
	err := row.Scan(&u.ID, &u.CreateAt, &u.UpdateAt, &u.DeleteAt, &u.Username, &u.Email, &u.EmailVerified, &u.Password,
		&u.AuthService, &u.AuthData, &u.Nickname, &u.FirstName, &u.LastName, &u.Position, &u.Roles, &u.Locale,
		&u.Timezone, &u.Props, &u.NotifyProps, &u.AllowMarketing, &u.LastPasswordUpdate, &u.LastPictureUpdate,
		&u.LastLogin, &u.FailedAttempts, &u.MfaActive, &u.MfaSecret, &u.MfaLastStep, &u.IsBot, &u.BotDescription, &u.BotLastIconUpdate,
		&u.TermsID, &u.TermsAt)
	return u, err
}

// User reads an account.
func (q Q) User(ctx context.Context, id string) (*model.User, error) {
	return one(ctx, q, scanUser, `SELECT `+userCols+userFrom+`WHERE u.id = ?`, id)
}

// Users reads the accounts among ids that exist, in no order.
func (q Q) Users(ctx context.Context, ids []string) ([]*model.User, error) {
	return list(ctx, q, scanUser, `SELECT `+userCols+userFrom+`WHERE `+q.d.idsIn("u.id"), q.d.ids(ids))
}

// HoldUsers is Users for accounts that stay as they are until the transaction ends, so that what
// is made of them, such as a place for a guest, stays right.
func (t *Tx) HoldUsers(ctx context.Context, ids []string) ([]*model.User, error) {
	return list(ctx, t.Q, scanUser, `SELECT `+userCols+userFrom+`WHERE `+t.d.idsIn("u.id")+` ORDER BY u.id`+t.d.forChange("u"), t.d.ids(ids))
}

// HoldUser keeps an account as it is until the transaction ends; one that does
// not exist is fine.
func (t *Tx) HoldUser(ctx context.Context, id string) error {
	if t.d.forUpdate == "" {
		return nil // the only writer
	}
	_, err := list(ctx, t.Q, scanValue[string], `SELECT id FROM users WHERE id = ?`+t.d.forUpdate, id)
	return err
}

// LockUser reads an account and holds it until the transaction ends.
func (t *Tx) LockUser(ctx context.Context, id string) (*model.User, error) {
	if err := t.HoldUser(ctx, id); err != nil {
		return nil, err
	}
	return t.User(ctx, id)
}

// UserIDByUsername finds an account by its exact stored name.
func (q Q) UserIDByUsername(ctx context.Context, username string) (string, error) {
	return one(ctx, q, scanValue[string], `SELECT id FROM users WHERE username = ?`, username)
}

// UserIDByEmail finds an account by its exact stored address.
func (q Q) UserIDByEmail(ctx context.Context, email string) (string, error) {
	return one(ctx, q, scanValue[string], `SELECT id FROM users WHERE email = ?`, email)
}

// UserIDsByUsernames finds accounts by exact stored names, ordered by name.
func (q Q) UserIDsByUsernames(ctx context.Context, usernames []string) ([]string, error) {
	return list(ctx, q, scanValue[string], `SELECT id FROM users WHERE `+q.d.idsIn("username")+` ORDER BY username`,
		q.d.ids(usernames))
}

// LoginLookup says which columns a login id is compared with.
type LoginLookup struct {
	LoginID  string // lower case
	Username bool
	Email    bool
}

// UserForLogin finds the account a login id means. No match, and a text that
// matches two accounts, is ErrNotFound.
func (q Q) UserForLogin(ctx context.Context, l LoginLookup) (*model.User, error) {
	found, err := list(ctx, q, scanUser, `SELECT `+userCols+userFrom+`
		WHERE (u.username = ? AND ?) OR (u.email = ? AND ?) LIMIT 2`, l.LoginID, l.Username, l.LoginID, l.Email)
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, ErrNotFound
	}
	return found[0], nil
}

// InsertUser stores a new account, counts it and makes it searchable.
func (t *Tx) InsertUser(ctx context.Context, u *model.User) error {
	if err := t.insertUserRow(ctx, u); err != nil {
		return err
	}
	if err := t.indexUser(ctx, nil, u); err != nil {
		return err
	}
	return t.countUser(ctx, u, 1)
}

func (t *Tx) insertUserRow(ctx context.Context, u *model.User) error {
	_, err := exec(ctx, t.Q, `INSERT INTO users (`+newUserCols+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, `+t.d.json+`, `+t.d.json+`, `+t.d.json+`, ?, ?, ?, ?)`,
		newUserValues(u)...)
	return err
}

// UpdateUser stores the whole record of an account that this transaction has
// locked as it was; counts and the search follow. Attempts and MFA have their own methods.
func (t *Tx) UpdateUser(ctx context.Context, was, u *model.User) error {
	err := change(ctx, t.Q, `UPDATE users SET update_at = ?, delete_at = ?, username = ?, email = ?, email_verified = ?,
			password = ?, auth_service = ?, auth_data = ?, nickname = ?, first_name = ?, last_name = ?, "position" = ?,
			roles = ?, locale = ?, timezone = `+t.d.json+`, props = `+t.d.json+`, notify_props = `+t.d.json+`,
			allow_marketing = ?, last_password_update = ?, last_picture_update = ?, last_login = ?, is_bot = ?
		WHERE id = ?`,
		u.UpdateAt, u.DeleteAt, u.Username, u.Email, u.EmailVerified,
		u.Password, u.AuthService, u.AuthData, u.Nickname, u.FirstName, u.LastName, u.Position,
		u.Roles, u.Locale, u.Timezone, u.Props, u.NotifyProps,
		u.AllowMarketing, u.LastPasswordUpdate, u.LastPictureUpdate, u.LastLogin, u.IsBot, u.ID)
	if err != nil {
		return err
	}
	if err := t.indexUser(ctx, was, u); err != nil {
		return err
	}
	if err := t.movePlaces(ctx, was, u); err != nil {
		return err
	}
	if was.Roles == u.Roles && was.IsBot == u.IsBot && was.Active() == u.Active() {
		return nil
	}
	if err := t.countUser(ctx, was, -1); err != nil {
		return err
	}
	return t.countUser(ctx, u, 1)
}

// DeleteUser removes the row of an account whose traces are gone already.
func (t *Tx) DeleteUser(ctx context.Context, u *model.User) error {
	if err := t.indexUser(ctx, u, nil); err != nil {
		return err
	}
	if err := change(ctx, t.Q, `DELETE FROM users WHERE id = ?`, u.ID); err != nil {
		return err
	}
	return t.countUser(ctx, u, -1)
}

func (t *Tx) countUser(ctx context.Context, u *model.User, by int64) error {
	_, err := exec(ctx, t.Q, `INSERT INTO user_counts (roles, is_bot, active, n) VALUES (?, ?, ?, ?)
		ON CONFLICT (roles, is_bot, active) DO UPDATE SET n = user_counts.n + excluded.n`, u.Roles, u.IsBot, u.Active(), by)
	return err
}

// CountAttempt counts a try to sign in before the secret is looked at. ErrNotFound
// means that the account has used up its tries (or does not exist).
func (t *Tx) CountAttempt(ctx context.Context, userID string, most int) error {
	return change(ctx, t.Q, `UPDATE users SET failed_attempts = failed_attempts + 1
		WHERE id = ? AND failed_attempts < ?`, userID, most)
}

// ForgiveAttempt takes one counted try back.
func (t *Tx) ForgiveAttempt(ctx context.Context, userID string) error {
	return change(ctx, t.Q, `UPDATE users SET failed_attempts = failed_attempts - 1
		WHERE id = ? AND failed_attempts > 0`, userID)
}

// ResetAttempts forgets all failed tries of an account.
func (t *Tx) ResetAttempts(ctx context.Context, userID string) error {
	return change(ctx, t.Q, `UPDATE users SET failed_attempts = 0 WHERE id = ?`, userID)
}

// SignedIn records a successful sign-in: the time, and no failed tries. What others
// see of the account stays, and with it update_at.
func (t *Tx) SignedIn(ctx context.Context, userID string, at int64) error {
	return change(ctx, t.Q, `UPDATE users SET last_login = ?, failed_attempts = 0 WHERE id = ?`, at, userID)
}

// ReplaceHash stores a stronger hash of the password it was computed from, unless
// the password has been changed meanwhile.
func (t *Tx) ReplaceHash(ctx context.Context, userID string, old, stronger model.Secret) error {
	_, err := exec(ctx, t.Q, `UPDATE users SET password = ? WHERE id = ? AND password = ?`, stronger, userID, old)
	return err
}

// SetPicture stores when the picture of an account changed.
func (t *Tx) SetPicture(ctx context.Context, userID string, pictureAt, updateAt int64) error {
	return change(ctx, t.Q, `UPDATE users SET last_picture_update = ?, update_at = ? WHERE id = ?`, pictureAt, updateAt, userID)
}

// UserCount is the number of accounts of one kind.
type UserCount struct {
	Roles  string
	IsBot  bool
	Active bool
	N      int64
}

// UserCounts gives the kept counts of every kind of account that exists.
func (q Q) UserCounts(ctx context.Context) ([]UserCount, error) {
	return list(ctx, q, func(row scanner) (c UserCount, err error) {
		err = row.Scan(&c.Roles, &c.IsBot, &c.Active, &c.N)
		return c, err
	}, `SELECT roles, is_bot, active, n FROM user_counts WHERE n > 0 ORDER BY roles, is_bot, active`)
}

// Humans tells how many accounts that are not bots exist, deactivated ones included.
func (q Q) Humans(ctx context.Context) (int64, error) {
	return one(ctx, q, scanValue[int64], `SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM user_counts WHERE NOT is_bot`)
}

// where collects the conditions of a filter with their arguments.
type where struct {
	conditions []string
	args       []any
}

func (w *where) add(condition string, args ...any) {
	w.conditions = append(w.conditions, condition)
	w.args = append(w.args, args...)
}

func (w *where) text() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}
