package ewssim

import (
	"errors"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

// distinguished names that the schema knows; the mailbox has most of them.
var distinguishedNames = map[string]bool{
	"calendar": true, "contacts": true, "deleteditems": true, "drafts": true, "inbox": true, "journal": true, "notes": true,
	"outbox": true, "sentitems": true, "tasks": true, "msgfolderroot": true, "publicfoldersroot": true, "root": true,
	"junkemail": true, "searchfolders": true, "voicemail": true, "recoverableitemsroot": true, "recoverableitemsdeletions": true,
	"recoverableitemsversions": true, "recoverableitemspurges": true, "archiveroot": true, "archivemsgfolderroot": true,
	"archivedeleteditems": true, "archiveinbox": true, "syncissues": true, "conflicts": true, "localfailures": true,
	"serverfailures": true, "recipientcache": true, "quickcontacts": true, "conversationhistory": true, "todosearch": true,
	"mycontacts": true, "directory": true, "imcontactlist": true, "peopleconnect": true, "favorites": true,
	"adminauditlogs": true, "archiverecoverableitemsroot": true, "archiverecoverableitemsdeletions": true,
	"archiverecoverableitemsversions": true, "archiverecoverableitemspurges": true, "recoverableitemsdiscoveryholds": true,
	"archiverecoverableitemsdiscoveryholds": true, "mecontact": true, "personmetadata": true,
}

// folderOf finds the folder that a FolderId or DistinguishedFolderId names and
// checks that the caller may do what needs right there.
func (c *call) folderOf(n *xmlnode.Node, right store.Right) (*store.Folder, error) {
	f, err := c.findFolder(n)
	if err != nil {
		return nil, err
	}
	if c.right(f) < right {
		return nil, c.denied(right, "ErrorFolderNotFound")
	}
	return f, nil
}

func (c *call) denied(right store.Right, notFoundCode string) *problemError {
	if right == store.RightRead && c.srv.opts.Switches.DeniedAsNotFound {
		return problemf(notFoundCode, "The specified object was not found in the store.")
	}
	if right == store.RightCreate {
		return problemf("ErrorCreateItemAccessDenied", "Access is denied. Items may not be created in this folder.")
	}
	return problemf("ErrorAccessDenied", "Access is denied. Check credentials and try again.")
}

// right is what the caller may do in a folder: everything in the mailbox that
// the request acts for, else what was granted to the acting person.
func (c *call) right(f *store.Folder) store.Right {
	if c.user == f.Box() {
		return store.RightEdit
	}
	account := c.account
	if c.acting && c.user != nil {
		account = c.user.Account
	}
	return f.Box().RightOf(account, f)
}

func (c *call) findFolder(n *xmlnode.Node) (*store.Folder, error) {
	if n == nil {
		return nil, invalid(c.req, "a folder id is missing")
	}
	switch n.Name {
	case "FolderId":
		id, err := store.ParseID(n.Attr("Id"))
		switch {
		case n.Attr("Id") == "":
			return nil, problemf("ErrorInvalidIdEmpty", "The id is empty.")
		case err != nil:
			return nil, problemf("ErrorInvalidIdMalformed", "Id is malformed.")
		case id.Kind != store.KindFolder:
			return nil, problemf("ErrorCannotUseItemIdForFolderId", "An item id was given where a folder id is needed.")
		}
		m := c.srv.store.ByGUID(id.Box)
		if m == nil || m.Folder(id.Serial) == nil {
			return nil, problemf("ErrorFolderNotFound", "The specified folder could not be found in the store.")
		}
		return m.Folder(id.Serial), nil
	case "DistinguishedFolderId":
		return c.findWell(n)
	}
	return nil, invalid(n, "the element %q does not name a folder", n.Name)
}

func (c *call) findWell(n *xmlnode.Node) (*store.Folder, error) {
	name := n.Attr("Id")
	if !distinguishedNames[name] {
		return nil, invalid(n, "DistinguishedFolderId %q is not known", name)
	}
	m := c.user
	if addr := n.Path("Mailbox", "EmailAddress"); addr != nil {
		if m = c.srv.store.Find(addr.Text); m == nil {
			return nil, problemf("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.")
		}
	}
	if m == nil {
		return nil, problemf("ErrorMissingEmailAddress", "When making a request as an account that does not have a mailbox, you must specify the mailbox primary SMTP address for any distinguished folder Ids.")
	}
	f := m.Well(name)
	if f == nil {
		return nil, problemf("ErrorFolderNotFound", "The specified folder could not be found in the store.")
	}
	return f, nil
}

// target is the item that an id names: with Occ, the occurrence on Day.
type target struct {
	box  *store.Mailbox
	item *store.Item
	occ  bool
	day  dayOf
	key  string // change key the client gave
}

// targetOf finds the item that an ItemId, OccurrenceItemId or
// RecurringMasterItemId names and checks the caller's rights.
func (c *call) targetOf(n *xmlnode.Node, right store.Right) (target, error) {
	var t target
	var err error
	switch n.Name {
	case "ItemId", "ReferenceItemId", "ParentItemId":
		t, err = c.byItemID(n.Attr("Id"))
	case "OccurrenceItemId":
		t, err = c.byIndex(n)
	case "RecurringMasterItemId":
		t, err = c.byItemID(n.Attr("OccurrenceId"))
		if err == nil && !t.occ {
			err = problemf("ErrorCalendarCannotUseIdForRecurringMasterId", "The id does not name an occurrence.")
		}
		t.occ = false
	default:
		err = invalid(n, "the element %q does not name an item", n.Name)
	}
	if err != nil {
		return t, err
	}
	t.key = n.Attr("ChangeKey")
	if t.key != "" {
		if _, kerr := store.ParseChangeKey(t.key); kerr != nil {
			return t, problemf("ErrorInvalidChangeKey", "The change key is invalid.")
		}
	}
	if c.right(t.item.Folder()) < right {
		return t, c.denied(right, "ErrorItemNotFound")
	}
	return t, nil
}

func (c *call) byItemID(s string) (target, error) {
	if s == "" {
		return target{}, problemf("ErrorInvalidIdEmpty", "The id is empty.")
	}
	id, err := store.ParseID(s)
	if errors.Is(err, store.ErrID) {
		return target{}, problemf("ErrorInvalidIdMalformed", "Id is malformed.")
	}
	if id.Kind == store.KindFolder {
		return target{}, problemf("ErrorCannotUseFolderIdForItemId", "A folder id was given where an item id is needed.")
	}
	m := c.srv.store.ByGUID(id.Box)
	if m == nil {
		return target{}, notFound()
	}
	it := m.Item(id.Serial)
	if it == nil {
		return target{}, notFound()
	}
	t := target{box: m, item: it, occ: id.Kind == store.KindOccurrence, day: id.Day}
	if t.occ {
		return t, checkOccurrence(it, id.Day)
	}
	return t, nil
}

// byIndex finds an occurrence by its number; deleted ones are counted.
func (c *call) byIndex(n *xmlnode.Node) (target, error) {
	t, err := c.byItemID(n.Attr("RecurringMasterId"))
	if err != nil {
		return t, err
	}
	if t.occ || t.item.Rule == nil {
		return t, problemf("ErrorCalendarCannotUseIdForOccurrenceId", "The id does not name a recurring master.")
	}
	i, err := parseInt(n.Attr("InstanceIndex"))
	if err != nil {
		return t, invalid(n, "InstanceIndex is not a number")
	}
	day, ok := t.item.Rule.At(i)
	if i < 1 || !ok {
		return t, problemf("ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange", "Occurrence index is out of recurrence range.")
	}
	if t.item.Deleted[day] {
		return t, problemf("ErrorCalendarOccurrenceIsDeletedFromRecurrence", "Occurrence with this index was previously deleted from the recurrence.")
	}
	t.occ, t.day = true, day
	return t, nil
}

func checkOccurrence(it *store.Item, day dayOf) error {
	if it.Rule == nil || it.Rule.IndexOf(day) == 0 {
		return notFound()
	}
	if it.Deleted[day] {
		return problemf("ErrorCalendarOccurrenceIsDeletedFromRecurrence", "Occurrence with this index was previously deleted from the recurrence.")
	}
	return nil
}
