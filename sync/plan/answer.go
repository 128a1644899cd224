package plan

import "lockstep/sync/event"

// Choice is a person's answer to a decision.
type Choice int

// PairWith ties the entry to Partner; KeepSeparate lets it be created on the
// other side although something there looks alike, or another copy of the
// meeting is tied there; NeverSync leaves it alone for good; TakeBusiness and
// TakeExchange name the side that is right, and TakeByField the one that is
// right in each field.
const (
	PairWith Choice = iota
	KeepSeparate
	NeverSync
	TakeBusiness
	TakeExchange
	TakeByField
	// Release takes an entry back into step that is on hold or left alone. It
	// is carried out at once and never stored as an answer.
	Release
	// Clear takes a choice back. In the store it ends the answer about an entry.
	Clear
)

// String is the stable name used in JSON.
func (c Choice) String() string {
	names := [...]string{"pair_with", "keep_separate", "never_sync", "take_business", "take_exchange", "take_by_field", "release", "clear"}
	if c < 0 || int(c) >= len(names) {
		return "unknown"
	}
	return names[c]
}

// Answer is one durable choice about one entry or the link it belongs to.
type Answer struct {
	Side   event.Side
	ID     event.ID
	Choice Choice
	// Partner, of PairWith, is the entry on the other side; of others at most
	// the one that was answered about along with it.
	Partner event.ID
	// Right, of TakeByField, are the fields in which each side is right. One that
	// is in neither has not been answered.
	Right [2]event.FieldSet
}

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

// torn tells whether an answer divides a series, which has become one since it
// was given: the question is asked again then.
func (a Answer) torn(have [2]*event.Item) bool {
	return a.Right[0] != 0 && a.Right[1] != 0 && (have[0].Recurrence != nil || have[1].Recurrence != nil)
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
// two single entries that are linked, and about fields that both have changed.
// Where there is no link yet one side's content becomes what was agreed, and a
// deletion is no field. The fields of a series do not stand alone: its exceptions
// are departures from its hour and its texts, so that those of one side mean
// something else beside the hour of the other.
func byField(a Action) bool {
	switch a.Reason.Code { //nolint:exhaustive // the others do not ask about fields
	case SameAge, ClockUnsure, AskedByRule, BackAndForth:
		b, x := a.Have[event.Business], a.Have[event.Exchange]
		return a.Kind == Ask && a.Link != "" && a.Fields != 0 && b != nil && x != nil && b.Recurrence == nil && x.Recurrence == nil
	}
	return false
}

// OrganizersSide is the side that shows a field as the organiser of a meeting has
// set it: this person only takes part there, and is free to change the other end.
// False: there is none, or both are.
func OrganizersSide(have [2]*event.Item, f event.FieldSet) (event.Side, bool) {
	var taught [2]bool
	for s, it := range have {
		taught[s] = it != nil && it.Standing == event.StandingParticipant && !ownFields(event.Side(s)).Has(f)
	}
	if taught[event.Business] == taught[event.Exchange] {
		return event.Business, false
	}
	if taught[event.Exchange] {
		return event.Exchange, true
	}
	return event.Business, true
}
