package plan

import (
	"testing"

	"lockstep/sync/event"
)

// While a colleague's write of a meeting is not recorded yet, its business
// entry is already there: this person's copy is not made a second time.
func TestBuild_WaitsWithAnEntryThatMayBeAnAwaitedMeeting(t *testing.T) {
	guest := func(it *event.Item) { it.Standing, it.Organizer = event.StandingParticipant, "bert@example.com" }
	for name, c := range map[string]struct {
		alter func(in *Input, b, x *event.Item)
		want  ActionKind
	}{
		"his meeting, called elsewhere, is being made": {func(in *Input, b, x *event.Item) {
			guest(b)
			x.Organizer = "eve@example.org"
			in.Shared = map[string]event.ID{"uid-1": ""}
		}, Await},
		"his meeting is not being made": {func(_ *Input, b, _ *event.Item) { guest(b) }, Create},
		"his meeting is only planned":   {func(in *Input, b, _ *event.Item) { guest(b); in.Planned = map[string]bool{"uid-1": true} }, Create},
		"somebody's link holds the entry": {func(in *Input, b, _ *event.Item) {
			guest(b)
			in.Shared = map[string]event.ID{"uid-2": "b1"}
		}, Create},
		"the entry is this person's own":     {func(*Input, *event.Item, *event.Item) {}, Create},
		"its owner is not kept in step":      {func(_ *Input, b, _ *event.Item) { guest(b); b.Organizer = "eve@example.org" }, Create},
		"no meeting here waits":              {func(_ *Input, b, x *event.Item) { guest(b); x.Meeting = false }, Create},
		"a person wants it for itself":       {func(in *Input, b, _ *event.Item) { guest(b); in.answer(biz, "b1", KeepSeparate, "") }, Create},
		"the meeting that waits is gone now": {func(in *Input, b, _ *event.Item) { guest(b); in.row(exch, "x1").Presence = Gone }, Create},
	} {
		t.Run(name, func(t *testing.T) {
			in := input()
			in.put(biz, entry("b1", "Moved meanwhile", 1))
			in.put(exch, entry("x1", "Meeting", 2))
			b, x := &in.row(biz, "b1").Item, &in.row(exch, "x1").Item
			x.Meeting, x.Organizer, x.UID = true, "bert@example.com", "uid-1"
			c.alter(&in, b, x)
			for _, a := range Build(in).Actions {
				if a.Have[biz] != nil && a.Kind != c.want {
					t.Errorf("the business entry: %s, want %s", a.Kind, c.want)
				}
			}
		})
	}
}
