package perm_test

import (
	"testing"

	"muster/internal/perm"
)

func TestActingOnAnAccount(t *testing.T) {
	t.Parallel()
	const edit, system = "edit_other_users", "manage_system"
	amy := perm.Target{UserID: "amy", Roles: "system_user", Exists: true}
	root := perm.Target{UserID: "root", Roles: "system_user system_admin", Exists: true}
	ghost := perm.Target{UserID: "ghost"}
	bot := perm.Target{UserID: "bot", Roles: "system_user", Exists: true, IsBot: true, OwnerID: "owner"}
	orphan := perm.Target{UserID: "bot", Roles: "system_user", Exists: true, IsBot: true}
	for _, tc := range []struct {
		name                   string
		actor                  perm.Actor
		target                 perm.Target
		user, userOrBot, above string // permission a refusal names, empty when there is none
	}{
		{"oneself", user("amy", "system_user"), amy, "", "", ""},
		{"somebody else", user("bob", "system_user"), amy, edit, edit, ""},
		{"an admin", user("bob", "system_user"), root, edit, edit, system},
		{"a missing account", user("bob", "system_user"), ghost, edit, edit, ""},
		{"an editor edits", holder("bob", perm.EditOtherUsers), amy, "", "", ""},
		{"an editor leaves admins alone", holder("bob", perm.EditOtherUsers), root, edit, edit, system},
		{"an editor needs an account", holder("bob", perm.EditOtherUsers), ghost, edit, edit, ""},
		{"an admin edits anybody", user("bob", "system_user system_admin"), amy, "", "", ""},
		{"an admin edits admins", user("bob", "system_user system_admin"), root, "", "", ""},
		{"an admin passes for missing accounts", user("bob", "system_user system_admin"), ghost, "", "", ""},
		{"an admin whose session has lost the role", user("root", "system_user"), root, "", "", system},
		{"a stranger and a bot", user("bob", "system_user"), bot, edit, edit, ""},
		{"the owner without rights", user("owner", "system_user"), bot, edit, edit, ""},
		{"the owner with manage_bots", holder("owner", perm.ManageBots), bot, edit, "", ""},
		{"the owner with the right over other bots", holder("owner", perm.ManageOthersBots), bot, edit, edit, ""},
		{"others with manage_others_bots", holder("bob", perm.ManageOthersBots), bot, edit, "", ""},
		{"others with manage_bots", holder("bob", perm.ManageBots), bot, edit, edit, ""},
		{"the bot itself", holder("bot", perm.CreatePost), bot, "", edit, ""},
		{"an editor and a bot", holder("bob", perm.EditOtherUsers), bot, "", edit, ""},
		{"manage_system alone is not a right over bots", holder("bob", perm.ManageSystem), bot, "", edit, ""},
		{"a bot without an owner belongs to nobody", perm.Background("jobs", perm.ManageBots), orphan, edit, edit, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			who := tc.actor.UserID + tc.actor.System
			wantRefusal(t, tc.actor.NeedUser(tc.target), who, tc.user)
			wantRefusal(t, tc.actor.NeedUserOrBot(tc.target), who, tc.userOrBot)
			wantRefusal(t, tc.actor.NeedAboveAdmin(tc.target), who, tc.above)
		})
	}
}
