package plan

import "lockstep/sync/event"

// Choices are the answers that fit what an action asks, or that take an entry
// back into step that is on hold or left alone; none for any other.
func Choices(a Action) []Choice {
	sides := []Choice{TakeBusiness, TakeExchange, NeverSync}
	switch {
	case a.Kind == Skip && a.Reason.Code == OnHold:
		if a.Have[0] != nil && a.Have[1] != nil {
			return append([]Choice{Release}, sides...)
		}
		return sides
	case a.Kind == Skip && a.Reason.Code == LeftAlone && (a.Link != "" || a.Side == event.Business):
		return []Choice{Release}
	case a.Kind != Ask:
		return nil
	}
	switch a.Reason.Code { //nolint:exhaustive // every other question is which side is right
	case Ambiguous:
		switch {
		case a.Link != "" && len(a.Candidates) == 0:
			return nil // two links hold one entry: a matter for a repair
		case a.Link != "":
			return []Choice{PairWith, NeverSync}
		}
		return []Choice{PairWith, KeepSeparate, NeverSync}
	case OutcomeUnsure, SpelledAlike, SameDay:
		return []Choice{PairWith, KeepSeparate, NeverSync}
	case Vanished: // no word takes the place of the proof of a deletion
		return []Choice{take(a.Reason.From.Other()), NeverSync}
	case PartnerUnknown, MadeTwice:
		return []Choice{KeepSeparate, NeverSync}
	}
	if byField(a) {
		return []Choice{TakeBusiness, TakeExchange, TakeByField, NeverSync}
	}
	return sides
}

// RowChoices are the choices that a person has about any row of a preview, a
// question or not. PairWith then takes any entry that no other is tied to.
func RowChoices(a Action) []Choice {
	if a.Kind == Ask || a.Kind == Skip {
		return Choices(a)
	}
	switch {
	case a.Kind == Unlink || a.Kind == Await || a.Reason.Code == LeftAlone:
		return nil
	case a.Link != "" || a.Reason.Code == SameMeeting: // a colleague's copy speaks for it
		return []Choice{NeverSync}
	case a.Kind == Pair:
		return []Choice{PairWith, KeepSeparate, NeverSync}
	}
	return []Choice{PairWith, NeverSync}
}

// Released is a link that was on hold or left alone, as it is when a person
// wants it back in step. With both ends there it is merged again: from now on,
// or first to what the side holds that c names. With one end alone c says what
// becomes of it, and has to be stored as an answer about that end: again.
func Released(l Link, have [2]*event.Item, c Choice, normalize [2]func(event.Event) event.Event) (out Link, again bool) {
	if have[0] == nil || have[1] == nil {
		l.State = Held
		return l, true
	}
	l.State = Live
	for _, s := range event.Sides() {
		l.Refs[s], l.Base[s] = have[s].Ref, have[s].Event
	}
	if from := event.Business; c == TakeBusiness || c == TakeExchange {
		if c == TakeExchange {
			from = event.Exchange
		}
		// What the other side holds counts as agreed, so that this side has changed.
		theirs := normalize[from](have[from.Other()].Event)
		l.Base[from] = event.Take(l.Base[from], theirs, event.Diff(l.Base[from], theirs))
	}
	return l, false
}
