package perm

// Target is the account an actor wants to act on, as far as a decision needs it.
type Target struct {
	UserID  string
	Roles   string // stored system roles
	Exists  bool   // the account was found
	IsBot   bool   // a bot belongs to the account, deleted ones included
	OwnerID string // owner of the bot
}

// NeedUser lets an actor act on its own account, an admin on any, and whoever has
// EditOtherUsers on any existing one that is not a system admin's. The fault names
// EditOtherUsers.
func (a Actor) NeedUser(t Target) error {
	switch {
	case a.IsAdmin(), a.is(t.UserID):
		return nil
	case t.Exists && !IsSystemAdmin(t.Roles) && a.Can(EditOtherUsers):
		return nil
	}
	return a.refuse(EditOtherUsers)
}

// NeedUserOrBot is NeedUser for accounts that may be bots. A bot is in the hands of
// its owner with ManageBots and of others with ManageOthersBots; there is no other
// way, not even for the bot itself. Every fault names EditOtherUsers.
func (a Actor) NeedUserOrBot(t Target) error {
	if !t.IsBot {
		return a.NeedUser(t)
	}
	needed := ManageOthersBots
	if a.is(t.OwnerID) {
		needed = ManageBots
	}
	if !a.Can(needed) {
		return a.refuse(EditOtherUsers)
	}
	return nil
}

// NeedAboveAdmin keeps everybody but admins away from the account of a system admin.
// The fault names ManageSystem.
func (a Actor) NeedAboveAdmin(t Target) error {
	if IsSystemAdmin(t.Roles) && !a.IsAdmin() {
		return a.refuse(ManageSystem)
	}
	return nil
}

// is tells whether the actor is this user; actors without an account are nobody.
func (a Actor) is(userID string) bool {
	return userID != "" && a.UserID == userID
}
