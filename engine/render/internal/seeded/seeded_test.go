package seeded

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
	"golang.org/x/crypto/bcrypt"
)

// run executes a template with the functions of a source.
func run(t testing.TB, source *Source, text string) string {
	t.Helper()
	parsed, err := template.New("t").Funcs(sprig.TxtFuncMap()).Funcs(source.Functions()).Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := parsed.Execute(&out, nil); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// The pinned values below are a promise: passwords of running databases follow from them.
func TestValuesOfASeedNeverChange(t *testing.T) {
	for text, want := range map[string]string{
		`{{ randAlphaNum 24 }}`:          "8AZ0ZoS5cfMUcePscoi2EMSV",
		`{{ randAlpha 8 }}`:              "JTsKpSoM",
		`{{ randNumeric 6 }}`:            "791393",
		`{{ randAscii 10 }}`:             "T$xE.0Rq?q",
		`{{ randBytes 12 }}`:             "xQkeFSBfHWgDVMsA",
		`{{ randInt 10 2000000 }}`:       "1149608",
		`{{ uuidv4 }}`:                   "1398bcd5-2043-43b8-98b6-e29df42d3ed1",
		`{{ shuffle "abcdefgh" }}`:       "aecfbgdh",
		`{{ bcrypt "secret" }}`:          "$2a$10$BwgLsGossv6mL6zAeRezj.rnIE2JADQ3Zo70RLZuOoLpUBlE1Ryva",
		`{{ htpasswd "user" "secret" }}`: "user:$2a$10$pRhQ9aGmavqK/OtSWSPWfu.6KFzvyxfNChDc9YMX5z9aGXfv2fDRK",
		`{{ encryptAES "key" "text" }}`:  "k0pNocOdQS7ckup9NoPmoHremZ2hjIjugmwGEs/X4YY=",
	} {
		if got := run(t, NewSource("mostik"), text); got != want {
			t.Errorf("\t\t`%s`: %q,", text, got)
		}
	}
}

// Keys and certificates are pinned by their digest.
func TestKeysOfASeedNeverChange(t *testing.T) {
	for text, want := range map[string]string{
		`{{ genPrivateKey "rsa" }}`:     "b7344d326da1edf6",
		`{{ genPrivateKey "ecdsa" }}`:   "7601f043af973633",
		`{{ genPrivateKey "ed25519" }}`: "297210f13082fc9c",
		`{{ $ca := genCA "ca" 365 }}{{ $ca.Cert }}{{ $ca.Key }}{{ $c := genSignedCert "web" (list "10.0.0.1") (list "web.svc") 365 $ca }}{{ $c.Cert }}{{ $c.Key }}`: "0701ae68474a3e8f",
		`{{ $c := genSelfSignedCert "web" nil (list "web") 30 }}{{ $c.Cert }}{{ $c.Key }}`:                                                                          "a304956e443e2fb5",
		`{{ $c := genCAWithKey "ca" 30 (genPrivateKey "ecdsa") }}{{ $c.Cert }}`:                                                                                     "8e3b5017eecf5599",
		`{{ $c := genSelfSignedCertWithKey "ca" nil nil 30 (genPrivateKey "ed25519") }}{{ $c.Cert }}`:                                                               "df57a29596290640",
	} {
		sum := sha256.Sum256([]byte(run(t, NewSource("mostik"), text)))
		if got := hex.EncodeToString(sum[:8]); got != want {
			t.Errorf("\t\t`%s`: %q,", text, got)
		}
	}
}

func TestAnotherSeedGivesOtherValues(t *testing.T) {
	if run(t, NewSource("a"), `{{ randAlphaNum 20 }}`) == run(t, NewSource("b"), `{{ randAlphaNum 20 }}`) {
		t.Error("two seeds gave the same value")
	}
}

func TestOtherCallsDoNotMoveAValue(t *testing.T) {
	alone := run(t, NewSource("s"), `{{ randAlphaNum 20 }}`)
	crowded := run(t, NewSource("s"), `{{ $x := randAlphaNum 21 }}{{ $x = uuidv4 }}{{ $x = randAlpha 20 }}{{ randAlphaNum 20 }}`)
	if alone != crowded {
		t.Errorf("got %s beside other calls, expected %s", crowded, alone)
	}
	twice := run(t, NewSource("s"), `{{ randAlphaNum 20 }} {{ randAlphaNum 20 }}`)
	first, second, _ := strings.Cut(twice, " ")
	if first != alone || second == first {
		t.Errorf("got %s, expected %s and then another value", twice, alone)
	}
}

func TestTextsHaveTheAlphabetThatHelmUses(t *testing.T) {
	for text, pattern := range map[string]string{
		`{{ randAlphaNum 500 }}`: `^[A-Za-z0-9]{500}$`,
		`{{ randAlpha 500 }}`:    `^[A-Za-z]{500}$`,
		`{{ randNumeric 500 }}`:  `^[0-9]{500}$`,
		`{{ randAscii 500 }}`:    `^[ -~]{500}$`,
		`{{ randAlphaNum 0 }}`:   `^$`,
		`{{ uuidv4 }}`:           `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`,
	} {
		if got := run(t, NewSource("s"), text); !regexp.MustCompile(pattern).MatchString(got) {
			t.Errorf("%s: got %q, expected %s", text, got, pattern)
		}
	}
}

func TestEveryLetterIsDrawnAboutEquallyOften(t *testing.T) {
	drawn := newStream([]byte("s"), "test")
	var counts [10]int
	for range 20000 {
		counts[drawn.below(10)]++
	}
	for digit, count := range counts {
		if count < 1800 || count > 2200 {
			t.Errorf("%d came %d times in 20000, expected about 2000", digit, count)
		}
	}
}

func TestHashesAndCiphertextsAreReadByOthers(t *testing.T) {
	source := NewSource("s")
	if err := bcrypt.CompareHashAndPassword([]byte(run(t, source, `{{ bcrypt "secret" }}`)), []byte("secret")); err != nil {
		t.Error(err)
	}
	_, hash, _ := strings.Cut(run(t, source, `{{ htpasswd "user" "pass" }}`), ":")
	if err := bcrypt.CompareHashAndPassword([]byte(hash), []byte("pass")); err != nil {
		t.Error(err)
	}
	for _, text := range []string{"x", "sixteen bytes ok", strings.Repeat("long", 40)} {
		if got := run(t, source, `{{ encryptAES "key" "`+text+`" | decryptAES "key" }}`); got != text {
			t.Errorf("got %q back, expected %q", got, text)
		}
	}
}

func TestCertificatesAreValidForADecade(t *testing.T) {
	source := NewSource("s")
	ca, err := source.genCA("ca", 1)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := source.genSignedCert("web", []any{"10.0.0.1"}, []any{"web.ns.svc"}, 1, ca)
	if err != nil {
		t.Fatal(err)
	}
	authority, _, err := ca.open()
	if err != nil {
		t.Fatal(err)
	}
	cert, key, err := leaf.open()
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(authority)
	for _, moment := range []time.Time{Epoch, time.Now(), time.Now().AddDate(10, 0, 0)} {
		if _, err := cert.Verify(x509.VerifyOptions{Roots: pool, DNSName: "web.ns.svc", CurrentTime: moment}); err != nil {
			t.Errorf("at %s: %v", moment, err)
		}
	}
	if err := cert.VerifyHostname("10.0.0.1"); err != nil {
		t.Error(err)
	}
	if public, ok := cert.PublicKey.(*rsa.PublicKey); !ok || !public.Equal(key.Public()) || public.Size() != 256 {
		t.Error("the certificate is for another key")
	}
	long, err := source.genCA("long", 365*40)
	if err != nil {
		t.Fatal(err)
	}
	if parsed, _, err := long.open(); err != nil || parsed.NotAfter.Year() != 2059 {
		t.Errorf("got an end in %d (%v), expected the year that was asked for", parsed.NotAfter.Year(), err)
	}
}

func TestAGivenKeyIsUsed(t *testing.T) {
	source := NewSource("s")
	key := run(t, source, `{{ genPrivateKey "ecdsa" }}`)
	ca, err := source.genCAWithKey("ca", 1, key)
	if err != nil || ca.Key != key {
		t.Fatalf("got key %q (%v), expected the given one", ca.Key, err)
	}
	signed, err := source.genSignedCertWithKey("web", nil, nil, 1, ca, key)
	if err != nil {
		t.Fatal(err)
	}
	authority, _, _ := ca.open()
	if cert, _, err := signed.open(); err != nil || cert.CheckSignatureFrom(authority) != nil {
		t.Errorf("not signed by the authority (%v)", err)
	}
	block, _ := pem.Decode([]byte(key))
	if block.Type != "EC PRIVATE KEY" {
		t.Errorf("got a block %q", block.Type)
	}
}

func TestABroughtCertificateIsChecked(t *testing.T) {
	source := NewSource("s")
	made := run(t, source, `{{ $c := genSelfSignedCert "a" nil nil 1 }}{{ $b := buildCustomCert ($c.Cert | b64enc) ($c.Key | b64enc) }}{{ eq $b.Cert $c.Cert }}`)
	if made != "true" {
		t.Errorf("got %s", made)
	}
	if _, err := source.buildCustomCert("eA==", "eA=="); err == nil {
		t.Error("text that is no certificate was taken")
	}
}

func TestPrimesAreDefinedWithoutTheSieve(t *testing.T) {
	for i := range 5 {
		drawn := newStream([]byte{byte(i)}, "p")
		start := newStream([]byte{byte(i)}, "p").bits(64)
		start.SetBit(start, 63, 1).SetBit(start, 62, 1).SetBit(start, 0, 1)
		composite := sieve(start, 64)
		for j, marked := range composite {
			candidate := start.Uint64() + uint64(2*j)
			if prime := start.SetUint64(candidate).ProbablyPrime(0); prime && marked {
				t.Errorf("%d is prime, the sieve marks it", candidate)
			}
			start.SetUint64(candidate - uint64(2*j))
		}
		if found := findPrime(drawn, 64); !found.ProbablyPrime(20) || found.BitLen() != 64 {
			t.Errorf("got %s, expected a prime of 64 bits", found)
		}
	}
}

func TestWhatIsGeneratedIsRemembered(t *testing.T) {
	source := NewSource("s")
	text := run(t, source, `{{ randAlphaNum 12 }},{{ uuidv4 }},{{ derivePassword 1 "long" "p" "u" "s" }},{{ randInt 1 9 }}`)
	parts := strings.Split(text, ",")
	for _, part := range parts[:3] {
		if !slices.Contains(source.Generated(), part) {
			t.Errorf("%q was not remembered", part)
		}
	}
	if len(source.Generated()) != 3 {
		t.Errorf("got %d, expected 3: a number is too short to be masked", len(source.Generated()))
	}
	if want := run(t, NewSource("x"), `{{ derivePassword 1 "long" "p" "u" "s" }}`); parts[2] != want {
		t.Error("derivePassword follows from its arguments alone")
	}
}

func TestTheClockStandsStill(t *testing.T) {
	source := NewSource("s")
	for text, want := range map[string]string{
		`{{ now | date "2006-01-02" }}`:                                   "2020-01-01",
		`{{ date "2006" "not a date" }}`:                                  "2020",
		`{{ date "2006-01-02 15:04" 86400 }}`:                             "1970-01-02 00:00",
		`{{ dateInZone "15:04" (toDate "2006" "2021") "Europe/Moscow" }}`: "03:00",
		`{{ htmlDate (toDate "2006-01-02" "2021-05-06") }}`:               "2021-05-06",
		`{{ ago (toDate "2006-01-02" "2019-12-31") }}`:                    "24h0m0s",
		`{{ durationRound (toDate "2006-01-02" "2019-12-31") }}`:          "24h",
		`{{ durationRound "3600s" }}`:                                     "60m",
		`{{ unixEpoch now }}`:                                             "1577836800",
	} {
		if got := run(t, source, text); got != want {
			t.Errorf("%s: got %s, expected %s", text, got, want)
		}
	}
	if !source.UsedClock() {
		t.Error("the use of the clock was not noticed")
	}
}

func TestADateThatIsGivenIsNotTheClock(t *testing.T) {
	source := NewSource("s")
	run(t, source, `{{ date "2006" (toDate "2006" "2021") }}{{ durationRound "2h" }}`)
	if source.UsedClock() {
		t.Error("a given date was taken for the clock")
	}
}

func TestLookupsAreAnsweredAsNotFoundAndNamed(t *testing.T) {
	source := NewSource("s")
	got := run(t, source, `{{ lookup "v1" "Secret" "ns" "a" | len }}{{ lookup "v1" "Secret" "ns" "a" | len }}{{ lookup "apps/v1" "Deployment" "" "" | len }}`)
	if got != "000" || !slices.Equal(source.Lookups(), []string{"v1 Secret ns/a", "apps/v1 Deployment all"}) {
		t.Errorf("got %s, %v", got, source.Lookups())
	}
}

func TestMappingsAreWalkedInOrder(t *testing.T) {
	for range 20 {
		got := run(t, NewSource("s"), `{{ $d := dict "c" 3 "a" 1 "b" 2 }}{{ keys $d }}{{ values $d }}`)
		if got != "[a b c][1 2 3]" {
			t.Fatalf("got %s", got)
		}
	}
}

func TestWrongArgumentsAreErrors(t *testing.T) {
	functions := template.FuncMap(sprig.TxtFuncMap())
	for text, want := range map[string]string{
		`{{ randInt 5 5 }}`:                            "expected the second number to be larger",
		`{{ randBytes -1 }}`:                           "expected 0 or more",
		`{{ genPrivateKey "dsa" }}`:                    "expected rsa, ecdsa or ed25519",
		`{{ htpasswd "a:b" "x" }}`:                     "holds a colon",
		`{{ bcrypt (repeat 73 "x") }}`:                 "expected at most 72",
		`{{ genSelfSignedCert "a" (list "x") nil 1 }}`: "not an IP address",
		`{{ genCAWithKey "a" 1 "x" }}`:                 "not PEM text",
		`{{ getHostByName "example.org" }}`:            "not looked up while rendering",
	} {
		parsed := template.Must(template.New("t").Funcs(functions).Funcs(NewSource("s").Functions()).Parse(text))
		if err := parsed.Execute(&strings.Builder{}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, expected %q", text, err, want)
		}
	}
}

func BenchmarkCertificate(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		if _, err := NewSource("s").genCA("ca", i); err != nil {
			b.Fatal(err)
		}
	}
}
