package severasim

import (
	"slices"
	"strings"
)

// participants returns the participants of an activity, a series or one occurrence.
func (s *store) participants(id string) ([]Participant, string, error) {
	a, err := s.get(id)
	if err != nil {
		return nil, "", err
	}
	return a.Participants, a.GUID, nil
}

// addParticipant adds to a whole activity or series, or makes an exception.
func (s *store) addParticipant(id string, p Participant, by string) (Participant, error) {
	var added Participant
	err := s.changeParticipants(id, by, func(a *Activity) error {
		if err := s.join(a, p); err != nil {
			return err
		}
		added = a.Participants[len(a.Participants)-1]
		return nil
	})
	return added, err
}

// join appends p to a's participants with a guid of its own.
func (s *store) join(a *Activity, p Participant) error {
	if p.Who == "" {
		return invalid("participantGuid", "The ParticipantGuid field is required.")
	}
	if a.has(p.Who) {
		return refused("participantGuid", "The participant has already been added to the activity.")
	}
	if err := s.describe(&p); err != nil {
		return err
	}
	if p.GUID == "" {
		p.GUID = s.newGUID()
	}
	a.Participants = append(a.Participants, p)
	return nil
}

// describe fills in what is known of a participant.
func (s *store) describe(p *Participant) error {
	if u, ok := s.users.get(p.Who); ok {
		p.Type, p.Name, p.Email, p.Phone = UserParticipant, u.Name(), u.Email, u.Phone
		return nil
	}
	if c, ok := s.contacts.get(p.Who); ok {
		p.Type, p.Name, p.Email, p.Phone = ContactParticipant, strings.TrimSpace(c.FirstName+" "+c.LastName), c.Email, c.Phone
		return nil
	}
	if p.Type == ResourceParticipant && p.Name != "" {
		return nil // resources have no route: they exist only where somebody put them
	}
	return invalid("participantGuid", "Participant was not found.")
}

// removeParticipant takes one participant off an activity or, with an
// occurrence's id, off that occurrence alone.
func (s *store) removeParticipant(id, participant, by string) error {
	return s.changeParticipants(id, by, func(a *Activity) error {
		i := participantIndex(a, participant)
		if i < 0 {
			return errNotFound
		}
		a.Participants = slices.Delete(a.Participants, i, i+1)
		return nil
	})
}

// changeParticipants lets f alter the participants; nothing changes when f fails.
func (s *store) changeParticipants(id, by string, f func(*Activity) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, original, one, err := s.resolve(id)
	if err != nil {
		return err
	}
	a := s.view(r, original, one)
	if err := f(&a); err != nil {
		return err
	}
	s.change(r, func() {
		if !one {
			r.a.Participants = a.Participants
			s.touchByParticipant(&r.a, by)
			return
		}
		x := s.except(r, original)
		x.a.Participants = a.Participants
		s.touchByParticipant(&x.a, by)
		s.touchSeries(r, x.a.Updated, by)
	})
	return nil
}

func (s *store) touchByParticipant(a *Activity, by string) {
	if !s.sw.QuietParticipants {
		a.Updated, a.UpdatedBy = s.stamp(a.Updated), by
	}
}

// participant finds a participant row by its guid, with the id of its activity.
func (s *store) participant(guid string) (Participant, string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, a, err := s.findParticipant(guid)
	if err != nil {
		return Participant{}, "", err
	}
	return *p, a.GUID, nil
}

// editParticipant alters a participant row.
func (s *store) editParticipant(guid, by string, edit func(*Participant) error) (Participant, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, _, err := s.findParticipant(guid)
	if err != nil {
		return Participant{}, "", err
	}
	changed := *p
	if err := edit(&changed); err != nil {
		return Participant{}, "", err
	}
	r := s.partRow[p.GUID]
	var id string
	s.change(r, func() {
		// Looked up again: it is the row's own copy that must change.
		if i := participantIndex(&r.a, p.GUID); i >= 0 {
			r.a.Participants[i] = changed
			s.touchByParticipant(&r.a, by)
			id = r.a.GUID
			return
		}
		for original, x := range r.exceptions {
			if i := participantIndex(&x.a, p.GUID); i >= 0 {
				x.a.Participants[i] = changed
				s.touchByParticipant(&x.a, by)
				s.touchSeries(r, x.a.Updated, by)
				id = s.exceptionView(r, original, x).GUID
			}
		}
	})
	return changed, id, nil
}

func (s *store) findParticipant(guid string) (*Participant, Activity, error) {
	guid = strings.ToLower(guid)
	r, ok := s.partRow[guid]
	if !ok {
		return nil, Activity{}, errNotFound
	}
	if i := participantIndex(&r.a, guid); i >= 0 {
		return &r.a.Participants[i], r.a, nil
	}
	for original, x := range r.exceptions {
		if i := participantIndex(&x.a, guid); i >= 0 && !x.removed {
			return &x.a.Participants[i], s.exceptionView(r, original, x), nil
		}
	}
	return nil, Activity{}, errNotFound
}

func participantIndex(a *Activity, guid string) int {
	return slices.IndexFunc(a.Participants, func(p Participant) bool { return strings.EqualFold(p.GUID, guid) })
}
