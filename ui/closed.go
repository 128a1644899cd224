package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// closedPage stands where the office cannot be opened: it says what is the
// matter with the keyring and takes a passphrase where one helps.
type closedPage struct {
	w      *Window
	why    localapi.ClosedWhy
	title  *part.Text
	text   *part.Text
	form   *fyne.Container
	first  *part.Field
	again  *part.Field
	typed  *part.Entry
	twice  *part.Entry
	note   *part.Text
	button *part.Button
}

func newClosed(w *Window) page { return &closedPage{w: w} }

func (p *closedPage) content() fyne.CanvasObject {
	p.title, p.text, p.note = part.Heading(""), part.Plain(""), part.Quiet("")
	p.typed, p.twice = part.NewPasswordEntry(""), part.NewPasswordEntry("")
	p.first = part.NewField(say.T("Passphrase"), p.typed, say.T("It is kept nowhere. Nobody can bring it back."), nil)
	p.again = part.NewField(say.T("Once more"), p.twice, "", nil)
	chain(p.w, p.unlock, p.typed)
	p.twice.OnSubmitted = func(string) { p.unlock() }
	p.form = container.NewStack()
	p.button = part.NewButton(say.T("Try again"), "", part.Main, p.unlock)
	col := part.Column(part.GapBlocks,
		container.NewHBox(part.Tinted("key", theme.ColorNameWarning, 32)), part.Column(part.Gap, p.title, p.text), p.form, part.Row(part.GapWide, p.button, part.Between()), p.note)
	return part.Padded(2*part.Margin, 2*part.Margin, part.Scroll(part.AtMost(560, col)))
}

func (p *closedPage) open() {}

func (p *closedPage) update(office.Status) {}

// show says why the office is closed.
func (p *closedPage) show(why localapi.ClosedWhy) {
	w := model.ClosedOf(why)
	p.note.SetText("")
	if p.why == why {
		return
	}
	p.why = why
	p.title.SetText(w.Title)
	p.text.SetText(w.Text)
	p.button.SetText(w.Button)
	p.form.Objects = nil
	switch {
	case w.New:
		p.typed.OnSubmitted = func(string) { p.w.win.Canvas().Focus(p.twice) }
		p.form.Add(part.Form(labelWidth, p.first, p.again))
	case w.Passphrase:
		p.typed.OnSubmitted = func(string) { p.unlock() }
		p.form.Add(part.Form(labelWidth, p.first))
	}
	p.first.SetWrong(w.Wrong)
	p.form.Refresh()
	if w.Passphrase {
		p.w.win.Canvas().Focus(p.typed)
	} else {
		p.w.win.Canvas().Focus(p.button)
	}
}

// unlock has the office tried again.
func (p *closedPage) unlock() {
	w := model.ClosedOf(p.why)
	if wrong := model.PassphraseWrong(w, p.typed.Text, p.twice.Text); wrong != "" {
		if w.New && p.typed.Text != "" && wrong == model.PassphrasesDiffer() {
			p.again.SetWrong(wrong)
			return
		}
		p.first.SetWrong(wrong)
		return
	}
	u, ok := p.w.Agent.(localapi.Unlocker)
	if !ok {
		return
	}
	q := localapi.UnlockRequest{}
	if w.Passphrase {
		q.Passphrase = localapi.Secret(p.typed.Text)
	}
	p.first.SetWrong("")
	p.again.SetWrong("")
	p.note.SetText(say.T("Opening"))
	p.why = "" // what comes next is news, also if it is the same
	background(p.w, func(ctx context.Context) (struct{}, error) { return struct{}{}, u.Unlock(ctx, q) },
		func(_ struct{}, err error) {
			p.typed.SetText("")
			p.twice.SetText("")
			if err != nil {
				p.note.SetText(model.Failure(err).String())
			}
		})
}
