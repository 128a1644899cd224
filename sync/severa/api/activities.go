package api

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	activitiesRoute = "/v1/activities"
	activityRoute   = "/v1/activities/{guid}"
	exceptionsRoute = "/v1/activities/{guid}/exceptions"

	scopeRead   = "activities:read"
	scopeWrite  = "activities:write"
	scopeDelete = "activities:delete"

	maxLocation = 1000
)

// ActivityQuery filters a list of activities; the zero value asks for all of the organisation. Fields
// left unset are not sent, so that the server's default holds.
type ActivityQuery struct {
	UserGUIDs       []string
	IncludeAsMember bool // with UserGUIDs: also where the user is a participant
	// Start and End limit the list to what overlaps them; with StrictTimes to what lies within, both
	// limits included. Give both: how far an endless series is expanded otherwise is not documented.
	Start, End  time.Time
	StrictTimes bool
	// ChangedSince is inclusive: entries of the very instant come again. Deletions are not reported.
	ChangedSince time.Time
	// RecurrenceType unset lists single entries, occurrences and exceptions, but no series.
	RecurrenceType RecurrenceType

	Categories               []Category
	ActivityTypeGUIDs        []string
	Closed                   *bool
	HasDuration              *bool
	HasHours                 *bool
	IsUnassigned             *bool
	CustomerGUIDs            []string
	IncludeWithNoCustomer    *bool // default true
	ProjectGUIDs             []string
	IncludeWithNoProject     *bool // default true
	ProjectBusinessUnitGUIDs []string
	ProjectOwnerGUIDs        []string
	ProjectTaskStatusGUIDs   []string
	PhaseGUIDs               []string
	IncludeSubPhases         bool
	ContactGUIDs             []string
	UserKeywordGUIDs         []string

	RowCount int // rows of a page, 1..100; default 100
}

func (q ActivityQuery) values() (url.Values, error) {
	v := url.Values{}
	if q.RowCount == 0 {
		q.RowCount = RowCount
	}
	if q.RowCount < 1 || q.RowCount > RowCount {
		return nil, fmt.Errorf("the row count %d is outside 1..%d", q.RowCount, RowCount)
	}
	v.Set("rowCount", strconv.Itoa(q.RowCount))
	for key, at := range map[string]time.Time{"startDateTime": q.Start, "endDateTime": q.End, "changedSince": q.ChangedSince} {
		if at.IsZero() {
			continue
		}
		s, err := At(at).text()
		if err != nil {
			return nil, err
		}
		v.Set(key, s)
	}
	for key, on := range map[string]bool{
		"includeAsMember": q.IncludeAsMember, "useStrictStartAndEndDateTime": q.StrictTimes, "includeSubPhases": q.IncludeSubPhases,
	} {
		if on {
			v.Set(key, boolText(on))
		}
	}
	if q.RecurrenceType != "" {
		v.Set("recurrenceType", string(q.RecurrenceType))
	}
	for _, c := range q.Categories {
		v.Add("activityCategories", string(c))
	}
	setBool(v, "closed", q.Closed)
	setBool(v, "hasDuration", q.HasDuration)
	setBool(v, "hasHours", q.HasHours)
	setBool(v, "isUnassigned", q.IsUnassigned)
	setBool(v, "includeTasksWithNoCustomer", q.IncludeWithNoCustomer)
	setBool(v, "includeTasksWithNoProject", q.IncludeWithNoProject)
	setAll(v, "userGuids", q.UserGUIDs)
	setAll(v, "activityTypeGuids", q.ActivityTypeGUIDs)
	setAll(v, "customerGuids", q.CustomerGUIDs)
	setAll(v, "projectGuids", q.ProjectGUIDs)
	setAll(v, "projectBusinessUnitGuids", q.ProjectBusinessUnitGUIDs)
	setAll(v, "projectOwnerGuids", q.ProjectOwnerGUIDs)
	setAll(v, "projectTaskStatusGuids", q.ProjectTaskStatusGUIDs)
	setAll(v, "phaseGuids", q.PhaseGUIDs)
	setAll(v, "contactGuids", q.ContactGUIDs)
	setAll(v, "userKeywordGuids", q.UserKeywordGUIDs)
	return v, nil
}

// Activities lists activities page by page. The sequence may be ranged over once or again; each time
// it asks anew. It ends after the page with Last set, or after an error.
func (c *Client) Activities(ctx context.Context, q ActivityQuery) iter.Seq2[Page[Activity], error] {
	r := &request{op: "list activities", method: http.MethodGet, route: activitiesRoute, path: activitiesRoute, scope: scopeRead, want: okOnly()}
	v, err := q.values()
	if err != nil {
		return refused[Activity](r.invalid("%w", err))
	}
	r.query = v
	return list[Activity](ctx, c, r)
}

// Activity reads one activity. An error of class NotFound means that the API itself does not know it.
func (c *Client) Activity(ctx context.Context, id string) (Activity, error) {
	r := &request{op: "get activity", method: http.MethodGet, route: activityRoute, scope: scopeRead, want: okOnly()}
	return one[Activity](ctx, c, r, id)
}

// ActivityDraft is what a new activity is made of. Name, Start, ActivityTypeGUID and OwnerGUID are
// required.
type ActivityDraft struct {
	Name                  string // the subject
	Start, End            Time
	IsAllDay, HasDuration bool // an all-day entry needs both
	IsClosed              bool
	IsUnassigned          bool
	Notes, Location       string
	ActivityTypeGUID      string
	OwnerGUID             string
	CustomerGUID          string
	PhaseGUID             string
	ProjectTaskStatusGUID string
	Recurrence            *Recurrence
}

type guidOnly struct {
	GUID string `json:"guid"`
}

type draftBody struct {
	Name              string      `json:"name"`
	Start             Time        `json:"startDateTime"`
	End               Time        `json:"endDateTime"`
	IsAllDay          bool        `json:"isAllDay"`
	HasDuration       bool        `json:"hasDuration"`
	IsClosed          bool        `json:"isClosed"`
	IsUnassigned      bool        `json:"isUnassigned"`
	Notes             *string     `json:"notes,omitempty"`
	Location          *string     `json:"location,omitempty"`
	ActivityType      guidOnly    `json:"activityType"`
	OwnerUser         guidOnly    `json:"ownerUser"`
	Customer          *guidOnly   `json:"customer,omitempty"`
	Phase             *guidOnly   `json:"phase,omitempty"`
	ProjectTaskStatus *guidOnly   `json:"projectTaskStatus,omitempty"`
	Recurrence        *Recurrence `json:"recurrence,omitempty"`
}

func (d ActivityDraft) fault() string {
	switch {
	case d.Name == "":
		return "an activity needs a name"
	case d.Start.IsZero():
		return "an activity needs a start"
	case d.ActivityTypeGUID == "":
		return "an activity needs an activity type"
	case d.OwnerGUID == "":
		return "an activity needs an owner"
	case !d.End.IsZero() && d.End.Before(d.Start.Time):
		return "the activity ends before it starts"
	case d.IsAllDay && !d.HasDuration:
		return "an all-day activity must have a duration"
	case len(utf16.Encode([]rune(d.Location))) > maxLocation:
		return fmt.Sprintf("the location is longer than %d characters", maxLocation)
	case !utf8.ValidString(d.Name) || !utf8.ValidString(d.Notes) || !utf8.ValidString(d.Location):
		return "a text is not valid UTF-8"
	}
	return d.Recurrence.fault()
}

func (d ActivityDraft) body() draftBody {
	b := draftBody{
		Name: d.Name, Start: d.Start, End: d.End,
		IsAllDay: d.IsAllDay, HasDuration: d.HasDuration, IsClosed: d.IsClosed, IsUnassigned: d.IsUnassigned,
		ActivityType: guidOnly{d.ActivityTypeGUID}, OwnerUser: guidOnly{d.OwnerGUID},
		Customer: optionalRef(d.CustomerGUID), Phase: optionalRef(d.PhaseGUID), ProjectTaskStatus: optionalRef(d.ProjectTaskStatusGUID),
		Recurrence: d.Recurrence.sendable(),
	}
	if d.Notes != "" {
		b.Notes = &d.Notes
	}
	if d.Location != "" {
		b.Location = &d.Location
	}
	return b
}

func optionalRef(guid string) *guidOnly {
	if guid == "" {
		return nil
	}
	return &guidOnly{guid}
}

// CreateActivity makes an activity and returns it as the server stored it. The server has no key
// against doubles: after OutcomeUnknown look for the activity, never send it again.
func (c *Client) CreateActivity(ctx context.Context, d ActivityDraft) (Activity, error) {
	r := &request{op: "create activity", method: http.MethodPost, route: activitiesRoute, path: activitiesRoute, scope: scopeWrite, want: createdOrOK()}
	if f := d.fault(); f != "" {
		return Activity{}, r.invalid("%s", f)
	}
	r.body = d.body()
	return answered[Activity](ctx, c, r)
}

// PatchActivity changes the named fields and returns the activity as it is then. There is no
// precondition in the API: compare LastUpdated just before. What a patch of an occurrence does is not
// documented; the answer's GUID may then differ from id.
func (c *Client) PatchActivity(ctx context.Context, id string, ops []PatchOp) (Activity, error) {
	r := &request{op: "patch activity", method: http.MethodPatch, route: activityRoute, scope: scopeWrite, want: okOnly()}
	return patch[Activity](ctx, c, r, id, ops)
}

// DeleteActivity deletes an activity.
func (c *Client) DeleteActivity(ctx context.Context, id string) error {
	return c.remove(ctx, &request{op: "delete activity", route: activityRoute}, id)
}

// DeleteExceptions takes back all exceptions of a series. NotFound: the activity does not recur.
func (c *Client) DeleteExceptions(ctx context.Context, id string) error {
	return c.remove(ctx, &request{op: "delete exceptions", route: exceptionsRoute}, id)
}

func okOnly() []int      { return []int{http.StatusOK} }
func createdOrOK() []int { return []int{http.StatusCreated, http.StatusOK} }
