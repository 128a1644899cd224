package ui

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
)

func (f *founder) Diagnostics(_ context.Context, q localapi.DiagnosticsRequest) (localapi.Diagnostics, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.packed = append(f.packed, q)
	return localapi.Diagnostics{Zip: []byte("PK"), Files: []localapi.DiagnosticsFile{
		{Name: "settings.json", Size: 2100, About: "how the office is set up, without names and secrets"},
		{Name: "log.txt", Size: 48 << 10, About: "the last lines of the log"},
	}}, f.fail
}

func (f *founder) Handover(context.Context) (localapi.Handover, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return localapi.Handover{Version: "0.1.0", Exchange: localapi.HandoverSystem{URL: "https://mail.office.example/EWS/Exchange.asmx"}}, f.fail
}

// TestHelp_OffersTheHandoverSheet says what is on it before it is saved, and why there is none.
func TestHelp_OffersTheHandoverSheet(t *testing.T) {
	a := connected()
	s := open(t, a, model.PageHelp)
	s.press("Handover sheet")
	s.sees("how to take it all back")
	s.sees("https://mail.office.example/EWS/Exchange.asmx") // what would be saved is shown
	s.shot("help-handover")
	s.sees("Save the sheet")
	a.mu.Lock()
	a.fail = &localapi.Error{Code: localapi.CodeNotSetUp}
	a.mu.Unlock()
	s.press("Handover sheet")
	s.until("no sheet is offered", func() bool { return !s.shows("Save the sheet") })
	s.sees(model.Failure(a.fail).What)
}

// TestHelp shows the manual, and what diagnostics hold before they are saved.
func TestHelp(t *testing.T) {
	a := connected()
	s := open(t, a, model.PageHelp)
	p := pageOf[*help](s, model.PageHelp)
	if text := richText(s); !strings.Contains(text, p.pages[0].Title) {
		t.Errorf("the first page of the manual is not shown: %s", text)
	}
	s.shot("help")
	p.follow("privacy")
	if p.pages[p.chosen].ID != "privacy" {
		t.Errorf("a link leads to %s", p.pages[p.chosen].ID)
	}
	s.shot("help-privacy")
	s.press("Save diagnostics")
	s.sees("This is all that would be saved.")
	s.sees("connections, rules and people, without names, secrets and filter texts (2 KB)")
	s.sees("Save these 2 files")
	if len(a.packed) != 1 || a.packed[0].Subjects {
		t.Errorf("packed %+v, want no subjects", a.packed)
	}
	s.shot("help-diagnostics")
	s.press("Run setup again")
	s.at(model.StepWelcome)
}

// TestHelp_LeadsToTheDoctorAndTheScript: what helps is at hand where help is sought.
func TestHelp_LeadsToTheDoctorAndTheScript(t *testing.T) {
	s := open(t, connected(), model.PageHelp)
	s.press("Examine everything")
	s.sees("5 of 8 passed, 1 failed")
	s.w.Show(model.PageHelp)
	s.press("Administrator's script")
	s.sees("Script for your Exchange administrator")
	s.sees("New-ManagementScope")
}

// TestHelp_InAnotherLanguage: the reader's from the first page to the last.
func TestHelp_InAnotherLanguage(t *testing.T) {
	in(t, "fi")
	s := openIn(t, connected(), model.PageHelp, part.ModeDark)
	p := pageOf[*help](s, model.PageHelp)
	if p.pages[0].Language != "fi" {
		t.Errorf("the first page is in %s", p.pages[0].Language)
	}
	s.shot("help-fi-dark")
	last := len(p.pages) - 1
	p.list.Select(last)
	said, _, _ := strings.Cut(p.pages[last].Text, "\n\n")
	s.sees(strings.TrimPrefix(said, "# "))
	if p.pages[last].Language != "fi" {
		t.Errorf("the last page is in %s", p.pages[last].Language)
	}
}

// richText is what the Markdown on the page says.
func richText(s *stage) (text string) {
	s.walk(func(o fyne.CanvasObject) {
		if r, ok := o.(*widget.RichText); ok {
			text += r.String() + "\n"
		}
	})
	return text
}
