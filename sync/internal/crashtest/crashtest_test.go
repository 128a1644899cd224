package crashtest_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

const anna = event.PersonID("anna@office.test")

func creates(subjects ...string) []endpoint.Op {
	var ops []endpoint.Op
	for _, s := range subjects {
		when := event.AllDay(event.Date{Year: 2026, Month: 5, Day: 4}, event.Date{Year: 2026, Month: 5, Day: 5})
		ops = append(ops, endpoint.Op{Kind: endpoint.Create, Want: event.Event{Subject: s, When: when}, Fields: event.AllFields})
	}
	return ops
}

func subjects(items []event.Item) []string {
	out := []string{}
	for _, it := range items {
		out = append(out, it.Subject)
	}
	return out
}

func TestEndpoint_KillsBeforeWithinAndAfterABatch(t *testing.T) {
	want := [][]string{{}, {"a"}, {"a", "b"}, {"a", "b", "c"}, {"a", "b", "c"}}
	for i, want := range want {
		c := memory.NewCalendar(memory.LikeExchange(nil))
		fuse := crashtest.At(i + 1)
		results := crashtest.Endpoint(fuse, c.Endpoint(anna)).Apply(t.Context(), creates("a", "b", "c"))
		if got := subjects(c.List(anna)); !slices.Equal(got, want) {
			t.Errorf("death at step %d: system holds %v, want %v", i+1, got, want)
		}
		alive := i == len(results)+1
		for _, r := range results {
			if alive != (r.Err == nil) || !alive && !errors.Is(r.Err, crashtest.ErrKilled) {
				t.Errorf("death at step %d: result says %v", i+1, r.Err)
			}
		}
		if fuse.Blown() == alive {
			t.Errorf("death at step %d: blown = %v", i+1, fuse.Blown())
		}
	}
}

func TestFuse_NothingHasAnyEffectAfterDeath(t *testing.T) {
	c, o, fuse := memory.NewCalendar(memory.LikeExchange(nil)), memory.NewOffice(), crashtest.At(1)
	ep, store := crashtest.Endpoint(fuse, c.Endpoint(anna)), crashtest.Office(fuse, o).Person(anna)
	ctx := t.Context()
	if _, err := ep.Changes(ctx, "", event.Window{}); !errors.Is(err, crashtest.ErrKilled) {
		t.Fatalf("first step: %v, want ErrKilled", err)
	}
	ep.Apply(ctx, creates("a"))
	_, _, begin := store.Begin(ctx, state.Run{}, []state.Intent{{}})
	_, load := store.Load(ctx)
	_, shared := crashtest.Office(fuse, o).Index().Shared(ctx)
	_, get := ep.Get(ctx, nil)
	_, settle := ep.Settle(ctx, endpoint.Op{}, time.Time{})
	_, found := ep.(endpoint.Finder).FindStamped(ctx, "k")
	_, byUID := ep.(endpoint.Finder).FindUID(ctx, "u")
	_, watch := ep.(endpoint.Watcher).Watch(ctx)
	_, who := ep.(endpoint.Identifier).Identity(ctx)
	for name, err := range map[string]error{
		"begin": begin, "load": load, "shared": shared, "get": get, "settle": settle,
		"find": found, "find uid": byUID, "watch": watch, "identity": who,
		"pull": store.SavePull(ctx, event.Business, state.Pull{Next: "c"}), "links": store.SaveLinks(ctx, []plan.Link{{}}),
		"sent": store.MarkSent(ctx, nil, time.Time{}), "settled": store.Settle(ctx, nil),
		"end": store.EndRun(ctx, 0, state.Report{}), "answer": store.Answer(ctx, plan.Answer{ID: "x"}),
	} {
		if !errors.Is(err, crashtest.ErrKilled) {
			t.Errorf("%s after death: %v, want ErrKilled", name, err)
		}
	}
	snap, err := o.Person(anna).Load(ctx)
	if err != nil || len(snap.Links)+len(snap.Open)+len(snap.Answers) > 0 || snap.Cursors[0] != "" || len(c.List(anna)) > 0 {
		t.Errorf("something happened after death: %+v, %v", snap, err)
	}
	if fuse.Steps() != 1 {
		t.Errorf("steps = %d, want 1", fuse.Steps())
	}
}

func TestEndpoint_HasTheOptionalInterfacesOfWhatItWraps(t *testing.T) {
	keys := memory.NewCalendar(memory.LikeExchange(nil)).Endpoint(anna)
	none := memory.NewCalendar(memory.LikeBusiness(nil)).Endpoint(anna)
	type bare struct{ endpoint.Endpoint }
	for _, inner := range []endpoint.Endpoint{
		keys,
		none,
		bare{keys},
		struct {
			endpoint.Endpoint
			endpoint.Finder
		}{none, keys.(endpoint.Finder)},
		struct {
			bare
			endpoint.Watcher
		}{bare{none}, keys.(endpoint.Watcher)},
		struct {
			bare
			endpoint.Identifier
		}{bare{none}, keys.(endpoint.Identifier)},
		struct {
			bare
			endpoint.Finder
			endpoint.Watcher
		}{bare{none}, keys.(endpoint.Finder), keys.(endpoint.Watcher)},
		struct {
			bare
			endpoint.Finder
			endpoint.Identifier
		}{bare{none}, keys.(endpoint.Finder), keys.(endpoint.Identifier)},
	} {
		if got, want := abilities(crashtest.Endpoint(crashtest.At(0), inner)), abilities(inner); got != want {
			t.Errorf("wrapped abilities = %v, want %v", got, want)
		}
	}
}

func abilities(e endpoint.Endpoint) [3]bool {
	_, finds := e.(endpoint.Finder)
	_, watches := e.(endpoint.Watcher)
	_, identifies := e.(endpoint.Identifier)
	return [3]bool{finds, watches, identifies}
}

func TestEveryStep_DiesOnceAtEachStepAndThenLives(t *testing.T) {
	var ended []int
	deaths := crashtest.EveryStep(t, func(t *testing.T, f *crashtest.Fuse) {
		store := crashtest.Store(f, memory.NewOffice().Person(anna))
		calls := 0
		for range 3 {
			if err := store.SaveLinks(t.Context(), nil); err == nil {
				calls++
			}
		}
		ended = append(ended, calls)
	})
	if want := []int{0, 0, 1, 1, 2, 2, 3}; deaths != 6 || !slices.Equal(ended, want) {
		t.Errorf("deaths = %d, calls that ended well = %v, want 6 and %v", deaths, ended, want)
	}
}
