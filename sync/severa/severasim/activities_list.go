package severasim

import (
	"net/http"
	"slices"
	"strings"
)

const opListActivities = "GET /v1/activities"

func (s *Server) listActivities(r *request) answer {
	p := &params{q: r.query}
	q := listQuery{
		asMember:     p.flagOr("includeAsMember", false),
		start:        p.time("startDateTime"),
		end:          p.time("endDateTime"),
		strict:       p.flagOr("useStrictStartAndEndDateTime", false),
		changedSince: p.time("changedSince"),
		keep:         s.activityFilter(p),
		limit:        p.rowCount(s.opts.Switches),
	}
	for u := range p.set("userGuids") {
		q.users = append(q.users, u)
	}
	slices.Sort(q.users)
	if text := p.text("recurrenceType"); text != "" {
		t, ok := parseName(recurrenceTypeNames, text)
		if !ok {
			p.fail("recurrenceType", "The value is not a recurrence type.")
		}
		rt := RecurrenceType(t)
		q.recurrence = &rt
	}
	pos, later := s.readPageToken(p, opListActivities, r.query)
	if p.err != nil {
		return *p.err
	}
	for guid := range p.set("activityTypeGuids") {
		if t, ok := s.st.types.get(guid); ok && t.Forbidden {
			return fail(http.StatusForbidden, "PermissionDenied", "You do not have the permission to see activities of this type.")
		}
	}
	if later && s.opts.Switches.OffsetPaging {
		q.skip = pos.rows
	} else if later {
		q.after = cursor{seq: pos.seq, original: pos.original, valid: true}
	}
	page, last, more := s.st.list(q)
	a := answer{status: http.StatusOK, body: s.st.renderAll(page)}
	if more {
		next := position{seq: last.seq, original: last.original, rows: pos.rows + len(page)}
		a = a.with("NextPageToken", s.pageToken(opListActivities, r.query, next))
	}
	return a
}

// activityFilter reads the filters that look at one activity alone.
func (s *Server) activityFilter(p *params) func(*Activity) bool {
	closed, duration := p.flag("closed"), p.flag("hasDuration")
	hours, unassigned := p.flag("hasHours"), p.flag("isUnassigned")
	categories := p.enums("activityCategories", categoryNames)
	types, customers := p.set("activityTypeGuids"), p.set("customerGuids")
	noCustomer, noProject := p.flagOr("includeTasksWithNoCustomer", true), p.flagOr("includeTasksWithNoProject", true)
	projects, owners := p.set("projectGuids"), p.set("projectOwnerGuids")
	phases, sub := p.set("phaseGuids"), p.flagOr("includeSubPhases", false)
	statuses, contacts, keywords := p.set("projectTaskStatusGuids"), p.set("contactGuids"), p.set("userKeywordGuids")
	return func(a *Activity) bool {
		phase, _ := s.st.phases.get(a.PhaseGUID)
		return is(closed, a.Closed) && is(duration, a.HasDuration) && is(hours, a.HasHours) && is(unassigned, a.Unassigned) &&
			(categories == nil || categories[int(s.st.category(a))]) &&
			in(types, a.TypeGUID) &&
			(a.CustomerGUID == "" && noCustomer || a.CustomerGUID != "" && in(customers, a.CustomerGUID)) &&
			(phase == nil && noProject || phase != nil && in(projects, phase.ProjectGUID) && in(owners, phase.ProjectOwner)) &&
			(phases == nil || phase != nil && s.st.inPhases(phase, phases, sub && len(phases) == 1)) &&
			(statuses == nil || slices.ContainsFunc(taskStatuses, func(t taskStatus) bool { return t.Name == a.TaskStatus && statuses[t.GUID] })) &&
			(contacts == nil || slices.ContainsFunc(a.Participants, func(p Participant) bool { return contacts[p.Who] })) &&
			(keywords == nil || s.st.hasKeyword(a.OwnerGUID, keywords))
	}
}

func is(want *bool, got bool) bool { return want == nil || *want == got }

func in(set map[string]bool, guid string) bool { return set == nil || set[strings.ToLower(guid)] }

func (s *store) category(a *Activity) Category {
	if t, ok := s.types.get(a.TypeGUID); ok {
		return t.Category
	}
	return 0
}

// inPhases tells whether a phase, or with sub one that it belongs to, is in the set.
func (s *store) inPhases(p *Phase, set map[string]bool, sub bool) bool {
	for range 100 { // a bound for phases that contain one another
		if set[p.GUID] {
			return true
		}
		parent, ok := s.phases.get(p.ParentGUID)
		if !sub || !ok {
			return false
		}
		p = parent
	}
	return false
}

func (s *store) hasKeyword(user string, set map[string]bool) bool {
	u, ok := s.users.get(user)
	return ok && slices.ContainsFunc(u.Keywords, func(k string) bool { return set[keywordGUID(k)] })
}

func (s *Server) getActivity(r *request) answer {
	a, err := s.st.get(r.path("guid"))
	if err != nil {
		return because(err, inPath)
	}
	return answer{status: http.StatusOK, body: s.st.renderOne(a)}
}
