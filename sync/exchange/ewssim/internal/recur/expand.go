package recur

import (
	"iter"
	"time"
)

// horizon ends endless series: Exchange knows no date after 4500-09-01.
var horizon = DayOf(time.Date(4500, 9, 1, 0, 0, 0, 0, time.UTC))

// All yields the days of the series with their index, counted from 1, in order.
// Deleted occurrences count, as the server's InstanceIndex counts them.
func (r Rule) All() iter.Seq2[int, Day] {
	return func(yield func(int, Day) bool) {
		if r.Check() != nil {
			return
		}
		n := 0
		emit := func(d Day) bool {
			if d < r.Start {
				return true
			}
			if d > horizon || (r.Until != 0 && d > r.Until) || (r.Count != 0 && n >= r.Count) {
				return false
			}
			n++
			return yield(n, d)
		}
		switch r.Pattern {
		case Daily:
			r.daily(emit)
		case Weekly:
			r.weekly(emit)
		case AbsoluteMonthly, RelativeMonthly:
			r.monthly(emit)
		case AbsoluteYearly, RelativeYearly:
			r.yearly(emit)
		}
	}
}

// Between yields the occurrences from first to last, both inclusive.
func (r Rule) Between(first, last Day) iter.Seq2[int, Day] {
	return func(yield func(int, Day) bool) {
		for n, d := range r.All() {
			if d > last {
				return
			}
			if d >= first && !yield(n, d) {
				return
			}
		}
	}
}

// At returns the day of the nth occurrence; false past the end of the series.
func (r Rule) At(n int) (Day, bool) {
	for i, d := range r.All() {
		if i == n {
			return d, true
		}
	}
	return 0, false
}

// IndexOf returns which occurrence falls on day d, 0 when none does.
func (r Rule) IndexOf(d Day) int {
	for i, x := range r.All() {
		if x == d {
			return i
		}
		if x > d {
			break
		}
	}
	return 0
}

// First returns the first occurrence; false when the series has none.
func (r Rule) First() (Day, bool) { return r.At(1) }

// LastDay returns the last occurrence; false when the series has no end.
func (r Rule) LastDay() (Day, bool) {
	if r.Until == 0 && r.Count == 0 {
		return 0, false
	}
	var last Day
	found := false
	for _, d := range r.All() {
		last, found = d, true
	}
	return last, found
}

func (r Rule) daily(emit func(Day) bool) {
	for d := r.Start; ; d += Day(r.Interval) { //nolint:gosec // at most 999
		if !emit(d) {
			return
		}
	}
}

// weekly counts weeks from the one that holds the start, and a week begins on
// FirstDay: with an interval above one this decides which days belong together.
func (r Rule) weekly(emit func(Day) bool) {
	back := (int(r.Start.Weekday()) - int(r.FirstDay) + 7) % 7
	for week := r.Start - Day(back); ; week += Day(7 * r.Interval) { //nolint:gosec // at most 7*99
		for i := range Day(7) {
			if d := week + i; r.Days.Has(d.Weekday()) && !emit(d) {
				return
			}
		}
	}
}

func (r Rule) monthly(emit func(Day) bool) {
	y, m, _ := r.Start.Date()
	for i := 0; ; i += r.Interval {
		t := time.Date(y, m+time.Month(i), 1, 0, 0, 0, 0, time.UTC)
		if !emit(r.inMonth(t.Year(), t.Month())) {
			return
		}
	}
}

func (r Rule) yearly(emit func(Day) bool) {
	y, _, _ := r.Start.Date()
	for ; ; y++ {
		if !emit(r.inMonth(y, r.Month)) {
			return
		}
	}
}

// inMonth returns the month's occurrence. A day that a short month lacks falls
// on the month's last day: Exchange clamps where RFC 5545 would skip.
func (r Rule) inMonth(y int, m time.Month) Day {
	first := DayOf(time.Date(y, m, 1, 0, 0, 0, 0, time.UTC))
	last := DayOf(time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC))
	if !r.relative() {
		return min(first+Day(r.DayOfMonth)-1, last) //nolint:gosec // at most 31
	}
	if r.Index == Last {
		for d := last; ; d-- {
			if r.Days.Has(d.Weekday()) {
				return d
			}
		}
	}
	seen := 0
	for d := first; ; d++ {
		if r.Days.Has(d.Weekday()) {
			if seen++; seen == r.Index {
				return d
			}
		}
	}
}
