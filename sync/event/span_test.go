package event

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func wallAt(t *testing.T, s string) Wall {
	t.Helper()
	w, err := ParseWall(s)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func spanAt(t *testing.T, start, end, zone string) Span {
	t.Helper()
	return Span{Start: wallAt(t, start), End: wallAt(t, end), Zone: zone}
}

func TestSpan_InstantsFollowTheClocksOfItsZone(t *testing.T) {
	for _, c := range []struct{ name, zone, start, end, wantStart, wantEnd string }{
		{"winter", "Europe/Helsinki", "2026-01-15T10:00:00", "2026-01-15T11:00:00", "2026-01-15T08:00:00Z", "2026-01-15T09:00:00Z"},
		{"summer", "Europe/Helsinki", "2026-07-15T10:00:00", "2026-07-15T11:00:00", "2026-07-15T07:00:00Z", "2026-07-15T08:00:00Z"},
		{"across the spring jump", "Europe/Amsterdam", "2026-03-29T01:30:00", "2026-03-29T03:30:00", "2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"},
		{"in the hour that is skipped", "Europe/Amsterdam", "2026-03-29T02:30:00", "2026-03-29T04:00:00", "2026-03-29T01:30:00Z", "2026-03-29T02:00:00Z"},
		{"in the hour that comes twice: the first", "Europe/Amsterdam", "2026-10-25T02:30:00", "2026-10-25T04:00:00", "2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z"},
		{"skipped, west of Greenwich", "America/New_York", "2026-03-08T02:30:00", "2026-03-08T04:00:00", "2026-03-08T07:30:00Z", "2026-03-08T08:00:00Z"},
		{"twice, west of Greenwich", "America/New_York", "2026-11-01T01:30:00", "2026-11-01T02:30:00", "2026-11-01T05:30:00Z", "2026-11-01T07:30:00Z"},
		{"skipped, by half an hour", "Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-04T03:00:00", "2026-10-03T15:45:00Z", "2026-10-03T16:00:00Z"},
		{"twice, by half an hour", "Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-05T02:15:00", "2026-04-04T14:45:00Z", "2026-04-04T15:45:00Z"},
		{"45 minutes off", "Asia/Kathmandu", "2026-01-01T00:00:00", "2026-01-01T00:45:00", "2025-12-31T18:15:00Z", "2025-12-31T19:00:00Z"},
		{"over a year's end", "America/New_York", "2026-12-31T23:00:00", "2027-01-01T01:00:00", "2027-01-01T04:00:00Z", "2027-01-01T06:00:00Z"},
		{"leap day", "Asia/Tokyo", "2028-02-29T00:00:00", "2028-03-01T00:00:00", "2028-02-28T15:00:00Z", "2028-02-29T15:00:00Z"},
		{"a zone nobody knows is UTC", "Mars/Olympus", "2026-01-01T00:00:00", "2026-01-01T01:00:00", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start, end := spanAt(t, c.start, c.end, c.zone).Instants(time.UTC)
			if got := start.Format(time.RFC3339); got != c.wantStart {
				t.Errorf("start = %s, want %s", got, c.wantStart)
			}
			if got := end.Format(time.RFC3339); got != c.wantEnd {
				t.Errorf("end = %s, want %s", got, c.wantEnd)
			}
		})
	}
}

func TestSpan_WholeDaysBeginWhereTheCalendarIsLookedAt(t *testing.T) {
	s := AllDay(Date{2026, 3, 29}, Date{2026, 3, 30}) // 23 hours long in Amsterdam
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	start, end := s.Instants(amsterdam)
	if got := start.Format(time.RFC3339); got != "2026-03-28T23:00:00Z" {
		t.Errorf("start = %s", got)
	}
	if got := end.Sub(start); got != 23*time.Hour {
		t.Errorf("length = %s, want 23h", got)
	}
	if s.Location() != time.UTC || s.Zone != "" {
		t.Errorf("an all-day span has zone %q, location %s", s.Zone, s.Location())
	}
}

func TestSpan_SameComparesMomentsOrDays(t *testing.T) {
	helsinki := spanAt(t, "2026-03-02T12:00:00", "2026-03-02T13:00:00", "Europe/Helsinki")
	amsterdam := spanAt(t, "2026-03-02T11:00:00", "2026-03-02T12:00:00", "Europe/Amsterdam")
	day := AllDay(Date{2026, 3, 2}, Date{2026, 3, 3})
	midnights := Span{Start: day.Start, End: day.End, Zone: "UTC"}
	for _, c := range []struct {
		name string
		a, b Span
		want bool
	}{
		{"itself", helsinki, helsinki, true},
		{"one moment, two zones", helsinki, amsterdam, true},
		{"one reading, two zones", helsinki, Span{Start: helsinki.Start, End: helsinki.End, Zone: "UTC"}, false},
		{"another end", helsinki, spanAt(t, "2026-03-02T12:00:00", "2026-03-02T13:30:00", "Europe/Helsinki"), false},
		{"the same day", day, AllDay(Date{2026, 3, 2}, Date{2026, 3, 3}), true},
		{"another day", day, AllDay(Date{2026, 3, 2}, Date{2026, 3, 4}), false},
		{"a day is not its two midnights", day, midnights, false},
	} {
		if got := c.a.Same(c.b); got != c.want {
			t.Errorf("%s: Same = %v, want %v", c.name, got, c.want)
		}
		if got := c.b.Same(c.a); got != c.want {
			t.Errorf("%s, turned: Same = %v, want %v", c.name, got, c.want)
		}
	}
}

func TestSpan_RezoneMovesTheReadingNotTheMoment(t *testing.T) {
	s := spanAt(t, "2026-03-02T12:00:00", "2026-03-02T13:00:00", "Europe/Helsinki")
	if diff := cmp.Diff(spanAt(t, "2026-03-02T05:00:00", "2026-03-02T06:00:00", "America/New_York"), s.Rezone("America/New_York")); diff != "" {
		t.Errorf("Rezone differs (-want +got):\n%s", diff)
	}
	for _, zone := range []string{"", "Europe/Helsinki", "Mars/Olympus"} {
		if got := s.Rezone(zone); got != s {
			t.Errorf("Rezone(%q) = %v, want it as it is", zone, got)
		}
	}
	day := AllDay(Date{2026, 3, 2}, Date{2026, 3, 3})
	if got := day.Rezone("Asia/Tokyo"); got != day {
		t.Errorf("Rezone of whole days = %v, want them as they are", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		zones := []string{"Europe/Helsinki", "Europe/Amsterdam", "America/New_York", "Asia/Tokyo", "Asia/Kathmandu", "UTC"}
		start := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "start"), 0)
		a, err := Between(start, start.Add(time.Hour), "UTC")
		if err != nil {
			t.Fatal(err)
		}
		b := a.Rezone(rapid.SampledFrom(zones).Draw(t, "zone"))
		// Of the hour that autumn shows twice only the first has a name.
		if got, _ := b.Instants(time.UTC); !got.Equal(start) && !got.Add(time.Hour).Equal(start) {
			t.Errorf("%v moved to %v", a, b)
		}
	})
}

func TestBetween_RefusesAZoneNobodyKnows(t *testing.T) {
	if got, err := Between(time.Unix(0, 0), time.Unix(1, 0), "Mars/Olympus"); err == nil {
		t.Errorf("Between = %v, want an error", got)
	}
}

func TestWindow_HoldsWhatReachesIn(t *testing.T) {
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	w := Window{
		From: time.Date(2026, 3, 1, 0, 0, 0, 0, helsinki),
		To:   time.Date(2026, 4, 1, 0, 0, 0, 0, helsinki),
	}
	hour := func(start, end string) Event { return Event{When: spanAt(t, start, end, "Europe/Helsinki")} }
	days := func(first, end Date) Event { return Event{When: AllDay(first, end)} }
	series := func(until Date, count int) Event {
		e := hour("2026-01-05T23:30:00", "2026-01-06T00:30:00")
		e.Recurrence = &Recurrence{Frequency: Weekly, Interval: 1, Days: 1 << time.Saturday, Until: until, Count: count}
		return e
	}
	daySeries := func(until Date) Event {
		e := days(Date{2026, 1, 5}, Date{2026, 1, 6})
		e.Recurrence = &Recurrence{Frequency: Daily, Interval: 1, Until: until}
		return e
	}
	for _, c := range []struct {
		name string
		e    Event
		want bool
	}{
		{"inside", hour("2026-03-10T10:00:00", "2026-03-10T11:00:00"), true},
		{"long before", hour("2025-03-10T10:00:00", "2025-03-10T11:00:00"), false},
		{"long after", hour("2027-03-10T10:00:00", "2027-03-10T11:00:00"), false},
		{"ends as it begins", hour("2026-02-28T23:00:00", "2026-03-01T00:00:00"), false},
		{"reaches in by a second", hour("2026-02-28T23:00:00", "2026-03-01T00:00:01"), true},
		{"begins as it ends", hour("2026-04-01T00:00:00", "2026-04-01T01:00:00"), false},
		{"begins a second before its end", hour("2026-03-31T23:59:59", "2026-04-01T01:00:00"), true},
		{"spans it", hour("2026-01-01T00:00:00", "2026-05-01T00:00:00"), true},
		{"no length, inside", hour("2026-03-10T10:00:00", "2026-03-10T10:00:00"), true},
		{"no length, at the very start", hour("2026-03-01T00:00:00", "2026-03-01T00:00:00"), true},
		{"no length, at the end", hour("2026-04-01T00:00:00", "2026-04-01T00:00:00"), false},
		{"ends before it begins, inside", hour("2026-03-10T10:00:00", "2026-03-09T10:00:00"), true},
		{"the day before", days(Date{2026, 2, 28}, Date{2026, 3, 1}), false},
		{"the first day", days(Date{2026, 3, 1}, Date{2026, 3, 2}), true},
		{"the last day", days(Date{2026, 3, 31}, Date{2026, 4, 1}), true},
		{"the day after", days(Date{2026, 4, 1}, Date{2026, 4, 2}), false},
		{"a series that ended", series(Date{2026, 2, 26}, 0), false},
		{"a series whose last occurrence may reach in over midnight", series(Date{2026, 2, 28}, 0), true},
		{"an endless series", series(Date{}, 0), true},
		{"a counted series that ended", series(Date{}, 7), false},
		{"a counted series that did not", series(Date{}, 8), true},
		{"a series that ended before its last day", series(Date{2026, 3, 6}, 0), true},
		{"a series of no rule, which nobody can tell", Event{When: hour("2026-01-05T10:00:00", "2026-01-05T11:00:00").When, Recurrence: &Recurrence{Until: Date{2026, 3, 9}}}, true},
		{"a series that ended but for a moved occurrence", movedLast(t, series(Date{2026, 2, 26}, 0), hour("2026-03-10T10:00:00", "2026-03-10T11:00:00").When), true},
		{"a yearly series that ends in the window but for its last occurrence", Event{When: hour("2020-01-05T10:00:00", "2020-01-05T11:00:00").When, Recurrence: &Recurrence{
			Frequency: Yearly, Interval: 1, DayOfMonth: 5, Month: time.January, Until: Date{2026, 3, 10},
		}}, false},
		{"a series of whole days that ended", daySeries(Date{2026, 2, 27}), false},
		{"a series of whole days that did not", daySeries(Date{2026, 3, 1}), true},
	} {
		if got := w.Holds(c.e); got != c.want {
			t.Errorf("%s: Holds = %v, want %v", c.name, got, c.want)
		}
	}
	if (Window{}).Holds(hour("2026-03-10T10:00:00", "2026-03-10T11:00:00")) {
		t.Error("the zero window holds something")
	}
}

func movedLast(t *testing.T, e Event, to Span) Event {
	t.Helper()
	r := *e.Recurrence
	r.Overrides = []Override{{Original: Wall{Date: Date{2026, 2, 21}, Hour: 23, Minute: 30}, Fields: FieldWhen, Event: Event{When: to}}}
	e.Recurrence = &r
	return e
}

// The short cut that reads no zone never changes the answer.
func TestWindow_RoughlyAgreesWithTheZones(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		at := func(what string) time.Time {
			return base.Add(time.Duration(rapid.IntRange(-200, 200).Draw(t, what)) * time.Hour)
		}
		w := Window{From: base, To: base.Add(time.Duration(rapid.IntRange(0, 150).Draw(t, "length")) * time.Hour)}
		start := at("start")
		end := start.Add(time.Duration(rapid.IntRange(-2, 100).Draw(t, "hours")) * time.Hour)
		e := Event{When: Span{
			Start: WallOf(start), End: WallOf(end),
			Zone: rapid.SampledFrom([]string{"UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Helsinki"}).Draw(t, "zone"),
		}}
		if got, sure := w.roughly(e); sure {
			s, x := e.When.Instants(time.UTC)
			if !x.After(s) {
				x = s.Add(time.Second)
			}
			if want := s.Before(w.To) && x.After(w.From); got != want {
				t.Errorf("roughly = %v for %v in %v, want %v", got, e.When, w, want)
			}
		}
	})
}

func TestWindow_EqualComparesInstants(t *testing.T) {
	a := Window{From: time.Unix(0, 0).UTC(), To: time.Unix(9, 0).UTC()}
	b := Window{From: time.Unix(0, 0).In(time.FixedZone("x", 3600)), To: time.Unix(9, 0)}
	if !a.Equal(b) || a.Equal(Window{From: a.From}) || a.IsZero() || !(Window{}).IsZero() {
		t.Error("windows are compared by more or less than their instants")
	}
}

func TestDate_CountsOverMonthsAndClocks(t *testing.T) {
	for _, c := range []struct {
		from Date
		n    int
		want string
	}{
		{Date{2026, 3, 28}, 2, "2026-03-30"},
		{Date{2027, 12, 31}, 1, "2028-01-01"},
		{Date{2028, 2, 28}, 1, "2028-02-29"},
		{Date{2026, 3, 1}, -1, "2026-02-28"},
	} {
		if got := c.from.AddDays(c.n).String(); got != c.want {
			t.Errorf("%s + %d days = %s, want %s", c.from, c.n, got, c.want)
		}
	}
	if !(Date{}).IsZero() || (Date{2026, 1, 1}).IsZero() {
		t.Error("IsZero is wrong")
	}
}

func TestText_SurvivesJSON(t *testing.T) {
	type both struct {
		W, Z Wall
		D, N Date
	}
	in := both{W: wallAt(t, "2026-02-28T23:59:59"), D: Date{2028, 2, 29}}
	b, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"W":"2026-02-28T23:59:59","Z":"","D":"2028-02-29","N":""}`; string(b) != want {
		t.Errorf("JSON = %s, want %s", b, want)
	}
	var out both
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Errorf("read back %+v, %v, want %+v", out, err, in)
	}
	for _, bad := range []string{`{"W":"2026-02-30T00:00:00"}`, `{"D":"2026-2-3"}`, `{"D":"x"}`} {
		if err := json.Unmarshal([]byte(bad), &out); err == nil {
			t.Errorf("%s was read as %+v", bad, out)
		}
	}
}

func FuzzParseWall(f *testing.F) {
	for _, s := range []string{"2026-03-29T02:30:00", "2028-02-29T23:59:59", "", "2026-03-29T02:30:00Z", "0000-01-01T00:00:00", "2026-03-29T02:30:00.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseWall(s)
		if err != nil {
			if w != (Wall{}) {
				t.Errorf("%q is refused and yet read as %v", s, w)
			}
			return
		}
		again, err := ParseWall(w.String())
		if err != nil || again != w {
			t.Errorf("%q reads as %v, which reads as %v, %v", s, w, again, err)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2026-03-29", "2028-02-29", "", "2026-13-01", "0000-01-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var d, again Date
		if d.UnmarshalText([]byte(s)) != nil {
			return
		}
		b, err := d.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if err := again.UnmarshalText(b); err != nil || again != d {
			t.Errorf("%q reads as %v, which reads as %v, %v", s, d, again, err)
		}
	})
}

// Every reading a clock shows leads back to a moment at which it shows it,
// and to the first of them; what it never shows is moved on by the gap.
func TestWall_InIsTheFirstMomentThatShowsIt(t *testing.T) {
	zones := []string{"Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC", "America/Sao_Paulo"}
	jumps := []string{"2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-10-04", "2026-04-05", "2018-11-04"}
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		day, err := time.Parse(time.DateOnly, rapid.SampledFrom(jumps).Draw(t, "day"))
		if err != nil {
			t.Fatal(err)
		}
		w := WallOf(day.Add(time.Duration(rapid.IntRange(-300, 600).Draw(t, "minutes")) * time.Minute))
		// Look at every moment that could show it.
		var want time.Time
		for m := -16 * 60; m <= 16*60 && want.IsZero(); m += 15 {
			if at := w.In(time.UTC).Add(time.Duration(m) * time.Minute); WallOf(at.In(loc)) == w {
				want = at
			}
		}
		got := w.In(loc)
		if want.IsZero() {
			// Skipped: the clocks as they were before the jump would have shown it then.
			from, _ := got.ZoneBounds()
			if before := got.In(time.FixedZone("", int(offset(from.Add(-1)).Seconds()))); WallOf(before) != w {
				t.Errorf("%v in %s = %v, which the clocks before the jump show as %v", w, loc, got, before)
			}
			return
		}
		if !got.Equal(want) {
			t.Errorf("%v in %s = %v, want %v", w, loc, got.UTC(), want)
		}
	})
}
