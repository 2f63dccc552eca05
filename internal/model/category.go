package model

import (
	"slices"
	"strings"
)

// The kinds of a category.
const (
	CategoryFavorites = "favorites"
	CategoryChannels  = "channels"
	CategoryDirect    = "direct_messages"
	CategoryCustom    = "custom"
)

// Limits of the categories of an account in a team.
const (
	CategoriesMax      = 500
	CategoryNameMax    = 64 // code points
	CategoryStep       = 10 // between two places in the order
	CategoryChannelMax = 1000
)

// FavoritePreference is the category of the preferences that name favourite channels.
const FavoritePreference = "favorite_channel"

// Category is a heading of the sidebar with the channels under it.
type Category struct {
	ID          string   `json:"id"`
	UserID      string   `json:"user_id"`
	TeamID      string   `json:"team_id"`
	SortOrder   int64    `json:"sort_order"`
	Sorting     string   `json:"sorting"` // "", manual, recent or alpha
	Type        string   `json:"type"`
	DisplayName string   `json:"display_name"`
	Muted       bool     `json:"muted"`
	Collapsed   bool     `json:"collapsed"`
	ChannelIDs  []string `json:"channel_ids"`
}

// Categories is a whole sidebar.
type Categories struct {
	Categories []*Category `json:"categories"`
	Order      []string    `json:"order"`
}

// ValidCategoryID tells whether the text can be the id of a category.
func ValidCategoryID(s string) bool {
	if ValidID(s) {
		return true
	}
	for _, kind := range []string{CategoryFavorites, CategoryChannels, CategoryDirect} {
		if rest, ok := strings.CutPrefix(s, kind+"_"); ok {
			user, team, _ := strings.Cut(rest, "_")
			return ValidID(user) && ValidID(team)
		}
	}
	return false
}

// Valid tells whether what somebody wants of a category can be stored.
func (c *Category) Valid() bool {
	return !longer(c.DisplayName, CategoryNameMax) && Storable(c.DisplayName) && len(c.ChannelIDs) <= CategoryChannelMax &&
		slices.Contains([]string{"", "manual", "recent", "alpha"}, c.Sorting)
}
