package plan

import (
	"testing"

	"lockstep/sync/event"
)

// What was deleted and is there again under another id is the same entry: no
// second copy is made beside the one that is linked, and that one is not deleted.
func TestBuild_WhatWasMadeAnew_IsTiedAgain(t *testing.T) {
	for _, c := range []struct {
		name  string
		state LinkState
		alter func(in *Input)
		want  string // the id that the link then has, empty: none
	}{
		{"on hold, alike", Held, func(in *Input) { in.row(biz, "b2").Item.Location = "elsewhere" }, "b2"},
		{"on hold, at another hour", Held, func(in *Input) { in.row(biz, "b2").Item.When.Start.Hour-- }, ""},
		{"on hold, two that are alike", Held, func(in *Input) { in.put(biz, entry("b3", "Plan", 1)) }, ""},
		{"on hold, the meeting of a colleague", Held, func(in *Input) {
			in.row(biz, "b2").Item.Subject = "Renamed"
			in.Links[0].UID, in.Shared = "uid-1", map[string]event.ID{"uid-1": "b2"}
		}, "b2"},
		{"worked on, equal", Live, func(*Input) {}, "b2"},
		{"worked on, alike", Live, func(in *Input) { in.row(biz, "b2").Item.Location = "elsewhere" }, ""},
	} {
		in := input()
		in.tie("l1", entry("b1", "Plan", 1), entry("x1", "Plan", 1))
		in.Links[0].State = c.state
		in.row(biz, "b1").Presence = Gone
		in.put(biz, entry("b2", "Plan", 1))
		c.alter(&in)
		p := Build(in)
		got := ""
		if len(p.Refreshed) > 0 {
			got = string(p.Refreshed[0].Refs[biz].ID)
		}
		if got != c.want {
			t.Errorf("%s: the link is tied to %q, want %q:\n%s", c.name, got, c.want, show(p))
		}
		if writes := p.Counts()[Create][exch] + p.Counts()[Delete][exch]; c.want != "" && writes > 0 {
			t.Errorf("%s: %d writes:\n%s", c.name, writes, show(p))
		}
	}
}

func TestDoubtful_WhereALinkedEntryLooksTheSame(t *testing.T) {
	in := input()
	in.tie("l1", entry("b1", "Plan", 1), entry("x1", "Plan", 1))
	for name, want := range map[string]bool{"Plan": true, "Another": false} {
		of := in
		of.Mirror[biz] = append([]Mirrored{}, in.Mirror[biz]...)
		of.put(biz, entry("b2", name, 1))
		if got := Doubtful(Build(of), of.Links, of.Mirror[biz], biz); got != want {
			t.Errorf("a new entry %q beside one of \"Plan\": doubtful = %t, want %t", name, got, want)
		}
	}
}
