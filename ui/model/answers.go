package model

import (
	"slices"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// answers name what can be said by what it does, the safest last: that one is
// the main button.
func answers(q localapi.Question, bySide bool) []Answer {
	var out []Answer
	has := func(c plan.Choice) bool { return slices.Contains(q.Choices, c.String()) }
	unsure := q.Row.Reason.Code == plan.OutcomeUnsure
	if has(plan.NeverSync) {
		out = append(out, Answer{Choice: plan.NeverSync.String(), Label: say.T("Leave it alone for good")})
	}
	if has(plan.KeepSeparate) {
		label := say.T("Keep as two entries")
		switch {
		case unsure:
			label = say.T("It was not made, send it again")
		case len(q.Candidates) == 0:
			label = say.T("Keep as an entry of its own")
		}
		out = append(out, Answer{Choice: plan.KeepSeparate.String(), Label: label})
	}
	if has(plan.PairWith) && len(q.Candidates) > 0 {
		label := say.T("Pair the two")
		if unsure {
			label = say.T("This is the one that was made")
		}
		out = append(out, Answer{Choice: plan.PairWith.String(), Label: label, Pairs: true})
	}
	if bySide {
		return append(out, Answer{Label: say.T("Write result to both"), Rules: true})
	}
	var keep, drop []Answer
	for _, s := range event.Sides() {
		if c := takes(s); has(c) {
			a, deletes := takeOf(q, s)
			if deletes {
				drop = append(drop, a)
			} else {
				keep = append(keep, a)
			}
		}
	}
	return append(append(out, drop...), keep...)
}

func takes(s event.Side) plan.Choice {
	if s == event.Exchange {
		return plan.TakeExchange
	}
	return plan.TakeBusiness
}

// takeOf is the answer that a side is right: that its entry is kept or, where it
// has none any more, that the other's goes too.
func takeOf(q localapi.Question, s event.Side) (a Answer, deletes bool) {
	a.Choice = takes(s).String()
	_, here := q.Row.Entries[s.String()]
	_, there := q.Row.Entries[s.Other().String()]
	name, other := WindowSide(s), WindowSide(s.Other())
	changed := q.Row.Reason.Code == plan.DeletedAndEdited
	switch {
	case !here && changed:
		a.Label = say.T("Delete it in both")
	case !here:
		a.Label = say.T("Delete it in {{.Other}} too", "Other", other)
	case q.Row.Reason.Code == plan.Vanished:
		a.Label = say.T("Make it again in {{.Other}}", "Other", other)
	case !there && changed:
		a.Label, a.Rules = say.T("Keep the changed entry"), true
	case !there:
		a.Label = say.T("Keep the entry")
	default:
		a.Label = say.T("Take it from {{.Side}}", "Side", name)
	}
	return a, !here
}

// suggest says what speaks for one of the answers; what deletes is never
// suggested.
func (d *Decision) suggest(q localapi.Question) {
	r := q.Row.Reason
	there := WindowSide(r.From)
	keep := Answer{Choice: takes(r.From.Other()).String()}
	last := Answer{}
	if n := len(d.Answers); n > 0 {
		last = d.Answers[n-1]
	}
	switch r.Code { //nolint:exhaustive // nothing speaks for an answer to the others
	case plan.DeletedAndEdited:
		d.Suggestion, d.Because = say.T("Suggestion: keep the changed entry"), say.T("Somebody worked on it after it was deleted in {{.There}}. It is made again there.", "There", there)
		d.Suggested = keep
	case plan.TiedToMore:
		d.Suggestion, d.Because = say.T("Suggestion: keep the entry"), say.T("What is tied to it cannot be brought back whole. It is made again in {{.There}}.", "There", there)
		d.Suggested = keep
	case plan.DeletedFrozen:
		d.Suggestion, d.Because = say.T("Suggestion: keep the entry"), say.T("It is made again in {{.There}}, and can be deleted on both sides later.", "There", there)
		d.Suggested = keep
	case plan.Vanished:
		d.Suggestion, d.Because = say.T("Suggestion: make it again in {{.There}}", "There", there), say.T("There is no proof that anybody deleted it.")
		d.Suggested = keep
	case plan.SameAge, plan.ClockUnsure, plan.AskedByRule:
		if s, ok := organizers(q); ok {
			d.Suggestion = say.T("Suggestion: keep what stands in {{.Side}}", "Side", WindowSide(s))
			d.Because = say.T("Somebody else organises this meeting, and it is there as the organiser has set it.")
			d.Suggested = Answer{Choice: takes(s).String()}
		}
	case plan.SpelledAlike, plan.SameDay:
		if len(q.Candidates) == 1 && last.Pairs {
			d.Suggestion, d.Because = say.T("Suggestion: pair the two"), say.T("Nothing else looks like either of them. A second copy would be worse.")
			d.Suggested = Answer{Choice: plan.PairWith.String(), Partner: partnerOf(0)}
		}
	case plan.OutcomeUnsure:
		if len(q.Candidates) == 1 && last.Pairs {
			d.Suggestion, d.Because = say.T("Suggestion: this is the one that was made"), say.T("Only this entry was made since it was sent.")
			d.Suggested = Answer{Choice: plan.PairWith.String(), Partner: partnerOf(0)}
		}
	}
	if d.Suggested.Choice != "" && !slices.Contains(q.Choices, d.Suggested.Choice) {
		d.Suggestion, d.Because, d.Suggested = "", "", Answer{}
	}
}

// organizers is the side that shows all that is asked about as the organiser has
// set it.
func organizers(q localapi.Question) (event.Side, bool) {
	if !bySide(q) {
		return event.Business, false
	}
	first := q.Fields[0].Organizer
	for _, f := range q.Fields {
		if f.Organizer == "" || f.Organizer != first {
			return event.Business, false
		}
	}
	return sideNamed(first), true
}

// Suggestion is the answer to a question that Lockstep would give; false where
// it has none.
func Suggestion(q localapi.Question) (Answer, bool) {
	var d Decision
	d.Answers = answers(q, bySide(q))
	d.suggest(q)
	return d.Suggested, d.Suggested.Choice != ""
}

// RuleLabel says what becomes of an answer when all like it are decided so.
func RuleLabel(q localapi.Question, choice string) string {
	if q.Row.Reason.Code == plan.DeletedAndEdited {
		return say.T("Decide all like this: a changed entry is kept when it is deleted on the other side")
	}
	if choice == plan.TakeExchange.String() {
		return say.T("Decide all like this: Outlook is right when both have changed")
	}
	return say.T("Decide all like this: Severa is right when both have changed")
}

// RuleNote says what a rule settles of what waits now.
func RuleNote(r localapi.Resolved) string {
	others := len(r.Settles) - 1
	if others <= 0 {
		return say.T("It becomes the office's rule for everybody. Nothing else that waits is settled by it.")
	}
	return say.N("It becomes the office's rule for everybody. One other decision that waits is settled by it.",
		"It becomes the office's rule for everybody. {{.N}} other decisions that wait are settled by it.", others)
}

// RuleButton names the answer that is a rule.
func RuleButton(r localapi.Resolved) string {
	return say.N("Decide it, and all like it", "Decide all {{.N}} in this way", max(len(r.Settles), 1))
}

// CanRule tells whether the office's rule could answer a question about which
// side is right.
func CanRule(q localapi.Question) bool {
	return slices.Contains([]plan.Code{plan.SameAge, plan.ClockUnsure, plan.AskedByRule}, q.Row.Reason.Code)
}

// Missing says what has to be chosen before the result can be written.
func (d Decision) Missing() string {
	asked := map[string]bool{}
	for _, f := range d.Fields {
		if f.Asked {
			asked[f.Field] = true
		}
	}
	if d.ByField && len(asked) > 1 {
		return say.T("Choose in each row which side is right.")
	}
	return say.T("Choose in a cell which side is right.")
}

// FieldChoice is the answer that says of each field which side is right, by its
// place in a decision.
func FieldChoice(right map[string]int) (choice string, fields map[string]string) {
	fields = map[string]string{}
	for f, s := range right {
		fields[f] = event.Side(s).String()
	}
	return plan.TakeByField.String(), fields
}

// SideChoice is the answer that a side is right, by its place in a decision.
func SideChoice(side int) string { return takes(event.Side(side)).String() }
