package ews

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrPin says that the server showed another certificate than the pinned one.
var ErrPin = errors.New("the server's certificate is not the pinned one")

// tlsConfig builds the configuration of one lane. seen is told the server's own certificate after each accepted handshake.
func tlsConfig(o Options, host string, seen func(*x509.Certificate)) (*tls.Config, error) {
	c := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if len(o.CAFile) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(o.CAFile) {
			return nil, errors.New("read ca file: it holds no certificate in PEM form")
		}
		c.RootCAs = pool
	}
	if o.LegacyTLS {
		c.MinVersion = tls.VersionTLS10
		for _, s := range tls.CipherSuites() {
			c.CipherSuites = append(c.CipherSuites, s.ID)
		}
		for _, s := range tls.InsecureCipherSuites() {
			c.CipherSuites = append(c.CipherSuites, s.ID)
		}
	}
	var pin []byte
	if o.PinSHA256 != "" {
		var err error
		if pin, err = parsePin(o.PinSHA256); err != nil {
			return nil, err
		}
		// The pin replaces the chain: exactly this certificate is accepted, which is stricter than any chain.
		// VerifyConnection runs on every handshake, resumed ones included.
		c.InsecureSkipVerify = true
	}
	c.VerifyConnection = func(s tls.ConnectionState) error {
		if len(s.PeerCertificates) == 0 {
			return errors.New("verify certificate: the server showed none")
		}
		leaf := s.PeerCertificates[0]
		if pin != nil {
			sum := sha256.Sum256(leaf.Raw)
			if subtle.ConstantTimeCompare(sum[:], pin) != 1 {
				return fmt.Errorf("verify certificate: %w; it shows %s", ErrPin, hex.EncodeToString(sum[:]))
			}
		}
		seen(leaf)
		return nil
	}
	return c, nil
}
