package engine_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// written is how many requests of a kind a side's system has carried out.
func (r *rig) written(s event.Side, k endpoint.OpKind) int { return r.cal[s].Counts().Written[k] }

// calm fails unless a sync makes, changes and deletes nothing; marks may move.
func (r *rig) calm(what string) engine.Result {
	r.t.Helper()
	before := [2]map[endpoint.OpKind]int{r.cal[0].Counts().Written, r.cal[1].Counts().Written}
	var res engine.Result
	for range 2 {
		res = r.sync()
	}
	for _, s := range event.Sides() {
		for _, k := range []endpoint.OpKind{endpoint.Create, endpoint.Update, endpoint.Delete, endpoint.Leave} {
			if got := r.written(s, k) - before[s][k]; got != 0 {
				r.t.Errorf("%s: %d %ss on %s, want none", what, got, k, s)
			}
		}
	}
	return res
}

// asked are the reasons for which a result's plan asks a person.
func asked(res engine.Result) []plan.Code {
	var out []plan.Code
	for _, a := range res.Plan.Actions {
		if a.Kind == plan.Ask {
			out = append(out, a.Reason.Code)
		}
	}
	return out
}

// six puts entries on both sides and brings them in step.
func six(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	for i := range 3 {
		r.cal[event.Business].Put(anna, meeting(fmt.Sprintf("b%d", i), 3+i, 9))
		r.cal[event.Exchange].Put(anna, meeting(fmt.Sprintf("e%d", i), 3+i, 13))
	}
	r.settle()
	return r
}

func TestSync_MovedMailbox_CreatesAndDeletesNothing(t *testing.T) {
	r := six(t)
	r.cal[event.Exchange].Rehome(anna)
	r.calm("moved mailbox")
	r.edit(event.Business, "e1", func(it *event.Item) { it.Location = "room 7" })
	r.settle()
	if got := len(r.subjects(event.Exchange)); got != 6 {
		t.Errorf("exchange has %d entries, want 6", got)
	}
}

func TestSync_LostStore_LinksByMarks(t *testing.T) {
	r := six(t)
	r.edit(event.Business, "b0", func(it *event.Item) { it.Subject = "b0 while the store was lost" })
	r.office, r.eng = memory.NewOffice(), nil
	before := [2]memory.Counts{r.cal[0].Counts(), r.cal[1].Counts()}
	r.settle()
	for _, s := range event.Sides() {
		for _, k := range []endpoint.OpKind{endpoint.Create, endpoint.Delete} {
			if got := r.written(s, k) - before[s].Written[k]; got != 0 {
				t.Errorf("%d %ss on %s after the store was lost", got, k, s)
			}
		}
	}
	if !r.has(event.Exchange, "b0 while") {
		t.Errorf("the edit made while the store was lost has not arrived: %q", r.subjects(event.Exchange))
	}
}

func TestSync_EntryDraggedToAnotherFolder_IsNoDeletion(t *testing.T) {
	r := six(t)
	if err := r.cal[event.Exchange].Drag(anna, r.one(event.Exchange, "e1")); err != nil {
		t.Fatal(err)
	}
	r.calm("dragged entry")
	if !r.has(event.Business, "e1") {
		t.Error("the business entry is gone")
	}
}

func TestSync_VanishedWithoutProof_AsksAndKeeps(t *testing.T) {
	r := six(t)
	r.cal[event.Exchange].ExpireCursors()
	r.remove(event.Exchange, "e1")
	res := r.calm("expired cursor")
	if got := asked(res); len(got) != 1 || got[0] != plan.Vanished {
		t.Errorf("asked %v, want %v once", got, plan.Vanished)
	}
}

func TestSync_LostRight_HaltsAndUnlinksNothing(t *testing.T) {
	r := six(t)
	r.cal[event.Exchange].Break(anna, &endpoint.Error{
		Op: "list exchange changes", Side: event.Exchange, Scope: endpoint.ScopeCalendar,
		Kind: endpoint.Forbidden, Code: "ErrorImpersonateUserDenied",
	})
	res, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}})
	if !endpoint.Is(err, endpoint.Forbidden) {
		t.Errorf("err = %v, want Forbidden", err)
	}
	if res.Halt == nil || res.Halt.Code != plan.CalendarRefused {
		t.Errorf("halt = %v, want %s", res.Halt, plan.CalendarRefused)
	}
	r.cal[event.Exchange].Break(anna, nil)
	r.calm("right given back")
}

func TestSync_AnotherAccount_HaltsBeforeAnythingIsStored(t *testing.T) {
	r := six(t)
	r.cal[event.Business].SetAccount("somebody else's")
	_, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Full: true, Approval: engine.Approval{Standing: true}})
	if _, ok := errors.AsType[*engine.IdentityError](err); !ok {
		t.Fatalf("err = %v, want an IdentityError", err)
	}
	snap, err := r.office.Person(anna).Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(snap.Links) != 6 {
		t.Errorf("%d links left, want 6", len(snap.Links))
	}
}

func TestSync_UnreadableEntry_StopsNobodyElse(t *testing.T) {
	r := six(t)
	if err := r.cal[event.Exchange].Garble(anna, r.one(event.Exchange, "e0")); err != nil {
		t.Fatal(err)
	}
	r.edit(event.Exchange, "e1", func(it *event.Item) { it.Location = "room 1" })
	res := r.sync()
	if len(res.Problems) != 1 || res.Problems[0].Reason.Code != plan.CannotRead {
		t.Errorf("problems = %+v, want one that cannot be read", res.Problems)
	}
	if got := r.written(event.Business, endpoint.Update); got != 1 {
		t.Errorf("%d updates in business, want the other entry's", got)
	}
	if !r.has(event.Business, "e0") {
		t.Error("the unreadable entry's other end is gone")
	}
}

func TestSync_ManyDeletions_HaltBeforeTheFirstWrite(t *testing.T) {
	r := newRig(t)
	for i := range 30 {
		r.cal[event.Business].Put(anna, meeting(fmt.Sprintf("b%02d", i), 1+i%27, 9))
	}
	r.settle()
	for i := range 7 {
		r.remove(event.Business, fmt.Sprintf("b%02d", i))
	}
	r.edit(event.Business, "b20", func(it *event.Item) { it.Location = "room 1" })
	res := r.calm("seven deletions of thirty")
	if res.Halt == nil || res.Halt.Code != plan.TooManyDeletes {
		t.Errorf("halt = %+v, want %s", res.Halt, plan.TooManyDeletes)
	}
}

func TestSync_FirstSync_WritesOnlyWhatWasApproved(t *testing.T) {
	r := newRig(t)
	r.cal[event.Business].Put(anna, meeting("alpha", 3, 9))
	r.cal[event.Business].Put(anna, meeting("bravo", 4, 9))
	r.start()
	p, err := r.eng.Preview(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	hashes := map[string]bool{}
	for _, a := range p.Actions {
		hashes[a.Hash()] = true
	}
	if n := len(r.subjects(event.Exchange)); n != 0 {
		t.Fatalf("a preview wrote %d entries", n)
	}

	none, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.subjects(event.Exchange)); n != 0 || none.Approved {
		t.Fatalf("without approval: %d entries, approved %v", n, none.Approved)
	}

	r.edit(event.Business, "bravo", func(it *event.Item) { it.Subject = "bravo edited after the preview" })
	res, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseFirst, Approval: engine.Approval{Hashes: hashes}})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.subjects(event.Exchange); len(got) != 1 || got[0] != "alpha" {
		t.Errorf("exchange has %q, want alpha alone: bravo was edited after it was approved", got)
	}
	if res.Approved {
		t.Error("the first sync counts as approved although a write still waits")
	}
	r.settle()
	r.idle()
	snap, err := r.office.Person(anna).Load(t.Context())
	if err != nil || !snap.Approved {
		t.Errorf("approved = %v, %v; want the approval remembered", snap.Approved, err)
	}
}

func TestSync_AfterApproval_ChangesFlow(t *testing.T) {
	r := six(t)
	r.start()
	r.cal[event.Exchange].Put(anna, meeting("new", 10, 9))
	if _, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseSchedule}); err != nil {
		t.Fatal(err)
	}
	if !r.has(event.Business, "new") {
		t.Error("the new entry waits although a first sync was approved")
	}
}

func TestSync_Throttled_EndsInOrderAndSaysWhen(t *testing.T) {
	r := newRig(t)
	r.cal[event.Exchange].Put(anna, meeting("alpha", 3, 9))
	r.start()
	if _, err := r.eng.Preview(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	r.cal[event.Business].FailNext(anna, memory.FailThrottled)
	res, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}})
	if !endpoint.Is(err, endpoint.Throttled) || res.RetryAfter != time.Second {
		t.Errorf("err = %v, retry after %v; want Throttled and 1s", err, res.RetryAfter)
	}
	snap, loadErr := r.office.Person(anna).Load(t.Context())
	if loadErr != nil || len(snap.Open) != 0 {
		t.Errorf("open entries = %v, %v; want none", snap.Open, loadErr)
	}
	r.settle()
	r.idle()
}

// refusing is an endpoint that will never take an entry of one subject.
type refusing struct {
	endpoint.Endpoint
	asked int
}

func (e *refusing) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	out := make([]endpoint.Result, len(ops))
	for i, op := range ops {
		if op.Want.Subject == "poison" {
			e.asked++
			out[i].Err = &endpoint.Error{Op: "create entry", Side: event.Business, Kind: endpoint.Invalid, Code: "InvalidParameter"}
			continue
		}
		out[i] = e.Endpoint.Apply(ctx, []endpoint.Op{op})[0]
	}
	return out
}

func TestSync_RefusedEntry_IsNotOfferedAgainUntilItChanges(t *testing.T) {
	r := newRig(t)
	var wall *refusing
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Exchange {
			return e
		}
		wall = &refusing{Endpoint: e}
		return wall
	}
	r.cal[event.Exchange].Put(anna, meeting("poison", 3, 9))
	r.cal[event.Exchange].Put(anna, meeting("fine", 4, 9))
	for range 4 {
		res := r.sync()
		if len(res.Problems) == 0 {
			t.Error("the refused entry is not reported")
		}
	}
	if wall.asked != 1 {
		t.Errorf("the refused entry was offered %d times, want once", wall.asked)
	}
	if !r.has(event.Business, "fine") {
		t.Error("the other entry has not arrived")
	}
	r.edit(event.Exchange, "poison", func(it *event.Item) { it.Subject = "cured" })
	r.sync()
	if !r.has(event.Business, "cured") {
		t.Error("the changed entry was not offered again")
	}
}

// turn is a gate that knows whether it is held.
type turn struct{ held bool }

func (g *turn) Acquire(context.Context) (func(), error) {
	g.held = true
	return func() { g.held = false }, nil
}

// watched is an endpoint that fails a test when it writes out of turn.
type watched struct {
	endpoint.Endpoint
	t    *testing.T
	gate *turn
}

func (e *watched) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	if !e.gate.held {
		e.t.Error("a write to business without holding its queue")
	}
	return e.Endpoint.Apply(ctx, ops)
}

func TestSync_WritesToBusinessInItsTurnOnly(t *testing.T) {
	r := newRig(t)
	gate := &turn{}
	r.gates[event.Business] = gate
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Business {
			return &watched{e, t, gate}
		}
		return e
	}
	r.cal[event.Exchange].Put(anna, meeting("alpha", 3, 9))
	r.sync()
	if gate.held {
		t.Error("the queue is still held after the sync")
	}
	if !r.has(event.Business, "alpha") {
		t.Error("nothing was written")
	}
}

func TestSync_IdleSchedule_ReadsOnlyCursors(t *testing.T) {
	r := six(t)
	r.sweep = time.Hour
	r.start()
	opts := engine.Options{Cause: state.CauseSchedule}
	for range 2 {
		if _, err := r.eng.Sync(t.Context(), opts); err != nil {
			t.Fatal(err)
		}
	}
	before := [2]memory.Counts{r.cal[0].Counts(), r.cal[1].Counts()}
	res, err := r.eng.Sync(t.Context(), opts)
	if err != nil || !res.Complete {
		t.Fatalf("idle sync: complete %v, %v", res.Complete, err)
	}
	for _, s := range event.Sides() {
		now := r.cal[s].Counts()
		if now.Changes-before[s].Changes != 1 || now.Get != before[s].Get || now.Apply != before[s].Apply {
			t.Errorf("%s was asked more than for its changes: %+v, before %+v", s, now, before[s])
		}
	}
}

func TestSync_Stopped_FinishesTheBatchInHand(t *testing.T) {
	r := newRig(t)
	ctx, stop := context.WithCancel(t.Context())
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Business {
			return &stopping{e, stop}
		}
		return e
	}
	for i := range 3 {
		r.cal[event.Exchange].Put(anna, meeting(fmt.Sprintf("e%d", i), 3+i, 9))
	}
	r.start()
	_, err := r.eng.Sync(ctx, engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
	snap, loadErr := r.office.Person(anna).Load(t.Context())
	if loadErr != nil {
		t.Fatal(loadErr)
	}
	if len(snap.Open) != 0 || len(snap.Links) != 1 {
		t.Errorf("%d entries open and %d links; want the one in hand finished and the rest dropped", len(snap.Open), len(snap.Links))
	}
}

// stopping asks the program to stop while a write is on its way.
type stopping struct {
	endpoint.Endpoint
	stop func()
}

func (e *stopping) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	e.stop()
	return e.Endpoint.Apply(ctx, ops)
}

// losing carries writes out and loses their answers, so many times.
type losing struct {
	endpoint.Endpoint
	times int
}

func (e *losing) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	out := e.Endpoint.Apply(ctx, ops)
	for i := range out {
		if e.times > 0 {
			e.times--
			out[i] = endpoint.Result{Err: &endpoint.Error{Op: "write entry", Kind: endpoint.OutcomeUnknown}}
		}
	}
	return out
}

func TestSync_TwoLostTwins_AreBothAccountedFor(t *testing.T) {
	r := newRig(t)
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Business {
			return &losing{e, 2}
		}
		return e
	}
	r.cal[event.Exchange].Put(anna, meeting("twin", 3, 9))
	r.cal[event.Exchange].Put(anna, meeting("twin", 3, 9))
	r.sync()
	r.settle()
	if got := len(r.subjects(event.Business)); got != 2 {
		t.Errorf("business has %d twins, want 2", got)
	}
	r.idle()
}

// settling remembers the links that were settled.
type settling struct {
	state.Store
	links []plan.Link
}

func (s *settling) Settle(ctx context.Context, done []state.Settled) error {
	for _, d := range done {
		if d.Link != nil {
			s.links = append(s.links, *d.Link)
		}
	}
	return s.Store.Settle(ctx, done)
}

// A person's edit between the two writes of one link would look like a
// conflict if the second write put the first one's base back.
func TestSync_TwoWritesOfOneLink_KeepBothBases(t *testing.T) {
	r := six(t)
	r.edit(event.Business, "b0", func(it *event.Item) { it.Location = "room 5" })
	r.edit(event.Exchange, "b0", func(it *event.Item) { it.Notes = "bring plans" })
	var seen *settling
	r.wrapStore = func(s state.Store) state.Store { seen = &settling{Store: s}; return seen }
	r.start()
	r.sync()
	if len(seen.links) < 2 {
		t.Fatalf("%d links settled, want the two updates", len(seen.links))
	}
	for s, base := range seen.links[1].Base {
		if base.Location != "room 5" || base.Notes != "bring plans" {
			t.Errorf("after both writes the base of %s holds location %q and notes %q", event.Side(s), base.Location, base.Notes)
		}
	}
}

func TestSync_Halted_DoesWhatAPersonApprovedOneByOne(t *testing.T) {
	r := newRig(t)
	for i := range 30 {
		r.cal[event.Business].Put(anna, meeting(fmt.Sprintf("b%02d", i), 1+i%27, 9))
	}
	r.settle()
	for i := range 7 {
		r.remove(event.Business, fmt.Sprintf("b%02d", i))
	}
	r.start()
	p, err := r.eng.Preview(t.Context(), false)
	if err != nil || p.Halt == nil {
		t.Fatalf("halt = %v, %v; want a stop", p.Halt, err)
	}
	hashes := map[string]bool{}
	for _, a := range p.Halt.Withheld {
		hashes[a.Hash()] = true
	}
	for i := range 6 {
		r.remove(event.Business, fmt.Sprintf("b1%d", i))
	}
	approved := engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true, Hashes: hashes}}
	res, err := r.eng.Sync(t.Context(), approved)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(r.subjects(event.Exchange)); got != 23 {
		t.Errorf("exchange has %d entries, want 23: the seven deletions that were approved, none of the six that nobody has seen", got)
	}
	if res.Halt == nil || res.Halt.Code != plan.TooManyDeletes {
		t.Errorf("halt = %v, want the other deletions to stop the run anew", res.Halt)
	}
}

// halving makes entries without their people and is then cut off, so many times.
type halving struct {
	endpoint.Endpoint
	times int
}

func (e *halving) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	if e.times == 0 || ops[0].Kind != endpoint.Create {
		return e.Endpoint.Apply(ctx, ops)
	}
	e.times--
	for i := range ops {
		ops[i].Want.Attendees = nil
	}
	out := e.Endpoint.Apply(ctx, ops)
	for i := range out {
		out[i] = endpoint.Result{Err: &endpoint.Error{Op: "create entry", Side: event.Business, Kind: endpoint.OutcomeUnknown}}
	}
	return out
}

func TestSync_CreateCutOffBeforeItsPeople_IsCompleted(t *testing.T) {
	r := newRig(t)
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Business {
			return &halving{e, 1}
		}
		return e
	}
	ev := meeting("alpha", 3, 9)
	ev.Attendees = []event.Attendee{{Address: "bert@office.test"}, {Address: "cleo@office.test"}}
	r.cal[event.Exchange].Put(anna, ev)
	r.sync()
	r.settle()
	items := r.cal[event.Business].List(anna)
	if len(items) != 1 || len(items[0].Attendees) != 2 {
		t.Errorf("business has %d entries; the first has %v, want both people", len(items), items)
	}
	if n := len(r.cal[event.Exchange].List(anna)[0].Attendees); n != 2 {
		t.Errorf("the meeting in exchange has %d people left, want 2", n)
	}
}

// dark carries a create out, loses its answer, and cannot be asked about it
// for a while.
type dark struct {
	endpoint.Endpoint
	lost, asked bool
}

func (e *dark) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	out := e.Endpoint.Apply(ctx, ops)
	if !e.lost && ops[0].Kind == endpoint.Create {
		e.lost = true
		out[0] = endpoint.Result{Err: &endpoint.Error{Op: "create entry", Side: event.Business, Kind: endpoint.OutcomeUnknown}}
	}
	return out
}

func (e *dark) Settle(ctx context.Context, op endpoint.Op, sentAt time.Time) (endpoint.Outcome, error) {
	if !e.asked {
		e.asked = true
		return endpoint.Outcome{}, &endpoint.Error{Op: "look into a write", Side: event.Business, Scope: endpoint.ScopeCalendar, Kind: endpoint.Unavailable}
	}
	return e.Endpoint.Settle(ctx, op, sentAt)
}

// A guest's engine may take up the business entry of a meeting before the
// organiser's engine knows that it has made it. That must not make it another
// entry: the organiser's next edit would be taken for the state agreed on.
func TestSync_LostCreateThatAGuestHasTakenUp_IsStillFound(t *testing.T) {
	r := newRig(t)
	var wall *dark
	r.wrapEndpoint = func(s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Exchange {
			return e
		}
		if wall == nil {
			wall = &dark{Endpoint: e}
		}
		return wall
	}
	id := r.cal[event.Exchange].PutItem(anna, event.Item{Event: meeting("alpha", 3, 9), UID: "uid-1", Meeting: true, Organizer: string(anna)})
	r.start()
	if _, err := r.eng.Sync(t.Context(), engine.Options{Approval: engine.Approval{Standing: true}}); err == nil {
		t.Fatal("the sync ended well although nobody could say what became of its write")
	}
	made := r.cal[event.Business].List(anna)
	if len(made) != 1 {
		t.Fatalf("business has %d entries, want 1", len(made))
	}
	guest := plan.Link{UID: "uid-1", Refs: [2]event.Ref{made[0].Ref, {ID: "his-copy", Version: "1"}}}
	if err := r.office.Person("bert@office.test").SaveLinks(t.Context(), []plan.Link{guest}); err != nil {
		t.Fatal(err)
	}
	if err := r.cal[event.Exchange].Edit(anna, id, func(it *event.Item) { it.Subject = "alpha renamed" }); err != nil {
		t.Fatal(err)
	}
	r.sync()
	r.settle()
	if got := r.subjects(event.Business); len(got) != 1 || got[0] != "alpha renamed" {
		t.Errorf("business has %q, want the one entry with its new name", got)
	}
}

// A meeting that is moved from the business side tells nobody by mail; that its
// outside people do not know of it is said.
func TestSync_MovedMeeting_CountsWhoWasNotTold(t *testing.T) {
	r := newRig(t)
	it := event.Item{Event: meeting("fair", 3, 9), Meeting: true}
	it.Attendees = []event.Attendee{{Address: "guest@elsewhere.test"}}
	r.cal[event.Exchange].PutItem(anna, it)
	r.settle()
	r.edit(event.Business, "fair", func(it *event.Item) { it.When = meeting("", 4, 9).When })
	res := r.sync()
	if res.Untold != 1 || res.Notified != 0 {
		t.Errorf("untold %d, notified %d, want 1 and 0; written %v", res.Untold, res.Notified, res.Written)
	}
}
