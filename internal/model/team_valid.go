package model

import (
	"regexp"
	"slices"
	"strings"

	"muster/internal/fault"
)

// Limits of a team.
const (
	TeamEmailMax       = 128 // bytes
	TeamDisplayNameMax = 64  // code points
	TeamNameMin        = 2
	TeamNameMax        = 64
	TeamDescriptionMax = 255 // bytes
	TeamCompanyNameMax = 64
	TeamDomainsMax     = 500
)

var teamName = regexp.MustCompile(`^[a-z0-9]+([a-z\-0-9]+|(__)?)[a-z0-9]+$`)

// reservedTeamNames are words no name of a team may begin with: they are paths of the site.
var reservedTeamNames = []string{
	"admin", "api", "channel", "claim", "error", "files", "help", "landing", "login", "mfa", "oauth",
	"plug", "plugins", "post", "signup", "boards", "playbooks",
}

// Validate checks every field of a team that is about to be stored.
func (t *Team) Validate() error {
	reserved := func(word string) bool { return strings.HasPrefix(t.Name, word) }
	for _, rule := range []struct {
		field  string
		broken bool
	}{
		{"email", len(t.Email) > TeamEmailMax || t.Email != "" && !ValidEmail(t.Email)},
		{"name", t.DisplayName == "" || longer(t.DisplayName, TeamDisplayNameMax)},
		{"url", len(t.Name) > TeamNameMax},
		{"description", len(t.Description) > TeamDescriptionMax},
		{"reserved", slices.ContainsFunc(reservedTeamNames, reserved)},
		{"characters", len(t.Name) < TeamNameMin || !teamName.MatchString(t.Name)},
		{"type", t.Type != TeamOpen && t.Type != TeamInvite},
		{"company", len(t.CompanyName) > TeamCompanyNameMax},
		{"domains", len(t.AllowedDomains) > TeamDomainsMax},
	} {
		if rule.broken {
			return fault.New(fault.Invalid, "model.team.is_valid."+rule.field+".app_error")
		}
	}
	return nil
}

// Clean takes out of the texts of a team what no text of it may hold.
func (t *Team) Clean() {
	t.DisplayName, t.Description, t.CompanyName = clean(t.DisplayName), clean(t.Description), clean(t.CompanyName)
	t.AllowedDomains = strings.ToLower(strings.TrimSpace(clean(t.AllowedDomains)))
}
