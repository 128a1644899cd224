package model

import (
	"strings"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/event"
)

// Diagnosis is one line of an examination, in words.
type Diagnosis struct {
	Check  doctor.Check `json:"check"`
	Side   string       `json:"side,omitempty"`
	Person string       `json:"person,omitempty"` // an address; empty: the office
	State  doctor.State `json:"state"`
	Cause  doctor.Cause `json:"cause,omitempty"`
	// Title is what was tested, What what was found, Why why it matters and
	// Mend what to do. Why and Mend are empty where nothing is wrong.
	Title string `json:"title"`
	What  string `json:"what"`
	Why   string `json:"why,omitempty"`
	Mend  string `json:"mend,omitempty"`
	// Script is the command that prints the administrator's script which mends it.
	Script   string        `json:"script,omitempty"`
	Evidence []doctor.Fact `json:"evidence,omitempty"`
	// Certificate is the one to look at before it is trusted.
	Certificate *doctor.Certificate `json:"certificate,omitempty"`
	// Support is all of it in plain text, to be copied and sent to who helps.
	Support string `json:"support"`
}

// Diagnose puts a line of an examination into words.
func Diagnose(l doctor.Line) Diagnosis {
	d := Diagnosis{
		Check: l.Check, Side: l.Side, Person: l.Person, State: l.State, Cause: l.Cause,
		Title: CheckTitle(l.Check, l.Side), Evidence: l.Facts, Certificate: l.Certificate,
	}
	w := found(l)
	d.What = w.what
	if l.State == doctor.Failed || l.State == doctor.Warned {
		d.Why, d.Mend, d.Script = checkWhy(l.Check), w.do, w.script
	}
	d.Support = support(d)
	return d
}

// Diagnoses are all lines of an examination in their order.
func Diagnoses(r doctor.Report) []Diagnosis {
	lines := r.Lines()
	out := make([]Diagnosis, len(lines))
	for i, l := range lines {
		out[i] = Diagnose(l)
	}
	return out
}

// CheckSign is the sign before a line.
func CheckSign(s doctor.State) string {
	switch s {
	case doctor.Passed:
		return "✓"
	case doctor.Warned:
		return "!"
	case doctor.Failed:
		return "✕"
	case doctor.Skipped, doctor.NotRun:
	}
	return "–"
}

// OutcomeName is what a person's checks came to, in a word.
func OutcomeName(o doctor.Outcome) string {
	switch o {
	case doctor.OutcomeSuccess:
		return "Success"
	case doctor.OutcomeFailure:
		return "Failure"
	case doctor.OutcomeNotRun:
	}
	return "Not run"
}

// DoctorLine sums an examination up in one sentence.
func DoctorLine(r doctor.Report) string {
	l, bad := r.First()
	switch {
	case r.Running:
		return "The examination is under way: " + CheckTitle(r.Doing, "") + "."
	case r.Started.IsZero():
		return "Nothing has been examined yet."
	case !bad:
		return "All is well."
	}
	d := Diagnose(l)
	if l.State == doctor.Warned {
		return "It works. To know: " + d.What
	}
	return d.What
}

// found is what a result says. found has words for each cause; causes that need
// more than words are finished here.
func found(l doctor.Line) cureText {
	if l.State == doctor.Passed || l.Cause == "" {
		return cureText{what: "All is well."}
	}
	w, ok := cures()[l.Cause]
	if !ok {
		return cureText{what: "This version has no words for what was found (" + string(l.Cause) + ").", do: "Send the evidence to support."}
	}
	return filled(l, w)
}

// filled puts a line's facts into the places that a text has for them.
func filled(l doctor.Line, w cureText) cureText {
	fill := strings.NewReplacer(
		"{system}", systemOf(l.Side), "{person}", l.Person, "{needs}", CheckTitle(doctor.Check(l.Fact("needs")), l.Side),
		"{primary}", l.Fact("primary"), "{location}", l.Fact("location"), "{offered}", l.Fact("offered"), "{scope}", l.Fact("scope"),
		"{off}", l.Fact("off"), "{product}", l.Fact("product"), "{holder}", l.Fact("holder"), "{until}", runsOut(l.Certificate),
		"{days}", l.Fact("days"), "{free}", l.Fact("free"), "{zone}", l.Fact("zone"), "{office_zone}", l.Fact("office_zone"),
		"{detail}", l.Fact("detail"), "{issuer}", l.Fact("issuer"), "{host}", l.Fact("host"), "{proxy}", l.Fact("proxy"),
		"{type}", l.Fact("activity_type"), "{section}", sectionOf(l.Side),
	)
	w.what, w.do = fill.Replace(w.what), fill.Replace(w.do)
	if found := l.Fact("found_url"); found != "" {
		w.do = "The server was found at another address: write url = \"" + found + "\" in [exchange] of office.toml."
	}
	return w
}

func runsOut(c *doctor.Certificate) string {
	if c == nil {
		return ""
	}
	return c.Until.UTC().Format(time.DateOnly)
}

func systemOf(side string) string {
	switch side {
	case event.Business.String():
		return SideName(event.Business)
	case event.Exchange.String():
		return SideName(event.Exchange)
	}
	return "The server"
}

// sectionOf is the section of office.toml about a system.
func sectionOf(side string) string {
	if side == event.Business.String() {
		return "[severa]"
	}
	return "[exchange]"
}

// support is a diagnosis as text for who helps.
func support(d Diagnosis) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	line("check", string(d.Check))
	line("side", d.Side)
	line("state", string(d.State))
	line("cause", string(d.Cause))
	for _, f := range d.Evidence {
		line(f.Name, f.Value)
	}
	if c := d.Certificate; c != nil {
		line("certificate subject", c.Subject)
		line("certificate issuer", c.Issuer)
		line("certificate names", strings.Join(c.Names, ", "))
		line("certificate valid", c.From.UTC().Format(time.DateOnly)+" to "+c.Until.UTC().Format(time.DateOnly))
		line("certificate sha256", c.SHA256)
		line("expected sha256", c.Expected)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
