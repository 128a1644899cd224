package ui

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
	"lockstep/ui/part"
)

// asker is an agent that waits for a person's word.
type asker struct {
	fake
	questions []localapi.Question
	asked     []localapi.ResolveRequest
	settles   []localapi.Question
	refuse    error
}

func (a *asker) Decisions(context.Context, localapi.DecisionsRequest) ([]localapi.Question, error) {
	return append([]localapi.Question{}, a.questions...), a.fail
}

func (a *asker) Resolve(_ context.Context, q localapi.ResolveRequest) (localapi.Resolved, error) {
	a.asked = append(a.asked, q)
	if a.refuse != nil {
		return localapi.Resolved{}, a.refuse
	}
	if q.Always && !q.Confirm {
		return localapi.Resolved{Rule: `winner = "exchange"`, Settles: a.settles}, nil
	}
	var left []localapi.Question
	for _, w := range a.questions {
		if w.ID != q.ID {
			left = append(left, w)
		}
	}
	a.questions = left
	return localapi.Resolved{Stored: true}, nil
}

// three is the office of the mockup: three decisions of three people.
func three() []localapi.Question {
	at := func(h, m int) time.Time { return time.Date(2026, 11, 25, h, m, 0, 0, time.UTC) }
	entry := func(id, subject, from, to string, modified time.Time) localapi.Entry {
		return localapi.Entry{ID: id, Subject: subject, Start: from, End: to, Zone: "Europe/Helsinki", Modified: modified}
	}
	both, sides := []string{"business", "exchange"}, []string{"take_business", "take_exchange", "never_sync"}
	return []localapi.Question{
		{
			ID: "a1", Name: "Elina Korhonen", Address: "elina@office.test", Choices: append(sides[:2:2], "take_by_field", "never_sync"), Same: 7,
			Row: localapi.Row{Side: "business", Reason: plan.Reason{Code: plan.AskedByRule}, Entries: map[string]localapi.Entry{
				"business": entry("b1", "Kick-off Lahti mill", "2026-11-24T11:00:00", "2026-11-24T12:30:00", at(10, 41)),
				"exchange": entry("x1", "Kick-off Lahti mill", "2026-11-24T14:00:00", "2026-11-24T15:30:00", at(10, 43)),
			}},
			Fields: []localapi.FieldPair{{
				Field: "when", Known: true, Changed: both, Before: "2026-11-24T10:00:00 – 2026-11-24T11:30:00",
				Business: "2026-11-24T11:00:00 – 2026-11-24T12:30:00", Exchange: "2026-11-24T14:00:00 – 2026-11-24T15:30:00",
			}},
			Others: []localapi.FieldPair{
				{Field: "location", Known: true, Changed: both[:1], Before: "Aura", Business: "Client site", Exchange: "Aura"},
				{Field: "notes", Known: true, Changed: both[1:], Before: "Agenda v1", Business: "Agenda v1", Exchange: "Agenda v2"},
			},
		},
		{
			ID: "b2", Name: "Mikko Laine", Address: "mikko@office.test", Choices: []string{"pair_with", "keep_separate", "never_sync"},
			Row: localapi.Row{Side: "exchange", Reason: plan.Reason{Code: plan.Ambiguous, Count: 2}, Entries: map[string]localapi.Entry{
				"exchange": entry("x2", "Client lunch", "2026-11-30T12:00:00", "2026-11-30T13:00:00", at(9, 0)),
			}},
			Candidates: []localapi.Entry{
				entry("b3", "Client lunch", "2026-11-30T12:00:00", "2026-11-30T13:00:00", at(9, 0)),
				entry("b4", "Client lunch", "2026-11-30T12:00:00", "2026-11-30T13:00:00", at(9, 5)),
			},
		},
		{
			ID: "c3", Name: "Sanne de Vries", Address: "sanne@office.test", Choices: sides,
			Row: localapi.Row{
				Side: "exchange", Reason: plan.Reason{Code: plan.DeletedAndEdited, From: event.Business},
				Entries: map[string]localapi.Entry{"exchange": entry("x4", "Training day", "2026-12-04T09:00:00", "2026-12-04T16:00:00", at(8, 0))},
			},
		},
	}
}

func attentionStatus() office.Status {
	s := nine()
	for i := range s.People {
		p := &s.People[i]
		switch p.Name {
		case "Elina Korhonen", "Mikko Laine", "Sanne de Vries":
			p.Health, p.Waiting = office.NeedsAttention, 1
		case "Van 2":
			p.Problems = []state.Problem{{Side: event.Exchange, Reason: plan.Reason{Code: plan.CannotRead, From: event.Exchange, Detail: "no_id"}}}
			p.Foreign = map[string]int{"dynamics": 3}
		}
	}
	return s
}

// TestAttention checks that a decision is shown field by field, and that the
// answer names the side that was chosen.
func TestAttention(t *testing.T) {
	a := &asker{fake: fake{status: attentionStatus()}, questions: three()}
	s := open(t, a, PageAttention)
	s.sees("3 decisions")
	s.sees("Kick-off Lahti mill")
	for _, want := range []string{"Changed in both places", "24 Nov, 10:00", "24 Nov, 14:00", "15:30", "Client site", "Agenda v2", "7 fields are the same on both sides", "Also worth knowing"} {
		s.sees(want)
	}
	s.shot("attention-before")
	if b := s.button("Write result to both"); !b.Disabled() {
		t.Error("the result can be written before anybody chose a side")
	}
	s.press("24 Nov, 14:00")
	s.shot("attention-light")
	s.press("Write result to both")
	s.sees("2 decisions")
	s.press("Decide later")
	s.sees("2 of 2")
	want := []localapi.ResolveRequest{{ID: "a1", Who: []string{"elina@office.test"}, Choice: "take_by_field", Fields: map[string]string{"when": "exchange"}}}
	if !reflect.DeepEqual(a.asked, want) {
		t.Errorf("asked for %+v, want %+v", a.asked, want)
	}
}

// both is the office of the mockup in which the place, too, was changed on both
// sides, and somebody's notes.
func both() []localapi.Question {
	qs := three()
	q := &qs[0]
	for i := range q.Others {
		f := q.Others[i]
		f.Changed = []string{"business", "exchange"}
		q.Fields = append(q.Fields, f)
	}
	q.Fields[1].Exchange, q.Fields[2].Business = "Meeting room 2", "Agenda of Elina"
	q.Others = nil
	return qs
}

// TestAttention_FieldByField checks that each field is chosen for itself, that
// both lines of a time are one field, and that the result is what is written.
func TestAttention_FieldByField(t *testing.T) {
	a := &asker{fake: fake{status: attentionStatus()}, questions: both()}
	s := open(t, a, PageAttention)
	s.sees("Choose in each row which side is right.")
	results := func() (out []string) {
		for _, r := range s.w.pages[PageAttention].(*kept).page.(*attention).decide.results {
			out = append(out, r.Text())
		}
		return out
	}
	s.press("24 Nov, 14:00")
	s.press("Client site")
	if got, want := results(), []string{"24 Nov, 14:00", "15:30", "Client site", "Not chosen yet"}; !slices.Equal(got, want) {
		t.Errorf("the result is %q, want %q", got, want)
	}
	if !s.button("Write result to both").Disabled() {
		t.Error("the result can be written before a side was chosen for each field")
	}
	for _, text := range s.texts() {
		if strings.Contains(text, "Decide all like this") {
			t.Errorf("%q is offered of an answer that names both sides", text)
		}
	}
	s.press("Agenda v2")
	s.shot("attention-fields")
	s.press("Write result to both")
	s.sees("2 decisions")
	want := []localapi.ResolveRequest{{
		ID: "a1", Who: []string{"elina@office.test"}, Choice: "take_by_field",
		Fields: map[string]string{"when": "exchange", "location": "business", "notes": "exchange"},
	}}
	if !reflect.DeepEqual(a.asked, want) {
		t.Errorf("asked for %+v, want %+v", a.asked, want)
	}
}

// TestAttention_TheOrganizersSideIsFilledIn checks that a meeting which somebody
// else organises begins with what he has set, and that this is a suggestion.
func TestAttention_TheOrganizersSideIsFilledIn(t *testing.T) {
	qs := three()
	qs[0].Fields[0].Organizer = "exchange"
	a := &asker{fake: fake{status: attentionStatus()}, questions: qs}
	s := open(t, a, PageAttention)
	s.sees("Suggestion: keep what stands in Outlook")
	s.sees("Somebody else organises this meeting")
	s.sees("Use suggestion for 2")
	s.shot("attention-organizer")
	s.press("Write result to both")
	s.sees("2 decisions")
	if want := map[string]string{"when": "exchange"}; len(a.asked) != 1 || !reflect.DeepEqual(a.asked[0].Fields, want) {
		t.Errorf("asked for %+v, want %v", a.asked, want)
	}

	qs = both()[:1]
	qs[0].Fields[0].Organizer = "exchange"
	s = open(t, &asker{fake: fake{status: attentionStatus()}, questions: qs}, PageAttention)
	s.sees("Choose in each row which side is right.")
	if got := strings.Join(s.texts(), "\n"); strings.Contains(got, "Suggestion") || strings.Count(got, "15:30") != 2 {
		t.Errorf("what is the organiser's in part is suggested as a whole, or not filled in:\n%s", got)
	}
}

// TestAttention_FieldByField_ByKeyboard checks that Tab comes to every cell, that
// Space chooses it, and that arrows go over to the other side or another row.
func TestAttention_FieldByField_ByKeyboard(t *testing.T) {
	a := &asker{fake: fake{status: attentionStatus()}, questions: both()}
	k := &keyboard{stage: open(t, a, PageAttention)}
	k.sees("Choose in each row which side is right.")
	k.press("24 Nov, 11:00")
	k.key(fyne.KeyRight) // Outlook's time, chosen with it
	k.key(fyne.KeyUp)    // nothing above
	k.key(fyne.KeyDown)  // when it ends
	k.key(fyne.KeyDown)  // Outlook's place, not chosen by that
	k.key(fyne.KeyLeft)
	k.key(fyne.KeyDown)
	k.key(fyne.KeyDown) // nothing below
	k.key(fyne.KeySpace)
	k.press("Write result to both")
	k.sees("2 decisions")
	want := map[string]string{"when": "exchange", "location": "business", "notes": "business"}
	if len(a.asked) != 1 || !reflect.DeepEqual(a.asked[0].Fields, want) {
		t.Errorf("asked for %+v, want %v", a.asked, want)
	}
}

// TestAttention_OneSideForAll checks a question of which a side is right as a
// whole: it has no answer field by field.
func TestAttention_OneSideForAll(t *testing.T) {
	qs := both()[:1]
	qs[0].Row.Reason.Code, qs[0].Choices = plan.DiffersUnmarked, []string{"take_business", "take_exchange", "never_sync"}
	a := &asker{fake: fake{status: attentionStatus()}, questions: qs}
	s := open(t, a, PageAttention)
	s.sees("Choose in a cell which side is right.")
	s.press("Client site")
	s.press("Write result to both")
	s.sees("Nothing needs a decision")
	if len(a.asked) != 1 || a.asked[0].Choice != "take_business" || a.asked[0].Fields != nil {
		t.Errorf("asked for %+v, want Severa's side for all", a.asked)
	}
}

// TestAttention_OfOtherFields checks that a question which asks about other
// fields by now is read again.
func TestAttention_OfOtherFields(t *testing.T) {
	a := &asker{fake: fake{status: attentionStatus()}, questions: three()}
	s := open(t, a, PageAttention)
	s.sees("24 Nov, 14:00")
	s.press("24 Nov, 14:00")
	a.refuse, a.questions = &localapi.Error{Code: localapi.CodeFields}, both()
	s.press("Write result to both")
	s.sees("Choose in each row which side is right.")
}

// button is the button of that text.
func (s *stage) button(text string) *part.Button {
	s.Helper()
	var found *part.Button
	walk(s.w.win.Content(), func(o fyne.CanvasObject) {
		if b, ok := o.(*part.Button); ok && b.Text() == text {
			found = b
		}
	})
	if found == nil {
		s.Fatalf("there is no button %q; the window shows:\n%s", text, strings.Join(s.texts(), "\n"))
	}
	return found
}

// tick ticks the only box that can be seen.
func (s *stage) tick() {
	s.Helper()
	var box *widget.Check
	walk(s.w.win.Content(), func(o fyne.CanvasObject) {
		if c, ok := o.(*widget.Check); ok {
			box = c
		}
	})
	if box == nil {
		s.Fatal("there is no box to tick")
	}
	test.Tap(box)
}

// TestAttention_AlwaysShowsWhatItSettles checks that a rule is shown with what
// it settles before it is made one.
func TestAttention_AlwaysShowsWhatItSettles(t *testing.T) {
	qs := three()
	a := &asker{fake: fake{status: attentionStatus()}, questions: qs, settles: []localapi.Question{qs[0], qs[0], qs[0]}}
	s := open(t, a, PageAttention)
	s.sees("Write result to both")
	s.press("24 Nov, 14:00")
	s.sees("Decide all like this: Outlook is right")
	s.tick()
	s.sees("2 other decisions that wait are settled")
	s.shot("attention-rule")
	s.press("Decide all 3 in this way")
	s.sees("2 decisions")
	if n := len(a.asked); n != 2 || a.asked[0].Confirm || !a.asked[1].Confirm || a.asked[1].Choice != "take_exchange" {
		t.Errorf("asked for %+v, want the rule shown and then confirmed", a.asked)
	}
}

// TestAttention_PairsWithTheCandidateThatWasChosen checks that nothing can be
// paired before a person has said with what.
func TestAttention_PairsWithTheCandidateThatWasChosen(t *testing.T) {
	a := &asker{fake: fake{status: attentionStatus()}, questions: three()[1:2]}
	s := open(t, a, PageAttention)
	s.sees("Which entry is it?")
	if !s.button("Pair the two").Disabled() {
		t.Error("it can be paired before a candidate was chosen")
	}
	s.shot("attention-candidates")
	s.press("Mon 30 Nov, 12:00 to 13:00")
	s.press("Pair the two")
	s.sees("Nothing needs a decision")
	if len(a.asked) != 1 || a.asked[0].Choice != "pair_with" || a.asked[0].Partner != "1" {
		t.Errorf("asked for %+v, want the first candidate", a.asked)
	}
	s.shot("attention-empty")
}

// TestAttention_SuggestsWhatLosesNothing checks that the changed entry is what
// is suggested, and that a refusal is told.
func TestAttention_SuggestsWhatLosesNothing(t *testing.T) {
	a := &asker{fake: fake{status: attentionStatus()}, questions: three()[2:], refuse: &localapi.Error{Code: localapi.CodeDiskFull}}
	s := openIn(t, a, PageAttention, part.ModeDark)
	s.sees("Suggestion: keep the changed entry")
	if got := strings.Join(s.texts(), "\n"); strings.Contains(got, "Not chosen yet") || strings.Contains(got, "Before") {
		t.Error("a deletion has columns for what fields were and will be")
	}
	s.shot("attention-dark")
	s.press("Keep the changed entry")
	s.sees("The disk is full")
	if len(a.asked) != 1 || a.asked[0].Choice != "take_exchange" {
		t.Errorf("asked for %+v, want Outlook's entry kept", a.asked)
	}
}

// TestAttention_NothingNeedsADecision checks the good state.
func TestAttention_NothingNeedsADecision(t *testing.T) {
	s := open(t, &asker{fake: fake{status: nine()}}, PageAttention)
	s.sees("Nothing needs a decision")
}

// TestAttention_IsSearchedWhereItIsLong checks that more than fifty can be searched.
func TestAttention_IsSearchedWhereItIsLong(t *testing.T) {
	a := &asker{fake: fake{status: nine()}}
	for i := range 60 {
		q := three()[2]
		q.ID = "q" + string(rune('0'+i))
		if i == 7 {
			e := q.Row.Entries["exchange"]
			e.Subject = "Needle"
			q.Row.Entries = map[string]localapi.Entry{"exchange": e}
		}
		a.questions = append(a.questions, q)
	}
	s := open(t, a, PageAttention)
	s.sees("60 decisions")
	var search *part.Entry
	walk(s.w.win.Content(), func(o fyne.CanvasObject) {
		if e, ok := o.(*part.Entry); ok {
			search = e
		}
	})
	if search == nil {
		t.Fatal("there is no field to search sixty decisions")
	}
	test.Type(search, "needle")
	s.sees("Needle")
	for _, text := range s.texts() {
		if text == "Training day" {
			t.Error("what does not match is still shown")
		}
	}
}

// TestAttention_ShowsAQuestionThatHasChanged checks that the answer is given to
// what is asked now.
func TestAttention_ShowsAQuestionThatHasChanged(t *testing.T) {
	a := &asker{fake: fake{status: attentionStatus()}, questions: three()}
	s := open(t, a, PageAttention)
	s.sees("24 Nov, 14:00")
	p := s.w.pages[PageAttention].(*kept).page.(*attention)
	s.until("it reads no more", func() bool { return !p.loading })
	changed := three()
	changed[0].Fields[0].Exchange = "2026-11-24T16:00:00 – 2026-11-24T17:30:00"
	a.questions = changed
	p.load()
	s.sees("24 Nov, 16:00")
}

// TestAttention_UsesEverySuggestion checks that one button answers all that
// Lockstep has a suggestion for, and nothing else.
func TestAttention_UsesEverySuggestion(t *testing.T) {
	qs := three()
	more := three()[2]
	more.ID = "d4"
	a := &asker{fake: fake{status: attentionStatus()}, questions: append(qs, more)}
	s := open(t, a, PageAttention)
	s.sees("Use suggestion for 2")
	s.press("Use suggestion for 2")
	s.sees("2 decisions")
	var got []string
	for _, q := range a.asked {
		got = append(got, q.ID+" "+q.Choice)
	}
	if g := strings.Join(got, ", "); g != "c3 take_exchange, d4 take_exchange" {
		t.Errorf("answered %s", g)
	}
}
