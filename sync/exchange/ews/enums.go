package ews

import (
	"fmt"
	"slices"
)

// enumName returns the wire name of v, or a marker that no server knows.
func enumName(kind string, names []string, v int) string {
	if v >= 0 && v < len(names) {
		return names[v]
	}
	return fmt.Sprintf("%s(%d)", kind, v)
}

// enumValue is the reverse of enumName.
func enumValue(names []string, s string) (int, bool) {
	i := slices.Index(names, s)
	return i, i >= 0
}

// Sensitivity is the privacy of an item.
type Sensitivity int

// The sensitivities.
const (
	SensitivityNormal Sensitivity = iota
	SensitivityPersonal
	SensitivityPrivate
	SensitivityConfidential
)

func sensitivityNames() []string { return []string{"Normal", "Personal", "Private", "Confidential"} }

// String returns the wire name.
func (s Sensitivity) String() string { return enumName("Sensitivity", sensitivityNames(), int(s)) }

// Importance is the rank of an item.
type Importance int

// The ranks; Normal is the zero value.
const (
	ImportanceNormal Importance = iota
	ImportanceLow
	ImportanceHigh
)

func importanceNames() []string { return []string{"Normal", "Low", "High"} }

// String returns the wire name.
func (i Importance) String() string { return enumName("Importance", importanceNames(), int(i)) }

// FreeBusy is what others see of the time.
type FreeBusy int

// The states. NoData is the zero value and is never written.
const (
	FreeBusyNoData FreeBusy = iota
	FreeBusyFree
	FreeBusyTentative
	FreeBusyBusy
	FreeBusyOOF
	FreeBusyWorkingElsewhere // Exchange 2013 and newer
)

func freeBusyNames() []string {
	return []string{"NoData", "Free", "Tentative", "Busy", "OOF", "WorkingElsewhere"}
}

// String returns the wire name.
func (f FreeBusy) String() string { return enumName("FreeBusy", freeBusyNames(), int(f)) }

// ItemType tells single items, series and their parts apart.
type ItemType int

// The types of item.
const (
	TypeSingle ItemType = iota
	TypeOccurrence
	TypeException
	TypeMaster
)

func itemTypeNames() []string {
	return []string{"Single", "Occurrence", "Exception", "RecurringMaster"}
}

// String returns the wire name.
func (t ItemType) String() string { return enumName("ItemType", itemTypeNames(), int(t)) }

// ResponseType is the answer of an attendee.
type ResponseType int

// The answers.
const (
	ResponseUnknown ResponseType = iota
	ResponseOrganizer
	ResponseTentative
	ResponseAccept
	ResponseDecline
	ResponseNone // NoResponseReceived
)

func responseNames() []string {
	return []string{"Unknown", "Organizer", "Tentative", "Accept", "Decline", "NoResponseReceived"}
}

// String returns the wire name.
func (r ResponseType) String() string { return enumName("ResponseType", responseNames(), int(r)) }

// BodyType is the format of a body.
type BodyType int

// The formats.
const (
	BodyText BodyType = iota
	BodyHTML
)

func bodyTypeNames() []string { return []string{"Text", "HTML"} }

// String returns the wire name.
func (b BodyType) String() string { return enumName("BodyType", bodyTypeNames(), int(b)) }

// SendMode says who gets mail about a write. The zero value is nobody.
type SendMode int

// The modes. The two Changed ones exist for updates only.
const (
	SendToNone SendMode = iota
	SendOnlyToAll
	SendToAllAndSaveCopy
	SendOnlyToChanged
	SendToChangedAndSaveCopy
)

func sendModeNames() []string {
	return []string{"SendToNone", "SendOnlyToAll", "SendToAllAndSaveCopy", "SendOnlyToChanged", "SendToChangedAndSaveCopy"}
}

// String returns the wire name.
func (s SendMode) String() string { return enumName("SendMode", sendModeNames(), int(s)) }

// Disposal is how an item is deleted. The zero value keeps it within reach of its owner.
type Disposal int

// The ways to delete.
const (
	MoveToDeletedItems Disposal = iota
	SoftDelete
	HardDelete
)

func disposalNames() []string { return []string{"MoveToDeletedItems", "SoftDelete", "HardDelete"} }

// String returns the wire name.
func (d Disposal) String() string { return enumName("Disposal", disposalNames(), int(d)) }

// Conflict says what an update does when the change key is no longer current. The zero value writes nothing then.
type Conflict int

// The conflict resolutions.
const (
	NeverOverwrite Conflict = iota
	AutoResolve
	AlwaysOverwrite
)

func conflictNames() []string { return []string{"NeverOverwrite", "AutoResolve", "AlwaysOverwrite"} }

// String returns the wire name.
func (c Conflict) String() string { return enumName("Conflict", conflictNames(), int(c)) }
