package model

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"lockstep/sync/localapi"
	"lockstep/sync/plan"
	"lockstep/ui/say"
)

// PreviewGroups are the filters of a preview in their order; the empty one is all.
func PreviewGroups() []localapi.Group {
	return []localapi.Group{
		"", localapi.GroupPair, localapi.GroupCreateHere, localapi.GroupCreateThere, localapi.GroupChange,
		localapi.GroupDelete, localapi.GroupLeave, localapi.GroupDecide,
	}
}

// GroupName is what a filter is called.
func GroupName(g localapi.Group) string {
	switch g {
	case localapi.GroupPair:
		return say.T("Pair")
	case localapi.GroupCreateHere:
		return say.T("Create in Severa")
	case localapi.GroupCreateThere:
		return say.T("Create in Outlook")
	case localapi.GroupChange:
		return say.T("Change")
	case localapi.GroupDelete:
		return say.T("Delete")
	case localapi.GroupLeave:
		return say.T("Skip")
	case localapi.GroupDecide:
		return say.T("Needs decision")
	}
	return say.T("All")
}

// PreviewColumn is what a preview can be sorted by.
type PreviewColumn int

// The columns. ByTime, with what is left alone last, is the order at first.
const (
	ByTime PreviewColumn = iota
	ByEntry
	ByPerson
	ByWhat
	ByWhy
)

// previewRow is one row with what finding and sorting it needs. Its words are
// made when it is looked at: ten thousand rows are put into words one screen at
// a time.
type previewRow struct {
	row           localapi.Row
	name, address string
	first         bool // waits for approval
	held          bool // a safety stop withholds it
	entry         localapi.Entry
	find          string // what a search looks in
	changed       bool
}

// key names what a row is about, so that it is known again after it has changed.
func (r previewRow) key() string {
	k := r.address
	for _, side := range []string{"business", "exchange"} {
		k += "\n" + r.row.Entries[side].ID
	}
	return k
}

// PreviewView is a preview as it is looked at: filtered, searched, sorted, and
// with the rows that a person has taken out.
type PreviewView struct {
	Preview localapi.Preview
	rows    []previewRow
	shown   []int // into rows
	counts  map[localapi.Group]int
	out     map[string]map[string]bool // rows taken out, by address and id
	group   localapi.Group
	search  string
	by      PreviewColumn
	down    bool
	// lostFirst: what an undo leaves as it is stands before the rest.
	lostFirst bool
}

// NewPreviewView is a preview with nothing filtered. Rows that say something
// else than they did in before (may be nil) are marked as changed.
func NewPreviewView(p localapi.Preview, before *PreviewView) *PreviewView {
	v := &PreviewView{Preview: p, counts: map[localapi.Group]int{}, out: map[string]map[string]bool{}}
	for address, ids := range p.Except {
		for _, id := range ids {
			v.take(address, id, true)
		}
	}
	for _, person := range p.People {
		for _, r := range person.Withheld {
			v.add(person, r, true)
		}
		for _, r := range person.Rows {
			v.add(person, r, false)
		}
	}
	v.compare(before)
	v.Arrange()
	return v
}

func (v *PreviewView) add(person localapi.PersonPlan, r localapi.Row, held bool) {
	e := subjectOf(r)
	v.rows = append(v.rows, previewRow{
		row: r, name: person.Name, address: person.Address, first: person.First, held: held, entry: e,
		find: strings.ToLower(entryTitle(e) + "\n" + person.Name + "\n" + e.Start + "\n" + placeOf(e)),
	})
	v.counts[r.Group]++
	v.counts[""]++
}

// placeOf is a place that may be shown.
func placeOf(e localapi.Entry) string {
	if e.Private {
		return ""
	}
	return e.Location
}

// compare marks the rows that were there before and said something else.
func (v *PreviewView) compare(before *PreviewView) {
	if before == nil {
		return
	}
	was := map[string]string{}
	for _, r := range before.rows {
		was[r.key()] = r.row.Hash + string(r.row.Group)
	}
	for i, r := range v.rows {
		if said, ok := was[r.key()]; ok && said != r.row.Hash+string(r.row.Group) {
			v.rows[i].changed = true
		}
	}
}

// Filter shows one group alone; empty shows all.
func (v *PreviewView) Filter(g localapi.Group) { v.group = g; v.Arrange() }

// Search shows the rows alone that hold a text.
func (v *PreviewView) Search(text string) {
	v.search = strings.ToLower(strings.TrimSpace(text))
	v.Arrange()
}

// SortBy sorts by a column, or the other way round if it is sorted by it already.
func (v *PreviewView) SortBy(c PreviewColumn) {
	v.down = v.by == c && !v.down
	v.by = c
	v.Arrange()
}

// Sorted is what it is sorted by, and whether the other way round.
func (v *PreviewView) Sorted() (PreviewColumn, bool) { return v.by, v.down }

// Looks takes over how another view is looked at.
func (v *PreviewView) Looks(as *PreviewView) {
	v.group, v.search, v.by, v.down = as.group, as.search, as.by, as.down
	v.Arrange()
}

// Group is the group that is shown alone.
func (v *PreviewView) Group() localapi.Group { return v.group }

// Arrange picks and sorts the rows that are shown.
func (v *PreviewView) Arrange() {
	v.shown = v.shown[:0]
	for i := range v.rows {
		r := &v.rows[i]
		if (v.group == "" || r.row.Group == v.group) && (v.search == "" || strings.Contains(r.find, v.search)) {
			v.shown = append(v.shown, i)
		}
	}
	slices.SortStableFunc(v.shown, func(a, b int) int {
		d := v.order(&v.rows[a], &v.rows[b])
		if v.down {
			d = -d
		}
		return d
	})
}

func (v *PreviewView) order(a, b *previewRow) int {
	if v.lostFirst {
		if d := undoRank(a.row) - undoRank(b.row); d != 0 {
			if v.down {
				return -d // what comes first does so either way
			}
			return d
		}
	}
	d := 0
	switch v.by {
	case ByEntry:
		d = strings.Compare(a.find, b.find)
	case ByPerson:
		d = strings.Compare(a.name, b.name)
	case ByWhat:
		d = cmp.Or(rank(a.row.Kind)-rank(b.row.Kind), strings.Compare(a.row.Side, b.row.Side))
	case ByWhy:
		d = strings.Compare(string(a.row.Reason.Code), string(b.row.Reason.Code))
	case ByTime:
		// What nothing is done to is often the oldest, and the least to look at.
		d = leftLast(a.row) - leftLast(b.row)
	}
	return cmp.Or(d, strings.Compare(a.entry.Start, b.entry.Start))
}

func leftLast(r localapi.Row) int {
	if r.Group == localapi.GroupLeave {
		return 1
	}
	return 0
}

func undoRank(r localapi.Row) int {
	if r.Kind == plan.Skip.String() {
		return 0
	}
	return 1
}

// Len is how many rows are shown, All how many there are.
func (v *PreviewView) Len() int { return len(v.shown) }

// All is how many rows there are.
func (v *PreviewView) All() int { return len(v.rows) }

// Count is how many rows a group has.
func (v *PreviewView) Count(g localapi.Group) int { return v.counts[g] }

// PreviewLine is one row in words.
type PreviewLine struct {
	Title, When     string
	Series, Private bool
	Person          string
	Icon, What      string
	Asks, Quiet     bool // needs a person, nothing happens
	Why             string
	// On tells whether its box is ticked, Fixed that this cannot be changed here.
	On, Fixed bool
}

// Line is the row in place i of those that are shown.
func (v *PreviewView) Line(i int, now time.Time) PreviewLine {
	r := &v.rows[v.shown[i]]
	l := PreviewLine{
		Title: entryTitle(r.entry), When: rowTimes(r.entry, now), Series: r.entry.Recurs != nil, Private: r.entry.Private,
		Person: r.name, Icon: whatIcon(r.row), What: WindowWhat(r.row), Why: ShortWhy(r.row),
		Asks: r.row.Group == localapi.GroupDecide, Quiet: !r.row.Writes, On: v.done(r), Fixed: !v.free(r),
	}
	return l
}

// rowTimes is when an entry is, for a row.
func rowTimes(e localapi.Entry, now time.Time) string {
	if e.AllDay {
		return say.T("{{.Days}}, all day", "Days", Times(e, now))
	}
	return Times(e, now)
}

// PreviewNote says of what the preview is, and when it was read. written: it is
// what a writing has left.
func (v *PreviewView) PreviewNote(now time.Time, written bool) string {
	people, fresh := 0, 0
	for _, p := range v.Preview.People {
		if p.Guest {
			continue
		}
		people++
		if p.First {
			fresh++
		}
	}
	at := say.Clock(v.Preview.At.In(now.Location()))
	if v.Preview.At.In(now.Location()).Format(time.DateOnly) != now.Format(time.DateOnly) {
		at = Moment(v.Preview.At, now)
	}
	if writes, pairs := v.Writes(); written && writes+pairs == 0 {
		return say.N("{{.N}} calendar, read at {{.Time}}", "{{.N}} calendars, read at {{.Time}}", people, "Time", at)
	}
	if written {
		return say.N("{{.N}} calendar, read at {{.Time}}. This is left to write.",
			"{{.N}} calendars, read at {{.Time}}. This is left to write.", people, "Time", at)
	}
	if fresh > 0 {
		return say.N("{{.N}} calendar, {{.New}} new, read at {{.Time}}. Nothing has been written yet.",
			"{{.N}} calendars, {{.New}} of them new, read at {{.Time}}. Nothing has been written yet.", people, "New", fresh, "Time", at)
	}
	return say.N("{{.N}} calendar, read at {{.Time}}. Nothing has been written yet.",
		"{{.N}} calendars, read at {{.Time}}. Nothing has been written yet.", people, "Time", at)
}

// NotifyNote says who would hear of what is written.
func (v *PreviewView) NotifyNote() string {
	switch mails, untold := v.Audience(); {
	case mails > 0:
		return say.N("{{.N}} mail would be sent to people in these meetings.", "{{.N}} mails would be sent to people in these meetings.", mails)
	case untold > 0:
		return say.N("0 people would be notified. {{.N}} person outside the office would not hear of a change.",
			"0 people would be notified. {{.N}} people outside the office would not hear of a change.", untold)
	}
	return say.T("0 people would be notified")
}

// At is the row in place i as the agent has it, and whose it is.
func (v *PreviewView) At(i int) (r localapi.Row, name, address string) {
	p := &v.rows[v.shown[i]]
	return p.row, p.name, p.address
}

// Changed tells whether the row in place i says something else than it did
// when it was shown before.
func (v *PreviewView) Changed(i int) bool { return v.rows[v.shown[i]].changed }

// RowNote tells why nothing can be changed about whether a row is done.
func (v *PreviewView) RowNote(i int) string {
	r := &v.rows[v.shown[i]]
	switch {
	case r.held:
		return say.T("The safety stop withholds it.")
	case r.row.Waits && !r.first:
		return say.T("Changes of this calendar go over by themselves, with the next run.")
	}
	return ""
}

// Alike are the rows that are like the one in place i: the same is done with
// them, for the same reason.
func (v *PreviewView) Alike(i int) (rows []localapi.Row, addresses []string) {
	as := &v.rows[v.shown[i]]
	for _, j := range v.shown {
		r := &v.rows[j]
		if r.row.Group == as.row.Group && r.row.Reason.Code == as.row.Reason.Code && !r.held {
			rows, addresses = append(rows, r.row), append(addresses, r.address)
		}
	}
	return rows, addresses
}

// Place is where a row is shown; -1: it is not.
func (v *PreviewView) Place(id, address string) int {
	return slices.IndexFunc(v.shown, func(i int) bool { return v.rows[i].row.ID == id && v.rows[i].address == address })
}
