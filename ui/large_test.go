package ui

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/model"
	"lockstep/ui/part"
)

// large is a preview of n rows.
func large(n int) localapi.Preview {
	p := localapi.Preview{Digest: "d", At: noon, People: make([]localapi.PersonPlan, 20)}
	for i := range p.People {
		p.People[i] = localapi.PersonPlan{Name: fmt.Sprintf("Person %d", i), Address: fmt.Sprintf("p%d@office.test", i), First: true}
	}
	for i := range n {
		at := time.Date(2026, time.December, 1+i%300, 8+i%9, 0, 0, 0, time.UTC)
		person := &p.People[i%20]
		person.Rows = append(person.Rows, rowOf(fmt.Sprint("r", i), "create", localapi.GroupCreateThere, event.Exchange, fmt.Sprintf("Entry %d of many", i),
			at.Format("2006-01-02T15:04:05"), at.Add(time.Hour).Format("2006-01-02T15:04:05"), plan.Reason{Code: plan.OnlyThere, From: event.Business}))
	}
	return p
}

// within measures at the best of some tries.
func within(t *testing.T, what string, most time.Duration, do func()) {
	t.Helper()
	best := time.Hour
	for range 5 {
		best = min(best, spent(do))
	}
	t.Logf("%s takes %v", what, best)
	if best > most*slack {
		t.Errorf("%s takes %v, want %v at most", what, best, most)
	}
}

// TestPreview_OfTenThousandRows opens, scrolls and searches one.
func TestPreview_OfTenThousandRows(t *testing.T) {
	rows := large(10_000)
	s := open(t, &previewer{fresh: rows}, PagePreview)
	s.sees("Write 10000 changes")
	page := s.w.pages[PagePreview].(*kept).page.(*preview)
	b := s.board()
	within(t, "opening", 300*time.Millisecond, func() { page.take(model.NewPreviewView(rows, b.view), nil) })

	visible := len(s.rows())
	b.made = 0
	for i := range 400 { // row by row, as a wheel does
		b.table.List.ScrollToOffset(float32(i) * part.RowTwoLines)
		if n := len(s.rows()); n < visible-1 {
			t.Fatalf("%d rows are there at row %d, want %d: it shows blank ones", n, i, visible)
		}
	}
	if b.made > visible {
		t.Errorf("scrolling made %d rows, want %d at most: those that can be seen", b.made, visible)
	}
	b.table.List.ScrollToBottom()
	s.sees(b.view.Line(b.view.Len()-1, noon).Title)

	tries := 0
	within(t, "searching", 50*time.Millisecond, func() { tries++; b.search.SetText("entry " + strconv.Itoa(tries)) })
	b.search.SetText("")
	within(t, "filtering", 50*time.Millisecond, func() { b.filter(b.view.Group()) })
	within(t, "sorting", 50*time.Millisecond, func() { b.view.SortBy(model.ByPerson); b.rearranged() })
	within(t, "ticking", 50*time.Millisecond, func() { b.tick(0, false); b.tick(0, true) })
	s.w.win.Resize(fyne.NewSize(minWidth, minHeight))
}
