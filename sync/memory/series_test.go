package memory_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/endpoint/endpointtest"
	"lockstep/sync/event"
	"lockstep/sync/memory"
)

func seriesOptions(o memory.Options, wrap func(endpoint.Endpoint) endpoint.Endpoint) endpointtest.Options {
	return endpointtest.Options{New: func(testing.TB) (endpoint.Endpoint, endpointtest.Hands) {
		c := memory.NewCalendar(o)
		return wrap(c.Endpoint(anna)), hands{c}
	}}
}

func TestEndpoint_HoldsSeries(t *testing.T) {
	for name, o := range map[string]memory.Options{
		"like exchange": memory.LikeExchange(nil), "like business": memory.LikeBusiness(nil),
		"nothing read after": {Bare: true}, "wipes": {Wipes: true, Side: event.Exchange},
	} {
		t.Run(name, func(t *testing.T) {
			endpointtest.RunSeries(t, seriesOptions(o, func(e endpoint.Endpoint) endpoint.Endpoint { return e }))
		})
	}
}

// spoiltSeries changes the ops of one that is sound.
type spoiltSeries struct {
	endpoint.Endpoint
	spoil func(op *endpoint.Op)
	after func(r *endpoint.Result)
}

func (s spoiltSeries) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	ops = slices.Clone(ops)
	for i := range ops {
		s.spoil(&ops[i])
	}
	out := s.Endpoint.Apply(ctx, ops)
	for i := range out {
		s.after(&out[i])
	}
	return out
}

// Each way of being broken is noticed.
func TestRunSeries_NoticesBrokenEndpoints(t *testing.T) {
	bare := func(e event.Event) event.Event {
		if e.Recurrence != nil {
			r := *e.Recurrence
			r.Overrides, r.Deleted = nil, nil
			e.Recurrence = &r
		}
		return e
	}
	for name, s := range map[string]spoiltSeries{
		"exceptions are not created": {spoil: func(op *endpoint.Op) {
			if op.Kind == endpoint.Create {
				op.Want = bare(op.Want)
			}
		}},
		"an update loses the exceptions": {spoil: func(op *endpoint.Op) {
			if op.Kind == endpoint.Update && op.Fields.Has(event.FieldRecurrence) {
				op.Want = bare(op.Want)
			}
		}},
		"an occurrence stands for its series": {spoil: func(op *endpoint.Op) {
			if series, _, ok := event.SplitOccurrence(op.Target.ID); ok {
				op.Target.ID = series
			}
		}},
		"the version of the series is not told": {after: func(r *endpoint.Result) {
			if r.Item != nil {
				if _, _, ok := event.SplitOccurrence(r.Item.ID); ok {
					r.Item = &event.Item{Ref: event.Ref{ID: r.Item.ID, Version: "old"}}
				}
			}
		}},
	} {
		if s.spoil == nil {
			s.spoil = func(*endpoint.Op) {}
		}
		if s.after == nil {
			s.after = func(*endpoint.Result) {}
		}
		noticed := endpointtest.NoticesOfSeries(t, seriesOptions(memory.LikeExchange(nil), func(e endpoint.Endpoint) endpoint.Endpoint {
			s.Endpoint = e
			return s
		}))
		if len(noticed) == 0 {
			t.Errorf("%s: nobody notices", name)
		}
		t.Logf("%s: %q", name, slices.Sorted(maps.Keys(noticed)))
	}
}
