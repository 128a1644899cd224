package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"lockstep/cmd/internal/wire"
	keyring "lockstep/store/secret"
	"lockstep/sync/office"
	"lockstep/sync/severa/api"
	"lockstep/sync/state"
)

// clock begins on a Monday, goes at the pace of the real one, and can be
// pushed ahead.
type clock struct {
	began time.Time
	mu    sync.Mutex
	ahead time.Duration
}

func newClock() *clock { return &clock{began: time.Now()} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return monday().Add(time.Since(c.began) + c.ahead)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// hurried is a clock by which a quota is refilled in no time: the simulated
// Severa has none.
func hurried() func() time.Time {
	began := time.Now()
	return func() time.Time { return began.Add(1000 * time.Since(began)) }
}

// openSite sets an office up in a home folder as a person would.
func openSite(ctx context.Context, home string, now func() time.Time, a access) (site *wire.Site, err error) {
	site, err = wire.Open(ctx, wire.Options{Home: home, Now: now, Ring: keyring.NewMemory(), Pacer: api.NewPacer(hurried())})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, site.Close())
		}
	}()
	text := fmt.Sprintf("zone = \"Europe/Helsinki\"\n[exchange]\nurl = %q\ndomain = \"OFFICE\"\nuser = %q\n%s[severa]\nurl = %q\nclient_id = %q\n%s[people]\neveryone = true\n",
		a.Exchange, account, caFile(home, "exchange", a.ExchangeCA), a.Severa, account, caFile(home, "severa", a.SeveraCA))
	f, err := wire.ParseOffice([]byte(text))
	if err != nil {
		return site, err
	}
	if _, err := site.Setup(ctx, f, home); err != nil {
		return site, err
	}
	for _, name := range []string{wire.SecretExchange, wire.SecretSevera} {
		if err := site.SetSecret(ctx, name, secret); err != nil {
			return site, err
		}
	}
	return site, site.Discover(ctx, true)
}

// caFile writes a certificate and returns the line of an office.toml that
// names it; without a certificate it is empty.
func caFile(home, name, pem string) string {
	if pem == "" {
		return ""
	}
	path := filepath.Join(home, name+".pem")
	if err := os.WriteFile(path, []byte(pem), 0o600); err != nil {
		return "" // the connection will say that nobody vouches for the server
	}
	return fmt.Sprintf("ca_file = %q\n", path)
}

// settle syncs everybody and demands that all went well.
func settle(ctx context.Context, site *wire.Site, order office.Order) (writes int, err error) {
	if order.Cause == "" {
		order.Cause = state.CauseSchedule
	}
	sum, err := site.Office.Sync(ctx, order)
	if err != nil {
		return 0, err
	}
	for _, p := range sum.People {
		if p.Err != nil || !p.Complete || p.Halt != nil || len(p.Problems) > 0 || p.Unapproved > 0 {
			return 0, fmt.Errorf("sync %s: complete %v, halt %v, %d problems, %d unapproved: %w",
				p.Person.Name, p.Complete, p.Halt, len(p.Problems), p.Unapproved, p.Err)
		}
		for _, of := range p.Written {
			for _, n := range of {
				writes += n
			}
		}
	}
	return writes, nil
}
