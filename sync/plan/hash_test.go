package plan

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lockstep/sync/event"
)

func updateAction() Action {
	in := input()
	in.pair(1)
	in.edit(biz, "b1", time.Hour, subject("New"))
	return Build(in).Actions[0]
}

func TestHash_StaysWhenOnlyVersionsMove(t *testing.T) {
	a, b := updateAction(), updateAction()
	for _, s := range event.Sides() {
		it := *b.Have[s]
		it.Version, it.Modified = "later", now
		b.Have[s] = &it
	}
	if a.Hash() != b.Hash() {
		t.Error("an entry that was saved again without a change needs a new approval")
	}
	b.Want.Location = "Room 2" // not among the fields
	b.Reason = Reason{Code: NewerWins}
	if a.Hash() != b.Hash() {
		t.Error("what is not written needs a new approval")
	}
}

// attended lets these people be in an entry.
func attended(addresses ...string) func(*event.Item) {
	return func(it *event.Item) {
		it.Meeting = true
		it.Attendees = nil
		for _, a := range addresses {
			it.Attendees = append(it.Attendees, event.Attendee{Address: a})
		}
	}
}

func TestHash_MovesWithEverythingThatIsApproved(t *testing.T) {
	have := func(a *Action, s event.Side, change func(*event.Item)) {
		it := *a.Have[s]
		change(&it)
		a.Have[s] = &it
	}
	seen := map[string]string{updateAction().Hash(): "unchanged"}
	for name, change := range map[string]func(*Action){
		"kind":        func(a *Action) { a.Kind = Create },
		"delete":      func(a *Action) { a.Kind = Delete },
		"delete more": func(a *Action) { a.Kind = Delete; have(a, exch, notes("new")) },
		"leave":       func(a *Action) { a.Kind = Leave },
		"side":        func(a *Action) { a.Side = biz },
		"written":     func(a *Action) { a.Want.Subject = "Newer" },
		"fields":      func(a *Action) { a.Fields |= event.FieldLocation },
		"overwritten": func(a *Action) { have(a, exch, subject("Somebody's")) },
		"target":      func(a *Action) { have(a, exch, func(it *event.Item) { it.ID = "x2" }) },
		"source":      func(a *Action) { have(a, biz, func(it *event.Item) { it.ID = "b2" }) },
		"no source":   func(a *Action) { a.Have[biz] = nil },
		"mails":       func(a *Action) { a.Mails = 1; have(a, exch, attended("eve@example.org")) },
		"more mails":  func(a *Action) { a.Mails = 2; have(a, exch, attended("eve@example.org", "kim@example.org")) },
		"others":      func(a *Action) { a.Mails = 1; have(a, exch, attended("kim@example.org")) },
	} {
		a := updateAction()
		change(&a)
		if other, twice := seen[a.Hash()]; twice {
			t.Errorf("%s hashes like %s", name, other)
		}
		seen[a.Hash()] = name
	}
}

func TestDigest_NamesWhatNeedsApproval(t *testing.T) {
	in := input()
	in.put(biz, entry("b1", "One", 1), entry("b2", "Two", 2), entry("b3", "Both", 3))
	in.put(exch, entry("x3", "Both", 3))
	p := Build(in)
	digest := p.Digest()
	slices.Reverse(p.Actions)
	if p.Digest() != digest {
		t.Error("the order of actions shows in the digest")
	}
	p.Actions = slices.DeleteFunc(p.Actions, func(a Action) bool { return a.Kind == Pair })
	if p.Digest() != digest {
		t.Error("a pair, which needs no approval, shows in the digest")
	}
	p.Actions = p.Actions[1:]
	if p.Digest() == digest || p.Digest() == "" {
		t.Error("a create less does not show in the digest")
	}
	if got := (Plan{Actions: []Action{{Kind: Skip}}}).Digest(); got != "" {
		t.Errorf("digest of a plan that writes nothing = %q, want none", got)
	}
}

func TestCounts_GroupsByKindAndSide(t *testing.T) {
	p := Plan{Actions: []Action{{Kind: Create}, {Kind: Create, Side: exch}, {Kind: Create, Side: exch}, {Kind: Skip}}}
	got := p.Counts()
	if len(got) != 2 || got[Create] != [2]int{1, 2} || got[Skip] != [2]int{1, 0} {
		t.Errorf("Counts = %v", got)
	}
}

// drawEvent draws from few values, so that equal events are common.
func drawEvent(t *rapid.T) event.Event {
	pick := func(what string, n int) int { return rapid.IntRange(0, n).Draw(t, what) }
	e := entry("", []string{"", "A", "AB"}[pick("subject", 2)], pick("day", 1)).Event
	e.When = e.When.Rezone([]string{"", "UTC", "Asia/Tokyo"}[pick("zone", 2)])
	if pick("all day", 3) == 0 {
		e.When = event.AllDay(event.DateOf(now), event.DateOf(now).AddDays(1+pick("days", 1)))
	}
	e.Location, e.Notes = []string{"", "B"}[pick("location", 1)], []string{"", "C"}[pick("notes", 1)]
	e.Private, e.Done = pick("private", 1) == 0, pick("done", 1) == 0
	e.ShowAs, e.Kind.ID = event.ShowAs(pick("show", 1)), []string{"", "k"}[pick("kind", 1)]
	e.Kind.Name = []string{"", "name"}[pick("kind name", 1)]
	e.Reminder = event.Reminder{Set: pick("reminder", 1) == 0}
	for range pick("attendees", 2) {
		e.Attendees = append(e.Attendees, event.Attendee{
			Address: []string{"a@example.com", "b@example.com"}[pick("who", 1)], Name: []string{"", "N"}[pick("name", 1)],
		})
	}
	if pick("series", 1) == 0 {
		e.Recurrence = weekly()
		e.Recurrence.Interval = 1 + pick("interval", 1)
		for range pick("deleted", 1) {
			e.Recurrence.Deleted = append(e.Recurrence.Deleted, e.When.Start)
		}
		for range pick("overrides", 1) {
			e.Recurrence.Overrides = append(e.Recurrence.Overrides, event.Override{
				Original: e.When.Start, Fields: event.FieldSubject | event.FieldWhen,
				Event: event.Event{Subject: []string{"", "O"}[pick("override", 1)], When: e.When},
			})
		}
	}
	return e
}

// The encoding tells two events apart exactly where Diff does, so that an
// approval or a mark never outlives a change and never dies of none.
func TestCanonical_TellsApartWhatDiffDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawEvent(t), drawEvent(t)
		if rapid.Bool().Draw(t, "alike") {
			b = event.Take(a, b, rapid.SampledFrom(event.AllFields.Each()).Draw(t, "but for"))
		}
		differ := event.Diff(a, b)
		for _, f := range append(event.AllFields.Each(), event.AllFields) {
			if f == event.FieldWhen && (a.Recurrence == nil) != (b.Recurrence == nil) {
				continue // of one series and one single entry, the times say nothing alone
			}
			same := string(Canonical(a, f)) == string(Canonical(b, f))
			if want := differ&f == 0; same != want {
				t.Errorf("%s: encodings equal = %v, Diff says equal = %v", f, same, want)
			}
		}
		if differ == 0 && digest(zones{}.canonical(a)) != digest(zones{}.canonical(b)) {
			t.Error("equal events have different canonical forms")
		}
	})
}

func TestAgreed_DoesNotDependOnHowThingsAreSpelled(t *testing.T) {
	in := input()
	l := *in.pair(1)
	l.Base[exch].Attendees = []event.Attendee{{Address: "a@example.com", Name: "A"}}
	want := Agreed(l, in.Caps, in.Normalize)
	l.Base[exch].When = l.Base[exch].When.Rezone("Asia/Tokyo")
	l.Base[exch].Attendees = []event.Attendee{{Address: "a@example.com", Response: event.ResponseAccepted}}
	l.Base[exch].Kind.Name, l.Base[exch].ShowAs = "Visit", event.ShowFree
	if got := Agreed(l, in.Caps, in.Normalize); in.Digest(got) != in.Digest(want) || got.ShowAs != 0 || got.Kind.Name != "" {
		t.Errorf("Agreed = %+v, want %+v", got, want)
	}
}

func TestStrings_AreStable(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Live.String(), "live"},
		{Never.String(), "never"},
		{LinkState(9).String(), "unknown"},
		{Present.String(), "present"},
		{Unreadable.String(), "unreadable"},
		{Presence(-1).String(), "unknown"},
		{PairWith.String(), "pair_with"},
		{TakeExchange.String(), "take_exchange"},
		{Choice(9).String(), "unknown"},
		{Pair.String(), "pair"},
		{Skip.String(), "skip"},
		{ActionKind(99).String(), "unknown"},
	} {
		if c.got != c.want {
			t.Errorf("String = %q, want %q", c.got, c.want)
		}
	}
}
