package store

import (
	"testing"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// past does and ends a run some days ago, with one update that was applied.
func past(t *testing.T, s *Store, daysAgo int) state.RunID {
	t.Helper()
	at, it := start().AddDate(0, 0, -daysAgo), entry(daysAgo)
	open := begun(t, s.Person(anna), at, state.Intent{Action: plan.Action{Kind: plan.Delete, Side: event.Exchange, Have: [2]*event.Item{nil, &it}}})
	ok(t, s.Person(anna).Settle(t.Context(), []state.Settled{{Entry: open[0].ID, Outcome: state.Applied, Before: &it, At: at}}))
	ok(t, s.Person(anna).EndRun(t.Context(), open[0].Run, state.Report{Ended: at}))
	return open[0].Run
}

func TestPrune_ForgetsHistoryAndSoonerItsImages(t *testing.T) {
	s := opened(t, dbPath(t))
	old, middle, young := past(t, s, 91), past(t, s, 31), past(t, s, 3)
	stuck := begun(t, s.Person(anna), start().AddDate(-1, 0, 0), making(entry(500)))[0].Run
	ok(t, s.Prune(t.Context(), start().AddDate(0, 0, -90), start().AddDate(0, 0, -30)))
	runs, err := s.Runs(t.Context(), 0)
	ok(t, err)
	var got []state.RunID
	for _, r := range runs {
		got = append(got, r.ID)
	}
	same(t, "runs left", got, []state.RunID{stuck, young, middle})
	for run, want := range map[state.RunID][2]int{old: {0, 0}, middle: {1, 0}, young: {1, 1}} {
		changes, err := s.Changes(t.Context(), run)
		ok(t, err)
		images := 0
		for _, c := range changes {
			if c.Before != nil {
				images++
			}
		}
		if got := [2]int{len(changes), images}; got != want {
			t.Errorf("run %d has %v changes and images, want %v", run, got, want)
		}
	}
}

func TestPrune_GivesRoomBackAndLeavesNothingInTheWAL(t *testing.T) {
	path := dbPath(t)
	s := opened(t, path)
	for n := range 300 {
		past(t, s, 100+n%3)
	}
	ok(t, s.compact(t.Context()))
	full := length(path)
	ok(t, s.Prune(t.Context(), start().AddDate(0, 0, -90), start().AddDate(0, 0, -30)))
	if left := length(path); left > full/2 {
		t.Errorf("the file has %d bytes, of %d before", left, full)
	}
	if wal := length(path + "-wal"); wal > 0 {
		t.Errorf("the WAL has %d bytes still", wal)
	}
}

func TestPrune_KeepsWhatTheSafetyStopsCount(t *testing.T) {
	s := opened(t, dbPath(t))
	past(t, s, 1)
	ok(t, s.Prune(t.Context(), start().Add(time.Hour), start().Add(time.Hour)))
	same(t, "deletions", loaded(t, s.Person(anna)).Deletions, []time.Time{start().AddDate(0, 0, -1)})
}

func TestLoad_TellsTheDeletionsOfTheLastTwoDays(t *testing.T) {
	s := opened(t, dbPath(t))
	for _, days := range []int{5, 3, 2, 1, 0} {
		past(t, s, days)
	}
	it := entry(1)
	other := begun(t, s.Person(anna), start(), making(it))
	ok(t, s.Person(anna).Settle(t.Context(), []state.Settled{applied(other[0])}))
	want := []time.Time{start().AddDate(0, 0, -2), start().AddDate(0, 0, -1), start()}
	same(t, "deletions", loaded(t, s.Person(anna)).Deletions, want)
	same(t, "somebody else's", loaded(t, s.Person("p2")).Deletions, []time.Time(nil))
}

func TestLinks_NeverTakeTheIDOfOneThatEnded(t *testing.T) {
	s := opened(t, dbPath(t))
	p := s.Person(anna)
	ok(t, p.SaveLinks(t.Context(), []plan.Link{{UID: "one"}}))
	ended := loaded(t, p).Links[0].ID
	open := begun(t, p, start(), state.Intent{Action: plan.Action{Kind: plan.Unlink, Link: ended}})
	ok(t, p.Settle(t.Context(), []state.Settled{{Entry: open[0].ID, Outcome: state.Applied, Unlink: ended, At: start()}}))
	ok(t, p.SaveLinks(t.Context(), []plan.Link{{UID: "two"}}))
	if got := loaded(t, p).Links[0].ID; got == ended {
		t.Errorf("a new link took the ID %s of one that ended", got)
	}
}
