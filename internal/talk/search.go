package talk

import (
	"context"
	"slices"
	"strings"
	"time"

	"muster/internal/account"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// Search is what somebody looks for.
type Search struct {
	TeamID        string // empty for all teams
	Terms         string
	Or            bool          // one of the words is enough
	Offset        time.Duration // of the searcher's days from those of UTC
	Archived      bool          // in archived channels, too
	Page, PerPage int
}

// SearchPosts finds posts in the channels of the actor, the newest first.
func (s *Service) SearchPosts(ctx context.Context, a perm.Actor, in Search) (*model.PostSearchResults, error) {
	want, err := s.lookingFor(ctx, a, in, "app.post.search.app_error")
	if err != nil {
		return nil, err
	}
	posts, err := s.DB.SearchPosts(ctx, want)
	if err != nil {
		return nil, store.Fault(err, "app.post.search.app_error")
	}
	slices.SortFunc(posts, newestFirst) // where they share a millisecond
	list, err := s.plainList(ctx, a, posts)
	if err != nil {
		return nil, errReading(err)
	}
	return &model.PostSearchResults{PostList: *list, Matches: map[string][]string{}}, nil
}

// SearchFiles finds files of posts in the channels of the actor, the newest first.
func (s *Service) SearchFiles(ctx context.Context, a perm.Actor, in Search) (*model.FileInfoList, error) {
	want, err := s.lookingFor(ctx, a, in, "app.file_info.search.app_error")
	if err != nil {
		return nil, err
	}
	files, err := s.DB.SearchFiles(ctx, want)
	if err != nil {
		return nil, store.Fault(err, "app.file_info.search.app_error")
	}
	list := &model.FileInfoList{Order: make([]string, len(files)), FileInfos: make(map[string]*model.FileInfo, len(files))}
	for i, f := range files {
		list.Order[i], list.FileInfos[f.ID] = f.ID, f
	}
	return list, nil
}

// lookingFor understands what the actor looks for and decides whether they may look there.
// What can find nothing has a limit of 0.
func (s *Service) lookingFor(ctx context.Context, a perm.Actor, in Search, failed string) (store.TextSearch, error) {
	want := store.TextSearch{UserID: a.UserID, TeamID: in.TeamID, Archived: in.Archived}
	switch {
	case a.UserID == "":
		return want, fault.NoSession()
	case strings.TrimSpace(in.Terms) == "":
		return want, fault.Body("terms")
	}
	if in.TeamID != "" {
		if _, err := account.InTeam(ctx, s.DB.Q, a, in.TeamID, perm.ViewTeam); err != nil {
			return want, err
		}
	}
	t := parseTerms(in.Terms, in.Offset)
	found, err := s.resolve(ctx, a, in.TeamID, t)
	if err != nil {
		return want, store.Fault(err, failed)
	}
	want.During, want.Outside = t.during, t.outside
	want.Anywhere, want.Channels = len(t.in) == 0, found.in
	want.Having, want.Lacking = t.having(found, in.Or), t.lacking(found)
	if !t.empty() && !t.never {
		want.Limit, want.Offset = in.PerPage, in.Page*in.PerPage
	}
	return want, nil
}

// having gives what the texts must have: one of each list.
func (t *terms) having(found named, or bool) [][]store.Trait {
	var out [][]store.Trait
	if or && len(t.with) > 0 {
		out = append(out, t.with)
	} else {
		for _, w := range t.with {
			out = append(out, []store.Trait{w})
		}
	}
	if len(t.from) > 0 {
		out = append(out, traits(store.By, found.from))
	}
	if len(t.kinds) > 0 {
		out = append(out, traits(store.OfKind, t.kinds))
	}
	return out
}

// lacking gives what the texts must not have.
func (t *terms) lacking(found named) []store.Trait {
	out := slices.Clone(t.without)
	out = append(out, traits(store.By, found.notFrom)...)
	out = append(out, traits(store.Within, found.notIn)...)
	return append(out, traits(store.OfKind, t.notKinds)...)
}

func traits(of func(string) store.Trait, values []string) []store.Trait {
	var out []store.Trait
	for _, v := range values {
		out = append(out, of(v))
	}
	return out
}

// named are the ids of what the terms call by its name.
type named struct{ from, notFrom, in, notIn []string }

// resolve finds whom and which channels terms mean. Of channels only those of the actor count.
func (s *Service) resolve(ctx context.Context, a perm.Actor, teamID string, t *terms) (named, error) {
	var out named
	names := slices.Concat(t.from, t.notFrom)
	for _, in := range slices.Concat(t.in, t.notIn) {
		names = append(names, people(in)...)
	}
	accounts := map[string]string{}
	if len(names) > 0 {
		list, err := s.DB.UsersNamed(ctx, unique(names))
		if err != nil {
			return out, err
		}
		for _, n := range list {
			accounts[n.Name] = n.UserID
		}
	}
	for _, in := range []struct {
		names []string
		ids   *[]string
	}{{t.from, &out.from}, {t.notFrom, &out.notFrom}} {
		for _, name := range in.names {
			if id := accounts[name]; id != "" {
				*in.ids = append(*in.ids, id)
			}
		}
	}
	var err error
	if out.in, err = s.channelsCalled(ctx, a, teamID, t.in, accounts); err != nil {
		return out, err
	}
	out.notIn, err = s.channelsCalled(ctx, a, teamID, t.notIn, accounts)
	return out, err
}

// channelsCalled finds the channels of the actor that have one of the names, or are those with
// people who are named.
func (s *Service) channelsCalled(ctx context.Context, a perm.Actor, teamID string, called []string, accounts map[string]string) ([]string, error) {
	var names []string
	for _, in := range called {
		who := people(in)
		if who == nil {
			names = append(names, in)
			continue
		}
		ids := []string{a.UserID}
		for _, name := range who {
			if id := accounts[name]; id != "" {
				ids = append(ids, id)
			}
		}
		switch {
		case len(ids) <= len(who): // somebody is not known
		case len(who) == 1:
			names = append(names, model.DirectName(ids[0], ids[1]))
		default:
			names = append(names, model.GroupName(unique(ids)))
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	return s.DB.PlacesNamed(ctx, a.UserID, teamID, names)
}

// people gives the usernames in the name of a direct or group channel, such as @bob or
// @amy,bob; nil for other names.
func people(in string) []string {
	if !strings.HasPrefix(in, "@") && !strings.Contains(in, ",") {
		return nil
	}
	var out []string
	for name := range strings.SplitSeq(in, ",") {
		if name = strings.TrimPrefix(strings.TrimSpace(name), "@"); name != "" {
			out = append(out, name)
		}
	}
	return out
}
