package memory

import (
	"context"
	"slices"

	"lockstep/sync/endpoint"
)

var _ endpoint.Messenger = marker{}

// Message sends a mail.
func (m marker) Message(ctx context.Context, l endpoint.Letter) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	fault, e := m.trouble(ctx, m.addr, "send mail", false, true)
	lost := m.fail("send mail", "", endpoint.OutcomeUnknown, endpoint.ScopeItem, "AnswerLost")
	switch {
	case e != nil:
		return e
	case fault == LoseRequest:
		return lost
	}
	l.To = slices.Clone(l.To)
	m.letters = append(m.letters, l)
	if fault == LoseAnswer {
		return lost
	}
	return nil
}

// Letters are the mails that programs have sent in people's names.
func (c *Calendar) Letters() []endpoint.Letter {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.letters)
}
