package plan

import (
	"testing"

	"lockstep/sync/event"
)

// Each side has a new exception. The update that takes one over agrees on that
// one alone: the other is still on its way.
func TestAfter_OfASeriesAgreesOnWhatItWroteAlone(t *testing.T) {
	in := input()
	l := *in.pairSeries()
	b, x := with(entry("b1", "Staff", 1), repeat(10, deleteNth(2))), with(entry("x1", "Staff", 1), repeat(10, renameNth(3, "Other")))
	want := x.Event
	want.Recurrence = event.TakeParts(x.Recurrence, b.Recurrence, event.Parts{Days: []event.Date{nth(2).Date}})
	a := Action{Kind: Update, Side: exch, Link: "l1", Have: [2]*event.Item{&b, &x}, Want: want, Fields: event.FieldRecurrence}
	written := event.Item{Ref: event.Ref{ID: "x1", Version: "v2"}, Event: want, KnownWindow: event.AllTime()}
	for _, d := range []Done{{Item: &written, Exact: true}, {Item: &event.Item{Ref: written.Ref}}} {
		out, _ := After(l, a, d, in.Normalize)
		for s, base := range out.Base {
			if base.Recurrence.Plain(nth(2).Date) {
				t.Errorf("exact %v, %s: the exception that was written is not agreed", d.Exact, event.Side(s))
			}
			if !base.Recurrence.Plain(nth(3).Date) {
				t.Errorf("exact %v, %s: the exception that was not written is agreed", d.Exact, event.Side(s))
			}
		}
	}
}

// What a create or a new rule has not reached when it was cut off is agreed on
// neither side; what a person changed since is a change of his.
func TestFound_TakesNothingMissingForADeletion(t *testing.T) {
	in := input()
	b := with(entry("b1", "Staff", 1), repeat(10, deleteNth(2), renameNth(3, "Other")))
	found := with(entry("x1", "Staff", 1), repeat(10, deleteNth(2)))
	create := Action{Kind: Create, Side: exch, Have: [2]*event.Item{biz: &b}, Want: b.Event, Fields: sharedFields}
	out, ok := Found(Link{}, create, Done{Item: &found}, in.Normalize)
	if !ok {
		t.Fatal("a create that was found counts as not carried out")
	}
	for s, base := range out.Base {
		if base.Recurrence.Plain(nth(2).Date) || !base.Recurrence.Plain(nth(3).Date) {
			t.Errorf("create, %s: agreed on %+v", event.Side(s), *base.Recurrence)
		}
	}
	in.put(biz, b)
	found.Stamp = out.Stamp
	in.put(exch, found)
	out.ID = "l1"
	in.Links = []Link{out}
	in.Digest = nil
	if got, want := show(Build(in)), "update exchange l1 b1 x1 [recurrence]: changed_there business\n"; got != want {
		t.Errorf("next plan:\n%swant:\n%s", got, want)
	}

	l := *in.pairSeries(deleteNth(2))
	b, x := with(entry("b1", "Staff", 1), repeat(12, deleteNth(2))), with(entry("x1", "Staff", 1), repeat(10, deleteNth(2)))
	wiped := with(entry("x1", "Staff", 1), repeat(12))
	update := Action{Kind: Update, Side: exch, Link: "l1", Have: [2]*event.Item{&b, &x}, Want: b.Event, Fields: event.FieldRecurrence}
	out, ok = Found(l, update, Done{Item: &wiped}, in.Normalize)
	if !ok || out.Base[exch].Recurrence.Count != 12 || !out.Base[biz].Recurrence.Plain(nth(2).Date) || !out.Base[exch].Recurrence.Plain(nth(2).Date) {
		t.Errorf("a new rule: %v, agreed on %+v and %+v", ok, *out.Base[biz].Recurrence, *out.Base[exch].Recurrence)
	}
	if out, ok = Found(l, update, Done{Item: &x}, in.Normalize); ok || out.Base[exch].Recurrence.Plain(nth(2).Date) {
		t.Errorf("a rule that was not written: %v, agreed on %+v", ok, *out.Base[exch].Recurrence)
	}
}

// Issue 2: an exception that one side does not tell goes along with its series to
// a new hour. An old hour in the base would make of it a change by somebody.
func TestAfter_ANewHourTakesAgreedExceptionsAlong(t *testing.T) {
	in := input()
	l := *in.pairSeries()
	l.Base[exch] = with(entry("x1", "Staff", 1), repeat(10, renameNth(5, "Other"))).Event
	b, x := with(entry("b1", "Staff", 1), repeat(10)), with(entry("x1", "Staff", 1), repeat(10, renameNth(5, "Other")))
	anHourLater(&b)
	want := x.Event
	want.When = b.When
	want, _ = event.Rekey(want)
	a := Action{Kind: Update, Side: exch, Link: "l1", Have: [2]*event.Item{&b, &x}, Want: want, Fields: event.FieldWhen | event.FieldRecurrence}
	written := event.Item{Ref: event.Ref{ID: "x1", Version: "v2"}, Event: want, KnownWindow: event.AllTime()}
	for _, d := range []Done{{Item: &written, Exact: true}, {Item: &event.Item{Ref: written.Ref}}} {
		out, _ := After(l, a, d, in.Normalize)
		if diff := event.Diff(out.Base[exch], want); diff != 0 {
			t.Errorf("exact %v: the base differs in %v from what was written: %+v", d.Exact, diff, out.Base[exch].Recurrence)
		}
	}
}
