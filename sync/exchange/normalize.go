package exchange

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"lockstep/resources/zones"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// fields are what survives a write and a read.
const fields = event.FieldSubject | event.FieldWhen | event.FieldLocation | event.FieldNotes |
	event.FieldPrivate | event.FieldShowAs | event.FieldReminder | event.FieldRecurrence

const (
	utc = "UTC"
	// maxLine is the longest subject, in UTF-16 units ([MS-OXWSCORE] 3.1.4.2,
	// Subject); places are kept to the same.
	maxLine = 255
	// maxReminder is the largest ReminderMinutesBeforeStart ([MS-OXWSCORE] 2.2.4.24).
	maxReminder = 2629800
)

// Normalize is e as Exchange hands it back: one-line texts without control
// characters and cut to 255, notes with \n and no blank ends, times on the
// clocks of the zone that its Windows id leads back to. A zone that Windows
// has not, and a reading that a clock shows twice, is kept as the same moment
// in UTC. A state that nobody chose is busy, as the server has it. A series
// begins with the first occurrence of its rule, and keeps of its exceptions what
// really departs from it.
func (c *calendar) Normalize(e event.Event) event.Event {
	out := normalSingle(e)
	if e.Recurrence == nil {
		return out
	}
	rule := canonical(*e.Recurrence)
	out.Recurrence, out.When = &rule, seriesSpan(e.When)
	if first, ok := firstOccurrence(out); ok {
		out.When = first.When
	}
	rule.FirstDay = weekOf(rule, out.When.Start.Date)
	raw := e
	raw.When = out.When
	out.Recurrence = normalExceptions(out, raw, rule)
	return out
}

// seriesSpan is the span of a series as it is read back: the wall clock in the
// zone that its Windows id leads to.
func seriesSpan(s event.Span) event.Span {
	zone, _ := zoneOf(s.Zone)
	if s.AllDay || zone == utc {
		return normalSpan(s)
	}
	s.Zone = zone
	loc := s.Location()
	s.Start, s.End = event.WallOf(s.Start.In(loc)), event.WallOf(s.End.In(loc))
	return s
}

// normalExceptions are the exceptions of a series raw, whose rule and content
// are normal in out.
func normalExceptions(out, raw event.Event, rule event.Recurrence) *event.Recurrence {
	given := rule
	rule = bare(rule)
	out.Recurrence, raw.Recurrence = &rule, &rule
	deleted := slices.Clone(given.Deleted)
	slices.SortFunc(deleted, event.Wall.Compare)
	deleted = slices.DeleteFunc(slices.Compact(deleted), func(w event.Wall) bool { return !out.Produces(w) })
	var overrides []event.Override
	for _, x := range given.Overrides {
		shown, ok := event.OccurrenceAt(raw, x.Original)
		if !ok || slices.Contains(deleted, x.Original) {
			continue
		}
		set := x.Fields &^ event.FieldRecurrence
		if x.Event.ShowAs == event.ShowUnset {
			set &^= event.FieldShowAs // nobody chose it
		}
		if n, differs := overrideOf(out, x.Original, normalSingle(event.Take(shown, x.Event, set))); differs {
			overrides = append(overrides, n)
		}
	}
	slices.SortStableFunc(overrides, func(a, b event.Override) int { return a.Original.Compare(b.Original) })
	rule.Overrides = slices.CompactFunc(overrides, func(a, b event.Override) bool { return a.Original == b.Original })
	rule.Deleted = deleted
	if len(deleted) == 0 {
		rule.Deleted = nil
	}
	if len(rule.Overrides) == 0 {
		rule.Overrides = nil
	}
	return &rule
}

// normalSingle is Normalize of an entry that does not repeat.
func normalSingle(e event.Event) event.Event {
	out := event.Event{
		Subject: oneLine(e.Subject), When: normalSpan(e.When), Location: oneLine(e.Location), Notes: notes(e.Notes),
		Private: e.Private, ShowAs: e.ShowAs,
	}
	if out.ShowAs == event.ShowUnset {
		out.ShowAs = event.ShowBusy
	}
	if e.Reminder.Set {
		out.Reminder = event.Reminder{Set: true, Minutes: min(max(e.Reminder.Minutes, 0), maxReminder)}
	}
	return out
}

// oneLine makes a text what a one-line property holds.
func oneLine(s string) string {
	s = strings.ReplaceAll(ews.CleanText(s), "\r\n", "\n")
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s))
	units := 0
	for i, r := range s {
		if units += max(utf16.RuneLen(r), 1); units > maxLine {
			return strings.TrimSpace(s[:i])
		}
	}
	return s
}

// notes makes a text what a plain body is read back as.
func notes(s string) string {
	s = strings.ReplaceAll(ews.CleanText(s), "\r\n", "\n")
	return strings.TrimSpace(strings.ReplaceAll(s, "\r", "\n"))
}

// normalSpan is s as it is read back.
func normalSpan(s event.Span) event.Span {
	if s.AllDay {
		first, end := s.Start.Date, s.End.Date
		if s.End != end.Midnight() || !midnightBefore(first, end) {
			end = later(end, first).AddDays(1)
		}
		return event.AllDay(first, end)
	}
	start, end := s.Instants(time.UTC)
	zone, _ := zoneOf(s.Zone)
	return spanOf(start, end, zone)
}

func midnightBefore(a, b event.Date) bool { return a.In(time.UTC).Before(b.In(time.UTC)) }

func later(a, b event.Date) event.Date {
	if midnightBefore(a, b) {
		return b
	}
	return a
}

// zoneOf is the zone that an IANA name comes back as, and the Windows id that
// it is written as: UTC for one that Windows has not.
func zoneOf(iana string) (name, windows string) {
	if windows, ok := zones.ToWindows(iana); ok {
		if name, ok := zones.ToIANA(windows); ok {
			return name, windows
		}
	}
	return utc, utc
}

// spanOf is the span between two moments on the clocks of zone. A moment that
// this zone has no reading of its own for (the second pass of an autumn hour)
// is told in UTC.
func spanOf(start, end time.Time, zone string) event.Span {
	s, err := event.Between(start, end, zone)
	if err == nil {
		if from, to := s.Instants(time.UTC); from.Equal(start.Truncate(time.Second)) && to.Equal(end.Truncate(time.Second)) {
			return s
		}
	}
	start, end = start.UTC(), end.UTC()
	return event.Span{Start: event.WallOf(start), End: event.WallOf(end), Zone: utc}
}
