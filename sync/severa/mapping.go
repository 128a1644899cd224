package severa

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// maxLocation is the documented length of a location, in UTF-16 units.
const maxLocation = 1000

// noSubject stands for an empty subject, which Severa refuses.
const noSubject = "-"

// view is everything that turns an activity into one person's item.
type view struct {
	self    string // user id
	zone    string // of self
	kinds   kinds
	people  *directory
	org     string // the organisation's zone
	repeats clocks
	weeks   weeks
	fixed   bool // single occurrences were seen not to be changeable
	skew    time.Duration
	fields  event.FieldSet
}

// item reads a single activity; what recurs is read with its occurrences. members are the participants' user ids, without the owner.
func (v view) item(a api.Activity, members []string) (*event.Item, *endpoint.Error) {
	id := event.ID(a.GUID)
	const op = "read severa activity"
	if a.LastUpdated.IsZero() {
		return nil, fault(op, id, endpoint.ScopeItem, endpoint.Invalid, CodeUnreadable)
	}
	content, _, code := v.content(a, members)
	if code != "" {
		return nil, fault(op, id, endpoint.ScopeItem, endpoint.Invalid, code)
	}
	owner := userID(a.OwnerUser.GUID)
	it := &event.Item{
		Ref:       event.Ref{ID: id, Version: versionOf(a, members)},
		Event:     content,
		Organizer: v.people.address(owner),
		Meeting:   len(members) > 0,
		Created:   v.corrected(a.Created),
		Modified:  v.corrected(a.LastUpdated),
		Tied:      tied(a) != "",

		Unprintable: unprintable(a) & v.fields,
	}
	if owner != v.self {
		it.Standing, it.Meeting = event.StandingParticipant, true
	}
	return it, nil
}

// content is what an activity says, its recurrence left aside, and for an
// all-day one whose midnights bound it; or why it says nothing.
func (v view) content(a api.Activity, members []string) (e event.Event, days *time.Location, code string) {
	if a.Start.IsZero() {
		return e, nil, CodeUnreadable
	}
	when, days, code := v.when(a)
	if code != "" {
		return e, nil, code
	}
	notes, outsiders := splitNotes(text(a.Notes))
	people := sortAttendees(append(v.people.attendees(members, v.self), v.people.strangers(outsiders)...))
	return event.Only(event.Event{
		Subject:   line(a.Name),
		When:      when,
		Location:  location(a.Location),
		Notes:     notes,
		Private:   groupOf(a.ActivityType.Category) == event.GroupPersonal,
		Kind:      event.Kind{ID: a.ActivityType.GUID, Name: a.ActivityType.Name, Group: groupOf(a.ActivityType.Category)},
		Done:      a.IsClosed,
		Attendees: people,
	}, v.fields), days, ""
}

// tied is why deleting an activity would lose what cannot be made again; empty
// if it would not.
func tied(a api.Activity) string {
	switch {
	case a.HasHours:
		return CodeHasHours
	case a.Customer != nil:
		return CodeHasCustomer
	case a.Phase != nil:
		return CodeHasPhase
	}
	return ""
}

func (v view) corrected(t api.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Add(-v.skew)
}

// when reads the span of an activity, or says why it has none. days is whose
// midnights bound an all-day one, else UTC.
func (v view) when(a api.Activity) (s event.Span, days *time.Location, code string) {
	start, end := a.Start.Time, a.End.Time
	if a.IsAllDay {
		s, days, ok := daysOf(start, end, v.midnights(userID(a.OwnerUser.GUID)))
		if !ok {
			return s, nil, CodeBadTimes
		}
		return s, days, ""
	}
	if end.IsZero() {
		end = start
	}
	if end.Before(start) {
		return event.Span{}, nil, CodeBadTimes
	}
	return spanOf(start, end, v.zone), time.UTC, ""
}

// midnights are the zones whose midnights may bound an owner's all-day
// entries, the likeliest first. That the owner's do is inferred from the older
// interface's documents.
func (v view) midnights(owner string) []*time.Location {
	var out []*time.Location
	add := func(zone string) {
		if loc, err := event.LoadZone(zone); err == nil && zone != "" {
			out = append(out, loc)
		}
	}
	add(v.people.byID[owner].Zone)
	add(v.org)
	add("UTC")
	return append(out, v.people.zones...)
}

// versionOf is equal exactly when neither the activity nor who takes part has
// changed. Adding a participant may leave lastUpdatedDateTime as it is.
func versionOf(a api.Activity, members []string) event.Version {
	v := a.LastUpdated.UTC().Format(time.RFC3339Nano)
	if len(members) > 0 {
		sum := sha256.Sum256([]byte(strings.Join(members, "\n")))
		v += "/" + hex.EncodeToString(sum[:8])
	}
	return event.Version(v)
}

// recurs tells whether an activity is a series or a part of one. The id of an
// occurrence holds a semicolon.
func recurs(a api.Activity) bool {
	switch a.RecurrenceType {
	case api.RecurrenceOccurrence, api.RecurrenceException, api.RecurrenceSeries:
		return true
	case api.RecurrenceNone:
	}
	return a.Recurrence != nil || a.RecurrenceParentActivityGUID != "" || strings.Contains(a.GUID, ";")
}

// isPart tells whether an activity is one occurrence of a series.
func isPart(a api.Activity) bool {
	switch a.RecurrenceType {
	case api.RecurrenceOccurrence, api.RecurrenceException:
		return true
	case api.RecurrenceSeries, api.RecurrenceNone:
	}
	return a.RecurrenceParentActivityGUID != "" || strings.Contains(a.GUID, ";")
}

// seriesOf is the id of the series that a recurring activity belongs to.
func seriesOf(a api.Activity) event.ID {
	if a.RecurrenceParentActivityGUID != "" {
		return event.ID(a.RecurrenceParentActivityGUID)
	}
	series, _, _ := strings.Cut(a.GUID, ";")
	return event.ID(series)
}

func partError(op string, id event.ID) *endpoint.Error {
	return fault(op, id, endpoint.ScopeItem, endpoint.Invalid, CodeSeriesPart)
}

// normalize is e as Severa hands it back.
func (v view) normalize(e event.Event) event.Event {
	if e.Recurrence == nil || !v.fields.Has(event.FieldRecurrence) || faultOf(e.When) != "" {
		return v.single(e)
	}
	s := v.single(e)
	s.When, s.Recurrence = e.When, e.Recurrence // a series keeps its own zone
	if e.When.AllDay {
		s.When = event.AllDay(e.When.Start.Date, e.When.End.Date)
	}
	return v.settled(s)
}

// single is a single entry as Severa hands it back.
func (v view) single(e event.Event) event.Event {
	e = event.Only(e, v.fields&^event.FieldRecurrence|event.FieldKind)
	e.Subject = line(e.Subject)
	e.Location = location(e.Location)
	e.Notes, _ = splitNotes(text(e.Notes))
	e.Kind = v.kinds.of(e)
	e.Attendees = v.inSeries(e.Attendees, e.Attendees)
	if e.When.AllDay {
		e.When = event.AllDay(e.When.Start.Date, e.When.End.Date)
	} else if faultOf(e.When) == "" {
		start, end := e.When.Instants(time.UTC)
		e.When = spanOf(start, end, v.zone)
	}
	return event.Only(e, v.fields)
}

// line is a text of one line: a subject. An empty one is refused by the service.
func line(s string) string {
	if s = oneLine(s); s == "" {
		return noSubject
	}
	return s
}

// location is cut to what the service takes.
func location(s string) string {
	s = oneLine(s)
	n := 0
	for i, r := range s {
		if n += utf16.RuneLen(r); n > maxLocation {
			return strings.TrimSpace(s[:i])
		}
	}
	return s
}

// oneLine writes every kind of blank as it stands on one line, and drops what
// the other side's XML cannot hold.
func oneLine(s string) string {
	s = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ", "\t", " ").Replace(s)
	return strings.TrimSpace(strings.Map(printable, strings.ToValidUTF8(s, "\uFFFD")))
}

// text is a text of several lines: notes.
func text(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return printable(r)
	}, s)
}

func printable(r rune) rune {
	if unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF {
		return -1
	}
	return r
}

// unprintable are the texts of an activity that have characters which are left
// out of what is read: the other side's XML cannot hold them.
func unprintable(a api.Activity) (out event.FieldSet) {
	for f, s := range map[event.FieldSet]string{
		event.FieldSubject: a.Name, event.FieldLocation: a.Location, event.FieldNotes: a.Notes,
	} {
		lost := func(r rune) bool { return !unicode.IsSpace(r) && printable(r) < 0 }
		if !utf8.ValidString(s) || strings.ContainsFunc(s, lost) {
			out |= f
		}
	}
	return out
}

// memberIDs are the users among the participants of an activity who count as
// its members: active ones, without the owner, sorted.
func memberIDs(people *directory, owner string, rows []api.Participant) []string {
	var out []string
	for _, p := range rows {
		id := userID(p.ParticipantGUID)
		if p.Type != api.ParticipantUser && p.Type != "" {
			continue
		}
		if u, ok := people.byID[id]; ok && u.Active && id != owner {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
