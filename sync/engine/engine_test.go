package engine_test

import (
	"fmt"
	"hash/fnv"
	"log/slog"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

const anna event.PersonID = "anna@office.test"

// rig is one person between two simulated systems.
type rig struct {
	t      tester
	clock  time.Time
	cal    [2]*memory.Calendar
	office state.Office
	policy plan.Policy
	keys   int
	eng    *engine.Engine
	// wrap lets a test stand between the engine and its world.
	wrapStore    func(state.Store) state.Store
	wrapEndpoint func(event.Side, endpoint.Endpoint) endpoint.Endpoint
	gates        [2]engine.Gate
	sweep        time.Duration // how often business is listed whole
	window       event.Window  // of days that are kept in step
	// home, where it is set, is what leases are signed with; wrapLeaser lets a
	// test stand between.
	home       string
	wrapLeaser func(endpoint.Leaser) endpoint.Leaser
	leased     int  // writes of leases; see countLeases
	previews   bool // look before coming to rest after a death
}

func newRig(t tester) *rig {
	r := &rig{t: t, clock: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), office: memory.NewOffice(), sweep: time.Nanosecond}
	r.window.From, r.window.To = time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	r.cal[event.Business] = memory.NewCalendar(memory.LikeBusiness(r.now))
	r.cal[event.Exchange] = memory.NewCalendar(memory.LikeExchange(r.now))
	return r
}

func (r *rig) now() time.Time {
	r.clock = r.clock.Add(time.Second)
	return r.clock
}

// start makes a new engine over the surviving store and systems, as a restart does.
func (r *rig) start() *engine.Engine {
	store := r.office.Person(anna)
	if r.wrapStore != nil {
		store = r.wrapStore(store)
	}
	cfg := engine.Config{
		Person: anna, Address: string(anna), Office: "office-1", Store: store, Index: r.office.Index(),
		Rules: func() engine.Rules {
			return engine.Rules{
				Policy: r.policy, SweepEvery: r.sweep,
				Colleagues: map[string]bool{string(anna): true},
				Window:     r.window,
			}
		},
		Digest: func(e event.Event) string {
			h := fnv.New64a()
			_, _ = h.Write(plan.Canonical(e, event.AllFields))
			return fmt.Sprintf("%x", h.Sum64())
		},
		NewKey: func() event.Key { r.keys++; return event.Key(fmt.Sprintf("key-%d", r.keys)) },
		Now:    r.now, Log: slog.New(slog.DiscardHandler), Gates: r.gates,
	}
	for _, s := range event.Sides() {
		cfg.Endpoints[s] = r.cal[s].Endpoint(anna)
		if r.wrapEndpoint != nil {
			cfg.Endpoints[s] = r.wrapEndpoint(s, cfg.Endpoints[s])
		}
	}
	if r.home != "" {
		cfg.Leaser = r.cal[event.Exchange].Endpoint(anna).(endpoint.Leaser)
		if r.wrapLeaser != nil {
			cfg.Leaser = r.wrapLeaser(cfg.Leaser)
		}
		cfg.Installation = engine.Installation{Home: r.home, Holder: "PC-" + r.home + " (anna)", Lasts: time.Hour}
	}
	r.eng = engine.New(cfg)
	return r.eng
}

func (r *rig) sync() engine.Result {
	r.t.Helper()
	if r.eng == nil {
		r.start()
	}
	res, err := r.eng.Sync(r.t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}})
	if err != nil {
		r.t.Fatalf("sync: %v", err)
	}
	return res
}

func meeting(subject string, day, hour int) event.Event {
	start := time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC)
	span, err := event.Between(start, start.Add(time.Hour), "Europe/Helsinki")
	if err != nil {
		panic(err)
	}
	return event.Event{Subject: subject, When: span}
}

func (r *rig) subjects(s event.Side) []string {
	var out []string
	for _, it := range r.cal[s].List(anna) {
		out = append(out, it.Subject)
	}
	return out
}

func (r *rig) idle() {
	r.t.Helper()
	res := r.sync()
	for _, s := range event.Sides() {
		if n := len(res.Written[s]); n != 0 {
			r.t.Errorf("idle sync wrote on %s: %v", s, res.Written[s])
		}
	}
}

func TestSync_CreatesOnBothSides_ThenIsIdle(t *testing.T) {
	r := newRig(t)
	r.cal[event.Business].Put(anna, meeting("from business", 3, 9))
	r.cal[event.Exchange].Put(anna, meeting("from exchange", 4, 9))
	res := r.sync()
	t.Logf("%+v", res.Report)
	for _, s := range event.Sides() {
		if got := len(r.subjects(s)); got != 2 {
			t.Errorf("%s has %d entries, want 2", s, got)
		}
	}
	r.idle()
}
