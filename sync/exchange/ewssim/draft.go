package ewssim

import (
	"time"

	"lockstep/sync/exchange/ewssim/internal/recur"
	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

// draft is an item while a request changes it. Times and zones depend on each
// other whatever their order in the request, so they are settled at the end.
type draft struct {
	c      *call
	box    *store.Mailbox
	it     *store.Item
	isNew  bool
	touch  map[string]bool // names of fields that the request set or deleted
	texts  map[string]string
	zones  map[string]string
	rule   *recur.Rule
	noRule bool
	reset  bool // another rule than that of the item was set, if only for a while
}

func (c *call) newDraft(box *store.Mailbox, it *store.Item, isNew bool) *draft {
	return &draft{c: c, box: box, it: it, isNew: isNew, touch: map[string]bool{}, texts: map[string]string{}, zones: map[string]string{}}
}

func badValue(n *xmlnode.Node, why string) *problemError {
	p := problemf("ErrorInvalidPropertySet", "The value of %s cannot be set: %s.", n.Name, why)
	return p
}

// set takes one property element of an item.
func (d *draft) set(n *xmlnode.Node) error {
	if n.Name == "ExtendedProperty" {
		e, err := d.c.readExt(n)
		if err != nil {
			return err
		}
		if b := d.c.srv.brokenNow(); b.NoMarks {
			return problemf("ErrorItemSavePropertyError", "The property could not be saved.")
		} else if b.LoseMarks {
			return nil
		}
		if name := sameField(e.Key); name != "" {
			return d.set(&xmlnode.Node{Space: n.Space, Name: name, Text: e.Values[0], Attrs: []xmlnode.Attr{{Name: "BodyType", Value: "Text"}}})
		}
		d.it.SetExt(e)
		d.touch["ExtendedProperty"] = true
		return nil
	}
	class := d.c.srv.tables.classes[d.it.Elem]
	i, ok := class.byName[n.Name]
	if !ok {
		return invalid(n, "the element %q is not a property of %s", n.Name, d.it.Elem)
	}
	f := &class.fields[i]
	if d.c.schema != vNone && d.c.schema < f.since {
		return invalid(n, "the element %q is not known to the requested version", n.Name)
	}
	if f.readOnly && n.Name != "MimeContent" {
		p := problemf("ErrorInvalidPropertySet", "Set action is invalid for property %s.", f.uri)
		p.path = &xmlnode.Node{Name: "FieldURI", Attrs: []xmlnode.Attr{{Name: "FieldURI", Value: f.uri}}}
		return p
	}
	d.touch[n.Name] = true
	if done, err := d.setItem(n); done || err != nil {
		return err
	}
	if d.it.IsCalendar() {
		if done, err := d.setCalendar(n); done || err != nil {
			return err
		}
	}
	w := &xmlnode.Writer{}
	w.Node(n)
	d.it.SetProp(n.Name, string(w.Bytes()))
	return nil
}

func (d *draft) setItem(n *xmlnode.Node) (bool, error) {
	it := d.it
	switch n.Name {
	case "MimeContent":
		return true, d.setMime(n)
	case "ItemClass":
		if err := checkClass(it.Elem, n.Text); err != nil {
			return true, err
		}
		it.ItemClass = n.Text
	case "Subject":
		if len([]rune(n.Text)) > 255 {
			return true, problemf("ErrorInvalidPropertySet", "The subject is longer than 255 characters.")
		}
		it.Subject = n.Text
	case "Sensitivity":
		return true, enumInto(n, &it.Sensitivity, "Normal", "Personal", "Private", "Confidential")
	case "Importance":
		return true, enumInto(n, &it.Importance, "Low", "Normal", "High")
	case "Body":
		typ := n.Attr("BodyType")
		if typ != "HTML" && typ != "Text" {
			return true, invalid(n, "BodyType %q is not HTML or Text", typ)
		}
		it.Body = store.Body{HTML: typ == "HTML", Text: n.Text}
		if typ == "Text" && d.c.srv.opts.Switches.HTMLBodies && n.Text != "" {
			it.Body = store.Body{HTML: true, Text: htmlOf(n.Text)}
		}
	case "Categories":
		it.Categories = nil
		for _, s := range n.Kids {
			it.Categories = append(it.Categories, s.Text)
		}
	case "ReminderIsSet":
		return true, boolInto(n, &it.ReminderSet)
	case "ReminderMinutesBeforeStart":
		m, err := parseInt(n.Text)
		if err != nil || m < 0 || m > 2629800 {
			return true, badValue(n, "it is not a number of minutes from 0 to 2629800")
		}
		it.ReminderMinutes = m
	case "ReminderDueBy", "ReminderNextTime":
		// Follows from the start on calendar items.
		return it.IsCalendar(), nil
	default:
		return false, nil
	}
	return true, nil
}

func (d *draft) setCalendar(n *xmlnode.Node) (bool, error) {
	it := d.it
	switch n.Name {
	case "UID":
		it.UID = n.Text
	case "Start", "End":
		d.texts[n.Name] = n.Text
	case "IsAllDayEvent":
		return true, boolInto(n, &it.AllDay)
	case "LegacyFreeBusyStatus":
		if n.Text == "WorkingElsewhere" && d.c.schema != vNone && !d.c.at(v2013) {
			return true, invalid(n, "WorkingElsewhere is not known to the requested version")
		}
		return true, enumInto(n, &it.FreeBusy, "Free", "Tentative", "Busy", "OOF", "WorkingElsewhere", "NoData")
	case "Location":
		it.Location = n.Text
	case "EnhancedLocation":
		it.Location = n.KidText("DisplayName")
	case "When", "RecurrenceId", "InboxReminders":
		return true, nil
	case "IsResponseRequested":
		return true, notInto(n, &it.NoResponseRequested)
	case "AllowNewTimeProposal":
		return true, notInto(n, &it.NoNewTimeProposal)
	case "RequiredAttendees":
		return true, d.attendeesInto(n, &it.Required)
	case "OptionalAttendees":
		return true, d.attendeesInto(n, &it.Optional)
	case "Resources":
		return true, d.attendeesInto(n, &it.Resources)
	case "Recurrence":
		r, err := d.c.readRule(n)
		if err != nil {
			return true, err
		}
		d.reset = d.reset || d.noRule || it.Rule != nil && *it.Rule != *r
		d.rule, d.noRule = r, false
	case "StartTimeZone", "EndTimeZone":
		id, _, err := d.c.readZone(n)
		if err != nil {
			return true, err
		}
		d.zones[n.Name] = id
	case "MeetingTimeZone":
		return true, d.meetingZone(n)
	default:
		return false, nil
	}
	return true, nil
}

// meetingZone is the only zone that a 2007 client can name; later schemas
// ignore it.
func (d *draft) meetingZone(n *xmlnode.Node) error {
	if d.c.at(v2010) {
		return nil
	}
	name := n.Attr("TimeZoneName")
	if _, ok := d.c.srv.zones.Location(name); !ok {
		base, err := parseISODuration(n.KidText("BaseOffset"))
		if err != nil {
			return problemf("ErrorCalendarInvalidTimeZone", "The time zone %q is not known.", name)
		}
		def := &xmlnode.Node{Kids: []*xmlnode.Node{{Name: "Periods"}}}
		if n.Kid("Daylight") != nil {
			def.Kids[0].Kids = make([]*xmlnode.Node, 2)
		}
		if name, _, err = d.c.srv.matchZone(def, -base); err != nil {
			return err
		}
	}
	d.zones["StartTimeZone"], d.zones["EndTimeZone"] = name, name
	return nil
}

func checkClass(elem, class string) error {
	want := map[string]string{"CalendarItem": "IPM.Appointment", "Contact": "IPM.Contact", "Task": "IPM.Task"}[elem]
	if want != "" && class != want && (len(class) <= len(want) || class[:len(want)+1] != want+".") {
		return problemf("ErrorObjectTypeChanged", "The item class %q does not fit the element %s.", class, elem)
	}
	return nil
}

func enumInto(n *xmlnode.Node, to *string, values ...string) error {
	for _, v := range values {
		if n.Text == v {
			*to = v
			return nil
		}
	}
	return invalid(n, "%q is not a value of %s", n.Text, n.Name)
}

func boolInto(n *xmlnode.Node, to *bool) error {
	b, err := parseBool(n.Text)
	if err != nil {
		return invalid(n, "%s: %v", n.Name, err)
	}
	*to = b
	return nil
}

func notInto(n *xmlnode.Node, to *bool) error {
	var b bool
	if err := boolInto(n, &b); err != nil {
		return err
	}
	*to = !b
	return nil
}

// attendeesInto replaces a list; who stays in it keeps the response.
func (d *draft) attendeesInto(n *xmlnode.Node, to *[]store.Attendee) error {
	old := *to
	*to = nil
	for _, a := range n.Kids {
		p, err := d.c.readMailbox(a.Kid("Mailbox"))
		if err != nil {
			return err
		}
		at := store.Attendee{Person: p, Response: "Unknown"}
		for _, o := range old {
			if equalFold(o.Address, p.Address) {
				at.Response, at.At = o.Response, o.At
			}
		}
		*to = append(*to, at)
	}
	return nil
}

func (c *call) readMailbox(n *xmlnode.Node) (store.Person, error) {
	if n == nil {
		return store.Person{}, invalid(c.req, "an attendee has no Mailbox")
	}
	p := store.Person{Name: n.KidText("Name"), Address: n.KidText("EmailAddress")}
	if p.Address == "" {
		for _, m := range c.srv.store.Mailboxes() {
			if p.Name != "" && (equalFold(m.Name, p.Name) || equalFold(m.Primary, p.Name)) {
				p.Address = m.Primary
			}
		}
		if p.Address == "" {
			return p, problemf("ErrorInvalidRecipients", "At least one recipient is not valid.")
		}
	}
	if m := c.srv.store.Find(p.Address); m != nil && p.Name == "" {
		p.Name = m.Name
	}
	if p.Name == "" {
		p.Name = p.Address
	}
	return p, nil
}

// remove deletes a property.
func (d *draft) remove(name string) error {
	it := d.it
	d.touch[name] = true
	switch name {
	case "Subject":
		it.Subject = ""
	case "Body":
		it.Body = store.Body{}
	case "Location", "EnhancedLocation":
		it.Location = ""
	case "Categories":
		it.Categories = nil
	case "RequiredAttendees":
		it.Required = nil
	case "OptionalAttendees":
		it.Optional = nil
	case "Resources":
		it.Resources = nil
	case "Recurrence":
		d.rule, d.noRule = nil, true
	case "Start", "End", "IsAllDayEvent", "LegacyFreeBusyStatus", "ItemClass", "Sensitivity", "Importance", "ReminderIsSet",
		"StartTimeZone", "EndTimeZone", "UID", "ReminderMinutesBeforeStart", "MimeContent", "IsResponseRequested", "AllowNewTimeProposal":
		return problemf("ErrorInvalidPropertyDelete", "Delete action is not supported for the property %s.", name)
	default:
		it.SetProp(name, "")
	}
	return nil
}

// append adds to a property.
func (d *draft) append(n *xmlnode.Node) error {
	it := d.it
	switch n.Name {
	case "Body":
		old := it.Body
		if err := d.set(n); err != nil {
			return err
		}
		if old.HTML == it.Body.HTML {
			it.Body.Text = old.Text + it.Body.Text
		} else {
			it.Body = store.Body{HTML: true, Text: old.Text + it.Body.Text}
		}
		return nil
	case "RequiredAttendees", "OptionalAttendees", "Resources":
		if !it.IsCalendar() {
			break
		}
		list := map[string]*[]store.Attendee{"RequiredAttendees": &it.Required, "OptionalAttendees": &it.Optional, "Resources": &it.Resources}[n.Name]
		old := *list
		if err := d.set(n); err != nil {
			return err
		}
		*list = append(old[:len(old):len(old)], *list...)
		return nil
	}
	return problemf("ErrorInvalidPropertyAppend", "Append action is not supported for the property %s.", n.Name)
}

const maxDuration = 5 * 366 * 24 * time.Hour
