package severasim

import (
	"fmt"
	"slices"
	"strings"
)

// The methods here act as people do in Severa's own screens: no token, no rate
// limit, no faults, and not counted as writes of the interface. The time of the
// last change moves as it does for any change.

// AddActivity adds an activity as its owner would and returns its guid. The
// fields that the server sets are ignored.
func (s *Server) AddActivity(a Activity) (string, error) {
	a.OwnerGUID, a.TypeGUID = strings.ToLower(a.OwnerGUID), strings.ToLower(a.TypeGUID)
	added, err := s.st.insert(a, a.OwnerGUID)
	if err != nil {
		return "", fmt.Errorf("add activity: %w", err)
	}
	return added.GUID, nil
}

// EditActivity lets edit change an activity as its owner would. With the id of
// an occurrence that occurrence becomes an exception. Participants and what the
// server sets are not taken from edit, and edit may not call the server.
func (s *Server) EditActivity(id string, edit func(*Activity)) error {
	a, err := s.st.get(id)
	if err != nil {
		return fmt.Errorf("edit activity: %w", err)
	}
	_, err = s.st.update(id, a.OwnerGUID, func(a *Activity) error { edit(a); return nil })
	if err != nil {
		return fmt.Errorf("edit activity: %w", err)
	}
	return nil
}

// RemoveActivity deletes an activity, a series, or one occurrence.
func (s *Server) RemoveActivity(id string) error {
	if err := s.st.remove(id); err != nil {
		return fmt.Errorf("remove activity: %w", err)
	}
	return nil
}

// AddParticipant adds a participant and returns the guid of the new row. Of p
// only Who and Status count, for a resource also Type and Name.
func (s *Server) AddParticipant(activity string, p Participant) (string, error) {
	p.GUID = ""
	added, err := s.st.addParticipant(activity, p, s.ownerOf(activity))
	if err != nil {
		return "", fmt.Errorf("add participant: %w", err)
	}
	return added.GUID, nil
}

// SetParticipantStatus records an answer; who is the guid of the user or contact.
func (s *Server) SetParticipantStatus(activity, who string, status Status) error {
	guid, err := s.participantRow(activity, who)
	if err == nil {
		_, _, err = s.st.editParticipant(guid, who, func(p *Participant) error { p.Status = status; return nil })
	}
	if err != nil {
		return fmt.Errorf("set participant status: %w", err)
	}
	return nil
}

// RemoveParticipant takes a user or contact off an activity.
func (s *Server) RemoveParticipant(activity, who string) error {
	guid, err := s.participantRow(activity, who)
	if err == nil {
		err = s.st.removeParticipant(activity, guid, s.ownerOf(activity))
	}
	if err != nil {
		return fmt.Errorf("remove participant: %w", err)
	}
	return nil
}

func (s *Server) ownerOf(activity string) string {
	a, err := s.st.get(activity)
	if err != nil {
		return ""
	}
	return a.OwnerGUID
}

func (s *Server) participantRow(activity, who string) (string, error) {
	rows, _, err := s.st.participants(activity)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(rows, func(p Participant) bool { return strings.EqualFold(p.Who, who) })
	if i < 0 {
		return "", errNotFound
	}
	return rows[i].GUID, nil
}

// Activity returns one activity, series or occurrence.
func (s *Server) Activity(id string) (Activity, bool) {
	a, err := s.st.get(id)
	return a, err == nil
}

// Activities returns all single activities, series and exceptions with their
// participants, in the order of their making; unchanged occurrences are left out.
func (s *Server) Activities() []Activity {
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	var out []Activity
	exceptions := Exception
	for _, r := range s.st.rows {
		out = append(out, s.st.master(r))
		out = append(out, s.st.entries(r, listQuery{recurrence: &exceptions})...)
	}
	return out
}
