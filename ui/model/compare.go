package model

import (
	"slices"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// Compared is a field as it is on both sides.
type Compared struct{ Name, Severa, Outlook string }

// Comparison is one row of a preview with both its versions side by side.
type Comparison struct {
	Title, Sub string
	// Differ are the fields that differ, or all that the only side has; Same
	// those that are alike, with what they are in Severa.
	Differ []Compared
	Both   bool // there are two versions
	Same   []Compared
	Agreed string // when both last agreed; empty: not known
	// Written is what will be written, in a sentence; Why and Note go on from it.
	Written, Why, Note string
	Next               string // dates, behind each other
	NextTitle          string
	Choices            []RowChoice
}

// RowChoice is what a person can say about a row.
type RowChoice struct {
	Label, Choice, Partner string
	// Many is the label for all rows that are alike, of which there are so many;
	// nil: it is said of one row alone.
	Many func(n int) string
}

// DetailOf is what a row tells by itself, where nobody can be asked for more.
func DetailOf(r localapi.Row, address string) localapi.Detail {
	d := localapi.Detail{Address: address, Row: r}
	b, x := r.Entries["business"], r.Entries["exchange"]
	if len(r.Entries) < 2 {
		return d
	}
	for name, same := range map[string]bool{
		"subject": b.Subject == x.Subject, "when": b.Start == x.Start && b.End == x.End,
		"location": b.Location == x.Location, "private": b.Private == x.Private,
	} {
		if same {
			d.Same = append(d.Same, name)
		} else {
			d.Differ = append(d.Differ, name)
		}
	}
	slices.Sort(d.Same)
	slices.Sort(d.Differ)
	return d
}

// Compare puts a row into words, side by side.
func Compare(d localapi.Detail, name string, now time.Time) Comparison {
	e := subjectOf(d.Row)
	c := Comparison{Title: entryTitle(e), Sub: name, Both: len(d.Row.Entries) == 2}
	if e.Recurs != nil {
		c.Sub = say.T("{{.Name}}, {{.Repeats}}", "Name", name, "Repeats", Repeats(*e.Recurs, now))
	}
	b, x := d.Row.Entries["business"], d.Row.Entries["exchange"]
	if c.Both {
		for _, f := range d.Differ {
			c.Differ = append(c.Differ, compareField(f, b, x, now)...)
		}
		for _, f := range d.Same {
			c.Same = append(c.Same, compareField(f, b, x, now)...)
		}
	} else {
		c.Differ = alone(d.Row, b, x, now)
	}
	if d.Agreed != nil {
		c.Agreed = Times(*d.Agreed, now)
	}
	c.Written, c.Why = written(d.Row, now), sentence(sentenceCase(WindowReason(d.Row.Reason)))
	c.Note = say.T("Nobody is notified.")
	switch {
	case !d.Row.Writes:
		c.Note = ""
	case d.Row.Mails > 0:
		c.Note = say.N("{{.N}} person is mailed about it.", "{{.N}} people are mailed about it.", d.Row.Mails)
	case d.Row.Untold > 0:
		c.Note = say.N("Nobody is notified: {{.N}} person outside the office will not hear of it.",
			"Nobody is notified: {{.N}} people outside the office will not hear of it.", d.Row.Untold)
	}
	var next []string
	for _, at := range d.Next {
		if t, ok := wall(at); ok {
			next = append(next, date(t, now))
		}
	}
	c.Next, c.NextTitle = strings.Join(next, ", "), say.T("Next dates")
	if d.Row.Writes {
		c.NextTitle = say.T("Next dates after the change")
	}
	c.Choices = rowChoices(d, now)
	return c
}

// alone are the fields of an entry that one side has.
func alone(r localapi.Row, b, x localapi.Entry, now time.Time) []Compared {
	one := b
	_, inSevera := r.Entries["business"]
	if !inSevera {
		one = x
	}
	var out []Compared
	for _, f := range []string{"when", "location", "notes", "attendees", "private"} {
		for _, c := range compareField(f, one, one, now) {
			if c.Severa == noValue() || f == "private" && !one.Private || (f == "notes" || f == "attendees") && one.More == nil {
				continue
			}
			if inSevera {
				c.Outlook = ""
			} else {
				c.Severa = ""
			}
			out = append(out, c)
		}
	}
	return out
}

func noValue() string { return say.T("None") }

// compareField is a field as both entries have it; a time is told as its start
// and its end.
func compareField(field string, b, x localapi.Entry, now time.Time) []Compared {
	if field != event.FieldWhen.String() {
		return []Compared{{FieldName(field), fieldValue(field, b, now), fieldValue(field, x, now)}}
	}
	out := []Compared{}
	if b.Start != x.Start || b.AllDay != x.AllDay || b.Zone != x.Zone && b.End == x.End {
		out = append(out, Compared{say.T("Starts"), startText(b, now), startText(x, now)})
	}
	if b.End != x.End || b.AllDay != x.AllDay {
		out = append(out, Compared{say.T("Ends"), endText(b, now), endText(x, now)})
	}
	if len(out) == 0 {
		out = append(out, Compared{say.T("Time"), Times(b, now), Times(x, now)})
	}
	return out
}

// fieldValue is what an entry holds in a field. Of a private entry nothing is
// told but when it is, and of a hidden one neither.
func fieldValue(field string, e localapi.Entry, now time.Time) string {
	switch field {
	case event.FieldPrivate.String():
		return yesNo(e.Private)
	case event.FieldRecurrence.String():
		if e.Recurs == nil {
			return say.T("Once")
		}
		return sentenceCase(Repeats(*e.Recurs, now))
	}
	if e.Private {
		return say.T("Private")
	}
	if e.Masked {
		return say.T("Hidden")
	}
	switch field {
	case event.FieldSubject.String():
		return entryTitle(e)
	case event.FieldLocation.String():
		return orNone(e.Location)
	}
	if e.More == nil {
		return noValue()
	}
	switch field {
	case event.FieldNotes.String():
		return orNone(e.More.Notes)
	case event.FieldShowAs.String():
		return showAs(e.More.ShowAs)
	case event.FieldReminder.String():
		if e.More.Reminder == nil {
			return noValue()
		}
		return say.N("{{.N}} minute before", "{{.N}} minutes before", *e.More.Reminder)
	case event.FieldKind.String():
		return orNone(e.More.Kind)
	case event.FieldDone.String():
		return yesNo(e.More.Done)
	case event.FieldAttendees.String():
		return orNone(strings.Join(e.More.People, ", "))
	}
	return noValue()
}

func orNone(s string) string {
	if strings.TrimSpace(s) == "" {
		return noValue()
	}
	return s
}

func showAs(name string) string {
	switch name {
	case event.ShowFree.String():
		return say.T("Free")
	case event.ShowTentative.String():
		return say.T("Tentative")
	case event.ShowBusy.String():
		return say.T("Busy")
	case event.ShowOutOfOffice.String():
		return say.T("Out of office")
	case event.ShowElsewhere.String():
		return say.T("Working elsewhere")
	}
	return noValue()
}

func startText(e localapi.Entry, now time.Time) string {
	from, ok := wall(e.Start)
	if !ok {
		return e.Start
	}
	if e.AllDay {
		return Day(from, now)
	}
	return say.T("{{.Day}}, {{.Time}}", "Day", Day(from, now), "Time", say.Clock(from))
}

func endText(e localapi.Entry, now time.Time) string {
	to, ok := wall(e.End)
	if !ok {
		return e.End
	}
	if e.AllDay {
		return Day(to.AddDate(0, 0, -1), now)
	}
	if strings.HasPrefix(e.Start, to.Format(time.DateOnly)) {
		return say.Clock(to)
	}
	return say.T("{{.Day}}, {{.Time}}", "Day", Day(to, now), "Time", say.Clock(to))
}

// Repeats is how often a series takes place.
func Repeats(r localapi.Recurs, now time.Time) string {
	var s string
	switch r.Every {
	case "day":
		s = say.N("every day", "every {{.N}} days", r.Interval)
	case "week":
		s = say.N("every week", "every {{.N}} weeks", r.Interval)
	case "month":
		s = say.N("every month", "every {{.N}} months", r.Interval)
	default:
		s = say.N("every year", "every {{.N}} years", r.Interval)
	}
	switch until, ok := wall(r.Until); {
	case r.Count > 0:
		return say.N("{{.Every}}, once", "{{.Every}}, {{.N}} times", r.Count, "Every", s)
	case ok:
		return say.T("{{.Every}} until {{.Day}}", "Every", s, "Day", date(until, now))
	}
	return s
}

// written is what will be written, in a sentence.
func written(r localapi.Row, now time.Time) string {
	s := sideOf(r)
	switch r.Kind {
	case plan.Create.String():
		return of(s, say.T("Severa gets this entry."), say.T("Outlook gets this entry."))
	case plan.Update.String():
		if len(r.Fields) == 1 && r.Fields[0] == event.FieldWhen.String() && r.Want != nil {
			return of(s, say.T("Severa moves to {{.When}}.", "When", startText(*r.Want, now)), say.T("Outlook moves to {{.When}}.", "When", startText(*r.Want, now)))
		}
		names := make([]string, len(r.Fields))
		for i, f := range r.Fields {
			names[i] = FieldName(f)
		}
		list := strings.Join(names, ", ")
		return of(s, say.T("Changes in Severa: {{.Fields}}.", "Fields", list), say.T("Changes in Outlook: {{.Fields}}.", "Fields", list))
	case plan.Delete.String():
		return of(s, say.T("The entry in Severa is deleted."), say.T("The entry in Outlook goes to Deleted Items."))
	case plan.Leave.String():
		return of(s, say.T("The person is taken out of the entry in Severa."), say.T("The person is taken out of the entry in Outlook."))
	case plan.Stamp.String():
		return say.T("The entry in Outlook gets a mark that nobody sees.")
	case plan.Pair.String():
		if len(r.Differ) > 0 {
			return say.T("Nothing. The two stay as they are, and are kept in step from now on.")
		}
		return say.T("Nothing. The two are kept in step from now on.")
	case plan.Ask.String():
		return say.T("Nothing before it is decided.")
	case plan.Await.String():
		return say.T("Nothing yet.")
	}
	return say.T("Nothing. The entry is left alone.")
}

// rowChoices are what a person can say about a row.
func rowChoices(d localapi.Detail, now time.Time) []RowChoice {
	var out []RowChoice
	for _, c := range d.Choices {
		switch c {
		case plan.PairWith.String():
			for _, x := range d.Row.Candidates {
				if unseen(x.Entry) {
					continue
				}
				out = append(out, RowChoice{
					Label:  say.T("Pair with {{.Entry}}, {{.When}}", "Entry", entryTitle(x.Entry), "When", Times(x.Entry, now)),
					Choice: c, Partner: x.Entry.ID,
				})
			}
		case plan.KeepSeparate.String():
			out = append(out, RowChoice{Label: say.T("Keep separate"), Choice: c, Many: func(n int) string {
				return say.N("Keep {{.N}} entry like this separate", "Keep all {{.N}} like this separate", n)
			}})
		case plan.NeverSync.String():
			out = append(out, RowChoice{Label: say.T("Never sync this entry"), Choice: c, Many: func(n int) string {
				return say.N("Never sync {{.N}} entry like this", "Never sync all {{.N}} like this", n)
			}})
		case plan.TakeBusiness.String():
			out = append(out, RowChoice{Label: say.T("Take Severa's version"), Choice: c})
		case plan.TakeExchange.String():
			out = append(out, RowChoice{Label: say.T("Take Outlook's version"), Choice: c})
		case plan.Release.String():
			out = append(out, RowChoice{Label: say.T("Take it back into step"), Choice: c})
		case plan.Clear.String():
			out = append(out, RowChoice{Label: say.T("Take the choice back"), Choice: c})
		}
	}
	return out
}
