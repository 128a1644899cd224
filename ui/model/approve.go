package model

import (
	"slices"
	"strings"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/localapi"
	"lockstep/ui/say"
)

// PersonExam is what the last examination of one person came to.
type PersonExam struct {
	State CheckState
	// Word is Not run, Success or Failure; When is when, empty where nobody has looked.
	Word, When string
	// Alert says what stands in the way; empty where nothing does.
	Alert Advice
}

// PersonExams are what the examinations of people came to, by their addresses in
// small letters.
func PersonExams(r localapi.DoctorReport, now time.Time) map[string]PersonExam {
	out := map[string]PersonExam{}
	for _, p := range r.People {
		if p.Outside {
			continue // it was looked at whether he is out of reach, and nothing else
		}
		e := PersonExam{Word: outcomeWord(p.Outcome), Alert: alertOf(r, p)}
		switch p.Outcome {
		case doctor.OutcomeSuccess:
			e.State = CheckPassed
		case doctor.OutcomeFailure:
			e.State = CheckFailed
		case doctor.OutcomeNotRun:
		}
		if !p.At.IsZero() {
			e.When = examinedOn(p.At, now)
		}
		out[strings.ToLower(p.Address)] = e
	}
	return out
}

// ExamOf is one of them; nobody has looked at who is not among them.
func ExamOf(all map[string]PersonExam, address string) PersonExam {
	if e, ok := all[strings.ToLower(address)]; ok {
		return e
	}
	return PersonExam{Word: outcomeWord(doctor.OutcomeNotRun)}
}

// outcomeWord is what a person's checks came to, in a word.
func outcomeWord(o doctor.Outcome) string {
	switch o {
	case doctor.OutcomeSuccess:
		return say.T("Success")
	case doctor.OutcomeFailure:
		return say.T("Failure")
	case doctor.OutcomeNotRun:
	}
	return say.T("Not run")
}

// examinedOn is when somebody was examined: the clock matters today, later the day.
func examinedOn(at, now time.Time) string {
	at = at.In(now.Location())
	if at.Year() == now.Year() && at.YearDay() == now.YearDay() {
		return Moment(at, now)
	}
	return date(at, now)
}

// alertOf says what stands in a person's way: what failed with him or, where it
// did not even come to him, what failed before.
func alertOf(r localapi.DoctorReport, p doctor.Person) Advice {
	if p.Outcome == doctor.OutcomeFailure && p.Alert != nil {
		w := windowCure(doctor.Line{Result: *p.Alert, Person: p.Address})
		return Advice{What: w.what, Do: w.do}
	}
	waited := slices.ContainsFunc(p.Results, func(x doctor.Result) bool { return x.State == doctor.Skipped && x.Cause == doctor.CauseNeeds })
	if p.Outcome == doctor.OutcomeSuccess || !waited {
		return Advice{}
	}
	for _, x := range r.Results {
		if x.State == doctor.Failed {
			w := windowCure(doctor.Line{Result: x})
			return Advice{What: w.what, Do: w.do}
		}
	}
	return Advice{}
}

// Examining tells how far an examination of these people is.
func Examining(r localapi.DoctorReport, asked []string, name func(address string) string) string {
	at := slices.IndexFunc(asked, func(a string) bool { return strings.EqualFold(a, r.Who) })
	switch {
	case r.Doing == "":
		return say.T("Testing")
	case at < 0:
		return say.T("Testing: {{.What}}", "What", checkName(r.Doing))
	}
	return say.T("{{.Name}}, {{.At}} of {{.N}}: {{.What}}", "Name", name(r.Who), "At", at+1, "N", len(asked), "What", checkName(r.Doing))
}

// Approval is what became of people who were to be examined and switched on.
type Approval struct {
	What string
	// Why tells of those who did not pass, a line for each reason; empty: all did.
	Why string
}

// mostReasons bounds how many reasons are told at once: the doctor has them all.
const mostReasons = 3

// ApprovalOf is what an examination of these people came to. enable: who passed
// was to be switched on.
func ApprovalOf(r localapi.DoctorReport, asked []string, enable bool, name func(address string) string) Approval {
	passed := 0
	var why grounds
	for _, a := range asked {
		good, reason := approvalOf(r, a, enable)
		if good {
			passed++
			continue
		}
		why.add(reason, name(a))
	}
	out := Approval{What: say.N("{{.N}} of {{.All}} passed", "{{.N}} of {{.All}} passed", passed, "All", len(asked))}
	if enable {
		out.What = say.N("{{.N}} of {{.All}} is switched on.", "{{.N}} of {{.All}} are switched on.", passed, "All", len(asked))
	}
	out.Why = why.String()
	return out
}

// AlertsOf tells of the people who did not pass the last time that they were
// examined; empty: nobody is.
func AlertsOf(people []localapi.Person, exams map[string]PersonExam) Approval {
	n := 0
	var why grounds
	for _, p := range people {
		e := ExamOf(exams, p.Address)
		if p.OptedOut || p.Resource != "" || e.State != CheckFailed {
			continue
		}
		n++
		why.add(e.Alert.String(), p.Name)
	}
	if n == 0 {
		return Approval{}
	}
	return Approval{
		What: say.N("{{.N}} person did not pass the last examination.", "{{.N}} people did not pass the last examination.", n),
		Why:  why.String(),
	}
}

// grounds are who has which, in the order in which they came.
type grounds struct {
	order []string
	who   map[string][]string
}

func (r *grounds) add(why, name string) {
	if r.who == nil {
		r.who = map[string][]string{}
	}
	if r.who[why] == nil {
		r.order = append(r.order, why)
	}
	r.who[why] = append(r.who[why], name)
}

// String is a line for each reason, the first of them.
func (r *grounds) String() string {
	var lines []string
	for _, why := range r.order[:min(len(r.order), mostReasons)] {
		lines = append(lines, say.T("{{.Names}}: {{.Why}}", "Names", someNames(r.who[why]), "Why", why))
	}
	if more := len(r.order) - mostReasons; more > 0 {
		lines = append(lines, say.N("There is {{.N}} more reason; the doctor has it.", "There are {{.N}} more reasons; the doctor has them.", more))
	}
	return strings.Join(lines, "\n")
}

// approvalOf tells whether a person came through, and why not.
func approvalOf(r localapi.DoctorReport, address string, enable bool) (good bool, why string) {
	at := slices.IndexFunc(r.People, func(p doctor.Person) bool { return strings.EqualFold(p.Address, address) && !p.Outside })
	if at < 0 || r.People[at].At.Before(r.Started) {
		return false, say.T("Not examined, as another examination was under way. Try again.")
	}
	p := r.People[at]
	switch {
	case p.Outcome == doctor.OutcomeSuccess && (p.Enabled || !enable):
		return true, ""
	case p.Outcome == doctor.OutcomeSuccess:
		return false, say.T("Everything passed, and yet the agent could not switch this person on. Use Switch on.")
	}
	if a := alertOf(r, p); a.What != "" {
		return false, a.String()
	}
	return false, say.T("The examination did not come to an end. Try again.")
}

// someNames are the first of some names, and how many more there are.
func someNames(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return say.N("{{.Names}} and {{.N}} more", "{{.Names}} and {{.N}} more", len(names)-most, "Names", strings.Join(names[:most], ", "))
}
