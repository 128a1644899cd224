package model

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/resources/icons"
	"lockstep/sync/office"
	"lockstep/sync/plan"
)

// noon is the moment of these tests.
func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

func someone(name string, h office.Health, ago time.Duration) office.PersonStatus {
	return office.PersonStatus{Name: name, Address: strings.ToLower(name) + "@office.test", Health: h, Complete: noon().Add(-ago)}
}

func officeOf(people ...office.PersonStatus) office.Status {
	s := office.Status{People: people, PromiseSeconds: 900}
	for _, p := range people {
		s.Health = max(s.Health, p.Health)
	}
	return s
}

func TestTrayOf_SaysEveryStateInWords(t *testing.T) {
	fine := someone("Anna", office.UpToDate, 2*time.Minute)
	with := func(p office.PersonStatus, change func(*office.PersonStatus)) office.PersonStatus {
		change(&p)
		return p
	}
	paused := officeOf(fine)
	paused.Health, paused.Paused = office.Paused, noon().Add(2*time.Hour)
	tomorrow := paused
	tomorrow.Paused = noon().Add(18 * time.Hour)
	endless := paused
	endless.Paused = noon().AddDate(100, 0, 0)
	syncing := officeOf(with(fine, func(p *office.PersonStatus) { p.Done, p.Total = 3, 12 }))
	syncing.Health, syncing.Syncing = office.Syncing, true
	for _, c := range []struct {
		name          string
		status        office.Status
		picture, line string
	}{
		{"nobody", office.Status{}, "up-to-date", "Nobody is switched on"},
		{"all well", officeOf(fine, someone("Bo", office.UpToDate, 5*time.Minute)), "up-to-date", "Up to date, 5 min ago"},
		{"at work", syncing, "syncing", "Syncing 3 of 12…"},
		{"paused", paused, "paused", "Paused until 14:00"},
		{"paused over night", tomorrow, "paused", "Paused until Tue 06:00"},
		{"paused for good", endless, "paused", "Paused until you resume"},
		{"standing by", officeOf(someone("Bo", office.Standby, 0)), "paused", "Standing by: another computer writes"},
		{"offline", officeOf(fine, someone("Bo", office.Offline, time.Hour)), "offline", "Offline, retries by itself"},
		{"slowed down", officeOf(with(someone("Bo", office.SlowedDown, time.Minute), func(p *office.PersonStatus) { p.Retry = noon().Add(time.Minute) })), "slowed-down", "A server asks to wait 1 min"},
		{"sign in", officeOf(someone("Bo", office.SignInAgain, time.Hour)), "sign-in-again", "Sign in again: a password is refused"},
		{"stopped", officeOf(fine, someone("Bo", office.StoppedForSafety, time.Hour)), "stopped-for-safety", "Stopped for safety: Bo"},
		{"three stopped", officeOf(fine, someone("Bo", office.StoppedForSafety, time.Hour), someone("Cy", office.StoppedForSafety, time.Hour),
			someone("Di", office.StoppedForSafety, time.Hour)), "stopped-for-safety", "Stopped for safety: 3 people"},
		{
			"attention", officeOf(
				with(someone("Anna", office.NeedsAttention, time.Minute), func(p *office.PersonStatus) { p.Waiting = 2 }),
				someone("Bo", office.NeedsAttention, time.Hour)),
			"needs-attention", "2 decisions, 1 person not in step",
		},
		{"a plan", officeOf(with(someone("Bo", office.NeedsAttention, 0), func(p *office.PersonStatus) { p.Unapproved = true })), "needs-attention", "A plan waits for approval"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := TrayOf(c.status, noon().Add(-time.Minute), noon())
			if got.Picture != c.picture || got.Line != c.line {
				t.Errorf("TrayOf = %q, %q; want %q, %q", got.Picture, got.Line, c.picture, c.line)
			}
		})
	}
}

func TestTrayOf_ShowsARunOnlyOnceItLasts(t *testing.T) {
	s := officeOf(someone("Anna", office.UpToDate, time.Minute))
	s.Health, s.Syncing = office.Syncing, true
	if got := TrayOf(s, noon().Add(-time.Second), noon()); got.Picture != "up-to-date" {
		t.Errorf("after a second the icon is %q, want up-to-date", got.Picture)
	}
	if got := TrayOf(s, noon().Add(-2*time.Second), noon()); got.Picture != "syncing" {
		t.Errorf("after two seconds the icon is %q, want syncing", got.Picture)
	}
}

func TestTrayOf_LeavesGuestsOut(t *testing.T) {
	guest := someone("Gus", office.UpToDate, time.Hour)
	guest.Guest = true
	got := TrayOf(officeOf(guest, someone("Anna", office.UpToDate, 2*time.Minute)), time.Time{}, noon())
	want := Tray{
		Picture: "up-to-date", Line: "Up to date, 2 min ago", People: []TrayPerson{{Address: "anna@office.test", Name: "Anna"}},
		Page: PageOverview, Undo: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTrayOf_HasAPictureForEveryHealth(t *testing.T) {
	for h := office.UpToDate; h.String() != "unknown"; h++ {
		s := officeOf(someone("Anna", h, time.Minute))
		if got := TrayOf(s, time.Time{}.Add(1), noon()).Picture; !slices.Contains(icons.States(), got) {
			t.Errorf("%s has the picture %q, which does not exist", h, got)
		}
	}
}

func kindsOf(ns []Notice) []NoticeKind {
	var out []NoticeKind
	for _, n := range ns {
		out = append(out, n.Kind)
	}
	return out
}

func TestNotifier_TellsOnceWhatLasts(t *testing.T) {
	stopped := someone("Bo", office.StoppedForSafety, time.Hour)
	stopped.Halt = string(plan.TooManyDeletes)
	asked := someone("Cy", office.NeedsAttention, time.Minute)
	asked.Waiting = 3
	s := officeOf(someone("Anna", office.UpToDate, time.Minute), stopped, asked, someone("Di", office.Offline, time.Hour), someone("Ed", office.SignInAgain, time.Hour))
	var n Notifier
	want := []NoticeKind{NoticeStopped, NoticeSignIn, NoticeDecision, NoticeBehind}
	if diff := cmp.Diff(want, kindsOf(n.Next(s, noon()))); diff != "" {
		t.Errorf("the first time (-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		after time.Duration
		want  []NoticeKind
	}{
		{time.Minute, nil},
		{11 * time.Hour, nil},
		{12 * time.Hour, []NoticeKind{NoticeStopped, NoticeSignIn, NoticeBehind}},
		{23 * time.Hour, nil},
		{24 * time.Hour, []NoticeKind{NoticeStopped, NoticeSignIn, NoticeDecision, NoticeBehind}},
	} {
		if diff := cmp.Diff(c.want, kindsOf(n.Next(s, noon().Add(c.after)))); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", c.after, diff)
		}
	}
}

func TestNotifier_TellsOfAnotherStopAtOnce(t *testing.T) {
	stopped := someone("Bo", office.StoppedForSafety, time.Hour)
	stopped.Halt = string(plan.TooManyDeletes)
	var n Notifier
	n.Next(officeOf(stopped), noon())
	stopped.Halt = string(plan.SideEmpty)
	if got := kindsOf(n.Next(officeOf(stopped), noon().Add(time.Minute))); !slices.Equal(got, []NoticeKind{NoticeStopped}) {
		t.Errorf("another reason = %v, want stopped", got)
	}
}

func TestNotifier_IsQuiet(t *testing.T) {
	paused := officeOf(someone("Bo", office.SignInAgain, time.Hour))
	paused.Paused = noon().Add(time.Hour)
	for name, s := range map[string]office.Status{
		"all well":         officeOf(someone("Anna", office.UpToDate, time.Minute)),
		"offline, in time": officeOf(someone("Anna", office.Offline, 10*time.Minute)),
		"never synced yet": {Health: office.Offline, People: []office.PersonStatus{{Name: "Anna", Health: office.Offline}}},
		"paused":           paused,
	} {
		var n Notifier
		if got := n.Next(s, noon()); len(got) != 0 {
			t.Errorf("%s: %v, want nothing", name, got)
		}
	}
}

func TestNotifier_ForgetsWhatAWrongClockNoted(t *testing.T) {
	n := Notifier{Told: map[string]time.Time{"sign_in": noon().AddDate(10, 0, 0)}}
	if got := n.Next(officeOf(someone("Bo", office.SignInAgain, time.Hour)), noon()); len(got) != 1 {
		t.Errorf("Next = %v, want one notice", got)
	}
}

func TestNotices_NamePeopleAndCounts(t *testing.T) {
	two := someone("Bo", office.NeedsAttention, 0)
	two.Waiting = 2
	var n Notifier
	got := n.Next(officeOf(two), noon())
	want := []Notice{{Kind: NoticeDecision, Title: "2 entries need a decision", Body: "Calendars of Bo. Everything else goes on.", Page: PageAttention}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	c := Cause(officeOf(someone("Anna", office.UpToDate, time.Minute), two), noon())
	if want := "Anna: up to date, 1 min ago\nBo: 2 entries need a decision"; c.Body != want {
		t.Errorf("Cause = %q, want %q", c.Body, want)
	}
}

func TestTrayOf_LeadsToWhatWaits(t *testing.T) {
	asked := someone("Anna", office.NeedsAttention, time.Minute)
	asked.Waiting = 2
	stopped := someone("Bo", office.StoppedForSafety, time.Hour)
	stopped.Halt = string(plan.TooManyDeletes)
	if got := TrayOf(officeOf(asked, stopped, someone("Cy", office.UpToDate, 0)), time.Time{}, noon()); got.Waiting != 3 || got.Page != PageStopped {
		t.Errorf("waiting %d, page %q, want two decisions and a stop, and the page of the stop", got.Waiting, got.Page)
	}
	got := TrayOf(office.Status{NotSetUp: true}, time.Time{}, noon())
	if got.Line != "Not set up yet" || got.Page != PageSetup || !got.NotSetUp || got.Undo {
		t.Errorf("before the setup: %+v", got)
	}
}
