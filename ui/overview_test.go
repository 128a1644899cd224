package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
)

// nine is an office of nine calendars, two of them not as they should be.
func nine() office.Status {
	up := func(name string, ago time.Duration) office.PersonStatus {
		return office.PersonStatus{Name: name, Address: name + "@office.test", Health: office.UpToDate, Complete: noon.Add(-ago)}
	}
	elina := up("Elina Korhonen", 2*time.Minute)
	elina.Health, elina.Waiting = office.NeedsAttention, 1
	pieter := up("Pieter Bakker", time.Minute)
	pieter.Health, pieter.Done, pieter.Total = office.Syncing, 12, 48
	came := func(p office.PersonStatus, severa, outlook time.Duration) office.PersonStatus {
		p.Came = map[string]time.Time{"business": noon.Add(-severa), "exchange": noon.Add(-outlook)}
		return p
	}
	aura, van := up("Meeting room Aura", 2*time.Minute), up("Van 2", 2*time.Minute)
	aura.Resource, van.Resource = true, true
	elina, pieter = came(elina, 2*time.Minute, 41*time.Minute), came(pieter, time.Second, time.Minute)
	return office.Status{EverySeconds: 180, Connections: []office.ConnectionStatus{
		{Side: "business", Answered: noon, Millis: 180}, {Side: "exchange", Product: "Exchange 2019", Answered: noon, Millis: 64},
	}, Seq: 1, Health: office.NeedsAttention, Syncing: true, People: []office.PersonStatus{
		came(up("Anna Virtanen", 2*time.Minute), 2*time.Minute, 4*time.Minute), up("Mikko Laine", 2*time.Minute), up("Sanne de Vries", 2*time.Minute), pieter,
		elina, up("Kaisa Mäkelä", 2*time.Minute), up("Bram Visser", time.Hour), aura, van,
	}}
}

// TestOverview checks that the first page tells how everybody is doing.
func TestOverview(t *testing.T) {
	today := localapi.Run{Started: noon.Add(-time.Hour), Written: map[string]map[string]int{"business": {"create": 12}, "exchange": {"update": 27}}}
	s := open(t, &fake{status: nine(), runs: []localapi.Run{today}}, "")
	s.sees("8 of 9 calendars are up to date")
	s.sees("Signed in, answers in 180 ms")
	s.sees("Exchange Server 2019")
	s.sees("12 created, 27 changed, 0 deleted")
	s.sees("4 min")
	s.sees("Within 3 min")
	s.sees("1 decision")
	s.sees("Syncing 12 of 48")
	s.sees("Anna Virtanen")
	s.sees("AV")
	s.sees("Van 2")
	if s.shows("V2") || s.shows("MA") {
		t.Error("a room or a car has initials")
	}
	s.shot("overview-light")
}

// TestOverviewDark draws it in the dark theme.
func TestOverviewDark(t *testing.T) {
	s := openIn(t, &fake{status: nine()}, "", part.ModeDark)
	s.sees("8 of 9 calendars are up to date")
	s.shot("overview-dark")
}

// TestOverview_InOtherWords draws it in long languages.
func TestOverview_InOtherWords(t *testing.T) {
	for _, language := range []string{"de", "fi"} {
		t.Run(language, func(t *testing.T) {
			in(t, language)
			s := open(t, &fake{status: nine()}, "")
			s.sees("Anna Virtanen")
			s.shot("overview-" + language)
		})
	}
}

// TestOverviewSyncs checks that the button asks for everybody, and that a
// refusal is told with what to do.
func TestOverviewSyncs(t *testing.T) {
	st := nine()
	st.Syncing = false
	a := &fake{status: st, fail: &localapi.Error{Code: localapi.CodeDiskFull}}
	s := open(t, a, "")
	s.sees("8 of 9")
	s.press("Sync now")
	s.sees("The disk is full")
	s.sees("Make room and try again")
	if len(a.synced) != 1 || len(a.synced[0].Who) != 0 {
		t.Errorf("asked for %+v, want one sync of everybody", a.synced)
	}
}

// TestOverviewLeads checks that what is pressed leads to where it is dealt with.
func TestOverviewLeads(t *testing.T) {
	s := open(t, &fake{status: nine()}, "")
	s.sees("8 of 9")
	s.press("Today")
	s.sees("Nothing has been written yet")
}

// TestOverview_SaysThatThereIsNoIcon: whoever closes the window must know how to
// come back.
func TestOverview_SaysThatThereIsNoIcon(t *testing.T) {
	s := open(t, &fake{status: nine(), noTray: true}, PageOverview)
	s.sees("Start it once more to open the window again.")
	s.shot("overview-no-icon")
	s = open(t, &fake{status: nine()}, PageOverview)
	s.sees("Sync now")
	for _, text := range s.texts() {
		if strings.Contains(text, "shows no icons") {
			t.Errorf("a desktop that shows the icon is said not to: %s", text)
		}
	}
}

// TestOverview_IsExactWhereItIsPointedAt checks that how long ago becomes when
// while the mouse is there, and no longer.
func TestOverview_IsExactWhereItIsPointedAt(t *testing.T) {
	s := open(t, &fake{status: nine()}, "")
	s.sees("4 min")
	var at *part.Pointed
	s.walk(func(o fyne.CanvasObject) {
		p, ok := o.(*part.Pointed)
		if !ok {
			return
		}
		walk(p, func(in fyne.CanvasObject) {
			if text, ok := in.(*part.Text); ok && text.Text() == "4 min" {
				at = p
			}
		})
	})
	if at == nil {
		t.Fatal("no time can be pointed at")
	}
	at.MouseIn(nil)
	s.sees("Today 10:40")
	at.MouseOut()
	s.sees("4 min")
	if s.shows("Today 10:40") {
		t.Error("it stays exact")
	}
}

// TestOverview_KeepsABannerApart: what was refused stands above the cards, and not on them.
func TestOverview_KeepsABannerApart(t *testing.T) {
	st := nine()
	st.Syncing = false
	s := open(t, &fake{status: st, fail: &localapi.Error{Code: localapi.CodeDiskFull}}, "")
	s.sees("Anna Virtanen")
	cards := s.top("Visma Severa")
	s.press("Sync now")
	s.sees("The disk is full")
	s.settle()
	const grounds = 2 * part.GapBlocks // the banner's and the card's own
	if gap := s.top("Visma Severa") - s.top("Make room and try again"); gap < grounds+part.GapBlocks {
		t.Errorf("the cards begin %v below the banner's last line", gap)
	}
	if s.top("Visma Severa") <= cards {
		t.Error("the banner took no room")
	}
}

// top is where a text begins.
func (s *stage) top(text string) (y float32) {
	s.walk(func(o fyne.CanvasObject) {
		if t, ok := o.(*part.Text); ok && strings.HasPrefix(t.Text(), text) {
			y = fyne.CurrentApp().Driver().AbsolutePositionForObject(t).Y
		}
	})
	return y
}

// TestOverview_NothingIsGreenBeforeItWasLookedAt: neither an office in which
// nobody takes part, nor somebody whose calendars nobody has looked at.
func TestOverview_NothingIsGreenBeforeItWasLookedAt(t *testing.T) {
	a := newFounder()
	a.status = office.Status{Seq: 1}
	s := open(t, a, "")
	s.sees("No calendar is kept in step yet")
	s.sees("Switch somebody on under People.")
	if n := s.pictures("ok"); n > 0 {
		t.Errorf("%d pictures say that all is well with nobody", n)
	}
	if s.shows("From Severa") || s.shows("Times show when") {
		t.Error("a table stands there that has no row")
	}
	s.shot("overview-nobody")
	s.press("Add colleagues")
	s.until("the setup is up", func() bool { return s.w.shown == model.PageSetup })

	anna := office.PersonStatus{Name: "Anna Virtanen", Address: dozen().people[0].Address}
	st := office.Status{Seq: 1, People: []office.PersonStatus{anna}}
	s = open(t, &fake{status: st}, "")
	s.sees("Not looked at yet")
	if n := s.pictures("ok"); n > 0 {
		t.Errorf("%d pictures say that all is well before the first look", n)
	}
	seen := office.Status{Seq: 2, People: []office.PersonStatus{anna}}
	seen.People[0].Complete = noon
	s.w.hear(seen)
	s.sees("Up to date")
	if n := s.pictures("ok"); n != 3 {
		t.Errorf("%d pictures say that all is well, want that of the office, Anna's and the foot's", n)
	}
	r := dozen()
	r.status = st
	s = open(t, r, PagePeople)
	s.sees("Wants to be left out")
	s.w.hear(st)
	if n := s.pictures("ok"); n > 0 || !s.shows("Not looked at yet") {
		t.Errorf("People: %d pictures say that all is well before the first look", n)
	}
	s.w.hear(seen)
	s.sees("Up to date")
	if n := s.pictures("ok"); n != 2 {
		t.Errorf("People: %d pictures say that all is well, want Anna's and the foot's", n)
	}
}

// pictures counts those of a name that can be seen.
func (s *stage) pictures(name string) (n int) {
	s.walk(func(o fyne.CanvasObject) {
		if img, ok := o.(*canvas.Image); ok && img.Resource != nil && strings.HasSuffix(img.Resource.Name(), "lockstep-"+name+".svg") {
			n++
		}
	})
	return n
}
