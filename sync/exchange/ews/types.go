package ews

import (
	"fmt"
	"time"
)

// ItemID identifies an item and the state in which it was seen. Ids are case-sensitive and change when an item moves.
type ItemID struct {
	ID        string
	ChangeKey string
}

// FolderID identifies a folder by its opaque id.
type FolderID struct {
	ID        string
	ChangeKey string
}

// Distinguished names a folder that every mailbox has; the value is the wire's name.
type Distinguished string

// The distinguished folders used here.
const (
	FolderCalendar     Distinguished = "calendar"
	FolderRoot         Distinguished = "root"
	FolderMessageRoot  Distinguished = "msgfolderroot"
	FolderDeletedItems Distinguished = "deleteditems"
	FolderInbox        Distinguished = "inbox"
	FolderSentItems    Distinguished = "sentitems"
)

// FolderRef names a folder: by its id, or by its name where ID is empty. With delegate access the name is completed by the mailbox.
type FolderRef struct {
	ID   FolderID
	Name Distinguished
}

// RefKind says how an ItemRef addresses its item.
type RefKind int

// The kinds of reference.
const (
	RefByID       RefKind = iota // the item with this id
	RefOccurrence                // the Instance-th position of the series with this id
	RefMaster                    // the series of the occurrence with this id
)

// String names the kind.
func (k RefKind) String() string {
	switch k {
	case RefByID:
		return "item"
	case RefOccurrence:
		return "occurrence"
	case RefMaster:
		return "master"
	}
	return fmt.Sprintf("RefKind(%d)", int(k))
}

// ItemRef addresses an item in a request.
type ItemRef struct {
	Kind RefKind
	ID   ItemID
	// Instance counts the positions of the pattern from 1, deleted occurrences included. Only for RefOccurrence.
	Instance int
}

// Ref addresses an item by its id.
func Ref(id ItemID) ItemRef { return ItemRef{ID: id} }

// OccurrenceRef addresses one position of a series by the id of its master.
func OccurrenceRef(master ItemID, instance int) ItemRef {
	return ItemRef{Kind: RefOccurrence, ID: master, Instance: instance}
}

// MasterRef addresses a series by the id of one of its occurrences.
func MasterRef(occurrence ItemID) ItemRef { return ItemRef{Kind: RefMaster, ID: occurrence} }

// DateTime is a time as the server sent it and what it means.
type DateTime struct {
	Raw string
	// Time is the instant. When the text had neither Z nor an offset, it holds the wall clock as if it were UTC and Zoned is false.
	Time  time.Time
	Zoned bool
}

// At is a DateTime for writing.
func At(t time.Time) DateTime { return DateTime{Time: t, Zoned: true} }

// Date is a calendar day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// String formats the day as yyyy-mm-dd.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// Body is the text of an item.
type Body struct {
	Type      BodyType
	Text      string
	Truncated bool // the server cut it; never write it back
}

// Recipient is a mailbox as it stands in an item.
type Recipient struct {
	Name        string
	Address     string // an SMTP address, or an X.500 name when RoutingType is EX
	RoutingType string
	MailboxType string
}

// Attendee is a Recipient with his answer.
type Attendee struct {
	Recipient
	Response         ResponseType
	LastResponseTime DateTime
}

// Occurrence is one entry of FirstOccurrence, LastOccurrence or ModifiedOccurrences.
type Occurrence struct {
	ID            ItemID
	Start, End    DateTime
	OriginalStart DateTime
}

// Rights is what the account may do.
type Rights struct {
	CreateContents, Delete, Modify, Read bool
	ViewPrivateItems                     bool
	// CreateAssociated and CreateHierarchy speak of hidden items and subfolders.
	CreateAssociated, CreateHierarchy bool
}

// ExtendedFieldURI names a MAPI property. Exactly one of PropertyTag, PropertySetID or DistinguishedSet is set; the latter two with
// PropertyName or PropertyID.
type ExtendedFieldURI struct {
	DistinguishedSet string // for example PublicStrings
	PropertySetID    string // GUID without braces
	PropertyTag      string // for example 0x3008
	PropertyName     string
	PropertyID       int
	PropertyType     string // for example String, StringArray, Binary, SystemTime
}

// ExtendedProperty is a MAPI property of an item. Values is used by array types, Value by all others.
type ExtendedProperty struct {
	URI    ExtendedFieldURI
	Value  string
	Values []string
	// Missing tells that the server sent the property without any value, which some servers do.
	Missing bool
}

// ItemProblem is a property that could not be read. Reason holds no content.
type ItemProblem struct {
	Field  FieldURI
	Reason string
}

// CalendarItem holds the properties of an item of a calendar folder. Present tells which of them the server sent.
type CalendarItem struct {
	Element string // the element's name; CalendarItem, unless something else lies in the folder
	Present FieldMask
	// Problems lists what could not be read; the property then has its zero value.
	Problems []ItemProblem

	ID              ItemID
	ParentFolder    FolderID
	ItemClass       string
	Subject         string
	Sensitivity     Sensitivity
	Body            Body
	Categories      []string
	Importance      Importance
	DateTimeCreated DateTime
	ReminderIsSet   bool
	ReminderMinutes int // before the start
	HasAttachments  bool
	Extended        []ExtendedProperty
	EffectiveRights Rights
	LastModified    DateTime

	UID                   string
	RecurrenceID          DateTime
	Start, End            DateTime
	OriginalStart         DateTime
	IsAllDay              bool
	FreeBusy              FreeBusy
	Location              string
	IsMeeting             bool
	IsCancelled           bool
	IsRecurring           bool
	MeetingRequestWasSent bool
	IsResponseRequested   bool
	Type                  ItemType
	MyResponse            ResponseType
	Organizer             Recipient
	Required              []Attendee
	Optional              []Attendee
	Resources             []Attendee
	SequenceNumber        int
	State                 int // bits: 1 meeting, 2 received, 4 cancelled
	Recurrence            *Recurrence
	FirstOccurrence       *Occurrence
	LastOccurrence        *Occurrence
	Modified              []Occurrence
	Deleted               []DateTime // original starts
	MeetingTimeZone       string     // Windows id; Exchange 2007 only
	StartTimeZone         string     // Windows id; Exchange 2010 and newer
	EndTimeZone           string
	Rules                 *ZoneRules // of StartTimeZone or MeetingTimeZone, where they came along
	IsOrganizer           bool       // Exchange 2013 and newer
}

// Has tells whether the server sent the property.
func (c *CalendarItem) Has(f FieldURI) bool { return c.Present.Has(f) }

// ExtendedValue returns the property of that name, false if it is absent or came without a value.
func (c *CalendarItem) ExtendedValue(u ExtendedFieldURI) (ExtendedProperty, bool) {
	for _, p := range c.Extended {
		if p.URI.same(u) {
			return p, !p.Missing
		}
	}
	return ExtendedProperty{}, false
}
