package ews

import (
	"context"
	"errors"
	"strconv"
)

// Note is an item that is no calendar entry and only carries properties: a program's own notice in a folder. It is a message that nobody sends.
type Note struct {
	Class    string // IPM.… of the program's own
	Subject  string
	Extended []ExtendedProperty
	// Hidden keeps it out of every list that people see. Exchange 2010 and newer; where the server cannot, the note is an ordinary item.
	Hidden bool
}

// CreateNote makes a note in a folder.
func (m *Mailbox) CreateNote(ctx context.Context, folder FolderRef, n Note) (ItemID, error) {
	a, err := m.call(ctx, operation{name: opCreateItem, write: true, compares: true, perItem: true, inputs: 1, body: func(e *encoder) {
		e.open("m:CreateItem", "MessageDisposition", "SaveOnly")
		e.targetFolder("m:SavedItemFolderId", folder)
		e.open("m:Items")
		e.open("t:Message")
		e.text("t:ItemClass", n.Class)
		e.text("t:Subject", n.Subject)
		for _, x := range n.Extended {
			encodeExtended(e, x)
		}
		if n.Hidden && e.version.Has(FeatureAssociated) {
			e.bool("t:IsAssociated", true)
		}
		e.close("t:Message")
		e.close("m:Items")
		e.close("m:CreateItem")
	}})
	if err != nil {
		return ItemID{}, err
	}
	r := a.items(opCreateItem, true)[0]
	return r.Item.ID, r.Err
}

// UpdateNote replaces properties of a note and returns its new id. It overwrites nothing that the change key does not know of: of two programs that
// try at once, one gets ClassPrecondition.
func (m *Mailbox) UpdateNote(ctx context.Context, id ItemID, set []ExtendedProperty) (ItemID, error) {
	a, err := m.call(ctx, operation{name: opUpdateItem, write: true, compares: true, perItem: true, inputs: 1, body: func(e *encoder) {
		if id.ChangeKey == "" || len(set) == 0 {
			e.fail("update note: a change key and a property are needed")
			return
		}
		e.open("m:UpdateItem", "ConflictResolution", NeverOverwrite.String(), "MessageDisposition", "SaveOnly")
		e.open("m:ItemChanges")
		e.open("t:ItemChange")
		e.itemRef(Ref(id))
		e.open("t:Updates")
		for _, x := range set {
			e.open("t:SetItemField")
			e.extendedPath(x.URI)
			e.open("t:Message")
			encodeExtended(e, x)
			e.close("t:Message")
			e.close("t:SetItemField")
		}
		e.close("t:Updates")
		e.close("t:ItemChange")
		e.close("m:ItemChanges")
		e.close("m:UpdateItem")
	}})
	if err != nil {
		return ItemID{}, err
	}
	r := a.items(opUpdateItem, true)[0]
	return r.Item.ID, r.Err
}

// FindNotes lists the notes of a folder that bear a property, those that are hidden or the others: all of them, in as many requests as the server
// has pages. Texts are cut after 255 characters.
func (m *Mailbox) FindNotes(ctx context.Context, folder FolderRef, hidden bool, property ExtendedFieldURI, shape Shape) ([]CalendarItem, error) {
	var out []CalendarItem
	for {
		p, err := m.findNotes(ctx, folder, hidden, property, shape, len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, p.Items...)
		switch {
		case p.Last:
			return out, nil
		case len(p.Items) == 0:
			return nil, &Error{Op: opFindItem, Class: ClassProtocol, HTTPStatus: 200, Sent: true, Err: errors.New("read search: a page is empty and not the last")}
		}
	}
}

func (m *Mailbox) findNotes(ctx context.Context, folder FolderRef, hidden bool, property ExtendedFieldURI, shape Shape, offset int) (FindPage, error) {
	traversal := "Shallow"
	if hidden {
		traversal = "Associated"
	}
	a, err := m.call(ctx, operation{name: opFindItem, inputs: 1, body: func(e *encoder) {
		e.open("m:FindItem", "Traversal", traversal)
		encodeItemShape(e, shape)
		e.empty("m:IndexedPageItemView", "MaxEntriesReturned", strconv.Itoa(findPage), "Offset", strconv.Itoa(offset), "BasePoint", "Beginning")
		e.open("m:Restriction")
		e.open("t:Exists")
		e.extendedPath(property)
		e.close("t:Exists")
		e.close("m:Restriction")
		e.targetFolder("m:ParentFolderIds", folder)
		e.close("m:FindItem")
	}})
	if err != nil {
		return FindPage{}, err
	}
	if a.messages[0].err != nil {
		return FindPage{}, a.messages[0].err
	}
	return decodeFind(a.messages[0].node.child("RootFolder"))
}

// FirstMarked lists the first items of a folder that bear a property, hidden ones left out: as many as one answer holds.
func (m *Mailbox) FirstMarked(ctx context.Context, folder FolderRef, property ExtendedFieldURI, shape Shape) ([]CalendarItem, error) {
	p, err := m.findNotes(ctx, folder, false, property, shape, 0)
	return p.Items, err
}
