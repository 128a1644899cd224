package ews

// FieldURI names a property in requests; the value is the wire's name.
// Source: https://learn.microsoft.com/exchange/client-developer/web-service-reference/fielduri.
type FieldURI string

// The properties that this package reads. Those with a writer in the table below can be written.
const (
	FieldItemID                FieldURI = "item:ItemId"
	FieldParentFolderID        FieldURI = "item:ParentFolderId"
	FieldItemClass             FieldURI = "item:ItemClass"
	FieldSubject               FieldURI = "item:Subject"
	FieldSensitivity           FieldURI = "item:Sensitivity"
	FieldBody                  FieldURI = "item:Body"
	FieldCategories            FieldURI = "item:Categories"
	FieldImportance            FieldURI = "item:Importance"
	FieldDateTimeCreated       FieldURI = "item:DateTimeCreated"
	FieldReminderIsSet         FieldURI = "item:ReminderIsSet"
	FieldReminderMinutes       FieldURI = "item:ReminderMinutesBeforeStart"
	FieldHasAttachments        FieldURI = "item:HasAttachments"
	FieldEffectiveRights       FieldURI = "item:EffectiveRights"
	FieldLastModified          FieldURI = "item:LastModifiedTime"
	FieldUID                   FieldURI = "calendar:UID"
	FieldRecurrenceID          FieldURI = "calendar:RecurrenceId"
	FieldStart                 FieldURI = "calendar:Start"
	FieldEnd                   FieldURI = "calendar:End"
	FieldOriginalStart         FieldURI = "calendar:OriginalStart"
	FieldIsAllDay              FieldURI = "calendar:IsAllDayEvent"
	FieldFreeBusy              FieldURI = "calendar:LegacyFreeBusyStatus"
	FieldLocation              FieldURI = "calendar:Location"
	FieldIsMeeting             FieldURI = "calendar:IsMeeting"
	FieldIsCancelled           FieldURI = "calendar:IsCancelled"
	FieldIsRecurring           FieldURI = "calendar:IsRecurring"
	FieldMeetingRequestWasSent FieldURI = "calendar:MeetingRequestWasSent"
	FieldIsResponseRequested   FieldURI = "calendar:IsResponseRequested"
	FieldType                  FieldURI = "calendar:CalendarItemType"
	FieldMyResponse            FieldURI = "calendar:MyResponseType"
	FieldOrganizer             FieldURI = "calendar:Organizer"
	FieldRequired              FieldURI = "calendar:RequiredAttendees"
	FieldOptional              FieldURI = "calendar:OptionalAttendees"
	FieldResources             FieldURI = "calendar:Resources"
	FieldSequenceNumber        FieldURI = "calendar:AppointmentSequenceNumber"
	FieldState                 FieldURI = "calendar:AppointmentState"
	FieldRecurrence            FieldURI = "calendar:Recurrence"
	FieldFirstOccurrence       FieldURI = "calendar:FirstOccurrence"
	FieldLastOccurrence        FieldURI = "calendar:LastOccurrence"
	FieldModified              FieldURI = "calendar:ModifiedOccurrences"
	FieldDeleted               FieldURI = "calendar:DeletedOccurrences"
	FieldMeetingTimeZone       FieldURI = "calendar:MeetingTimeZone"
	FieldStartTimeZone         FieldURI = "calendar:StartTimeZone"
	FieldEndTimeZone           FieldURI = "calendar:EndTimeZone"
	FieldIsOrganizer           FieldURI = "calendar:IsOrganizer"

	// fieldExtended stands for all extended properties in the table; it is no wire name.
	fieldExtended FieldURI = "extended"
)

// FieldMask is a set of properties.
type FieldMask uint64

// Has tells whether f is in the set.
func (m FieldMask) Has(f FieldURI) bool {
	i, ok := propertyIndex[f]
	return ok && m&(1<<i) != 0
}

// property says how one property is read and written.
type property struct {
	uri  FieldURI
	name string // element name
	// after orders updates: the server applies them one by one, and a time moves with its zone.
	after int
	// gate is the feature that brings the property; ends is the one that replaces it.
	gate, ends   Feature
	gated, ended bool
	decode       func(r *itemReader, n *node, it *CalendarItem)
	encode       func(e *encoder, it *CalendarItem) // nil: read-only
}

// known tells whether a server of version v knows the property.
func (p *property) known(v Version) bool {
	return (!p.gated || v.Has(p.gate)) && (!p.ended || !v.Has(p.ends))
}

// The order in which an update is applied, beginning with the zones.
const (
	stepZones = iota
	stepStart
	stepEnd
	stepAllDay
	stepRest
	stepRecurrence
)

// properties is in the order of the schema (ItemType, then CalendarItemType), which is the order of writing. It never changes.
var properties = [...]property{
	{uri: FieldItemID, name: "ItemId", decode: func(_ *itemReader, n *node, it *CalendarItem) { it.ID = decodeItemID(n) }},
	{uri: FieldParentFolderID, name: "ParentFolderId", decode: func(_ *itemReader, n *node, it *CalendarItem) {
		it.ParentFolder = FolderID(decodeItemID(n))
	}},
	{
		uri: FieldItemClass, name: "ItemClass", after: stepRest,
		decode: func(_ *itemReader, n *node, it *CalendarItem) { it.ItemClass = n.word() },
		encode: func(e *encoder, it *CalendarItem) { e.text("t:ItemClass", it.ItemClass) },
	},
	{
		uri: FieldSubject, name: "Subject", after: stepRest,
		decode: func(_ *itemReader, n *node, it *CalendarItem) { it.Subject = n.str() },
		encode: func(e *encoder, it *CalendarItem) { e.text("t:Subject", it.Subject) },
	},
	{
		uri: FieldSensitivity, name: "Sensitivity", after: stepRest,
		decode: func(r *itemReader, n *node, it *CalendarItem) {
			it.Sensitivity = Sensitivity(r.enum(n, sensitivityNames()))
		},
		encode: func(e *encoder, it *CalendarItem) {
			e.enum("t:Sensitivity", sensitivityNames(), int(it.Sensitivity))
		},
	},
	{uri: FieldBody, name: "Body", after: stepRest, decode: decodeBody, encode: encodeBody},
	{
		uri: FieldCategories, name: "Categories", after: stepRest,
		decode: func(_ *itemReader, n *node, it *CalendarItem) { it.Categories = decodeStrings(n) },
		encode: encodeCategories,
	},
	{
		uri: FieldImportance, name: "Importance", after: stepRest,
		decode: func(r *itemReader, n *node, it *CalendarItem) {
			it.Importance = Importance(r.enum(n, importanceNames()))
		},
		encode: func(e *encoder, it *CalendarItem) { e.enum("t:Importance", importanceNames(), int(it.Importance)) },
	},
	{uri: FieldDateTimeCreated, name: "DateTimeCreated", decode: func(r *itemReader, n *node, it *CalendarItem) { it.DateTimeCreated = r.time(n) }},
	{
		uri: FieldReminderIsSet, name: "ReminderIsSet", after: stepRest,
		decode: func(r *itemReader, n *node, it *CalendarItem) { it.ReminderIsSet = r.bool(n) },
		encode: func(e *encoder, it *CalendarItem) { e.bool("t:ReminderIsSet", it.ReminderIsSet) },
	},
	{
		uri: FieldReminderMinutes, name: "ReminderMinutesBeforeStart", after: stepRest,
		decode: func(r *itemReader, n *node, it *CalendarItem) { it.ReminderMinutes = r.int(n) },
		encode: encodeReminderMinutes,
	},
	{uri: FieldHasAttachments, name: "HasAttachments", decode: func(r *itemReader, n *node, it *CalendarItem) { it.HasAttachments = r.bool(n) }},
	{uri: fieldExtended, name: "ExtendedProperty", after: stepRest, decode: decodeExtended},
	{uri: FieldEffectiveRights, name: "EffectiveRights", decode: func(_ *itemReader, n *node, it *CalendarItem) { it.EffectiveRights = decodeRights(n) }},
	{uri: FieldLastModified, name: "LastModifiedTime", decode: func(r *itemReader, n *node, it *CalendarItem) { it.LastModified = r.time(n) }},

	{
		uri: FieldUID, name: "UID", after: stepRest,
		decode: func(_ *itemReader, n *node, it *CalendarItem) { it.UID = n.word() },
		encode: func(e *encoder, it *CalendarItem) { e.text("t:UID", it.UID) },
	},
	{uri: FieldRecurrenceID, name: "RecurrenceId", decode: func(r *itemReader, n *node, it *CalendarItem) { it.RecurrenceID = r.time(n) }},
	{
		uri: FieldStart, name: "Start", after: stepStart,
		decode: func(r *itemReader, n *node, it *CalendarItem) { it.Start = r.time(n) },
		encode: func(e *encoder, it *CalendarItem) { e.time("t:Start", it.Start.Time) },
	},
	{
		uri: FieldEnd, name: "End", after: stepEnd,
		decode: func(r *itemReader, n *node, it *CalendarItem) { it.End = r.time(n) },
		encode: func(e *encoder, it *CalendarItem) { e.time("t:End", it.End.Time) },
	},
	{uri: FieldOriginalStart, name: "OriginalStart", decode: func(r *itemReader, n *node, it *CalendarItem) { it.OriginalStart = r.time(n) }},
	{
		uri: FieldIsAllDay, name: "IsAllDayEvent", after: stepAllDay,
		decode: func(r *itemReader, n *node, it *CalendarItem) { it.IsAllDay = r.bool(n) },
		encode: func(e *encoder, it *CalendarItem) { e.bool("t:IsAllDayEvent", it.IsAllDay) },
	},
	{
		uri: FieldFreeBusy, name: "LegacyFreeBusyStatus", after: stepRest,
		decode: func(r *itemReader, n *node, it *CalendarItem) { it.FreeBusy = FreeBusy(r.enum(n, freeBusyNames())) },
		encode: encodeFreeBusy,
	},
	{
		uri: FieldLocation, name: "Location", after: stepRest,
		decode: func(_ *itemReader, n *node, it *CalendarItem) { it.Location = n.str() },
		encode: func(e *encoder, it *CalendarItem) { e.text("t:Location", it.Location) },
	},
	{uri: FieldIsMeeting, name: "IsMeeting", decode: func(r *itemReader, n *node, it *CalendarItem) { it.IsMeeting = r.bool(n) }},
	{uri: FieldIsCancelled, name: "IsCancelled", decode: func(r *itemReader, n *node, it *CalendarItem) { it.IsCancelled = r.bool(n) }},
	{uri: FieldIsRecurring, name: "IsRecurring", decode: func(r *itemReader, n *node, it *CalendarItem) { it.IsRecurring = r.bool(n) }},
	{uri: FieldMeetingRequestWasSent, name: "MeetingRequestWasSent", decode: func(r *itemReader, n *node, it *CalendarItem) {
		it.MeetingRequestWasSent = r.bool(n)
	}},
	{
		uri: FieldIsResponseRequested, name: "IsResponseRequested", after: stepRest,
		decode: func(r *itemReader, n *node, it *CalendarItem) { it.IsResponseRequested = r.bool(n) },
		encode: func(e *encoder, it *CalendarItem) { e.bool("t:IsResponseRequested", it.IsResponseRequested) },
	},
	{uri: FieldType, name: "CalendarItemType", decode: func(r *itemReader, n *node, it *CalendarItem) { it.Type = ItemType(r.enum(n, itemTypeNames())) }},
	{uri: FieldMyResponse, name: "MyResponseType", decode: func(r *itemReader, n *node, it *CalendarItem) {
		it.MyResponse = ResponseType(r.enum(n, responseNames()))
	}},
	{uri: FieldOrganizer, name: "Organizer", decode: func(_ *itemReader, n *node, it *CalendarItem) {
		it.Organizer = decodeRecipient(n.child("Mailbox"))
	}},
	{
		uri: FieldRequired, name: "RequiredAttendees", after: stepRest,
		decode: func(r *itemReader, n *node, it *CalendarItem) { it.Required = r.attendees(n) },
		encode: func(e *encoder, it *CalendarItem) { encodeAttendees(e, "t:RequiredAttendees", it.Required) },
	},
	{
		uri: FieldOptional, name: "OptionalAttendees", after: stepRest,
		decode: func(r *itemReader, n *node, it *CalendarItem) { it.Optional = r.attendees(n) },
		encode: func(e *encoder, it *CalendarItem) { encodeAttendees(e, "t:OptionalAttendees", it.Optional) },
	},
	{
		uri: FieldResources, name: "Resources", after: stepRest,
		decode: func(r *itemReader, n *node, it *CalendarItem) { it.Resources = r.attendees(n) },
		encode: func(e *encoder, it *CalendarItem) { encodeAttendees(e, "t:Resources", it.Resources) },
	},
	{uri: FieldSequenceNumber, name: "AppointmentSequenceNumber", decode: func(r *itemReader, n *node, it *CalendarItem) { it.SequenceNumber = r.int(n) }},
	{uri: FieldState, name: "AppointmentState", decode: func(r *itemReader, n *node, it *CalendarItem) { it.State = r.int(n) }},
	{
		uri: FieldRecurrence, name: "Recurrence", after: stepRecurrence,
		decode: func(r *itemReader, n *node, it *CalendarItem) {
			rec, err := decodeRecurrence(n)
			r.note(err)
			it.Recurrence = rec
		},
		encode: func(e *encoder, it *CalendarItem) { encodeRecurrence(e, it.Recurrence) },
	},
	{uri: FieldFirstOccurrence, name: "FirstOccurrence", decode: func(r *itemReader, n *node, it *CalendarItem) { it.FirstOccurrence = r.occurrence(n) }},
	{uri: FieldLastOccurrence, name: "LastOccurrence", decode: func(r *itemReader, n *node, it *CalendarItem) { it.LastOccurrence = r.occurrence(n) }},
	{uri: FieldModified, name: "ModifiedOccurrences", decode: func(r *itemReader, n *node, it *CalendarItem) {
		for i := range n.all() {
			it.Modified = append(it.Modified, *r.occurrence(&n.kids[i]))
		}
	}},
	{uri: FieldDeleted, name: "DeletedOccurrences", decode: func(r *itemReader, n *node, it *CalendarItem) {
		for i := range n.all() {
			it.Deleted = append(it.Deleted, r.time(n.kids[i].child("Start")))
		}
	}},
	{
		uri: FieldMeetingTimeZone, name: "MeetingTimeZone", after: stepZones, ends: FeatureZones, ended: true,
		decode: func(_ *itemReader, n *node, it *CalendarItem) {
			it.MeetingTimeZone = n.attr("TimeZoneName")
			it.Rules = decodeMeetingZone(n)
		},
		encode: func(e *encoder, it *CalendarItem) {
			e.zone("t:MeetingTimeZone", "TimeZoneName", it.MeetingTimeZone)
		},
	},
	{
		uri: FieldStartTimeZone, name: "StartTimeZone", after: stepZones, gate: FeatureZones, gated: true,
		decode: func(_ *itemReader, n *node, it *CalendarItem) {
			it.StartTimeZone = n.attr("Id")
			it.Rules = decodeZoneRules(n)
		},
		encode: func(e *encoder, it *CalendarItem) { e.zone("t:StartTimeZone", "Id", it.StartTimeZone) },
	},
	{
		uri: FieldEndTimeZone, name: "EndTimeZone", after: stepZones, gate: FeatureZones, gated: true,
		decode: func(_ *itemReader, n *node, it *CalendarItem) { it.EndTimeZone = n.attr("Id") },
		encode: func(e *encoder, it *CalendarItem) { e.zone("t:EndTimeZone", "Id", it.EndTimeZone) },
	},
	{uri: FieldIsOrganizer, name: "IsOrganizer", gate: FeatureIsOrganizer, gated: true, decode: func(r *itemReader, n *node, it *CalendarItem) {
		it.IsOrganizer = r.bool(n)
	}},
}

// propertyIndex and propertyByName find a property by its wire names. They never change.
var (
	propertyIndex  = indexProperties(func(p *property) FieldURI { return p.uri })
	propertyByName = indexProperties(func(p *property) string { return p.name })
)

func indexProperties[K comparable](key func(*property) K) map[K]int {
	m := make(map[K]int, len(properties))
	for i := range properties {
		m[key(&properties[i])] = i
	}
	return m
}

// findProperty returns the property of that name, nil if this package does not know it.
func findProperty(f FieldURI) *property {
	i, ok := propertyIndex[f]
	if !ok {
		return nil
	}
	return &properties[i]
}

// CalendarFields are all properties of the table that a GetItem is asked for, the body included. Those that the server's version does not know
// are left out of the request.
func CalendarFields() []FieldURI {
	out := make([]FieldURI, 0, len(properties))
	for i := range properties {
		if f := properties[i].uri; f != fieldExtended && f != FieldItemID {
			out = append(out, f)
		}
	}
	return out
}
