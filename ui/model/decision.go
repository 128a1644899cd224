package model

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// Decision is a question with all that a person needs to answer it.
type Decision struct {
	ID, Address string
	Title       string
	Lead, Line  string // what happened, and the rest of it
	// Suggestion and Because are empty where Lockstep has none; Suggested is
	// then no answer either.
	Suggestion, Because string
	Suggested           Answer
	// Heads are when either side was changed last, by event.Side.
	Heads  [2]string
	Fields []DecisionField
	Same   string
	// Candidates are entries that it may belong to.
	Candidates []DecisionCandidate
	// Answers are what can be said, the one to be pressed most at the end.
	Answers []Answer
	// BySide: which side is right is chosen in the cells, and the last of
	// Answers writes it.
	BySide bool
	// ByField: it is chosen for each field; else one side is right in all.
	ByField bool
	// Note says what becomes of an answer.
	Note string
}

// DecisionField is one line of a decision.
type DecisionField struct {
	// Field is what an answer calls it; two lines may be of one.
	Field        string
	Name, Before string
	Cells        [2]string
	Changed      [2]bool
	// Filled is the side that is chosen to begin with, where one is.
	Filled *event.Side
	// Asked: changed on both, so that Result depends on which side is right.
	Asked  bool
	Result [2]string
}

// DecisionCandidate is an entry that may be the one.
type DecisionCandidate struct {
	// Partner names it in an answer.
	Partner     string
	Title, Line string
}

// Answer is one thing to say about a decision, named by its effect.
type Answer struct {
	Choice, Partner string
	Label           string
	// Pairs: a candidate has to be chosen with it. Rules: it could be a rule.
	Pairs, Rules bool
}

// DecisionOf puts a question into words.
func DecisionOf(q localapi.Question, now time.Time) Decision {
	d := Decision{
		ID: q.ID, Address: q.Address, Title: title(subjectOf(q.Row)), Lead: sentence(Asked(q.Row.Reason)), Line: whyAsked(q, now),
		ByField: slices.Contains(q.Choices, plan.TakeByField.String()),
		Note:    say.T("The next sync writes it. Both versions stay in the history. Nobody is notified."),
	}
	if d.BySide = bySide(q); !d.BySide {
		d.Note = say.T("The next sync acts on it. What it writes stays in the history. Nobody is notified.")
	}
	if e := subjectOf(q.Row); !unseen(e) && e.Start != "" && !d.BySide {
		d.Line = say.T("{{.When}}. {{.Why}}", "When", Times(e, now), "Why", d.Line)
	}
	private := false
	for _, e := range q.Row.Entries {
		private = private || e.Private
	}
	for _, f := range q.Fields {
		d.Fields = append(d.Fields, decisionFields(f, true, private, now)...)
	}
	for _, f := range q.Others {
		d.Fields = append(d.Fields, decisionFields(f, false, private, now)...)
	}
	if q.Same > 0 && len(d.Fields) > 0 {
		d.Same = say.N("{{.N}} field is the same on both sides", "{{.N}} fields are the same on both sides", q.Same)
	}
	for _, s := range event.Sides() {
		if at := q.Row.Entries[s.String()].Modified; !at.IsZero() {
			d.Heads[s] = clockOf(at, now)
		}
	}
	for i, e := range q.Candidates {
		d.Candidates = append(d.Candidates, DecisionCandidate{Partner: partnerOf(i), Title: title(e), Line: Times(e, now)})
	}
	d.Answers = answers(q, d.BySide)
	d.suggest(q)
	return d
}

// partnerOf is a candidate as an answer names it: by its place.
func partnerOf(i int) string { return strconv.Itoa(i + 1) }

// clockOf is when something was changed: the time alone of today's.
func clockOf(at, now time.Time) string {
	at = at.In(now.Location())
	if at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return say.Clock(at)
	}
	return Moment(at, now)
}

// bySide tells whether a question is which side's fields are right.
func bySide(q localapi.Question) bool {
	_, here := q.Row.Entries[event.Business.String()]
	_, there := q.Row.Entries[event.Exchange.String()]
	return here && there && len(q.Fields) > 0 && slices.Contains(q.Choices, plan.TakeBusiness.String()) && slices.Contains(q.Choices, plan.TakeExchange.String())
}

// decisionFields are the lines of one field: a time has a start and an end.
func decisionFields(f localapi.FieldPair, asked, private bool, now time.Time) []DecisionField {
	line := func(name, before, b, x string) DecisionField {
		d := DecisionField{Field: f.Field, Name: name, Before: before, Cells: [2]string{b, x}, Asked: asked, Filled: chosenFirst(f, asked), Result: [2]string{b, x}}
		for _, s := range event.Sides() {
			d.Changed[s] = slices.Contains(f.Changed, s.String()) || asked && !f.Known
		}
		if !asked {
			for s, changed := range d.Changed {
				if changed {
					d.Result = [2]string{d.Cells[s], d.Cells[s]}
				}
			}
		}
		return d
	}
	if f.Field == event.FieldWhen.String() {
		before, b, x := span(f.Before), span(f.Business), span(f.Exchange)
		out := []DecisionField{
			line(say.T("Starts"), point(before[0], now), point(b[0], now), point(x[0], now)),
			line(say.T("Ends"), ending(before, now), ending(b, now), ending(x, now)),
		}
		for i := range out {
			if out[i].Before != "" {
				for s := range out[i].Changed {
					out[i].Changed[s] = out[i].Changed[s] && out[i].Cells[s] != out[i].Before
				}
			}
		}
		return out
	}
	text := func(s string) string {
		switch {
		case f.Masked:
			return say.T("Hidden")
		case private && f.Field != event.FieldPrivate.String():
			return say.T("Private")
		}
		return valueWord(short(s))
	}
	before := ""
	if f.Known {
		before = text(f.Before)
	}
	return []DecisionField{line(FieldName(f.Field), before, text(f.Business), text(f.Exchange))}
}

// chosenFirst is the side that is chosen to begin with: the organiser's.
func chosenFirst(f localapi.FieldPair, asked bool) *event.Side {
	if !asked || f.Organizer == "" {
		return nil
	}
	s := sideNamed(f.Organizer)
	return &s
}

// valueWord puts what a field of few values holds into words.
func valueWord(s string) string {
	switch s {
	case "":
		return say.T("Nothing")
	case "yes":
		return say.T("Yes")
	case "no":
		return say.T("No")
	case "none":
		return say.T("None")
	}
	return s
}

// span is a time in its two parts.
func span(s string) [2]string {
	from, to, _ := strings.Cut(s, " – ")
	return [2]string{from, to}
}

func point(s string, now time.Time) string {
	t, ok := wall(s)
	switch {
	case !ok:
		return s
	case len(s) == len(time.DateOnly):
		return date(t, now)
	}
	return say.T("{{.Date}}, {{.Time}}", "Date", date(t, now), "Time", say.Clock(t))
}

// ending is when a span ends; the day is told where it is another one.
func ending(s [2]string, now time.Time) string {
	from, ok := wall(s[0])
	to, ends := wall(s[1])
	switch {
	case !ok || !ends:
		return s[1]
	case len(s[1]) == len(time.DateOnly):
		return date(to.AddDate(0, 0, -1), now)
	case from.Format(time.DateOnly) == to.Format(time.DateOnly):
		return say.Clock(to)
	}
	return point(s[1], now)
}

// FieldName is a field as a label.
func FieldName(field string) string {
	switch field {
	case "subject":
		return say.T("Subject")
	case "when":
		return say.T("Time")
	case "location":
		return say.T("Place")
	case "notes":
		return say.T("Note")
	case "private":
		return say.T("Private")
	case "show_as":
		return say.T("Shown as")
	case "reminder":
		return say.T("Reminder")
	case "kind":
		return say.T("Activity type")
	case "done":
		return say.T("Done")
	case "attendees":
		return say.T("People")
	case "recurrence":
		return say.T("Repeats")
	}
	return field
}
