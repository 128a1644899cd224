package exchange

import "lockstep/sync/exchange/ews"

// toolMark is a property by which another program that keeps calendars in step
// knows its entries again.
type toolMark struct{ property, tool string }

// toolMarks are read and never touched: Dynamics 365 tracks an item for one
// organisation, Outlook Google Calendar Sync keeps the id of the entry's twin.
// Both keep them among the public strings. The names are those that the
// programs are seen to write; neither maker documents them.
func toolMarks() []toolMark {
	return []toolMark{
		{"crmorgid", "dynamics"},
		{"crmid", "dynamics"},
		{"googleEventID", "ogcs"},
		{"googleCalendarID", "ogcs"},
	}
}

func (m toolMark) field() ews.ExtendedFieldURI {
	return ews.ExtendedFieldURI{DistinguishedSet: "PublicStrings", PropertyName: m.property, PropertyType: "String"}
}

func toolFields() []ews.ExtendedFieldURI {
	var out []ews.ExtendedFieldURI
	for _, m := range toolMarks() {
		out = append(out, m.field())
	}
	return out
}

// toolOf names the program whose mark an item bears.
func toolOf(it *ews.CalendarItem) string {
	for _, m := range toolMarks() {
		if p, ok := it.ExtendedValue(m.field()); ok && p.Value != "" {
			return m.tool
		}
	}
	return ""
}
