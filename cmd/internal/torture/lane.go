package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// lane is one office under torture.
type lane struct {
	*crowd
	home    *home
	last    outcome       // of the last sync, for who looks into a failure
	relays  [2]*relay     // by side
	typical time.Duration // of a sync
	tally   tally
	say     func(format string, args ...any)
}

// tally is what a lane came to.
type tally struct {
	rounds, disturbed int
	doubt             int // disturbances after which requests were in the journal whose answer was not
	midway            int // disturbances between a run's first and last write
	edits, writes     int
	syncs, most       int // that it took to come to rest, in all and at most
	stuck             []string
	verdict
}

func newLane(ctx context.Context, program, dir string, seed uint64, say func(string, ...any)) (*lane, error) {
	rng := rand.New(rand.NewPCG(seed, 0x10c57e9)) //nolint:gosec // to be repeated, not to be secret
	o, err := newOffice(rng)
	if err != nil {
		return nil, err
	}
	l := &lane{crowd: newCrowd(o, rng), say: say, typical: time.Second}
	urls := [2]string{business: o.severaURL, exchange: o.exchangeURL}
	for s := range urls {
		if l.relays[s], urls[s], err = newRelay(ctx, urls[s]); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	for range 14 {
		if err := l.create(); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	if l.home, err = newHome(ctx, program, dir, urls[exchange], urls[business]); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Close ends the office.
func (l *lane) Close() error {
	var errs []error
	for _, r := range l.relays {
		if r != nil {
			errs = append(errs, r.Close())
		}
	}
	l.office.Close()
	return errors.Join(errs...)
}

// play disturbs one sync after the other; after each, everything must come to rest.
func (l *lane) play(ctx context.Context, m mode, rounds int) error {
	l.alone = m.alone
	for n := range rounds {
		if err := ctx.Err(); err != nil {
			return err
		}
		if n > 0 {
			if err := l.work(); err != nil {
				return err
			}
		}
		before := l.writes()
		if err := m.disturb(ctx, l); err != nil {
			return fmt.Errorf("disturb: %w", err)
		}
		l.tally.rounds++
		at := l.writes()
		if n, err := l.inDoubt(ctx); err != nil {
			return err
		} else if n > 0 {
			l.tally.doubt++
		}
		if err := l.mend(); err != nil {
			return err
		}
		if l.settle(ctx, n) && at > before && l.writes() > at {
			l.tally.midway++
		}
		v, err := l.judge()
		if err != nil {
			return err
		}
		l.found(n, v)
		if len(l.tally.stuck) > 0 || !v.clean() {
			l.say("round %d: the last sync said %s", n, tail(l.last.out))
			l.keep(n)
			break // what follows would only repeat it
		}
	}
	l.tally.edits, l.tally.writes = l.edits, l.writes()
	return nil
}

// mend ends all misbehaviour.
func (l *lane) mend() error {
	l.faults.Clear()
	for _, r := range l.relays {
		r.mend()
	}
	return l.home.setClock(0)
}

func (l *lane) found(round int, v verdict) {
	for _, s := range v.Lost {
		l.say("round %d: LOST %s", round, s)
	}
	for _, s := range v.Duplicated {
		l.say("round %d: TWICE %s", round, s)
	}
	for _, s := range v.Wrong {
		l.say("round %d: WRONG %s", round, s)
	}
	l.tally.Lost = append(l.tally.Lost, v.Lost...)
	l.tally.Duplicated = append(l.tally.Duplicated, v.Duplicated...)
	l.tally.Wrong = append(l.tally.Wrong, v.Wrong...)
}

// keep says where what is left can be looked at.
func (l *lane) keep(round int) {
	l.say("round %d: the home folder is kept in %s", round, l.home.dir)
	_ = os.WriteFile(filepath.Join(l.home.dir, "KEEP"), nil, 0o600)
}

// settle syncs until there is nothing to do, which must take few runs, none of them in vain.
func (l *lane) settle(ctx context.Context, round int) bool {
	const enough = 5
	stuck := false
	for n := 1; n <= enough; n++ {
		args := syncArgs()
		if l.traceless {
			args, l.traceless = append(args, "--full"), false
		}
		o := l.home.run(ctx, "", args...)
		if ctx.Err() != nil {
			return false
		}
		l.last = o
		r, wrong := read(o)
		if wrong != "" && !stuck {
			l.stuck(round, wrong, o)
			stuck = true // the others go on, so that only what is stuck is found wrong
		}
		if n == 1 {
			l.typical = (l.typical*3 + o.took) / 4
		}
		if stuck && r.Writes == 0 {
			return false
		}
		if r.Writes == 0 {
			l.tally.syncs += n
			l.tally.most = max(l.tally.most, n)
			return true
		}
	}
	if stuck {
		return false
	}
	l.stuck(round, fmt.Sprintf("%d syncs in a row had something to write", enough), outcome{})
	return false
}

func (l *lane) stuck(round int, why string, o outcome) {
	l.tally.stuck = append(l.tally.stuck, why)
	l.say("round %d: STUCK %s\n%s%s", round, why, tail(o.out), tail(o.errs))
}

func tail(s string) string {
	if len(s) > 3000 {
		return "…" + s[len(s)-3000:]
	}
	return s
}

// read takes a sync's report apart and says what is wrong with it.
func read(o outcome) (r report, wrong string) {
	if o.hung {
		return r, fmt.Sprintf("a sync did not end within %s", maxRun)
	}
	if err := json.Unmarshal([]byte(o.out), &r); err != nil {
		return r, fmt.Sprintf("a sync ended with code %d and no report", o.code)
	}
	var all []string
	if o.code != 0 {
		all = append(all, fmt.Sprintf("exit code %d", o.code))
	}
	if r.Unapproved {
		all = append(all, "writes wait for approval")
	}
	for _, p := range r.People {
		if p.Waiting+len(p.Problems) > 0 || p.Halt != nil || p.Trouble != nil || !p.Complete {
			all = append(all, fmt.Sprintf("%s: %d decisions, %d problems, halt %s, trouble %s, complete %v",
				p.Name, p.Waiting, len(p.Problems), p.Halt, p.Trouble, p.Complete))
		}
	}
	return r, strings.Join(all, "; ")
}
