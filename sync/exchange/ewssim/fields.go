package ewssim

import "strings"

// field is one property of an item class: its element name and its place in the
// class's sequence, which the schema enforces.
type field struct {
	name, uri string
	since     schema
	readOnly  bool
	explicit  bool // only when asked for by name
	full      bool // only from GetItem: not in FindItem and SyncFolderItems
	std       bool // in the Default shape of calendar items
}

// The sequences follow the published types.xsd. A mark after the name: r is
// read-only, x only when asked by name, g only from GetItem, d in the Default
// shape of calendar items; digits give the first schema that has it.
const itemSequence = `
MimeContent:xg ItemId:r ParentFolderId:r ItemClass Subject:d Sensitivity Body:g Attachments:rgd DateTimeReceived:r Size:r
Categories Importance InReplyTo IsSubmitted:r IsDraft:r IsFromMe:r IsResend:r IsUnmodified:r InternetMessageHeaders:rg
DateTimeSent:r DateTimeCreated:r ResponseObjects:rgd ReminderDueBy ReminderIsSet ReminderNextTime:rx2013 ReminderMinutesBeforeStart
DisplayCc:r DisplayTo:r HasAttachments:rd ExtendedProperty Culture EffectiveRights:r LastModifiedName:r LastModifiedTime:r
IsAssociated:2010 WebClientReadFormQueryString:r2010 WebClientEditFormQueryString:rx2010 ConversationId:r2010 UniqueBody:rxg2010
Flag:2013 StoreEntryId:rx2010SP2 InstanceKey:r2013 NormalizedBody:rxg2013 EntityExtractionResult:rx2013 PolicyTag:2013 ArchiveTag:2013
RetentionDate:r2013 Preview:rx2013 RightsManagementLicenseData:rx2013 PredictedActionReasons:rx2013 IsClutter:r2013 BlockStatus:rx2013 HasBlockedImages:rx2013
TextBody:rxg2013 IconIndex:rx2013 Hashtags:x2016 Mentions:x2016 MentionedMe:rx2016`

const calendarSequence = `
UID RecurrenceId:x DateTimeStamp:r Start:d End:d OriginalStart:r IsAllDayEvent LegacyFreeBusyStatus:d Location:d When
IsMeeting:r IsCancelled:r IsRecurring:rd MeetingRequestWasSent:r IsResponseRequested CalendarItemType:rd MyResponseType:r Organizer:rd
RequiredAttendees:gd OptionalAttendees:gd Resources:g InboxReminders:x2016 ConflictingMeetingCount:rg AdjacentMeetingCount:rg ConflictingMeetings:rxg
AdjacentMeetings:rxg Duration:r TimeZone:r AppointmentReplyTime:r AppointmentSequenceNumber:r AppointmentState:r
Recurrence:g FirstOccurrence:rg LastOccurrence:rg ModifiedOccurrences:rg DeletedOccurrences:rg
MeetingTimeZone StartTimeZone:2010 EndTimeZone:2010 ConferenceType AllowNewTimeProposal IsOnlineMeeting MeetingWorkspaceUrl NetShowUrl
EnhancedLocation:x2013 StartWallClock:rx2013 EndWallClock:rx2013 StartTimeZoneId:rx2013 EndTimeZoneId:rx2013 IntendedFreeBusyStatus:rx2013
JoinOnlineMeetingUrl:rx2013 OnlineMeetingSettings:rx2013 IsOrganizer:r2013`

const messageSequence = `
Sender ToRecipients:g CcRecipients:g BccRecipients:g IsReadReceiptRequested IsDeliveryReceiptRequested ConversationIndex:r ConversationTopic:r
From InternetMessageId IsRead IsResponseRequested References ReplyTo:g ReceivedBy:r ReceivedRepresenting:r
ApprovalRequestData:rx2013 VotingInformation:rx2013 ReminderMessageData:rx2013`

const meetingSequence = `
AssociatedCalendarItemId:r IsDelegated:r IsOutOfDate:r HasBeenProcessed:r ResponseType:r UID:r RecurrenceId:r DateTimeStamp:r IsOrganizer:r2013`

const contactSequence = `
FileAs FileAsMapping DisplayName GivenName Initials MiddleName Nickname CompleteName:r CompanyName EmailAddresses PhysicalAddresses PhoneNumbers
AssistantName Birthday BusinessHomePage Children Companies ContactSource:r Department Generation ImAddresses JobTitle Manager Mileage
OfficeLocation PostalAddressIndex Profession SpouseName Surname WeddingAnniversary HasPicture:r2010 PhoneticFullName:r2010SP1 PhoneticFirstName:r2010SP1
PhoneticLastName:r2010SP1 Alias:r2010SP1 Notes:r2010SP1 Photo:rx2010SP1 UserSMIMECertificate:x2010SP1 MSExchangeCertificate:x2010SP1
DirectoryId:rx2010SP1 ManagerMailbox:rx2010SP1 DirectReports:rx2010SP1`

const taskSequence = `
ActualWork AssignedTime:r BillingInformation ChangeCount:r Companies CompleteDate Contacts DelegationState:r Delegator:r DueDate
IsAssignmentEditable:r IsComplete:r IsRecurring:r IsTeamTask:r Mileage Owner:r PercentComplete Recurrence StartDate Status StatusDescription:r TotalWork`

// classTable is everything the server knows about one element name.
type classTable struct {
	fields []field
	byName map[string]int
	byURI  map[string]int
}

type tables struct {
	classes map[string]*classTable
	uris    map[string]schema // every known URI with its first schema
}

func newTables() *tables {
	item := parseSequence("item:", itemSequence)
	message := append(item[:len(item):len(item)], parseSequence("message:", messageSequence)...)
	meeting := append(message[:len(message):len(message)], parseSequence("meeting:", meetingSequence)...)
	with := func(prefix, seq string) []field {
		return append(item[:len(item):len(item)], parseSequence(prefix, seq)...)
	}
	t := &tables{classes: map[string]*classTable{}, uris: map[string]schema{}}
	for name, fs := range map[string][]field{
		"Item": item, "PostItem": item, "DistributionList": item,
		"Message": message, "MeetingMessage": meeting, "MeetingRequest": meeting, "MeetingResponse": meeting, "MeetingCancellation": meeting,
		"CalendarItem": with("calendar:", calendarSequence), "Contact": with("contacts:", contactSequence), "Task": with("task:", taskSequence),
	} {
		c := &classTable{fields: fs, byName: map[string]int{}, byURI: map[string]int{}}
		for i, f := range fs {
			c.byName[f.name] = i
			c.byURI[f.uri] = i
			t.uris[f.uri] = f.since
		}
		t.classes[name] = c
	}
	return t
}

var marks = map[string]schema{"2010": v2010, "2010SP1": v2010SP1, "2010SP2": v2010SP2, "2013": v2013, "2016": v2016}

func parseSequence(prefix, seq string) []field {
	var out []field
	for _, word := range strings.Fields(seq) {
		name, mark, _ := strings.Cut(word, ":")
		letters := strings.TrimRight(mark, "0123456789SP")
		out = append(out, field{
			name: name, uri: prefix + name, since: marks[mark[len(letters):]],
			readOnly: strings.Contains(letters, "r"), explicit: strings.Contains(letters, "x"),
			full: strings.Contains(letters, "g"), std: strings.Contains(letters, "d"),
		})
	}
	return out
}

// known reports whether a URI may be used under a schema. URIs of classes that
// the server keeps no table of are taken on trust.
func (t *tables) known(uri string, v schema) bool {
	if since, ok := t.uris[uri]; ok {
		return v >= since || v == vNone
	}
	prefix, name, ok := strings.Cut(uri, ":")
	if !ok || name == "" {
		return false
	}
	switch prefix {
	case "folder", "message", "meeting", "meetingRequest", "contacts", "task", "postitem", "conversation", "distributionlist", "persona":
		return true
	}
	// Online servers have some more; they are read as absent.
	switch uri {
	case "item:MimeContentUTF8", "item:NextPredictedAction", "item:GroupingAction", "item:PredictedActionReason", "item:DisplayBcc",
		"item:PendingSocialActivityTagIds", "item:SearchKey", "item:SortKey", "item:Photo", "item:ReminderNextTime", "item:MentionsPreview":
		return v == v2016
	case "calendar:StartWallClock", "calendar:EndWallClock":
		return v >= v2013
	}
	return false
}

// plural maps the URI of an indexed property to the element that holds all of
// its entries.
func plural(uri string) string {
	switch {
	case uri == "contacts:EmailAddress":
		return "EmailAddresses"
	case uri == "contacts:PhoneNumber":
		return "PhoneNumbers"
	case uri == "contacts:ImAddress":
		return "ImAddresses"
	case strings.HasPrefix(uri, "contacts:PhysicalAddress"):
		return "PhysicalAddresses"
	}
	return ""
}
