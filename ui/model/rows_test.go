package model

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
)

func entry(subject, start string) localapi.Entry {
	return localapi.Entry{Subject: subject, Start: start}
}

func TestRows_AreSortedCountedAndPutIntoWords(t *testing.T) {
	private := entry("Dentist", "2026-03-05T12:00:00")
	private.Private = true
	day := localapi.Entry{Subject: "Fair", Start: "2026-03-04", AllDay: true}
	rows, counts := Rows([]localapi.Row{
		{Kind: "skip", Side: "business", Reason: plan.Reason{Code: plan.ProjectTask}, Entries: map[string]localapi.Entry{"business": entry("Task", "2026-03-02T08:00:00")}},
		{Kind: "create", Side: "business", Reason: plan.Reason{Code: plan.OnlyThere, From: 1}, Entries: map[string]localapi.Entry{"exchange": private}},
		{Kind: "create", Side: "business", Reason: plan.Reason{Code: plan.OnlyThere, From: 1}, Entries: map[string]localapi.Entry{"exchange": day}},
		{
			Kind: "update", Side: "exchange", Reason: plan.Reason{Code: plan.ChangedThere}, Fields: []string{"subject", "when"}, Untold: 2,
			Entries: map[string]localapi.Entry{"exchange": entry("Old \n name", "2026-03-06T09:30:00"), "business": entry("New name", "2026-03-06T09:30:00")},
		},
		{Kind: "delete", Side: "exchange", Reason: plan.Reason{Code: plan.DeletedThere}, Entries: map[string]localapi.Entry{"exchange": entry("", "2026-03-07T09:30:00")}},
	})
	want := []Row{
		{"", "delete in Exchange", "Sat 07 Mar 2026 09:30", "(no subject)", "deleted in Severa"},
		{"", "create in Severa", "Wed 04 Mar 2026", "Fair", "exists only in Exchange"},
		{"", "create in Severa", "Thu 05 Mar 2026 12:00", "(private)", "exists only in Exchange"},
		{"", "change in Exchange", "Fri 06 Mar 2026 09:30", "Old name", "subject, time changed in Severa; 2 people outside the office will not be told"},
		{"", "leave alone", "Mon 02 Mar 2026 08:00", "Task", "project tasks are never kept in step"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got)\n%s", diff)
	}
	wantCounts := []Count{{"delete in Exchange", 1}, {"create in Severa", 2}, {"change in Exchange", 1}, {"leave alone", 1}}
	if diff := cmp.Diff(wantCounts, counts); diff != "" {
		t.Errorf("counts (-want +got)\n%s", diff)
	}
}

func TestRows_SayWhoWonAConflict(t *testing.T) {
	rows, _ := Rows([]localapi.Row{{
		Kind: "update", Side: "exchange", Fields: []string{"subject"}, Reason: plan.Reason{Code: plan.NewerWins},
		Decisions: []localapi.Decision{{Field: "subject", Winner: "business", Reason: plan.Reason{Code: plan.NewerWins, Ahead: 3 * time.Minute}}},
	}})
	if got, want := rows[0].Why, "changed in both places; Severa was newer by 3 min"; !strings.Contains(got, want) || !strings.HasPrefix(got, "subject") {
		t.Errorf("why = %q, want the field and %q", got, want)
	}
}

func TestCut_IsToldBeforeAndAfter(t *testing.T) {
	rows, _ := Rows([]localapi.Row{{Kind: "create", Side: "exchange", Reason: plan.Reason{Code: plan.OnlyThere}, Cut: []string{"subject", "notes"}}})
	if got, want := rows[0].Why, "exists only in Severa; not all of its subject, notes fits into Exchange: shorten it in Severa to have the same in both"; got != want {
		t.Errorf("why = %q, want %q", got, want)
	}
	rows, _ = Rows([]localapi.Row{{Kind: "create", Side: "exchange", Reason: plan.Reason{Code: plan.OnlyThere}, Unprintable: []string{"notes"}}})
	if got, want := rows[0].Why, "exists only in Severa; without characters of its notes that Exchange cannot hold: take them out in Severa to have the same in both"; got != want {
		t.Errorf("why = %q, want %q", got, want)
	}
	want := []string{
		"2 entries did not fit into Severa whole: a text is too long for it, or has characters that it cannot hold. Exchange keeps the whole text; shorten it there, or take those characters out, to have the same in both.",
		"1 entry did not fit into Exchange whole: a text is too long for it, or has characters that it cannot hold. Severa keeps the whole text; shorten it there, or take those characters out, to have the same in both.",
	}
	told := SummaryNotes(localapi.PersonSummary{Untold: 2, PutBack: 1})
	if diff := cmp.Diff([]string{
		"1 edit of a calendar that Severa publishes put back; what was typed is in `lockstepctl history`.",
		"2 people outside the office were not told of changes, because nobody is mailed.",
	}, told); diff != "" {
		t.Errorf("notes (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(want, SummaryNotes(localapi.PersonSummary{Cut: map[string]int{"business": 2, "exchange": 1}})); diff != "" {
		t.Errorf("notes (-want +got)\n%s", diff)
	}
}

func TestWhat_KnowsEveryActionOfAPlan(t *testing.T) {
	for k := plan.Pair; k <= plan.Skip; k++ {
		if got := What(localapi.Row{Kind: k.String(), Side: "exchange"}); got == "" || strings.Contains(got, "_") {
			t.Errorf("%s = %q", k, got)
		}
		if rank(k.String()) == 10 {
			t.Errorf("%s has no place in the order of rows", k)
		}
	}
}

func TestGroups_TellHaltsWithWhatTheyWithhold(t *testing.T) {
	got := Groups(localapi.Preview{People: []localapi.PersonPlan{
		{
			Name: "Anna", Halt: &plan.Reason{Code: plan.SideEmpty, From: 1},
			Withheld: []localapi.Row{{Kind: "delete", Side: "business"}},
		},
		{Name: "Bert", Trouble: &localapi.Trouble{Side: "exchange", Kind: "auth"}},
	}})
	if got[0].Halt == nil || !strings.Contains(got[0].Halt.What, "suddenly empty") || len(got[0].Rows) != 1 {
		t.Errorf("halted = %+v, want the reason and the row that it withholds", got[0])
	}
	if got[1].Trouble == nil || !strings.Contains(got[1].Trouble.What, "sign-in") {
		t.Errorf("trouble = %+v", got[1].Trouble)
	}
}

func TestHappened_TellsWhatWasDoneAndWhy(t *testing.T) {
	a, b := entry("Kickoff", "2026-03-04T09:00:00"), entry("Kickoff", "2026-03-05T10:30:00")
	renamed := entry("Launch", "2026-03-04T09:00:00")
	secret := localapi.Entry{Subject: "Dentist", Private: true, Start: "2026-03-04T09:00:00"}
	why := plan.Reason{Code: plan.ChangedThere, From: 1}
	for _, tt := range []struct {
		name   string
		change localapi.Change
		want   string
	}{
		{"moved", localapi.Change{Kind: "update", Side: "business", Outcome: "applied", Fields: []string{"when"}, Before: &a, After: &b, Reason: why}, "moved “Kickoff” from Wed 04 Mar 2026 09:00 to Thu 05 Mar 2026 10:30 in Severa: changed in Exchange"},
		{"renamed", localapi.Change{Kind: "update", Side: "business", Outcome: "applied", Fields: []string{"subject"}, Before: &a, After: &renamed, Reason: why}, "renamed “Kickoff” to “Launch” in Severa: changed in Exchange"},
		{"private", localapi.Change{Kind: "create", Side: "business", Outcome: "applied", After: &secret, Reason: why}, "created a private entry on Wed 04 Mar 2026 09:00 in Severa: changed in Exchange"},
		{"not done", localapi.Change{Kind: "delete", Side: "exchange", Outcome: "not_applied", Before: &a, Reason: why}, "Not done: deleted “Kickoff” on Wed 04 Mar 2026 09:00 in Exchange (changed in Exchange; the next run decides anew)"},
		{"mailed", localapi.Change{Kind: "delete", Side: "exchange", Outcome: "applied", Before: &a, Reason: why, Notified: 1}, "deleted “Kickoff” on Wed 04 Mar 2026 09:00 in Exchange: changed in Exchange; 1 person told by mail"},
		{"unsure", localapi.Change{Kind: "create", Side: "business", Outcome: "still_unsure", After: &a, Reason: why}, "Not known whether done: created “Kickoff” on Wed 04 Mar 2026 09:00 in Severa"},
	} {
		if got := Happened(tt.change); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestSummaryLine_CountsInAFixedOrder(t *testing.T) {
	got := SummaryLine(localapi.PersonSummary{
		Paired: 2, Notified: 1,
		Written: map[string]map[string]int{"exchange": {"stamp": 4, "create": 1}, "business": {"create": 3, "delete": 1}},
	})
	want := "2 paired · 3 created in Severa · 1 deleted in Severa · 1 created in Exchange · 4 marked in Exchange · 1 person told by mail"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := SummaryLine(localapi.PersonSummary{}); got != "nothing to do" {
		t.Errorf("an idle sync = %q", got)
	}
}

func TestHealthLine_CountsWhoIsInStep(t *testing.T) {
	people := []office.PersonStatus{{Health: office.UpToDate}, {Health: office.SignInAgain}}
	if got, want := HealthLine(office.Status{Health: office.SignInAgain, People: people}), "A sign-in is refused; 1 of 2 people in step"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := HealthLine(office.Status{People: people[:1]}), "1 person is in step"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := HealthLine(office.Status{}), "Nobody is switched on"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPersonNote_SaysWhatStandsInTheWay(t *testing.T) {
	got := PersonNote(office.PersonStatus{Failed: "throttled 429", Unapproved: true, Waiting: 1})
	for _, want := range []string{"pause (429)", "waits for approval", "1 entry needs a decision"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q, without %q", got, want)
		}
	}
	if got := PersonNote(office.PersonStatus{}); got != "not synced yet" {
		t.Errorf("a new person = %q", got)
	}
}

func TestRows_SayHowOftenASeriesTakesPlace(t *testing.T) {
	for want, r := range map[string]localapi.Recurs{
		"every week, 8 times, 1 of them changed, 1 left out": {Every: "week", Interval: 1, Count: 8, Changed: 1, Left: 1},
		"every 2 months until 2027-01-31":                    {Every: "month", Interval: 2, Until: "2027-01-31"},
		"every day, without an end":                          {Every: "day", Interval: 1},
	} {
		rows, _ := Rows([]localapi.Row{{
			Kind: "create", Side: "business", Reason: plan.Reason{Code: plan.OnlyThere},
			Entries: map[string]localapi.Entry{"exchange": {Subject: "Staff", Recurs: &r}},
		}})
		if got := rows[0].Why; got != "exists only in Severa; "+want {
			t.Errorf("why = %q, want %q at its end", got, want)
		}
	}
}

func TestRows_TellWhichDatesANewRuleDrops(t *testing.T) {
	rows, _ := Rows([]localapi.Row{{
		Kind: "update", Side: "exchange", Fields: []string{"recurrence"}, Dropped: 2, Reason: plan.Reason{Code: plan.ChangedThere},
	}})
	want := "recurrence changed in Severa; its new rule has no place for 2 changed or deleted dates in Exchange: enter by hand what shall stay of them"
	if got := rows[0].Why; got != want {
		t.Errorf("why = %q, want %q", got, want)
	}
}

func TestReason_OfASeriesThatOutgrewItsCopySaysWhatToDo(t *testing.T) {
	got := Reason(plan.Reason{Code: plan.SeriesStays, From: 0, Detail: "yearly_interval"})
	for _, want := range []string{"Severa cannot hold", "skips years", "stays as it was", "nothing is deleted", "by hand"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q does not say %q", got, want)
		}
	}
}

// What a new entry is, as far as its reason does not say it, stands behind it.
func TestRows_SayWhatAPrivateOrALongEntryIs(t *testing.T) {
	private := localapi.Entry{Start: "2026-03-05T12:00:00", Private: true}
	bare, open := private, localapi.Entry{Start: "2026-03-05T12:00:00"}
	bare.Bare = true
	away := localapi.Entry{Subject: "Away", AllDay: true, Start: "2026-03-27", End: "2026-04-01"}
	one := localapi.Entry{Subject: "Fair", AllDay: true, Start: "2026-03-27", End: "2026-03-28"}
	for name, c := range map[string]struct {
		e, want localapi.Entry
		says    string
	}{
		"hidden there":  {private, private, "exists only in Exchange; private there as well"},
		"open there":    {private, open, "exists only in Exchange; private here, and open to colleagues there, as your rules say"},
		"without text":  {bare, private, "exists only in Exchange; private, so that only the time that it takes goes over"},
		"several days":  {away, away, "exists only in Exchange; 5 whole days"},
		"one whole day": {one, one, "exists only in Exchange"},
		"anything else": {open, open, "exists only in Exchange"},
	} {
		rows, _ := Rows([]localapi.Row{{
			Kind: "create", Side: "business", Reason: plan.Reason{Code: plan.OnlyThere, From: 1},
			Entries: map[string]localapi.Entry{"exchange": c.e}, Want: &c.want,
		}})
		if rows[0].Why != c.says {
			t.Errorf("%s: %q, want %q", name, rows[0].Why, c.says)
		}
	}
}
