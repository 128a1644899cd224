package statetest

import (
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// trails: what a field held is kept per link, in the order of the writes, with
// the write itself, and ends with the link.
func trails(b *bench) {
	one, two := b.link(anna, ends("b1", "e1")), b.link(anna, ends("b2", "e2"))
	his := b.link(bert, ends("b1", "e1"))
	was := item("b1", 5)
	turn := func(n int, from, to string) plan.Turn {
		return plan.Turn{Field: event.FieldSubject, Was: from, Is: to, At: at(n)}
	}
	write := func(p event.PersonID, l plan.Link, turns ...plan.Turn) {
		e := b.begun(p, state.Intent{Action: plan.Action{
			Kind: plan.Update, Side: event.Business, Link: l.ID, Have: [2]*event.Item{&was, &was}, Fields: event.FieldSubject,
		}})
		b.settle(p, state.Settled{Entry: e.ID, Outcome: state.Applied, Link: &l, At: turns[0].At, Turns: turns})
	}
	first := []plan.Turn{turn(2, "old", "new"), {Field: event.FieldNotes, Was: "x", Is: "y", At: at(2)}}
	later, other, theirs := turn(3, "new", "old"), turn(4, "a", "b"), turn(5, "c", "d")
	later.Answered = true
	write(anna, one, first...)
	write(anna, two, other)
	write(bert, his, theirs)
	write(anna, one, later)
	b.reopen()
	b.same("anna's trail", b.load(anna).Trail, map[plan.LinkID][]plan.Turn{
		one.ID: {first[0], first[1], later}, two.ID: {other},
	})
	b.same("bert's trail", b.load(bert).Trail, map[plan.LinkID][]plan.Turn{his.ID: {theirs}})

	refused := b.begun(anna, state.Intent{Action: plan.Action{Kind: plan.Update, Link: two.ID}})
	bad := state.Settled{Entry: refused.ID + 100, Outcome: state.Dropped, At: at(6)}
	good := state.Settled{Entry: refused.ID, Outcome: state.Applied, At: at(6), Turns: []plan.Turn{turn(6, "b", "a")}}
	if err := b.anna().Settle(b.Context(), []state.Settled{good, bad}); err == nil {
		b.Errorf("an entry that nobody opened was settled")
	}
	b.same("the trail of what was refused", b.load(anna).Trail[two.ID], []plan.Turn{other})

	gone := b.begun(anna, state.Intent{Action: plan.Action{Kind: plan.Unlink, Link: one.ID}})
	b.settle(anna, state.Settled{Entry: gone.ID, Outcome: state.Applied, Unlink: one.ID, At: at(7)})
	b.same("anna's trail without the link", b.load(anna).Trail, map[plan.LinkID][]plan.Turn{two.ID: {other}})
}
