package ui

import (
	"strings"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// peopleExam is what the doctor found about the people, and has them examined.
type peopleExam struct {
	p     *people
	run   *examination
	found map[string]model.PersonExam
	// asked are those whom this page has had examined; enable: who passes was to
	// be switched on.
	asked  []string
	enable bool
}

func newPeopleExam(p *people) *peopleExam {
	e := &peopleExam{p: p}
	e.run = &examination{w: p.w, show: e.report}
	return e
}

// load brings the last examination, and follows one that is under way.
func (e *peopleExam) load() { e.run.begin(localapi.DoctorRequest{}) }

// whom are those of the ticked who can be examined: who is not switched on yet,
// or, where all are, everybody who is ticked. No thing is: it signs in nowhere.
func (e *peopleExam) whom() (who []string, enable bool) {
	var on, off []string
	for _, p := range e.p.people {
		switch {
		case !e.p.ticked[p.Address] || p.OptedOut || p.Resource != "":
		case p.Enabled:
			on = append(on, p.Address)
		default:
			off = append(off, p.Address)
		}
	}
	if len(off) > 0 {
		return off, true
	}
	return on, false
}

// begin has those who are ticked examined.
func (e *peopleExam) begin() {
	if e.run.busy {
		return
	}
	e.asked, e.enable = e.whom()
	if len(e.asked) == 0 {
		return
	}
	e.p.busy = true
	e.p.dress()
	e.tell(part.ToneInfo, "sync", say.T("Testing"), "")
	e.run.begin(localapi.DoctorRequest{Begin: true, Who: e.asked, Enable: e.enable, By: whoami()})
}

func (e *peopleExam) report(_ []model.Examined, _ string, running bool, err error) {
	ours := len(e.asked) > 0
	if err != nil {
		e.end()
		if ours { // that nothing was examined before is no news
			e.p.say(err)
		}
		return
	}
	r := e.run.report
	found := model.PersonExams(r, e.p.w.Now())
	if running { // who is not examined today comes at its end
		for address, x := range e.found {
			if _, now := found[address]; !now {
				found[address] = x
			}
		}
	}
	e.found = found
	switch {
	case running && ours:
		e.tell(part.ToneInfo, "sync", model.Examining(r, e.asked, e.name), "")
	case ours:
		e.finish(r)
	}
	e.p.show()
	e.remind()
}

// remind tells who did not pass the last time, where nothing else is to be told.
func (e *peopleExam) remind() {
	if !e.p.loaded || e.run.busy || e.p.banner.Visible() {
		return
	}
	if a := model.AlertsOf(e.p.people, e.found); a.What != "" {
		e.tell(part.ToneWarning, "attention", a.What, a.Why, e.toDoctor())
	}
}

// toDoctor is the way to all that was found.
func (e *peopleExam) toDoctor() *part.Button {
	return part.NewButton(say.T("Open the doctor"), "shield", part.Medium, e.p.w.openDoctor)
}

// finish tells what became of everybody.
func (e *peopleExam) finish(r localapi.DoctorReport) {
	a := model.ApprovalOf(r, e.asked, e.enable, e.name)
	tone, icon := part.ToneGood, "ok"
	var more []*part.Button
	if a.Why != "" {
		tone, icon = part.ToneWarning, "attention"
		more = append(more, e.toDoctor())
	}
	for _, p := range r.People { // the rest stays ticked, for when it is mended
		if a.Why == "" || p.Enabled {
			e.p.ticked[p.Address] = false
		}
	}
	e.end()
	e.tell(tone, icon, a.What, a.Why, more...)
	e.p.load()
}

func (e *peopleExam) end() {
	if len(e.asked) > 0 {
		e.p.busy = false
	}
	e.asked = nil
	e.p.dress()
}

// explain shows what stands in one person's way.
func (e *peopleExam) explain(r model.PersonRow) {
	x := model.ExamOf(e.found, r.Address)
	e.tell(part.ToneWarning, "attention", r.Name+": "+x.Alert.What, x.Alert.Do, e.toDoctor())
}

func (e *peopleExam) tell(tone part.Tone, icon, what, why string, more ...*part.Button) {
	e.p.banner.RemoveAll()
	e.p.banner.Add(part.Banner(tone, icon, what, why, more...))
	show(e.p.banner, true)
	e.p.body.Refresh()
}

// name is how an address is called.
func (e *peopleExam) name(address string) string {
	for _, p := range e.p.people {
		if strings.EqualFold(p.Address, address) && p.Name != "" {
			return p.Name
		}
	}
	return address
}

// dress names the button after what it would do.
func (e *peopleExam) dress(b *part.Button) {
	who, enable := e.whom()
	text := say.N("Examine {{.N}}", "Examine {{.N}}", len(who))
	if enable {
		text = say.N("Examine and switch {{.N}} on", "Examine and switch {{.N}} on", len(who))
	}
	e.p.name(b, len(who), text)
	b.SetUsable(!e.p.busy && !e.run.busy)
}

// openDoctor leads to what the doctor found, line by line.
func (w *Window) openDoctor() {
	w.Show(model.PageConnections)
	if k, ok := w.pages[model.PageConnections].(*kept); ok {
		k.page.(*connections).examine("") //nolint:forcetypeassert // made by newConnections
	}
}
