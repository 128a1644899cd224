package engine_test

import (
	"context"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/state"
)

// requests is a rig of which the office sends real meeting requests, with a
// meeting of Anna's that a customer and a colleague are in.
func requests(t *testing.T) (*rig, event.ID) {
	r := newRig(t)
	r.policy.Requests = true
	it := event.Item{Event: meeting("fair", 3, 9), Meeting: true}
	it.Attendees = []event.Attendee{{Address: "bert@office.test"}, {Address: "guest@elsewhere.test"}}
	id := r.cal[event.Exchange].PutItem(anna, it)
	r.settle()
	if n := r.cal[event.Exchange].Counts().Mails; n != 0 {
		t.Fatalf("the first sync mailed %d people", n)
	}
	return r, id
}

func (r *rig) postpone() {
	r.t.Helper()
	r.edit(event.Business, "fair", func(it *event.Item) { it.When = meeting("", 4, 9).When })
}

func TestSync_RequestsOn_MailsEverybodyInAMovedMeetingOnce(t *testing.T) {
	r, _ := requests(t)
	r.postpone()
	res := r.sync()
	if res.Notified != 2 || res.Untold != 0 {
		t.Errorf("notified %d, untold %d, want 2 and 0", res.Notified, res.Untold)
	}
	r.settle()
	r.idle()
	if n := r.cal[event.Exchange].Counts().Mails; n != 2 {
		t.Errorf("%d mails, want 2", n)
	}
	// What is no business of theirs mails nobody.
	r.edit(event.Business, "fair", func(it *event.Item) { it.Notes = "agenda" })
	r.edit(event.Exchange, "fair", func(it *event.Item) { it.Location = "Hall 2" })
	r.settle()
	r.remove(event.Business, "fair")
	r.settle()
	if n := r.cal[event.Exchange].Counts().Mails; n != 4 {
		t.Errorf("%d mails after it was called off, want 4", n)
	}
}

// An approval without the mails is none for the change with them.
func TestSync_RequestsSwitchedOnAfterThePreview_NeedAnotherApproval(t *testing.T) {
	r, _ := requests(t)
	r.policy.Requests = false
	r.postpone()
	shown, err := r.eng.Preview(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	hashes := map[string]bool{}
	for _, a := range shown.Actions {
		hashes[a.Hash()] = true
	}
	r.policy.Requests = true
	res, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Review: true, Approval: engine.Approval{Hashes: hashes}})
	if err != nil || res.Unapproved != 1 || r.cal[event.Exchange].Counts().Mails != 0 {
		t.Errorf("%v: %d waiting, %d mails, want 1 and 0", err, res.Unapproved, r.cal[event.Exchange].Counts().Mails)
	}
}

// hushing loses requests, or their answers, and counts what is asked to mail.
type hushing struct {
	endpoint.Endpoint
	asked *int
}

func (h hushing) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	for _, op := range ops {
		if op.Notify != endpoint.NotifyNobody {
			*h.asked++
		}
	}
	return h.Endpoint.Apply(ctx, ops)
}

// A request that may have reached the server may have mailed people: what is
// written after it does not mail them again.
func TestSync_RequestsOn_AWriteInDoubtMailsNobodyTwice(t *testing.T) {
	for name, f := range map[string]memory.Fault{"lost request": memory.LoseRequest, "lost answer": memory.LoseAnswer} {
		t.Run(name, func(t *testing.T) {
			r, id := requests(t)
			asked := 0
			r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
				if s == event.Exchange {
					return hushing{e, &asked}
				}
				return e
			}
			r.postpone()
			pull := r.cal[event.Exchange]
			lost := false
			r.wrapStore = func(s state.Store) state.Store {
				return sentHook{s, func() {
					if !lost {
						lost = true
						pull.FailNext(anna, f)
					}
				}}
			}
			r.start()
			for range 3 {
				r.sync()
			}
			got := r.cal[event.Exchange].List(anna)
			if len(got) != 1 || got[0].ID != id || got[0].When != meeting("", 4, 9).When {
				t.Fatalf("exchange has %v, want the meeting at its new time", got)
			}
			if asked != 1 || !lost {
				t.Errorf("%d writes asked for mail, want the first alone", asked)
			}
			// The next change is another one.
			r.edit(event.Business, "fair", func(it *event.Item) { it.When = meeting("", 5, 9).When })
			r.sync()
			if asked != 2 {
				t.Errorf("%d writes asked for mail after the next change, want 2", asked)
			}
		})
	}
}

// sentHook does something just before a request leaves.
type sentHook struct {
	state.Store
	do func()
}

func (h sentHook) MarkSent(ctx context.Context, ids []state.EntryID, at time.Time) error {
	h.do()
	return h.Store.MarkSent(ctx, ids, at)
}
