package store

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

const anna = event.PersonID("p1")

// start is the moment at which the tests' clock stands.
func start() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) }

func options() Options { return Options{Seal: [32]byte{1, 2, 3}, Now: start} }

func dbPath(t testing.TB) string { return filepath.Join(t.TempDir(), "home", "office.db") }

// opened is the store at path, closed when the test ends.
func opened(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, options())
	ok(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// entry is an item as a calendar is full of them.
func entry(n int) event.Item {
	day := event.Date{Year: 2026, Month: time.March, Day: 1 + n%28}
	return event.Item{
		Ref: event.Ref{ID: event.ID(fmt.Sprintf("AAMkAGI2TG93cy1kZW1v%08d", n)), Version: event.Version(fmt.Sprintf("DwAAABYAAAB%05d", n))},
		Event: event.Event{
			Subject:   fmt.Sprintf("Weekly planning %d", n),
			When:      event.Span{Start: event.Wall{Date: day, Hour: 9}, End: event.Wall{Date: day, Hour: 10}, Zone: "Europe/Helsinki"},
			Location:  "Meeting room 3",
			Notes:     "Agenda: figures of last week, plans for the next, anything else.",
			ShowAs:    event.ShowBusy,
			Attendees: []event.Attendee{{Address: "bert@office.test", Name: "Bert Berg"}},
		},
		UID:       fmt.Sprintf("040000008200E00074C5B7101A82E008%08d", n),
		Organizer: "anna@office.test", Created: start(), Modified: start(),
	}
}

// page is a pull of n entries from the first on.
func page(first, n int) state.Pull {
	p := state.Pull{Next: endpoint.Cursor(fmt.Sprint("after ", first+n)), At: start()}
	for i := first; i < first+n; i++ {
		it := entry(i)
		p.Changes = append(p.Changes, endpoint.Change{ID: it.ID, Item: &it})
	}
	return p
}

// making is the intent to create an Exchange entry on the business side.
func making(it event.Item) state.Intent {
	return state.Intent{
		Action: plan.Action{
			Kind: plan.Create, Side: event.Business, Have: [2]*event.Item{nil, &it}, Want: it.Event,
			Fields: event.AllFields, Reason: plan.Reason{Code: plan.OnlyThere, From: event.Exchange},
		},
		Stamp: event.Stamp{Office: "office", Key: event.Key("key-" + it.ID)},
		Claim: "uid:" + it.UID,
	}
}

// applied settles an intent as done.
func applied(e state.Entry) state.Settled {
	source := *e.Intent.Action.Have[event.Exchange]
	made := source
	made.ID = "b-" + source.ID
	link := plan.Link{Refs: [2]event.Ref{made.Ref, source.Ref}, Base: [2]event.Event{made.Event, source.Event}, UID: source.UID}
	return state.Settled{
		Entry: e.ID, Outcome: state.Applied, Link: &link, After: &made, At: start(),
		Rows: []state.Row{{Side: event.Business, ID: made.ID, Item: &made}},
	}
}

// begun journals intents in a new run.
func begun(t testing.TB, s state.Store, at time.Time, in ...state.Intent) []state.Entry {
	t.Helper()
	open, refused, err := s.Begin(t.Context(), state.Run{Person: anna, Started: at, Cause: state.CauseManual}, in)
	ok(t, err)
	if len(open) != len(in) {
		t.Fatalf("%d of %d intents opened, %d refused", len(open), len(in), len(refused))
	}
	return open
}

func sent(t testing.TB, s state.Store, es []state.Entry) {
	t.Helper()
	ids := make([]state.EntryID, len(es))
	for i, e := range es {
		ids[i] = e.ID
	}
	ok(t, s.MarkSent(t.Context(), ids, start()))
}

func loaded(t testing.TB, s state.Store) state.Snapshot {
	t.Helper()
	snap, err := s.Load(t.Context())
	ok(t, err)
	return snap
}

// stepped is our schema with one more step.
func stepped(t testing.TB, sql string) schema {
	t.Helper()
	first, err := migrations.ReadFile("migrations/0001_first.sql")
	ok(t, err)
	sc, err := newSchema(fstest.MapFS{
		"migrations/0001_first.sql": {Data: first}, "migrations/0002_second.sql": {Data: []byte(sql)},
	})
	ok(t, err)
	return sc
}

// contents are the files of a folder, by name.
func contents(t testing.TB, dir string) map[string]string {
	t.Helper()
	names, err := os.ReadDir(dir)
	ok(t, err)
	out := map[string]string{}
	for _, n := range names {
		b, err := os.ReadFile(filepath.Join(dir, n.Name()))
		ok(t, err)
		out[n.Name()] = string(b)
	}
	return out
}
