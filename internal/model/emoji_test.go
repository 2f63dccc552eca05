package model

import "testing"

func TestEmojisAreKnownByTheirNames(t *testing.T) {
	for name, known := range map[string]bool{
		"smile": true, "+1": true, "thumbsup": true, "flag-fr": true, "mattermost": true, "wave_dark_skin_tone": true,
		"wave_medium_light_skin_tone": true, "two_women_holding_hands_medium_dark_skin_tone_light_skin_tone": true, "wave_dark": false, "": false,
		"Smile": false, "bad name!": false, "no_such_emoji": false, "_dark_skin_tone": false,
	} {
		if KnownEmoji(name) != known {
			t.Errorf("%q is known: %t", name, !known)
		}
	}
}
