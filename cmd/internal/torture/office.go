package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/severa/severasim"
)

// The account that both servers know, and the office's zone on either side.
const (
	account   = "svc"
	password  = "correct horse battery staple"
	zone      = "Europe/Helsinki"
	zoneThere = "FLE Standard Time"
	people    = 3
)

// office is both servers with the people in them.
type office struct {
	exchange *ewssim.Server
	severa   *severasim.Server
	faults   *ewssim.Faults
	users    []string // guids in Severa, by person
	closers  []func()

	exchangeURL, severaURL string
}

func address(person int) string { return fmt.Sprintf("person%d@office.test", person) }

func newOffice(rng *rand.Rand) (*office, error) {
	faults := &ewssim.Faults{}
	o := &office{
		faults:   faults,
		exchange: ewssim.New(ewssim.Options{Now: time.Now, Domain: "OFFICE", Faults: faults, Seed: rng.Uint64()}),
		severa: severasim.New(severasim.Options{
			Now: time.Now, ClientID: account, ClientSecret: password, RatePerSecond: -1, Zone: zone, Faults: faults,
			Seed: rng.Int64(),
		}),
	}
	o.exchange.AddAccount(account, password)
	o.exchange.AllowImpersonation(account)
	for p := range people {
		err := o.exchange.AddMailbox(ewssim.MailboxInfo{Primary: address(p), Name: fmt.Sprint("Person ", p), Zone: zoneThere})
		if err != nil {
			return nil, fmt.Errorf("make mailbox: %w", err)
		}
		o.users = append(o.users, o.severa.AddUser(severasim.User{
			FirstName: "Person", LastName: fmt.Sprint(p), Email: address(p), Zone: zone,
		}))
	}
	x, err := o.exchange.Start("127.0.0.1:0", false)
	if err != nil {
		return nil, err
	}
	o.closers = append(o.closers, x.Close)
	v, err := o.severa.Start("127.0.0.1:0", false)
	if err != nil {
		o.Close()
		return nil, err
	}
	o.closers = append(o.closers, func() { _ = v.Close() })
	o.exchangeURL, o.severaURL = x.URL, v.URL
	return o, nil
}

// Close stops both servers.
func (o *office) Close() {
	for _, c := range o.closers {
		c()
	}
}

// writes counts what programs have changed on both servers.
func (o *office) writes() int { return o.exchange.WriteTotal() + o.severa.Counts().TotalWrites() }
