package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// AttentionRow is one row of what needs attention: a person's name over what is
// his, a decision, or a note.
type AttentionRow struct {
	// Head is a person's name, or what the notes stand under.
	Head bool
	// ID names the decision; empty: a note.
	ID          string
	Title       string
	Line, Short string
	Note        *AttentionNote
}

// AttentionNote is something that a person should know, with its remedy, about
// which there is nothing to choose.
type AttentionNote struct {
	Name, What, Why, Do string
	// Page is where something can be done about it; empty: in neither window.
	Page string
}

// DecisionsTitle says how many decisions wait.
func DecisionsTitle(n int) string {
	if n == 0 {
		return say.T("Nothing needs a decision")
	}
	return say.N("{{.N}} decision", "{{.N}} decisions", n)
}

// AttentionRows are the decisions by person, and below them what was passed
// over or is not as it should be. search leaves out what does not hold it.
func AttentionRows(qs []localapi.Question, s office.Status, search string, now time.Time) []AttentionRow {
	sorted := slices.Clone(qs)
	slices.SortStableFunc(sorted, func(a, b localapi.Question) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Address, b.Address),
			strings.Compare(subjectOf(a.Row).Start, subjectOf(b.Row).Start))
	})
	var out []AttentionRow
	last := ""
	for _, q := range sorted {
		e := subjectOf(q.Row)
		r := AttentionRow{ID: q.ID, Title: title(e), Line: entryDay(e, now), Short: Asked(q.Row.Reason)}
		if !holds(search, q.Name, r.Title, r.Line, r.Short) {
			continue
		}
		if q.Address != last || len(out) == 0 {
			out, last = append(out, AttentionRow{Head: true, Title: q.Name}), q.Address
		}
		out = append(out, r)
	}
	var notes []AttentionRow
	for _, p := range s.People {
		for _, n := range attentionNotes(p) {
			if holds(search, n.Name, n.What, n.Why) {
				notes = append(notes, AttentionRow{Title: n.What, Line: n.Name, Note: &n})
			}
		}
	}
	if len(notes) > 0 {
		out = append(out, AttentionRow{Head: true, Title: say.T("Also worth knowing")})
	}
	return append(out, notes...)
}

// holds tells whether any of the texts holds what is searched for.
func holds(search string, texts ...string) bool {
	search = strings.ToLower(strings.TrimSpace(search))
	return search == "" || slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(strings.ToLower(t), search) })
}

// attentionNotes are what is to be known of a person, the same thing once.
func attentionNotes(p office.PersonStatus) []AttentionNote {
	var out []AttentionNote
	reasons := map[string]int{}
	var order []string
	for _, pr := range p.Problems {
		r := WindowReason(pr.Reason)
		if reasons[r] == 0 {
			order = append(order, r)
		}
		reasons[r]++
	}
	for _, r := range order {
		out = append(out, AttentionNote{
			Name: p.Name, What: say.N("One entry passed over", "{{.N}} entries passed over", reasons[r]), Why: sentence(sentenceCase(r)),
			Do: say.T("Everything else goes on. Each run looks at it again, and it goes over once the cause is gone."),
		})
	}
	for _, mark := range ForeignNotes(p.Foreign) {
		mark.Name = p.Name
		out = append(out, mark)
	}
	for _, s := range event.Sides() {
		if secs := p.Clocks[s.String()]; secs != 0 {
			out = append(out, clockNote(p.Name, s, time.Duration(secs)*time.Second))
		}
	}
	if p.Lease.State == office.LeaseUnprotected {
		out = append(out, AttentionNote{
			Name: p.Name, What: say.T("A second PC would not be noticed"),
			Why: say.T("The account may not leave a note in this mailbox."),
			Do:  say.T("See that only one PC keeps this office in step, or give the account the right to write there."),
		})
	}
	return out
}

func clockNote(name string, s event.Side, off time.Duration) AttentionNote {
	n := AttentionNote{Name: name, What: say.T("The clock of {{.Side}} is off", "Side", WindowSide(s)), Page: PageConnections}
	if off > 0 {
		n.Why = say.T("It is {{.Time}} ahead of this PC's.", "Time", Ago(off))
	} else {
		n.Why = say.T("It is {{.Time}} behind this PC's.", "Time", Ago(off))
	}
	n.Do = say.T("Have the server's clock, or this PC's, put right.")
	if off.Abs() > 5*time.Minute {
		n.Do = say.T("Have the server's clock, or this PC's, put right. Until then a change on both sides is always asked about.")
	}
	return n
}

// ForeignNotes tell of other programs whose marks are on a person's entries.
func ForeignNotes(marks map[string]int) []AttentionNote {
	names := map[string]string{
		"dynamics": "Dynamics 365", "ogcs": "Outlook Google Calendar Sync", "lockstep": say.T("another Lockstep installation"),
	}
	var tools []string
	for tool := range marks {
		tools = append(tools, tool)
	}
	slices.Sort(tools)
	var out []AttentionNote
	for _, tool := range tools {
		name := cmp.Or(names[tool], tool)
		out = append(out, AttentionNote{
			What: say.T("Marks of another program"),
			Why:  say.N("One entry is marked by {{.Tool}}.", "{{.N}} entries are marked by {{.Tool}}.", marks[tool], "Tool", name),
			Do:   say.T("If {{.Tool}} still runs, the two undo each other's changes: let only one of them keep this calendar in step.", "Tool", name),
		})
	}
	return out
}

// Asked says in a few words why a person is asked.
func Asked(r plan.Reason) string {
	here, there := WindowSide(r.From.Other()), WindowSide(r.From)
	switch r.Code { //nolint:exhaustive // the others never ask
	case plan.SameAge, plan.ClockUnsure, plan.AskedByRule:
		return say.T("Changed in both places")
	case plan.DeletedAndEdited:
		return say.T("Changed in {{.Here}}, deleted in {{.There}}", "Here", here, "There", there)
	case plan.SpelledAlike, plan.SameDay:
		return say.T("May be the same entry twice")
	case plan.Ambiguous:
		return say.T("Several entries fit equally well")
	case plan.TiedToMore:
		return say.T("Deleted in {{.There}}, more is tied to it", "There", there)
	case plan.DeletedFrozen:
		return say.T("Deleted in {{.There}}, outside the days in step", "There", there)
	case plan.BackAndForth:
		return say.T("Keeps going back to what it was")
	case plan.OutcomeUnsure:
		return say.T("Not known whether it was made")
	case plan.DiffersUnmarked:
		return say.T("The two differ")
	case plan.MadeTwice:
		return say.T("Perhaps made twice")
	case plan.PartnerUnknown:
		return say.T("Its other entry is not there")
	case plan.Vanished:
		return say.T("Not listed in {{.There}} any more", "There", there)
	}
	return sentenceCase(WindowReason(r))
}

// whyAsked is the whole of it in a sentence that stands behind Asked.
func whyAsked(q localapi.Question, now time.Time) string {
	r := q.Row.Reason
	here, there := WindowSide(r.From.Other()), WindowSide(r.From)
	b, x := q.Row.Entries[event.Business.String()].Modified, q.Row.Entries[event.Exchange.String()].Modified
	switch r.Code { //nolint:exhaustive // the others never ask
	case plan.SameAge, plan.AskedByRule:
		if !b.IsZero() && !x.IsZero() {
			return say.T("In Severa last at {{.Severa}}, in Outlook at {{.Outlook}}.", "Severa", clockOf(b, now), "Outlook", clockOf(x, now))
		}
		return say.T("It is not known which of the two changes is newer.")
	case plan.ClockUnsure:
		return say.T("The clock of {{.There}} is off by {{.Time}}, so nobody can say which is newer.", "There", there, "Time", Ago(r.Ahead))
	case plan.DeletedAndEdited:
		return say.T("Somebody deleted it in {{.There}} while somebody else changed it in {{.Here}}.", "There", there, "Here", here)
	case plan.SpelledAlike:
		return say.T("Both are at the same time, and their subjects are spelled alike.")
	case plan.SameDay:
		return say.T("Both have the same subject and are on the same day, at different times.")
	case plan.Ambiguous:
		return say.T("They look the same, so Lockstep does not guess which one belongs to it.")
	case plan.TiedToMore:
		return say.T("Hours, a customer or a project phase are tied to it in Severa and would be lost with it.")
	case plan.DeletedFrozen:
		return say.T("Outside those days nothing is deleted without being asked.")
	case plan.BackAndForth:
		return say.T("It went back {{.Times}} times within a day. Another program may write to this calendar.", "Times", r.Count)
	case plan.OutcomeUnsure:
		return say.T("It was sent to {{.Here}}, and no answer came.", "Here", WindowSide(sideNamed(q.Row.Side).Other()))
	case plan.DiffersUnmarked:
		return say.T("It is not known which of the two was changed.")
	case plan.MadeTwice:
		return say.T("Lockstep has made one just like it from an entry in Outlook. If this one is the same, delete either of the two in Severa.")
	case plan.PartnerUnknown:
		return say.T("It bears the mark of an entry that is not there any more.")
	case plan.Vanished:
		return say.T("It is not known to be deleted; it may have been moved, or a right may be missing.")
	}
	return sentence(sentenceCase(WindowReason(r)))
}

func sideNamed(name string) event.Side {
	if name == event.Exchange.String() {
		return event.Exchange
	}
	return event.Business
}

// entryDay is the day on which an entry begins.
func entryDay(e localapi.Entry, now time.Time) string {
	from, ok := wall(e.Start)
	if !ok {
		return e.Start
	}
	return Day(from, now)
}

// title is an entry's subject as a window shows it.
func title(e localapi.Entry) string {
	switch {
	case e.Private:
		return say.T("Private entry")
	case e.Masked:
		return say.T("Hidden entry")
	case unseen(e):
		return say.T("Entry that cannot be shown")
	case e.Subject == "":
		return say.T("No subject")
	}
	return Subject(e)
}
