package plan

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
)

// guardCases are situations in which doing the obvious would take an entry
// away from somebody, or show one that was to be kept back.
func guardCases() []buildCase {
	outside := func(in *Input, others ...event.Attendee) {
		in.pair(1)
		b := &in.row(biz, "b1").Item
		b.Attendees, b.Meeting = others, len(others) > 0
		in.Links[0].Base[biz] = b.Event
		x := in.row(exch, "x1")
		x.Presence = Gone
		x.Item.Meeting, x.Item.Standing, x.Item.Organizer = true, event.StandingParticipant, "guest@else.com"
	}
	typed := func(to event.Kind, private bool) func(in *Input) {
		return func(in *Input) {
			in.Policy.Types = map[string]bool{"meeting": true}
			b := entry("b1", "Staff", 1)
			b.Kind = event.Kind{ID: "meeting", Group: event.GroupCalendar}
			in.tie("l1", b, entry("x1", "Staff", 1))
			in.edit(biz, "b1", time.Hour, func(it *event.Item) {
				it.Kind, it.Subject, it.Private = to, "not for everybody", private
			})
		}
	}
	return []buildCase{
		{
			name: "an attendee deletes a meeting from outside that colleagues attend as well",
			set: func(in *Input) {
				outside(in, event.Attendee{Address: "bert@example.com"})
			},
			want: "leave business l1 b1 -: left_there exchange",
		},
		{
			name: "the last attendee deletes a meeting from outside",
			set:  func(in *Input) { outside(in) },
			want: "delete business l1 b1 -: deleted_there exchange",
		},
		{
			name: "of two links that hold one entry neither deletes it",
			set: func(in *Input) {
				in.pair(1)
				in.pair(2)
				in.Links[1].Refs[exch] = in.Links[0].Refs[exch]
				in.row(exch, "x2").Presence = Gone
				in.row(biz, "b1").Presence = Gone
			},
			want: "ask business l2 b2 x1: ambiguous 2/0\nask exchange l1 - x1: ambiguous 2/0",
		},
		{
			name: "what a first sync left for its age stays left afterwards",
			set: func(in *Input) {
				old := entry("b1", "long ago", -35)
				old.Created = now.AddDate(0, 0, -36)
				in.put(biz, old)
			},
			want: "skip business b1 -: too_old",
		},
		{
			name: "an entry of which nobody knows when it was made counts as old as it is",
			set: func(in *Input) {
				old := entry("b1", "long ago", -35)
				old.Created = time.Time{}
				in.put(biz, old)
			},
			want: "skip business b1 -: too_old",
		},
		{
			name: "an entry put into the past today is new",
			set: func(in *Input) {
				late := entry("b1", "written down late", -35)
				late.Created = now.Add(-time.Hour)
				in.put(biz, late)
			},
			want: "create exchange b1 -: only_there business",
		},
		{
			name: "a linked entry that gets a type that does not go out",
			set:  typed(event.Kind{ID: "sick", Group: event.GroupAbsence}, false),
			want: "skip business l1 b1 x1: type_not_chosen",
		},
		{
			name: "a linked entry that gets the type of private ones",
			set:  typed(event.Kind{ID: "own", Group: event.GroupPersonal}, true),
			want: "update exchange l1 b1 x1 [subject,private,kind]: changed_there business",
		},
		{
			name: "a linked entry that becomes a project task",
			set:  typed(event.Kind{ID: "meeting", Group: event.GroupProjectTask}, false),
			want: "skip business l1 b1 x1: project_task",
		},
		{
			name: "an entry that was made again, and then taken back out of the trash",
			set: func(in *Input) {
				in.pair(1)
				was := entry("x9", "Staff", 1)
				was.Stamp = in.Links[0].Stamp
				was.Stamp.Key = "key of the one before"
				in.put(exch, was)
			},
			want: "ask exchange - x9: ambiguous 1/0 of [b1]",
		},
		{
			name: "the same in a mailbox that was moved",
			set: func(in *Input) {
				in.pair(1)
				in.row(exch, "x1").Item.ID = "x8"
				was := entry("x9", "Staff", 1)
				was.Created = was.Created.Add(-time.Hour)
				was.Stamp = in.Links[0].Stamp
				was.Stamp.Key = "key of the one before"
				in.put(exch, was)
			},
			want: "ask exchange - x9: ambiguous 1/0 of [b1]\nrefreshed l1",
		},
		{
			name: "the same, and a person wants both",
			set: func(in *Input) {
				in.pair(1)
				was := entry("x9", "Staff", 1)
				was.Stamp = in.Links[0].Stamp
				was.Stamp.Key = "key of the one before"
				in.put(exch, was)
				in.answer(exch, "x9", KeepSeparate, "")
			},
			want: "create business - x9: only_there exchange",
		},
		{
			name: "a store from before the business end was made again",
			set: func(in *Input) {
				in.pair(1)
				in.row(biz, "b1").Presence = Gone
				in.put(biz, entry("b2", "New", 1))
				in.edit(exch, "x1", time.Hour, subject("New"))
				x := in.row(exch, "x1")
				x.Item.Stamp.Partner = "b2"
			},
			want: "stamp exchange l1 b2 x1: mark_missing\nrefreshed l1",
		},
		{
			name: "a linked entry whose type never went out",
			set: func(in *Input) {
				in.Policy.Types = map[string]bool{"meeting": true}
				b := entry("b1", "Staff", 1)
				b.Kind = event.Kind{ID: "own", Group: event.GroupCalendar}
				in.tie("l1", b, entry("x1", "Staff", 1))
				in.edit(exch, "x1", time.Hour, subject("from Outlook"))
			},
			want: "update business l1 b1 x1 [subject]: changed_there exchange",
		},
	}
}

func TestBuild_GuardsEntries(t *testing.T) {
	for _, c := range guardCases() {
		t.Run(c.name, func(t *testing.T) {
			in := input()
			c.set(&in)
			if diff := cmp.Diff(c.want, strings.TrimSpace(show(Build(in)))); diff != "" {
				t.Errorf("plan differs (-want +got):\n%s", diff)
			}
		})
	}
}

// A link tied to another entry's meeting would carry its deletion over to it.
func TestRelink_NeverTakesAnEntryThatAnotherMarkNames(t *testing.T) {
	in := input()
	in.pair(1).UID = "u"
	in.row(exch, "x1").Presence = Gone
	stray := entry("x9", "Staff", 1)
	stray.UID, stray.Stamp = "u", event.Stamp{Office: in.Office, Partner: "b9", Key: "k9"}
	in.put(exch, stray)
	if got := Relink(in.Links, in.Mirror, exch, in.Office); len(got) != 0 {
		t.Errorf("tied to %s, want no new tie: its mark names b9", got[0].Refs[exch].ID)
	}
}

func TestRelink_GivesOneEntryToOneLinkOnly(t *testing.T) {
	in := input()
	in.pair(1).UID = "u"
	in.pair(2).UID = "u"
	in.row(exch, "x1").Presence, in.row(exch, "x2").Presence = Missing, Missing
	stray := entry("x9", "Staff", 1)
	stray.UID = "u"
	in.put(exch, stray)
	if got := Relink(in.Links, in.Mirror, exch, in.Office); len(got) != 0 {
		t.Errorf("%d links tied to one entry that either may mean, want none", len(got))
	}
}

// What may not be written is said of the side where it would have to be.
func TestBuild_ClosedSideIsTheOneThatIsNotWritten(t *testing.T) {
	for _, s := range event.Sides() {
		for name, set := range map[string]func(*Input){
			"direction": func(in *Input) { in.Policy.Direction = [2]Direction{biz: Publish, exch: Collect}[s] },
			"right":     func(in *Input) { in.Caps[s].ReadOnly = true },
		} {
			in := input()
			set(&in)
			in.put(s.Other(), entry("n1", "New", 1))
			p := Build(in)
			if len(p.Actions) != 1 || p.Actions[0].Kind != Skip || p.Actions[0].Reason.From != s {
				t.Errorf("%s of %s: %s", name, s, show(p))
			}
		}
	}
}
