package event_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lockstep/sync/event"
)

const (
	mon event.Weekdays = 1 << time.Monday
	tue event.Weekdays = 1 << time.Tuesday
	sun event.Weekdays = 1 << time.Sunday
)

func wall(t testing.TB, s string) event.Wall {
	t.Helper()
	w, err := event.ParseWall(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func series(t testing.TB, start, end, zone string, r event.Recurrence) event.Event {
	t.Helper()
	return event.Event{Subject: "s", When: event.Span{Start: wall(t, start), End: wall(t, end), Zone: zone}, Recurrence: &r}
}

func from(t testing.TB, day string, days int) event.Window {
	t.Helper()
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return event.Window{From: at, To: at.AddDate(0, 0, days)}
}

func originals(os []event.Occurrence) string {
	var out []string
	for _, o := range os {
		out = append(out, o.Original.Date.String())
	}
	return strings.Join(out, " ")
}

func TestOccurrences_OfEveryPatternAndRange(t *testing.T) {
	until := func(s string) event.Date { return wall(t, s+"T00:00:00").Date }
	for name, c := range map[string]struct {
		start string
		rule  event.Recurrence
		from  string
		days  int
		want  string
	}{
		"daily":                               {"2026-02-26", event.Recurrence{Interval: 3}, "2026-02-26", 10, "2026-02-26 2026-03-01 2026-03-04 2026-03-07"},
		"daily, long after":                   {"2001-02-26", event.Recurrence{Interval: 3}, "2026-02-26", 7, "2026-02-27 2026-03-02"},
		"numbered":                            {"2026-02-27", event.Recurrence{Interval: 1, Count: 3}, "2026-02-28", 30, "2026-02-28 2026-03-01"},
		"the end date is included":            {"2026-02-27", event.Recurrence{Interval: 1, Until: until("2026-02-28")}, "2026-02-01", 60, "2026-02-27 2026-02-28"},
		"fortnightly, week begins on Monday":  {"1997-08-05", event.Recurrence{Frequency: event.Weekly, Interval: 2, Days: tue | sun, FirstDay: time.Monday}, "1997-08-01", 24, "1997-08-05 1997-08-10 1997-08-19 1997-08-24"},
		"fortnightly, week begins on Sunday":  {"1997-08-05", event.Recurrence{Frequency: event.Weekly, Interval: 2, Days: tue | sun, FirstDay: time.Sunday}, "1997-08-01", 31, "1997-08-05 1997-08-17 1997-08-19 1997-08-31"},
		"fortnightly, long after":             {"1997-08-05", event.Recurrence{Frequency: event.Weekly, Interval: 2, Days: tue | sun, FirstDay: time.Sunday}, "2026-11-16", 14, "2026-11-17 2026-11-29"},
		"day 31":                              {"2026-01-31", event.Recurrence{Frequency: event.Monthly, Interval: 1, DayOfMonth: 31}, "2026-01-01", 130, "2026-01-31 2026-02-28 2026-03-31 2026-04-30"},
		"day 30 in a leap February":           {"2028-01-30", event.Recurrence{Frequency: event.Monthly, Interval: 1, DayOfMonth: 30}, "2028-02-01", 60, "2028-02-29 2028-03-30"},
		"every other month, long after":       {"1996-11-16", event.Recurrence{Frequency: event.Monthly, Interval: 2, DayOfMonth: 15}, "2026-11-16", 130, "2027-01-15 2027-03-15"},
		"second Tuesday":                      {"2026-03-01", event.Recurrence{Frequency: event.Monthly, Interval: 1, Days: tue, Ordinal: 2}, "2026-03-01", 60, "2026-03-10 2026-04-14"},
		"last weekday of the month":           {"2026-01-01", event.Recurrence{Frequency: event.Monthly, Interval: 1, Days: 0x3e, Ordinal: -1}, "2026-01-01", 90, "2026-01-30 2026-02-27 2026-03-31"},
		"29 February every year":              {"2024-02-29", event.Recurrence{Frequency: event.Yearly, Interval: 1, DayOfMonth: 29, Month: time.February}, "2025-01-01", 1200, "2025-02-28 2026-02-28 2027-02-28 2028-02-29"},
		"29 February every other year":        {"2024-02-29", event.Recurrence{Frequency: event.Yearly, Interval: 2, DayOfMonth: 29, Month: time.February}, "2025-01-01", 1200, "2026-02-28 2028-02-29"},
		"last Sunday of March":                {"2026-04-01", event.Recurrence{Frequency: event.Yearly, Interval: 1, Days: sun, Ordinal: -1, Month: time.March}, "2026-01-01", 900, "2027-03-28 2028-03-26"},
		"the rule begins after the span":      {"2026-03-04", event.Recurrence{Frequency: event.Weekly, Interval: 1, Days: mon}, "2026-03-01", 16, "2026-03-09 2026-03-16"},
		"nothing before the start":            {"2026-03-20", event.Recurrence{Frequency: event.Monthly, Interval: 1, DayOfMonth: 10}, "2026-03-01", 60, "2026-04-10"},
		"a rule that cannot be shows nothing": {"2026-03-20", event.Recurrence{}, "2026-03-01", 60, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := series(t, c.start+"T09:00:00", c.start+"T10:00:00", "Europe/Helsinki", c.rule)
			if got := originals(event.Occurrences(e, from(t, c.from, c.days))); got != c.want {
				t.Errorf("occurrences = %s\nwant          %s", got, c.want)
			}
		})
	}
}

// The clocks of Helsinki jump from 03:00 to 04:00 on 29 March 2026 and go back
// from 04:00 to 03:00 on 25 October.
func TestOccurrences_KeepTheWallClockAcrossJumps(t *testing.T) {
	for name, c := range map[string]struct{ start, end, day, want string }{
		"a plain hour in winter":     {"09:00", "10:00", "2026-03-28", "2026-03-28T07:00:00Z 2026-03-28T08:00:00Z"},
		"a plain hour in summer":     {"09:00", "10:00", "2026-03-29", "2026-03-29T06:00:00Z 2026-03-29T07:00:00Z"},
		"an hour that does not be":   {"03:15", "03:45", "2026-03-29", "2026-03-29T01:15:00Z 2026-03-29T01:45:00Z"},
		"it would end before it is":  {"03:30", "04:15", "2026-03-29", "2026-03-29T01:30:00Z 2026-03-29T02:15:00Z"},
		"an hour that comes twice":   {"03:15", "03:45", "2026-10-25", "2026-10-25T00:15:00Z 2026-10-25T00:45:00Z"},
		"over the hour that is gone": {"02:30", "04:30", "2026-03-29", "2026-03-29T00:30:00Z 2026-03-29T01:30:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			e := series(t, "2026-01-01T"+c.start+":00", "2026-01-01T"+c.end+":00", "Europe/Helsinki", event.Recurrence{Interval: 1})
			for _, o := range event.Occurrences(e, from(t, c.day, 1)) {
				if o.Original.Date.String() != c.day {
					continue
				}
				a, b := o.Event.When.Instants(time.UTC)
				if got := a.Format(time.RFC3339) + " " + b.Format(time.RFC3339); got != c.want {
					t.Errorf("takes place %s\nwant        %s", got, c.want)
				}
				if got, ok := event.OriginalAt(e, a, time.UTC); !ok || got != o.Original {
					t.Errorf("OriginalAt(%s) = %s, %v, want %s", a, got, ok, o.Original)
				}
				if twice := a.Add(time.Hour); event.WallOf(twice.In(e.When.Location())) == o.Original {
					if got, ok := event.OriginalAt(e, twice, time.UTC); !ok || got != o.Original {
						t.Errorf("OriginalAt(%s) = %s, %v, want %s", twice, got, ok, o.Original)
					}
				}
				return
			}
			t.Errorf("nothing on %s", c.day)
		})
	}
}

func TestOccurrences_ShowExceptionsWhereTheyAre(t *testing.T) {
	e := series(t, "2026-03-02T09:00:00", "2026-03-02T10:00:00", "Europe/Helsinki", event.Recurrence{
		Frequency: event.Weekly, Interval: 1, Days: mon, Count: 5,
		Deleted: []event.Wall{wall(t, "2026-03-16T09:00:00")},
	})
	moved := event.Event{When: event.Span{Start: wall(t, "2026-03-11T12:00:00"), End: wall(t, "2026-03-11T13:00:00"), Zone: "Europe/Helsinki"}, Location: "not its own"}
	e.Recurrence.Overrides = []event.Override{
		{Original: wall(t, "2026-03-09T09:00:00"), Fields: event.FieldWhen, Event: moved},
		{Original: wall(t, "2026-03-23T09:00:00"), Fields: event.FieldSubject, Event: event.Event{Subject: "other"}},
		{Original: wall(t, "2026-03-24T09:00:00"), Fields: event.FieldSubject, Event: event.Event{Subject: "of no occurrence"}},
	}
	got := event.Occurrences(e, from(t, "2026-03-10", 30))
	if want := "2026-03-09 2026-03-23 2026-03-30"; originals(got) != want {
		t.Fatalf("occurrences = %s, want %s", originals(got), want)
	}
	if diff := cmp.Diff(event.Event{Subject: "s", When: moved.When}, got[0].Event); diff != "" {
		t.Errorf("moved occurrence (-want +got):\n%s", diff)
	}
	if got[1].Event.Subject != "other" || got[1].Event.When.Start != wall(t, "2026-03-23T09:00:00") {
		t.Errorf("changed occurrence = %+v", got[1].Event)
	}
	if got := originals(event.Occurrences(e, from(t, "2026-03-09", 1))); got != "" {
		t.Errorf("the moved occurrence still shows where it was: %s", got)
	}
	if _, ok := event.OccurrenceAt(e, wall(t, "2026-03-16T09:00:00")); ok {
		t.Error("a deleted occurrence is shown")
	}
	if !e.Produces(wall(t, "2026-03-16T09:00:00")) || e.Produces(wall(t, "2026-03-16T10:00:00")) || e.Produces(wall(t, "2026-04-06T09:00:00")) {
		t.Error("the rule produces something else than it says")
	}
}

func TestOccurrences_OfAllDaySeriesAreDays(t *testing.T) {
	first := wall(t, "2026-03-28T00:00:00").Date
	e := event.Event{When: event.AllDay(first, first.AddDays(2)), Recurrence: &event.Recurrence{Interval: 7, Count: 2}}
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	day := first.AddDays(1).In(helsinki) // the second of two days, which has 23 hours
	got := event.Occurrences(e, event.Window{From: day, To: day.AddDate(0, 0, 1)})
	if len(got) != 1 || got[0].Original != first.Midnight() || got[0].Event.When != e.When {
		t.Errorf("occurrences = %+v, want the two days from %s", got, first)
	}
	if at, ok := event.OriginalAt(e, first.AddDays(7).In(helsinki), helsinki); !ok || at != first.AddDays(7).Midnight() {
		t.Errorf("OriginalAt = %s, %v", at, ok)
	}
}

// Whatever the rule, looking at a part of the time tells what looking at all
// of it tells of that part.
func TestOccurrences_OfAPartAreAPartOfAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawSeries(t)
		start := e.When.Start.In(time.UTC)
		all := event.Occurrences(e, event.Window{From: start.AddDate(0, 0, -2), To: start.AddDate(6, 0, 0)})
		at := start.AddDate(0, 0, rapid.IntRange(0, 2000).Draw(t, "from"))
		w := event.Window{From: at, To: at.AddDate(0, 0, rapid.IntRange(1, 150).Draw(t, "days"))}
		var want []event.Occurrence
		for _, o := range all {
			if w.Holds(o.Event) {
				want = append(want, o)
			}
			if got, ok := event.OccurrenceAt(e, o.Original); !ok || event.Diff(got, o.Event) != 0 {
				t.Fatalf("OccurrenceAt(%s) = %+v, %v, want %+v", o.Original, got, ok, o.Event)
			}
		}
		if diff := cmp.Diff(want, event.Occurrences(e, w)); diff != "" {
			t.Fatalf("in %s to %s (-of all +of the part):\n%s", w.From, w.To, diff)
		}
		if n := e.Recurrence.Count; n > 0 && len(all) > n {
			t.Fatalf("%d occurrences, want at most %d", len(all), n)
		}
	})
}

func drawSeries(t *rapid.T) event.Event {
	at := time.Date(2020, 1, 1, rapid.IntRange(0, 23).Draw(t, "hour"), 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "start"))
	e := event.Event{When: event.Span{
		Start: event.WallOf(at), End: event.WallOf(at.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "long")) * time.Hour)),
		Zone: rapid.SampledFrom([]string{"Europe/Helsinki", "America/New_York", "Asia/Tokyo"}).Draw(t, "zone"),
	}}
	r := &event.Recurrence{
		Frequency: event.Frequency(rapid.IntRange(0, 3).Draw(t, "frequency")), Interval: rapid.IntRange(1, 4).Draw(t, "interval"),
		Days: event.Weekdays(rapid.IntRange(1, 127).Draw(t, "days")), FirstDay: time.Weekday(rapid.IntRange(0, 6).Draw(t, "first_day")),
		DayOfMonth: rapid.IntRange(1, 31).Draw(t, "day"), Month: time.Month(rapid.IntRange(1, 12).Draw(t, "month")),
		Ordinal: rapid.SampledFrom([]int{0, 0, 1, 2, 3, 4, -1}).Draw(t, "ordinal"),
	}
	if rapid.Bool().Draw(t, "counted") {
		r.Count = rapid.IntRange(1, 100).Draw(t, "count")
	}
	e.Recurrence = r
	return e
}

func TestOccurrenceID_RoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := event.ID(rapid.OneOf(rapid.StringMatching(`[A-Za-z0-9+/=_~;-]{0,40}`), rapid.String()).Draw(t, "id"))
		at := event.WallOf(time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at"), 0).UTC())
		series, original, ok := event.SplitOccurrence(event.OccurrenceID(id, at))
		if !ok || series != id || original != at {
			t.Fatalf("split into %q, %s, %v, want %q, %s", series, original, ok, id, at)
		}
	})
	for _, id := range []event.ID{"", "AAMkAD=", "a~b", "a;b", "2026-03-02T09:00:00", "a~2026-3-2T09:00:00"} {
		if _, _, ok := event.SplitOccurrence(id); ok {
			t.Errorf("%q was taken for an occurrence", id)
		}
	}
}

func BenchmarkOccurrences_OfAnOldEndlessSeries(b *testing.B) {
	e := series(b, "1990-01-01T09:00:00", "1990-01-01T10:00:00", "Europe/Helsinki", event.Recurrence{Frequency: event.Weekly, Interval: 1, Days: mon | tue})
	w := from(b, "2026-11-01", 180)
	for b.Loop() {
		if len(event.Occurrences(e, w)) < 50 {
			b.Fatal("occurrences are missing")
		}
	}
}
