package localapi

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/plan"
)

// The codes of decisions and safety stops.
const (
	CodeNoDecision Code = "no_decision" // nothing of that id waits any more
	CodeNoChoice   Code = "no_choice"   // the answer does not fit the question
	CodeFields     Code = "fields"      // an answer field by field that does not name what is asked about
	CodeWhose      Code = "whose"       // several people have such a row
	CodeNoRule     Code = "no_rule"     // no rule gives that answer
	CodeNotHalted  Code = "not_halted"  // no safety stop holds that person
	// CodeOtherAccount: another account or mailbox has to be accepted first.
	CodeOtherAccount Code = "other_account"
	CodeSameAccount  Code = "same_account" // there is none to accept
	CodeNotShown     Code = "not_shown"    // nobody has looked at what is withheld, or it is something else now
)

// DecisionsRequest asks what waits for a person's word.
type DecisionsRequest struct {
	Who []string `json:"who,omitempty"` // addresses; empty: everybody who is switched on
	// Kept lists what is on hold or left alone as well.
	Kept bool `json:"kept,omitempty"`
}

// Question is one decision, ready to be shown.
type Question struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Address string `json:"address"`
	// Row is what asks. Fields are those that differ, or that are asked about.
	Row    Row         `json:"row"`
	Fields []FieldPair `json:"fields,omitempty"`
	// Others are fields that only one side has changed: they go over by
	// themselves. Same counts those that both hold alike.
	Others []FieldPair `json:"others,omitempty"`
	Same   int         `json:"same,omitempty"`
	// Candidates are entries that it may belong to; a choice names one by its
	// place in this list, from 1, or by its id.
	Candidates []Entry  `json:"candidates,omitempty"`
	Choices    []string `json:"choices"`
}

// FieldPair is one field as it is on each side.
type FieldPair struct {
	Field    string `json:"field"`
	Business string `json:"business"`
	Exchange string `json:"exchange"`
	// Before is what both last agreed on, where Known; Changed names the sides
	// that have changed since.
	Before  string   `json:"before,omitempty"`
	Known   bool     `json:"known,omitempty"`
	Changed []string `json:"changed,omitempty"`
	// Organizer is the side that shows it as the organiser of the meeting has set
	// it, where the other side's is the person's own to change.
	Organizer string `json:"organizer,omitempty"`
	// Masked: what it holds is another person's and not shown.
	Masked bool `json:"masked,omitempty"`
}

// ResolveRequest answers a decision, or makes a choice about a row of a preview.
type ResolveRequest struct {
	ID string `json:"id"` // the decision's, or the row's
	// Who are the people whose it may be; empty: everybody who is switched on.
	Who    []string `json:"who,omitempty"`
	Choice string   `json:"choice"`
	// Fields, of the choice take_by_field, name the side that is right in each
	// field that is asked about: "business" or "exchange" by the field's name.
	Fields map[string]string `json:"fields,omitempty"`
	// Partner, of the choice pair_with, is a candidate or, for a row, another
	// row or the id of an entry.
	Partner string `json:"partner,omitempty"`
	// Always makes the answer a rule; without Confirm it only shows what that
	// rule would settle.
	Always  bool `json:"always,omitempty"`
	Confirm bool `json:"confirm,omitempty"`
}

// Resolved is what an answer came to.
type Resolved struct {
	Question Question `json:"question"`
	// Rule is the key and value of the rule that an answer becomes, as they
	// stand in office.toml; Settles what it settles of what waits now.
	Rule    string     `json:"rule,omitempty"`
	Settles []Question `json:"settles,omitempty"`
	// Stored: the answer is given, or the rule in force.
	Stored bool `json:"stored"`
}

// Decisions lists what waits for a person's word.
func (l *Local) Decisions(ctx context.Context, q DecisionsRequest) ([]Question, error) {
	who, err := l.find(ctx, q.Who)
	if err != nil {
		return nil, err
	}
	ds, err := l.Office.Decisions(ctx, who, q.Kept)
	if err != nil && len(ds) == 0 {
		return nil, AsError(err)
	}
	out := make([]Question, len(ds))
	for i, d := range ds {
		out[i] = questionOf(d)
	}
	return out, nil
}

// Resolve answers a decision, or shows what the answer would be as a rule.
func (l *Local) Resolve(ctx context.Context, q ResolveRequest) (Resolved, error) {
	who, err := l.find(ctx, q.Who)
	if err != nil {
		return Resolved{}, err
	}
	d, err := l.Office.Decision(ctx, who, q.ID)
	if err != nil {
		return Resolved{}, AsError(err)
	}
	out := Resolved{Question: questionOf(d)}
	a := office.Answer{Who: []event.PersonID{d.Person.ID}, ID: q.ID, Choice: choiceOf(q.Choice)}
	if a.Right, err = right(d, a.Choice, q.Fields); err != nil {
		return Resolved{}, err
	}
	if a.Choice == plan.PairWith {
		a.Partner = l.partnerOf(ctx, d, q.Partner)
	}
	if q.Always {
		return l.rule(ctx, out, a, q.Confirm)
	}
	if _, err := l.Office.Resolve(ctx, a); err != nil {
		return Resolved{}, AsError(err)
	}
	out.Stored = true
	return out, nil
}

func (l *Local) rule(ctx context.Context, out Resolved, a office.Answer, confirm bool) (Resolved, error) {
	r, err := l.Office.RuleOf(ctx, a)
	if err != nil {
		return out, AsError(err)
	}
	out.Rule = `winner = "severa"`
	switch {
	case a.Choice == plan.TakeExchange && out.Question.Row.Reason.Code != plan.DeletedAndEdited:
		out.Rule = `winner = "exchange"`
	case out.Question.Row.Reason.Code == plan.DeletedAndEdited:
		out.Rule = `deleted = "keep_changed"`
	}
	for _, d := range r.Settles {
		out.Settles = append(out.Settles, questionOf(d))
	}
	if !confirm {
		return out, nil
	}
	if err := l.Office.SaveRule(ctx, r); err != nil {
		return out, AsError(err)
	}
	out.Stored = true
	return out, nil
}

// right is in which fields each side is, of an answer field by field: it names
// each that is asked about, and no other.
func right(d office.PersonDecision, c plan.Choice, fields map[string]string) (out [2]event.FieldSet, err error) {
	if c != plan.TakeByField {
		if len(fields) > 0 {
			return out, &Error{Code: CodeFields, Message: "fields belong to the choice " + plan.TakeByField.String()}
		}
		return out, nil
	}
	for _, f := range d.Action.Fields.Each() {
		switch fields[f.String()] {
		case event.Business.String():
			out[event.Business] |= f
		case event.Exchange.String():
			out[event.Exchange] |= f
		default:
			return out, &Error{Code: CodeFields, Message: "no side is named for " + f.String()}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(d.Action.Fields.Names(), name) {
			return out, &Error{Code: CodeFields, Message: "nothing is asked about " + name}
		}
	}
	return out, nil
}

// choiceOf is a choice by its name; one that is none fits no question.
func choiceOf(name string) plan.Choice {
	for c := plan.PairWith; c <= plan.Clear; c++ {
		if c.String() == name {
			return c
		}
	}
	return -1
}

// partnerOf is a candidate by its place, or an entry by its row or its id.
func (l *Local) partnerOf(ctx context.Context, d office.PersonDecision, name string) event.ID {
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(d.Candidates) {
		return d.Candidates[n-1].ID
	}
	if name == "" && len(d.Candidates) == 1 {
		return d.Candidates[0].ID
	}
	for _, s := range event.Sides() {
		if d.Action.Have[s] == nil { // the side on which it has no entry yet
			if id, ok := l.Office.Named(ctx, d.Person.ID, name, s); ok {
				return id
			}
		}
	}
	return event.ID(name)
}

func questionOf(d office.PersonDecision) Question {
	out := Question{
		ID: d.ID, Name: d.Person.Name, Address: d.Person.Addresses[event.Exchange], Row: rowOf(d.Action),
		Choices: []string{},
	}
	out.Fields, out.Others, out.Same = pairs(d)
	for _, c := range d.Choices {
		out.Choices = append(out.Choices, c.String())
	}
	for i := range d.Candidates {
		out.Candidates = append(out.Candidates, *entryOf(&d.Candidates[i]))
	}
	if d.Entry != 0 {
		want := eventEntry(d.Action.Want)
		out.Row.Want = &want
	}
	return out
}

// pairs are the fields that are asked about, or that differ; others those that
// only one side has changed since both agreed.
func pairs(d office.PersonDecision) (asked, others []FieldPair, same int) {
	b, x := d.Action.Have[event.Business], d.Action.Have[event.Exchange]
	if b == nil || x == nil {
		return nil, nil, 0
	}
	differ := event.Diff(b.Event, x.Event)
	ask := d.Action.Fields
	if ask == 0 { // what one system alone knows of is no difference
		ask = differ &^ (event.FieldShowAs | event.FieldReminder | event.FieldKind)
	}
	for _, f := range event.AllFields.Each() {
		p := fieldPair(d, f)
		switch {
		case ask.Has(f):
			asked = append(asked, p)
		case !differ.Has(f):
			same++
		case len(p.Changed) == 1 && (p.Organizer == "" || p.Organizer == p.Changed[0]): // else it goes nowhere
			others = append(others, p)
		}
	}
	return asked, others, same
}

func fieldPair(d office.PersonDecision, f event.FieldSet) FieldPair {
	out := FieldPair{Field: f.String()}
	var text [2]string
	for s, have := range d.Action.Have {
		text[s] = fieldText(have.Event, f)
		if d.Base != nil && event.Diff(have.Event, d.Base[s]).Has(f) {
			out.Changed = append(out.Changed, event.Side(s).String())
		}
	}
	out.Business, out.Exchange = text[event.Business], text[event.Exchange]
	if s, ok := plan.OrganizersSide(d.Action.Have, f); ok {
		out.Organizer = s.String()
	}
	if d.Base != nil {
		out.Before, out.Known = fieldText(d.Base[event.Business], f), true
	}
	return out
}

// fieldText is what a field holds, as a person reads it.
func fieldText(e event.Event, f event.FieldSet) string {
	yes := func(b bool) string {
		if b {
			return "yes"
		}
		return "no"
	}
	switch f {
	case event.FieldSubject:
		return e.Subject
	case event.FieldWhen:
		v := eventEntry(e)
		return v.Start + " – " + v.End
	case event.FieldLocation:
		return e.Location
	case event.FieldNotes:
		return e.Notes
	case event.FieldPrivate:
		return yes(e.Private)
	case event.FieldShowAs:
		return e.ShowAs.String()
	case event.FieldReminder:
		if !e.Reminder.Set {
			return "none"
		}
		return fmt.Sprintf("%d min", e.Reminder.Minutes)
	case event.FieldKind:
		return cmp.Or(e.Kind.Name, e.Kind.ID)
	case event.FieldDone:
		return yes(e.Done)
	case event.FieldAttendees:
		var who []string
		for _, a := range e.Attendees {
			who = append(who, a.Address)
		}
		return strings.Join(who, ", ")
	case event.FieldRecurrence:
		return yes(e.Recurrence != nil)
	case event.AllFields:
	}
	return ""
}
