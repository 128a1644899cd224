package exchange_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange"
	"lockstep/sync/exchange/ews"
	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/internal/faultscript"
)

// pulled is what a listing to its end has told.
type pulled struct {
	items map[event.ID]event.Item
	gone  []event.ID
	errs  map[event.ID]*endpoint.Error
	next  endpoint.Cursor
	pages int
}

func pull(t testing.TB, ep endpoint.Endpoint, since endpoint.Cursor) pulled {
	t.Helper()
	p := pulled{items: map[event.ID]event.Item{}, errs: map[event.ID]*endpoint.Error{}, next: since}
	for {
		d, err := ep.Changes(t.Context(), p.next, event.Window{})
		if err != nil {
			t.Fatal(err)
		}
		p.pages++
		for _, c := range d.Changes {
			switch {
			case c.Item != nil:
				p.items[c.ID] = *c.Item
			case c.Gone:
				p.gone = append(p.gone, c.ID)
			default:
				p.errs[c.ID] = c.Err
			}
		}
		if p.next = d.Next; !d.More {
			return p
		}
	}
}

func (r *rig) fill(t testing.TB, n int) []event.ID {
	t.Helper()
	ids := make([]event.ID, n)
	for i := range ids {
		ids[i] = r.put(t, ewssim.Item{Subject: fmt.Sprintf("n %d", i)})
	}
	return ids
}

// requests counts by operation.
func (r *rig) requests() map[string]int {
	out := map[string]int{}
	for k, n := range r.Requests() {
		out[k.Op] += n
	}
	return out
}

func TestChanges_CostsAPagePer512AndARequestPerBatch(t *testing.T) {
	const n, batch = 1100, 100
	r := newRig(t, rigOptions{ex: exchange.Options{Batch: batch}})
	ids := r.fill(t, n)
	ep := r.anna()
	r.ResetCounters()
	p := pull(t, ep, "")
	if len(p.items) != n {
		t.Fatalf("%d items, want %d", len(p.items), n)
	}
	// 512 + 512 + 76: the batches of each page are its own.
	want := map[string]int{"SyncFolderItems": 3, "GetItem": 6 + 6 + 1}
	if d := cmp.Diff(want, r.requests()); d != "" {
		t.Errorf("requests of a first pull (-want +got):\n%s", d)
	}
	r.ResetCounters()
	if again := pull(t, ep, p.next); len(again.items)+len(again.gone)+len(again.errs) != 0 {
		t.Errorf("an idle pull tells %d changes", len(again.items))
	}
	if d := cmp.Diff(map[string]int{"SyncFolderItems": 1}, r.requests()); d != "" {
		t.Errorf("requests of an idle pull (-want +got):\n%s", d)
	}
	if err := r.Edit(string(ids[7]), func(it *ewssim.Item) { it.Subject = "edited" }); err != nil {
		t.Fatal(err)
	}
	r.ResetCounters()
	if again := pull(t, ep, p.next); len(again.items) != 1 {
		t.Errorf("a pull of one change tells %d", len(again.items))
	}
	if d := cmp.Diff(map[string]int{"SyncFolderItems": 1, "GetItem": 1}, r.requests()); d != "" {
		t.Errorf("requests of one change (-want +got):\n%s", d)
	}
}

func TestApply_CostsARequestPerBatch(t *testing.T) {
	const n, batch = 25, 10
	r := newRig(t, rigOptions{ex: exchange.Options{Batch: batch}})
	ep := r.anna()
	ops := make([]endpoint.Op, n)
	for i := range ops {
		e := event.Event{Subject: fmt.Sprint(i), When: helsinki(t, "2026-03-11T09:00:00", "2026-03-11T10:00:00")}
		ops[i] = endpoint.Op{Kind: endpoint.Create, Want: e, Fields: event.FieldSubject, Stamp: event.Stamp{Office: "o", Key: event.Key(fmt.Sprint(i))}}
	}
	for _, c := range []struct {
		kind endpoint.OpKind
		want map[string]int
	}{
		{endpoint.Create, map[string]int{"CreateItem": 3}},
		{endpoint.Update, map[string]int{"GetItem": 3, "UpdateItem": 3}},
		{endpoint.Mark, map[string]int{"UpdateItem": 3}},
		{endpoint.Delete, map[string]int{"GetItem": 3, "DeleteItem": 3}},
	} {
		r.ResetCounters()
		for i := range ops {
			ops[i].Kind = c.kind
		}
		for i, res := range ep.Apply(t.Context(), ops) {
			if res.Err != nil {
				t.Fatalf("%v %d: %v", c.kind, i, res.Err)
			}
			if res.Item != nil {
				ops[i].Target = res.Item.Ref
			}
		}
		if d := cmp.Diff(c.want, r.requests()); d != "" {
			t.Errorf("requests of %d %vs (-want +got):\n%s", n, c.kind, d)
		}
	}
}

// A mailbox that moves to another server: every id is new, nothing is gone.
func TestChanges_OfAMailboxThatMovedTellsNoDeletion(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	who, err := ep.Identity(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stamp := event.Stamp{Office: "o", Partner: "p", Key: "k"}
	made := apply(t, ep, endpoint.Op{
		Kind: endpoint.Create, Stamp: stamp, Want: event.Event{Subject: "x", When: helsinki(t, "2026-03-11T09:00:00", "2026-03-11T10:00:00")},
	})
	r.fill(t, 3)
	before := pull(t, ep, "")
	if err := r.MoveMailbox(anna); err != nil {
		t.Fatal(err)
	}
	_, err = ep.Changes(t.Context(), before.next, event.Window{})
	wants(t, endpoint.As(err), endpoint.CursorExpired, endpoint.ScopeCalendar, "")
	after := pull(t, ep, "")
	if len(after.items) != 4 || len(after.gone) != 0 {
		t.Errorf("%d items and %d gone, want 4 and 0", len(after.items), len(after.gone))
	}
	stamped := 0
	for id, it := range after.items {
		if _, same := before.items[id]; same {
			t.Error("an id survived the move")
		}
		if it.Stamp == stamp && it.UID == before.items[made.Item.ID].UID {
			stamped++
		}
	}
	if stamped != 1 {
		t.Errorf("%d entries bear the mark and UID, want 1", stamped)
	}
	if now, err := ep.Identity(t.Context()); err != nil || now != who {
		t.Errorf("identity = %q, %v, want %q", now, err, who)
	}
}

func TestChanges_ALostRightIsNoDeletion(t *testing.T) {
	for _, asMissing := range []bool{false, true} {
		r := newRig(t, rigOptions{access: ews.AccessDelegate, sim: ewssim.Options{Switches: ewssim.Switches{DeniedAsNotFound: asMissing}}})
		ep := r.anna()
		r.fill(t, 3)
		p := pull(t, ep, "")
		if err := r.Share(anna, "", account, ewssim.RightNone); err != nil {
			t.Fatal(err)
		}
		_, err := ep.Changes(t.Context(), p.next, event.Window{})
		if e := endpoint.As(err); e == nil || e.Scope != endpoint.ScopeCalendar || e.Kind != endpoint.Forbidden && e.Kind != endpoint.NotFound && e.Kind != endpoint.CursorExpired {
			t.Errorf("denied as not found %v: %v", asMissing, err)
		}
		_, err = ep.Changes(t.Context(), "", event.Window{})
		if e := endpoint.As(err); e == nil || e.Scope != endpoint.ScopeCalendar || e.Kind != endpoint.Forbidden && e.Kind != endpoint.NotFound {
			t.Errorf("denied as not found %v, from the beginning: %v", asMissing, err)
		}
	}
}

// What a listing says is not there counts only from a folder that may be read.
func TestChanges_AbsenceIsTakenOnlyFromAFolderThatMayBeRead(t *testing.T) {
	for _, c := range []struct {
		name  string
		begin bool // the calendar is listed for the first time, and empty
	}{{"a deletion", false}, {"an empty calendar", true}} {
		t.Run(c.name, func(t *testing.T) {
			var r *rig
			armed := false
			r = newRig(t, rigOptions{access: ews.AccessDelegate, sim: ewssim.Options{Record: func(x ewssim.Exchange) {
				if !armed || x.Op != "SyncFolderItems" {
					return
				}
				if err := r.Share(anna, "", account, ewssim.RightNone); err != nil {
					t.Error(err)
				}
			}}})
			ep := r.anna()
			var since endpoint.Cursor
			if !c.begin {
				ids := r.fill(t, 2)
				since = pull(t, ep, "").next
				for _, id := range ids {
					if err := r.Drop(string(id), false); err != nil {
						t.Fatal(err)
					}
				}
			}
			r.ResetCounters()
			if d, err := ep.Changes(t.Context(), since, event.Window{}); err != nil || len(d.Changes) != map[bool]int{false: 2}[c.begin] {
				t.Errorf("%d changes, %v", len(d.Changes), err)
			}
			if d := cmp.Diff(map[string]int{"SyncFolderItems": 1, "GetFolder": 1}, r.requests()); d != "" {
				t.Errorf("requests (-want +got):\n%s", d)
			}
			armed = true
			d, err := ep.Changes(t.Context(), since, event.Window{})
			wants(t, endpoint.As(err), endpoint.Forbidden, endpoint.ScopeCalendar, "ErrorAccessDenied")
			if len(d.Changes) > 0 || d.Next != "" {
				t.Errorf("%d changes and cursor %q come with the error", len(d.Changes), d.Next)
			}
		})
	}
}

func TestChanges_BrokenAnswersMoveNothing(t *testing.T) {
	for _, kind := range []faultscript.Kind{faultscript.Truncated, faultscript.Malformed, faultscript.DropBefore, faultscript.DropAfter, faultscript.Throttle} {
		for _, op := range []string{"SyncFolderItems", "GetItem"} {
			t.Run(kind.String()+" "+op, func(t *testing.T) {
				r := newRig(t, rigOptions{})
				ep := r.anna()
				r.fill(t, 3)
				r.script.Add(faultscript.Rule{Op: op, Times: 1, Kind: kind, RetryAfter: 10 * time.Millisecond})
				d, err := ep.Changes(t.Context(), "", event.Window{})
				if err == nil {
					// A read on a connection that had died is asked again.
					if again := kind == faultscript.DropBefore || kind == faultscript.DropAfter; !again || len(d.Changes) != 3 {
						t.Fatalf("%d changes without an error", len(d.Changes))
					}
					return
				}
				if len(d.Changes) > 0 || d.Next != "" {
					t.Fatalf("%d changes, cursor %q, %v; want an error alone", len(d.Changes), d.Next, err)
				}
				if e := endpoint.As(err); e.Scope == endpoint.ScopeItem || e.Kind == endpoint.OutcomeUnknown || e.Kind == endpoint.NotFound {
					t.Errorf("error = %v", e)
				}
				if p := pull(t, ep, ""); len(p.items) != 3 {
					t.Errorf("%d items afterwards, want 3", len(p.items))
				}
			})
		}
	}
}

func TestChanges_ASignInThatIsAskedForAgainGoesUnnoticed(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	r.fill(t, 3)
	r.script.Add(faultscript.Rule{Op: "GetItem", Times: 1, Kind: faultscript.Unauthorized})
	if p := pull(t, ep, ""); len(p.items) != 3 {
		t.Errorf("%d items, want 3", len(p.items))
	}
}

func TestChanges_WhatCannotBeReadIsATroubleOfItsOwn(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	good := r.fill(t, 2)
	if err := r.DefineZone("Customized Time Zone", "Antarctica/Troll"); err != nil {
		t.Fatal(err)
	}
	series := r.put(t, ewssim.Item{
		Subject: "weekly", StartZone: "Customized Time Zone", Rule: &ewssim.Rule{Pattern: ewssim.Weekly, Interval: 1, Days: 1 << time.Tuesday, Start: ewssim.DayOf(at(10, 7)), Count: 5},
	})
	mail, err := r.Put(anna, "", ewssim.Item{Elem: "Message", Subject: "dragged mail"})
	if err != nil {
		t.Fatal(err)
	}
	odd := r.put(t, ewssim.Item{Subject: "odd days", AllDay: true, Start: at(10, 7), End: at(11, 7)})
	corrupt := r.put(t, ewssim.Item{Subject: "corrupt", Corrupt: true})
	p := pull(t, ep, "")
	if len(p.items) != len(good) {
		t.Errorf("%d items, want %d", len(p.items), len(good))
	}
	for id, c := range map[event.ID]struct {
		kind endpoint.Kind
		code string
	}{
		series: {endpoint.Invalid, "unknown_zone"}, odd: {endpoint.Internal, "all_day_not_midnight"}, corrupt: {endpoint.Invalid, "ErrorItemCorrupt"},
	} {
		wants(t, p.errs[id], c.kind, endpoint.ScopeItem, c.code)
	}
	if len(p.errs) != 3 || len(p.gone) != 0 {
		t.Errorf("%d troubles and %d gone, want 3 and 0", len(p.errs), len(p.gone))
	}
	got, err := ep.Get(t.Context(), []event.ID{event.ID(mail.ID), "", good[0]})
	if err != nil || got[2].Item == nil {
		t.Fatalf("get of a mail, nothing and an entry: %+v, %v", got, err)
	}
	wants(t, got[0].Err, endpoint.NotFound, endpoint.ScopeItem, "ErrorItemNotFound")
	wants(t, got[1].Err, endpoint.NotFound, endpoint.ScopeItem, "no_id")
}

func TestFindUID_FindsWhatOtherProgramsNamed(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	for _, uid := range []string{"meeting-7@calendar.test", "ÄÖ ü"} {
		id := r.put(t, ewssim.Item{Subject: "x", UID: uid})
		if it := get(t, ep, id); it.UID != uid {
			t.Errorf("UID = %q, want %q", it.UID, uid)
		}
		hits, err := ep.FindUID(t.Context(), uid)
		if err != nil || len(hits) != 1 || hits[0].ID != id {
			t.Errorf("found %d by UID %q, %v", len(hits), uid, err)
		}
	}
}

func TestSkew_IsTakenFromTimes(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	r.script.Add(faultscript.Rule{Kind: faultscript.Skew, Skew: 90 * time.Second})
	id := r.put(t, ewssim.Item{Subject: "x"})
	get(t, ep, id)
	it := get(t, ep, id)
	// The server's clock stands still while ours goes on: a loaded machine makes the two drift apart.
	const drift = 45 * time.Second
	if skew := ep.Skew(); skew < 90*time.Second-drift || skew > 95*time.Second {
		t.Errorf("skew = %v, want 90 s", skew)
	}
	for name, got := range map[string]time.Time{"created": it.Created, "modified": it.Modified} {
		if d := got.Sub(startOfTests()); d < -drift || d > drift {
			t.Errorf("%s = %v, want %v", name, got, startOfTests())
		}
	}
}

// A right that is taken away between the two calls of a pull, by a server that
// says "not found" for "not allowed".
func TestChanges_ARightLostInMidPullIsNoDeletion(t *testing.T) {
	var r *rig
	revoke := false
	r = newRig(t, rigOptions{access: ews.AccessDelegate, sim: ewssim.Options{
		Switches: ewssim.Switches{DeniedAsNotFound: true},
		Record: func(x ewssim.Exchange) {
			if x.Op == "SyncFolderItems" && revoke {
				_ = r.Share(anna, "", account, ewssim.RightNone)
			}
		},
	}})
	r.fill(t, 3)
	revoke = true
	d, err := r.anna().Changes(t.Context(), "", event.Window{})
	if err == nil || len(d.Changes) > 0 || d.Next != "" {
		t.Fatalf("%d changes and %v, want an error", len(d.Changes), err)
	}
	if e := endpoint.As(err); e.Scope != endpoint.ScopeCalendar {
		t.Errorf("error = %v", e)
	}
}
