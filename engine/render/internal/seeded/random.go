package seeded

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

const (
	digits  = "0123456789"
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

func (s *Source) randomFunctions() template.FuncMap {
	return template.FuncMap{
		"randAlphaNum":   s.texts("randAlphaNum", letters+digits),
		"randAlpha":      s.texts("randAlpha", letters),
		"randNumeric":    s.texts("randNumeric", digits),
		"randAscii":      s.texts("randAscii", printable()),
		"randBytes":      s.randBytes,
		"randInt":        s.randInt,
		"uuidv4":         s.uuid,
		"shuffle":        s.shuffle,
		"bcrypt":         s.bcrypt,
		"htpasswd":       s.htpasswd,
		"encryptAES":     s.encryptAES,
		"derivePassword": s.derivePassword,
	}
}

func printable() string {
	var text strings.Builder
	for c := byte(' '); c < 0x7f; c++ {
		text.WriteByte(c)
	}
	return text.String()
}

func (s *Source) texts(function, alphabet string) func(int) string {
	return func(count int) string {
		drawn := s.draw(function, count)
		text := make([]byte, max(count, 0))
		for i := range text {
			text[i] = alphabet[drawn.below(uint64(len(alphabet)))]
		}
		return s.keep(string(text))
	}
}

func (s *Source) randBytes(count int) (string, error) {
	if count < 0 {
		return "", fmt.Errorf("got %d bytes, expected 0 or more", count)
	}
	return s.keep(base64.StdEncoding.EncodeToString(s.draw("randBytes", count).bytes(count))), nil
}

func (s *Source) randInt(low, high int) (int, error) {
	if high <= low {
		return 0, fmt.Errorf("got %d to %d, expected the second number to be larger", low, high)
	}
	return low + int(s.draw("randInt", low, high).below(uint64(high-low))), nil
}

func (s *Source) uuid() string {
	raw := s.draw("uuidv4").bytes(16)
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	return s.keep(fmt.Sprintf("%x-%x-%x-%x-%x", raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:]))
}

func (s *Source) shuffle(text string) string {
	drawn := s.draw("shuffle", text)
	runes := []rune(text)
	for i := len(runes) - 1; i > 0; i-- {
		j := drawn.below(uint64(i + 1))
		runes[i], runes[j] = runes[j], runes[i]
	}
	return s.keep(string(runes))
}

func (s *Source) bcrypt(password string) (string, error) {
	hash, err := bcryptHash([]byte(password), s.draw("bcrypt", password).bytes(bcryptSaltSize))
	return s.keep(hash), err
}

func (s *Source) htpasswd(user, password string) (string, error) {
	if strings.Contains(user, ":") {
		return "", fmt.Errorf("user name %q holds a colon, expected none", user)
	}
	hash, err := bcryptHash([]byte(password), s.draw("htpasswd", user, password).bytes(bcryptSaltSize))
	if err != nil {
		return "", err
	}
	s.keep(hash)
	return s.keep(user + ":" + hash), nil
}

// encryptAES is AES-256 in CBC mode with PKCS #7 padding, the block of the first 16 bytes drawn from
// the seed, so that decryptAES of Helm reads it.
func (s *Source) encryptAES(password, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	key := make([]byte, 32)
	copy(key, password)
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	padding := aes.BlockSize - len(text)%aes.BlockSize
	padded := append([]byte(text), strings.Repeat(string(rune(padding)), padding)...)
	start := s.draw("encryptAES", password, text).bytes(aes.BlockSize)
	sealed := make([]byte, len(padded))
	cipher.NewCBCEncrypter(block, start).CryptBlocks(sealed, padded)
	return s.keep(base64.StdEncoding.EncodeToString(append(start, sealed...))), nil
}

// derivePassword follows from its arguments alone; it is wrapped to be remembered.
func (s *Source) derivePassword(counter uint32, kind, password, user, site string) string {
	derive, ok := sprig.TxtFuncMap()["derivePassword"].(func(uint32, string, string, string, string) string)
	if !ok {
		panic("derivePassword of sprig has another signature than expected")
	}
	return s.keep(derive(counter, kind, password, user, site))
}
