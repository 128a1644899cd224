package exchange

import (
	"context"

	"lockstep/sync/endpoint"
	"lockstep/sync/exchange/ews"
)

var _ endpoint.Messenger = (*calendar)(nil)

// Message sends a mail from the person's mailbox. An entry is not touched by it.
func (c *calendar) Message(ctx context.Context, l endpoint.Letter) error {
	err := c.box.SendMessage(ctx, ews.Message{To: l.To, Subject: oneLine(l.Subject), Text: notes(l.Text)})
	if err == nil {
		return nil
	}
	return failed("send mail", err, endpoint.ScopeItem)
}
