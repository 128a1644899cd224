package severa_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/internal/faultscript"
	"lockstep/sync/severa/api"
	"lockstep/sync/severa/severasim"
)

func (o *office) apply(ep endpoint.Endpoint, op endpoint.Op) endpoint.Result {
	o.Helper()
	rs := ep.Apply(o.Context(), []endpoint.Op{op})
	if len(rs) != 1 {
		o.Fatalf("%d results of one op", len(rs))
	}
	return rs[0]
}

func meeting(day int, with ...string) event.Event {
	d := event.Date{Year: 2026, Month: 5, Day: 1}.AddDays(day)
	e := event.Event{Subject: "Plan", When: event.Span{Start: event.Wall{Date: d, Hour: 9}, End: event.Wall{Date: d, Hour: 10}, Zone: helsinki}}
	for _, w := range with {
		e.Attendees = append(e.Attendees, event.Attendee{Address: w})
	}
	return e
}

func createOp(e event.Event) endpoint.Op {
	return endpoint.Op{Kind: endpoint.Create, Want: e, Fields: event.AllFields}
}

func TestApply_PrivateGetsThePersonalTypeAndTheRestTheDefault(t *testing.T) {
	own := ""
	o := newOffice(t, setup{users: func(s *severasim.Server) {
		own = s.AddActivityType(severasim.ActivityType{Name: "Own", Category: severasim.CalendarEntry})
		for _, u := range s.Users() {
			if u.FirstName == "Anna" {
				s.EditUser(u.GUID, func(u *severasim.User) { u.DefaultType = own })
			}
		}
	}})
	anna := o.endpoint(o.anna)
	for private, want := range map[bool]string{true: o.sim.TypeOf(severasim.Personal), false: own} {
		e := meeting(1)
		e.Private = private
		r := o.apply(anna, createOp(e))
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		if a, _ := o.sim.Activity(string(r.Item.ID)); a.TypeGUID != want {
			t.Errorf("private %v: type %q, want %q", private, a.TypeGUID, want)
		}
		e.Private = !private
		r = o.apply(anna, endpoint.Op{Kind: endpoint.Update, Target: r.Item.Ref, Want: e, Fields: event.FieldPrivate})
		if r.Err != nil || r.Item.Private == private {
			t.Errorf("turned: %v, private %v", r.Err, r.Item.Private)
		}
	}
}

func TestEndpoint_WithoutAPersonalTypeHoldsNoPrivacy(t *testing.T) {
	o := newOffice(t, setup{sim: severasim.Options{NoTypes: true}, users: func(s *severasim.Server) {
		s.AddActivityType(severasim.ActivityType{Name: "Meeting", Category: severasim.CalendarEntry, Default: true})
	}})
	anna := o.endpoint(o.anna)
	if anna.Capabilities().Fields.Has(event.FieldPrivate) {
		t.Errorf("private is declared")
	}
	e := meeting(1)
	e.Private = true
	if got := anna.Normalize(e); got.Private || got.Kind.Name != "Meeting" {
		t.Errorf("normalized: private %v, kind %+v", got.Private, got.Kind)
	}
}

func TestEndpoint_WithoutTypesRefusesToCreate(t *testing.T) {
	o := newOffice(t, setup{sim: severasim.Options{NoTypes: true}})
	r := o.apply(o.endpoint(o.anna), createOp(meeting(1)))
	if r.Err == nil || r.Err.Kind != endpoint.Invalid || r.Err.Code != "no_activity_type" {
		t.Errorf("error = %v", r.Err)
	}
}

func TestApply_NeverDeletesWhatCannotBeMadeAgain(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	phase := o.sim.AddPhase(severasim.Phase{Name: "Design"})
	for code, change := range map[string]func(*severasim.Activity){
		"has_hours":    func(a *severasim.Activity) { a.HasHours = true },
		"has_customer": func(a *severasim.Activity) { a.CustomerGUID = "11111111-0000-4000-8000-000000000000" },
		"has_phase":    func(a *severasim.Activity) { a.PhaseGUID = phase },
	} {
		id := o.put(o.anna, "Meeting", 1)
		if err := o.sim.EditActivity(id, change); err != nil {
			t.Fatal(err)
		}
		r := o.apply(anna, endpoint.Op{Kind: endpoint.Delete, Target: o.item(anna, id).Ref})
		if r.Err == nil || r.Err.Kind != endpoint.Forbidden || r.Err.Scope != endpoint.ScopeItem || r.Err.Code != code {
			t.Errorf("%s: %v", code, r.Err)
		}
		if _, there := o.sim.Activity(id); !there {
			t.Errorf("%s: the activity was deleted", code)
		}
		it := o.item(anna, id)
		if !it.Tied {
			t.Errorf("%s: the item is not tied", code)
		}
		if r := o.apply(anna, endpoint.Op{Kind: endpoint.Delete, Target: it.Ref, Sure: true}); r.Err != nil {
			t.Errorf("%s, a person being sure: %v", code, r.Err)
		}
	}
}

func TestApply_AParticipantChangesNothingShared(t *testing.T) {
	o := newOffice(t, setup{})
	boss := o.endpoint(o.boss)
	id := o.put(o.anna, "Meeting", 1, o.boss, o.cy)
	it := o.item(boss, id)
	for _, k := range []endpoint.OpKind{endpoint.Update, endpoint.Delete} {
		r := o.apply(boss, endpoint.Op{Kind: k, Target: it.Ref, Want: meeting(2), Fields: event.FieldSubject})
		if r.Err == nil || r.Err.Kind != endpoint.Forbidden || r.Err.Code != "not_owner" {
			t.Errorf("%v by a participant: %v", k, r.Err)
		}
	}
	if r := o.apply(boss, endpoint.Op{Kind: endpoint.Leave, Target: it.Ref}); r.Err != nil || r.Before == nil {
		t.Errorf("leave: %v, before %v", r.Err, r.Before != nil)
	}
	a, _ := o.sim.Activity(id)
	if a.Name != "Meeting" || len(a.Participants) != 1 || a.Participants[0].Who != o.cy {
		t.Errorf("after all: %q with %d participants", a.Name, len(a.Participants))
	}
	alone := o.put(o.anna, "Alone", 1)
	anna := o.endpoint(o.anna)
	if r := o.apply(anna, endpoint.Op{Kind: endpoint.Leave, Target: o.item(anna, alone).Ref}); r.Err == nil || r.Err.Code != "is_owner" {
		t.Errorf("an owner leaves nobody behind: %v", r.Err)
	}
}

func TestApply_OwnerChangedBeforeADeleteIsRefused(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	id := o.put(o.anna, "Meeting", 1)
	ref := o.item(anna, id).Ref
	if err := o.sim.EditActivity(id, func(a *severasim.Activity) { a.OwnerGUID = o.boss }); err != nil {
		t.Fatal(err)
	}
	r := o.apply(anna, endpoint.Op{Kind: endpoint.Delete, Target: ref})
	if r.Err == nil || r.Err.Kind != endpoint.NotFound {
		t.Errorf("delete of what is another's by now: %v", r.Err)
	}
	if _, there := o.sim.Activity(id); !there {
		t.Errorf("it was deleted")
	}
}

func TestApply_ParticipantAddedSinceIsAPrecondition(t *testing.T) {
	o := newOffice(t, setup{sim: severasim.Options{Switches: severasim.Switches{QuietParticipants: true}}})
	anna := o.endpoint(o.anna)
	id := o.put(o.anna, "Meeting", 1)
	ref := o.item(anna, id).Ref
	if _, err := o.sim.AddParticipant(id, severasim.Participant{Who: o.boss}); err != nil {
		t.Fatal(err)
	}
	r := o.apply(anna, endpoint.Op{Kind: endpoint.Delete, Target: ref})
	if r.Err == nil || r.Err.Kind != endpoint.Precondition {
		t.Errorf("delete: %v, want precondition", r.Err)
	}
}

func TestApply_ContactsStayAsTheyAreAndOutsidersBecomeNone(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	contact := o.sim.AddContact(severasim.Contact{FirstName: "Carl", LastName: "Client", Email: "carl@client.test"})
	r := o.apply(anna, createOp(meeting(1, "anna@office.test", "ben@office.test", "stranger@elsewhere.test")))
	if r.Err != nil || !r.Exact {
		t.Fatalf("create: %v, exact %v", r.Err, r.Exact)
	}
	people := []event.Attendee{{Address: "ben@office.test", Name: "Ben Virta"}, {Address: "stranger@elsewhere.test", Text: true}}
	if d := cmp.Diff(people, r.Item.Attendees); d != "" {
		t.Errorf("attendees (-want +got):\n%s", d)
	}
	id := string(r.Item.ID)
	if _, err := o.sim.AddParticipant(id, severasim.Participant{Who: contact}); err != nil {
		t.Fatal(err)
	}
	r = o.apply(anna, endpoint.Op{
		Kind: endpoint.Update, Target: o.item(anna, id).Ref, Want: meeting(1, "cy@office.test"), Fields: event.FieldAttendees,
	})
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	a, _ := o.sim.Activity(id)
	var who []string
	for _, p := range a.Participants {
		who = append(who, p.Who)
	}
	slices.Sort(who)
	want := []string{contact, o.cy}
	slices.Sort(want)
	if d := cmp.Diff(want, who); d != "" {
		t.Errorf("participants (-want +got):\n%s", d)
	}
}

func TestApply_AMeetingIsMadeWholeOrTakenBack(t *testing.T) {
	for _, c := range []struct {
		name string
		rule faultscript.Rule
		kind endpoint.Kind
		left int
	}{
		{"refused for now", faultscript.Rule{Op: "POST /v1/activityparticipants", Kind: faultscript.Throttle}, endpoint.Throttled, 0},
		{"lost before", faultscript.Rule{Op: "POST /v1/activityparticipants", Kind: faultscript.DropBefore}, endpoint.Unavailable, 0},
		{"lost after", faultscript.Rule{Op: "POST /v1/activityparticipants", Kind: faultscript.DropAfter}, endpoint.Unavailable, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t, setup{sim: severasim.Options{Faults: faultscript.New(c.rule)}})
			r := o.apply(o.endpoint(o.anna), createOp(meeting(1, "ben@office.test")))
			if r.Err == nil || r.Err.Kind != c.kind {
				t.Errorf("error = %v, want %v", r.Err, c.kind)
			}
			if got := len(o.sim.Activities()); got != c.left {
				t.Errorf("%d activities are left, want %d", got, c.left)
			}
		})
	}
	o := newOffice(t, setup{sim: severasim.Options{Faults: faultscript.New(
		faultscript.Rule{Op: "POST /v1/activityparticipants", Kind: faultscript.Throttle},
		faultscript.Rule{Op: "DELETE *", Kind: faultscript.Unavailable},
	)}})
	anna := o.endpoint(o.anna)
	op := createOp(meeting(1, "ben@office.test"))
	sentAt := o.clock.now()
	if r := o.apply(anna, op); r.Err == nil || r.Err.Kind != endpoint.OutcomeUnknown {
		t.Errorf("what can neither be finished nor taken back: %v, want outcome_unknown", r.Err)
	}
	out, err := anna.Settle(t.Context(), op, sentAt)
	if err != nil || out.Kind != endpoint.Unsure || len(out.Candidates) != 1 {
		t.Errorf("settle: %+v, %v", out, err)
	}
}

func TestApply_ANoOpUpdateSendsNothing(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	r := o.apply(anna, createOp(meeting(1, "ben@office.test")))
	o.sim.ResetCounts()
	again := o.apply(anna, endpoint.Op{Kind: endpoint.Update, Target: r.Item.Ref, Want: meeting(1, "ben@office.test"), Fields: event.AllFields})
	if again.Err != nil || !again.Exact || again.Item.Ref != r.Item.Ref {
		t.Errorf("result = %v, %v", again.Err, again.Item)
	}
	if n := o.sim.Counts().TotalWrites(); n != 0 {
		t.Errorf("%d writes of what is there already", n)
	}
}

func TestApply_DaysOfAnOwnerInAnotherZoneThanTheOrganisation(t *testing.T) {
	want := event.AllDay(event.Date{Year: 2026, Month: 3, Day: 28}, event.Date{Year: 2026, Month: 3, Day: 30})
	for _, v := range variations() {
		t.Run(v.Name, func(t *testing.T) {
			o := newOffice(t, setup{sim: severasim.Options{Switches: v.Switches}, scope: append(api.DefaultScopes(), "organization:read")})
			ben := o.endpoint(o.ben) // in New York, the organisation in Helsinki
			for i := range 2 {
				e := meeting(1)
				e.When = want
				r := o.apply(ben, createOp(e))
				if r.Err != nil || r.Item.When != want {
					t.Fatalf("create: %v, %+v", r.Err, r.Item)
				}
				e.When = event.AllDay(want.Start.AddDays(7), want.End.AddDays(7))
				r = o.apply(ben, endpoint.Op{Kind: endpoint.Update, Target: r.Item.Ref, Want: e, Fields: event.FieldWhen})
				if r.Err != nil || r.Item.When != e.When {
					t.Fatalf("update: %v, %+v", r.Err, r.Item)
				}
				zone := "America/New_York"
				switch v.Switches.MidnightOf {
				case severasim.ZoneOrganisation:
					zone = helsinki
				case severasim.ZoneUTC:
					zone = "UTC"
				case severasim.ZoneOwner:
				}
				loc, _ := time.LoadLocation(zone)
				a, _ := o.sim.Activity(string(r.Item.ID))
				if !a.Start.Equal(e.When.Start.Date.In(loc)) || !a.End.Equal(e.When.End.Date.In(loc)) {
					t.Errorf("round %d: stored %v to %v, want midnights of %s", i, a.Start, a.End, zone)
				}
			}
		})
	}
}

func TestApply_AToDoWithoutDurationStaysOne(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	start := time.Date(2026, 5, 4, 6, 0, 0, 0, time.UTC)
	id, err := o.sim.AddActivity(severasim.Activity{Name: "Call", OwnerGUID: o.anna, TypeGUID: o.sim.TypeOf(severasim.SalesEvent), Start: start})
	if err != nil {
		t.Fatal(err)
	}
	it := o.item(anna, id)
	if it.When.Start != it.When.End || it.Kind.Group != event.GroupTodo {
		t.Errorf("when %+v, kind %+v", it.When, it.Kind)
	}
	move := func(it event.Item, minutes int) event.Item {
		e := it.Event
		s, _ := event.Between(start.Add(time.Hour), start.Add(time.Hour+time.Duration(minutes)*time.Minute), helsinki)
		e.When = s
		r := o.apply(anna, endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: e, Fields: event.FieldWhen})
		if r.Err != nil || !r.Item.When.Same(s) {
			t.Fatalf("move: %v, %+v", r.Err, r.Item)
		}
		return *r.Item
	}
	it = move(it, 0)
	if a, _ := o.sim.Activity(id); a.HasDuration || !a.End.IsZero() {
		t.Errorf("moved to-do: duration %v, end %v", a.HasDuration, a.End)
	}
	move(it, 30)
	if a, _ := o.sim.Activity(id); !a.HasDuration {
		t.Errorf("a to-do that was given a length has no duration")
	}
}

func TestApply_UpdateTouchesNothingElse(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	id, task := o.put(o.anna, "Task", 1, o.boss), o.sim.TypeOf(severasim.Task)
	if err := o.sim.EditActivity(id, func(a *severasim.Activity) {
		a.HasHours, a.TypeGUID, a.Notes, a.Location = true, task, " two \r\nlines", "  Room "
	}); err != nil {
		t.Fatal(err)
	}
	it := o.item(anna, id)
	if it.Kind.Group != event.GroupProjectTask {
		t.Errorf("group = %v, want project_task", it.Kind.Group)
	}
	before, _ := o.sim.Activity(id)
	r := o.apply(anna, endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: meeting(1), Fields: event.FieldSubject})
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	after, _ := o.sim.Activity(id)
	before.Name, before.Updated, before.UpdatedBy = after.Name, after.Updated, after.UpdatedBy
	if d := cmp.Diff(before, after); d != "" {
		t.Errorf("besides the subject (-before +after):\n%s", d)
	}
}

func TestSettle_FollowsTheServersClock(t *testing.T) {
	for _, skew := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
		o := newOffice(t, setup{sim: severasim.Options{Faults: faultscript.New(faultscript.Rule{Kind: faultscript.Skew, Skew: skew})}})
		anna := o.endpoint(o.anna)
		if got := anna.(endpoint.Clocked).Skew(); (got - skew).Abs() > 2*time.Second {
			t.Errorf("skew = %v, want %v", got, skew)
		}
		old := o.apply(anna, createOp(meeting(1)))
		if d := o.clock.now().Sub(old.Item.Modified); d.Abs() > 10*time.Second {
			t.Errorf("modified is %v ago by our clock", d)
		}
		o.clock.advance(time.Minute)
		sentAt := o.clock.now()
		out, err := anna.Settle(t.Context(), createOp(meeting(1)), sentAt)
		if err != nil || out.Kind != endpoint.NotApplied {
			t.Errorf("an entry made a minute before the create: %v, %v", out.Kind, err)
		}
		made := o.apply(anna, createOp(meeting(1)))
		out, err = anna.Settle(t.Context(), createOp(meeting(1)), sentAt)
		if err != nil || out.Kind != endpoint.Unsure || len(out.Candidates) != 1 || out.Candidates[0].ID != made.Item.ID {
			t.Errorf("skew %v: settle = %+v, %v", skew, out, err)
		}
	}
}

func TestApply_LostAnswersAreOutcomeUnknownAndNeverSentTwice(t *testing.T) {
	for _, k := range []faultscript.Kind{faultscript.DropAfter, faultscript.Malformed, faultscript.Truncated, faultscript.DropBefore} {
		o := newOffice(t, setup{})
		anna := o.endpoint(o.anna)
		id := o.put(o.anna, "Meeting", 1)
		ref := o.item(anna, id).Ref
		for verb, op := range map[string]endpoint.Op{
			"POST /v1/activities": createOp(meeting(3)),
			"PATCH *":             {Kind: endpoint.Update, Target: ref, Want: meeting(4), Fields: event.FieldSubject},
		} {
			o.sim.SetFaults(faultscript.New(faultscript.Rule{Op: verb, Kind: k, Times: 1}))
			o.sim.ResetCounts()
			r := o.apply(anna, op)
			if r.Err == nil || r.Err.Kind != endpoint.OutcomeUnknown {
				t.Errorf("%v of %s: %v", k, verb, r.Err)
			}
			if n := o.sim.Counts().TotalWrites(); n > 1 {
				t.Errorf("%v of %s: written %d times", k, verb, n)
			}
		}
	}
}

func TestApply_StopsAtATroubleOfTheCalendar(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	o.sim.SetFaults(faultscript.New(faultscript.Rule{Op: "POST /v1/activities", Kind: faultscript.Throttle}))
	o.sim.ResetCounts()
	rs := anna.Apply(t.Context(), []endpoint.Op{createOp(meeting(1)), createOp(meeting(2))})
	for i, r := range rs {
		if r.Err == nil || r.Err.Kind != endpoint.Throttled || r.Err.Scope != endpoint.ScopeCalendar || r.Err.RetryAfter == 0 {
			t.Errorf("result %d: %v, want throttled with a time to wait", i, r.Err)
		}
	}
	if n := o.sim.Counts().Requests["POST /v1/activities"]; n != 1 {
		t.Errorf("%d requests were sent, want 1", n)
	}
}

func TestApply_AChangeRefusedForAMomentLooksAgainFirst(t *testing.T) {
	for _, k := range []endpoint.OpKind{endpoint.Update, endpoint.Delete} {
		for _, edited := range []bool{false, true} {
			var between func()
			o := newOffice(t, setup{repeats: 1, refused: func() { between() }})
			anna := o.endpoint(o.anna)
			r := o.apply(anna, createOp(meeting(1)))
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			between = func() {
				if !edited {
					return
				}
				if err := o.sim.EditActivity(string(r.Item.ID), func(a *severasim.Activity) { a.Location = "Elsewhere" }); err != nil {
					t.Error(err)
				}
			}
			verb := map[endpoint.OpKind]string{endpoint.Update: "PATCH *", endpoint.Delete: "DELETE *"}[k]
			o.sim.SetFaults(faultscript.New(faultscript.Rule{Op: verb, Kind: faultscript.Throttle, Times: 1}))
			o.sim.ResetCounts()
			want := meeting(1)
			want.Subject = "Changed"
			got := o.apply(anna, endpoint.Op{Kind: k, Target: r.Item.Ref, Want: want, Fields: event.FieldSubject})
			writes := o.sim.Counts().TotalWrites()
			switch {
			case !edited && (got.Err != nil || writes != 1):
				t.Errorf("%v: %v with %d writes, want none and 1", k, got.Err, writes)
			case edited && (got.Err == nil || got.Err.Kind != endpoint.Precondition || writes != 0):
				t.Errorf("%v, edited in the pause: %v with %d writes, want a precondition and 0", k, got.Err, writes)
			}
		}
	}
}

func TestCheck_NamesWhatIsMissing(t *testing.T) {
	o := newOffice(t, setup{})
	if err := o.conn.Check(t.Context()); err != nil {
		t.Errorf("check: %v", err)
	}
	if n := o.sim.Counts().TotalWrites(); n != 0 {
		t.Errorf("check wrote %d times, %v", n, o.sim.Counts().Writes)
	}
	for _, missing := range api.DefaultScopes() {
		scopes := slices.DeleteFunc(api.DefaultScopes(), func(s string) bool { return s == missing })
		o := newOffice(t, setup{scope: scopes})
		err := o.conn.Check(t.Context())
		e, ok := errors.AsType[*endpoint.Error](err)
		if !ok || e.Kind != endpoint.ScopeMissing || e.Scope != endpoint.ScopeAccount {
			t.Errorf("without %s: %v", missing, err)
		}
	}
	o = newOffice(t, setup{})
	o.sim.SetTermsApproved(false)
	e, ok := errors.AsType[*endpoint.Error](o.conn.Check(t.Context()))
	if !ok || e.Kind != endpoint.Forbidden || e.Scope != endpoint.ScopeAccount || e.Code != "TermsOfServiceNotApproved" {
		t.Errorf("terms not approved: %v", e)
	}
	o = newOffice(t, setup{})
	o.sim.SetClient("lockstep", "another", nil)
	o.sim.RevokeTokens()
	if e, ok = errors.AsType[*endpoint.Error](o.conn.Check(t.Context())); !ok || e.Kind != endpoint.Auth || e.Scope != endpoint.ScopeAccount {
		t.Errorf("another secret: %v", e)
	}
}

func TestEndpoint_OfAnUnknownOrInactiveUserIsNotFound(t *testing.T) {
	o := newOffice(t, setup{})
	for _, id := range []string{"nobody", o.cy} {
		o.sim.EditUser(o.cy, func(u *severasim.User) { u.Inactive = true })
		_, err := o.conn.Endpoint(t.Context(), id)
		e, ok := errors.AsType[*endpoint.Error](err)
		if !ok || e.Kind != endpoint.NotFound || e.Scope != endpoint.ScopeCalendar {
			t.Errorf("%q: %v", id, err)
		}
	}
	users, err := o.conn.Directory(t.Context())
	if err != nil || len(users) != 4 {
		t.Fatalf("directory: %d, %v", len(users), err)
	}
	for _, u := range users {
		if u.ID == o.anna && (u.Address != "anna@office.test" || u.Zone != helsinki || !u.Active || u.Name != "Anna Virta") {
			t.Errorf("user = %+v", u)
		}
	}
}

func TestConnection_WaitersGiveUpWithTheirContext(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := o.conn.Endpoint(ctx, o.anna)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("endpoint: %v", err)
	}
	if r := anna.Apply(ctx, []endpoint.Op{createOp(meeting(1))}); !errors.Is(r[0].Err, context.Canceled) || r[0].Err.Kind != endpoint.Unavailable {
		t.Errorf("apply: %v", r[0].Err)
	}
}

// What a lost create made may be called anything and lie anywhere by now. Only
// what this person has made himself since is offered, the likeliest first.
func TestSettle_ACreateThatIsNotFoundOffersWhatWasMadeSince(t *testing.T) {
	for _, v := range variations() {
		o := newOffice(t, setup{sim: severasim.Options{Switches: v.Switches}})
		anna := o.endpoint(o.anna)
		old := o.put(o.anna, "Old", 3)
		o.clock.advance(time.Minute)
		sentAt := o.clock.now()
		o.clock.advance(time.Minute)
		if err := o.sim.EditActivity(old, func(a *severasim.Activity) { a.Name = "Older" }); err != nil {
			t.Fatal(err)
		}
		o.put(o.boss, "Boss", 1, o.anna)
		far, named := o.put(o.anna, "Far", 700), o.put(o.anna, meeting(1).Subject, 90)
		series := o.putSeries("Series", made()["weekly"], v.Switches)
		out, err := anna.Settle(t.Context(), createOp(meeting(1)), sentAt)
		if err != nil || out.Kind != endpoint.Unsure || len(out.Candidates) != 0 {
			t.Fatalf("%s: %v with %d candidates, %v", v.Name, out.Kind, len(out.Candidates), err)
		}
		var got []event.ID
		for _, it := range out.Others {
			got = append(got, it.ID)
		}
		if len(got) == 0 || got[0] != event.ID(named) {
			t.Errorf("%s: the likeliest is not first: %v", v.Name, got)
		}
		want := []event.ID{event.ID(far), event.ID(named), event.ID(series)}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: offered %v, want %v", v.Name, got, want)
		}
	}
}

// An entry that cannot be read may be what a lost create made: it is offered, and
// holds nobody up.
func TestSettle_ACreateOffersWhatCannotBeRead(t *testing.T) {
	o := newOffice(t, setup{})
	sentAt := o.clock.now()
	broken := o.put(o.anna, "Broken", 1)
	out, err := o.garbled(broken).Settle(t.Context(), createOp(meeting(1)), sentAt)
	if err != nil || out.Kind != endpoint.Unsure || len(out.Candidates) != 0 || len(out.Others) != 1 || out.Others[0].ID != event.ID(broken) {
		t.Errorf("settle: %+v, %v, want unsure with the unreadable entry", out, err)
	}
}

// A create that seems to have been sent in the future was timed by a wrong clock.
func TestSettle_ACreateOfAWrongClockIsStillFound(t *testing.T) {
	o := newOffice(t, setup{})
	anna := o.endpoint(o.anna)
	sentAt := o.clock.now().Add(26 * time.Hour)
	made := o.apply(anna, createOp(meeting(1)))
	out, err := anna.Settle(t.Context(), createOp(meeting(1)), sentAt)
	if err != nil || out.Kind != endpoint.Unsure || len(out.Candidates) != 1 || out.Candidates[0].ID != made.Item.ID {
		t.Errorf("settle: %+v, %v, want unsure with what was made", out, err)
	}
}
