package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// screen is something that a person can come to.
type screen struct {
	name  string
	page  string
	agent func() localapi.Agent
	// then is what is done there; it ends when the screen is as it stays. nil: nothing.
	then func(*stage)
}

// stand opens a screen in a language.
func (c screen) stand(t *testing.T, tag string, size fyne.Size) *stage {
	t.Helper()
	return c.standIn(t, tag, size, part.ModeLight)
}

func (c screen) standIn(t *testing.T, tag string, size fyne.Size, mode part.Mode) *stage {
	t.Helper()
	in(t, tag)
	s := openIn(t, c.agent(), c.page, mode)
	s.w.win.Resize(size)
	if c.then != nil {
		c.then(s)
	}
	s.settle()
	return s
}

// says waits for a text of the program in the language in use.
func (s *stage) says(english string, args ...any) { s.Helper(); s.sees(say.T(english, args...)) }

// screens are all of them, with the longest content that they are to bear.
func screens() []screen {
	sees := func(text string) func(*stage) { return func(s *stage) { s.sees(text) } }
	out := []screen{
		{"overview", "", func() localapi.Agent {
			return &fake{status: attentionStatus(), runs: []localapi.Run{{Started: noon.Add(-time.Hour), Written: map[string]map[string]int{"business": {"create": 12}, "exchange": {"update": 27}}}}}
		}, sees("Anna Virtanen")},
		{"overview-new", "", func() localapi.Agent { return newFounder() }, func(s *stage) {
			s.at(model.StepWelcome)
			s.press(say.T("Finish later"))
			s.until("the overview is up", func() bool { return s.w.shown == PageOverview })
		}},
		{"overview-offline", "", func() localapi.Agent {
			st := nine()
			st.Health = office.Offline
			for i := range st.People {
				st.People[i].Health = office.Offline
			}
			return &fake{status: st}
		}, sees("Anna Virtanen")},
		{"overview-refused", "", func() localapi.Agent {
			st := nine()
			st.Syncing = false
			return &fake{status: st, fail: &localapi.Error{Code: localapi.CodeDiskFull}}
		}, func(s *stage) {
			s.sees("Anna Virtanen")
			s.press(say.T("Sync now"))
			s.says("The disk is full, so nothing more can be noted down.")
		}},
		{"people", PagePeople, func() localapi.Agent { return dozen() }, sees("Lotte Jansen")},
		{"people-examined", PagePeople, func() localapi.Agent {
			r := dozen()
			r.exams = []localapi.DoctorReport{failedExam()}
			return r
		}, func(s *stage) {
			s.sees("Lotte Jansen")
			s.says("Open the doctor")
			p := peopleOf(s)
			for _, row := range p.shown {
				if row.Name == p.people[1].Name {
					p.exam.explain(row)
				}
			}
			p.tick(p.people[9].Address, true)
			p.tick(p.people[11].Address, true)
			p.tick(p.people[0].Address, true)
		}},
		{"people-alerts", PagePeople, func() localapi.Agent {
			r := dozen()
			r.exams = []localapi.DoctorReport{failedExam()}
			return r
		}, func(s *stage) {
			s.sees("Lotte Jansen")
			s.says("Open the doctor")
		}},
		{"people-examining", PagePeople, func() localapi.Agent {
			r := dozen()
			r.held = make(chan struct{})
			return r
		}, func(s *stage) {
			s.sees("Lotte Jansen")
			p := peopleOf(s)
			s.until("the last examination is read", func() bool { return !p.exam.run.busy })
			r := s.w.Agent.(*registrar)
			r.mu.Lock()
			r.exams = examining()[1:]
			r.mu.Unlock()
			p.tick(p.people[9].Address, true)
			p.tick(p.people[11].Address, true)
			s.press(say.N("Examine and switch {{.N}} on", "Examine and switch {{.N}} on", 2))
			s.sees("Jukka Nieminen, 1")
			s.Cleanup(func() { close(r.held) })
		}},
		{"people-approved", PagePeople, func() localapi.Agent { return dozen() }, func(s *stage) {
			s.sees("Lotte Jansen")
			p := peopleOf(s)
			s.until("the last examination is read", func() bool { return !p.exam.run.busy })
			r := s.w.Agent.(*registrar)
			r.mu.Lock()
			r.exams = examining()
			r.mu.Unlock()
			p.tick(p.people[9].Address, true)
			p.tick(p.people[11].Address, true)
			s.press(say.N("Examine and switch {{.N}} on", "Examine and switch {{.N}} on", 2))
			s.says("Open the doctor")
			s.until("all is read", func() bool { return !p.loading })
		}},
		{"rooms", PagePeople, func() localapi.Agent {
			r := dozen()
			r.things = []localapi.Resource{{ID: "blue", Name: "Blue room", Entries: 12}}
			return r
		}, func(s *stage) {
			s.sees("Lotte Jansen")
			s.press(say.T("Rooms and cars"))
			s.until("the rooms are there", func() bool { return s.w.win.Canvas().Overlays().Top() != nil })
		}},
		{"help", model.PageHelp, func() localapi.Agent { return connected() }, nil},
		{"diagnostics", model.PageHelp, func() localapi.Agent { return connected() }, func(s *stage) {
			s.press(say.T("Save diagnostics"))
			s.until("the files are listed", func() bool { return s.shows("settings.json") })
		}},
		{"handover", model.PageHelp, func() localapi.Agent { return connected() }, func(s *stage) {
			s.press(say.T("Handover sheet"))
			s.sees("How to take it all back")
		}},
		{"undo", PageUndo, func() localapi.Agent {
			a := lastRun()
			a.runs = []localapi.Run{{ID: 17, Written: map[string]map[string]int{"exchange": {"create": 2}}}}
			return a
		}, sees("Client lunch")},
		{"undone", PageUndo, func() localapi.Agent {
			a := lastRun()
			a.runs = []localapi.Run{{ID: 17, Written: map[string]map[string]int{"exchange": {"create": 2}}}}
			return a
		}, func(s *stage) {
			s.sees("Client lunch")
			s.press(say.N("Undo {{.N}} change", "Undo {{.N}} changes", 2))
			s.sees(say.N("{{.N}} change is taken back.", "{{.N}} changes are taken back.", 2))
		}},
		{"undo-nothing", PageUndo, func() localapi.Agent { return &undoer{} }, func(s *stage) { s.says("Open the history") }},
		{"demo", model.PageDemo, func() localapi.Agent { return &playground{fake: fake{status: nine()}, state: week48()} }, sees("Tender review")},
		{"demo-add", model.PageDemo, func() localapi.Agent { return &playground{fake: fake{status: nine()}, state: week48()} }, func(s *stage) {
			s.sees("Tender review")
			s.press(say.T("Add entry"))
		}},
		{"demo-ended", model.PageDemo, func() localapi.Agent { return &playground{fake: fake{status: nine()}, state: week48()} }, func(s *stage) {
			s.sees("Tender review")
			s.w.lost()
		}},
		{"history", PageHistory, func() localapi.Agent { return past() }, func(s *stage) {
			s.sees("Standup")
			s.w.pages[PageHistory].(*kept).page.(*history).list.Select(1)
			s.row("Retrospective")
		}},
		{"history-failed", PageHistory, func() localapi.Agent { return past() }, func(s *stage) {
			s.sees("Standup")
			s.w.pages[PageHistory].(*kept).page.(*history).list.Select(2)
		}},
		{"history-empty", PageHistory, func() localapi.Agent { return &chronicle{fake: fake{status: nine()}} }, func(s *stage) { s.says("Nothing has been written yet") }},
	}
	out = append(out, attentionScreens()...)
	out = append(out, previewScreens()...)
	out = append(out, stoppedScreens()...)
	out = append(out, settingsScreens()...)
	out = append(out, connectionScreens()...)
	return append(out, wizardScreens()...)
}

// shows tells whether a text stands in the window now.
func (s *stage) shows(text string) bool {
	for _, t := range s.texts() {
		if t == text || len(t) > len(text) && t[:len(text)] == text {
			return true
		}
	}
	return false
}

func attentionScreens() []screen {
	asks := func(from, to int) func() localapi.Agent {
		return func() localapi.Agent {
			return &asker{fake: fake{status: attentionStatus()}, questions: three()[from:to]}
		}
	}
	return []screen{
		{"decision", PageAttention, asks(0, 3), func(s *stage) { s.sees("Agenda v2") }},
		{"decision-fields", PageAttention, func() localapi.Agent { return &asker{fake: fake{status: attentionStatus()}, questions: both()} }, func(s *stage) {
			s.sees("Agenda v2")
			d := s.w.pages[PageAttention].(*kept).page.(*attention).decide
			d.take("when", 1)
			d.take("location", 0)
		}},
		{"decision-candidates", PageAttention, asks(1, 2), func(s *stage) { s.says("Which entry is it?") }},
		{"decision-deleted", PageAttention, asks(2, 3), func(s *stage) { s.says("Suggestion: keep the changed entry") }},
		{"note", PageAttention, asks(0, 3), func(s *stage) {
			s.sees("Agenda v2")
			p := s.w.pages[PageAttention].(*kept).page.(*attention)
			p.list.Select(len(p.rows) - 1)
		}},
		{"decided", PageAttention, func() localapi.Agent { return &asker{fake: fake{status: nine()}} }, func(s *stage) { s.says("Nothing needs a decision") }},
	}
}

func previewScreens() []screen {
	fresh := func() localapi.Agent { return &previewer{fresh: officePreview()} }
	withheld := func() localapi.Agent {
		p := officePreview()
		p.People[0].Halt = &plan.Reason{Code: plan.TooManyDeletes, Count: 41, Limit: 20}
		p.People[0].Withheld, p.People[0].Rows = p.People[0].Rows[:1], p.People[0].Rows[1:]
		return &previewer{fresh: p}
	}
	return []screen{
		{"preview", PagePreview, fresh, func(s *stage) { s.sees("Site visit Turku"); s.board().table.List.Select(1) }},
		{"preview-withheld", PagePreview, withheld, func(s *stage) { s.sees("Retrospective") }},
		{"preview-writing", PagePreview, func() localapi.Agent {
			a := fresh().(*previewer)
			a.wait = make(chan struct{})
			return a
		}, func(s *stage) {
			s.sees("Site visit Turku")
			s.press(say.N("Write {{.N}} change", "Write {{.N}} changes", 48))
			st := nine()
			st.Seq = 2
			s.w.hear(st)
			s.Cleanup(func() { close(s.w.Agent.(*previewer).wait) })
		}},
		{"preview-nothing", PagePreview, func() localapi.Agent {
			return &previewer{fake: fake{status: nine()}, fresh: localapi.Preview{At: noon}}
		}, func(s *stage) { s.says("Both calendars of everybody are as they should be.") }},
	}
}

func stoppedScreens() []screen {
	return []screen{
		{"stopped", PageStopped, func() localapi.Agent { return halted() }, func(s *stage) { s.sees("Steering group") }},
		{"stopped-allow", PageStopped, func() localapi.Agent { return halted() }, func(s *stage) {
			s.sees("Steering group")
			s.press(say.T("Allow once…"))
		}},
		{"stopped-none", PageStopped, func() localapi.Agent { return &previewer{fake: fake{status: nine()}} }, func(s *stage) { s.says("Nothing is stopped") }},
	}
}

func settingsScreens() []screen {
	var out []screen
	tab := func(page, name, title string) screen {
		return screen{name, page, func() localapi.Agent {
			a := connected()
			a.prefs.Autostart = true
			a.setup.Draft.Person = []localapi.DraftPerson{{Severa: "anna@saari.example", Name: "Anna Virtanen"}, {Severa: "room@saari.example", Name: "Meeting room Aura"}}
			return a
		}, func(s *stage) {
			s.says("Nothing is changed.")
			s.press(say.Of(title))
		}}
	}
	for name, title := range map[string]string{
		"general": "General", "notifications": "Notifications", "network": "Network", "safety": "Safety", "logs": "Logs and privacy", "advanced": "Advanced",
	} {
		out = append(out, tab(model.PageSettings, "settings-"+name, title))
	}
	for name, title := range map[string]string{"what": "What", "when": "When", "how": "How"} {
		out = append(out, tab(model.PageRules, "rules-"+name, title))
	}
	return out
}

func connectionScreens() []screen {
	a := func() localapi.Agent { return connected() }
	out := []screen{
		{"connections", model.PageConnections, a, func(s *stage) { s.sees("Saari Oy") }},
		{"connections-password", model.PageConnections, a, func(s *stage) {
			s.sees("Saari Oy")
			s.w.pages[model.PageConnections].(*kept).page.(*connections).cards[localapi.SystemExchange].ask()
		}},
		{"doctor", model.PageConnections, a, func(s *stage) {
			s.sees("Saari Oy")
			s.press(say.T("Examine everything"))
			s.sees("New-ManagementScope")
		}},
		{"doctor-limit", model.PageConnections, func() localapi.Agent {
			a := connected()
			a.report = refusedOutside()
			return a
		}, func(s *stage) {
			s.sees("Saari Oy")
			s.press(say.T("Examine everything"))
			s.says("Out of reach")
			d := pageOf[*connections](s, model.PageConnections).doctor
			d.limit.entry.SetText("boss")
			s.press(say.T("Check all"))
		}},
		{"scripts", model.PageConnections, func() localapi.Agent {
			a := connected()
			a.test = func(q localapi.TestRequest) localapi.TestResult {
				r := works(q)
				r.Generation = ""
				return r
			}
			return a
		}, func(s *stage) {
			s.sees("Saari Oy")
			s.press(say.T("Administrator's script"))
			s.sees("New-ManagementScope")
		}},
		{"scripts-none", model.PageConnections, func() localapi.Agent {
			a := connected()
			a.scriptFail = &localapi.Error{Code: localapi.CodeUsage}
			return a
		}, func(s *stage) {
			s.sees("Saari Oy")
			s.press(say.T("Administrator's script"))
			s.says("This script cannot be written yet.")
		}},
		{"connections-changed", model.PageConnections, func() localapi.Agent { return otherCertificate(strings.Repeat("ab", 32)) }, func(s *stage) {
			s.sees("Saari Oy")
			s.says("The certificate has changed")
		}},
		{"certificate-changed", model.PageConnections, func() localapi.Agent { return otherCertificate(strings.Repeat("ab", 32)) }, func(s *stage) {
			s.sees("Saari Oy")
			s.says("The certificate has changed")
			s.press(say.T("Look at the certificate"))
		}},
	}
	for name, why := range map[string]localapi.ClosedWhy{
		"keyring": localapi.ClosedNoKeyring, "passphrase": localapi.ClosedPassphrase, "wrong": localapi.ClosedWrong, "locked": localapi.ClosedLocked,
	} {
		out = append(out, screen{"closed-" + name, "", func() localapi.Agent {
			a := &shut{fake: fake{status: nine()}, why: make(chan localapi.ClosedWhy, 1)}
			a.why <- why
			return a
		}, func(s *stage) { s.until("it is closed", func() bool { return s.w.shown == model.PageClosed }) }})
	}
	return out
}

func wizardScreens() []screen {
	var out []screen
	step := func(name string, at model.SetupStep, then func(*stage)) {
		out = append(out, screen{"wizard-" + name, "", func() localapi.Agent {
			a := newFounder()
			a.setup.Kept, a.setup.Page = true, at.Key()
			a.setup.Draft.Exchange = localapi.DraftExchange{URL: "https://mail.saari.example/EWS/Exchange.asmx", Domain: "SAARI", User: "svc-calendar"}
			a.setup.Draft.Severa = localapi.DraftSevera{ClientID: "saari-lockstep"}
			a.setup.Secrets = map[string]bool{localapi.SystemExchange: true, localapi.SystemSevera: true}
			return a
		}, func(s *stage) {
			s.at(at)
			if then != nil {
				then(s)
			}
		}})
	}
	step("1-welcome", model.StepWelcome, nil)
	step("2-business", model.StepBusiness, nil)
	step("3-exchange", model.StepExchange, func(s *stage) {
		wizardOf(s).steps[model.StepExchange].(*exchangeStep).with.SetText("anna.virtanen@saari.example")
		s.press(say.T("Test"))
		s.until("it is tested", func() bool { return s.shows(say.T("Certificate trusted")) })
	})
	step("4-rights", model.StepRights, func(s *stage) { s.sees("New-ManagementScope") })
	step("4-limit", model.StepRights, func(s *stage) {
		s.sees("New-ManagementScope")
		step := wizardOf(s).steps[model.StepRights].(*rightsStep)
		s.until("it is examined", func() bool { return len(step.exam.report.People) > 0 && !step.exam.busy })
		step.limit.entry.SetText("boss")
		s.press(say.T("Check again"))
		s.says("This is no e-mail address.")
	})
	for name, button := range map[string]string{"4-handover": "Handover sheet", "4-diagnostics": "Save diagnostics"} {
		step(name, model.StepRights, func(s *stage) {
			s.sees("New-ManagementScope")
			s.press(say.Of(button))
			s.says("It stays on this computer until you send it.")
		})
	}
	step("3-more", model.StepExchange, func(s *stage) { s.press(say.T("Advanced")) })
	step("5-people", model.StepPeople, nil)
	step("6-what", model.StepWhat, nil)
	step("7-rules", model.StepRules, nil)
	return out
}
