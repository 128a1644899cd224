package plan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/sync/event"
)

// tellsPeople is an office whose Exchange tells of people that no write of ours changes.
func tellsPeople() Input {
	in := input()
	in.Caps[exch].Fields &^= event.FieldAttendees
	in.Caps[exch].Tells = event.FieldAttendees
	in.Caps[biz].Fields |= event.FieldAttendees
	return in
}

func addressesOf(as []event.Attendee) string {
	var out []string
	for _, a := range as {
		out = append(out, a.Address)
	}
	return strings.Join(out, " ")
}

func TestBuild_PeopleOfAMeetingGoOverAndNeverBack(t *testing.T) {
	named := func(addresses ...string) func(*event.Item) { return attended(addresses...) }
	for _, c := range []struct {
		name string
		set  func(in *Input)
		want string // who is written to the business entry; "-": nothing at all
	}{
		{"called in Exchange", func(in *Input) {
			in.edit(exch, "x1", time.Hour, named("bert@example.com", "kim@example.org", "zed@example.org"))
		}, "bert@example.com kim@example.org zed@example.org"},
		{"called off in Exchange", func(in *Input) { in.edit(exch, "x1", time.Hour, named("bert@example.com")) }, "bert@example.com"},
		{"a colleague called off in Exchange", func(in *Input) { in.edit(exch, "x1", time.Hour, named("zed@example.org")) }, "-"},
		{"taken out in the business system", func(in *Input) { in.edit(biz, "b1", time.Hour, named("bert@example.com")) }, "-"},
		{"added in the business system", func(in *Input) {
			in.edit(biz, "b1", time.Hour, named("bert@example.com", "new@example.com", "zed@example.org"))
		}, "-"},
		{"taken out there, and another one called here", func(in *Input) {
			in.edit(biz, "b1", time.Hour, named("bert@example.com"))
			in.edit(exch, "x1", 2*time.Hour, named("bert@example.com", "kim@example.org", "zed@example.org"))
		}, "bert@example.com kim@example.org"},
		{"a colleague who has declined in Exchange", func(in *Input) {
			in.Colleagues["kim@example.com"] = true
			in.edit(exch, "x1", time.Hour, named("bert@example.com", "kim@example.com", "zed@example.org"))
			in.row(exch, "x1").Item.Attendees[1].Response = event.ResponseDeclined
		}, "-"},
		{"somebody from outside who has declined", func(in *Input) {
			in.edit(exch, "x1", time.Hour, named("bert@example.com", "kim@example.org", "zed@example.org"))
			in.row(exch, "x1").Item.Attendees[1].Response = event.ResponseDeclined
		}, "bert@example.com kim@example.org zed@example.org"},
		{"a colleague who had declined, left and accepts after all", func(in *Input) {
			in.Links[0].Base[exch].Attendees[0].Response = event.ResponseDeclined
			in.edit(biz, "b1", time.Hour, named("zed@example.org"))
			in.edit(exch, "x1", 2*time.Hour, named("bert@example.com", "zed@example.org"))
		}, "bert@example.com zed@example.org"},
		{"a colleague who had declined and does so still", func(in *Input) {
			in.Links[0].Base[exch].Attendees[0].Response = event.ResponseDeclined
			in.row(exch, "x1").Item.Attendees[0].Response = event.ResponseDeclined
			in.edit(biz, "b1", time.Hour, named("zed@example.org"))
		}, "-"},
		{"of a participant's copy", func(in *Input) {
			participant(&in.row(biz, "b1").Item)
			in.edit(exch, "x1", time.Hour, named("kim@example.org"))
		}, "-"},
		{"where nothing is written to the business system", func(in *Input) {
			in.Policy.Direction = Publish
			in.edit(exch, "x1", time.Hour, named("kim@example.org"))
		}, "-"},
		{"on hold", func(in *Input) {
			in.Links[0].State = Held
			in.edit(exch, "x1", time.Hour, named("kim@example.org"))
		}, "-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := tellsPeople()
			b, x := entry("b1", "Staff", 1), entry("x1", "Staff", 1)
			attended("bert@example.com", "zed@example.org")(&x)
			attended("bert@example.com", "zed@example.org")(&b)
			in.tie("l1", b, x)
			c.set(&in)
			got := "-"
			for _, a := range Build(in).Actions {
				if a.Side == exch && a.Kind.Writes() && a.Kind != Stamp {
					t.Errorf("writes to Exchange: %+v", a)
				}
				if a.Kind == Update && a.Side == biz {
					got = addressesOf(a.Want.Attendees)
					if a.Fields != event.FieldAttendees {
						t.Errorf("writes %s besides", a.Fields)
					}
					// Once it is written nothing is left to do.
					after, _ := After(in.Links[0], a, Done{}, in.Normalize)
					if event.Diff(after.Base[exch], in.row(exch, "x1").Item.Event) != 0 || addressesOf(after.Base[biz].Attendees) != got {
						t.Errorf("agreed on %v and %v", after.Base[biz].Attendees, after.Base[exch].Attendees)
					}
				}
			}
			if got != c.want {
				t.Errorf("writes %q, want %q", got, c.want)
			}
		})
	}
}

// Who called a meeting from outside is one of its people.
func TestBuild_CreatesAMeetingWithWhoCalledIt(t *testing.T) {
	in := tellsPeople()
	x := entry("x1", "Fair", 1)
	attended("anna@example.com", "kim@example.org")(&x)
	x.Organizer, x.Standing = "eve@example.org", event.StandingParticipant
	in.put(exch, x)
	acts := Build(in).Actions
	if len(acts) != 1 || addressesOf(acts[0].Want.Attendees) != "anna@example.com eve@example.org kim@example.org" {
		t.Errorf("plan: %+v", acts)
	}
	// Of one of which only the time is to be seen, nobody is named.
	in.Policy.Private[exch] = PrivateBusyOnly
	x.Private = true
	in.Mirror[exch][0].Item = Conceal(exch, x, in.Normalize, digest)
	for _, a := range Build(in).Actions {
		if len(a.Want.Attendees) > 0 {
			t.Errorf("names %v of a private meeting", a.Want.Attendees)
		}
	}
}

// Our copy of a meeting that has become private loses the names that it had.
func TestBuild_AMeetingThatTurnsPrivateLosesItsNames(t *testing.T) {
	in := tellsPeople()
	in.Policy.Private[exch] = PrivateBusyOnly
	b, x := entry("b1", "Staff", 1), entry("x1", "Staff", 1)
	attended("bert@example.com", "zed@example.org")(&x)
	attended("bert@example.com", "zed@example.org")(&b)
	b.Attendees[1].Text = true
	in.tie("l1", b, x)
	in.Links[0].Origin = OriginExchange
	x.Private, x.Version = true, "v2"
	in.row(exch, "x1").Item = Conceal(exch, x, in.Normalize, digest)
	i := slices.IndexFunc(Build(in).Actions, func(a Action) bool { return a.Kind == Update && a.Side == biz })
	if i < 0 {
		t.Fatal("the copy is left as it is")
	}
	if a := Build(in).Actions[i]; !a.Fields.Has(event.FieldAttendees) || addressesOf(a.Want.Attendees) != "bert@example.com" {
		t.Errorf("writes %s, people %s", a.Fields, addressesOf(a.Want.Attendees))
	}
}
