package ewssim

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"lockstep/sync/exchange/ewssim/internal/recur"
	"lockstep/sync/exchange/ewssim/internal/store"
)

// What tests and the demo see of stored items. The types are those of the
// store; values handed out are copies.
type (
	// Item is one stored item.
	Item = store.Item
	// Person is a name with an SMTP address.
	Person = store.Person
	// Attendee is one invited person.
	Attendee = store.Attendee
	// Body is an item's text.
	Body = store.Body
	// Ext is an extended property with its values.
	Ext = store.Ext
	// ExtKey names an extended property.
	ExtKey = store.ExtKey
	// Attachment is listed with an item.
	Attachment = store.Attachment
	// Rule is a recurrence: pattern and range.
	Rule = recur.Rule
	// Day is a calendar day.
	Day = recur.Day
	// Days is a set of weekdays.
	Days = recur.Days
	// Right is what an account may do in a folder.
	Right = store.Right
)

// Rights that Share grants.
const (
	RightNone   = store.RightNone
	RightRead   = store.RightRead
	RightCreate = store.RightCreate
	RightEdit   = store.RightEdit
)

// Recurrence patterns and sets of days for Rule.
const (
	Daily           = recur.Daily
	Weekly          = recur.Weekly
	AbsoluteMonthly = recur.AbsoluteMonthly
	RelativeMonthly = recur.RelativeMonthly
	AbsoluteYearly  = recur.AbsoluteYearly
	RelativeYearly  = recur.RelativeYearly
	EveryDay        = recur.EveryDay
	Weekdays        = recur.Weekdays
	WeekendDay      = recur.WeekendDay
	LastIndex       = recur.Last
)

// DayOf returns the calendar day of a time in its own location.
func DayOf(t time.Time) Day { return recur.DayOf(t) }

// Errors of the steering methods.
var (
	ErrNoMailbox = store.ErrNoMailbox
	ErrNoFolder  = errors.New("no such folder")
	ErrNoItem    = errors.New("no such item")
)

// Stored is an item with where it is and how a client names it.
type Stored struct {
	Item
	ID, ChangeKey string
	Folder        string // distinguished name, or the folder's own name
}

// box runs f with the mailbox of an address.
func (s *Server) box(addr string, f func(*store.Mailbox) error) error {
	s.store.Mu.Lock()
	defer s.store.Mu.Unlock()
	m := s.store.Find(addr)
	if m == nil {
		return ErrNoMailbox
	}
	return f(m)
}

func folderName(f *store.Folder) string {
	if f.Well != "" {
		return f.Well
	}
	return f.Name
}

func findByName(m *store.Mailbox, name string) (*store.Folder, error) {
	for _, f := range m.Folders() {
		if folderName(f) == name {
			return f, nil
		}
	}
	return nil, fmt.Errorf("find folder: %w", ErrNoFolder)
}

func stored(m *store.Mailbox, it *store.Item) Stored {
	return Stored{Item: *it.Clone(), ID: m.ItemID(it.Serial), ChangeKey: m.Key(it), Folder: folderName(it.Folder())}
}

// Items lists what a mailbox holds, hidden (associated) items left out, in the order in
// which it came into each folder; of one folder, or of all when folder is "".
func (s *Server) Items(addr, folder string) ([]Stored, error) {
	var out []Stored
	err := s.box(addr, func(m *store.Mailbox) error {
		for _, f := range m.Folders() {
			if folder != "" && folderName(f) != folder {
				continue
			}
			for _, it := range f.Items() {
				if !it.Associated {
					out = append(out, stored(m, it))
				}
			}
		}
		return nil
	})
	return out, err
}

// DefineZone lets items be in a zone whose id only their maker knows, with the
// rules of an IANA zone, as programs without Windows' table write them. To be
// called before Start.
func (s *Server) DefineZone(id, iana string) error { return s.zones.Define(id, iana) }

// Put stores an item as its owner would in Outlook; folder "" means the
// calendar. It fills what Outlook would: element, class, UID, organiser, zone.
// It does not count as a client's write and mails nobody.
func (s *Server) Put(addr, folder string, it Item) (Stored, error) {
	if folder == "" {
		folder = "calendar"
	}
	var out Stored
	err := s.box(addr, func(m *store.Mailbox) error {
		f, err := findByName(m, folder)
		if err != nil {
			return err
		}
		n := it.Clone()
		s.complete(m, n)
		m.Add(f, n, m.Name)
		out = stored(m, n)
		return nil
	})
	return out, err
}

// complete fills what an item cannot be without.
func (s *Server) complete(m *store.Mailbox, it *store.Item) {
	if it.Elem == "" {
		it.Elem = "CalendarItem"
	}
	if it.ItemClass == "" {
		it.ItemClass = classOf[it.Elem]
	}
	if !it.IsCalendar() {
		return
	}
	if it.UID == "" {
		it.UID = s.newUID()
	}
	if it.StartZone == "" {
		it.StartZone = m.Zone
	}
	if it.EndZone == "" {
		it.EndZone = it.StartZone
	}
	if it.FreeBusy == "" {
		it.FreeBusy = "Busy"
	}
	if it.Organizer.Address == "" {
		it.Organizer = store.Person{Name: m.Name, Address: m.Primary}
	}
	if len(it.Attendees()) > 0 {
		it.State |= 1
	}
	if it.MyResponse == "" {
		it.MyResponse = "Organizer"
		if it.State&2 != 0 {
			it.MyResponse = "NoResponseReceived"
		}
	}
	it.Start, it.End = it.Start.UTC(), it.End.UTC()
}

// item runs f with the stored item of an id.
func (s *Server) item(id string, f func(*store.Mailbox, *store.Item) error) error {
	s.store.Mu.Lock()
	defer s.store.Mu.Unlock()
	p, err := store.ParseID(id)
	if err != nil {
		return fmt.Errorf("find item: %w", err)
	}
	m := s.store.ByGUID(p.Box)
	if m == nil || m.Item(p.Serial) == nil {
		return ErrNoItem
	}
	return f(m, m.Item(p.Serial))
}

// Edit changes an item as its owner would in Outlook: a new change key, a line
// in the feed, a notification; no client's write and no mail.
func (s *Server) Edit(id string, change func(*Item)) error {
	return s.item(id, func(m *store.Mailbox, it *store.Item) error {
		before := it.Clone()
		change(it)
		touched := map[string]bool{}
		for _, name := range differing(before, it) {
			touched[name] = true
		}
		m.Changed(it, m.Name)
		markFields(it, touched)
		return nil
	})
}

// EditOccurrence changes one occurrence of a series as its owner would; day is
// the one on which the series puts it. What differs afterwards becomes the
// exception's own.
func (s *Server) EditOccurrence(id string, day Day, change func(*Item)) error {
	return s.item(id, func(m *store.Mailbox, it *store.Item) error {
		if err := checkOccurrence(it, day); err != nil {
			return fmt.Errorf("edit occurrence: %w", err)
		}
		e := s.occurrence(it, day).Clone()
		before := e.Clone()
		change(e)
		if e.Over == nil {
			e.Over = map[string]bool{}
		}
		for _, name := range differing(before, e) {
			e.Over[name] = true
		}
		if it.Exceptions == nil {
			it.Exceptions = map[recur.Day]*store.Item{}
		}
		it.Exceptions[day] = e
		m.Changed(it, m.Name)
		changedException(it, day, e.Over)
		return nil
	})
}

// DropOccurrence deletes one occurrence of a series as its owner would.
func (s *Server) DropOccurrence(id string, day Day) error {
	return s.item(id, func(m *store.Mailbox, it *store.Item) error {
		if err := checkOccurrence(it, day); err != nil {
			return fmt.Errorf("drop occurrence: %w", err)
		}
		if err := dropOccurrence(target{box: m, item: it, occ: true, day: day}); err != nil {
			return fmt.Errorf("drop occurrence: %w", err)
		}
		m.Changed(it, m.Name)
		return nil
	})
}

// differing names the fields in which two states of an item differ, as far as
// conflicts are decided by them.
func differing(a, b *store.Item) []string {
	var out []string
	add := func(name string, same bool) {
		if !same {
			out = append(out, name)
		}
	}
	add("Subject", a.Subject == b.Subject)
	add("Location", a.Location == b.Location)
	add("Body", a.Body == b.Body)
	add("Start", a.Start.Equal(b.Start))
	add("End", a.End.Equal(b.End))
	add("Sensitivity", a.Sensitivity == b.Sensitivity)
	add("LegacyFreeBusyStatus", a.FreeBusy == b.FreeBusy)
	add("Categories", slices.Equal(a.Categories, b.Categories))
	add("ReminderIsSet", a.ReminderSet == b.ReminderSet && a.ReminderMinutes == b.ReminderMinutes)
	add("RequiredAttendees", slices.Equal(a.Required, b.Required))
	add("IsAllDayEvent", a.AllDay == b.AllDay)
	return out
}

// Drop deletes an item as its owner would: into Deleted Items, or for good when
// forever is set.
func (s *Server) Drop(id string, forever bool) error {
	return s.item(id, func(m *store.Mailbox, it *store.Item) error {
		if forever {
			m.Remove(it)
		} else {
			m.Move(it, m.Well("deleteditems"), m.Name)
		}
		return nil
	})
}

// Drag moves an item to another folder as its owner would; it gets a new id.
func (s *Server) Drag(id, folder string) (Stored, error) {
	var out Stored
	err := s.item(id, func(m *store.Mailbox, it *store.Item) error {
		f, err := findByName(m, folder)
		if err != nil {
			return err
		}
		m.Move(it, f, m.Name)
		out = stored(m, it)
		return nil
	})
	return out, err
}

// Copy duplicates an item as its owner would in Outlook: extended properties
// come along, UID and id are new.
func (s *Server) Copy(id string) (Stored, error) {
	var out Stored
	err := s.item(id, func(m *store.Mailbox, it *store.Item) error {
		n := it.Clone()
		n.UID, n.FieldCN = s.newUID(), nil
		m.Add(it.Folder(), n, m.Name)
		out = stored(m, n)
		return nil
	})
	return out, err
}

// BreakExt leaves an extended property on an item without a value, as servers
// in the field are known to hand out. Answers with it do not validate.
func (s *Server) BreakExt(id string, k ExtKey) error {
	return s.item(id, func(m *store.Mailbox, it *store.Item) error {
		it.SetExt(store.Ext{Key: canonical(k)})
		m.Changed(it, m.Name)
		return nil
	})
}

// MakeFolder creates a folder of the owner's own below msgfolderroot.
func (s *Server) MakeFolder(addr, name, class string) error {
	return s.MakeFolderIn(addr, "msgfolderroot", name, class)
}

// MakeFolderIn creates a folder of the owner's own below another.
func (s *Server) MakeFolderIn(addr, parent, name, class string) error {
	return s.box(addr, func(m *store.Mailbox) error {
		f, err := findByName(m, parent)
		if err != nil {
			return err
		}
		m.CreateFolder(f, name, class)
		return nil
	})
}

// MoveMailbox does what a move to another database does: every id is new and
// every sync state invalid.
func (s *Server) MoveMailbox(addr string) error {
	s.store.Mu.Lock()
	defer s.store.Mu.Unlock()
	return s.store.MoveMailbox(addr)
}

// RemoveMailbox takes a mailbox out of the directory.
func (s *Server) RemoveMailbox(addr string) error {
	s.store.Mu.Lock()
	defer s.store.Mu.Unlock()
	return s.store.RemoveMailbox(addr)
}

// SetQuota limits the number of items in a mailbox; 0 lifts the limit.
func (s *Server) SetQuota(addr string, items int) error {
	return s.box(addr, func(m *store.Mailbox) error { m.Quota = items; return nil })
}

// AllowImpersonation gives an account the role ApplicationImpersonation for the
// owners of these addresses; for everybody when there are none.
func (s *Server) AllowImpersonation(account string, addrs ...string) {
	s.store.Mu.Lock()
	defer s.store.Mu.Unlock()
	s.store.AllowImpersonation(account, addrs...)
}

// RevokeImpersonation takes the role away.
func (s *Server) RevokeImpersonation(account string) {
	s.store.Mu.Lock()
	defer s.store.Mu.Unlock()
	s.store.RevokeImpersonation(account)
}

// Share gives an account rights in a folder of a mailbox, in all of it when
// folder is "". RightNone takes them away.
func (s *Server) Share(addr, folder, account string, r Right) error {
	return s.box(addr, func(m *store.Mailbox) error {
		var f *store.Folder
		if folder != "" {
			var err error
			if f, err = findByName(m, folder); err != nil {
				return err
			}
		}
		m.Grant(account, f, r)
		return nil
	})
}

// SetMembers makes a mailbox a distribution list for ExpandDL.
func (s *Server) SetMembers(addr string, members ...Person) error {
	return s.box(addr, func(m *store.Mailbox) error { m.Members = slices.Clone(members); return nil })
}
