package endpointtest

import (
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
)

// RunSeries judges an endpoint that can hold series.
func RunSeries(t *testing.T, o Options) {
	o = o.withDefaults()
	for _, c := range seriesChecks() {
		t.Run(c.name, func(t *testing.T) { c.do(begin(t, o)) })
	}
}

// NoticesOfSeries runs these checks against an endpoint that is known to be
// broken, as Notices does.
func NoticesOfSeries(t testing.TB, o Options) map[string]string {
	t.Helper()
	o = o.withDefaults()
	out := map[string]string{}
	for _, c := range seriesChecks() {
		if said := crashtest.Trial(t, func(t testing.TB) { c.do(begin(t, o)) }); len(said) > 0 {
			out[c.name] = said[0]
		}
	}
	return out
}

func seriesChecks() []check {
	return []check{
		{name: "Series_CreateReadsBack", do: seriesReadsBack},
		{name: "Series_AnExceptionIsWrittenAlone", do: seriesException},
		{name: "Series_ANewRuleKeepsTheExceptions", do: seriesNewRule},
		{name: "Series_AnOpDoneAgainChangesNothing", do: seriesAgain},
		{name: "Series_AChangedOccurrenceIsTold", do: seriesTold},
		{name: "Series_OneOccurrenceIsAnEntry", do: seriesOccurrence},
		{name: "Series_OneOccurrenceIsDeleted", do: seriesDeleteOne},
		{name: "Series_SettleFindsWhatWasDone", do: seriesSettle},
	}
}

// series is a weekly series of six, and when its nth occurrence would start.
// Nobody writes to a calendar that he has not listed: from the window of a
// listing may an endpoint know for which days it has to tell exceptions.
func (b *bench) series() (e event.Event, nth func(n int) event.Wall) {
	b.Helper()
	b.pull("", nil)
	e = b.alone(3)
	e.Recurrence = &event.Recurrence{
		Frequency: event.Weekly, Interval: 1, Days: 1 << b.day(3).In(time.UTC).Weekday(), FirstDay: time.Monday, Count: 6,
	}
	if v, code := endpoint.HoldSeries(b.ep, e); v != event.HoldWhole {
		b.Fatalf("a weekly series of six is held %s (%s), want whole", v, code)
	}
	return e, func(n int) event.Wall { return e.When.On(e.When.Start.AddDays(7 * n)) }
}

// withExceptions is e with its second occurrence deleted and its fourth two
// hours later and renamed.
func withExceptions(e event.Event, nth func(n int) event.Wall) event.Event {
	e = event.WithOccurrence(e, nth(1), nil)
	return event.WithOccurrence(e, nth(3), laterOn(e, nth(3)))
}

func laterOn(e event.Event, original event.Wall) *event.Event {
	o, _ := event.OccurrenceAt(e, original)
	o.When.Start.Hour += 2
	o.When.End.Hour += 2
	o.Subject = "Later"
	return &o
}

// shows demands that a series shows exactly the occurrences of want, and knows
// its exceptions.
func (b *bench) shows(it event.Item, want event.Event) {
	b.Helper()
	want = b.ep.Normalize(want)
	if it.Recurrence == nil || want.Recurrence == nil {
		b.Fatalf("rule read: %v, wanted: %v", it.Recurrence != nil, want.Recurrence != nil)
	}
	if parts := event.SeriesParts(it.Event, want, b.caps.Fields); !parts.Empty() {
		b.Errorf("series differs in rule: %v, days: %v\ngot  %+v\nwant %+v", parts.Rule, parts.Days, *it.Recurrence, *want.Recurrence)
	}
	if !it.KnownWindow.HoldsDay(it.Event, it.When.Start) {
		b.Error("the exceptions of its first day are not known")
	}
	got, all := event.Occurrences(it.Event, b.o.Window), event.Occurrences(want, b.o.Window)
	if len(got) != len(all) || len(all) == 0 {
		b.Fatalf("%d occurrences, want %d", len(got), len(all))
	}
	for i, o := range all {
		if d := event.Diff(got[i].Event, o.Event); d != 0 {
			b.Errorf("occurrence of %s differs in %v: got %+v, want %+v", o.Original, d, event.Only(got[i].Event, d), event.Only(o.Event, d))
		}
	}
}

func (b *bench) rewrite(it event.Item, want event.Event, fields event.FieldSet) endpoint.Op {
	return endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: want, Fields: fields}
}

func seriesReadsBack(b *bench) {
	e, nth := b.series()
	b.shows(b.create(withExceptions(e, nth), "k1"), withExceptions(e, nth))
	if n := len(b.list()); n != 1 {
		b.Errorf("the person has %d entries, want the series alone", n)
	}
}

func seriesException(b *bench) {
	e, nth := b.series()
	it := b.create(e, "k1")
	want := event.WithOccurrence(it.Event, nth(3), laterOn(it.Event, nth(3)))
	it = b.must(b.rewrite(it, want, event.FieldRecurrence))
	b.shows(it, want)
	want = event.WithOccurrence(it.Event, nth(1), nil)
	b.shows(b.must(b.rewrite(it, want, event.FieldRecurrence)), want)
}

func seriesNewRule(b *bench) {
	e, nth := b.series()
	it := b.create(withExceptions(e, nth), "k1")
	want := it.Event
	rule := *it.Recurrence
	rule.Count = 5
	want.Recurrence = &rule
	b.shows(b.must(b.rewrite(it, want, event.FieldRecurrence)), want)
}

func seriesAgain(b *bench) {
	e, nth := b.series()
	it := b.create(withExceptions(e, nth), "k1")
	again := b.must(b.rewrite(it, it.Event, event.FieldRecurrence))
	b.shows(again, withExceptions(e, nth))
}

func seriesTold(b *bench) {
	e, nth := b.series()
	it := b.create(e, "k1")
	since := b.pull("", nil).next
	want := event.WithOccurrence(it.Event, nth(2), nil)
	b.must(b.rewrite(it, want, event.FieldRecurrence))
	told, ok := b.pull(since, nil).items[it.ID]
	if !ok {
		b.Fatal("a deleted occurrence is no change of its series")
	}
	b.shows(told, want)
}

func seriesOccurrence(b *bench) {
	e, nth := b.series()
	it := b.create(e, "k1")
	id := event.OccurrenceID(it.ID, nth(2))
	one := b.get(id)
	want, _ := event.OccurrenceAt(it.Event, nth(2))
	if d := event.Diff(one.Event, want) & b.caps.Fields; d != 0 || one.Version != it.Version || one.Stamp != (event.Stamp{}) {
		b.Errorf("occurrence differs in %v, version %q (series %q), stamp %+v", d, one.Version, it.Version, one.Stamp)
	}
	want.Subject = "Another"
	r := b.apply(endpoint.Op{Kind: endpoint.Update, Target: one.Ref, Want: want, Fields: event.FieldSubject})
	if r.Err != nil || r.Item == nil || r.Item.ID != id {
		b.Fatalf("update of an occurrence: %+v, error %v", r.Item, r.Err)
	}
	after := b.get(it.ID)
	if r.Item.Version != after.Version {
		b.Errorf("version after an update of an occurrence is %q, the series has %q", r.Item.Version, after.Version)
	}
	b.shows(after, event.WithOccurrence(it.Event, nth(2), &want))
	old := b.apply(endpoint.Op{Kind: endpoint.Update, Target: one.Ref, Want: want, Fields: event.FieldSubject})
	if old.Err == nil || old.Err.Kind != endpoint.Precondition {
		b.Errorf("update of an occurrence of an old version: %v, want precondition", old.Err)
	}
}

func seriesDeleteOne(b *bench) {
	e, nth := b.series()
	it := b.create(e, "k1")
	one := b.get(event.OccurrenceID(it.ID, nth(2)))
	op := endpoint.Op{Kind: endpoint.Delete, Target: one.Ref}
	if r := b.apply(op); r.Err != nil {
		b.Fatalf("delete of an occurrence: %v", r.Err)
	} else if r.Item == nil || r.Item.Version != b.get(it.ID).Version {
		b.Errorf("delete of an occurrence does not tell the version of its series: %+v", r.Item)
	}
	b.isGone(one.ID)
	b.shows(b.get(it.ID), event.WithOccurrence(it.Event, nth(2), nil))
	out, err := b.ep.Settle(b.Context(), op, b.sentAt())
	if err != nil || out.Kind != endpoint.Applied {
		b.Errorf("settle of a deleted occurrence: %v, %v, want applied", out.Kind, err)
	}
}

func seriesSettle(b *bench) {
	e, nth := b.series()
	sent := b.sentAt()
	op := b.createOp(withExceptions(e, nth), "k1")
	it := b.must(op)
	out, err := b.ep.Settle(b.Context(), op, sent)
	switch {
	case err != nil:
		b.Fatalf("settle of a create: %v", err)
	case out.Kind == endpoint.Applied && out.Item != nil:
		b.shows(*out.Item, withExceptions(e, nth))
	case out.Kind != endpoint.Unsure || len(out.Candidates) != 1 || out.Candidates[0].ID != it.ID:
		b.Fatalf("settle of a create: %v, candidates %d", out.Kind, len(out.Candidates))
	}
	want := event.WithOccurrence(it.Event, nth(4), nil)
	update := b.rewrite(it, want, event.FieldRecurrence)
	if out, err = b.ep.Settle(b.Context(), update, sent); err != nil || out.Kind != endpoint.NotApplied || out.Item == nil {
		b.Fatalf("settle of an update that was never sent: %v, %v, want not applied and the entry", out.Kind, err)
	}
	b.shows(*out.Item, it.Event)
	b.must(update)
	if out, err = b.ep.Settle(b.Context(), update, sent); err != nil || out.Kind != endpoint.Applied || out.Item == nil {
		b.Fatalf("settle of an update: %v, %v, want applied and the entry", out.Kind, err)
	}
	b.shows(*out.Item, want)
}
