package engine_test

import (
	"slices"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// A person who once said which side is right has said nothing about what is
// deleted there a month later.
func TestSync_AnAnswer_DecidesOneQuestionOnly(t *testing.T) {
	r := six(t)
	r.policy.Winner = plan.AskAlways
	r.edit(event.Business, "b1", func(it *event.Item) { it.Location = "room 1" })
	r.edit(event.Exchange, "b1", func(it *event.Item) { it.Location = "room 2" })
	if got := asked(r.sync()); !slices.Contains(got, plan.AskedByRule) {
		t.Fatalf("asked %v, want %s", got, plan.AskedByRule)
	}
	id := r.one(event.Business, "b1")
	if err := r.office.Person(anna).Answer(t.Context(), plan.Answer{Side: event.Business, ID: id, Choice: plan.TakeBusiness}); err != nil {
		t.Fatal(err)
	}
	r.settle()
	if n := r.written(event.Exchange, endpoint.Update); n == 0 {
		t.Fatal("the answer was not carried out")
	}
	r.edit(event.Exchange, "b1", func(it *event.Item) { it.Notes = "written afterwards" })
	r.remove(event.Business, "b1")
	res := r.sync()
	if !r.has(event.Exchange, "b1") {
		t.Error("an edited entry was deleted on the word of an old answer")
	}
	if got := asked(res); !slices.Contains(got, plan.DeletedAndEdited) {
		t.Errorf("asked %v, want %s", got, plan.DeletedAndEdited)
	}
}

// The account may have been changed while the program was not running: the
// cursor of a feed by time is good for any organisation.
func TestSync_AnotherAccountAfterARestart_HaltsBeforeAnythingIsStored(t *testing.T) {
	for _, s := range event.Sides() {
		r := six(t)
		r.sweep = time.Hour
		r.cal[s].SetAccount("somebody else's")
		r.cal[s].Put(anna, meeting("not ours", 10, 9))
		r.start()
		res, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseSchedule})
		if err == nil || res.Halt == nil || res.Halt.Code != plan.IdentityChanged {
			t.Errorf("%s: halt = %v, err = %v; want %s", s, res.Halt, err, plan.IdentityChanged)
		}
		if r.has(s.Other(), "not ours") {
			t.Errorf("%s: an entry of another account was carried over", s)
		}
	}
}

// A clock that once ran far ahead must not keep deletions from being seen.
func TestSync_SweptInTheFuture_SweepsAgain(t *testing.T) {
	r := six(t)
	r.sweep = 10 * time.Minute
	back := r.clock
	r.clock = r.clock.AddDate(1, 0, 0)
	if _, err := r.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Full: true, Approval: engine.Approval{Standing: true}}); err != nil {
		t.Fatal(err)
	}
	r.clock = back
	r.remove(event.Business, "b1")
	r.start()
	r.sync()
	if r.has(event.Exchange, "b1") {
		t.Error("the deletion was not seen after the clock was put right")
	}
}

// never is a person saying that an entry of his calendar stays his own.
func (r *rig) never(name string) {
	r.t.Helper()
	if r.eng == nil {
		r.start()
	}
	if _, err := r.eng.Preview(r.t.Context(), false); err != nil {
		r.t.Fatal(err)
	}
	a := plan.Answer{Side: event.Exchange, ID: r.one(event.Exchange, name), Choice: plan.NeverSync}
	if err := r.office.Person(anna).Answer(r.t.Context(), a); err != nil {
		r.t.Fatal(err)
	}
}

func TestSync_NeverSync_SurvivesAMovedMailboxAndALostStore(t *testing.T) {
	ways := map[string]func(*rig){
		"moved mailbox": func(r *rig) { r.cal[event.Exchange].Rehome(anna) },
		"lost store":    func(r *rig) { r.office, r.eng = memory.NewOffice(), nil },
	}
	for name, happens := range ways {
		r := newRig(t)
		r.cal[event.Exchange].Put(anna, meeting("secret", 3, 9))
		r.cal[event.Exchange].Put(anna, meeting("open", 4, 9))
		r.never("secret")
		r.settle()
		happens(r)
		r.settle()
		if r.has(event.Business, "secret") {
			t.Errorf("%s: an entry that was to be left alone is in business", name)
		}
		if !r.has(event.Business, "open") {
			t.Errorf("%s: the other entry is not", name)
		}
	}
}

func TestSync_NeverSyncOfALink_SurvivesAMovedMailbox(t *testing.T) {
	r := six(t)
	r.never("e1")
	r.settle()
	r.cal[event.Exchange].Rehome(anna)
	r.edit(event.Exchange, "e1", func(it *event.Item) { it.Notes = "secret" })
	r.settle()
	for _, it := range r.cal[event.Business].List(anna) {
		if it.Notes == "secret" {
			t.Error("an edit of an entry that was to be left alone is in business")
		}
	}
}

// Two entries of one meeting, which a person wants as two.
func TestSync_KeptSeparate_IsMadeAlthoughItsMeetingIsLinked(t *testing.T) {
	r := newRig(t)
	r.cal[event.Exchange].PutItem(anna, event.Item{Event: meeting("first", 3, 9), UID: "uid-1"})
	r.settle()
	r.cal[event.Exchange].PutItem(anna, event.Item{Event: meeting("second", 4, 9), UID: "uid-1"})
	if got := asked(r.sync()); !slices.Contains(got, plan.Ambiguous) {
		t.Fatalf("asked %v, want %s", got, plan.Ambiguous)
	}
	a := plan.Answer{Side: event.Exchange, ID: r.one(event.Exchange, "second"), Choice: plan.KeepSeparate}
	if err := r.office.Person(anna).Answer(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	r.settle()
	if !r.has(event.Business, "second") {
		t.Error("the answer is never carried out")
	}
	r.idle()
}
