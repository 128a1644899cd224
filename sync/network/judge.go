package network

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/sync/doctor"
)

// soon is how long before its end a certificate is warned about.
const soon = 21 * 24 * time.Hour

// judge says whether the certificates that a server showed can be trusted, and
// if not, the first reason that a person can do something about.
func (t *Trip) judge(ctx context.Context, r doctor.Result, chain []*x509.Certificate, roots *x509.CertPool) doctor.Result {
	if len(chain) == 0 {
		return because(r, doctor.CauseTLSFailed).With("detail", "the server showed no certificate")
	}
	leaf, now := chain[0], t.target.Now()
	shown := describe(leaf)
	r.Certificate = &shown
	r = r.With("issuer", shown.Issuer).With("chain", strconv.Itoa(len(chain)))
	if pin := plainPin(t.target.PinSHA256); pin != "" {
		shown.Expected = pin
		if shown.SHA256 != pin {
			return because(r, doctor.CauseChanged)
		}
		r = r.With("trusted", "by its fingerprint")
		if !t.target.OnlyCA { // the fingerprint stands for everything, see ews.Options
			return expiring(r, leaf, now)
		}
	}
	switch {
	case now.After(leaf.NotAfter):
		return because(r, doctor.CauseExpired)
	case now.Before(leaf.NotBefore):
		return because(r, doctor.CauseNotYetValid)
	case t.target.PinSHA256 != "" && len(t.target.CA) == 0:
		return expiring(r, leaf, now)
	}
	others := x509.NewCertPool()
	for _, c := range chain[1:] {
		others.AddCert(c)
	}
	o := x509.VerifyOptions{Roots: roots, Intermediates: others, CurrentTime: now}
	if _, err := leaf.Verify(o); err != nil {
		return because(r, t.untrusted(ctx, leaf, chain, o, err)).With("detail", kindOf(err))
	}
	if leaf.VerifyHostname(t.url.Hostname()) != nil {
		return because(r, doctor.CauseWrongName).With("names", strings.Join(shown.Names, ", "))
	}
	if inspector(leaf.Issuer.String()) {
		r.State, r.Cause = doctor.Warned, doctor.CauseInspected
		return r
	}
	return expiring(r, leaf, now)
}

func expiring(r doctor.Result, leaf *x509.Certificate, now time.Time) doctor.Result {
	left := leaf.NotAfter.Sub(now)
	if left > soon {
		return r
	}
	r.State, r.Cause = doctor.Warned, doctor.CauseExpiresSoon
	return r.With("days", strconv.Itoa(int(left/(24*time.Hour))))
}

// untrusted tells why no chain leads to an authority that this PC knows.
func (t *Trip) untrusted(ctx context.Context, leaf *x509.Certificate, chain []*x509.Certificate, o x509.VerifyOptions, err error) doctor.Cause {
	if bad, ok := errors.AsType[x509.CertificateInvalidError](err); ok && bad.Reason == x509.Expired {
		return doctor.CauseExpired // one further up
	}
	switch {
	case inspector(leaf.Issuer.String()):
		return doctor.CauseInspected
	case slices.Equal(leaf.RawSubject, leaf.RawIssuer):
		return doctor.CauseSelfSigned
	}
	// The next one up is named in the certificate: if a chain holds with it, the server should have sent it.
	top := chain[len(chain)-1]
	for _, address := range top.IssuingCertificateURL {
		next, err := fetch(ctx, address)
		if err != nil {
			continue
		}
		o.Intermediates.AddCert(next)
		if _, err := leaf.Verify(o); err == nil {
			return doctor.CauseIncomplete
		}
	}
	return doctor.CauseUntrusted
}

// fetch gets the certificate of an issuer. What it is can be anybody's: it is
// only tried as a link between a certificate and an authority that is known.
func fetch(ctx context.Context, address string) (*x509.Certificate, error) {
	const most = 64 << 10
	if !strings.HasPrefix(address, "http://") { // https would need a chain of its own
		return nil, errors.New("fetch issuer: not by http")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch issuer: %w", err)
	}
	tr := &http.Transport{DisableKeepAlives: true}
	resp, err := tr.RoundTrip(req)
	if err != nil {
		return nil, fmt.Errorf("fetch issuer: %w", err)
	}
	defer resp.Body.Close()
	der, err := io.ReadAll(io.LimitReader(resp.Body, most))
	if err != nil {
		return nil, fmt.Errorf("fetch issuer: %w", err)
	}
	return x509.ParseCertificate(der)
}

// kindOf names an error of x509 without its text, which quotes names.
func kindOf(err error) string {
	switch {
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return "unknown authority"
	case errors.As(err, new(x509.CertificateInvalidError)):
		return "a certificate of the chain is not valid"
	}
	return "no chain"
}

// describe is a certificate for a person to look at.
func describe(c *x509.Certificate) doctor.Certificate {
	sum := sha256.Sum256(c.Raw)
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return doctor.Certificate{
		Subject: c.Subject.String(), Issuer: c.Issuer.String(), Names: names, From: c.NotBefore, Until: c.NotAfter,
		SHA256: hex.EncodeToString(sum[:]), SelfSigned: slices.Equal(c.RawSubject, c.RawIssuer),
	}
}

func plainPin(s string) string {
	return strings.ToLower(strings.NewReplacer(":", "", " ", "").Replace(strings.TrimSpace(s)))
}

// inspector tells whether an issuer is a program or device that opens
// encryption on the way, by the names that their makers give them.
func inspector(issuer string) bool {
	issuer = strings.ToLower(issuer)
	return slices.ContainsFunc([]string{
		"zscaler", "fortinet", "fortigate", "blue coat", "bluecoat", "palo alto", "sophos", "cisco umbrella", "netskope", "mcafee web gateway",
		"skyhigh", "barracuda", "watchguard", "check point", "eset ssl filter", "kaspersky anti-virus personal root", "avast web/mail shield",
		"avg web/mail shield", "bitdefender", "untangle", "squid", "mitmproxy", "fiddler", "charles proxy", "sonicwall", "smoothwall",
		"forcepoint", "websense", "trend micro web security",
	}, func(name string) bool { return strings.Contains(issuer, name) })
}
