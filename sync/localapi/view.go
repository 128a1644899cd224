package localapi

import (
	"errors"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Entry is one calendar entry, ready to be shown.
type Entry struct {
	ID       string `json:"id"`
	Subject  string `json:"subject"`
	Start    string `json:"start"` // wall clock; a date when AllDay
	End      string `json:"end"`
	Zone     string `json:"zone,omitempty"`
	AllDay   bool   `json:"all_day,omitempty"`
	Location string `json:"location,omitempty"`
	Private  bool   `json:"private,omitempty"`
	// Bare: its text is not kept here, and does not go over.
	Bare bool `json:"bare,omitempty"`
	// Recurs is set of a series.
	Recurs *Recurs `json:"recurs,omitempty"`
	// Masked: subject and place are another person's and not shown.
	Masked   bool      `json:"masked,omitempty"`
	Modified time.Time `json:"modified,omitzero"`
	// More is what a list has no room for; nil where it was not asked for.
	More *More `json:"more,omitempty"`
}

// More is what an entry holds besides.
type More struct {
	Notes    string   `json:"notes,omitempty"`
	ShowAs   string   `json:"show_as,omitempty"`  // see event.ShowAs; empty: not said
	Reminder *int     `json:"reminder,omitempty"` // minutes before; nil: none
	Kind     string   `json:"kind,omitempty"`
	Done     bool     `json:"done,omitempty"`
	People   []string `json:"people,omitempty"` // addresses
}

// Row is one action of a plan.
type Row struct {
	// ID names the row for a choice; it stays the same as long as the question does.
	ID     string      `json:"id"`
	Hash   string      `json:"hash"`
	Group  Group       `json:"group"`
	Kind   string      `json:"kind"`
	Side   string      `json:"side"` // where it writes, or where the entry is
	Reason plan.Reason `json:"reason"`
	Fields []string    `json:"fields,omitempty"`
	// Cut are the fields that Side cannot hold whole.
	Cut []string `json:"cut,omitempty"`
	// Unprintable are the fields that go to Side without characters that it
	// cannot hold.
	Unprintable []string `json:"unprintable,omitempty"`
	// Entries are what was seen, by side name.
	Entries map[string]Entry `json:"entries,omitempty"`
	// Want is the entry on Side after the write.
	Want      *Entry     `json:"want,omitempty"`
	Decisions []Decision `json:"decisions,omitempty"`
	// Candidates are the entries that an open question offers, the likeliest
	// first; Differ the fields in which two that are paired differ.
	Candidates []Candidate `json:"candidates,omitempty"`
	Differ     []string    `json:"differ,omitempty"`
	// Writes: a request would be sent; Waits: and only once it is approved.
	Writes bool `json:"writes,omitempty"`
	Waits  bool `json:"waits,omitempty"`
	// Untold counts people outside the office who will not hear of it, Mails
	// everybody who is mailed about it.
	Untold int `json:"untold,omitempty"`
	Mails  int `json:"mails,omitempty"`
	// Dropped counts changed or deleted dates of a series that its new rule lacks.
	Dropped int `json:"dropped,omitempty"`
}

// Candidate is an entry that may be the same as a row's.
type Candidate struct {
	Entry  Entry       `json:"entry"`
	Side   string      `json:"side"`
	Score  int         `json:"score,omitempty"` // of 100; 0: not said
	Reason plan.Reason `json:"reason,omitzero"`
}

// Group is what a row is about, for who reads a preview.
type Group string

// The groups. Here is the business system, there is Exchange.
const (
	GroupPair        Group = "pair"
	GroupCreateHere  Group = "create_here"
	GroupCreateThere Group = "create_there"
	GroupChange      Group = "change"
	GroupDelete      Group = "delete"
	GroupDecide      Group = "needs_decision"
	GroupLeave       Group = "leave_alone"
)

// Groups lists them in the order in which they are shown.
func Groups() []Group {
	return []Group{GroupDelete, GroupDecide, GroupPair, GroupCreateHere, GroupCreateThere, GroupChange, GroupLeave}
}

// Recurs is how often a series takes place, and how many of its occurrences
// are at another time, or otherwise their own, or left out.
type Recurs struct {
	Every    string `json:"every"` // "day", "week", "month", "year"
	Interval int    `json:"interval"`
	Count    int    `json:"count,omitempty"`
	Until    string `json:"until,omitempty"`
	Changed  int    `json:"changed,omitempty"`
	Left     int    `json:"left,omitempty"`
}

func recursOf(r *event.Recurrence) *Recurs {
	if r == nil {
		return nil
	}
	out := &Recurs{
		Every: map[event.Frequency]string{
			event.Daily: "day", event.Weekly: "week", event.Monthly: "month", event.Yearly: "year",
		}[r.Frequency],
		Interval: max(r.Interval, 1), Count: r.Count, Changed: len(r.Overrides), Left: len(r.Deleted),
	}
	if r.Until != (event.Date{}) {
		out.Until = r.Until.String()
	}
	return out
}

// GroupCount is how many rows a group has, how many people outside the office
// will not be told of what they do, and how many mails they send.
type GroupCount struct {
	Group  Group `json:"group"`
	Count  int   `json:"count"`
	Untold int   `json:"untold,omitempty"`
	Mails  int   `json:"mails,omitempty"`
}

func groupOf(a plan.Action) Group {
	switch a.Kind {
	case plan.Pair:
		return GroupPair
	case plan.Create:
		if a.Side == event.Business {
			return GroupCreateHere
		}
		return GroupCreateThere
	case plan.Update, plan.Stamp:
		return GroupChange
	case plan.Delete, plan.Leave:
		return GroupDelete
	case plan.Ask:
		return GroupDecide
	case plan.Unlink, plan.Await, plan.Skip:
	}
	return GroupLeave
}

// countGroups counts rows by group; groups without rows are left out.
func countGroups(rows []Row) []GroupCount {
	var out []GroupCount
	for _, g := range Groups() {
		c := GroupCount{Group: g}
		for _, r := range rows {
			if r.Group == g {
				c.Count++
				c.Untold += r.Untold
				c.Mails += r.Mails
			}
		}
		if c.Count > 0 {
			out = append(out, c)
		}
	}
	return out
}

// Decision is one field that had changed on both sides.
type Decision struct {
	Field  string      `json:"field"`
	Winner string      `json:"winner"`
	Reason plan.Reason `json:"reason"`
}

// PersonPlan is one person's part of a preview.
type PersonPlan struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	// Guest: he is not switched on; his mailbox is given copies all the same.
	Guest bool `json:"guest,omitempty"`
	// First: nothing of it is carried out before it is approved. What is left
	// goes over with the next scheduled run, approved or not.
	First bool `json:"first,omitempty"`
	// Linked is how many entries are kept in step.
	Linked int   `json:"linked,omitempty"`
	Rows   []Row `json:"rows"`
	// Groups count the rows, the withheld ones included.
	Groups []GroupCount `json:"groups"`
	Halt   *plan.Reason `json:"halt,omitempty"`
	// Foreign counts entries that bear the marks of other programs, by name.
	Foreign map[string]int `json:"foreign,omitempty"`
	// Withheld are the writes that a halt stops.
	Withheld []Row    `json:"withheld,omitempty"`
	Trouble  *Trouble `json:"trouble,omitempty"`
}

// Preview is what would be done for everybody.
type Preview struct {
	People []PersonPlan `json:"people"`
	// Digest approves the rows that wait; empty when none does.
	Digest string `json:"digest,omitempty"`
	// At is when both calendars were read.
	At time.Time `json:"at,omitzero"`
	// Except are the rows that a person has taken out of it; see Agent.LeaveOut.
	Except map[string][]string `json:"except,omitempty"`
}

// Codes of a Trouble that no system has: it was found on our own side.
const (
	CodeHostUnknown   = "host_unknown"   // the name of the server does not exist
	CodeSecretMissing = "secret_missing" // nobody has set what the connection signs in with
	CodeSetting       = "setting"        // see Detail
	// CodeOtherCertificate: the server shows another certificate than the trusted one.
	CodeOtherCertificate = "other_certificate"
	CodePersonUnknown    = "person_unknown" // the system has nobody with that address
)

// Trouble is why a person's run ended early, without calendar text.
type Trouble struct {
	Side    string `json:"side,omitempty"`
	Scope   string `json:"scope,omitempty"`
	Kind    string `json:"kind"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message"`
	// Detail is what in a setting is wrong, ready to be read.
	Detail string `json:"detail,omitempty"`
	// RetrySeconds is how long the server wants to be left alone.
	RetrySeconds int `json:"retry_seconds,omitempty"`
}

// PersonSummary is what a sync came to for one person.
type PersonSummary struct {
	Name     string                    `json:"name"`
	Address  string                    `json:"address"`
	Guest    bool                      `json:"guest,omitempty"` // not switched on, and given copies all the same
	Written  map[string]map[string]int `json:"written"`         // by side, then action
	Paired   int                       `json:"paired"`
	Notified int                       `json:"notified"`
	Cut      map[string]int            `json:"cut,omitempty"`      // entries that a side could not hold whole
	PutBack  int                       `json:"put_back,omitempty"` // edits of published copies
	Untold   int                       `json:"untold,omitempty"`   // outsiders who were not told of a change
	Waiting  int                       `json:"waiting"`            // decisions
	Problems []Problem                 `json:"problems,omitempty"`
	Halt     *plan.Reason              `json:"halt,omitempty"`
	Trouble  *Trouble                  `json:"trouble,omitempty"`
	Complete bool                      `json:"complete"`
	// Stopped: a person has ended the run before its end.
	Stopped bool `json:"stopped,omitempty"`
	// Lease is which installation writes for the person; Withheld counts the
	// approved writes that are left to it.
	Lease    office.Lease `json:"lease"`
	Withheld int          `json:"withheld,omitempty"`
	// Left are the rows that the run did not do: decisions, entries left
	// alone, writes that nobody approved.
	Left []Row `json:"left,omitempty"`
}

// Summary is what a sync came to.
type Summary struct {
	People []PersonSummary `json:"people"`
	// Writes counts the requests that changed something, over all people.
	Writes int `json:"writes"`
	// Unapproved tells that writes wait for approval.
	Unapproved bool `json:"unapproved,omitempty"`
}

// Problem is an entry that was passed over.
type Problem struct {
	Side   string      `json:"side"`
	ID     string      `json:"id"`
	Reason plan.Reason `json:"reason"`
}

// Person is somebody of the office.
type Person struct {
	Name      string            `json:"name"`
	Address   string            `json:"address"`
	Addresses map[string]string `json:"addresses"`
	Enabled   bool              `json:"enabled"`
	OptedOut  bool              `json:"opted_out,omitempty"`
	// Guest: not switched on, and not decided about either.
	Guest bool `json:"guest,omitempty"`
	// Resource is the id of a room, a car or another thing; empty: a person.
	Resource   string    `json:"resource,omitempty"`
	SwitchedBy string    `json:"switched_by,omitempty"`
	SwitchedAt time.Time `json:"switched_at,omitzero"`
	// Direction is set of somebody who has one of his own, apart from the office's.
	Direction string `json:"direction,omitempty"`
}

// The directions that a Person can have: both ways, from the business system
// to Exchange alone, from Exchange to the business system alone.
const (
	DirectionTwoWay  = "two_way"
	DirectionPublish = "publish"
	DirectionCollect = "collect"
)

// CauseRebuilt is the cause of a Run that is no run, but the note that the
// store was begun anew.
const CauseRebuilt = string(state.CauseRebuilt)

// Run is one line of the history.
type Run struct {
	ID       int64                     `json:"id"`
	Person   string                    `json:"person"`
	Address  string                    `json:"address,omitempty"`
	Started  time.Time                 `json:"started"`
	Ended    time.Time                 `json:"ended,omitzero"`
	Cause    string                    `json:"cause"`
	Written  map[string]map[string]int `json:"written"`
	Paired   int                       `json:"paired"`
	Notified int                       `json:"notified"`
	Failed   string                    `json:"failed,omitempty"`
	Halt     string                    `json:"halt,omitempty"`
}

// Change is one thing that a run did.
type Change struct {
	Address string `json:"address,omitempty"` // whose it is
	// Number names the change for an undo of its entry alone.
	Number int64 `json:"number"`
	// Link is the same for all changes of one pair of entries; empty: no pair.
	Link     string      `json:"link,omitempty"`
	Kind     string      `json:"kind"`
	Side     string      `json:"side"`
	Outcome  string      `json:"outcome"`
	Fields   []string    `json:"fields,omitempty"`
	Reason   plan.Reason `json:"reason"`
	Before   *Entry      `json:"before,omitempty"`
	After    *Entry      `json:"after,omitempty"`
	Notified int         `json:"notified,omitempty"`
	// Untold are people from outside the office who were not told when it was
	// written; see Agent.Notices.
	Untold int `json:"untold,omitempty"`
	// Told are people who were told of it by mail afterwards, ToldBy who had
	// that done and when. Doubt: nobody knows whether that mail has left.
	Told   int       `json:"told,omitempty"`
	ToldBy string    `json:"told_by,omitempty"`
	ToldAt time.Time `json:"told_at,omitzero"`
	Doubt  bool      `json:"told_in_doubt,omitempty"`
	At     time.Time `json:"at"`
}

func entryOf(it *event.Item) *Entry {
	if it == nil {
		return nil
	}
	e := eventEntry(it.Event)
	if it.When == (event.Span{}) {
		e.Start, e.End = "", "" // nothing but its ID is known
	}
	e.ID, e.Modified, e.Bare = string(it.ID), it.Modified, it.Veil != (event.Veil{})
	return &e
}

func eventEntry(ev event.Event) Entry {
	e := Entry{
		Subject: ev.Subject, Start: ev.When.Start.String(), End: ev.When.End.String(),
		Zone: ev.When.Zone, AllDay: ev.When.AllDay, Location: ev.Location, Private: ev.Private,
		Recurs: recursOf(ev.Recurrence),
	}
	if ev.When.AllDay {
		e.Start, e.End = ev.When.Start.Date.String(), ev.When.End.Date.String()
	}
	return e
}

func rowsOf(actions []plan.Action) []Row {
	out := make([]Row, len(actions))
	for i, a := range actions {
		out[i] = rowOf(a)
	}
	return out
}

func rowOf(a plan.Action) Row {
	r := Row{
		Hash: a.Hash(), Group: groupOf(a), Kind: a.Kind.String(), Side: a.Side.String(), Reason: a.Reason,
		Writes: a.Kind.Writes(), Waits: a.Kind.Writes() && !a.Kind.Weak(),
		Untold: a.Untold, Mails: a.Mails, Dropped: a.Dropped, Entries: map[string]Entry{},
	}
	r.ID = a.Row()
	if a.Mails > 0 {
		r.Untold = 0
	}
	if a.Differ != 0 {
		r.Differ = a.Differ.Names()
	}
	for _, n := range a.Near {
		c := Candidate{Entry: Entry{ID: string(n.ID)}, Side: a.Side.Other().String(), Score: n.Score, Reason: n.Reason}
		if n.Item != nil {
			c.Entry = *entryOf(n.Item)
		}
		r.Candidates = append(r.Candidates, c)
	}
	if a.Kind == plan.Update {
		r.Fields = a.Fields.Names()
	}
	if a.Cut != 0 {
		r.Cut = a.Cut.Names()
	}
	if a.Unprintable != 0 {
		r.Unprintable = a.Unprintable.Names()
	}
	for s, have := range a.Have {
		if have != nil {
			r.Entries[event.Side(s).String()] = *entryOf(have)
		}
	}
	if a.Kind == plan.Create || a.Kind == plan.Update {
		want := eventEntry(a.Want)
		r.Want = &want
	}
	for _, d := range a.Decisions {
		r.Decisions = append(r.Decisions, Decision{
			Field: strings.Join(d.Field.Names(), ","), Winner: d.Winner.String(), Reason: d.Reason,
		})
	}
	return r
}

func writtenOf(w [2]map[string]int) map[string]map[string]int {
	out := map[string]map[string]int{}
	for _, s := range event.Sides() {
		out[s.String()] = map[string]int{}
		for kind, n := range w[s] {
			out[s.String()][kind] = n
		}
	}
	return out
}

// cutOf leaves sides out that held everything whole.
func cutOf(n [2]int) map[string]int {
	out := map[string]int{}
	for _, s := range event.Sides() {
		if n[s] > 0 {
			out[s.String()] = n[s]
		}
	}
	return out
}

func summaryOf(s office.Summary) Summary {
	out := Summary{People: []PersonSummary{}}
	for _, r := range s.People {
		p := PersonSummary{
			Name: r.Person.Name, Address: r.Person.Addresses[event.Exchange], Guest: r.Person.Guest,
			Written: writtenOf(r.Written), Paired: r.Paired, Notified: r.Notified, PutBack: r.PutBack, Untold: r.Untold, Waiting: r.Waiting, Cut: cutOf(r.Cut),
			Halt: r.Halt, Trouble: troubleOf(r.Err), Complete: r.Complete, Stopped: errors.Is(r.Err, office.ErrStopped), Left: rowsOf(r.Plan.Actions),
			Lease: office.LeaseOf(r.Tenure), Withheld: r.Withheld,
		}
		for _, pr := range r.Problems {
			p.Problems = append(p.Problems, Problem{Side: pr.Side.String(), ID: string(pr.ID), Reason: pr.Reason})
		}
		for _, kinds := range p.Written {
			for _, n := range kinds {
				out.Writes += n
			}
		}
		for _, row := range p.Left {
			out.Unapproved = out.Unapproved || row.Waits && r.Withheld == 0
		}
		out.Unapproved = out.Unapproved || r.Unapproved > 0
		out.People = append(out.People, p)
	}
	return out
}
