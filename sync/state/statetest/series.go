package statetest

import (
	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// seriesRows: a series that links hold by its occurrences alone is kept like
// one that a link holds, until the last of them ends; one whose id merely begins
// alike is not.
func seriesRows(b *bench) {
	first := event.Wall{Date: event.Date{Year: 2026, Month: 5, Day: 4}, Hour: 9}
	second := first
	second.Day = 11
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("s;1", 5)), is(item("s;", 6)), is(item("s;1~", 7))}, Next: "c1"})
	one := b.link(anna, ends(event.OccurrenceID("s;1", first), "e1"))
	two := b.link(anna, ends(event.OccurrenceID("s;1", second), "e2"))
	b.pull(state.Pull{Changes: []endpoint.Change{gone("s;1"), gone("s;"), gone("s;1~")}, Next: "c2"})
	b.same("rows", b.load(anna).Mirror[event.Business], []plan.Mirrored{{Item: item("s;1", 5), Presence: plan.Gone}})
	for n, l := range []plan.Link{one, two} {
		if n == 1 {
			b.presence("s;1", plan.Gone)
		}
		entry := b.begun(anna, state.Intent{Action: plan.Action{Kind: plan.Unlink, Link: l.ID}})
		b.settle(anna, state.Settled{Entry: entry.ID, Outcome: state.Applied, Unlink: l.ID, At: at(3 + n)})
	}
	b.absent(event.Business, "s;1")
}

// deletionsOfSeries: all occurrences of one series are deleted by one act.
func deletionsOfSeries(b *bench) {
	was := item("e2", 5)
	remove := func(series string) state.Intent {
		return state.Intent{Action: plan.Action{
			Kind: plan.Delete, Side: event.Exchange, Have: [2]*event.Item{nil, &was},
			Reason: plan.Reason{Code: plan.DeletedThere, Detail: series},
		}}
	}
	open, _ := b.begin(anna, remove("s1"), remove(""), remove("s1"), remove("s2"), remove(""))
	for n, e := range open {
		b.settle(anna, state.Settled{Entry: e.ID, Outcome: state.Applied, At: at(2 + n)})
	}
	if got := b.load(anna).Deletions; len(got) != 4 {
		b.Errorf("%d deletions, want two series and two entries: %v", len(got), got)
	}
}

// datesOfSeries: a date that is taken out of a series is a deletion, although
// the series stays; another change of its rule is none.
func datesOfSeries(b *bench) {
	was := item("e2", 5)
	was.Recurrence = &event.Recurrence{Frequency: event.Weekly, Interval: 1, Days: 1 << 2, Count: 5}
	change := func(how func(*event.Recurrence)) state.Intent {
		want, r := was.Event, *was.Recurrence
		how(&r)
		want.Recurrence = &r
		return state.Intent{Action: plan.Action{
			Kind: plan.Update, Side: event.Exchange, Have: [2]*event.Item{nil, &was}, Want: want, Fields: event.FieldRecurrence,
		}}
	}
	open, _ := b.begin(anna,
		change(func(r *event.Recurrence) { r.Deleted = []event.Wall{was.When.Start} }),
		change(func(r *event.Recurrence) { r.Count++ }),
		change(func(r *event.Recurrence) { r.Deleted = []event.Wall{was.When.Start} }))
	b.settle(anna,
		state.Settled{Entry: open[0].ID, Outcome: state.Applied, At: at(2)},
		state.Settled{Entry: open[1].ID, Outcome: state.Applied, At: at(3)},
		state.Settled{Entry: open[2].ID, Outcome: state.NotApplied, At: at(4)})
	if got := b.load(anna).Deletions; len(got) != 1 || !got[0].Equal(at(2)) {
		b.Errorf("deletions = %v, want the date that was taken out at %v", got, at(2))
	}
}
