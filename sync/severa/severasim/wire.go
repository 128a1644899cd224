package severasim

import (
	"fmt"
	"regexp"
	"time"
)

// wireTime is how times are written: milliseconds and an offset.
const (
	wireTime  = "2006-01-02T15:04:05.000Z07:00"
	wireStart = "2006-01-02T15:04:05Z07:00"
)

// withoutOffset matches a date-time that names no offset.
var withoutOffset = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$`)

// parseTime reads a date-time. One without offset counts as UTC.
func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	if withoutOffset.MatchString(text) {
		for _, layout := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04"} {
			if t, err := time.Parse(layout, text); err == nil {
				return t, nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a date and time in ISO 8601", text)
}

// ref is a reference to another row.
type ref struct {
	GUID string `json:"guid"`
	Name string `json:"name"`
}

// author is who made or changed a row.
type author struct {
	Code      *string `json:"code"`
	Name      string  `json:"name"`
	GUID      string  `json:"guid"`
	FirstName string  `json:"firstName"`
	LastName  string  `json:"lastName"`
}

// stamps are the read-only fields that every row has.
type stamps struct {
	Created   string  `json:"createdDateTime"`
	CreatedBy *author `json:"createdBy"`
	Updated   string  `json:"lastUpdatedDateTime"`
	UpdatedBy *author `json:"lastUpdatedBy"`
}

func (s *store) stamps(created, updated time.Time) stamps {
	return stamps{Created: s.format(created, "", wireTime), Updated: s.format(updated, "", wireTime)}
}

func (s *store) author(guid string) *author {
	u, ok := s.users.get(guid)
	if !ok {
		return nil // what the service shows for a change by an interface is not known
	}
	return &author{Code: orNull(u.Code), Name: u.Name(), GUID: u.GUID, FirstName: u.FirstName, LastName: u.LastName}
}

// format writes a time in the offset of the switches.
func (s *store) format(t time.Time, owner, layout string) string {
	switch s.sw.Offset {
	case OffsetZ:
		return t.UTC().Format(layout)
	case OffsetOwner:
		return t.In(s.location(ZoneOwner, owner)).Format(numeric(layout))
	case OffsetOrganisation:
		return t.In(s.organisationZone).Format(numeric(layout))
	default:
		return t.UTC().Format(numeric(layout))
	}
}

// numeric writes UTC as +00:00 where the layout would write Z.
func numeric(layout string) string { return layout[:len(layout)-len("Z07:00")] + "-07:00" }

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

type zoneModel struct {
	Name       string `json:"name"`
	GUID       string `json:"guid"`
	SystemName string `json:"systemName"`
	IANAName   string `json:"ianaName"`
}

type activityModel struct {
	Start       string           `json:"startDateTime"`
	End         *string          `json:"endDateTime"`
	IsClosed    bool             `json:"isClosed"`
	IsAllDay    bool             `json:"isAllDay"`
	HasDuration bool             `json:"hasDuration"`
	Unassigned  bool             `json:"isUnassigned"`
	HasHours    bool             `json:"hasHours"`
	Notes       *string          `json:"notes"`
	Location    *string          `json:"location"`
	Type        typeRef          `json:"activityType"`
	Owner       ownerRef         `json:"ownerUser"`
	Customer    *customerRef     `json:"customer"`
	Phase       *phaseRef        `json:"phase"`
	Parent      *string          `json:"recurrenceParentActivityGuid"`
	TaskStatus  *ref             `json:"projectTaskStatus"`
	Recurrence  *recurrenceModel `json:"recurrence"`
	Rule        *string          `json:"recurrenceRule"`
	RecType     string           `json:"recurrenceType"`
	GUID        string           `json:"guid"`
	Name        string           `json:"name"`
	stamps
}

type typeRef struct {
	GUID     string `json:"guid"`
	Name     string `json:"name"`
	Category string `json:"category"`
}

type ownerRef struct {
	Code     *string   `json:"code"`
	GUID     string    `json:"guid"`
	Name     string    `json:"name"`
	Keywords []keyword `json:"keywords"`
}

type keyword struct {
	GUID  string `json:"guid"`
	Value string `json:"value"`
}

type customerRef struct {
	Name   *string `json:"name"`
	GUID   string  `json:"guid"`
	Number *int64  `json:"number"`
}

type phaseRef struct {
	Name          string  `json:"name"`
	GUID          string  `json:"guid"`
	IsLocked      bool    `json:"isLocked"`
	ProjectGUID   *string `json:"projectGuid"`
	ProjectName   *string `json:"projectName"`
	ProjectNumber *int64  `json:"projectNumber"`
	ProjectOwner  *string `json:"projectOwnerGuid"`
}

// render writes an activity as the service does: no participants in it.
func (s *store) render(a Activity) activityModel {
	m := activityModel{
		Start: s.format(a.Start, a.OwnerGUID, wireStart), IsClosed: a.Closed, IsAllDay: a.AllDay, HasDuration: a.HasDuration,
		Unassigned: a.Unassigned, HasHours: a.HasHours, Notes: orNull(a.Notes), Location: orNull(a.Location),
		Owner: ownerRef{GUID: a.OwnerGUID, Keywords: []keyword{}}, Parent: orNull(a.Parent),
		RecType: a.RecurrenceType.String(), GUID: a.GUID, Name: a.Name, Type: typeRef{GUID: a.TypeGUID},
		stamps: stamps{
			Created: s.format(a.Created, a.OwnerGUID, wireTime), CreatedBy: s.author(a.CreatedBy),
			Updated: s.format(a.Updated, a.OwnerGUID, wireTime), UpdatedBy: s.author(a.UpdatedBy),
		},
	}
	if a.RecurrenceType == Single {
		m.RecType = "None"
	}
	if !a.End.IsZero() {
		end := s.format(a.End, a.OwnerGUID, wireStart)
		m.End = &end
	}
	if t, ok := s.types.get(a.TypeGUID); ok {
		m.Type.Name, m.Type.Category = t.Name, t.Category.String()
	}
	if u, ok := s.users.get(a.OwnerGUID); ok {
		m.Owner.Name, m.Owner.Code = u.Name(), orNull(u.Code)
		for _, k := range u.Keywords {
			m.Owner.Keywords = append(m.Owner.Keywords, keyword{GUID: keywordGUID(k), Value: k})
		}
	}
	if a.CustomerGUID != "" {
		m.Customer = &customerRef{GUID: a.CustomerGUID, Name: s.customerName(a.CustomerGUID)}
	}
	if p, ok := s.phases.get(a.PhaseGUID); ok {
		m.Phase = &phaseRef{
			Name: p.Name, GUID: p.GUID, IsLocked: p.Locked, ProjectGUID: orNull(p.ProjectGUID), ProjectName: orNull(p.ProjectName),
			ProjectNumber: &p.ProjectNumber, ProjectOwner: orNull(p.ProjectOwner),
		}
	}
	for _, t := range taskStatuses {
		if t.Name == a.TaskStatus {
			m.TaskStatus = &ref{GUID: t.GUID, Name: t.Name}
		}
	}
	if a.Recurrence != nil {
		m.Recurrence = s.renderRecurrence(a)
		if !s.sw.NoRuleText {
			rule := a.Recurrence.text(dateOf(a.Start.In(s.seriesLocation(&a))), s.rules())
			m.Rule = &rule
		}
	}
	return m
}

func (s *store) customerName(guid string) *string {
	for _, c := range s.contacts.all() {
		if c.CustomerGUID == guid && c.CustomerName != "" {
			return &c.CustomerName
		}
	}
	return nil
}

// renderAll writes a page.
func (s *store) renderAll(page []Activity) []activityModel {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]activityModel, 0, len(page))
	for _, a := range page {
		out = append(out, s.render(a))
	}
	return out
}

func (s *store) renderOne(a Activity) activityModel {
	return s.renderAll([]Activity{a})[0]
}
