package ui

import (
	"slices"
	"testing"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

// TestWizard_HandsOutPapersWhileRightsAreMissing: the administrator is asked for
// rights here, and whoever is stuck is stuck here. What would be saved is shown.
func TestWizard_HandsOutPapersWhileRightsAreMissing(t *testing.T) {
	a := newFounder()
	a.setup.Kept, a.setup.Page, a.setup.SetUp = true, model.StepRights.Key(), true
	a.setup.Secrets[localapi.SystemExchange] = true
	s := open(t, a, "")
	s.at(model.StepRights)
	s.sees("New-ManagementScope")
	wizardOf(s).steps[model.StepRights].(*rightsStep).group.SetText(" Pilot ")
	s.press("Handover sheet")
	s.sees("https://mail.office.example/EWS/Exchange.asmx")
	s.sees("Pilot group")
	s.sees("How to take it all back")
	if s.shows("New-ManagementScope") {
		t.Error("the script is beside its own place")
	}
	if len(a.saved) != 1 || a.saved[0].Exchange.Group != "Pilot" {
		t.Errorf("saved %+v, want the group before the sheet is made", a.saved)
	}
	s.shot("wizard-4-handover")
	s.press("Save diagnostics")
	s.sees("Save these 2 files")
	s.shot("wizard-4-diagnostics")
	s.press("Administrator's script")
	s.sees("New-ManagementScope")
	var last localapi.ScriptRequest
	// A busy machine may ask for the first one only now.
	s.until("the script for the group is asked for", func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return slices.ContainsFunc(a.scripts, func(q localapi.ScriptRequest) bool { return q.Group == "Pilot" && len(q.People) == 0 })
	})
	s.press("Whole organisation")
	s.until("the script for everybody is there", func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		last = a.scripts[len(a.scripts)-1]
		return last.Everybody && last.Group == ""
	})
	s.at(model.StepRights)
	s.press("Continue to people")
	s.at(model.StepPeople)
	if len(a.saved) != 1 {
		t.Errorf("saved %d times, want once for one group", len(a.saved))
	}
}

// TestWizard_ShowsWhatIsWrongInFoldedFields: few people unfold them, and nobody
// gets on while something there is wrong.
func TestWizard_ShowsWhatIsWrongInFoldedFields(t *testing.T) {
	a := newFounder()
	a.setup.Kept, a.setup.Page = true, model.StepExchange.Key()
	a.setup.Secrets[localapi.SystemExchange] = true
	a.problems = []localapi.FieldProblem{{Key: "exchange.oab_url", Code: localapi.FieldURL}}
	s := open(t, a, "")
	s.at(model.StepExchange)
	if s.shows("Address book") {
		t.Fatal("the fields are not folded")
	}
	s.press("Continue to rights")
	s.sees("This is no address. It begins with https://.")
	s.press("Advanced")
	if s.shows("Address book") {
		t.Error("the fields cannot be folded again")
	}
}

// TestScripts_ShowTheOneThatWasChosenLast, whichever answer comes first.
func TestScripts_ShowTheOneThatWasChosenLast(t *testing.T) {
	a := newFounder()
	s := open(t, a, "")
	jobs := make(chan func(), 2)
	w := &Window{Options: Options{Agent: a, Do: func(f func()) { jobs <- f }}, ctx: s.w.ctx}
	b := newScriptBlock(w, func() localapi.ScriptRequest { return localapi.ScriptRequest{Kind: "impersonation"} })
	b.load()
	first := <-jobs // answered, and not shown yet
	b.load()
	second := <-jobs
	second()
	shown := b.code.Objects[0]
	first()
	if b.code.Objects[0] != shown {
		t.Error("the answer to what was chosen before is shown")
	}
}
