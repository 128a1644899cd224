package model

import (
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
)

// QuestionName is whom and what a decision is about.
func QuestionName(q localapi.Question) string {
	e := subjectOf(q.Row)
	return q.Name + ": " + quoted(e) + ", " + When(e)
}

// FieldPair is a field as it is on both sides, by the name that people have
// for it.
type FieldPair struct{ Name, Business, Exchange string }

// QuestionFields are the fields that a decision is about. Of a private entry
// only their names are shown.
func QuestionFields(q localapi.Question) []FieldPair {
	private := false
	for _, e := range q.Row.Entries {
		private = private || e.Private
	}
	var out []FieldPair
	for _, f := range q.Fields {
		p := FieldPair{Name: fields(strings.Split(f.Field, ",")), Business: short(f.Business), Exchange: short(f.Exchange)}
		if f.Field == event.FieldWhen.String() {
			p.Business, p.Exchange = spanText(f.Business), spanText(f.Exchange)
		}
		if f.Masked {
			p.Business, p.Exchange = hiddenEntry, hiddenEntry
		}
		if private && f.Field != "when" && f.Field != "private" {
			p.Business, p.Exchange = privateEntry, privateEntry
		}
		out = append(out, p)
	}
	return out
}

// spanText is a time on one line, the day of its end left out where it is the same.
func spanText(s string) string {
	at := span(s)
	from, begins := wall(at[0])
	to, ends := wall(at[1])
	if !begins || !ends {
		return s
	}
	const day, clock = "Mon 02 Jan 2006", "15:04"
	sameDay := func() bool { return from.Format(time.DateOnly) == to.Format(time.DateOnly) }
	if len(at[0]) == len(time.DateOnly) {
		if to = to.AddDate(0, 0, -1); sameDay() {
			return from.Format(day)
		}
		return from.Format(day) + " to " + to.Format(day)
	}
	if sameDay() {
		return from.Format(day+" "+clock) + "–" + to.Format(clock)
	}
	return from.Format(day+" "+clock) + " to " + to.Format(day+" "+clock)
}

// short is a text in one line of a table.
func short(s string) string {
	const most = 120
	line := []rune(strings.Join(strings.Fields(s), " "))
	if len(line) > most {
		return string(line[:most-1]) + "…"
	}
	return string(line)
}

// ChoiceFlag is how a choice is made on the command line.
func ChoiceFlag(choice string) string {
	switch choice {
	case plan.PairWith.String():
		return "--pair-with N"
	case plan.KeepSeparate.String():
		return "--keep-separate"
	case plan.NeverSync.String():
		return "--never"
	case plan.TakeBusiness.String():
		return "--take severa"
	case plan.TakeExchange.String():
		return "--take exchange"
	case plan.TakeByField.String():
		return "--field FIELD=SIDE"
	case plan.Release.String():
		return "--release"
	case plan.Clear.String():
		return "--choose ROW=clear"
	}
	return choice
}

// Effect says what a choice does about a decision.
func Effect(q localapi.Question, choice string) string {
	unsure := q.Row.Reason.Code == plan.OutcomeUnsure
	switch choice {
	case plan.PairWith.String():
		if unsure {
			return "it was made, and is this one: paired from now on"
		}
		return "the two are one entry: paired from now on"
	case plan.KeepSeparate.String():
		if unsure {
			return "it was not made: it is sent again"
		}
		return "an entry of its own: made on the other side"
	case plan.NeverSync.String():
		return "left alone for good, on both sides"
	case plan.Release.String():
		return "in step again; later changes go over, both sides stay as they are now"
	case plan.Clear.String():
		return "the choice is taken back"
	case plan.TakeByField.String():
		return "in each field the side that you name is right; with --take, only those where it is not"
	case plan.TakeBusiness.String(), plan.TakeExchange.String():
		return taken(q, choice == plan.TakeExchange.String())
	}
	return choice
}

// taken says what it means that a side is right: its content goes over or, where
// it has no entry any more, its deletion.
func taken(q localapi.Question, exchange bool) string {
	from, to := "business", "exchange"
	if exchange {
		from, to = to, from
	}
	_, here := q.Row.Entries[from]
	_, there := q.Row.Entries[to]
	switch {
	case !here:
		return "it was deleted there: deleted in " + systemName(to) + " too"
	case !there || q.Row.Reason.Code == plan.Vanished:
		return "kept, and made again in " + systemName(to)
	}
	return "these fields in " + systemName(to) + " become what they are in " + systemName(from)
}

// FieldAsked is a field that a decision asks about by the name that people have
// for it, or by its own.
func FieldAsked(q localapi.Question, name string) (field string, ok bool) {
	for _, f := range q.Fields {
		if strings.EqualFold(name, f.Field) || strings.EqualFold(name, fields([]string{f.Field})) {
			return f.Field, true
		}
	}
	return "", false
}

// AskedFields names fields as in a sentence.
func AskedFields(fs []localapi.FieldPair) string {
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = fields([]string{f.Field})
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// FieldEffects says which side is right in each field.
func FieldEffects(q localapi.Question, sides map[string]string) string {
	var out []string
	for _, f := range q.Fields {
		out = append(out, fields([]string{f.Field})+" as in "+systemName(sides[f.Field]))
	}
	return strings.Join(out, ", ")
}
