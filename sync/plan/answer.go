package plan

import "lockstep/sync/event"

// Takes tells whether an answer says which side is right. Such an answer ends
// when it has been carried out.
func (a Answer) Takes() bool {
	return a.Choice == TakeBusiness || a.Choice == TakeExchange || a.Choice == TakeByField
}

// Left is what holds still of an answer that says which side is right, when all
// but the given fields have been carried out; false: nothing does. The two ends
// of a link are written one after the other: an answer that ended with the first
// write would leave the second to a rule that nobody has chosen.
func (a Answer) Left(rest event.FieldSet) (Answer, bool) {
	switch a.Choice {
	case TakeBusiness:
		a.Right = [2]event.FieldSet{event.Business: rest}
	case TakeExchange:
		a.Right = [2]event.FieldSet{event.Exchange: rest}
	default:
		for s := range a.Right {
			a.Right[s] &= rest
		}
	}
	a.Choice = TakeByField
	return a, a.Right[0]|a.Right[1] != 0
}

// answeredFields are those that a person has decided on.
func answeredFields(decisions []FieldDecision) (out event.FieldSet) {
	for _, d := range decisions {
		if d.Reason.Code == AsAnswered {
			out |= d.Field
		}
	}
	return out
}

// Answered are the fields that an action writes because a person said so.
func (a Action) Answered() event.FieldSet { return answeredFields(a.Decisions) }

// byField tells whether a question can be answered field by field: it is about
// two entries that are linked, and about fields that both have changed. Where
// there is no link yet one side's content becomes what was agreed, and a
// deletion is no field.
func byField(a Action) bool {
	switch a.Reason.Code { //nolint:exhaustive // the others do not ask about fields
	case SameAge, ClockUnsure, AskedByRule, BackAndForth:
		return a.Kind == Ask && a.Link != "" && a.Have[0] != nil && a.Have[1] != nil && a.Fields != 0
	}
	return false
}
