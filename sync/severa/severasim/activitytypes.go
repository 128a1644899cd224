package severasim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

type typeModel struct {
	IsActive    bool    `json:"isActive"`
	IsDefault   bool    `json:"isDefault"`
	IsPaidLeave *bool   `json:"isPaidLeave"`
	Category    string  `json:"category"`
	Code        *string `json:"code"`
	GUID        string  `json:"guid"`
	Name        string  `json:"name"`
	stamps
}

func (s *store) renderType(t ActivityType) typeModel {
	return typeModel{
		IsActive: !t.Inactive, IsDefault: t.Default, IsPaidLeave: t.PaidLeave, Category: t.Category.String(),
		Code: orNull(t.Code), GUID: t.GUID, Name: t.Name, stamps: s.stamps(t.Created, t.Updated),
	}
}

func (s *Server) listTypes(r *request) answer {
	p := &params{q: r.query}
	active, since, categories := p.flag("active"), p.time("changedSince"), p.enums("category", categoryNames)
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	var rows []typeModel
	for _, t := range s.st.types.all() {
		if is(active, !t.Inactive) && !t.Updated.Before(since) && (categories == nil || categories[int(t.Category)]) {
			rows = append(rows, s.st.renderType(t))
		}
	}
	return pageOf(s, r, "GET /v1/activitytypes", p, rows)
}

func (s *Server) getType(r *request) answer {
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	t, ok := s.st.types.get(strings.ToLower(r.path("guid")))
	if !ok {
		return missing()
	}
	return answer{status: http.StatusOK, body: s.st.renderType(*t)}
}

func (s *Server) postType(r *request) answer {
	var in struct {
		Name        string  `json:"name"`
		Category    string  `json:"category"`
		Code        *string `json:"code"`
		IsActive    *bool   `json:"isActive"`
		IsDefault   bool    `json:"isDefault"`
		IsPaidLeave *bool   `json:"isPaidLeave"`
	}
	if err := decode(r.body, &in); err != nil {
		return failAt("InvalidParameter", "The request body is not a valid activity type.", inBody, "")
	}
	category, ok := parseName(categoryNames, in.Category)
	if !ok {
		return failAt("InvalidParameter", "The Category field is required.", inBody, "category")
	}
	if strings.TrimSpace(in.Name) == "" {
		return failAt("InvalidParameter", "The Name field is required.", inBody, "name")
	}
	guid := s.AddActivityType(ActivityType{
		Name: in.Name, Category: Category(category), Code: orEmpty(in.Code), Default: in.IsDefault,
		Inactive: in.IsActive != nil && !*in.IsActive, PaidLeave: in.IsPaidLeave,
	})
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	t, _ := s.st.types.get(guid)
	return answer{status: http.StatusCreated, body: s.st.renderType(*t)}
}

func (s *Server) patchType(r *request) answer {
	ops, err := readPatch(r.body)
	if err != nil {
		return because(err, inBody)
	}
	s.st.mu.Lock()
	defer s.st.mu.Unlock()
	old, ok := s.st.types.get(strings.ToLower(r.path("guid")))
	if !ok {
		return missing()
	}
	t := *old
	for _, op := range ops {
		v := value{op: op, style: s.opts.Switches.PatchValues}
		switch op.field() {
		case "name":
			if t.Name, err = v.text(); err == nil && strings.TrimSpace(t.Name) == "" {
				err = v.bad("a name")
			}
		case "code":
			t.Code, err = v.text()
		case "isactive":
			t.Inactive, err = v.boolean()
			t.Inactive = !t.Inactive
		case "isdefault":
			t.Default, err = v.boolean()
		default:
			err = refused(op.Path, "%s cannot be changed.", op.Path)
		}
		if err != nil {
			return because(err, inBody)
		}
	}
	t.Updated = s.st.stamp(t.Updated)
	s.st.putType(t)
	return answer{status: http.StatusOK, body: []typeModel{s.st.renderType(t)}}
}

// deleteType refuses a type in use unless its activities move to another.
func (s *Server) deleteType(r *request) answer {
	s.st.mu.Lock()
	defer s.st.mu.Unlock()
	guid := strings.ToLower(r.path("guid"))
	if _, ok := s.st.types.get(guid); !ok {
		return missing()
	}
	to := strings.ToLower((&params{q: r.query}).text("moveUsagesToGuid"))
	if _, ok := s.st.types.get(to); to != "" && (!ok || to == guid) {
		return failAt("InvalidParameter", "The activity type to move usages to was not found.", inQuery, "moveUsagesToGuid")
	}
	var used []*row
	for _, x := range s.st.rows {
		if x.usesType(guid) {
			used = append(used, x)
		}
	}
	if len(used) > 0 && to == "" {
		return failAt("InvalidOperation", "The activity type is in use.", inPath, "guid")
	}
	for _, x := range used {
		s.st.change(x, func() { x.moveType(guid, to, s.st.stamp) })
	}
	s.st.types.remove(guid)
	return answer{status: http.StatusNoContent}
}

func (r *row) usesType(guid string) bool {
	if r.a.TypeGUID == guid {
		return true
	}
	for _, x := range r.exceptions {
		if x.a.TypeGUID == guid {
			return true
		}
	}
	return false
}

func (r *row) moveType(from, to string, stamp func(time.Time) time.Time) {
	move := func(a *Activity) {
		if a.TypeGUID == from {
			a.TypeGUID, a.Updated = to, stamp(a.Updated)
		}
	}
	move(&r.a)
	for _, x := range r.exceptions {
		move(&x.a)
	}
}

// putType stores a type; there is one default.
func (s *store) putType(t ActivityType) {
	if t.Default {
		for _, g := range s.types.order {
			if g != t.GUID {
				s.types.rows[g].Default = false
			}
		}
	}
	s.types.put(t.GUID, t)
}

// AddActivityType adds an activity type and returns its guid. A new default
// takes the place of the old one.
func (s *Server) AddActivityType(t ActivityType) string {
	s.st.mu.Lock()
	defer s.st.mu.Unlock()
	if t.GUID = strings.ToLower(t.GUID); t.GUID == "" {
		t.GUID = s.st.newGUID()
	}
	if t.Category == 0 {
		t.Category = CalendarEntry
	}
	t.Created = s.st.stamp(time.Time{})
	t.Updated = t.Created
	s.st.putType(t)
	return t.GUID
}

// ActivityTypes returns all activity types in the order of their making.
func (s *Server) ActivityTypes() []ActivityType {
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	return s.st.types.all()
}

// TypeOf returns the guid of the first active type of a category, "" when there is none.
func (s *Server) TypeOf(c Category) string {
	types := s.ActivityTypes()
	i := slices.IndexFunc(types, func(t ActivityType) bool { return t.Category == c && !t.Inactive })
	if i < 0 {
		return ""
	}
	return types[i].GUID
}

func (s *Server) addDefaultTypes() {
	paid := true
	for _, t := range []ActivityType{
		{Name: "Meeting", Category: CalendarEntry, Default: true},
		{Name: "Personal", Category: Personal},
		{Name: "Holiday", Category: Absences, PaidLeave: &paid},
		{Name: "Phone call", Category: SalesEvent},
		{Name: "Project task", Category: Task},
	} {
		s.AddActivityType(t)
	}
}
