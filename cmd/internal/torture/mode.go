package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim"
)

// mode is one way to disturb a sync.
type mode struct {
	name string
	what string
	// alone: see crowd.
	alone   bool
	disturb func(context.Context, *lane) error
}

func modes() []mode {
	return []mode{
		{name: "kill", what: "kill -9 at a random moment", disturb: killed},
		{name: "cut", what: "network cut at random moments", disturb: cutOff},
		{name: "lost", what: "answers lost after the server has done it", disturb: unanswered},
		{name: "slow", what: "throttled and refused at random calls", disturb: throttled},
		{name: "disk", what: "disk full at a random write", disturb: full},
		{name: "clock", what: "clock jumps in mid-run, then kill -9", alone: true, disturb: jumping},
	}
}

// killed lets a sync begin and kills it; in one of four the run after it too.
func killed(ctx context.Context, l *lane) error {
	again := 1
	if l.rng.IntN(4) == 0 {
		again = 2
	}
	for range again {
		p, err := l.home.start(ctx, 0, "", syncArgs()...)
		if err != nil {
			return err
		}
		l.await(p)
		p.kill()
		if o := p.wait(); o.code < 0 {
			l.tally.disturbed++
		}
	}
	return nil
}

// await waits for a random moment of a run: by the clock, or a moment after
// the servers have been made to write some number of times.
func (l *lane) await(p *process) {
	if l.rng.IntN(2) == 0 {
		l.pause(p, time.Duration(l.rng.Int64N(int64(l.typical)*6/5+1)))
		return
	}
	until, after := l.writes()+1+l.rng.IntN(8), time.Duration(l.rng.IntN(4000))*time.Microsecond
	tick := time.NewTicker(300 * time.Microsecond)
	defer tick.Stop()
	for ended := time.Now().Add(5 * time.Second); l.writes() < until && time.Now().Before(ended); {
		select {
		case <-p.done:
			return
		case <-tick.C:
		}
	}
	l.pause(p, after)
}

// pause waits, but not for a run that is over.
func (l *lane) pause(p *process, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-p.done:
	case <-t.C:
	}
}

// disturbed runs a sync whose end does not matter; meanwhile disturbs it.
func (l *lane) disturbedRun(ctx context.Context, fileBytes int, meanwhile func(*process) error) error {
	p, err := l.home.start(ctx, fileBytes, "", syncArgs()...)
	if err != nil {
		return err
	}
	if meanwhile != nil {
		err = meanwhile(p)
	}
	o := p.wait()
	if o.hung {
		l.stuck(l.tally.rounds, "a disturbed sync did not end", o)
	}
	if o.code != 0 {
		l.tally.disturbed++
	}
	return err
}

// cutOff cuts the way to one or both servers once or twice.
func cutOff(ctx context.Context, l *lane) error {
	return l.disturbedRun(ctx, 0, func(p *process) error {
		for range 1 + l.rng.IntN(2) {
			l.await(p)
			which := l.rng.IntN(3)
			for s, r := range l.relays {
				if which == 2 || which == s {
					r.cut()
				}
			}
			l.pause(p, time.Duration(50+l.rng.IntN(700))*time.Millisecond)
			for _, r := range l.relays {
				r.mend()
			}
		}
		return nil
	})
}

// misbehave adds some rules of misbehaviour.
func (l *lane) misbehave(kinds, ops []string) error {
	var text strings.Builder
	for range 1 + l.rng.IntN(3) {
		op := ops[l.rng.IntN(len(ops))]
		fmt.Fprintf(&text, "[[rule]]\nop = %q\nafter = %d\ntimes = %d\nkind = %q\n",
			op, l.rng.IntN(6), 1+l.rng.IntN(3), kinds[l.rng.IntN(len(kinds))])
	}
	f, err := ewssim.ParseFaults(strings.NewReader(text.String()))
	if err != nil {
		return err
	}
	l.faults.Clear()
	l.faults.Add(f.Rules()...)
	return nil
}

func unanswered(ctx context.Context, l *lane) error {
	err := l.misbehave([]string{"drop_after", "drop_after", "truncated", "malformed"},
		[]string{"CreateItem", "UpdateItem", "DeleteItem", "MoveItem", "POST /v1/activities", "PATCH*", "DELETE*"})
	if err != nil {
		return err
	}
	before := l.faults.Fired()
	if err := l.disturbedRun(ctx, 0, nil); err != nil {
		return err
	}
	l.tally.disturbed += min(1, l.faults.Fired()-before) // also those that the program got over by itself
	return nil
}

func throttled(ctx context.Context, l *lane) error {
	if err := l.misbehave([]string{"throttle", "unavailable", "drop_before", "throttle"}, []string{"*"}); err != nil {
		return err
	}
	return l.disturbedRun(ctx, 0, nil)
}

// full lets no file grow beyond some size.
func full(ctx context.Context, l *lane) error {
	return l.disturbedRun(ctx, (36+l.rng.IntN(300))<<10, nil)
}

// jumping sets the clock anew in mid-run, and kills in half of the runs.
func jumping(ctx context.Context, l *lane) error {
	return l.disturbedRun(ctx, 0, func(p *process) error {
		for range 3 {
			off := time.Duration(l.rng.Int64N(int64(52*time.Hour))) - 26*time.Hour
			if err := l.home.setClock(off); err != nil {
				return err
			}
			l.pause(p, time.Duration(l.rng.Int64N(int64(l.typical)/2+1)))
		}
		if l.rng.IntN(2) == 0 {
			p.kill()
		}
		return nil
	})
}
