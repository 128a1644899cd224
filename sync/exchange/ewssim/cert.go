package ewssim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"time"
)

// Certificate is what the server shows to clients that speak TLS.
type Certificate int

// The certificates. The zero value is a good one of an authority of its own.
const (
	CertGood           Certificate = iota
	CertSelfSigned                 // vouches for itself, as that of a new Exchange server
	CertExpired                    // ran out a month ago
	CertNotYet                     // begins in a month
	CertSoon                       // runs out in ten days
	CertWrongName                  // is for another name
	CertIncomplete                 // is sent without the one in between up to the authority
	CertInspected                  // is by a device that opens the encryption on the way
	CertInspectedKnown             // the same, and clients are told of the device's authority
	CertStranger                   // is of an authority that nobody is told of
)

// issuer is an authority with its key.
type issuer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func (i issuer) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.cert.Raw})
}

// serials are unlike each other as long as one server makes them.
func (i issuer) sign(c *x509.Certificate, key *ecdsa.PrivateKey) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 64))
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	c.SerialNumber = serial
	parent, signer := i.cert, i.key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, fmt.Errorf("make certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

func (i issuer) authority(now time.Time, name string) (issuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return issuer{}, fmt.Errorf("make authority: %w", err)
	}
	cert, err := i.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}, key)
	return issuer{cert, key}, err
}

// newTLS makes a certificate of the kind for loopback, host and localhost, valid
// around the given time, and gives the authority that clients are to trust.
// helper serves the certificate in between, for those who ask for it.
func newTLS(now time.Time, host string, kind Certificate, old bool, helper string) (*tls.Config, []byte, http.Handler, error) {
	root, err := issuer{}.authority(now, "Simulated Exchange authority")
	if err != nil {
		return nil, nil, nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("make certificate: %w", err)
	}
	leaf := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "mail.office.test"},
		NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(2, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost", "mail.office.test", "office.test", "autodiscover.office.test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if ip := net.ParseIP(host); ip != nil {
		leaf.IPAddresses = append(leaf.IPAddresses, ip)
	} else if host != "" && host != "localhost" {
		leaf.DNSNames = append(leaf.DNSNames, host)
	}
	by, sent, aia, err := spoil(kind, now, root, leaf, helper)
	if err != nil {
		return nil, nil, nil, err
	}
	cert, err := by.sign(leaf, key)
	if err != nil {
		return nil, nil, nil, err
	}
	chain := [][]byte{cert.Raw}
	for _, c := range sent {
		chain = append(chain, c.Raw)
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: chain, PrivateKey: key}}}
	if old {
		conf.MinVersion, conf.MaxVersion = tls.VersionTLS10, tls.VersionTLS10
		conf.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}
	}
	if kind == CertInspectedKnown {
		root = by
	}
	return conf, root.pem(), aia, nil
}

// spoil makes the certificate of the kind: who signs it, and what is sent along.
func spoil(kind Certificate, now time.Time, root issuer, leaf *x509.Certificate, helper string) (by issuer, sent []*x509.Certificate, aia http.Handler, err error) {
	by, sent = root, []*x509.Certificate{root.cert}
	switch kind {
	case CertGood:
	case CertSelfSigned:
		by, sent = issuer{}, nil
	case CertExpired:
		leaf.NotAfter = now.AddDate(0, -1, 0)
	case CertNotYet:
		leaf.NotBefore = now.AddDate(0, 1, 0)
	case CertSoon:
		leaf.NotAfter = now.AddDate(0, 0, 10)
	case CertWrongName:
		leaf.DNSNames, leaf.IPAddresses = []string{"owa.office.test"}, nil
	case CertInspected, CertInspectedKnown:
		by, err = issuer{}.authority(now, "Fortinet FortiGate CA")
		sent = []*x509.Certificate{by.cert}
	case CertStranger:
		by, err = issuer{}.authority(now, "Office internal CA")
		sent = nil
	case CertIncomplete:
		by, err = root.authority(now, "Simulated Exchange authority in between")
		sent = nil
		leaf.IssuingCertificateURL = []string{helper}
		aia = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/pkix-cert")
			_, _ = w.Write(by.cert.Raw) // a client that is gone is its own business
		})
	}
	return by, sent, aia, err
}
