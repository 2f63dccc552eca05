package account

import (
	"context"
	"crypto/sha256"
	"errors"
	"regexp"
	"time"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// tokenHash is the SHA-256 of a session token, the key of the session cache.
type tokenHash [sha256.Size]byte

// Caller is who a valid token belongs to.
type Caller struct {
	Session *model.Session
	Record  *Record
}

// Authenticate finds the session of a token and its account. A token without a
// valid session, or of an account that may not act, is a fault (401).
func (s *Service) Authenticate(ctx context.Context, token string) (Caller, error) {
	hash := tokenHash(sha256.Sum256([]byte(token)))
	session, ok := s.sessions.get(hash)
	var err error
	if !ok {
		mark := s.sessions.mark()
		session, err = s.DB.SessionByToken(ctx, hash[:])
		if errors.Is(err, store.ErrNotFound) {
			session, err = s.sessionOfAccessToken(ctx, hash[:])
		}
		if err != nil {
			return Caller{}, store.Fault(err, "app.session.get.app_error", errInvalidToken())
		}
		s.sessions.put(hash, session.UserID, session, mark)
	}
	now := s.now()
	if session.Expired(now) {
		return Caller{}, errInvalidToken()
	}
	if s.idle(session, now) {
		if session, err = s.endIdle(ctx, session.ID); err != nil {
			return Caller{}, err
		}
	}
	record, err := s.record(ctx, session.UserID)
	if err != nil {
		return Caller{}, store.Fault(err, "app.user.get.app_error", errInvalidToken())
	}
	if !record.Active() {
		return Caller{}, errInvalidToken()
	}
	if session.AccessToken() {
		if !s.accessTokensWork(record.User) {
			return Caller{}, errInvalidToken()
		}
		s.tokensUsed.note(session.Props[model.PropAccessTokenID], session.LastActivityAt, now)
	}
	return Caller{Session: session, Record: record}, nil
}

func errInvalidToken() *fault.Error {
	return fault.New(fault.Unauthenticated, "api.context.invalid_token.error")
}

// Actor makes the acting party of a caller.
func (s *Service) Actor(c Caller) (perm.Actor, error) {
	roles, err := s.Roles()
	if err != nil {
		return perm.Actor{}, err
	}
	return roles.Grants.Resolve(perm.Actor{
		UserID: c.Record.ID, SessionID: c.Session.ID, Roles: c.Record.Roles,
		IsOAuth: c.Session.IsOAuth, IsBot: c.Record.IsBot, IsGuest: c.Record.IsGuest(),
	}), nil
}

// ActorOf makes the acting party of an account that has no session here, with the
// rights of its roles.
func (s *Service) ActorOf(ctx context.Context, userID string) (perm.Actor, error) {
	r, err := s.record(ctx, userID)
	if err != nil {
		return perm.Actor{}, store.Fault(err, "app.user.get.app_error", fault.NoUser())
	}
	return s.Actor(Caller{Session: &model.Session{}, Record: r})
}

// idle tells whether a browser session was left alone for too long.
func (s *Service) idle(n *model.Session, now int64) bool {
	cfg := s.Config().ServiceSettings
	if cfg.SessionIdleTimeoutInMinutes <= 0 || cfg.ExtendSessionLengthWithActivity ||
		n.IsOAuth || n.Mobile() || n.AccessToken() {
		return false
	}
	last := max(n.LastActivityAt, s.activity.of(n.ID))
	return now-last > (time.Duration(cfg.SessionIdleTimeoutInMinutes) * time.Minute).Milliseconds()
}

// endIdle ends a session that seems idle, which is a fault (401), unless what is
// stored says that it was used meanwhile, by way of another node.
func (s *Service) endIdle(ctx context.Context, id string) (*model.Session, error) {
	var n *model.Session
	err := s.DB.Tx(ctx, func(tx *store.Tx) (err error) {
		if n, err = tx.Session(ctx, id); err != nil {
			return err
		}
		tx.Emit(event.SessionsEnded(n.UserID)) // what is cached is out of date in any case
		if s.idle(n, s.now()) {
			err = tx.DeleteSession(ctx, id)
			n = nil
		}
		return err
	})
	switch {
	case err != nil:
		return nil, store.Fault(err, "app.session.get.app_error", errInvalidToken())
	case n == nil:
		return nil, errInvalidToken().Explain("idle timeout")
	}
	return n, nil
}

// sessionLength is how long a session of this kind lasts.
func (s *Service) sessionLength(n *model.Session) time.Duration {
	cfg := s.Config().ServiceSettings
	hours := cfg.SessionLengthWebInHours
	switch {
	case n.Mobile():
		hours = cfg.SessionLengthMobileInHours
	case n.SSO():
		hours = cfg.SessionLengthSSOInHours
	}
	return time.Duration(hours) * time.Hour
}

// Logout ends the actor's own session; without one there is nothing to do, and nobody
// whose history could tell of it.
func (s *Service) Logout(ctx context.Context, a perm.Actor) error {
	if a.SessionID == "" {
		return nil
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteSession(ctx, a.SessionID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		tx.Emit(event.SessionsEnded(a.UserID))
		return tx.InsertAudit(ctx, s.audit(a, s.now(), ""))
	})
	return store.Fault(err, "app.session.remove.app_error")
}

// Sessions lists the sessions of an account, the most recently used first.
func (s *Service) Sessions(ctx context.Context, a perm.Actor, userID string) ([]*model.Session, error) {
	u, err := s.sessionOwner(ctx, a, userID)
	if err != nil || u == nil {
		return nil, err
	}
	list, err := s.DB.Sessions(ctx, userID)
	if err != nil {
		return nil, fault.New(fault.Internal, "app.session.get_sessions.app_error").Because(err)
	}
	teams, err := s.DB.LiveTeamMembersOf(ctx, userID)
	if err != nil {
		return nil, fault.New(fault.Internal, "app.session.get_sessions.app_error").Because(err)
	}
	for _, n := range list {
		n.Roles = u.Roles
		n.TeamMembers = append([]*model.TeamMember{}, teams...)
	}
	return list, nil
}

// sessionOwner reads the account whose sessions the actor wants to handle; nil when
// it does not exist and the actor may know that.
func (s *Service) sessionOwner(ctx context.Context, a perm.Actor, userID string) (*model.User, error) {
	u, target, err := s.target(ctx, s.DB.Q, userID)
	if err != nil {
		return nil, err
	}
	return u, a.NeedUser(target)
}

// RevokeSession ends one session of an account.
func (s *Service) RevokeSession(ctx context.Context, a perm.Actor, userID, sessionID string) error {
	if _, err := s.sessionOwner(ctx, a, userID); err != nil {
		return err
	}
	if sessionID == "" {
		return fault.Body("session_id")
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		n, err := tx.Session(ctx, sessionID)
		if err != nil {
			return store.Fault(err, "app.session.get.app_error", fault.New(fault.Invalid, "app.session.get.app_error"))
		}
		if n.UserID != userID {
			return fault.URL("user_id")
		}
		tx.Emit(event.SessionsEnded(userID))
		if err := tx.DeleteSession(ctx, sessionID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err // one that has just ended is as good as ended by this
		}
		return tx.InsertAudit(ctx, s.audit(a, s.now(), ""))
	})
	return store.Fault(err, "app.session.remove.app_error")
}

// RevokeAllSessions ends every session of an account, the actor's own included.
func (s *Service) RevokeAllSessions(ctx context.Context, a perm.Actor, userID string) error {
	if _, err := s.sessionOwner(ctx, a, userID); err != nil {
		return err
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		if err := s.endSessions(ctx, tx, userID, ""); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, s.audit(a, s.now(), ""))
	})
	return store.Fault(err, "app.session.remove.app_error")
}

// RevokeSessionsOfAllUsers ends every session there is, the actor's own included.
func (s *Service) RevokeSessionsOfAllUsers(ctx context.Context, a perm.Actor) error {
	if err := a.Need(perm.ManageSystem); err != nil {
		return err
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		tx.Emit(event.AllSessionsEnded())
		if err := tx.DeleteAllSessions(ctx); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, s.audit(a, s.now(), ""))
	})
	return store.Fault(err, "app.session.remove_all_sessions_for_team.app_error")
}

// endSessions ends the sessions of an account except the one named, if any.
func (s *Service) endSessions(ctx context.Context, tx *store.Tx, userID, except string) error {
	tx.Emit(event.SessionsEnded(userID))
	_, err := tx.DeleteSessionsOf(ctx, userID, except)
	return err
}

// Device is what a mobile app tells about itself. Empty fields leave what is known.
type Device struct {
	ID                   string
	NotificationDisabled string // "true" or "false"
	MobileVersion        string // major.minor.patch
}

var semanticVersion = regexp.MustCompile(`^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$`)

// deviceIDMax is the longest device id in bytes.
const deviceIDMax = 512

// AttachDevice ties the actor's session to a device and keeps what the device tells.
// Other sessions on the same device end. It answers the session as it is afterwards.
func (s *Service) AttachDevice(ctx context.Context, a perm.Actor, d Device) (*model.Session, error) {
	switch {
	case len(d.ID) > deviceIDMax:
		return nil, fault.Body("device_id")
	case d.NotificationDisabled != "" && d.NotificationDisabled != "true" && d.NotificationDisabled != "false":
		return nil, fault.Body("device_notification_disabled")
	case d.MobileVersion != "" && !semanticVersion.MatchString(d.MobileVersion):
		return nil, fault.Body("mobile_version")
	}
	var out *model.Session
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		n, err := tx.Session(ctx, a.SessionID)
		if err != nil {
			return store.Fault(err, "app.session.get.app_error", fault.NoSession())
		}
		out = n
		tx.Emit(event.SessionsEnded(n.UserID))
		if d.ID != "" {
			if err := s.attachDevice(ctx, tx, a, n, d.ID); err != nil {
				return err
			}
		}
		if d.NotificationDisabled != "" {
			n.Props[model.PropNotificationDisabled] = d.NotificationDisabled
		}
		if d.MobileVersion != "" {
			n.Props[model.PropMobileVersion] = d.MobileVersion
		}
		return tx.SetSessionProps(ctx, n.ID, n.Props)
	})
	return out, store.Fault(err, "app.session.set_extra_session_prop.app_error")
}

func (s *Service) attachDevice(ctx context.Context, tx *store.Tx, a perm.Actor, n *model.Session, deviceID string) error {
	if err := tx.DeleteSessionsOfDevice(ctx, n.UserID, deviceID, n.ID); err != nil {
		return err
	}
	n.DeviceID = deviceID
	if !n.AccessToken() { // which ends with its token and not a day later
		from := n.CreateAt
		if s.Config().ServiceSettings.ExtendSessionLengthWithActivity {
			from = s.now()
		}
		n.ExpiresAt = from + s.sessionLength(n).Milliseconds()
	}
	if err := tx.AttachDevice(ctx, n.ID, deviceID, n.ExpiresAt); err != nil {
		return err
	}
	return tx.InsertAudit(ctx, s.audit(a, s.now(), ""))
}

// ExtendSession gives a session that is in use a later end where the settings want
// that; it tells whether it did. Sessions that never end, or have ended, stay as they are,
// and those of access tokens, which say themselves how long they work.
func (s *Service) ExtendSession(ctx context.Context, n *model.Session) (bool, error) {
	now := s.now()
	length := s.sessionLength(n)
	if !s.Config().ServiceSettings.ExtendSessionLengthWithActivity || !extendable(n, length, now) {
		return false, nil
	}
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		tx.Emit(event.SessionsEnded(n.UserID))
		return tx.ExtendSession(ctx, n.ID, now, now+length.Milliseconds())
	})
	if errors.Is(err, store.ErrNotFound) { // it ended meanwhile
		return false, nil
	}
	return err == nil, store.Fault(err, "app.session.update_expires_at.app_error")
}

// extendable tells whether a session of this length was begun or extended so long
// ago that another extension is worth a write: a hundredth of its length, but not
// more than a day and not less than five minutes.
func extendable(n *model.Session, length time.Duration, now int64) bool {
	if n.ExpiresAt <= 0 || n.Expired(now) || n.AccessToken() {
		return false
	}
	least := max(min(length/100, 24*time.Hour), 5*time.Minute)
	return now-(n.ExpiresAt-length.Milliseconds()) >= least.Milliseconds()
}

// CleanSessions removes sessions that have ended, in batches.
func (s *Service) CleanSessions(ctx context.Context) error {
	const batch = 1000
	for {
		var n int64
		err := s.DB.Tx(ctx, func(tx *store.Tx) (err error) {
			n, err = tx.DeleteExpiredSessions(ctx, s.now(), batch)
			return err
		})
		if err != nil || n < batch {
			return err
		}
	}
}
