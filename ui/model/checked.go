package model

import (
	"lockstep/sync/doctor"
	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// CheckState is what a test came to, as the windows show it.
type CheckState int

// The states of a test.
const (
	CheckNotRun CheckState = iota
	CheckRunning
	CheckPassed
	CheckWarned
	CheckFailed
)

// Checked is one line of what was tested.
type Checked struct {
	State       CheckState
	Title, Note string
}

// stateOfCheck is a doctor's state in the words of the windows.
func stateOfCheck(s doctor.State) CheckState {
	switch s {
	case doctor.Passed:
		return CheckPassed
	case doctor.Warned:
		return CheckWarned
	case doctor.Failed:
		return CheckFailed
	case doctor.NotRun, doctor.Skipped:
	}
	return CheckNotRun
}

// Examined is one line of an examination for a window.
type Examined struct {
	Checked
	// Key is the line's name: it stays the same when it is examined again.
	Key string
	// Person is whose calendar it is about; empty: the office.
	Person string
	// Outside: the account must not be able to act for this person.
	Outside bool
	// Answer is what the server said, in the server's words; empty: nothing.
	Answer string
	Why    string
	Mend   string
	// Script: the administrator's script mends it; of this kind.
	Script string
	// Support is all of it in plain text.
	Support string
	// Certificate is the one to look at before it is trusted.
	Certificate *localapi.Certificate
	// System is the connection that it is about, as localapi has it; empty: none.
	System string
}

// ExaminedOf are the lines of an examination, and what it came to in one line.
func ExaminedOf(r localapi.DoctorReport) (lines []Examined, sum string) {
	passed, failed := 0, 0
	for _, l := range r.Lines() {
		e := examinedLine(l)
		switch e.State {
		case CheckPassed:
			passed++
		case CheckWarned:
			passed++
		case CheckFailed:
			failed++
		case CheckNotRun, CheckRunning:
		}
		lines = append(lines, e)
	}
	switch {
	case r.Running && r.Doing != "":
		return lines, say.T("Testing: {{.What}}", "What", checkName(r.Doing))
	case r.Running:
		return lines, say.T("Testing")
	case len(lines) == 0:
		return nil, say.T("Nothing has been tested yet")
	case failed == 0:
		return lines, say.N("{{.N}} of {{.All}} passed", "{{.N}} of {{.All}} passed", passed, "All", len(lines))
	}
	return lines, say.N("{{.Passed}} of {{.All}} passed, {{.N}} failed", "{{.Passed}} of {{.All}} passed, {{.N}} failed", failed, "Passed", passed, "All", len(lines))
}

func examinedLine(l doctor.Line) Examined {
	d := Diagnose(l)
	e := Examined{
		Checked: Checked{State: stateOfCheck(l.State), Title: checkName(l.Check)},
		Key:     string(l.Check) + " " + l.Side + " " + l.Person, Person: l.Person, Support: d.Support,
	}
	if l.Fact("expected") == "refused" {
		e.Outside, e.Title = true, say.T("Out of reach")
	}
	switch l.Side {
	case "business":
		e.System = localapi.SystemSevera
	case "exchange":
		e.System = localapi.SystemExchange
	}
	if c := l.Certificate; c != nil && l.State == doctor.Failed {
		e.Certificate = &localapi.Certificate{Subject: c.Subject, Issuer: c.Issuer, NotBefore: c.From, NotAfter: c.Until, FingerprintSHA256: c.SHA256, Why: localapi.ObjectionOf(l.Cause)}
	}
	w := windowCure(l)
	e.Note, e.Mend = w.what, w.do
	if l.State == doctor.Failed || l.State == doctor.Warned {
		e.Why = checkReason(l.Check)
		e.Answer = factsLine(l)
		if w.script != "" {
			e.Script = "impersonation"
			if w.script == scriptThrottle {
				e.Script = "throttling"
			}
		}
	} else {
		e.Mend = ""
	}
	return e
}

// factsLine is the evidence in one line.
func factsLine(l doctor.Line) string {
	out := ""
	for _, f := range l.Facts {
		if f.Name == "needs" {
			continue
		}
		if out != "" {
			out += ", "
		}
		out += f.Name + " " + f.Value
	}
	return out
}
