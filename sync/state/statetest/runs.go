package statetest

import (
	"slices"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

func report() state.Report {
	return state.Report{
		Ended: at(9), Written: [2]map[string]int{{"create": 2}, {"update": 1, "stamp": 3}}, Paired: 4, Waiting: 5,
		Problems: []state.Problem{{Side: event.Exchange, ID: "e;1", Reason: plan.Reason{Code: plan.CannotRead, Detail: "ErrorX"}}},
		Notified: 6, Halt: &plan.Reason{Code: plan.TooManyDeletes, Count: 7, Limit: 5}, Complete: true, Failed: "throttled X",
	}
}

// runs are all that the history knows, newest first.
func (b *bench) runs() []state.PastRun {
	b.Helper()
	runs, err := b.now.Runs(b.Context(), 100)
	if err != nil {
		b.Fatalf("list runs: %v", err)
	}
	return runs
}

func endRun(b *bench) {
	e := b.begun(anna, create("e1", ""))
	run := state.Run{ID: e.Run, Person: anna, Started: at(1), Cause: state.CauseManual}
	b.same("an open run", b.runs(), []state.PastRun{{Run: run}})
	b.ok(b.anna().EndRun(b.Context(), e.Run, report()))
	b.same("an ended run", b.runs(), []state.PastRun{{Run: run, Report: report()}})
	if s := b.load(anna); s.Approved || len(s.Open) != 1 {
		b.Errorf("approved %v, %d open, want false and 1", s.Approved, len(s.Open))
	}
	if err := b.anna().EndRun(b.Context(), e.Run+100, report()); err == nil {
		b.Errorf("a run was ended that never was")
	}
}

// endRunZero: whoever opened nothing has no entry that tells the run's ID.
func endRunZero(b *bench) {
	b.begun(bert, create("e9", "meeting"))
	if open, refused := b.begin(anna, create("e1", "meeting")); len(open) != 0 || len(refused) != 1 {
		b.Fatalf("%d opened, %d refused, want 0 and 1", len(open), len(refused))
	}
	b.ok(b.anna().EndRun(b.Context(), 0, report()))
	runs := b.runs()
	if len(runs) != 2 || runs[0].Person != anna || runs[0].Cause != state.CauseManual || !runs[0].Started.Equal(at(1)) {
		b.Fatalf("runs = %+v, want anna's before bert's", runs)
	}
	b.same("anna's report", runs[0].Report, report())
	b.same("bert's report", runs[1].Report, state.Report{})

	approval := state.Report{Ended: at(20), Complete: true, Approved: true}
	b.ok(b.anna().EndRun(b.Context(), 0, approval))
	runs = b.runs()
	if len(runs) != 3 || runs[0].Person != anna || !runs[0].Started.Equal(at(20)) {
		b.Fatalf("runs = %+v, want a third one that began at its end", runs)
	}
	b.same("its report", runs[0].Report, approval)
	if !b.load(anna).Approved {
		b.Errorf("the first sync is not approved")
	}
}

func approved(b *bench) {
	e := b.begun(anna, create("e1", ""))
	b.ok(b.anna().EndRun(b.Context(), e.Run, state.Report{Ended: at(2), Approved: true}))
	if !b.load(anna).Approved || b.load(bert).Approved {
		b.Errorf("approved: anna %v, bert %v, want anna alone", b.load(anna).Approved, b.load(bert).Approved)
	}
	e = b.begun(anna, create("e2", ""))
	b.ok(b.anna().EndRun(b.Context(), e.Run, state.Report{Ended: at(3)}))
	if !b.load(anna).Approved {
		b.Errorf("a later run has taken the approval back")
	}
}

func answers(b *bench) {
	give := func(a plan.Answer) { b.ok(b.anna().Answer(b.Context(), a)) }
	give(plan.Answer{Side: event.Business, ID: "x;1", Choice: plan.PairWith, Partner: "e1"})
	give(plan.Answer{Side: event.Exchange, ID: "x;1", Choice: plan.KeepSeparate})
	give(plan.Answer{Side: event.Business, ID: "X;1", Choice: plan.TakeBusiness})
	give(plan.Answer{Side: event.Business, ID: "x;1", Choice: plan.NeverSync})
	byField := plan.Answer{Side: event.Exchange, ID: "f;1", Choice: plan.TakeByField, Right: [2]event.FieldSet{event.FieldSubject, event.FieldRecurrence}}
	give(plan.Answer{Side: event.Exchange, ID: "f;1", Choice: plan.TakeByField, Right: [2]event.FieldSet{event.FieldNotes}})
	give(byField)
	got := map[plan.Answer]bool{}
	for _, a := range b.load(anna).Answers {
		got[a] = true
	}
	b.same("answers", got, map[plan.Answer]bool{
		{Side: event.Business, ID: "x;1", Choice: plan.NeverSync}:    true,
		{Side: event.Exchange, ID: "x;1", Choice: plan.KeepSeparate}: true,
		{Side: event.Business, ID: "X;1", Choice: plan.TakeBusiness}: true,
		byField: true,
	})
	give(plan.Answer{Side: event.Business, ID: "x;1", Choice: plan.Clear})
	give(plan.Answer{Side: event.Exchange, ID: "f;1", Choice: plan.Clear})
	give(plan.Answer{Side: event.Business, ID: "none", Choice: plan.Clear})
	got = map[plan.Answer]bool{}
	for _, a := range b.load(anna).Answers {
		got[a] = true
	}
	b.same("answers after one was taken back", got, map[plan.Answer]bool{
		{Side: event.Exchange, ID: "x;1", Choice: plan.KeepSeparate}: true,
		{Side: event.Business, ID: "X;1", Choice: plan.TakeBusiness}: true,
	})
}

// answersEnd: an answer that outlives its question would decide the next one,
// such as whether an edited entry is deleted, without anybody being asked.
func answersEnd(b *bench) {
	give := func(s event.Side, id event.ID, c plan.Choice) {
		b.ok(b.anna().Answer(b.Context(), plan.Answer{Side: s, ID: id, Choice: c}))
	}
	left := func(what string, want ...event.ID) {
		b.Helper()
		var got []event.ID
		for _, a := range b.load(anna).Answers {
			got = append(got, a.ID)
		}
		slices.Sort(got)
		b.same("answers left "+what, got, want)
	}
	l := b.link(anna, ends("b1", "e1"))
	was := [2]event.Item{item("b1", 1), item("e1", 1)}
	do := func(k plan.ActionKind, outcome state.Outcome) {
		b.Helper()
		e := b.begun(anna, state.Intent{Action: plan.Action{Kind: k, Side: event.Exchange, Link: l.ID, Have: [2]*event.Item{&was[0], &was[1]}}})
		b.settle(anna, state.Settled{Entry: e.ID, Outcome: outcome, Link: &l, At: at(2)})
	}
	give(event.Business, "b1", plan.TakeBusiness)
	give(event.Exchange, "b1", plan.TakeBusiness) // another entry that has this id on the other side
	give(event.Exchange, "e1", plan.NeverSync)
	do(plan.Update, state.NotApplied)
	do(plan.Stamp, state.Applied)
	left("by what settled nothing", "b1", "b1", "e1")
	do(plan.Update, state.Applied)
	left("by an update", "b1", "e1")
	give(event.Exchange, "e1", plan.TakeExchange)
	give(event.Business, "b2", plan.TakeExchange)
	b.ok(b.bert().Answer(b.Context(), plan.Answer{Side: event.Business, ID: "b1", Choice: plan.TakeBusiness}))
	b.ok(b.anna().SaveLinks(b.Context(), []plan.Link{l}))
	left("by a link that agrees again", "b1", "b2")
	if got := b.load(bert).Answers; len(got) != 1 {
		b.Errorf("bert's answers = %v, want his own one", got)
	}
}

// answersLast: the ends of a link are written one after the other, and what was
// said about the second must be known still when the first is done.
func answersLast(b *bench) {
	l := b.link(anna, ends("b1", "e1"))
	was := [2]event.Item{item("b1", 1), item("e1", 1)}
	const place, name, notes = event.FieldLocation, event.FieldSubject, event.FieldNotes
	for _, c := range []struct {
		what  string
		given plan.Answer
		rests []event.FieldSet // of one write after the other
		want  [2]event.FieldSet
		ended bool
	}{
		{"one side, and something is left", plan.Answer{Choice: plan.TakeExchange}, []event.FieldSet{place}, [2]event.FieldSet{0, place}, false},
		{"one side, and all is done", plan.Answer{Choice: plan.TakeBusiness}, []event.FieldSet{place, 0}, [2]event.FieldSet{}, true},
		{"by field, and the other end is left", plan.Answer{Choice: plan.TakeByField, Right: [2]event.FieldSet{name | notes, place}}, []event.FieldSet{name}, [2]event.FieldSet{name}, false},
		{"by field, and both ends are done", plan.Answer{Choice: plan.TakeByField, Right: [2]event.FieldSet{name, place}}, []event.FieldSet{name, place}, [2]event.FieldSet{}, true},
	} {
		c.given.Side, c.given.ID = event.Exchange, "e1"
		b.ok(b.anna().Answer(b.Context(), c.given))
		for _, rest := range c.rests {
			e := b.begun(anna, state.Intent{Action: plan.Action{Kind: plan.Update, Side: event.Exchange, Link: l.ID, Have: [2]*event.Item{&was[0], &was[1]}}})
			b.settle(anna, state.Settled{Entry: e.ID, Outcome: state.Applied, Link: &l, At: at(2), Rest: rest})
		}
		var want []plan.Answer
		if !c.ended {
			want = []plan.Answer{{Side: event.Exchange, ID: "e1", Choice: plan.TakeByField, Right: c.want}}
		}
		b.same("answers: "+c.what, b.load(anna).Answers, want)
	}
}

func (b *bench) shared(want map[string]event.ID) {
	b.Helper()
	got, err := b.now.Index().Shared(b.Context())
	if err != nil {
		b.Fatalf("index: %v", err)
	}
	b.same("shared meetings", got, want)
}

func indexShared(b *bench) {
	e := b.begun(anna, create("e1", "uid-1"))
	b.begun(bert, create("e2", ""))
	toExchange := create("e3", "uid-3")
	toExchange.Action.Side, toExchange.Claim = event.Exchange, "copy:bert:b3"
	b.begun(bert, toExchange)
	b.shared(map[string]event.ID{"uid-1": ""})
	made := ends("b1", "e1")
	made.UID = "uid-1"
	b.settle(anna, state.Settled{Entry: e.ID, Outcome: state.Applied, Link: &made, At: at(2)})
	b.shared(map[string]event.ID{"uid-1": "b1"})

	theirs := ends("b1", "e9")
	theirs.UID = "uid-1"
	b.link(bert, theirs)
	never := ends("", "e7") // left alone, with one end
	never.State, never.UID = plan.Never, "uid-never"
	b.link(bert, never)
	second := b.begun(anna, create("e4", "uid-4"))
	b.settle(anna, state.Settled{Entry: second.ID, Outcome: state.Dropped, At: at(3)})
	b.shared(map[string]event.ID{"uid-1": "b1"})

	// It is shared as long as anybody's link holds it.
	mine := b.load(anna).Links[0].ID
	end := b.begun(anna, state.Intent{Action: plan.Action{Kind: plan.Unlink, Link: mine}})
	b.settle(anna, state.Settled{Entry: end.ID, Outcome: state.Applied, Unlink: mine, At: at(4)})
	b.shared(map[string]event.ID{"uid-1": "b1"})
}

func historyRuns(b *bench) {
	var want []state.RunID
	for _, p := range []event.PersonID{anna, bert, anna} {
		e := b.begun(p, create("e1", ""))
		want = append([]state.RunID{e.Run}, want...)
	}
	var got []state.RunID
	for _, r := range b.runs() {
		got = append(got, r.ID)
	}
	b.same("runs", got, want)
	two, err := b.now.Runs(b.Context(), 2)
	if err != nil || len(two) != 2 || two[0].ID != want[0] || two[1].ID != want[1] {
		b.Errorf("the two newest runs = %+v, %v, want %v", two, err, want[:2])
	}
}

func historyChanges(b *bench) {
	before, after := item("b1", 5), item("b1", 6)
	after.Version = "v2"
	update := state.Intent{Action: plan.Action{
		Kind: plan.Update, Side: event.Business, Have: [2]*event.Item{&before, nil}, Want: after.Event,
		Fields: event.FieldWhen, Reason: plan.Reason{Code: plan.ChangedThere, From: event.Exchange},
	}}
	open, _ := b.begin(anna, create("e1", ""), update, create("e3", ""))
	b.begun(bert, create("e9", ""))
	why := plan.Reason{Code: plan.CannotWrite, From: event.Business, Detail: "Stale"}
	b.settle(anna, state.Settled{Entry: open[1].ID, Outcome: state.Applied, Before: &before, After: &after, Notified: 3, At: at(2)})
	b.settle(anna, state.Settled{Entry: open[2].ID, Outcome: state.Dropped, At: at(3)},
		state.Settled{Entry: open[0].ID, Outcome: state.NotApplied, Why: why, At: at(3)})
	got, err := b.now.Changes(b.Context(), open[0].Run)
	if err != nil {
		b.Fatalf("history: %v", err)
	}
	created := state.PastChange{
		Run: open[0].Run, Person: anna, Kind: plan.Create, Side: event.Business, Fields: event.AllFields,
		Reason: plan.Reason{Code: plan.OnlyThere, From: event.Exchange}, At: at(3),
	}
	dropped, refused := created, created
	dropped.Entry, dropped.Outcome = open[2].ID, state.Dropped
	refused.Entry, refused.Outcome, refused.Reason = open[0].ID, state.NotApplied, why
	b.same("history", got, []state.PastChange{
		{
			Entry: open[1].ID, Run: open[0].Run, Person: anna, Kind: plan.Update, Side: event.Business, Fields: event.FieldWhen,
			Outcome: state.Applied, Reason: update.Action.Reason, Before: &before, After: &after, Notified: 3, At: at(2),
		}, dropped, refused,
	})
	if none, err := b.now.Changes(b.Context(), open[0].Run+100); err != nil || len(none) > 0 {
		b.Errorf("history of a run that never was: %d changes, %v", len(none), err)
	}
}
