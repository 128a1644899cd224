package exchange

import (
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// stampSet is the property set of our own. A constant, because a mailbox has
// room for a limited number of named properties.
const stampSet = "b870f761-ce94-482a-a248-bc46d19aafb5"

func stampField(name string) ews.ExtendedFieldURI {
	return ews.ExtendedFieldURI{PropertySetID: stampSet, PropertyName: name, PropertyType: "String"}
}

// The properties of a mark.
func keyField() ews.ExtendedFieldURI     { return stampField("LockstepKey") }
func partnerField() ews.ExtendedFieldURI { return stampField("LockstepBusinessId") }
func officeField() ews.ExtendedFieldURI  { return stampField("LockstepOffice") }
func digestField() ews.ExtendedFieldURI  { return stampField("LockstepDigest") }
func leftField() ews.ExtendedFieldURI    { return stampField("LockstepLeft") }

func stampFields() []ews.ExtendedFieldURI {
	return []ews.ExtendedFieldURI{keyField(), partnerField(), officeField(), digestField(), leftField()}
}

const (
	leftYes = "1"
	leftNo  = "0"
)

// readStamp is the mark on an item; properties that are not there are empty.
func readStamp(it *ews.CalendarItem) event.Stamp {
	text := func(u ews.ExtendedFieldURI) string {
		p, _ := it.ExtendedValue(u)
		return p.Value
	}
	return event.Stamp{
		Office: text(officeField()), Partner: event.ID(text(partnerField())), Key: event.Key(text(keyField())),
		Digest: text(digestField()), Left: text(leftField()) == leftYes,
	}
}

// writeStamp is what to set and what to remove for an item to bear s. A
// property without a value is never written: readers choke on them.
func writeStamp(s event.Stamp) (set []ews.ExtendedProperty, remove []ews.ExtendedFieldURI) {
	left := leftNo
	if s.Left {
		left = leftYes
	}
	for _, p := range []ews.ExtendedProperty{
		{URI: keyField(), Value: string(s.Key)},
		{URI: partnerField(), Value: string(s.Partner)},
		{URI: officeField(), Value: s.Office},
		{URI: digestField(), Value: s.Digest},
		{URI: leftField(), Value: left},
	} {
		if p.Value == "" {
			remove = append(remove, p.URI)
			continue
		}
		set = append(set, p)
	}
	return set, remove
}
