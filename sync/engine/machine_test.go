package engine_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lockstep/sync/engine"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// token is what the machine knows of one entry that a person made. Its name
// is in the subject for ever, so that every copy on either side is counted.
type token struct {
	name string
	// legal are, per field, the values that may stand at the end: the one both
	// sides held when they were last seen equal, and every one written since.
	legal map[string][]string
	// edited tells by which sides the entry was edited since then.
	edited [2]bool
	// deleted tells by which sides it was deleted since then.
	deleted [2]bool
	// rested: both sides have been seen to hold it. A copy that is deleted
	// before that, on a side that knows no keys, while the answer that it was
	// made is lost, cannot be told from one that was never made.
	rested bool
	// said is, per field, what a person has decided on, as long as nobody has
	// touched the entry since.
	said map[string]string
}

// machine is two people at work, one on each side of one person's calendars,
// and a program that may die at any step.
type machine struct {
	*rig
	tokens map[string]*token
	made   int
	// expired: a cursor with its tombstones was lost since the last rest, so
	// that a deletion may be no more than an entry that is not listed.
	expired bool
}

// fields read an entry in the words of the oracle, which never calls
// Normalize: texts are trimmed and times taken to the minute here, by hand.
func fields(it event.Item) map[string]string {
	start, end := it.When.Instants(time.UTC)
	_, subject, _ := strings.Cut(strings.TrimSpace(it.Subject), " ")
	out := map[string]string{
		"subject":  strings.TrimSpace(subject),
		"when":     start.Truncate(time.Minute).Format(time.RFC3339) + "/" + end.Truncate(time.Minute).Format(time.RFC3339),
		"location": strings.TrimSpace(it.Location),
		"notes":    it.Notes,
		"private":  fmt.Sprint(it.Private),
	}
	if it.Recurrence != nil {
		seriesFields(it, out)
	}
	return out
}

func nameOf(subject string) string {
	name, _, _ := strings.Cut(strings.TrimSpace(subject), " ")
	return name
}

// find are the copies of a token on one side.
func (m *machine) find(s event.Side, name string) []event.Item {
	var out []event.Item
	for _, it := range m.cal[s].List(anna) {
		if nameOf(it.Subject) == name {
			out = append(out, it)
		}
	}
	return out
}

func (m *machine) create(t *rapid.T) {
	s := event.Side(rapid.IntRange(0, 1).Draw(t, "side"))
	m.made++
	name := fmt.Sprintf("tok%d", m.made)
	ev := meeting(name+" first", rapid.IntRange(1, 28).Draw(t, "day"), rapid.IntRange(5, 18).Draw(t, "hour"))
	m.track(s, name, ev)
}

// track lets a person make an entry and takes it down.
func (m *machine) track(s event.Side, name string, ev event.Event) {
	m.cal[s].Put(anna, ev)
	tok := &token{name: name, legal: map[string][]string{}}
	for f, v := range fields(m.find(s, name)[0]) {
		tok.legal[f] = []string{v}
	}
	m.tokens[name] = tok
}

// pick chooses an entry that a side shows; nil if it shows none.
func (m *machine) pick(t *rapid.T, s event.Side) *event.Item {
	list := m.cal[s].List(anna)
	if len(list) == 0 {
		return nil
	}
	it := list[rapid.IntRange(0, len(list)-1).Draw(t, "entry")]
	return &it
}

func (m *machine) edit(t *rapid.T) {
	s := event.Side(rapid.IntRange(0, 1).Draw(t, "side"))
	it := m.pick(t, s)
	if it == nil {
		return
	}
	name := nameOf(it.Subject)
	n := rapid.IntRange(0, 999).Draw(t, "value")
	field := rapid.SampledFrom([]string{"subject", "when", "location", "notes", "private"}).Draw(t, "field")
	err := m.cal[s].Edit(anna, it.ID, func(it *event.Item) {
		switch field {
		case "subject":
			it.Subject = fmt.Sprintf("%s name %d ", name, n)
		case "when":
			day := 1 + n%28
			if it.Recurrence != nil {
				day = 3 // only the hour: the weeks that are looked at stay
			}
			it.When = meeting("", day, 5+n%13).When
		case "location":
			it.Location = fmt.Sprintf(" room %d", n)
		case "notes":
			it.Notes = fmt.Sprintf("line %d\nsecond", n)
		case "private":
			it.Private = !it.Private
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	m.note(s, name)
}

// note takes down what a person's edit made legal.
func (m *machine) note(s event.Side, name string) {
	tok := m.tokens[name]
	tok.edited[s], tok.said = true, nil
	for _, it := range m.find(s, name) {
		for f, v := range fields(it) {
			// The newest goes last, also when it was there before.
			tok.legal[f] = append(slices.DeleteFunc(tok.legal[f], func(old string) bool { return old == v }), v)
		}
	}
}

func (m *machine) remove(t *rapid.T) {
	s := event.Side(rapid.IntRange(0, 1).Draw(t, "side"))
	it := m.pick(t, s)
	if it == nil {
		return
	}
	if err := m.cal[s].Remove(anna, it.ID); err != nil {
		t.Fatal(err)
	}
	tok := m.tokens[nameOf(it.Subject)]
	tok.deleted[s], tok.said = true, nil
}

// fault lets the next call on a side go wrong.
func (m *machine) fault(t *rapid.T) {
	s := event.Side(rapid.IntRange(0, 1).Draw(t, "side"))
	f := rapid.SampledFrom([]memory.Fault{
		memory.FailUnavailable, memory.FailThrottled, memory.FailExpired, memory.LoseRequest, memory.LoseAnswer,
	}).Draw(t, "fault")
	m.cal[s].FailNext(anna, f)
	m.expired = m.expired || f == memory.FailExpired
}

// pass lets so much time go by that nobody who changes his mind back and forth
// is taken for a program that does.
func (m *machine) pass() { m.clock = m.clock.Add(9 * time.Hour) }

// run syncs once; it may die at a step, or run into a fault.
func (m *machine) run(t *rapid.T) {
	m.pass()
	if at := rapid.IntRange(0, 60).Draw(t, "death"); at > 0 {
		m.fused(crashtest.At(at))
	}
	if m.eng == nil {
		m.start()
	}
	_, err := m.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}})
	if err != nil {
		m.plain()
	}
}

// look previews, perhaps after a death; it may run into a fault, and a program
// that has may still be told to stop, or go on.
func (m *machine) look(t *rapid.T) {
	if rapid.Bool().Draw(t, "anew") {
		m.plain()
	}
	m.looked()
}

// rest lets the program come to rest and holds both calendars against what
// people did: nothing lost, nothing twice, both sides equal, nothing to do.
func (m *machine) rest(t *rapid.T) {
	m.pass()
	m.plain()
	m.start()
	idle := false
	for tries := 0; tries < 12; {
		res, err := m.eng.Sync(t.Context(), engine.Options{Cause: state.CauseManual, Approval: engine.Approval{Standing: true}})
		if err != nil {
			m.plain() // a fault that was still waiting
			m.start()
			continue
		}
		tries++
		if res.Plan.Halt != nil {
			t.Fatalf("halted: %+v", res.Plan.Halt.Reason)
		}
		if len(res.Written[0])+len(res.Written[1])+res.Paired == 0 {
			idle = true
			break
		}
	}
	if !idle {
		t.Fatal("twelve syncs in a row found something to write")
	}
	asked := m.say(t)
	for name, tok := range m.tokens {
		asked = m.answer(t, name, tok) || asked
	}
	m.expired = false
	if asked {
		m.rest(t)
		return
	}
	for name, tok := range m.tokens {
		m.judge(t, name, tok)
	}
}

// say is a person saying of each create of which nobody knows what became what
// it has made: he knows his own entries, whatever he has made of them since.
func (m *machine) say(t *rapid.T) (asked bool) {
	all, err := m.eng.Decisions(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if slices.Contains(d.Choices, plan.TakeByField) {
			m.choose(t, d)
			asked = true
			continue
		}
		if d.Action.Reason.Code != plan.OutcomeUnsure {
			continue
		}
		choice, made := plan.KeepSeparate, event.ID("")
		for _, it := range m.cal[d.Action.Side.Other()].List(anna) {
			if slices.Contains(d.Action.Candidates, it.ID) && nameOf(it.Subject) == nameOf(d.Action.Want.Subject) {
				choice, made = plan.PairWith, it.ID
			}
		}
		if err := m.eng.Resolve(t.Context(), d.ID, plan.Answer{Choice: choice, Partner: made}); err != nil {
			t.Fatalf("answer %s: %v", choice, err)
		}
		asked = true
	}
	return asked
}

// decide is a person answering what waits, before the program has come to rest.
// It does not die meanwhile: what becomes of an answer then is a test of its own.
func (m *machine) decide(t *rapid.T) {
	m.plain()
	m.start()
	if all, err := m.eng.Decisions(t.Context(), false); err == nil {
		for _, d := range all {
			if have := d.Action.Have[event.Business]; slices.Contains(d.Choices, plan.TakeByField) && m.shows(nameOf(have.Subject), d) {
				m.choose(t, d)
			}
		}
	}
}

// choose is a person saying of each field which side is right. Of a field whose
// other half is not written yet, too, he is taken at his word.
func (m *machine) choose(t *rapid.T, d engine.Decision) {
	a := plan.Answer{Choice: plan.TakeByField}
	said := map[string]string{}
	for _, f := range d.Action.Fields.Each() {
		s := event.Side(rapid.IntRange(0, 1).Draw(t, "right"))
		a.Right[s] |= f
		said[f.String()] = fields(*d.Action.Have[s])[f.String()]
	}
	if err := m.eng.Resolve(t.Context(), d.ID, a); err != nil {
		t.Fatalf("answer %s field by field: %v", d.Action.Fields, err)
	}
	// What is said of a series is judged by its rule and weeks, not by its fields.
	if tok := m.tokens[nameOf(d.Action.Have[event.Business].Subject)]; tok != nil && m.shows(tok.name, d) {
		tok.said = said
	}
}

// shows tells whether both sides are a single entry as a question shows it.
func (m *machine) shows(name string, d engine.Decision) bool {
	for s, have := range d.Action.Have {
		now := m.find(event.Side(s), name)
		if len(now) != 1 || have.Recurrence != nil || !maps.Equal(fields(now[0]), fields(*have)) {
			return false
		}
	}
	return true
}

// answer is a person deciding on an entry that vanished without proof: he
// deletes the other end too.
func (m *machine) answer(t *rapid.T, name string, tok *token) bool {
	b, e := m.find(event.Business, name), m.find(event.Exchange, name)
	if !m.expired || !tok.deleted[event.Exchange] || len(b) != 1 || len(e) != 0 {
		return false
	}
	if err := m.cal[event.Business].Remove(anna, b[0].ID); err != nil {
		t.Fatal(err)
	}
	tok.deleted[event.Business] = true
	return true
}

// judge holds one entry against what people did to it since the last rest.
func (m *machine) judge(t *rapid.T, name string, tok *token) {
	copies := [2][]event.Item{m.find(event.Business, name), m.find(event.Exchange, name)}
	if len(copies[0]) > 1 || len(copies[1]) > 1 {
		t.Fatalf("%s is there %d and %d times", name, len(copies[0]), len(copies[1]))
	}
	if len(copies[0]) != len(copies[1]) {
		p, err := m.eng.Preview(t.Context(), false)
		t.Logf("what the engine makes of it (%v):", err)
		for _, a := range p.Actions {
			t.Logf("  %s on %s, %+v, link %q", a.Kind, a.Side, a.Reason, a.Link)
		}
		t.Fatalf("%s is there %d times in business and %d times in exchange", name, len(copies[0]), len(copies[1]))
	}
	gone := len(copies[0]) == 0
	someDeleted := tok.deleted[0] || tok.deleted[1]
	if gone && !someDeleted {
		t.Fatalf("%s is lost: nobody deleted it", name)
	}
	if !gone && someDeleted && !tok.edited[0] && !tok.edited[1] && tok.rested {
		t.Fatalf("%s is still there although it was deleted and nobody edited it", name)
	}
	if gone {
		delete(m.tokens, name)
		return
	}
	got := [2]map[string]string{fields(copies[0][0]), fields(copies[1][0])}
	for f, v := range got[0] {
		if v != got[1][f] {
			t.Fatalf("%s: %s is %q in business and %q in exchange", name, f, v, got[1][f])
		}
		if v == "none" {
			continue // the rule that stands has no such occurrence
		}
		if !slices.Contains(tok.legal[f], v) {
			t.Fatalf("%s: %s is %q, which nobody wrote; legal are %q", name, f, v, tok.legal[f])
		}
		if said, ok := tok.said[f]; ok && v != said {
			t.Fatalf("%s: %s is %q, and a person has said that it is to be %q", name, f, v, said)
		}
		// One side alone spoke, and it spoke last: its last word stands.
		if last := tok.legal[f][len(tok.legal[f])-1]; tok.edited[0] != tok.edited[1] && v != last && !someDeleted {
			t.Fatalf("%s: %s is %q, but the only person who edited it last wrote %q", name, f, v, last)
		}
	}
	tok.rested = true
	tok.edited, tok.deleted, tok.legal, tok.said = [2]bool{}, [2]bool{}, map[string][]string{}, nil
	for f, v := range got[0] {
		tok.legal[f] = []string{v}
	}
}

func TestMachine_NothingLostNothingTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t)
		if rapid.Bool().Draw(t, "asks") {
			m.policy.Winner = plan.AskAlways
		}
		if rapid.Bool().Draw(t, "bare") {
			for _, s := range event.Sides() {
				o := [2]memory.Options{memory.LikeBusiness(m.now), memory.LikeExchange(m.now)}[s]
				o.Bare = true
				m.cal[s] = memory.NewCalendar(o)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"create": m.create, "edit": m.edit, "edit_more": m.edit, "remove": m.remove,
			"fault": m.fault, "sync": m.run, "rest": m.rest, "look": m.look, "decide": m.decide,
		})
		m.rest(t)
	})
}
