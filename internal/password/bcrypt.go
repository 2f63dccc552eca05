package password

import (
	"strings"

	"golang.org/x/crypto/bcrypt"
)

const (
	bcryptLength = 60
	// maxBcryptCost is a few seconds of one core; each step more doubles it.
	maxBcryptCost  = 16
	bcryptAlphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// bcryptHash comes with older imported accounts; sign-in replaces it.
type bcryptHash struct {
	text string
}

// parseBcrypt reads $2a$10$ (or 2b, 2y) and 53 characters of salt and key.
func parseBcrypt(stored string) (*bcryptHash, error) {
	if len(stored) != bcryptLength || !strings.ContainsAny(stored[2:3], "aby") || stored[3] != '$' || stored[6] != '$' {
		return nil, invalid("malformed bcrypt")
	}
	if strings.Trim(stored[7:], bcryptAlphabet) != "" {
		return nil, invalid("bcrypt with foreign characters")
	}
	rounds, err := bcrypt.Cost([]byte(stored))
	if err != nil || stored[4] < '0' || stored[4] > '9' || rounds > maxBcryptCost {
		return nil, invalid("bcrypt cost is not %d to %d", bcrypt.MinCost, maxBcryptCost)
	}
	return &bcryptHash{text: stored}, nil
}

func (h *bcryptHash) Encode() string { return h.text }

func (h *bcryptHash) matches(candidate string) bool {
	return bcrypt.CompareHashAndPassword([]byte(h.text), []byte(candidate)) == nil
}

func (h *bcryptHash) memoryKiB() uint32 { return 5 }
