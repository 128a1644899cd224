package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
)

// before is a link with a base that differs from everything seen since.
func before() (Link, [2]*event.Item) {
	b, x := entry("b1", "Seen B", 1), entry("x1", "Seen X", 1)
	b.Version, x.Version, x.UID = "b-seen", "x-seen", "uid-1"
	b.Location, x.Location = "B", "X"
	l := Link{ID: "l1", State: Held, Refs: [2]event.Ref{{ID: "b1", Version: "old"}, {ID: "x1", Version: "old"}}}
	l.Base[biz].Subject, l.Base[exch].Subject = "Base", "Base"
	return l, [2]*event.Item{&b, &x}
}

func same(e event.Event) event.Event { return e }

func TestAfter_UpdateMovesTheBaseInItsFieldsAlone(t *testing.T) {
	l, have := before()
	a := Action{Kind: Update, Side: exch, Link: "l1", Have: have, Fields: event.FieldSubject, Want: event.Event{Subject: "Written", Location: "W"}}
	norm := [2]func(event.Event) event.Event{same, func(e event.Event) event.Event { e.Subject += "!"; return e }}
	reread := event.Item{Ref: event.Ref{ID: "x1", Version: "new"}, Event: event.Event{Subject: "Reread", Location: "R"}}
	mark := event.Stamp{Office: "office-1", Partner: "b1"}
	for _, c := range []struct {
		name string
		done Done
		want string
	}{
		{"read back in its version", Done{Item: &reread, Exact: true, Stamp: mark}, "Reread"},
		{"read back in a later version", Done{Item: &reread, Stamp: mark}, "Written!"},
		{"not read back", Done{Stamp: mark}, "Written!"},
	} {
		out, keep := After(l, a, c.done, norm)
		if !keep || out.State != Live || out.Stamp != mark || out.UID != "uid-1" {
			t.Errorf("%s: After = %+v, %v", c.name, out, keep)
		}
		if got := out.Base[exch]; got.Subject != c.want || got.Location != "" {
			t.Errorf("%s: base of the written side = %+v, want subject %q and no location", c.name, got, c.want)
		}
		if got := out.Base[biz]; got.Subject != "Seen B" || got.Location != "" {
			t.Errorf("%s: base of the other side = %+v, want what was seen", c.name, got)
		}
	}
}

func TestAfter_CreateTakesEverything(t *testing.T) {
	_, have := before()
	a := Action{Kind: Create, Side: biz, Have: [2]*event.Item{nil, have[exch]}, Fields: sharedFields, Want: have[exch].Event}
	made := event.Item{Ref: event.Ref{ID: "b7", Version: "1"}, UID: "other"}
	out, keep := After(Link{}, a, Done{Item: &made}, [2]func(event.Event) event.Event{same, same})
	want := Link{
		Refs: [2]event.Ref{{ID: "b7", Version: "1"}, {ID: "x1", Version: "x-seen"}},
		Base: [2]event.Event{have[exch].Event, have[exch].Event},
		UID:  "uid-1", Origin: OriginExchange,
	}
	if diff := cmp.Diff(want, out); diff != "" || !keep {
		t.Errorf("After differs (-want +got), keep %v:\n%s", keep, diff)
	}
	copied := Action{Kind: Create, Side: exch, Have: [2]*event.Item{have[biz], nil}, Want: have[biz].Event}
	made = event.Item{Ref: event.Ref{ID: "x7"}, UID: "fresh"}
	if out, _ := After(Link{}, copied, Done{Item: &made}, [2]func(event.Event) event.Event{same, same}); out.UID != "fresh" {
		t.Errorf("UID of a copy we made = %q, want %q", out.UID, "fresh")
	}
}

func TestAfter_PairTakesEachSidesOwnContent(t *testing.T) {
	_, have := before()
	have[exch].Stamp = event.Stamp{Office: "office-1", Partner: "b1"}
	a := Action{Kind: Pair, Have: have}
	out, keep := After(Link{}, a, Done{}, [2]func(event.Event) event.Event{same, same})
	if !keep || out.Base[biz].Subject != "Seen B" || out.Base[exch].Subject != "Seen X" || out.Stamp != have[exch].Stamp {
		t.Errorf("After = %+v, %v", out, keep)
	}
	// Exchange is right about the subject: seen from there it has changed.
	a.Fields, a.Side = event.FieldSubject, biz
	out, _ = After(Link{}, a, Done{}, [2]func(event.Event) event.Event{same, cutSubject})
	if got := out.Base[exch]; got.Subject != "Seen B" || got.Location != "X" {
		t.Errorf("base of the side that is right = %+v, want the other's subject alone", got)
	}
	if got := out.Base[biz]; got.Subject != "Seen B" {
		t.Errorf("base of the side to rewrite = %+v, want its own", got)
	}
}

func TestAfter_EndsAndKeepsLinks(t *testing.T) {
	l, have := before()
	norm := [2]func(event.Event) event.Event{same, same}
	for kind, want := range map[ActionKind]bool{
		Delete: false, Leave: false, Unlink: false, Await: true, Ask: true, Skip: true, Stamp: true,
	} {
		out, keep := After(l, Action{Kind: kind, Side: exch, Have: have}, Done{}, norm)
		if keep != want {
			t.Errorf("After %s keeps the link = %v, want %v", kind, keep, want)
		}
		if (kind == Ask || kind == Skip || kind == Await) && cmp.Diff(l, out) != "" {
			t.Errorf("After %s changed the link", kind)
		}
	}
	marked := event.Stamp{Office: "office-1"}
	out, _ := After(l, Action{Kind: Stamp, Side: exch, Have: have}, Done{
		Item: &event.Item{Ref: event.Ref{ID: "x1", Version: "marked"}}, Stamp: marked,
	}, norm)
	if out.Stamp != marked || out.Refs[exch].Version != "marked" || out.State != Held || out.Base[exch].Subject != "Base" {
		t.Errorf("After a stamp = %+v, want the mark and its version alone", out)
	}
}

func TestRelink_FindsEntriesUnderNewIDs(t *testing.T) {
	l := Link{ID: "l1", Refs: [2]event.Ref{{ID: "b1"}, {ID: "x1"}}, UID: "uid-1"}
	stamped := with(entry("y1", "Staff", 1), mark("b1"))
	meeting := with(entry("y2", "Staff", 1), func(it *event.Item) { it.UID = "uid-1" })
	for _, c := range []struct {
		name   string
		link   Link
		mirror []Mirrored
		want   event.ID
	}{
		{"by mark", l, []Mirrored{{Item: stamped}}, "y1"},
		{"by UID", l, []Mirrored{{Item: meeting}}, "y2"},
		{"by mark before UID", l, []Mirrored{{Item: meeting}, {Item: stamped}}, "y1"},
		{"not while it is there", l, []Mirrored{{Item: stamped}, {Item: entry("x1", "Staff", 1)}}, ""},
		{"not while it cannot be read", l, []Mirrored{{Item: stamped}, {Item: entry("x1", "", 1), Presence: Unreadable}}, ""},
		{"when it was dragged elsewhere", l, []Mirrored{{Item: stamped}, {Item: entry("x1", "", 1), Presence: Unreadable, Problem: MovedElsewhere}}, "y1"},
		{"not one of two", l, []Mirrored{{Item: stamped}, {Item: with(stamped, func(it *event.Item) { it.ID = "y3" })}}, ""},
		{"not without an end", Link{ID: "l1", Refs: [2]event.Ref{{ID: "b1"}}}, []Mirrored{{Item: stamped}}, ""},
		{"not by another office's mark", Link{ID: "l1", Refs: l.Refs}, []Mirrored{{Item: with(stamped, func(it *event.Item) { it.Stamp.Office = "other" })}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Relink([]Link{c.link}, [2][]Mirrored{nil, c.mirror}, exch, "office-1")
			switch {
			case c.want == "" && len(got) != 0:
				t.Errorf("Relink = %v, want none", got)
			case c.want != "" && (len(got) != 1 || got[0].Refs[exch].ID != c.want || got[0].Refs[biz].ID != "b1"):
				t.Errorf("Relink = %v, want the link at %s", got, c.want)
			}
		})
	}
}
