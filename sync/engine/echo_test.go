package engine_test

import (
	"context"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/memory"
)

// heard is an endpoint that counts the changes that its feed tells of.
type heard struct {
	endpoint.Endpoint
	changes *int
}

func (h heard) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	d, err := h.Endpoint.Changes(ctx, since, w)
	*h.changes += len(d.Changes)
	return d, err
}

// An echo is what a side's feed tells of our own write. Whatever was written,
// it finds nothing to do.
func TestEcho_OfEveryKindOfWriteFindsNothingToDo(t *testing.T) {
	const biz, exch = event.Business, event.Exchange
	other := func(s event.Side) event.Side { return s.Other() }
	both := []event.Side{biz, exch}
	cases := []struct {
		name     string
		kind     endpoint.OpKind
		sides    []event.Side // written
		expanded bool
		before   func(r *rig, s event.Side) // brought in step
		act      func(r *rig, s event.Side) // what a person does, so that s is written
	}{
		{
			name: "create", kind: endpoint.Create, sides: both,
			act: func(r *rig, s event.Side) { r.cal[other(s)].Put(anna, meeting("lunch", 3, 9)) },
		},
		{
			name: "update", kind: endpoint.Update, sides: both,
			before: func(r *rig, s event.Side) { r.cal[s].Put(anna, meeting("lunch", 3, 9)) },
			act: func(r *rig, s event.Side) {
				r.edit(other(s), "lunch", func(it *event.Item) {
					it.Subject, it.Location, it.Notes, it.Private = "lunch with seconds ", " room 7", "a\nb", true
					it.When = meeting("", 4, 10).When
				})
			},
		},
		{
			name: "delete", kind: endpoint.Delete, sides: both,
			before: func(r *rig, s event.Side) { r.cal[s].Put(anna, meeting("lunch", 3, 9)) },
			act:    func(r *rig, s event.Side) { r.remove(other(s), "lunch") },
		},
		{
			name: "leave", kind: endpoint.Leave, sides: both,
			before: func(r *rig, s event.Side) {
				if s == biz {
					theirs := meeting("lunch", 3, 9)
					theirs.Attendees = []event.Attendee{{Address: string(anna)}}
					r.cal[s].Put("bert@office.test", theirs)
					return
				}
				r.cal[s].PutItem(anna, event.Item{Event: meeting("lunch", 3, 9), Standing: event.StandingParticipant})
			},
			act: func(r *rig, s event.Side) { r.remove(other(s), "lunch") },
		},
		{
			name: "stamp", kind: endpoint.Mark, sides: []event.Side{exch},
			act: func(r *rig, _ event.Side) {
				for _, s := range event.Sides() {
					r.cal[s].Put(anna, meeting("lunch", 3, 9))
				}
			},
		},
		{
			name: "update of a series", kind: endpoint.Update, sides: both,
			before: func(r *rig, s event.Side) { r.cal[s].Put(anna, weekly("golf", 9)) },
			act: func(r *rig, s event.Side) {
				r.edit(other(s), "golf", func(it *event.Item) { it.Recurrence.Count = 5 })
			},
		},
		{
			name: "update of an occurrence of a series", kind: endpoint.Update, sides: both,
			before: func(r *rig, s event.Side) { r.cal[s].Put(anna, weekly("golf", 9)) },
			act: func(r *rig, s event.Side) {
				r.occurrence(other(s), "golf", 1, nil)
				r.occurrence(other(s), "golf", 2, later)
				r.occurrence(other(s), "golf", 3, rename("golf indoors"))
			},
		},
		{
			name: "update of an occurrence that is an entry elsewhere", kind: endpoint.Update, sides: both, expanded: true,
			before: func(r *rig, s event.Side) { r.cal[s].Put(anna, weekly("golf", 9)) },
			act: func(r *rig, s event.Side) {
				it := r.cal[other(s)].List(anna)[1]
				if err := r.cal[other(s)].Edit(anna, it.ID, func(it *event.Item) { it.Location = "the other course" }); err != nil {
					r.t.Fatal(err)
				}
			},
		},
		{
			name: "delete of an occurrence that is an entry elsewhere", kind: endpoint.Delete, sides: both, expanded: true,
			before: func(r *rig, s event.Side) { r.cal[s].Put(anna, weekly("golf", 9)) },
			act: func(r *rig, s event.Side) {
				if err := r.cal[other(s)].Remove(anna, r.cal[other(s)].List(anna)[1].ID); err != nil {
					r.t.Fatal(err)
				}
			},
		},
	}
	for _, c := range cases {
		for _, s := range c.sides {
			for _, bare := range []bool{false, true} {
				name := c.name + " on " + s.String()
				if bare {
					name += ", answered by its version alone"
				}
				t.Run(name, func(t *testing.T) {
					r := newRig(t)
					opts := [2]memory.Options{memory.LikeBusiness(r.now), memory.LikeExchange(r.now)}
					for side := range opts {
						opts[side].Bare = bare
						if c.expanded && event.Side(side) != s {
							opts[side].Holds = func(event.Event) (event.Hold, string) { return event.HoldExpanded, event.HoldPattern }
						}
						r.cal[side] = memory.NewCalendar(opts[side])
					}
					if c.before != nil {
						c.before(r, s)
					}
					r.settle()
					c.act(r, s)
					told := 0
					r.wrapEndpoint = func(side event.Side, e endpoint.Endpoint) endpoint.Endpoint {
						if side == s {
							return heard{e, &told}
						}
						return e
					}
					r.echoes(s, c.kind, &told)
				})
			}
		}
	}
}

// echoes syncs until what was done is written to s by operations of a kind, and
// fails unless all that comes back afterwards finds nothing to do.
func (r *rig) echoes(s event.Side, k endpoint.OpKind, told *int) {
	r.t.Helper()
	before := r.written(s, k)
	r.start()
	r.sync()
	if r.written(s, k) == before {
		r.t.Fatalf("nothing was written to %s by %s: %v", s, k, r.cal[s].Counts().Written)
	}
	all := [2]map[endpoint.OpKind]int{r.cal[0].Counts().Written, r.cal[1].Counts().Written}
	*told = 0
	for range 3 {
		res := r.sync()
		if len(res.Plan.Actions) != 0 || res.Paired != 0 {
			r.t.Errorf("an echo is planned as %+v", res.Plan.Actions)
		}
	}
	for side, was := range all {
		for kind, n := range r.cal[side].Counts().Written {
			if n != was[kind] {
				r.t.Errorf("an echo made %d %ss on %s", n-was[kind], kind, event.Side(side))
			}
		}
	}
	// A business system has nothing to tell of what is gone.
	if gone := k == endpoint.Delete || k == endpoint.Leave; *told == 0 && (s == event.Exchange || !gone) {
		r.t.Errorf("no echo has come from %s", s)
	}
}
