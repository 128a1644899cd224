package api

import (
	"encoding/json"
	"log/slog"
)

// The models hold what the server sends, member by member. null reads as the zero value; where null
// and zero differ in meaning the field is a pointer. Ids are opaque: the id of an occurrence is
// composite and holds a ";".

// Ref names another thing by id.
type Ref struct {
	GUID string `json:"guid"`
	Name string `json:"name"`
}

// UnmarshalJSON reads the object, or a bare name: some members of the API are documented without
// their shape, and such a detail must not make a whole row unreadable.
func (r *Ref) UnmarshalJSON(data []byte) error {
	if name, ok := optionalText(data); ok {
		*r = Ref{Name: name}
		return nil
	}
	type plain Ref
	return json.Unmarshal(data, (*plain)(r))
}

// Keyword is a label on a user.
type Keyword struct {
	GUID  string `json:"guid"`
	Value string `json:"value"`
}

// TypeRef names an activity type and its category.
type TypeRef struct {
	GUID     string   `json:"guid"`
	Name     string   `json:"name"`
	Category Category `json:"category"`
}

// OwnerRef names the owner of an activity.
type OwnerRef struct {
	GUID     string    `json:"guid"`
	Name     string    `json:"name"`
	Code     string    `json:"code"`
	Keywords []Keyword `json:"keywords"`
}

// CustomerRef names a customer.
type CustomerRef struct {
	GUID   string `json:"guid"`
	Name   string `json:"name"`
	Number *int64 `json:"number"`
}

// PhaseRef names a phase of a project.
type PhaseRef struct {
	GUID             string `json:"guid"`
	Name             string `json:"name"`
	IsLocked         bool   `json:"isLocked"`
	ProjectGUID      string `json:"projectGuid"`
	ProjectName      string `json:"projectName"`
	ProjectNumber    *int64 `json:"projectNumber"`
	ProjectOwnerGUID string `json:"projectOwnerGuid"`
}

// Editor is who created or last changed something.
type Editor struct {
	GUID      string `json:"guid"`
	Name      string `json:"name"`
	Code      string `json:"code"`
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
}

// Activity is an entry of a calendar, a to-do or a project task (the API's ActivityModel).
type Activity struct {
	GUID string `json:"guid"`
	Name string `json:"name"` // the subject
	// Start and End: for an all-day entry local midnights, End exclusive. End is zero for a to-do
	// without one and means one day for an all-day entry.
	Start       Time `json:"startDateTime"`
	End         Time `json:"endDateTime"`
	IsAllDay    bool `json:"isAllDay"`
	HasDuration bool `json:"hasDuration"` // true: a block in the calendar; false: a to-do
	IsClosed    bool `json:"isClosed"`    // done

	IsUnassigned bool   `json:"isUnassigned"`
	HasHours     bool   `json:"hasHours"` // work hours are booked against it
	Notes        string `json:"notes"`
	Location     string `json:"location"`

	ActivityType      TypeRef      `json:"activityType"`
	OwnerUser         OwnerRef     `json:"ownerUser"`
	Customer          *CustomerRef `json:"customer"`
	Phase             *PhaseRef    `json:"phase"`
	ProjectTaskStatus *Ref         `json:"projectTaskStatus"`

	Recurrence                   *Recurrence    `json:"recurrence"`
	RecurrenceRule               string         `json:"recurrenceRule"` // format not documented
	RecurrenceType               RecurrenceType `json:"recurrenceType"`
	RecurrenceParentActivityGUID string         `json:"recurrenceParentActivityGuid"`

	Created       Time    `json:"createdDateTime"`
	LastUpdated   Time    `json:"lastUpdatedDateTime"`
	CreatedBy     *Editor `json:"createdBy"`
	LastUpdatedBy *Editor `json:"lastUpdatedBy"`
}

// LogValue names the activity by id alone.
func (a Activity) LogValue() slog.Value { return slog.GroupValue(slog.String("guid", a.GUID)) }

func (a Activity) id() string { return a.GUID }

// Participant is the membership of one person, contact or resource in one activity.
type Participant struct {
	GUID            string            `json:"guid"`
	ActivityGUID    string            `json:"activityGuid"`
	ParticipantGUID string            `json:"participantGuid"` // the user, contact or resource
	Type            ParticipantType   `json:"type"`
	Status          ParticipantStatus `json:"status"`
	Name            string            `json:"name"`
	Email           string            `json:"email"`
	IsActive        bool              `json:"isActive"`
	Phone           string            `json:"phone"`
	MobilePhone     string            `json:"mobilePhone"`
}

// LogValue names the participant by id alone.
func (p Participant) LogValue() slog.Value { return slog.GroupValue(slog.String("guid", p.GUID)) }

func (p Participant) id() string { return p.GUID }

// ActivityType is a kind of activity that the organisation has defined.
type ActivityType struct {
	GUID        string   `json:"guid"`
	Name        string   `json:"name"`
	Category    Category `json:"category"`
	Code        string   `json:"code"`
	IsActive    bool     `json:"isActive"` // true when the server does not say
	IsDefault   bool     `json:"isDefault"`
	IsPaidLeave *bool    `json:"isPaidLeave"`

	Created       Time    `json:"createdDateTime"`
	LastUpdated   Time    `json:"lastUpdatedDateTime"`
	CreatedBy     *Editor `json:"createdBy"`
	LastUpdatedBy *Editor `json:"lastUpdatedBy"`
}

// UnmarshalJSON applies the documented default of isActive.
func (t *ActivityType) UnmarshalJSON(data []byte) error {
	type plain ActivityType
	p := plain{IsActive: true}
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	*t = ActivityType(p)
	return nil
}

func (t ActivityType) id() string { return t.GUID }

// TimeZone is a zone of the server's list.
type TimeZone struct {
	GUID       string `json:"guid"`
	Name       string `json:"name"`
	SystemName string `json:"systemName"` // the Windows id, as far as can be told
	IANAName   string `json:"ianaName"`
}

func (z TimeZone) id() string { return z.GUID }

// Language of a user or an organisation.
type Language struct {
	GUID        string `json:"guid"`
	Name        string `json:"name"`
	EnglishName string `json:"englishName"`
	Code        string `json:"code"`
}

// User is a person with a licence.
type User struct {
	GUID      string   `json:"guid"`
	FirstName string   `json:"firstName"`
	LastName  string   `json:"lastName"`
	Email     string   `json:"email"`
	IsActive  bool     `json:"isActive"`
	Phone     string   `json:"phone"`
	Code      string   `json:"code"`
	Title     string   `json:"title"`
	UserType  UserType `json:"userType"`

	TimeZone            *TimeZone `json:"timezone"`
	Language            *Language `json:"language"`
	Culture             *Ref      `json:"culture"`
	Country             *Ref      `json:"country"`
	DefaultActivityType *Ref      `json:"defaultActivityType"`
	BusinessUnit        *Ref      `json:"businessUnit"`
	SuperiorUser        *Ref      `json:"superiorUser"`
	PermissionProfile   *Ref      `json:"permissionProfile"`
	Keywords            []Keyword `json:"keywords"`

	LastLogin     Time    `json:"lastLogin"`
	Created       Time    `json:"createdDateTime"`
	LastUpdated   Time    `json:"lastUpdatedDateTime"`
	CreatedBy     *Editor `json:"createdBy"`
	LastUpdatedBy *Editor `json:"lastUpdatedBy"`
}

// LogValue names the user by id alone.
func (u User) LogValue() slog.Value { return slog.GroupValue(slog.String("guid", u.GUID)) }

func (u User) id() string { return u.GUID }

// Organisation describes the organisation that the credentials belong to.
type Organisation struct {
	GUID         string          `json:"guid"`
	Name         string          `json:"name"`
	TimeZone     *TimeZone       `json:"timezone"`
	Country      *Ref            `json:"country"`
	Language     *Ref            `json:"language"`
	ActiveAddons json.RawMessage `json:"activeAddons"` // shape not documented
}

// id is constant: there is one organisation, and whether it is sent with an id is not documented.
func (Organisation) id() string { return "organisation" }
