package ews

import (
	"context"
	"errors"
)

const (
	opSyncFolderItems = "SyncFolderItems"
	// MaxSyncPage is the largest page that the schema allows.
	MaxSyncPage = 512
)

// SyncRequest asks for one page of the changes of a folder.
type SyncRequest struct {
	Folder FolderRef
	// State is the SyncState of the page before, empty for everything from the beginning. It is opaque and can be large.
	State string
	// Max is the largest number of changes, MaxSyncPage if zero.
	Max int
	// Shape adds properties to the id. Each costs the server much; bodies, attendees and recurrences are not available here.
	Shape Shape
}

// ChangeKind is the kind of a change.
type ChangeKind int

// The kinds of change. Created and updated are one: the server does not tell them apart reliably.
const (
	ChangeUpsert ChangeKind = iota
	ChangeDelete
	ChangeReadFlag
)

// String names the kind.
func (k ChangeKind) String() string {
	return enumName("ChangeKind", []string{"upsert", "delete", "read flag"}, int(k))
}

// SyncChange is one change. For ChangeDelete and ChangeReadFlag only the item's ID is set.
type SyncChange struct {
	Kind ChangeKind
	Item CalendarItem
}

// SyncPage is one page of changes. State is to be stored together with them, and only then.
type SyncPage struct {
	State   string
	Last    bool // no further page is waiting
	Changes []SyncChange
}

// SyncFolderItems reads one page. A refused State comes back as ClassCursorExpired.
func (m *Mailbox) SyncFolderItems(ctx context.Context, r SyncRequest) (SyncPage, error) {
	setDefault(&r.Max, MaxSyncPage)
	if r.Max < 1 || r.Max > MaxSyncPage {
		return SyncPage{}, invalid(opSyncFolderItems, "ask for changes: the page size is not between 1 and %d", MaxSyncPage)
	}
	a, err := m.call(ctx, operation{name: opSyncFolderItems, inputs: 1, body: func(e *encoder) {
		e.open("m:SyncFolderItems")
		encodeItemShape(e, r.Shape)
		e.targetFolder("m:SyncFolderId", r.Folder)
		if r.State != "" {
			e.text("m:SyncState", r.State)
		}
		e.int("m:MaxChangesReturned", r.Max)
		if e.version.Has(FeatureSyncScope) {
			e.text("m:SyncScope", "NormalItems")
		}
		e.close("m:SyncFolderItems")
	}})
	if err != nil {
		return SyncPage{}, err
	}
	msg := a.messages[0]
	if msg.err != nil {
		if msg.err.Class == ClassCursorExpired && r.State == "" {
			msg.err.Class = ClassCalendarNotFound // there was no cursor: the folder itself is gone
		}
		return SyncPage{}, msg.err
	}
	return decodeSync(msg.node)
}

// decodeSync refuses a page without state, end mark or ids: a half-read page that advances the cursor would lose changes.
func decodeSync(n *node) (SyncPage, error) {
	bad := func(what string) error {
		return &Error{Op: opSyncFolderItems, Class: ClassProtocol, HTTPStatus: 200, Sent: true, Err: errors.New("read changes: " + what)}
	}
	p := SyncPage{State: n.childWord("SyncState")}
	if p.State == "" {
		return SyncPage{}, bad("the answer has no sync state")
	}
	last, err := parseBool(n.childStr("IncludesLastItemInRange"))
	if err != nil {
		return SyncPage{}, bad("the answer does not tell whether it is the last")
	}
	p.Last = last
	list := n.child("Changes").all()
	for i := range list {
		c := SyncChange{}
		switch list[i].name {
		case "Create", "Update":
			kids := list[i].all()
			if len(kids) == 0 {
				return SyncPage{}, bad("a change has no item")
			}
			c.Item = decodeItem(&kids[0])
		case "Delete":
			c.Kind = ChangeDelete
			c.Item.ID = decodeItemID(list[i].child("ItemId"))
		case "ReadFlagChange":
			c.Kind = ChangeReadFlag
			c.Item.ID = decodeItemID(list[i].child("ItemId"))
		default:
			return SyncPage{}, bad("a change is of an unknown kind")
		}
		if c.Item.ID.ID == "" {
			return SyncPage{}, bad("a change has no id")
		}
		p.Changes = append(p.Changes, c)
	}
	return p, nil
}
