package exchange_test

import (
	"fmt"
	"hash/fnv"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/internal/faultscript"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

const calendarClass = "IPF.Appointment"

// folders makes folders of Anna's own, each given as name and parent.
func (r *rig) folders(t testing.TB, list ...[2]string) {
	t.Helper()
	for _, f := range list {
		if err := r.MakeFolderIn(anna, f[1], f[0], calendarClass); err != nil {
			t.Fatal(err)
		}
	}
}

// marked creates an entry with a key.
func marked(t testing.TB, ep endpoint.Endpoint, key event.Key) event.Item {
	t.Helper()
	res := apply(t, ep, endpoint.Op{
		Kind: endpoint.Create, Stamp: event.Stamp{Office: "o", Key: key},
		Want: event.Event{Subject: string(key), When: helsinki(t, "2026-03-11T09:00:00", "2026-03-11T10:00:00")},
	})
	if res.Err != nil || res.Item == nil {
		t.Fatalf("create: %+v", res)
	}
	return get(t, ep, res.Item.ID)
}

func (r *rig) drag(t testing.TB, id event.ID, folder string) event.ID {
	t.Helper()
	moved, err := r.Drag(string(id), folder)
	if err != nil {
		t.Fatal(err)
	}
	return event.ID(moved.ID)
}

func TestFind_LooksIntoEveryFolderButDeletedItems(t *testing.T) {
	for _, g := range []ewssim.Generation{ewssim.Exchange2007SP1, ewssim.Exchange2010SP2, ewssim.Exchange2013SP1, ewssim.Exchange2016} {
		for _, access := range []ews.Access{ews.AccessPrimary, ews.AccessDelegate} {
			t.Run(g.String()+" "+access.String(), func(t *testing.T) {
				t.Parallel()
				r := newRig(t, rigOptions{access: access, sim: ewssim.Options{Version: g}})
				ep := r.anna()
				r.folders(t, [2]string{"Second", "msgfolderroot"}, [2]string{"Below", "calendar"}, [2]string{"Deep", "Second"}, [2]string{"Trashed", "deleteditems"}, [2]string{"Deeper", "Trashed"})
				for folder, lost := range map[string]bool{
					"calendar": false, "Second": false, "Below": false, "Deep": false, "inbox": false, "msgfolderroot": false,
					"deleteditems": true, "Trashed": true, "Deeper": true,
				} {
					it := marked(t, ep, event.Key("key-"+folder))
					moved := r.drag(t, it.ID, folder)
					for name, find := range map[string]func() ([]event.Item, error){
						"key": func() ([]event.Item, error) { return ep.FindStamped(t.Context(), it.Stamp.Key) },
						"UID": func() ([]event.Item, error) { return ep.FindUID(t.Context(), it.UID) },
					} {
						hits, err := find()
						if err != nil || (len(hits) == 0) != lost || !lost && (len(hits) != 1 || hits[0].ID != moved) {
							t.Errorf("%s: found %d by %s, %v", folder, len(hits), name, err)
						}
					}
				}
			})
		}
	}
}

// Nothing about folders is remembered from one look-up to the next.
func TestFind_SeesWhatBecameOfFolders(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	a, b := marked(t, ep, "a"), marked(t, ep, "b")
	if hits, err := ep.FindStamped(t.Context(), "none"); err != nil || len(hits) != 0 {
		t.Fatalf("found %d by an unknown key, %v", len(hits), err)
	}
	r.folders(t, [2]string{"Late", "msgfolderroot"})
	moved := r.drag(t, a.ID, "Late")
	hits, err := ep.FindStamped(t.Context(), "a")
	if err != nil || len(hits) != 1 || hits[0].ID != moved {
		t.Errorf("found %d in a folder made after a look-up, %v", len(hits), err)
	}
	r.drag(t, b.ID, "deleteditems")
	if hits, err := ep.FindStamped(t.Context(), "b"); err != nil || len(hits) != 0 {
		t.Errorf("found %d of a deleted entry, %v", len(hits), err)
	}
}

// A folder that was deleted lies below Deleted Items, with all that is in it.
func TestSettle_ACreatedEntryInADeletedFolderIsGone(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	r.folders(t, [2]string{"Trashed", "deleteditems"})
	it := marked(t, ep, "k")
	moved := r.drag(t, it.ID, "Trashed")
	out, err := ep.Settle(t.Context(), endpoint.Op{Kind: endpoint.Create, Stamp: it.Stamp}, startOfTests())
	if err != nil || out.Kind != endpoint.Applied || !out.Gone || out.Item == nil || out.Item.ID != moved {
		t.Errorf("outcome = %+v, %v, want applied and gone", out, err)
	}
}

func TestFindEach_AnswersEachQuestion(t *testing.T) {
	r := newRig(t, rigOptions{sim: ewssim.Options{Switches: ewssim.Switches{PageCap: 1}}})
	ep := r.anna()
	r.folders(t, [2]string{"Second", "msgfolderroot"})
	here, there, gone, twice := marked(t, ep, "here"), marked(t, ep, "there"), marked(t, ep, "gone"), marked(t, ep, "twice")
	byUID := get(t, ep, r.meeting(t, true))
	copied, err := r.Copy(string(twice.ID))
	if err != nil {
		t.Fatal(err)
	}
	want := make([][]event.ID, 6)
	want[0] = []event.ID{here.ID}
	want[1] = []event.ID{r.drag(t, there.ID, "Second")}
	want[3] = []event.ID{r.drag(t, twice.ID, "Second"), r.drag(t, event.ID(copied.ID), "Second")}
	want[5] = []event.ID{r.drag(t, byUID.ID, "Second")}
	r.drag(t, gone.ID, "deleteditems")
	found, err := ep.FindEach(t.Context(), []endpoint.Wanted{{Key: "here"}, {Key: "there", UID: "ignored"}, {Key: "gone"}, {Key: "twice"}, {}, {UID: byUID.UID}})
	if err != nil {
		t.Fatal(err)
	}
	got := make([][]event.ID, len(found))
	for i := range found {
		for _, it := range found[i] {
			got[i] = append(got[i], it.ID)
		}
	}
	sorted := cmp.Transformer("sorted", func(ids []event.ID) map[event.ID]bool {
		out := map[event.ID]bool{}
		for _, id := range ids {
			out[id] = true
		}
		return out
	})
	if d := cmp.Diff(want, got, sorted); d != "" {
		t.Errorf("found (-want +got):\n%s", d)
	}
}

func TestFindEach_CostsTheSameForManyEntries(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	var wanted []endpoint.Wanted
	for i := range 50 {
		wanted = append(wanted, endpoint.Wanted{Key: event.Key(fmt.Sprint("gone-", i))})
	}
	r.ResetCounters()
	if _, err := ep.FindEach(t.Context(), wanted); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]int{"FindItem": 2, "FindFolder": 1}, r.requests()); d != "" {
		t.Errorf("requests of 50 look-ups (-want +got):\n%s", d)
	}
	marked(t, ep, "here")
	r.ResetCounters()
	if hits, err := ep.FindStamped(t.Context(), "here"); err != nil || len(hits) != 1 {
		t.Fatal(hits, err)
	}
	if d := cmp.Diff(map[string]int{"FindItem": 1, "GetItem": 1}, r.requests()); d != "" {
		t.Errorf("requests for an entry that has not left (-want +got):\n%s", d)
	}
	for i := range 150 {
		r.folders(t, [2]string{fmt.Sprint("Folder ", i), "msgfolderroot"})
	}
	it := marked(t, ep, "far")
	r.drag(t, it.ID, "Folder 149")
	r.ResetCounters()
	if hits, err := ep.FindStamped(t.Context(), "far"); err != nil || len(hits) != 1 {
		t.Fatal(hits, err)
	}
	if d := cmp.Diff(map[string]int{"FindItem": 3, "FindFolder": 1, "GetItem": 1}, r.requests()); d != "" {
		t.Errorf("requests in a mailbox of many folders (-want +got):\n%s", d)
	}
}

// A delegate with a right on the calendar alone may not list the mailbox.
func TestFind_ADelegateOfTheCalendarAlone(t *testing.T) {
	for _, asMissing := range []bool{false, true} {
		r := newRig(t, rigOptions{access: ews.AccessDelegate, sim: ewssim.Options{Switches: ewssim.Switches{DeniedAsNotFound: asMissing}}})
		ep := r.anna()
		r.folders(t, [2]string{"Below", "calendar"})
		for folder, right := range map[string]ewssim.Right{"": ewssim.RightNone, "calendar": ewssim.RightEdit, "Below": ewssim.RightEdit, "tasks": ewssim.RightEdit} {
			if err := r.Share(anna, folder, account, right); err != nil {
				t.Fatal(err)
			}
		}
		for _, folder := range []string{"Below", "tasks"} {
			it := marked(t, ep, event.Key(folder))
			moved := r.drag(t, it.ID, folder)
			if hits, err := ep.FindStamped(t.Context(), it.Stamp.Key); err != nil || len(hits) != 1 || hits[0].ID != moved {
				t.Errorf("denied as not found %v: found %d in %s, %v", asMissing, len(hits), folder, err)
			}
		}
		if hits, err := ep.FindStamped(t.Context(), "none"); err != nil || len(hits) != 0 {
			t.Errorf("denied as not found %v: found %d by an unknown key, %v", asMissing, len(hits), err)
		}
	}
}

// From a look-up that goes wrong nobody may conclude that an entry is gone.
func TestFind_ABrokenLookUpIsAnError(t *testing.T) {
	for _, c := range []struct {
		op    string
		after int
		kind  faultscript.Kind
	}{
		{"FindFolder", 0, faultscript.Truncated},
		{"FindFolder", 0, faultscript.Malformed},
		{"FindFolder", 0, faultscript.Throttle},
		{"FindFolder", 0, faultscript.Unavailable},
		{"FindItem", 0, faultscript.Throttle},
		{"FindItem", 1, faultscript.Truncated},
		{"FindItem", 1, faultscript.Unavailable},
	} {
		t.Run(fmt.Sprint(c.kind, " ", c.op, " ", c.after), func(t *testing.T) {
			r := newRig(t, rigOptions{})
			ep := r.anna()
			it := marked(t, ep, "k")
			r.drag(t, it.ID, "inbox")
			r.script.Add(faultscript.Rule{Op: c.op, After: c.after, Kind: c.kind, RetryAfter: 10 * time.Millisecond})
			hits, err := ep.FindStamped(t.Context(), "k")
			if err == nil {
				t.Fatalf("found %d without an error", len(hits))
			}
			if e := endpoint.As(err); e.Kind == endpoint.NotFound || e.Scope == endpoint.ScopeItem {
				t.Errorf("error = %v", e)
			}
		})
	}
}

// wholeEngine keeps Anna's calendar and a business system in step.
func (r *rig) wholeEngine(t testing.TB) (*engine.Engine, *memory.Calendar) {
	t.Helper()
	clock, keys := startOfTests(), 0
	now := func() time.Time { clock = clock.Add(time.Second); return clock }
	business, office := memory.NewCalendar(memory.LikeBusiness(now)), memory.NewOffice()
	cfg := engine.Config{
		Person: anna, Address: anna, Office: "office-1", Store: office.Person(anna), Index: office.Index(),
		Rules: func() engine.Rules {
			return engine.Rules{
				SweepEvery: time.Nanosecond, Colleagues: map[string]bool{anna: true},
				Window: event.Window{From: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)},
			}
		},
		Digest: func(e event.Event) string {
			h := fnv.New64a()
			_, _ = h.Write(plan.Canonical(e, event.AllFields))
			return fmt.Sprintf("%x", h.Sum64())
		},
		NewKey: func() event.Key { keys++; return event.Key(fmt.Sprint("key-", keys)) },
		Now:    now, Log: slog.New(slog.DiscardHandler),
	}
	cfg.Endpoints[event.Exchange], cfg.Endpoints[event.Business] = r.anna(), business.Endpoint(anna)
	return engine.New(cfg), business
}

func TestEngine_AnEntryDraggedAwayIsNoDeletionAndADeletedOneIs(t *testing.T) {
	for _, access := range []ews.Access{ews.AccessPrimary, ews.AccessDelegate} {
		t.Run(access.String(), func(t *testing.T) {
			r := newRig(t, rigOptions{access: access})
			eng, business := r.wholeEngine(t)
			run := func() {
				t.Helper()
				if _, err := eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}}); err != nil {
					t.Fatal(err)
				}
			}
			left := func() map[string]bool {
				out := map[string]bool{}
				for _, it := range business.List(anna) {
					out[it.Subject] = true
				}
				return out
			}
			r.folders(t, [2]string{"Second", "msgfolderroot"}, [2]string{"Below", "calendar"})
			ids, want := map[string]event.ID{}, map[string]bool{}
			for i, name := range []string{"stays", "to Second", "to Below", "to Late", "deleted", "for good", "x1", "x2", "x3", "x4"} {
				ids[name] = r.put(t, ewssim.Item{Subject: name, Start: at(10+i, 8), End: at(10+i, 9)})
				want[name] = true
			}
			run()
			if d := cmp.Diff(want, left()); d != "" {
				t.Fatalf("after the first sync (-want +got):\n%s", d)
			}
			r.folders(t, [2]string{"Late", "msgfolderroot"})
			for _, folder := range []string{"Second", "Below", "Late"} {
				r.drag(t, ids["to "+folder], folder)
			}
			for name, forever := range map[string]bool{"deleted": false, "for good": true} {
				if err := r.Drop(string(ids[name]), forever); err != nil {
					t.Fatal(err)
				}
				delete(want, name)
			}
			r.ResetCounters()
			run()
			if d := cmp.Diff(want, left()); d != "" {
				t.Errorf("business entries after drags and deletions (-want +got):\n%s", d)
			}
			if n := r.requests(); n["FindItem"] != 2 || n["FindFolder"] != 1 {
				t.Errorf("requests = %v, want 2 FindItem and 1 FindFolder for all that vanished", n)
			}
			run()
			if d := cmp.Diff(want, left()); d != "" {
				t.Errorf("business entries one run later (-want +got):\n%s", d)
			}
			if n := r.WriteTotal(); n != 0 {
				t.Errorf("%d writes to Exchange for drags and deletions by its owner", n)
			}
		})
	}
}
