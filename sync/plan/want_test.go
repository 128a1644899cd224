package plan

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
)

func TestBuild_UpdateKeepsTheTargetsZoneAndItsOtherFields(t *testing.T) {
	in := input()
	b, x := entry("b1", "Staff", 1), entry("x1", "Staff", 1)
	x.When, x.ShowAs = x.When.Rezone("America/New_York"), event.ShowFree
	in.tie("l1", b, x)
	in.edit(biz, "b1", time.Hour, func(it *event.Item) { it.When = entry("", "", 3).When })
	p := Build(in)
	if len(p.Actions) != 1 {
		t.Fatalf("plan:\n%s", show(p))
	}
	want := x.Event
	want.When = entry("", "", 3).When.Rezone("America/New_York")
	if diff := cmp.Diff(want, p.Actions[0].Want); diff != "" {
		t.Errorf("Want differs (-want +got):\n%s", diff)
	}
}

func TestBuild_UpdateOfASeriesOrOfWholeDaysTakesTheTimesAsTheyAre(t *testing.T) {
	day := event.AllDay(event.DateOf(now), event.DateOf(now).AddDays(1))
	for name, c := range map[string]struct{ edit, target func(*event.Item) }{
		"series":               {func(it *event.Item) { it.When.Start.Minute = 30; it.When.End.Minute = 45 }, series()},
		"to whole days":        {func(it *event.Item) { it.When = day }, func(*event.Item) {}},
		"of whole days before": {func(it *event.Item) { it.When = entry("", "", 2).When }, func(it *event.Item) { it.When = day }},
	} {
		in := input()
		in.tie("l1", with(entry("b1", "Staff", 1), c.target), with(entry("x1", "Staff", 1), c.target))
		in.edit(biz, "b1", time.Hour, c.edit)
		p := Build(in)
		if len(p.Actions) != 1 || p.Actions[0].Want.When != in.row(biz, "b1").Item.When {
			t.Errorf("%s: plan\n%s%+v", name, show(p), p.Actions)
		}
	}
}

func TestBuild_CreateWantsWhatTheTargetDeclares(t *testing.T) {
	in := input()
	x := entry("x1", "Staff", 1)
	x.ShowAs, x.Reminder, x.Attendees = event.ShowFree, event.Reminder{Set: true}, []event.Attendee{{Address: "eve@example.org"}}
	in.put(exch, x)
	a := Build(in).Actions[0]
	want := x.Event
	want.ShowAs, want.Reminder = 0, event.Reminder{}
	if diff := cmp.Diff(want, a.Want); diff != "" || a.Fields != sharedFields || a.Have[exch] == nil {
		t.Errorf("Create of %s differs (-want +got):\n%s", a.Fields, diff)
	}
}

func TestStampOf_KeepsAKeyOnceWritten(t *testing.T) {
	in := input()
	l := *in.pair(1)
	got := StampOf(l, in.Office, "new", in.Digest, in.Caps, in.Normalize)
	want := event.Stamp{Office: "office-1", Partner: "b1", Key: "key-l1", Digest: in.Digest(Agreed(l, in.Caps, in.Normalize))}
	if got != want {
		t.Errorf("StampOf = %+v, want %+v", got, want)
	}
	l.Stamp = event.Stamp{}
	if got := StampOf(l, in.Office, "new", nil, in.Caps, in.Normalize); got.Key != "new" || got.Digest != "" {
		t.Errorf("StampOf of an unmarked link = %+v, want the new key and no digest", got)
	}
}
