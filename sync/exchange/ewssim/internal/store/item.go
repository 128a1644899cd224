package store

import (
	"maps"
	"slices"
	"time"

	"lockstep/sync/exchange/ewssim/internal/recur"
)

// Person is a name with an SMTP address.
type Person struct{ Name, Address string }

// Attendee is one invited person. Response is one of the schema's
// ResponseTypeType values; "" means Unknown.
type Attendee struct {
	Person
	Response string
	At       time.Time // time of the response, zero without one
}

// Body is an item's text. HTML tells how Text is to be read.
type Body struct {
	HTML bool
	Text string
}

// ExtKey names an extended property as clients do; exactly the attributes that
// the client wrote are kept, since some clients compare them as text.
type ExtKey struct{ DistinguishedSet, SetID, Tag, Name, PropID, Type string }

// Ext is an extended property. A property without Values is malformed: real
// servers hand such ones out, and clients must survive it.
type Ext struct {
	Key    ExtKey
	Values []string
}

// Prop is a property that the server only keeps, as XML of its element.
type Prop struct{ Name, XML string }

// Attachment is listed with an item; its content is kept as given.
type Attachment struct {
	Serial      uint64
	Name, Type  string
	Content     string
	ContentID   string
	Inline, Msg bool
}

// Item is one stored item. Enumerations hold the names of the schema. Times are
// instants; StartZone and EndZone are Windows zone ids. In an exception only
// the fields named in Over count, the others come from its master.
type Item struct {
	Serial     uint64
	Elem       string // element name in the schema: CalendarItem, Message, …
	Associated bool
	CN         uint64 // change number of the last change
	CreatedCN  uint64 // change number when it came into its folder
	Created    time.Time
	Modified   time.Time
	ModifiedBy string

	ItemClass, Subject, Location      string
	Sensitivity, Importance, FreeBusy string
	Body                              Body
	Categories                        []string
	ReminderSet                       bool
	ReminderMinutes                   int
	Ext                               []Ext
	Attachments                       []Attachment
	Other                             []Prop

	UID                           string
	Start, End                    time.Time
	StartZone, EndZone            string
	AllDay                        bool
	Organizer                     Person
	Required, Optional, Resources []Attendee
	MyResponse                    string
	ReplyTime                     time.Time
	State                         int // bits of AppointmentState: 1 meeting, 2 received, 4 cancelled
	Sequence                      int
	RequestSent                   bool
	NoResponseRequested           bool
	NoNewTimeProposal             bool

	Rule       *recur.Rule
	Exceptions map[recur.Day]*Item
	Deleted    map[recur.Day]bool
	Over       map[string]bool // exceptions: names of own fields
	// Orphan is set on the copy of somebody who was invited to one occurrence
	// of a series and not to the others: when the series puts it.
	Orphan time.Time

	// BadBody makes reading the body fail with ErrorItemCorrupt.
	Corrupt bool

	// FieldCN is the change number of the last change of a field, by element name.
	FieldCN map[string]uint64

	folder *Folder
}

// Folder returns where the item is; nil for a copy taken out of the store.
func (it *Item) Folder() *Folder { return it.folder }

// IsCalendar reports whether the item is a calendar entry.
func (it *Item) IsCalendar() bool { return it.Elem == "CalendarItem" }

// IsMeeting reports whether the item has, or once had, other people in it.
func (it *Item) IsMeeting() bool { return it.State&1 != 0 }

// IsOrganizer reports whether the mailbox owner called this meeting. A plain
// appointment counts as organised by its owner.
func (it *Item) IsOrganizer() bool { return it.State&2 == 0 }

// Attendees returns all invited people.
func (it *Item) Attendees() []Attendee {
	return slices.Concat(it.Required, it.Optional, it.Resources)
}

// Clone returns a copy that shares no memory that changes.
func (it *Item) Clone() *Item {
	c := *it
	c.folder = nil
	c.Categories = slices.Clone(it.Categories)
	c.Ext = slices.Clone(it.Ext)
	for i := range c.Ext {
		c.Ext[i].Values = slices.Clone(it.Ext[i].Values)
	}
	c.Attachments = slices.Clone(it.Attachments)
	c.Other = slices.Clone(it.Other)
	c.Required = slices.Clone(it.Required)
	c.Optional = slices.Clone(it.Optional)
	c.Resources = slices.Clone(it.Resources)
	c.Deleted = maps.Clone(it.Deleted)
	c.Over = maps.Clone(it.Over)
	c.FieldCN = maps.Clone(it.FieldCN)
	if it.Rule != nil {
		r := *it.Rule
		c.Rule = &r
	}
	if it.Exceptions != nil {
		c.Exceptions = make(map[recur.Day]*Item, len(it.Exceptions))
		for d, e := range it.Exceptions {
			c.Exceptions[d] = e.Clone()
		}
	}
	return &c
}

// GetExt returns the stored extended property of that key.
func (it *Item) GetExt(k ExtKey) (Ext, bool) {
	for _, e := range it.Ext {
		if e.Key == k {
			return e, true
		}
	}
	return Ext{}, false
}

// SetExt stores an extended property in place of an older value.
func (it *Item) SetExt(e Ext) {
	for i := range it.Ext {
		if it.Ext[i].Key == e.Key {
			it.Ext[i] = e
			return
		}
	}
	it.Ext = append(it.Ext, e)
}

// DeleteExt removes an extended property.
func (it *Item) DeleteExt(k ExtKey) {
	it.Ext = slices.DeleteFunc(it.Ext, func(e Ext) bool { return e.Key == k })
}

// Prop returns the XML of a property that the server only keeps.
func (it *Item) Prop(name string) (string, bool) {
	for _, p := range it.Other {
		if p.Name == name {
			return p.XML, true
		}
	}
	return "", false
}

// SetProp keeps the XML of a property; "" removes it.
func (it *Item) SetProp(name, xml string) {
	for i := range it.Other {
		if it.Other[i].Name == name {
			if xml == "" {
				it.Other = slices.Delete(it.Other, i, i+1)
				return
			}
			it.Other[i].XML = xml
			return
		}
	}
	if xml != "" {
		it.Other = append(it.Other, Prop{name, xml})
	}
}

// Assign takes over everything from src but identity and place.
func (it *Item) Assign(src *Item) {
	serial, folder, created := it.Serial, it.folder, it.Created
	cn, createdCN, fieldCN := it.CN, it.CreatedCN, it.FieldCN
	*it = *src
	it.Serial, it.folder, it.Created = serial, folder, created
	it.CN, it.CreatedCN, it.FieldCN = cn, createdCN, fieldCN
}
