package ews

import "context"

const opDeleteItem = "DeleteItem"

// DeleteOptions say where a deleted item goes and who is told. The zero value moves it to Deleted Items and tells nobody.
type DeleteOptions struct {
	Disposal Disposal
	Send     SendMode
}

// DeleteItem deletes items in one request. There is one error per reference, in order; nil means deleted. The server checks no change key here.
// With delegate access it refuses MoveToDeletedItems; use MoveItem then.
func (m *Mailbox) DeleteItem(ctx context.Context, refs []ItemRef, o DeleteOptions) ([]error, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	a, err := m.call(ctx, operation{name: opDeleteItem, write: true, perItem: true, inputs: len(refs), body: func(e *encoder) {
		attrs := []string{"DeleteType", e.known("disposal", disposalNames(), int(o.Disposal)), "SendMeetingCancellations", e.sendToAll(o.Send)}
		if e.version.Has(FeatureSuppressReadReceipts) {
			attrs = append(attrs, "SuppressReadReceipts", "true")
		}
		e.open("m:DeleteItem", attrs...)
		e.itemRefs(refs)
		e.close("m:DeleteItem")
	}})
	if err != nil {
		return nil, err
	}
	return a.errs(), nil
}

// errs returns the outcome of each response message.
func (a *answer) errs() []error {
	out := make([]error, len(a.messages))
	for i := range a.messages {
		if a.messages[i].err != nil {
			out[i] = a.messages[i].err
		}
	}
	return out
}
