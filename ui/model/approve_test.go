package model

import (
	"strings"
	"testing"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/localapi"
)

func examOf(c doctor.Check, r doctor.Result) doctor.Result {
	r.Check, r.Side = c, "exchange"
	return r
}

func TestPersonExams(t *testing.T) {
	now := time.Date(2026, 11, 28, 20, 0, 0, 0, time.UTC)
	failed := examOf(doctor.CheckCalendar, doctor.Fail(doctor.CauseQuota))
	r := localapi.DoctorReport{
		Results: []doctor.Result{examOf(doctor.CheckSignIn, doctor.Fail(doctor.CauseLocked))},
		People: []doctor.Person{
			{Address: "Anna@o.test", Outcome: doctor.OutcomeSuccess, At: now.Add(-time.Hour)},
			{Address: "bert@o.test", Outcome: doctor.OutcomeFailure, At: now.AddDate(0, 0, -4), Alert: &failed},
			{Address: "cleo@o.test", Outcome: doctor.OutcomeNotRun, At: now, Results: []doctor.Result{examOf(doctor.CheckImpersonation, doctor.Skip(doctor.CauseNeeds))}},
			{Address: "dora@o.test", Outcome: doctor.OutcomeNotRun, At: now.AddDate(-1, 0, 0)},
			{Address: "eve@o.test", Outcome: doctor.OutcomeSuccess, At: now, Outside: true},
		},
	}
	all := PersonExams(r, now)
	for address, want := range map[string]string{
		"anna@o.test": "Success/Today 19:00/",
		"bert@o.test": "Failure/24 Nov/The mailbox is full.",
		"cleo@o.test": "Not run/Today 20:00/The account is locked.",
		"dora@o.test": "Not run/28 Nov 2025/",
		"eve@o.test":  "Not run//", // that he is out of reach is no success of his
		"fred@o.test": "Not run//",
	} {
		e := ExamOf(all, address)
		if got := strings.Join([]string{e.Word, e.When, e.Alert.What}, "/"); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}

func TestApprovalOf(t *testing.T) {
	now := time.Date(2026, 11, 28, 20, 0, 0, 0, time.UTC)
	failed := examOf(doctor.CheckImpersonation, doctor.Fail(doctor.CauseRoleMissing))
	person := func(name string, o doctor.Outcome, on bool) doctor.Person {
		p := doctor.Person{Address: name, Outcome: o, At: now.Add(time.Second), Enabled: on}
		if o == doctor.OutcomeFailure {
			p.Alert = &failed
		}
		return p
	}
	r := localapi.DoctorReport{Started: now, People: []doctor.Person{
		person("a", doctor.OutcomeSuccess, true), person("b", doctor.OutcomeSuccess, false), person("c", doctor.OutcomeFailure, false),
		person("d", doctor.OutcomeFailure, false), person("e", doctor.OutcomeFailure, false), person("f", doctor.OutcomeFailure, false),
		{Address: "old", Outcome: doctor.OutcomeSuccess, At: now.AddDate(0, 0, -1), Enabled: true},
	}}
	name := strings.ToUpper
	for _, c := range []struct {
		asked  string
		enable bool
		want   string
		why    []string
	}{
		{"a", true, "1 of 1 is switched on.", nil},
		{"b", false, "1 of 1 passed", nil},
		{"a b", true, "1 of 2 is switched on.", []string{"B: Everything passed, and yet"}},
		{"c d e f a", true, "1 of 5 is switched on.", []string{"C, D, E and 1 more: The account may not act for other people"}},
		{"old nobody", true, "0 of 2 are switched on.", []string{"OLD, NOBODY: Not examined, as another examination"}},
		{"b c old", true, "0 of 3 are switched on.", []string{"B: ", "C: ", "OLD: "}},
	} {
		got := ApprovalOf(r, strings.Fields(c.asked), c.enable, name)
		if got.What != c.want {
			t.Errorf("%s: %q, want %q", c.asked, got.What, c.want)
		}
		lines := strings.Split(got.Why, "\n")
		if got.Why == "" {
			lines = nil
		}
		if len(lines) != len(c.why) {
			t.Errorf("%s: %q, want %d lines", c.asked, got.Why, len(c.why))
			continue
		}
		for i, want := range c.why {
			if !strings.HasPrefix(lines[i], want) {
				t.Errorf("%s: %q, want %q", c.asked, lines[i], want)
			}
		}
	}
}

func TestExamining(t *testing.T) {
	r := localapi.DoctorReport{Running: true, Doing: doctor.CheckCalendar, Who: "b"}
	if got, want := Examining(r, []string{"a", "b"}, strings.ToUpper), "B, 2 of 2: Calendar can be written"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	r.Who = ""
	if got, want := Examining(r, []string{"a", "b"}, strings.ToUpper), "Testing: Calendar can be written"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestAlertsOf: who did not pass is told for as long as he takes part or could.
func TestAlertsOf(t *testing.T) {
	full := PersonExam{State: CheckFailed, Alert: Advice{What: "Full."}}
	exams := map[string]PersonExam{"a@o": full, "b@o": full, "c@o": full, "d@o": {State: CheckPassed}, "gone@o": full}
	people := []localapi.Person{{Name: "A", Address: "A@o"}, {Name: "B", Address: "b@o", OptedOut: true}, {Name: "C", Address: "c@o", Resource: "car"}, {Name: "D", Address: "d@o"}}
	if a, want := AlertsOf(people, exams), (Approval{What: "1 person did not pass the last examination.", Why: "A: Full."}); a != want {
		t.Errorf("%+v, want %+v", a, want)
	}
	if a := AlertsOf(people[3:], exams); a.What != "" {
		t.Errorf("of who passed: %+v", a)
	}
}
