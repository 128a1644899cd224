package office

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/state"
)

// Timing of the loop.
const (
	debounce   = 2 * time.Second // after the first hint: several come per change
	nightHour  = 3               // of the office's day, for the full compare
	rewatch    = time.Minute     // before a lost watch is set up again
	minBackoff = 5 * time.Second
)

// Run keeps the office in step until ctx ends: at the office's interval, at
// once after a watcher's hint or a Wake, whole once a night, and at once after
// the machine has slept. It returns when the action in hand is finished.
func (o *Office) Run(ctx context.Context) error {
	var watchers sync.WaitGroup
	defer watchers.Wait()
	hints := make(chan event.PersonID, 64)
	watched := map[event.PersonID]bool{}
	night := o.nextNight()
	for {
		now := o.Now()
		order := Order{Cause: state.CauseSchedule, Full: !now.Before(night)}
		if order.Full {
			night = o.nextNight()
		}
		if !o.isPaused(now) {
			_, err := o.Sync(ctx, order)
			if err != nil && !errors.Is(err, ErrNobody) && !errors.Is(err, ErrNotSetUp) && ctx.Err() == nil {
				o.Log.ErrorContext(ctx, "sync not begun", "err", err)
			}
			o.watch(ctx, &watchers, watched, hints)
		}
		if err := o.rest(ctx, now, hints); err != nil {
			return nil //nolint:nilerr // being asked to stop is how a loop ends
		}
	}
}

// rest waits until the next pull is due. A hint shortens the wait to the
// debounce; a wall clock that jumped means that the machine slept.
func (o *Office) rest(ctx context.Context, begun time.Time, hints <-chan event.PersonID) error {
	wait := o.every()
	if at := o.board.retryAt(); at.After(o.Now()) {
		wait = max(wait, at.Sub(o.Now()), minBackoff)
		hints = nil // a throttled server is left alone until it said
	}
	due := time.NewTimer(wait)
	defer due.Stop()
	// Timers stand still while a machine sleeps and the wall clock does not.
	awake := time.NewTicker(max(wait/4, time.Second))
	defer awake.Stop()
	hinted := false
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-due.C:
			return nil
		case <-o.board.wake():
			return nil
		case <-hints:
			if !hinted {
				hinted = true
				due.Reset(debounce)
			}
		case <-awake.C:
			if o.Now().Sub(begun) > 2*wait {
				return nil
			}
		}
	}
}

// Wake makes a running loop pull now.
func (o *Office) Wake() { o.board.wakeUp() }

// Pause keeps the loop from pulling until a moment; the zero time resumes.
func (o *Office) Pause(until time.Time) {
	o.board.update(func() { o.board.paused = until })
	if until.IsZero() {
		o.Wake()
	}
}

func (o *Office) isPaused(now time.Time) bool {
	o.board.mu.Lock()
	defer o.board.mu.Unlock()
	return o.board.paused.After(now)
}

func (o *Office) every() time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.settings.Rules.Every > 0 {
		return o.settings.Rules.Every
	}
	return defaultEvery
}

// nextNight is the next start of the nightly full compare, by the office's day.
func (o *Office) nextNight() time.Time {
	o.mu.Lock()
	zone := o.settings.Zone
	o.mu.Unlock()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	now := o.Now().In(loc)
	today := event.DateOf(now)
	at := today.Midnight()
	at.Hour = nightHour
	if t := at.In(loc); t.After(now) {
		return t
	}
	at.Date = today.AddDays(1)
	return at.In(loc)
}

// watch sets a watcher up for everybody who has an endpoint that can, once.
func (o *Office) watch(ctx context.Context, wg *sync.WaitGroup, watched map[event.PersonID]bool, hints chan<- event.PersonID) {
	o.mu.Lock()
	desks := maps.Clone(o.desks)
	o.mu.Unlock()
	for id, d := range desks {
		if watched[id] {
			continue
		}
		d.mu.Lock()
		connected, eps := d.engine != nil, d.endpoints
		d.mu.Unlock()
		if !connected {
			continue
		}
		watched[id] = true
		for _, ep := range eps {
			if w, ok := ep.(endpoint.Watcher); ok {
				wg.Go(func() { o.listen(ctx, id, w, hints) })
			}
		}
	}
}

// listen passes hints on for as long as ctx lasts, and begins anew when a
// watch is lost.
func (o *Office) listen(ctx context.Context, id event.PersonID, w endpoint.Watcher, hints chan<- event.PersonID) {
	for ctx.Err() == nil {
		ch, err := w.Watch(ctx)
		if err != nil {
			o.Log.DebugContext(ctx, "watch not set up", "person", id, "err", err)
		}
		for err == nil {
			_, open := <-ch
			if !open {
				break
			}
			select {
			case hints <- id:
			default: // the loop is about to pull anyway
			}
		}
		again := time.NewTimer(rewatch)
		select {
		case <-ctx.Done():
		case <-again.C:
		}
		again.Stop()
	}
}
