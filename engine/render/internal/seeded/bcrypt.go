package seeded

import (
	"encoding/base64"
	"fmt"

	"golang.org/x/crypto/blowfish"
)

// The bcrypt package of Go draws its salt itself, so the hash is made here, on Blowfish,
// to give a hash the salt that the seed says. Any bcrypt reads it.
const (
	bcryptCost     = 10
	bcryptSaltSize = 16
	bcryptMaxInput = 72
	bcryptText     = "OrpheanBeholderScryDoubt"
)

var bcryptBase64 = base64.NewEncoding("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789").WithPadding(base64.NoPadding)

func bcryptHash(password, salt []byte) (string, error) {
	if len(password) > bcryptMaxInput {
		return "", fmt.Errorf("got a password of %d bytes, expected at most %d", len(password), bcryptMaxInput)
	}
	key := append(append([]byte(nil), password...), 0)
	state, err := blowfish.NewSaltedCipher(key, salt)
	if err != nil {
		return "", err
	}
	for range 1 << bcryptCost {
		blowfish.ExpandKey(key, state)
		blowfish.ExpandKey(salt, state)
	}
	text := []byte(bcryptText)
	for block := 0; block < len(text); block += blowfish.BlockSize {
		part := text[block : block+blowfish.BlockSize]
		for range 64 {
			state.Encrypt(part, part)
		}
	}
	// The last byte is left out: the format has had 23 bytes since its first implementation.
	hash := bcryptBase64.EncodeToString(text[:len(text)-1])
	return fmt.Sprintf("$2a$%02d$%s%s", bcryptCost, bcryptBase64.EncodeToString(salt), hash), nil
}
