package plan

import (
	"testing"
	"time"

	"lockstep/sync/event"
)

// repeat makes a weekly series of an entry, with n occurrences.
func repeat(n int, change ...func(*event.Recurrence)) func(*event.Item) {
	return func(it *event.Item) {
		it.Recurrence = weekly()
		it.Recurrence.Count = n
		it.KnownWindow = event.AllTime()
		for _, c := range change {
			c(it.Recurrence)
		}
	}
}

// nth is when the occurrence n weeks after the first starts.
func nth(n int) event.Wall {
	w := entry("", "", 1).When.Start
	w.Date = w.AddDays(7 * n)
	return w
}

func deleteNth(n int) func(*event.Recurrence) {
	return func(r *event.Recurrence) { r.Deleted = append(r.Deleted, nth(n)) }
}

func renameNth(n int, to string) func(*event.Recurrence) {
	return func(r *event.Recurrence) {
		r.Overrides = append(r.Overrides, event.Override{Original: nth(n), Fields: event.FieldSubject, Event: event.Event{Subject: to}})
	}
}

// changeSeries is a person changing the rule or an exception.
func changeSeries(change ...func(*event.Recurrence)) func(*event.Item) {
	return func(it *event.Item) {
		r := *it.Recurrence
		for _, c := range change {
			c(&r)
		}
		it.Recurrence = &r
	}
}

func (in *Input) hold(s event.Side, v event.Hold, code string) {
	in.HoldSeries[s] = func(event.Event) (event.Hold, string) { return v, code }
}

// pairSeries ties two equal series of ten.
func (in *Input) pairSeries(change ...func(*event.Recurrence)) *Link {
	return in.tie("l1", with(entry("b1", "Staff", 1), repeat(10, change...)), with(entry("x1", "Staff", 1), repeat(10, change...)))
}

// pairExpanded ties the two occurrences of the series b1 to x1 and x2.
func (in *Input) pairExpanded() {
	in.hold(exch, event.HoldExpanded, event.HoldInterval)
	series := with(entry("b1", "Staff", 1), repeat(2))
	for i, x := range [...]event.ID{"x1", "x2"} {
		o, _ := event.OccurrenceAt(series.Event, nth(i))
		in.tie(LinkID("l"+x), occurrenceOf(&series, nth(i), o), with(entry(x, "Staff", 1+7*i)))
	}
	in.Mirror[biz] = nil
	in.put(biz, series)
}

// anHourLater is a person moving an entry, or a whole series.
func anHourLater(it *event.Item) {
	it.When.Start.Hour, it.When.End.Hour = it.When.Start.Hour+1, it.When.End.Hour+1
}

// called makes an entry a meeting that somebody outside has called.
func called(it *event.Item) {
	it.UID, it.Meeting, it.Organizer, it.Standing = "uid-1", true, "out@example.com", event.StandingParticipant
}

func seriesCases() []buildCase {
	ruled := func(r *event.Recurrence) { r.Interval = 2 }
	edit := func(s event.Side, age time.Duration, change ...func(*event.Recurrence)) func(*Input) {
		return func(in *Input) {
			in.edit(s, [2]event.ID{"b1", "x1"}[s], age, changeSeries(change...))
		}
	}
	all := func(fs ...func(*Input)) func(*Input) {
		return func(in *Input) {
			for _, f := range fs {
				f(in)
			}
		}
	}
	pair := func(in *Input) { in.pairSeries() }
	return []buildCase{
		{"a new series", func(in *Input) { in.put(biz, with(entry("b1", "Staff", 1), repeat(10))) }, `create exchange b1 -: only_there business`},
		{
			"a new series that the other side holds as single entries",
			func(in *Input) {
				in.hold(exch, event.HoldExpanded, event.HoldInterval)
				in.put(biz, with(entry("b1", "Staff", 1), repeat(4, deleteNth(1), renameNth(2, "Other"))))
			},
			`create exchange b1~2026-03-03T12:00:00 -: one_of_series interval
create exchange b1~2026-03-17T12:00:00 -: one_of_series interval
create exchange b1~2026-03-24T12:00:00 -: one_of_series interval`,
		},
		{
			"a new series that the other side cannot hold at all",
			func(in *Input) {
				in.hold(biz, event.HoldNot, event.HoldRegenerating)
				in.put(exch, with(entry("x1", "Staff", 1), repeat(10)))
			},
			`skip exchange - x1: series_skipped regenerating`,
		},
		{
			"a series of a type that does not go out is spoken of once",
			func(in *Input) {
				in.hold(exch, event.HoldExpanded, event.HoldInterval)
				in.Policy.Types = map[string]bool{"visit": true}
				in.put(biz, with(entry("b1", "Staff", 1), repeat(10)))
			},
			`skip business b1 -: type_not_chosen`,
		},
		{
			"an expanded series finds its occurrences by content",
			func(in *Input) {
				in.hold(exch, event.HoldExpanded, event.HoldInterval)
				in.put(biz, with(entry("b1", "Staff", 1), repeat(2)))
				in.put(exch, entry("x1", "Staff", 1), entry("x2", "Staff", 8))
			},
			`pair business b1~2026-03-03T12:00:00 x1: same_content
pair business b1~2026-03-10T12:00:00 x2: same_content`,
		},
		{"an expanded series at rest", func(in *Input) { in.pairExpanded() }, ``},
		{
			"an expanded series stays so when it could be held whole",
			func(in *Input) { in.pairExpanded(); in.hold(exch, event.HoldWhole, "") }, ``,
		},
		{
			"an expanded series goes on",
			func(in *Input) {
				in.pairExpanded()
				in.row(biz, "b1").Item.Recurrence = with(entry("", "", 1), repeat(3)).Recurrence
			},
			`create exchange b1~2026-03-17T12:00:00 -: one_of_series interval`,
		},
		{
			"an expanded series moved to another hour",
			func(in *Input) { in.pairExpanded(); in.edit(biz, "b1", time.Hour, anHourLater) },
			`update exchange lx1 b1~2026-03-03T13:00:00 x1 [when]: changed_there business
update exchange lx2 b1~2026-03-10T13:00:00 x2 [when]: changed_there business`,
		},
		{
			"an expanded series moved to another hour while one of it is being made",
			func(in *Input) {
				in.hold(exch, event.HoldExpanded, event.HoldInterval)
				in.put(biz, with(entry("b1", "Staff", 1), repeat(2)))
				in.Busy[biz] = map[event.ID]bool{"b1~2026-03-10T12:00:00": true}
				in.edit(biz, "b1", time.Hour, anHourLater)
			},
			`create exchange b1~2026-03-03T13:00:00 -: one_of_series interval`,
		},
		{
			"an expanded series moved to another hour, one of it deleted there",
			func(in *Input) {
				in.pairExpanded()
				in.edit(biz, "b1", time.Hour, anHourLater)
				changeSeries(func(r *event.Recurrence) { r.Deleted = []event.Wall{in.row(biz, "b1").Item.When.On(nth(1).Date)} })(&in.row(biz, "b1").Item)
			},
			`update exchange lx1 b1~2026-03-03T13:00:00 x1 [when]: changed_there business
delete exchange lx2 - x2: deleted_there business b1`,
		},
		{
			"a series that a colleague's copy has brought whole, and this one would not be",
			func(in *Input) {
				in.hold(biz, event.HoldExpanded, event.HoldException)
				in.put(exch, with(entry("x1", "Staff", 1), repeat(3, deleteNth(1)), called))
				in.put(biz, with(entry("b9", "Staff", 1), repeat(3)))
				in.Shared = map[string]event.ID{"uid-1": "b9"}
			},
			`pair business b9 x1: same_meeting differ [recurrence]; recurrence by exchange organizer_wins exchange`,
		},
		{
			"a series that a colleague's copy has brought date by date, and this one would not be",
			func(in *Input) {
				in.put(exch, with(entry("x1", "Staff", 1), repeat(2), called))
				in.put(biz, entry("b8", "Staff", 1), entry("b9", "Staff", 8))
				in.Shared = map[string]event.ID{
					string(event.OccurrenceID("uid-1", nth(0))): "b8", string(event.OccurrenceID("uid-1", nth(1))): "b9",
				}
			},
			`pair business b8 x1~2026-03-03T12:00:00: same_meeting
pair business b9 x1~2026-03-10T12:00:00: same_meeting`,
		},
		{
			"a series of both sides that neither would have made whole",
			func(in *Input) {
				in.hold(biz, event.HoldExpanded, event.HoldFirstDay)
				in.put(exch, with(entry("x1", "Staff", 1), repeat(3)))
				in.put(biz, with(entry("b1", "Staff", 1), repeat(3)))
			},
			`pair business b1 x1: same_content`,
		},
		{
			"a series of both sides, with other rules",
			func(in *Input) {
				in.hold(biz, event.HoldExpanded, event.HoldFirstDay)
				in.put(exch, with(entry("x1", "Staff", 1), repeat(3)))
				in.put(biz, with(entry("b1", "Staff", 1), repeat(4)))
			},
			`ask business b1 x1: spelled_alike 1/0 of [x1] near x1 97`,
		},
		{
			"a series that looks like a project task",
			func(in *Input) {
				in.hold(biz, event.HoldExpanded, event.HoldFirstDay)
				in.put(exch, with(entry("x1", "Staff", 1), repeat(1)))
				in.put(biz, with(entry("b1", "Staff", 1), repeat(4), func(it *event.Item) { it.Kind.Group = event.GroupProjectTask }))
			},
			`create business - x1~2026-03-03T12:00:00: one_of_series weekly_first_day
skip business b1 -: project_task`,
		},
		{
			"a series of both sides, one of them to be kept separate",
			func(in *Input) {
				in.hold(biz, event.HoldExpanded, event.HoldFirstDay)
				in.put(exch, with(entry("x1", "Staff", 1), repeat(1)))
				in.put(biz, with(entry("b1", "Staff", 1), repeat(4)))
				in.answer(biz, "b1", KeepSeparate, "")
			},
			`create business - x1~2026-03-03T12:00:00: one_of_series weekly_first_day
create exchange b1 -: only_there business`,
		},
		{
			"a series of both sides, to be kept separate",
			func(in *Input) {
				in.hold(biz, event.HoldExpanded, event.HoldFirstDay)
				in.put(exch, with(entry("x1", "Staff", 1), repeat(1)))
				in.put(biz, with(entry("b1", "Staff", 1), repeat(4)))
				in.answer(biz, "b1", KeepSeparate, "")
				in.answer(exch, "x1", KeepSeparate, "")
			},
			`create business - x1~2026-03-03T12:00:00: one_of_series weekly_first_day
create exchange b1 -: only_there business`,
		},
		{
			"one of an expanded series deleted",
			func(in *Input) { in.pairExpanded(); edit(biz, time.Hour, deleteNth(1))(in) },
			`delete exchange lx2 - x2: deleted_there business b1
refreshed lx1`,
		},
		{
			"one of an expanded series deleted where its exceptions are not known",
			func(in *Input) {
				in.pairExpanded()
				edit(biz, time.Hour, deleteNth(1))(in)
				in.row(biz, "b1").Item.KnownWindow = event.Window{From: now, To: now.AddDate(0, 0, 3)}
			},
			`refreshed lx1
refreshed lx2`,
		},
		{
			"one of an expanded series changed on the other side",
			func(in *Input) { in.pairExpanded(); in.edit(exch, "x2", time.Hour, subject("New")) },
			`update business lx2 b1~2026-03-10T12:00:00 x2 [subject]: changed_there exchange`,
		},
		{
			"one of an expanded series deleted on the other side",
			func(in *Input) { in.pairExpanded(); in.row(exch, "x2").Presence = Gone },
			`delete business lx2 b1~2026-03-10T12:00:00 -: deleted_there exchange b1`,
		},
		{
			"an expanded series deleted",
			func(in *Input) { in.pairExpanded(); in.row(biz, "b1").Presence = Gone },
			`delete exchange lx1 - x1: deleted_there business b1
delete exchange lx2 - x2: deleted_there business b1`,
		},
		{
			"an expanded series that is not listed",
			func(in *Input) { in.pairExpanded(); in.row(biz, "b1").Presence = Missing },
			`ask business lx1 b1~2026-03-03T12:00:00 x1: vanished business
ask business lx2 b1~2026-03-10T12:00:00 x2: vanished business`,
		},
		{
			"an expanded series that cannot be read",
			func(in *Input) {
				in.pairExpanded()
				in.row(biz, "b1").Presence, in.row(biz, "b1").Problem = Unreadable, "E"
			},
			`skip business lx1 b1~2026-03-03T12:00:00 x1: cannot_read E
skip business lx2 b1~2026-03-10T12:00:00 x2: cannot_read E`,
		},
		{
			"an expanded series became a single entry",
			func(in *Input) {
				in.pairExpanded()
				in.row(biz, "b1").Item.Recurrence = nil
				in.row(biz, "b1").Item.Version = "v2"
			},
			`create exchange b1 -: only_there business
delete exchange lx1 - x1: deleted_there business b1
delete exchange lx2 - x2: deleted_there business b1`,
		},
		{
			"no mark for an occurrence",
			func(in *Input) {
				in.hold(biz, event.HoldExpanded, event.HoldInterval)
				series := with(entry("x1", "Staff", 1), repeat(1))
				o, _ := event.OccurrenceAt(series.Event, nth(0))
				l := in.tie("l1", entry("b1", "Staff", 1), occurrenceOf(&series, nth(0), o))
				l.Stamp = event.Stamp{}
				in.Mirror[exch] = nil
				in.put(exch, series)
			},
			``,
		},
		{"the rule changed", all(pair, edit(biz, time.Hour, ruled)), `update exchange l1 b1 x1 [recurrence]: changed_there business`},
		{"an exception made", all(pair, edit(exch, time.Hour, deleteNth(3))), `update business l1 b1 x1 [recurrence]: changed_there exchange`},
		{
			"exceptions of two occurrences, one on each side",
			all(pair, edit(biz, time.Hour, deleteNth(2)), edit(exch, time.Hour, deleteNth(3))),
			`update business l1 b1 x1 [recurrence]: changed_there exchange
update exchange l1 b1 x1 [recurrence]: changed_there business`,
		},
		{
			"the same exception on both sides",
			all(pair, edit(biz, time.Hour, deleteNth(2)), edit(exch, 2*time.Hour, deleteNth(2))),
			"stamp exchange l1 b1 x1: mark_outdated\nrefreshed l1",
		},
		{
			"another exception of one occurrence on each side",
			all(pair, edit(biz, time.Hour, deleteNth(2)), edit(exch, 2*time.Hour, renameNth(2, "Other"))),
			`update business l1 b1 x1 [recurrence]: newer_wins exchange 1h0m0s; recurrence by exchange newer_wins exchange 1h0m0s`,
		},
		{
			"one is asked about, by rule",
			all(pair, edit(biz, time.Hour, deleteNth(2)), edit(exch, 2*time.Hour, renameNth(2, "Other")), func(in *Input) { in.Policy.Winner = AskAlways }),
			`ask business l1 b1 x1 [recurrence]: asked_by_rule; recurrence by business asked_by_rule`,
		},
		{
			"exceptions that are not known on both sides are not compared",
			all(func(in *Input) { in.pairSeries(deleteNth(5)) }, func(in *Input) {
				row := in.row(biz, "b1")
				row.Item.Recurrence = with(entry("", "", 1), repeat(10)).Recurrence
				row.Item.KnownWindow, row.Item.Version = event.Window{From: now, To: now.AddDate(0, 0, 20)}, "v2"
			}),
			`refreshed l1`,
		},
		{
			"a new hour takes the exceptions along",
			all(func(in *Input) { in.pairSeries(deleteNth(5)) }, func(in *Input) {
				in.edit(biz, "b1", time.Hour, func(it *event.Item) {
					it.When.Start.Hour, it.When.End.Hour = it.When.Start.Hour+1, it.When.End.Hour+1
				})
			}),
			`update exchange l1 b1 x1 [when,recurrence]: changed_there business`,
		},
		{
			"a rule that the other side cannot follow",
			all(pair, func(in *Input) {
				in.HoldSeries[exch] = func(e event.Event) (event.Hold, string) {
					if e.Recurrence.Interval > 1 {
						return event.HoldExpanded, event.HoldInterval
					}
					return event.HoldWhole, ""
				}
			}, edit(biz, time.Hour, ruled), func(in *Input) { in.row(biz, "b1").Item.Subject = "New" }),
			`update exchange l1 b1 x1 [subject]: changed_there business
skip business l1 b1 x1 [recurrence]: series_stays interval`,
		},
	}
}

// An expanded series is one act of a person, however many occurrences it has.
func TestHalt_CountsASeriesOnce(t *testing.T) {
	in := input()
	in.hold(exch, event.HoldExpanded, event.HoldInterval)
	series := with(entry("b1", "Staff", -30), repeat(1))
	series.Recurrence = &event.Recurrence{Frequency: event.Daily, Interval: 1, Count: 100}
	in.put(biz, series)
	p := Build(in)
	if p.Halt != nil || p.Counts()[Create][exch] != 100 {
		t.Fatalf("a series of 100: halt %v, %v", p.Halt, p.Counts())
	}
	m := model{in: in}
	m.run(p)
	for n := range 6 {
		m.in.pair(10 + n)
	}
	if p := Build(m.in); !idle(p) {
		t.Fatalf("not at rest:\n%s", show(p))
	}
	moved := clone(m.in)
	moved.edit(biz, "b1", time.Hour, func(it *event.Item) {
		it.When.Start.Hour, it.When.End.Hour = it.When.Start.Hour+1, it.When.End.Hour+1
	})
	if p := Build(moved); p.Halt != nil {
		t.Errorf("a series that moved by an hour: halt %+v", p.Halt.Reason)
	}
	gone := clone(m.in)
	gone.row(biz, "b1").Presence = Gone
	if p := Build(gone); p.Halt != nil || p.Counts()[Delete][exch] != 100 {
		t.Errorf("a series that was deleted: halt %v, %v", p.Halt, p.Counts())
	}
}

// What is kept occurrence by occurrence rolls on as the window moves, and what
// leaves the window stays as it was.
func TestBuild_EndlessSeriesRollsForward(t *testing.T) {
	in := input()
	in.hold(exch, event.HoldExpanded, event.HoldNoEnd)
	in.put(biz, with(entry("b1", "Staff", -200), repeat(0)))
	m := model{in: in}
	p := Build(m.in)
	first := p.Counts()[Create][exch]
	if first < 15 {
		t.Fatalf("%d occurrences in the window, want about 18", first)
	}
	m.run(p)
	for day := 1; day <= 28; day++ {
		m.in.Now = m.in.Now.AddDate(0, 0, 1)
		m.in.Window = event.Window{From: m.in.Window.From.AddDate(0, 0, 1), To: m.in.Window.To.AddDate(0, 0, 1)}
		p := Build(m.in)
		if n := p.Counts(); n[Create][exch] > 1 || len(n) > 1 || len(n) == 1 && n[Create][exch] == 0 || p.Halt != nil {
			t.Fatalf("after %d days:\n%s", day, show(p))
		}
		m.run(p)
	}
	if got := len(m.in.Mirror[exch]); got != first+4 {
		t.Errorf("%d single entries after four weeks, want %d", got, first+4)
	}
}

// A date that is deleted from a series is a deletion as well, although an Update
// carries it over: each series counts once, however many dates it loses.
func TestHalt_CountsSeriesThatLoseDates(t *testing.T) {
	for n, halts := range map[int]bool{5: false, 6: true} {
		in := input()
		for i := range 20 {
			subject := string(id("Staff ", i))
			in.tie(LinkID(id("l", i)), with(entry(id("b", i), subject, 1), repeat(5)), with(entry(id("x", i), subject, 1), repeat(5)))
		}
		if p := Build(in); !idle(p) {
			t.Fatalf("not at rest:\n%s", show(p))
		}
		for i := range n {
			in.edit(biz, id("b", i), time.Hour, func(it *event.Item) {
				changeSeries(func(r *event.Recurrence) {
					for week := range 4 {
						r.Deleted = append(r.Deleted, it.When.On(it.When.Start.AddDays(7*week)))
					}
				})(it)
			})
		}
		p := Build(in)
		if halts != (p.Halt != nil && p.Halt.Reason.Code == TooManyDeletes && p.Halt.Reason.Count == n) {
			t.Errorf("%d series lose four dates each: halt %+v", n, p.Halt)
		}
		if !halts && p.Counts()[Update][exch] != n {
			t.Errorf("%d series lose four dates each:\n%s", n, show(p))
		}
	}
}

// What a side does not tell of a series is no edit of it, and is not lost when
// its other end is made again.
func TestBuild_DeletedSeriesWithExceptionsThatOneSideDoesNotTell(t *testing.T) {
	gone := func(edits ...func(*event.Item)) Plan {
		in := input()
		in.Policy.Deleted = KeepChanged
		in.pairSeries(deleteNth(5))
		row := in.row(biz, "b1")
		row.Item.Recurrence = with(entry("", "", 1), repeat(10)).Recurrence
		row.Item.KnownWindow = event.Window{From: now, To: now.AddDate(0, 0, 20)}
		for _, e := range edits {
			in.edit(biz, "b1", time.Hour, e)
		}
		in.row(exch, "x1").Presence = Gone
		return Build(in)
	}
	if got := gone().Actions; len(got) != 1 || got[0].Kind != Delete {
		t.Errorf("deleted, and not edited: %+v, want a delete", got)
	}
	got := gone(subject("New")).Actions
	if len(got) != 1 || got[0].Kind != Create || len(got[0].Want.Recurrence.Deleted) != 1 || got[0].Want.Subject != "New" {
		t.Errorf("deleted, and edited: %+v, want it made again without the date that was deleted", got)
	}
}

// An exception that repeats what its series says is none, until the series goes
// another way and the exception stays.
func TestBuild_ExceptionThatBecomesOneWhenItsSeriesChanges(t *testing.T) {
	in := input()
	in.pairSeries()
	row := in.row(biz, "b1")
	changeSeries(renameNth(2, "Staff"))(&row.Item)
	in.Links[0].Base[biz] = row.Item.Event
	if p := Build(in); !idle(p) {
		t.Errorf("an exception that says nothing is written:\n%s", show(p))
	}
	in.edit(biz, "b1", time.Hour, subject("New"))
	got := Build(in).Actions
	if len(got) != 1 || len(got[0].Want.Recurrence.Overrides) != 1 || got[0].Want.Subject != "New" {
		t.Errorf("the series has another name, one date has not: %+v", got)
	}
}
