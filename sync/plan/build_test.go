package plan

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
)

const (
	biz  = event.Business
	exch = event.Exchange
)

// now is the moment all tests play at, on a Monday.
var now = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

const sharedFields = event.AllFields &^ (event.FieldShowAs | event.FieldReminder)

// input is a person with two empty calendars that can do everything.
func input() Input {
	same := func(e event.Event) event.Event { return e }
	caps := event.Capabilities{Batch: 50, Tombstones: true, Keys: true, Preconditions: true}
	in := Input{
		Now:        now,
		Window:     event.Window{From: now.AddDate(0, 0, -40), To: now.AddDate(0, 0, 90)},
		Normalize:  [2]func(event.Event) event.Event{same, same},
		Digest:     digest,
		Office:     "office-1",
		Person:     "anna@example.com",
		Colleagues: map[string]bool{"anna@example.com": true, "bert@example.com": true},
	}
	in.Caps = [2]event.Capabilities{caps, caps}
	in.Caps[biz].Fields = sharedFields
	in.Caps[exch].Fields = event.AllFields
	return in
}

func digest(e event.Event) string {
	return Action{Want: e, Fields: event.AllFields}.Hash()[:16]
}

// entry is an hour on day n after now.
func entry(id event.ID, subject string, n int) event.Item {
	start := time.Date(2026, 3, 2+n, 10, 0, 0, 0, time.UTC)
	when, err := event.Between(start, start.Add(time.Hour), "Europe/Helsinki")
	if err != nil {
		panic(err)
	}
	return event.Item{
		Ref:      event.Ref{ID: id, Version: "v1"},
		Event:    event.Event{Subject: subject, When: when},
		Created:  now.AddDate(0, 0, -10),
		Modified: now.AddDate(0, 0, -5),
	}
}

// put adds entries to one side.
func (in *Input) put(s event.Side, items ...event.Item) {
	for _, it := range items {
		in.Mirror[s] = append(in.Mirror[s], Mirrored{Item: it})
	}
}

// tie adds two entries with a live link in which nothing is left to do.
func (in *Input) tie(id LinkID, b, x event.Item) *Link {
	l := Link{
		ID: id, Refs: [2]event.Ref{b.Ref, x.Ref}, Base: [2]event.Event{b.Event, x.Event}, UID: x.UID,
	}
	l.Stamp = StampOf(l, in.Office, event.Key("key-"+id), in.Digest, in.Caps, in.Normalize)
	x.Stamp = l.Stamp
	in.put(biz, b)
	in.put(exch, x)
	in.Links = append(in.Links, l)
	return &in.Links[len(in.Links)-1]
}

// pair is tie for two equal entries b<n> and x<n>.
func (in *Input) pair(n int) *Link {
	return in.tie(LinkID(fmt.Sprint("l", n)), entry(id("b", n), "Staff", n), entry(id("x", n), "Staff", n))
}

func id(prefix string, n int) event.ID { return event.ID(fmt.Sprint(prefix, n)) }

func (in *Input) row(s event.Side, id event.ID) *Mirrored {
	for i := range in.Mirror[s] {
		if in.Mirror[s][i].Item.ID == id {
			return &in.Mirror[s][i]
		}
	}
	panic("no row " + id)
}

// edit changes an entry as a person would, age after the last change.
func (in *Input) edit(s event.Side, id event.ID, age time.Duration, change func(*event.Item)) {
	it := &in.row(s, id).Item
	it.Version += "+"
	it.Modified = it.Modified.Add(age)
	change(it)
}

func subject(to string) func(*event.Item)  { return func(it *event.Item) { it.Subject = to } }
func location(to string) func(*event.Item) { return func(it *event.Item) { it.Location = to } }

func (in *Input) answer(s event.Side, id event.ID, c Choice, partner event.ID) {
	in.Answers = append(in.Answers, Answer{Side: s, ID: id, Choice: c, Partner: partner})
}

// byField says of b1 in which fields each side is right.
func (in *Input) byField(b, x event.FieldSet) {
	in.Answers = append(in.Answers, Answer{Side: biz, ID: "b1", Choice: TakeByField, Right: [2]event.FieldSet{b, x}})
}

// show writes a plan as one line an action.
func show(p Plan) string {
	var b strings.Builder
	line := func(prefix string, a Action) {
		fmt.Fprintf(&b, "%s%s %s", prefix, a.Kind, a.Side)
		if a.Link != "" {
			fmt.Fprintf(&b, " %s", a.Link)
		}
		for _, have := range a.Have {
			if have == nil {
				b.WriteString(" -")
			} else {
				fmt.Fprintf(&b, " %s", have.ID)
			}
		}
		if a.Fields != 0 && a.Kind != Create {
			fmt.Fprintf(&b, " [%s]", a.Fields)
		}
		fmt.Fprintf(&b, ": %s", reason(a.Reason))
		if a.Differ != 0 {
			fmt.Fprintf(&b, " differ [%s]", a.Differ)
		}
		if a.Rest != 0 {
			fmt.Fprintf(&b, " rest [%s]", a.Rest)
		}
		for _, d := range a.Decisions {
			fmt.Fprintf(&b, "; %s by %s %s", d.Field, d.Winner, reason(d.Reason))
		}
		if len(a.Candidates) > 0 {
			fmt.Fprintf(&b, " of %v", a.Candidates)
		}
		for _, n := range a.Near {
			if n.Score == 0 {
				continue
			}
			fmt.Fprintf(&b, " near %s %d", n.ID, n.Score)
		}
		if a.Untold > 0 {
			fmt.Fprintf(&b, " untold %d", a.Untold)
		}
		if a.Mails > 0 {
			fmt.Fprintf(&b, " mails %d", a.Mails)
		}
		if a.Sure {
			b.WriteString(" sure")
		}
		b.WriteString("\n")
	}
	if p.Halt != nil {
		fmt.Fprintf(&b, "halt: %s\n", reason(p.Halt.Reason))
		for _, a := range p.Halt.Withheld {
			line("withheld ", a)
		}
	}
	for _, a := range p.Actions {
		line("", a)
	}
	for _, l := range p.Refreshed {
		fmt.Fprintf(&b, "refreshed %s\n", l.ID)
	}
	return b.String()
}

func reason(r Reason) string {
	out := string(r.Code)
	switch r.Code {
	case OnlyThere, ChangedThere, DeletedThere, MadeAgain, LeftThere, DeclinedThere, Declined, NewerWins, OrganizerWins,
		RuleWins, DeletedAndEdited, DeletedFrozen, TiedToMore, ClockUnsure, Vanished, SideShrank, SideEmpty, AllShifted:
		out += " " + r.From.String()
	}
	if r.Ahead != 0 {
		out += " " + r.Ahead.String()
	}
	if r.Count != 0 || r.Limit != 0 {
		out += fmt.Sprintf(" %d/%d", r.Count, r.Limit)
	}
	if r.Detail != "" {
		out += " " + r.Detail
	}
	return out
}

// buildCase is one situation and the plan it gives.
type buildCase struct {
	name string
	set  func(in *Input)
	want string
}

func allCases() []buildCase {
	var all []buildCase
	for _, group := range [][]buildCase{mergeCases(), goneCases(), freeCases(), matchCases(), markCases(), haltCases(), ruleCases(), privateCases(), seriesCases(), nearCases()} {
		all = append(all, group...)
	}
	return all
}

func TestBuild_PlansEachSituation(t *testing.T) {
	for _, c := range allCases() {
		t.Run(c.name, func(t *testing.T) {
			in := input()
			c.set(&in)
			got := show(Build(in))
			if diff := cmp.Diff(strings.TrimSpace(c.want), strings.TrimSpace(got)); diff != "" {
				t.Errorf("plan differs (-want +got):\n%s", diff)
			}
		})
	}
}

// Every reason that Build can give occurs in a case above. The others are
// given where writes are carried out.
func TestBuild_CasesCoverEveryReason(t *testing.T) {
	seen := map[Code]bool{
		CannotWrite: true, Halted: true, IdentityChanged: true, CalendarRefused: true,
	}
	see := func(as []Action) {
		for _, a := range as {
			seen[a.Reason.Code] = true
			for _, d := range a.Decisions {
				seen[d.Reason.Code] = true
			}
		}
	}
	for _, c := range allCases() {
		in := input()
		c.set(&in)
		p := Build(in)
		see(p.Actions)
		if p.Halt != nil {
			seen[p.Halt.Reason.Code] = true
			see(p.Halt.Withheld)
		}
	}
	for _, c := range undoCases() {
		see(Undo(c.input()).Actions)
	}
	codes := declaredCodes(t)
	if len(codes) < 40 {
		t.Fatalf("found %d codes in reason.go, want all of them", len(codes))
	}
	for name, code := range codes {
		if !seen[code] {
			t.Errorf("no case gives %s (%q)", name, code)
		}
	}
}
