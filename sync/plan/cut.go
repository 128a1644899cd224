package plan

import (
	"unicode"

	"lockstep/sync/event"
)

// cut are the texts among fields of which side s keeps only a part: those too
// long for it, and those with characters that it cannot hold, or that source
// could not even tell. Blanks do not count, since a side may write them as it
// likes.
func (p *planner) cut(s event.Side, source *event.Item, want event.Event, fields event.FieldSet) (long, unprintable event.FieldSet) {
	held := p.in.Normalize[s](want)
	for _, f := range []struct {
		field      event.FieldSet
		want, held string
	}{
		{event.FieldSubject, want.Subject, held.Subject},
		{event.FieldLocation, want.Location, held.Location},
		{event.FieldNotes, want.Notes, held.Notes},
	} {
		wanted, printed := inked(f.want)
		kept, readable := inked(f.held)
		switch {
		case !fields.Has(f.field):
		case readable < printed:
			long |= f.field
		case kept < wanted || source.Unprintable.Has(f.field):
			unprintable |= f.field
		}
	}
	return long, unprintable
}

// inked counts the characters that are no blanks, and those of them that can be
// read.
func inked(s string) (all, readable int) {
	for _, r := range s {
		if unicode.IsSpace(r) {
			continue
		}
		all++
		if !unicode.IsControl(r) {
			readable++
		}
	}
	return all, readable
}
