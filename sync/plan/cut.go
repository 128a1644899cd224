package plan

import (
	"unicode"

	"lockstep/sync/event"
)

// cut are the texts among fields of which side s keeps only a part: too long
// for it, or with characters that it cannot hold. Blanks do not count, since a
// side may write them as it likes.
func (p *planner) cut(s event.Side, want event.Event, fields event.FieldSet) event.FieldSet {
	held := p.in.Normalize[s](want)
	var out event.FieldSet
	for _, f := range []struct {
		field      event.FieldSet
		want, held string
	}{
		{event.FieldSubject, want.Subject, held.Subject},
		{event.FieldLocation, want.Location, held.Location},
		{event.FieldNotes, want.Notes, held.Notes},
	} {
		if fields.Has(f.field) && inked(f.held) < inked(f.want) {
			out |= f.field
		}
	}
	return out
}

// inked counts the characters that are no blanks.
func inked(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}
