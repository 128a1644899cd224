package exchange_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lockstep/sync/event"
	"lockstep/sync/exchange/ewssim"
)

func dayOf(d event.Date) ewssim.Day {
	return ewssim.DayOf(time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC))
}

func dateOf(d ewssim.Day) event.Date {
	y, m, n := d.Date()
	return event.Date{Year: y, Month: m, Day: n}
}

// ownNames are the properties that an exception has of its own, by field.
var ownNames = map[event.FieldSet][]string{
	event.FieldSubject: {"Subject"}, event.FieldWhen: {"Start", "End", "IsAllDayEvent"}, event.FieldLocation: {"Location"}, event.FieldNotes: {"Body"},
	event.FieldPrivate: {"Sensitivity"}, event.FieldShowAs: {"LegacyFreeBusyStatus"}, event.FieldReminder: {"ReminderIsSet"},
}

// fillSeries makes an item the series that a person would make in Outlook.
func (h hands) fillSeries(it *ewssim.Item, e event.Event) {
	it.Rule, it.Exceptions, it.Deleted = nil, nil, nil
	r := e.Recurrence
	if r == nil {
		return
	}
	it.Rule = &ewssim.Rule{
		Interval: r.Interval, Days: ewssim.Days(r.Days), FirstDay: r.FirstDay, DayOfMonth: r.DayOfMonth, Index: r.Ordinal, Month: r.Month, Start: dayOf(e.When.Start.Date), Count: r.Count,
	}
	if r.Ordinal < 0 {
		it.Rule.Index = ewssim.LastIndex
	}
	if !r.Until.IsZero() {
		it.Rule.Until = dayOf(r.Until)
	}
	absolute := r.Ordinal == 0
	switch {
	case r.Frequency == event.Daily:
		it.Rule.Pattern = ewssim.Daily
	case r.Frequency == event.Weekly:
		it.Rule.Pattern = ewssim.Weekly
	case r.Frequency == event.Monthly && absolute:
		it.Rule.Pattern = ewssim.AbsoluteMonthly
	case r.Frequency == event.Monthly:
		it.Rule.Pattern = ewssim.RelativeMonthly
	case absolute:
		it.Rule.Pattern = ewssim.AbsoluteYearly
	default:
		it.Rule.Pattern = ewssim.RelativeYearly
	}
	for _, d := range r.Deleted {
		if it.Deleted == nil {
			it.Deleted = map[ewssim.Day]bool{}
		}
		it.Deleted[dayOf(d.Date)] = true
	}
	for _, x := range r.Overrides {
		own := it.Clone()
		h.fill(own, x.Event, x.Fields&^event.FieldRecurrence)
		own.Rule, own.Exceptions, own.Deleted, own.Over = nil, nil, nil, map[string]bool{}
		for _, f := range x.Fields.Each() {
			for _, name := range ownNames[f] {
				own.Over[name] = true
			}
		}
		if it.Exceptions == nil {
			it.Exceptions = map[ewssim.Day]*ewssim.Item{}
		}
		it.Exceptions[dayOf(x.Original.Date)] = own
	}
}

// seeSeries is the series that a person sees; it has his times in zone.
func (h hands) seeSeries(s ewssim.Stored, it event.Event, zone string) event.Event {
	r := &event.Recurrence{Interval: s.Rule.Interval, Count: s.Rule.Count}
	switch s.Rule.Pattern {
	case ewssim.Daily:
		r.Frequency = event.Daily
	case ewssim.Weekly:
		r.Frequency, r.Days, r.FirstDay = event.Weekly, event.Weekdays(s.Rule.Days), s.Rule.FirstDay
		if r.Interval < 2 {
			r.FirstDay = 0
		}
	case ewssim.AbsoluteMonthly, ewssim.AbsoluteYearly:
		r.Frequency, r.DayOfMonth = event.Monthly, s.Rule.DayOfMonth
	default:
		r.Frequency, r.Days, r.Ordinal = event.Monthly, event.Weekdays(s.Rule.Days), s.Rule.Index
		if r.Ordinal == ewssim.LastIndex {
			r.Ordinal = -1
		}
	}
	if p := s.Rule.Pattern; p == ewssim.AbsoluteYearly || p == ewssim.RelativeYearly {
		r.Frequency, r.Month, r.Interval = event.Yearly, s.Rule.Month, 1
	}
	if s.Rule.Until != 0 {
		r.Until = dateOf(s.Rule.Until)
	}
	it.When = it.When.Rezone(zone)
	original := func(d ewssim.Day) event.Wall {
		w := it.When.Start
		w.Date = dateOf(d)
		return w
	}
	for d := range s.Deleted {
		r.Deleted = append(r.Deleted, original(d))
	}
	slices.SortFunc(r.Deleted, event.Wall.Compare)
	plain := it
	plain.Recurrence = &event.Recurrence{}
	*plain.Recurrence = *r
	plain.Recurrence.Deleted = nil
	for d, own := range s.Exceptions {
		shown, _ := event.OccurrenceAt(plain, original(d))
		x := h.see(ewssim.Stored{Item: *own}).Event
		var differ event.FieldSet
		for f, names := range ownNames {
			if own.Over[names[0]] {
				differ |= event.Diff(shown, x) & f
			}
		}
		if differ != 0 {
			r.Overrides = append(r.Overrides, event.Override{Original: original(d), Fields: differ, Event: event.Only(x, differ)})
		}
	}
	slices.SortFunc(r.Overrides, func(a, b event.Override) int { return a.Original.Compare(b.Original) })
	it.Recurrence = r
	return it
}

// What a person makes is what is read, and what is written is what he sees.
func TestSeries_HandsAndEndpointSeeTheSame(t *testing.T) {
	r := newRig(t, rigOptions{})
	loc, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	h, ep := hands{r: r, loc: loc, zone: "FLE Standard Time"}, r.anna()
	id, err := h.Put(excepted(t))
	if err != nil {
		t.Fatal(err)
	}
	if d := event.Diff(ep.Normalize(excepted(t)), get(t, ep, id).Event); d != 0 {
		t.Errorf("what a person made differs in %v", d)
	}
	made(t, ep, excepted(t))
	seen, err := h.List()
	if err != nil || len(seen) != 2 {
		t.Fatalf("he sees %d entries, %v", len(seen), err)
	}
	if d := event.Diff(seen[0].Event, seen[1].Event); d != 0 {
		t.Errorf("he sees two that differ in %v: %s", d, cmp.Diff(seen[0].Event, seen[1].Event, cmpopts.EquateEmpty()))
	}
}
