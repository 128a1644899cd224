package office_test

import (
	"context"
	"slices"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// unlisted is a mailbox that fails the test when it is listed.
type unlisted struct {
	endpoint.Endpoint
	endpoint.Finder
	t tester
}

// Changes is what must not be asked of it.
func (u unlisted) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	u.t.Errorf("a guest's mailbox was listed")
	return u.Endpoint.Changes(ctx, since, w)
}

// newGuests is an office in which cleo is a guest.
func newGuests(t tester) *rig {
	t.Helper()
	r := newRig(t, ticking())
	settings, err := r.book.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	settings.Guests = true
	if err := r.book.SaveSettings(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	p := r.person(cleo)
	p.Enabled, p.Guest = false, true
	if err := r.book.SavePeople(t.Context(), []state.Person{p}); err != nil {
		t.Fatal(err)
	}
	r.wrap = func(id event.PersonID, s event.Side, ep endpoint.Endpoint) endpoint.Endpoint {
		if id != cleo || s != event.Exchange || !r.person(cleo).Guest {
			return ep
		}
		return unlisted{ep, ep.(endpoint.Finder), t}
	}
	return r
}

// share is an activity of somebody's in which others take part.
func (r *rig) share(owner event.PersonID, subject string, days int, with ...event.PersonID) event.ID {
	r.t.Helper()
	ev := r.entry(subject, days, 9)
	for _, id := range with {
		ev.Attendees = append(ev.Attendees, event.Attendee{Address: string(id)})
	}
	return r.cal[event.Business].Put(owner, ev)
}

func TestSync_Guest_IsGivenWhatHeSharesAndNothingElse(t *testing.T) {
	r := newGuests(t)
	r.share(anna, "shared", 3, cleo)
	r.share(cleo, "called by the guest", 4, bert)
	r.share(cleo, "the guest's own", 5)
	r.share(anna, "without the guest", 6, bert)
	r.cal[event.Exchange].Put(cleo, r.entry("in her mailbox", 3, 12))
	got := r.sync()
	want := []string{"called by the guest", "in her mailbox", "shared"}
	if have := r.subjects(event.Exchange, cleo); !slices.Equal(have, want) {
		t.Errorf("her mailbox = %q, want %q", have, want)
	}
	if r.has(event.Business, cleo, "in her mailbox") {
		t.Error("an entry of her mailbox went into the business system")
	}
	if p := of(got, cleo); p.Err != nil || p.Notified != 0 {
		t.Errorf("her run: %v, %d people mailed", p.Err, p.Notified)
	}
	if again := r.sync(); writes(again) != 0 {
		t.Errorf("the next sync wrote %d times", writes(again))
	}
}

func TestSync_Guest_FollowsWhatBecomesOfTheActivity(t *testing.T) {
	for name, c := range map[string]struct {
		change func(r *rig, id event.ID) error
		want   []string
	}{
		"renamed": {func(r *rig, id event.ID) error {
			return r.cal[event.Business].Edit(anna, id, func(it *event.Item) { it.Subject = "renamed" })
		}, []string{"renamed"}},
		"deleted":           {func(r *rig, id event.ID) error { return r.cal[event.Business].Remove(anna, id) }, []string{}},
		"left by the guest": {func(r *rig, id event.ID) error { return r.cal[event.Business].Remove(cleo, id) }, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newGuests(t)
			id := r.share(anna, "shared", 3, bert, cleo)
			r.sync()
			if err := c.change(r, id); err != nil {
				t.Fatal(err)
			}
			r.order(office.Order{ApproveFirst: true, Full: true})
			if have := r.subjects(event.Exchange, cleo); !slices.Equal(have, c.want) {
				t.Errorf("her mailbox = %q, want %q", have, c.want)
			}
		})
	}
}

func TestSync_GuestWhoDeletesACopy_DoesNotGetItAgain(t *testing.T) {
	r := newGuests(t)
	id := r.share(anna, "shared", 3, cleo)
	r.sync()
	if err := r.cal[event.Exchange].Remove(cleo, r.cal[event.Exchange].List(cleo)[0].ID); err != nil {
		t.Fatal(err)
	}
	r.sync()
	if err := r.cal[event.Business].Edit(anna, id, func(it *event.Item) { it.Subject = "renamed" }); err != nil {
		t.Fatal(err)
	}
	got := r.sync()
	if have := r.subjects(event.Exchange, cleo); len(have) != 0 {
		t.Errorf("her mailbox = %q, want nothing", have)
	}
	if !r.has(event.Business, cleo, "renamed") || !r.has(event.Exchange, anna, "renamed") {
		t.Error("the activity itself did not stay as it was")
	}
	if n := of(got, cleo).Waiting; n != 0 {
		t.Errorf("%d questions about it", n)
	}
}

func TestSync_GuestWhoEditsACopy_ChangesNothingElse(t *testing.T) {
	r := newGuests(t)
	r.share(anna, "shared", 3, cleo)
	r.sync()
	copied := r.cal[event.Exchange].List(cleo)[0].ID
	if err := r.cal[event.Exchange].Edit(cleo, copied, func(it *event.Item) { it.Subject = "hers" }); err != nil {
		t.Fatal(err)
	}
	r.sync()
	if !r.has(event.Business, anna, "shared") || !r.has(event.Exchange, anna, "shared") || !r.has(event.Exchange, cleo, "shared") {
		t.Errorf("anna has %q and %q, she %q", r.subjects(event.Business, anna), r.subjects(event.Exchange, anna), r.subjects(event.Exchange, cleo))
	}
}

func TestSync_GuestWhoDragsACopyAway_GetsNoSecondOne(t *testing.T) {
	r := newGuests(t)
	id := r.share(anna, "shared", 3, cleo)
	r.sync()
	if err := r.cal[event.Exchange].Drag(cleo, r.cal[event.Exchange].List(cleo)[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := r.cal[event.Business].Edit(anna, id, func(it *event.Item) { it.Subject = "renamed" }); err != nil {
		t.Fatal(err)
	}
	got := r.sync()
	if n := of(got, cleo).Written[event.Exchange][plan.Create.String()]; n != 0 {
		t.Errorf("%d copies were made", n)
	}
	if !r.has(event.Business, cleo, "renamed") {
		t.Error("she was taken out of the activity")
	}
}

func TestSync_GuestWhoseMailboxWasMoved_KeepsItsCopies(t *testing.T) {
	r := newGuests(t)
	id := r.share(anna, "shared", 3, cleo)
	r.sync()
	r.cal[event.Exchange].Rehome(cleo)
	if err := r.cal[event.Business].Edit(anna, id, func(it *event.Item) { it.Subject = "renamed" }); err != nil {
		t.Fatal(err)
	}
	r.sync()
	if have := r.subjects(event.Exchange, cleo); !slices.Equal(have, []string{"renamed"}) {
		t.Errorf("her mailbox = %q, want the one copy, kept in step", have)
	}
}

func TestSync_GuestWhoseCreateWasCutOff_GetsOneCopy(t *testing.T) {
	for name, fault := range map[string]memory.Fault{"request": memory.LoseRequest, "answer": memory.LoseAnswer} {
		t.Run(name, func(t *testing.T) {
			r := newGuests(t)
			r.share(anna, "shared", 3, cleo)
			r.order(office.Order{}) // everything but the writes
			r.cal[event.Exchange].FailNext(cleo, fault)
			r.sync()
			r.start()
			r.sync()
			r.sync()
			if have := r.subjects(event.Exchange, cleo); len(have) != 1 {
				t.Errorf("her mailbox = %q, want one copy", have)
			}
		})
	}
}

func TestSync_GuestWhoWasInvited_GetsNoSecondEntry(t *testing.T) {
	r := newGuests(t)
	ev := r.entry("all hands", 3, 9)
	r.meeting("meeting-1", string(anna), ev)
	r.sync()
	id := r.cal[event.Business].List(anna)[0].ID
	err := r.cal[event.Business].Edit(anna, id, func(it *event.Item) {
		it.Attendees = []event.Attendee{{Address: string(bert)}, {Address: string(cleo)}}
	})
	if err != nil {
		t.Fatal(err)
	}
	r.sync()
	if have := r.subjects(event.Exchange, cleo); len(have) != 1 {
		t.Errorf("her mailbox = %q, want the one invitation", have)
	}
}

func TestSync_GuestAfterALossOfTheStore_GetsNoSecondCopy(t *testing.T) {
	r := newGuests(t)
	r.share(anna, "shared", 3, cleo)
	r.sync()
	r.state = memory.NewOffice()
	r.start()
	got := r.sync()
	if have := r.subjects(event.Exchange, cleo); len(have) != 1 {
		t.Errorf("her mailbox = %q, want one copy", have)
	}
	if of(got, cleo).Paired != 1 {
		t.Errorf("paired %d, want the copy found by its mark", of(got, cleo).Paired)
	}
}

func TestPreview_Guest_WaitsForApprovalLikeOthers(t *testing.T) {
	r := newGuests(t)
	r.share(anna, "shared", 3, cleo)
	p, err := r.off.Preview(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	last := p.People[len(p.People)-1]
	if !last.Person.Guest || len(last.Plan.Actions) != 1 || last.Plan.Actions[0].Kind != plan.Create {
		t.Fatalf("preview of the guest = %+v, want one create", last)
	}
	r.order(office.Order{})
	if have := r.subjects(event.Exchange, cleo); len(have) != 0 {
		t.Fatalf("her mailbox = %q before anybody approved", have)
	}
	r.order(office.Order{Digest: p.Digest})
	if have := r.subjects(event.Exchange, cleo); len(have) != 1 {
		t.Errorf("her mailbox = %q after the approval", have)
	}
}

func TestUndo_WhatAGuestHasACopyOf_GoesAlongWithIt(t *testing.T) {
	r := newGuests(t)
	ev := r.entry("all hands", 3, 9)
	ev.Attendees = []event.Attendee{{Address: string(cleo)}}
	for id, standing := range map[event.PersonID]event.Standing{anna: event.StandingOwner, cleo: event.StandingParticipant} {
		r.cal[event.Exchange].PutItem(id, event.Item{Event: ev, UID: "meeting-1", Organizer: string(anna), Meeting: true, Standing: standing})
	}
	if got := r.sync(); of(got, cleo).Paired != 1 {
		t.Fatalf("her invitation was paired %d times, want once: she is worked for when her colleagues are done", of(got, cleo).Paired)
	}
	p, err := r.off.PreviewUndo(t.Context(), office.UndoOrder{Who: anna})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Plan.Actions) != 1 || p.Plan.Actions[0].Kind != plan.Delete || p.Plan.Actions[0].Side != event.Business {
		t.Errorf("the undo of the activity is %+v, want its deletion", p.Plan.Actions)
	}
}

func TestSwitch_GuestIsSwitchedOn_TakesItsCopiesOverAfterAFirstPreview(t *testing.T) {
	r := newGuests(t)
	r.share(anna, "shared", 3, cleo)
	r.share(cleo, "the guest's own", 5)
	r.sync()
	if _, err := r.off.Switch(t.Context(), string(cleo), true, "anna"); err != nil {
		t.Fatal(err)
	}
	r.order(office.Order{})
	if have := r.subjects(event.Exchange, cleo); !slices.Equal(have, []string{"shared"}) {
		t.Fatalf("her mailbox = %q before her first sync was approved", have)
	}
	r.sync()
	if have := r.subjects(event.Exchange, cleo); !slices.Equal(have, []string{"shared", "the guest's own"}) {
		t.Errorf("her mailbox = %q after it", have)
	}
	if p := r.person(cleo); p.Guest || p.Newcomer || p.Review {
		t.Errorf("she is still a newcomer: %+v", p)
	}
}

func TestOptOut_Guest_KeepsCopiesAndGetsNothingMore(t *testing.T) {
	r := newGuests(t)
	id := r.share(anna, "shared", 3, cleo)
	r.sync()
	if _, err := r.off.OptOut(t.Context(), string(cleo), true, "cleo"); err != nil {
		t.Fatal(err)
	}
	for _, p := range r.off.Status().People {
		if p.ID == cleo {
			t.Error("she is still on the board")
		}
	}
	r.share(anna, "another", 4, cleo)
	if err := r.cal[event.Business].Edit(anna, id, func(it *event.Item) { it.Subject = "renamed" }); err != nil {
		t.Fatal(err)
	}
	got := r.sync()
	if have := r.subjects(event.Exchange, cleo); !slices.Equal(have, []string{"shared"}) {
		t.Errorf("her mailbox = %q, want the copy as it was", have)
	}
	if of(got, cleo).Person.ID != "" {
		t.Error("a run was made for her")
	}
}

func TestStatus_GuestWhoseMailboxRefuses_IsNoTroubleOfTheOffice(t *testing.T) {
	r := newGuests(t)
	r.share(anna, "shared", 3, cleo)
	r.cal[event.Exchange].Break(cleo, &endpoint.Error{
		Op: "open", Side: event.Exchange, Scope: endpoint.ScopeCalendar, Kind: endpoint.Forbidden,
	})
	got := r.sync()
	if of(got, cleo).Err == nil {
		t.Fatal("her mailbox did not refuse")
	}
	if h := r.off.Status().Health; h != office.UpToDate {
		t.Errorf("the office is %s", h)
	}
	if !r.has(event.Exchange, anna, "shared") {
		t.Error("anna did not get her copy")
	}
}
