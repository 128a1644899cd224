package ui

import (
	"context"
	"fmt"
	"testing"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/ui/part"

	"fyne.io/fyne/v2"
)

// halter is an agent that a safety stop holds one person of.
type halter struct {
	previewer
	kept    []localapi.KeepRequest
	resumed []localapi.ResumeRequest
}

func (f *halter) Keep(_ context.Context, q localapi.KeepRequest) (localapi.Kept, error) {
	f.kept = append(f.kept, q)
	if q.PutBack {
		made := localapi.PersonSummary{Name: "Anna", Written: map[string]map[string]int{"business": {"create": 41}}}
		return localapi.Kept{Summary: localapi.Summary{People: []localapi.PersonSummary{made}}}, f.fail
	}
	return localapi.Kept{Held: 41}, f.fail
}

func (f *halter) Resume(_ context.Context, q localapi.ResumeRequest) (localapi.Summary, error) {
	f.resumed = append(f.resumed, q)
	return localapi.Summary{People: []localapi.PersonSummary{{Name: "Anna", Written: map[string]map[string]int{"exchange": {"delete": 41}}}}}, f.fail
}

// halted is the office of the mockup: Anna's run would delete 41 entries.
func halted() *halter {
	st := nine()
	st.Health = office.StoppedForSafety
	st.Syncing = false
	for i := range st.People {
		st.People[i].Health, st.People[i].Waiting = office.UpToDate, 0
	}
	st.People[0].Health, st.People[0].Halt = office.StoppedForSafety, string(plan.TooManyDeletes)
	anna := localapi.PersonPlan{Name: "Anna Virtanen", Address: st.People[0].Address, Linked: 63, Halt: &plan.Reason{Code: plan.TooManyDeletes, Count: 41, Limit: 20}}
	gone := plan.Reason{Code: plan.DeletedThere, From: event.Business}
	names := []string{"Weekly planning", "Site visit Turku", "Steering group", "Private entry", "Budget 2027"}
	for i := range 41 {
		r := rowOf(fmt.Sprint("d", i), "delete", localapi.GroupDelete, event.Exchange, names[i%5],
			fmt.Sprintf("2026-11-%02dT09:00:00", 23+i%5), fmt.Sprintf("2026-11-%02dT12:00:00", 23+i%5), gone)
		e := r.Entries["exchange"]
		if i%5 == 0 {
			e.Recurs = &localapi.Recurs{Every: "week", Interval: 1}
		}
		e.Private = i%5 == 3
		r.Entries["exchange"] = e
		anna.Withheld = append(anna.Withheld, r)
	}
	a := &halter{}
	a.status = st
	a.fresh = localapi.Preview{At: noon, People: []localapi.PersonPlan{anna}}
	return a
}

// TestStopped shows what happened with the numbers, and what is withheld.
func TestStopped(t *testing.T) {
	a := halted()
	s := open(t, a, PageStopped)
	s.sees("Stopped before deleting 41 entries")
	s.sees("The calendar of Anna Virtanen waits for you. The other 8 calendars go on as usual.")
	s.sees("would be deleted")
	s.sees("Keep all 41 entries")
	s.sees("and 36 more")
	s.shot("stopped-light")
	if len(a.reads) != 1 || a.reads[0].Who[0] != a.status.People[0].Address {
		t.Errorf("asked for %+v, want Anna's plan once", a.reads)
	}
	if a.fresh.People[0].Withheld[3].Entries["exchange"].Subject == "" {
		t.Fatal("the private entry has no subject that could be told")
	}
}

// TestStopped_InDark draws it for people to look at.
func TestStopped_InDark(t *testing.T) {
	s := openIn(t, halted(), PageStopped, part.ModeDark)
	s.sees("Stopped before deleting 41 entries")
	s.w.win.Resize(fyne.NewSize(minWidth, minHeight))
	s.shot("stopped-dark")
}

// TestStopped_KeepsEverything checks the safe button.
func TestStopped_KeepsEverything(t *testing.T) {
	a := halted()
	s := open(t, a, PageStopped)
	s.sees("Keep all 41 entries")
	s.press("Keep all 41 entries")
	s.sees("41 entries stay as they are, and are on hold until they change.")
	if len(a.kept) != 1 || a.kept[0].Who != a.status.People[0].Address || a.kept[0].PutBack {
		t.Errorf("asked for %+v", a.kept)
	}
	if len(a.resumed) != 0 {
		t.Errorf("let through: %+v", a.resumed)
	}
}

// TestStopped_PutsBack checks the button that makes what was deleted anew.
func TestStopped_PutsBack(t *testing.T) {
	a := halted()
	s := open(t, a, PageStopped)
	s.sees("Put 41 entries back")
	s.press("Put 41 entries back")
	s.sees("41 entries were made again where they had been deleted.")
	if len(a.kept) != 1 || !a.kept[0].PutBack || len(a.resumed) != 0 {
		t.Errorf("asked for %+v, let through %+v", a.kept, a.resumed)
	}
}

// TestStopped_AnotherAccount checks that nothing can be let through or kept of
// another mailbox, and that it is taken for the person's only after a question.
func TestStopped_AnotherAccount(t *testing.T) {
	a := halted()
	a.status.People[0].Halt = string(plan.IdentityChanged)
	p := &a.fresh.People[0]
	p.Halt, p.Withheld = &plan.Reason{Code: plan.IdentityChanged, From: event.Exchange}, nil
	s := open(t, a, PageStopped)
	s.sees("It is still the same person…")
	s.shot("stopped-account")
	s.press("It is still the same person…")
	if len(a.resumed) != 0 {
		t.Fatalf("accepted before it was asked: %+v", a.resumed)
	}
	s.pressIn("Yes, read both again")
	s.until("it is accepted", func() bool { return len(a.resumed) == 1 })
	if q := a.resumed[0]; !q.Account || q.Who != p.Address || q.Count != 0 {
		t.Errorf("asked for %+v", q)
	}
}

// TestStopped_AllowsTheNumberThatIsChosen checks that nothing is let through
// before a number is chosen, and then that one.
func TestStopped_AllowsTheNumberThatIsChosen(t *testing.T) {
	a := halted()
	s := open(t, a, PageStopped)
	s.sees("Allow once…")
	s.press("Allow once…")
	s.pressIn("Use this number")
	if len(a.resumed) != 0 {
		t.Fatalf("let through before a number was chosen: %+v", a.resumed)
	}
	s.press("Allow once…")
	s.press("41: all that is shown on this page is written")
	s.shot("stopped-allow")
	s.pressIn("Use this number")
	s.sees("41 changes are written.")
	if len(a.resumed) != 1 || a.resumed[0].Count != 41 {
		t.Errorf("asked for %+v, want 41 let through", a.resumed)
	}
}

// TestStopped_SaysWhenMoreIsWithheldNow checks the refusal of the agent.
func TestStopped_SaysWhenMoreIsWithheldNow(t *testing.T) {
	a := halted()
	s := open(t, a, PageStopped)
	s.sees("Keep all 41 entries")
	a.fail = &localapi.Error{Code: localapi.CodeNotShown}
	s.w.pages[PageStopped].(*kept).page.(*stopped).allow(41)
	s.sees("What is withheld has changed since you looked at it.")
}

// TestStopped_OpensThePreview checks the way to all that is withheld.
func TestStopped_OpensThePreview(t *testing.T) {
	a := halted()
	s := open(t, a, PageStopped)
	s.sees("Open all 41 in the preview")
	s.press("Open all 41 in the preview")
	s.sees("Anna Virtanen is stopped for safety")
	if b := s.board(); b.view.Group() != localapi.GroupDelete || b.view.Len() != 41 {
		t.Errorf("%d rows of %q, want the 41 deletions", b.view.Len(), b.view.Group())
	}
	s.sees("Nothing to write")
}

// TestStopped_NothingIs checks the page once nobody is stopped.
func TestStopped_NothingIs(t *testing.T) {
	s := open(t, &previewer{fake: fake{status: nine()}}, PageStopped)
	s.sees("Nothing is stopped")
	s.shot("stopped-none")
}

// TestStopped_EndsByItself checks that a stop that is none any more, once both
// calendars are read again, is forgotten, and the person brought in step.
func TestStopped_EndsByItself(t *testing.T) {
	a := halted()
	s := open(t, a, PageStopped)
	s.sees("Read Severa again")
	a.fresh.People[0].Halt, a.fresh.People[0].Withheld = nil, nil
	s.press("Read Severa again")
	s.sees("Nothing is stopped")
	s.until("she is brought in step", func() bool { return len(a.synced) == 1 })
	if who := a.synced[0].Who; len(who) != 1 || who[0] != a.status.People[0].Address {
		t.Errorf("brought in step: %v, want Anna", who)
	}
	reads := len(a.reads)
	for range 3 { // until she is, the status tells of the stop as before
		s.w.hear(a.status)
	}
	s.sees("Nothing is stopped")
	if len(a.reads) != reads || len(a.synced) != 1 {
		t.Errorf("read %d times and synced %d times more", len(a.reads)-reads, len(a.synced)-1)
	}
}
