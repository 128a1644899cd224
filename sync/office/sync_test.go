package office_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// organizers are the two kinds of meeting that three mailboxes hold.
var organizers = map[string]string{
	"organiser inside, first":  string(anna),
	"organiser inside, last":   string(cleo),
	"organiser from elsewhere": "olga@elsewhere.test",
}

func TestSync_MeetingOfThreeMailboxes_BecomesOneBusinessEntry(t *testing.T) {
	for name, organizer := range organizers {
		for _, parallel := range []int{1, 4} {
			t.Run(fmt.Sprintf("%s, %d at once", name, parallel), func(t *testing.T) {
				r := newRig(t, ticking())
				r.parallel = parallel
				r.start()
				r.meeting("meeting-1", organizer, r.entry("all hands", 3, 9))
				got := r.sync()
				if n := len(r.distinct()); n != 1 {
					t.Errorf("%d business entries, want 1", n)
				}
				if n := writes(got); n != 1 {
					t.Errorf("%d writes, want the one create", n)
				}
				if n := paired(got); n != 2 {
					t.Errorf("%d pairings, want 2", n)
				}
				for _, p := range got.People {
					if p.Err != nil || p.Unapproved != 0 {
						t.Errorf("%s: %d unapproved, %v", p.Person.Name, p.Unapproved, p.Err)
					}
				}
				if again := r.sync(); writes(again)+paired(again) != 0 {
					t.Errorf("the next sync wrote %d and paired %d", writes(again), paired(again))
				}
			})
		}
	}
}

func TestPreview_MeetingOfThreeMailboxes_IsOneCreateAndTwoAwaits(t *testing.T) {
	for name, organizer := range organizers {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, ticking())
			r.meeting("meeting-1", organizer, r.entry("all hands", 3, 9))
			p, err := r.off.Preview(t.Context(), nil, false)
			if err != nil {
				t.Fatal(err)
			}
			kinds := map[plan.ActionKind]int{}
			for _, person := range p.People {
				for _, a := range person.Plan.Actions {
					kinds[a.Kind]++
				}
			}
			if kinds[plan.Create] != 1 || kinds[plan.Await] != 2 || len(kinds) != 2 {
				t.Errorf("preview = %v, want 1 create and 2 awaits", kinds)
			}
			got := r.order(office.Order{Digest: p.Digest, Cause: state.CauseFirst})
			if writes(got) != 1 || paired(got) != 2 || len(r.distinct()) != 1 {
				t.Errorf("the approved sync wrote %d, paired %d, made %d entries; want 1, 2, 1", writes(got), paired(got), len(r.distinct()))
			}
			for _, who := range got.People {
				if who.Unapproved != 0 {
					t.Errorf("%s still waits for approval", who.Person.Name)
				}
			}
		})
	}
}

func TestPreview_LeavesNothingPlannedBehind(t *testing.T) {
	r := newRig(t, ticking())
	r.meeting("meeting-1", "olga@elsewhere.test", r.entry("all hands", 3, 9))
	for range 2 {
		p, err := r.off.Preview(t.Context(), nil, false)
		if err != nil || len(p.People[0].Plan.Actions) != 1 || p.People[0].Plan.Actions[0].Kind != plan.Create {
			t.Fatalf("preview = %+v, %v; want the first to create", p.People[0].Plan.Actions, err)
		}
	}
	one, err := r.off.Preview(t.Context(), []event.PersonID{cleo}, false)
	if err != nil || len(one.People) != 1 || one.People[0].Plan.Actions[0].Kind != plan.Create {
		t.Errorf("cleo alone = %+v, %v; want her to create", one.People, err)
	}
}

func TestPreview_ManyAtOnce_ShowTheSame(t *testing.T) {
	r := newRig(t, ticking())
	for n := range 5 {
		r.meeting(fmt.Sprintf("meeting-%d", n), "olga@elsewhere.test", r.entry(fmt.Sprint("m", n), n, 9))
	}
	var wg sync.WaitGroup
	digests := make([]string, 6)
	for i := range digests {
		wg.Go(func() {
			p, err := r.off.Preview(t.Context(), nil, false)
			if err != nil {
				t.Error(err)
			}
			digests[i] = p.Digest
		})
	}
	wg.Wait()
	for _, d := range digests {
		if d != digests[0] || d == "" {
			t.Errorf("digests differ: %q", digests)
		}
	}
}

func TestSync_ApprovesExactlyWhatThePreviewShowed(t *testing.T) {
	r := newRig(t, ticking())
	r.cal[event.Business].Put(anna, r.entry("kept", 3, 9))
	edited := r.cal[event.Business].Put(anna, r.entry("edited", 4, 9))
	r.cal[event.Business].Put(bert, r.entry("bert's", 4, 9))
	p, err := r.off.Preview(t.Context(), []event.PersonID{anna}, false)
	if err != nil || p.Digest == "" {
		t.Fatalf("digest %q, %v", p.Digest, err)
	}
	if err := r.cal[event.Business].Edit(anna, edited, func(it *event.Item) { it.Subject = "edited since" }); err != nil {
		t.Fatal(err)
	}
	r.cal[event.Business].Put(anna, r.entry("new since", 5, 9))
	got := r.order(office.Order{Digest: p.Digest})
	if s := r.subjects(event.Exchange, anna); len(s) != 1 || s[0] != "kept" {
		t.Errorf("anna has %q, want what she saw and approved alone", s)
	}
	if n := of(got, anna).Unapproved; n != 2 {
		t.Errorf("%d of anna's wait for approval, want 2", n)
	}
	if s := r.subjects(event.Exchange, bert); len(s) != 0 {
		t.Errorf("bert has %q although nobody approved it", s)
	}
}

func TestSync_UnknownDigest_WritesNothing(t *testing.T) {
	r := newRig(t, ticking())
	r.cal[event.Business].Put(anna, r.entry("alpha", 3, 9))
	_, err := r.off.Sync(t.Context(), office.Order{Digest: "0123456789abcdef"})
	if !errors.Is(err, state.ErrUnknownPreview) {
		t.Errorf("err = %v, want ErrUnknownPreview", err)
	}
	if s := r.subjects(event.Exchange, anna); len(s) != 0 {
		t.Errorf("wrote %q", s)
	}
}

func TestSync_FirstSyncIsApprovedPersonByPerson(t *testing.T) {
	r := newRig(t, ticking())
	for _, id := range everybody() {
		r.cal[event.Business].Put(id, r.entry("first of "+string(id), 3, 9))
	}
	r.order(office.Order{Who: []event.PersonID{anna}, ApproveFirst: true})
	for _, id := range everybody() {
		r.cal[event.Business].Put(id, r.entry("second of "+string(id), 4, 9))
	}
	r.order(office.Order{Cause: state.CauseSchedule})
	if n := len(r.subjects(event.Exchange, anna)); n != 2 {
		t.Errorf("anna has %d entries, want 2: her approval stands", n)
	}
	for _, id := range []event.PersonID{bert, cleo} {
		if n := len(r.subjects(event.Exchange, id)); n != 0 {
			t.Errorf("%s has %d entries that nobody approved", id, n)
		}
	}
	for _, p := range r.off.Status().People {
		if want := p.ID != anna; p.Unapproved != want {
			t.Errorf("%s: unapproved = %v, want %v", p.Name, p.Unapproved, want)
		}
	}
}

func TestSync_ApprovalOutlastsAThrottledFirstSync(t *testing.T) {
	r := newRig(t, ticking())
	for n := range 3 {
		r.cal[event.Exchange].Put(anna, r.entry(fmt.Sprint("e", n), 3+n, 9))
	}
	p, err := r.off.Preview(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if s == event.Business {
			return &failing{Endpoint: e, after: 1, err: endpoint.Error{Op: "create", Scope: endpoint.ScopeCalendar, Kind: endpoint.Throttled, RetryAfter: time.Minute}}
		}
		return e
	}
	r.start()
	r.order(office.Order{Digest: p.Digest})
	if s := r.off.Status(); s.People[0].Unapproved || s.People[0].Health != office.SlowedDown {
		t.Errorf("status = %+v, want slowed down and nothing to approve", s.People[0])
	}
	r.order(office.Order{Cause: state.CauseSchedule})
	if got := r.subjects(event.Business, anna); len(got) != 3 {
		t.Errorf("business has %q, want all three that were approved", got)
	}
	r.cal[event.Exchange].Put(bert, r.entry("bert's", 5, 9))
	r.order(office.Order{Cause: state.CauseSchedule})
	if r.has(event.Business, bert, "bert's") != true {
		t.Error("bert's calendars were empty and his first sync has ended: changes flow")
	}
}

// failing writes so many times, then fails once, and is well again.
type failing struct {
	endpoint.Endpoint
	after int
	err   endpoint.Error
}

func (f *failing) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	f.after--
	if f.after == -1 {
		out := make([]endpoint.Result, len(ops))
		for i := range out {
			e := f.err
			out[i].Err = &e
		}
		return out
	}
	return f.Endpoint.Apply(ctx, ops)
}

func TestSync_OnePersonsTroubleStopsNobody(t *testing.T) {
	r := newRig(t, ticking())
	for _, id := range everybody() {
		r.cal[event.Business].Put(id, r.entry("of "+string(id), 3, 9))
	}
	r.cal[event.Exchange].Break(bert, &endpoint.Error{Op: "list", Side: event.Exchange, Scope: endpoint.ScopeCalendar, Kind: endpoint.Forbidden, Code: "ErrorAccessDenied"})
	got := r.sync()
	if of(got, bert).Err == nil {
		t.Error("bert's trouble is not in his result")
	}
	for _, id := range []event.PersonID{anna, cleo} {
		if n := len(r.subjects(event.Exchange, id)); n != 1 || of(got, id).Err != nil {
			t.Errorf("%s has %d entries, %v; want 1 and no error", id, n, of(got, id).Err)
		}
	}
	if h := r.off.Status().Health; h != office.NeedsAttention {
		t.Errorf("health = %s, want %s", h, office.NeedsAttention)
	}
}

func TestSync_FailedSignIn_SaysSo(t *testing.T) {
	r := newRig(t, ticking())
	refused := &endpoint.Error{Op: "sign in", Side: event.Exchange, Scope: endpoint.ScopeAccount, Kind: endpoint.Auth}
	r.cal[event.Exchange].Break(anna, refused)
	r.sync()
	if s := r.off.Status(); s.Health != office.SignInAgain || s.People[0].Failed != "auth" {
		t.Errorf("status = %+v, want sign in again", s)
	}
	r.start()
	if err := r.off.Recall(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := r.off.Status(); s.Health != office.SignInAgain {
		t.Errorf("health after a restart = %s, want %s", s.Health, office.SignInAgain)
	}
	r.cal[event.Exchange].Break(anna, nil)
	r.sync()
	if s := r.off.Status(); s.Health != office.UpToDate {
		t.Errorf("health after the sign-in = %s, want %s", s.Health, office.UpToDate)
	}
}

// queued notes when two writes to a system are on their way at once. Each
// takes a second.
type queued struct {
	endpoint.Endpoint
	inside *atomic.Int64
	t      *testing.T
}

func (q *queued) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	if q.inside.Add(1) > 1 {
		q.t.Error("two writes to the business system at once")
	}
	defer q.inside.Add(-1)
	time.Sleep(time.Second)
	return q.Endpoint.Apply(ctx, ops)
}

func TestSync_PeopleShareOneWriteQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, time.Now)
		var inside atomic.Int64
		r.wrap = func(_ event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
			if s == event.Business {
				return &queued{e, &inside, t}
			}
			return e
		}
		for _, id := range everybody() {
			for n := range 5 {
				r.cal[event.Exchange].Put(id, r.entry(fmt.Sprintf("%s %d", id, n), n, 9))
			}
		}
		if n := writes(r.sync()); n != 15 {
			t.Errorf("%d writes, want 15", n)
		}
	})
}

// hesitant is an office whose index answers a second after it has looked, so
// that people who plan side by side all plan on the same.
type hesitant struct{ state.Office }

func (h hesitant) Index() state.Index { return hesitantIndex{h.Office.Index()} }

type hesitantIndex struct{ state.Index }

func (h hesitantIndex) Shared(ctx context.Context) (map[string]event.ID, error) {
	out, err := h.Index.Shared(ctx)
	time.Sleep(time.Second)
	return out, err
}

func TestSync_AllPlanTheSameCreate_OneMakesItAndTheOthersJoin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, time.Now)
		r.state = hesitant{r.state}
		r.start()
		r.meeting("meeting-1", "olga@elsewhere.test", r.entry("all hands", 3, 9))
		got := r.sync()
		if writes(got) != 1 || paired(got) != 2 || len(r.distinct()) != 1 {
			t.Errorf("%d writes, %d pairings, %d entries; want 1, 2, 1", writes(got), paired(got), len(r.distinct()))
		}
		awaited := 0
		for _, p := range got.People {
			if !p.Approved {
				t.Errorf("%s has not come to the end of the first sync", p.Person.Name)
			}
			awaited += p.Unapproved
		}
		if awaited != 0 {
			t.Errorf("%d creates are left over", awaited)
		}
	})
}

func TestSync_ManyAtOnce_DuplicateNothing(t *testing.T) {
	r := newRig(t, ticking())
	for n := range 5 {
		r.meeting(fmt.Sprintf("meeting-%d", n), "olga@elsewhere.test", r.entry(fmt.Sprint("m", n), n, 9))
		r.cal[event.Business].Put(bert, r.entry(fmt.Sprint("b", n), n, 13))
	}
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if _, err := r.off.Sync(t.Context(), office.Order{ApproveFirst: true}); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if _, err := r.off.Preview(t.Context(), nil, false); err != nil {
				t.Error(err)
			}
			r.off.Status()
		})
	}
	wg.Wait()
	r.sync()
	if n := len(r.distinct()); n != 10 {
		t.Errorf("%d business entries, want 10", n)
	}
	if n := len(r.subjects(event.Exchange, bert)); n != 10 {
		t.Errorf("bert's mailbox holds %d entries, want 10", n)
	}
	if got := r.sync(); writes(got)+paired(got) != 0 {
		t.Errorf("the last sync wrote %d and paired %d", writes(got), paired(got))
	}
}

func TestSync_OtherConnections_MakeNewEngines(t *testing.T) {
	r := newRig(t, ticking())
	r.sync()
	r.sync()
	if n := r.connected.Load(); n != 3 {
		t.Fatalf("connected %d times, want once for each of three", n)
	}
	s, err := r.book.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Rules.DaysBack = new(40)
	_ = r.book.SaveSettings(t.Context(), s)
	r.sync()
	if n := r.connected.Load(); n != 3 {
		t.Errorf("another rule connected anew: %d times", n)
	}
	s.Connections[event.Exchange].URL = "https://elsewhere.test"
	_ = r.book.SaveSettings(t.Context(), s)
	r.sync()
	if n := r.connected.Load(); n != 6 {
		t.Errorf("connected %d times after the connections changed, want 6", n)
	}
	p := r.person(anna)
	p.Accounts[event.Exchange] = "other@office.test"
	_ = r.book.SavePeople(t.Context(), []state.Person{p})
	r.sync()
	if n := r.connected.Load(); n != 7 {
		t.Errorf("connected %d times after anna's account changed, want 7", n)
	}
}

func TestSync_NotSetUpOrNobody_SaysSo(t *testing.T) {
	r := newRig(t, ticking())
	if _, err := r.off.Sync(t.Context(), office.Order{Who: []event.PersonID{"nobody"}}); !errors.Is(err, office.ErrNobody) {
		t.Errorf("err = %v, want ErrNobody", err)
	}
	_ = r.book.SaveSettings(t.Context(), state.Settings{})
	if _, err := r.off.Preview(t.Context(), nil, false); !errors.Is(err, office.ErrNotSetUp) {
		t.Errorf("err = %v, want ErrNotSetUp", err)
	}
}

func TestSync_FailedConnect_IsThatPersonsTrouble(t *testing.T) {
	r := newRig(t, ticking())
	r.cal[event.Business].Put(bert, r.entry("bert's", 3, 9))
	off := r.off
	off.Connect = func(ctx context.Context, s state.Settings, p state.Person) ([2]endpoint.Endpoint, error) {
		if p.ID == anna {
			return [2]endpoint.Endpoint{}, &endpoint.Error{Op: "connect", Scope: endpoint.ScopeAccount, Kind: endpoint.Unavailable}
		}
		return r.connect(ctx, s, p)
	}
	got := r.sync()
	if of(got, anna).Failed != "unavailable" || !r.has(event.Exchange, bert, "bert's") {
		t.Errorf("anna failed with %q and bert has %q", of(got, anna).Failed, r.subjects(event.Exchange, bert))
	}
	if s := r.off.Status(); s.Health != office.Offline {
		t.Errorf("health = %s, want %s", s.Health, office.Offline)
	}
}

// switching switches somebody off while his write is on its way.
type switching struct {
	endpoint.Endpoint
	off func()
}

func (s *switching) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	s.off()
	return s.Endpoint.Apply(ctx, ops)
}

func TestSwitch_OffDuringARun_FinishesTheBatchInHandOnly(t *testing.T) {
	r := newRig(t, ticking())
	r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if id != anna || s != event.Business {
			return e
		}
		return &switching{e, func() {
			if _, err := r.off.Switch(t.Context(), string(anna), false, "cleo"); err != nil {
				t.Error(err)
			}
		}}
	}
	for n := range 3 {
		r.cal[event.Exchange].Put(anna, r.entry(fmt.Sprint("a", n), 3+n, 9))
		r.cal[event.Exchange].Put(bert, r.entry(fmt.Sprint("b", n), 3+n, 9))
	}
	got := r.sync()
	if !errors.Is(of(got, anna).Err, office.ErrSwitchedOff) {
		t.Errorf("anna's error = %v, want ErrSwitchedOff", of(got, anna).Err)
	}
	if n := len(r.subjects(event.Business, anna)); n != 1 {
		t.Errorf("%d of anna's entries written, want the one in hand", n)
	}
	if n := len(r.subjects(event.Business, bert)); n != 3 {
		t.Errorf("%d of bert's entries written, want 3", n)
	}
	for _, p := range r.off.Status().People {
		if p.ID == anna {
			t.Error("the status still shows anna")
		}
	}
	p := r.person(anna)
	if p.Enabled || p.SwitchedBy != "cleo" || p.SwitchedAt.IsZero() {
		t.Errorf("the book has %+v, want switched off by cleo", p)
	}
	snap, err := r.state.Person(anna).Load(t.Context())
	if err != nil || len(snap.Open) != 0 {
		t.Errorf("open entries: %v, %v", snap.Open, err)
	}
}

func TestSwitch_UnknownAddress_SaysSo(t *testing.T) {
	r := newRig(t, ticking())
	for _, address := range []string{"", "nobody@office.test"} {
		if _, err := r.off.Switch(t.Context(), address, true, "me"); !errors.Is(err, office.ErrNoSuchPerson) {
			t.Errorf("switch %q: %v, want ErrNoSuchPerson", address, err)
		}
	}
	if _, err := r.off.Switch(t.Context(), " ANNA@Office.test ", true, "me"); err != nil {
		t.Errorf("an address in other case: %v", err)
	}
}

func TestSync_ThreeDeadMidway_OneMeetingStaysOne(t *testing.T) {
	r := newRig(t, ticking())
	r.meeting("meeting-1", "olga@elsewhere.test", r.entry("all hands", 3, 9))
	for _, id := range everybody() {
		r.cal[event.Business].FailNext(id, memory.FailUnavailable)
		r.cal[event.Business].FailNext(id, memory.LoseAnswer)
	}
	for range 6 {
		r.sync()
	}
	if n := len(r.distinct()); n != 1 {
		t.Errorf("%d business entries, want 1", n)
	}
}

// between runs something between a write and its answer, once.
type between struct {
	endpoint.Endpoint
	do func()
}

func (b *between) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	out := b.Endpoint.Apply(ctx, ops)
	if b.do != nil {
		do := b.do
		b.do = nil
		do()
	}
	return out
}

// The organiser has moved the meeting and the guest's copy does not know yet.
// Between the organiser's create and its record the guest's run sees a
// business entry that nothing in his mailbox is like.
func TestSync_GuestSeesTheEntryBeforeItIsRecorded_MakesNoSecondCopy(t *testing.T) {
	r := newRig(t, ticking())
	r.wrap = func(id event.PersonID, s event.Side, e endpoint.Endpoint) endpoint.Endpoint {
		if id != anna || s != event.Business {
			return e
		}
		return &between{e, func() { r.order(office.Order{Who: []event.PersonID{bert}, ApproveFirst: true}) }}
	}
	r.meeting("meeting-1", string(anna), r.entry("all hands", 3, 9))
	mine := r.cal[event.Exchange].List(anna)[0].ID
	if err := r.cal[event.Exchange].Edit(anna, mine, func(it *event.Item) { it.When = r.entry("", 5, 9).When }); err != nil {
		t.Fatal(err)
	}
	r.sync()
	r.sync()
	if got := r.subjects(event.Exchange, bert); len(got) != 1 {
		t.Errorf("bert's mailbox holds %q, want his one copy", got)
	}
	if n := len(r.distinct()); n != 1 {
		t.Errorf("%d business entries, want 1", n)
	}
	if got := r.sync(); writes(got)+paired(got) != 0 {
		t.Errorf("the last sync wrote %d and paired %d", writes(got), paired(got))
	}
}

// One business entry of two people is the same action for both: only its
// person tells them apart.
func TestSync_ApprovalOfOnePersonsCopy_IsNotAColleagues(t *testing.T) {
	r := newRig(t, ticking())
	ev := r.entry("of two", 3, 9)
	ev.Attendees = []event.Attendee{{Address: string(bert)}}
	r.cal[event.Business].Put(anna, ev)
	p, err := r.off.Preview(t.Context(), []event.PersonID{anna}, false)
	if err != nil {
		t.Fatal(err)
	}
	r.order(office.Order{Digest: p.Digest})
	if a, b := r.subjects(event.Exchange, anna), r.subjects(event.Exchange, bert); len(a) != 1 || len(b) != 0 {
		t.Errorf("anna has %q and bert %q, want anna's copy alone", a, b)
	}
}

// What a run took is given back after it, and not while somebody still works.
func TestOffice_TellsWhenAPieceOfWorkIsOver(t *testing.T) {
	r := newRig(t, ticking())
	var told, busy int
	r.rested = func() {
		told++
		if r.off.Status().Syncing {
			busy++
		}
	}
	r.start()
	if _, err := r.off.Preview(t.Context(), nil, false); err != nil {
		t.Fatal(err)
	}
	if told != 1 {
		t.Errorf("told %d times after a preview, want once", told)
	}
	if r.sync(); told != 2 || busy != 0 {
		t.Errorf("told %d times after a run as well, want twice; %d times before its end", told, busy)
	}
}
