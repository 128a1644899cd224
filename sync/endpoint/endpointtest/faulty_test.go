package endpointtest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	et "lockstep/sync/endpoint/endpointtest"
	"lockstep/sync/event"
	"lockstep/sync/memory"
)

const anna = event.PersonID("anna@office.test")

func create() []endpoint.Op {
	day := event.Date{Year: 2026, Month: time.May, Day: 5}
	return []endpoint.Op{{Kind: endpoint.Create, Want: event.Event{Subject: "a", When: event.AllDay(day, day.AddDays(1))}}}
}

func TestFaulty_DoesToWritesWhatItsScriptSays(t *testing.T) {
	for _, c := range []struct {
		fault et.Fault
		kind  endpoint.Kind
		made  int
	}{
		{et.FailUnavailable, endpoint.Unavailable, 0},
		{et.FailThrottled, endpoint.Throttled, 0},
		{et.LoseRequest, endpoint.OutcomeUnknown, 0},
		{et.LoseAnswer, endpoint.OutcomeUnknown, 1},
		{et.CancelCall, endpoint.Unavailable, 0},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			cal := memory.NewCalendar(memory.LikeExchange(nil))
			ep := et.Faulty(cal.Endpoint(anna), et.On(et.Apply, 1, c.fault))
			r := ep.Apply(t.Context(), create())
			if len(r) != 1 || r[0].Err == nil || r[0].Err.Kind != c.kind {
				t.Fatalf("result = %+v, want kind %v", r, c.kind)
			}
			if (r[0].Err.RetryAfter > 0) != (c.fault == et.FailThrottled) {
				t.Errorf("retry after %v", r[0].Err.RetryAfter)
			}
			if n := len(cal.List(anna)); n != c.made {
				t.Errorf("%d entries were made, want %d", n, c.made)
			}
			if again := ep.Apply(t.Context(), create()); again[0].Err != nil {
				t.Errorf("the second call: %v, want no fault", again[0].Err)
			}
		})
	}
}

func TestFaulty_DoesToReadsWhatItsScriptSays(t *testing.T) {
	kinds := map[et.Fault]endpoint.Kind{
		et.FailUnavailable: endpoint.Unavailable, et.FailThrottled: endpoint.Throttled, et.ExpireCursor: endpoint.CursorExpired,
		et.LoseRequest: endpoint.Unavailable, et.LoseAnswer: endpoint.Unavailable, et.CancelCall: endpoint.Unavailable,
	}
	calls := map[et.Method]func(context.Context, endpoint.Endpoint) error{
		et.Changes: func(ctx context.Context, e endpoint.Endpoint) error {
			_, err := e.Changes(ctx, "", event.Window{})
			return err
		},
		et.Get: func(ctx context.Context, e endpoint.Endpoint) error { _, err := e.Get(ctx, nil); return err },
		et.Settle: func(ctx context.Context, e endpoint.Endpoint) error {
			_, err := e.Settle(ctx, endpoint.Op{}, time.Time{})
			return err
		},
		et.FindStamped: func(ctx context.Context, e endpoint.Endpoint) error {
			_, err := e.(endpoint.Finder).FindStamped(ctx, "k")
			return err
		},
		et.FindUID: func(ctx context.Context, e endpoint.Endpoint) error {
			_, err := e.(endpoint.Finder).FindUID(ctx, "u")
			return err
		},
		et.Watch: func(ctx context.Context, e endpoint.Endpoint) error {
			_, err := e.(endpoint.Watcher).Watch(ctx)
			return err
		},
		et.Identity: func(ctx context.Context, e endpoint.Endpoint) error {
			_, err := e.(endpoint.Identifier).Identity(ctx)
			return err
		},
	}
	for method, call := range calls {
		for fault, kind := range kinds {
			ep := et.Faulty(memory.NewCalendar(memory.LikeExchange(nil)).Endpoint(anna), et.On(method, 2, fault))
			if err := call(t.Context(), ep); err != nil {
				t.Errorf("method %d, %v: first call: %v", method, fault, err)
			}
			err := call(t.Context(), ep)
			if !endpoint.Is(err, kind) {
				t.Errorf("method %d, %v: %v, want kind %v", method, fault, err, kind)
			}
			if fault == et.CancelCall && !errors.Is(err, context.Canceled) {
				t.Errorf("method %d, %v: %v, want context.Canceled", method, fault, err)
			}
			if err := call(t.Context(), ep); err != nil {
				t.Errorf("method %d, %v: third call: %v", method, fault, err)
			}
		}
	}
}

func TestScripts_TheFirstFaultDecides(t *testing.T) {
	s := et.Scripts(et.On(et.Get, 1, et.NoFault), et.On(et.AnyMethod, 2, et.FailThrottled), et.On(et.Get, 0, et.LoseAnswer))
	for i, c := range []struct {
		call et.Call
		want et.Fault
	}{
		{et.Call{Method: et.Get, N: 1, All: 1}, et.LoseAnswer},
		{et.Call{Method: et.Get, N: 1, All: 2}, et.FailThrottled},
		{et.Call{Method: et.Changes, N: 1, All: 2}, et.FailThrottled},
		{et.Call{Method: et.Changes, N: 2, All: 3}, et.NoFault},
		{et.Call{Method: et.Get, N: 7, All: 9}, et.LoseAnswer},
	} {
		if got := s(c.call); got != c.want {
			t.Errorf("call %d: %v, want %v", i, got, c.want)
		}
	}
}
