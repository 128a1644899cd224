package store

import (
	"slices"
	"time"
)

// Folder is one folder of a mailbox.
type Folder struct {
	Serial  uint64
	Name    string
	Class   string // IPF.Appointment, IPF.Note, …
	Well    string // distinguished name, "" for the owner's own folders
	Parent  *Folder
	CN      uint64
	Touched time.Time // last change of the folder or its content
	Deletes int

	box     *Mailbox
	serials []uint64 // live items, ascending
	gone    map[uint64]tomb
	log     []change // ascending by cn
	items   map[uint64]*Item
}

type tomb struct{ created, deleted uint64 }

type change struct{ cn, serial uint64 }

// Box returns the mailbox of the folder.
func (f *Folder) Box() *Mailbox { return f.box }

// Count returns the number of items that are not associated (hidden).
func (f *Folder) Count() int {
	n := 0
	for _, it := range f.items {
		if !it.Associated {
			n++
		}
	}
	return n
}

// Len returns the number of items, hidden ones included.
func (f *Folder) Len() int { return len(f.items) }

// Items returns the items by the order in which they came into the folder. The
// caller must not change the slice.
func (f *Folder) Items() []*Item {
	out := make([]*Item, 0, len(f.items))
	for _, n := range f.serials {
		if it := f.items[n]; it != nil {
			out = append(out, it)
		}
	}
	return out
}

// add puts an item in with change number cn.
func (f *Folder) add(it *Item, cn uint64) {
	it.folder = f
	it.CN, it.CreatedCN = cn, cn
	f.items[it.Serial] = it
	f.serials = append(f.serials, it.Serial)
	f.log = append(f.log, change{cn, it.Serial})
}

// touch notes a change of an item that is in the folder.
func (f *Folder) touch(it *Item, cn uint64) {
	it.CN = cn
	f.log = append(f.log, change{cn, it.Serial})
	f.compact()
}

// remove takes an item out and leaves a tombstone.
func (f *Folder) remove(it *Item, cn uint64) {
	delete(f.items, it.Serial)
	f.gone[it.Serial] = tomb{it.CreatedCN, cn}
	f.log = append(f.log, change{cn, it.Serial})
	f.Deletes++
	if len(f.serials) > 2*len(f.items)+64 {
		f.serials = slices.DeleteFunc(f.serials, func(n uint64) bool { return f.items[n] == nil })
	}
	f.compact()
}

// last returns the change number at which the item was last changed or removed.
func (f *Folder) last(serial uint64) uint64 {
	if it := f.items[serial]; it != nil {
		return it.CN
	}
	return f.gone[serial].deleted
}

// compact drops superseded entries once they are most of the log, so that the
// log stays in proportion to the folder however often an item changes.
func (f *Folder) compact() {
	if len(f.log) < 2*(len(f.items)+len(f.gone))+1024 {
		return
	}
	f.log = slices.DeleteFunc(f.log, func(c change) bool { return f.last(c.serial) != c.cn })
}
