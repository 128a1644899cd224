package api

// The enumerations of the API are texts here, because a value that a later version of the server adds
// must survive being read. Known reports whether this client's documentation lists the value.

// Category groups activity types.
type Category string

// The documented categories. Private entries are those whose type is of category Personal. That
// SalesEvent is the product's "to-do" and Task its "project task" is inferred from the project task
// status, which only the latter carries.
const (
	CategoryPersonal      Category = "Personal"
	CategoryAbsences      Category = "Absences"
	CategoryCalendarEntry Category = "CalendarEntry"
	CategorySalesEvent    Category = "SalesEvent"
	CategoryTask          Category = "Task"
)

// Known reports whether the value is documented.
func (c Category) Known() bool {
	switch c {
	case CategoryPersonal, CategoryAbsences, CategoryCalendarEntry, CategorySalesEvent, CategoryTask:
		return true
	}
	return false
}

// RecurrenceType says what part of a series an activity is.
type RecurrenceType string

// The documented recurrence types. A list without this filter holds all but the series themselves.
const (
	RecurrenceNone       RecurrenceType = "None"
	RecurrenceOccurrence RecurrenceType = "Occurrence"
	RecurrenceException  RecurrenceType = "Exception"
	RecurrenceSeries     RecurrenceType = "Series"
)

// Known reports whether the value is documented.
func (r RecurrenceType) Known() bool {
	switch r {
	case RecurrenceNone, RecurrenceOccurrence, RecurrenceException, RecurrenceSeries:
		return true
	}
	return false
}

// Frequency of a recurrence.
type Frequency string

// The documented frequencies.
const (
	Daily   Frequency = "Daily"
	Weekly  Frequency = "Weekly"
	Monthly Frequency = "Monthly"
	Yearly  Frequency = "Yearly"
)

// Known reports whether the value is documented.
func (f Frequency) Known() bool {
	switch f {
	case Daily, Weekly, Monthly, Yearly:
		return true
	}
	return false
}

// Ordinal picks one of the days of a month.
type Ordinal string

// The documented ordinals.
const (
	First  Ordinal = "First"
	Second Ordinal = "Second"
	Third  Ordinal = "Third"
	Fourth Ordinal = "Fourth"
	Last   Ordinal = "Last"
)

// Known reports whether the value is documented.
func (o Ordinal) Known() bool {
	switch o {
	case First, Second, Third, Fourth, Last:
		return true
	}
	return false
}

// OrdinalDay is the kind of day that an [Ordinal] counts.
type OrdinalDay string

// The documented kinds of day.
const (
	Sunday     OrdinalDay = "Sunday"
	Monday     OrdinalDay = "Monday"
	Tuesday    OrdinalDay = "Tuesday"
	Wednesday  OrdinalDay = "Wednesday"
	Thursday   OrdinalDay = "Thursday"
	Friday     OrdinalDay = "Friday"
	Saturday   OrdinalDay = "Saturday"
	WeekDay    OrdinalDay = "WeekDay"
	WeekendDay OrdinalDay = "WeekendDay"
	AnyDay     OrdinalDay = "Day"
)

// Known reports whether the value is documented.
func (d OrdinalDay) Known() bool {
	switch d {
	case Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, WeekDay, WeekendDay, AnyDay:
		return true
	}
	return false
}

// Month is the English name of a month.
type Month string

// The documented months.
const (
	January   Month = "January"
	February  Month = "February"
	March     Month = "March"
	April     Month = "April"
	May       Month = "May"
	June      Month = "June"
	July      Month = "July"
	August    Month = "August"
	September Month = "September"
	October   Month = "October"
	November  Month = "November"
	December  Month = "December"
)

// Known reports whether the value is documented.
func (m Month) Known() bool {
	switch m {
	case January, February, March, April, May, June, July, August, September, October, November, December:
		return true
	}
	return false
}

// ParticipantType says what a participant is.
type ParticipantType string

// The documented participant types.
const (
	ParticipantUser     ParticipantType = "User"
	ParticipantContact  ParticipantType = "Contact"
	ParticipantResource ParticipantType = "Resource"
	ParticipantOther    ParticipantType = "Other"
)

// Known reports whether the value is documented.
func (p ParticipantType) Known() bool {
	switch p {
	case ParticipantUser, ParticipantContact, ParticipantResource, ParticipantOther:
		return true
	}
	return false
}

// ParticipantStatus is a participant's reply.
type ParticipantStatus string

// The documented replies.
const (
	StatusUnknown   ParticipantStatus = "Unknown"
	StatusInvited   ParticipantStatus = "Invited"
	StatusAccepted  ParticipantStatus = "Accepted"
	StatusTentative ParticipantStatus = "Tentative"
	StatusDeclined  ParticipantStatus = "Declined"
)

// Known reports whether the value is documented.
func (s ParticipantStatus) Known() bool {
	switch s {
	case StatusUnknown, StatusInvited, StatusAccepted, StatusTentative, StatusDeclined:
		return true
	}
	return false
}

// Purpose is what a list of users is for: only those are listed who can be that.
type Purpose string

// The purposes that matter for a calendar.
const (
	PurposeActivityOwner       Purpose = "ActivityOwner"
	PurposeActivityParticipant Purpose = "ActivityParticipant"
)

// UserType is the licence type of a user.
type UserType string

// The documented user types.
const (
	FullUser           UserType = "FullUser"
	Employee           UserType = "Employee"
	RestrictedEmployee UserType = "RestrictedEmployee"
	Subcontractor      UserType = "Subcontractor"
)

// Known reports whether the value is documented.
func (u UserType) Known() bool {
	switch u {
	case FullUser, Employee, RestrictedEmployee, Subcontractor:
		return true
	}
	return false
}
