package ui

import (
	"strings"
	"testing"
	"time"

	"lockstep/sync/doctor"
	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
)

// lineOf is a line of an examination of Exchange.
func lineOf(c doctor.Check, r doctor.Result) doctor.Result {
	r.Check, r.Side = c, "exchange"
	return r
}

// failedExam is an examination in which one passed long ago, one failed long
// ago, and one fails now.
func failedExam() localapi.DoctorReport {
	out := lineOf(doctor.CheckImpersonation, doctor.Fail(doctor.CauseOutOfScope))
	full := lineOf(doctor.CheckCalendar, doctor.Fail(doctor.CauseQuota))
	days := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	return localapi.DoctorReport{Seq: 3, Started: noon, Ended: noon.Add(time.Minute), People: []doctor.Person{
		{Name: "Pekka Virtanen", Address: "pekka@office.test", Outcome: doctor.OutcomeFailure, At: noon.Add(time.Second), Alert: &out, Results: []doctor.Result{out}},
		{Name: "Anna Virtanen", Address: nine().People[0].Address, Outcome: doctor.OutcomeSuccess, At: days(-8), Enabled: true},
		{Name: nine().People[1].Name, Address: nine().People[1].Address, Outcome: doctor.OutcomeFailure, At: days(-3), Alert: &full, Enabled: true},
	}}
}

// examining are the states of an examination of two people that one passes.
func examining() []localapi.DoctorReport {
	last := failedExam()
	first := localapi.DoctorReport{Seq: 1, Running: true, Started: noon, Doing: doctor.CheckSignIn}
	then := localapi.DoctorReport{Seq: 2, Running: true, Started: noon, Doing: doctor.CheckCalendar, Who: "jukka@office.test"}
	last.People = append(last.People, doctor.Person{
		Name: "Jukka Nieminen", Address: "jukka@office.test", Outcome: doctor.OutcomeSuccess, At: noon.Add(time.Second),
		Enabled: true, ApprovedBy: "kaisa", ApprovedAt: noon,
	})
	return []localapi.DoctorReport{first, then, last}
}

// TestPeople_TellsOfTheLastExamination shows what each person's came to, when,
// and in words what failed.
func TestPeople_TellsOfTheLastExamination(t *testing.T) {
	r := dozen()
	r.exams = []localapi.DoctorReport{failedExam()}
	s := open(t, r, PagePeople)
	for _, want := range []string{"Examined", "Success", "17 Nov", "Failure", "22 Nov", "Not run", "Today 10:44"} {
		s.sees(want)
	}
	s.sees("2 people did not pass the last examination.")
	s.sees("Mikko Laine: The mailbox is full.")
	s.sees("Pekka Virtanen: The account may act for others, but not for this person")
	s.shot("people-examined")
	p := peopleOf(s)
	p.search.SetText(r.people[1].Name)
	s.press("Change")
	s.chooseItem("What the examination found")
	s.sees(r.people[1].Name + ": The mailbox is full.")
	s.sees("The person deletes what is not needed")
	s.shot("people-alert")
}

// TestPeople_ExaminesAndSwitchesOn has those who are ticked examined, shows how
// far it is, and tells who is on now and why the others are not.
func TestPeople_ExaminesAndSwitchesOn(t *testing.T) {
	r := dozen()
	s := openIn(t, r, PagePeople, part.ModeDark)
	s.sees("9 of 12 take part")
	s.until("the last examination is read", func() bool { return !peopleOf(s).exam.run.busy })
	r.mu.Lock()
	r.exams, r.examined = append([]localapi.DoctorReport{failedExam()}, examining()...), nil
	r.mu.Unlock()
	peopleOf(s).exam.load()
	s.sees("17 Nov")
	s.until("the last examination is read", func() bool { return !peopleOf(s).exam.run.busy })
	peopleOf(s).filter.SetSelectedIndex(int(model.PeopleOff))
	s.press("Tick all 2 shown")
	s.shot("people-examine")
	s.press("Examine and switch 2 on")
	s.sees("Jukka Nieminen, 1 of 2: Calendar can be written")
	if got := model.ExamOf(peopleOf(s).exam.found, r.people[0].Address).When; got != "17 Nov" {
		t.Errorf("while others are examined Anna was examined %q", got)
	}
	s.sees("1 of 2 is switched on.")
	s.sees("Pekka Virtanen: The account may act for others, but not for this person")
	s.sees("10 of 12 take part")
	s.sees("1 ticked")
	s.shot("people-approved")
	q := r.examined[1]
	if !q.Begin || !q.Enable || q.By == "" || strings.Join(q.Who, " ") != "jukka@office.test pekka@office.test" {
		t.Errorf("asked %+v", q)
	}
	if len(r.switched) > 0 {
		t.Errorf("the window switched %v on by itself", r.switched)
	}
}

// TestPeople_ExaminesWhoIsOn: of those who are on nobody is switched, and the
// way to all lines is at hand.
func TestPeople_ExaminesWhoIsOn(t *testing.T) {
	r := dozen()
	r.exams = []localapi.DoctorReport{failedExam()}
	s := open(t, r, PagePeople)
	s.sees("22 Nov")
	p := peopleOf(s)
	p.tick(r.people[1].Address, true)
	s.press("Examine 1")
	s.sees("0 of 1 passed")
	s.sees("another examination was under way") // as it was examined three days ago
	if q := r.examined[len(r.examined)-1]; q.Enable {
		t.Errorf("asked %+v", q)
	}
	s.press("Open the doctor")
	if s.w.shown != model.PageConnections {
		t.Errorf("the page %q is up", s.w.shown)
	}
}
