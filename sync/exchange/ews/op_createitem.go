package ews

import "context"

const opCreateItem = "CreateItem"

// NewItem is an item to create: the named properties of Item, and all of Item.Extended.
type NewItem struct {
	Item   CalendarItem
	Fields []FieldURI
}

// CreateItem creates calendar items in one request. There is one result per item, in order; its Item holds only the new id.
func (m *Mailbox) CreateItem(ctx context.Context, folder FolderRef, items []NewItem, send SendMode) ([]ItemResult, error) {
	if len(items) == 0 {
		return nil, nil
	}
	a, err := m.call(ctx, operation{name: opCreateItem, write: true, compares: true, perItem: true, zone: true, inputs: len(items), body: func(e *encoder) {
		e.open("m:CreateItem", "SendMeetingInvitations", e.sendToAll(send))
		e.targetFolder("m:SavedItemFolderId", folder)
		e.open("m:Items")
		for i := range items {
			encodeNewItem(e, &items[i].Item, items[i].Fields)
		}
		e.close("m:Items")
		e.close("m:CreateItem")
	}})
	if err != nil {
		return nil, err
	}
	return a.items(opCreateItem, true), nil
}

// sendToAll names a mode for creations and deletions, which know no changed attendees.
func (e *encoder) sendToAll(s SendMode) string {
	if s < SendToNone || s > SendToAllAndSaveCopy {
		e.fail("choose who gets mail: %s exists for updates only", s)
	}
	return s.String()
}
