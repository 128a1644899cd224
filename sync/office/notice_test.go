package office_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/office"
	"lockstep/sync/state"
)

// fair is an office in which Anna has called Bert and two customers to a
// meeting, in step on both sides.
func fair(t *testing.T) *rig {
	r := newRig(t, ticking())
	it := event.Item{Event: slot("fair", 3, 9), Meeting: true, Organizer: string(anna)}
	it.Attendees = []event.Attendee{
		{Address: string(bert)}, {Address: "kim@elsewhere.test"}, {Address: "room@elsewhere.test", Role: event.RoleResource}, {Address: "zed@elsewhere.test"},
	}
	r.cal[event.Exchange].PutItem(anna, it)
	r.sync()
	r.sync()
	return r
}

func (r *rig) change(s event.Side, do func(*event.Item)) {
	r.t.Helper()
	for _, it := range r.cal[s].List(anna) {
		if it.Subject == "fair" {
			if err := r.cal[s].Edit(anna, it.ID, do); err != nil {
				r.t.Fatal(err)
			}
		}
	}
}

// words are those that a front end says.
func words() office.NoticeWords {
	return office.NoticeWords{Changed: "Changed", CalledOff: "Cancelled", When: "Time", Where: "Place", Series: "It repeats."}
}

func tell(r *rig, people int) (office.Notices, error) {
	return r.off.Tell(r.t.Context(), office.NoticeOrder{
		UndoOrder: office.UndoOrder{Who: anna}, People: people, By: "boss", Words: words(),
	})
}

// What is sent reaches the people from outside and nobody else, and once.
func TestTell_MailsThePeopleFromOutsideOnceForEachChange(t *testing.T) {
	r := fair(t)
	r.change(event.Business, func(it *event.Item) { it.When, it.Location = slot("", 4, 9).When, "Hall 2" })
	if sum := of(r.sync(), anna); sum.Untold != 2 || sum.Notified != 0 {
		t.Fatalf("untold %d, notified %d, want 2 and 0", sum.Untold, sum.Notified)
	}
	n, err := r.off.Notices(t.Context(), office.UndoOrder{Who: anna})
	if err != nil || n.Open() != 2 || len(n.List) != 1 {
		t.Fatalf("%v: %+v, want one change and two people", err, n.List)
	}
	if _, err := tell(r, 3); !errors.Is(err, office.ErrOtherCount) || len(r.cal[event.Exchange].Letters()) != 0 {
		t.Errorf("with another count: %v, %d mails", err, len(r.cal[event.Exchange].Letters()))
	}
	after, err := tell(r, 2)
	if err != nil || after.List[0].State != office.NoticeSent || after.List[0].Change.Notice.By != "boss" || after.List[0].Change.Notice.People != 2 {
		t.Errorf("%v: %+v", err, after.List)
	}
	want := []endpoint.Letter{{
		To: []string{"kim@elsewhere.test", "zed@elsewhere.test"}, Subject: "Changed: fair",
		Text: "fair\n\nTime: 2026-03-04 11:00 – 12:00 (Europe/Helsinki)\nPlace: Hall 2",
	}}
	if d := cmp.Diff(want, r.cal[event.Exchange].Letters()); d != "" {
		t.Errorf("mails (-want +got):\n%s", d)
	}
	if _, err := tell(r, 2); !errors.Is(err, office.ErrOtherCount) {
		t.Errorf("once more: %v", err)
	}
	r.start() // it is known after a restart too
	if _, err := tell(r, 2); !errors.Is(err, office.ErrOtherCount) || len(r.cal[event.Exchange].Letters()) != 1 {
		t.Errorf("after a restart: %v, %d mails", err, len(r.cal[event.Exchange].Letters()))
	}
	if n := writes(r.sync()); n != 0 {
		t.Errorf("telling people made %d writes", n)
	}
}

func TestTell_OfAMeetingThatWasCalledOff(t *testing.T) {
	r := fair(t)
	for _, it := range r.cal[event.Business].List(anna) {
		if err := r.cal[event.Business].Remove(anna, it.ID); err != nil {
			t.Fatal(err)
		}
	}
	r.order(office.Order{ApproveFirst: true, Full: true})
	if _, err := tell(r, 2); err != nil {
		t.Fatal(err)
	}
	got := r.cal[event.Exchange].Letters()
	if len(got) != 1 || got[0].Subject != "Cancelled: fair" || !strings.Contains(got[0].Text, "2026-03-03") {
		t.Errorf("mails: %+v", got)
	}
}

// Of a mail whose answer is lost nobody knows whether it has left: none follows.
// One that was refused has not left, and may be sent again.
func TestTell_WithoutAnAnswerIsNeverRepeated(t *testing.T) {
	for name, c := range map[string]struct {
		fault  memory.Fault
		state  office.NoticeState
		second int
	}{
		"refused":      {memory.FailUnavailable, office.NoticeOpen, 1},
		"lost request": {memory.LoseRequest, office.NoticeDoubt, 0},
		"lost answer":  {memory.LoseAnswer, office.NoticeDoubt, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := fair(t)
			r.change(event.Business, func(it *event.Item) { it.When = slot("", 4, 9).When })
			r.sync()
			r.cal[event.Exchange].FailNext(anna, c.fault)
			n, err := tell(r, 2)
			if err == nil || n.List[0].State != c.state {
				t.Errorf("%v: %v, want a trouble and %v", err, n.List[0].State, c.state)
			}
			_, err = tell(r, 2)
			if again := err == nil; again != (c.state == office.NoticeOpen) {
				t.Errorf("once more: %v", err)
			}
			if got := len(r.cal[event.Exchange].Letters()); got != c.second {
				t.Errorf("%d mails have left, want %d", got, c.second)
			}
		})
	}
}

// A change that was overtaken is not told: the mail would tell what is not so.
func TestTell_NotOfWhatHasBeenChangedSince(t *testing.T) {
	r := fair(t)
	r.change(event.Business, func(it *event.Item) { it.When = slot("", 4, 9).When })
	r.sync()
	runs, err := r.state.(state.History).Runs(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	r.change(event.Exchange, func(it *event.Item) { it.When = slot("", 5, 9).When })
	r.sync()
	first := runs[0].ID
	for _, run := range runs {
		if run.Person == anna {
			first = run.ID
			break
		}
	}
	n, err := r.off.Notices(t.Context(), office.UndoOrder{Run: first})
	if err != nil || len(n.List) != 1 || n.List[0].State != office.NoticeOvertaken || n.Open() != 0 {
		t.Errorf("%v: %+v, want an overtaken change", err, n.List)
	}
}

// What the server has mailed about, an attendee's copy and a change of what
// nobody goes by are no matter for a mail.
func TestNotices_OnlyOfWhatPeopleWereNotToldOf(t *testing.T) {
	r := fair(t)
	settings, err := r.book.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.change(event.Business, func(it *event.Item) { it.Notes = "agenda" })
	r.sync()
	if n, err := r.off.Notices(t.Context(), office.UndoOrder{Who: anna}); err != nil || len(n.List) != 0 {
		t.Errorf("%v: %+v of a note", err, n.List)
	}
	settings.Rules.Requests = true
	if err := r.book.SaveSettings(t.Context(), settings); err != nil {
		t.Fatal(err)
	}
	r.change(event.Business, func(it *event.Item) { it.When = slot("", 4, 9).When })
	if sum := of(r.sync(), anna); sum.Notified != 4 {
		t.Errorf("notified %d, want everybody in it", sum.Notified)
	}
	if n, err := r.off.Notices(t.Context(), office.UndoOrder{Who: anna}); err != nil || len(n.List) != 0 {
		t.Errorf("%v: %+v of what was mailed", err, n.List)
	}
}
