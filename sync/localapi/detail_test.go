package localapi

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
	"lockstep/sync/plan"
)

func TestCompared_TellsWhatBothSidesHaveAlike(t *testing.T) {
	item := func(subject, notes string, show event.ShowAs) *event.Item {
		return &event.Item{Event: event.Event{Subject: subject, Notes: notes, ShowAs: show}}
	}
	a := plan.Action{
		Kind: plan.Update, Side: event.Business, Fields: event.FieldSubject,
		Have: [2]*event.Item{item("old", "n", event.ShowUnset), item("new", "n", event.ShowBusy)},
	}
	differ, same := compared(a)
	if diff := cmp.Diff([]string{"subject"}, differ); diff != "" {
		t.Errorf("differ (-want +got)\n%s", diff)
	}
	want := []string{"when", "location", "notes", "private", "reminder", "kind", "done", "attendees", "recurrence"}
	if diff := cmp.Diff(want, same); diff != "" {
		t.Errorf("same: what only one side knows is not it (-want +got)\n%s", diff)
	}
	if differ, same := compared(plan.Action{Kind: plan.Create, Have: [2]*event.Item{item("x", "", 0), nil}}); differ != nil || same != nil {
		t.Errorf("an entry of one side alone: %v and %v, want nothing to compare", differ, same)
	}
	if differ, _ := compared(plan.Action{Kind: plan.Ask, Have: a.Have}); len(differ) != 2 {
		t.Errorf("a question about the whole entry: %v, want all that differs", differ)
	}
}

func TestMask_LeavesNothingOfWhatAnEntryHoldsBesides(t *testing.T) {
	e := mask(&Entry{Subject: "s", Start: "2026-03-02", More: &More{Notes: "n", People: []string{"p"}}})
	if e.More != nil || e.Subject != "" || e.Start == "" {
		t.Errorf("masked = %+v, want when it is and no more", e)
	}
}
