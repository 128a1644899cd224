package severasim

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

type contactModel struct {
	FirstName    string       `json:"firstName"`
	LastName     string       `json:"lastName"`
	Name         string       `json:"name"`
	GUID         string       `json:"guid"`
	JobTitle     *string      `json:"jobTitle"`
	IsActive     bool         `json:"isActive"`
	IsDeleted    bool         `json:"isDeleted"`
	Customer     *customerRef `json:"customer"`
	PhoneNumbers []string     `json:"phoneNumbers"`
	Emails       []string     `json:"emails"`
	stamps
}

func (s *store) renderContact(c Contact) contactModel {
	m := contactModel{
		FirstName: c.FirstName, LastName: c.LastName, Name: strings.TrimSpace(c.FirstName + " " + c.LastName), GUID: c.GUID,
		JobTitle: orNull(c.JobTitle), IsActive: !c.Inactive, PhoneNumbers: []string{}, Emails: []string{},
		stamps: s.stamps(c.Created, c.Updated),
	}
	if c.Email != "" {
		m.Emails = append(m.Emails, c.Email)
	}
	if c.Phone != "" {
		m.PhoneNumbers = append(m.PhoneNumbers, c.Phone)
	}
	if c.CustomerGUID != "" {
		m.Customer = &customerRef{GUID: c.CustomerGUID, Name: orNull(c.CustomerName)}
	}
	return m
}

// listContacts pages by firstRow and rowCount; it sorts by last name, first name or name.
func (s *Server) listContacts(r *request) answer {
	p := &params{q: r.query}
	active, since, search := p.flag("active"), p.time("changedSince"), strings.ToLower(p.text("textToSearch"))
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	var rows []contactModel
	for _, c := range s.st.contacts.all() {
		text := strings.ToLower(c.FirstName + " " + c.LastName + "\n" + c.Email + "\n" + c.Phone)
		if is(active, !c.Inactive) && !c.Updated.Before(since) && strings.Contains(text, search) {
			rows = append(rows, s.st.renderContact(c))
		}
	}
	if key := strings.ToLower(p.text("sortings[0].key")); key != "" {
		slices.SortStableFunc(rows, func(a, b contactModel) int {
			switch key {
			case "firstname":
				return cmp.Compare(a.FirstName, b.FirstName)
			case "lastname":
				return cmp.Compare(a.LastName, b.LastName)
			}
			return cmp.Compare(a.Name, b.Name)
		})
		if strings.EqualFold(p.text("sortings[0].value"), "Desc") {
			slices.Reverse(rows)
		}
	}
	return offsetPage(s, p, rows)
}

func (s *Server) getContact(r *request) answer {
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	c, ok := s.st.contacts.get(strings.ToLower(r.path("guid")))
	if !ok {
		return missing()
	}
	return answer{status: http.StatusOK, body: s.st.renderContact(*c)}
}

// AddContact adds a contact person and returns the guid.
func (s *Server) AddContact(c Contact) string {
	s.st.mu.Lock()
	defer s.st.mu.Unlock()
	if c.GUID = strings.ToLower(c.GUID); c.GUID == "" {
		c.GUID = s.st.newGUID()
	}
	c.Created = s.st.stamp(time.Time{})
	c.Updated = c.Created
	s.st.contacts.put(c.GUID, c)
	return c.GUID
}
