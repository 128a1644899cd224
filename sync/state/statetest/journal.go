package statetest

import (
	"slices"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

func linksStored(b *bench) {
	first := b.link(anna, ends("b1", "e1"))
	second := b.link(anna, ends("b2", "e2"))
	if first.ID == "" || first.ID == second.ID {
		b.Errorf("links have IDs %q and %q, want two", first.ID, second.ID)
	}
	first.Refs[event.Exchange] = event.Ref{ID: "e1-moved", Version: "v2"}
	first.Base[event.Business].Subject, first.State, first.UID = "Base", plan.Never, "uid"
	b.ok(b.anna().SaveLinks(b.Context(), []plan.Link{first}))
	got := b.load(anna).Links
	slices.SortFunc(got, byBusinessID)
	b.same("links", got, []plan.Link{first, second})
}

func byBusinessID(x, y plan.Link) int {
	if x.Refs[event.Business].ID < y.Refs[event.Business].ID {
		return -1
	}
	return 1
}

func linksUnknown(b *bench) {
	known := b.link(anna, ends("b1", "e1"))
	changed, unknown := known, ends("b2", "e2")
	changed.UID, unknown.ID = "changed", known.ID+"9"
	if err := b.anna().SaveLinks(b.Context(), []plan.Link{changed, unknown}); err == nil {
		b.Errorf("a link was stored under an ID that nobody gave")
	}
	b.reopen()
	b.same("links", b.load(anna).Links, []plan.Link{known})
}

func beginJournals(b *bench) {
	open, refused := b.begin(anna, create("e1", ""), create("e2", ""))
	if len(open) != 2 || len(refused) != 0 {
		b.Fatalf("%d entries opened, %d refused, want 2 and 0", len(open), len(refused))
	}
	if open[0].ID == open[1].ID || open[0].Run != open[1].Run || open[0].Run == 0 {
		b.Errorf("entries %d and %d of runs %d and %d", open[0].ID, open[1].ID, open[0].Run, open[1].Run)
	}
	want := []state.Entry{
		{ID: open[0].ID, Run: open[0].Run, Intent: create("e1", "")},
		{ID: open[1].ID, Run: open[0].Run, Intent: create("e2", "")},
	}
	b.same("entries that Begin returned", open, want)
	b.same("journal", b.load(anna).Open, want)
	again := b.begun(anna, create("e3", ""))
	if again.Run == open[0].Run || again.ID == open[0].ID || again.ID == open[1].ID {
		b.Errorf("a later entry %d of run %d is not new", again.ID, again.Run)
	}
}

func claimsOnce(b *bench) {
	first := b.begun(anna, create("e1", "meeting"))
	open, refused := b.begin(bert, create("e9", "meeting"), create("e8", "other"), create("e7", ""))
	if len(open) != 2 || len(refused) != 1 {
		b.Fatalf("%d entries opened, %d refused, want 2 and 1", len(open), len(refused))
	}
	if refused[0].By != anna || refused[0].Action.Have[event.Exchange] == nil || refused[0].Action.Have[event.Exchange].ID != "e9" {
		b.Errorf("refusal = %+v by %q, want that of e9 by anna", refused[0].Action.Kind, refused[0].By)
	}
	if _, twice := b.begin(anna, create("e1", "meeting")); len(twice) != 1 {
		b.Errorf("the holder was granted his claim a second time")
	}
	// No claim is no claim, however often.
	b.begun(anna, create("e5", ""))
	b.begun(bert, create("e6", ""))
	if _, inOne := b.begin(bert, create("e3", "twins"), create("e4", "twins")); len(inOne) != 1 {
		b.Errorf("two intents of one run were granted one claim")
	}
	b.ok(b.anna().MarkSent(b.Context(), []state.EntryID{first.ID}, at(2)))
	if _, refused := b.begin(bert, create("e9", "meeting")); len(refused) != 1 {
		b.Errorf("the claim of a sent entry was granted again")
	}
}

func claimsReleased(b *bench) {
	for _, how := range []state.Outcome{state.NotApplied, state.Dropped} {
		e := b.begun(anna, create("e1", "meeting"))
		b.settle(anna, state.Settled{Entry: e.ID, Outcome: how, At: at(2)})
		theirs := b.begun(bert, create("e9", "meeting"))
		b.settle(bert, state.Settled{Entry: theirs.ID, Outcome: how, At: at(3)})
	}
}

func claimsOfLinks(b *bench) {
	e := b.begun(anna, create("e1", "meeting"))
	made := ends("b1", "e1")
	made.UID = "meeting"
	b.settle(anna, state.Settled{Entry: e.ID, Outcome: state.Applied, Link: &made, At: at(2)})
	if _, refused := b.begin(bert, create("e9", "meeting")); len(refused) != 1 || refused[0].By != anna {
		b.Fatalf("a claim that a link holds was granted: %+v", refused)
	}
	// The link may change without giving the claim up.
	l := b.load(anna).Links[0]
	l.UID = "changed"
	b.ok(b.anna().SaveLinks(b.Context(), []plan.Link{l}))
	if _, refused := b.begin(bert, create("e9", "meeting")); len(refused) != 1 {
		b.Errorf("a claim that a changed link holds was granted")
	}
	end := b.begun(anna, state.Intent{Action: plan.Action{Kind: plan.Unlink, Link: l.ID}})
	b.settle(anna, state.Settled{Entry: end.ID, Outcome: state.Applied, Unlink: l.ID, At: at(3)})
	b.begun(bert, create("e9", "meeting"))
}

func claimsUnsure(b *bench) {
	e := b.begun(anna, create("e1", "meeting"))
	b.ok(b.anna().MarkSent(b.Context(), []state.EntryID{e.ID}, at(2)))
	b.settle(anna, state.Settled{Entry: e.ID, Outcome: state.StillUnsure, At: at(3)})
	if _, refused := b.begin(bert, create("e9", "meeting")); len(refused) != 1 {
		b.Errorf("the claim of an unsure entry was granted again")
	}
}

func beginJoins(b *bench) {
	first := b.begun(anna, create("e1", ""))
	run := state.Run{ID: first.Run, Person: anna, Started: at(1), Cause: state.CauseManual}
	open, _, err := b.anna().Begin(b.Context(), run, []state.Intent{create("e2", "")})
	b.ok(err)
	if len(open) != 1 || open[0].Run != first.Run {
		b.Errorf("the second round opened %+v, want one entry of run %d", open, first.Run)
	}
	if runs, err := b.now.Runs(b.Context(), 10); err != nil || len(runs) != 1 {
		b.Errorf("%d runs, %v, want 1", len(runs), err)
	}
	if _, _, err := b.bert().Begin(b.Context(), state.Run{ID: first.Run, Person: bert}, []state.Intent{create("e3", "")}); err == nil {
		b.Errorf("bert joined a run of anna's")
	}
	if _, _, err := b.anna().Begin(b.Context(), state.Run{ID: first.Run + 100, Person: anna}, []state.Intent{create("e3", "")}); err == nil {
		b.Errorf("a run was joined that never was")
	}
}

func markSent(b *bench) {
	open, _ := b.begin(anna, create("e1", ""), create("e2", ""), create("e3", ""), create("e4", ""))
	b.settle(anna, state.Settled{Entry: open[2].ID, Outcome: state.Dropped, At: at(2)},
		state.Settled{Entry: open[3].ID, Outcome: state.StillUnsure, At: at(2)})
	for name, bad := range map[string]state.EntryID{"closed": open[2].ID, "unsure": open[3].ID, "unknown": open[3].ID + 100} {
		if err := b.anna().MarkSent(b.Context(), []state.EntryID{open[0].ID, bad}, at(3)); err == nil {
			b.Errorf("an entry that is %s was marked as sent", name)
		}
		b.reopen()
		for _, e := range b.load(anna).Open {
			if e.Phase == state.Sent {
				b.Errorf("beside an entry that is %s, entry %d was marked as sent", name, e.ID)
			}
		}
	}
	b.ok(b.anna().MarkSent(b.Context(), []state.EntryID{open[0].ID}, at(4)))
	b.ok(b.anna().MarkSent(b.Context(), []state.EntryID{open[0].ID}, at(5)))
	b.same("journal", b.load(anna).Open, []state.Entry{
		{ID: open[0].ID, Run: open[0].Run, Intent: create("e1", ""), Phase: state.Sent, SentAt: at(5)},
		{ID: open[1].ID, Run: open[0].Run, Intent: create("e2", "")},
		{ID: open[3].ID, Run: open[0].Run, Intent: create("e4", ""), Phase: state.Unsure},
	})
}

func settleAll(b *bench) {
	b.pull(state.Pull{Next: "c", Changes: nil})
	open, _ := b.begin(anna, create("e1", "u1"), create("e2", ""), create("e3", ""))
	ids := []state.EntryID{open[0].ID, open[1].ID}
	b.ok(b.anna().MarkSent(b.Context(), ids, at(2)))
	made, old := item("b1", 5), item("e1", 5)
	link := ends("b1", "e1")
	link.UID, link.Led = "u1", event.FieldWhen
	b.settle(anna,
		state.Settled{
			Entry: open[0].ID, Outcome: state.Applied, Link: &link, After: &made, Notified: 2, At: at(3),
			Rows: []state.Row{{Side: event.Business, ID: "b1", Item: &made}, {Side: event.Exchange, ID: "e1", Item: &old}},
		},
		state.Settled{Entry: open[1].ID, Outcome: state.NotApplied, Why: plan.Reason{Code: plan.CannotWrite, Detail: "X"}, At: at(3)},
	)
	s := b.load(anna)
	if len(s.Links) != 1 || s.Links[0].ID == "" {
		b.Fatalf("links = %+v, want one with an ID", s.Links)
	}
	link.ID = s.Links[0].ID
	b.same("links", s.Links, []plan.Link{link})
	b.same("mirrors", s.Mirror, [2][]plan.Mirrored{{{Item: made}}, {{Item: old}}})
	if len(s.Open) != 1 || s.Open[0].ID != open[2].ID {
		b.Errorf("journal = %+v, want the third entry alone", s.Open)
	}
	if s.Cursors[event.Business] != "c" {
		b.Errorf("the cursor has moved to %q", s.Cursors[event.Business])
	}
	past, err := b.now.Changes(b.Context(), open[0].Run)
	if err != nil || len(past) != 2 {
		b.Fatalf("history has %d changes, %v, want 2", len(past), err)
	}
	b.settle(anna, state.Settled{
		Entry: open[2].ID, Outcome: state.Applied, Link: &link, At: at(4),
		Rows: []state.Row{{Side: event.Business, ID: "b1"}},
	})
	b.absent(event.Business, "b1")
}

func settleAtomic(b *bench) {
	known := b.link(anna, ends("b9", "e9"))
	open, _ := b.begin(anna, create("e1", "u1"), create("e2", ""))
	made, link := item("b1", 5), ends("b1", "e1")
	good := state.Settled{
		Entry: open[0].ID, Outcome: state.Applied, Link: &link, After: &made, Unlink: known.ID, At: at(3),
		Rows: []state.Row{{Side: event.Business, ID: "b1", Item: &made}},
	}
	unknown := ends("b2", "e2")
	unknown.ID = known.ID + "9"
	before := b.load(anna)
	for name, bad := range map[string]state.Settled{
		"an entry that nobody opened":       {Entry: open[1].ID + 100, Outcome: state.Dropped, At: at(3)},
		"the same entry twice":              {Entry: open[0].ID, Outcome: state.Dropped, At: at(3)},
		"a link under an ID that is no one": {Entry: open[1].ID, Outcome: state.Applied, Link: &unknown, At: at(3)},
	} {
		if err := b.anna().Settle(b.Context(), []state.Settled{good, bad}); err == nil {
			b.Errorf("%s was settled", name)
		}
		b.reopen()
		b.same("snapshot after refusing "+name, b.load(anna), before)
		if past, err := b.now.Changes(b.Context(), open[0].Run); err != nil || len(past) > 0 {
			b.Errorf("history after refusing %s has %d changes, %v", name, len(past), err)
		}
	}
	if _, refused := b.begin(bert, create("e7", "u1")); len(refused) != 1 {
		b.Errorf("a refused Settle has given a claim back")
	}
	b.settle(anna, state.Settled{Entry: open[0].ID, Outcome: state.Dropped, At: at(4)})
	if err := b.anna().Settle(b.Context(), []state.Settled{{Entry: open[0].ID, Outcome: state.Applied, At: at(5)}}); err == nil {
		b.Errorf("a closed entry was settled again")
	}
}

func settleUnsure(b *bench) {
	e := b.begun(anna, create("e1", ""))
	b.ok(b.anna().MarkSent(b.Context(), []state.EntryID{e.ID}, at(2)))
	b.settle(anna, state.Settled{Entry: e.ID, Outcome: state.StillUnsure, Candidates: []event.ID{"b1;x", "b2"}, At: at(3)})
	e.Phase, e.SentAt, e.Candidates = state.Unsure, at(2), []event.ID{"b1;x", "b2"}
	b.same("journal", b.load(anna).Open, []state.Entry{e})
	if past, err := b.now.Changes(b.Context(), e.Run); err != nil || len(past) > 0 {
		b.Errorf("history of an open entry has %d changes, %v", len(past), err)
	}
	link := ends("b2", "e1")
	b.settle(anna, state.Settled{Entry: e.ID, Outcome: state.Applied, Link: &link, At: at(4)})
	if s := b.load(anna); len(s.Open) != 0 || len(s.Links) != 1 {
		b.Errorf("once decided: %d open, %d links, want 0 and 1", len(s.Open), len(s.Links))
	}
}

func settleUnlinks(b *bench) {
	keep := b.link(anna, ends("b1", "e1"))
	end := b.link(anna, ends("b2", "e2"))
	was := item("e2", 5)
	e := b.begun(anna, state.Intent{Action: plan.Action{Kind: plan.Delete, Side: event.Exchange, Link: end.ID, Have: [2]*event.Item{nil, &was}}})
	b.settle(anna, state.Settled{
		Entry: e.ID, Outcome: state.Applied, Unlink: end.ID, Before: &was, At: at(2),
		Rows: []state.Row{{Side: event.Exchange, ID: "e2"}},
	})
	b.same("links", b.load(anna).Links, []plan.Link{keep})
}

// deletions counts what was deleted on either side, and nothing else.
func deletions(b *bench) {
	was := item("e2", 5)
	removal := func(k plan.ActionKind, s event.Side) state.Intent {
		return state.Intent{Action: plan.Action{Kind: k, Side: s, Have: [2]*event.Item{&was, &was}}}
	}
	open, _ := b.begin(anna, removal(plan.Delete, event.Exchange), removal(plan.Leave, event.Business),
		removal(plan.Delete, event.Business), removal(plan.Unlink, event.Business), create("e1", ""))
	b.settle(anna,
		state.Settled{Entry: open[0].ID, Outcome: state.Applied, At: at(2)},
		state.Settled{Entry: open[1].ID, Outcome: state.Applied, At: at(3)},
		state.Settled{Entry: open[2].ID, Outcome: state.NotApplied, At: at(4)},
		state.Settled{Entry: open[3].ID, Outcome: state.Applied, At: at(5)},
		state.Settled{Entry: open[4].ID, Outcome: state.Applied, At: at(6)},
	)
	got := b.load(anna).Deletions
	if len(got) != 2 || !got[0].Equal(at(2)) && !got[1].Equal(at(2)) || !got[0].Equal(at(3)) && !got[1].Equal(at(3)) {
		b.Errorf("deletions = %v, want %v and %v", got, at(2), at(3))
	}
	// A day less a minute later the limit still knows of them.
	e := b.begun(anna, removal(plan.Delete, event.Exchange))
	b.settle(anna, state.Settled{Entry: e.ID, Outcome: state.Applied, At: at(24 * 60)})
	if got := b.load(anna).Deletions; len(got) != 3 {
		b.Errorf("deletions within 24 h = %v, want 3", got)
	}
}
