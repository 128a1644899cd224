package severa_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/internal/faultscript"
	"lockstep/sync/severa/severasim"
)

func wall(y int, m time.Month, d, h, min int) event.Wall {
	return event.Wall{Date: event.Date{Year: y, Month: m, Day: d}, Hour: h, Minute: min}
}

// meant are series as the other side has them, all of which Severa can hold.
func meant() map[string]event.Event {
	timed := func(d event.Wall, r event.Recurrence) event.Event {
		end := d
		end.Hour++
		if r.Interval == 0 {
			r.Interval = 1
		}
		return event.Event{Subject: "Series", When: event.Span{Start: d, End: end, Zone: helsinki}, Recurrence: &r}
	}
	whole := func(d event.Date, n int, r event.Recurrence) event.Event {
		if r.Interval == 0 {
			r.Interval = 1
		}
		return event.Event{Subject: "Series", When: event.AllDay(d, d.AddDays(n)), Recurrence: &r}
	}
	mon, tue, thu := event.Weekdays(1<<time.Monday), event.Weekdays(1<<time.Tuesday), event.Weekdays(1<<time.Thursday)
	return map[string]event.Event{
		"daily":          timed(wall(2028, 3, 1, 9, 0), event.Recurrence{Frequency: event.Daily, Interval: 3, Count: 40}),
		"working days":   timed(wall(2028, 3, 1, 9, 0), event.Recurrence{Frequency: event.Weekly, Days: 0b0111110}),
		"weekly":         timed(wall(2028, 2, 7, 9, 0), event.Recurrence{Frequency: event.Weekly, Days: mon, FirstDay: time.Sunday}),
		"two days":       timed(wall(2028, 2, 7, 9, 0), event.Recurrence{Frequency: event.Weekly, Interval: 2, Days: mon | thu, Until: event.Date{Year: 2028, Month: 9, Day: 1}}),
		"monthly":        timed(wall(2028, 2, 15, 9, 0), event.Recurrence{Frequency: event.Monthly, DayOfMonth: 15}),
		"last day":       timed(wall(2028, 2, 29, 9, 0), event.Recurrence{Frequency: event.Monthly, DayOfMonth: 31, Count: 7}),
		"30th, not long": timed(wall(2028, 3, 30, 9, 0), event.Recurrence{Frequency: event.Monthly, DayOfMonth: 30, Count: 6}),
		"last Tuesday":   timed(wall(2028, 2, 29, 9, 0), event.Recurrence{Frequency: event.Monthly, Ordinal: -1, Days: tue}),
		"29 February":    timed(wall(2024, 2, 29, 9, 0), event.Recurrence{Frequency: event.Yearly, Month: time.February, DayOfMonth: 29}),
		"whole days":     whole(event.Date{Year: 2028, Month: 3, Day: 23}, 2, event.Recurrence{Frequency: event.Weekly, Interval: 2, Days: thu}),
		"whole day":      whole(event.Date{Year: 2028, Month: 3, Day: 24}, 1, event.Recurrence{Frequency: event.Daily, Count: 9}),
	}
}

// excepted deletes one occurrence of a series, moves another and renames a third.
func excepted(e event.Event) event.Event {
	os := event.Occurrences(e, quarter())
	if len(os) < 5 {
		return e
	}
	r := *e.Recurrence
	r.Deleted = []event.Wall{os[1].Original}
	moved := os[2].Event.When
	if moved.AllDay {
		moved.End.Date = moved.End.AddDays(1)
	} else {
		moved.Start.Hour, moved.End.Hour = moved.Start.Hour+4, moved.End.Hour+5
	}
	r.Overrides = []event.Override{
		{Original: os[2].Original, Fields: event.FieldWhen | event.FieldLocation, Event: event.Event{When: moved, Location: "Room"}},
		{Original: os[3].Original, Fields: event.FieldSubject, Event: event.Event{Subject: "Renamed"}},
	}
	e.Recurrence = &r
	return e
}

// holds tells whether the endpoint takes a series whole under the switches,
// and that it says so before and not after.
func (o *office) holds(ep endpoint.Endpoint, e event.Event) bool {
	o.Helper()
	verdict, _ := ep.(endpoint.SeriesHolder).HoldSeries(e)
	return verdict == event.HoldWhole
}

// opened is anna's calendar after a first listing of the window.
func (o *office) opened() endpoint.Endpoint {
	o.Helper()
	ep := o.endpoint(o.anna)
	if _, err := ep.Changes(o.Context(), "", quarter()); err != nil {
		o.Fatal(err)
	}
	return ep
}

// isThere compares an item, and what Severa shows, with what was meant.
func (o *office) isThere(ep endpoint.Endpoint, it *event.Item, want event.Event, sw severasim.Switches) {
	o.Helper()
	if it == nil {
		o.Fatal("no item")
	}
	meant := event.Item{Event: ep.Normalize(want)}
	if d := event.Diff(it.Event, meant.Event); d != 0 {
		o.Errorf("the item differs in %v (-want +got):\n%s", d, cmp.Diff(meant.Event, it.Event))
	}
	if diff := cmp.Diff(spelled(meant, quarter(), o.days(sw)), o.listed(string(it.ID), quarter())); diff != "" {
		o.Errorf("Severa shows (-want +got):\n%s", diff)
	}
}

func TestCreate_SeriesWithExceptionsInEverySetting(t *testing.T) {
	for _, v := range variations() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, setup{sim: severasim.Options{Switches: v.Switches}})
			anna := o.opened()
			for name, e := range meant() {
				if !aboutSeries(v) && name != "two days" && name != "whole days" && name != "last day" {
					continue
				}
				e = excepted(e)
				r := o.apply(anna, createOp(e))
				if r.Err == nil {
					o.isThere(anna, r.Item, e, v.Switches)
					continue
				}
				code := event.HoldZone
				if v.Switches.RefuseOccurrenceWrite {
					code = event.HoldException
				} else if v.Switches.SeriesZone != severasim.ZoneUTC {
					t.Errorf("%s: %v", name, r.Err)
				}
				if r.Err.Kind != endpoint.Invalid || r.Err.Scope != endpoint.ScopeItem || r.Err.Code != code {
					t.Errorf("%s: %v, want %s", name, r.Err, code)
				}
				if o.holds(anna, e) {
					t.Errorf("%s: still said to be held whole", name)
				}
			}
			left := 0
			for _, a := range o.sim.Activities() {
				if a.RecurrenceType == severasim.Series {
					left++
				}
			}
			if len(o.listedSeries(anna)) != left {
				t.Errorf("%d series, listed %d", left, len(o.listedSeries(anna)))
			}
		})
	}
}

func (o *office) listedSeries(ep endpoint.Endpoint) []event.Item {
	o.Helper()
	var out []event.Item
	for _, c := range o.whole(ep).Changes {
		if c.Item != nil && c.Item.Recurrence != nil {
			out = append(out, *c.Item)
		}
	}
	return out
}

// writable are the settings in which single occurrences can be written.
func writable() []severasim.Variation {
	return slices.DeleteFunc(variations(), func(v severasim.Variation) bool {
		return v.Switches.RefuseOccurrenceWrite || v.Switches.SeriesZone == severasim.ZoneUTC
	})
}

func TestUpdate_SeriesInEverySetting(t *testing.T) {
	for _, v := range writable() {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, setup{sim: severasim.Options{Switches: v.Switches}})
			anna := o.opened()
			first := meant()["two days"]
			r := o.apply(anna, createOp(first))
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			later := excepted(first)
			later.When.Start.Hour, later.When.End.Hour = 13, 14
			x := *later.Recurrence
			x.Deleted, x.Overrides, x.Until = nil, nil, event.Date{Year: 2028, Month: 10, Day: 1}
			later.Recurrence = &x
			renamed := excepted(later)
			renamed.Subject, renamed.Notes = "Another", "Notes"
			back := excepted(later)
			y := *back.Recurrence
			y.Deleted, y.Overrides = nil, y.Overrides[1:]
			back.Recurrence = &y
			for _, s := range []struct {
				name   string
				want   event.Event
				fields event.FieldSet
			}{
				{"exceptions", excepted(first), event.FieldRecurrence},
				{"the same again", excepted(first), event.FieldRecurrence},
				{"another time and end", later, event.FieldWhen | event.FieldRecurrence},
				{"texts and exceptions", renamed, event.AllFields &^ event.FieldAttendees},
				{"one comes back, one is as before", back, event.AllFields},
				{"no exceptions", later, event.FieldRecurrence},
			} {
				o.clock.advance(time.Minute)
				got := o.apply(anna, endpoint.Op{Kind: endpoint.Update, Target: r.Item.Ref, Want: s.want, Fields: s.fields})
				brings := s.name == "one comes back, one is as before" || s.name == "no exceptions"
				if v.Switches.ResetSparesRemoved && brings {
					if got.Err == nil && s.name != "no exceptions" || got.Err != nil && got.Err.Code != "series_undelete" {
						t.Errorf("%s: %v", s.name, got.Err)
					}
					return
				}
				if got.Err != nil {
					t.Fatalf("%s: %v", s.name, got.Err)
				}
				if !got.Exact {
					t.Errorf("%s: not exact", s.name)
				}
				o.isThere(anna, got.Item, s.want, v.Switches)
				if now := o.item(anna, string(r.Item.ID)); now.Version != got.Item.Version {
					t.Errorf("%s: version %q, then %q", s.name, got.Item.Version, now.Version)
				}
				r = got
			}
		})
	}
}

func TestUpdate_SeriesTwiceWritesNothingTheSecondTime(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.opened()
	e := excepted(meant()["weekly"])
	r := o.apply(anna, createOp(e))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	o.sim.ResetCounts()
	r = o.apply(anna, endpoint.Op{Kind: endpoint.Update, Target: r.Item.Ref, Want: e, Fields: event.AllFields})
	if n := o.sim.Counts().TotalWrites(); r.Err != nil || n != 0 {
		t.Errorf("%d writes, %v", n, r.Err)
	}
}

func TestUpdate_SeriesBrokenOffAnywhereIsFinishedByDoingItAgain(t *testing.T) {
	first := meant()["weekly"]
	want := excepted(first)
	want.Subject, want.When.Start.Hour, want.When.End.Hour = "Another", 13, 14
	x := *want.Recurrence
	for i := range x.Deleted {
		x.Deleted[i].Hour = 13
	}
	for i := range x.Overrides {
		x.Overrides[i].Original.Hour = 13
	}
	want.Recurrence = &x
	broken := 0
	for n := range 16 {
		for _, kind := range []faultscript.Kind{faultscript.DropBefore, faultscript.DropAfter} {
			o := newOffice(t, setup{})
			anna := o.opened()
			r := o.apply(anna, createOp(excepted(first)))
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			op := endpoint.Op{Kind: endpoint.Update, Target: r.Item.Ref, Want: want, Fields: event.AllFields}
			o.sim.SetFaults(faultscript.New(faultscript.Rule{Kind: kind, After: n, Times: 1}))
			first := o.apply(anna, op)
			o.sim.SetFaults(nil)
			if first.Err == nil { // past the last request, or a reading that was done again
				o.isThere(anna, first.Item, want, severasim.Switches{})
				continue
			}
			broken++
			out, err := anna.Settle(t.Context(), op, o.clock.now())
			if err != nil {
				t.Fatalf("settle after %v at request %d: %v", kind, n, err)
			}
			if out.Kind != endpoint.Applied {
				op.Target = out.Item.Ref
				if r := o.apply(anna, op); r.Err != nil {
					t.Fatalf("again after %v at request %d: %v", kind, n, r.Err)
				}
			}
			it := o.item(anna, string(op.Target.ID))
			o.isThere(anna, &it, want, severasim.Switches{})
		}
	}
	if broken < 8 {
		t.Errorf("broken off %d times", broken)
	}
}

func TestCreate_SeriesBrokenOffAnywhereIsFoundByWhatItHolds(t *testing.T) {
	want := excepted(meant()["weekly"])
	unsure := 0
	for n := range 12 {
		for _, kind := range []faultscript.Kind{faultscript.DropBefore, faultscript.DropAfter} {
			o := newOffice(t, setup{})
			anna := o.opened()
			older := o.putSeries("Series", made()["weekly"], severasim.Switches{})
			sent := o.clock.now()
			o.sim.SetFaults(faultscript.New(faultscript.Rule{Kind: kind, After: n, Times: 1}))
			r := o.apply(anna, createOp(want))
			o.sim.SetFaults(nil)
			if r.Err == nil {
				continue
			}
			made := 0
			var id event.ID
			for _, a := range o.sim.Activities() {
				if a.RecurrenceType == severasim.Series && a.GUID != older {
					made++
					id = event.ID(a.GUID)
				}
			}
			if r.Err.Kind != endpoint.OutcomeUnknown {
				if made != 0 {
					t.Errorf("%v at request %d: %v, and %d are left", kind, n, r.Err, made)
				}
				continue
			}
			unsure++
			out, err := anna.Settle(t.Context(), createOp(want), sent)
			if err != nil {
				t.Fatal(err)
			}
			if len(out.Candidates) != made || made > 0 && out.Candidates[0].ID != id {
				t.Errorf("%v at request %d: %d candidates of %d, %v", kind, n, len(out.Candidates), made, out.Kind)
			}
		}
	}
	if unsure < 2 {
		t.Errorf("unsure %d times", unsure)
	}
}

func TestOccurrence_IsReadWrittenAndDeletedAlone(t *testing.T) {
	for _, v := range writable() {
		t.Run(v.Name, func(t *testing.T) {
			o := newOffice(t, setup{sim: severasim.Options{Switches: v.Switches}})
			anna := o.opened()
			e := meant()["weekly"]
			r := o.apply(anna, createOp(e))
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			os := event.Occurrences(anna.Normalize(e), quarter())
			id := func(i int) event.ID { return event.OccurrenceID(r.Item.ID, os[i].Original) }
			one := o.item(anna, string(id(3)))
			if one.Recurrence != nil || one.Version != r.Item.Version || event.Diff(one.Event, os[3].Event) != 0 {
				t.Errorf("read %+v", one)
			}
			moved := one.Event
			moved.Subject, moved.When.Start.Hour, moved.When.End.Hour = "Moved", 15, 17
			seen := r.Item.Version // all three were planned over this version
			ref := func(i int) event.Ref { return event.Ref{ID: id(i), Version: seen} }
			for i, op := range []endpoint.Op{
				{Kind: endpoint.Update, Target: ref(3), Want: moved, Fields: event.FieldSubject | event.FieldWhen},
				{Kind: endpoint.Delete, Target: ref(5)},
				{Kind: endpoint.Update, Target: ref(6), Want: moved, Fields: event.FieldSubject},
			} {
				got := o.apply(anna, op)
				if got.Err != nil {
					t.Fatalf("write %d: %v", i, got.Err)
				}
				if op.Kind == endpoint.Update && (got.Item.ID != op.Target.ID || got.Item.Subject != "Moved" || !got.Exact) {
					t.Errorf("write %d: %+v", i, got.Item)
				}
				if out, err := anna.Settle(t.Context(), op, o.clock.now()); err != nil || out.Kind != endpoint.Applied {
					t.Errorf("settle %d: %v, %v", i, out.Kind, err)
				}
			}
			x := *e.Recurrence
			x.Deleted = []event.Wall{os[5].Original}
			x.Overrides = []event.Override{
				{Original: os[3].Original, Fields: event.FieldSubject | event.FieldWhen, Event: moved},
				{Original: os[6].Original, Fields: event.FieldSubject, Event: moved},
			}
			e.Recurrence = &x
			it := o.item(anna, string(r.Item.ID))
			o.isThere(anna, &it, e, v.Switches)
			if g := o.get(anna, string(id(5))); g.Err == nil || g.Err.Kind != endpoint.NotFound {
				t.Errorf("a deleted occurrence: %v", g.Err)
			}
			if again := o.apply(anna, endpoint.Op{Kind: endpoint.Update, Target: ref(3), Want: moved, Fields: event.FieldSubject}); again.Err == nil || again.Err.Code != "changed_since" {
				t.Errorf("an occurrence that was changed since: %v", again.Err)
			}
		})
	}
}

func TestOccurrence_EditedByAPersonMeanwhileIsRefused(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.opened()
	e := meant()["weekly"]
	r := o.apply(anna, createOp(e))
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	os := event.Occurrences(anna.Normalize(e), quarter())
	ref := func(i int) event.Ref {
		return event.Ref{ID: event.OccurrenceID(r.Item.ID, os[i].Original), Version: r.Item.Version}
	}
	want := os[3].Event
	want.Subject = "Ours"
	row := o.unchanged(string(r.Item.ID))[6]
	if row.Start.IsZero() {
		t.Fatal("no such occurrence")
	}
	got := o.apply(anna, endpoint.Op{Kind: endpoint.Update, Target: ref(3), Want: want, Fields: event.FieldSubject})
	if got.Err != nil {
		t.Fatal(got.Err)
	}
	if err := o.sim.EditActivity(row.GUID, func(a *severasim.Activity) { a.Name = "Theirs" }); err != nil {
		t.Fatal(err)
	}
	got = o.apply(anna, endpoint.Op{Kind: endpoint.Update, Target: ref(6), Want: want, Fields: event.FieldSubject})
	if got.Err == nil || got.Err.Kind != endpoint.Precondition {
		t.Errorf("error = %v", got.Err)
	}
	if a, _ := o.sim.Activity(row.GUID); a.Name != "Theirs" {
		t.Errorf("name %q", a.Name)
	}
}

func TestLeave_OfASeriesAndOfOneOccurrence(t *testing.T) {
	o := newOffice(t, setup{})
	a := made()["weekly"]
	a.Participants = []severasim.Participant{{Who: o.boss}, {Who: o.cy}}
	id := o.putSeries("weekly", a, severasim.Switches{})
	o.disturb(id)
	boss := o.endpoint(o.boss)
	it := o.in(o.whole(boss), id)
	os := event.Occurrences(it.Event, quarter())
	one := event.Ref{ID: event.OccurrenceID(it.ID, os[5].Original), Version: it.Version}
	for _, k := range []endpoint.OpKind{endpoint.Update, endpoint.Delete} {
		if r := o.apply(boss, endpoint.Op{Kind: k, Target: one, Want: os[5].Event, Fields: event.FieldSubject}); r.Err == nil || r.Err.Code != "not_owner" {
			t.Errorf("%v by a participant: %v", k, r.Err)
		}
	}
	if r := o.apply(boss, endpoint.Op{Kind: endpoint.Leave, Target: one}); r.Err != nil {
		t.Fatal(r.Err)
	}
	now := o.in(o.whole(boss), id)
	if n := len(now.Recurrence.Deleted); n != len(it.Recurrence.Deleted)+1 || !slices.Contains(now.Recurrence.Deleted, os[5].Original) {
		t.Errorf("for who left one, %d are gone", n)
	}
	dropped := now.Event
	x := *now.Recurrence
	x.Deleted = append(slices.Clone(x.Deleted), os[7].Original)
	dropped.Recurrence = &x
	if r := o.apply(boss, endpoint.Op{Kind: endpoint.Update, Target: now.Ref, Want: dropped, Fields: event.FieldRecurrence}); r.Err != nil {
		t.Fatalf("leave one by deleting it: %v", r.Err)
	}
	anna, cy := o.endpoint(o.anna), o.endpoint(o.cy)
	if got := o.in(o.whole(anna), id); len(got.Recurrence.Deleted) != 1 || len(got.Attendees) != 2 {
		t.Errorf("for the owner %d are gone, %d attend", len(got.Recurrence.Deleted), len(got.Attendees))
	}
	now = o.in(o.whole(boss), id)
	if r := o.apply(boss, endpoint.Op{Kind: endpoint.Leave, Target: now.Ref}); r.Err != nil {
		t.Fatal(r.Err)
	}
	if c, told := find(o.whole(boss), id); told {
		t.Errorf("who left is still told: %v", c.Err)
	}
	if got := o.in(o.whole(cy), id); len(got.Recurrence.Deleted) != 1 {
		t.Errorf("for another %d are gone", len(got.Recurrence.Deleted))
	}
}

func TestDelete_OfASeriesWithHoursOnOneOccurrenceIsRefused(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.opened()
	id := o.putSeries("weekly", made()["weekly"], severasim.Switches{})
	row := o.unchanged(id)[3]
	if err := o.sim.EditActivity(row.GUID, func(a *severasim.Activity) { a.HasHours = true }); err != nil {
		t.Fatal(err)
	}
	it := o.in(o.whole(anna), id)
	if !it.Tied {
		t.Errorf("the item does not say that it is tied")
	}
	later := it.Event
	later.When.Start.Hour, later.When.End.Hour = 10, 11
	gone := it.Event
	x := *it.Recurrence
	x.Deleted = append(x.Deleted, event.WallOf(row.Start.In(it.When.Location())))
	gone.Recurrence = &x
	for name, op := range map[string]endpoint.Op{
		"delete":         {Kind: endpoint.Delete, Target: it.Ref},
		"delete the one": {Kind: endpoint.Delete, Target: event.Ref{ID: event.OccurrenceID(it.ID, x.Deleted[0]), Version: it.Version}},
		"another time":   {Kind: endpoint.Update, Target: it.Ref, Want: later, Fields: event.FieldWhen | event.FieldRecurrence},
		"without it":     {Kind: endpoint.Update, Target: it.Ref, Want: gone, Fields: event.FieldRecurrence},
	} {
		if r := o.apply(anna, op); r.Err == nil || r.Err.Kind != endpoint.Forbidden || r.Err.Code != "has_hours" {
			t.Errorf("%s: %v", name, r.Err)
		}
	}
	if a, there := o.sim.Activity(row.GUID); !there || !a.HasHours {
		t.Errorf("the hours are gone")
	}
}

func TestHoldSeries(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.opened().(endpoint.SeriesHolder)
	for name, e := range meant() {
		if got, code := anna.HoldSeries(e); got != event.HoldWhole || code != "" {
			t.Errorf("%s: %v %q", name, got, code)
		}
	}
	change := func(of string, f func(*event.Event, *event.Recurrence)) event.Event {
		e := meant()[of]
		r := *e.Recurrence
		e.Recurrence = &r
		f(&e, &r)
		return e
	}
	for _, tt := range []struct {
		name string
		e    event.Event
		want event.Hold
		code string
	}{
		{"every second year", change("29 February", func(_ *event.Event, r *event.Recurrence) { r.Interval = 2 }), event.HoldExpanded, event.HoldYearlyInterval},
		{"the 30th for ever", change("30th, not long", func(_ *event.Event, r *event.Recurrence) { r.Count = 0 }), event.HoldExpanded, event.HoldClamp},
		{"fortnightly over the week's end", change("two days", func(_ *event.Event, r *event.Recurrence) {
			r.Days, r.FirstDay = 1<<time.Sunday|1<<time.Monday, time.Monday
		}), event.HoldExpanded, event.HoldFirstDay},
		{"in New York", change("weekly", func(e *event.Event, _ *event.Recurrence) { e.When.Zone = "America/New_York" }), event.HoldExpanded, event.HoldZone},
		{"in Mariehamn", change("weekly", func(e *event.Event, _ *event.Recurrence) { e.When.Zone = "Europe/Mariehamn" }), event.HoldWhole, ""},
		{"second Tuesday or Thursday", change("last Tuesday", func(_ *event.Event, r *event.Recurrence) { r.Days |= 1 << time.Thursday }), event.HoldExpanded, event.HoldPattern},
		{"no rule", change("weekly", func(_ *event.Event, r *event.Recurrence) { r.Days = 0 }), event.HoldNot, event.HoldPattern},
		{"no zone", change("weekly", func(e *event.Event, _ *event.Recurrence) { e.When.Zone = "Nowhere" }), event.HoldNot, event.HoldZone},
	} {
		if got, code := anna.HoldSeries(tt.e); got != tt.want || code != tt.code {
			t.Errorf("%s: %v %q, want %v %q", tt.name, got, code, tt.want, tt.code)
		}
	}
}

func TestHoldSeries_RemembersWhatWasLearntInTheCursor(t *testing.T) {
	sw := severasim.Switches{SeriesZone: severasim.ZoneUTC, SundayFirst: true}
	o := newOffice(t, setup{sim: severasim.Options{Switches: sw}})
	e := meant()["weekly"]
	utc := e
	utc.When.Zone = "UTC"
	sunday := meant()["two days"]
	r := *sunday.Recurrence
	r.Days, r.FirstDay = 1<<time.Sunday|1<<time.Tuesday, time.Sunday
	sunday.When.Zone, sunday.Recurrence = "UTC", &r
	before := o.endpoint(o.anna)
	if !o.holds(before, e) || o.holds(before, utc) || o.holds(before, sunday) {
		t.Fatalf("before anything was seen: %v, %v, %v", o.holds(before, e), o.holds(before, utc), o.holds(before, sunday))
	}
	for _, name := range []string{"weekly", "fortnightly"} {
		o.putSeries(name, made()[name], sw)
	}
	d := o.whole(before)
	other := newOffice(t, setup{sim: severasim.Options{Switches: sw}})
	after := other.endpoint(other.anna)
	if _, err := after.Changes(t.Context(), d.Next, quarter()); err != nil {
		t.Fatal(err)
	}
	for name, ep := range map[string]endpoint.Endpoint{"at once": before, "after a restart": after} {
		if o.holds(ep, e) || !o.holds(ep, utc) || !o.holds(ep, sunday) {
			t.Errorf("%s: Helsinki %v, UTC %v, weeks from Sunday %v", name, o.holds(ep, e), o.holds(ep, utc), o.holds(ep, sunday))
		}
	}
}

func TestCreate_SeriesThatCannotBeHeldIsRefused(t *testing.T) {
	o := newOffice(t, setup{})
	e := meant()["weekly"]
	e.When.Zone = "Asia/Tokyo"
	r := o.apply(o.opened(), createOp(e))
	if r.Err == nil || r.Err.Code != event.HoldZone || o.sim.Counts().TotalWrites() != 0 {
		t.Errorf("%v after %d writes", r.Err, o.sim.Counts().TotalWrites())
	}
}

func TestLeave_OfTheOwnerPassesTheActivityOn(t *testing.T) {
	for _, listed := range []bool{false, true} {
		o := newOffice(t, setup{sim: severasim.Options{Switches: severasim.Switches{OwnerIsParticipant: listed}}})
		anna, boss := o.endpoint(o.anna), o.endpoint(o.boss)
		id := o.put(o.anna, "Visit", 1, o.boss, o.cy)
		heirs := []string{o.boss, o.cy}
		slices.Sort(heirs)
		if r := o.apply(anna, endpoint.Op{Kind: endpoint.Leave, Target: o.item(anna, id).Ref}); r.Err != nil {
			t.Fatal(r.Err)
		}
		a, there := o.sim.Activity(id)
		if !there || a.OwnerGUID != heirs[0] {
			t.Fatalf("there %v, owner %q, want %q", there, a.OwnerGUID, heirs[0])
		}
		if g := o.get(anna, id); g.Err == nil || g.Err.Kind != endpoint.NotFound {
			t.Errorf("for who left: %v", g.Err)
		}
		if it := o.item(boss, id); len(it.Attendees) != 1 {
			t.Errorf("attendees %v", it.Attendees)
		}
		for _, user := range heirs {
			ep := o.endpoint(user)
			r := o.apply(ep, endpoint.Op{Kind: endpoint.Leave, Target: o.item(ep, id).Ref})
			if last := user == heirs[1]; last != (r.Err != nil) || last && r.Err.Code != "is_owner" {
				t.Errorf("%s leaves: %v", user, r.Err)
			}
		}
	}
}

func TestLeave_WhereTheOwnerIsFixedSaysSo(t *testing.T) {
	o := newOffice(t, setup{sim: severasim.Options{Switches: severasim.Switches{FixedOwner: true}}})
	anna := o.endpoint(o.anna)
	id := o.put(o.anna, "Visit", 1, o.boss)
	r := o.apply(anna, endpoint.Op{Kind: endpoint.Leave, Target: o.item(anna, id).Ref})
	if r.Err == nil || r.Err.Kind != endpoint.Forbidden || r.Err.Code != "owner_fixed" {
		t.Errorf("error = %v", r.Err)
	}
	if a, there := o.sim.Activity(id); !there || a.OwnerGUID != o.anna || len(a.Participants) != 1 {
		t.Errorf("there %v, %+v", there, a)
	}
}

func TestSeries_OfTheOtherPeopleKeepTheirOwnersClocks(t *testing.T) {
	for _, zone := range []string{"America/New_York", "Asia/Tokyo", "Asia/Kathmandu", "Europe/Amsterdam"} {
		o := newOffice(t, setup{users: func(s *severasim.Server) {
			s.AddUser(severasim.User{FirstName: "Far", LastName: "Away", Email: "far@office.test", Zone: zone})
		}})
		far, _ := o.sim.UserByEmail("far@office.test")
		for _, name := range []string{"weekly", "in the odd hour", "whole days"} {
			a := made()[name]
			a.Participants = []severasim.Participant{{Who: far.GUID}}
			id := o.putSeries(name, a, severasim.Switches{})
			it := o.in(o.whole(o.endpoint(far.GUID)), id)
			days, _ := time.LoadLocation(helsinki)
			if diff := cmp.Diff(o.listed(id, quarter()), spelled(it, quarter(), days)); diff != "" {
				t.Errorf("%s from %s (-Severa +item):\n%s", name, zone, diff)
			}
		}
		for name, e := range meant() {
			if !e.When.AllDay {
				e.When.Zone = zone
			}
			ep := o.endpoint(far.GUID)
			if _, err := ep.Changes(t.Context(), "", quarter()); err != nil {
				t.Fatal(err)
			}
			r := o.apply(ep, createOp(excepted(e)))
			if r.Err != nil {
				t.Fatalf("%s in %s: %v", name, zone, r.Err)
			}
			if d := event.Diff(r.Item.Event, ep.Normalize(excepted(e))); d != 0 {
				t.Errorf("%s in %s differs in %v:\n%s", name, zone, d, cmp.Diff(ep.Normalize(excepted(e)), r.Item.Event))
			}
			loc, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			want := spelled(event.Item{Event: excepted(e)}, quarter(), loc)
			if diff := cmp.Diff(want, o.listed(string(r.Item.ID), quarter())); diff != "" {
				t.Errorf("%s in %s (-want +Severa):\n%s", name, zone, diff)
			}
		}
	}
}
