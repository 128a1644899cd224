package ews

import "context"

const opMoveItem = "MoveItem"

// MoveItem moves items to another folder of the mailbox. There is one result per reference, in order. The items get new ids, which servers from
// Exchange 2010 SP1 on name in the result; older ones leave the result without an id.
func (m *Mailbox) MoveItem(ctx context.Context, refs []ItemRef, to FolderRef) ([]ItemResult, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	a, err := m.call(ctx, operation{name: opMoveItem, write: true, perItem: true, inputs: len(refs), body: func(e *encoder) {
		e.open("m:MoveItem")
		e.targetFolder("m:ToFolderId", to)
		e.itemRefs(refs)
		if e.version.Has(FeatureReturnNewItemIDs) {
			e.bool("m:ReturnNewItemIds", true)
		}
		e.close("m:MoveItem")
	}})
	if err != nil {
		return nil, err
	}
	out := make([]ItemResult, len(a.messages))
	for i := range a.messages {
		if a.messages[i].err != nil {
			out[i].Err = a.messages[i].err
			continue
		}
		if list := a.messages[i].node.child("Items").all(); len(list) > 0 {
			out[i].Item = decodeItem(&list[0])
		}
	}
	return out, nil
}
