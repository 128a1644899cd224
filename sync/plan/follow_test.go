package plan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/event"
)

// bertsMeeting is Anna's copy of a meeting that Bert has called, in step.
func bertsMeeting() Input {
	in := input()
	b, x := entry("b1", "Staff", 1), entry("x1", "Staff", 1)
	participant(&b)
	participant(&x)
	x.UID, x.Meeting, x.Organizer = "uid-1", true, "bert@example.com"
	in.tie("l1", b, x)
	return in
}

// led is what Bert's copy leads in, once it holds all of Anna's activity.
func (in *Input) led(fields event.FieldSet) *Lead {
	in.Led = map[string]Lead{"uid-1": {Business: "b1", Agreed: in.row(biz, "b1").Item.Event, Fields: fields}}
	l := in.Led["uid-1"]
	return &l
}

func TestBuild_AParticipantsCopyFollowsItsOrganisersAlone(t *testing.T) {
	const (
		waits   = "skip business l1 b1 x1 [when]: not_organizer\nrefreshed l1"
		follows = "update exchange l1 b1 x1 [when]: changed_there business"
	)
	later := func(it *event.Item) { it.When = entry("", "", 3).When }
	moved := func(in *Input) { in.edit(biz, "b1", time.Hour, later) }
	lead := func(change func(*Lead)) func(*Input) {
		return func(in *Input) {
			moved(in)
			l := in.led(followed)
			change(l)
			in.Led["uid-1"] = *l
		}
	}
	sound := func(more func(*Input)) func(*Input) {
		return func(in *Input) { lead(func(*Lead) {})(in); more(in) }
	}
	for _, c := range []struct {
		buildCase
		heeds bool
	}{
		{buildCase{"the organiser's copy is not known", moved, waits}, true},
		{buildCase{"it has moved", sound(func(*Input) {}), follows}, false},
		{buildCase{"everything that an update would bring", func(in *Input) {
			in.edit(biz, "b1", time.Hour, func(it *event.Item) { later(it); it.Subject, it.Location, it.Notes = "New", "Room", "agenda" })
			in.led(followed)
		}, "update exchange l1 b1 x1 [subject,when,location,notes]: changed_there business"}, false},
		{buildCase{"whether it is private is his own", func(in *Input) {
			in.edit(biz, "b1", time.Hour, func(it *event.Item) { later(it); it.Private = true })
			in.led(followed)
		}, "update exchange l1 b1 x1 [when,private]: changed_there business"}, false},
		{buildCase{"it agrees on another time", lead(func(l *Lead) { l.Agreed.When = entry("", "", 4).When }), waits}, true},
		{buildCase{"it is tied to another entry", lead(func(l *Lead) { l.Business = "b9" }), waits}, true},
		{buildCase{"its time came from Outlook", lead(func(l *Lead) { l.Fields = followed &^ event.FieldWhen }), waits}, true},
		{buildCase{"another meeting", sound(func(in *Input) {
			in.Led["uid-2"] = in.Led["uid-1"]
			delete(in.Led, "uid-1")
		}), waits}, true},
		{buildCase{"an organiser from outside", sound(func(in *Input) { in.row(exch, "x1").Item.Organizer = "olga@elsewhere.test" }), waits}, false},
		{buildCase{"declined", sound(func(in *Input) { in.row(exch, "x1").Item.Declined = true }), "leave business l1 b1 -: declined_there exchange"}, false},
		{buildCase{"declined, and the leaving taken back by an undo", sound(func(in *Input) {
			in.row(exch, "x1").Item.Declined, in.Links[0].State = true, Held
		}), "stamp exchange l1 b1 x1: mark_outdated\n" + waits}, false},
		{buildCase{"a guest's", sound(func(in *Input) { in.Policy.Guest = true }), waits}, false},
		{buildCase{"at a first sync", sound(func(in *Input) { in.First = true }), waits}, false},
		{buildCase{
			"a calendar that only gives", sound(func(in *Input) { in.Policy.Direction = Collect }),
			"skip business l1 b1 x1 [when]: direction_closed\nrefreshed l1",
		}, false},
		{buildCase{"both sides have changed", sound(func(in *Input) {
			in.Policy.Winner = BusinessWins
			in.edit(exch, "x1", time.Hour, func(it *event.Item) { it.When = entry("", "", 5).When })
		}), waits}, false},
		{buildCase{"put back where the business system publishes", func(in *Input) {
			in.Policy.Direction = Publish
			in.led(followed)
			in.edit(exch, "x1", time.Hour, later)
		}, waits}, false},
		{buildCase{"back and forth", sound(func(in *Input) {
			in.Trail = map[LinkID][]Turn{}
			was, is := in.Links[0].Base[biz], in.row(biz, "b1").Item.Event
			for i := range 3 {
				a := Action{Kind: Update, Side: exch, Have: [2]*event.Item{nil, {Event: was}}, Want: is}
				in.Trail["l1"] = append(in.Trail["l1"], Turns(a, event.FieldWhen, in.Now.Add(time.Duration(i-9)*time.Minute), in.Normalize, in.Digest)...)
				was, is = is, was
			}
		}), "ask business l1 b1 x1 [when]: back_and_forth 3/0; when by business back_and_forth 3/0"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := bertsMeeting()
			c.set(&in)
			got := Build(in)
			if d := cmp.Diff(c.want, strings.TrimSpace(show(got))); d != "" {
				t.Errorf("plan (-want +got):\n%s", d)
			}
			if want := slices.Repeat([]string{"bert@example.com"}, map[bool]int{true: 1}[c.heeds]); !slices.Equal(got.Heeds, want) {
				t.Errorf("heeds %q, want %q", got.Heeds, want)
			}
			for _, a := range got.Actions {
				if a.Mails != 0 || a.Follows != (a.Kind == Update) {
					t.Errorf("%v mails %d, follows: %v", a.Kind, a.Mails, a.Follows)
				}
			}
		})
	}
}

// A series leads nobody and follows nobody.
func TestBuild_ASeriesDoesNotFollow(t *testing.T) {
	in := bertsMeeting()
	for _, s := range event.Sides() {
		in.row(s, in.Links[0].Refs[s].ID).Item.Recurrence = weekly()
		in.Links[0].Base[s].Recurrence = weekly()
	}
	in.edit(biz, "b1", time.Hour, subject("New"))
	in.led(followed)
	for _, a := range Build(in).Actions {
		if a.Kind == Update || a.Follows {
			t.Errorf("%v %v", a.Kind, a.Fields)
		}
	}
}

func TestLeads_OnlyWhatIsSettled(t *testing.T) {
	set := func(what func(*Input, *Link)) Input {
		in := input()
		b, x := entry("b1", "Staff", 1), entry("x1", "Staff", 1)
		x.UID, x.Meeting = "uid-1", true
		l := in.tie("l1", b, x)
		l.Led = event.FieldWhen | event.FieldSubject
		in.Busy = [2]map[event.ID]bool{{}, {}}
		what(&in, l)
		return in
	}
	for name, c := range map[string]struct {
		what func(*Input, *Link)
		want event.FieldSet
	}{
		"settled":                     {func(*Input, *Link) {}, event.FieldWhen | event.FieldSubject},
		"a person has renamed it":     {func(in *Input, _ *Link) { in.edit(exch, "x1", time.Hour, subject("New")) }, event.FieldWhen},
		"the activity has a new name": {func(in *Input, _ *Link) { in.edit(biz, "b1", time.Hour, subject("New")) }, event.FieldWhen},
		"on hold":                     {func(_ *Input, l *Link) { l.State = Held }, 0},
		"left alone":                  {func(_ *Input, l *Link) { l.State = Never }, 0},
		"its copy is gone":            {func(in *Input, _ *Link) { in.row(exch, "x1").Presence = Gone }, 0},
		"its activity cannot be read": {func(in *Input, _ *Link) { in.row(biz, "b1").Presence = Unreadable }, 0},
		"it is being written":         {func(in *Input, _ *Link) { in.Busy[exch]["x1"] = true }, 0},
		"he takes part in it":         {func(in *Input, _ *Link) { participant(&in.row(exch, "x1").Item) }, 0},
		"the activity is another's":   {func(in *Input, _ *Link) { participant(&in.row(biz, "b1").Item) }, 0},
		"he has called it off":        {func(in *Input, _ *Link) { in.row(exch, "x1").Item.Cancelled = true }, 0},
		"nobody else is in it":        {func(in *Input, _ *Link) { in.row(exch, "x1").Item.Meeting = false }, 0},
		"nothing of it was led":       {func(_ *Input, l *Link) { l.Led = 0 }, 0},
		"it has no identity":          {func(_ *Input, l *Link) { l.UID = "" }, 0},
		"it is a series":              {func(in *Input, _ *Link) { in.row(exch, "x1").Item.Recurrence = &event.Recurrence{} }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			in := set(c.what)
			if got := Leads(in.Links, in.Mirror, in.Busy)["uid-1"]; got.Fields != c.want || c.want != 0 && got.Business != "b1" {
				t.Errorf("leads in %v of %q, want %v", got.Fields, got.Business, c.want)
			}
		})
	}
}

// What the business side wrote of a meeting without mail leads until a person
// writes over it in Exchange, or an undo takes it back.
func TestAfter_ALinkLeadsInWhatWasWrittenInSilence(t *testing.T) {
	in := input()
	b, x := entry("b1", "Staff", 1), entry("x1", "Staff", 1)
	x.UID, x.Meeting = "uid-1", true
	l := *in.tie("l1", b, x)
	l.Led = event.FieldLocation | event.FieldWhen
	write := func(change func(*Action)) event.FieldSet {
		a := Action{Kind: Update, Side: exch, Have: [2]*event.Item{&b, &x}, Want: b.Event, Fields: event.FieldWhen | event.FieldNotes}
		change(&a)
		out, _ := After(l, a, Done{}, in.Normalize)
		return out.Led
	}
	for name, c := range map[string]struct {
		change func(*Action)
		want   event.FieldSet
	}{
		"written":              {func(*Action) {}, event.FieldLocation | event.FieldWhen | event.FieldNotes},
		"with mail":            {func(a *Action) { a.Mails = 2 }, event.FieldLocation},
		"to the business side": {func(a *Action) { a.Side = biz }, event.FieldLocation},
		"put back":             {func(a *Action) { a.Reason.Code = PutBack }, event.FieldLocation},
		"made private":         {func(a *Action) { a.Reason.Code = MadePrivate }, event.FieldLocation},
		"undone":               {func(a *Action) { h := l; a.Hold = &h }, event.FieldLocation},
		"a mark":               {func(a *Action) { a.Kind = Stamp }, event.FieldLocation | event.FieldWhen},
		"made again":           {func(a *Action) { a.Kind = Create }, 0},
		"a participant's copy": {func(a *Action) { it := x; participant(&it); a.Have[exch] = &it }, event.FieldLocation},
		"an entry of his own":  {func(a *Action) { it := x; it.Meeting = false; a.Have[exch] = &it }, event.FieldLocation},
	} {
		if got := write(c.change); got != c.want {
			t.Errorf("%s: leads in %v, want %v", name, got, c.want)
		}
	}
	l.Quiet = true
	if got := write(func(*Action) {}); got != event.FieldLocation {
		t.Errorf("where people may have been mailed before: leads in %v", got)
	}
}
