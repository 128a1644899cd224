package exchange_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ewssim"
)

// called puts a meeting of Olaf's into his calendar and Anna's, who has
// answered so.
func (r *rig) called(t testing.TB, response string) (olafs, annas event.ID) {
	t.Helper()
	it := ewssim.Item{
		Subject: "Board", Start: at(10, 7), End: at(10, 8), UID: "meeting-1", State: 1,
		Organizer: ewssim.Person{Name: "Olaf", Address: olaf},
		Required:  []ewssim.Attendee{{Person: ewssim.Person{Name: "Anna", Address: anna}}},
	}
	s, err := r.Put(olaf, "", it)
	if err != nil {
		t.Fatal(err)
	}
	it.State, it.MyResponse, it.FreeBusy = 3, response, "Busy"
	return event.ID(s.ID), r.put(t, it)
}

// An attendee's copy that follows keeps his answer and mails nobody. The next
// mail of the organiser is written over it: one entry, of the same mark.
func TestApply_ACopyFollowsAndTheOrganisersNextMailStillArrives(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	other := r.conn.Endpoint(olaf, "Europe/Helsinki")
	olafs, annas := r.called(t, "Accept")
	seen, err := ep.Changes(t.Context(), "", event.AllTime())
	if err != nil {
		t.Fatal(err)
	}
	it := get(t, ep, annas)
	want := it.Event
	want.Subject, want.Location, want.Notes = "Board again", "Attic", "the figures"
	want.When = span(t, "2026-03-12T12:00:00", "2026-03-12T13:00:00", "Europe/Helsinki")
	stamp := event.Stamp{Office: "o", Partner: "p", Key: "k"}
	res := apply(t, ep, endpoint.Op{
		Kind: endpoint.Update, Target: it.Ref, Want: want, Fields: event.FieldSubject | event.FieldLocation | event.FieldNotes | event.FieldWhen,
		Stamp: stamp, Follow: true,
	})
	if res.Err != nil || res.Notified != 0 || len(r.mails()) != 0 {
		t.Fatalf("followed: %v, %d told, mails %q", res.Err, res.Notified, r.mails())
	}
	now := get(t, ep, annas)
	if d := event.Diff(now.Event, want); d != 0 || now.Standing != event.StandingParticipant || now.Organizer != olaf {
		t.Errorf("the copy differs in %v: %+v", d, now)
	}
	if s := r.stored(t, annas); s.MyResponse != "Accept" || s.FreeBusy != "Busy" {
		t.Errorf("her answer is %q and shows %q", s.MyResponse, s.FreeBusy)
	}

	mine := get(t, other, olafs)
	for _, when := range []event.Span{want.When, span(t, "2026-03-13T09:00:00", "2026-03-13T10:00:00", "Europe/Helsinki")} {
		to := want
		to.When = when
		res := apply(t, other, endpoint.Op{
			Kind: endpoint.Update, Target: mine.Ref, Want: to, Notify: endpoint.NotifyAll,
			Fields: event.FieldSubject | event.FieldLocation | event.FieldNotes | event.FieldWhen,
		})
		if res.Err != nil {
			t.Fatal(res.Err)
		}
		mine = get(t, other, olafs)
		got := get(t, ep, annas)
		if d := event.Diff(got.Event, mine.Event) & (event.FieldSubject | event.FieldLocation | event.FieldNotes | event.FieldWhen); d != 0 || got.Stamp != stamp || got.UID != it.UID {
			t.Errorf("after the mail the copy differs in %v: %+v", d, got)
		}
	}
	if d := cmp.Diff([]string{"request to " + anna, "update to " + anna}, r.mails()); d != "" {
		t.Errorf("mails (-want +got):\n%s", d)
	}
	all, err := r.Items(anna, "calendar")
	if err != nil || len(all) != 1 {
		t.Errorf("Anna has %d entries, %v; want one", len(all), err)
	}
	later, err := ep.Changes(t.Context(), seen.Next, event.AllTime())
	if err != nil || len(later.Changes) != 1 || later.Changes[0].ID != annas {
		t.Errorf("the feed tells %+v, %v; want a change of the one entry", later.Changes, err)
	}
}

// A series follows nobody: it would be written in many steps.
func TestApply_NoSeriesFollows(t *testing.T) {
	r := newRig(t, rigOptions{})
	ep := r.anna()
	series := made(t, ep, weekly(t))
	err := r.Edit(string(series.ID), func(x *ewssim.Item) {
		x.State, x.MyResponse, x.Organizer = 3, "Accept", ewssim.Person{Name: "Olaf", Address: olaf}
		x.Required = []ewssim.Attendee{{Person: ewssim.Person{Address: anna}}}
	})
	if err != nil {
		t.Fatal(err)
	}
	it := get(t, ep, series.ID)
	want := it.Event
	want.Location = "Attic"
	op := endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: want, Fields: event.FieldLocation, Follow: true}
	wants(t, apply(t, ep, op).Err, endpoint.Forbidden, endpoint.ScopeItem, "not_organizer")
}

func TestGet_TellsWhetherACopyWasDeclined(t *testing.T) {
	for response, want := range map[string]bool{"Decline": true, "Accept": false, "Tentative": false, "NoResponseReceived": false} {
		r := newRig(t, rigOptions{})
		_, annas := r.called(t, response)
		if got := get(t, r.anna(), annas).Declined; got != want {
			t.Errorf("%s: declined %v, want %v", response, got, want)
		}
	}
}
