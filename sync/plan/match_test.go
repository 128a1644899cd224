package plan

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lockstep/sync/event"
)

func rules() Rules {
	in := input()
	return Rules{Office: in.Office, Fields: sharedFields, Normalize: in.Normalize}
}

func with(it event.Item, changes ...func(*event.Item)) event.Item {
	for _, c := range changes {
		c(&it)
	}
	return it
}

func mark(partner event.ID) func(*event.Item) {
	return func(it *event.Item) { it.Stamp = event.Stamp{Office: "office-1", Partner: partner} }
}

func made(days int) func(*event.Item) {
	return func(it *event.Item) { it.Created = now.AddDate(0, 0, days) }
}

func notes(s string) func(*event.Item) { return func(it *event.Item) { it.Notes = s } }

func rezoned(zone string) func(*event.Item) {
	return func(it *event.Item) { it.When = it.When.Rezone(zone) }
}

func series(change ...func(*event.Recurrence)) func(*event.Item) {
	return func(it *event.Item) {
		it.Recurrence = weekly()
		for _, c := range change {
			c(it.Recurrence)
		}
	}
}

func TestMatch_PairsAndNeverGuesses(t *testing.T) {
	b := func(n int, change ...func(*event.Item)) event.Item {
		return with(entry(id("b", n), "Staff", 1), change...)
	}
	x := func(n int, change ...func(*event.Item)) event.Item {
		return with(entry(id("x", n), "Staff", 1), change...)
	}
	allDay := func(it *event.Item) {
		it.When = event.AllDay(event.DateOf(now), event.DateOf(now).AddDays(1))
	}
	project := func(it *event.Item) { it.Kind.Group = event.GroupProjectTask }
	uid := func(it *event.Item) { it.UID = "uid-1" }
	for _, c := range []struct {
		name     string
		business []event.Item
		exchange []event.Item
		rules    func(*Rules)
		want     []string
	}{
		{"nothing", nil, nil, nil, nil},
		{"equal", []event.Item{b(1)}, []event.Item{x(1)}, nil, []string{"b1 x1 same_content"}},
		{"equal instants in two zones", []event.Item{b(1)}, []event.Item{x(1, rezoned("America/New_York"))}, nil, []string{"b1 x1 same_content"}},
		{"other subject", []event.Item{b(1)}, []event.Item{x(1, subject("staff"))}, nil, nil},
		{"other time", []event.Item{b(1)}, []event.Item{entry("x1", "Staff", 2)}, nil, nil},
		{"other length", []event.Item{b(1)}, []event.Item{x(1, func(it *event.Item) { it.When.End.Hour++ })}, nil, nil},
		{"whole days", []event.Item{b(1, allDay)}, []event.Item{x(1, allDay)}, nil, []string{"b1 x1 same_content"}},
		{"whole days and midnights", []event.Item{b(1, allDay)}, []event.Item{x(1, allDay, func(it *event.Item) { it.When.AllDay = false })}, nil, nil},
		{"series", []event.Item{b(1, series())}, []event.Item{x(1, series())}, nil, []string{"b1 x1 same_content"}},
		{"series in another zone is another series", []event.Item{b(1, series())}, []event.Item{x(1, series(), rezoned("UTC"))}, nil, nil},
		{"series with another rule", []event.Item{b(1, series())}, []event.Item{x(1, series(func(r *event.Recurrence) { r.Interval = 2 }))}, nil, nil},
		{"series that only departs elsewhere", []event.Item{b(1, series())}, []event.Item{x(1, series(func(r *event.Recurrence) {
			r.Deleted = []event.Wall{b(1).When.Start}
		}))}, nil, []string{"b1 x1 same_content"}},
		{"series and single", []event.Item{b(1, series())}, []event.Item{x(1)}, nil, nil},
		{"series that one side cannot hold", []event.Item{b(1, series())}, []event.Item{x(1, series())}, func(r *Rules) { r.Fields &^= event.FieldRecurrence }, nil},
		{"no shared times", []event.Item{b(1)}, []event.Item{x(1)}, func(r *Rules) { r.Fields = event.FieldSubject }, nil},
		{"project task", []event.Item{b(1, project)}, []event.Item{x(1)}, nil, nil},
		{"project task by mark", []event.Item{b(1, project)}, []event.Item{x(1, mark("b1"))}, nil, []string{"b1 x1 same_stamp"}},
		{"what one side cuts off", []event.Item{b(1, subject("Staff meeting"))}, []event.Item{x(1, subject("Staff me"))}, func(r *Rules) {
			r.Normalize[exch] = cutSubject
		}, []string{"b1 x1 same_content"}},
		{"two to one", []event.Item{b(1), b(2)}, []event.Item{x(1)}, nil, []string{"tie [b1 b2] [x1] same_content"}},
		{"two and two", []event.Item{b(1), b(2)}, []event.Item{x(1), x(2)}, nil, []string{"b1 x1 same_content", "b2 x2 same_content"}},
		{"two and two, by age", []event.Item{b(1), b(2, made(-20))}, []event.Item{x(1), x(2)}, nil, []string{"b1 x2 same_content", "b2 x1 same_content"}},
		{
			"two and two that differ alike",
			[]event.Item{b(1, notes("p")), b(2, notes("q"))},
			[]event.Item{x(1, notes("q")), x(2, notes("p"))},
			nil,
			[]string{"b1 x2 same_content", "b2 x1 same_content"},
		},
		{
			"two and two that differ",
			[]event.Item{b(1), b(2)},
			[]event.Item{x(1), x(2, notes("p"))},
			nil,
			[]string{"tie [b1 b2] [x1 x2] same_content"},
		},
		{"mark before content", []event.Item{b(1), b(2)}, []event.Item{x(1, mark("b2")), x(2)}, nil, []string{"b1 x2 same_content", "b2 x1 same_stamp"}},
		{"mark of an unknown partner", []event.Item{b(1)}, []event.Item{x(1, mark("b9"))}, nil, nil},
		{"another office's mark is none to match by", []event.Item{b(1, subject("A"))}, []event.Item{x(1, func(it *event.Item) {
			it.Stamp = event.Stamp{Office: "other", Partner: "b1"}
		})}, nil, nil},
		{"mark to be left alone is none to match by", []event.Item{b(2, subject("A"))}, []event.Item{x(1, func(it *event.Item) {
			it.Stamp = event.Stamp{Office: "office-1", Partner: "b2", Left: true}
		})}, nil, nil},
		{"copies: the oldest", []event.Item{b(1)}, []event.Item{x(1, mark("b1")), x(2, mark("b1"), made(-20)), x(3, mark("b1"), made(-15))}, nil, []string{"b1 x2 same_stamp"}},
		{"copies: the first is the oldest", []event.Item{b(1)}, []event.Item{x(1, mark("b1"), made(-30)), x(2, mark("b1"), made(-20))}, nil, []string{"b1 x1 same_stamp"}},
		{"copies: two oldest, until an older one", []event.Item{b(1)}, []event.Item{x(1, mark("b1")), x(2, mark("b1")), x(3, mark("b1"), made(-20))}, nil, []string{"b1 x3 same_stamp"}},
		{"copies: one age unknown", []event.Item{b(1)}, []event.Item{x(1, mark("b1")), x(2, mark("b1"), func(it *event.Item) { it.Created = time.Time{} })}, nil, []string{"tie [b1] [x1 x2] same_stamp"}},
		{
			"copies go on as if unmarked",
			[]event.Item{b(1), b(2, subject("Copy"))},
			[]event.Item{x(1, mark("b1"), made(-20)), x(2, mark("b1"), subject("Copy"))},
			nil,
			[]string{"b1 x1 same_stamp", "b2 x2 same_content"},
		},
		{"UID", []event.Item{b(1, subject("A"))}, []event.Item{x(1, uid)}, func(r *Rules) { r.Shared = map[string]event.ID{"uid-1": "b1"} }, []string{"b1 x1 same_meeting"}},
		{"UID twice", []event.Item{b(1)}, []event.Item{x(1, uid), x(2, uid)}, func(r *Rules) { r.Shared = map[string]event.ID{"uid-1": "b1"} }, []string{"tie [b1] [x1 x2] same_meeting"}},
		{"UID of an entry that is not free", []event.Item{b(1)}, []event.Item{x(1, uid)}, func(r *Rules) { r.Shared = map[string]event.ID{"uid-1": "b9"} }, nil},
		{"UID of an entry that is being made", []event.Item{b(1)}, []event.Item{x(1, uid)}, func(r *Rules) { r.Shared = map[string]event.ID{"uid-1": ""} }, []string{"b1 x1 same_content"}},
		{"UID of an entry that a mark has taken", []event.Item{b(1)}, []event.Item{x(1, uid), x(2, mark("b1"))}, func(r *Rules) { r.Shared = map[string]event.ID{"uid-1": "b1"} }, []string{"b1 x2 same_stamp"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := rules()
			if c.rules != nil {
				c.rules(&r)
			}
			got := found(Match([2][]event.Item{c.business, c.exchange}, r))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("Match differs (-want +got):\n%s", diff)
			}
		})
	}
}

// found writes a result of Match as sorted lines.
func found(pairs []Pairing, ties []Tie) []string {
	var out []string
	for _, p := range pairs {
		out = append(out, fmt.Sprint(p.IDs[biz], " ", p.IDs[exch], " ", p.Code))
	}
	for _, t := range ties {
		out = append(out, fmt.Sprint("tie ", t.IDs[biz], " ", t.IDs[exch], " ", t.Code))
	}
	slices.Sort(out)
	return out
}

func TestMatch_UsesEachEntryOnceInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var free [2][]event.Item
		for _, s := range event.Sides() {
			for n := range rapid.IntRange(0, 8).Draw(t, s.String()) {
				it := entry(id([]string{"b", "x"}[s], n), "Staff", rapid.IntRange(0, 2).Draw(t, "day"))
				it.Notes = rapid.SampledFrom([]string{"", "", "p"}).Draw(t, "notes")
				it.Created = it.Created.AddDate(0, 0, rapid.IntRange(0, 1).Draw(t, "made"))
				if s == exch && rapid.IntRange(0, 3).Draw(t, "marked") == 0 {
					mark(id("b", rapid.IntRange(0, 9).Draw(t, "partner")))(&it)
				}
				if s == exch && rapid.IntRange(0, 3).Draw(t, "meeting") == 0 {
					it.UID = fmt.Sprint("uid-", rapid.IntRange(0, 3).Draw(t, "uid"))
				}
				free[s] = append(free[s], it)
			}
		}
		r := rules()
		r.Shared = map[string]event.ID{"uid-0": "b0", "uid-1": "b1", "uid-2": ""}
		pairs, ties := Match(free, r)
		seen := map[event.ID]int{}
		for _, p := range pairs {
			seen[p.IDs[biz]]++
			seen[p.IDs[exch]]++
		}
		for _, tie := range ties {
			for _, s := range event.Sides() {
				if len(tie.IDs[s]) == 0 {
					t.Errorf("tie %v has nothing to choose from", tie)
				}
				for _, id := range tie.IDs[s] {
					seen[id]++
				}
			}
		}
		for id, n := range seen {
			if n > 1 {
				t.Errorf("%s is used %d times", id, n)
			}
		}
		var mixed [2][]event.Item
		for _, s := range event.Sides() {
			mixed[s] = rapid.Permutation(free[s]).Draw(t, "order")
		}
		p2, t2 := Match(mixed, r)
		if diff := cmp.Diff([]any{pairs, ties}, []any{p2, t2}); diff != "" {
			t.Errorf("the order shows in the result (-want +got):\n%s", diff)
		}
	})
}

// Wall time says little on a busy machine; how often an entry is looked at says
// that nothing grows with the square of their number.
func TestMatch_LooksAtEachEntryEquallyOften(t *testing.T) {
	looks := func(n int) int {
		r, count := rules(), 0
		for s, norm := range r.Normalize {
			r.Normalize[s] = func(e event.Event) event.Event { count++; return norm(e) }
		}
		Match(crowd(n), r)
		return count
	}
	small, large := looks(1_000), looks(10_000)
	if large > 11*small || small < 1_000 {
		t.Errorf("%d looks at 2 x 1,000 entries, %d at 2 x 10,000", small, large)
	}
}
