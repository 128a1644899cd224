package plan

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
)

// Who is mailed is decided here, in one table: an organised meeting with
// somebody from outside, changed by a person on the other side, and nothing else.
func TestBuild_MailsOnlyForWhatAPersonHasDoneToAMeetingWithOutsiders(t *testing.T) {
	const others = "update exchange l1 b1 x1 [when]: changed_there business"
	moved := func(in *Input) {
		in.edit(biz, "b1", time.Hour, func(it *event.Item) { it.When = entry("", "", 3).When })
	}
	for _, c := range []buildCase{
		{"moved", moved, others + " untold 1 mails 3"},
		{"deleted", func(in *Input) { in.row(biz, "b1").Presence = Gone }, "delete exchange l1 - x1: deleted_there business untold 1 mails 3"},
		{
			"another place", func(in *Input) { in.edit(biz, "b1", time.Hour, location("Room 2")) },
			"update exchange l1 b1 x1 [location]: changed_there business untold 1 mails 3",
		},
		{
			"a text alone", func(in *Input) { in.edit(biz, "b1", time.Hour, notes("new")) },
			"update exchange l1 b1 x1 [notes]: changed_there business",
		},
		{"without the option", func(in *Input) { moved(in); in.Policy.Requests = false }, others + " untold 1"},
		{"colleagues alone", func(in *Input) {
			attended("bert@example.com")(&in.row(exch, "x1").Item)
			in.Links[0].Base[exch] = in.row(exch, "x1").Item.Event
			moved(in)
		}, others},
		{"at a first sync", func(in *Input) { moved(in); in.First = true }, others + " untold 1"},
		{"when they may have been mailed already", func(in *Input) { moved(in); in.Links[0].Quiet = true }, others + " untold 1"},
		{"of a guest's copy", func(in *Input) { moved(in); in.Policy.Guest = true }, others + " untold 1"},
		{"an attendee's copy", func(in *Input) {
			participant(&in.row(exch, "x1").Item)
			moved(in)
		}, "skip business l1 b1 x1 [when]: not_organizer\nrefreshed l1"},
		{"an attendee who leaves", func(in *Input) {
			participant(&in.row(exch, "x1").Item)
			in.row(biz, "b1").Presence = Gone
		}, "leave exchange l1 - x1: left_there business"},
		{"a published copy put back", func(in *Input) {
			in.Policy.Direction = Publish
			in.edit(exch, "x1", time.Hour, func(it *event.Item) { it.When = entry("", "", 3).When })
		}, "update exchange l1 b1 x1 [when]: put_back untold 1"},
		{"towards the business system", func(in *Input) {
			attended("customer@example.org")(&in.row(biz, "b1").Item)
			in.Links[0].Base[biz] = in.row(biz, "b1").Item.Event
			in.edit(exch, "x1", time.Hour, func(it *event.Item) { it.When = entry("", "", 3).When })
		}, "update business l1 b1 x1 [when]: changed_there exchange"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := input()
			in.Policy.Requests = true
			b, x := entry("b1", "Staff", 1), entry("x1", "Staff", 1)
			attended("bert@example.com", "customer@example.org", "room@example.org")(&x)
			x.Attendees[2].Role = event.RoleResource
			in.tie("l1", b, x)
			c.set(&in)
			if d := cmp.Diff(c.want, strings.TrimSpace(show(Build(in)))); d != "" {
				t.Errorf("plan (-want +got):\n%s", d)
			}
		})
	}
}

// An undo says nothing of mail, and so sends none.
func TestUndo_MailsNobody(t *testing.T) {
	in := input()
	in.Policy.Requests = true
	b, x := entry("b1", "Staff", 1), entry("x1", "Staff", 1)
	attended("customer@example.org")(&x)
	in.tie("l1", b, x)
	in.edit(biz, "b1", time.Hour, func(it *event.Item) { it.When = entry("", "", 3).When })
	done := Build(in).Actions[0]
	after := *done.Have[exch]
	after.When = done.Want.When
	p := Undo(UndoInput{
		Past:  []Past{{Entry: 1, Kind: Update, Side: exch, Fields: done.Fields, Before: done.Have[exch], After: &after, Link: "l1", Was: &in.Links[0]}},
		Links: in.Links, Mirror: [2][]Mirrored{in.Mirror[biz], {{Item: after}}}, Caps: in.Caps, Normalize: in.Normalize, Office: in.Office,
	})
	if len(p.Actions) != 1 || p.Actions[0].Kind != Update || p.Actions[0].Mails != 0 || done.Mails != 1 {
		t.Errorf("the change mails %d, its undo is %+v", done.Mails, p.Actions)
	}
}
