package engine_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// The tests in this file each notice a way to break a rule of the data flow
// that no other test notices.

// cut is an endpoint whose listing breaks off after the first page.
type cut struct {
	endpoint.Endpoint
	endpoint.Finder
	pages int
}

func (c *cut) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	if c.pages--; c.pages < 0 {
		return endpoint.Delta{}, &endpoint.Error{Op: "list", Side: event.Exchange, Scope: endpoint.ScopeCalendar, Kind: endpoint.Unavailable}
	}
	return c.Endpoint.Changes(ctx, since, w)
}

func TestSync_ListingCutShort_SweepsNothing(t *testing.T) {
	r := newRig(t)
	o := memory.LikeExchange(r.now)
	o.PageSize = 2
	r.cal[event.Exchange] = memory.NewCalendar(o)
	for n := range 6 {
		r.cal[event.Exchange].Put(anna, meeting(string(rune('a'+n)), 3+n, 9))
	}
	r.settle()
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Exchange {
			return &cut{e, e.(endpoint.Finder), 1}
		}
		return e
	}
	r.start()
	if _, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Full: true}); !endpoint.Is(err, endpoint.Unavailable) {
		t.Fatalf("err = %v, want Unavailable", err)
	}
	snap, err := r.office.Person(anna).Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range snap.Mirror[event.Exchange] {
		if m.Presence != plan.Present {
			t.Errorf("%s counts as %s after one page of three", m.Item.Subject, m.Presence)
		}
	}
	r.plain()
	r.calm("listing cut short")
}

// What a person does to a copy before the program knows that it made it is an
// edit like any other.
func TestSync_CreateFoundAfterADeath_KeepsWhatAPersonChangedInIt(t *testing.T) {
	tried := false
	for at := 1; at < 40; at++ {
		r := newRig(t)
		r.cal[event.Business].Put(anna, meeting("alpha", 3, 9))
		r.fused(crashtest.At(at))
		r.attempt()
		snap, err := r.office.Person(anna).Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(snap.Open) == 0 || !r.has(event.Exchange, "alpha") {
			continue
		}
		tried = true
		r.edit(event.Exchange, "alpha", func(it *event.Item) { it.Location = "room 9" })
		r.settle()
		for _, s := range event.Sides() {
			if got := r.cal[s].List(anna); len(got) != 1 || got[0].Location != "room 9" {
				t.Errorf("death at %d: %s holds %+v, want alpha in room 9", at, s, got)
			}
		}
	}
	if !tried {
		t.Error("no death fell between the create and its record")
	}
}

// hiding is an endpoint that does not list an entry and cannot say why.
type hiding struct {
	endpoint.Endpoint
	id  event.ID
	why endpoint.Error
}

func (h *hiding) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	d, err := h.Endpoint.Changes(ctx, since, w)
	d.Changes = slices.DeleteFunc(d.Changes, func(c endpoint.Change) bool { return c.ID == h.id })
	return d, err
}

func (h *hiding) Get(ctx context.Context, ids []event.ID) ([]endpoint.Got, error) {
	got, err := h.Endpoint.Get(ctx, ids)
	for i := range got {
		if got[i].ID == h.id {
			got[i] = endpoint.Got{ID: h.id, Err: &h.why}
		}
	}
	return got, err
}

func TestSync_MissingEntry_IsDeletedOnlyWhenItAloneIsNotFound(t *testing.T) {
	for _, c := range []struct {
		why  endpoint.Error
		kept bool
	}{
		{endpoint.Error{Kind: endpoint.NotFound, Scope: endpoint.ScopeItem}, false},
		{endpoint.Error{Kind: endpoint.NotFound, Scope: endpoint.ScopeCalendar}, true},
		{endpoint.Error{Kind: endpoint.Forbidden, Scope: endpoint.ScopeItem}, true},
		{endpoint.Error{Kind: endpoint.Unavailable, Scope: endpoint.ScopeItem}, true},
	} {
		t.Run(c.why.Error(), func(t *testing.T) {
			r := six(t)
			id := r.one(event.Business, "b1")
			r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
				if s == event.Business {
					return &hiding{e, id, c.why}
				}
				return e
			}
			r.start()
			for range 2 {
				if _, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Full: true}); err != nil {
					t.Fatal(err)
				}
			}
			if got := r.has(event.Exchange, "b1"); got != c.kept {
				t.Errorf("the other end is there = %v, want %v", got, c.kept)
			}
		})
	}
}

// silent is an endpoint that fails a test when a write asks for mail.
type silent struct {
	endpoint.Endpoint
	t *testing.T
}

func (s *silent) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	for _, op := range ops {
		if op.Notify != endpoint.NotifyNobody {
			s.t.Errorf("%s asks the system to mail people", op.Kind)
		}
	}
	return s.Endpoint.Apply(ctx, ops)
}

func TestSync_MeetingWithOutsiders_MailsNobody(t *testing.T) {
	r := newRig(t)
	r.policy.Deleted = plan.KeepChanged
	r.wrapEndpoint = func(_ event.Side, e endpoint.Endpoint) endpoint.Endpoint { return &silent{e, t} }
	for n, s := range event.Sides() {
		for _, word := range []string{"moved", "removed"} {
			ev := meeting(word+" "+s.String(), 3+n, 9)
			ev.Attendees = []event.Attendee{{Address: "olga@elsewhere.test"}}
			r.cal[s].Put(anna, ev)
		}
	}
	r.sync()
	for _, s := range event.Sides() {
		r.edit(s.Other(), "moved "+s.String(), func(it *event.Item) { it.When = meeting("", 12, 11).When })
		r.remove(s.Other(), "removed "+s.String())
	}
	r.sync()
	for _, s := range event.Sides() {
		c := r.cal[s].Counts()
		if c.Written[endpoint.Create] != 2 || c.Written[endpoint.Update] == 0 || c.Written[endpoint.Delete] != 1 {
			t.Errorf("%s: written %v, want creates, updates and a deletion", s, c.Written)
		}
		if c.Mails != 0 {
			t.Errorf("%s mailed %d people", s, c.Mails)
		}
	}
}

func TestSync_DeletionsOfADay_CountTogether(t *testing.T) {
	r := newRig(t)
	r.policy.Limits = plan.Limits{DeleteDay: 5}
	for n := range 12 {
		r.cal[event.Business].Put(anna, meeting(fmt.Sprintf("b%02d", n), 3+n, 9))
	}
	r.settle()
	for n := range 3 {
		r.remove(event.Business, fmt.Sprintf("b%02d", n))
	}
	if res := r.sync(); res.Halt != nil {
		t.Fatalf("halted at three deletions: %+v", res.Halt)
	}
	for n := range 3 {
		r.remove(event.Business, fmt.Sprintf("b%02d", 3+n))
	}
	if res := r.calm("six deletions in a day"); res.Halt == nil || res.Halt.Code != plan.TooManyToday {
		t.Errorf("halt = %+v, want %s", res.Halt, plan.TooManyToday)
	}
	r.clock = r.clock.Add(24 * time.Hour)
	if res := r.sync(); res.Halt != nil || len(r.subjects(event.Exchange)) != 6 {
		t.Errorf("a day later: halt %+v, %d entries left, want none and 6", res.Halt, len(r.subjects(event.Exchange)))
	}
}

func TestSync_LostAnswer_IsLookedIntoInTheSameRun(t *testing.T) {
	for _, s := range event.Sides() {
		r := newRig(t)
		r.cal[s.Other()].Put(anna, meeting("alpha", 3, 9))
		r.wrapEndpoint = func(side event.Side, e endpoint.Endpoint) endpoint.Endpoint {
			if side == s {
				return &losing{e, 1}
			}
			return e
		}
		if res := r.sync(); res.Written[s][plan.Create.String()] != 1 {
			t.Errorf("%s: written %v, want the create that was carried out", s, res.Written[s])
		}
		snap, err := r.office.Person(anna).Load(t.Context())
		if err != nil || len(snap.Links) != 1 {
			t.Errorf("%s: %d links, %v; want 1", s, len(snap.Links), err)
		}
	}
}
