package plan

import (
	"time"

	"lockstep/sync/event"
)

func participant(it *event.Item) { it.Standing = event.StandingParticipant }

// declinedBy has this person decline the meeting that x1 is a copy of, and keep it.
func declinedBy(in *Input) {
	x := &in.row(exch, "x1").Item
	participant(x)
	x.Declined = true
}

func mergeCases() []buildCase {
	conflict := func(in *Input) {
		in.pair(1)
		in.edit(biz, "b1", time.Hour, subject("Staff B"))
		in.edit(exch, "x1", 63*time.Minute, subject("Staff X"))
	}
	with := func(set func(*Input), more func(*Input)) func(*Input) {
		return func(in *Input) { set(in); more(in) }
	}
	return []buildCase{
		{"idle", func(in *Input) { in.pair(1) }, ``},
		{
			"business changed",
			func(in *Input) { in.pair(1); in.edit(biz, "b1", time.Hour, subject("New")) },
			`update exchange l1 b1 x1 [subject]: changed_there business`,
		},
		{
			"exchange changed",
			func(in *Input) { in.pair(1); in.edit(exch, "x1", time.Hour, subject("New")) },
			`update business l1 b1 x1 [subject]: changed_there exchange`,
		},
		{
			"each side changed another field",
			func(in *Input) {
				in.pair(1)
				in.edit(biz, "b1", time.Hour, subject("New"))
				in.edit(exch, "x1", time.Hour, location("Room 2"))
			},
			`update business l1 b1 x1 [location]: changed_there exchange
update exchange l1 b1 x1 [subject]: changed_there business`,
		},
		{
			"both changed to the same",
			func(in *Input) {
				in.pair(1)
				in.edit(biz, "b1", time.Hour, subject("New"))
				in.edit(exch, "x1", time.Hour, subject("New"))
			},
			"stamp exchange l1 b1 x1: mark_outdated\nrefreshed l1",
		},
		{
			"one side came to what the other already holds",
			func(in *Input) {
				b, x := entry("b1", "Staff", 1), entry("x1", "Staff", 1)
				x.Notes = "agenda"
				in.tie("l1", b, x)
				in.edit(biz, "b1", time.Hour, func(it *event.Item) { it.Notes = "agenda" })
			},
			"refreshed l1",
		},
		{
			"echo: only versions moved",
			func(in *Input) {
				in.pair(1)
				in.row(biz, "b1").Item.Version, in.row(exch, "x1").Item.Version = "v2", "v2"
			},
			`refreshed l1`,
		},
		{
			"what only Exchange holds is not compared",
			func(in *Input) {
				in.pair(1)
				in.edit(exch, "x1", time.Hour, func(it *event.Item) { it.ShowAs = event.ShowFree })
			},
			`refreshed l1`,
		},
		{
			"a meeting gets its identity",
			func(in *Input) { in.pair(1); in.row(exch, "x1").Item.UID = "uid-1" },
			`refreshed l1`,
		},
		{
			"conflict: newer wins", conflict,
			`update business l1 b1 x1 [subject]: newer_wins exchange 3m0s; subject by exchange newer_wins exchange 3m0s`,
		},
		{
			"conflict: business is newer",
			with(conflict, func(in *Input) { in.edit(biz, "b1", time.Hour, subject("Staff B2")) }),
			`update exchange l1 b1 x1 [subject]: newer_wins business 57m0s; subject by business newer_wins business 57m0s`,
		},
		{
			"conflict: same age",
			with(conflict, func(in *Input) { in.edit(biz, "b1", 3*time.Minute, subject("Staff B")) }),
			`ask business l1 b1 x1 [subject]: same_age; subject by business same_age`,
		},
		{
			"conflict: age unknown",
			with(conflict, func(in *Input) { in.row(exch, "x1").Item.Modified = time.Time{} }),
			`ask business l1 b1 x1 [subject]: same_age; subject by business same_age`,
		},
		{
			"goes back and forth",
			func(in *Input) {
				in.pair(1)
				old, other := in.Digest(event.Event{Subject: "Staff"}), in.Digest(event.Event{Subject: "New"})
				in.Trail = map[LinkID][]Turn{"l1": {
					{Field: event.FieldSubject, Was: other, Is: old, At: in.Now.Add(-3 * time.Hour)},
					{Field: event.FieldSubject, Was: old, Is: other, At: in.Now.Add(-2 * time.Hour)},
					{Field: event.FieldSubject, Was: other, Is: old, At: in.Now.Add(-time.Hour)},
				}}
				in.edit(exch, "x1", time.Hour, subject("New"))
			},
			`ask business l1 b1 x1 [subject]: back_and_forth 3/0; subject by exchange back_and_forth 3/0`,
		},
		{
			"conflict: a clock is off",
			with(conflict, func(in *Input) { in.Skew[exch] = -6 * time.Minute }),
			`ask business l1 b1 x1 [subject]: clock_unsure exchange -6m0s; subject by exchange clock_unsure exchange -6m0s`,
		},
		{
			"conflict: a clock is off by what is allowed",
			with(conflict, func(in *Input) { in.Skew[biz] = 6 * time.Minute; in.Policy.MaxSkew = 6 * time.Minute }),
			`update business l1 b1 x1 [subject]: newer_wins exchange 3m0s; subject by exchange newer_wins exchange 3m0s`,
		},
		{
			"conflict: business wins by rule",
			with(conflict, func(in *Input) { in.Policy.Winner = BusinessWins }),
			`update exchange l1 b1 x1 [subject]: rule_wins business; subject by business rule_wins business`,
		},
		{
			"conflict: exchange wins by rule",
			with(conflict, func(in *Input) { in.Policy.Winner = ExchangeWins }),
			`update business l1 b1 x1 [subject]: rule_wins exchange; subject by exchange rule_wins exchange`,
		},
		{
			"conflict: always ask",
			with(conflict, func(in *Input) { in.Policy.Winner = AskAlways }),
			`ask business l1 b1 x1 [subject]: asked_by_rule; subject by business asked_by_rule`,
		},
		{
			"conflict: answered for business, which a rule would not",
			with(conflict, func(in *Input) {
				in.Policy.Winner = ExchangeWins
				in.answer(exch, "x1", TakeBusiness, "")
			}),
			`update exchange l1 b1 x1 [subject]: as_answered; subject by business as_answered`,
		},
		{
			"conflict: answered for exchange",
			with(conflict, func(in *Input) {
				in.Policy.Winner = AskAlways
				in.answer(biz, "b1", TakeExchange, "")
			}),
			`update business l1 b1 x1 [subject]: as_answered; subject by exchange as_answered`,
		},
		{
			"conflict: answered field by field",
			with(conflict, func(in *Input) {
				in.edit(biz, "b1", 0, location("Room B"))
				in.edit(exch, "x1", 0, location("Room X"))
				in.byField(event.FieldSubject, event.FieldLocation)
			}),
			`update business l1 b1 x1 [location]: as_answered rest [subject]; location by exchange as_answered
update exchange l1 b1 x1 [subject]: as_answered rest [location]; subject by business as_answered`,
		},
		{
			"conflict: a field of which nothing was said waits, and with it those that were answered",
			with(conflict, func(in *Input) {
				in.Policy.Winner = AskAlways
				in.edit(biz, "b1", 0, location("Room B"))
				in.edit(exch, "x1", 0, location("Room X"))
				in.byField(event.FieldSubject, 0)
			}),
			`ask business l1 b1 x1 [subject,location]: asked_by_rule; location by business asked_by_rule; subject by business as_answered`,
		},
		{
			"conflict: a field of which nothing was said goes by the rule",
			with(conflict, func(in *Input) {
				in.edit(biz, "b1", 0, location("Room B"))
				in.edit(exch, "x1", 0, location("Room X"))
				in.byField(event.FieldSubject, 0)
			}),
			`update business l1 b1 x1 [location]: newer_wins exchange 3m0s rest [subject]; location by exchange newer_wins exchange 3m0s
update exchange l1 b1 x1 [subject]: as_answered; subject by business as_answered`,
		},
		{
			"conflict: the part that a participant's copy cannot be given holds nothing up",
			with(conflict, func(in *Input) {
				in.edit(biz, "b1", 0, location("Room B"))
				in.edit(exch, "x1", 0, location("Room X"))
				participant(&in.row(exch, "x1").Item)
				in.byField(event.FieldSubject, event.FieldLocation)
			}),
			`update business l1 b1 x1 [location]: as_answered; location by exchange as_answered
skip business l1 b1 x1 [subject]: not_organizer`,
		},
		{
			"an answer that has nothing to settle any more ends",
			func(in *Input) { in.pair(1); in.answer(biz, "b1", TakeExchange, "") },
			`refreshed l1`,
		},
		{
			"conflict: publish makes business right",
			with(conflict, func(in *Input) { in.Policy.Direction = Publish }),
			`update exchange l1 b1 x1 [subject]: rule_wins business; subject by business rule_wins business`,
		},
		{
			"conflict: a read-only Exchange is right",
			with(conflict, func(in *Input) { in.Caps[exch].ReadOnly = true; in.Policy.Winner = BusinessWins }),
			`update business l1 b1 x1 [subject]: rule_wins exchange; subject by exchange rule_wins exchange`,
		},
		{
			"conflict: an open question blocks the whole link and no other",
			with(conflict, func(in *Input) {
				in.Policy.Winner = AskAlways
				in.edit(exch, "x1", 0, location("Room 2"))
				in.edit(exch, "x1", 0, func(it *event.Item) { it.Notes = "x" })
				in.edit(biz, "b1", 0, func(it *event.Item) { it.Notes = "b" })
				in.pair(2)
				in.edit(biz, "b2", time.Hour, subject("New"))
			}),
			`update exchange l2 b2 x2 [subject]: changed_there business
ask business l1 b1 x1 [subject,notes]: asked_by_rule; subject by business asked_by_rule; notes by business asked_by_rule`,
		},
		{
			"an attendee's change goes no further",
			func(in *Input) {
				in.pair(1)
				participant(&in.row(biz, "b1").Item)
				in.edit(exch, "x1", time.Hour, subject("New"))
				in.edit(exch, "x1", time.Hour, location("Room 2"))
			},
			"skip exchange l1 b1 x1 [subject,location]: not_organizer\nrefreshed l1",
		},
		{
			"and yields to the owner's later change",
			func(in *Input) {
				in.pair(1)
				participant(&in.row(biz, "b1").Item)
				in.edit(exch, "x1", 2*time.Hour, subject("Mine"))
				in.edit(biz, "b1", time.Hour, subject("Owner's"))
			},
			`update exchange l1 b1 x1 [subject]: organizer_wins business; subject by business organizer_wins business`,
		},
		{
			"an outside organiser's move wins over the business entry",
			func(in *Input) {
				in.pair(1)
				participant(&in.row(exch, "x1").Item)
				in.edit(exch, "x1", time.Hour, func(it *event.Item) { it.When = entry("", "", 3).When })
				in.edit(biz, "b1", 2*time.Hour, func(it *event.Item) { it.When = entry("", "", 4).When })
			},
			`update business l1 b1 x1 [when]: organizer_wins exchange; when by exchange organizer_wins exchange`,
		},
		{
			"two participants' copies are both left",
			func(in *Input) {
				in.pair(1)
				participant(&in.row(exch, "x1").Item)
				participant(&in.row(biz, "b1").Item)
				in.edit(exch, "x1", time.Hour, subject("X"))
				in.edit(biz, "b1", 2*time.Hour, subject("B"))
			},
			"skip business l1 b1 x1 [subject]: not_organizer\nrefreshed l1",
		},
		{
			"an attendee's own copy may turn private",
			func(in *Input) {
				in.pair(1)
				participant(&in.row(exch, "x1").Item)
				in.edit(biz, "b1", time.Hour, func(it *event.Item) { it.Private = true; it.Subject = "New" })
			},
			`update exchange l1 b1 x1 [private]: changed_there business
skip business l1 b1 x1 [subject]: not_organizer`,
		},
		{
			"a rule that cannot be carried out changes nothing",
			with(conflict, func(in *Input) {
				in.Policy.Winner = BusinessWins
				participant(&in.row(exch, "x1").Item)
			}),
			"skip business l1 b1 x1 [subject]: not_organizer\nrefreshed l1",
		},
		{
			"collect: a change in business stays there",
			func(in *Input) {
				in.Policy.Direction = Collect
				in.pair(1)
				in.edit(biz, "b1", time.Hour, subject("New"))
			},
			"skip business l1 b1 x1 [subject]: direction_closed\nrefreshed l1",
		},
		{
			"a move counts the outsiders who are not told",
			func(in *Input) {
				b, x := entry("b1", "Staff", 1), entry("x1", "Staff", 1)
				x.Meeting = true
				x.Attendees = []event.Attendee{
					{Address: "anna@example.com"},
					{Address: "bert@example.com"},
					{Address: "customer@example.org"},
					{Address: "room@example.org", Role: event.RoleResource},
				}
				b.Attendees = x.Attendees
				in.tie("l1", b, x)
				in.edit(biz, "b1", time.Hour, func(it *event.Item) { it.When = entry("", "", 3).When })
			},
			`update exchange l1 b1 x1 [when]: changed_there business untold 1`,
		},
		{
			"a meeting that was called off waits for its removal",
			func(in *Input) {
				in.pair(1)
				in.edit(exch, "x1", time.Hour, func(it *event.Item) { it.Cancelled = true; it.Subject = "Off" })
			},
			`skip business l1 b1 x1: cancelled`,
		},
		{
			"declined, and the copy is still there: he only leaves",
			func(in *Input) { in.pair(1); declinedBy(in); participant(&in.row(biz, "b1").Item) },
			`leave business l1 b1 -: declined_there exchange`,
		},
		{
			"declined, and owned for others",
			func(in *Input) { in.pair(1); declinedBy(in); in.row(biz, "b1").Item.Meeting = true },
			`leave business l1 b1 -: declined_there exchange`,
		},
		{
			"declined, whatever else has changed there",
			func(in *Input) {
				in.pair(1)
				declinedBy(in)
				in.edit(biz, "b1", time.Hour, subject("New"))
				participant(&in.row(biz, "b1").Item)
			},
			`leave business l1 b1 -: declined_there exchange`,
		},
		{
			"declined, and nobody else is in what his copy has brought",
			func(in *Input) { in.pair(1).Origin = OriginExchange; declinedBy(in) },
			`delete business l1 b1 -: declined_there exchange`,
		},
		{
			"declined, and nobody else is in what was there before",
			func(in *Input) { in.pair(1).Origin = OriginUnknown; declinedBy(in) },
			`skip business l1 b1 x1: declined exchange`,
		},
		{
			"declined, and somebody works on what his copy has brought",
			func(in *Input) {
				in.pair(1).Origin = OriginExchange
				declinedBy(in)
				in.edit(biz, "b1", time.Hour, subject("New"))
			},
			`skip business l1 b1 x1: declined exchange`,
		},
		{
			"declined, and hours are booked on what his copy has brought",
			func(in *Input) {
				in.pair(1).Origin = OriginExchange
				declinedBy(in)
				in.row(biz, "b1").Item.Tied = true
			},
			`skip business l1 b1 x1: declined exchange`,
		},
		{
			"declined, where nothing is written to the business system",
			func(in *Input) {
				in.pair(1)
				declinedBy(in)
				participant(&in.row(biz, "b1").Item)
				in.Policy.Direction = Publish
			},
			`skip business l1 b1 -: direction_closed`,
		},
		{
			"an organiser declines nothing",
			func(in *Input) { in.pair(1); in.row(exch, "x1").Item.Declined = true },
			``,
		},
		{
			"declined, and taken back by an undo",
			func(in *Input) { in.pair(1).State = Held; declinedBy(in); participant(&in.row(biz, "b1").Item) },
			"stamp exchange l1 b1 x1: mark_outdated\nskip business l1 b1 x1: on_hold",
		},
		{
			"a series that one side cannot hold",
			func(in *Input) {
				in.Caps[biz].Fields &^= event.FieldRecurrence
				in.pair(1)
				in.edit(exch, "x1", time.Hour, func(it *event.Item) { it.Recurrence = weekly() })
			},
			`skip business l1 b1 x1: series_stays no_series`,
		},
		{
			"held: nothing before the source changes",
			func(in *Input) { in.pair(1).State = Held; in.row(biz, "b1").Item.Version = "v2" },
			"stamp exchange l1 b1 x1: mark_outdated\nskip business l1 b1 x1: on_hold\nrefreshed l1",
		},
		{
			"held: what only Exchange holds is no change of the source",
			func(in *Input) {
				in.pair(1).State = Held
				in.edit(exch, "x1", time.Hour, func(it *event.Item) { it.ShowAs = event.ShowFree })
			},
			"stamp exchange l1 b1 x1: mark_outdated\nskip business l1 b1 x1: on_hold\nrefreshed l1",
		},
		{
			"held: merged after it",
			func(in *Input) { in.pair(1).State = Held; in.edit(biz, "b1", time.Hour, subject("New")) },
			`update exchange l1 b1 x1 [subject]: changed_there business`,
		},
		{
			"under an open entry",
			func(in *Input) {
				in.pair(1)
				in.edit(biz, "b1", time.Hour, subject("New"))
				in.Busy[exch] = map[event.ID]bool{"x1": true}
			},
			``,
		},
		{
			"two links claim one entry",
			func(in *Input) {
				in.pair(1)
				in.tie("l2", in.row(biz, "b1").Item, entry("x2", "Other", 2))
				in.Mirror[biz] = in.Mirror[biz][:1]
				in.edit(exch, "x2", time.Hour, subject("New"))
			},
			"ask business l1 b1 x1: ambiguous 2/0\nask business l2 b1 x2: ambiguous 2/0",
		},
		{
			"left alone for good",
			func(in *Input) {
				l := in.pair(1)
				l.State = Never
				l.Stamp.Left, l.Stamp.Digest = true, ""
				in.edit(biz, "b1", time.Hour, subject("New"))
			},
			`skip business l1 b1 x1: left_alone`,
		},
		{
			"left alone for good, and not yet marked so",
			func(in *Input) { in.pair(1).State = Never },
			`stamp exchange l1 b1 x1: mark_missing`,
		},
		{
			"left alone by an answer, whatever else was said",
			func(in *Input) {
				in.pair(1)
				in.edit(biz, "b1", time.Hour, subject("New"))
				in.answer(biz, "b1", TakeBusiness, "")
				in.answer(exch, "x1", NeverSync, "")
			},
			"stamp exchange l1 b1 x1: mark_missing\nrefreshed l1",
		},
		{
			"left alone, outside the window",
			func(in *Input) { in.pair(200).State = Never },
			``,
		},
		{
			"left alone, and gone",
			func(in *Input) {
				in.pair(1).State = Never
				in.row(biz, "b1").Presence, in.row(exch, "x1").Presence = Gone, Gone
			},
			`unlink business l1 - -: both_gone`,
		},
		{
			"a pairing answer on a link changes nothing",
			func(in *Input) {
				in.pair(1)
				in.answer(biz, "b1", PairWith, "x1")
				in.answer(exch, "x1", KeepSeparate, "")
			},
			``,
		},
	}
}

func weekly() *event.Recurrence {
	return &event.Recurrence{Frequency: event.Weekly, Interval: 1, Days: 1 << time.Tuesday, Count: 10}
}

func goneCases() []buildCase {
	gone := func(s event.Side, id event.ID) func(*Input) {
		return func(in *Input) { in.pair(1); in.row(s, id).Presence = Gone }
	}
	goneEdited := func(in *Input) {
		gone(exch, "x1")(in)
		in.edit(biz, "b1", time.Hour, subject("New"))
	}
	with := func(set func(*Input), more func(*Input)) func(*Input) {
		return func(in *Input) { set(in); more(in) }
	}
	frozen := func(in *Input) { in.pair(200); in.row(exch, "x200").Presence = Gone }
	return []buildCase{
		{"gone on Exchange", gone(exch, "x1"), `delete business l1 b1 -: deleted_there exchange`},
		{"gone in business", gone(biz, "b1"), `delete exchange l1 - x1: deleted_there business`},
		{
			"gone in business: outsiders are not told",
			func(in *Input) {
				b, x := entry("b1", "Staff", 1), entry("x1", "Staff", 1)
				x.Meeting, x.Attendees = true, []event.Attendee{{Address: "customer@example.org"}}
				in.tie("l1", b, x)
				in.row(biz, "b1").Presence = Gone
			},
			`delete exchange l1 - x1: deleted_there business untold 1`,
		},
		{
			"gone in business: an attendee who leaves owes outsiders nothing",
			func(in *Input) {
				b, x := entry("b1", "Staff", 1), entry("x1", "Staff", 1)
				x.Meeting, x.Attendees = true, []event.Attendee{{Address: "customer@example.org"}}
				participant(&x)
				in.tie("l1", b, x)
				in.row(biz, "b1").Presence = Gone
			},
			`leave exchange l1 - x1: left_there business`,
		},
		{
			"gone on Exchange, a participant in business",
			with(gone(exch, "x1"), func(in *Input) { participant(&in.row(biz, "b1").Item) }),
			`leave business l1 b1 -: left_there exchange`,
		},
		{
			"gone on both",
			with(gone(exch, "x1"), func(in *Input) { in.row(biz, "b1").Presence = Gone }),
			`unlink business l1 - -: both_gone`,
		},
		{
			"gone, exchange closed by direction",
			with(gone(biz, "b1"), func(in *Input) { in.Policy.Direction = Collect }),
			`skip exchange l1 - x1: direction_closed`,
		},
		{
			"gone, the other side read-only",
			with(gone(biz, "b1"), func(in *Input) { in.Caps[exch].ReadOnly = true }),
			`skip exchange l1 - x1: side_read_only`,
		},
		{
			"gone, the other side without deletion",
			with(gone(exch, "x1"), func(in *Input) { in.Caps[biz].NoDelete = true }),
			`skip business l1 b1 -: side_read_only no_delete`,
		},
		{
			"gone, and hours are booked on it",
			with(gone(exch, "x1"), func(in *Input) { in.row(biz, "b1").Item.Tied = true }),
			`ask business l1 b1 -: tied_to_more exchange`,
		},
		{
			"gone, and hours are booked on it, answered for the deletion",
			with(gone(exch, "x1"), func(in *Input) {
				in.row(biz, "b1").Item.Tied = true
				in.answer(biz, "b1", TakeExchange, "")
			}),
			`delete business l1 b1 -: deleted_there exchange sure`,
		},
		{
			"gone, hours are booked on it, a participant in business",
			with(gone(exch, "x1"), func(in *Input) { in.row(biz, "b1").Item.Tied = true; participant(&in.row(biz, "b1").Item) }),
			`leave business l1 b1 -: left_there exchange`,
		},
		{
			"gone and edited, and hours are booked on it",
			with(goneEdited, func(in *Input) { in.row(biz, "b1").Item.Tied = true }),
			`ask business l1 b1 -: tied_to_more exchange`,
		},
		{"gone and edited", goneEdited, `ask business l1 b1 -: deleted_edited exchange`},
		{
			"gone and edited only where nothing is shared",
			with(gone(biz, "b1"), func(in *Input) {
				in.edit(exch, "x1", time.Hour, func(it *event.Item) { it.Reminder = event.Reminder{Set: true, Minutes: 5} })
			}),
			`delete exchange l1 - x1: deleted_there business`,
		},
		{
			"gone and edited, changes are kept",
			with(goneEdited, func(in *Input) { in.Policy.Deleted = KeepChanged }),
			`create exchange l1 b1 -: made_again exchange`,
		},
		{
			"gone and edited, answered for the deletion",
			with(goneEdited, func(in *Input) { in.answer(biz, "b1", TakeExchange, "") }),
			`delete business l1 b1 -: deleted_there exchange`,
		},
		{
			"gone and edited, answered for the change",
			with(goneEdited, func(in *Input) { in.answer(biz, "b1", TakeBusiness, "") }),
			`create exchange l1 b1 -: made_again exchange`,
		},
		{
			"gone and edited, cannot be made again",
			with(goneEdited, func(in *Input) {
				in.answer(biz, "b1", TakeBusiness, "")
				in.Policy.Direction = Collect
			}),
			`skip business l1 b1 -: direction_closed`,
		},
		{
			"held: an undone create is not repeated",
			with(gone(exch, "x1"), func(in *Input) { in.Links[0].State = Held }),
			`skip business l1 b1 -: on_hold`,
		},
		{
			"held: nor is one whose end is forgotten",
			with(gone(exch, "x1"), func(in *Input) {
				in.Links[0].State, in.Links[0].Refs[exch] = Held, event.Ref{}
				in.Mirror[exch] = nil
			}),
			`skip business l1 b1 -: on_hold`,
		},
		{
			"held: made again when the source changes",
			with(goneEdited, func(in *Input) { in.Links[0].State = Held }),
			`create exchange l1 b1 -: made_again exchange`,
		},
		{
			"held: what never had a counterpart, and a colleague's copy has one now",
			func(in *Input) {
				x := entry("x1", "Staff", 1)
				called(&x)
				in.put(exch, x)
				in.Links = []Link{{ID: "l1", State: Held, Refs: [2]event.Ref{{}, x.Ref}, Base: [2]event.Event{{}, x.Event}, UID: x.UID}}
				in.Shared = map[string]event.ID{x.UID: "b9"}
				in.edit(exch, "x1", time.Hour, location("Room 1"))
			},
			`unlink exchange l1 - x1: same_meeting`,
		},
		{
			"missing",
			func(in *Input) { in.pair(1); in.row(exch, "x1").Presence = Missing },
			`ask business l1 b1 x1: vanished exchange`,
		},
		{
			"missing in business while Exchange deleted it",
			func(in *Input) {
				in.pair(1)
				in.row(biz, "b1").Presence, in.row(exch, "x1").Presence = Missing, Gone
			},
			`ask business l1 b1 -: vanished business`,
		},
		{
			"missing without a row",
			func(in *Input) { in.pair(1); in.Mirror[biz] = nil },
			`ask exchange l1 - x1: vanished business`,
		},
		{
			"without a row where the mirror was never asked",
			func(in *Input) {
				in.pair(60)
				in.Mirror[biz] = nil
				in.Covers[biz] = event.Window{From: now, To: now.AddDate(0, 0, 30)}
			},
			``,
		},
		{
			"missing, held",
			func(in *Input) { in.pair(1).State = Held; in.row(exch, "x1").Presence = Missing },
			`skip business l1 b1 x1: on_hold`,
		},
		{
			"missing, to be made again",
			func(in *Input) {
				in.pair(1)
				in.row(exch, "x1").Presence = Missing
				in.answer(biz, "b1", TakeBusiness, "")
			},
			`create exchange l1 b1 -: made_again exchange`,
		},
		{
			"missing, and no answer makes that a deletion",
			func(in *Input) {
				in.pair(1)
				in.row(exch, "x1").Presence = Missing
				in.answer(biz, "b1", TakeExchange, "")
			},
			`ask business l1 b1 x1: vanished exchange`,
		},
		{
			"missing outside the window",
			func(in *Input) { in.pair(200); in.row(exch, "x200").Presence = Missing },
			``,
		},
		{
			"unreadable",
			func(in *Input) {
				in.pair(1)
				*in.row(exch, "x1") = Mirrored{Item: entry("x1", "Staff", 1), Presence: Unreadable, Problem: "ErrorX"}
			},
			`skip exchange l1 b1 x1: cannot_read ErrorX`,
		},
		{
			"unreadable outside the window",
			func(in *Input) { in.pair(200); in.row(biz, "b200").Presence = Unreadable },
			``,
		},
		{
			"frozen: a change outside the window",
			func(in *Input) { in.pair(200); in.edit(biz, "b200", time.Hour, subject("New")) },
			``,
		},
		{
			"moved out of the window: moves first",
			func(in *Input) {
				in.pair(1)
				in.edit(biz, "b1", time.Hour, func(it *event.Item) { it.When = entry("", "", 200).When })
			},
			`update exchange l1 b1 x1 [when]: changed_there business`,
		},
		{
			"moved into the window",
			func(in *Input) {
				in.pair(200)
				in.edit(biz, "b200", time.Hour, func(it *event.Item) { it.When = entry("", "", 2).When })
			},
			`update exchange l200 b200 x200 [when]: changed_there business`,
		},
		{"frozen: deleted", frozen, `ask business l200 b200 -: deleted_frozen exchange`},
		{
			"frozen: deleted, answered for the deletion",
			with(frozen, func(in *Input) { in.answer(biz, "b200", TakeExchange, "") }),
			`delete business l200 b200 -: deleted_there exchange`,
		},
		{
			"frozen: deleted, answered against it",
			with(frozen, func(in *Input) { in.answer(biz, "b200", TakeBusiness, "") }),
			`create exchange l200 b200 -: made_again exchange`,
		},
		{"frozen: deleted, on hold", with(frozen, func(in *Input) { in.Links[0].State = Held }), ``},
		{
			"frozen: both deleted",
			with(frozen, func(in *Input) { in.row(biz, "b200").Presence = Gone }),
			`unlink business l200 - -: both_gone`,
		},
		{
			"came back under another id",
			func(in *Input) {
				in.pair(1)
				x := in.row(exch, "x1")
				x.Presence = Gone
				again := x.Item
				again.ID = "x1-moved"
				in.put(exch, again)
			},
			`refreshed l1`,
		},
		{
			"came back under another id after it was dragged elsewhere",
			func(in *Input) {
				in.pair(1)
				x := in.row(exch, "x1")
				x.Presence, x.Problem = Unreadable, MovedElsewhere
				again := x.Item
				again.ID = "x1-moved"
				in.put(exch, again)
				in.edit(biz, "b1", time.Hour, subject("New"))
			},
			`update exchange l1 b1 x1-moved [subject]: changed_there business`,
		},
		{
			"a whole mailbox was moved: known by mark, by UID",
			func(in *Input) {
				in.pair(1)
				l := in.pair(2)
				l.UID = "uid-2"
				marked, bare := in.row(exch, "x1").Item, in.row(exch, "x2").Item
				in.Mirror[exch] = nil
				marked.ID, bare.ID, bare.Stamp, bare.UID = "y1", "y2", event.Stamp{}, "uid-2"
				in.put(exch, marked, bare)
			},
			"refreshed l1\nrefreshed l2",
		},
		{
			"several entries claim to be the lost one",
			func(in *Input) {
				in.pair(1)
				x := in.row(exch, "x1")
				x.Presence = Gone
				one, two := x.Item, x.Item
				one.ID, two.ID = "y1", "y2"
				in.put(exch, two, one)
			},
			`ask business l1 b1 -: ambiguous 2/0 of [y1 y2]`,
		},
		{
			"of several entries that claim to be the lost one the oldest is it",
			func(in *Input) {
				in.pair(1)
				x := in.row(exch, "x1")
				x.Presence = Gone
				one, two := x.Item, x.Item
				one.ID, two.ID, two.Created = "y1", "y2", x.Item.Created.Add(-time.Hour)
				in.put(exch, one, two)
			},
			"create business - y1: only_there exchange\nrefreshed l1",
		},
	}
}
