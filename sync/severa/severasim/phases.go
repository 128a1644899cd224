package severasim

import (
	"net/http"
	"strings"
	"time"
)

type phaseModel struct {
	GUID        string  `json:"guid"`
	Name        string  `json:"name"`
	Code        *string `json:"code"`
	Project     *ref    `json:"project"`
	ParentPhase *parent `json:"parentPhase"`
	IsCompleted bool    `json:"isCompleted"`
	IsLocked    bool    `json:"isLocked"`
	StartDate   *string `json:"startDate"`
	Deadline    *string `json:"deadline"`
	stamps
}

type parent struct {
	GUID string `json:"guid"`
}

func (s *store) renderPhase(p Phase) phaseModel {
	m := phaseModel{
		GUID: p.GUID, Name: p.Name, Code: orNull(p.Code), IsCompleted: p.Completed, IsLocked: p.Locked,
		stamps: s.stamps(p.Created, p.Updated),
	}
	if p.ProjectGUID != "" {
		m.Project = &ref{GUID: p.ProjectGUID, Name: p.ProjectName}
	}
	if p.ParentGUID != "" {
		m.ParentPhase = &parent{p.ParentGUID}
	}
	return m
}

func (s *Server) listPhases(r *request) answer {
	p := &params{q: r.query}
	since, code, projects := p.time("changedSince"), p.text("code"), p.set("projectGuids")
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	var rows []phaseModel
	for _, ph := range s.st.phases.all() {
		if !ph.Updated.Before(since) && (code == "" || strings.EqualFold(code, ph.Code)) && in(projects, ph.ProjectGUID) {
			rows = append(rows, s.st.renderPhase(ph))
		}
	}
	return pageOf(s, r, "GET /v1/phases", p, rows)
}

func (s *Server) getPhase(r *request) answer {
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	p, ok := s.st.phases.get(strings.ToLower(r.path("guid")))
	if !ok {
		return missing()
	}
	return answer{status: http.StatusOK, body: s.st.renderPhase(*p)}
}

// AddPhase adds a phase and returns its guid.
func (s *Server) AddPhase(p Phase) string {
	s.st.mu.Lock()
	defer s.st.mu.Unlock()
	if p.GUID = strings.ToLower(p.GUID); p.GUID == "" {
		p.GUID = s.st.newGUID()
	}
	p.Created = s.st.stamp(time.Time{})
	p.Updated = p.Created
	s.st.phases.put(p.GUID, p)
	return p.GUID
}

type taskStatus struct {
	GUID      string `json:"guid"`
	Name      string `json:"name"`
	IsActive  bool   `json:"isActive"`
	IsDefault bool   `json:"isDefault"`
	IsDone    bool   `json:"isDone"`
	SortOrder int    `json:"sortOrder"`
}

// taskStatuses are the help centre's statuses of a project task.
var taskStatuses = []taskStatus{
	{GUID: "5e7a0001-0000-4000-8000-000000000001", Name: "Not started", IsActive: true, IsDefault: true, SortOrder: 1},
	{GUID: "5e7a0001-0000-4000-8000-000000000002", Name: "In progress", IsActive: true, SortOrder: 2},
	{GUID: "5e7a0001-0000-4000-8000-000000000003", Name: "In review", IsActive: true, SortOrder: 3},
	{GUID: "5e7a0001-0000-4000-8000-000000000004", Name: "Done", IsActive: true, IsDone: true, SortOrder: 4},
}

func statusName(guid string) string {
	for _, t := range taskStatuses {
		if t.GUID == guid {
			return t.Name
		}
	}
	return ""
}

func (s *Server) listTaskStatuses(r *request) answer {
	return offsetPage(s, &params{q: r.query}, taskStatuses)
}
