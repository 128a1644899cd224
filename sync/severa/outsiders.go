package severa

import (
	"slices"
	"strings"

	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// The people of a meeting who are no users stand below the notes, between two
// lines that nobody writes by chance. They are read from there as people, so that
// they are no part of the notes on the way back.
const (
	outsidersHead = "—— Also invited (this list is kept by Lockstep) ——"
	outsidersFoot = "————"
)

// splitNotes takes the list out of a text: what a person has written before and
// after it stays. It ends with its last line, or where somebody has written
// something that is no person into it.
func splitNotes(s string) (notes string, outsiders []event.Attendee) {
	before, list, ok := strings.Cut("\n"+s, "\n"+outsidersHead)
	if !ok {
		return s, nil
	}
	lines := strings.Split(strings.TrimPrefix(list, "\n"), "\n")
	n := 0
	for ; n < len(lines); n++ {
		a, ok := outsiderOf(lines[n])
		if !ok {
			break
		}
		outsiders = append(outsiders, a)
	}
	if n < len(lines) && strings.TrimSpace(lines[n]) == outsidersFoot {
		n++
	}
	before = strings.TrimSuffix(strings.TrimPrefix(before, "\n"), "\n")
	if after := strings.Join(lines[n:], "\n"); after != "" {
		before += "\n" + after
	}
	return before, sortAttendees(outsiders)
}

// joinNotes is a text with the list below it.
func joinNotes(notes string, outsiders []event.Attendee) string {
	if len(outsiders) == 0 {
		return notes
	}
	lines := []string{outsidersHead}
	for _, a := range outsiders {
		name := strings.TrimSpace(strings.NewReplacer("<", "", ">", "").Replace(oneLine(a.Name)))
		if name == "" || strings.EqualFold(name, a.Address) {
			lines = append(lines, a.Address)
		} else {
			lines = append(lines, name+" <"+a.Address+">")
		}
	}
	list := strings.Join(append(lines, outsidersFoot), "\n")
	if notes == "" {
		return list
	}
	return notes + "\n\n" + list
}

// outsiderOf reads a line of the list.
func outsiderOf(line string) (event.Attendee, bool) {
	line = strings.TrimSpace(line)
	name, address, named := strings.Cut(line, "<")
	if !named {
		name, address = "", line
	} else if !strings.HasSuffix(address, ">") {
		return event.Attendee{}, false
	}
	address = strings.ToLower(strings.TrimSuffix(address, ">"))
	at := strings.IndexByte(address, '@')
	if at <= 0 || at == len(address)-1 || strings.ContainsAny(address, " \t<>") {
		return event.Attendee{}, false
	}
	return event.Attendee{Address: address, Name: strings.TrimSpace(name), Text: true}, true
}

// strangers are those attendees who are no users, as they are listed.
func (d *directory) strangers(as []event.Attendee) []event.Attendee {
	var out []event.Attendee
	for _, a := range as {
		read, ok := outsiderOf(strings.TrimSpace(a.Address))
		if _, user := d.byAddr[read.Address]; !ok || user || a.Role == event.RoleResource {
			continue
		}
		read.Name = oneLine(a.Name)
		out = append(out, read)
	}
	return sortAttendees(out)
}

// inSeries are the people of one occurrence: the users who are in it, and from
// outside whoever is called to its series.
func (v view) inSeries(own, series []event.Attendee) []event.Attendee {
	return sortAttendees(append(v.people.known(own, v.self), v.people.strangers(series)...))
}

// written are the notes of an activity as they go over the wire, and whether they
// differ from what it has.
func (v view) written(row api.Activity, want event.Event) (string, bool) {
	has, _ := splitNotes(text(row.Notes))
	return joinNotes(want.Notes, v.people.strangers(want.Attendees)), has != want.Notes || v.outdated(row, want)
}

// outdated tells whether an activity lists others than the people of want.
func (v view) outdated(row api.Activity, want event.Event) bool {
	_, now := splitNotes(text(row.Notes))
	return !slices.EqualFunc(now, v.people.strangers(want.Attendees), func(a, b event.Attendee) bool { return a.Address == b.Address })
}
