package api_test

import (
	"net/http"
	"testing"

	"muster/internal/model"
	"muster/internal/store"
	"muster/internal/testkit"
)

// place is a team with one open channel, straight from the store.
type place struct {
	t       *testing.T
	s       *testkit.Server
	team    *model.Team
	channel *model.Channel
}

// newPlace makes a team with a channel in it that all of these accounts are in.
func newPlace(t *testing.T, s *testkit.Server, who ...*testkit.Client) *place {
	t.Helper()
	p := &place{t: t, s: s, team: &model.Team{
		ID: model.NewID(), CreateAt: 1, UpdateAt: 1, Name: "t" + model.NewID(), DisplayName: "Team",
		Type: model.TeamOpen, InviteID: model.NewID(),
	}}
	p.tx(func(tx *store.Tx) error { return tx.InsertTeam(t.Context(), p.team) })
	p.channel = p.newChannel(model.ChannelOpen, "town", who...)
	for _, c := range who {
		p.joinTeam(c)
	}
	return p
}

func (p *place) tx(fn func(tx *store.Tx) error) {
	p.t.Helper()
	if err := p.s.DB.Tx(p.t.Context(), fn); err != nil {
		p.t.Fatal(err)
	}
}

// newChannel makes a channel with members; direct and group channels are in no team.
func (p *place) newChannel(kind, name string, who ...*testkit.Client) *model.Channel {
	p.t.Helper()
	c := &model.Channel{ID: model.NewID(), CreateAt: 1, UpdateAt: 1, TeamID: p.team.ID, Type: kind, Name: name, DisplayName: name}
	if kind == model.ChannelDirect || kind == model.ChannelGroup {
		c.TeamID = ""
	}
	p.tx(func(tx *store.Tx) error { return tx.InsertChannel(p.t.Context(), c) })
	p.join(c, who...)
	return c
}

func (p *place) joinTeam(c *testkit.Client) {
	p.t.Helper()
	p.tx(func(tx *store.Tx) error {
		return tx.SaveTeamMember(p.t.Context(), &model.TeamMember{TeamID: p.team.ID, UserID: c.ID, Username: c.Username, CreateAt: 1, SchemeUser: true})
	})
}

func (p *place) join(channel *model.Channel, who ...*testkit.Client) {
	p.t.Helper()
	for _, c := range who {
		p.tx(func(tx *store.Tx) error {
			if err := tx.InsertChannelMember(p.t.Context(), &model.ChannelMember{
				ChannelID: channel.ID, UserID: c.ID, Username: c.Username,
				CreateAt: 1, SchemeUser: true, NotifyProps: model.DefaultChannelNotifyProps(),
			}); err != nil {
				return err
			}
			return tx.CountChannel(p.t.Context(), channel.ID, 1, 0)
		})
	}
}

// member reads somebody's place in a channel.
func (p *place) member(channel *model.Channel, c *testkit.Client) *model.ChannelMember {
	p.t.Helper()
	m, err := p.s.DB.ChannelMember(p.t.Context(), channel.ID, c.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}

// say writes in the channel and gives the id of the post.
func (p *place) say(c *testkit.Client, message string) string {
	p.t.Helper()
	return c.Post("/posts", map[string]string{"channel_id": p.channel.ID, "message": message}).Want(http.StatusCreated).Text("id")
}

// answer replies to a post and gives the id of the reply.
func (p *place) answer(c *testkit.Client, rootID, message string) string {
	p.t.Helper()
	return c.Post("/posts", map[string]string{"channel_id": p.channel.ID, "root_id": rootID, "message": message}).Want(http.StatusCreated).Text("id")
}
