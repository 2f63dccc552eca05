package model

import (
	"crypto/sha1" //nolint:gosec // G505: the name of a group channel is a SHA-1 in the API; it protects nothing
	"encoding/hex"
	"slices"
	"strings"
)

// GroupName is the name of the channel of a few people, whose ids differ.
func GroupName(ids []string) string {
	sum := sha1.Sum([]byte(strings.Join(slices.Sorted(slices.Values(ids)), ""))) //nolint:gosec // G401: see the import
	return hex.EncodeToString(sum[:])
}
