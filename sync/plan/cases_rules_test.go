package plan

import (
	"time"

	"lockstep/sync/event"
)

// private makes an entry private; hidden also takes its text out, as the
// engine does before anything is stored.
func private(it *event.Item) { it.Private = true }

func hidden(s event.Side) func(*event.Item) {
	return func(it *event.Item) {
		in := input()
		it.Private = true
		*it = Conceal(s, *it, in.Normalize, in.Digest)
	}
}

// secretDate is a series of which one date is private, as it is known then.
func secretDate() event.Item {
	it := altered(entry("x1", "Doctor", 1), repeat(10, func(r *event.Recurrence) {
		r.Overrides = []event.Override{{Original: nth(2), Fields: event.FieldPrivate, Event: event.Event{Private: true}}}
	}))
	in := input()
	return Conceal(exch, it, in.Normalize, in.Digest)
}

func altered(e event.Item, change ...func(*event.Item)) event.Item {
	for _, c := range change {
		c(&e)
	}
	return e
}

// ruleCases are the office's rules: filters, directions of fields, published
// calendars.
func ruleCases() []buildCase {
	free := func(change func(*event.Item), rule func(*Policy)) func(*Input) {
		return func(in *Input) { rule(&in.Policy); in.put(exch, altered(entry("x1", "Lunch with Eve", 1), change)) }
	}
	none := func(*event.Item) {}
	red := func(it *event.Item) { it.Categories = []string{"Red", "Home"} }
	linked := func(o Origin, rule func(*Policy)) func(*Input) {
		return func(in *Input) {
			rule(&in.Policy)
			in.pair(1).Origin = o
			in.edit(exch, "x1", time.Hour, red)
			in.edit(exch, "x1", time.Hour, subject("New"))
		}
	}
	noRed := func(p *Policy) { p.In.Categories = []string{"red"} }
	notes := func(to string) func(*event.Item) { return func(it *event.Item) { it.Notes = to } }
	publish := func(more func(*Input)) func(*Input) {
		return func(in *Input) { in.Policy.Direction = Publish; in.pair(1); more(in) }
	}
	given := func(more func(*Input)) func(*Input) {
		return publish(func(in *Input) {
			in.Policy.Withdraw, in.Links[0].Origin = true, OriginBusiness
			in.put(biz, entry("b2", "Never made", 2))
			in.put(exch, entry("x3", "Booked here", 3))
			more(in)
		})
	}
	return []buildCase{
		{"a calendar is given up", given(func(*Input) {}), `delete exchange l1 - x1: given_up`},
		{
			"what was there before stays",
			given(func(in *Input) { in.Links[0].Origin = OriginUnknown }), `unlink business l1 - -: given_up`,
		},
		{
			"and what the window has left behind",
			given(func(in *Input) { in.Window.From = in.Window.To.Add(-time.Hour) }), `unlink business l1 - -: given_up`,
		},
		{
			"a copy that is gone already",
			given(func(in *Input) { in.row(exch, "x1").Presence = Gone }), `unlink business l1 - -: given_up`,
		},
		{
			"one that is an attendee's is only left",
			given(func(in *Input) { in.row(exch, "x1").Item.Standing = event.StandingParticipant }), `leave exchange l1 - x1: given_up`,
		},
		{
			"where nothing may be deleted",
			given(func(in *Input) { in.Caps[exch].NoDelete = true }), `skip exchange l1 - x1: side_read_only no_delete`,
		},
		{
			"where nothing may be written",
			given(func(in *Input) { in.Caps[exch].ReadOnly = true }), `skip exchange l1 - x1: side_read_only`,
		},
		{"a category stays out", free(red, noRed), `skip exchange - x1: filtered_out category`},
		{"another category goes in", free(red, func(p *Policy) { p.In.Categories = []string{"blue"} }), `create business - x1: only_there exchange`},
		{"only a category goes in", free(red, func(p *Policy) { p.In.Only = []string{"home"} }), `create business - x1: only_there exchange`},
		{"what lacks the category stays out", free(none, func(p *Policy) { p.In.Only = []string{"home"} }), `skip exchange - x1: filtered_out category`},
		{
			"free time stays out",
			free(func(it *event.Item) { it.ShowAs = event.ShowFree }, func(p *Policy) { p.In.ShowAs = []event.ShowAs{event.ShowFree} }),
			`skip exchange - x1: filtered_out show_as`,
		},
		{"private stays out by filter", free(private, func(p *Policy) { p.In.Private = true }), `skip exchange - x1: filtered_out private`},
		{
			"whole days stay out",
			free(func(it *event.Item) {
				day := it.When.Start.Date
				it.When = event.AllDay(day, day.AddDays(1))
			}, func(p *Policy) { p.In.AllDay = true }),
			`skip exchange - x1: filtered_out all_day`,
		},
		{"a word of the subject", free(none, func(p *Policy) { p.In.Subjects = []string{"with eve"} }), `skip exchange - x1: filtered_out subject`},
		{"a pattern of the subject", free(none, func(p *Policy) { p.In.Subjects = []string{"l*w*eve"} }), `skip exchange - x1: filtered_out subject`},
		{"a pattern fits the whole subject", free(none, func(p *Policy) { p.In.Subjects = []string{"lunch*with"} }), `create business - x1: only_there exchange`},
		{
			"a rule that now keeps a linked entry out freezes it",
			linked(OriginUnknown, noRed), `skip business l1 b1 x1: filtered_out category`,
		},
		{
			"and never deletes it",
			func(in *Input) { linked(OriginExchange, noRed)(in); in.row(biz, "b1").Presence = Gone },
			`skip exchange l1 - x1: filtered_out category`,
		},
		{
			"a copy that came from the business system stays in step",
			linked(OriginBusiness, noRed), `update business l1 b1 x1 [subject]: changed_there exchange`,
		},
		{
			"a field that only flows out is not changed from Exchange",
			func(in *Input) {
				in.Policy.Fields = map[event.FieldSet]Direction{event.FieldNotes: Publish}
				in.pair(1)
				in.edit(exch, "x1", time.Hour, notes("typed in Outlook"))
			},
			"skip exchange l1 b1 x1 [notes]: field_closed\nrefreshed l1",
		},
		{
			"and the business system is right when both changed it",
			func(in *Input) {
				in.Policy.Fields = map[event.FieldSet]Direction{event.FieldNotes: Publish}
				in.pair(1)
				in.edit(biz, "b1", time.Hour, notes("typed in Severa"))
				in.edit(exch, "x1", 2*time.Hour, notes("typed in Outlook"))
			},
			`update exchange l1 b1 x1 [notes]: rule_wins business; notes by business rule_wins business`,
		},
		{
			"a meeting called under another address of one's own waits for nobody",
			func(in *Input) {
				in.Own = map[string]bool{"anna@old.example": true}
				in.Colleagues["anna@old.example"] = true
				in.put(exch, altered(entry("x1", "Fair", 1), func(it *event.Item) {
					it.Meeting, it.Organizer = true, "anna@old.example"
				}))
			},
			`create business - x1: only_there exchange`,
		},
		{
			"published: an edit of the copy is put back",
			publish(func(in *Input) { in.edit(exch, "x1", time.Hour, subject("New")) }),
			`update exchange l1 b1 x1 [subject]: put_back`,
		},
		{
			"published: the copy of a meeting from outside is left",
			publish(func(in *Input) { in.edit(exch, "x1", time.Hour, subject("New")); participant(&in.row(exch, "x1").Item) }),
			"skip business l1 b1 x1 [subject]: not_organizer\nrefreshed l1",
		},
		{
			"published: a deleted copy is made again",
			publish(func(in *Input) { in.row(exch, "x1").Presence = Gone }),
			`create exchange l1 b1 -: put_back_once`,
		},
		{
			"published: a copy that is deleted again is held",
			publish(func(in *Input) { in.Links[0].Remade = true; in.row(exch, "x1").Presence = Gone }),
			"skip business l1 b1 -: on_hold\nrefreshed l1",
		},
		{
			"published: until its source changes",
			publish(func(in *Input) {
				in.Links[0].Remade, in.Links[0].State = true, Held
				in.row(exch, "x1").Presence = Gone
				in.edit(biz, "b1", time.Hour, subject("New"))
			}),
			`create exchange l1 b1 -: made_again exchange`,
		},
	}
}

// nearCases are entries that may be the same.
func nearCases() []buildCase {
	later := func(d time.Duration) func(*event.Item) {
		return func(it *event.Item) {
			start, end := it.When.Instants(time.UTC)
			when, err := event.Between(start.Add(d), end.Add(d), it.When.Zone)
			if err != nil {
				panic(err)
			}
			it.When = when
		}
	}
	both := func(b, x event.Item, more ...func(*Input)) func(*Input) {
		return func(in *Input) {
			in.put(biz, b)
			in.put(exch, x)
			for _, m := range more {
				m(in)
			}
		}
	}
	staff := entry("b1", "Staff meeting", 1)
	return []buildCase{
		{
			"same subject and day, an hour apart", both(staff, altered(entry("x1", "Staff meeting", 1), later(time.Hour))),
			`ask business b1 x1: same_day 1h0m0s 1/0 of [x1] near x1 88`,
		},
		{
			"same times, spelled another way", both(entry("b1", "Résumé  des Projekts", 1), entry("x1", "resume des projekts", 1)),
			`ask business b1 x1: spelled_alike 1/0 of [x1] near x1 95`,
		},
		{
			"another day", both(staff, entry("x1", "Staff meeting", 2)),
			"create business - x1: only_there exchange\ncreate exchange b1 -: only_there business",
		},
		{
			"another subject", both(staff, entry("x1", "Staff party", 1)),
			"create business - x1: only_there exchange\ncreate exchange b1 -: only_there business",
		},
		{
			"two that one may be are offered, the likelier first",
			both(staff, altered(entry("x1", "Staff meeting", 1), later(3*time.Hour)), func(in *Input) {
				in.put(exch, altered(entry("x2", "staff meeting", 1), later(time.Hour)))
			}),
			`ask business b1 -: same_day 3h0m0s 2/0 of [x1 x2] near x1 84 near x2 78
ask exchange - x2: same_day -1h0m0s 1/0 of [b1] near b1 78
ask exchange - x1: same_day -3h0m0s 1/0 of [b1] near b1 84`,
		},
		{
			"the whole day and an hour of it",
			both(staff, altered(entry("x1", "Staff meeting", 1), func(it *event.Item) {
				it.When = event.AllDay(it.When.Start.Date, it.When.Start.Date.AddDays(1))
			})),
			`ask business b1 x1: same_day 24h0m0s 1/0 of [x1] near x1 42`,
		},
		{
			"kept separate", both(staff, altered(entry("x1", "Staff meeting", 1), later(time.Hour)), func(in *Input) {
				in.answer(biz, "b1", KeepSeparate, "")
			}),
			"create business - x1: only_there exchange\ncreate exchange b1 -: only_there business",
		},
		{
			"paired by hand", both(staff, altered(entry("x1", "Staff meeting", 1), later(time.Hour)), func(in *Input) {
				in.answer(biz, "b1", PairWith, "x1")
			}),
			`pair business b1 x1: as_answered differ [when]; when by business same_age`,
		},
		{
			"a pair that differs says which side is newer, and writes over neither",
			both(altered(staff, location("Room 1")), altered(entry("x1", "Staff meeting", 1), location("Room 2"), func(it *event.Item) {
				it.Notes, it.Modified = "agenda", it.Modified.Add(time.Hour)
			})),
			`pair business b1 x1: same_content differ [location,notes]; location by exchange newer_wins exchange 1h0m0s; notes by exchange only_filled`,
		},
		{
			"which a person may have carried out",
			both(altered(staff, location("Room 1")), altered(entry("x1", "Staff meeting", 1), location("Room 2")), func(in *Input) {
				in.answer(biz, "b1", TakeExchange, "")
			}),
			`pair business b1 x1 [location]: as_answered`,
		},
		{
			"one that is never copied is still like another",
			both(staff, altered(entry("x1", "Staff meeting", 1), later(time.Hour)), func(in *Input) { in.Policy.In.Subjects = []string{"staff"} }),
			`ask business b1 x1: same_day 1h0m0s 1/0 of [x1] near x1 88`,
		},
	}
}

// privateCases are the rules for private entries.
func privateCases() []buildCase {
	busy := func(in *Input) { in.Policy.Private[exch] = PrivateBusyOnly }
	copied := func(o Origin) func(*Input) { // of an entry of Exchange that is known without its text
		return func(in *Input) {
			busy(in)
			x, b := altered(entry("x1", "Doctor", 1), hidden(exch)), altered(entry("b1", BusySubject, 1), private)
			in.tie("l1", b, x).Origin = o
		}
	}
	then := func(first, second func(*Input)) func(*Input) { return func(in *Input) { first(in); second(in) } }
	return []buildCase{
		{
			"not at all",
			func(in *Input) {
				in.Policy.Private[exch] = PrivateNot
				in.put(exch, altered(entry("x1", "Doctor", 1), hidden(exch)))
			},
			`skip exchange - x1: private_kept`,
		},
		{
			"not at all leaves the other direction open",
			func(in *Input) {
				in.Policy.Private[exch] = PrivateNot
				in.put(biz, altered(entry("b1", "Doctor", 1), private))
			},
			`create exchange b1 -: only_there business`,
		},
		{
			"busy only is one entry with the same of the other side, by digest",
			func(in *Input) {
				busy(in)
				in.put(exch, altered(entry("x1", "Doctor", 1), hidden(exch)))
				in.put(biz, altered(entry("b1", "Doctor", 1), private), altered(entry("b2", "Dentist", 1), private))
			},
			"pair business b1 x1: same_content\ncreate exchange b2 -: only_there business",
		},
		{"a concealed entry at rest", copied(OriginExchange), ``},
		{
			"a series of which one date is private",
			func(in *Input) { busy(in); in.put(exch, secretDate()) },
			`create business - x1: date_private`,
		},
		{
			"one that is private as a whole",
			func(in *Input) {
				busy(in)
				in.put(exch, altered(entry("x1", "Doctor", 1), repeat(10), hidden(exch)))
			},
			`create business - x1: only_there exchange`,
		},
		{
			"a date that turns private",
			func(in *Input) {
				busy(in)
				in.tie("l1", altered(entry("b1", "Doctor", 1), repeat(10)), altered(entry("x1", "Doctor", 1), repeat(10))).Origin = OriginExchange
				in.edit(exch, "x1", time.Hour, func(it *event.Item) { v := it.Ref; *it = secretDate(); it.Ref = v })
			},
			`update business l1 b1 x1 [subject,recurrence]: date_private`,
		},
		{
			"one private date, and not at all",
			func(in *Input) { in.Policy.Private[exch] = PrivateNot; in.put(exch, secretDate()) },
			`skip exchange - x1: private_kept date`,
		},
		{
			"what is typed into the copy never flows back",
			then(copied(OriginExchange), func(in *Input) { in.edit(biz, "b1", time.Hour, subject("Dentist")) }),
			`refreshed l1`,
		},
		{
			"nor is it taken away",
			then(copied(OriginExchange), func(in *Input) {
				in.edit(biz, "b1", time.Hour, subject("Dentist"))
				in.Links = Build(*in).Refreshed
			}),
			``,
		},
		{
			"its time does",
			then(copied(OriginExchange), func(in *Input) {
				in.edit(biz, "b1", time.Hour, func(it *event.Item) { it.When = entry("", "", 2).When })
			}),
			`update exchange l1 b1 x1 [when]: changed_there business`,
		},
		{
			"an entry that turns private hides our copy",
			func(in *Input) {
				busy(in)
				in.tie("l1", entry("b1", "Doctor", 1), entry("x1", "Doctor", 1)).Origin = OriginExchange
				in.edit(exch, "x1", time.Hour, hidden(exch))
			},
			`update business l1 b1 x1 [subject,private]: changed_there exchange`,
		},
		{
			"a rule that is made stricter hides our copy",
			func(in *Input) {
				busy(in)
				b, x := altered(entry("b1", "Doctor", 1), private), altered(entry("x1", "Doctor", 1), private)
				in.tie("l1", b, x).Origin = OriginExchange
				in.edit(exch, "x1", 0, hidden(exch))
				in.Links[0].Base[exch] = in.row(exch, "x1").Item.Event
			},
			`update business l1 b1 x1 [subject]: made_private`,
		},
		{
			"of a pair that was there before us neither is written over",
			func(in *Input) {
				busy(in)
				in.tie("l1", entry("b1", "Doctor", 1), entry("x1", "Doctor", 1))
				in.edit(exch, "x1", time.Hour, hidden(exch))
			},
			`update business l1 b1 x1 [private]: changed_there exchange`,
		},
		{
			"a copy that shows everything is hidden though its text is not known",
			func(in *Input) {
				busy(in)
				in.Policy.Private[biz] = PrivateBusyOnly
				in.tie("l1", altered(entry("b1", "Doctor", 1), hidden(biz)), altered(entry("x1", "Doctor", 1), hidden(exch))).Origin = OriginExchange
			},
			`update business l1 b1 x1 [subject,location,notes,attendees]: made_private`,
		},
		{
			"a copy that tells nothing is left in peace",
			func(in *Input) {
				busy(in)
				in.Policy.Private[biz] = PrivateBusyOnly
				in.tie("l1", altered(entry("b1", BusySubject, 1), hidden(biz)), altered(entry("x1", "Doctor", 1), hidden(exch))).Origin = OriginExchange
			},
			``,
		},
		{
			"the text of the source flows to a copy that is known without its own",
			func(in *Input) {
				in.Policy.Private[biz] = PrivateBusyOnly
				b, x := altered(entry("b1", "Doctor", 1), hidden(biz)), altered(entry("x1", "Doctor", 1), private)
				in.tie("l1", b, x).Origin = OriginExchange
				in.edit(exch, "x1", time.Hour, subject("Dentist"))
			},
			`update business l1 b1 x1 [subject]: changed_there exchange`,
		},
		{
			"a copy is not made over a source that was deleted",
			then(copied(OriginExchange), func(in *Input) {
				in.Policy.Deleted = KeepChanged
				in.row(exch, "x1").Presence = Gone
				in.edit(biz, "b1", time.Hour, func(it *event.Item) { it.When = entry("", "", 2).When })
			}),
			`ask business l1 b1 -: deleted_edited exchange`,
		},
	}
}
