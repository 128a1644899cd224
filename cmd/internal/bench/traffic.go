package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"time"

	"lockstep/cmd/internal/wire"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/office"
	"lockstep/sync/severa/severasim"
)

// side is what one server has seen of one job.
type side struct {
	Requests map[string]int // by operation or route, those of sign-ins left out
	SignIns  int
	wireCount
}

func (s side) total() (n int) {
	for _, v := range s.Requests {
		n += v
	}
	return n
}

// row is one job and its cost.
type row struct {
	Job    string
	Writes int // to both sides, as reported
	Sides  [2]side
}

// rig is an office between two servers, with a meter on each line.
type rig struct {
	size
	*servers
	*clock
	relays [2]*relay
	site   *wire.Site
	home   string
}

func newRig(ctx context.Context, n size) (r *rig, err error) {
	r = &rig{size: n, clock: newClock()}
	defer func() {
		if err != nil {
			r.Close()
		}
	}()
	if r.servers, err = startServers(r.now, n, false); err != nil {
		return nil, err
	}
	a := r.Access
	for at, address := range map[event.Side]*string{event.Exchange: &a.Exchange, event.Business: &a.Severa} {
		_, host, err := behind(*address, "")
		if err != nil {
			return nil, err
		}
		if r.relays[at], err = newRelay(ctx, host); err != nil {
			return nil, err
		}
		if *address, _, err = behind(*address, r.relays[at].addr); err != nil {
			return nil, err
		}
	}
	if r.home, err = os.MkdirTemp("", "lockstep-bench-"); err != nil {
		return nil, err
	}
	r.site, err = openSite(ctx, filepath.Join(r.home, "home"), r.now, a)
	return r, err
}

func (r *rig) Close() {
	if r.site != nil {
		_ = r.site.Close()
	}
	for _, x := range r.relays {
		if x != nil {
			_ = x.Close()
		}
	}
	if r.servers != nil {
		r.servers.Close()
	}
	if r.home != "" {
		_ = os.RemoveAll(r.home)
	}
}

// measure does a job and tells what it cost.
func (r *rig) measure(job string, do func() (writes int, err error)) (row, error) {
	r.exchange.ResetCounters()
	r.severa.ResetCounts()
	signed := r.exchange.Gate().Stats().Handshakes
	var before [2]wireCount
	for s, x := range r.relays {
		before[s] = x.count()
	}
	writes, err := do()
	if err != nil {
		return row{}, fmt.Errorf("%s: %w", job, err)
	}
	out := row{Job: job, Writes: writes}
	for s, x := range r.relays {
		out.Sides[s] = side{Requests: map[string]int{}, wireCount: x.count().minus(before[s])}
	}
	for c, n := range r.exchange.Requests() {
		out.Sides[event.Exchange].Requests[c.Op] += n
	}
	out.Sides[event.Exchange].SignIns = r.exchange.Gate().Stats().Handshakes - signed
	maps.Copy(out.Sides[event.Business].Requests, r.severa.Counts().Requests)
	return out, nil
}

// jobs does and measures everything that an office does, in its order.
func (r *rig) jobs(ctx context.Context) ([]row, error) {
	nothing := func(do func() error) func() (int, error) { return func() (int, error) { return 0, do() } }
	sync := func(o office.Order) func() (int, error) {
		return func() (int, error) { return settle(ctx, r.site, o) }
	}
	var out []row
	for _, j := range []struct {
		name  string // empty: not told
		ahead time.Duration
		do    func() (int, error)
	}{
		{"first pull (preview)", 0, nothing(func() error {
			p, err := r.site.Office.Preview(ctx, nil, false)
			for _, x := range p.People {
				if x.Err != nil {
					return x.Err
				}
			}
			return err
		})},
		{"first sync", time.Minute, sync(office.Order{ApproveFirst: true})},
		{"cycle after it", time.Minute, sync(office.Order{})},
		{"cycle with a sweep", 11 * time.Minute, sync(office.Order{})},
		{"", time.Minute, sync(office.Order{})}, // the feed catches up with what the sweep told
		{"idle cycle", 3 * time.Minute, sync(office.Order{})},
		{"1 % changed", time.Minute, func() (int, error) {
			if err := r.change(); err != nil {
				return 0, err
			}
			return sync(office.Order{})()
		}},
	} {
		r.pass(j.ahead)
		got, err := r.measure(j.name, j.do)
		if err != nil {
			return out, err
		}
		if j.name != "" {
			out = append(out, got)
		}
	}
	return out, nil
}

// change edits every hundredth entry, in Exchange and in Severa by turns.
func (r *rig) change() error {
	activities := r.severa.Activities()
	for i := 0; i < len(r.items); i += 100 {
		name := fmt.Sprint("Changed ", i)
		if i/100%2 == 0 {
			if err := r.exchange.Edit(r.items[i], func(it *ewssim.Item) { it.Subject = name }); err != nil {
				return err
			}
			continue
		}
		if err := r.severa.EditActivity(activities[i].GUID, func(a *severasim.Activity) { a.Name = name }); err != nil {
			return err
		}
	}
	return nil
}
