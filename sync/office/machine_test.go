package office_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
	"lockstep/sync/memory"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// token is an entry that somebody made. Its name is the first word of every
// copy's subject for ever.
type token struct {
	name string
	// subjects are what the owner's copies may be called when all is at rest.
	subjects []string
	deleted  bool // somebody has deleted or left a copy
	edited   bool
	following
}

// machine is an office of three busy people and a program that dies.
type machine struct {
	*rig
	turns
	trace
	fuse   *crashtest.Fuse
	tokens map[string]*token
	made   int
	// requests: the office sends real meeting requests.
	requests bool
	stored   state.Office
}

// restart starts the program anew, to die at that step; 0: never.
func (m *machine) restart(death int) {
	m.note(all+"the program starts, to die at step %d", death)
	m.fuse = crashtest.At(death)
	o := turning{m.stored, &m.turns, &m.trace, m.fuse}
	m.state, m.wrap = o, o.endpoint
	m.start()
}

// sync brings everybody in step at once.
func (m *machine) sync(t *rapid.T, o office.Order) (got office.Summary) {
	var err error
	m.note(all + "everybody is brought in step")
	m.play(t, func() { got, err = m.off.Sync(t.Context(), o) })
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func (m *machine) anybody(t *rapid.T) event.PersonID {
	return rapid.SampledFrom(everybody()).Draw(t, "who")
}

func (m *machine) fresh(t *rapid.T) (*token, event.Event) {
	m.made++
	tok := &token{name: fmt.Sprintf("tok%d", m.made)}
	tok.subjects = []string{tok.name + " first"}
	m.tokens[tok.name] = tok
	d := rapid.IntRange(1, 28).Draw(t, "day")
	return tok, m.entry(tok.name+" first", d, rapid.IntRange(5, 18).Draw(t, "hour"))
}

// create is somebody making an entry for himself, or a business one for several.
func (m *machine) create(t *rapid.T) {
	_, ev := m.fresh(t)
	who := m.anybody(t)
	s := event.Side(rapid.IntRange(0, 1).Draw(t, "side"))
	if s == event.Business {
		for _, id := range everybody() {
			if id != who && rapid.Bool().Draw(t, "takes part") {
				ev.Attendees = append(ev.Attendees, event.Attendee{Address: string(id)})
			}
		}
	}
	m.note("%s makes %s %q in %s, with %v", who, m.cal[s].Put(who, ev), ev.Subject, s, ev.Attendees)
}

// invite is a meeting of all three, called by one of them or from elsewhere.
func (m *machine) invite(t *rapid.T) {
	tok, ev := m.fresh(t)
	by := rapid.SampledFrom([]string{string(anna), string(bert), string(cleo), "olga@elsewhere.test"}).Draw(t, "organiser")
	if rapid.Bool().Draw(t, "with a customer") {
		ev.Attendees = append(ev.Attendees, event.Attendee{Address: "zed@elsewhere.test"})
		tok.loud = m.requests
	}
	tok.by = event.PersonID(by)
	tok.hold(ev)
	m.note("%s calls all to %q", by, ev.Subject)
	m.meeting("uid-"+tok.name, by, ev)
}

func first(subject string) string {
	name, _, _ := strings.Cut(subject, " ")
	return name
}

// pick chooses an entry in somebody's calendar; nil if there is none.
func (m *machine) pick(t *rapid.T) (s event.Side, who event.PersonID, it *event.Item) {
	s, who = event.Side(rapid.IntRange(0, 1).Draw(t, "side")), m.anybody(t)
	list := m.cal[s].List(who)
	if len(list) == 0 {
		return s, who, nil
	}
	return s, who, &list[rapid.IntRange(0, len(list)-1).Draw(t, "entry")]
}

// edit is somebody renaming or describing an entry; a guest in somebody
// else's meeting changes nothing but his own reminder.
func (m *machine) edit(t *rapid.T) {
	s, who, it := m.pick(t)
	if it == nil {
		return
	}
	n := rapid.IntRange(0, 999).Draw(t, "value")
	field := rapid.SampledFrom([]string{"subject", "location", "when"}).Draw(t, "field")
	guest := s == event.Exchange && it.Standing == event.StandingParticipant
	when := m.entry("", 1+n%28, 5+n%13).When
	m.tokens[first(it.Subject)].edited = true
	m.tokens[first(it.Subject)].typed(s, it.Standing)
	err := m.cal[s].Edit(who, it.ID, func(it *event.Item) {
		switch {
		case guest:
			it.Reminder = event.Reminder{Set: true, Minutes: n}
		case field == "subject":
			it.Subject = fmt.Sprintf("%s name %d", first(it.Subject), n)
			tok := m.tokens[first(it.Subject)]
			tok.subjects = append(tok.subjects, it.Subject)
		case field == "location":
			it.Location = fmt.Sprint("room ", n)
		case it.Standing == event.StandingOwner:
			it.When = when
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	m.note("%s edits %s of %s %q in %s", who, field, it.ID, it.Subject, s)
	m.led()
}

func (m *machine) remove(t *rapid.T) {
	s, who, it := m.pick(t)
	if it == nil {
		return
	}
	if err := m.cal[s].Remove(who, it.ID); err != nil {
		t.Fatal(err)
	}
	m.note("%s removes %s %q from %s", who, it.ID, it.Subject, s)
	m.tokens[first(it.Subject)].deleted = true
}

func (m *machine) fault(t *rapid.T) {
	s := event.Side(rapid.IntRange(0, 1).Draw(t, "side"))
	f := rapid.SampledFrom([]memory.Fault{
		memory.FailUnavailable, memory.FailThrottled, memory.FailExpired, memory.LoseRequest, memory.LoseAnswer,
	}).Draw(t, "fault")
	who := m.anybody(t)
	m.note(all+"%s of %s will answer with fault %d", s, who, f)
	m.cal[s].FailNext(who, f)
}

// run syncs everybody at once; the program may die on the way.
func (m *machine) run(t *rapid.T) {
	if at := rapid.IntRange(0, 120).Draw(t, "death"); at > 0 {
		m.restart(at)
	}
	m.sync(t, office.Order{ApproveFirst: true})
	if m.fuse.Blown() {
		m.restart(0)
	}
	m.led()
	m.echoes(t)
}

// rest lets the program come to rest and judges what became of everything.
func (m *machine) rest(t *rapid.T) {
	m.restart(0)
	for tries := 0; ; tries++ {
		got := m.sync(t, office.Order{ApproveFirst: true, Full: true})
		m.led()
		m.echoes(t)
		failed := slices.ContainsFunc(got.People, func(p office.PersonResult) bool { return p.Err != nil })
		for _, p := range got.People {
			if p.Plan.Halt != nil {
				t.Fatalf("%s halted: %+v", p.Person.Name, p.Plan.Halt.Reason)
			}
		}
		if !failed && writes(got)+paired(got) == 0 {
			break
		}
		if tries > 30 {
			t.Fatalf("thirty syncs found something to do, the last: %+v", got)
		}
	}
	if m.say(t) {
		m.rest(t)
		return
	}
	now := m.look()
	for name, tok := range m.tokens {
		m.judge(t, now, name, tok)
		m.judgeCopies(t, now, name, tok)
	}
	if c := m.cal[event.Exchange].Counts(); c.Idle > 0 || c.Mails > 0 && !m.requests {
		t.Fatalf("%d mails, %d of them about nothing", c.Mails, c.Idle)
	}
}

// say is everybody saying of each create of which nobody knows what became what
// it has made: people know their own entries, whatever they have made of them.
func (m *machine) say(t *rapid.T) (asked bool) {
	all, err := m.off.Decisions(t.Context(), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Action.Reason.Code != plan.OutcomeUnsure {
			continue
		}
		a := office.Answer{Who: []event.PersonID{d.Person.ID}, ID: d.ID, Choice: plan.KeepSeparate}
		for _, it := range m.look().copies(d.Action.Side.Other(), d.Person.ID, first(d.Action.Want.Subject)) {
			if slices.Contains(d.Action.Candidates, it.ID) {
				a.Choice, a.Partner = plan.PairWith, it.ID
			}
		}
		m.note("%s answers %s about %q: %s %s", a.Who, a.ID, d.Action.Want.Subject, a.Choice, a.Partner)
		if _, err := m.off.Resolve(t.Context(), a); err != nil {
			t.Fatalf("answer %s: %v", a.Choice, err)
		}
		asked = true
	}
	return asked
}

// looked is every calendar as it was at one moment, by token.
type looked [2]map[event.PersonID]map[string][]event.Item

func (m *machine) look() (out looked) {
	for _, s := range event.Sides() {
		out[s] = map[event.PersonID]map[string][]event.Item{}
		for _, who := range everybody() {
			of := map[string][]event.Item{}
			for _, it := range m.cal[s].List(who) {
				of[first(it.Subject)] = append(of[first(it.Subject)], it)
			}
			out[s][who] = of
		}
	}
	return out
}

// copies are one person's copies of a token on one side.
func (l looked) copies(s event.Side, id event.PersonID, name string) []event.Item {
	return l[s][id][name]
}

// judge: in nobody's calendar twice, called what somebody called it, and
// unless a copy was deleted, one business entry for all, with everybody on
// both sides who had it on either. Who leaves an entry in business and edits
// his own copy of it has one of his own from then on, with the same guests.
func (m *machine) judge(t *rapid.T, now looked, name string, tok *token) {
	ids := map[event.ID]bool{}
	there := false
	split := tok.deleted && tok.edited
	for _, who := range everybody() {
		b, x := now.copies(event.Business, who, name), now.copies(event.Exchange, who, name)
		if (len(b) > 1 || len(x) > 1) && !split {
			m.explain(t, name)
			t.Fatalf("%s is %d and %d times in the calendars of %s", name, len(b), len(x), who)
		}
		there = there || len(b)+len(x) > 0
		if len(b) != len(x) && !tok.deleted {
			m.explain(t, name)
			t.Fatalf("%s is %d times in business and %d times in exchange for %s, and nobody deleted it", name, len(b), len(x), who)
		}
		for _, it := range b {
			ids[it.ID] = true
		}
		for _, it := range append(b, x...) {
			if !slices.Contains(tok.subjects, it.Subject) {
				m.explain(t, name)
				t.Fatalf("%s of %s is called %q, which nobody wrote", name, who, it.Subject)
			}
		}
		if len(b) == 1 && len(x) == 1 && x[0].Standing == event.StandingOwner && b[0].Standing == event.StandingOwner && b[0].Subject != x[0].Subject {
			m.explain(t, name)
			t.Fatalf("%s of %s is %q in business and %q in exchange", name, who, b[0].Subject, x[0].Subject)
		}
	}
	if len(ids) > 1 && !split {
		m.explain(t, name)
		t.Fatalf("%s is %d business entries", name, len(ids))
	}
	if !there && !tok.deleted {
		m.explain(t, name)
		t.Fatalf("%s is lost", name)
	}
	if !there {
		delete(m.tokens, name)
	}
}

// explain logs where a token is and what the engines make of it.
func (m *machine) explain(t *rapid.T, name string) {
	for _, l := range m.trace.of(name) {
		t.Log(l)
	}
	for _, who := range everybody() {
		for _, s := range event.Sides() {
			for _, it := range m.look().copies(s, who, name) {
				t.Logf("%s, %s: %s %q uid %q organiser %s %s stamp %+v", who, s, it.ID, it.Subject, it.UID, it.Organizer, it.Standing, it.Stamp)
			}
		}
	}
	p, err := m.off.Preview(context.WithoutCancel(t.Context()), nil, true)
	if err != nil {
		t.Log(err)
	}
	for _, who := range p.People {
		for _, a := range who.Plan.Actions {
			for _, have := range a.Have {
				if have != nil && first(have.Subject) == name {
					t.Logf("%s: %s on %s for %+v, link %q", who.Person.Name, a.Kind, a.Side, a.Reason, a.Link)
					break
				}
			}
		}
	}
}

func TestMachine_ThreePeople_NothingLostNothingTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		_ = rt.Context().Done() // it ends outside the bubble, and so it must have been made there
		var failed any
		synctest.Test(t, func(*testing.T) {
			defer func() { failed = recover() }()
			threePeople(rt)
		})
		// By the line from which it panics rapid knows a history that fails from
		// one that is none.
		switch fmt.Sprintf("%T", failed) {
		case "<nil>":
		case "rapid.invalidData":
			panic(failed)
		default:
			panic(failed)
		}
	})
}

func threePeople(t *rapid.T) {
	m := &machine{rig: newRig(t, time.Now), tokens: map[string]*token{}, trace: trace{about: map[state.EntryID]string{}}}
	m.stored = m.state
	s, err := m.book.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.Rules.Winner = rapid.SampledFrom([]plan.Winner{plan.BusinessWins, plan.ExchangeWins, plan.ByField}).Draw(t, "winner")
	s.Rules.Limits = plan.Limits{DeleteFloor: 1 << 20, DeleteRun: 1 << 20, DeleteDay: 1 << 20, ShrinkPercent: 101, ShiftFloor: 1 << 20, CreateFloor: 1 << 20}
	m.requests = rapid.Bool().Draw(t, "sends requests")
	s.Rules.Requests = m.requests
	if err := m.book.SaveSettings(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	m.parallel = rapid.SampledFrom([]int{1, 4}).Draw(t, "at once")
	m.restart(0)
	t.Repeat(map[string]func(*rapid.T){
		"create": m.create, "invite": m.invite, "edit": m.edit, "remove": m.remove,
		"fault": m.fault, "sync": m.run, "rest": m.rest,
		"": func(*rapid.T) { time.Sleep(time.Second) },
	})
	m.rest(t)
}
