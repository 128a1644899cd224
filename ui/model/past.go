package model

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// PastRun is what people take for one run: the runs of several colleagues that
// one cause began together.
type PastRun struct {
	// Key stays the same while the history grows.
	Key  int64
	Runs []localapi.Run
	// When, Counts and Line are its row; Title and Note stand over what it did.
	When, Counts, Line string
	Title, Note        string
	// Good: everything was done. Open: it has not ended.
	Good, Open bool
}

// together is how far apart the runs of several colleagues may begin that one
// cause began: they wait for each other's slots.
const together = 2 * time.Minute

// PastRuns groups the history, newest first. address and search, unless empty,
// leave out what is not that colleague's, or of nobody whose name has it;
// found are runs that hold what is searched for in another way.
func PastRuns(runs []localapi.Run, address, search string, found map[int64]bool, now time.Time) []PastRun {
	sorted := slices.Clone(runs)
	slices.SortStableFunc(sorted, func(a, b localapi.Run) int {
		return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(b.ID, a.ID))
	})
	var out []PastRun
	for _, r := range sorted {
		if address != "" && r.Address != address || !found[r.ID] && !holds(search, r.Person) {
			continue
		}
		if n := len(out) - 1; n >= 0 && joins(out[n], r) {
			out[n].Runs = append(out[n].Runs, r)
			continue
		}
		out = append(out, PastRun{Runs: []localapi.Run{r}})
	}
	for i := range out {
		out[i].describe(now)
	}
	return out
}

// joins tells whether a run is one more colleague's part of a group.
func joins(g PastRun, r localapi.Run) bool {
	first := g.Runs[0]
	return r.Cause == first.Cause && r.Cause != localapi.CauseRebuilt && first.Started.Sub(r.Started) <= together &&
		!slices.ContainsFunc(g.Runs, func(have localapi.Run) bool { return have.Address == r.Address })
}

func (g *PastRun) describe(now time.Time) {
	first := g.Runs[0]
	g.Key, g.Good = first.ID, true
	start, end := first.Started, first.Ended
	counts := [3]int{}
	failed := ""
	for _, r := range g.Runs {
		g.Key = min(g.Key, r.ID)
		g.Open = g.Open || r.Ended.IsZero()
		if r.Failed != "" || r.Halt != "" {
			g.Good = false
			failed = cmp.Or(failed, r.Person)
		}
		if r.Started.Before(start) {
			start = r.Started
		}
		if r.Ended.After(end) {
			end = r.Ended
		}
		for i, n := range writes(r) {
			counts[i] += n
		}
	}
	g.When = Moment(start, now)
	n := len(g.Runs)
	g.Line = say.N("{{.Cause}}, {{.N}} calendar", "{{.Cause}}, {{.N}} calendars", n, "Cause", cause(first.Cause))
	g.Title = say.T("{{.When}}, {{.How}}", "When", g.When, "How", begun(first.Cause))
	var parts []string
	for i, sign := range []string{"+", "~", "-"} {
		if counts[i] > 0 {
			parts = append(parts, sign+strconv.Itoa(counts[i]))
		}
	}
	g.Counts = strings.Join(parts, " ")
	if first.Cause == localapi.CauseRebuilt {
		g.Line, g.Note = cause(first.Cause), say.T("What happened before is not in this history.")
		return
	}
	calendars := say.N("{{.N}} calendar", "{{.N}} calendars", n)
	changes := say.N("{{.N}} change", "{{.N}} changes", counts[0]+counts[1]+counts[2])
	var ended string
	switch {
	case g.Open:
		ended = say.T("It has not ended.")
	case failed != "" && n == 1 && first.Halt != "":
		ended = say.T("It was stopped for safety.")
	case failed != "" && n == 1:
		ended = say.T("It ended early. {{.Why}}", "Why", sentence(sentenceCase(Failed(first.Failed))))
	case failed != "":
		ended = say.T("It ended early for {{.Name}}.", "Name", failed)
	default:
		ended = say.T("It ran to its end.")
	}
	g.Note = say.T("{{.Calendars}}, {{.Changes}}, {{.Time}}. {{.End}}", "Calendars", calendars, "Changes", changes, "Time", Ago(end.Sub(start)), "End", ended)
	if g.Open {
		g.Note = say.T("{{.Calendars}}, {{.Changes}}. {{.End}}", "Calendars", calendars, "Changes", changes, "End", ended)
	}
}

// writes counts what a run created, changed and deleted.
func writes(r localapi.Run) (out [3]int) {
	for _, s := range event.Sides() {
		w := r.Written[s.String()]
		out[0] += w[plan.Create.String()]
		out[1] += w[plan.Update.String()]
		out[2] += w[plan.Delete.String()] + w[plan.Leave.String()]
	}
	return out
}

// cause is what began a run, as a label.
func cause(c string) string {
	switch c {
	case "first":
		return say.T("First sync")
	case "schedule":
		return say.T("Timer")
	case "manual":
		return say.T("By hand")
	case "watch":
		return say.T("Change noticed")
	case "undo":
		return sentenceCase(say.T("undo")) // the act; "Undo" is an order to do it
	case "allowed":
		return say.T("Let through")
	case localapi.CauseRebuilt:
		return say.T("Store begun anew")
	}
	return c
}

// begun is what began a run, in a title behind its time.
func begun(c string) string {
	switch c {
	case "first":
		return say.T("first sync")
	case "schedule":
		return say.T("started by the timer")
	case "manual":
		return say.T("started by hand")
	case "watch":
		return say.T("a change was noticed")
	case "undo":
		return say.T("undo")
	case "allowed":
		return say.T("let through after a safety stop")
	case localapi.CauseRebuilt:
		return say.T("the store was begun anew")
	}
	return c
}

// RunColleague is a colleague of the history.
type RunColleague struct{ Name, Address string }

// RunColleagues are all of the history, by name.
func RunColleagues(runs []localapi.Run) []RunColleague {
	seen := map[string]bool{}
	var out []RunColleague
	for _, r := range runs {
		if r.Address != "" && !seen[r.Address] {
			seen[r.Address] = true
			out = append(out, RunColleague{r.Person, r.Address})
		}
	}
	slices.SortFunc(out, func(a, b RunColleague) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Address, b.Address))
	})
	return out
}
