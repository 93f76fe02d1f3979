// Package seeded holds template functions whose results follow from a seed alone:
// what Helm draws at random, and what it reads from the clock.
package seeded

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math/big"
)

// stream is an endless row of bytes that follows from a key: HMAC-SHA256 over a counter.
// It is spelled out here because no generator of the standard library promises its bytes for ever.
type stream struct {
	key     []byte
	counter uint64
	rest    []byte
}

func newStream(key []byte, label string) *stream {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(label))
	return &stream{key: mac.Sum(nil)}
}

// fork gives a stream of its own to one part of a result, so that parts can be made at the same time.
func (s *stream) fork(label string) *stream { return newStream(s.key, label) }

func (s *stream) bytes(count int) []byte {
	for len(s.rest) < count {
		mac := hmac.New(sha256.New, s.key)
		var block [8]byte
		binary.BigEndian.PutUint64(block[:], s.counter)
		mac.Write(block[:])
		s.rest = mac.Sum(s.rest)
		s.counter++
	}
	taken := append([]byte(nil), s.rest[:count]...)
	s.rest = s.rest[count:]
	return taken
}

// below draws a number from 0 to limit-1, each as likely as the other.
func (s *stream) below(limit uint64) uint64 {
	unfair := -limit % limit // 2^64 mod limit: the draws that would favour small numbers
	for {
		drawn := binary.BigEndian.Uint64(s.bytes(8))
		if drawn >= unfair {
			return drawn % limit
		}
	}
}

// bits draws a number of at most so many bits.
func (s *stream) bits(count int) *big.Int {
	raw := s.bytes((count + 7) / 8)
	if extra := count % 8; extra != 0 {
		raw[0] &= 1<<extra - 1
	}
	return new(big.Int).SetBytes(raw)
}
