package office_test

import (
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/office"
)

// Every state of the table is entered by what it says, offers what a person
// can do, and is left by just that.
func TestStates_EachIsEnteredAndLeftByItsRemedy(t *testing.T) {
	type walk struct {
		enter func(r *rig) *rig // gives the office that is in the state
		left  office.Remedy     // what the person does about it
		leave func(r *rig)
	}
	same := func(do func(r *rig)) func(r *rig) *rig { return func(r *rig) *rig { do(r); return r } }
	breaks := func(k endpoint.Kind) *endpoint.Error {
		return &endpoint.Error{Op: "list", Side: event.Exchange, Scope: endpoint.ScopeCalendar, Kind: k}
	}
	broken := func(k endpoint.Kind, left office.Remedy) walk {
		return walk{
			same(func(r *rig) { r.cal[event.Exchange].Break(anna, breaks(k)); r.sync() }), left,
			func(r *rig) { r.cal[event.Exchange].Break(anna, nil); r.sync() },
		}
	}
	walks := map[office.Health]walk{
		office.Paused: {
			same(func(r *rig) {
				if err := r.off.Pause(t.Context(), r.clock().Add(time.Hour)); err != nil {
					t.Fatal(err)
				}
			}), office.Resume,
			func(r *rig) {
				if err := r.off.Pause(t.Context(), time.Time{}); err != nil {
					t.Fatal(err)
				}
			},
		},
		office.Standby: {
			func(r *rig) *rig {
				for _, id := range everybody() {
					r.cal[event.Business].Put(id, r.entry("theirs "+string(id), 3, 9))
				}
				r.sync()
				b := r.beside()
				for _, id := range everybody() {
					r.cal[event.Business].Put(id, r.entry("then "+string(id), 4, 9))
				}
				b.sync()
				return b
			}, office.TakeOver,
			func(r *rig) {
				if _, err := r.off.TakeOver(t.Context(), nil); err != nil {
					t.Fatal(err)
				}
				r.sync()
			},
		},
		office.Offline:     broken(endpoint.Unavailable, office.CheckNet),
		office.SlowedDown:  broken(endpoint.Throttled, office.Wait),
		office.SignInAgain: broken(endpoint.Auth, office.SetSecret),
		office.NeedsAttention: {
			same(func(r *rig) {
				r.start()
				if err := r.off.Recall(t.Context()); err != nil {
					t.Fatal(err)
				}
				r.cal[event.Business].Put(anna, r.entry("not approved", 3, 9))
				r.order(office.Order{})
			}), office.Approve,
			func(r *rig) { r.sync() },
		},
		office.StoppedForSafety: {
			same(func(r *rig) {
				for i := range 20 {
					r.cal[event.Business].Put(anna, r.entry("entry "+string(rune('a'+i)), 3+i, 9))
				}
				r.sync()
				for _, it := range r.cal[event.Exchange].List(anna) {
					if err := r.cal[event.Exchange].Remove(anna, it.ID); err != nil {
						t.Fatal(err)
					}
				}
				r.sync()
			}), office.LookAtStop,
			func(r *rig) {
				p, err := r.off.Preview(t.Context(), nil, false)
				if err != nil {
					t.Fatal(err)
				}
				r.order(office.Order{Digest: p.Digest})
			},
		},
	}
	for _, row := range office.States() {
		w, ok := walks[row.Health]
		if row.Health == office.UpToDate || row.Health == office.Syncing {
			continue // what all others come from, and what shows only while it lasts
		}
		if !ok {
			t.Errorf("%s: no walk enters it", row.Health)
			continue
		}
		t.Run(row.Health.String(), func(t *testing.T) {
			r := newRig(t, ticking())
			if row.Health != office.NeedsAttention {
				r.sync()
			}
			r = w.enter(r)
			s := r.off.Status()
			if s.Health != row.Health {
				t.Fatalf("state = %s, want %s", s.Health, row.Health)
			}
			offered := map[office.Remedy]bool{}
			for _, p := range s.People {
				for _, do := range office.RemediesFor(p) {
					offered[do] = true
				}
			}
			for _, do := range row.Remedies {
				offered[do] = offered[do] || row.Health == office.Paused
			}
			if !offered[w.left] {
				t.Errorf("offered %v, want %s among them", offered, w.left)
			}
			w.leave(r)
			if s := r.off.Status(); s.Health != office.UpToDate {
				t.Errorf("after %s: %s, want %s (%+v)", w.left, s.Health, office.UpToDate, s.People)
			}
		})
	}
}

func TestPause_OutlastsTheProgram(t *testing.T) {
	r := newRig(t, ticking())
	r.sync()
	until := r.clock().Add(time.Hour)
	if err := r.off.Pause(t.Context(), until); err != nil {
		t.Fatal(err)
	}
	r.start()
	if err := r.off.Recall(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := r.off.Status(); s.Health != office.Paused || !s.Paused.Equal(until) {
		t.Errorf("after a restart: %s until %v, want paused until %v", s.Health, s.Paused, until)
	}
}
