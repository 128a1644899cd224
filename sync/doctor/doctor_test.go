package doctor_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/doctor"
)

func probe(c doctor.Check, side string, r doctor.Result, ran *[]string) doctor.Probe {
	return doctor.Probe{Check: c, Side: side, Run: func(context.Context) doctor.Result {
		*ran = append(*ran, string(c)+" "+side)
		return r
	}}
}

func nothing(doctor.Check) {}

func TestExamine_SkipsWhatNeedsAFailedCheckOfTheSameSide(t *testing.T) {
	var ran []string
	var told []doctor.Result
	got := doctor.Examine(t.Context(), []doctor.Probe{
		probe(doctor.CheckTLS, "exchange", doctor.Pass(), &ran),
		probe(doctor.CheckTLS, "business", doctor.Pass(), &ran),
		probe(doctor.CheckReach, "exchange", doctor.Fail(doctor.CauseRefused), &ran),
		probe(doctor.CheckReach, "business", doctor.Pass(), &ran),
		probe(doctor.CheckService, "exchange", doctor.Pass(), &ran),
	}, nil, nothing, func(r doctor.Result) { told = append(told, r) })
	if diff := cmp.Diff([]string{"reach exchange", "reach business", "tls business"}, ran); diff != "" {
		t.Errorf("what was run (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(told, got); diff != "" {
		t.Errorf("told and given differ:\n%s", diff)
	}
	for _, r := range got {
		if r.Side == "exchange" && r.Check != doctor.CheckReach && (r.State != doctor.Skipped || r.Cause != doctor.CauseNeeds) {
			t.Errorf("%s is %s (%s), want it skipped for its needs", r.Check, r.State, r.Cause)
		}
	}
}

func TestExamine_SkipsWhatNeedsAnEarlierResult(t *testing.T) {
	var ran []string
	before := doctor.Fail(doctor.CauseWrongPassword)
	before.Check, before.Side = doctor.CheckSignIn, "exchange"
	got := doctor.Examine(t.Context(), []doctor.Probe{probe(doctor.CheckImpersonation, "exchange", doctor.Pass(), &ran)},
		[]doctor.Result{before}, nothing, func(doctor.Result) {})
	if len(ran) > 0 || got[0].Fact("needs") != "sign_in" {
		t.Errorf("ran %v, skipped for %q, want it skipped for sign_in", ran, got[0].Fact("needs"))
	}
	if o := doctor.OutcomeOf(got); o != doctor.OutcomeNotRun {
		t.Errorf("outcome is %s, want not_run", o)
	}
}

func TestExamine_StopsWhenItIsEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var ran []string
	first := doctor.Probe{Check: doctor.CheckPC, Run: func(context.Context) doctor.Result { cancel(); return doctor.Pass() }}
	got := doctor.Examine(ctx, []doctor.Probe{first, probe(doctor.CheckReach, "", doctor.Pass(), &ran)}, nil, nothing, func(doctor.Result) {})
	if len(ran) > 0 || got[1].Cause != doctor.CauseStopped {
		t.Errorf("after the end ran %v, and the rest is %s", ran, got[1].Cause)
	}
}

func TestFirst_IsTheFirstFailureThenTheFirstWarning(t *testing.T) {
	line := func(c doctor.Check, r doctor.Result) doctor.Result { r.Check = c; return r }
	r := doctor.Report{
		Results: []doctor.Result{line(doctor.CheckPC, doctor.Warn(doctor.CausePCZone)), line(doctor.CheckStore, doctor.Fail(doctor.CauseStoreDamaged))},
		People:  []doctor.Person{{Address: "anna@office.test", Results: []doctor.Result{line(doctor.CheckMailbox, doctor.Fail(doctor.CauseNoMailbox))}}},
	}
	if l, ok := r.First(); !ok || l.Cause != doctor.CauseNoMailbox || l.Person != "anna@office.test" {
		t.Errorf("first is %+v", l)
	}
	if r.Healthy() {
		t.Error("a report with failures is healthy")
	}
	r.People, r.Results = nil, r.Results[:1]
	if l, ok := r.First(); !ok || l.Cause != doctor.CausePCZone || !r.Healthy() {
		t.Errorf("first is %+v, want the warning, and a healthy report", l)
	}
}

func TestOutcomeOf_IsFailureAsSoonAsOneFailed(t *testing.T) {
	for _, c := range []struct {
		want    doctor.Outcome
		results []doctor.Result
	}{
		{doctor.OutcomeNotRun, nil},
		{doctor.OutcomeSuccess, []doctor.Result{doctor.Pass(), doctor.Warn(doctor.CauseOGCS), doctor.Skip(doctor.CauseNotHere)}},
		{doctor.OutcomeFailure, []doctor.Result{doctor.Pass(), doctor.Fail(doctor.CauseReadOnly), doctor.Skip(doctor.CauseNeeds)}},
		{doctor.OutcomeNotRun, []doctor.Result{doctor.Pass(), doctor.Skip(doctor.CauseNeeds)}},
	} {
		if got := doctor.OutcomeOf(c.results); got != c.want {
			t.Errorf("outcome of %v is %s, want %s", c.results, got, c.want)
		}
	}
}
