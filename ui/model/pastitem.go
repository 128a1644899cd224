package model

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// Deed is what kind of thing a run did to an entry, for who filters.
type Deed int

// The deeds. DeedAny is all of them.
const (
	DeedAny Deed = iota
	DeedCreated
	DeedChanged
	DeedDeleted
	DeedProblem
)

// PastItem is one thing that a run did.
type PastItem struct {
	Change localapi.Change
	Run    localapi.Run
	// Entry, Name and What are its row.
	Entry, Name, What string
	Icon              string
	Deed              Deed // DeedAny: none of those that can be filtered by
}

// PastItems are what the runs did, as their changes are known.
func PastItems(runs []localapi.Run, changes map[int64][]localapi.Change) []PastItem {
	n := 0
	for _, r := range runs {
		n += len(changes[r.ID])
	}
	out := make([]PastItem, 0, n)
	for _, r := range runs {
		for _, c := range changes[r.ID] {
			it := pastItem(r, c)
			if it.Nameless() {
				it.borrow(changes)
			}
			out = append(out, it)
		}
	}
	slices.SortStableFunc(out, func(a, b PastItem) int { return b.Change.At.Compare(a.Change.At) })
	return out
}

func pastItem(r localapi.Run, c localapi.Change) PastItem {
	it := PastItem{Change: c, Run: r, Entry: title(pastEntry(c)), Name: r.Person}
	it.What, it.Icon, it.Deed = deedOf(c)
	if c.Outcome != "applied" {
		it.Icon, it.Deed = "attention", DeedProblem
		it.What = say.T("Not written in {{.Side}}", "Side", windowSide(c.Side))
		if c.Outcome == "still_unsure" {
			it.What = say.T("Not known whether written in {{.Side}}", "Side", windowSide(c.Side))
		}
	}
	return it
}

// windowSide is WindowSide of a side by its name.
func windowSide(name string) string {
	if name == event.Business.String() {
		return WindowSide(event.Business)
	}
	return WindowSide(event.Exchange)
}

// Nameless tells whether the change itself does not hold what it was about, as
// of a write that was refused.
func (it PastItem) Nameless() bool { return unseen(pastEntry(it.Change)) }

// borrow takes the name from what is known to have happened to the same pair.
func (it *PastItem) borrow(changes map[int64][]localapi.Change) {
	var newest int64
	for _, all := range changes {
		for _, c := range all {
			if e := pastEntry(c); c.Number > newest && !unseen(e) && SameEntry(c, it.Change) {
				it.Entry, newest = title(e), c.Number
			}
		}
	}
}

// pastEntry is the entry that a change was about, as it became.
func pastEntry(c localapi.Change) localapi.Entry {
	switch {
	case c.After != nil:
		return *c.After
	case c.Before != nil:
		return *c.Before
	}
	return localapi.Entry{}
}

func deedOf(c localapi.Change) (what, icon string, d Deed) {
	side := windowSide(c.Side)
	switch c.Kind {
	case plan.Create.String():
		return say.T("Created in {{.Side}}", "Side", side), "add", DeedCreated
	case plan.Update.String():
		return say.T("Changed in {{.Side}}", "Side", side), "edit", DeedChanged
	case plan.Delete.String():
		return say.T("Deleted in {{.Side}}", "Side", side), "delete", DeedDeleted
	case plan.Leave.String():
		return say.T("Taken out in {{.Side}}", "Side", side), "minus", DeedDeleted
	case plan.Stamp.String():
		return say.T("Marked in {{.Side}}", "Side", side), "check", DeedAny
	case plan.Pair.String():
		return say.T("Paired"), "pair", DeedAny
	case plan.Unlink.String():
		return say.T("No longer paired"), "skipped", DeedAny
	}
	return c.Kind, "info", DeedAny
}

// FilterItems leaves the items of a deed that hold what is searched for.
func FilterItems(items []PastItem, d Deed, search string) []PastItem {
	var out []PastItem
	for _, it := range items {
		if (d == DeedAny || it.Deed == d) && holds(search, it.Entry, it.Name) {
			out = append(out, it)
		}
	}
	return out
}

// CountDeeds counts items by deed; DeedAny counts all.
func CountDeeds(items []PastItem) map[Deed]int {
	out := map[Deed]int{DeedAny: len(items)}
	for _, it := range items {
		if it.Deed != DeedAny {
			out[it.Deed]++
		}
	}
	return out
}

// PastEvent is one thing that happened to an entry.
type PastEvent struct {
	What, When, Why string
	Changes         []PastField
}

// PastField is a field before and after.
type PastField struct{ Name, Before, After string }

// PastEventOf is what an item says of itself; this is that it belongs to the
// run that is looked at.
func PastEventOf(it PastItem, this bool, now time.Time) PastEvent {
	e := PastEvent{What: it.What, When: Moment(it.Change.At, now)}
	why := WindowReason(it.Change.Reason)
	if this {
		e.Why = say.T("This run: {{.Why}}", "Why", why)
	} else {
		e.Why = say.T("{{.Cause}}: {{.Why}}", "Cause", cause(it.Run.Cause), "Why", why)
	}
	if it.Change.Notified > 0 {
		e.Why = say.N("{{.Why}}; one person was told by mail", "{{.Why}}; {{.N}} people were told by mail", it.Change.Notified, "Why", e.Why)
	}
	switch c := it.Change; {
	case c.Told > 0 && c.Doubt:
		e.Why = say.T("{{.Why}}; an update may have been sent by {{.By}}, {{.When}}", "Why", e.Why, "By", c.ToldBy, "When", Moment(c.ToldAt, now))
	case c.Told > 0:
		e.Why = say.N("{{.Why}}; update sent to one person by {{.By}}, {{.When}}", "{{.Why}}; update sent to {{.N}} people by {{.By}}, {{.When}}",
			c.Told, "Why", e.Why, "By", c.ToldBy, "When", Moment(c.ToldAt, now))
	case c.Untold > 0:
		e.Why = say.N("{{.Why}}; one person outside the office was not told", "{{.Why}}; {{.N}} people outside the office were not told", c.Untold, "Why", e.Why)
	}
	e.Changes = pastFields(it.Change, now)
	return e
}

// pastFields are the fields that an update changed. What the history does not
// hold is named without its content.
func pastFields(c localapi.Change, now time.Time) []PastField {
	if c.Kind != plan.Update.String() {
		return nil
	}
	b, a := c.Before, c.After
	shown := b != nil && a != nil
	var out []PastField
	add := func(name, before, after string) {
		if before != after {
			out = append(out, PastField{name, before, after})
		}
	}
	for _, f := range c.Fields {
		hidden := shown && (b.Private || a.Private || b.Masked || a.Masked)
		switch {
		case f == event.FieldWhen.String() && shown:
			bs, as := [2]string{b.Start, b.End}, [2]string{a.Start, a.End}
			add(say.T("Starts"), starting(bs[0], now), starting(as[0], now))
			add(say.T("Ends"), ending(bs, now), ending(as, now))
		case f == event.FieldSubject.String() && shown && !hidden:
			add(FieldName(f), valueWord(b.Subject), valueWord(a.Subject))
		case f == event.FieldLocation.String() && shown && !hidden:
			add(FieldName(f), valueWord(b.Location), valueWord(a.Location))
		case f == event.FieldPrivate.String() && shown:
			add(FieldName(f), yesNo(b.Private), yesNo(a.Private))
		default:
			out = append(out, PastField{FieldName(f), "", say.T("Changed")})
		}
	}
	return out
}

func yesNo(b bool) string {
	if b {
		return say.T("Yes")
	}
	return say.T("No")
}

// starting is a start with its weekday.
func starting(s string, now time.Time) string {
	t, ok := wall(s)
	switch {
	case !ok:
		return s
	case len(s) == len(time.DateOnly):
		return Day(t, now)
	}
	return say.T("{{.Day}}, {{.Time}}", "Day", Day(t, now), "Time", say.Clock(t))
}

// ItemTimes is when the entry of an item is.
func ItemTimes(it PastItem, now time.Time) string {
	e := pastEntry(it.Change)
	if e.Start == "" {
		return ""
	}
	return Times(e, now)
}

// SameEntry tells whether two changes were about one entry, or one pair.
func SameEntry(a, b localapi.Change) bool {
	if a.Address != b.Address {
		return false
	}
	if a.Link != "" && a.Link == b.Link {
		return true
	}
	return a.Side == b.Side && pastEntry(a).ID != "" && pastEntry(a).ID == pastEntry(b).ID
}

// CanUndo tells whether an undo could give something back of an item.
func CanUndo(it PastItem) bool {
	return it.Change.Outcome == "applied" && (it.Deed != DeedAny || it.Change.Kind == plan.Pair.String())
}

// HistoryCSV writes what runs did as a table, a line a change, for a
// spreadsheet. It goes to people who may not see the calendars, and so has no
// text of theirs: the window finds an entry by its time.
func HistoryCSV(w io.Writer, items []PastItem) error {
	out := csv.NewWriter(w)
	lines := [][]string{{"time", "run", "cause", "person", "address", "side", "what", "outcome", "start", "end", "zone", "fields", "code", "why"}}
	for _, it := range items {
		c, e := it.Change, pastEntry(it.Change)
		line := []string{
			c.At.UTC().Format(time.RFC3339), fmt.Sprint(it.Run.ID), it.Run.Cause, it.Run.Person, it.Run.Address, c.Side, c.Kind, c.Outcome,
			e.Start, e.End, e.Zone, fields(c.Fields), string(c.Reason.Code), WindowReason(c.Reason),
		}
		for i, cell := range line {
			line[i] = harmless(cell)
		}
		lines = append(lines, line)
	}
	if err := out.WriteAll(lines); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}
