package office

import (
	"context"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
)

// watch is the listening for one person. It ends with the engine that it was
// set up beside.
type watch struct {
	engine *engine.Engine
	stop   context.CancelFunc
}

// watch listens for everybody who is switched on, connected, and has an
// endpoint that can, and for nobody else any more.
func (l *loop) watch(ctx context.Context) {
	l.mu.Lock()
	desks := make(map[event.PersonID]*desk, len(l.desks))
	for id, d := range l.desks {
		desks[id] = d
	}
	l.mu.Unlock()
	for id, d := range desks {
		if !d.mu.TryLock() {
			continue // at the next pull
		}
		eng, eps := d.engine, d.endpoints
		d.mu.Unlock()
		if !l.board.seated(id) {
			eng = nil
		}
		if w := l.watches[id]; w != nil {
			if w.engine == eng {
				continue
			}
			w.stop()
			delete(l.watches, id)
		}
		if eng == nil {
			continue
		}
		heard, stop := context.WithCancel(ctx)
		l.watches[id] = &watch{eng, stop}
		for _, ep := range eps {
			if w, ok := ep.(endpoint.Watcher); ok {
				l.work.Go(func() { l.listen(heard, id, d, w) })
			}
		}
	}
}

// listen passes hints on for as long as ctx lasts, and begins anew when a
// watch is lost.
func (l *loop) listen(ctx context.Context, id event.PersonID, d *desk, w endpoint.Watcher) {
	for ctx.Err() == nil {
		d.mu.Lock() // an endpoint serves one caller at a time
		ch, err := w.Watch(ctx)
		d.mu.Unlock()
		if err != nil {
			l.Log.DebugContext(ctx, "watch not set up", "person", id, "err", err)
		} else {
			l.pass(ctx, id, ch)
		}
		again := time.NewTimer(rewatch)
		select {
		case <-ctx.Done():
		case <-again.C:
		}
		again.Stop()
	}
}

// pass passes hints on until the watch is lost.
func (l *loop) pass(ctx context.Context, id event.PersonID, ch <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-ch:
			if !open {
				return
			}
		}
		select {
		case l.hints <- id:
		default: // the loop is about to pull anyway
		}
	}
}
