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

// impossible is why a combination of values cannot be met, or shows nothing;
// empty if it can. An axis that is left out may have any value.
func impossible(c map[string]string) string {
	is := func(axis string, values ...string) bool { return slices.Contains(values, c[axis]) }
	other := func(axis, value string) bool { return c[axis] != "" && c[axis] != value }
	yearly := is("pattern", "yearly", "yearly_29feb", "yearly_nth")
	switch {
	case is("pattern", "single") && (other("range", "none") || other("exception", "none")),
		is("range", "none") && (other("pattern", "single") || other("exception", "none")):
		return "a single entry has no range and no exceptions, and a series has one"
	case is("exception", "made_private") && is("private", "yes"):
		return "what is private as a whole has no date that could be made so"
	case is("from", "severa") && is("zone", "abroad"):
		return "Severa keeps entries in the zone of their owner"
	case is("zone", "abroad") && is("length", "day", "days"):
		return "a whole day has no zone"
	case yearly && is("exception", "deleted", "moved_and_deleted"):
		return "the window shows one occurrence of a yearly series at most, so that nothing of it would be left to look at"
	case is("pattern", "yearly_29feb") && is("from", "severa") && other("exception", "none"):
		return "Severa leaves 29 February out in other years, so that the window shows nothing that could be changed"
	case is("pattern", "weekdays") && is("length", "days") && is("from", "exchange"):
		return "Exchange lets no occurrence of a series reach into the next"
	}
	return ""
}

// TestCases_LeaveNoTwoOut: what every setting looks at shows each value together
// with each value of every other axis. What repeats, what departs from it and
// which way it goes are what breaks together, so that these three leave no cell
// out either.
func TestCases_LeaveNoTwoOut(t *testing.T) {
	cases, names := loadCases(t, twos), slices.Sorted(maps.Keys(axes()))
	cells := cover(t, cases, "pattern", "exception", "from")
	for i, a := range names {
		for _, b := range names[i+1:] {
			cells += cover(t, cases, a, b)
		}
	}
	if cells < 500 {
		t.Errorf("looked at %d combinations only", cells)
	}
}

// TestCases_LeaveNoThreeOut: all cases together show each value with each pair
// of values of all other axes. All eight of every kind would be as many cases
// as a year has hours.
func TestCases_LeaveNoThreeOut(t *testing.T) {
	cases, names := loadCases(t, twos, threes), slices.Sorted(maps.Keys(axes()))
	known, cells := map[string]bool{}, 0
	for _, c := range cases {
		if known[c.name] || !slices.Equal(slices.Sorted(maps.Keys(c.Axes)), names) {
			t.Errorf("%s is there twice, or has the axes %v", c.name, c.Axes)
		}
		known[c.name] = true
		for name, value := range c.Axes {
			if !slices.Contains(axes()[name], value) {
				t.Errorf("%s: %s is no value of %s", c.name, value, name)
			}
		}
		if why := impossible(c.Axes); why != "" {
			t.Errorf("%s cannot be: %s", c.name, why)
		}
	}
	for i, a := range names {
		for j, b := range names[i+1:] {
			for _, d := range names[i+j+2:] {
				cells += cover(t, cases, a, b, d)
			}
		}
	}
	if cells < 2500 {
		t.Errorf("looked at %d combinations only", cells)
	}
}

// cover complains of each combination of values of some axes that can be met
// and that no case shows, and counts those that it looked at.
func cover(t *testing.T, cases []*testCase, names ...string) (cells int) {
	t.Helper()
	shown := map[string]bool{}
	key := func(of map[string]string) (out string) {
		for _, name := range names {
			out += name + " " + of[name] + ", "
		}
		return out
	}
	for _, c := range cases {
		shown[key(c.Axes)] = true
	}
	var each func(of map[string]string, left []string)
	each = func(of map[string]string, left []string) {
		switch {
		case len(left) > 0:
			for _, value := range axes()[left[0]] {
				of[left[0]] = value
				each(of, left[1:])
			}
			delete(of, left[0])
		case impossible(of) != "":
		default:
			if cells++; !shown[key(of)] {
				t.Errorf("no case shows %s", key(of))
			}
		}
	}
	each(map[string]string{}, names)
	return cells
}
