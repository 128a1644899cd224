package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/state"
)

// Timing of the loop.
const (
	debounce  = 2 * time.Second // after the first hint: several come per change
	nightHour = 3               // of the office's day, for the full compare
	rewatch   = time.Minute     // before a lost watch is set up again
	heartbeat = 10 * time.Second

	keepHistory = 90 * 24 * time.Hour
	keepImages  = 30 * 24 * time.Hour // what entries were before a change
)

// loop is one Run on its way.
type loop struct {
	*Office
	work    sync.WaitGroup // pulls and watches
	hints   chan event.PersonID
	watches map[event.PersonID]*watch
	pruned  time.Time // the night after which old history was last forgotten
}

// Run keeps the office in step until ctx ends: at the office's interval, at
// once after a watcher's hint or a Wake, whole once a night, at once after the
// machine has slept, and who was throttled as soon as the server's pause is
// over. It returns when the actions in hand are finished.
func (o *Office) Run(ctx context.Context) error {
	l := &loop{Office: o, hints: make(chan event.PersonID, 64), watches: map[event.PersonID]*watch{}}
	defer l.work.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for {
		l.prune(ctx)
		l.pull(ctx, state.CauseSchedule, nil)
		due := time.NewTimer(o.every())
		for single := true; single; {
			next, err := l.rest(ctx, due)
			if err != nil {
				due.Stop()
				return nil // being asked to stop is how a loop ends
			}
			if single = len(next.who) > 0; single {
				l.pull(ctx, next.cause, next.who)
			}
		}
		due.Stop()
	}
}

// prune forgets old history once a night.
func (l *loop) prune(ctx context.Context) {
	night := l.lastNight()
	if l.Prune == nil || !l.pruned.Before(night) {
		return
	}
	l.pruned = night
	l.forgetShown(night)
	if err := l.Prune(ctx, l.Now().Add(-keepHistory), l.Now().Add(-keepImages)); err != nil && ctx.Err() == nil {
		l.Log.ErrorContext(ctx, "old history not forgotten", "err", err)
	}
}

// pull brings people in step in the background, everybody when who is empty.
// It waits for the end, but not for ever: whoever is slow keeps nobody else
// from his next turn.
func (l *loop) pull(ctx context.Context, cause state.Cause, who []event.PersonID) {
	if l.board.isPaused() {
		return
	}
	done := make(chan struct{})
	l.work.Go(func() {
		defer close(done)
		err := l.background(ctx, cause, who)
		if err != nil && !errors.Is(err, ErrNobody) && !errors.Is(err, ErrNotSetUp) && ctx.Err() == nil {
			l.Log.ErrorContext(ctx, "sync not begun", "err", err)
		}
	})
	patience := time.NewTimer(l.every())
	defer patience.Stop()
	select {
	case <-done:
		l.watch(ctx)
	case <-patience.C:
	case <-ctx.Done():
	}
}

// background syncs those who do not rest, and lists a side whole that was not
// since the last night.
func (l *loop) background(ctx context.Context, cause state.Cause, who []event.PersonID) error {
	seats, err := l.load(ctx, who)
	if err != nil {
		return err
	}
	resting := l.board.resting()
	seats = slices.DeleteFunc(seats, func(s seat) bool { return resting[s.who.ID] })
	if len(seats) > 0 {
		l.run(ctx, job{Order: Order{Cause: cause}, background: true, swept: l.lastNight()}, seats)
	}
	return nil
}

// turn is who is pulled next, everybody when it names nobody, and why.
type turn struct {
	who   []event.PersonID
	cause state.Cause
}

// rest waits until the next pull is due: of those of whom it has hints, of
// those whom a server wanted to be left alone and no longer does, or of everybody.
func (l *loop) rest(ctx context.Context, due *time.Timer) (turn, error) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	last := l.Now()
	var hinted []event.PersonID
	var calm *time.Timer
	var over <-chan time.Time
	var again alarm
	defer again.stop()
	for {
		// A run that nobody waits for may end, and be told to wait, at any time:
		// this is looked at with each heartbeat.
		again.set(l.board.nextTry())
		select {
		case <-ctx.Done():
			return turn{}, ctx.Err()
		case <-due.C:
			return turn{}, nil
		case <-l.board.wake():
			return turn{}, nil
		case <-over:
			return turn{hinted, state.CauseWatch}, nil
		case <-again.rings:
			who, all := l.board.rested()
			if all {
				return turn{}, nil
			}
			if len(who) > 0 { // none: the clock was set meanwhile
				return turn{append(who, hinted...), state.CauseSchedule}, nil
			}
		case id := <-l.hints:
			if calm == nil {
				calm = time.NewTimer(debounce)
				defer calm.Stop()
				over = calm.C
			}
			if !slices.Contains(hinted, id) {
				hinted = append(hinted, id)
			}
		case <-beat.C:
			// Timers stand still while a machine sleeps and the wall clock does not.
			now := l.Now()
			if jump := now.Sub(last); jump.Abs() > 3*heartbeat {
				return turn{}, nil
			}
			last = now
		}
	}
}

// alarm rings once, at a time that may change until then.
type alarm struct {
	timer *time.Timer
	rings <-chan time.Time // nil: it is not set
}

// set has it ring after a while, or not at all.
func (a *alarm) set(wait time.Duration, on bool) {
	a.stop()
	if on {
		a.timer = time.NewTimer(wait)
		a.rings = a.timer.C
	}
}

func (a *alarm) stop() {
	if a.rings != nil {
		a.timer.Stop()
		a.rings = nil
	}
}

// Wake makes a running loop pull now.
func (o *Office) Wake() { o.board.wakeUp() }

// Pause keeps the loop from pulling until a moment, over restarts as well; the
// zero time resumes.
func (o *Office) Pause(ctx context.Context, until time.Time) error {
	if err := o.Book.SavePause(ctx, until); err != nil {
		return fmt.Errorf("store pause: %w", err)
	}
	o.board.pause(until)
	if until.IsZero() {
		o.Wake()
	}
	return nil
}

func (o *Office) every() time.Duration {
	settings, _ := o.now()
	return Pace(settings.Rules)
}

// lastNight is when the nightly full compare was last due, by the office's day.
func (o *Office) lastNight() time.Time {
	settings, _ := o.now()
	loc := location(settings.Zone)
	now := o.Now()
	at := event.DateOf(now.In(loc)).Midnight()
	at.Hour = nightHour
	if t := at.In(loc); !t.After(now) {
		return t
	}
	at.Date = at.Date.AddDays(-1)
	return at.In(loc)
}
