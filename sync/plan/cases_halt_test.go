package plan

import (
	"fmt"
	"strings"
	"time"

	"lockstep/sync/event"
)

func haltCases() []buildCase {
	pairs := func(n int) func(*Input) {
		return func(in *Input) {
			for i := range n {
				in.pair(i)
			}
		}
	}
	drop := func(s event.Side, n int, how Presence) func(*Input) {
		return func(in *Input) {
			for i := range n {
				in.row(s, id([...]string{"b", "x"}[s], i)).Presence = how
			}
		}
	}
	all := func(sets ...func(*Input)) func(*Input) {
		return func(in *Input) {
			for _, set := range sets {
				set(in)
			}
		}
	}
	deletes := func(prefix string, ns ...int) string {
		var b strings.Builder
		for _, n := range ns {
			fmt.Fprintf(&b, "%sdelete business l%d b%d -: deleted_there exchange\n", prefix, n, n)
		}
		return b.String()
	}
	shift := func(s event.Side, n int, by time.Duration) func(*Input) {
		return func(in *Input) {
			for i := range n {
				in.edit(s, id([...]string{"b", "x"}[s], i), time.Hour, func(it *event.Item) {
					start, end := it.When.Instants(time.UTC)
					it.When, _ = event.Between(start.Add(by), end.Add(by), it.When.Zone)
				})
			}
		}
	}
	updates := func(prefix, side, from string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "%supdate %s l%d b%d x%d [when]: changed_there %s\n", prefix, side, i, i, i, from)
		}
		return b.String()
	}
	days := func(n int) func(*Input) {
		return func(in *Input) {
			for i := range n {
				b, x := entry(id("b", i), "Day", i), entry(id("x", i), "Day", i)
				day := event.DateOf(now).AddDays(i)
				b.When, x.When = event.AllDay(day, day.AddDays(1)), event.AllDay(day, day.AddDays(1))
				in.tie(LinkID(fmt.Sprint("l", i)), b, x)
				in.row(biz, b.ID).Item.When = event.AllDay(day.AddDays(-1), day)
			}
		}
	}
	creates := func(n int) (func(*Input), string) {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "create exchange b%d -: only_there business\n", i)
		}
		return func(in *Input) {
			for i := range n {
				in.put(biz, entry(id("b", i), "New", i))
			}
		}, b.String()
	}
	tooMany, tooManyLines := creates(51)
	enough, enoughLines := creates(50)
	return []buildCase{
		{"halt: five deletions pass", all(pairs(20), drop(exch, 5, Gone)), deletes("", 0, 1, 2, 3, 4)},
		{
			"halt: six of twenty do not",
			all(pairs(20), drop(exch, 6, Gone)),
			"halt: too_many_deletes 6/5\n" + deletes("withheld ", 0, 1, 2, 3, 4, 5),
		},
		{
			"halt: a tenth of many passes",
			all(pairs(60), drop(exch, 6, Gone)), deletes("", 0, 1, 2, 3, 4, 5),
		},
		{
			"halt: more than a run may have",
			all(pairs(60), drop(exch, 6, Gone), func(in *Input) { in.Policy.Limits.DeleteRun = 5 }),
			"halt: too_many_deletes 6/5\n" + deletes("withheld ", 0, 1, 2, 3, 4, 5),
		},
		{
			"halt: a person leaving counts as a deletion",
			all(pairs(20), drop(exch, 2, Gone), func(in *Input) {
				in.Policy.Limits.DeleteFloor, in.Policy.Limits.DeletePercent = 1, 1
				participant(&in.row(biz, "b0").Item)
			}),
			"halt: too_many_deletes 2/1\n" + deletes("withheld ", 1) + "withheld leave business l0 b0 -: left_there exchange",
		},
		{
			"halt: the day's deletions",
			all(pairs(20), drop(exch, 2, Gone), func(in *Input) { in.Deleted24h = 49 }),
			"halt: too_many_deletes_today 51/50\n" + deletes("withheld ", 0, 1),
		},
		{
			"halt: the day's deletions do not stop a run without one",
			all(pairs(20), func(in *Input) { in.Deleted24h = 51 }), ``,
		},
		{
			"halt: a side is empty",
			all(pairs(4), drop(exch, 4, Missing), func(in *Input) { in.put(biz, entry("b9", "New", 9)) }),
			`halt: side_empty exchange 4/0
withheld create exchange b9 -: only_there business
ask business l0 b0 x0: vanished exchange
ask business l1 b1 x1: vanished exchange
ask business l2 b2 x2: vanished exchange
ask business l3 b3 x3: vanished exchange`,
		},
		{
			"halt: a side is empty, and the office has switched that stop off",
			all(pairs(4), drop(exch, 4, Gone), func(in *Input) { in.Policy.Limits.ShrinkPercent = 101 }),
			deletes("", 0, 1, 2, 3),
		},
		{
			"halt: a handful may go",
			all(pairs(3), drop(exch, 3, Gone)), deletes("", 0, 1, 2),
		},
		{
			"halt: a side lost more than half",
			all(pairs(8), drop(biz, 5, Gone), func(in *Input) { in.put(exch, entry("x0-copy", "Staff", 0)) }),
			`halt: side_shrank business 5/4
withheld create business - x0-copy: only_there exchange
withheld delete exchange l0 - x0: deleted_there business
withheld delete exchange l1 - x1: deleted_there business
withheld delete exchange l2 - x2: deleted_there business
withheld delete exchange l3 - x3: deleted_there business
withheld delete exchange l4 - x4: deleted_there business`,
		},
		{
			"halt: a side lost half",
			all(pairs(8), drop(biz, 4, Gone)),
			`delete exchange l0 - x0: deleted_there business
delete exchange l1 - x1: deleted_there business
delete exchange l2 - x2: deleted_there business
delete exchange l3 - x3: deleted_there business`,
		},
		{
			"halt: what is gone on both sides is no loss",
			all(pairs(4), drop(biz, 3, Gone), drop(exch, 3, Gone)),
			"unlink business l0 - -: both_gone\nunlink business l1 - -: both_gone\nunlink business l2 - -: both_gone",
		},
		{
			"halt: everything shifted",
			all(pairs(12), shift(exch, 10, 2*time.Hour)),
			"halt: all_shifted exchange 2h0m0s 10/10\n" + updates("withheld ", "business", "exchange", 10),
		},
		{
			"halt: whole days shifted",
			days(10),
			"halt: all_shifted business -24h0m0s 10/10\n" + updates("withheld ", "exchange", "business", 10),
		},
		{"halt: nine shifted", all(pairs(9), shift(exch, 9, 2*time.Hour)), updates("", "business", "exchange", 9)},
		{
			"halt: ten of thirteen shifted",
			all(pairs(13), shift(exch, 10, 2*time.Hour)), updates("", "business", "exchange", 10),
		},
		{
			"halt: ten shifted by different offsets",
			all(pairs(10), shift(exch, 10, 2*time.Hour), shift(exch, 5, time.Hour)),
			updates("", "business", "exchange", 10),
		},
		{
			"halt: ten begin later and end as before",
			all(pairs(10), func(in *Input) {
				for i := range 10 {
					in.edit(exch, id("x", i), time.Hour, func(it *event.Item) { it.When.Start.Minute = 30 })
				}
			}),
			updates("", "business", "exchange", 10),
		},
		{
			"halt: both sides shifted alike",
			all(pairs(10), shift(exch, 10, 2*time.Hour), shift(biz, 10, 2*time.Hour), func(in *Input) {
				in.Caps[exch].Keys = false
			}),
			"refreshed l0\nrefreshed l1\nrefreshed l2\nrefreshed l3\nrefreshed l4\n" +
				"refreshed l5\nrefreshed l6\nrefreshed l7\nrefreshed l8\nrefreshed l9",
		},
		{"halt: too many creations", tooMany, "halt: too_many_creates 51/50\n" + withheld(tooManyLines)},
		{"halt: as many in a first sync", all(tooMany, func(in *Input) { in.First = true }), tooManyLines},
		{"halt: fifty creations", enough, enoughLines},
		{
			"halt: questions and news stay, pairs and links wait",
			all(pairs(20), drop(exch, 6, Gone), func(in *Input) {
				in.row(biz, "b0").Presence = Gone
				in.row(exch, "x0").Presence = Gone
				in.row(exch, "x6").Presence = Gone
				in.row(biz, "b19").Item.Version = "v2"
				in.put(biz, entry("b30", "Same", 30), entry("b31", "Far", 200))
				in.put(exch, entry("x30", "Same", 30))
				x := entry("x40", "Meeting", 40)
				x.Meeting, x.Organizer = true, "bert@example.com"
				in.put(exch, x)
			}),
			"halt: too_many_deletes 6/5\n" + deletes("withheld ", 1, 2, 3, 4, 5, 6) +
				"await exchange - x40: colleague_makes_it\nskip business b31 -: outside_window",
		},
	}
}

func withheld(lines string) string {
	return strings.ReplaceAll("\n"+strings.TrimSpace(lines), "\n", "\nwithheld ")[1:]
}
