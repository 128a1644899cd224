package exchange_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ewssim"
)

func restorer(t *testing.T, r *rig) endpoint.Restorer {
	t.Helper()
	back, ok := r.anna().(endpoint.Restorer)
	if !ok {
		t.Fatal("the endpoint takes nothing back")
	}
	return back
}

// rich is an entry with much that no Event holds, and with our mark.
func rich(t *testing.T, r *rig, key event.Key) (it event.Item, stamp event.Stamp) {
	t.Helper()
	id := r.put(t, ewssim.Item{
		Subject: "Board " + string(key), Start: at(10, 7), End: at(10, 8), Location: "Room 1", Categories: []string{"Red", "Board"},
		Body:        ewssim.Body{HTML: true, Text: "<html><body><b>bold</b> words</body></html>"},
		Attachments: []ewssim.Attachment{{Name: "plan.pdf", Type: "application/pdf", Content: "%PDF-1.7 plan"}},
		Required:    []ewssim.Attendee{{Person: ewssim.Person{Name: "Guest", Address: "guest@elsewhere.test"}}},
		Organizer:   ewssim.Person{Name: "Anna Berg", Address: anna}, MyResponse: "Organizer", State: 1,
	})
	it = get(t, r.anna(), id)
	stamp = event.Stamp{Office: "office", Partner: "b1", Key: key, Digest: "d1"}
	res := r.anna().Apply(t.Context(), []endpoint.Op{{Kind: endpoint.Mark, Target: it.Ref, Stamp: stamp}})
	if res[0].Err != nil {
		t.Fatal(res[0].Err)
	}
	return get(t, r.anna(), res[0].Item.ID), stamp
}

func remove(t *testing.T, r *rig, items ...event.Item) {
	t.Helper()
	for _, it := range items {
		if res := r.anna().Apply(t.Context(), []endpoint.Op{{Kind: endpoint.Delete, Target: it.Ref}}); res[0].Err != nil {
			t.Fatal(res[0].Err)
		}
	}
}

func inCalendar(t *testing.T, r *rig) []ewssim.Stored {
	t.Helper()
	all, err := r.Items(anna, "calendar")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRestore_BringsBackWhatNoEventHolds(t *testing.T) {
	for _, g := range []ewssim.Generation{ewssim.Exchange2007SP1, ewssim.Exchange2010SP2, ewssim.Exchange2016} {
		for _, access := range []ews.Access{ews.AccessPrimary, ews.AccessDelegate} {
			t.Run(g.String()+" "+access.String(), func(t *testing.T) {
				t.Parallel()
				r := newRig(t, rigOptions{sim: ewssim.Options{Version: g}, access: access})
				it, stamp := rich(t, r, "k1")
				was := r.stored(t, it.ID)
				remove(t, r, it)
				if n := len(inCalendar(t, r)); n != 0 {
					t.Fatalf("%d entries in the calendar after the deletion", n)
				}
				stamp.Digest = ""
				op := endpoint.Op{Kind: endpoint.Create, Target: it.Ref, Want: it.Event, Fields: event.AllFields, Stamp: stamp}
				out, err := restorer(t, r).Restored(t.Context(), op, at(1, 1))
				if err != nil || out.Kind != endpoint.NotApplied {
					t.Errorf("before: %v, %v, want not applied", out.Kind, err)
				}
				res := restorer(t, r).Restore(t.Context(), []endpoint.Op{op})[0]
				if res.Err != nil || !res.Exact {
					t.Fatalf("restore: %+v", res)
				}
				now := inCalendar(t, r)
				if len(now) != 1 || event.ID(now[0].ID) != res.Item.ID || event.Version(now[0].ChangeKey) != res.Item.Version {
					t.Fatalf("the calendar holds %d entries, want the one that was told of", len(now))
				}
				same := cmpopts.IgnoreFields(ewssim.Item{}, "Serial", "CN", "CreatedCN", "Modified", "ModifiedBy", "Ext", "FieldCN")
				if diff := cmp.Diff(was.Item, now[0].Item, same, cmpopts.IgnoreUnexported(ewssim.Item{})); diff != "" {
					t.Errorf("entry (-before the deletion +now):\n%s", diff)
				}
				if res.Item.Stamp != stamp || get(t, r.anna(), res.Item.ID).Stamp != stamp {
					t.Errorf("mark = %+v, want %+v", res.Item.Stamp, stamp)
				}
				if mail := r.Mail(); len(mail) > 0 {
					t.Errorf("%d people were mailed", len(mail))
				}
				out, err = restorer(t, r).Restored(t.Context(), op, at(1, 1))
				if err != nil || out.Kind != endpoint.Applied || out.Item.ID != res.Item.ID {
					t.Errorf("afterwards: %v, %v, want applied", out.Kind, err)
				}
				again := restorer(t, r).Restore(t.Context(), []endpoint.Op{op})[0]
				if again.Err == nil || again.Err.Kind != endpoint.Precondition || len(inCalendar(t, r)) != 1 {
					t.Errorf("a second time: %+v, %d entries", again.Err, len(inCalendar(t, r)))
				}
			})
		}
	}
}

func TestRestore_MakesAnewWhatWasPurged(t *testing.T) {
	r := newRig(t, rigOptions{})
	kept, k1 := rich(t, r, "k1")
	purged, k2 := rich(t, r, "k2")
	remove(t, r, kept, purged)
	trash, err := r.Items(anna, "deleteditems")
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range trash {
		if it.Subject == purged.Subject {
			if err := r.Drop(it.ID, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	res := restorer(t, r).Restore(t.Context(), []endpoint.Op{
		{Kind: endpoint.Create, Target: purged.Ref, Want: purged.Event, Fields: event.AllFields, Stamp: k2},
		{Kind: endpoint.Create, Target: kept.Ref, Want: kept.Event, Fields: event.AllFields, Stamp: k1},
	})
	for i, want := range []int{0, 1} {
		if res[i].Err != nil {
			t.Fatalf("entry %d: %v", i, res[i].Err)
		}
		if n := len(r.stored(t, res[i].Item.ID).Attachments); n != want {
			t.Errorf("entry %d has %d attachments, want %d", i, n, want)
		}
	}
	if got := get(t, r.anna(), res[0].Item.ID); got.Subject != purged.Subject || got.Stamp.Key != "k2" {
		t.Errorf("made anew: %q with key %q", got.Subject, got.Stamp.Key)
	}
}

// A copy of the entry that its owner had deleted lies in Deleted Items with
// the same mark; the one that comes back is the one that we removed.
func TestRestore_TakesTheEntryThatItWas(t *testing.T) {
	r := newRig(t, rigOptions{})
	it, stamp := rich(t, r, "k1")
	other := r.put(t, ewssim.Item{Subject: "Other", Start: at(12, 7), End: at(12, 8)})
	res := r.anna().Apply(t.Context(), []endpoint.Op{{Kind: endpoint.Mark, Target: get(t, r.anna(), other).Ref, Stamp: stamp}})
	if res[0].Err != nil {
		t.Fatal(res[0].Err)
	}
	remove(t, r, it)
	if err := r.Drop(string(res[0].Item.ID), false); err != nil {
		t.Fatal(err)
	}
	back := restorer(t, r).Restore(t.Context(), []endpoint.Op{{Kind: endpoint.Create, Target: it.Ref, Want: it.Event, Stamp: stamp}})[0]
	if back.Err != nil || back.Item.Subject != it.Subject {
		t.Errorf("came back: %+v", back)
	}
}
