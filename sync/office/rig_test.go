package office_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

const (
	anna event.PersonID = "anna@office.test"
	bert event.PersonID = "bert@office.test"
	cleo event.PersonID = "cleo@office.test"
)

// tester is what a rig needs of a test; testing.T and rapid.T both are one.
type tester interface {
	Helper()
	Context() context.Context
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// rig is an office of three people between two simulated systems.
type rig struct {
	t     tester
	clock func() time.Time
	cal   [2]*memory.Calendar
	book  *memory.Book
	state state.Office
	off   *office.Office
	keys  atomic.Int64
	// wrap lets a test stand between an engine and a person's endpoint.
	wrap func(event.PersonID, event.Side, endpoint.Endpoint) endpoint.Endpoint
	// connected counts the calls of Connect.
	connected atomic.Int64
	parallel  int
	home      string // signs the leases
	prune     func(ctx context.Context, history, images time.Time) error
	rested    func()
}

// ticking is a clock on which every look is a second later than the last.
func ticking() func() time.Time {
	var mu sync.Mutex
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
}

func newRig(t tester, clock func() time.Time) *rig {
	t.Helper()
	r := &rig{t: t, clock: clock, home: "h1", book: memory.NewBook(), state: memory.NewOffice()}
	r.cal[event.Business] = memory.NewCalendar(memory.LikeBusiness(clock))
	r.cal[event.Exchange] = memory.NewCalendar(memory.LikeExchange(clock))
	people := []state.Person{}
	for _, id := range everybody() {
		name, _, _ := strings.Cut(string(id), "@")
		people = append(people, state.Person{
			ID: id, Name: name, Addresses: [2]string{string(id), string(id)},
			Accounts: [2]string{name, string(id)}, Enabled: true,
		})
	}
	err := r.book.SaveSettings(t.Context(), state.Settings{
		Office: "office-1", Zone: "Europe/Helsinki", Rules: state.Rules{Deleted: plan.KeepChanged},
	})
	if err = errors.Join(err, r.book.SavePeople(t.Context(), people)); err != nil {
		t.Fatal(err)
	}
	r.start()
	return r
}

func everybody() []event.PersonID { return []event.PersonID{anna, bert, cleo} }

// start makes a new office over what survives, as a restart does.
func (r *rig) start() {
	history, _ := r.state.(state.History)
	r.off = office.New(office.Config{
		Book: r.book, State: r.state, History: history, Connect: r.connect, Parallel: r.parallel,
		Installation: engine.Installation{Home: r.home, Holder: "PC " + r.home},
		Digest: func(e event.Event) string {
			h := fnv.New64a()
			_, _ = h.Write(plan.Canonical(e, event.AllFields))
			return fmt.Sprintf("%x", h.Sum64())
		},
		NewKey: func() event.Key { return event.Key(fmt.Sprintf("key-%d", r.keys.Add(1))) },
		Now:    r.clock, Log: slog.New(slog.DiscardHandler), Prune: r.prune, Rested: r.rested,
	})
}

func (r *rig) connect(_ context.Context, _ state.Settings, p state.Person) (eps [2]endpoint.Endpoint, err error) {
	r.connected.Add(1)
	for _, s := range event.Sides() {
		eps[s] = r.cal[s].Endpoint(p.ID)
		if r.wrap != nil {
			eps[s] = r.wrap(p.ID, s, eps[s])
		}
	}
	return eps, nil
}

// sync brings everybody in step, all approved.
func (r *rig) sync() office.Summary {
	r.t.Helper()
	return r.order(office.Order{ApproveFirst: true})
}

func (r *rig) order(o office.Order) office.Summary {
	r.t.Helper()
	out, err := r.off.Sync(r.t.Context(), o)
	if err != nil {
		r.t.Fatalf("sync: %v", err)
	}
	return out
}

// of is one person's part of a summary.
func of(s office.Summary, id event.PersonID) office.PersonResult {
	for _, p := range s.People {
		if p.Person.ID == id {
			return p
		}
	}
	return office.PersonResult{}
}

// writes counts what a Sync wrote, marks left out.
func writes(s office.Summary) int {
	n := 0
	for _, p := range s.People {
		for _, kinds := range p.Written {
			for kind, count := range kinds {
				if kind != plan.Stamp.String() {
					n += count
				}
			}
		}
	}
	return n
}

func paired(s office.Summary) int {
	n := 0
	for _, p := range s.People {
		n += p.Paired
	}
	return n
}

// subjects are what somebody sees in his calendar, sorted.
func (r *rig) subjects(s event.Side, id event.PersonID) []string {
	out := []string{}
	for _, it := range r.cal[s].List(id) {
		out = append(out, it.Subject)
	}
	slices.Sort(out)
	return out
}

// has tells whether an entry of that subject is in somebody's calendar.
func (r *rig) has(s event.Side, id event.PersonID, subject string) bool {
	return slices.Contains(r.subjects(s, id), subject)
}

// distinct are the ids of everybody's business entries.
func (r *rig) distinct() []event.ID {
	var out []event.ID
	for _, id := range everybody() {
		for _, it := range r.cal[event.Business].List(id) {
			out = append(out, it.ID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// entry lasts an hour, so many days from now.
func (r *rig) entry(subject string, days, hour int) event.Event {
	r.t.Helper()
	d := event.DateOf(r.clock()).AddDays(days).In(time.UTC).Add(time.Duration(hour) * time.Hour)
	span, err := event.Between(d, d.Add(time.Hour), "Europe/Helsinki")
	if err != nil {
		r.t.Fatal(err)
	}
	return event.Event{Subject: subject, When: span}
}

// meeting puts a copy of one meeting into everybody's mailbox.
func (r *rig) meeting(uid, organizer string, ev event.Event) {
	r.t.Helper()
	for _, id := range everybody() {
		if string(id) != organizer {
			ev.Attendees = append(ev.Attendees, event.Attendee{Address: string(id)})
		}
	}
	for _, id := range everybody() {
		it := event.Item{Event: ev, UID: uid, Organizer: organizer, Meeting: true, Standing: event.StandingParticipant}
		if string(id) == organizer {
			it.Standing = event.StandingOwner
		}
		r.cal[event.Exchange].PutItem(id, it)
	}
}

// person is somebody as the book has him.
func (r *rig) person(id event.PersonID) state.Person {
	r.t.Helper()
	p, err := r.off.Find(r.t.Context(), string(id))
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}
