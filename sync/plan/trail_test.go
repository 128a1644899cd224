package plan

import (
	"fmt"
	"testing"
	"time"

	"lockstep/sync/event"
)

// match is one link between two calendars that somebody writes to, hour by hour.
type match struct {
	t  *testing.T
	in Input
	at time.Time
}

func newMatch(t *testing.T) *match {
	m := &match{t: t, in: input(), at: now}
	m.in.pair(1)
	m.in.Trail = map[LinkID][]Turn{}
	return m
}

// edit lets a side hold another subject, an hour later.
func (m *match) edit(s event.Side, subject string) Plan {
	m.at = m.at.Add(time.Hour)
	it := &m.in.row(s, [2]event.ID{"b1", "x1"}[s]).Item
	it.Subject, it.Version, it.Modified = subject, event.Version(fmt.Sprint("v", m.at.Unix())), m.at
	return m.plan()
}

func (m *match) plan() Plan {
	m.in.Now = m.at
	return Build(m.in)
}

// carry does what a plan says, as an engine does.
func (m *match) carry(p Plan) {
	m.t.Helper()
	for _, a := range p.Actions {
		if a.Kind != Update {
			m.t.Fatalf("at %s: planned %s, want an update", m.at, show(p))
		}
		it := *a.Have[a.Side]
		l := &m.in.Links[0]
		turns := Turns(a, a.Fields, m.at, m.in.Normalize, m.in.Digest)
		m.in.Trail[l.ID] = append(m.in.Trail[l.ID], turns...)
		it.Event, it.Version = a.Want, it.Version+"+"
		after, _ := After(*l, a, Done{Item: &it, Exact: true, Stamp: StampOf(*l, m.in.Office, "", m.in.Digest, m.in.Caps, m.in.Normalize)}, m.in.Normalize)
		after.Stamp = StampOf(after, m.in.Office, "", m.in.Digest, m.in.Caps, m.in.Normalize)
		m.in.row(a.Side, it.ID).Item = it
		m.in.row(exch, "x1").Item.Stamp = after.Stamp
		*l = after
		m.in.Answers = nil
	}
}

// rally lets Exchange and the business system turn the subject back and forth
// n times.
func (m *match) rally(n int, subjects ...string) {
	m.t.Helper()
	for i := range n {
		m.carry(m.edit(event.Side(i%2), subjects[i%len(subjects)]))
	}
}

func (m *match) asked(p Plan) bool {
	return len(p.Actions) == 1 && p.Actions[0].Kind == Ask && p.Actions[0].Reason.Code == BackAndForth
}

func TestDamping_ThirdReturnWithinADayIsAsked(t *testing.T) {
	m := newMatch(t)
	m.rally(3, "New", "Staff")
	p := m.edit(exch, "Staff")
	if !m.asked(p) {
		t.Fatalf("the third return is planned as\n%s", show(p))
	}
	if got, want := p.Actions[0].Reason, (Reason{Code: BackAndForth, From: exch, Count: 3}); got != want {
		t.Errorf("reason %+v, want %+v", got, want)
	}
	if got := p.Actions[0].Fields; got != event.FieldSubject {
		t.Errorf("asked about %s", got)
	}
}

func TestDamping_OnlyThatEntryWaits(t *testing.T) {
	m := newMatch(t)
	m.in.pair(2)
	m.rally(3, "New", "Staff")
	m.in.edit(exch, "x2", time.Hour, subject("Another"))
	p := m.edit(exch, "Staff")
	if len(p.Actions) != 2 || p.Halt != nil || p.Actions[0].Kind != Update || p.Actions[0].Link != "l2" || p.Actions[1].Kind != Ask {
		t.Errorf("planned\n%s", show(p))
	}
}

func TestDamping_SpareHonestEdits(t *testing.T) {
	t.Run("a fourth one to something new", func(t *testing.T) {
		m := newMatch(t)
		m.rally(6, "One", "Two", "Three", "Four", "Five", "Six")
		m.rally(1, "Seven")
	})
	t.Run("something new after two returns", func(t *testing.T) {
		m := newMatch(t)
		m.rally(3, "New", "Staff")
		m.carry(m.edit(exch, "Another"))
	})
	t.Run("spread over days", func(t *testing.T) {
		m := newMatch(t)
		for i := range 8 {
			m.carry(m.edit(event.Side(i%2), []string{"New", "Staff"}[i%2]))
			m.at = m.at.Add(11 * time.Hour)
		}
	})
	t.Run("of another field", func(t *testing.T) {
		m := newMatch(t)
		m.rally(3, "New", "Staff")
		m.at = m.at.Add(time.Hour)
		m.in.edit(biz, "b1", time.Hour, location("Room 2"))
		m.carry(m.plan())
	})
}

func TestDamping_PublishedCopyThatAProgramRewrites(t *testing.T) {
	m := newMatch(t)
	m.in.Policy.Direction = Publish
	for range 3 {
		m.carry(m.edit(exch, "Theirs"))
	}
	if p := m.edit(exch, "Theirs"); !m.asked(p) {
		t.Errorf("the same edit once more is planned as\n%s", show(p))
	}
	if p := m.edit(exch, "A new word"); len(p.Actions) != 1 || p.Actions[0].Kind != Update {
		t.Errorf("an edit that nobody made before is planned as\n%s", show(p))
	}
}

func TestDamping_AnswerEndsItAndIsNotAskedAgainAtOnce(t *testing.T) {
	for _, c := range []struct {
		choice Choice
		writes event.Side
		want   string
	}{{TakeBusiness, exch, "New"}, {TakeExchange, biz, "Staff"}} {
		m := newMatch(t)
		m.rally(3, "New", "Staff")
		if !m.asked(m.edit(exch, "Staff")) {
			t.Fatal("not asked")
		}
		m.in.answer(biz, "b1", c.choice, "")
		p := m.plan()
		if len(p.Actions) != 1 || p.Actions[0].Side != c.writes || p.Actions[0].Want.Subject != c.want || p.Actions[0].Reason.Code != AsAnswered {
			t.Fatalf("%s is planned as\n%s", c.choice, show(p))
		}
		m.carry(p)
		if p := m.plan(); len(p.Actions) != 0 {
			t.Errorf("after %s there is left\n%s", c.choice, show(p))
		}
		other := map[string]string{"New": "Staff", "Staff": "New"}
		for i, word := 0, c.want; i < 3; i++ {
			word = other[word]
			m.carry(m.edit(exch, word))
		}
		m.in.answer(biz, "b1", NeverSync, "")
		if p := m.edit(exch, c.want); len(p.Actions) == 0 || m.asked(p) {
			t.Errorf("never is planned as\n%s", show(p))
		}
	}
}

func TestDamping_OfASeries(t *testing.T) {
	m := newMatch(t)
	rule := func(interval int) func(*event.Item) {
		return func(it *event.Item) {
			it.Recurrence = &event.Recurrence{Frequency: event.Weekly, Interval: interval, Days: 1 << time.Tuesday}
		}
	}
	for s, id := range [2]event.ID{"b1", "x1"} {
		m.in.edit(event.Side(s), id, 0, rule(1))
		m.in.Links[0].Base[s] = m.in.row(event.Side(s), id).Item.Event
	}
	turn := func(i int) Plan {
		s := event.Side(i % 2)
		m.at = m.at.Add(time.Hour)
		m.in.edit(s, [2]event.ID{"b1", "x1"}[s], time.Hour, rule(2-i%2))
		return m.plan()
	}
	for i := range 3 {
		m.carry(turn(i))
	}
	if p := turn(3); !m.asked(p) {
		t.Errorf("the third return of a rule is planned as\n%s", show(p))
	}
}

func TestTurns_KeepNoText(t *testing.T) {
	in := input()
	was, is := entry("b1", "Secret", 1), entry("x1", "Hidden", 1)
	a := Action{Kind: Update, Side: biz, Have: [2]*event.Item{&was, &is}, Want: is.Event, Fields: event.FieldSubject | event.FieldNotes}
	got := Turns(a, a.Fields, now, in.Normalize, in.Digest)
	want := Turn{
		Field: event.FieldSubject, At: now,
		Was: in.Digest(event.Event{Subject: "Secret"}), Is: in.Digest(event.Event{Subject: "Hidden"}),
	}
	if len(got) != 1 || got[0] != want {
		t.Errorf("turns %+v, want %+v alone", got, want)
	}
	a.Hold = &Link{}
	if got := Turns(a, a.Fields, now, in.Normalize, in.Digest); len(got) != 0 {
		t.Errorf("an undo leaves turns: %+v", got)
	}
}
