package ui

import (
	"context"
	"fmt"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
)

// previewer is an agent that has a preview.
type previewer struct {
	fake
	last     *localapi.Preview // what it has kept
	fresh    localapi.Preview  // what it would read
	reads    []localapi.PreviewRequest
	leftOut  []map[string][]string
	resolved []localapi.ResolveRequest
	summary  localapi.Summary
	stopped  int
	wait     chan struct{} // a sync waits for it; nil: it does not
	detail   func(localapi.DetailRequest) localapi.Detail
}

func (f *previewer) LastPreview(context.Context) (localapi.Preview, error) {
	if f.last == nil {
		return localapi.Preview{}, &localapi.Error{Code: localapi.CodeNoPreview}
	}
	return *f.last, nil
}

func (f *previewer) Preview(_ context.Context, q localapi.PreviewRequest) (localapi.Preview, error) {
	f.reads = append(f.reads, q)
	return f.fresh, f.fail
}

func (f *previewer) LeaveOut(_ context.Context, rows map[string][]string) error {
	f.leftOut = append(f.leftOut, rows)
	return nil
}

func (f *previewer) Detail(_ context.Context, q localapi.DetailRequest) (localapi.Detail, error) {
	if f.detail == nil {
		return localapi.Detail{}, &localapi.Error{Code: localapi.CodeNoItem}
	}
	return f.detail(q), nil
}

func (f *previewer) Sync(ctx context.Context, q localapi.SyncRequest) (localapi.Summary, error) {
	f.synced = append(f.synced, q)
	if f.wait != nil {
		<-f.wait
	}
	return f.summary, f.fail
}

func (f *previewer) Stop(context.Context) error { f.stopped++; return nil }

func (f *previewer) Resolve(_ context.Context, q localapi.ResolveRequest) (localapi.Resolved, error) {
	f.resolved = append(f.resolved, q)
	return localapi.Resolved{Stored: true}, f.fail
}

// rowOf is a row about an entry of one side, so many days from now.
func rowOf(id, kind string, group localapi.Group, side event.Side, subject, start, end string, why plan.Reason) localapi.Row {
	from := side
	if kind == "create" {
		from = side.Other()
	}
	return localapi.Row{
		ID: id, Hash: id, Kind: kind, Group: group, Side: side.String(), Reason: why,
		Writes: kind == "create" || kind == "update" || kind == "delete", Waits: kind == "create" || kind == "update" || kind == "delete",
		Entries: map[string]localapi.Entry{from.String(): {ID: id, Subject: subject, Start: start, End: end}},
	}
}

// officePreview is the preview of the mockup: 238 rows of nine people.
func officePreview() localapi.Preview {
	reason := func(c plan.Code, from event.Side) plan.Reason { return plan.Reason{Code: c, From: from} }
	add := func(p *localapi.PersonPlan, r localapi.Row) { p.Rows = append(p.Rows, r) }
	names := []string{"Anna Virtanen", "Mikko Laine", "Sanne de Vries", "Pieter Bakker", "Elina Korhonen", "Kaisa Mäkelä", "Bram Visser", "Meeting room Aura", "Van 2"}
	people := make([]localapi.PersonPlan, len(names))
	for i, n := range names {
		people[i] = localapi.PersonPlan{Name: n, Address: strings.ToLower(strings.Fields(n)[0]) + fmt.Sprint(i) + "@office.test", First: true}
	}
	b, x := event.Business, event.Exchange
	add(&people[0], rowOf("a1", "create", localapi.GroupCreateThere, x, "Site visit Turku", "2026-11-24T09:00:00", "2026-11-24T12:00:00", reason(plan.OnlyThere, b)))
	retro := rowOf("m1", "update", localapi.GroupChange, b, "Retrospective", "2026-11-25T10:00:00", "2026-11-25T11:00:00", reason(plan.ChangedThere, x))
	retro.Fields = []string{"when"}
	e := retro.Entries["business"]
	e.Recurs = &localapi.Recurs{Every: "week", Interval: 2}
	retro.Entries["business"] = e
	e.Start, e.End, e.ID = "2026-11-25T13:00:00", "2026-11-25T14:00:00", "x1"
	retro.Entries["exchange"] = e
	retro.Want = &e
	add(&people[1], retro)
	absence := rowOf("s1", "create", localapi.GroupCreateHere, b, "Absence", "2026-11-26", "2026-11-27", reason(plan.OnlyThere, x))
	all := absence.Entries["exchange"]
	all.AllDay = true
	absence.Entries["exchange"] = all
	add(&people[2], absence)
	tender := rowOf("p1", "update", localapi.GroupChange, x, "Tender review Haarlem", "2026-11-26T10:00:00", "2026-11-26T11:30:00", reason(plan.ChangedThere, b))
	tender.Fields = []string{"location"}
	add(&people[3], tender)
	private := rowOf("e1", "skip", localapi.GroupLeave, x, "Secret", "2026-11-26T16:00:00", "2026-11-26T17:00:00", reason(plan.PrivateKept, x))
	hidden := private.Entries["exchange"]
	hidden.Private = true
	private.Entries["exchange"] = hidden
	add(&people[4], private)
	weekly := rowOf("a2", "pair", localapi.GroupPair, b, "Weekly planning", "2026-11-30T09:00:00", "2026-11-30T09:30:00", reason(plan.SameContent, b))
	series := weekly.Entries["business"]
	series.Recurs = &localapi.Recurs{Every: "week", Interval: 1}
	weekly.Entries["business"] = series
	series.ID = "x2"
	weekly.Entries["exchange"] = series
	add(&people[0], weekly)
	lunch := rowOf("m2", "ask", localapi.GroupDecide, b, "Client lunch", "2026-11-30T11:30:00", "2026-11-30T12:30:00", plan.Reason{Code: plan.Ambiguous, Count: 2})
	add(&people[1], lunch)
	add(&people[3], rowOf("p2", "create", localapi.GroupCreateThere, x, "Crane inspection", "2026-12-01T08:00:00", "2026-12-01T10:00:00", reason(plan.OnlyThere, b)))
	budget := rowOf("k1", "update", localapi.GroupChange, b, "Budget 2027", "2026-12-01T13:00:00", "2026-12-01T15:00:00", reason(plan.ChangedThere, x))
	budget.Fields = []string{"notes"}
	add(&people[5], budget)
	fill := func(n int, kind string, g localapi.Group, side event.Side, why plan.Reason) {
		for i := range n {
			day := time.Date(2026, time.December, 2+i%40, 8+i%8, 0, 0, 0, time.UTC)
			id := fmt.Sprintf("%s%s%d", kind, g, i)
			add(&people[i%9], rowOf(id, kind, g, side, fmt.Sprintf("Entry %d", i), day.Format("2006-01-02T15:04:05"), day.Add(time.Hour).Format("2006-01-02T15:04:05"), why))
		}
	}
	fill(181, "pair", localapi.GroupPair, b, reason(plan.SameContent, b))
	fill(13, "create", localapi.GroupCreateHere, b, reason(plan.OnlyThere, x))
	fill(7, "create", localapi.GroupCreateThere, x, reason(plan.OnlyThere, b))
	fill(22, "update", localapi.GroupChange, x, reason(plan.ChangedThere, b))
	fill(5, "skip", localapi.GroupLeave, x, reason(plan.OutsideWindow, x))
	fill(1, "ask", localapi.GroupDecide, b, plan.Reason{Code: plan.Ambiguous, Count: 2})
	for i := 3; i < len(people); i++ {
		people[i].First = i >= 6
	}
	for i := range people[:6] {
		people[i].First = true
	}
	for i := 6; i < 9; i++ {
		people[i].First = false
	}
	return localapi.Preview{Digest: "d1", At: noon, People: people}
}
