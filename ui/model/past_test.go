package model

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"lockstep/sync/localapi"
	"lockstep/sync/plan"
)

func TestPastRuns_StandTogetherWhenOneCauseBeganThem(t *testing.T) {
	at := decisionNow.Add(-time.Hour)
	run := func(id int64, who, cause string, begun time.Time) localapi.Run {
		return localapi.Run{ID: id, Person: who, Address: who + "@office.test", Cause: cause, Started: begun, Ended: begun.Add(time.Second)}
	}
	runs := []localapi.Run{
		run(6, "anna", "manual", at.Add(time.Second)), run(5, "bert", "manual", at), // one
		run(4, "anna", "manual", at.Add(-time.Second)),                                                     // Anna's own, once more
		run(3, "bert", "schedule", at.Add(-time.Second)), run(2, "anna", "schedule", at.Add(-time.Minute)), // one
		run(1, "cleo", "schedule", at.Add(-time.Hour)),
	}
	var got []string
	for _, g := range PastRuns(runs, "", "", nil, decisionNow) {
		names := ""
		for _, r := range g.Runs {
			names += r.Person + " "
		}
		got = append(got, strings.TrimSpace(names))
	}
	if s, want := strings.Join(got, "; "), "anna bert; anna; bert anna; cleo"; s != want {
		t.Errorf("got %q, want %q", s, want)
	}
	if g := PastRuns(runs, "bert@office.test", "", nil, decisionNow); len(g) != 2 {
		t.Errorf("%d runs of bert, want 2", len(g))
	}
	if g := PastRuns(runs, "", "lunch", map[int64]bool{1: true}, decisionNow); len(g) != 1 || g[0].Key != 1 {
		t.Errorf("%+v hold what was found, want run 1", g)
	}
}

func TestPastRuns_SayHowTheyEnded(t *testing.T) {
	r := localapi.Run{
		ID: 1, Person: "Anna", Cause: "manual", Started: decisionNow.Add(-time.Hour), Ended: decisionNow.Add(-time.Hour + 6*time.Second),
		Written: map[string]map[string]int{"business": {"create": 2}, "exchange": {"update": 9, "leave": 1, "stamp": 40}},
	}
	for _, c := range []struct {
		change func(*localapi.Run)
		want   string
		good   bool
	}{
		{func(*localapi.Run) {}, "1 calendar, 12 changes, 6 s. It ran to its end.", true},
		{func(r *localapi.Run) { r.Failed = "auth" }, "1 calendar, 12 changes, 6 s. It ended early. The server refuses the sign-in.", false},
		{func(r *localapi.Run) { r.Halt = "too_many_deletes" }, "1 calendar, 12 changes, 6 s. It was stopped for safety.", false},
		{func(r *localapi.Run) { r.Ended = time.Time{} }, "1 calendar, 12 changes. It has not ended.", true},
	} {
		r := r
		c.change(&r)
		g := PastRuns([]localapi.Run{r}, "", "", nil, decisionNow)[0]
		if g.Note != c.want || g.Good != c.good || g.Counts != "+2 ~9 -1" {
			t.Errorf("%q (good %t, %q), want %q (good %t)", g.Note, g.Good, g.Counts, c.want, c.good)
		}
	}
}

// What is private or another's is in no row, no pane and no table.
func TestPastItems_ShowNothingPrivate(t *testing.T) {
	for _, e := range []localapi.Entry{{Subject: "Surgery", Location: "Ward 3", Private: true}, {Masked: true}} {
		was := e
		was.Start, was.End, e.Start, e.End = "2026-11-25T10:00:00", "2026-11-25T11:00:00", "2026-11-25T10:00:00", "2026-11-25T11:00:00"
		if !e.Masked {
			was.Location = "Ward 4"
		}
		items := PastItems([]localapi.Run{{ID: 1, Person: "Anna"}}, map[int64][]localapi.Change{1: {{
			Kind: "update", Side: "exchange", Outcome: "applied", Fields: []string{"subject", "location", "notes"}, Before: &was, After: &e,
			Reason: plan.Reason{Code: plan.ChangedThere},
		}}})
		var csv bytes.Buffer
		if err := HistoryCSV(&csv, items); err != nil {
			t.Fatal(err)
		}
		ev := PastEventOf(items[0], true, decisionNow)
		all := csv.String() + items[0].Entry + ev.What + ev.Why
		for _, f := range ev.Changes {
			all += f.Before + f.After
		}
		if strings.Contains(all, "Surgery") || strings.Contains(all, "Ward") {
			t.Errorf("%+v is shown: %s", e, all)
		}
		if len(ev.Changes) != 3 {
			t.Errorf("%d fields are named, want all three", len(ev.Changes))
		}
	}
}

// A table of the history goes to people who may not see the calendars.
func TestHistoryCSV_HoldsNoCalendarText(t *testing.T) {
	was := localapi.Entry{Subject: "Surgery", Location: "Ward 3", Start: "2026-11-25T10:00:00", End: "2026-11-25T11:00:00"}
	now := was
	now.Subject, now.Location = "Recovery", "Ward 4"
	items := PastItems([]localapi.Run{{ID: 7, Person: "Anna"}}, map[int64][]localapi.Change{7: {{
		Kind: "update", Side: "exchange", Outcome: "applied", Fields: []string{"subject", "location"}, Before: &was, After: &now,
		Reason: plan.Reason{Code: plan.ChangedThere},
	}}})
	if len(items) != 1 || !strings.Contains(items[0].Entry, "Recovery") {
		t.Fatalf("the window does not show the subject that is looked for: %+v", items)
	}
	var table bytes.Buffer
	if err := HistoryCSV(&table, items); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"Surgery", "Recovery", "Ward"} {
		if strings.Contains(table.String(), text) {
			t.Errorf("the table holds %s: %s", text, table.String())
		}
	}
	for _, told := range []string{"7,", "Anna", "update", "2026-11-25T10:00:00", "subject", "changed_there"} {
		if !strings.Contains(table.String(), told) {
			t.Errorf("the table does not tell %s: %s", told, table.String())
		}
	}
}

func TestPastItems_TellWhatWasNotDone(t *testing.T) {
	e := &localapi.Entry{Subject: "Lunch", Start: "2026-11-25T10:00:00", End: "2026-11-25T11:00:00"}
	items := PastItems([]localapi.Run{{ID: 1}}, map[int64][]localapi.Change{1: {
		{Number: 1, Kind: "create", Side: "exchange", Outcome: "not_applied", After: e},
		{Number: 2, Kind: "create", Side: "exchange", Outcome: "applied", After: e},
		{Number: 3, Kind: "stamp", Side: "exchange", Outcome: "applied", After: e},
	}})
	counts := CountDeeds(items)
	if counts[DeedAny] != 3 || counts[DeedCreated] != 1 || counts[DeedProblem] != 1 {
		t.Errorf("counts %v, want one made and one problem of three", counts)
	}
	if items[0].What != "Not written in Outlook" || CanUndo(items[0]) || !CanUndo(items[1]) || CanUndo(items[2]) {
		t.Errorf("%+v", items)
	}
}

// A write that was refused tells of no entry; what had been done to the pair does.
func TestPastItems_NameWhatWasRefused(t *testing.T) {
	e := &localapi.Entry{ID: "x", Subject: "Lunch", Start: "2026-11-25T10:00:00", End: "2026-11-25T11:00:00"}
	changes := map[int64][]localapi.Change{
		1: {{Number: 1, Link: "l", Kind: "create", Side: "exchange", Outcome: "applied", After: e}},
		2: {{Number: 2, Link: "l", Kind: "update", Side: "business", Outcome: "not_applied"}},
	}
	if got := PastItems([]localapi.Run{{ID: 2}}, changes)[0].Entry; got != "Lunch" {
		t.Errorf("named %q, want Lunch", got)
	}
	delete(changes, 1)
	if got := PastItems([]localapi.Run{{ID: 2}}, changes)[0].Entry; got != "Entry that cannot be shown" {
		t.Errorf("named %q, want nothing made up", got)
	}
}
