package ews

import "context"

// Message is a mail in plain text.
type Message struct {
	To            []string
	Subject, Text string
}

// SendMessage sends a mail and keeps a copy in Sent Items. It is never repeated: of an error of ClassUnknown nobody knows whether the mail has left.
func (m *Mailbox) SendMessage(ctx context.Context, msg Message) error {
	a, err := m.call(ctx, operation{name: opCreateItem, write: true, perItem: true, inputs: 1, body: func(e *encoder) {
		if len(msg.To) == 0 {
			e.fail("send message: it is for nobody")
			return
		}
		e.open("m:CreateItem", "MessageDisposition", "SendAndSaveCopy")
		e.targetFolder("m:SavedItemFolderId", FolderRef{Name: FolderSentItems})
		e.open("m:Items")
		e.open("t:Message")
		e.text("t:Subject", msg.Subject)
		e.text("t:Body", msg.Text, "BodyType", "Text")
		e.open("t:ToRecipients")
		for _, to := range msg.To {
			e.address("t:Mailbox", to)
		}
		e.close("t:ToRecipients")
		if m.address != "" {
			e.open("t:From")
			e.address("t:Mailbox", m.address)
			e.close("t:From")
		}
		e.close("t:Message")
		e.close("m:Items")
		e.close("m:CreateItem")
	}})
	if err != nil {
		return err
	}
	if e := a.messages[0].err; e != nil {
		return e
	}
	return nil
}

// address names a mailbox.
func (e *encoder) address(name, address string) {
	e.open(name)
	e.text("t:EmailAddress", address)
	e.close(name)
}
