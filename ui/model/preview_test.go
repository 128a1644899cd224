package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
)

var previewNoon = time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)

// shownRow is a row about one entry of the business system.
func shownRow(id, kind string, g localapi.Group, e localapi.Entry, why plan.Reason) localapi.Row {
	writes := kind == "create" || kind == "update" || kind == "delete"
	e.ID = "b-" + id
	return localapi.Row{
		ID: id, Hash: id, Kind: kind, Group: g, Side: "exchange", Reason: why, Writes: writes || kind == "stamp", Waits: writes,
		Entries: map[string]localapi.Entry{"business": e},
	}
}

func lunch(at string) localapi.Entry {
	return localapi.Entry{Subject: "Lunch", Start: "2026-11-26T" + at, End: "2026-11-26T13:00:00", Location: "Harbour"}
}

func shownPreview() localapi.Preview {
	new := plan.Reason{Code: plan.OnlyThere, From: event.Business}
	gone := plan.Reason{Code: plan.DeletedThere, From: event.Business}
	secret := lunch("08:00:00")
	secret.Private = true
	return localapi.Preview{Digest: "d", At: previewNoon, People: []localapi.PersonPlan{
		{Name: "Anna", Address: "anna@office.test", First: true, Rows: []localapi.Row{
			shownRow("a", "create", localapi.GroupCreateThere, lunch("12:00:00"), new),
			shownRow("b", "create", localapi.GroupCreateThere, secret, new),
			shownRow("c", "skip", localapi.GroupLeave, lunch("09:00:00"), plan.Reason{Code: plan.OutsideWindow}),
		}},
		{Name: "Bert", Address: "bert@office.test", Rows: []localapi.Row{
			shownRow("d", "create", localapi.GroupCreateThere, lunch("07:00:00"), new),
			shownRow("e", "stamp", localapi.GroupChange, lunch("06:00:00"), plan.Reason{Code: plan.MarkMissing}),
		}},
		{
			Name: "Cleo", Address: "cleo@office.test", First: true, Halt: &plan.Reason{Code: plan.TooManyDeletes, Count: 1, Limit: 0},
			Withheld: []localapi.Row{shownRow("f", "delete", localapi.GroupDelete, lunch("05:00:00"), gone)},
		},
	}}
}

// titles are the ids of the rows that are shown.
func titles(v *PreviewView) (out []string) {
	for i := range v.Len() {
		r, _, _ := v.At(i)
		out = append(out, r.ID)
	}
	return out
}

func TestPreviewView_FiltersSearchesAndSorts(t *testing.T) {
	v := NewPreviewView(shownPreview(), nil)
	for _, tt := range []struct {
		name string
		do   func()
		want string
	}{
		{"by time at first, what is left alone last", func() {}, "f e d b a c"},
		{"one group", func() { v.Filter(localapi.GroupCreateThere) }, "d b a"},
		{"and a search", func() { v.Search(" LUNCH ") }, "d a"},
		{"a private entry is not found by its subject", func() { v.Filter("") }, "f e d a c"},
		{"by colleague", func() { v.Search("bert") }, "e d"},
		{"by place", func() { v.Search("harbour") }, "f e d a c"},
		{"sorted by colleague", func() { v.Search(""); v.SortBy(ByPerson) }, "b c a e d f"},
		{"the other way round", func() { v.SortBy(ByPerson) }, "f d e a c b"},
		{"sorted by what is done", func() { v.SortBy(ByWhat) }, "f d b a e c"},
	} {
		if tt.do(); strings.Join(titles(v), " ") != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, titles(v), tt.want)
		}
	}
}

func TestPreviewView_TicksWhatWaitsForApproval(t *testing.T) {
	v := NewPreviewView(shownPreview(), nil)
	place := func(id string) int {
		return slices.IndexFunc(titles(v), func(x string) bool { return x == id })
	}
	type box struct{ On, Fixed bool }
	got := map[string]box{}
	for i := range v.Len() {
		l := v.Line(i, previewNoon)
		r, _, _ := v.At(i)
		got[r.ID] = box{l.On, l.Fixed}
	}
	want := map[string]box{
		"a": {true, false}, "b": {true, false}, // wait for approval
		"c": {false, true},                   // nothing is done
		"d": {true, true}, "e": {true, true}, // go over by themselves
		"f": {false, true}, // a safety stop withholds it
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("boxes (-want +got)\n%s", diff)
	}
	if label, ok := v.WriteLabel(); label != "Write 3 changes" || !ok {
		t.Errorf("the button says %q", label)
	}
	if !v.Tick(place("a"), false) || v.Tick(place("d"), false) || v.Tick(place("f"), true) {
		t.Error("one that waits can be taken out, and no other")
	}
	if diff := cmp.Diff(map[string][]string{"anna@office.test": {"a"}}, v.LeftOut()); diff != "" {
		t.Errorf("left out (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(map[string][]string{"anna@office.test": {"a"}, "cleo@office.test": {"f"}}, v.Except()); diff != "" {
		t.Errorf("an approval leaves out (-want +got)\n%s", diff)
	}
	v.TickShown(false)
	if label, _ := v.WriteLabel(); label != "Write 1 change" {
		t.Errorf("with all taken out that can be, the button says %q", label)
	}
	p := shownPreview()
	p.Except = v.LeftOut()
	if again := NewPreviewView(p, nil); !cmp.Equal(again.LeftOut(), v.LeftOut()) {
		t.Errorf("opened again: %v, want %v", again.LeftOut(), v.LeftOut())
	}
}

func TestPreviewView_MarksWhatSaysSomethingElse(t *testing.T) {
	before := NewPreviewView(shownPreview(), nil)
	p := shownPreview()
	p.People[0].Rows[0].ID, p.People[0].Rows[0].Hash = "a2", "a2"
	p.People[1].Rows = append(p.People[1].Rows, shownRow("new", "create", localapi.GroupCreateThere, lunch("15:00:00"), plan.Reason{}))
	v := NewPreviewView(p, before)
	var changed []string
	for i := range v.Len() {
		if r, _, _ := v.At(i); v.Changed(i) {
			changed = append(changed, r.ID)
		}
	}
	if !slices.Equal(changed, []string{"a2"}) {
		t.Errorf("marked: %v, want the one that says something else", changed)
	}
}

func TestPreviewLine_TellsNothingPrivate(t *testing.T) {
	v := NewPreviewView(shownPreview(), nil)
	v.Search("")
	for i := range v.Len() {
		if r, _, _ := v.At(i); r.ID == "b" {
			if text := fmt.Sprint(v.Line(i, previewNoon)); strings.Contains(text, "Lunch") || strings.Contains(text, "Harbour") {
				t.Errorf("the row of a private entry says %s", text)
			}
		}
	}
	e := lunch("08:00:00")
	e.Private, e.More = true, &localapi.More{Notes: "cake", People: []string{"x@office.test"}}
	d := localapi.Detail{
		Row:    localapi.Row{Kind: "update", Side: "exchange", Entries: map[string]localapi.Entry{"business": e, "exchange": e}},
		Differ: []string{"subject", "notes"}, Same: []string{"location", "attendees"}, Agreed: &e,
	}
	if text := fmt.Sprint(Compare(d, "Anna", previewNoon)); strings.Contains(text, "Lunch") || strings.Contains(text, "cake") ||
		strings.Contains(text, "Harbour") || strings.Contains(text, "x@") {
		t.Errorf("both versions of a private entry say %s", text)
	}
}

func TestCompare_PutsBothVersionsSideBySide(t *testing.T) {
	b, x := lunch("12:00:00"), lunch("13:00:00")
	x.End, x.ID = "2026-11-26T14:00:00", "x"
	d := localapi.Detail{
		Row: localapi.Row{
			Kind: "update", Side: "business", Fields: []string{"when"}, Writes: true, Want: &x, Untold: 2,
			Reason:  plan.Reason{Code: plan.ChangedThere, From: event.Exchange},
			Entries: map[string]localapi.Entry{"business": b, "exchange": x},
		},
		Differ: []string{"when"}, Same: []string{"subject", "location"}, Agreed: &b,
		Next: []string{"2026-11-26T13:00:00"}, Choices: []string{"never_sync"},
	}
	got := Compare(d, "Anna", previewNoon)
	want := []Compared{{"Starts", "Thu 26 Nov, 12:00", "Thu 26 Nov, 13:00"}, {"Ends", "13:00", "14:00"}}
	if diff := cmp.Diff(want, got.Differ); diff != "" {
		t.Errorf("what differs (-want +got)\n%s", diff)
	}
	if got.Written != "Severa moves to Thu 26 Nov, 13:00." || !strings.Contains(got.Note, "2 people outside the office") || len(got.Same) != 2 || got.Next != "26 Nov" {
		t.Errorf("it says %+v", got)
	}
}

func TestWindowWhat_SaysWhatIsDone(t *testing.T) {
	for kind, want := range map[string]string{
		"create": "Create in Outlook", "update": "Change in Outlook", "delete": "Delete in Outlook", "leave": "Take out in Outlook",
		"pair": "Pair", "ask": "Needs decision", "skip": "Skip", "await": "Wait", "unlink": "Unlink", "stamp": "Mark in Outlook",
	} {
		if got := WindowWhat(localapi.Row{Kind: kind, Side: "exchange"}); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}

func TestResultOf_SaysWhatARunCameTo(t *testing.T) {
	run := func(change func(*localapi.PersonSummary)) localapi.Summary {
		p := localapi.PersonSummary{Name: "Anna", Written: map[string]map[string]int{"exchange": {"create": 2, "stamp": 5}}}
		change(&p)
		return localapi.Summary{People: []localapi.PersonSummary{p}}
	}
	for _, tt := range []struct {
		name   string
		change func(*localapi.PersonSummary)
		want   string
		bad    bool
	}{
		{"marks are no changes", func(*localapi.PersonSummary) {}, "2 changes are written.", false},
		{"stopped", func(p *localapi.PersonSummary) { p.Stopped = true }, "Stopped. 2 changes are written, the rest is not.", true},
		{"passed over", func(p *localapi.PersonSummary) { p.Problems = make([]localapi.Problem, 1) }, "2 changes are written.", true},
		{"paired alone", func(p *localapi.PersonSummary) { p.Written = nil; p.Paired = 3 }, "3 entries are paired.", false},
		{"nothing", func(p *localapi.PersonSummary) { p.Written = nil }, "Nothing had to be written.", false},
		{"trouble", func(p *localapi.PersonSummary) { p.Trouble = &localapi.Trouble{Kind: "unavailable"} }, "2 changes are written.", true},
	} {
		if got := ResultOf(run(tt.change)); got.What != tt.want || got.Bad != tt.bad {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

func TestStopOf_TellsTheNumbersAndTheCause(t *testing.T) {
	s := office.Status{People: []office.PersonStatus{
		{Name: "Cleo", Health: office.StoppedForSafety}, {Name: "Anna", Health: office.UpToDate, Complete: previewNoon},
	}}
	cleo := shownPreview().People[2]
	cleo.Linked = 63
	for _, tt := range []struct {
		halt         plan.Reason
		title, cause string
		figures      int
	}{
		{plan.Reason{Code: plan.TooManyDeletes, Count: 1, Limit: 20}, "Stopped before deleting one entry", "deleted many entries in Severa", 3},
		{plan.Reason{Code: plan.SideEmpty}, "Stopped before deleting one entry", "empty list", 2},
		{plan.Reason{Code: plan.TooManyCreates, Count: 60, Limit: 50}, "Stopped before making 60 entries", "imported", 3},
		{plan.Reason{Code: plan.AllShifted, Count: 30}, "Stopped before moving 30 entries", "time zone", 2},
		{plan.Reason{Code: plan.IdentityChanged}, "Stopped for safety", "account or mailbox stands behind", 1},
	} {
		cleo.Halt = &tt.halt
		got := StopOf(cleo, s, previewNoon)
		if got.Title != tt.title || !strings.Contains(got.Cause, tt.cause) || len(got.Figures) != tt.figures {
			t.Errorf("%s: %+v", tt.halt.Code, got)
		}
		if got.Keep != "Keep the entry" || got.Allow != 1 || !strings.Contains(got.Note, "The other calendar goes on") {
			t.Errorf("%s: %q, %d allowed, %q", tt.halt.Code, got.Keep, got.Allow, got.Note)
		}
	}
	cleo.Withheld = nil
	if got := StopOf(cleo, s, previewNoon); got.Keep != "" || got.Allow != 0 {
		t.Errorf("with nothing withheld: %+v, want nothing to keep or to allow", got)
	}
}

func TestUndoWarning_TellsWhatIsNotGivenBack(t *testing.T) {
	row := shownRow("x", "skip", localapi.GroupLeave, lunch("08:00:00"), plan.Reason{Code: plan.UndoChanged})
	for _, tt := range []struct {
		u    localapi.Undo
		what string
	}{
		{localapi.Undo{}, ""},
		{localapi.Undo{Lost: []localapi.Row{row}}, "1 entry stays as it is. It stands first, with the reason."},
		{localapi.Undo{Mailed: []localapi.Row{row, row}}, "People were mailed about 2 of the changes. They hear nothing of the undo."},
	} {
		if what, _, ok := UndoWarning(tt.u); what != tt.what || ok != (tt.what != "") {
			t.Errorf("%q, want %q", what, tt.what)
		}
	}
}

// TestPreviewNote_AfterAWriting checks that nobody is told that nothing has been
// written once something was.
func TestPreviewNote_AfterAWriting(t *testing.T) {
	at := time.Date(2026, 11, 23, 10, 44, 0, 0, time.UTC)
	some := localapi.Preview{At: at, People: []localapi.PersonPlan{{Name: "Anna", Rows: []localapi.Row{{ID: "1", Kind: plan.Create.String(), Writes: true, Waits: true}}}}}
	none := localapi.Preview{At: at, People: []localapi.PersonPlan{{Name: "Anna"}}}
	for _, c := range []struct {
		p       localapi.Preview
		written bool
		want    string
	}{
		{some, false, "1 calendar, read at 10:44. Nothing has been written yet."},
		{some, true, "1 calendar, read at 10:44. This is left to write."},
		{none, true, "1 calendar, read at 10:44"},
	} {
		if got := NewPreviewView(c.p, nil).PreviewNote(at, c.written); got != c.want {
			t.Errorf("written %v: %q, want %q", c.written, got, c.want)
		}
	}
}
