package ui

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
)

// registrar is an agent that switches people on and off.
type registrar struct {
	fake
	mu       sync.Mutex
	people   []localapi.Person
	switched []string
	outs     []string
	things   []localapi.Resource
	paired   []localapi.PairResourceRequest
	unpaired []localapi.UnpairResourceRequest
	exams    []localapi.DoctorReport // the answers, one after another; the last one stays
	examined []localapi.DoctorRequest
	held     chan struct{} // whoever follows an examination waits for it; nil: nobody does
}

func (r *registrar) Doctor(ctx context.Context, q localapi.DoctorRequest) (localapi.DoctorReport, error) {
	if r.held != nil && q.After > 0 {
		select {
		case <-r.held:
		case <-ctx.Done():
			return localapi.DoctorReport{}, ctx.Err()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.examined = append(r.examined, q)
	if len(r.exams) == 0 {
		return localapi.DoctorReport{}, nil
	}
	now := r.exams[0]
	if len(r.exams) > 1 {
		r.exams = r.exams[1:]
	}
	for _, p := range now.People { // as the doctor does
		if known := r.find(p.Address); known != nil && p.Enabled && !known.Enabled {
			known.Enabled, known.SwitchedBy, known.SwitchedAt = true, p.ApprovedBy, p.ApprovedAt
		}
	}
	return now, nil
}

func (r *registrar) Resources(context.Context) ([]localapi.Resource, error) { return r.things, r.fail }

func (r *registrar) PairResource(_ context.Context, q localapi.PairResourceRequest) (localapi.Person, error) {
	r.paired = append(r.paired, q)
	p := localapi.Person{Name: "Blue room", Address: q.Address, Addresses: map[string]string{"exchange": q.Address, "business": ""}, Resource: q.Resource, Enabled: true}
	r.people = append(r.people, p)
	return p, nil
}

func (r *registrar) UnpairResource(_ context.Context, q localapi.UnpairResourceRequest) (localapi.Person, error) {
	r.unpaired = append(r.unpaired, q)
	return localapi.Person{}, nil
}

func (r *registrar) People(context.Context) ([]localapi.Person, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]localapi.Person{}, r.people...), r.fail
}

func (r *registrar) find(address string) *localapi.Person {
	for i := range r.people {
		if r.people[i].Address == address {
			return &r.people[i]
		}
	}
	return nil
}

func (r *registrar) Switch(_ context.Context, address string, on bool, by string) (localapi.Person, error) {
	what := "off "
	if on {
		what = "on "
	}
	r.switched = append(r.switched, what+address)
	p := r.find(address)
	if on && p.OptedOut {
		return *p, &localapi.Error{Code: localapi.CodeOptedOut}
	}
	p.Enabled, p.SwitchedBy, p.SwitchedAt = on, by, noon
	return *p, nil
}

func (r *registrar) OptOut(_ context.Context, address string, out bool, by string) (localapi.Person, error) {
	r.outs = append(r.outs, address)
	p := r.find(address)
	p.OptedOut, p.SwitchedBy, p.SwitchedAt = out, by, noon
	p.Enabled = p.Enabled && !out
	return *p, nil
}

// dozen is the nine of the office and three who are not switched on.
func dozen() *registrar {
	r := &registrar{fake: fake{status: nine()}}
	for i, s := range r.status.People {
		p := localapi.Person{
			Name: s.Name, Address: s.Address, Addresses: map[string]string{"business": s.Address, "exchange": s.Address}, Enabled: true,
			SwitchedBy: "kaisa", SwitchedAt: time.Date(2026, 11, 20, 14, 12, 0, 0, time.UTC),
		}
		if i == 2 {
			p.Addresses["business"] = "s.devries@office.test"
		}
		if s.Name == "Meeting room Aura" {
			p.Direction = localapi.DirectionPublish
		}
		r.people = append(r.people, p)
	}
	for _, name := range []string{"Jukka Nieminen", "Lotte Jansen", "Pekka Virtanen"} {
		address := strings.ToLower(strings.Fields(name)[0]) + "@office.test"
		r.people = append(r.people, localapi.Person{Name: name, Address: address, Addresses: map[string]string{"business": address, "exchange": address}})
	}
	r.people[10].OptedOut = true
	r.people[11].Guest = true
	return r
}

func peopleOf(s *stage) *people { return s.w.pages[PagePeople].(*kept).page.(*people) }

// TestPeople checks that everybody stands there with state and who switched him.
func TestPeople(t *testing.T) {
	s := open(t, dozen(), PagePeople)
	for _, want := range []string{"9 of 12 take part", "Anna Virtanen", "20 Nov, kaisa", "s.devries", "1 decision", "Wants to be left out", "Only to Outlook", "Not switched on"} {
		s.sees(want)
	}
	s.shot("people-light")
}

// TestPeople_SwitchesTheTicked checks that the ones that the filter leaves are
// ticked at once, but not who wants to be left out.
func TestPeople_SwitchesTheTicked(t *testing.T) {
	r := dozen()
	s := openIn(t, r, PagePeople, part.ModeDark)
	s.sees("9 of 12 take part")
	peopleOf(s).filter.SetSelectedIndex(int(model.PeopleOff))
	s.press("Tick all 2 shown")
	s.sees("2 ticked")
	s.shot("people-dark")
	s.press("Switch 2 on")
	s.sees("11 of 12 take part")
	if got := strings.Join(r.switched, ", "); got != "on jukka@office.test, on pekka@office.test" {
		t.Errorf("switched %s", got)
	}
	if n := len(peopleOf(s).ticked); n != 0 {
		t.Errorf("%d are still ticked", n)
	}
}

// TestPeople_TicksNobodyWhoWantsToBeLeftOut checks that a row cannot be ticked
// against that person's word, also by the keyboard.
func TestPeople_TicksNobodyWhoWantsToBeLeftOut(t *testing.T) {
	s := open(t, dozen(), PagePeople)
	s.sees("Lotte Jansen")
	p := peopleOf(s)
	test.Type(p.search, "lotte")
	p.table.List.Select(0)
	if on, off := p.chosenPeople(); len(on)+len(off) != 0 {
		t.Errorf("%v and %v would be switched", on, off)
	}
}

// TestPeople_LeavesSomebodyOut checks the way out and that a refusal is told.
func TestPeople_LeavesSomebodyOut(t *testing.T) {
	r := dozen()
	s := open(t, r, PagePeople)
	s.sees("Anna Virtanen")
	p := peopleOf(s)
	test.Type(p.search, "anna")
	s.press("Change")
	s.chooseItem("Wants to be left out")
	s.sees("8 of 12 take part")
	if len(r.outs) != 1 || r.outs[0] != r.people[0].Address {
		t.Errorf("left out %v", r.outs)
	}
	p.search.SetText("")
	s.until("it reads no more", func() bool { return !p.loading })
	r.fail = &localapi.Error{Code: localapi.CodeDiskFull}
	p.load()
	s.sees("The disk is full")
}

// chooseItem presses a line of the menu that is open.
func (s *stage) chooseItem(text string) {
	s.Helper()
	menu := s.w.win.Canvas().Overlays().Top()
	if menu == nil {
		s.Fatal("no menu is open")
	}
	var found fyne.Tappable
	walk(menu, func(o fyne.CanvasObject) {
		t, ok := o.(fyne.Tappable)
		if !ok {
			return
		}
		walk(o, func(in fyne.CanvasObject) {
			if label, ok := in.(*canvas.Text); ok && label.Text == text {
				found = t
			}
		})
	})
	if found == nil {
		s.Fatalf("the menu has no %q", text)
	}
	test.Tap(found)
}

func (r *registrar) Setup(context.Context) (localapi.Setup, error) {
	return localapi.Setup{}, &localapi.Error{Code: localapi.CodeFailed, Message: "no setup here"}
}

// TestPeople_AddsColleaguesInTheSetup checks that colleagues are added where both
// systems are looked at for them.
func TestPeople_AddsColleaguesInTheSetup(t *testing.T) {
	s := open(t, dozen(), PagePeople)
	s.sees("Anna Virtanen")
	s.press("Add colleagues")
	if s.w.shown != model.PageSetup {
		t.Errorf("the page %q is up, want the setup", s.w.shown)
	}
}

// TestPeople_PairsARoomWithItsMailbox checks that a room that activities show is
// given a mailbox, stands among the people, counts as nobody, and can be cleared.
func TestPeople_PairsARoomWithItsMailbox(t *testing.T) {
	r := dozen()
	r.things = []localapi.Resource{{ID: "car", Name: "The car", Paired: true, Enabled: true}, {ID: "blue", Name: "Blue room", Entries: 12}}
	s := open(t, r, PagePeople)
	s.sees("9 of 12 take part")
	s.press("Rooms and cars")
	s.sees("Address of its mailbox")
	var mailbox *part.Entry
	var thing *part.Choice
	walk(s.w.win.Canvas().Overlays().Top(), func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *part.Entry:
			mailbox = o
		case *part.Choice:
			thing = o
		}
	})
	if got := strings.Join(thing.Options, ", "); got != "Blue room · 12 entries" {
		t.Errorf("offered are %s", got)
	}
	s.shot("resources-light")
	mailbox.SetText(" blue.room@office.test ")
	s.press("Show it")
	s.sees("A resource in Severa")
	if len(r.paired) != 1 || r.paired[0].Resource != "blue" || r.paired[0].Address != "blue.room@office.test" || r.paired[0].By == "" {
		t.Fatalf("paired %+v", r.paired)
	}
	s.sees("9 of 12 take part")
	test.Type(peopleOf(s).search, "blue")
	s.press("Change")
	s.chooseItem("Take its copies out of the mailbox")
	s.until("the agent is told", func() bool { return len(r.unpaired) == 1 })
	if q := r.unpaired[0]; q.Resource != "blue.room@office.test" || !q.Copies {
		t.Errorf("unpaired %+v", q)
	}
}
