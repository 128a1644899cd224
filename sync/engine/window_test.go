package engine_test

import (
	"slices"
	"testing"
	"time"

	"lockstep/sync/event"
)

// windowed is an office whose side without tombstones is listed whole about
// never, so that only cursors tell, and entries of which some lie beyond the window.
func windowed(t *testing.T) *rig {
	r := newRig(t)
	r.sweep = 1 << 40
	r.window.From, r.window.To = date(3, 1), date(3, 15)
	for name, day := range map[string]int{"soon": 4, "later": 20, "latest": 28} {
		r.cal[event.Business].Put(anna, meeting("b "+name, day, 9))
		r.cal[event.Exchange].Put(anna, meeting("e "+name, day, 13))
	}
	r.settle()
	r.both(t, "b soon", "e soon")
	return r
}

func date(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC)
}

// both demands which entries are on both sides.
func (r *rig) both(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, subject := range r.subjects(event.Business) {
		if slices.Contains(r.subjects(event.Exchange), subject) {
			got = append(got, subject)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("on both sides %q, want %q", got, want)
	}
}

// swept is when the business side was last listed whole.
func (r *rig) swept() time.Time {
	r.t.Helper()
	snap, err := r.office.Person(anna).Load(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return snap.Swept[event.Business]
}

// A rule that takes in more days is followed by the next cycle, not by the next
// night: no cursor tells of entries that nobody has touched.
func TestSync_WidenedWindow_IsFetchedAtOnce(t *testing.T) {
	for name, restart := range map[string]bool{"running": false, "restarted": true} {
		r := windowed(t)
		r.window.To = date(3, 22)
		if restart {
			r.start()
		}
		r.schedule()
		r.both(t, "b later", "b soon", "e later", "e soon")
		r.idle()
		r.window.From, r.window.To = date(3, 3), date(3, 31) // it begins later and is longer
		r.schedule()
		if r.both(t, "b later", "b latest", "b soon", "e later", "e latest", "e soon"); t.Failed() {
			t.Fatal(name)
		}
		listed := r.swept()
		r.window.From, r.window.To = date(3, 4), date(4, 1) // a day has passed
		r.schedule()
		if !r.swept().Equal(listed) {
			t.Errorf("%s: a new day lists everything, which is for the night", name)
		}
	}
}

// What a narrower rule leaves out stays as it was on either side, whatever
// happens to it, and is in step again when it comes back into the window.
func TestSync_NarrowedWindow_FreezesWhatFallsOut(t *testing.T) {
	r := windowed(t)
	r.window.To = date(3, 31)
	r.schedule()
	r.window.To = date(3, 22)
	r.schedule()
	r.edit(event.Business, "b latest", func(it *event.Item) { it.Location = "room 9" })
	r.edit(event.Exchange, "e latest", func(it *event.Item) { it.Location = "room 8" })
	r.edit(event.Business, "b later", func(it *event.Item) { it.Location = "room 7" })
	r.sweep = time.Nanosecond // a listing without what fell out deletes nothing
	r.settle()
	r.both(t, "b later", "b latest", "b soon", "e later", "e latest", "e soon")
	for word, want := range map[string]string{"b latest": "", "b later": "room 7"} {
		if got := r.location(event.Exchange, word); got != want {
			t.Errorf("exchange: %s is at %q, want %q", word, got, want)
		}
	}
	if got := r.location(event.Business, "e latest"); got != "" {
		t.Errorf("business: e latest is at %q, want it frozen", got)
	}
	r.sweep = 1 << 40
	r.window.To = date(3, 31)
	r.settle()
	if got, other := r.location(event.Exchange, "b latest"), r.location(event.Business, "e latest"); got != "room 9" || other != "room 8" {
		t.Errorf("back in the window: %q and %q, want room 9 and room 8", got, other)
	}
}
