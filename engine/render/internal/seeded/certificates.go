package seeded

import (
	"crypto"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"text/template"
	"time"
)

// Certificate is what the certificate functions return; templates read its two fields.
type Certificate struct {
	Cert string
	Key  string
}

// Every certificate is valid from one fixed day, since a certificate that depends on the day of rendering
// would be a change in every plan. It lasts as long as the chart asks, and at least to the last moment that
// the short form of time in X.509 can say: a year counted from a fixed day would soon be over.
var (
	validFrom    = Epoch
	validAtLeast = time.Date(2049, time.December, 31, 23, 59, 59, 0, time.UTC)
)

func (s *Source) certificateFunctions() template.FuncMap {
	return template.FuncMap{
		"buildCustomCert":          s.buildCustomCert,
		"genCA":                    s.genCA,
		"genCAWithKey":             s.genCAWithKey,
		"genSelfSignedCert":        s.genSelfSignedCert,
		"genSelfSignedCertWithKey": s.genSelfSignedCertWithKey,
		"genSignedCert":            s.genSignedCert,
		"genSignedCertWithKey":     s.genSignedCertWithKey,
	}
}

func (s *Source) buildCustomCert(encodedCert, encodedKey string) (Certificate, error) {
	cert, err := base64.StdEncoding.DecodeString(encodedCert)
	if err != nil {
		return Certificate{}, errors.New("the certificate is not base64 text")
	}
	key, err := base64.StdEncoding.DecodeString(encodedKey)
	if err != nil {
		return Certificate{}, errors.New("the private key is not base64 text")
	}
	made := Certificate{Cert: string(cert), Key: string(key)}
	_, _, err = made.open()
	return made, err
}

func (s *Source) genCA(name string, days int) (Certificate, error) {
	drawn := s.draw("genCA", name, days)
	key, err := rsaKey(drawn, certificateKeySize)
	if err != nil {
		return Certificate{}, err
	}
	return s.issue(order{name: name, days: days, authority: true}, key, nil, drawn)
}

func (s *Source) genCAWithKey(name string, days int, key string) (Certificate, error) {
	signer, err := decodeKey(key)
	if err != nil {
		return Certificate{}, err
	}
	return s.issue(order{name: name, days: days, authority: true}, signer, nil, s.draw("genCAWithKey", name, days, key))
}

func (s *Source) genSelfSignedCert(name string, ips, hosts []any, days int) (Certificate, error) {
	drawn := s.draw("genSelfSignedCert", name, ips, hosts, days)
	key, err := rsaKey(drawn, certificateKeySize)
	if err != nil {
		return Certificate{}, err
	}
	return s.issue(order{name: name, ips: ips, hosts: hosts, days: days}, key, nil, drawn)
}

func (s *Source) genSelfSignedCertWithKey(name string, ips, hosts []any, days int, key string) (Certificate, error) {
	signer, err := decodeKey(key)
	if err != nil {
		return Certificate{}, err
	}
	drawn := s.draw("genSelfSignedCertWithKey", name, ips, hosts, days, key)
	return s.issue(order{name: name, ips: ips, hosts: hosts, days: days}, signer, nil, drawn)
}

func (s *Source) genSignedCert(name string, ips, hosts []any, days int, ca Certificate) (Certificate, error) {
	drawn := s.draw("genSignedCert", name, ips, hosts, days, ca)
	key, err := rsaKey(drawn, certificateKeySize)
	if err != nil {
		return Certificate{}, err
	}
	return s.issue(order{name: name, ips: ips, hosts: hosts, days: days}, key, &ca, drawn)
}

func (s *Source) genSignedCertWithKey(name string, ips, hosts []any, days int, ca Certificate, key string) (Certificate, error) {
	signer, err := decodeKey(key)
	if err != nil {
		return Certificate{}, err
	}
	drawn := s.draw("genSignedCertWithKey", name, ips, hosts, days, ca, key)
	return s.issue(order{name: name, ips: ips, hosts: hosts, days: days}, signer, &ca, drawn)
}

// order is what a template asks of a certificate.
type order struct {
	name       string
	ips, hosts []any
	days       int
	authority  bool
}

// issue signs a certificate for the key: by the authority, or by the key itself without one.
func (s *Source) issue(want order, key crypto.Signer, ca *Certificate, drawn *stream) (Certificate, error) {
	request, err := want.request(key.Public(), drawn.fork("serial"))
	if err != nil {
		return Certificate{}, err
	}
	parent, signer := request, key
	if ca != nil {
		if parent, signer, err = ca.open(); err != nil {
			return Certificate{}, fmt.Errorf("the certificate authority: %w", err)
		}
	}
	// Without a source of randomness RSA and ECDSA sign deterministically.
	signed, err := x509.CreateCertificate(nil, request, parent, key.Public(), signer)
	if err != nil {
		return Certificate{}, err
	}
	encoded, err := encodeKey(key)
	if err != nil {
		return Certificate{}, err
	}
	made := Certificate{Cert: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})), Key: encoded}
	s.keep(made.Cert)
	s.keep(made.Key)
	return made, nil
}

func (want order) request(public crypto.PublicKey, serial *stream) (*x509.Certificate, error) {
	ips, err := readIPs(want.ips)
	if err != nil {
		return nil, err
	}
	hosts, err := readHosts(want.hosts)
	if err != nil {
		return nil, err
	}
	until := validFrom.AddDate(0, 0, want.days)
	if until.Before(validAtLeast) {
		until = validAtLeast
	}
	number := serial.bits(127)
	request := &x509.Certificate{
		SerialNumber:          number.SetBit(number, 126, 1), // never zero, never negative
		Subject:               pkix.Name{CommonName: want.name},
		IPAddresses:           ips,
		DNSNames:              hosts,
		NotBefore:             validFrom,
		NotAfter:              until,
		KeyUsage:              x509.KeyUsageKeyEncipherment | x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
	}
	if want.authority {
		request.IsCA = true
		request.KeyUsage |= x509.KeyUsageCertSign
		// Go fills this in by a rule that has changed between its versions.
		request.SubjectKeyId, err = keyID(public)
	}
	return request, err
}

// keyID is the first method of RFC 5280, section 4.2.1.2.
func keyID(public crypto.PublicKey) ([]byte, error) {
	encoded, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, err
	}
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(encoded, &info); err != nil {
		return nil, err
	}
	sum := sha1.Sum(info.Key.Bytes)
	return sum[:], nil
}

// open reads the pair back, checking both halves.
func (c Certificate) open() (*x509.Certificate, crypto.Signer, error) {
	block, _ := pem.Decode([]byte(c.Cert))
	if block == nil {
		return nil, nil, errors.New("the certificate is not PEM text")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, nil, fmt.Errorf("the certificate cannot be read: %w", err)
	}
	key, err := decodeKey(c.Key)
	return cert, key, err
}

func readIPs(values []any) ([]net.IP, error) {
	ips := make([]net.IP, len(values))
	for i, value := range values {
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("IP address %v: expected text", value)
		}
		if ips[i] = net.ParseIP(text); ips[i] == nil {
			return nil, fmt.Errorf("%q is not an IP address", text)
		}
	}
	return ips, nil
}

func readHosts(values []any) ([]string, error) {
	hosts := make([]string, len(values))
	for i, value := range values {
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("host name %v: expected text", value)
		}
		hosts[i] = text
	}
	return hosts, nil
}
