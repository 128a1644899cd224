package plan

import (
	"time"

	"lockstep/sync/event"
)

func freeCases() []buildCase {
	business := func(change func(*event.Item), more ...func(*Input)) func(*Input) {
		return func(in *Input) {
			b := entry("b1", "Staff", 1)
			if change != nil {
				change(&b)
			}
			in.put(biz, b)
			for _, m := range more {
				m(in)
			}
		}
	}
	exchange := func(change func(*event.Item), more ...func(*Input)) func(*Input) {
		return func(in *Input) {
			x := entry("x1", "Staff", 1)
			if change != nil {
				change(&x)
			}
			in.put(exch, x)
			for _, m := range more {
				m(in)
			}
		}
	}
	on := func(day int) func(*event.Item) {
		return func(it *event.Item) { it.When = entry("", "", day).When }
	}
	marked := func(st event.Stamp) func(*event.Item) {
		return func(it *event.Item) { it.Stamp = st }
	}
	own := event.Stamp{Office: "office-1", Partner: "b9", Key: "k"}
	called := func(by string) func(*event.Item) {
		return func(it *event.Item) { it.Meeting, it.Organizer, it.UID = true, by, "uid-1" }
	}
	first := func(in *Input) { in.First = true }
	direction := func(d Direction) func(*Input) { return func(in *Input) { in.Policy.Direction = d } }
	answer := func(s event.Side, id event.ID, c Choice) func(*Input) {
		return func(in *Input) { in.answer(s, id, c, "") }
	}
	return []buildCase{
		{"new in business", business(nil), `create exchange b1 -: only_there business`},
		{"new on Exchange", exchange(nil), `create business - x1: only_there exchange`},
		{"not there any more", func(in *Input) {
			in.put(biz, entry("b1", "Staff", 1))
			in.put(exch, entry("x2", "Other", 2))
			in.row(biz, "b1").Presence, in.row(exch, "x2").Presence = Gone, Missing
		}, ``},
		{"never", business(nil, answer(biz, "b1", NeverSync)), `skip business b1 -: left_alone`},
		{
			"another installation's mark", exchange(marked(event.Stamp{Office: "other", Partner: "b1"})),
			`skip exchange - x1: other_office`,
		},
		{
			"another installation's entry is here as well",
			exchange(marked(event.Stamp{Office: "other", Partner: "b1"}), business(nil)),
			`skip exchange b1 x1: other_office`,
		},
		{
			"marked to be left alone, and so is its partner",
			exchange(marked(event.Stamp{Office: "office-1", Partner: "b1", Left: true}), business(nil)),
			"skip business b1 -: left_alone\nskip exchange - x1: left_alone",
		},
		{"called off", exchange(func(it *event.Item) { it.Cancelled = true }), `skip exchange - x1: cancelled`},
		{"declined", exchange(func(it *event.Item) { participant(it); it.Declined = true }), `skip exchange - x1: declined exchange`},
		{
			"declined, and there as well",
			exchange(func(it *event.Item) { participant(it); it.Declined = true }, business(nil)),
			`pair business b1 x1: same_content`,
		},
		{
			"project task",
			business(func(it *event.Item) { it.Kind = event.Kind{ID: "t", Group: event.GroupProjectTask} }),
			`skip business b1 -: project_task`,
		},
		{"outside the window", business(on(200)), `skip business b1 -: outside_window`},
		{
			"where the other mirror was never asked",
			business(on(60), func(in *Input) {
				in.Covers[exch] = event.Window{From: now, To: now.AddDate(0, 0, 30)}
			}),
			`skip business b1 -: outside_window`,
		},
		{"too old for a first sync", business(on(-35), first), `skip business b1 -: too_old`},
		{"as old, later", business(on(-35)), `create exchange b1 -: only_there business`},
		{
			"too old by the office's rule",
			business(on(-5), first, func(in *Input) { in.Policy.FirstPast = 24 * time.Hour }),
			`skip business b1 -: too_old`,
		},
		{
			"an old series that goes on",
			business(func(it *event.Item) { on(-100)(it); it.Recurrence = weekly(); it.Recurrence.Count = 0 }, first),
			`create exchange b1 -: only_there business`,
		},
		{
			"an old series that has ended",
			business(func(it *event.Item) { on(-98)(it); it.Recurrence = weekly() }, first),
			`skip business b1 -: too_old`,
		},
		{
			"type not chosen", business(nil, func(in *Input) { in.Policy.Types = map[string]bool{"visit": true} }),
			`skip business b1 -: type_not_chosen`,
		},
		{
			"type chosen",
			business(func(it *event.Item) { it.Kind.ID = "visit" }, func(in *Input) {
				in.Policy.Types = map[string]bool{"visit": true}
			}),
			`create exchange b1 -: only_there business`,
		},
		{"publish", exchange(nil, direction(Publish)), `skip exchange - x1: direction_closed`},
		{"collect", business(nil, direction(Collect)), `skip business b1 -: direction_closed`},
		{
			"read-only", business(nil, func(in *Input) { in.Caps[exch].ReadOnly = true }),
			`skip business b1 -: side_read_only`,
		},
		{
			"just like one that we have made",
			business(nil, func(in *Input) {
				in.tie("l1", in.row(biz, "b1").Item, in.row(biz, "b1").Item)
				in.Links[0].Refs[biz].ID, in.Links[0].Refs[exch].ID, in.Links[0].Origin = "b0", "x0", OriginExchange
				for s := range in.Mirror {
					last := &in.Mirror[s][len(in.Mirror[s])-1].Item
					last.ID = [2]event.ID{"b0", "x0"}[s]
				}
			}),
			"stamp exchange l1 b0 x0: mark_missing\nask business b1 -: made_twice",
		},
		{"our mark, partner unknown", exchange(marked(own)), `ask exchange - x1: partner_unknown`},
		{
			"our mark, partner unknown, to be kept separate",
			exchange(marked(own), answer(exch, "x1", KeepSeparate)),
			`create business - x1: only_there exchange`,
		},
		{
			"our mark, partner cannot be read",
			exchange(marked(own), func(in *Input) {
				in.Mirror[biz] = []Mirrored{{Item: event.Item{Ref: event.Ref{ID: "b9"}}, Presence: Unreadable, Problem: "E1"}}
			}),
			"skip business b9 -: cannot_read E1\nskip exchange - x1: cannot_read E1",
		},
		{
			"our mark, partner is never to be synced",
			exchange(marked(event.Stamp{Office: "office-1", Partner: "b1"}), business(nil), answer(biz, "b1", NeverSync)),
			"skip business b1 -: left_alone\nskip exchange - x1: left_alone",
		},
		{
			"our mark, partner to be kept separate",
			exchange(marked(event.Stamp{Office: "office-1", Partner: "b1"}), business(nil), answer(biz, "b1", KeepSeparate)),
			"create business - x1: only_there exchange\ncreate exchange b1 -: only_there business",
		},
		{
			"our mark, partner in a link that is left alone",
			exchange(marked(event.Stamp{Office: "office-1", Partner: "b2"}), func(in *Input) {
				in.pair(2).State = Never
				in.Links[0].Stamp.Left, in.Links[0].Stamp.Digest = true, ""
			}),
			"skip business l2 b2 x2: left_alone\nskip exchange - x1: left_alone",
		},
		{
			"a copy of a linked entry is new",
			exchange(marked(event.Stamp{Office: "office-1", Partner: "b2"}), func(in *Input) { in.pair(2) }),
			`create business - x1: only_there exchange`,
		},
		{
			"a copy of a linked entry, remade in business by hand",
			exchange(marked(event.Stamp{Office: "office-1", Partner: "b2"}), func(in *Input) {
				in.pair(2)
				in.put(biz, entry("b1", "Staff", 1))
			}),
			`pair business b1 x1: same_content`,
		},
		{
			"its creation is not settled yet",
			exchange(marked(event.Stamp{Office: "office-1", Partner: "b1"}), business(nil), func(in *Input) {
				in.Busy[biz] = map[event.ID]bool{"b1": true, "b7": false}
			}),
			``,
		},
		{
			"its mark is being written",
			exchange(marked(event.Stamp{Office: "office-1", Partner: "b1"}), business(on(3)), func(in *Input) {
				in.Busy[exch] = map[event.ID]bool{"x1": true}
			}),
			``,
		},
		{
			"a colleague's meeting", exchange(called("bert@example.com")),
			`await exchange - x1: colleague_makes_it`,
		},
		{
			"a colleague's entry that is no meeting",
			exchange(func(it *event.Item) { it.Organizer = "bert@example.com" }),
			`create business - x1: only_there exchange`,
		},
		{"this person's meeting", exchange(called("anna@example.com")), `create business - x1: only_there exchange`},
		{"an outsider's meeting", exchange(called("eve@example.org")), `create business - x1: only_there exchange`},
		{
			"a meeting that is being made through somebody's copy",
			exchange(called("eve@example.org"), func(in *Input) { in.Shared = map[string]event.ID{"uid-1": ""} }),
			`await exchange - x1: colleague_makes_it`,
		},
		{
			"a meeting in the business system that this person is not in yet",
			exchange(called("eve@example.org"), func(in *Input) { in.Shared = map[string]event.ID{"uid-1": "b8"} }),
			`await exchange - x1: colleague_makes_it`,
		},
		{
			"a meeting whose business entry is being written",
			exchange(called("eve@example.org"), func(in *Input) {
				in.Shared = map[string]event.ID{"uid-1": "b8"}
				in.Busy[biz] = map[event.ID]bool{"b8": true}
			}),
			`await exchange - x1: colleague_makes_it`,
		},
		{
			"a meeting of which this person has another copy",
			exchange(called("eve@example.org"), func(in *Input) {
				in.pair(2)
				in.Shared = map[string]event.ID{"uid-1": "b2"}
			}),
			`ask exchange - x1: ambiguous 1/0 of [b2]`,
		},
		{
			"a meeting of which this person wants two copies",
			exchange(called("eve@example.org"), func(in *Input) {
				in.pair(2)
				in.Shared = map[string]event.ID{"uid-1": "b2"}
			}, answer(exch, "x1", KeepSeparate)),
			`create business - x1: as_answered`,
		},
		{
			"a meeting that a colleague's copy brought, and that is not what a person was asked about",
			exchange(called("eve@example.org"), func(in *Input) {
				in.put(biz, entry("b1", "Staff", 1))
				in.Shared = map[string]event.ID{"uid-1": "b1"}
			}, answer(exch, "x1", KeepSeparate)),
			`pair business b1 x1: same_meeting`,
		},
		{
			"the same, with another copy of which nobody was asked",
			exchange(called("eve@example.org"), func(in *Input) {
				x := in.row(exch, "x1").Item
				x.Ref.ID = "x2"
				in.put(exch, x)
				in.put(biz, entry("b1", "Staff", 1))
				in.Shared = map[string]event.ID{"uid-1": "b1"}
			}, answer(exch, "x1", KeepSeparate)),
			"pair business b1 x2: same_meeting\ncreate business - x1: as_answered",
		},
		{
			"a meeting that nobody has brought yet, and that is not what a person was asked about",
			exchange(called("eve@example.org"), func(in *Input) {
				in.put(biz, entry("b1", "Staff", 1))
			}, answer(exch, "x1", KeepSeparate)),
			"create business - x1: only_there exchange\ncreate exchange b1 -: only_there business",
		},
		{
			"a series that the other side cannot hold",
			exchange(func(it *event.Item) { it.Recurrence = weekly() }, func(in *Input) {
				in.Caps[biz].Fields &^= event.FieldRecurrence
			}),
			`skip exchange - x1: series_skipped no_series`,
		},
		{
			"unreadable", func(in *Input) {
				in.Mirror[biz] = []Mirrored{
					{Item: event.Item{Ref: event.Ref{ID: "b1"}}, Presence: Unreadable, Problem: "E1"},
					{Item: entry("b2", "Far", 200), Presence: Unreadable, Problem: "E2"},
				}
			},
			`skip business b1 -: cannot_read E1`,
		},
		{
			"a create that was never confirmed",
			func(in *Input) {
				in.put(biz, entry("b1", "Staff", 1))
				in.put(exch, entry("x1", "Staff", 1), entry("x2", "Staff", 1))
				in.Busy[biz] = map[event.ID]bool{"b1": true}
				in.Unsure = []Unsure{{Source: biz, ID: "b1", Candidates: []event.ID{"x2", "x1"}}}
				in.answer(biz, "b1", KeepSeparate, "")
			},
			`ask business b1 -: outcome_unsure 2/0 of [x1 x2]`,
		},
		{
			"a create that was never confirmed, of an entry that is not there any more",
			func(in *Input) { in.Unsure = []Unsure{{Source: exch, ID: "x1"}} },
			`ask exchange - -: outcome_unsure`,
		},
		{
			"a create that a person found",
			func(in *Input) {
				in.put(biz, entry("b1", "Staff", 1))
				in.put(exch, entry("x1", "Staff", 2))
				in.Unsure = []Unsure{{Source: biz, ID: "b1", Candidates: []event.ID{"x1"}}}
				in.answer(biz, "b1", PairWith, "x1")
			},
			`pair business b1 x1: as_answered differ [when]; when by business same_age`,
		},
	}
}

func matchCases() []buildCase {
	same := func(in *Input) {
		in.put(biz, entry("b1", "Staff", 1))
		in.put(exch, entry("x1", "Staff", 1))
	}
	with := func(set func(*Input), more ...func(*Input)) func(*Input) {
		return func(in *Input) {
			set(in)
			for _, m := range more {
				m(in)
			}
		}
	}
	// lost is a pair whose link is lost, with the mark still there.
	lost := func(in *Input) {
		in.pair(1)
		in.Links = nil
	}
	editB := func(in *Input) { in.edit(biz, "b1", time.Hour, subject("B")) }
	editX := func(in *Input) { in.edit(exch, "x1", time.Hour, subject("X")) }
	twice := func(in *Input) {
		in.put(biz, entry("b1", "Staff", 1))
		in.put(exch, entry("x1", "Staff", 1), entry("x2", "Staff", 1))
	}
	return []buildCase{
		{"equal content", same, `pair business b1 x1: same_content`},
		{
			"equal content, other notes: nothing is overwritten",
			with(same, func(in *Input) { in.row(exch, "x1").Item.Notes = "agenda" }),
			`pair business b1 x1: same_content differ [notes]; notes by exchange only_filled`,
		},
		{
			"equal content outside the window",
			func(in *Input) {
				in.put(biz, entry("b1", "Staff", 200))
				in.put(exch, entry("x1", "Staff", 200))
			},
			"skip business b1 -: outside_window\nskip exchange - x1: outside_window",
		},
		{
			"equal content, kept separate",
			with(same, func(in *Input) { in.answer(exch, "x1", KeepSeparate, "") }),
			"create business - x1: only_there exchange\ncreate exchange b1 -: only_there business",
		},
		{
			"equal content of a type that does not go out: no second one",
			with(same, func(in *Input) { in.Policy.Types = map[string]bool{} }),
			`pair business b1 x1: same_content`,
		},
		{
			"two that are equal to one",
			twice,
			`ask business b1 -: ambiguous 2/0 of [x1 x2]
ask exchange - x1: ambiguous 1/0 of [b1]
ask exchange - x2: ambiguous 1/0 of [b1]`,
		},
		{
			"two that are equal to one, outside the window",
			func(in *Input) {
				in.put(biz, entry("b1", "Staff", 200))
				in.put(exch, entry("x1", "Staff", 200), entry("x2", "Staff", 200))
			},
			`skip business b1 -: outside_window
skip exchange - x1: outside_window
skip exchange - x2: outside_window`,
		},
		{
			"two that are equal to one, answered",
			with(twice, func(in *Input) { in.answer(exch, "x2", PairWith, "b1") }),
			`pair business b1 x2: as_answered
create business - x1: only_there exchange`,
		},
		{
			"two answers for one entry",
			with(twice, func(in *Input) {
				in.answer(exch, "x2", PairWith, "b1")
				in.answer(exch, "x1", PairWith, "b1")
			}),
			`pair business b1 x1: as_answered
create business - x2: only_there exchange`,
		},
		{
			"an answer that names what is not there, or is left alone",
			with(twice, func(in *Input) {
				in.answer(exch, "x1", PairWith, "b7")
				in.answer(exch, "x2", PairWith, "b1")
				in.answer(biz, "b1", NeverSync, "")
			}),
			`create business - x1: only_there exchange
create business - x2: only_there exchange
skip business b1 -: left_alone`,
		},
		{
			"twins", func(in *Input) {
				in.put(biz, entry("b1", "Staff", 1), entry("b2", "Staff", 1))
				in.put(exch, entry("x1", "Staff", 1), entry("x2", "Staff", 1))
			},
			"pair business b1 x1: same_content\npair business b2 x2: same_content",
		},
		{
			"same meeting",
			func(in *Input) {
				in.put(biz, entry("b1", "Staff", 1))
				x := entry("x1", "Staff (moved)", 2)
				x.UID, x.Meeting, x.Organizer = "uid-1", true, "bert@example.com"
				in.put(exch, x)
				in.Shared = map[string]event.ID{"uid-1": "b1"}
			},
			`pair business b1 x1: same_meeting differ [subject,when]; subject by business same_age; when by business same_age`,
		},
		{"link lost: by mark", lost, `pair business b1 x1: same_stamp`},
		{
			"link lost: by mark, of a type that does not go out, outside the window",
			func(in *Input) {
				in.pair(200)
				in.Links = nil
				in.Policy.Types = map[string]bool{}
			},
			`pair business b200 x200: same_stamp`,
		},
		{"link lost: business changed since", with(lost, editB), `pair exchange b1 x1 [subject]: same_stamp`},
		{"link lost: Exchange changed since", with(lost, editX), `pair business b1 x1 [subject]: same_stamp`},
		{
			"link lost: both changed since", with(lost, editB, editX),
			`ask business b1 x1 [subject]: differs_unmarked of [x1]`,
		},
		{
			"link lost: both changed since to the same",
			with(lost, editB, func(in *Input) { in.edit(exch, "x1", time.Hour, subject("B")) }),
			`pair business b1 x1: same_stamp`,
		},
		{
			"link lost: both changed since, outside the window",
			func(in *Input) {
				in.pair(200)
				in.Links = nil
				in.edit(biz, "b200", time.Hour, subject("B"))
				in.edit(exch, "x200", time.Hour, subject("X"))
			},
			"skip business b200 -: outside_window\nskip exchange - x200: outside_window",
		},
		{
			"link lost: both changed since, business is right",
			with(lost, editB, editX, func(in *Input) { in.answer(biz, "b1", TakeBusiness, "") }),
			`pair exchange b1 x1 [subject]: as_answered`,
		},
		{
			"link lost: both changed since, Exchange is right",
			with(lost, editB, editX, func(in *Input) { in.answer(biz, "b1", TakeExchange, "") }),
			`pair business b1 x1 [subject]: as_answered`,
		},
		{
			"link lost: both changed since, tied by a person as they are",
			with(lost, editB, editX, func(in *Input) { in.answer(biz, "b1", PairWith, "x1") }),
			`pair business b1 x1: as_answered differ [subject]; subject by business same_age`,
		},
		{
			"link lost: tied by a person, and the mark tells more",
			with(lost, editB, func(in *Input) { in.answer(biz, "b1", PairWith, "x1") }),
			`pair exchange b1 x1 [subject]: same_stamp`,
		},
		{
			"link and digest key lost",
			with(lost, editX, func(in *Input) { in.Digest = func(event.Event) string { return "other key" } }),
			`ask business b1 x1 [subject]: differs_unmarked of [x1]`,
		},
		{
			"link lost, no digest is none that agrees",
			with(lost, editX, func(in *Input) {
				in.row(exch, "x1").Item.Stamp.Digest = ""
				in.Digest = func(event.Event) string { return "" }
			}),
			`ask business b1 x1 [subject]: differs_unmarked of [x1]`,
		},
		{
			"link lost, no digests at all",
			with(lost, editX, func(in *Input) { in.Digest = nil }),
			`ask business b1 x1 [subject]: differs_unmarked of [x1]`,
		},
		{
			"link lost: what differed when it was agreed still may",
			func(in *Input) {
				// Exchange holds five letters of a subject and cannot be told apart by more.
				cut := func(e event.Event) event.Event {
					e.Subject = e.Subject[:min(5, len(e.Subject))]
					return e
				}
				in.Normalize[exch] = cut
				b, x := entry("b1", "Staff meeting", 1), entry("x1", "Staff", 1)
				in.tie("l1", b, x)
				in.Links = nil
				in.edit(exch, "x1", time.Hour, location("Room 2"))
			},
			`pair business b1 x1 [location]: same_stamp`,
		},
		{
			"link lost: each side's own notes were agreed",
			func(in *Input) {
				in.Digest = func(event.Event) string { return "all equal" }
				b, x := entry("b1", "Staff", 1), entry("x1", "Staff", 1)
				x.Notes = "agenda"
				in.tie("l1", b, x)
				in.Links = nil
			},
			`pair business b1 x1: same_stamp`,
		},
		{
			"link lost: a copy with the same mark, later made",
			with(lost, func(in *Input) {
				c := in.row(exch, "x1").Item
				c.ID, c.Created = "x0", c.Created.Add(time.Hour)
				in.put(exch, c)
			}),
			`pair business b1 x1: same_stamp
create business - x0: only_there exchange`,
		},
		{
			"link lost: a copy with the same mark, and no telling which",
			with(lost, func(in *Input) {
				c := in.row(exch, "x1").Item
				c.ID = "x0"
				in.put(exch, c)
			}),
			`ask business b1 -: ambiguous 2/0 of [x0 x1]
ask exchange - x0: ambiguous 1/0 of [b1]
ask exchange - x1: ambiguous 1/0 of [b1]`,
		},
	}
}

func markCases() []buildCase {
	bare := func(in *Input) { in.pair(1).Stamp = event.Stamp{} }
	with := func(set func(*Input), more func(*Input)) func(*Input) {
		return func(in *Input) { set(in); more(in) }
	}
	return []buildCase{
		{"no mark yet", bare, `stamp exchange l1 b1 x1: mark_missing`},
		{
			"a mark of an older state",
			func(in *Input) { in.pair(1).Stamp.Digest = "old" },
			`stamp exchange l1 b1 x1: mark_outdated`,
		},
		{
			"a mark that names another entry",
			func(in *Input) { in.pair(1).Stamp.Partner = "b7" },
			`stamp exchange l1 b1 x1: mark_missing`,
		},
		{
			"a mark that says it be left alone, of a link that is live again",
			func(in *Input) { in.pair(1).Stamp.Left = true },
			`stamp exchange l1 b1 x1: mark_missing`,
		},
		{"no marks on that side", with(bare, func(in *Input) { in.Caps[exch].Keys = false }), ``},
		{"no digests", with(bare, func(in *Input) { in.Digest = nil }), ``},
		{"not writable", with(bare, func(in *Input) { in.Caps[exch].ReadOnly = true }), ``},
		{"collect", with(bare, func(in *Input) { in.Policy.Direction = Collect }), ``},
		{
			"an attendee's copy gets its mark",
			with(bare, func(in *Input) { participant(&in.row(exch, "x1").Item) }),
			`stamp exchange l1 b1 x1: mark_missing`,
		},
		{
			"another installation has marked it",
			with(bare, func(in *Input) { in.row(exch, "x1").Item.Stamp = event.Stamp{Office: "other"} }),
			`skip exchange l1 b1 x1: other_office`,
		},
		{
			"an update carries it along, or comes first",
			with(bare, func(in *Input) {
				in.edit(biz, "b1", time.Hour, subject("New"))
				in.pair(2).Stamp = event.Stamp{}
				in.edit(exch, "x2", time.Hour, subject("New"))
			}),
			`update business l2 b2 x2 [subject]: changed_there exchange
update exchange l1 b1 x1 [subject]: changed_there business`,
		},
		{
			"held", with(bare, func(in *Input) { in.Links[0].State = Held }),
			`skip business l1 b1 x1: on_hold`,
		},
	}
}
