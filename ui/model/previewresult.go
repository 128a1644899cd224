package model

import (
	"strings"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// PreviewBanner is what stands in the way of a preview.
type PreviewBanner struct {
	What, Why string
	Page      string // where something can be done about it; empty: nowhere
	Button    string
}

// PreviewBannerOf tells of the gravest that keeps a preview from being the
// whole; false where nothing does.
func PreviewBannerOf(p localapi.Preview) (PreviewBanner, bool) {
	for _, person := range p.People {
		if person.Halt != nil {
			return PreviewBanner{
				What:   say.T("{{.Name}} is stopped for safety: {{.Why}}.", "Name", person.Name, "Why", WindowReason(*person.Halt)),
				Why:    say.T("What is withheld is not written from here. Everybody else's changes are."),
				Page:   PageStopped,
				Button: say.T("Look at what is withheld"),
			}, true
		}
	}
	for _, person := range p.People {
		if person.Trouble != nil {
			t := Trouble(*person.Trouble)
			return PreviewBanner{
				What: say.T("{{.Name}} could not be read: {{.Why}}", "Name", person.Name, "Why", t.What), Why: t.Do,
			}, true
		}
	}
	for _, person := range p.People {
		if notes := Foreign(person.Foreign); len(notes) > 0 {
			return PreviewBanner{What: person.Name, Why: sentence(sentenceCase(notes[0]))}, true
		}
	}
	return PreviewBanner{}, false
}

// Progress is how many writes are done, and of how many.
func Progress(s office.Status) (done, total int) {
	for _, p := range s.People {
		done, total = done+p.Done, total+p.Total
	}
	return done, total
}

// ProgressNote says how far a run is.
func ProgressNote(done, total int) string {
	if total == 0 {
		return say.T("Reading both calendars")
	}
	return say.T("{{.Done}} of {{.Total}} written", "Done", done, "Total", total)
}

// Result is what a run came to.
type Result struct {
	What, Why string
	Bad       bool // a person should look at it
}

// ResultOf puts what a run came to into words.
func ResultOf(s localapi.Summary) Result {
	written, paired, problems, stopped := 0, 0, 0, false
	var trouble []string
	for _, p := range s.People {
		for _, kinds := range p.Written {
			for kind, n := range kinds {
				if kind != plan.Stamp.String() {
					written += n
				}
			}
		}
		paired += p.Paired
		problems += len(p.Problems)
		stopped = stopped || p.Stopped
		if p.Trouble != nil {
			trouble = append(trouble, p.Name+": "+Trouble(*p.Trouble).String())
		}
	}
	r := Result{What: say.N("{{.N}} change is written.", "{{.N}} changes are written.", written)}
	switch {
	case stopped:
		r.What = say.N("Stopped. {{.N}} change is written, the rest is not.", "Stopped. {{.N}} changes are written, the rest is not.", written)
		r.Bad = true
	case written == 0 && paired > 0:
		r.What = say.N("{{.N}} entry is paired.", "{{.N}} entries are paired.", paired)
	case written == 0:
		r.What = say.T("Nothing had to be written.")
	}
	var why []string
	if written > 0 && paired > 0 {
		why = append(why, say.N("{{.N}} entry is paired.", "{{.N}} entries are paired.", paired))
	}
	if problems > 0 {
		why = append(why, say.N("{{.N}} entry was passed over; it stands below with the reason.", "{{.N}} entries were passed over; they stand below with the reason.", problems))
		r.Bad = true
	}
	if s.Unapproved && !stopped {
		why = append(why, say.T("What waits for your approval still does: look at it below."))
	}
	if len(trouble) > 0 {
		r.Bad = true
		why = append(why, trouble...)
	}
	r.Why = strings.Join(why, " ")
	return r
}
