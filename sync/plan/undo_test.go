package plan

import (
	"slices"
	"testing"

	"lockstep/sync/event"
)

// undoCase is one change of a run and what has become of its entry since.
type undoCase struct {
	name string
	past []Past
	// now alters the world, which is as the run left it.
	now  func(in *UndoInput)
	want []string // kind, reason, and the fields of an update
}

func undoCases() []undoCase {
	old := event.Item{Ref: event.Ref{ID: "x1", Version: "v1"}, Event: event.Event{Subject: "Old", Location: "here"}}
	new := event.Item{Ref: event.Ref{ID: "x1", Version: "v2"}, Event: event.Event{Subject: "New", Location: "there"}}
	guest := new
	guest.Standing = event.StandingParticipant
	both := event.FieldSubject | event.FieldLocation
	was := Link{ID: "l1", Refs: [2]event.Ref{{ID: "b1"}, {ID: "x1"}}, Stamp: event.Stamp{Office: "office", Key: "k1"}}
	made := Past{Kind: Create, Side: exch, After: &new, Link: "l1"}
	changed := Past{Kind: Update, Side: exch, Fields: both, Before: &old, After: &new, Link: "l1", Was: &was}
	removed := Past{Kind: Delete, Side: exch, Before: &old, Was: &was}
	there := func(it event.Item) func(*UndoInput) {
		return func(in *UndoInput) { in.Mirror[exch] = []Mirrored{{Item: it}} }
	}
	with := func(f, g func(*UndoInput)) func(*UndoInput) { return func(in *UndoInput) { f(in); g(in) } }
	gone := func(in *UndoInput) { in.Mirror[exch], in.Links = nil, nil }
	business := func(in *UndoInput) {
		in.Mirror[biz] = []Mirrored{{Item: event.Item{Ref: event.Ref{ID: "b1", Version: "v2"}, Event: new.Event}}}
	}
	inBusiness := Past{Kind: Create, Side: biz, After: &event.Item{Ref: event.Ref{ID: "b1"}, Event: new.Event}, Link: "l1"}
	edited := new
	edited.Notes = "by hand"
	half := new
	half.Subject = "By hand"
	again := old
	again.ID, again.Subject = "x2", "Renamed"
	again.Stamp = event.Stamp{Office: "office", Key: "k1"}
	twin := old
	twin.ID = "x3"
	mailed := changed
	mailed.Notified = 3
	return []undoCase{
		{"made", []Past{made}, there(new), []string{"delete undone_made"}},
		{"made, only seen again since", []Past{made}, there(event.Item{Ref: event.Ref{ID: "x1", Version: "v9"}, Event: new.Event}), []string{"delete undone_made"}},
		{"made, as a guest", []Past{made}, there(guest), []string{"leave undone_made"}},
		{"made, edited since", []Past{made}, there(edited), []string{"skip undo_changed"}},
		{"made, deleted since", []Past{made}, gone, nil},
		{"made and changed in one run", []Past{made, changed}, there(new), []string{"delete undone_made"}},
		{"made and removed in one run", []Past{made, removed}, gone, nil},
		{"made, its link ended since", []Past{made}, with(there(new), func(in *UndoInput) { in.Links = nil }), []string{"skip undo_changed"}},
		{"made, under an open entry", []Past{made}, with(there(new), func(in *UndoInput) { in.Busy[exch] = map[event.ID]bool{"x1": true} }), []string{"skip undo_changed"}},
		{"made, not listed any more", []Past{made}, func(in *UndoInput) { in.Mirror[exch] = []Mirrored{{Item: new, Presence: Missing}} }, []string{"skip undo_changed"}},
		{"made, moved to another id", []Past{made}, func(in *UndoInput) {
			moved := new
			moved.ID, in.Links[0].Refs[exch] = "x9", event.Ref{ID: "x9"}
			there(moved)(in)
		}, []string{"delete undone_made"}},
		{"made for colleagues as well", []Past{inBusiness}, with(business, func(in *UndoInput) { in.Shared = map[event.ID]bool{"b1": true} }), []string{"skip undo_shared"}},
		{"made, and hours booked on it since", []Past{inBusiness}, with(business, func(in *UndoInput) { in.Mirror[biz][0].Item.Tied = true }), []string{"skip undo_tied"}},
		{"made where nothing may be deleted", []Past{made}, with(there(new), func(in *UndoInput) { in.Caps[exch].NoDelete = true }), []string{"skip side_read_only"}},
		{"changed", []Past{changed}, there(new), []string{"update undone_change subject,location"}},
		{"a participant's copy that followed", []Past{changed}, func(in *UndoInput) {
			it := new
			participant(&it)
			there(it)(in)
		}, []string{"update undone_follow subject,location"}},
		{"changed, and people mailed", []Past{mailed}, there(new), []string{"update undone_change subject,location 3"}},
		{"changed, one field edited since", []Past{changed}, there(half), []string{"update undone_change location", "skip undo_changed subject"}},
		{"changed, another field edited since", []Past{changed}, there(edited), []string{"update undone_change subject,location"}},
		{"changed, put back since", []Past{changed}, there(old), nil},
		{"changed, deleted since", []Past{changed}, gone, []string{"skip undo_gone"}},
		{"changed where nothing may be written", []Past{changed}, with(there(new), func(in *UndoInput) { in.Caps[exch].ReadOnly = true }), []string{"skip side_read_only"}},
		{"changed, long ago", []Past{{Kind: Update, Side: exch, Fields: both, Pruned: true}}, there(new), []string{"skip undo_pruned"}},
		{"removed", []Past{removed}, gone, []string{"create undone_made_anew"}},
		{"removed, and can be taken back", []Past{removed}, with(gone, func(in *UndoInput) { in.TakesBack[exch] = true }), []string{"create undone_removed"}},
		{"removed, back under another id", []Past{removed}, with(gone, there(again)), []string{"skip undo_there"}},
		{"removed, one like it is there", []Past{removed}, with(gone, there(twin)), []string{"skip undo_there"}},
		{"removed, long ago", []Past{{Kind: Delete, Side: exch, Pruned: true}}, gone, []string{"skip undo_pruned"}},
		{"removed where nothing may be written", []Past{removed}, with(gone, func(in *UndoInput) { in.Caps[exch].ReadOnly = true }), []string{"skip side_read_only"}},
		{"paired", []Past{{Kind: Pair, Link: "l1"}}, with(there(new), business), []string{"pair undone_pair"}},
		{"paired, ended since", []Past{{Kind: Pair, Link: "l1"}}, gone, nil},
		{"paired and changed", []Past{{Kind: Pair, Link: "l1"}, changed}, with(there(new), business), []string{"update undone_change subject,location"}},
		{"marked", []Past{{Kind: Stamp, Side: exch, Before: &old, After: &old, Link: "l1"}}, there(new), nil},
		{"unlinked", []Past{{Kind: Unlink, Side: biz, Was: &was}}, gone, nil},
	}
}

func (c undoCase) input() UndoInput {
	in := UndoInput{
		Past: c.past, Office: "office",
		Links: []Link{{ID: "l1", Refs: [2]event.Ref{{ID: "b1"}, {ID: "x1"}}}},
	}
	for s := range in.Caps {
		in.Caps[s].Fields = event.AllFields
		in.Normalize[s] = func(e event.Event) event.Event { return e }
	}
	c.now(&in)
	return in
}

func TestUndo_GivesBackWhatNobodyHasChangedSince(t *testing.T) {
	for _, c := range undoCases() {
		var got []string
		for _, a := range Undo(c.input()).Actions {
			s := a.Kind.String() + " " + string(a.Reason.Code)
			if a.Fields != 0 && a.Kind != Create {
				s += " " + a.Fields.String()
			}
			if a.Reason.Count > 0 {
				s += " 3"
			}
			got = append(got, s)
			if a.Kind != Skip && (a.Hold == nil || a.Hold.State != Held) {
				t.Errorf("%s: %s puts no link on hold", c.name, s)
			}
			if a.Kind == Update && a.Fields.Has(event.FieldLocation) && a.Want.Location != "here" {
				t.Errorf("%s: the update writes %+v", c.name, a.Want)
			}
			if a.Kind == Create && a.Want.Subject != "Old" {
				t.Errorf("%s: the entry comes back as %+v", c.name, a.Want)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, got, c.want)
		}
	}
}

// An undo that is undone leaves links as they had been, so that they are
// worked on again.
func TestUndo_OfAnUndo_TakesTheHoldOff(t *testing.T) {
	for _, c := range undoCases() {
		in := c.input()
		in.Redo = true
		for _, a := range Undo(in).Actions {
			for _, p := range c.past {
				if a.Hold != nil && a.Kind != Pair && p.Was != nil && a.Hold.State != Live && len(c.past) == 1 {
					t.Errorf("%s: the link is %s, want live as it was", c.name, a.Hold.State)
				}
			}
		}
	}
}

// What an undo does to a link is approved together with it: two entries of
// one content that come back are two approvals.
func TestHash_TellsRestoredTwinsApart(t *testing.T) {
	one, two := event.Item{Ref: event.Ref{ID: "x1"}}, event.Item{Ref: event.Ref{ID: "x2"}}
	a, b := Action{Kind: Create, Hold: &Link{}, Restore: &one}, Action{Kind: Create, Hold: &Link{}, Restore: &two}
	if a.Hash() == b.Hash() {
		t.Error("one approval would bring back both")
	}
}

// A new hour takes the exceptions of a series away on some systems: an undo of
// the hour has to carry those that a person has made since.
func TestUndo_OfTheHourOfASeries_KeepsWhatAPersonHasLeftOutSince(t *testing.T) {
	old := with(entry("x1", "Staff", 1), repeat(10))
	moved := old
	moved.When.Start.Hour++
	moved.When.End.Hour++
	now := moved
	changeSeries(func(r *event.Recurrence) { r.Deleted = []event.Wall{moved.When.On(nth(3).Date)} })(&now)
	c := undoCase{
		past: []Past{{Kind: Update, Side: exch, Fields: event.FieldWhen, Before: &old, After: &moved, Link: "l1"}},
		now:  func(in *UndoInput) { in.Mirror[exch] = []Mirrored{{Item: now}} },
	}
	p := Undo(c.input())
	if len(p.Actions) != 1 || p.Actions[0].Kind != Update {
		t.Fatalf("%d actions, want one update:\n%s", len(p.Actions), show(p))
	}
	a := p.Actions[0]
	if a.Fields != event.FieldWhen|event.FieldRecurrence || !slices.Equal(a.Want.Recurrence.Deleted, []event.Wall{nth(3)}) {
		t.Errorf("it writes %s with %v left out, want when,recurrence with %v", a.Fields, a.Want.Recurrence.Deleted, nth(3))
	}
}

func TestUndo_OfAChangeToOneOccurrence(t *testing.T) {
	series := with(entry("b1", "Staff", 1), repeat(3))
	o, _ := event.OccurrenceAt(series.Event, nth(1))
	before := occurrenceOf(&series, nth(1), o)
	after := before
	after.Location = "there"
	now := series
	now.Event = event.WithOccurrence(series.Event, nth(1), &after.Event)
	left := series
	left.Event = event.WithOccurrence(series.Event, nth(1), nil)
	for _, c := range []struct {
		name string
		row  Mirrored
		want string
	}{
		{"as the run left it", Mirrored{Item: now}, "update undone_change"},
		{"left out since", Mirrored{Item: left}, "skip undo_gone"},
		{"its series not readable", Mirrored{Item: now, Presence: Unreadable}, "skip undo_changed"},
	} {
		u := undoCase{
			past: []Past{{Kind: Update, Side: biz, Fields: event.FieldLocation, Before: &before, After: &after, Link: "l1"}},
			now: func(in *UndoInput) {
				in.Links[0].Refs[biz] = before.Ref
				in.Mirror[biz] = []Mirrored{c.row}
			},
		}
		p := Undo(u.input())
		if len(p.Actions) != 1 {
			t.Fatalf("%s: %d actions, want one", c.name, len(p.Actions))
		}
		a := p.Actions[0]
		if got := a.Kind.String() + " " + string(a.Reason.Code); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if a.Kind == Update && (a.Have[biz].ID != before.ID || a.Want.Location != "") {
			t.Errorf("%s: it writes %q to %s", c.name, a.Want.Location, a.Have[biz].ID)
		}
	}
}
