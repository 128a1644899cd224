package ews

import (
	"context"
	"errors"
)

const opGetItem = "GetItem"

// ItemResult is the outcome for one item of a batch.
type ItemResult struct {
	Item CalendarItem
	Err  error
}

// GetItem reads items in one request. There is one result per reference, in order. The server works on one batch for about a minute and answers the
// rest as ClassUnavailable.
func (m *Mailbox) GetItem(ctx context.Context, refs []ItemRef, s Shape) ([]ItemResult, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	a, err := m.call(ctx, operation{name: opGetItem, perItem: true, zone: true, inputs: len(refs), body: func(e *encoder) {
		e.open("m:GetItem")
		encodeItemShape(e, s)
		e.itemRefs(refs)
		e.close("m:GetItem")
	}})
	if err != nil {
		return nil, err
	}
	return a.items(opGetItem, false), nil
}

// items reads the items of an answer with one item per response message.
func (a *answer) items(op string, write bool) []ItemResult {
	out := make([]ItemResult, len(a.messages))
	for i := range a.messages {
		list := a.messages[i].node.child("Items").all()
		switch {
		case a.messages[i].err != nil:
			out[i].Err = a.messages[i].err
		case len(list) == 0:
			out[i].Err = incomplete(op, write)
		default:
			out[i].Item = decodeItem(&list[0])
			if out[i].Item.ID.ID == "" {
				out[i].Err = incomplete(op, write)
			}
		}
	}
	return out
}

// incomplete is the error for a success without content.
func incomplete(op string, write bool) *Error {
	e := &Error{Op: op, Class: ClassProtocol, HTTPStatus: 200, Sent: true, Err: errors.New("read answer: it reports success but names no item")}
	if write {
		e.Class = ClassUnknown
	}
	return e
}
