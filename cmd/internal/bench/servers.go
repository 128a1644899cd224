package main

import (
	"fmt"
	"net/url"
	"time"

	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/severa/severasim"
)

// size is how much there is to keep in step.
type size struct {
	People int
	Items  int // entries of each person, all of them in Exchange at first
}

// The account that both servers know.
const (
	account = "svc"
	secret  = "correct horse battery staple"
)

// servers are an Exchange and a Severa with the same people.
type servers struct {
	exchange *ewssim.Server
	severa   *severasim.Server
	items    []string // Exchange ids
	closers  []func()
	Access   access
}

// access is how to get in, also from another process.
type access struct {
	Exchange, Severa     string // URLs
	ExchangeCA, SeveraCA string // PEM; empty without TLS
}

// monday is the moment at which the measured offices begin.
func monday() time.Time { return time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC) }

// startServers makes and fills the servers and lets them listen on loopback.
func startServers(now func() time.Time, n size, tls bool) (*servers, error) {
	s := &servers{
		exchange: ewssim.New(ewssim.Options{Now: now, Domain: "OFFICE"}),
		severa:   severasim.New(severasim.Options{Now: now, ClientID: account, ClientSecret: secret, RatePerSecond: -1, Zone: "Europe/Helsinki"}),
	}
	s.exchange.AddAccount(account, secret)
	s.exchange.AllowImpersonation(account)
	for p := range n.People {
		address := fmt.Sprintf("person%d@office.test", p)
		if err := s.exchange.AddMailbox(ewssim.MailboxInfo{Primary: address, Name: fmt.Sprint("Person ", p), Zone: "FLE Standard Time"}); err != nil {
			return nil, fmt.Errorf("make mailbox: %w", err)
		}
		s.severa.AddUser(severasim.User{FirstName: "Person", LastName: fmt.Sprint(p), Email: address, Zone: "Europe/Helsinki"})
		for i := range n.Items {
			stored, err := s.exchange.Put(address, "", appointment(p, i))
			if err != nil {
				return nil, fmt.Errorf("fill mailbox: %w", err)
			}
			s.items = append(s.items, stored.ID)
		}
	}
	x, err := s.exchange.Start("127.0.0.1:0", tls)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, x.Close)
	v, err := s.severa.Start("127.0.0.1:0", tls)
	if err != nil {
		s.Close()
		return nil, err
	}
	s.closers = append(s.closers, func() { _ = v.Close() })
	s.Access = access{Exchange: x.URL, Severa: v.URL, ExchangeCA: string(x.CAPEM), SeveraCA: v.CAPEM}
	return s, nil
}

// appointment is the i-th of a person, on one of the 120 days from now on, as
// a calendar is full of them.
func appointment(p, i int) ewssim.Item {
	start := monday().Add(time.Duration(i%120)*24*time.Hour + time.Duration(i/120%20)*30*time.Minute)
	return ewssim.Item{
		Subject: fmt.Sprintf("Planning of project %d-%d", p, i), Location: "Meeting room 3",
		Body:  ewssim.Body{Text: "Agenda: figures of last week, plans for the next, anything else.\r\nBring the report."},
		Start: start, End: start.Add(45 * time.Minute), StartZone: "FLE Standard Time", EndZone: "FLE Standard Time",
		FreeBusy: "Busy", ReminderSet: true, ReminderMinutes: 15,
	}
}

func (s *servers) Close() {
	for _, c := range s.closers {
		c()
	}
}

// behind is an URL at another host.
func behind(address, host string) (out, was string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", "", fmt.Errorf("read server's url: %w", err)
	}
	was, u.Host = u.Host, host
	return u.String(), was, nil
}
