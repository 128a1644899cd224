package severasim

import (
	"cmp"
	"crypto/sha256"
	"net/http"
	"strings"
	"time"
)

type userModel struct {
	FirstName   string      `json:"firstName"`
	LastName    string      `json:"lastName"`
	GUID        string      `json:"guid"`
	IsActive    bool        `json:"isActive"`
	Email       *string     `json:"email"`
	Phone       *string     `json:"phone"`
	Title       *string     `json:"title"`
	Code        *string     `json:"code"`
	Timezone    *zoneModel  `json:"timezone"`
	DefaultType *ref        `json:"defaultActivityType"`
	UserType    string      `json:"userType"`
	Keywords    []userLabel `json:"keywords"`
	stamps
}

type userLabel struct {
	Value string `json:"value"`
}

// keywordGUID makes the guid of a keyword from its text.
func keywordGUID(text string) string {
	sum := sha256.Sum256([]byte("keyword " + text))
	return formatGUID(sum[:16])
}

func (s *store) renderUser(u User) userModel {
	m := userModel{
		FirstName: u.FirstName, LastName: u.LastName, GUID: u.GUID, IsActive: !u.Inactive, Email: orNull(u.Email),
		Phone: orNull(u.Phone), Title: orNull(u.Title), Code: orNull(u.Code),
		UserType: cmp.Or(u.UserType, "FullUser"), Keywords: []userLabel{}, stamps: s.stamps(u.Created, u.Updated),
	}
	for _, k := range u.Keywords {
		m.Keywords = append(m.Keywords, userLabel{k})
	}
	if z, ok := s.zone(cmp.Or(u.Zone, s.organisationZone.String())); ok {
		m.Timezone = &zoneModel{Name: z.name, GUID: z.guid, SystemName: z.windows, IANAName: z.iana}
	}
	if t, ok := s.types.get(u.DefaultType); ok {
		m.DefaultType = &ref{GUID: t.GUID, Name: t.Name}
	}
	return m
}

// listUsers knows the filters isActive, email, code, changedSince, keywordGuids
// and of purpose who can own activities; the others, which are about the organisation's structure, find everybody.
func (s *Server) listUsers(r *request) answer {
	p := &params{q: r.query}
	active, since := p.flag("isActive"), p.time("changedSince")
	emails, codes, keywords := p.set("email"), p.set("code"), p.set("keywordGuids")
	owners := p.set("purpose")["activityowner"]
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	var rows []userModel
	for _, u := range s.st.users.all() {
		if is(active, !u.Inactive) && !u.Updated.Before(since) && in(emails, u.Email) && in(codes, u.Code) &&
			(keywords == nil || s.st.hasKeyword(u.GUID, keywords)) && (!owners || !u.OwnsNothing) {
			rows = append(rows, s.st.renderUser(u))
		}
	}
	if len(rows) == 0 && emails != nil && s.opts.Switches.MissingUser404 {
		return missing()
	}
	return pageOf(s, r, "GET /v1/users", p, rows)
}

func (s *Server) getUser(r *request) answer {
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	u, ok := s.st.users.get(strings.ToLower(r.path("guid")))
	if !ok {
		return missing()
	}
	return answer{status: http.StatusOK, body: s.st.renderUser(*u)}
}

// AddUser adds a user and returns the guid.
func (s *Server) AddUser(u User) string {
	s.st.mu.Lock()
	defer s.st.mu.Unlock()
	if u.GUID = strings.ToLower(u.GUID); u.GUID == "" {
		u.GUID = s.st.newGUID()
	}
	s.st.knowZone(u.Zone)
	u.Created = s.st.stamp(time.Time{})
	u.Updated = u.Created
	s.st.users.put(u.GUID, u)
	return u.GUID
}

// EditUser lets edit change a user, who may not be removed: Severa only makes
// users inactive. It reports whether there is such a user. edit may not call the server.
func (s *Server) EditUser(guid string, edit func(*User)) bool {
	s.st.mu.Lock()
	defer s.st.mu.Unlock()
	old, ok := s.st.users.get(strings.ToLower(guid))
	if !ok {
		return false
	}
	u := *old
	edit(&u)
	s.st.knowZone(u.Zone)
	u.GUID, u.Created, u.Updated = old.GUID, old.Created, s.st.stamp(old.Updated)
	s.st.users.put(u.GUID, u)
	return true
}

// Users returns all users in the order of their making.
func (s *Server) Users() []User {
	s.st.mu.RLock()
	defer s.st.mu.RUnlock()
	return s.st.users.all()
}

// UserByEmail returns the user with an address, compared without case.
func (s *Server) UserByEmail(email string) (User, bool) {
	for _, u := range s.Users() {
		if strings.EqualFold(u.Email, email) {
			return u, true
		}
	}
	return User{}, false
}
