package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// dialogWidth is how wide a dialog is.
const dialogWidth float32 = 480

// ask shows a dialog: a question over the window, which can be left by Escape
// and by the button that changes nothing, wherever in it the keyboard is. The keyboard begins there, or at
// focus if there is one.
func ask(w *Window, title string, body fyne.CanvasObject, do string, done func() bool, focus fyne.Focusable) {
	askBy(w, part.Main, title, body, do, done, focus)
}

// askBy is ask with a button that stands out in another way.
func askBy(w *Window, weight part.Weight, title string, body fyne.CanvasObject, do string, done func() bool, focus fyne.Focusable) {
	canvas := w.win.Canvas()
	before := canvas.Focused()
	var pop *widget.PopUp
	leave := func() {
		pop.Hide()
		if before != nil {
			canvas.Focus(before)
		}
	}
	cancel := part.NewButton(say.T("Cancel"), "", part.Medium, func() { leave() })
	act := func() {
		if done() {
			leave()
		}
	}
	yes := part.NewButton(do, "", weight, act)
	for _, o := range append(parts(body), cancel, yes) {
		if a, ok := o.(part.Answering); ok {
			a.Answers(leave, act)
		}
	}
	buttons := part.Row(part.Gap, part.Between(), cancel, yes)
	pop = widget.NewModalPopUp(part.Padded(part.GapBlocks, part.GapBlocks, part.Narrow(dialogWidth,
		part.Column(part.GapBlocks, part.SubHeading(title), body, buttons))), canvas)
	pop.Show()
	if focus == nil {
		focus = cancel
	}
	canvas.Focus(focus)
}

// parts are what lies in containers, one in the other.
func parts(of fyne.CanvasObject) []fyne.CanvasObject {
	c, ok := of.(*fyne.Container)
	if !ok {
		return []fyne.CanvasObject{of}
	}
	var out []fyne.CanvasObject
	for _, o := range c.Objects {
		out = append(out, parts(o)...)
	}
	return out
}

// trust shows a certificate that nobody vouches for, and asks whether exactly
// this one is to be trusted. before is the fingerprint of the one that was
// trusted until now; empty: none was.
func trust(w *Window, system string, c localapi.Certificate, before string, yes func()) {
	q := model.CertificateQuestionOf(c, system)
	body := part.Column(part.GapWide, part.Plain(q.Text))
	facts := part.Column(part.Gap)
	for _, f := range model.CertificateFacts(c, before) {
		value := part.Plain(f.Value)
		if f.Code {
			value = part.NewText(f.Value, part.Style{Size: part.SizeMono, Mono: true, Wrap: true})
		}
		facts.Add(part.Column(0, part.Caption(f.Name), value))
	}
	body.Add(facts)
	weight := part.Danger
	if !q.Stop {
		body.Add(part.Caption(model.CertificateWhy(c.Why)))
		weight = part.Main
	}
	askBy(w, weight, q.Title, body, q.Do, func() bool { yes(); return true }, nil)
}
