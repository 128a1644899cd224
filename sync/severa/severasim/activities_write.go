package severasim

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// activityInput is ActivityModel as a client sends it. Read-only fields are ignored.
type activityInput struct {
	Name          string  `json:"name"`
	StartDateTime *string `json:"startDateTime"`
	EndDateTime   *string `json:"endDateTime"`
	IsAllDay      bool    `json:"isAllDay"`
	HasDuration   bool    `json:"hasDuration"`
	IsClosed      bool    `json:"isClosed"`
	IsUnassigned  bool    `json:"isUnassigned"`
	Notes         *string `json:"notes"`
	Location      *string `json:"location"`

	ActivityType      *refInput       `json:"activityType"`
	OwnerUser         *refInput       `json:"ownerUser"`
	Customer          *refInput       `json:"customer"`
	Phase             *refInput       `json:"phase"`
	ProjectTaskStatus *refInput       `json:"projectTaskStatus"`
	Recurrence        json.RawMessage `json:"recurrence"`
}

type refInput struct {
	GUID string `json:"guid"`
}

func (r *refInput) guid() string {
	if r == nil {
		return ""
	}
	return strings.ToLower(r.GUID)
}

// readActivity reads the body of POST /v1/activities.
func readActivity(body []byte) (Activity, error) {
	var in *activityInput
	if err := decode(body, &in); err != nil || in == nil {
		return Activity{}, invalid("", "The request body is not a valid activity.")
	}
	a := Activity{
		Name: in.Name, AllDay: in.IsAllDay, HasDuration: in.HasDuration, Closed: in.IsClosed, Unassigned: in.IsUnassigned,
		Notes: orEmpty(in.Notes), Location: orEmpty(in.Location),
		TypeGUID: in.ActivityType.guid(), OwnerGUID: in.OwnerUser.guid(), CustomerGUID: in.Customer.guid(),
		PhaseGUID: in.Phase.guid(), TaskStatus: statusName(in.ProjectTaskStatus.guid()),
	}
	var err error
	if a.Start, err = bodyTime("startDateTime", in.StartDateTime); err != nil {
		return Activity{}, err
	}
	if a.End, err = bodyTime("endDateTime", in.EndDateTime); err != nil {
		return Activity{}, err
	}
	if len(in.Recurrence) > 0 && string(in.Recurrence) != "null" {
		if a.Recurrence, err = readRecurrence(in.Recurrence); err != nil {
			return Activity{}, invalid("recurrence", "%s", err)
		}
	}
	return a, nil
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func bodyTime(field string, text *string) (time.Time, error) {
	if text == nil || *text == "" {
		return time.Time{}, nil
	}
	t, err := parseTime(*text)
	if err != nil {
		return time.Time{}, invalid(field, "The value is not a date and time in ISO 8601.")
	}
	return t, nil
}

func (s *Server) postActivity(r *request) answer {
	a, err := readActivity(r.body)
	if err != nil {
		return because(err, inBody)
	}
	if a, err = s.st.insert(a, ""); err != nil {
		return because(err, inBody)
	}
	return answer{status: http.StatusCreated, body: s.st.renderOne(a)}
}

// patchResult is the answer to a PATCH of several rows at once; the help page
// tells of successes and errors in it, and nothing of their form.
type patchResult struct {
	Successes []activityModel  `json:"successes"`
	Errors    []exceptionModel `json:"errors"`
}

func (s *Server) patchActivity(r *request) answer {
	ops, err := readPatch(r.body)
	if err != nil {
		return because(err, inBody)
	}
	ids := strings.Split(r.path("guid"), ",")
	if len(ids) == 1 {
		a, err := s.patchOne(ids[0], ops)
		if err != nil {
			return because(err, inBody)
		}
		return answer{status: http.StatusOK, body: []activityModel{s.st.renderOne(a)}}
	}
	out := patchResult{Successes: []activityModel{}, Errors: []exceptionModel{}}
	for _, id := range ids {
		a, err := s.patchOne(strings.TrimSpace(id), ops)
		if err == nil {
			out.Successes = append(out.Successes, s.st.renderOne(a))
			continue
		}
		m, ok := because(err, inBody).body.(exceptionModel)
		if !ok {
			m, _ = failAt("InvalidParameter", "The activity was not found.", inPath, "guid").body.(exceptionModel)
		}
		m.Error.Details[0].Location.Identifier = &id
		out.Errors = append(out.Errors, m)
	}
	return answer{status: http.StatusOK, body: out}
}

func (s *Server) patchOne(id string, ops []patchOp) (Activity, error) {
	return s.st.update(id, "", func(a *Activity) error {
		if s.opts.Switches.RefuseOccurrenceWrite && a.Parent != "" {
			return refused("guid", "One occurrence of a recurring activity cannot be changed.")
		}
		for _, op := range ops {
			if err := s.apply(a, op); err != nil {
				return err
			}
		}
		return nil
	})
}

// apply carries out one replace. The store's lock is held.
func (s *Server) apply(a *Activity, op patchOp) error {
	v := value{op: op, style: s.opts.Switches.PatchValues}
	var err error
	switch f := op.field(); f {
	case "name":
		a.Name, err = v.text()
	case "notes":
		a.Notes, err = v.text()
	case "location":
		a.Location, err = v.text()
	case "startdatetime":
		a.Start, err = v.time()
	case "enddatetime":
		a.End, err = v.time()
	case "isallday":
		a.AllDay, err = v.boolean()
	case "hasduration":
		a.HasDuration, err = v.boolean()
	case "isclosed":
		a.Closed, err = v.boolean()
	case "isunassigned":
		a.Unassigned, err = v.boolean()
	case "activitytype", "activitytype/guid":
		a.TypeGUID, err = v.guid()
	case "owneruser", "owneruser/guid":
		if s.opts.Switches.FixedOwner {
			return refused(op.Path, "The owner cannot be changed.")
		}
		a.OwnerGUID, err = v.guid()
	case "customer", "customer/guid":
		a.CustomerGUID, err = v.guid()
	case "phase", "phase/guid":
		a.PhaseGUID, err = v.guid()
	case "projecttaskstatus", "projecttaskstatus/guid":
		var guid string
		guid, err = v.guid()
		a.TaskStatus = statusName(guid)
	case "recurrence":
		err = replaceRecurrence(a, v)
	default:
		if strings.HasPrefix(f, "recurrence/") {
			return s.patchRecurrence(a, v)
		}
		if readOnly(f) {
			return refused(op.Path, "%s is read-only.", op.Path)
		}
		return invalid(op.Path, "The path %q does not exist.", op.Path)
	}
	return err
}

func readOnly(field string) bool {
	top, _, _ := strings.Cut(field, "/")
	switch top {
	case "guid", "createddatetime", "createdby", "lastupdateddatetime", "lastupdatedby", "hashours",
		"recurrencerule", "recurrencetype", "recurrenceparentactivityguid":
		return true
	case "activitytype", "owneruser", "customer", "phase", "projecttaskstatus":
		return true // what is below them and is not the guid
	}
	return false
}

func replaceRecurrence(a *Activity, v value) error {
	if v.null() {
		a.Recurrence = nil
		return nil
	}
	text, err := v.unquoted("an object")
	if err != nil {
		return err
	}
	if a.Recurrence, err = readRecurrence([]byte(text)); err != nil {
		return invalid(v.op.Path, "%s", err)
	}
	return nil
}

// patchRecurrence replaces a part of the rule, such as /recurrence/range/maxOccurrences.
func (s *Server) patchRecurrence(a *Activity, v value) error {
	if a.Recurrence == nil {
		return refused(v.op.Path, "The activity does not recur.")
	}
	path := strings.Split(strings.TrimPrefix(v.op.Path, "/"), "/")[1:]
	if len(path) == 1 && (strings.EqualFold(path[0], "exceptions") || strings.EqualFold(path[0], "lastOccurrenceDateTime")) {
		return refused(v.op.Path, "%s is read-only.", v.op.Path)
	}
	data, err := encode(s.st.renderRecurrence(*a))
	if err != nil {
		return err
	}
	tree := map[string]any{}
	if err := json.Unmarshal(data, &tree); err != nil {
		return err
	}
	if err := setIn(tree, path, v.loose()); err != nil {
		return invalid(v.op.Path, "%s", err)
	}
	if data, err = encode(tree); err != nil {
		return err
	}
	if a.Recurrence, err = readRecurrence(data); err != nil {
		return invalid(v.op.Path, "%s", err)
	}
	return nil
}

func (s *Server) deleteActivity(r *request) answer {
	id := r.path("guid")
	a, err := s.st.get(id)
	if err != nil {
		return missing()
	}
	if s.opts.Switches.RefuseOccurrenceWrite && a.Parent != "" {
		return failAt("InvalidOperation", "One occurrence of a recurring activity cannot be deleted.", inPath, "guid")
	}
	if err := s.st.remove(id); err != nil {
		return because(err, inPath)
	}
	return answer{status: http.StatusNoContent}
}

func (s *Server) deleteExceptions(r *request) answer {
	if err := s.st.resetExceptions(r.path("guid")); err != nil {
		return because(err, inPath)
	}
	return answer{status: http.StatusNoContent}
}
