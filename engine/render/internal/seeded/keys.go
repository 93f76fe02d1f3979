package seeded

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"text/template"
)

// Go reads its key generators' randomness in a way that it changes on purpose, so keys are made here.
const (
	rsaExponent        = 65537
	certificateKeySize = 2048 // what Helm uses for certificates
	privateKeySize     = 4096 // what Helm uses for genPrivateKey "rsa"
)

func (s *Source) keyFunctions() template.FuncMap {
	return template.FuncMap{"genPrivateKey": s.genPrivateKey}
}

func (s *Source) genPrivateKey(kind string) (string, error) {
	drawn := s.draw("genPrivateKey", kind)
	var key crypto.PrivateKey
	var err error
	switch kind {
	case "", "rsa":
		key, err = rsaKey(drawn, privateKeySize)
	case "ecdsa":
		key, err = ecdsaKey(drawn)
	case "ed25519":
		key = ed25519.NewKeyFromSeed(drawn.bytes(ed25519.SeedSize))
	default:
		return "", fmt.Errorf("got key type %q, expected rsa, ecdsa or ed25519", kind)
	}
	if err != nil {
		return "", err
	}
	text, err := encodeKey(key)
	return s.keep(text), err
}

// rsaKey looks for both primes at the same time, each in a stream of its own.
func rsaKey(drawn *stream, size int) (*rsa.PrivateKey, error) {
	second := make(chan *big.Int)
	go func() { second <- findPrime(drawn.fork("q"), size/2) }()
	p := findPrime(drawn.fork("p"), size/2)
	q := <-second
	if p.Cmp(q) < 0 {
		p, q = q, p
	}
	one := big.NewInt(1)
	p1, q1 := new(big.Int).Sub(p, one), new(big.Int).Sub(q, one)
	common := new(big.Int).GCD(nil, nil, p1, q1)
	order := new(big.Int).Mul(p1, q1)
	order.Quo(order, common)
	d := new(big.Int).ModInverse(big.NewInt(rsaExponent), order)
	if d == nil || p.Cmp(q) == 0 {
		return nil, errors.New("no RSA key follows from this seed")
	}
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: rsaExponent},
		D:         d,
		Primes:    []*big.Int{p, q},
	}
	key.Precompute()
	return key, key.Validate()
}

var smallPrimes = sync.OnceValue(func() []int { return primesBelow(1 << 14) })

// findPrime returns the first prime at or above a drawn odd number whose two top bits are set
// (so that the product of two has full length) and that suits the public exponent.
// The result is defined without the sieve, which only saves time.
func findPrime(drawn *stream, size int) *big.Int {
	const span = 1 << 15 // odd numbers looked at from one start; a run without a prime draws anew
	for {
		start := drawn.bits(size)
		start.SetBit(start, size-1, 1).SetBit(start, size-2, 1).SetBit(start, 0, 1)
		composite := sieve(start, span)
		candidate := new(big.Int)
		for i := range span {
			if composite[i] {
				continue
			}
			candidate.Add(start, big.NewInt(int64(2*i)))
			if candidate.BitLen() > size {
				break
			}
			if new(big.Int).Mod(candidate, big.NewInt(rsaExponent)).Cmp(big.NewInt(1)) == 0 {
				continue
			}
			if candidate.ProbablyPrime(0) { // Baillie-PSW: follows from the number alone, no known counterexample
				return new(big.Int).Set(candidate)
			}
		}
	}
}

// sieve marks the numbers start + 2i that a small prime divides.
func sieve(start *big.Int, span int) []bool {
	composite := make([]bool, span)
	remainder, divisor := new(big.Int), new(big.Int)
	for _, prime := range smallPrimes() {
		rest := remainder.Mod(start, divisor.SetInt64(int64(prime))).Int64()
		// start + 2i = 0 (mod prime)  <=>  i = -rest / 2 (mod prime), and 1/2 = (prime+1)/2
		first := (int64(prime) - rest) % int64(prime) * int64((prime+1)/2) % int64(prime)
		for i := int(first); i < span; i += prime {
			composite[i] = true
		}
	}
	return composite
}

// primesBelow lists the odd primes below the limit.
func primesBelow(limit int) []int {
	composite := make([]bool, limit)
	var primes []int
	for n := 3; n < limit; n += 2 {
		if composite[n] {
			continue
		}
		primes = append(primes, n)
		for multiple := n * n; multiple < limit; multiple += 2 * n {
			composite[multiple] = true
		}
	}
	return primes
}

// ecdsaKey draws the secret number of a P-256 key itself.
func ecdsaKey(drawn *stream) (*ecdsa.PrivateKey, error) {
	curve := elliptic.P256()
	size := (curve.Params().BitSize + 7) / 8
	for {
		secret := drawn.bits(curve.Params().BitSize)
		if secret.Sign() > 0 && secret.Cmp(curve.Params().N) < 0 {
			return ecdsa.ParseRawPrivateKey(curve, secret.FillBytes(make([]byte, size)))
		}
	}
}

func encodeKey(key crypto.PrivateKey) (string, error) {
	block := &pem.Block{}
	var err error
	switch key := key.(type) {
	case *rsa.PrivateKey:
		block.Type, block.Bytes = "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)
	case *ecdsa.PrivateKey:
		block.Type = "EC PRIVATE KEY"
		block.Bytes, err = x509.MarshalECPrivateKey(key)
	default:
		block.Type = "PRIVATE KEY"
		block.Bytes, err = x509.MarshalPKCS8PrivateKey(key)
	}
	return string(pem.EncodeToMemory(block)), err
}

func decodeKey(text string) (crypto.Signer, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("the key is not PEM text")
	}
	var key any
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	default:
		return nil, fmt.Errorf("got a PEM block %q, expected a private key (RSA, EC or PKCS #8)", block.Type)
	}
	if err != nil {
		return nil, fmt.Errorf("the private key cannot be read: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("the private key cannot sign")
	}
	return signer, nil
}
