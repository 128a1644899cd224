package severasim

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"lockstep/sync/internal/faultscript"
)

// side is the name of this server in a fault script.
const side = "severa"

// Options of a Server. The zero value is usable.
type Options struct {
	// Now is the clock; nil is a clock of its own that begins on 2 March 2026,
	// 08:00 UTC, and moves on by 250 ms each time it is read.
	Now func() time.Time
	Log *slog.Logger // nil: silent
	// Faults is the script of misbehaviour; nil behaves well.
	Faults *faultscript.Script

	ClientID, ClientSecret string        // "lockstep" and "secret" when empty
	Scopes                 []string      // what the client may ask for; nil: all scopes
	TokenLife              time.Duration // of access tokens; 0 means an hour
	// RatePerSecond is the quota of requests; 0 means the documented 10, below 0 none.
	RatePerSecond int
	Latency       time.Duration // added to every answer, in real time
	Seed          int64         // of the guids; the same seed and history give the same guids

	Organisation string // name; "Demo Oy" when empty
	Zone         string // the organisation's IANA zone; "Europe/Helsinki" when empty or unknown
	// NoTypes leaves the organisation without activity types; else there is one of each category.
	NoTypes bool
	// ExpiredCertificate makes the TLS certificate of Start one that has run out.
	ExpiredCertificate bool

	Switches Switches
}

// Server is a simulated organisation with its REST service. Its methods may be
// called from several goroutines at once.
type Server struct {
	opts Options
	log  *slog.Logger
	st   *store
	auth *auth
	rate *rateLimit
	mux  *http.ServeMux

	mu           sync.Mutex
	faults       *faultscript.Script
	termsMissing bool
	addonMissing bool
	counts       Counts
}

// New returns a server with an empty organisation: no users, no activities,
// and, unless NoTypes, an activity type of each category.
func New(o Options) *Server {
	o.Now = clockOr(o.Now)
	o.ClientID = cmp.Or(o.ClientID, "lockstep")
	o.ClientSecret = cmp.Or(o.ClientSecret, "secret")
	o.Organisation = cmp.Or(o.Organisation, "Demo Oy")
	o.Zone = cmp.Or(o.Zone, "Europe/Helsinki")
	if o.RatePerSecond == 0 {
		o.RatePerSecond = 10
	}
	if o.TokenLife <= 0 {
		o.TokenLife = time.Hour
	}
	if o.Scopes == nil {
		o.Scopes = AllScopes()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	loc, err := time.LoadLocation(o.Zone)
	if err != nil {
		loc, o.Zone = time.UTC, "UTC"
	}
	s := &Server{opts: o, log: o.Log, faults: o.Faults, counts: newCounts()}
	s.st = newStore(s.now, o.Switches, o.Organisation, loc, o.Seed)
	s.auth = newAuth(o.ClientID, o.ClientSecret, o.Scopes, o.TokenLife)
	s.rate = &rateLimit{perSecond: o.RatePerSecond, windows: map[string]window{}}
	if !o.NoTypes {
		s.addDefaultTypes()
	}
	s.mux = s.routes()
	return s
}

// clockOr returns now, or a clock that runs without looking at the real time.
func clockOr(now func() time.Time) func() time.Time {
	if now != nil {
		return now
	}
	var mu sync.Mutex
	t := time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		t = t.Add(250 * time.Millisecond)
		return t
	}
}

// now is the server's idea of the time, wrong by the script's skew.
func (s *Server) now() time.Time {
	return s.opts.Now().Add(s.script().Skew(side))
}

func (s *Server) script() *faultscript.Script {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// SetFaults replaces the script; nil behaves well.
func (s *Server) SetFaults(f *faultscript.Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// SetTermsApproved says whether the administrator has approved the terms of the
// interface; until then every call is refused with TermsOfServiceNotApproved.
func (s *Server) SetTermsApproved(approved bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.termsMissing = !approved
}

// SetAddonActive says whether the organisation has the REST API add-on; without
// it every call is refused with AddonMissing.
func (s *Server) SetAddonActive(active bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addonMissing = !active
}

// SetClient changes the credentials and what they may ask for. Tokens that were
// given out stay good until they run out or RevokeTokens is called.
func (s *Server) SetClient(id, secret string, scopes []string) {
	s.auth.setClient(id, secret, scopes)
}

// RevokeTokens makes every access and refresh token worthless at once.
func (s *Server) RevokeTokens() { s.auth.revoke() }

// ClientID returns the client id that the server accepts.
func (s *Server) ClientID() string { return s.auth.client() }

// Counts is what the server was asked for since it was made or reset.
type Counts struct {
	// Requests by route, such as "GET /v1/activities/{guid}"; the refused ones too.
	Requests map[string]int
	// Writes by route that took effect, whether or not the caller saw the answer.
	Writes map[string]int
	// Status by HTTP status that was due, before a fault spoiled the answer.
	Status map[int]int
}

func newCounts() Counts {
	return Counts{Requests: map[string]int{}, Writes: map[string]int{}, Status: map[int]int{}}
}

// Total returns the number of requests.
func (c Counts) Total() int { return sum(c.Requests) }

// TotalWrites returns the number of writes that took effect.
func (c Counts) TotalWrites() int { return sum(c.Writes) }

func sum(m map[string]int) int {
	n := 0
	for _, v := range m {
		n += v
	}
	return n
}

// Counts returns a copy of the counters.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := newCounts()
	for k, v := range s.counts.Requests {
		c.Requests[k] = v
	}
	for k, v := range s.counts.Writes {
		c.Writes[k] = v
	}
	for k, v := range s.counts.Status {
		c.Status[k] = v
	}
	return c
}

// ResetCounts sets all counters to zero.
func (s *Server) ResetCounts() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts = newCounts()
}

func (s *Server) count(op string, write bool, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Requests[op]++
	s.counts.Status[status]++
	if write && status/100 == 2 {
		s.counts.Writes[op]++
	}
}

// AllScopes returns every scope of the documented list, sorted.
func AllScopes() []string {
	var all []string
	for _, area := range []string{"activities", "customers", "fees", "files", "hours", "invoices", "projects", "resourceallocations", "settings", "travels", "users"} {
		for _, verb := range []string{"read", "write", "delete"} {
			all = append(all, fmt.Sprintf("%s:%s", area, verb))
		}
	}
	all = append(all, "organization:read", "organization:write")
	slices.Sort(all)
	return all
}
