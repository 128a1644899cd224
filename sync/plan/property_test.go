package plan

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"lockstep/sync/event"
)

// world draws a person with entries in every state that the truth table knows.
func world(t *rapid.T) Input {
	in := input()
	in.Normalize = [2]func(event.Event) event.Event{cutSubject, trimNotes}
	in.Policy = Policy{
		Winner:    Winner(rapid.IntRange(0, 3).Draw(t, "winner")),
		Direction: Direction(rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "direction")),
		Deleted:   AfterDelete(rapid.IntRange(0, 1).Draw(t, "deleted")),
	}
	in.First = rapid.Bool().Draw(t, "first")
	in.Caps[biz].ReadOnly = rapid.IntRange(0, 9).Draw(t, "business read-only") == 0
	in.Caps[exch].ReadOnly = rapid.IntRange(0, 9).Draw(t, "exchange read-only") == 0
	in.Caps[biz].NoDelete = rapid.IntRange(0, 9).Draw(t, "no delete") == 0
	in.Busy = [2]map[event.ID]bool{{}, {}}
	if rapid.IntRange(0, 3).Draw(t, "limits") > 0 {
		in.Policy.Limits = Limits{DeleteFloor: 1000, DeleteRun: 1000, DeleteDay: 1000, ShrinkPercent: 1000, CreateFloor: 1000}
	}
	for n := range rapid.IntRange(1, 9).Draw(t, "entries") {
		drawEntry(t, &in, n)
	}
	return in
}

func drawEntry(t *rapid.T, in *Input, n int) {
	pick := func(what string, options ...int) int {
		return rapid.SampledFrom(options).Draw(t, fmt.Sprint(what, n))
	}
	day := pick("day", 0, 0, 1, 2, 3, 200, -35)
	b := entry(id("b", n), drawSubject(t, n), day)
	b.Event = in.Normalize[biz](b.Event)
	x := b
	x.ID = id("x", n)
	x.Event = in.Normalize[exch](x.Event)
	x.When = x.When.Rezone("UTC")
	b.Standing = event.Standing(pick("standing b", 0, 0, 0, 1))
	x.Standing = event.Standing(pick("standing x", 0, 0, 0, 1))
	b.Modified = b.Modified.Add(time.Duration(pick("age b", 0, 1, 2)) * time.Hour)
	switch pick("situation", 0, 0, 0, 0, 1, 2, 3, 4, 5) {
	case 1:
		in.put(biz, b)
	case 2:
		in.put(exch, x)
	case 3: // on both sides before us
		in.put(biz, b)
		in.put(exch, x)
	case 4: // link lost
		in.tie("lost", b, x)
		in.Links = in.Links[:len(in.Links)-1]
		drawEdits(t, in, n)
	case 5: // link lost, Exchange end copied by a person
		in.tie("lost", b, x)
		in.Links = in.Links[:len(in.Links)-1]
		c := in.row(exch, x.ID).Item
		c.ID, c.Created = id("copy", n), c.Created.Add(time.Duration(pick("copied", 0, 1))*time.Hour)
		in.put(exch, c)
	default:
		l := in.tie(LinkID(fmt.Sprint("l", n)), b, x)
		l.State = LinkState(pick("state", 0, 0, 0, 0, 1, 2))
		drawEdits(t, in, n)
		in.row(biz, b.ID).Presence = Presence(pick("presence b", 0, 0, 0, 1, 2, 3))
		in.row(exch, x.ID).Presence = Presence(pick("presence x", 0, 0, 0, 1, 2, 3))
	}
	if pick("busy", 0, 0, 0, 0, 1) == 1 {
		in.Busy[pick("busy side", 0, 1)][id([]string{"b", "x"}[pick("busy end", 0, 1)], n)] = true
	}
	if pick("answer", 0, 0, 0, 1) == 1 {
		s := event.Side(pick("answer side", 0, 1))
		in.answer(s, id([]string{"b", "x"}[s], n), Choice(pick("choice", 0, 1, 2, 3, 4, 5)), id([]string{"x", "b"}[s], n))
		if a := &in.Answers[len(in.Answers)-1]; a.Choice == TakeByField {
			right := event.FieldSet(pick("right", 0, 1, 3, 7))
			a.Right = [2]event.FieldSet{right, (event.FieldSubject | event.FieldLocation) &^ right}
		}
	}
}

func drawSubject(t *rapid.T, n int) string {
	return rapid.SampledFrom([]string{"Staff", "Staff meeting", "Board"}).Draw(t, fmt.Sprint("subject", n))
}

func drawEdits(t *rapid.T, in *Input, n int) {
	for _, s := range event.Sides() {
		which := rapid.SampledFrom([]int{0, 0, 1, 2, 3, 4}).Draw(t, fmt.Sprint("edit", s, n))
		if which == 0 {
			continue
		}
		age := time.Duration(rapid.IntRange(0, 3).Draw(t, fmt.Sprint("edit age", s, n))) * time.Hour
		in.edit(s, id([]string{"b", "x"}[s], n), age, func(it *event.Item) {
			switch which {
			case 1:
				it.Subject = drawSubject(t, 100+n) + s.String()
			case 2:
				it.When = entry("", "", rapid.IntRange(-1, 4).Draw(t, fmt.Sprint("to day", s, n))).When
			case 3:
				it.Location, it.Notes = "Room 2", " agenda"
			}
			it.Event = in.Normalize[s](it.Event)
		})
	}
}

func TestBuild_DoesNotDependOnOrderNorChangeItsInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := world(t)
		before := clone(in)
		want := Build(in)
		if !reflect.DeepEqual(before.Links, in.Links) || !reflect.DeepEqual(before.Mirror, in.Mirror) {
			t.Fatal("Build changed its input")
		}
		mixed := clone(in)
		mixed.Links = rapid.Permutation(mixed.Links).Draw(t, "links")
		mixed.Answers = rapid.Permutation(mixed.Answers).Draw(t, "answers")
		for _, s := range event.Sides() {
			mixed.Mirror[s] = rapid.Permutation(mixed.Mirror[s]).Draw(t, s.String())
		}
		got := Build(mixed)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("the order of the input shows in the plan (-want +got):\n%s", diff)
		}
		if want.Digest() != got.Digest() {
			t.Error("the order of the input shows in the digest")
		}
	})
}

func TestBuild_ComesToRestAfterItsOwnEffects(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{in: clone(world(t)), exact: rapid.Bool().Draw(t, "exact")}
		m.in.Policy.Limits.ShiftFloor = 1000
		m.in.Busy = [2]map[event.ID]bool{}
		var log string
		var p Plan
		found := map[event.ID]bool{} // business entries that were there on both sides before us
		for range 5 {
			p = Build(m.in)
			log += show(p) + "--\n"
			for _, a := range p.Actions {
				if a.Kind == Pair && a.Reason.Code == SameContent {
					found[a.Have[biz].ID] = true
				}
			}
			if idle(p) || p.Halt != nil {
				break
			}
			m.run(p)
		}
		if p.Halt != nil {
			return // waits for a person
		}
		if !idle(p) {
			t.Fatalf("never at rest:\n%s", log)
		}
		told := map[LinkID]bool{}
		for _, a := range p.Actions {
			told[a.Link] = true
		}
		pl := newPlanner(m.in)
		for _, l := range m.in.Links {
			ends := pl.ends(l)
			if l.State == Never || told[l.ID] || !pl.inWindow(l, ends) || found[l.Refs[biz].ID] ||
				pl.said(biz, l.Refs[biz].ID, PairWith) || pl.said(exch, l.Refs[exch].ID, PairWith) {
				continue // entries that were tied as they are keep what each of them holds
			}
			if differ := pl.cross(ends[biz].item.Event, ends[exch].item.Event); differ != 0 {
				t.Fatalf("link %s is at rest, but its ends differ in %s:\n%s", l.ID, differ, log)
			}
		}
	})
}

func TestBuild_TouchesEachEntryOnceAndNoneThatIsBusy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := world(t)
		p := Build(in)
		touched := map[place]ActionKind{}
		touch := func(a Action, s event.Side, as ActionKind) {
			have := a.Have[s]
			if have == nil {
				return
			}
			at := place{s, have.ID}
			if in.Busy[s][have.ID] {
				t.Errorf("%s %s touches %s, which is busy", a.Kind, a.Side, have.ID)
			}
			if was, twice := touched[at]; twice {
				t.Errorf("%s and %s both touch %s", was, as, have.ID)
			}
			touched[at] = as
		}
		for _, a := range p.Actions {
			switch a.Kind {
			case Pair:
				touch(a, biz, Pair)
				touch(a, exch, Pair)
			case Create:
				touch(a, a.Side.Other(), Create)
			case Update, Delete, Leave, Stamp:
				touch(a, a.Side, a.Kind)
			case Unlink, Await, Ask, Skip:
			}
		}
	})
}

func TestBuild_DeletesOnlyWhatIsProvenGoneOrAskedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := world(t)
		links := map[LinkID]Link{}
		for _, l := range in.Links {
			links[l.ID] = l
		}
		p := Build(in)
		if p.Halt != nil {
			p.Actions = p.Halt.Withheld
		}
		for _, a := range p.Actions {
			if a.Kind != Delete && a.Kind != Leave {
				continue
			}
			l, other := links[a.Link], a.Side.Other()
			if row := in.row(other, l.Refs[other].ID); row.Presence != Gone {
				t.Errorf("%s of %s while its other end is %s", a.Kind, a.Have[a.Side].ID, row.Presence)
			}
		}
	})
}

func TestBuild_WritesOnlyWhereItMay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := world(t)
		p := Build(in)
		for _, a := range p.Actions {
			if !a.Kind.Writes() {
				continue
			}
			if p.Halt != nil {
				t.Errorf("halted, but %s %s", a.Kind, a.Side)
			}
			if in.Caps[a.Side].ReadOnly || in.Policy.Direction == Publish && a.Side == biz ||
				in.Policy.Direction == Collect && a.Side == exch {
				t.Errorf("%s on %s, which is closed", a.Kind, a.Side)
			}
			if have := a.Have[a.Side]; a.Kind == Update && have.Standing == event.StandingParticipant &&
				a.Fields&^ownFields(a.Side) != 0 {
				t.Errorf("update of %s in a participant's copy", a.Fields)
			}
		}
		if p.Halt != nil && (len(p.Refreshed) > 0 || !idle(Plan{Actions: p.Actions})) {
			t.Error("halted, but links move")
		}
	})
}

// Two sides of equal abilities are treated alike: swap them, and the plan is
// the same with the sides swapped.
func TestBuild_IsFairToBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := world(t)
		same := func(e event.Event) event.Event { return e }
		in.Normalize = [2]func(event.Event) event.Event{same, same}
		in.Caps = [2]event.Capabilities{{Fields: sharedFields}, {Fields: sharedFields}}
		in.Digest, in.Office, in.Policy.Direction = nil, "", TwoWay
		for _, s := range event.Sides() {
			for i := range in.Mirror[s] {
				in.Mirror[s][i].Item.Stamp = event.Stamp{}
			}
		}
		swapped := clone(in)
		swapped.Mirror[0], swapped.Mirror[1] = in.Mirror[1], in.Mirror[0]
		swapped.Busy[0], swapped.Busy[1] = in.Busy[1], in.Busy[0]
		for i := range swapped.Links {
			l := &swapped.Links[i]
			l.Refs[0], l.Refs[1] = l.Refs[1], l.Refs[0]
			l.Base[0], l.Base[1] = l.Base[1], l.Base[0]
		}
		for i := range swapped.Answers {
			a := &swapped.Answers[i]
			a.Side = a.Side.Other()
			switch a.Choice {
			case TakeBusiness:
				a.Choice = TakeExchange
			case TakeExchange:
				a.Choice = TakeBusiness
			case TakeByField:
				a.Right[0], a.Right[1] = a.Right[1], a.Right[0]
			case PairWith, KeepSeparate, NeverSync:
			}
		}
		switch in.Policy.Winner {
		case BusinessWins:
			swapped.Policy.Winner = ExchangeWins
		case ExchangeWins:
			swapped.Policy.Winner = BusinessWins
		case ByField, AskAlways:
		}
		written := func(p Plan, turn bool) map[string]int {
			out := map[string]int{}
			for _, a := range p.Actions {
				if !a.Kind.Writes() && a.Kind != Ask {
					continue
				}
				if turn {
					a.Side, a.Have[0], a.Have[1] = a.Side.Other(), a.Have[1], a.Have[0]
				}
				line := fmt.Sprint(a.Kind, a.Link, a.Fields, a.Reason.Code)
				if a.Kind != Ask {
					line += a.Side.String()
				}
				for _, have := range a.Have {
					if have != nil {
						line += " " + string(have.ID)
					}
				}
				out[line]++
			}
			return out
		}
		if diff := cmp.Diff(written(Build(in), false), written(Build(swapped), true)); diff != "" {
			t.Fatalf("the sides are treated differently (-straight +swapped):\n%s", diff)
		}
	})
}

// A copy that a person made of an entry bears its mark. While the original's end
// is being written, an entry that only looks like it must not decide, by standing
// before it in the list, that the copy is new: that would be a duplicate.
func TestBuild_MarksSpeakBeforeLooks(t *testing.T) {
	for _, order := range [][]event.ID{{"copy", "like"}, {"like", "copy"}} {
		in := input()
		b := entry("b1", "Staff", 1)
		x := with(entry("x1", "Staff", 1), mark("b1"))
		in.put(biz, b)
		in.put(exch, x)
		in.Busy = [2]map[event.ID]bool{{}, {"x1": true}}
		for _, id := range order {
			it := x
			if it.ID = id; id == "like" {
				it.Stamp = event.Stamp{}
			}
			in.put(exch, it)
		}
		want := "ask exchange - copy: partner_unknown\nask exchange b1 like: spelled_alike 1/0 of [b1] near b1 97"
		if got := strings.TrimSpace(show(Build(in))); got != want {
			t.Errorf("in the order %s the plan is\n%s\nwant\n%s", order, got, want)
		}
	}
}
