package matrix

import (
	"maps"
	"slices"
	"testing"
)

// axes are what entries differ in, with every value that a user can meet.
func axes() map[string][]string {
	return map[string][]string{
		"pattern":   {"single", "daily", "weekdays", "weekly", "fortnightly", "monthly", "monthly_31", "monthly_nth", "monthly_last", "yearly", "yearly_29feb", "yearly_nth"},
		"range":     {"none", "count", "until", "endless"},
		"exception": {"none", "moved", "deleted", "renamed", "made_private", "moved_and_deleted"},
		"zone":      {"home", "abroad", "far"},
		"length":    {"hours", "day", "days"},
		"private":   {"no", "yes"},
		"organiser": {"own", "outside"},
		"from":      {"exchange", "severa"},
	}
}

// impossible are pairs that cannot be met, with the reason.
func impossible(a, x, b, y string) string {
	has := func(name string, values ...string) bool {
		return a == name && slices.Contains(values, x) || b == name && slices.Contains(values, y)
	}
	either := func(name string) bool { return a == name || b == name }
	yearly := []string{"yearly", "yearly_29feb", "yearly_nth"}
	switch {
	case has("pattern", "single") && either("range") && !has("range", "none"),
		has("pattern", "single") && either("exception") && !has("exception", "none"),
		has("range", "none") && either("pattern") && !has("pattern", "single"),
		has("range", "none") && either("exception") && !has("exception", "none"):
		return "a single entry has no range and no exceptions, and a series has one"
	case has("exception", "made_private") && has("private", "yes"):
		return "what is private as a whole has no date that could be made so"
	case has("from", "severa") && has("zone", "abroad"):
		return "Severa keeps entries in the zone of their owner"
	case has("zone", "abroad") && has("length", "day", "days"):
		return "a whole day has no zone"
	case has("pattern", yearly...) && has("exception", "deleted", "moved_and_deleted"):
		return "the window shows one occurrence of a yearly series at most, so that nothing of it would be left to look at"
	}
	return ""
}

// TestCases_ShowEachExceptionOfEachPatternBothWays: what repeats, what departs
// from it and which way it goes are what breaks together, so that these three
// axes leave no cell out at all.
func TestCases_ShowEachExceptionOfEachPatternBothWays(t *testing.T) {
	all, shown := axes(), map[[3]string]bool{}
	for _, c := range loadCases(t) {
		shown[[3]string{c.Axes["pattern"], c.Axes["exception"], c.Axes["from"]}] = true
	}
	for _, pattern := range all["pattern"] {
		for _, exception := range all["exception"] {
			for _, from := range all["from"] {
				never := impossible("pattern", pattern, "exception", exception) + impossible("exception", exception, "from", from)
				if pattern == "yearly_29feb" && from == "severa" && exception != "none" {
					never = "Severa leaves 29 February out in other years, so that the window shows nothing that could be changed"
				}
				if never == "" && !shown[[3]string{pattern, exception, from}] {
					t.Errorf("no case shows %s, %s, from %s", pattern, exception, from)
				}
			}
		}
	}
}

// TestCases_LeaveNoPairOut holds the cases against the axes: each value is shown
// together with each value of every other axis.
func TestCases_LeaveNoPairOut(t *testing.T) {
	all := axes()
	shown := map[string]bool{}
	for _, c := range loadCases(t) {
		if !slices.Equal(slices.Sorted(maps.Keys(c.Axes)), slices.Sorted(maps.Keys(all))) {
			t.Errorf("%s has the axes %v", c.name, c.Axes)
		}
		for name, value := range c.Axes {
			if !slices.Contains(all[name], value) {
				t.Errorf("%s: %s is no value of %s", c.name, value, name)
			}
		}
		for _, p := range c.pairs() {
			shown[p] = true
		}
	}
	names := slices.Sorted(maps.Keys(all))
	for i, a := range names {
		for _, b := range names[i+1:] {
			for _, x := range all[a] {
				for _, y := range all[b] {
					pair := a + "=" + x + " " + b + "=" + y
					if impossible(a, x, b, y) == "" && !shown[pair] {
						t.Errorf("no case shows %s", pair)
					}
				}
			}
		}
	}
}
