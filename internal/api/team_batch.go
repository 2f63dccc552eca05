package api

import (
	"net/http"

	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/workspace"
)

func (a *API) teamBatchRoutes() []route {
	return []route{
		{http.MethodPost, "/teams/{team_id}/members/batch", session, payload, a.addTeamMembers, alsoLocal},
		{http.MethodPut, "/teams/{team_id}/members/{user_id}/roles", session, payload, a.updateTeamMemberRoles, alsoLocal},
		{http.MethodPut, "/teams/{team_id}/members/{user_id}/schemeRoles", session, payload, a.updateTeamMemberFlags, alsoLocal},
	}
}

// joinedBody is what became of one account of a batch.
type joinedBody struct {
	UserID string            `json:"user_id"`
	Member *model.TeamMember `json:"member"`
	Error  *errorBody        `json:"error"`
}

// addTeamMembers answers the members, or with graceful the fate of each.
func (a *API) addTeamMembers(c *call) error {
	teamID, err := c.id("team_id")
	if err != nil {
		return err
	}
	in, err := decode[[]newMember](c, "members")
	if err != nil {
		return err
	}
	ids := make([]string, len(in))
	for i, m := range in {
		if m.TeamID != teamID {
			return fault.Body("team_id")
		}
		if !model.ValidID(m.UserID) {
			return fault.Body("user_id")
		}
		ids[i] = m.UserID
	}
	graceful := c.value("graceful") != ""
	list, err := a.Workspace.AddTeamMembers(c, c.actor, teamID, ids, graceful)
	if err != nil {
		return err
	}
	members, fates := make([]*model.TeamMember, len(list)), make([]joinedBody, len(list))
	for i, j := range list {
		members[i], fates[i] = j.Member, joinedBody{UserID: j.UserID, Member: j.Member, Error: c.faultBody(j.Err)}
	}
	if graceful {
		return c.json(http.StatusCreated, fates)
	}
	return c.json(http.StatusCreated, members)
}

// faultBody is a fault as a part of an answer; nil for none.
func (c *call) faultBody(f *fault.Error) *errorBody {
	if f == nil {
		return nil
	}
	return &errorBody{ID: f.ID, Message: c.message(f), RequestID: c.requestID, StatusCode: statusOf[f.Kind]}
}

func (a *API) updateTeamMemberRoles(c *call) error {
	teamID, userID, err := c.twoIDs("team_id", "user_id")
	if err != nil {
		return err
	}
	in, err := decode[struct {
		Roles *string `json:"roles"`
	}](c, "team_member_roles")
	if err != nil {
		return err
	}
	if in.Roles == nil {
		return fault.Body("team_member_roles")
	}
	return c.ok(a.Workspace.UpdateTeamMemberRoles(c, c.actor, teamID, userID, *in.Roles))
}

func (a *API) updateTeamMemberFlags(c *call) error {
	teamID, userID, err := c.twoIDs("team_id", "user_id")
	if err != nil {
		return err
	}
	in, err := decode[*workspace.Flags](c, "scheme_roles")
	if err != nil {
		return err
	}
	if in == nil {
		return fault.Body("scheme_roles")
	}
	return c.ok(a.Workspace.UpdateTeamMemberFlags(c, c.actor, teamID, userID, *in))
}
