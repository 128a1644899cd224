package store

import (
	"bytes"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// told is an entry whose every text is a canary.
func told(mark string) event.Item {
	it := entry(7)
	it.Subject, it.Location, it.Notes = "canary subject "+mark, "canary place "+mark, "canary notes "+mark
	it.Organizer = "canary.organizer." + mark + "@else.test"
	it.Attendees = []event.Attendee{{Address: "canary.guest." + mark + "@else.test", Name: "canary name " + mark}}
	other := it.Event
	other.Subject = "canary override " + mark
	it.Recurrence = &event.Recurrence{Interval: 1, Overrides: []event.Override{{Original: it.When.Start, Fields: event.FieldSubject, Event: other}}}
	return it
}

// quiet demands that no file of the folder shows a canary, and that the search
// would have found one: the id of the entry stands there in clear.
func quiet(t *testing.T, when, dir string) {
	t.Helper()
	control := false
	for name, body := range contents(t, dir) {
		if at := bytes.Index(bytes.ToLower([]byte(body)), []byte("canary")); at >= 0 {
			t.Errorf("%s: %s shows %q", when, name, body[at:min(at+40, len(body))])
		}
		control = control || strings.Contains(body, string(entry(7).ID))
	}
	if !control {
		t.Errorf("%s: the files do not show the entry's id either; the search looks in the wrong place", when)
	}
}

func TestStore_ShowsNoCalendarText(t *testing.T) {
	path := dbPath(t)
	dir := filepath.Dir(path)
	ctx := t.Context()
	s := opened(t, path)
	p := s.Person(anna)
	pull := func(side event.Side, it event.Item) {
		ok(t, p.SavePull(ctx, side, state.Pull{Changes: []endpoint.Change{{ID: it.ID, Item: &it}}, Next: "c", At: start()}))
	}
	first, second := told("one"), told("two")
	pull(event.Exchange, first)
	pull(event.Business, first)
	quiet(t, "after a pull", dir)
	pull(event.Exchange, second)
	quiet(t, "after an update", dir)

	ask := making(second)
	ask.Action.Decisions = []plan.FieldDecision{{Field: event.FieldSubject, Reason: plan.Reason{Code: plan.NewerWins}}}
	open := begun(t, p, start(), ask)
	sent(t, p, open)
	ok(t, p.Settle(ctx, []state.Settled{{Entry: open[0].ID, Outcome: state.StillUnsure, Candidates: []event.ID{second.ID}, Before: &first, After: &second, At: start()}}))
	quiet(t, "with an unsure entry", dir)
	done := applied(open[0])
	done.Before, done.Why = &first, plan.Reason{Code: plan.CannotWrite, Detail: "ErrorX"}
	ok(t, p.Settle(ctx, []state.Settled{done}))
	link := loaded(t, p).Links[0]
	link.Base = [2]event.Event{first.Event, second.Event}
	ok(t, p.SaveLinks(ctx, []plan.Link{link}))
	ok(t, p.Answer(ctx, plan.Answer{Side: event.Exchange, ID: second.ID, Choice: plan.PairWith, Partner: "b"}))
	ok(t, p.EndRun(ctx, open[0].Run, state.Report{Ended: start(), Problems: []state.Problem{{ID: second.ID}}}))
	quiet(t, "after a run", dir)

	ok(t, p.SavePull(ctx, event.Business, state.Pull{Changes: []endpoint.Change{
		{ID: first.ID, Gone: true}, {ID: second.ID, Err: &endpoint.Error{Kind: endpoint.Invalid}},
	}, Next: "d", At: start()}))
	quiet(t, "after a deletion", dir)
	_, err := s.write.ExecContext(ctx, "VACUUM")
	ok(t, err)
	quiet(t, "after VACUUM", dir)
	_, err = s.backup(ctx, 1)
	ok(t, err)
	ok(t, s.Prune(ctx, start().AddDate(0, 0, -3), start().Add(time.Second)))
	quiet(t, "after pruning", dir)
	ok(t, s.Close())
	quiet(t, "after closing", dir)

	got := loaded(t, opened(t, path).Person(anna))
	same(t, "what the right key opens", got.Links[0].Base[event.Exchange], second.Event)
}

// What is stored in clear can hold no calendar text, because its type has no
// place for it.
func TestClearColumns_HaveNoPlaceForCalendarText(t *testing.T) {
	text := map[reflect.Type]bool{
		reflect.TypeFor[event.Event](): true, reflect.TypeFor[event.Item](): true, reflect.TypeFor[event.Attendee](): true,
	}
	var walk func(at reflect.Type, path string, seen map[reflect.Type]bool) string
	walk = func(at reflect.Type, path string, seen map[reflect.Type]bool) string {
		if text[at] {
			return path
		}
		if seen[at] {
			return ""
		}
		seen[at] = true
		switch at.Kind() {
		case reflect.Struct:
			for f := range at.Fields() {
				if found := walk(f.Type, path+"."+f.Name, seen); found != "" {
					return found
				}
			}
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			return walk(at.Elem(), path, seen)
		}
		return ""
	}
	for _, of := range []reflect.Type{
		reflect.TypeFor[plan.Reason](), reflect.TypeFor[state.Report](), reflect.TypeFor[state.Run](), reflect.TypeFor[state.Pulse](),
		reflect.TypeFor[plan.Answer](), reflect.TypeFor[linkClear](), reflect.TypeFor[window](), reflect.TypeFor[state.Settings](), reflect.TypeFor[state.Person](),
	} {
		if found := walk(of, of.String(), map[reflect.Type]bool{}); found != "" {
			t.Errorf("%s is stored in clear and has calendar text at %s", of, found)
		}
	}
	if walk(reflect.TypeFor[state.Intent](), "", map[reflect.Type]bool{}) == "" {
		t.Errorf("the search does not find the text of an intent")
	}
}

func TestSealer_NeverSealsAlikeTwice(t *testing.T) {
	s, err := newSealer([32]byte{1})
	ok(t, err)
	one, err := s.close("here", "text")
	ok(t, err)
	two, err := s.close("here", "text")
	ok(t, err)
	if bytes.Equal(one, two) {
		t.Errorf("two sealings of one value are equal: nonces are used twice")
	}
	var got string
	ok(t, s.open("here", one, &got))
	if got != "text" {
		t.Errorf("opened %q, want %q", got, "text")
	}
	for name, try := range map[string][]byte{"nothing": nil, "a nonce alone": one[:24], "one byte less": one[:len(one)-1]} {
		if err := s.open("here", try, &got); err == nil {
			t.Errorf("%s was opened", name)
		}
	}
}
