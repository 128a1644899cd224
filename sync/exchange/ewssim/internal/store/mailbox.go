package store

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Right is what an account may do in somebody else's folder.
type Right int

// The rights, each including the ones before it.
const (
	RightNone   Right = iota
	RightRead         // Reviewer
	RightCreate       // Contributor with read access
	RightEdit         // Editor
)

// Mailbox is one person's (or room's) mailbox.
type Mailbox struct {
	GUID    string
	Primary string
	Aliases []string
	Name    string
	Account string // account that owns it, lower case; "" for none
	Zone    string // Windows id
	Quota   int    // most items that may be stored; 0 for no limit
	Hidden  bool   // removed: no longer to be found
	Remote  bool   // moved to the cloud: the directory knows it, this server does not have it
	Members []Person
	Configs map[string]*Config

	store   *Store
	cn      uint64
	serial  uint64
	folders map[uint64]*Folder
	well    map[string]*Folder
	order   []*Folder
	items   map[uint64]*Item
	events  []Event
	rights  map[string]map[uint64]Right // account -> folder serial (0 for all)
}

// Config is a user configuration object.
type Config struct {
	Serial     uint64
	CN         uint64
	Dictionary string // XML of the element, "" for none
	XMLData    string // base64
	BinaryData string // base64
}

var wellKnown = []struct{ id, name, class, parent string }{
	{"root", "", "IPF", ""},
	{"msgfolderroot", "Top of Information Store", "IPF", "root"},
	{"inbox", "Inbox", "IPF.Note", "msgfolderroot"},
	{"calendar", "Calendar", "IPF.Appointment", "msgfolderroot"},
	{"contacts", "Contacts", "IPF.Contact", "msgfolderroot"},
	{"tasks", "Tasks", "IPF.Task", "msgfolderroot"},
	{"drafts", "Drafts", "IPF.Note", "msgfolderroot"},
	{"sentitems", "Sent Items", "IPF.Note", "msgfolderroot"},
	{"deleteditems", "Deleted Items", "IPF.Note", "msgfolderroot"},
	{"junkemail", "Junk Email", "IPF.Note", "msgfolderroot"},
	{"outbox", "Outbox", "IPF.Note", "msgfolderroot"},
	{"notes", "Notes", "IPF.StickyNote", "msgfolderroot"},
	{"journal", "Journal", "IPF.Journal", "msgfolderroot"},
	{"searchfolders", "Finder", "IPF", "root"},
	{"recoverableitemsdeletions", "Deletions", "IPF.Note", "root"},
}

func (m *Mailbox) build() {
	m.folders = map[uint64]*Folder{}
	m.well = map[string]*Folder{}
	m.items = map[uint64]*Item{}
	m.rights = map[string]map[uint64]Right{}
	m.Configs = map[string]*Config{}
	for _, w := range wellKnown {
		m.addFolder(&Folder{Name: w.name, Class: w.class, Well: w.id, Parent: m.well[w.parent]})
	}
}

func (m *Mailbox) addFolder(f *Folder) *Folder {
	m.serial++
	f.Serial, f.box = m.serial, m
	f.items, f.gone = map[uint64]*Item{}, map[uint64]tomb{}
	f.CN = m.nextCN()
	f.Touched = m.store.Now()
	m.folders[f.Serial] = f
	m.order = append(m.order, f)
	if f.Well != "" {
		m.well[f.Well] = f
	}
	return f
}

func (m *Mailbox) nextCN() uint64 { m.cn++; return m.cn }

// Folders returns all folders, parents before children.
func (m *Mailbox) Folders() []*Folder { return m.order }

// Folder returns a folder by serial, nil when there is none.
func (m *Mailbox) Folder(serial uint64) *Folder { return m.folders[serial] }

// Well returns a distinguished folder, nil when the mailbox has none such.
func (m *Mailbox) Well(id string) *Folder { return m.well[id] }

// Item returns an item by serial, nil when there is none.
func (m *Mailbox) Item(serial uint64) *Item { return m.items[serial] }

// Used returns the number of items in the mailbox.
func (m *Mailbox) Used() int { return len(m.items) }

// CreateFolder makes a folder of the owner's own.
func (m *Mailbox) CreateFolder(parent *Folder, name, class string) *Folder {
	f := m.addFolder(&Folder{Name: name, Class: class, Parent: parent})
	m.emit(Event{Kind: Created, Folder: f.Serial, Parent: parent.Serial})
	return f
}

// DeleteFolder removes a folder with all in it; distinguished ones stay.
func (m *Mailbox) DeleteFolder(f *Folder) error {
	if f.Well != "" {
		return fmt.Errorf("delete folder: %q is distinguished", f.Well)
	}
	for _, k := range slices.Clone(m.order) {
		if k.Parent == f {
			if err := m.DeleteFolder(k); err != nil {
				return err
			}
		}
	}
	for n := range f.items {
		delete(m.items, n)
	}
	delete(m.folders, f.Serial)
	m.order = slices.DeleteFunc(m.order, func(x *Folder) bool { return x == f })
	m.emit(Event{Kind: Deleted, Folder: f.Serial, Parent: f.Parent.Serial})
	m.nextCN()
	return nil
}

// Add stores a new item in a folder and gives it its serial.
func (m *Mailbox) Add(f *Folder, it *Item, by string) {
	m.serial++
	it.Serial = m.serial
	now := m.store.Now()
	if it.Created.IsZero() {
		it.Created = now
	}
	it.Modified, it.ModifiedBy = now, by
	m.items[it.Serial] = it
	f.add(it, m.nextCN())
	f.Touched = now
	m.emit(Event{Kind: Created, Item: it.Serial, Parent: f.Serial})
}

// Changed notes that an item was changed: a new change key, a line in the feed.
func (m *Mailbox) Changed(it *Item, by string) {
	it.Modified, it.ModifiedBy = m.store.Now(), by
	it.folder.touch(it, m.nextCN())
	it.folder.Touched = it.Modified
	m.emit(Event{Kind: Modified, Item: it.Serial, Parent: it.folder.Serial})
}

// Remove deletes an item for good.
func (m *Mailbox) Remove(it *Item) {
	f := it.folder
	f.remove(it, m.nextCN())
	f.Touched = m.store.Now()
	delete(m.items, it.Serial)
	m.emit(Event{Kind: Deleted, Item: it.Serial, Parent: f.Serial})
}

// Move takes an item to another folder of the same mailbox. It gets a new
// serial and so a new id; nothing else of it changes.
func (m *Mailbox) Move(it *Item, to *Folder, by string) {
	from, old := it.folder, it.Serial
	from.remove(it, m.nextCN())
	from.Touched = m.store.Now()
	delete(m.items, old)
	m.serial++
	it.Serial = m.serial
	m.items[it.Serial] = it
	it.Modified, it.ModifiedBy = m.store.Now(), by
	to.add(it, m.nextCN())
	to.Touched = it.Modified
	m.emit(Event{Kind: Moved, Item: it.Serial, Parent: to.Serial, OldItem: old, OldParent: from.Serial})
}

// ItemID returns the id of an item, or of one occurrence of it.
func (m *Mailbox) ItemID(serial uint64) string {
	return ID{Kind: KindItem, Box: m.GUID, Serial: serial}.String()
}

// FolderID returns the id of a folder.
func (m *Mailbox) FolderID(serial uint64) string {
	return ID{Kind: KindFolder, Box: m.GUID, Serial: serial}.String()
}

// Key returns an item's change key.
func (m *Mailbox) Key(it *Item) string { return ChangeKey(m.GUID, it.IsCalendar(), it.CN) }

// Owns reports whether the account is the mailbox's owner.
func (m *Mailbox) Owns(account string) bool {
	return account != "" && strings.EqualFold(account, m.Account)
}

// Grant gives an account rights in a folder; folder nil means all folders.
func (m *Mailbox) Grant(account string, f *Folder, r Right) {
	account = strings.ToLower(account)
	if m.rights[account] == nil {
		m.rights[account] = map[uint64]Right{}
	}
	m.rights[account][folderKey(f)] = r
}

// RightOf returns what an account may do in a folder.
func (m *Mailbox) RightOf(account string, f *Folder) Right {
	if m.Owns(account) {
		return RightEdit
	}
	rs := m.rights[strings.ToLower(account)]
	if r, ok := rs[folderKey(f)]; ok {
		return r
	}
	return rs[0]
}

func folderKey(f *Folder) uint64 {
	if f == nil {
		return 0
	}
	return f.Serial
}

// LastChange is the time of the last change in a folder, for clients that look
// at it instead of at the feed.
func (f *Folder) LastChange() time.Time { return f.Touched }
