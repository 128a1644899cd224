package office_test

import (
	"context"
	"errors"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// rules changes the office's settings.
func (r *rig) rules(change func(*state.Settings)) {
	r.t.Helper()
	s, err := r.book.Settings(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	change(&s)
	if err := r.book.SaveSettings(r.t.Context(), s); err != nil {
		r.t.Fatal(err)
	}
}

// staffMeeting is an office in which Anna has called Bert and Cleo to a meeting
// that everybody has in step.
func staffMeeting(t *testing.T) *rig {
	r := newRig(t, ticking())
	r.meeting("meeting-1", string(anna), r.entry("staff", 3, 9))
	for range 3 {
		r.sync()
	}
	if ids := r.distinct(); len(ids) != 1 {
		t.Fatalf("%d activities, want one", len(ids))
	}
	return r
}

// copyOf is the one entry that somebody has.
func (r *rig) copyOf(s event.Side, id event.PersonID) event.Item {
	r.t.Helper()
	list := r.cal[s].List(id)
	if len(list) != 1 {
		r.t.Fatalf("%s of %s has %d entries, want one", s, id, len(list))
	}
	return list[0]
}

// change is somebody writing over the one entry that he has.
func (r *rig) retype(s event.Side, id event.PersonID, do func(*event.Item)) {
	r.t.Helper()
	if err := r.cal[s].Edit(id, r.copyOf(s, id).ID, do); err != nil {
		r.t.Fatal(err)
	}
}

// moved is Anna moving, renaming and explaining the activity.
func (r *rig) moved() event.Event {
	r.t.Helper()
	want := r.entry("staff again", 5, 12)
	want.Location, want.Notes = "room 9", "bring the figures"
	r.retype(event.Business, anna, func(it *event.Item) {
		it.Subject, it.When, it.Location, it.Notes = want.Subject, want.When, want.Location, want.Notes
	})
	return want
}

const tells = event.FieldSubject | event.FieldWhen | event.FieldLocation | event.FieldNotes

// shows fails unless somebody's copy in Exchange holds want.
func (r *rig) shows(id event.PersonID, want event.Event) {
	r.t.Helper()
	if got := r.copyOf(event.Exchange, id); event.Diff(got.Event, want)&tells != 0 {
		r.t.Errorf("the copy of %s: %q at %v in %q; want %q at %v in %q",
			id, got.Subject, got.When, got.Location, want.Subject, want.When, want.Location)
	}
}

// still fails unless nobody is mailed and nothing is left to write.
func (r *rig) still() {
	r.t.Helper()
	for range 2 {
		if got := r.sync(); writes(got) != 0 {
			r.t.Errorf("a further sync wrote %d times", writes(got))
		}
	}
	for _, s := range event.Sides() {
		if n := r.cal[s].Counts().Mails; n != 0 {
			r.t.Errorf("%d mails from %s", n, s)
		}
	}
	r.once("at rest")
}

// Issue 3: colleagues' Outlooks kept the old time.
func TestSync_ColleaguesCopiesFollowTheOrganisersInOneSync(t *testing.T) {
	for _, parallel := range []int{1, 4} {
		r := staffMeeting(t)
		r.parallel = parallel
		r.start()
		want := r.moved()
		r.order(office.Order{Cause: state.CauseSchedule})
		for _, id := range everybody() {
			r.shows(id, want)
		}
		r.still()
	}
}

// Whoever comes before the organiser follows in a later sync though nothing new
// is pulled for him.
func TestSync_ACopyFollowsThoughItsPersonCameFirst(t *testing.T) {
	r := staffMeeting(t)
	was := r.copyOf(event.Exchange, bert).Event
	want := r.moved()
	alone := func(id event.PersonID) {
		r.order(office.Order{Who: []event.PersonID{id}, Cause: state.CauseSchedule})
	}
	alone(bert)
	r.shows(bert, was)
	alone(anna)
	r.shows(bert, was)
	alone(bert)
	r.shows(bert, want)
	r.shows(cleo, was)
	alone(cleo)
	r.shows(cleo, want)
	r.still()
}

// stubborn refuses every update.
type stubborn struct{ endpoint.Endpoint }

func (s stubborn) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	for _, op := range ops {
		if op.Kind == endpoint.Update {
			out := make([]endpoint.Result, len(ops))
			for i := range out {
				out[i].Err = &endpoint.Error{Op: "update", Side: event.Exchange, Kind: endpoint.Forbidden, Code: "no", Err: errors.New("no")}
			}
			return out
		}
	}
	return s.Endpoint.Apply(ctx, ops)
}

// No copy moves where the organiser's has not, for whatever reason.
func TestSync_NoCopyFollowsAnOrganiserWhoDidNotMove(t *testing.T) {
	for name, stop := range map[string]func(r *rig) (who []event.PersonID){
		"he is not worked for": func(r *rig) []event.PersonID {
			return []event.PersonID{bert, cleo}
		},
		"his server refuses": func(r *rig) []event.PersonID {
			r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
				if id == anna && s == event.Exchange {
					return stubborn{e}
				}
				return e
			}
			r.start()
			return nil
		},
		"his mailbox does not answer": func(r *rig) []event.PersonID {
			r.cal[event.Exchange].FailNext(anna, memory.FailUnavailable)
			return nil
		},
		"he is halted": func(r *rig) []event.PersonID {
			r.rules(func(s *state.Settings) { s.Rules.Limits.ShiftFloor, s.Rules.Limits.ShiftPercent = 1, 1 })
			if got := of(r.order(office.Order{Who: []event.PersonID{anna}}), anna); got.Plan.Halt == nil {
				r.t.Fatal("he is not halted")
			}
			r.rules(func(s *state.Settings) { s.Rules.Limits = plan.Limits{} })
			return []event.PersonID{bert, cleo}
		},
		"a question waits": func(r *rig) []event.PersonID {
			r.rules(func(s *state.Settings) { s.Rules.Winner = plan.AskAlways })
			when := r.entry("", 9, 9).When
			r.retype(event.Exchange, anna, func(it *event.Item) {
				it.Subject, it.When, it.Location, it.Notes = "mine", when, "mine", "mine"
			})
			return nil
		},
		"his own change is right": func(r *rig) []event.PersonID {
			r.rules(func(s *state.Settings) { s.Rules.Winner = plan.ExchangeWins })
			when := r.entry("", 9, 9).When
			r.retype(event.Exchange, anna, func(it *event.Item) {
				it.Subject, it.When, it.Location, it.Notes = "mine", when, "mine", "mine"
			})
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := staffMeeting(t)
			was := r.copyOf(event.Exchange, bert).Event
			r.moved()
			who := stop(r)
			for range 3 {
				r.order(office.Order{Who: who})
				if name == "his mailbox does not answer" {
					break
				}
			}
			r.shows(bert, was)
			r.shows(cleo, was)
		})
	}
}

// What the organiser does in Outlook, his own mails tell.
func TestSync_NoCopyFollowsWhatTheOrganiserDidInOutlook(t *testing.T) {
	r := staffMeeting(t)
	was := r.copyOf(event.Exchange, bert).Event
	want := r.moved()
	r.sync()
	r.shows(bert, want)
	later := r.entry("", 11, 9).When
	r.retype(event.Exchange, anna, func(it *event.Item) { it.When = later })
	r.sync()
	r.sync()
	if got := r.copyOf(event.Business, bert); got.When.Start != later.Start {
		t.Fatalf("the activity is at %v, want %v", got.When, later)
	}
	r.shows(bert, want)
	// the mail arrives
	for _, id := range []event.PersonID{bert, cleo} {
		r.retype(event.Exchange, id, func(it *event.Item) { it.When = later })
	}
	r.still()
	want.When = later
	r.shows(bert, want)
	// and back in the business system
	r.retype(event.Business, anna, func(it *event.Item) { it.When = was.When })
	r.sync()
	want.When = was.When
	for _, id := range everybody() {
		r.shows(id, want)
	}
	r.still()
}

func TestSync_ACopyFollowsNobodyWhoIsToDecideForHimself(t *testing.T) {
	for name, set := range map[string]func(r *rig){
		"declined": func(r *rig) { r.retype(event.Exchange, bert, func(it *event.Item) { it.Declined = true }) },
		"moved by himself": func(r *rig) {
			when := r.entry("", 8, 8).When
			r.retype(event.Exchange, bert, func(it *event.Item) {
				it.Subject, it.When, it.Location, it.Notes = "bert's", when, "bert's", "bert's"
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := staffMeeting(t)
			set(r)
			was := r.copyOf(event.Exchange, bert).Event
			want := r.moved()
			r.sync()
			r.sync()
			r.shows(anna, want)
			r.shows(cleo, want)
			r.shows(bert, was)
			r.still()
		})
	}
}

// A meeting that somebody from outside has called is nobody's here to move.
func TestSync_NoCopyFollowsAMeetingFromOutside(t *testing.T) {
	r := newRig(t, ticking())
	r.meeting("meeting-1", "olga@elsewhere.test", r.entry("fair", 3, 9))
	for range 3 {
		r.sync()
	}
	was := r.copyOf(event.Exchange, bert).Event
	owner := anna
	for _, id := range everybody() {
		if r.copyOf(event.Business, id).Standing == event.StandingOwner {
			owner = id
		}
	}
	when := r.entry("", 5, 12).When
	r.retype(event.Business, owner, func(it *event.Item) { it.When = when })
	r.sync()
	for _, id := range everybody() {
		r.shows(id, was)
	}
}

// A copy that is in step with an earlier change waits for the next like any other.
func TestSync_NoCopyGoesAheadInALaterMove(t *testing.T) {
	r := staffMeeting(t)
	want := r.moved()
	r.sync()
	when := r.entry("", 8, 8).When
	r.retype(event.Business, anna, func(it *event.Item) { it.When = when })
	for range 2 {
		r.order(office.Order{Who: []event.PersonID{bert, cleo}})
		for _, id := range everybody() {
			r.shows(id, want)
		}
	}
	r.sync()
	want.When = when
	for _, id := range everybody() {
		r.shows(id, want)
	}
	r.still()
}

// Issue 3: a participant who declines changes only himself, also where his copy stays.
func TestSync_WhoeverDeclinesLeavesAlone(t *testing.T) {
	r := staffMeeting(t)
	r.retype(event.Exchange, bert, func(it *event.Item) { it.Declined = true })
	was := r.copyOf(event.Exchange, bert).Event
	r.sync()
	r.sync()
	if got := r.subjects(event.Business, bert); len(got) != 0 {
		t.Errorf("he still has %v", got)
	}
	if ids := r.distinct(); len(ids) != 1 {
		t.Fatalf("%d activities are left, want one", len(ids))
	}
	for _, id := range []event.PersonID{anna, cleo} {
		r.shows(id, r.copyOf(event.Business, id).Event)
	}
	r.shows(bert, was)
	r.still()

	// An undo brings him back, and his answer does not take him out again.
	if _, err := r.off.Undo(t.Context(), office.UndoOrder{Run: r.runsOf(bert)[0]}); err != nil {
		t.Fatal(err)
	}
	if got := r.subjects(event.Business, bert); len(got) != 1 {
		t.Errorf("the undo has left him %v", got)
	}
	r.sync() // in this world the organiser's copy follows who is in the activity
	r.still()
	if got := r.subjects(event.Business, bert); len(got) != 1 {
		t.Errorf("after the undo he is left with %v", got)
	}
}

// Where everybody was mailed about a move, the mail brings it to the copies.
func TestSync_NoCopyFollowsWhatWasMailed(t *testing.T) {
	for name, mails := range map[string]bool{"mailed": true, "in silence": false} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, ticking())
			r.rules(func(s *state.Settings) { s.Rules.Requests = mails })
			ev := r.entry("fair", 3, 9)
			ev.Attendees = []event.Attendee{{Address: "kim@elsewhere.test"}}
			r.meeting("meeting-1", string(anna), ev)
			for range 3 {
				r.sync()
			}
			was := r.copyOf(event.Exchange, bert).Event
			want := r.moved()
			for range 2 {
				r.sync()
			}
			if n := r.cal[event.Exchange].Counts().Mails; (n > 0) != mails {
				t.Fatalf("%d mails; are there to be any: %v", n, mails)
			}
			r.shows(anna, want)
			if mails {
				want = was
			}
			r.shows(bert, want)
			r.shows(cleo, want)
		})
	}
}

// What the organiser has changed since leads nobody, though it is not yet
// settled: his mail about it is on its way.
func TestSync_NoCopyFollowsWhatTheOrganiserHasChangedSince(t *testing.T) {
	r := staffMeeting(t)
	was := r.copyOf(event.Exchange, bert).Event
	want := r.moved()
	r.order(office.Order{Who: []event.PersonID{anna}})
	r.shows(anna, want)
	later := r.entry("", 11, 9).When
	r.retype(event.Exchange, anna, func(it *event.Item) { it.When = later })
	if _, err := r.off.Preview(t.Context(), []event.PersonID{anna}, false); err != nil {
		t.Fatal(err)
	}
	r.order(office.Order{Who: []event.PersonID{bert}})
	want.When = was.When
	r.shows(bert, want)
}
