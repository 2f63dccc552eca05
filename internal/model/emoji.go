package model

import (
	_ "embed" // the names
	"strings"
	"sync"
)

// EmojiNameMax is the longest name of an emoji.
const EmojiNameMax = 64

// emojiNames are the emojis of Unicode 16 as they are called in chats, separated by white space.
//
//go:embed emoji_names.txt
var emojiNames string

var emojis = sync.OnceValue(func() map[string]bool {
	names := strings.Fields(emojiNames)
	out := make(map[string]bool, len(names))
	for _, n := range names {
		out[n] = true
	}
	return out
})

// skinTones end the names of emojis with people, once for each of up to two of them; what ends with
// another one comes before it.
var skinTones = []string{"_medium_light_skin_tone", "_medium_dark_skin_tone", "_medium_skin_tone", "_light_skin_tone", "_dark_skin_tone"}

// KnownEmoji tells whether clients know an emoji of this name.
func KnownEmoji(name string) bool {
	for range 2 {
		if emojis()[name] {
			return true
		}
		for _, tone := range skinTones {
			if plain, ok := strings.CutSuffix(name, tone); ok {
				name = plain
				break
			}
		}
	}
	return emojis()[name]
}
