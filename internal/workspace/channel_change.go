package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"muster/internal/event"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
)

// ChannelPatch is what somebody wants of a channel to be different; nil stays as it is.
type ChannelPatch struct {
	DisplayName      *string       `json:"display_name"`
	Name             *string       `json:"name"`
	Header           *string       `json:"header"`
	Purpose          *string       `json:"purpose"`
	GroupConstrained *bool         `json:"group_constrained"`
	BannerInfo       *model.Banner `json:"banner_info"`

	whole bool // the channel was sent as a whole: of a header and a purpose that are left out nobody reads
}

func (p *ChannelPatch) empty() bool {
	return p.DisplayName == nil && p.Name == nil && p.Header == nil && p.Purpose == nil && p.GroupConstrained == nil && p.BannerInfo == nil
}

// headerOnly tells whether the patch is one that direct and group channels can have.
func (p *ChannelPatch) headerOnly() bool {
	return p.DisplayName == nil && p.Name == nil && p.Purpose == nil && p.GroupConstrained == nil && p.BannerInfo == nil
}

// UpdateChannel replaces what people can write about a channel.
func (s *Service) UpdateChannel(ctx context.Context, a perm.Actor, channelID string, in *model.Channel) (*model.Channel, error) {
	if in.ID != channelID {
		return nil, fault.Body("channel_id")
	}
	return s.changeChannel(ctx, a, channelID, "api.channel.update_channel.deleted.app_error", func(was *model.Channel) (*ChannelPatch, error) {
		if in.Type != "" && in.Type != was.Type {
			return nil, fault.New(fault.Invalid, "api.channel.update_channel.typechange.app_error")
		}
		p := &ChannelPatch{Header: &in.Header, whole: true}
		name, display := strings.TrimSpace(in.Name), strings.TrimSpace(in.DisplayName)
		if !was.InTeam() {
			if name != "" && name != was.Name || display != "" && display != was.DisplayName || in.Purpose != "" && in.Purpose != was.Purpose {
				return nil, fault.New(fault.Invalid, "api.channel.update_channel.update_direct_or_group_messages_not_allowed.app_error")
			}
			return p, nil
		}
		p.Purpose = &in.Purpose
		if name != "" {
			p.Name = &name
		}
		if display != "" {
			p.DisplayName = &display
		}
		return p, nil
	})
}

// PatchChannel changes what is given of a channel.
func (s *Service) PatchChannel(ctx context.Context, a perm.Actor, channelID string, p *ChannelPatch) (*model.Channel, error) {
	return s.changeChannel(ctx, a, channelID, "app.channel.update.bad_id", func(was *model.Channel) (*ChannelPatch, error) {
		if p.empty() {
			return nil, fault.New(fault.Invalid, "api.channel.patch_update_channel.no_changes.app_error")
		}
		if !was.InTeam() && !p.headerOnly() {
			return nil, fault.New(fault.Invalid, "api.channel.patch_update_channel.update_direct_or_group_messages_not_allowed.app_error")
		}
		return p, nil
	})
}

// changeChannel changes a channel by a patch that may depend on what it was, and writes in it
// what is different now.
func (s *Service) changeChannel(ctx context.Context, a perm.Actor, channelID, archived string,
	patch func(was *model.Channel) (*ChannelPatch, error),
) (*model.Channel, error) {
	var c *model.Channel
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		access, err := s.lockChannel(ctx, tx, a, channelID)
		if err != nil {
			return err
		}
		if err := mayChange(a, access); err != nil {
			return err
		}
		was := access.Channel
		if was.DeleteAt > 0 {
			return fault.New(fault.Invalid, archived)
		}
		p, err := patch(was)
		if err != nil {
			return err
		}
		if p.BannerInfo != nil {
			if err := mayBanner(a, access); err != nil {
				return err
			}
		}
		if c, err = s.patched(ctx, tx, was, p); err != nil {
			return err
		}
		return s.announceChange(ctx, tx, a, was, c, p.whole)
	})
	if errors.Is(err, store.ErrConflict) {
		return nil, channelExists().Because(err)
	}
	return c, store.Fault(err, "app.channel.update_channel.internal_error")
}

// lockChannel holds a channel and reads what the actor is there.
func (s *Service) lockChannel(ctx context.Context, tx *store.Tx, a perm.Actor, channelID string) (*store.ChannelAccess, error) {
	if _, err := tx.LockChannel(ctx, channelID); err != nil {
		return nil, store.Fault(err, "app.channel.get.find.app_error", channelMissing())
	}
	return tx.ChannelAccess(ctx, channelID, a.UserID)
}

// mayChange refuses an actor who may not change what is written about a channel.
func mayChange(a perm.Actor, c *store.ChannelAccess) error {
	var err error
	switch c.Channel.Type {
	case model.ChannelOpen:
		err = a.NeedInChannel(perm.ManagePublicChannelProperties, c.Roles, c.TeamRoles)
	case model.ChannelPrivate:
		err = a.NeedInChannel(perm.ManagePrivateChannelProperties, c.Roles, c.TeamRoles)
	default:
		if !c.Member {
			return fault.New(fault.Forbidden, "api.channel.patch_update_channel.forbidden.app_error")
		}
	}
	return err
}

// mayBanner refuses an actor who may not change what stands above the posts of a channel.
func mayBanner(a perm.Actor, c *store.ChannelAccess) error {
	needed := perm.ManagePublicChannelBanner
	if c.Channel.Type == model.ChannelPrivate {
		needed = perm.ManagePrivateChannelBanner
	}
	return a.NeedInChannel(needed, c.Roles, c.TeamRoles)
}

// patched stores a channel with a patch laid over it.
func (s *Service) patched(ctx context.Context, tx *store.Tx, was *model.Channel, p *ChannelPatch) (*model.Channel, error) {
	c := *was
	set(&c.DisplayName, p.DisplayName)
	set(&c.Name, p.Name)
	set(&c.Header, p.Header)
	set(&c.Purpose, p.Purpose)
	c.DisplayName = strings.TrimSpace(c.DisplayName)
	if p.GroupConstrained != nil {
		c.GroupConstrained = p.GroupConstrained
	}
	if p.BannerInfo != nil {
		text, err := json.Marshal(p.BannerInfo)
		if err != nil {
			return nil, err
		}
		c.BannerInfo = text
	}
	if was.Name == model.TownSquare && c.Name != was.Name && was.InTeam() {
		return nil, fault.New(fault.Invalid, "api.channel.update_channel.tried.app_error").With("Channel", was.DisplayName)
	}
	if p.DisplayName != nil && c.DisplayName == "" {
		return nil, fault.New(fault.Invalid, "model.channel.is_valid.display_name.app_error")
	}
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Header != was.Header {
		props, err := s.mentioned(ctx, tx, &c)
		if err != nil {
			return nil, err
		}
		c.Props = props
	}
	return &c, s.saveChannel(ctx, tx, &c)
}

func set(field, value *string) {
	if value != nil {
		*field = *value
	}
}

// saveChannel stores a changed channel.
func (s *Service) saveChannel(ctx context.Context, tx *store.Tx, c *model.Channel) error {
	c.UpdateAt = max(s.now(), c.UpdateAt+1)
	return tx.UpdateChannel(ctx, c)
}

var channelMention = regexp.MustCompile(`~([a-z0-9][a-z0-9._-]*)`)

const headerMentionsMax = 50

// mentioned gives the props of a channel whose header may name open channels of its team.
func (s *Service) mentioned(ctx context.Context, tx *store.Tx, c *model.Channel) (model.RawJSON, error) {
	props := map[string]json.RawMessage{}
	if c.Props != nil {
		if err := json.Unmarshal(c.Props, &props); err != nil {
			return nil, err
		}
	}
	delete(props, "channel_mentions")
	if found := channelMention.FindAllStringSubmatch(c.Header, headerMentionsMax); c.InTeam() && len(found) > 0 {
		names := make([]string, len(found))
		for i, m := range found {
			names[i] = m[1]
		}
		list, err := tx.OpenChannelsNamed(ctx, c.TeamID, names)
		if err != nil {
			return nil, err
		}
		mentions := map[string]map[string]string{}
		for _, m := range list {
			mentions[m.Name] = map[string]string{"display_name": m.DisplayName}
		}
		if len(mentions) > 0 {
			if props["channel_mentions"], err = json.Marshal(mentions); err != nil {
				return nil, err
			}
		}
	}
	if len(props) == 0 {
		return nil, nil
	}
	return json.Marshal(props)
}

// announceChange tells a channel, and writes in it, what is different now.
func (s *Service) announceChange(ctx context.Context, tx *store.Tx, a perm.Actor, was, c *model.Channel, nameOnly bool) error {
	if c.Constrained() && !was.Constrained() {
		if err := tx.Enqueue(ctx, s.newJob(ConstrainJob, model.StringMap{"channel_id": c.ID})); err != nil {
			return err
		}
	}
	tx.Emit(event.ChannelUpdated(c))
	by, err := s.adder(ctx, tx, a)
	if err != nil || by == nil {
		return err
	}
	var posts []systemPost
	for _, f := range []struct{ kind, prop, what, old, new string }{
		{model.PostDisplayNameChange, "displayname", "display name", was.DisplayName, c.DisplayName},
		{model.PostHeaderChange, "header", "header", was.Header, c.Header},
		{model.PostPurposeChange, "purpose", "purpose", was.Purpose, c.Purpose},
	} {
		if f.old != f.new && (!nameOnly || f.kind == model.PostDisplayNameChange) {
			posts = append(posts, systemPost{
				author: by, kind: f.kind, message: by.Username + " changed the " + f.what + " of the channel.",
				props: map[string]any{"username": by.Username, "old_" + f.prop: f.old, "new_" + f.prop: f.new},
			})
		}
	}
	return s.writeSystemPost(ctx, tx, c, posts...)
}

// SetChannelPrivacy makes an open channel private or a private one open.
func (s *Service) SetChannelPrivacy(ctx context.Context, a perm.Actor, channelID, kind string) (*model.Channel, error) {
	if kind != model.ChannelOpen && kind != model.ChannelPrivate {
		return nil, fault.Body("privacy")
	}
	var c *model.Channel
	err := s.DB.Tx(ctx, func(tx *store.Tx) error {
		access, err := s.lockChannel(ctx, tx, a, channelID)
		if err != nil {
			return err
		}
		needed := perm.ConvertPublicChannelToPrivate
		if kind == model.ChannelOpen {
			needed = perm.ConvertPrivateChannelToPublic
		}
		if err := a.NeedInChannel(needed, access.Roles, access.TeamRoles); err != nil {
			return err
		}
		c = access.Channel
		switch {
		case !c.InTeam():
			return fault.Body("privacy")
		case c.Name == model.TownSquare && kind == model.ChannelPrivate:
			return fault.New(fault.Invalid, "api.channel.update_channel_privacy.default_channel_error")
		case c.DeleteAt > 0:
			return fault.New(fault.Invalid, "api.channel.update_channel.deleted.app_error")
		}
		c.Type = kind
		if err := s.saveChannel(ctx, tx, c); err != nil {
			return err
		}
		if kind == model.ChannelPrivate {
			if err := tx.StrangersLeaveThreads(ctx, c.ID); err != nil {
				return err
			}
		}
		tx.Emit(event.ChannelUpdated(c))
		if err := s.writeAs(ctx, tx, a, c, model.PostPrivacyChange, privacyText[kind]); err != nil {
			return err
		}
		tx.Emit(event.ChannelConverted(c)...)
		return nil
	})
	return c, store.Fault(err, "app.channel.update_channel.internal_error")
}

var privacyText = map[string]string{
	model.ChannelOpen:    "This channel is open now: everybody in the team can join it and read its history.",
	model.ChannelPrivate: "This channel is private now.",
}

// writeAs writes in a channel what the actor did with it; over the local socket nobody did.
func (s *Service) writeAs(ctx context.Context, tx *store.Tx, a perm.Actor, c *model.Channel, kind, message string) error {
	by, err := s.adder(ctx, tx, a)
	if err != nil || by == nil {
		return err
	}
	return s.writeSystemPost(ctx, tx, c, systemPost{author: by, kind: kind, message: message, props: map[string]any{"username": by.Username}})
}
