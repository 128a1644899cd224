package ews

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
)

// itemReader collects what cannot be read, so that one bad property costs nothing but itself.
type itemReader struct {
	field    FieldURI
	problems []ItemProblem
}

func (r *itemReader) note(err error) {
	if err != nil {
		r.problems = append(r.problems, ItemProblem{Field: r.field, Reason: err.Error()})
	}
}

func (r *itemReader) bool(n *node) bool {
	v, err := parseBool(n.str())
	r.note(err)
	return v
}

func (r *itemReader) int(n *node) int {
	v, err := parseInt(n.str())
	r.note(err)
	return v
}

func (r *itemReader) time(n *node) DateTime {
	v, err := parseDateTime(n.str())
	r.note(err)
	return v
}

func (r *itemReader) enum(n *node, names []string) int {
	v, ok := enumValue(names, n.word())
	if !ok {
		r.note(errors.New("value is not one of the known ones"))
		return 0
	}
	return v
}

func (r *itemReader) occurrence(n *node) *Occurrence {
	return &Occurrence{
		ID: decodeItemID(n.child("ItemId")), Start: r.time(n.child("Start")), End: r.time(n.child("End")), OriginalStart: r.time(n.child("OriginalStart")),
	}
}

func (r *itemReader) attendees(n *node) []Attendee {
	var out []Attendee
	for i := range n.all() {
		k := &n.kids[i]
		a := Attendee{Recipient: decodeRecipient(k.child("Mailbox"))}
		if t := k.child("ResponseType"); t != nil {
			a.Response = ResponseType(r.enum(t, responseNames()))
		}
		if t := k.child("LastResponseTime"); t != nil {
			a.LastResponseTime = r.time(t)
		}
		out = append(out, a)
	}
	return out
}

// decodeItem reads one item element of any class.
func decodeItem(n *node) CalendarItem {
	it := CalendarItem{Element: n.name}
	r := itemReader{}
	for i := range n.all() {
		k := &n.kids[i]
		at, ok := propertyByName[k.name]
		if !ok {
			continue
		}
		r.field = properties[at].uri
		it.Present |= 1 << at
		properties[at].decode(&r, k, &it)
	}
	it.Problems = r.problems
	return it
}

func decodeItemID(n *node) ItemID { return ItemID{ID: n.attr("Id"), ChangeKey: n.attr("ChangeKey")} }

func decodeStrings(n *node) []string {
	var out []string
	for i := range n.all() {
		out = append(out, n.kids[i].str())
	}
	return out
}

func decodeRecipient(n *node) Recipient {
	return Recipient{
		Name: n.childStr("Name"), Address: n.childWord("EmailAddress"), RoutingType: n.childWord("RoutingType"), MailboxType: n.childWord("MailboxType"),
	}
}

func decodeRights(n *node) Rights {
	is := func(name string) bool {
		v, err := parseBool(n.childStr(name))
		return err == nil && v // a right that cannot be read is not there
	}
	return Rights{
		CreateContents: is("CreateContents"), Delete: is("Delete"), Modify: is("Modify"), Read: is("Read"), ViewPrivateItems: is("ViewPrivateItems"),
		CreateAssociated: is("CreateAssociated"), CreateHierarchy: is("CreateHierarchy"),
	}
}

func decodeBody(r *itemReader, n *node, it *CalendarItem) {
	it.Body.Text = n.str()
	t, ok := enumValue(bodyTypeNames(), n.attr("BodyType"))
	if !ok {
		r.note(errors.New("body has no known type"))
		t = int(BodyHTML) // the safe guess: nothing is taken for plain text that is not
	}
	it.Body.Type = BodyType(t)
	it.Body.Truncated = n.attr("IsTruncated") == "true" || n.attr("IsTruncated") == "1"
}

func decodeExtended(r *itemReader, n *node, it *CalendarItem) {
	u := n.child("ExtendedFieldURI")
	if u == nil {
		r.note(errors.New("extended property has no name"))
		return
	}
	p := ExtendedProperty{URI: ExtendedFieldURI{
		DistinguishedSet: u.attr("DistinguishedPropertySetId"), PropertySetID: u.attr("PropertySetId"), PropertyTag: u.attr("PropertyTag"),
		PropertyName: u.attr("PropertyName"), PropertyType: u.attr("PropertyType"),
	}}
	if id := u.attr("PropertyId"); id != "" {
		v, err := parseInt(id)
		r.note(err)
		p.URI.PropertyID = v
	}
	switch value, values := n.child("Value"), n.child("Values"); {
	case value != nil:
		p.Value = value.str()
	case values != nil:
		p.Values = decodeStrings(values)
	default:
		p.Missing = true
		r.problems = append(r.problems, ItemProblem{Field: FieldURI(p.URI.String()), Reason: "extended property has no value"})
	}
	it.Extended = append(it.Extended, p)
}

func (e *encoder) enum(name string, names []string, v int) {
	e.text(name, e.known(name, names, v))
}

// known returns the wire name of v and fails for a value that has none.
func (e *encoder) known(what string, names []string, v int) string {
	if v < 0 || v >= len(names) {
		e.fail("write %s: the value is not known", what)
		return ""
	}
	return names[v]
}

func (e *encoder) zone(name, attr, id string) {
	if id == "" {
		e.fail("write %s: no time zone given", name)
		return
	}
	e.empty(name, attr, id)
}

func encodeBody(e *encoder, it *CalendarItem) {
	if it.Body.Truncated {
		e.fail("write body: the server had cut it, so it must not be written back")
		return
	}
	e.text("t:Body", it.Body.Text, "BodyType", it.Body.Type.String())
}

func encodeCategories(e *encoder, it *CalendarItem) {
	e.open("t:Categories")
	for _, c := range it.Categories {
		e.text("t:String", c)
	}
	e.close("t:Categories")
}

func encodeReminderMinutes(e *encoder, it *CalendarItem) {
	const most = 2629800
	if it.ReminderMinutes < 0 || it.ReminderMinutes > most {
		e.fail("write reminder: minutes are not between 0 and %d", most)
		return
	}
	e.int("t:ReminderMinutesBeforeStart", it.ReminderMinutes)
}

func encodeFreeBusy(e *encoder, it *CalendarItem) {
	f := it.FreeBusy
	if f == FreeBusyWorkingElsewhere && !e.version.Has(FeatureWorkingElsewhere) {
		f = FreeBusyBusy
	}
	if f == FreeBusyNoData {
		e.fail("write free/busy status: none given")
		return
	}
	e.enum("t:LegacyFreeBusyStatus", freeBusyNames(), int(f))
}

func encodeAttendees(e *encoder, name string, list []Attendee) {
	if len(list) == 0 {
		e.fail("write attendees: the list is empty; delete the property instead")
		return
	}
	e.open(name)
	for _, a := range list {
		if a.Address == "" {
			e.fail("write attendees: one has no address")
			return
		}
		e.open("t:Attendee")
		e.open("t:Mailbox")
		if a.Name != "" {
			e.text("t:Name", a.Name)
		}
		e.text("t:EmailAddress", a.Address)
		if a.RoutingType != "" {
			e.text("t:RoutingType", a.RoutingType)
		}
		e.close("t:Mailbox")
		e.close("t:Attendee")
	}
	e.close(name)
}

func encodeExtended(e *encoder, p ExtendedProperty) {
	e.open("t:ExtendedProperty")
	e.extendedPath(p.URI)
	switch {
	case p.Missing:
		e.fail("write %s: no value given", p.URI)
	case len(p.Values) > 0:
		e.open("t:Values")
		for _, v := range p.Values {
			e.text("t:Value", v)
		}
		e.close("t:Values")
	default:
		e.text("t:Value", p.Value)
	}
	e.close("t:ExtendedProperty")
}

func (e *encoder) extendedPath(u ExtendedFieldURI) {
	if err := u.check(); err != nil {
		e.fail("name property: %w", err)
	}
	id := ""
	if u.PropertyID != 0 {
		id = strconv.Itoa(u.PropertyID)
	}
	e.empty("t:ExtendedFieldURI", "DistinguishedPropertySetId", u.DistinguishedSet, "PropertySetId", u.PropertySetID, "PropertyTag", u.PropertyTag,
		"PropertyName", u.PropertyName, "PropertyId", id, "PropertyType", u.PropertyType)
}

// writable returns the properties for the fields, without doubles, or fails for one that cannot be written. What the server's version does not
// know fails too, except for the zones: each generation has its own, and the caller may name both.
func (e *encoder) writable(fields []FieldURI) []*property {
	var out []*property
	for _, f := range fields {
		p := findProperty(f)
		switch {
		case p == nil || p.encode == nil:
			e.fail("write %s: the property is read-only", f)
		case !p.known(e.version):
			if p.after != stepZones {
				e.fail("write %s: a server of version %s does not know it", f, e.version)
			}
		case !slices.Contains(out, p):
			out = append(out, p)
		}
	}
	return out
}

// bySchema sorts into the order in which an item element must hold its properties.
func bySchema(ps []*property) {
	slices.SortStableFunc(ps, func(a, b *property) int { return cmp.Compare(propertyIndex[a.uri], propertyIndex[b.uri]) })
}

// byStep sorts into the order in which an update is to be applied.
func byStep(ps []*property) {
	bySchema(ps)
	slices.SortStableFunc(ps, func(a, b *property) int { return cmp.Compare(a.after, b.after) })
}

// encodeNewItem writes a CalendarItem element with the named properties and the extended ones.
func encodeNewItem(e *encoder, it *CalendarItem, fields []FieldURI) {
	ps := e.writable(fields)
	bySchema(ps)
	e.open("t:CalendarItem")
	extended := propertyIndex[fieldExtended]
	done := false
	for _, p := range ps {
		if !done && propertyIndex[p.uri] > extended {
			encodeAllExtended(e, it)
			done = true
		}
		p.encode(e, it)
	}
	if !done {
		encodeAllExtended(e, it)
	}
	e.close("t:CalendarItem")
}

func encodeAllExtended(e *encoder, it *CalendarItem) {
	for _, p := range it.Extended {
		encodeExtended(e, p)
	}
}
