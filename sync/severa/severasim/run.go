package severasim

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"time"
)

// Running is a server that listens.
type Running struct {
	// URL is the base that a client is given: scheme, host, port and "/rest-api".
	URL string
	// CAPEM is the certificate authority to trust, in PEM; empty without TLS.
	CAPEM string

	server *http.Server
	done   chan error
}

// Start listens on addr, such as "127.0.0.1:0". With useTLS it makes a
// certificate authority of its own and a certificate for localhost, the
// loopback addresses and addr's host. Close must be called.
func (s *Server) Start(addr string, useTLS bool) (*Running, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for the simulated severa: %w", err)
	}
	r := &Running{
		URL: "http://" + l.Addr().String() + "/rest-api",
		server: &http.Server{
			Handler: s.Handler(), ReadHeaderTimeout: 30 * time.Second,
			ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
			// HTTP/2 would carry many calls on one connection: cutting it would hit them all.
			TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
		},
		done: make(chan error, 1),
	}
	if useTLS {
		host, _, _ := net.SplitHostPort(l.Addr().String())
		cert, ca, err := certificate(host, s.opts.ExpiredCertificate)
		if err != nil {
			_ = l.Close()
			return nil, err
		}
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
		r.URL, r.CAPEM = "https://"+l.Addr().String()+"/rest-api", ca
	}
	go func() { r.done <- r.server.Serve(l) }()
	return r, nil
}

// Close stops listening, cuts what is open and waits for the listener to end.
func (r *Running) Close() error {
	err := r.server.Close()
	if served := <-r.done; served != nil && !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	r.done <- http.ErrServerClosed // so that closing twice does no harm
	if err != nil {
		return fmt.Errorf("close the simulated severa: %w", err)
	}
	return nil
}

// certificate makes an authority and a server certificate. Both are good for so
// long that the clock does not matter, unless expired.
func certificate(host string, expired bool) (tls.Certificate, string, error) {
	wrap := func(err error) (tls.Certificate, string, error) {
		return tls.Certificate{}, "", fmt.Errorf("make certificate: %w", err)
	}
	from, until := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return wrap(err)
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Simulated Severa CA"}, NotBefore: from, NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		return wrap(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return wrap(err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if ip := net.ParseIP(host); ip != nil {
		leaf.IPAddresses = append(leaf.IPAddresses, ip)
	}
	if expired {
		leaf.NotAfter = from.AddDate(1, 0, 0)
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, &key.PublicKey, caKey)
	if err != nil {
		return wrap(err)
	}
	caPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, string(caPEM), nil
}
