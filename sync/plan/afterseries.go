package plan

import "lockstep/sync/event"

// wrote are the parts of a series that an Update changes; false where it makes
// a series of a single entry or the reverse, which is a change of the whole.
func wrote(l Link, a Action) (event.Parts, bool) {
	have := a.Have[a.Side]
	for _, e := range [...]*event.Recurrence{a.Want.Recurrence, l.Base[0].Recurrence, l.Base[1].Recurrence} {
		if e == nil {
			return event.Parts{}, false
		}
	}
	if a.Kind != Update || have == nil || have.Recurrence == nil {
		return event.Parts{}, false
	}
	other := a.Have[a.Side.Other()]
	if other == nil || other.Recurrence == nil {
		return event.Parts{}, false
	}
	return event.SeriesParts(have.Event, a.Want, event.AllFields), true
}

// seriesAfter moves the base of a series only in the parts that the Update a
// wrote: others may be on their way in the opposite direction. It returns the
// field if it has dealt with it.
func seriesAfter(out *Link, before Link, a Action, d Done, written event.Event) event.FieldSet {
	parts, ok := wrote(before, a)
	if !ok || written.Recurrence == nil {
		return 0
	}
	own, other := a.Side, a.Side.Other()
	if d.Exact && d.Item != nil { // what was not listed is as it was wanted
		known := func(w event.Wall) bool { return d.Item.KnownWindow.HoldsDay(d.Item.Event, w) }
		written.Recurrence = written.Recurrence.Inside(known, a.Want.Recurrence)
	}
	out.Base[own].Recurrence = event.TakeParts(out.Base[own].Recurrence, agreedDates(before, a, written.Recurrence), parts)
	out.Base[other].Recurrence = event.TakeParts(out.Base[other].Recurrence, a.Have[other].Recurrence, parts)
	return event.FieldRecurrence
}

// agreedDates is what is agreed of the exceptions that a has written: of text in
// a copy that is to tell nothing, which a person has typed, nothing.
func agreedDates(l Link, a Action, written *event.Recurrence) *event.Recurrence {
	if other := a.Side.Other(); veiled(a.Have[other]) && l.Origin == OriginOf(other) {
		return written.WithFields(&event.Recurrence{}, TextFields, nil)
	}
	return written
}

// Found is the link after an action that is known to have been carried out at
// least in part, because the entry was looked at. A Create agrees on what was
// wanted, an Update on those fields that hold it; of a series the rule and each
// exception count by themselves, so that the next plan writes what is missing.
// False: nothing of an Update was carried out.
//
// An exception that is not there yet must not look as if a person had deleted
// it. A new rule or hour takes the exceptions away before they are written
// again: where the rule is the new one and an occurrence is plain, neither side
// is taken to have agreed on its exception.
func Found(l Link, a Action, d Done, normalize [2]func(event.Event) event.Event) (Link, bool) {
	own, want := a.Side, normalize[a.Side](a.Want)
	found := d.Item.Event
	missing, series := event.Parts{}, want.Recurrence != nil && found.Recurrence != nil
	if series {
		missing = event.SeriesParts(found, want, event.AllFields)
		known := func(day event.Date) bool { return d.Item.KnownWindow.HoldsDay(found, found.When.On(day)) }
		for i := 0; i < len(missing.Days); i++ {
			if !known(missing.Days[i]) {
				missing.Days = append(missing.Days[:i:i], missing.Days[i+1:]...)
				i--
			}
		}
	}
	if a.Kind == Create {
		out, _ := After(l, a, d, normalize)
		if series {
			out.unagree(found, missing)
		}
		return out, true
	}
	differ := event.Diff(want, found) & a.Fields
	parts, some := event.Parts{}, false
	if differ.Has(event.FieldRecurrence) && series {
		parts, some = wrote(l, a)
	}
	done := a
	done.Fields &^= differ
	out := l
	if done.Fields != 0 {
		out, _ = After(l, done, d, normalize)
	}
	if !some {
		return out, done.Fields != 0
	}
	arrived := parts.Minus(missing)
	out.Base[own].Recurrence = event.TakeParts(out.Base[own].Recurrence, agreedDates(l, a, want.Recurrence), arrived)
	out.Base[own.Other()].Recurrence = event.TakeParts(out.Base[own.Other()].Recurrence, a.Have[own.Other()].Recurrence, arrived)
	wiped := false
	if rewrites := parts.Rule || a.Fields.Has(event.FieldWhen); rewrites && !missing.Rule && !differ.Has(event.FieldWhen) {
		wiped = out.unagree(found, missing)
	}
	if done.Fields == 0 && !arrived.Empty() || wiped {
		out.Refs[own] = d.Item.Ref
		out.State = Live
	}
	return out, done.Fields != 0 || !arrived.Empty() || wiped
}

// unagree makes both bases plain for those of the given days on which the
// series that was found is plain.
func (l *Link) unagree(found event.Event, missing event.Parts) (any bool) {
	var plain event.Parts
	for _, d := range missing.Days {
		if found.Recurrence.Plain(d) {
			plain.Days = append(plain.Days, d)
		}
	}
	if plain.Empty() {
		return false
	}
	for s := range l.Base {
		if l.Base[s].Recurrence != nil {
			l.Base[s].Recurrence = event.TakeParts(l.Base[s].Recurrence, &event.Recurrence{}, plain)
		}
	}
	return true
}
