package severa

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/severa/api"
)

// User is a person with a licence.
type User struct {
	ID      string
	Name    string
	Address string // lower case; empty where Severa has none
	Zone    string // IANA name
	Active  bool
}

// directory is the people of the organisation at one moment. It is never changed.
type directory struct {
	users  []User // in the order of their IDs
	byID   map[string]User
	byAddr map[string]User // active, with an address that nobody else active has
	zones  []*time.Location
}

func newDirectory(users []User) *directory {
	d := &directory{users: users, byID: map[string]User{}, byAddr: map[string]User{}}
	slices.SortFunc(d.users, func(a, b User) int { return cmp.Compare(a.ID, b.ID) })
	shared, known := map[string]bool{}, map[string]bool{}
	for _, u := range d.users {
		d.byID[u.ID] = u
		if loc, err := event.LoadZone(u.Zone); err == nil && !known[u.Zone] {
			known[u.Zone] = true
			d.zones = append(d.zones, loc)
		}
		if !u.Active || u.Address == "" {
			continue
		}
		if _, twice := d.byAddr[u.Address]; twice {
			shared[u.Address] = true
		}
		d.byAddr[u.Address] = u
	}
	for addr := range shared {
		delete(d.byAddr, addr) // nobody can say who is meant
	}
	return d
}

// active are the people who can own and join activities.
func (d *directory) active() []User {
	return slices.DeleteFunc(slices.Clone(d.users), func(u User) bool { return !u.Active })
}

// attendee is how a participant is listed; ok is false for one who cannot be
// told by an address.
func (d *directory) attendee(id string) (event.Attendee, bool) {
	u, ok := d.byID[id]
	if !ok || d.byAddr[u.Address].ID != id {
		return event.Attendee{}, false
	}
	return event.Attendee{Address: u.Address, Name: u.Name}, true
}

// attendees lists the given people, but for self.
func (d *directory) attendees(ids []string, self string) []event.Attendee {
	var out []event.Attendee
	for _, id := range ids {
		if a, ok := d.attendee(id); ok && id != self {
			out = append(out, a)
		}
	}
	return sortAttendees(out)
}

// known keeps those attendees who are users, but for self, as they are listed.
func (d *directory) known(as []event.Attendee, self string) []event.Attendee {
	var out []event.Attendee
	for _, a := range as {
		u, ok := d.byAddr[strings.ToLower(strings.TrimSpace(a.Address))]
		if !ok || u.ID == self {
			continue
		}
		out = append(out, event.Attendee{Address: u.Address, Name: u.Name})
	}
	return sortAttendees(out)
}

func sortAttendees(as []event.Attendee) []event.Attendee {
	slices.SortFunc(as, func(a, b event.Attendee) int { return cmp.Compare(a.Address, b.Address) })
	return slices.CompactFunc(as, func(a, b event.Attendee) bool { return a.Address == b.Address })
}

// address is the lower-case address of a user, or empty.
func (d *directory) address(id string) string { return d.byID[id].Address }

// userOf reads a user. zones maps the ids of the service's own list to IANA
// names, for users whose zone is named by id alone.
func userOf(u api.User, zones map[string]string, fallback string) User {
	out := User{
		ID: userID(u.GUID), Active: u.IsActive,
		Name:    strings.TrimSpace(u.FirstName + " " + u.LastName),
		Address: strings.ToLower(strings.TrimSpace(u.Email)),
		Zone:    fallback,
	}
	if z := u.TimeZone; z != nil {
		out.Zone = firstZone(z.IANAName, zones[z.GUID], fallback)
	}
	return out
}

// userID is a user's id as it is compared: the same GUID may be written in
// either case in different places.
func userID(guid string) string { return strings.ToLower(strings.TrimSpace(guid)) }

// firstZone is the first name that the zone table knows, else UTC.
func firstZone(names ...string) string {
	for _, n := range names {
		if n == "" || n == "Local" {
			continue
		}
		if _, err := event.LoadZone(n); err == nil {
			return n
		}
	}
	return "UTC"
}
