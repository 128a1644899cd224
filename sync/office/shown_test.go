package office_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/state"
)

// three puts three entries into Anna's mailbox and one into Bert's.
func three(r *rig) {
	for n := range 3 {
		r.cal[event.Exchange].Put(anna, r.entry(fmt.Sprint("a", n), 3+n, 9))
	}
	r.cal[event.Exchange].Put(bert, r.entry("b", 3, 9))
}

func TestStop_FinishesTheActionInHandOnly_AndForgetsWhatWasApproved(t *testing.T) {
	r := newRig(t, ticking())
	r.parallel = 1
	stopping := true
	r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if id != anna || s != event.Business {
			return e
		}
		return &switching{e, func() {
			if stopping {
				r.off.Stop()
			}
		}}
	}
	r.start()
	three(r)
	p, err := r.off.Preview(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	got := r.order(office.Order{Digest: p.Digest, Cause: state.CauseFirst})
	stopping = false
	for _, id := range []event.PersonID{anna, bert} {
		if err := of(got, id).Err; !errors.Is(err, office.ErrStopped) {
			t.Errorf("%s: error = %v, want ErrStopped", id, err)
		}
	}
	if a, b := r.subjects(event.Business, anna), r.subjects(event.Business, bert); len(a) != 1 || len(b) != 0 {
		t.Errorf("written: %v and %v, want the one entry in hand", a, b)
	}
	snap, err := r.state.Person(anna).Load(t.Context())
	if err != nil || len(snap.Open) != 0 {
		t.Errorf("open entries: %v, %v", snap.Open, err)
	}
	// The next scheduled run finds the approval gone with the run it was for.
	if again := r.order(office.Order{Cause: state.CauseSchedule}); writes(again) != 0 {
		t.Errorf("a later run wrote %d of what was approved for the one that was stopped", writes(again))
	}
	if again := r.sync(); writes(again) != 3 {
		t.Errorf("the approved sync wrote %d, want the 3 that were left", writes(again))
	}
}

func TestStop_WithoutARun_StopsNothingLater(t *testing.T) {
	r := newRig(t, ticking())
	three(r)
	r.off.Stop()
	if got := r.sync(); writes(got) != 4 {
		t.Errorf("wrote %d, want 4", writes(got))
	}
}

func TestLastPreview_StaysUntilItIsActedUpon(t *testing.T) {
	r := newRig(t, ticking())
	three(r)
	if _, ok := r.off.LastPreview(); ok {
		t.Error("there is a preview before anybody asked for one")
	}
	made, err := r.off.Preview(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.off.Preview(t.Context(), []event.PersonID{bert}, false); err != nil {
		t.Fatal(err)
	}
	last, ok := r.off.LastPreview()
	if !ok || last.Digest != made.Digest || len(last.People) != 3 || last.At.IsZero() {
		t.Errorf("the last preview = %v, %d people at %v; want the one of everybody", ok, len(last.People), last.At)
	}
	for _, p := range last.People {
		if !p.First {
			t.Errorf("%s: nobody has approved anything, and it is no first sync", p.Person.Name)
		}
	}
	r.order(office.Order{Digest: made.Digest, Cause: state.CauseFirst})
	if _, ok := r.off.LastPreview(); ok {
		t.Error("the preview is still there after it was approved")
	}
	again, err := r.off.Preview(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range again.People {
		if p.First {
			t.Errorf("%s: approved, and still a first sync", p.Person.Name)
		}
	}
}

func TestLeaveOut_RowsAreNotDone_AndStayOutOfTheNextPreview(t *testing.T) {
	r := newRig(t, ticking())
	three(r)
	p, err := r.off.Preview(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	out := map[event.PersonID][]string{}
	for _, person := range p.People {
		for _, a := range person.Plan.Actions {
			if a.Want.Subject == "a1" {
				out[person.Person.ID] = append(out[person.Person.ID], a.Row())
			}
		}
	}
	if err := r.off.LeaveOut(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	if last, _ := r.off.LastPreview(); !slices.Equal(last.Except[anna], out[anna]) {
		t.Errorf("left out of the last preview: %v, want %v", last.Except, out)
	}
	r.start() // a restart keeps the preview no longer, but what is left out
	p, err = r.off.Preview(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(p.Except[anna], out[anna]) || len(p.Except) != 1 {
		t.Errorf("left out of the next preview: %v, want %v", p.Except, out)
	}
	r.order(office.Order{Digest: p.Digest, Except: p.Except, Cause: state.CauseFirst})
	if got := r.subjects(event.Business, anna); !slices.Equal(got, []string{"a0", "a2"}) {
		t.Errorf("written for anna: %v, want all but a1", got)
	}
	r.order(office.Order{Cause: state.CauseSchedule})
	if r.has(event.Business, anna, "a1") {
		t.Error("a1 was taken out, and a later run wrote it")
	}
}

func TestRow_TellsWhatIsKnownOfIt(t *testing.T) {
	r := newRig(t, ticking())
	three(r)
	r.sync()
	it := r.cal[event.Exchange].List(anna)[0]
	was := it.Subject
	if err := r.cal[event.Exchange].Edit(anna, it.ID, func(it *event.Item) { it.Subject = "renamed" }); err != nil {
		t.Fatal(err)
	}
	p, err := r.off.Preview(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	var row string
	for _, person := range p.People {
		for _, a := range person.Plan.Actions {
			row = a.Row()
		}
	}
	got, err := r.off.Row(anna, row)
	if err != nil {
		t.Fatal(err)
	}
	if got.Agreed == nil || got.Agreed[event.Business].Subject != was || got.Action.Want.Subject != "renamed" || len(got.Choices) == 0 {
		t.Errorf("row = %+v; want what was agreed and what there is to choose", got)
	}
	if _, err := r.off.Row(bert, row); !errors.Is(err, office.ErrNoRow) {
		t.Errorf("somebody else's row: %v, want ErrNoRow", err)
	}
}
