package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/part"
)

// chronicle is an agent with a past.
type chronicle struct {
	fake
	runs    []localapi.Run
	changes map[int64][]localapi.Change
	undos   chan localapi.UndoRequest
}

func (c *chronicle) PreviewUndo(_ context.Context, q localapi.UndoRequest) (localapi.Undo, error) {
	c.undos <- q
	return localapi.Undo{Run: q.Run, Address: q.Who}, nil
}

// undoes checks what the page of an undo is to show, or has asked for.
func undoes(s *stage, c *chronicle, want localapi.UndoRequest) {
	s.Helper()
	got := s.w.undoing
	if got == (localapi.UndoRequest{}) {
		got = <-c.undos
	}
	if got != want {
		s.Errorf("undoes %+v, want %+v", got, want)
	}
}

func (c *chronicle) Runs(context.Context, int) ([]localapi.Run, error) { return c.runs, c.fail }

func (c *chronicle) Changes(_ context.Context, run int64) ([]localapi.Change, error) {
	return c.changes[run], nil
}

// past is the history of the mockup, in small: a run of three colleagues, and
// one of one before it.
func past() *chronicle {
	at := func(h, m int) time.Time { return time.Date(2026, 11, 25, h, m, 0, 0, time.UTC) }
	written := func(create, update, remove int) map[string]map[string]int {
		return map[string]map[string]int{"business": {"create": create}, "exchange": {"update": update, "delete": remove}}
	}
	run := func(id int64, who, cause string, begun time.Time, w map[string]map[string]int) localapi.Run {
		return localapi.Run{
			ID: id, Person: who, Address: strings.ToLower(strings.Fields(who)[0]) + "@office.test", Cause: cause,
			Started: begun, Ended: begun.Add(6 * time.Second), Written: w,
		}
	}
	entry := func(subject, start, end string) *localapi.Entry {
		return &localapi.Entry{ID: "id " + subject, Subject: subject, Start: "2026-11-25T" + start, End: "2026-11-25T" + end}
	}
	change := func(n int64, address, kind, side string, why plan.Reason, before, after *localapi.Entry, fields ...string) localapi.Change {
		return localapi.Change{
			Address: address, Number: n, Link: "link " + fmt.Sprint(n%100), Kind: kind, Side: side, Outcome: "applied",
			Reason: why, Before: before, After: after, Fields: fields, At: at(9, 58),
		}
	}
	c := &chronicle{fake: fake{status: nine()}, changes: map[int64][]localapi.Change{}, undos: make(chan localapi.UndoRequest, 4)}
	failed := run(8, "Anna Virtanen", "schedule", at(9, 30), written(1, 0, 0))
	failed.Failed = "unavailable"
	c.runs = []localapi.Run{
		run(14, "Mikko Laine", "watch", at(10, 42), written(0, 3, 0)),
		run(13, "Sanne de Vries", "manual", at(9, 58), written(2, 10, 1)),
		run(12, "Mikko Laine", "manual", at(9, 58), written(1, 10, 0)),
		run(11, "Anna Virtanen", "manual", at(9, 58), written(1, 5, 1)),
		failed,
		run(7, "Mikko Laine", "undo", at(9, 58).AddDate(0, 0, -1), written(1, 2, 1)),
		run(6, "Mikko Laine", "first", at(9, 58).AddDate(0, 0, -5), written(23, 25, 0)),
	}
	c.changes[14] = []localapi.Change{change(1414, "mikko@office.test", "update", "exchange", plan.Reason{Code: plan.ChangedThere}, nil, entry("Standup", "09:00:00", "09:15:00"), "notes")}
	c.changes[13] = []localapi.Change{change(1303, "sanne@office.test", "create", "business", plan.Reason{Code: plan.OnlyThere, From: 1}, nil, entry("Absence", "10:00:00", "11:00:00"))}
	c.changes[12] = []localapi.Change{change(1202, "mikko@office.test", "update", "business", plan.Reason{Code: plan.NewerWins, From: 1, Ahead: 3 * time.Minute},
		entry("Retrospective", "10:00:00", "11:00:00"), entry("Retrospective", "13:00:00", "14:00:00"), "when")}
	c.changes[11] = []localapi.Change{
		change(1101, "anna@office.test", "create", "exchange", plan.Reason{Code: plan.OnlyThere}, nil, entry("Site visit Turku", "08:00:00", "12:00:00")),
		change(1102, "anna@office.test", "delete", "exchange", plan.Reason{Code: plan.DeletedThere}, entry("Old workshop", "15:00:00", "16:00:00"), nil),
	}
	c.changes[6] = []localapi.Change{change(602, "mikko@office.test", "pair", "exchange", plan.Reason{Code: plan.SameContent}, entry("Retrospective", "10:00:00", "11:00:00"), entry("Retrospective", "10:00:00", "11:00:00"))}
	c.changes[6][0].At = at(9, 58).AddDate(0, 0, -5)
	return c
}

// TestHistory checks that the runs of one cause stand as one, and that an entry
// tells what it was, what it became, why, and what had been before.
func TestHistory(t *testing.T) {
	c := past()
	s := open(t, c, PageHistory)
	s.sees("Today 10:42")
	s.sees("Change noticed, 1 calendar")
	s.sees("By hand, 3 calendars")
	s.sees("+4 ~25 -2")
	s.row("Today 09:58")
	s.sees("Today 09:58, started by hand")
	s.sees("3 calendars, 31 changes")
	s.sees("Site visit Turku")
	s.row("Retrospective")
	s.sees("Wed 25 Nov, 13:00 to 14:00")
	s.sees("changed in both places; Outlook was newer by 3 min")
	s.sees("Wed 25 Nov, 10:00")
	s.sees("First sync: same subject, start and end")
	s.shot("history-light")
	s.press("Deleted")
	s.sees("Old workshop")
	if got := strings.Join(s.texts(), "\n"); strings.Contains(got, "Site visit Turku") {
		t.Error("what was created is shown among what was deleted")
	}
	s.press("Undo this entry")
	undoes(s, c, localapi.UndoRequest{Run: 11, Who: "anna@office.test", Item: "1102"})
}

// TestHistoryDark draws it in the dark theme, with a run that ended early.
func TestHistoryDark(t *testing.T) {
	s := openIn(t, past(), PageHistory, part.ModeDark)
	s.sees("Today 10:42")
	s.row("Today 09:30")
	s.sees("It ended early. The server cannot be reached.")
	s.sees("Nothing is like that")
	s.shot("history-dark")
}

// TestHistory_IsFilteredByColleagueAndEntry checks that an entry is found in
// runs that nobody has opened yet.
func TestHistory_IsFilteredByColleagueAndEntry(t *testing.T) {
	c := past()
	s := open(t, c, PageHistory)
	s.sees("Today 10:42")
	p := s.w.pages[PageHistory].(*kept).page.(*history)
	test.Type(p.search, "workshop")
	s.until("only the run of the workshop is left", func() bool { return len(p.groups) == 1 && p.groups[0].Key == 11 })
	s.sees("Old workshop")
	p.search.SetText("")
	p.people.SetSelected("Mikko Laine")
	if len(p.groups) != 4 || len(p.groups[1].Runs) != 1 {
		t.Errorf("%d runs of Mikko Laine, want 4, none with a colleague in it", len(p.groups))
	}
	s.row("Today 09:58")
	s.sees("Retrospective")
	s.press("Preview undo of 1 change")
	undoes(s, c, localapi.UndoRequest{Run: 12, Who: "mikko@office.test"})
}

// TestHistory_TenThousandRows checks that only the rows that can be seen exist.
func TestHistory_TenThousandRows(t *testing.T) {
	c := past()
	c.runs = c.runs[:1]
	one := c.changes[14][0]
	for i := range int64(10000) {
		one.Number, one.Link = i+1, ""
		one.After = &localapi.Entry{ID: fmt.Sprint(i), Subject: fmt.Sprintf("Entry %d", i), Start: "2026-11-25T10:00:00", End: "2026-11-25T11:00:00"}
		c.changes[14] = append(c.changes[14], one)
	}
	s := open(t, c, PageHistory)
	s.sees("Entry 0")
	p := s.w.pages[PageHistory].(*kept).page.(*history)
	for y := float32(0); y < 400000; y += 997 {
		p.table.List.ScrollToOffset(y)
	}
	p.table.List.ScrollToBottom()
	s.sees("Entry 9999")
	if n := len(p.lines); n > 60 {
		t.Errorf("%d rows were made to scroll through 10,000, want no more than can be seen", n)
	}
}

// TestHistory_Empty checks that a history without runs says what will be there.
func TestHistory_Empty(t *testing.T) {
	s := open(t, &chronicle{fake: fake{status: nine()}}, PageHistory)
	s.sees("Nothing has been written yet")
	s.shot("history-empty")
}

// row selects the row of a list in which a text stands.
func (s *stage) row(text string) {
	s.Helper()
	s.sees(text)
	var found fyne.Tappable
	walk(s.w.win.Content(), func(o fyne.CanvasObject) {
		t, ok := o.(fyne.Tappable)
		if !ok {
			return
		}
		walk(o, func(in fyne.CanvasObject) {
			if label, ok := in.(*part.Text); ok && label.Text() == text && found == nil {
				found = t
			}
		})
	})
	if found == nil {
		s.Fatalf("no row says %q", text)
	}
	test.Tap(found)
}

// TestSmall draws the pages in the smallest window.
func TestSmall(t *testing.T) {
	for name, agent := range map[string]localapi.Agent{
		PageAttention: &asker{fake: fake{status: attentionStatus()}, questions: three()}, PageHistory: past(), PagePeople: dozen(), PageOverview: &fake{status: nine()},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, agent, name)
			s.w.win.Resize(fyne.NewSize(minWidth, minHeight))
			s.sees(map[string]string{PageAttention: "Agenda v2", PageHistory: "Today 10:42", PagePeople: "Anna Virtanen", PageOverview: "Anna Virtanen"}[name])
			if got := s.w.win.Content().MinSize(); got.Width > minWidth || got.Height > minHeight {
				t.Errorf("it needs %v, want no more than %v by %v", got, minWidth, minHeight)
			}
			if !s.w.folded {
				t.Error("the navigation takes the place that the page needs")
			}
			s.shot("small-" + name)
		})
	}
}

// TestFoldedNavigation_NamesWhatIsPointedAt checks that an icon alone tells what it is.
func TestFoldedNavigation_NamesWhatIsPointedAt(t *testing.T) {
	s := open(t, past(), PageHistory)
	s.sees("Today 10:42")
	item := s.w.items[PagePeople]
	item.MouseIn(nil)
	if s.w.label.object.Visible() {
		t.Error("the whole navigation names it a second time")
	}
	item.MouseOut()
	s.w.win.Resize(fyne.NewSize(minWidth, minHeight))
	item.MouseIn(nil)
	if !s.w.label.object.Visible() || s.w.label.text.Text() != "People" {
		t.Errorf("the icon is named %q", s.w.label.text.Text())
	}
	s.shot("small-label")
	item.MouseOut()
	if s.w.label.object.Visible() {
		t.Error("the name stays")
	}
}

// TestHistory_ExportAsksWhereTo checks that the table is saved where a person says.
func TestHistory_ExportAsksWhereTo(t *testing.T) {
	s := open(t, past(), PageHistory)
	s.sees("Standup")
	s.press("Export CSV")
	if s.w.win.Canvas().Overlays().Top() == nil {
		t.Error("nobody is asked where to save it")
	}
}
