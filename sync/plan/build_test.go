package plan

import (
	"testing"
	"time"

	"lockstep/sync/event"
)

// now is the moment all tests play at, on a Monday.
var now = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

const sharedFields = event.AllFields &^ (event.FieldShowAs | event.FieldReminder)

// input is a person with two empty calendars that can do everything.
func input() Input {
	same := func(e event.Event) event.Event { return e }
	caps := event.Capabilities{Batch: 50, Tombstones: true, Keys: true, Preconditions: true}
	in := Input{
		Now:       now,
		Window:    event.Window{From: now.AddDate(0, 0, -30), To: now.AddDate(0, 0, 90)},
		Normalize: [2]func(event.Event) event.Event{same, same},
		Digest:    digest,
		Office:    "office-1",
		Person:    "anna@example.com",
		Colleagues: map[string]bool{
			"anna@example.com": true, "bert@example.com": true,
		},
	}
	in.Caps[event.Business], in.Caps[event.Exchange] = caps, caps
	in.Caps[event.Business].Fields = sharedFields
	in.Caps[event.Exchange].Fields = event.AllFields
	return in
}

func digest(e event.Event) string {
	a := Action{Want: e, Fields: event.AllFields}
	return a.Hash()[:16]
}

// entry is an hour on day n after now.
func entry(id event.ID, subject string, n int) event.Item {
	start := time.Date(2026, 3, 2+n, 10, 0, 0, 0, time.UTC)
	when, _ := event.Between(start, start.Add(time.Hour), "Europe/Helsinki")
	return event.Item{
		Ref:      event.Ref{ID: id, Version: "v1"},
		Event:    event.Event{Subject: subject, When: when},
		Created:  now.AddDate(0, 0, -10),
		Modified: now.AddDate(0, 0, -5),
	}
}

func TestBuild_PlansNothingForTwoEmptyCalendars(t *testing.T) {
	got := Build(input())
	if len(got.Actions) != 0 || got.Halt != nil || len(got.Refreshed) != 0 {
		t.Errorf("Build = %+v, want an empty plan", got)
	}
}

func TestBuild_FirstSyncPairsAndCreates(t *testing.T) {
	in := input()
	in.First = true
	in.Mirror[event.Business] = []Mirrored{{Item: entry("b1", "Staff", 1)}, {Item: entry("b2", "Board", 2)}}
	in.Mirror[event.Exchange] = []Mirrored{{Item: entry("x1", "Staff", 1)}, {Item: entry("x3", "Dentist", 3)}}
	got := Build(in).Counts()
	want := map[ActionKind][2]int{Pair: {1, 0}, Create: {1, 1}}
	if len(got) != 2 || got[Pair] != want[Pair] || got[Create] != want[Create] {
		t.Errorf("Counts = %v, want %v", got, want)
	}
}
