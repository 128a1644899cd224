package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// scriptBlock is a script for an administrator: for the people who take part,
// for everybody, and how all of it is taken back.
type scriptBlock struct {
	w *Window
	// Object is what stands on the page.
	Object  *fyne.Container
	title   *part.Text
	note    *part.Text
	code    *fyne.Container
	tabs    *part.Tabs
	ask     func() localapi.ScriptRequest
	copied  *part.Text
	script  localapi.Script
	loads   int // how often one was asked for
	buttons []*part.Button
}

// newScriptBlock is an empty one; ask says which script is wanted, apart from whom it is for.
func newScriptBlock(w *Window, ask func() localapi.ScriptRequest) *scriptBlock {
	s := &scriptBlock{w: w, ask: ask, title: part.SubHeading(say.T("Script for your Exchange administrator")), note: part.Caption("")}
	s.tabs = part.NewTabs(func(int) { s.load() }, say.T("Who takes part"), say.T("Whole organisation"), say.T("Take the right back"))
	s.code = container.NewStack()
	s.copied = part.Caption(say.T("Takes effect within a few minutes"))
	s.copied.Hide() // until there is something that could
	copyIt := part.NewButton(say.T("Copy script"), "copy", part.Medium, s.copy)
	save := part.NewButton(say.T("Save as .ps1"), "save", part.Medium, s.save)
	s.buttons = []*part.Button{copyIt, save}
	s.Object = part.Column(part.GapWide, s.title, s.note, s.tabs.Object, s.code,
		part.Column(part.Gap, part.Row(part.Gap, copyIt, save), s.copied))
	return s
}

// load asks for the script that is chosen.
func (s *scriptBlock) load() {
	q := s.ask()
	q.Everybody = s.tabs.On() == 1
	if q.Everybody {
		q.People, q.Group = nil, ""
	}
	s.loads++
	number := s.loads
	background(s.w, func(ctx context.Context) (localapi.Script, error) { return s.w.Agent.Script(ctx, q) },
		func(out localapi.Script, err error) {
			if number != s.loads {
				return // another one was chosen since, and its answer is there or on its way
			}
			if err != nil {
				s.fail(err)
				return
			}
			for _, b := range s.buttons {
				b.Enable()
			}
			s.script = out
			s.copied.Show()
			s.note.SetText(model.ScriptAbout(out, q.Everybody))
			s.code.Objects = []fyne.CanvasObject{part.Code(s.text())}
			s.code.Refresh()
			s.Object.Refresh()
		})
}

// fail says why there is no script.
func (s *scriptBlock) fail(err error) {
	for _, b := range s.buttons {
		b.Disable()
	}
	s.copied.Hide()
	s.note.SetText(model.ScriptFailure(err).String())
	s.code.Objects = nil
	s.code.Refresh()
}

// text is what is shown, copied and saved.
func (s *scriptBlock) text() string {
	if s.tabs.On() == 2 {
		return s.script.Undo
	}
	return s.script.Text
}

func (s *scriptBlock) copy() {
	fyne.CurrentApp().Clipboard().SetContent(s.text())
	s.copied.SetText(say.T("Copied"))
}

func (s *scriptBlock) save() {
	out := s.script
	out.Text = s.text()
	saveFile(s.w, out.File, out.Encoded(), func(err error) {
		if err != nil {
			s.copied.SetText(say.T("The file could not be written. Choose another folder."))
			return
		}
		s.copied.SetText(say.T("Saved"))
	})
}

// saveFile asks where a file is to go and writes it there.
func saveFile(w *Window, name string, content []byte, done func(error)) {
	d := dialog.NewFileSave(func(to fyne.URIWriteCloser, err error) {
		if err != nil || to == nil {
			if err != nil {
				done(err)
			}
			return
		}
		_, err = to.Write(content)
		if c := to.Close(); err == nil {
			err = c
		}
		done(err)
	}, w.win)
	d.SetFileName(name)
	if home, err := storage.ListerForURI(storage.NewFileURI(w.Folder)); err == nil && w.Folder != "" {
		d.SetLocation(home)
	}
	d.Show()
}
