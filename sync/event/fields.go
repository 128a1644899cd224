package event

import (
	"slices"
	"strings"
)

// FieldSet is a set of Event fields, the unit of merging.
type FieldSet uint16

// One bit per field that is merged on its own.
const (
	FieldSubject FieldSet = 1 << iota
	FieldWhen
	FieldLocation
	FieldNotes
	FieldPrivate
	FieldShowAs
	FieldReminder
	FieldKind
	FieldDone
	FieldAttendees
	FieldRecurrence

	// AllFields is every field of an Event.
	AllFields FieldSet = 1<<iota - 1
)

// fieldNames are in the order of the bits.
func fieldNames() [11]string {
	return [11]string{
		"subject", "when", "location", "notes", "private", "show_as",
		"reminder", "kind", "done", "attendees", "recurrence",
	}
}

// Has tells whether every field of g is in f.
func (f FieldSet) Has(g FieldSet) bool { return f&g == g }

// Each lists the single fields of f in their fixed order.
func (f FieldSet) Each() []FieldSet {
	var out []FieldSet
	for bit := FieldSubject; bit < AllFields; bit <<= 1 {
		if f&bit != 0 {
			out = append(out, bit)
		}
	}
	return out
}

// Names lists the stable lower-case names of the fields in f.
func (f FieldSet) Names() []string {
	out := []string{}
	for i, name := range fieldNames() {
		if f&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}

// String joins the names with commas.
func (f FieldSet) String() string { return strings.Join(f.Names(), ",") }

// Diff is the set of fields in which a and b differ. Spans of single entries
// that name the same instants are the same, whatever zone they are written in.
func Diff(a, b Event) FieldSet {
	var d FieldSet
	mark := func(f FieldSet, same bool) {
		if !same {
			d |= f
		}
	}
	mark(FieldSubject, a.Subject == b.Subject)
	mark(FieldWhen, sameWhen(a, b))
	mark(FieldLocation, a.Location == b.Location)
	mark(FieldNotes, a.Notes == b.Notes)
	mark(FieldPrivate, a.Private == b.Private)
	mark(FieldShowAs, a.ShowAs == b.ShowAs)
	mark(FieldReminder, a.Reminder == b.Reminder)
	mark(FieldKind, a.Kind.ID == b.Kind.ID)
	mark(FieldDone, a.Done == b.Done)
	mark(FieldAttendees, slices.Equal(addresses(a.Attendees), addresses(b.Attendees)))
	mark(FieldRecurrence, a.Recurrence.Equal(b.Recurrence))
	return d
}

// addresses are what tells two attendee lists apart: names and responses are
// each side's own rendering of the same people.
func addresses(as []Attendee) []string {
	out := make([]string, len(as))
	for i, a := range as {
		out[i] = a.Address
	}
	return out
}

// sameWhen compares a series by wall clock and the rules of its zone, because
// they decide where its later occurrences fall, and a single entry by instants.
func sameWhen(a, b Event) bool {
	if a.Recurrence != nil || b.Recurrence != nil {
		x, y := a.When, b.When
		x.Zone, y.Zone = "", ""
		return x == y && SameZone(a.When.Zone, b.When.Zone)
	}
	return a.When.Same(b.When)
}

// Take returns dst with the given fields replaced by those of src. Slices and
// pointers are shared: an Event is never changed in place.
func Take(dst, src Event, fields FieldSet) Event {
	set := []struct {
		field FieldSet
		copy  func()
	}{
		{FieldSubject, func() { dst.Subject = src.Subject }},
		{FieldWhen, func() { dst.When = src.When }},
		{FieldLocation, func() { dst.Location = src.Location }},
		{FieldNotes, func() { dst.Notes = src.Notes }},
		{FieldPrivate, func() { dst.Private = src.Private }},
		{FieldShowAs, func() { dst.ShowAs = src.ShowAs }},
		{FieldReminder, func() { dst.Reminder = src.Reminder }},
		{FieldKind, func() { dst.Kind = src.Kind }},
		{FieldDone, func() { dst.Done = src.Done }},
		{FieldAttendees, func() { dst.Attendees = src.Attendees }},
		{FieldRecurrence, func() { dst.Recurrence = src.Recurrence }},
	}
	for _, s := range set {
		if fields.Has(s.field) {
			s.copy()
		}
	}
	return dst
}

// Only returns e with every field outside the set cleared.
func Only(e Event, fields FieldSet) Event { return Take(Event{}, e, fields) }
