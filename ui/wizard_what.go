package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
)

// whatStep chooses what goes to the other side.
type whatStep struct {
	z    *wizard
	what *whatForm
	rows plainRows
}

func (s *whatStep) content() fyne.CanvasObject {
	s.rows = plainRows{}
	s.what = newWhatForm(func() *localapi.Draft { return &s.z.draft }, s.rows.row, func(string) { s.rows.look() })
	return part.Scroll(part.Column(part.GapBlocks, s.what.object, s.what.days))
}

func (s *whatStep) show() {
	s.what.fill(s.z.types)
	if s.z.types != nil {
		return
	}
	q := localapi.TestRequest{Draft: s.z.draft, System: localapi.SystemSevera}
	background(s.z.w, func(ctx context.Context) (localapi.TestResult, error) { return s.z.w.Agent.TestConnection(ctx, q) },
		func(r localapi.TestResult, err error) {
			if err == nil && r.OK {
				s.z.types = r.Types
				s.what.fill(r.Types)
			}
		})
}

func (s *whatStep) collect() { s.what.collect() }

func (s *whatStep) keys() []string { return []string{"rules", "private", "filter"} }

func (s *whatStep) wrong(ps []localapi.FieldProblem) {
	for _, p := range s.rows.wrong(ps) {
		s.z.tell(model.Advice{What: model.FieldWrong(p)})
	}
}

func (s *whatStep) forward(then func())   { then() }
func (s *whatStep) first() fyne.Focusable { return nil }
