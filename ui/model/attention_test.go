package model

import (
	"strings"
	"testing"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

var decisionNow = time.Date(2026, 11, 25, 10, 44, 0, 0, time.UTC)

func askedFor(code plan.Code, choices ...plan.Choice) localapi.Question {
	q := localapi.Question{ID: "q", Name: "Anna", Address: "anna@office.test", Row: localapi.Row{
		Side: "exchange", Reason: plan.Reason{Code: code, From: event.Business},
		Entries: map[string]localapi.Entry{"exchange": {ID: "x", Subject: "Lunch", Start: "2026-11-24T11:00:00", End: "2026-11-24T12:00:00"}},
	}}
	for _, c := range choices {
		q.Choices = append(q.Choices, c.String())
	}
	return q
}

// Every reason that asks is named in a few words and in a sentence, and the
// answers to it are named by their effects.
func TestDecisionOf_EveryQuestion(t *testing.T) {
	for _, code := range []plan.Code{
		plan.SpelledAlike, plan.SameDay, plan.Ambiguous, plan.DeletedAndEdited, plan.TiedToMore, plan.DeletedFrozen, plan.SameAge, plan.ClockUnsure,
		plan.BackAndForth, plan.AskedByRule, plan.OutcomeUnsure, plan.DiffersUnmarked, plan.PartnerUnknown, plan.MadeTwice, plan.Vanished,
	} {
		a := plan.Action{Kind: plan.Ask, Reason: plan.Reason{Code: code, From: event.Business}}
		q := askedFor(code, plan.Choices(a)...)
		q.Candidates = []localapi.Entry{{Subject: "Lunch", Start: "2026-11-24T11:00:00", End: "2026-11-24T12:00:00"}}
		d := DecisionOf(q, decisionNow)
		if d.Lead == "" || len([]rune(Asked(q.Row.Reason))) > 45 || !strings.HasSuffix(d.Line, ".") || strings.Contains(d.Line, "Exchange") || strings.Contains(d.Line, "{{") {
			t.Errorf("%s: %q, %q", code, d.Lead, d.Line)
		}
		if len(d.Answers) == 0 {
			t.Errorf("%s has no answer", code)
		}
		for _, x := range d.Answers {
			if x.Label == "" || x.Choice == "" {
				t.Errorf("%s: an answer without words or choice: %+v", code, x)
			}
		}
		if strings.Contains(d.Suggested.Choice, "business") {
			t.Errorf("%s: what deletes is suggested", code)
		}
	}
}

func TestDecisionOf_KeepingIsTheMainAnswer(t *testing.T) {
	d := DecisionOf(askedFor(plan.DeletedAndEdited, plan.TakeBusiness, plan.TakeExchange, plan.NeverSync), decisionNow)
	var got []string
	for _, a := range d.Answers {
		got = append(got, a.Label+"="+a.Choice)
	}
	want := "Leave it alone for good=never_sync, Delete it in both=take_business, Keep the changed entry=take_exchange"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("answers %q, want %q", s, want)
	}
	if d.Suggested.Choice != "take_exchange" {
		t.Errorf("suggested %q, want take_exchange", d.Suggested.Choice)
	}
}

// A private entry's fields are not shown, but for when it is; a masked one's neither.
func TestDecisionOf_ShowsNothingPrivate(t *testing.T) {
	for _, c := range []struct {
		name  string
		entry localapi.Entry
		field localapi.FieldPair
	}{
		{"private", localapi.Entry{Subject: "Surgery", Private: true}, localapi.FieldPair{Field: "notes", Business: "Surgery 1", Exchange: "Surgery 2", Before: "Surgery 0", Known: true}},
		{"masked", localapi.Entry{Masked: true}, localapi.FieldPair{Field: "notes", Masked: true, Known: true}},
	} {
		q := askedFor(plan.AskedByRule, plan.TakeBusiness, plan.TakeExchange)
		q.Row.Entries = map[string]localapi.Entry{"business": c.entry, "exchange": c.entry}
		q.Fields = []localapi.FieldPair{c.field}
		q.Candidates = []localapi.Entry{c.entry}
		d := DecisionOf(q, decisionNow)
		d.Candidates = append(d.Candidates, DecisionCandidate{Title: AttentionRows([]localapi.Question{q}, office.Status{}, "", decisionNow)[1].Title})
		for _, f := range d.Fields {
			if strings.Contains(f.Before+f.Cells[0]+f.Cells[1]+f.Result[0], "Surgery") || f.Cells[0] == "" || f.Cells[0] == "Nothing" {
				t.Errorf("%s: shows %+v", c.name, f)
			}
		}
		if strings.Contains(d.Title+d.Candidates[0].Title+d.Candidates[1].Title, "Surgery") {
			t.Errorf("%s: titles %q, %+v", c.name, d.Title, d.Candidates)
		}
	}
}

func TestAttentionRows(t *testing.T) {
	q, r := askedFor(plan.Ambiguous), askedFor(plan.Vanished)
	r.Name, r.Address = "Bert", "bert@office.test"
	s := office.Status{People: []office.PersonStatus{{
		Name: "Van 2", Clocks: map[string]int{"exchange": 400}, Foreign: map[string]int{"dynamics": 2},
		Problems: []state.Problem{{Reason: plan.Reason{Code: plan.ProjectTask}}, {Reason: plan.Reason{Code: plan.ProjectTask}}},
	}}}
	var got []string
	for _, row := range AttentionRows([]localapi.Question{r, q, q}, s, "", decisionNow) {
		if row.Head {
			row.Title = "[" + row.Title + "]"
		}
		got = append(got, row.Title)
	}
	want := "[Anna] Lunch Lunch [Bert] Lunch [Also worth knowing] 2 entries passed over Marks of another program The clock of Outlook is off"
	if g := strings.Join(got, " "); g != want {
		t.Errorf("got %q\nwant %q", g, want)
	}
	if rows := AttentionRows([]localapi.Question{r, q}, s, "bert", decisionNow); len(rows) != 2 || rows[0].Title != "Bert" {
		t.Errorf("searched for bert: %+v", rows)
	}
}
