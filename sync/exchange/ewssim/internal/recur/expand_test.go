package recur

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func day(s string) Day {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0
	}
	return DayOf(t)
}

func first(r Rule, n int) string {
	var out []string
	for i, d := range r.All() {
		out = append(out, d.String())
		if i == n {
			break
		}
	}
	return strings.Join(out, " ")
}

const (
	mon = 1 << time.Monday
	tue = 1 << time.Tuesday
	wed = 1 << time.Wednesday
	sun = 1 << time.Sunday
)

func TestAll_ExpandsEveryPatternAndRange(t *testing.T) {
	tests := map[string]struct {
		rule Rule
		want string
	}{
		"daily": {
			Rule{Pattern: Daily, Interval: 3, Start: day("2026-02-26")},
			"2026-02-26 2026-03-01 2026-03-04 2026-03-07",
		},
		"numbered": {
			Rule{Pattern: Daily, Interval: 1, Start: day("2026-02-27"), Count: 3},
			"2026-02-27 2026-02-28 2026-03-01",
		},
		"end date is included": {
			Rule{Pattern: Daily, Interval: 1, Start: day("2026-02-27"), Until: day("2026-02-28")},
			"2026-02-27 2026-02-28",
		},
		"weekly moves to the first day that fits": {
			Rule{Pattern: Weekly, Interval: 1, Days: mon, Start: day("2026-03-04")},
			"2026-03-09 2026-03-16 2026-03-23 2026-03-30",
		},
		"fortnightly, week begins on Monday": {
			Rule{Pattern: Weekly, Interval: 2, Days: tue | sun, FirstDay: time.Monday, Start: day("1997-08-05")},
			"1997-08-05 1997-08-10 1997-08-19 1997-08-24",
		},
		"fortnightly, week begins on Sunday": {
			Rule{Pattern: Weekly, Interval: 2, Days: tue | sun, FirstDay: time.Sunday, Start: day("1997-08-05")},
			"1997-08-05 1997-08-17 1997-08-19 1997-08-31",
		},
		"day 31 falls on the last day of short months": {
			Rule{Pattern: AbsoluteMonthly, Interval: 1, DayOfMonth: 31, Start: day("2026-01-31")},
			"2026-01-31 2026-02-28 2026-03-31 2026-04-30",
		},
		"day 30 in a leap February": {
			Rule{Pattern: AbsoluteMonthly, Interval: 1, DayOfMonth: 30, Start: day("2028-01-30")},
			"2028-01-30 2028-02-29 2028-03-30 2028-04-30",
		},
		"every other month": {
			Rule{Pattern: AbsoluteMonthly, Interval: 2, DayOfMonth: 15, Start: day("2026-11-16")},
			"2027-01-15 2027-03-15 2027-05-15 2027-07-15",
		},
		"second Tuesday": {
			Rule{Pattern: RelativeMonthly, Interval: 1, Days: tue, Index: 2, Start: day("2026-03-01")},
			"2026-03-10 2026-04-14 2026-05-12 2026-06-09",
		},
		"last weekday of the month": {
			Rule{Pattern: RelativeMonthly, Interval: 1, Days: Weekdays, Index: Last, Start: day("2026-01-01")},
			"2026-01-30 2026-02-27 2026-03-31 2026-04-30",
		},
		"fourth day of the month": {
			Rule{Pattern: RelativeMonthly, Interval: 3, Days: EveryDay, Index: 4, Start: day("2026-01-01")},
			"2026-01-04 2026-04-04 2026-07-04 2026-10-04",
		},
		"leap day every year": {
			Rule{Pattern: AbsoluteYearly, DayOfMonth: 29, Month: time.February, Start: day("2024-02-29")},
			"2024-02-29 2025-02-28 2026-02-28 2027-02-28",
		},
		"last Sunday of March": {
			Rule{Pattern: RelativeYearly, Days: sun, Index: Last, Month: time.March, Start: day("2026-04-01")},
			"2027-03-28 2028-03-26 2029-03-25 2030-03-31",
		},
		"first weekend day of June": {
			Rule{Pattern: RelativeYearly, Days: WeekendDay, Index: 1, Month: time.June, Start: day("2026-01-01")},
			"2026-06-06 2027-06-05 2028-06-03 2029-06-02",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := first(tt.rule, 4); got != tt.want {
				t.Errorf("days = %s\nwant   %s", got, tt.want)
			}
		})
	}
}

func TestCheck_RefusesOutOfBounds(t *testing.T) {
	for name, r := range map[string]Rule{
		"no pattern":     {},
		"interval 1000":  {Pattern: Daily, Interval: 1000},
		"interval 100":   {Pattern: Weekly, Interval: 100, Days: mon},
		"no day":         {Pattern: Weekly, Interval: 1},
		"day 32":         {Pattern: AbsoluteMonthly, Interval: 1, DayOfMonth: 32},
		"month 13":       {Pattern: AbsoluteYearly, DayOfMonth: 1, Month: 13},
		"index 6":        {Pattern: RelativeMonthly, Interval: 1, Days: mon, Index: 6},
		"count 1000":     {Pattern: Daily, Interval: 1, Count: 1000},
		"ends too early": {Pattern: Daily, Interval: 1, Start: 10, Until: 9},
	} {
		if r.Check() == nil {
			t.Errorf("%s was accepted", name)
		}
		if got := first(r, 1); got != "" {
			t.Errorf("%s has an occurrence %s", name, got)
		}
	}
}

func TestDay_KnowsItsWeekday(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-4e9, 2e10).Draw(t, "unix"), 0).UTC()
		d := DayOf(at)
		if got, want := d.Weekday(), at.Weekday(); got != want {
			t.Fatalf("weekday of %s = %s, want %s", d, got, want)
		}
		if got, want := d.String(), at.Format(time.DateOnly); got != want {
			t.Fatalf("day = %s, want %s", got, want)
		}
	})
}

func TestAll_IsAscendingAndIndexed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Rule{
			Pattern: Pattern(rapid.IntRange(1, 6).Draw(t, "pattern")), Interval: rapid.IntRange(1, 5).Draw(t, "interval"),
			Days: Days(rapid.IntRange(1, 127).Draw(t, "days")), FirstDay: time.Weekday(rapid.IntRange(0, 6).Draw(t, "wkst")),
			DayOfMonth: rapid.IntRange(1, 31).Draw(t, "dom"), Index: rapid.IntRange(1, 5).Draw(t, "index"),
			Month: time.Month(rapid.IntRange(1, 12).Draw(t, "month")), Start: Day(rapid.IntRange(0, 30000).Draw(t, "start")),
			Count: rapid.IntRange(1, 40).Draw(t, "count"),
		}
		n, last := 0, r.Start-1
		for i, d := range r.All() {
			n++
			if i != n || d <= last {
				t.Fatalf("occurrence %d is number %d on %s after %s", n, i, d, last)
			}
			last = d
		}
		if n != r.Count {
			t.Fatalf("series has %d occurrences, want %d", n, r.Count)
		}
		at, ok := r.At(n)
		if end, _ := r.LastDay(); !ok || at != last || end != last || r.IndexOf(last) != n {
			t.Fatalf("last occurrence: At %s, LastDay %s, IndexOf %d; want %s, number %d", at, end, r.IndexOf(last), last, n)
		}
	})
}
