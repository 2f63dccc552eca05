package event

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/model"
)

func account() *model.User {
	return &model.User{
		ID: model.NewID(), Username: "amy", Email: "amy@example.com", FirstName: "Amy", Password: model.NewSecret("hunter2"),
		MfaSecret: model.NewSecret("hunter2"), AuthData: new("auth"), NotifyProps: model.StringMap{"email": "true"}, EmailVerified: true, FailedAttempts: 3,
	}
}

// payload gives the JSON of what a socket gets.
func payload(t *testing.T, e Event) string {
	t.Helper()
	b, err := json.Marshal(e.Data)
	if err != nil {
		t.Fatalf("%s: %v", e.Name, err)
	}
	return string(b)
}

func TestUserUpdatedGivesEveryReceiverItsOwnView(t *testing.T) {
	t.Parallel()
	u := account()
	events := UserUpdated(u, model.Privacy{})
	views := []model.UserView{u.View(model.ViewAdmin, model.Privacy{}), u.View(model.ViewOther, model.Privacy{}), u.View(model.ViewSelf, model.Privacy{})}
	audiences := []Audience{
		{OmitUsers: []string{u.ID}, AdminsOnly: true, About: u.ID}, {OmitUsers: []string{u.ID}, OthersOnly: true, About: u.ID}, {UserID: u.ID},
	}
	if len(events) != 3 {
		t.Fatalf("%d events, want one for each kind of receiver", len(events))
	}
	var stale []string
	for i, e := range events {
		if e.Name != "user_updated" || !cmp.Equal(e.Data["user"], any(views[i])) || !cmp.Equal(e.To, audiences[i]) {
			t.Errorf("event %d is %s to %+v", i, payload(t, e), e.To)
		}
		if strings.Contains(payload(t, e), "hunter2") {
			t.Errorf("event %d shows a secret: %s", i, payload(t, e))
		}
		stale = append(stale, e.Stale.Users...)
	}
	if !slices.Equal(stale, []string{u.ID}) || !events[0].Stale.Lists {
		t.Errorf("caches forget %v and lists %t, want the account once, and lists", stale, events[0].Stale.Lists)
	}
	if other := payload(t, events[1]); strings.Contains(other, "amy@example.com") || strings.Contains(other, "Amy") || strings.Contains(other, "auth\"") {
		t.Errorf("others get what is hidden from them: %s", other)
	}
}

func TestEventsSayWhatHappenedToWhom(t *testing.T) {
	t.Parallel()
	u := account()
	about := Audience{About: "u"}
	until := int64(5)
	users, lists := Stale{Users: []string{"u"}}, Stale{Users: []string{"u"}, Lists: true}
	for _, tc := range []struct {
		got, want Event
	}{
		{PictureChanged(u, model.Privacy{}), Event{
			Name: "user_updated", Data: map[string]any{"user": u.View(model.ViewOther, model.Privacy{})},
			To: Audience{About: u.ID}, Stale: Stale{Users: []string{u.ID}},
		}},
		{NewUser("u"), Event{Name: "new_user", Data: map[string]any{"user_id": "u"}, To: about, Stale: lists}},
		{UserRoleUpdated("u", "r"), Event{Name: "user_role_updated", Data: map[string]any{"user_id": "u", "roles": "r"}, To: Audience{UserID: "u"}, Stale: lists}},
		{UserActivationStatusChange(), Event{Name: "user_activation_status_change", Data: map[string]any{}}},
		{StatusChange("u", "away"), Event{Name: "status_change", Data: map[string]any{"user_id": "u", "status": "away"}, To: Audience{UserID: "u"}}},
		{StatusFound("u", "away"), StatusChange("u", "away")},
		{StatusFound("u", "offline"), Event{
			Name: "status_change", Data: map[string]any{"user_id": "u", "status": "offline"},
			To: Audience{UserID: "u"}, Stale: Stale{Left: "u"},
		}},
		{UsersStale("u", "v"), Event{Stale: Stale{Users: []string{"u", "v"}}}},
		{UsersStale("u"), Event{Stale: users}},
		{ListsStale("u"), Event{Stale: lists}},
		{SessionsEnded("u", "v"), Event{Stale: Stale{SessionsOf: []string{"u", "v"}}}},
		{AllSessionsEnded(), Event{Stale: Stale{AllSessions: true}}},
		{UserGone("u"), Event{Stale: Stale{Users: []string{"u"}, SessionsOf: []string{"u"}, Lists: true, Gone: true}}},
		{RolesStale(), Event{Stale: Stale{Roles: true}}},
		{RoleUpdated(&model.Role{Name: "r"}, Audience{TeamID: "t"}), Event{
			Name: "role_updated",
			Data: map[string]any{"role": text(&model.Role{Name: "r"})}, To: Audience{TeamID: "t"},
		}},
		{PreferencesChanged("u", "[]"), Event{Name: "preferences_changed", Data: map[string]any{"preferences": "[]"}, To: Audience{UserID: "u"}}},
		{PreferencesDeleted("u", "[]"), Event{Name: "preferences_deleted", Data: map[string]any{"preferences": "[]"}, To: Audience{UserID: "u"}}},
		{ConfigChanged(map[string]string{"a": "b"}), Event{Name: "config_changed", Data: map[string]any{"config": map[string]string{"a": "b"}}}},
		{MembershipsStale("u", "v"), Event{Stale: Stale{MembershipsOf: []string{"u", "v"}}}},
		{Lost(), Event{Stale: Stale{Everything: true}}},
		{Busy(until), Event{Stale: Stale{BusyUntil: &until}}},
		{TermsChanged("t"), Event{Stale: Stale{Terms: "t"}}},
	} {
		if diff := cmp.Diff(tc.want, tc.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.want.Name, diff)
		}
		if tc.got.Name != "" && payload(t, tc.got) == "null" {
			t.Errorf("%s sends null, want an object", tc.got.Name)
		}
	}
}
