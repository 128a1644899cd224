package office

import (
	"context"
	"errors"
)

// ErrStopped says that a person has stopped the run before its end.
var ErrStopped = errors.New("stopped by a person")

// stop ends one run.
type stop struct{ cancel context.CancelCauseFunc }

// Stop ends, in order, the runs that a person has asked for: the batch in hand
// is finished and noted down, and nothing after it is begun. What was approved
// for such a run is not carried out by a later one either. Scheduled runs go on.
func (o *Office) Stop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for s := range o.stops {
		s.cancel(ErrStopped)
	}
}

// stoppable is ctx for a run that Stop ends.
func (o *Office) stoppable(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	s := &stop{cancel}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stops[s] = true
	return ctx, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.stops, s)
		cancel(nil)
	}
}

// stopped is err, or ErrStopped where a Stop is what it comes from.
func stopped(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), ErrStopped) {
		return ErrStopped
	}
	return err
}
