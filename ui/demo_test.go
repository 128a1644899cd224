package ui

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
)

// playground is an agent with a demo office.
type playground struct {
	fake
	state  localapi.DemoState
	faults []localapi.DemoFault
}

func (p *playground) Demo(context.Context, localapi.DemoRequest) (localapi.DemoState, error) {
	return p.state, nil
}

func (p *playground) DemoFault(_ context.Context, f localapi.DemoFault) error {
	p.faults = append(p.faults, f)
	return nil
}

func (p *playground) Runs(context.Context, int) ([]localapi.Run, error) {
	return []localapi.Run{{ID: 7}}, nil
}

func (p *playground) Changes(context.Context, int64) ([]localapi.Change, error) {
	return []localapi.Change{{
		Kind: "create", Side: "exchange", Outcome: "applied", At: noon.Add(-3 * time.Second),
		After: &localapi.Entry{Subject: "Site visit Turku", Start: "2026-11-24T09:00:00", End: "2026-11-24T12:00:00"},
	}}, nil
}

// week48 is a week in which one entry has been moved on one side.
func week48() localapi.DemoState {
	monday := time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC)
	s := localapi.DemoState{
		Present: true, Person: "anna@office.test", From: monday, To: monday.AddDate(0, 0, 7),
		People: []localapi.DemoPerson{{Name: "Anna Virtanen", Address: "anna@office.test"}, {Name: "Mikko Laine", Address: "mikko@office.test"}},
	}
	add := func(subject string, day, from, to int, sides ...string) {
		for _, side := range sides {
			s.Entries = append(s.Entries, localapi.DemoEntry{
				Side: side, ID: side + subject, Subject: subject, Start: monday.AddDate(0, 0, day).Add(time.Duration(from) * time.Minute),
				End: monday.AddDate(0, 0, day).Add(time.Duration(to) * time.Minute), Private: subject == "Dentist",
			})
		}
	}
	both := []string{"business", "exchange"}
	add("Planning", 0, 9*60, 9*60+30, both...)
	add("Tender review", 0, 13*60, 14*60+30, both...)
	add("Site visit Turku", 1, 9*60, 12*60, both...)
	add("Client call", 2, 9*60, 10*60+30, both...)
	add("Retrospective", 2, 10*60, 11*60, "business")
	add("Retrospective", 2, 13*60, 14*60, "exchange")
	add("Crane inspection", 3, 8*60+30, 10*60, both...)
	add("Client lunch", 3, 11*60+30, 12*60+30, both...)
	add("Dentist", 3, 14*60, 16*60, "exchange")
	add("Budget 2027", 4, 10*60, 12*60, both...)
	add("Coaching", 4, 14*60, 15*60, both...)
	return s
}

// TestDemo shows both weeks, and what has become of an entry since.
func TestDemo(t *testing.T) {
	a := &playground{fake: fake{status: nine()}, state: week48()}
	s := open(t, a, model.PageDemo)
	s.sees("Demo office: Anna Virtanen, week 48")
	s.sees("2 entries are not the same in both")
	s.sees("Site visit Turku")
	s.sees("Private")
	for _, text := range s.texts() {
		if text == "Dentist" {
			t.Error("a private entry's subject is shown")
		}
	}
	s.shot("demo-before")

	moved := week48()
	for i, e := range moved.Entries {
		if e.Subject == "Retrospective" {
			moved.Entries[i].Start, moved.Entries[i].End = moved.From.AddDate(0, 0, 2).Add(13*time.Hour), moved.From.AddDate(0, 0, 2).Add(14*time.Hour)
		}
	}
	a.state = moved
	s.w.pages[model.PageDemo].open()
	s.sees("13:00, moved")
	s.sees("Both weeks agree")
	s.sees("apart from one private entry")
	s.shot("demo-after")
}

// TestDemo_Dark draws it in the dark theme.
func TestDemo_Dark(t *testing.T) {
	s := openIn(t, &playground{fake: fake{status: nine()}, state: week48()}, model.PageDemo, part.ModeDark)
	s.sees("Site visit Turku")
	s.shot("demo-dark")
}

// over is a demo whose agent ends when it is told to.
type over struct {
	playground
	gone atomic.Bool
	end  chan struct{}
}

func (o *over) Status(ctx context.Context, after uint64) (office.Status, error) {
	if !o.gone.Load() && after == o.status.Seq {
		select {
		case <-o.end:
			o.gone.Store(true)
		case <-ctx.Done():
		}
	}
	if o.gone.Load() {
		return office.Status{}, errors.New("connection refused")
	}
	return o.status, nil
}

func (o *over) Demo(ctx context.Context, q localapi.DemoRequest) (localapi.DemoState, error) {
	if o.gone.Load() {
		return localapi.DemoState{}, errors.New("connection refused")
	}
	return o.playground.Demo(ctx, q)
}

func newOver() *over {
	return &over{playground: playground{fake: fake{status: nine()}, state: week48()}, end: make(chan struct{})}
}

// TestDemo_SaysThatItHasEnded: without its agent nothing of the demo can be used,
// whatever page is up, and the window says so and can be closed.
func TestDemo_SaysThatItHasEnded(t *testing.T) {
	for _, page := range []string{model.PageDemo, PageOverview} {
		a := newOver()
		s := open(t, a, model.PageDemo)
		s.sees("Site visit Turku")
		s.w.Show(page)
		close(a.end)
		s.sees("The demo has ended")
		s.sees("Nothing real was touched.")
		s.shot("demo-ended")
		if s.w.shown != model.PageDemo {
			t.Errorf("from %q the page %q is up", page, s.w.shown)
		}
		p := pageOf[*demo](s, model.PageDemo)
		for _, b := range p.uses {
			if !b.Disabled() {
				t.Errorf("%q can still be pressed", b.Text())
			}
		}
		p.tell(errors.New("connection refused"))
		s.sees("The demo has ended") // and not that the agent starts again by itself
		s.press("Close this window")
		if s.w.ctx.Err() == nil {
			t.Error("the window does not close")
		}
	}
}

// TestDemo_GoesOnWhenItsAgentAnswersAgain: one answer that failed is not the end.
func TestDemo_GoesOnWhenItsAgentAnswersAgain(t *testing.T) {
	a := &playground{fake: fake{status: nine()}, state: week48()}
	s := open(t, a, model.PageDemo)
	s.sees("Site visit Turku")
	s.w.lost()
	s.sees("The demo has ended")
	s.w.hear(nine())
	s.sees("2 entries are not the same in both")
	if p := pageOf[*demo](s, model.PageDemo); p.banner.Visible() || p.uses[0].Disabled() {
		t.Error("it stays ended")
	}
}
