package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// rulesStep is the last page before the rehearsal.
type rulesStep struct {
	z   *wizard
	how *howCards
}

func (s *rulesStep) content() fyne.CanvasObject {
	s.how = newHowCards(func() *localapi.Draft { return &s.z.draft }, func(string) {})
	return part.Scroll(s.how.object)
}

func (s *rulesStep) show()          { s.how.fill() }
func (s *rulesStep) collect()       {}
func (s *rulesStep) keys() []string { return []string{"rules"} }

func (s *rulesStep) wrong(ps []localapi.FieldProblem) {
	for _, p := range ps {
		s.z.tell(model.Advice{What: model.FieldWrong(p)})
	}
}

func (s *rulesStep) first() fyne.Focusable { return nil }

// forward lets everything take effect and shows what would be written.
func (s *rulesStep) forward(then func()) {
	s.z.save(func() {
		switches := model.Switches(s.z.matches, s.z.ticked)
		if len(switches) == 0 {
			then()
			return
		}
		s.z.work(say.T("Saving"))
		background(s.z.w, func(ctx context.Context) (struct{}, error) {
			for address, on := range switches {
				if _, err := s.z.w.Agent.Switch(ctx, address, on, "setup"); err != nil {
					return struct{}{}, err
				}
			}
			return struct{}{}, nil
		}, func(_ struct{}, err error) {
			s.z.work("")
			if !s.z.fail(err) {
				then()
			}
		})
	})
}

// howCards are the rules with consequences, each as a card with its example.
type howCards struct {
	draft  func() *localapi.Draft
	told   func(key string)
	object fyne.CanvasObject
	groups []howGroup
}

type howGroup struct {
	choices model.Choices
	cards   []*part.OptionCard
}

func newHowCards(draft func() *localapi.Draft, told func(key string)) *howCards {
	h := &howCards{draft: draft, told: told}
	col := part.Column(part.GapBlocks)
	for g, c := range model.HowChoices() {
		group := howGroup{choices: c}
		grid := part.Grid(2, part.GapWide)
		for i, o := range c.Options {
			card := part.NewOptionCard(o.Title, o.Note, func() { h.choose(g, i) })
			if o.Why != "" {
				card.Disable()
			}
			group.cards = append(group.cards, card)
			grid.Add(card)
		}
		h.groups = append(h.groups, group)
		col.Add(part.Column(part.Gap, part.SubHeading(c.Title), grid))
	}
	h.object = col
	return h
}

func (h *howCards) choose(group, option int) {
	g := h.groups[group]
	if g.choices.Set != nil {
		g.choices.Set(h.draft(), g.choices.Options[option].Word)
	}
	h.fill()
	h.told(g.choices.Key)
}

// fill shows the draft.
func (h *howCards) fill() {
	for _, g := range h.groups {
		on := model.ChoiceOf(g.choices, *h.draft())
		for i, c := range g.cards {
			c.SetOn(i == on)
		}
	}
}
