// Package autodiscover finds an Exchange server by an e-mail address, the way
// that Outlook does outside of a domain: the https roots of the address's
// domain, a redirect over plain http, and a service record of the DNS, with
// both forms of the question (SOAP for 2010 and newer, plain XML for all).
//
// A password goes to https alone, to a valid certificate, and to no host
// outside the registrable domain of the address unless the caller allows that
// host by name. What plain http and the DNS say is only ever a hint. It follows
// ten redirects at most, none twice, and every attempt is told.
//
// It is not allowed to know anything of calendars, nor of this program.
//
// The steps are those of https://learn.microsoft.com/exchange/client-developer/exchange-web-services/autodiscover-for-exchange.
package autodiscover

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"lockstep/sync/exchange/ews"
)

// Step is where an attempt came from.
type Step string

// The steps, in order.
const (
	StepRoot     Step = "domain"       // https://DOMAIN
	StepHost     Step = "autodiscover" // https://autodiscover.DOMAIN
	StepHTTP     Step = "http_redirect"
	StepSRV      Step = "srv"
	StepRedirect Step = "redirect"
)

// Outcome is what an attempt came to.
type Outcome string

// The outcomes.
const (
	Found       Outcome = "found"
	Unreachable Outcome = "unreachable" // nobody answers there
	Untrusted   Outcome = "certificate" // the certificate is not accepted
	Nothing     Outcome = "nothing"     // something answers, and not this service
	Refused     Outcome = "sign_in_refused"
	NotOffered  Outcome = "sign_in_not_offered"
	NoMailbox   Outcome = "no_mailbox"
	Redirected  Outcome = "redirected"
	NeedsLeave  Outcome = "other_domain" // the password would leave the domain; see Options.Allow
	NotSecure   Outcome = "not_https"
	Repeated    Outcome = "repeated"
)

// Attempt is one thing that was tried.
type Attempt struct {
	Step    Step    `json:"step"`
	URL     string  `json:"url"`
	How     string  `json:"how,omitempty"` // soap, pox; empty: only looked at
	Outcome Outcome `json:"outcome"`
	Status  int     `json:"status,omitempty"`
	To      string  `json:"to,omitempty"` // of a redirect
}

// Server is what was found.
type Server struct {
	EWS         string `json:"ews"`
	InternalEWS string `json:"internal_ews,omitempty"`
	OAB         string `json:"oab,omitempty"`
	Version     string `json:"version,omitempty"` // as the server writes it
	Address     string `json:"address"`           // after redirects to another one
}

// Report is all that was found and tried.
type Report struct {
	Server *Server `json:"server,omitempty"`
	// Cloud: the mailbox is in Microsoft 365.
	Cloud    bool      `json:"cloud,omitempty"`
	Attempts []Attempt `json:"attempts"`
	// Ask are hosts outside the domain that somebody would have to allow.
	Ask []string `json:"ask,omitempty"`
}

// Options of a search. EWS says how to sign in; its URL is not looked at.
type Options struct {
	EWS ews.Options
	// Allow tells whether the password may be shown to a host of another domain; nil: no.
	Allow func(host string) bool
	// SRV looks service records up; nil: the system's resolver.
	SRV func(ctx context.Context, domain string) ([]string, error)
}

// The errors of Find.
var (
	ErrAddress  = errors.New("find exchange server: this is no e-mail address")
	ErrNotFound = errors.New("find exchange server: nothing answers for this address")
	ErrSignIn   = errors.New("find exchange server: user and password were refused")
)

const (
	maxHops   = 10
	maxAnswer = 1 << 20
)

// search is one run of Find.
type search struct {
	o       Options
	home    string // registrable domain of the address
	address string
	report  Report
	seen    map[string]bool
	asked   map[string]bool
	hops    int
}

// Find looks for the server of an address. The report tells what was tried
// also when there is an error.
func Find(ctx context.Context, address string, o Options) (Report, error) {
	address = strings.ToLower(strings.TrimSpace(address))
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" || !strings.Contains(domain, ".") || strings.ContainsAny(domain, "/@:?#") {
		return Report{Attempts: []Attempt{}}, ErrAddress
	}
	if o.SRV == nil {
		o.SRV = records
	}
	o.EWS.MaxAnswer = maxAnswer
	s := &search{o: o, home: registrable(domain), address: address, seen: map[string]bool{}, asked: map[string]bool{}}
	s.report.Attempts = []Attempt{}
	err := s.domain(ctx, domain)
	if s.report.Server != nil || s.report.Cloud {
		return s.report, nil
	}
	if err == nil {
		err = ErrNotFound
	}
	return s.report, err
}

// registrable is the part of a name that its owner has registered.
func registrable(host string) string {
	if net.ParseIP(host) != nil {
		return host
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return d
	}
	return host
}

func (s *search) done() bool { return s.report.Server != nil || s.report.Cloud }

// domain makes the steps for a domain.
func (s *search) domain(ctx context.Context, domain string) error {
	for _, c := range []struct {
		step Step
		host string
	}{{StepRoot, domain}, {StepHost, "autodiscover." + domain}} {
		if err := s.host(ctx, c.step, c.host); err != nil || s.done() {
			return err
		}
	}
	if to := s.plainRedirect(ctx, "autodiscover."+domain); to != "" {
		if err := s.try(ctx, StepHTTP, to); err != nil || s.done() {
			return err
		}
	}
	hosts, err := s.o.SRV(ctx, domain)
	if err != nil {
		return nil //nolint:nilerr // no such record is the usual answer
	}
	for _, h := range hosts {
		if err := s.host(ctx, StepSRV, h); err != nil || s.done() {
			return err
		}
	}
	return nil
}

// host tries both forms at a host, the newer one first.
func (s *search) host(ctx context.Context, step Step, host string) error {
	for _, file := range []string{"autodiscover.svc", "autodiscover.xml"} {
		if err := s.try(ctx, step, "https://"+host+"/autodiscover/"+file); err != nil || s.done() {
			return err
		}
		if last := s.last(); last.Outcome == Unreachable || last.Outcome == Untrusted || last.Outcome == NeedsLeave {
			return nil // the other file is at the same server
		}
	}
	return nil
}

func (s *search) note(a Attempt) { s.report.Attempts = append(s.report.Attempts, a) }

func (s *search) last() Attempt {
	if len(s.report.Attempts) == 0 {
		return Attempt{}
	}
	return s.report.Attempts[len(s.report.Attempts)-1]
}

// trusted tells whether a host may see the password.
func (s *search) trusted(host string) bool {
	return registrable(strings.ToLower(host)) == s.home || s.o.Allow != nil && s.o.Allow(strings.ToLower(host))
}

// try looks at an address without the password, and signs in there if that is allowed.
func (s *search) try(ctx context.Context, step Step, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil //nolint:nilerr // what a server says need not be an address
	}
	u.Fragment, u.User = "", nil
	a := Attempt{Step: step, URL: u.String()}
	key := strings.ToLower(u.String()) + " " + s.address
	switch {
	case u.Scheme != "https":
		a.Outcome = NotSecure
	case s.seen[key]:
		a.Outcome = Repeated
	case !s.trusted(u.Hostname()):
		a.Outcome = NeedsLeave
		s.ask(u.Hostname())
	}
	s.seen[key] = true
	if a.Outcome != "" {
		s.note(a)
		return nil
	}
	o := s.o.EWS
	o.URL = u.String()
	sight, err := ews.Look(ctx, o)
	if err != nil {
		a.Outcome = Unreachable
		if ews.ClassOf(err) == ews.ClassCertificate {
			a.Outcome = Untrusted
		}
		s.note(a)
		return ctx.Err()
	}
	a.Status = sight.Status
	switch {
	case sight.Location != "":
		a.Outcome, a.To = Redirected, sight.Location
		s.note(a)
		return s.follow(ctx, sight.Location)
	case sight.Status != http.StatusUnauthorized:
		a.Outcome = Nothing
		s.note(a)
		return nil
	case !slices.ContainsFunc(sight.Schemes, func(x string) bool { return strings.EqualFold(x, o.Auth.String()) }):
		a.Outcome = NotOffered
		s.note(a)
		return nil
	}
	return s.signIn(ctx, a, o)
}

func (s *search) ask(host string) {
	if host = strings.ToLower(host); !s.asked[host] {
		s.asked[host] = true
		s.report.Ask = append(s.report.Ask, host)
	}
}

// follow goes where a server points, a limited number of times.
func (s *search) follow(ctx context.Context, to string) error {
	if s.hops++; s.hops > maxHops {
		return fmt.Errorf("%w: it is redirected too often", ErrNotFound)
	}
	return s.try(ctx, StepRedirect, to)
}

// plainRedirect asks over plain http where to go, without anything secret.
func (s *search) plainRedirect(ctx context.Context, host string) string {
	a := Attempt{Step: StepHTTP, URL: "http://" + host + "/autodiscover/autodiscover.xml"}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL, nil)
	if err != nil {
		return ""
	}
	tr := &http.Transport{Proxy: s.o.EWS.Proxy, DisableKeepAlives: true}
	resp, err := tr.RoundTrip(req)
	if err != nil {
		a.Outcome = Unreachable
		s.note(a)
		return ""
	}
	_ = resp.Body.Close()
	a.Status, a.Outcome = resp.StatusCode, Nothing
	to, err := resp.Location()
	if resp.StatusCode != http.StatusFound && resp.StatusCode != http.StatusMovedPermanently || err != nil {
		s.note(a)
		return ""
	}
	to.RawQuery = ""
	a.Outcome, a.To = Redirected, to.String()
	s.note(a)
	return to.String()
}

// records are the hosts that the DNS names, the preferred ones first.
func records(ctx context.Context, domain string) ([]string, error) {
	_, found, err := net.DefaultResolver.LookupSRV(ctx, "autodiscover", "tcp", domain)
	if err != nil {
		return nil, fmt.Errorf("look up service record: %w", err)
	}
	var out []string
	for _, r := range found {
		if r.Port == 443 {
			out = append(out, strings.TrimSuffix(r.Target, "."))
		}
	}
	return out, nil
}
