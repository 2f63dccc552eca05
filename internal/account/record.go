package account

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"sync/atomic"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// Record is an account as kept in memory, with the bytes each kind of viewer
// gets. It never changes; a changed account becomes another record.
type Record struct {
	*model.User
	encoded [model.Views]atomic.Pointer[encoding]
}

// encoding is a record as one kind of viewer gets it under one choice of privacy.
type encoding struct {
	privacy model.Privacy
	body    []byte
	sum     uint64 // of the body
	etag    string
}

// as gives the encoding for a viewer, from memory when there is one.
func (r *Record) as(v model.View, p model.Privacy) *encoding {
	if e := r.encoded[v].Load(); e != nil && e.privacy == p {
		return e
	}
	body, err := json.Marshal(r.View(v, p))
	if err != nil { // texts and numbers always have a JSON form
		panic(fmt.Sprintf("encode user: %v", err))
	}
	h := fnv.New64a()
	_, _ = h.Write(body) // never fails
	e := &encoding{privacy: p, body: body, sum: h.Sum64()}
	e.etag = r.ID + "." + strconv.FormatInt(r.UpdateAt, 10) + "." + shownAs(v, p) + "." + strconv.FormatUint(e.sum, 36)
	r.encoded[v].Store(e)
	return e
}

// shownAs names a view and the settings it depends on, for ETags.
func shownAs(v model.View, p model.Privacy) string {
	return strconv.Itoa(int(v)) + strconv.FormatBool(p.ShowEmail)[:1] + strconv.FormatBool(p.ShowFullName)[:1]
}

// JSON gives the encoded answer for a viewer. The bytes are shared: they must not
// be changed.
func (r *Record) JSON(v model.View, p model.Privacy) []byte { return r.as(v, p).body }

// ETag changes whenever the record, or what a viewer gets of it, does.
func (r *Record) ETag(v model.View, p model.Privacy) string { return r.as(v, p).etag }

// Answer is one account together with the view its receiver gets.
type Answer struct {
	Record  *Record
	View    model.View
	Privacy model.Privacy
}

// JSON gives the encoded answer; the bytes are shared and must not be changed.
func (a Answer) JSON() []byte { return a.Record.JSON(a.View, a.Privacy) }

// ETag names the state of the answer.
func (a Answer) ETag() string { return a.Record.ETag(a.View, a.Privacy) }

// Answers is a list of accounts for one receiver.
type Answers struct {
	Records []*Record
	View    model.View
	Privacy model.Privacy
	Tagged  bool // the list has an ETag
	// Activity is when accounts were last active, in lists that show it.
	Activity map[string]int64
}

// ETag names the state of the list: which accounts are on it, in which order, and
// what the receiver gets of each.
func (l Answers) ETag() string {
	h := fnv.New64a()
	var sum [8]byte
	for _, r := range l.Records {
		binary.BigEndian.PutUint64(sum[:], r.as(l.View, l.Privacy).sum)
		_, _ = h.Write(sum[:]) // never fails
	}
	return shownAs(l.View, l.Privacy) + "." + strconv.FormatUint(h.Sum64(), 36)
}

// AppendJSON appends the list as a JSON array to dst.
func (l Answers) AppendJSON(dst []byte) []byte {
	dst = append(dst, '[')
	for i, r := range l.Records {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, r.JSON(l.View, l.Privacy)...)
		if at := l.Activity[r.ID]; at > 0 { // goes before the end of the object
			dst = append(dst[:len(dst)-1], `,"last_activity_at":`...)
			dst = append(strconv.AppendInt(dst, at, 10), '}')
		}
	}
	return append(dst, ']')
}

// MarshalJSON splices the encoded accounts together.
func (l Answers) MarshalJSON() ([]byte, error) { return l.AppendJSON(nil), nil }

func (s *Service) answers(a perm.Actor, records []*Record) Answers {
	return Answers{Records: records, View: viewFor(a), Privacy: s.privacy()}
}

// record gives an account from memory or from the database; store.ErrNotFound
// when there is none.
func (s *Service) record(ctx context.Context, id string) (*Record, error) {
	if r, ok := s.users.get(id); ok {
		return r, nil
	}
	mark := s.users.mark()
	u, err := s.DB.User(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read user %s: %w", id, err)
	}
	r := &Record{User: u}
	s.users.put(id, id, r, mark)
	return r, nil
}

// records gives the accounts in the order of ids, reading all that are missing
// from memory with one statement. Ids without an account are left out.
func (s *Service) records(ctx context.Context, ids []string) ([]*Record, error) {
	out := make([]*Record, len(ids))
	var missing []string
	for i, id := range ids {
		if r, ok := s.users.get(id); ok {
			out[i] = r
		} else {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	mark := s.users.mark()
	users, err := s.DB.Users(ctx, missing)
	if err != nil {
		return nil, fmt.Errorf("read %d users: %w", len(missing), err)
	}
	read := make(map[string]*Record, len(users))
	for _, u := range users {
		r := &Record{User: u}
		read[u.ID] = r
		s.users.put(u.ID, u.ID, r, mark)
	}
	kept := out[:0]
	for i, id := range ids {
		r := out[i]
		if r == nil {
			r = read[id]
		}
		if r != nil {
			kept = append(kept, r)
		}
	}
	return kept, nil
}

// target reads the account a use case is about, for the permission gates. An
// account that does not exist is a target too: whether that is said depends on the actor.
func (s *Service) target(ctx context.Context, q store.Q, id string) (*model.User, perm.Target, error) {
	u, err := q.User(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, perm.Target{UserID: id}, nil
	}
	if err != nil {
		return nil, perm.Target{}, fault.New(fault.Internal, "app.user.get.app_error").Because(err)
	}
	t := perm.Target{UserID: id, Exists: true, Roles: u.Roles, IsBot: u.IsBot}
	if u.IsBot {
		if t.OwnerID, err = q.BotOwner(ctx, id); err != nil {
			return nil, perm.Target{}, fault.New(fault.Internal, "app.bot.getbot.internal_error").Because(err)
		}
	}
	return u, t, nil
}
