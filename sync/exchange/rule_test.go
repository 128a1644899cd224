package exchange

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

func march(day, hour int, zone string) event.Span {
	return event.Span{Start: wall(day, hour), End: wall(day, hour+1), Zone: zone}
}

func TestHoldSeries_TellsWhy(t *testing.T) {
	const helsinki = "Europe/Helsinki"
	daily := event.Recurrence{Frequency: event.Daily, Interval: 1}
	for _, c := range []struct {
		name string
		when event.Span
		rule event.Recurrence
		hold event.Hold
		code string
	}{
		{"daily", march(9, 9, helsinki), daily, event.HoldWhole, ""},
		{"every 999 days", march(9, 9, helsinki), event.Recurrence{Frequency: event.Daily, Interval: 999}, event.HoldWhole, ""},
		{"every 1000 days", march(9, 9, helsinki), event.Recurrence{Frequency: event.Daily, Interval: 1000}, event.HoldExpanded, event.HoldInterval},
		{"every 99 weeks", march(9, 9, helsinki), event.Recurrence{Frequency: event.Weekly, Interval: 99, Days: 2}, event.HoldWhole, ""},
		{"every 100 months", march(9, 9, helsinki), event.Recurrence{Frequency: event.Monthly, Interval: 100, DayOfMonth: 9}, event.HoldExpanded, event.HoldInterval},
		{"yearly", march(9, 9, helsinki), event.Recurrence{Frequency: event.Yearly, Interval: 1, Month: 3, DayOfMonth: 9}, event.HoldWhole, ""},
		{"every second year", march(9, 9, helsinki), event.Recurrence{Frequency: event.Yearly, Interval: 2, Month: 3, DayOfMonth: 9}, event.HoldExpanded, event.HoldYearlyInterval},
		{"last working day", march(9, 9, helsinki), event.Recurrence{Frequency: event.Monthly, Interval: 1, Ordinal: -1, Days: 0x3e}, event.HoldWhole, ""},
		{"first of two days", march(9, 9, helsinki), event.Recurrence{Frequency: event.Monthly, Interval: 1, Ordinal: 1, Days: 0x06}, event.HoldExpanded, event.HoldPattern},
		{"999 times", march(9, 9, helsinki), event.Recurrence{Frequency: event.Daily, Interval: 1, Count: 999}, event.HoldWhole, ""},
		{"1000 times", march(9, 9, helsinki), event.Recurrence{Frequency: event.Daily, Interval: 1, Count: 1000}, event.HoldExpanded, event.HoldTooMany},
		{"no rule", march(9, 9, helsinki), event.Recurrence{Frequency: event.Weekly, Interval: 1}, event.HoldNot, event.HoldPattern},
		{"over before it begins", march(9, 9, helsinki), event.Recurrence{Frequency: event.Daily, Interval: 1, Until: event.Date{Year: 2026, Month: 3, Day: 8}}, event.HoldNot, event.HoldPattern},
		{"a zone that Windows has not", march(9, 9, "Antarctica/Troll"), daily, event.HoldExpanded, event.HoldZone},
		{"UTC by another name", march(9, 9, "Etc/UCT"), daily, event.HoldWhole, ""},
		{"all day", event.AllDay(event.Date{Year: 2026, Month: 3, Day: 9}, event.Date{Year: 2026, Month: 3, Day: 10}), daily, event.HoldWhole, ""},
		{"two days each day", event.AllDay(event.Date{Year: 2026, Month: 3, Day: 9}, event.Date{Year: 2026, Month: 3, Day: 11}), daily, event.HoldExpanded, event.HoldOverlap},
		{"three days on Mondays and Wednesdays", event.AllDay(event.Date{Year: 2026, Month: 3, Day: 9}, event.Date{Year: 2026, Month: 3, Day: 12}), event.Recurrence{Frequency: event.Weekly, Interval: 2, Days: 0x0a}, event.HoldExpanded, event.HoldOverlap},
		{"begins in the hour that is skipped", march(29, 3, helsinki), daily, event.HoldExpanded, event.HoldHour},
		{"meets the hour that is skipped", march(28, 3, helsinki), daily, event.HoldWhole, ""},
		{"beyond all years", march(9, 9, helsinki), event.Recurrence{Frequency: event.Daily, Interval: 1, Until: event.Date{Year: 4600, Month: 1, Day: 1}}, event.HoldNot, "ErrorCalendarOutOfRange"},
	} {
		e := event.Event{When: c.when, Recurrence: &c.rule}
		if hold, code := (&calendar{}).HoldSeries(e); hold != c.hold || code != c.code {
			t.Errorf("%s: %v %q, want %v %q", c.name, hold, code, c.hold, c.code)
		}
		if got := refused(e); (got == "") != (c.hold == event.HoldWhole) {
			t.Errorf("%s: a write is refused with %q", c.name, got)
		}
	}
	if hold, _ := (&calendar{}).HoldSeries(event.Event{When: march(9, 9, helsinki)}); hold != event.HoldWhole {
		t.Errorf("a single entry is held %v", hold)
	}
}

// drawSeries is any series that Exchange holds whole, with exceptions.
func drawSeries(t *rapid.T) event.Event {
	r := event.Recurrence{Frequency: event.Frequency(rapid.IntRange(0, 3).Draw(t, "frequency")), Interval: rapid.IntRange(1, 4).Draw(t, "interval")}
	if r.Frequency == event.Yearly {
		r.Interval = 1
	}
	r.Days = event.Weekdays(rapid.IntRange(1, 127).Draw(t, "days"))
	r.FirstDay = time.Weekday(rapid.IntRange(0, 6).Draw(t, "first day"))
	r.Month, r.DayOfMonth = time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 31).Draw(t, "day of month")
	if r.Frequency > event.Weekly && rapid.Bool().Draw(t, "relative") {
		r.Ordinal = rapid.SampledFrom([]int{1, 2, 3, 4, -1}).Draw(t, "ordinal")
		r.Days = rapid.SampledFrom([]event.Weekdays{1, 2, 32, everyDay, workingDays, weekendDays}).Draw(t, "of")
	}
	switch rapid.IntRange(0, 2).Draw(t, "range") {
	case 1:
		r.Count = rapid.IntRange(1, 20).Draw(t, "count")
	case 2:
		r.Until = event.Date{Year: rapid.IntRange(2029, 2031).Draw(t, "until"), Month: 5, Day: 5}
	}
	zone := rapid.SampledFrom([]string{"Europe/Helsinki", "Europe/Amsterdam", "America/New_York", "Asia/Tokyo", "Asia/Kathmandu", "Australia/Sydney", "UTC"}).Draw(t, "zone")
	e := event.Event{Subject: "s", Recurrence: &r}
	day := event.Date{Year: 2026, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 800).Draw(t, "start"))
	if rapid.Bool().Draw(t, "all day") {
		e.When = event.AllDay(day, day.AddDays(1))
	} else {
		hour := rapid.IntRange(4, 22).Draw(t, "hour") // no clock skips these
		e.When = event.Span{Start: event.Wall{Date: day, Hour: hour}, End: event.Wall{Date: day, Hour: hour + 1, Minute: 30}, Zone: zone}
	}
	bareOf := bare(r)
	plain := e
	plain.Recurrence = &bareOf
	for i, o := range event.Occurrences(plain, event.Window{From: day.In(time.UTC), To: day.In(time.UTC).AddDate(2, 0, 0)}) {
		if i > 12 {
			break
		}
		switch rapid.IntRange(0, 5).Draw(t, "exception") {
		case 0:
			r.Deleted = append(r.Deleted, o.Original)
		case 1:
			r.Overrides = append(r.Overrides, event.Override{Original: o.Original, Fields: event.FieldSubject, Event: event.Event{Subject: rapid.SampledFrom([]string{"s", "other"}).Draw(t, "subject")}})
		case 2:
			later := o.Event.When
			later.End.Date = later.End.AddDays(1)
			r.Overrides = append(r.Overrides, event.Override{Original: o.Original, Fields: event.FieldWhen, Event: event.Event{When: later}})
		}
	}
	return e
}

// What Normalize makes of a series shows the same occurrences, is normal itself,
// and is what is read back from what is written.
func TestNormalize_OfASeriesShowsTheSameOccurrences(t *testing.T) {
	c := &calendar{zone: "Europe/Helsinki"}
	rapid.Check(t, func(t *rapid.T) {
		e := drawSeries(t)
		if hold, _ := c.HoldSeries(e); hold != event.HoldWhole {
			t.Skip("not held whole")
		}
		n := c.Normalize(e)
		if d := cmp.Diff(n, c.Normalize(n), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("normalizing twice differs (-once +twice):\n%s", d)
		}
		w := event.Window{From: time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC)}
		want, got := event.Occurrences(e, w), event.Occurrences(n, w)
		if len(want) != len(got) {
			t.Fatalf("%d occurrences, want %d", len(got), len(want))
		}
		for i := range want {
			if !want[i].Event.When.Same(got[i].Event.When) || want[i].Event.Subject != got[i].Event.Subject || want[i].Original != got[i].Original {
				t.Fatalf("occurrence %d is %+v, want %+v", i, got[i], want[i])
			}
		}
		rule, code := readRule(writeRule(n))
		if code != "" || rule.Rule() != n.Recurrence.Rule() {
			t.Errorf("rule %+v is written and reads as %+v, %q", n.Recurrence.Rule(), rule.Rule(), code)
		}
		for i, o := range event.Occurrences(event.Event{When: n.When, Recurrence: &rule}, w) {
			if got := instance(n, o.Original); got != i+1 {
				t.Fatalf("occurrence %v is number %d, want %d", o.Original, got, i+1)
			}
			if i > 8 {
				break
			}
		}
		other := otherRule(writeRule(n))
		if cmp.Equal(other, writeRule(n)) {
			t.Error("the other rule is the same")
		}
	})
}

// Two series that a person could tell apart stay apart.
func TestNormalize_KeepsSeriesApart(t *testing.T) {
	c := &calendar{}
	rule := event.Recurrence{Frequency: event.Weekly, Interval: 2, Days: 0x06, Count: 9}
	e := event.Event{Subject: "s", When: march(9, 9, "Europe/Helsinki"), Recurrence: &rule}
	with := func(change func(*event.Event, *event.Recurrence)) event.Event {
		o, r := e, rule
		change(&o, &r)
		o.Recurrence = &r
		return o
	}
	for name, o := range map[string]event.Event{
		"hour": with(func(e *event.Event, _ *event.Recurrence) { e.When = march(9, 10, "Europe/Helsinki") }),
		"zone": with(func(e *event.Event, _ *event.Recurrence) { e.When = march(9, 9, "Europe/Amsterdam") }),
		"days": with(func(_ *event.Event, r *event.Recurrence) { r.Days = 0x0a }), "interval": with(func(_ *event.Event, r *event.Recurrence) { r.Interval = 1 }),
		"first day": with(func(_ *event.Event, r *event.Recurrence) { r.FirstDay = time.Tuesday }), "count": with(func(_ *event.Event, r *event.Recurrence) { r.Count = 8 }),
		"until": with(func(_ *event.Event, r *event.Recurrence) {
			r.Count, r.Until = 0, event.Date{Year: 2026, Month: 7, Day: 1}
		}),
		"endless": with(func(_ *event.Event, r *event.Recurrence) { r.Count = 0 }),
		"deleted": with(func(_ *event.Event, r *event.Recurrence) { r.Deleted = []event.Wall{wall(10, 9)} }),
		"moved": with(func(_ *event.Event, r *event.Recurrence) {
			r.Overrides = []event.Override{{Original: wall(10, 9), Fields: event.FieldWhen, Event: event.Event{When: march(10, 11, "Europe/Helsinki")}}}
		}),
		"no reminder": with(func(e *event.Event, r *event.Recurrence) {
			e.Reminder = event.Reminder{Set: true, Minutes: 5}
			r.Overrides = []event.Override{{Original: wall(10, 9), Fields: event.FieldReminder}}
		}),
	} {
		if d := event.Diff(c.Normalize(e), c.Normalize(o)); d == 0 {
			t.Errorf("%s: the difference is lost", name)
		}
	}
	// What says nothing is nothing.
	for name, o := range map[string]event.Event{
		"same subject": with(func(_ *event.Event, r *event.Recurrence) {
			r.Overrides = []event.Override{{Original: wall(10, 9), Fields: event.FieldSubject, Event: event.Event{Subject: " s "}}}
		}),
		"no such day": with(func(_ *event.Event, r *event.Recurrence) { r.Deleted = []event.Wall{wall(11, 9)} }),
		"a state unset": with(func(_ *event.Event, r *event.Recurrence) {
			r.Overrides = []event.Override{{Original: wall(10, 9), Fields: event.FieldShowAs}}
		}),
		"the same clocks": with(func(e *event.Event, _ *event.Recurrence) { e.When.Zone = "Europe/Kyiv" }),
		"a day too early": with(func(e *event.Event, _ *event.Recurrence) { e.When = march(8, 9, "Europe/Helsinki") }),
	} {
		if d := event.Diff(c.Normalize(e), c.Normalize(o)); d != 0 {
			t.Errorf("%s: differs in %v", name, d)
		}
	}
}

func FuzzSeriesItem(f *testing.F) {
	f.Add(int64(1773126000), 60, int(ews.Weekly), 1, 2, 0, 5, int64(1773730800))
	f.Add(int64(0), 0, int(ews.AbsoluteMonthly), 1, 0, 31, 0, int64(1))
	f.Fuzz(func(t *testing.T, start int64, minutes, pattern, interval, day, date, count int, deleted int64) {
		if start < -1e10 || start > 7e10 || deleted < -1e10 || deleted > 7e10 || interval > 99 || minutes > 1e6 || minutes < 0 ||
			pattern < 0 || pattern > int(ews.Regenerating) || day < 0 || day > int(ews.WeekendDay) || count > 999 {
			return // what the client never hands out
		}
		at := time.Unix(start, 0)
		rule := &ews.Recurrence{
			Pattern: ews.Pattern(pattern), Interval: interval, Days: []ews.DayOfWeek{ews.DayOfWeek(day)}, Index: ews.Last, DayOfMonth: date,
			Month: time.Month(1 + (date%12+12)%12), Start: ews.Date(event.DateOf(at.UTC())), Range: ews.RangeNumbered, Count: count,
		}
		it := ews.CalendarItem{
			Element: entryElement, Present: ^ews.FieldMask(0), ID: ews.ItemID{ID: "i", ChangeKey: "c"}, Type: ews.TypeMaster, Start: ews.At(at), Recurrence: rule,
			End: ews.At(at.Add(time.Duration(minutes) * time.Minute)), StartTimeZone: "FLE Standard Time", Deleted: []ews.DateTime{ews.At(time.Unix(deleted, 0))},
		}
		got, bad := (reader{zone: "Europe/Helsinki"}).item("read", &it)
		if bad == nil && (got.Recurrence == nil || got.Recurrence.Check() != nil || len(got.Recurrence.Deleted) != 1) {
			t.Errorf("read as %+v", got.Recurrence)
		}
	})
}
