package ui

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/part"
)

// TestPreview shows the mockup's preview.
func TestPreview(t *testing.T) {
	a := &previewer{fresh: officePreview()}
	a.detail = func(q localapi.DetailRequest) localapi.Detail {
		for _, p := range a.fresh.People {
			for _, r := range p.Rows {
				if r.ID == q.Row {
					d := localapi.Detail{Address: q.Who, Row: r}
					if r.ID == "m1" {
						agreed := r.Entries["business"]
						d.Agreed, d.Differ = &agreed, []string{"when"}
						d.Same = []string{"subject", "location", "notes", "private", "reminder", "kind", "done", "attendees", "recurrence"}
						d.Next = []string{"2026-11-25T13:00:00", "2026-12-09T13:00:00", "2026-12-23T13:00:00", "2027-01-06T13:00:00"}
						d.Choices = []string{"never_sync"}
					}
					return d
				}
			}
		}
		return localapi.Detail{}
	}
	s := open(t, a, PagePreview)
	s.sees("Site visit Turku")
	s.sees("Write 48 changes")
	s.sees("9 calendars, 6 of them new, read at 10:44")
	s.board().table.List.Select(1)
	s.sees("Last agreed")
	s.sees("Starts – differs")
	s.sees("Severa moves to Wed 25 Nov, 13:00.")
	s.sees("9 fields are the same on both sides")
	s.shot("preview-light")
	s.press("9 fields are the same on both sides")
	s.sees("Reminder")
	s.shot("preview-unfolded")
}

func (s *stage) board() *board { return s.w.pages[PagePreview].(*kept).page.(*preview).board }

// TestPreviewLooks draws it dark, narrow and in long words.
func TestPreviewLooks(t *testing.T) {
	if os.Getenv("LOCKSTEP_SHOTS") == "" {
		t.Skip("pictures are for people")
	}
	s := openIn(t, &previewer{fresh: officePreview()}, PagePreview, part.ModeDark)
	s.sees("Site visit Turku")
	s.board().table.List.Select(1)
	s.shot("preview-dark")
	s.w.win.Resize(fyne.NewSize(minWidth, minHeight))
	s.shot("preview-narrow")
}

// TestPreview_ReopenedShowsWhatWasLeft checks that a window that is opened anew
// shows the preview, and the ticks, as they were.
func TestPreview_ReopenedShowsWhatWasLeft(t *testing.T) {
	last := officePreview()
	last.Except = map[string][]string{"anna0@office.test": {"a1"}}
	a := &previewer{last: &last}
	s := open(t, a, PagePreview)
	s.sees("Write 47 changes")
	if len(a.reads) != 0 {
		t.Errorf("both calendars were read again: %v", a.reads)
	}
	s.press("Read again")
	s.until("it is read", func() bool { return len(a.reads) == 1 })
	if !a.reads[0].Full {
		t.Error("Read again asks for changes alone, want all of both calendars")
	}
}

// TestPreview_TickedRowsAreWritten checks that what is taken out is told to the
// agent at once, and left out of the approval.
func TestPreview_TickedRowsAreWritten(t *testing.T) {
	a := &previewer{fresh: officePreview(), summary: localapi.Summary{People: []localapi.PersonSummary{{
		Name: "Anna Virtanen", Written: map[string]map[string]int{"exchange": {"create": 46, "stamp": 3}}, Paired: 182,
	}}}}
	s := open(t, a, PagePreview)
	s.sees("Write 48 changes")
	s.rows()[0].tick.SetChecked(false)
	s.sees("Write 47 changes")
	s.until("the agent keeps it", func() bool { return len(a.leftOut) > 0 })
	s.press("Write 47 changes")
	s.sees("46 changes are written.")
	s.sees("182 entries are paired.")
	s.sees("This is left to write.")
	if strings.Contains(strings.Join(s.texts(), "\n"), "Nothing has been written yet") {
		t.Error("it is said that nothing has been written, after a writing")
	}
	a.fresh = localapi.Preview{At: noon, People: []localapi.PersonPlan{{Name: "Anna"}}}
	s.press("Read again")
	s.sees("1 calendar, read at 10:44. Nothing has been written yet.")
	want := map[string][]string{"anna0@office.test": {"a1"}}
	if len(a.synced) != 1 || a.synced[0].Digest != "d1" || fmt.Sprint(a.synced[0].Except) != fmt.Sprint(want) {
		t.Errorf("asked for %+v, want the preview without %v", a.synced, want)
	}
	// A preview without anything taken out is told as well, before or after.
	if !slices.ContainsFunc(a.leftOut, func(got map[string][]string) bool { return fmt.Sprint(got) == fmt.Sprint(want) }) {
		t.Errorf("the agent was told %v, want %v among it", a.leftOut, want)
	}
}

// rows are the rows that can be seen, in their order.
func (s *stage) rows() (out []*previewRow) {
	walk(s.w.win.Content(), func(o fyne.CanvasObject) {
		if c, ok := o.(*carrier); ok {
			if r, ok := c.row.(*previewRow); ok {
				out = append(out, r)
			}
		}
	})
	slices.SortFunc(out, func(a, b *previewRow) int { return a.place - b.place })
	return out
}

// TestPreview_WithheldIsNeverWritten checks that no approval given here lets
// through what a safety stop withholds.
func TestPreview_WithheldIsNeverWritten(t *testing.T) {
	p := officePreview()
	p.People[0].Halt = &plan.Reason{Code: plan.TooManyDeletes, Count: 41, Limit: 20}
	p.People[0].Withheld, p.People[0].Rows = p.People[0].Rows[:1], p.People[0].Rows[1:]
	a := &previewer{fresh: p}
	s := open(t, a, PagePreview)
	s.sees("Anna Virtanen is stopped for safety: 41 entries would be deleted at once; the limit is 20.")
	s.press("Write 47 changes")
	s.until("it is asked for", func() bool { return len(a.synced) > 0 })
	if got := a.synced[0].Except["anna0@office.test"]; !slices.Contains(got, "a1") {
		t.Errorf("left out: %v, want what is withheld", got)
	}
}

// TestPreview_StopsAfterTheRequestInHand checks the progress and its end.
func TestPreview_StopsAfterTheRequestInHand(t *testing.T) {
	a := &previewer{fresh: officePreview(), wait: make(chan struct{}), summary: localapi.Summary{People: []localapi.PersonSummary{{
		Name: "Anna", Stopped: true,
		Written: map[string]map[string]int{"exchange": {"create": 12}},
	}}}}
	s := open(t, a, PagePreview)
	s.sees("Write 48 changes")
	s.press("Write 48 changes")
	st := nine()
	st.Seq = 2
	s.w.hear(st)
	s.sees("12 of 48 written")
	s.shot("preview-writing")
	s.press("Stop as soon as possible")
	s.sees("Stopping once what is on its way is written")
	s.until("it is stopped", func() bool { return a.stopped == 1 })
	close(a.wait)
	s.sees("Stopped. 12 changes are written, the rest is not.")
	s.shot("preview-stopped")
}

// TestPreview_FollowsARunThatWasAskedForBefore checks a window that is opened
// while what another one asked for is being written.
func TestPreview_FollowsARunThatWasAskedForBefore(t *testing.T) {
	last := officePreview()
	a := &previewer{last: &last}
	s := open(t, a, PagePreview)
	s.sees("Write 48 changes")
	st := nine()
	st.Seq = 2
	s.w.hear(st)
	s.sees("12 of 48 written")
	st.Seq, st.Syncing = 3, false
	s.w.hear(st)
	s.sees("Nothing to write")
	if len(a.reads) != 1 {
		t.Errorf("read %d times after the run, want once", len(a.reads))
	}
}

// TestPreview_ChangedRowsAreSeen checks that a row that says something else
// than it did stands on another ground.
func TestPreview_ChangedRowsAreSeen(t *testing.T) {
	a := &previewer{fresh: officePreview()}
	s := open(t, a, PagePreview)
	s.sees("Site visit Turku")
	again := officePreview()
	again.People[0].Rows[0].ID, again.People[0].Rows[0].Hash = "a1-new", "a1-new"
	e := again.People[0].Rows[0].Entries["business"]
	e.Start = "2026-11-24T10:00:00"
	again.People[0].Rows[0].Entries["business"] = e
	a.fresh = again
	s.press("Read again")
	s.sees("Tue 24 Nov, 10:00 to 12:00")
	b := s.board()
	if got := b.table.Tint(b.view.Place("a1-new", "anna0@office.test")); got != part.ColorWarningSoft {
		t.Errorf("its ground is %q, want that of a warning", got)
	}
	if got := b.table.Tint(b.view.Place("m1", "mikko1@office.test")); got != "" {
		t.Errorf("a row that says the same has the ground %q", got)
	}
	s.shot("preview-changed")
}

// TestPreview_FindsAndFilters checks the filters, the search and the order.
func TestPreview_FindsAndFilters(t *testing.T) {
	s := open(t, &previewer{fresh: officePreview()}, PagePreview)
	s.sees("Site visit Turku")
	b := s.board()
	test.Tap(b.chips[localapi.GroupDecide])
	if b.view.Len() != 2 {
		t.Errorf("%d rows need a decision, want 2", b.view.Len())
	}
	test.Tap(b.chips[""])
	b.search.SetText("haarlem")
	if b.view.Len() != 1 {
		t.Errorf("%d rows are about Haarlem, want 1", b.view.Len())
	}
	b.search.SetText("nowhere")
	s.sees("No entry fits")
	b.search.SetText("")
	s.press("Colleague")
	if _, name, _ := b.view.At(0); name != "Anna Virtanen" {
		t.Errorf("first by colleague: %s", name)
	}
	s.press("Colleague")
	if _, name, _ := b.view.At(0); name != "Van 2" {
		t.Errorf("first by colleague the other way round: %s", name)
	}
	b.search.SetText("secret")
	if b.view.Len() != 0 {
		t.Error("a private entry is found by its subject")
	}
}

// TestPreview_ChoicesAreMadeAndReadAgain checks that a choice about all that is
// alike is made for each, and that the plan is shown anew.
func TestPreview_ChoicesAreMadeAndReadAgain(t *testing.T) {
	a := &previewer{fresh: officePreview()}
	a.detail = func(q localapi.DetailRequest) localapi.Detail {
		return localapi.Detail{Address: q.Who, Row: a.fresh.People[0].Rows[0], Choices: []string{"pair_with", "never_sync"}}
	}
	s := open(t, a, PagePreview)
	s.sees("Site visit Turku")
	s.until("its choices are known", func() bool { return len(s.board().pane.shown.Choices) == 1 })
	test.Tap(s.board().pane.more)
	s.choose("Never sync all 9 like this")
	s.until("they are made, and it is read again", func() bool { return len(a.resolved) == 9 && len(a.reads) == 2 })
	if q := a.resolved[0]; q.Choice != "never_sync" || q.ID != "a1" || !slices.Equal(q.Who, []string{"anna0@office.test"}) {
		t.Errorf("asked for %+v", q)
	}
}

// choose presses an entry of the menu that is open.
func (s *stage) choose(label string) {
	s.Helper()
	var labels []string
	var found fyne.Tappable // the innermost: what lies around a menu can be pressed too
	walk(s.w.win.Canvas().Overlays().Top(), func(o fyne.CanvasObject) {
		item, ok := o.(fyne.Tappable)
		if !ok {
			return
		}
		walk(o, func(in fyne.CanvasObject) {
			if text, ok := in.(*canvas.Text); ok {
				if labels = append(labels, text.Text); text.Text == label {
					found = item
				}
			}
		})
	})
	if found == nil {
		s.Fatalf("no entry %q in %v", label, labels)
	}
	test.Tap(found)
}

// pressIn presses a button of the dialog that is open.
func (s *stage) pressIn(label string) {
	s.Helper()
	var found *part.Button
	walk(s.w.win.Canvas().Overlays().Top(), func(o fyne.CanvasObject) {
		if b, ok := o.(*part.Button); ok && b.Text() == label {
			found = b
		}
	})
	if found == nil {
		s.Fatalf("the dialog has no button %q", label)
	}
	test.Tap(found)
}

// TestPreview_OfNothing offers nothing to do with it.
func TestPreview_OfNothing(t *testing.T) {
	s := open(t, &previewer{fresh: localapi.Preview{At: noon}}, PagePreview)
	s.sees("Both calendars of everybody are as they should be.")
	for _, o := range []string{"Needs decision", "What happens", "Severa"} {
		if s.shows(o) {
			t.Errorf("%q stands there, with nothing to look at", o)
		}
	}
	for _, b := range []string{"Export CSV", "Save for later", "Nothing to write"} {
		if !s.button(b).Disabled() {
			t.Errorf("%q can be pressed", b)
		}
	}
	s.press("Read again")
	s.until("it was read again", func() bool { return len(s.w.Agent.(*previewer).reads) == 2 })
}
