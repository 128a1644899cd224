package ews

import "context"

const opUpdateItem = "UpdateItem"

// ItemChange is the update of one item.
type ItemChange struct {
	Ref ItemRef
	// Set names the properties that get their value from Item. An empty category or attendee list belongs into Delete.
	Item CalendarItem
	Set  []FieldURI
	// Interim is a rule to set just before the Recurrence of Item, in the same change: a server forgets the exceptions of a series with each rule that is
	// another one than before.
	Interim *Recurrence
	// SetExtended are extended properties to write.
	SetExtended []ExtendedProperty
	// Delete and DeleteExtended name properties to remove.
	Delete         []FieldURI
	DeleteExtended []ExtendedFieldURI
}

// UpdateOptions say how an update meets other people's changes and whom it tells. The zero value overwrites nothing and tells nobody.
type UpdateOptions struct {
	Conflict Conflict
	Send     SendMode
}

// UpdateItem updates items in one request. There is one result per change, in order; its Item holds only the new id. With NeverOverwrite a change key that is no
// longer current gives ClassPrecondition and nothing is written.
//
// The server applies the parts of a change one by one, so that zones go first, then start, end and the all-day mark, and the recurrence last.
func (m *Mailbox) UpdateItem(ctx context.Context, changes []ItemChange, o UpdateOptions) ([]ItemResult, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	compares := o.Conflict == NeverOverwrite
	a, err := m.call(ctx, operation{name: opUpdateItem, write: true, compares: compares, perItem: true, zone: true, inputs: len(changes), body: func(e *encoder) {
		if o.Conflict != AlwaysOverwrite {
			for _, c := range changes {
				if c.Ref.ID.ChangeKey == "" {
					e.fail("update item: without a change key only AlwaysOverwrite can be asked for")
				}
			}
		}
		attrs := []string{
			"ConflictResolution", e.known("conflict resolution", conflictNames(), int(o.Conflict)),
			"MessageDisposition", "SaveOnly", "SendMeetingInvitationsOrCancellations", e.known("send mode", sendModeNames(), int(o.Send)),
		}
		if e.version.Has(FeatureSuppressReadReceipts) {
			attrs = append(attrs, "SuppressReadReceipts", "true")
		}
		e.open("m:UpdateItem", attrs...)
		e.open("m:ItemChanges")
		for i := range changes {
			encodeChange(e, &changes[i])
		}
		e.close("m:ItemChanges")
		e.close("m:UpdateItem")
	}})
	if err != nil {
		return nil, err
	}
	return a.items(opUpdateItem, true), nil
}

func encodeSet(e *encoder, p *property, it *CalendarItem) {
	e.open("t:SetItemField")
	e.empty("t:FieldURI", "FieldURI", string(p.uri))
	e.open("t:CalendarItem")
	p.encode(e, it)
	e.close("t:CalendarItem")
	e.close("t:SetItemField")
}

func encodeChange(e *encoder, c *ItemChange) {
	set := e.writable(c.Set)
	byStep(set)
	if len(set)+len(c.SetExtended)+len(c.Delete)+len(c.DeleteExtended) == 0 {
		e.fail("update item: there is nothing to change")
		return
	}
	e.open("t:ItemChange")
	e.itemRef(c.Ref)
	e.open("t:Updates")
	for _, p := range set {
		if p.uri == FieldRecurrence && c.Interim != nil {
			encodeSet(e, p, &CalendarItem{Recurrence: c.Interim})
		}
		encodeSet(e, p, &c.Item)
	}
	for _, x := range c.SetExtended {
		e.open("t:SetItemField")
		e.extendedPath(x.URI)
		e.open("t:CalendarItem")
		encodeExtended(e, x)
		e.close("t:CalendarItem")
		e.close("t:SetItemField")
	}
	for _, p := range e.writable(c.Delete) {
		e.open("t:DeleteItemField")
		e.empty("t:FieldURI", "FieldURI", string(p.uri))
		e.close("t:DeleteItemField")
	}
	for _, u := range c.DeleteExtended {
		e.open("t:DeleteItemField")
		e.extendedPath(u)
		e.close("t:DeleteItemField")
	}
	e.close("t:Updates")
	e.close("t:ItemChange")
}
