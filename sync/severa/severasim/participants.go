package severasim

import (
	"net/http"
	"strings"
)

type participantModel struct {
	GUID        string  `json:"guid"`
	Name        *string `json:"name"`
	Type        string  `json:"type"`
	Who         string  `json:"participantGuid"`
	Activity    string  `json:"activityGuid"`
	Email       *string `json:"email"`
	Phone       *string `json:"phone"`
	MobilePhone *string `json:"mobilePhone"`
	Status      string  `json:"status"`
	IsActive    bool    `json:"isActive"`
}

func (s *Server) renderParticipant(p Participant, activity string) participantModel {
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	active := true
	if u, ok := s.st.users.get(p.Who); ok {
		active = !u.Inactive
	}
	return participantModel{
		GUID: p.GUID, Name: orNull(p.Name), Type: p.Type.String(), Who: p.Who, Activity: activity,
		Email: orNull(p.Email), Phone: orNull(p.Phone), Status: p.Status.String(), IsActive: active,
	}
}

// listParticipants has no paging.
func (s *Server) listParticipants(r *request) answer {
	rows, activity, err := s.st.participants(r.path("guid"))
	if err != nil {
		return because(err, inPath)
	}
	out := make([]participantModel, 0, len(rows))
	for _, p := range rows {
		out = append(out, s.renderParticipant(p, activity))
	}
	return answer{status: http.StatusOK, body: out}
}

type participantInput struct {
	ActivityGUID    string  `json:"activityGuid"`
	ParticipantGUID string  `json:"participantGuid"`
	Type            *string `json:"type"`
	Status          *string `json:"status"`
}

// readParticipant reads the body of POST /v1/activityparticipants.
func readParticipant(body []byte) (string, Participant, error) {
	var in *participantInput
	if err := decode(body, &in); err != nil || in == nil {
		return "", Participant{}, invalid("", "The request body is not a valid activity participant.")
	}
	if in.ActivityGUID == "" {
		return "", Participant{}, invalid("activityGuid", "The ActivityGuid field is required.")
	}
	p := Participant{Who: strings.ToLower(in.ParticipantGUID)}
	if in.Type != nil {
		t, ok := parseName(participantTypeNames, *in.Type)
		if !ok {
			return "", Participant{}, invalid("type", "The type is not known.")
		}
		p.Type = ParticipantType(t)
	}
	if in.Status != nil {
		st, ok := parseName(statusNames, *in.Status)
		if !ok {
			return "", Participant{}, invalid("status", "The status is not known.")
		}
		p.Status = Status(st)
	}
	return in.ActivityGUID, p, nil
}

func (s *Server) postParticipant(r *request) answer {
	activity, p, err := readParticipant(r.body)
	if err != nil {
		return because(err, inBody)
	}
	if a, ok := s.frozenOccurrence(activity); ok {
		return a
	}
	added, err := s.st.addParticipant(activity, p, "")
	if err != nil {
		return because(err, inBody)
	}
	_, activity, err = s.st.participant(added.GUID)
	if err != nil {
		return because(err, inBody)
	}
	return answer{status: http.StatusCreated, body: s.renderParticipant(added, activity)}
}

// frozenOccurrence refuses a write to one occurrence where the switches say so.
// Removing a participant from one is documented and always works.
func (s *Server) frozenOccurrence(id string) (answer, bool) {
	if !s.opts.Switches.RefuseOccurrenceWrite {
		return answer{}, false
	}
	a, err := s.st.get(id)
	if err != nil || a.Parent == "" {
		return answer{}, false
	}
	return failAt("InvalidOperation", "One occurrence of a recurring activity cannot be changed.", inBody, "activityGuid"), true
}

func (s *Server) getParticipant(r *request) answer {
	p, activity, err := s.st.participant(r.path("guid"))
	if err != nil {
		return because(err, inPath)
	}
	return answer{status: http.StatusOK, body: s.renderParticipant(p, activity)}
}

func (s *Server) patchParticipant(r *request) answer {
	ops, err := readPatch(r.body)
	if err != nil {
		return because(err, inBody)
	}
	p, activity, err := s.st.editParticipant(r.path("guid"), "", func(p *Participant) error {
		for _, op := range ops {
			if op.field() != "status" || s.opts.Switches.FixedParticipantStatus {
				return refused(op.Path, "%s is read-only.", op.Path)
			}
			text, err := value{op: op}.text()
			if err != nil {
				return err
			}
			st, ok := parseName(statusNames, text)
			if !ok {
				return invalid(op.Path, "The status is not known.")
			}
			p.Status = Status(st)
		}
		return nil
	})
	if err != nil {
		return because(err, inBody)
	}
	return answer{status: http.StatusOK, body: []participantModel{s.renderParticipant(p, activity)}}
}

func (s *Server) deleteParticipant(r *request) answer {
	if err := s.st.removeParticipant(r.path("guid"), r.path("participant"), ""); err != nil {
		return because(err, inPath)
	}
	return answer{status: http.StatusNoContent}
}
