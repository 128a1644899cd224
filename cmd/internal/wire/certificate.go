package wire

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net"
	"net/url"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/state"
)

// handshakeFor bounds a look at a certificate.
const handshakeFor = 15 * time.Second

// certificate looks at the certificate of a connection's server, whoever
// vouches for it; nil where the server shows none. Nothing is sent after the
// handshake, so that nothing can be lost to a server that is not the right one.
func (x setter) certificate(ctx context.Context, side event.Side, c state.Connection) *localapi.Certificate {
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "https" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, handshakeFor)
	defer cancel()
	port := u.Port()
	if port == "" {
		port = "443"
	}
	config := &tls.Config{
		InsecureSkipVerify: true, //nolint:gosec // it is looked at to show it, and judged below
		ServerName:         u.Hostname(), MinVersion: tls.VersionTLS12,
	}
	if c.LegacyTLS {
		config.MinVersion = tls.VersionTLS10
		for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			config.CipherSuites = append(config.CipherSuites, s.ID)
		}
	}
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil
	}
	defer conn.Close()
	chain := conn.(*tls.Conn).ConnectionState().PeerCertificates //nolint:forcetypeassert // a tls.Dialer gives nothing else
	if len(chain) == 0 {
		return nil
	}
	leaf := chain[0]
	sum := sha256.Sum256(leaf.Raw)
	out := &localapi.Certificate{
		Subject: leaf.Subject.String(), Issuer: leaf.Issuer.String(), NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter,
		FingerprintSHA256: hex.EncodeToString(sum[:]),
	}
	out.Why = x.against(side, c, u.Hostname(), chain, out.FingerprintSHA256)
	out.Trusted = out.Why == ""
	return out
}

// against is what speaks against a certificate, by the same rules as the
// clients: for Exchange a fingerprint replaces the chain, for Severa it does
// only where no authority is named.
func (x setter) against(side event.Side, c state.Connection, host string, chain []*x509.Certificate, print string) string {
	if c.PinSHA256 != "" {
		if c.PinSHA256 != print {
			return localapi.CertificateOther
		}
		if side == event.Exchange || c.CAFile == "" {
			return ""
		}
	}
	pool, err := x509.SystemCertPool()
	if err != nil || side == event.Business && c.CAFile != "" {
		pool = x509.NewCertPool()
	}
	if ca, err := readCA(c.CAFile); err == nil {
		pool.AppendCertsFromPEM(ca)
	}
	between := x509.NewCertPool()
	for _, cert := range chain[1:] {
		between.AddCert(cert)
	}
	_, err = chain[0].Verify(x509.VerifyOptions{DNSName: host, Roots: pool, Intermediates: between, CurrentTime: x.site.now()})
	return objection(err)
}

func objection(err error) string {
	if err == nil {
		return ""
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return localapi.CertificateName
	}
	if e, ok := errors.AsType[x509.CertificateInvalidError](err); ok && e.Reason == x509.Expired {
		return localapi.CertificateDates
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return localapi.CertificateUnknown
	}
	return localapi.CertificateInvalid
}
