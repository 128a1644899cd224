package statetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

func emptyAtFirst(b *bench) {
	b.same("snapshot of somebody new", b.load(anna), state.Snapshot{})
	shared, err := b.now.Index().Shared(b.Context())
	if err != nil || len(shared) > 0 {
		b.Errorf("shared = %v, %v", shared, err)
	}
	runs, err := b.now.Runs(b.Context(), 10)
	if err != nil || len(runs) > 0 {
		b.Errorf("runs = %v, %v", runs, err)
	}
}

func endedContext(b *bench) {
	entry := b.begun(anna, create("e1", ""))
	before := b.load(anna)
	ctx, cancel := context.WithCancel(b.Context())
	cancel()
	s := b.anna()
	_, load := s.Load(ctx)
	_, _, begin := s.Begin(ctx, state.Run{Person: anna}, []state.Intent{create("e2", "")})
	for name, err := range map[string]error{
		"load": load, "begin": begin,
		"pull":   s.SavePull(ctx, event.Business, state.Pull{Next: "c", Changes: []endpoint.Change{is(item("b1", 5))}}),
		"links":  s.SaveLinks(ctx, []plan.Link{ends("b", "e")}),
		"sent":   s.MarkSent(ctx, []state.EntryID{entry.ID}, at(2)),
		"settle": s.Settle(ctx, []state.Settled{{Entry: entry.ID, Outcome: state.Dropped, At: at(2)}}),
		"end":    s.EndRun(ctx, entry.Run, state.Report{Ended: at(3), Approved: true}),
		"answer": s.Answer(ctx, plan.Answer{ID: "b1"}),
	} {
		if !errors.Is(err, context.Canceled) {
			b.Errorf("%s with an ended context: %v, want context.Canceled", name, err)
		}
	}
	b.reopen()
	b.same("snapshot after calls with an ended context", b.load(anna), before)
}

func peopleIsolated(b *bench) {
	b.ok(b.anna().SavePull(b.Context(), event.Business, state.Pull{
		Changes: []endpoint.Change{is(item("same-id", 5))}, Next: "annas", EnumID: "enum", Identity: "a", At: at(0),
	}))
	annas := b.link(anna, ends("same-id", "e1"))
	entry := b.begun(anna, create("e2", ""))
	b.ok(b.anna().Answer(b.Context(), plan.Answer{ID: "same-id", Choice: plan.NeverSync}))
	before := b.load(anna)
	b.same("bert's snapshot", b.load(bert), state.Snapshot{})

	// The last page of bert's enumeration sweeps bert's mirror.
	b.ok(b.bert().SavePull(b.Context(), event.Business, state.Pull{
		Changes: []endpoint.Change{is(item("other-id", 6))}, Next: "berts", EnumID: "enum-2", Last: true, Identity: "b", At: at(1),
	}))
	b.link(bert, ends("same-id", "e9"))
	if err := b.bert().Settle(b.Context(), []state.Settled{{Entry: entry.ID, Outcome: state.Dropped, At: at(2)}}); err == nil {
		b.Errorf("bert settled an entry of anna's")
	}
	if err := b.bert().MarkSent(b.Context(), []state.EntryID{entry.ID}, at(2)); err == nil {
		b.Errorf("bert marked an entry of anna's")
	}
	if err := b.bert().EndRun(b.Context(), entry.Run, state.Report{Ended: at(2)}); err == nil {
		b.Errorf("bert ended a run of anna's")
	}
	if err := b.bert().SaveLinks(b.Context(), []plan.Link{annas}); err == nil {
		b.Errorf("bert stored a link of anna's")
	}
	b.reopen()
	b.same("anna's snapshot after bert's work", b.load(anna), before)
}

// concurrent lets several people write at once, each through a Store of his.
func concurrent(b *bench) {
	const people, rounds = 6, 12
	var all sync.WaitGroup
	errs := make(chan error, people*rounds)
	granted := make(chan string, people*rounds)
	for p := range people {
		all.Go(func() {
			id := event.PersonID(fmt.Sprintf("p%d@office.test", p))
			s := b.now.Person(id)
			for n := range rounds {
				it := item(event.ID(fmt.Sprintf("b%d", n)), 5)
				errs <- s.SavePull(b.Context(), event.Business, state.Pull{
					Changes: []endpoint.Change{is(it)}, Next: endpoint.Cursor(fmt.Sprint(n)), At: at(n),
				})
				open, refused, err := s.Begin(b.Context(), state.Run{Person: id, Started: at(n), Cause: state.CauseSchedule},
					[]state.Intent{create(it.ID, fmt.Sprintf("uid-%d", n))})
				errs <- err
				if len(open)+len(refused) != 1 {
					errs <- fmt.Errorf("%d opened, %d refused, want one of them", len(open), len(refused))
				}
				for _, e := range open {
					granted <- e.Intent.Claim
					errs <- s.MarkSent(b.Context(), []state.EntryID{e.ID}, at(n))
				}
			}
		})
	}
	go func() { all.Wait(); close(errs); close(granted) }()
	for err := range drain(errs) {
		if err != nil {
			b.Errorf("at the same time: %v", err)
		}
	}
	times := map[string]int{}
	for claim := range granted {
		times[claim]++
	}
	for claim, n := range times {
		if n != 1 {
			b.Errorf("claim %q was granted %d times", claim, n)
		}
	}
	if len(times) != rounds {
		b.Errorf("%d claims were granted, want %d", len(times), rounds)
	}
	b.reopen()
	for p := range people {
		s := b.load(event.PersonID(fmt.Sprintf("p%d@office.test", p)))
		if len(s.Mirror[event.Business]) != rounds || s.Cursors[event.Business] != endpoint.Cursor(fmt.Sprint(rounds-1)) {
			b.Errorf("person %d has %d rows and cursor %q", p, len(s.Mirror[event.Business]), s.Cursors[event.Business])
		}
	}
}

// drain reads a channel to its end without making its writers wait.
func drain[T any](ch <-chan T) func(func(T) bool) {
	return func(yield func(T) bool) {
		for v := range ch {
			if !yield(v) {
				return
			}
		}
	}
}

func pullStores(b *bench) {
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("b1", 5)), is(item("b2", 6))}, Next: "c1", Identity: "acc/anna"})
	s := b.load(anna)
	b.same("rows", s.Mirror[event.Business], []plan.Mirrored{{Item: item("b1", 5)}, {Item: item("b2", 6)}})
	if s.Cursors != [2]endpoint.Cursor{"c1", ""} || s.Identity != [2]string{"acc/anna", ""} {
		b.Errorf("cursors %q, identities %q", s.Cursors, s.Identity)
	}
	newer := item("b1", 7)
	newer.Version, newer.Subject = "v2", "Moved"
	b.pull(state.Pull{Changes: []endpoint.Change{is(newer), gone("b2")}, Next: "c2"})
	s = b.load(anna)
	b.same("rows after a change and a deletion", s.Mirror[event.Business], []plan.Mirrored{{Item: newer}})
	if s.Cursors[event.Business] != "c2" || !s.Swept[event.Business].IsZero() {
		b.Errorf("cursor %q, swept %v", s.Cursors[event.Business], s.Swept[event.Business])
	}
	// The last of several changes of one entry on a page is how it is.
	back := item("b2", 8)
	b.pull(state.Pull{Changes: []endpoint.Change{gone("b1"), gone("b2"), is(back)}, Next: "c3"})
	b.same("rows after several changes of one entry", b.load(anna).Mirror[event.Business], []plan.Mirrored{{Item: back}})
}

// wholeItem has something in every field that an Item has.
func wholeItem(b *bench) {
	it := item("b1", 5)
	zone := time.FixedZone("", 3*60*60)
	day := event.Date{Year: 2026, Month: time.May, Day: 5}
	it.Location, it.Notes, it.Private, it.ShowAs = "Room 1", "one\ntwo\x00three 😀", true, event.ShowTentative
	it.Reminder = event.Reminder{Set: true, Minutes: 15}
	it.Kind = event.Kind{ID: "kind-1", Name: "Meeting", Group: event.GroupCalendar}
	it.Done = true
	it.Attendees = []event.Attendee{
		{Address: "a@x.test", Name: "A", Role: event.RoleOptional, Response: event.ResponseDeclined},
		{Address: "b@x.test", Role: event.RoleResource, Response: event.ResponseAccepted},
	}
	it.Recurrence = &event.Recurrence{
		Frequency: event.Weekly, Interval: 2, Days: 0b10, Ordinal: -1, DayOfMonth: 3, Month: time.May, FirstDay: time.Monday,
		Count: 5, Until: day.AddDays(90),
		Overrides: []event.Override{{Original: day.AddDays(14).Midnight(), Fields: event.FieldSubject, Event: event.Event{Subject: "Else"}}},
		Deleted:   []event.Wall{{Date: day.AddDays(28), Hour: 9}},
	}
	it.Stamp = event.Stamp{Office: "o", Partner: "p;1", Key: "k", Digest: "d", Left: true}
	it.UID, it.Organizer, it.Standing, it.Meeting, it.Cancelled, it.Tied = "uid", "boss@x.test", event.StandingParticipant, true, true, true
	it.Created, it.Modified = at(1), at(2).Add(123*time.Millisecond)
	it.KnownWindow = event.Window{From: at(0).In(zone), To: at(60).In(zone)}
	days := item("b2", 6)
	days.When = event.AllDay(day, day.AddDays(2))
	b.pull(state.Pull{Changes: []endpoint.Change{is(it), is(days)}, Next: "c"})
	b.same("items", b.load(anna).Mirror[event.Business], []plan.Mirrored{{Item: it}, {Item: days}})

	link := plan.Link{
		Refs: [2]event.Ref{it.Ref, days.Ref}, Base: [2]event.Event{it.Event, days.Event},
		State: plan.Held, UID: "uid", Stamp: it.Stamp,
	}
	link = b.link(anna, link)
	b.same("links", b.load(anna).Links, []plan.Link{link})

	in := state.Intent{
		Action: plan.Action{
			Kind: plan.Update, Side: event.Exchange, Link: link.ID, Have: [2]*event.Item{&it, &days}, Want: it.Event,
			Fields:     event.FieldSubject | event.FieldNotes,
			Decisions:  []plan.FieldDecision{{Field: event.FieldSubject, Winner: event.Exchange, Reason: plan.Reason{Code: plan.NewerWins, From: event.Exchange, Ahead: time.Minute}}},
			Candidates: []event.ID{"c;1", "c;2"}, Reason: plan.Reason{Code: plan.NewerWins, Count: 1, Limit: 2, Detail: "x"}, Untold: 3, Sure: true,
		},
		Stamp: it.Stamp, Claim: "claim",
	}
	entry := b.begun(anna, in)
	b.same("journal", b.load(anna).Open, []state.Entry{{ID: entry.ID, Run: entry.Run, Intent: in}})
}

func oddIDs(b *bench) {
	long := strings.Repeat("AAMkAGI2TG93AAA+/", 9)[:152]
	cursor := endpoint.Cursor(strings.Repeat("H4sIAAAA+/=0", 6000)) // some 70 KiB
	odd := []event.ID{"a;b;1", "CaseMatters", "casematters", event.ID(long), event.ID(long[:151] + "b"), "ünï\U0001F600", "  blank ", "'; DROP TABLE x; --", "100%_"}
	var changes []endpoint.Change
	for _, id := range odd {
		changes = append(changes, is(item(id, 5)))
	}
	b.pull(state.Pull{Changes: changes, Next: cursor})
	s := b.load(anna)
	if s.Cursors[event.Business] != cursor {
		b.Errorf("a cursor of %d bytes came back with %d", len(cursor), len(s.Cursors[event.Business]))
	}
	if len(s.Mirror[event.Business]) != len(odd) {
		b.Errorf("%d rows, want %d", len(s.Mirror[event.Business]), len(odd))
	}
	for _, id := range odd {
		if m, ok := b.row(event.Business, id); !ok || m.Item.Subject != "Entry "+string(id) {
			b.Errorf("row %q: there %v, subject %q", id, ok, m.Item.Subject)
		}
		b.pull(state.Pull{Changes: []endpoint.Change{gone(id)}, Next: "c"})
		b.absent(event.Business, id)
	}
	b.same("rows after each was deleted", b.load(anna).Mirror[event.Business], []plan.Mirrored(nil))
}

func goneRows(b *bench) {
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("linked", 5)), is(item("free", 6))}, Next: "c1"})
	l := b.link(anna, ends("linked", "e1"))
	b.pull(state.Pull{Changes: []endpoint.Change{gone("linked"), gone("free"), gone("never-seen")}, Next: "c2"})
	b.same("rows", b.load(anna).Mirror[event.Business], []plan.Mirrored{{Item: item("linked", 5), Presence: plan.Gone}})

	entry := b.begun(anna, state.Intent{Action: plan.Action{Kind: plan.Unlink, Link: l.ID}})
	b.settle(anna, state.Settled{Entry: entry.ID, Outcome: state.Applied, Unlink: l.ID, At: at(3)})
	b.absent(event.Business, "linked")

	// Taken back before the link ended, it is there again.
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("back", 5))}, Next: "c3"})
	b.link(anna, ends("back", "e2"))
	b.pull(state.Pull{Changes: []endpoint.Change{gone("back")}, Next: "c4"})
	b.presence("back", plan.Gone)
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("back", 5))}, Next: "c5"})
	b.presence("back", plan.Present)
}

// goneSource: of an entry that somebody has deleted while a person has yet to
// say what was made of it, the proof is kept for the link that may come of it.
func goneSource(b *bench) {
	for _, linked := range []bool{true, false} {
		b.pull(state.Pull{Changes: []endpoint.Change{is(item("source", 5))}, Next: "c1"})
		have := item("source", 5)
		in := state.Intent{Action: plan.Action{Kind: plan.Create, Side: event.Exchange, Have: [2]*event.Item{&have, nil}}}
		e := b.begun(anna, in)
		b.ok(b.anna().MarkSent(b.Context(), []state.EntryID{e.ID}, at(2)))
		b.settle(anna, state.Settled{Entry: e.ID, Outcome: state.StillUnsure, Candidates: []event.ID{"x1"}, At: at(3)})
		b.pull(state.Pull{Changes: []endpoint.Change{gone("source")}, Next: "c2"})
		b.presence("source", plan.Gone)
		done := state.Settled{Entry: e.ID, Outcome: state.NotApplied, At: at(4)}
		if linked {
			l := ends("source", "x1")
			done.Outcome, done.Link = state.Applied, &l
		}
		b.settle(anna, done)
		if !linked {
			b.absent(event.Business, "source")
			continue
		}
		b.presence("source", plan.Gone)
		l := b.load(anna).Links[0]
		end := b.begun(anna, state.Intent{Action: plan.Action{Kind: plan.Unlink, Link: l.ID}})
		b.settle(anna, state.Settled{Entry: end.ID, Outcome: state.Applied, Unlink: l.ID, At: at(5)})
	}
}

func unreadableRows(b *bench) {
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("b1", 5))}, Next: "c1"})
	b.pull(state.Pull{Changes: []endpoint.Change{unreadable("b1", "ErrorX"), unreadable("b2", "ErrorY"), unreadable("b3", "")}, Next: "c2"})
	stub := func(id event.ID) event.Item { return event.Item{Ref: event.Ref{ID: id}} }
	b.same("rows", b.load(anna).Mirror[event.Business], []plan.Mirrored{
		{Item: item("b1", 5), Presence: plan.Unreadable, Problem: "ErrorX"},
		{Item: stub("b2"), Presence: plan.Unreadable, Problem: "ErrorY"},
		{Item: stub("b3"), Presence: plan.Unreadable, Problem: "internal"},
	})
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("b1", 7)), is(item("b2", 8)), gone("b3")}, Next: "c3"})
	b.same("rows once they can be read", b.load(anna).Mirror[event.Business], []plan.Mirrored{{Item: item("b1", 7)}, {Item: item("b2", 8)}})
}

func sweepLast(b *bench) {
	may := event.Window{From: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("b1", 5)), is(item("b2", 6)), is(item("b3", 7))}, Next: "c1"})
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("b1", 5))}, Next: "c2", EnumID: "enum-1", Covers: may})
	for _, id := range []event.ID{"b1", "b2", "b3"} {
		b.presence(id, plan.Present)
	}
	if s := b.load(anna); !s.Swept[event.Business].IsZero() || !s.Covers[event.Business].IsZero() {
		b.Errorf("before its last page: swept %v, covers %v", s.Swept, s.Covers)
	}
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("b2", 6))}, Next: "c3", EnumID: "enum-1", Last: true, Covers: may, At: at(9)})
	b.presence("b1", plan.Present)
	b.presence("b2", plan.Present)
	b.presence("b3", plan.Missing)
	s := b.load(anna)
	if !s.Swept[event.Business].Equal(at(9)) || !s.Covers[event.Business].Equal(may) || s.Cursors[event.Business] != "c3" {
		b.Errorf("after its last page: swept %v, covers %v, cursor %q", s.Swept, s.Covers, s.Cursors)
	}
	if m, _ := b.row(event.Business, "b3"); m.Item.Subject != "Entry b3" {
		b.Errorf("a missing row has lost its item: %+v", m.Item)
	}
	// Changes end as well, but an enumeration they are not.
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("b1", 8))}, Next: "c4", Last: true, At: at(10)})
	b.presence("b2", plan.Present)
	if s := b.load(anna); !s.Swept[event.Business].Equal(at(9)) || !s.Covers[event.Business].Equal(may) {
		b.Errorf("a page of changes moved swept to %v, covers to %v", s.Swept, s.Covers)
	}
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("b3", 7))}, Next: "c5"})
	b.presence("b3", plan.Present)
}

// sweepNewest: an enumeration that was broken off and begun anew counts what
// the new one has listed.
func sweepNewest(b *bench) {
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("b1", 5)), is(item("b2", 6))}, Next: "c1", EnumID: "enum-1"})
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("b2", 6))}, Next: "c2", EnumID: "enum-2"})
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("b3", 7)), unreadable("b4", "X")}, Next: "c3", EnumID: "enum-2", Last: true})
	b.presence("b1", plan.Missing)
	b.presence("b2", plan.Present)
	b.presence("b3", plan.Present)
	b.presence("b4", plan.Unreadable)
	// A later one that lists nothing new of them finds each one missing.
	b.pull(state.Pull{Next: "c4", EnumID: "enum-3", Last: true})
	for _, id := range []event.ID{"b1", "b2", "b3", "b4"} {
		b.presence(id, plan.Missing)
	}
}

// sweepCovers: all-day entries lie in a window by the clocks of its From.
func sweepCovers(b *bench) {
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		b.Fatal(err)
	}
	covers := event.Window{From: time.Date(2026, 5, 5, 0, 0, 0, 0, zone), To: time.Date(2026, 5, 8, 0, 0, 0, 0, zone)}
	eve := item("eve", 4)
	eve.When = event.AllDay(event.Date{Year: 2026, Month: time.May, Day: 4}, event.Date{Year: 2026, Month: time.May, Day: 5})
	b.pull(state.Pull{Next: "c1", Changes: []endpoint.Change{is(item("before", 4)), is(eve), is(item("within", 6)), is(item("after", 9))}})
	b.pull(state.Pull{Next: "c2", EnumID: "enum-1", Last: true, Covers: covers})
	b.presence("before", plan.Present)
	b.presence("eve", plan.Present)
	b.presence("within", plan.Missing)
	b.presence("after", plan.Present)
	_, got := b.load(anna).Covers[event.Business].From.Zone()
	if _, want := covers.From.Zone(); got != want {
		b.Errorf("the window's clocks are %d s from UTC, want %d", got, want)
	}
	b.pull(state.Pull{Next: "c3", EnumID: "enum-2", Last: true})
	for _, id := range []event.ID{"before", "eve", "within", "after"} {
		b.presence(id, plan.Missing)
	}
}

func sweepSide(b *bench) {
	b.pull(state.Pull{Changes: []endpoint.Change{is(item("b1", 5))}, Next: "c1"})
	b.ok(b.anna().SavePull(b.Context(), event.Exchange, state.Pull{Changes: []endpoint.Change{is(item("b1", 5))}, Next: "x1", At: at(0)}))
	b.link(anna, ends("b1", "e1"))
	b.pull(state.Pull{Changes: []endpoint.Change{gone("b1")}, Next: "c2"})
	b.pull(state.Pull{Next: "c3", EnumID: "enum-1", Last: true})
	b.presence("b1", plan.Gone)
	if m, ok := b.row(event.Exchange, "b1"); !ok || m.Presence != plan.Present {
		b.Errorf("the other side's row: there %v, %v", ok, m.Presence)
	}
	if s := b.load(anna); s.Cursors != [2]endpoint.Cursor{"c3", "x1"} || !s.Swept[event.Exchange].IsZero() {
		b.Errorf("cursors %q, swept %v", s.Cursors, s.Swept)
	}
}

func identityKept(b *bench) {
	b.pull(state.Pull{Next: "c1", Identity: "one"})
	b.pull(state.Pull{Next: "c2"})
	if got := b.load(anna).Identity[event.Business]; got != "one" {
		b.Errorf("identity = %q, want the one known before", got)
	}
	b.pull(state.Pull{Next: "c3", Identity: "two"})
	if got := b.load(anna).Identity[event.Business]; got != "two" {
		b.Errorf("identity = %q, want the new one", got)
	}
}
