package sample

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim"
	"lockstep/sync/severa/severasim"
)

// The service account's sign-in at both servers.
const (
	Domain         = "OFFICE"
	ServiceUser    = "svc-lockstep"
	ServiceSecret  = "Tasatahti-2026" //nolint:gosec // of a server that is made up
	ClientID       = "Lockstep_Demo.apps.vismasevera.test"
	ClientSecret   = "severa-Tasatahti-2026" //nolint:gosec // the same
	OfficeZone     = "Europe/Helsinki"
	defaultPeople  = 5
	defaultEntries = 200
)

// Options of an Office. Now is required; the zero value of the rest is usable.
type Options struct {
	Now     func() time.Time
	People  int // default 5
	Entries int // default 200; below 0 none
	Seed    uint64
	Log     *slog.Logger
	Auth    ewssim.Auth
	Latency time.Duration
	Faults  *ewssim.Faults
	// Rate is Severa's quota of requests a second; 0 is the real one, below 0 none.
	Rate int
	// Highlights adds one of each kind of difficulty: a series with exceptions,
	// whole days across a change of the clocks, a meeting of three.
	Highlights bool
	// ExpiredCertificate makes Severa show a certificate that has run out.
	ExpiredCertificate bool
}

// Office is the sample with its servers.
type Office struct {
	People   []Person
	Entries  []Entry
	Exchange *ewssim.Server
	Severa   *severasim.Server

	ids []ids // by entry
}

// ids are where an entry was put: Exchange's by member.
type ids struct {
	severa   string
	exchange map[int]string
}

// New makes the office and fills the servers; they do not listen yet.
func New(o Options) (*Office, error) {
	if o.People <= 0 {
		o.People = defaultPeople
	}
	if o.Entries == 0 {
		o.Entries = defaultEntries
	}
	f := &Office{
		People: people(o.People),
		Exchange: ewssim.New(ewssim.Options{
			Now: o.Now, Log: o.Log, Domain: Domain, Faults: o.Faults, Auth: o.Auth, Latency: o.Latency, Seed: o.Seed + 1,
		}),
		Severa: severasim.New(severasim.Options{
			Now: o.Now, Log: o.Log, Faults: o.Faults, ClientID: ClientID, ClientSecret: ClientSecret,
			RatePerSecond: o.Rate, Latency: o.Latency, Seed: int64(o.Seed) + 1, //nolint:gosec // a seed, not a number
			Organisation: "Tasatahti Oy", Zone: OfficeZone, ExpiredCertificate: o.ExpiredCertificate,
		}),
	}
	if err := f.hire(); err != nil {
		return nil, err
	}
	if o.Entries > 0 {
		f.Entries = entries(f.People, o.Entries, mondayOf(o.Now()), o.Seed+1)
	}
	if o.Highlights {
		f.Entries = append(f.Entries, highlights(f.People, mondayOf(o.Now()))...)
	}
	for _, e := range f.Entries {
		if err := f.put(e); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// mondayOf is midnight UTC of the Monday of the week of t.
func mondayOf(t time.Time) time.Time {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
}

// hire makes the accounts, mailboxes and users.
func (f *Office) hire() error {
	f.Exchange.AddAccount(ServiceUser, ServiceSecret)
	f.Exchange.AllowImpersonation(ServiceUser)
	for i, p := range f.People {
		f.Exchange.AddAccount(p.Account, p.Password)
		if err := f.Exchange.AddMailbox(ewssim.MailboxInfo{
			Primary: p.Email, Name: p.Name(), Zone: p.windows, Account: p.Account,
		}); err != nil {
			return fmt.Errorf("make mailbox: %w", err)
		}
		f.People[i].guid = f.Severa.AddUser(severasim.User{FirstName: p.First, LastName: p.Last, Email: p.Email, Zone: p.Zone})
	}
	return nil
}

// put stores an entry where it is at first and remembers its ids.
func (f *Office) put(e Entry) error {
	at := ids{exchange: map[int]string{}}
	if e.Severa {
		id, err := f.Severa.AddActivity(f.activity(e))
		if err != nil {
			return fmt.Errorf("add activity: %w", err)
		}
		at.severa = id
	}
	if e.Exchange {
		if err := f.invite(e, at.exchange); err != nil {
			return fmt.Errorf("add calendar item: %w", err)
		}
	}
	f.ids = append(f.ids, at)
	return nil
}

// activity is an entry as Severa holds it.
func (f *Office) activity(e Entry) severasim.Activity {
	category := severasim.CalendarEntry
	switch {
	case e.Kind == Task:
		category = severasim.Task
	case e.Private:
		category = severasim.Personal
	}
	a := severasim.Activity{
		Name: e.Subject, Notes: e.Notes, Location: e.Location, Start: e.Start.UTC(), End: e.End.UTC(),
		AllDay: e.AllDay, HasDuration: true, TypeGUID: f.Severa.TypeOf(category), OwnerGUID: f.People[e.Owner].guid,
	}
	for _, i := range e.Inside {
		a.Participants = append(a.Participants, severasim.Participant{Who: f.People[i].guid, Type: severasim.UserParticipant, Status: severasim.Accepted})
	}
	return a
}

// Bits of ewssim.Item.State.
const (
	stateMeeting  = 1
	stateReceived = 2
)

// invite puts an entry into its owner's mailbox and, for a meeting, its copies
// into those of the colleagues in it.
func (f *Office) invite(e Entry, at map[int]string) error {
	owner := f.People[e.Owner]
	it := ewssim.Item{
		Subject: e.Subject, Location: e.Location, Body: ewssim.Body{Text: e.Notes}, Start: e.Start, End: e.End,
		StartZone: owner.windows, EndZone: owner.windows, AllDay: e.AllDay, FreeBusy: "Busy",
		ReminderSet: !e.AllDay, ReminderMinutes: 15,
	}
	if e.Weeks > 0 {
		day := ewssim.DayOf(e.Start)
		it.Rule = &ewssim.Rule{
			Pattern: ewssim.Weekly, Interval: 1, Days: ewssim.Days(1 << e.Start.Weekday()), FirstDay: time.Monday, Start: day, Count: e.Weeks,
		}
	}
	if e.Private {
		it.Sensitivity = "Private"
	}
	if e.Kind == Meeting {
		it.State, it.RequestSent = stateMeeting, true
		it.Organizer = ewssim.Person{Name: owner.Name(), Address: owner.Email}
		for _, i := range e.Inside {
			p := f.People[i]
			it.Required = append(it.Required, ewssim.Attendee{Person: ewssim.Person{Name: p.Name(), Address: p.Email}, Response: "Accept"})
		}
		for _, i := range e.Outside {
			it.Optional = append(it.Optional, ewssim.Attendee{Person: ewssim.Person{Name: guests[i].name, Address: guests[i].address}})
		}
	}
	made, err := f.Exchange.Put(owner.Email, "", it)
	if err != nil {
		return err
	}
	at[e.Owner] = made.ID
	if e.Weeks > 0 {
		return f.depart(made.ID, e)
	}
	if e.Kind != Meeting {
		return nil
	}
	it.UID, it.State, it.RequestSent, it.MyResponse = made.UID, stateMeeting|stateReceived, false, "Accept"
	for _, i := range e.Inside {
		copied, err := f.Exchange.Put(f.People[i].Email, "", it)
		if err != nil {
			return err
		}
		at[i] = copied.ID
	}
	return nil
}

// depart moves one occurrence of a series and deletes another, as its owner does.
func (f *Office) depart(id string, e Entry) error {
	day := func(week int) ewssim.Day { return ewssim.DayOf(e.Start.AddDate(0, 0, 7*week)) }
	err := f.Exchange.EditOccurrence(id, day(movedWeek), func(it *ewssim.Item) { it.Start, it.End = moved(it.Start), moved(it.End) })
	if err != nil {
		return fmt.Errorf("move occurrence: %w", err)
	}
	return f.Exchange.DropOccurrence(id, day(leftWeek))
}

// Access is how clients get in, as one JSON value.
type Access struct {
	Exchange ExchangeAccess `json:"exchange"`
	Severa   SeveraAccess   `json:"severa"`
	People   []PersonAccess `json:"people"`
}

// ExchangeAccess is Exchange's part of an Access. CA is a certificate in PEM,
// empty without TLS.
type ExchangeAccess struct {
	URL      string `json:"url"`
	Domain   string `json:"domain"`
	User     string `json:"user"`
	Password string `json:"password"`
	CA       string `json:"ca"`
}

// SeveraAccess is Severa's part of an Access.
type SeveraAccess struct {
	URL          string `json:"url"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	CA           string `json:"ca"`
}

// PersonAccess is how one mailbox's owner signs in himself.
type PersonAccess struct {
	Name             string `json:"name"`
	Email            string `json:"email"`
	ExchangeUser     string `json:"exchange_user"`
	ExchangePassword string `json:"exchange_password"`
}

// Open is an office whose servers listen.
type Open struct {
	*Office
	Access Access

	exchange *ewssim.Running
	severa   *severasim.Running
}

// Start makes both servers listen; port 0 is any free one. Close must be called.
func (f *Office) Start(exchange, severa string, tls bool) (*Open, error) {
	x, err := f.Exchange.Start(exchange, tls)
	if err != nil {
		return nil, err
	}
	s, err := f.Severa.Start(severa, tls)
	if err != nil {
		x.Close()
		return nil, err
	}
	o := &Open{Office: f, exchange: x, severa: s, Access: Access{
		Exchange: ExchangeAccess{URL: x.URL, Domain: Domain, User: ServiceUser, Password: ServiceSecret, CA: string(x.CAPEM)},
		Severa:   SeveraAccess{URL: s.URL, ClientID: ClientID, ClientSecret: ClientSecret, CA: s.CAPEM},
		People:   []PersonAccess{},
	}}
	for _, p := range f.People {
		o.Access.People = append(o.Access.People, PersonAccess{
			Name: p.Name(), Email: p.Email, ExchangeUser: p.Account, ExchangePassword: p.Password,
		})
	}
	return o, nil
}

// Close stops both servers.
func (o *Open) Close() error {
	o.exchange.Close()
	return o.severa.Close()
}

// Guests are the people from outside in an entry as people read them, by address.
func (f *Office) Guests(e Entry) (out []string) {
	at := slices.Clone(e.Outside)
	slices.SortFunc(at, func(a, b int) int { return strings.Compare(guests[a].address, guests[b].address) })
	for _, i := range at {
		out = append(out, guests[i].name+" <"+guests[i].address+">")
	}
	return out
}

// Names are the addresses of an entry's owner, of the colleagues in it and of
// the people from outside.
func (f *Office) Names(e Entry) (owner string, inside, outside []string) {
	for _, i := range e.Inside {
		inside = append(inside, f.People[i].Email)
	}
	slices.Sort(inside)
	for _, i := range e.Outside {
		outside = append(outside, guests[i].address)
	}
	return f.People[e.Owner].Email, inside, outside
}
