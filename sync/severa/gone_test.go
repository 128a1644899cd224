package severa_test

import (
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/internal/faultscript"
	"lockstep/sync/severa/severasim"
)

// An entry that was changed a moment ago is told again by the next fetches of
// the feed. Once it is deleted it must not be: it would come back to life.
func TestChanges_NeverTellOfAnEntryAfterItsDeletion(t *testing.T) {
	for _, c := range []struct {
		name   string
		delete func(o *office, ep endpoint.Endpoint, it event.Item)
	}{
		{"by us", func(o *office, ep endpoint.Endpoint, it event.Item) {
			if res := ep.Apply(o.Context(), []endpoint.Op{{Kind: endpoint.Delete, Target: it.Ref}}); res[0].Err != nil {
				o.Fatal(res[0].Err)
			}
		}},
		{"by us, and the answer was lost", func(o *office, ep endpoint.Endpoint, it event.Item) {
			o.sim.SetFaults(faultscript.New(faultscript.Rule{Op: "DELETE*", Kind: faultscript.DropAfter, Times: 1}))
			op := endpoint.Op{Kind: endpoint.Delete, Target: it.Ref}
			if res := ep.Apply(o.Context(), []endpoint.Op{op}); res[0].Err == nil {
				o.Fatal("the answer was not lost")
			}
			if out, err := ep.Settle(o.Context(), op, o.clock.now()); err != nil || out.Kind != endpoint.Applied {
				o.Fatalf("settle: %v, %v", out.Kind, err)
			}
		}},
		{"by a person in Severa", func(o *office, _ endpoint.Endpoint, it event.Item) {
			if err := o.sim.RemoveActivity(string(it.ID)); err != nil {
				o.Fatal(err)
			}
			o.clock.advance(25 * time.Second) // the feed is asked again
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t, setup{})
			anna, boss := o.endpoint(o.anna), o.endpoint(o.boss)
			id := o.put(o.anna, "Meeting", 1, o.boss)
			next := o.changes(anna, "").Next
			theirs := o.changes(boss, "").Next
			o.clock.advance(25 * time.Second)
			if err := o.sim.EditActivity(id, func(a *severasim.Activity) { a.Location = "room 1" }); err != nil {
				t.Fatal(err)
			}
			told := o.changes(anna, next)
			if ch, ok := find(told, id); !ok || ch.Item == nil {
				t.Fatal("the feed does not tell of a change")
			}
			c.delete(o, anna, o.itemOf(told, id))
			if ch, ok := find(o.changes(anna, told.Next), id); ok && ch.Item != nil {
				t.Errorf("the feed brings it back")
			}
			if ch, ok := find(o.changes(boss, theirs), id); ok && ch.Item != nil {
				t.Errorf("the feed brings it back for a colleague")
			}
			if ch, ok := find(o.changes(boss, ""), id); ok && ch.Item != nil {
				t.Errorf("a listing brings it back for a colleague")
			}
		})
	}
}

// itemOf is an entry as a delta told of it.
func (o *office) itemOf(d endpoint.Delta, id string) event.Item {
	o.Helper()
	ch, ok := find(d, id)
	if !ok || ch.Item == nil {
		o.Fatalf("%s is not told of", id)
	}
	return *ch.Item
}
