package model

import (
	"slices"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// Figure is a number with what it counts.
type Figure struct {
	Number int
	What   string
}

// Stop is a safety stop: what happened with the numbers, the likely cause, and
// what can be done.
type Stop struct {
	Title, Note string
	Figures     []Figure
	Cause       string
	// Keep, PutBack, Again and Account name what the buttons do; empty: that
	// cannot be done.
	Keep, PutBack, Again, Account string
	// AccountNote is what to know before another account is taken for the person's.
	AccountNote string
	// Allow is how many writes would be let through; 0: none can be.
	Allow int
	Rows  []StopRow
	More  string // of the rows that are not among Rows
	Open  string // names the way to all of them in the preview
	Table string // what the rows are
	// Others is how everybody else is doing.
	Others string
	Code   string // for support
}

// StopRow is one entry of what is withheld.
type StopRow struct {
	Title, When     string
	Series, Private bool
	Icon, What, Why string
}

// stopRows is how many rows of what is withheld the page shows.
const stopRows = 5

// Stopped are the people whom a safety stop holds, in the order of the office.
func Stopped(s office.Status) []office.PersonStatus {
	return slices.DeleteFunc(slices.Clone(s.People), func(p office.PersonStatus) bool { return p.Health != office.StoppedForSafety })
}

// StopOf is the stop of one person's plan.
func StopOf(p localapi.PersonPlan, s office.Status, now time.Time) Stop {
	r := *p.Halt
	out := Stop{Title: stopTitle(p), Note: stopNote(p.Name, s), Cause: likelyCause(p), Others: othersNote(s, now), Code: string(r.Code)}
	out.Figures = figures(p)
	writes := withheld(p.Withheld)
	if writes > 0 {
		out.Keep = keepLabel(p, writes)
		out.Allow = writes
	}
	if n := deletes(p); n > 0 {
		out.PutBack = say.N("Put the entry back", "Put {{.N}} entries back", n)
	}
	if r.Code == plan.IdentityChanged {
		out.Account = say.T("It is still the same person…")
		out.AccountNote = say.T("Both calendars of {{.Name}} are read again, and entries are found again by their marks. Nothing is written. What differs then waits for you in the preview.", "Name", p.Name)
	}
	out.Again = of(r.From, say.T("Read Severa again"), say.T("Read Outlook again"))
	if from, ok := vanishedFrom(p); ok {
		out.Again = of(from, say.T("Read Severa again"), say.T("Read Outlook again"))
	}
	rows := slices.Clone(p.Withheld)
	slices.SortStableFunc(rows, func(a, b localapi.Row) int { return rank(a.Kind) - rank(b.Kind) })
	for _, row := range rows[:min(len(rows), stopRows)] {
		e := subjectOf(row)
		out.Rows = append(out.Rows, StopRow{
			Title: entryTitle(e), When: rowTimes(e, now), Series: e.Recurs != nil, Private: e.Private,
			Icon: whatIcon(row), What: WindowWhat(row), Why: ShortWhy(row),
		})
	}
	if more := len(rows) - len(out.Rows); more > 0 {
		out.More = say.N("and one more", "and {{.N}} more", more)
	}
	out.Open = say.N("Open it in the preview", "Open all {{.N}} in the preview", len(rows))
	out.Table = say.T("What would be written")
	if deletes(p) == writes {
		out.Table = say.T("What would be deleted")
	}
	return out
}

// withheld counts the changes to calendars among rows.
func withheld(rows []localapi.Row) int {
	n := 0
	for _, r := range rows {
		if r.Waits {
			n++
		}
	}
	return n
}

// deletes counts what would be deleted.
func deletes(p localapi.PersonPlan) int {
	n := 0
	for _, r := range p.Withheld {
		if r.Group == localapi.GroupDelete {
			n++
		}
	}
	return n
}

// vanishedFrom is the side from which entries are gone; false where it is not one.
func vanishedFrom(p localapi.PersonPlan) (event.Side, bool) {
	var n [2]int
	for _, r := range p.Withheld {
		if r.Group == localapi.GroupDelete {
			n[r.Reason.From]++
		}
	}
	switch {
	case n[event.Business] > n[event.Exchange]:
		return event.Business, true
	case n[event.Exchange] > 0:
		return event.Exchange, true
	}
	return 0, false
}

func stopTitle(p localapi.PersonPlan) string {
	switch p.Halt.Code { //nolint:exhaustive // the others stop for something else than a number
	case plan.TooManyDeletes, plan.TooManyToday, plan.SideShrank, plan.SideEmpty:
		if n := deletes(p); n > 0 {
			return say.N("Stopped before deleting one entry", "Stopped before deleting {{.N}} entries", n)
		}
	case plan.TooManyCreates:
		return say.N("Stopped before making one entry", "Stopped before making {{.N}} entries", p.Halt.Count)
	case plan.AllShifted:
		return say.N("Stopped before moving one entry", "Stopped before moving {{.N}} entries", p.Halt.Count)
	}
	return say.T("Stopped for safety")
}

func stopNote(name string, s office.Status) string {
	others := 0
	for _, p := range s.People {
		if !p.Guest && p.Health != office.StoppedForSafety {
			others++
		}
	}
	switch stopped := len(Stopped(s)); {
	case stopped > 1:
		return say.T("The calendar of {{.Name}} waits for you, and so do {{.N}} in all.", "Name", name, "N", stopped)
	case others == 0:
		return say.T("The calendar of {{.Name}} waits for you.", "Name", name)
	}
	return say.N("The calendar of {{.Name}} waits for you. The other calendar goes on as usual.",
		"The calendar of {{.Name}} waits for you. The other {{.N}} calendars go on as usual.", others, "Name", name)
}

func figures(p localapi.PersonPlan) []Figure {
	r := *p.Halt
	out := []Figure{}
	switch r.Code { //nolint:exhaustive // the others have no numbers
	case plan.TooManyDeletes, plan.TooManyToday, plan.SideShrank, plan.SideEmpty:
		out = append(out, Figure{max(deletes(p), r.Count), say.T("would be deleted")})
	case plan.TooManyCreates:
		out = append(out, Figure{r.Count, say.T("would be made")})
	case plan.AllShifted:
		out = append(out, Figure{r.Count, say.T("would be moved")})
	}
	if p.Linked > 0 {
		out = append(out, Figure{p.Linked, say.T("entries kept in step")})
	}
	switch {
	case r.Limit == 0:
	case r.Code == plan.TooManyToday:
		out = append(out, Figure{r.Limit, say.T("is the limit per day")})
	default:
		out = append(out, Figure{r.Limit, say.T("is the limit per run")})
	}
	return out
}

// likelyCause is what usually is behind such a stop.
func likelyCause(p localapi.PersonPlan) string {
	from := p.Halt.From
	switch p.Halt.Code { //nolint:exhaustive // the others speak for themselves
	case plan.SideEmpty:
		return of(from,
			say.T("Severa answered with an empty list. This often means that a right was taken away, not that the entries are gone."),
			say.T("Outlook answered with an empty list. This often means that a right was taken away, not that the entries are gone."))
	case plan.SideShrank:
		return of(from,
			say.T("Severa no longer lists many of the entries. This often means that a right was taken away or a filter was set, not that they are gone."),
			say.T("Outlook no longer lists many of the entries. This often means that they were moved to another folder, not that they are gone."))
	case plan.TooManyDeletes, plan.TooManyToday:
		from, _ = vanishedFrom(p)
		return of(from,
			say.T("Somebody has deleted many entries in Severa at once, or an activity type or a project was taken away there."),
			say.T("Somebody has deleted many entries in Outlook at once, or a program has cleaned the calendar up."))
	case plan.TooManyCreates:
		return of(from.Other(),
			say.T("Many entries are new at once: a calendar was imported, or another account's entries are shown."),
			say.T("Many entries are new at once: a calendar was imported, or another mailbox stands behind the address."))
	case plan.AllShifted:
		return of(from,
			say.T("All of them moved by the same time in Severa. That is what a wrong time zone looks like, not what people do."),
			say.T("All of them moved by the same time in Outlook. That is what a wrong time zone looks like, not what people do."))
	case plan.IdentityChanged:
		return say.T("Another account or mailbox stands behind the address than before. If it belongs to somebody else, put the address right under Connections. If a sign-in or an address was renamed or moved on purpose, say so here.")
	}
	return sentence(sentenceCase(WindowReason(*p.Halt)))
}

func keepLabel(p localapi.PersonPlan, writes int) string {
	if deletes(p) == writes {
		return say.N("Keep the entry", "Keep all {{.N}} entries", writes)
	}
	return say.T("Leave everything as it is")
}

// othersNote is how those are doing whom nothing stops.
func othersNote(s office.Status, now time.Time) string {
	good := 0
	var rest []office.PersonStatus
	for _, p := range s.People {
		if !p.Guest && p.Health <= office.Syncing && !p.Complete.IsZero() {
			good++
			rest = append(rest, p)
		}
	}
	if good == 0 {
		return ""
	}
	return say.N("{{.N}} calendar is up to date, {{.Ago}}", "{{.N}} calendars are up to date, {{.Ago}}", good, "Ago", recently(oldest(rest), now))
}

// AllowLabel names what lets writes through.
func AllowLabel(n int) string { return say.N("Allow {{.N}} write once", "Allow {{.N}} writes once", n) }

// KeptNote is what keeping everything came to.
func KeptNote(k localapi.Kept) string {
	made := 0
	for _, p := range k.People {
		for _, kinds := range p.Written {
			made += kinds[plan.Create.String()]
		}
	}
	switch {
	case made > 0:
		return say.N("One entry was made again where it had been deleted.", "{{.N}} entries were made again where they had been deleted.", made)
	case k.Held == 0:
		return say.T("Everything stays as it is.")
	}
	return say.N("One entry stays as it is, and is on hold until it changes.", "{{.N}} entries stay as they are, and are on hold until they change.", k.Held)
}
