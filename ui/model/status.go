package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// HealthName is how a person or the office is doing, in a few words.
func HealthName(h office.Health) string {
	switch h {
	case office.UpToDate:
		return say.T("in step")
	case office.Syncing:
		return say.T("syncing")
	case office.Paused:
		return say.T("paused")
	case office.Standby:
		return say.T("on standby")
	case office.Offline:
		return say.T("a server is out of reach")
	case office.SlowedDown:
		return say.T("a server asks for a pause")
	case office.NeedsAttention:
		return say.T("needs attention")
	case office.SignInAgain:
		return say.T("a sign-in is refused")
	case office.StoppedForSafety:
		return say.T("stopped for safety")
	default:
		return say.T("unknown")
	}
}

// HealthLine is the office in one line.
func HealthLine(s office.Status) string {
	if len(s.People) == 0 {
		return say.T("Nobody is switched on")
	}
	good, all := 0, 0
	for _, p := range s.People {
		if p.Guest {
			continue
		}
		if all++; p.Health == office.UpToDate {
			good++
		}
	}
	if good == all && s.Health <= office.Syncing {
		return say.N("1 person is in step", "All {{.N}} people are in step", good)
	}
	return say.N("{{.State}}; {{.Good}} of {{.N}} person in step", "{{.State}}; {{.Good}} of {{.N}} people in step", all,
		"State", sentenceCase(HealthName(s.Health)), "Good", good)
}

// Rebuilt tells that the store was begun anew; empty if it was not.
func Rebuilt(r office.Rebuilt) string {
	if r.At.IsZero() {
		return ""
	}
	on := r.At.Local().Format("Mon 2 Jan 2006 15:04")
	what := "The store in the home folder was missing on " + on + " and was begun anew."
	if r.Why == office.StoreDamaged {
		what = "The store in the home folder was damaged on " + on + ": it was set aside as " + r.Aside + " and begun anew."
	}
	return what + " Connections, rules and people are as they were; the next sync finds every pair again by the marks in the calendars. " +
		"The history before is not here, and what would be written besides waits for approval as at a first sync."
}

// Newer tells of a version that can be had; empty if none is known.
func Newer(n office.Newer) string {
	if n.Version == "" {
		return ""
	}
	if n.Notes != "" {
		return say.T("Lockstep {{.Version}} can be had. See {{.Notes}}.", "Version", n.Version, "Notes", n.Notes)
	}
	return say.T("Lockstep {{.Version}} can be had.", "Version", n.Version)
}

// Since is how long ago something was.
func Since(at, now time.Time) string {
	if at.IsZero() {
		return say.T("never")
	}
	return say.T("{{.Time}} ago", "Time", Ago(now.Sub(at)))
}

// PersonNote says what stands in a person's way.
func PersonNote(p office.PersonStatus) string {
	var parts []string
	if p.Guest {
		parts = append(parts, say.T("not switched on, gets copies"))
	}
	if l := Lease(p.Lease); l != "" {
		parts = append(parts, l)
	}
	if p.Halt != "" {
		parts = append(parts, Reason(plan.Reason{Code: plan.Code(p.Halt)}))
	} else if p.Failed != "" && p.Failed != office.FailedLease {
		parts = append(parts, Failed(p.Failed))
	}
	if p.Unapproved {
		parts = append(parts, say.T("a plan waits for approval"))
	}
	if p.Waiting > 0 {
		parts = append(parts, say.N("{{.N}} entry needs a decision", "{{.N}} entries need a decision", p.Waiting))
	}
	if n := len(p.Problems); n > 0 {
		parts = append(parts, say.N("{{.N}} entry was passed over", "{{.N}} entries were passed over", n))
	}
	parts = append(parts, Foreign(p.Foreign)...)
	for _, s := range event.Sides() {
		if off := Clock(s, p.Clocks[s.String()]); off != "" {
			parts = append(parts, off)
		}
	}
	if p.Complete.IsZero() && len(parts) == 0 {
		parts = append(parts, say.T("not synced yet"))
	}
	return strings.Join(parts, "; ")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// SummaryLine is what a sync did for one person.
func SummaryLine(p localapi.PersonSummary) string {
	return done(p.Written, p.Paired, p.Notified)
}

// RunLine is what a past run did.
func RunLine(r localapi.Run) string {
	if r.Cause == localapi.CauseRebuilt {
		return "the store was begun anew"
	}
	s := done(r.Written, r.Paired, r.Notified)
	switch {
	case r.Ended.IsZero():
		s += "; not ended"
	case r.Halt != "":
		s += "; stopped for safety: " + Reason(plan.Reason{Code: plan.Code(r.Halt)})
	case r.Failed != "":
		s += "; ended early: " + Failed(r.Failed)
	}
	return s
}

// done counts what was written, in a fixed order.
func done(written map[string]map[string]int, paired, notified int) string {
	verbs := []struct{ kind, verb string }{
		{plan.Create.String(), "created"},
		{plan.Update.String(), "changed"},
		{plan.Delete.String(), "deleted"},
		{plan.Leave.String(), "taken out"},
		{plan.Stamp.String(), "marked"},
	}
	var parts []string
	if paired > 0 {
		parts = append(parts, fmt.Sprintf("%d paired", paired))
	}
	for _, side := range event.Sides() {
		for _, v := range verbs {
			if n := written[side.String()][v.kind]; n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s in %s", n, v.verb, SideName(side)))
			}
		}
	}
	if len(parts) == 0 {
		return "nothing to do"
	}
	if notified > 0 {
		parts = append(parts, people(notified)+" told by mail")
	}
	return strings.Join(parts, " · ")
}

// SummaryNotes are what a person should know besides: what ended the run,
// what waits for him, what was passed over.
func SummaryNotes(p localapi.PersonSummary) []string {
	var out []string
	if p.Lease.State == office.LeaseStandby && p.Trouble == nil {
		out = append(out, StandbyAdvice(p.Lease, p.Withheld).String())
	}
	if p.Halt != nil && (p.Halt.Code != plan.CalendarRefused || p.Trouble == nil) {
		out = append(out, Halted(*p.Halt).String())
	}
	if p.Trouble != nil {
		out = append(out, Trouble(*p.Trouble).String())
	}
	if p.PutBack > 0 {
		out = append(out, count(p.PutBack, "edit", "edits")+" of a calendar that Severa publishes put back; what was typed is in `lockstepctl history`.")
	}
	for _, s := range event.Sides() {
		if n := p.Cut[s.String()]; n > 0 {
			out = append(out, fmt.Sprintf("%s did not fit into %s whole: a text is too long for it, or has characters that it cannot hold. %s keeps the whole text; shorten it there, or take those characters out, to have the same in both.",
				count(n, "entry", "entries"), SideName(s), SideName(s.Other())))
		}
	}
	if p.Untold > 0 {
		out = append(out, people(p.Untold)+" outside the office were not told of changes, because nobody is mailed.")
	}
	if p.Waiting > 0 {
		out = append(out, count(p.Waiting, "entry needs a decision", "entries need a decision")+"; answer with `lockstepctl resolve`.")
	}
	reasons := map[string]int{}
	for _, pr := range p.Problems {
		reasons[Reason(pr.Reason)]++
	}
	for _, r := range slices.Sorted(maps.Keys(reasons)) {
		out = append(out, count(reasons[r], "entry", "entries")+" passed over: "+r+".")
	}
	return out
}
