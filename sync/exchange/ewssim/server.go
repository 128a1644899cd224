package ewssim

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/zone"
	"lockstep/sync/exchange/ewssim/simauth"
)

// side is the server's name in fault scripts.
const side = "exchange"

// Server is one simulated Exchange organisation. Its methods may be called from
// many goroutines, also while it serves.
type Server struct {
	opts   Options
	prod   product
	store  *store.Store
	zones  *zone.Set
	tables *tables
	gate   *simauth.Gate

	mu       sync.Mutex // guards what follows; taken after store.Mu where both are
	requests map[Count]int
	writes   map[Count]int
	mail     []Mail
	subs     map[string]*subscription
	streams  map[string]chan struct{} // open stream by subscription id
	broken   Broken
}

// New returns a server without accounts and mailboxes.
func New(o Options) *Server {
	o.setDefaults()
	if dir := os.Getenv("LOCKSTEP_RECORD_EWS"); dir != "" && !o.Switches.RawControls && !o.Switches.MessagesNotification { // with those nothing validates
		own, folder := o.Record, newRecorder(dir, o.Log)
		o.Record = func(e Exchange) {
			if own != nil {
				own(e)
			}
			folder(e)
		}
	}
	s := &Server{
		opts: o, prod: products[o.Version],
		requests: map[Count]int{}, writes: map[Count]int{},
		subs: map[string]*subscription{}, streams: map[string]chan struct{}{},
	}
	s.store = store.New(s.now, o.Seed)
	zones, err := zone.New()
	if err != nil {
		// The table is part of the program; without a zone UTC still works.
		o.Log.Error("time zones are incomplete", "err", err)
	}
	s.zones = zones
	s.tables = newTables()
	s.gate = s.newGate(nil)
	return s
}

// now is the server's clock: the injected one and the fault script's skew, to
// the second as Exchange stores times.
func (s *Server) now() time.Time {
	return s.opts.Now().Add(s.opts.Faults.Skew(side)).UTC()
}

// password is what the sign-in asks. Every account is in the server's own domain; a DNS name may be that of any
// user principal name.
func (s *Server) password(domain, user string) (string, bool) {
	if !strings.Contains(domain, ".") && !strings.EqualFold(domain, s.opts.Domain) {
		return "", false
	}
	s.store.Mu.Lock()
	defer s.store.Mu.Unlock()
	return s.store.Password(user)
}

// alias lets the owner of a mailbox sign in with its address, whose local part
// need not be the account's name.
func (s *Server) alias(domain, user string) string {
	s.store.Mu.Lock()
	defer s.store.Mu.Unlock()
	if _, ok := s.store.Password(user); ok {
		return user
	}
	if m := s.store.Find(user + "@" + domain); m != nil && m.Account != "" {
		return m.Account
	}
	return user
}

// Handler answers EWS requests. It must run in an http.Server whose ConnContext
// is that of Gate.
func (s *Server) Handler() http.Handler {
	return s.handler(s.gate)
}

// Gate returns the sign-in of the server, for its counters and its ConnContext.
func (s *Server) Gate() *simauth.Gate { return s.gate }

func (s *Server) handler(g *simauth.Gate) http.Handler {
	ews := s.clocked(g.Wrap(http.HandlerFunc(s.serveEWS)))
	discover := s.clocked(g.Wrap(http.HandlerFunc(s.discover)))
	oab := s.clocked(g.Wrap(http.HandlerFunc(s.serveOAB)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(strings.ToLower(r.URL.Path), discoverPath) {
			s.discoverFront(w, r, discover)
			return
		}
		if strings.HasPrefix(strings.ToLower(r.URL.Path), "/oab/") {
			oab.ServeHTTP(w, r)
			return
		}
		if !strings.EqualFold(r.URL.Path, "/EWS/Exchange.asmx") {
			http.NotFound(w, r)
			return
		}
		if !s.front(w, r) {
			ews.ServeHTTP(w, r)
		}
	})
}

// clocked tells the server's time, which need not be the machine's.
func (s *Server) clocked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", s.now().Format(http.TimeFormat))
		w.Header().Set("X-FEServer", "MAIL")
		if id := r.Header.Get("client-request-id"); id != "" {
			w.Header().Set("client-request-id", id)
		}
		next.ServeHTTP(w, r)
	})
}

// AddAccount makes an account that can sign in. Without a mailbox it can only
// act for others.
func (s *Server) AddAccount(user, password string) {
	s.store.Mu.Lock()
	defer s.store.Mu.Unlock()
	s.store.AddAccount(user, password)
}

// MailboxInfo describes a mailbox to make.
type MailboxInfo struct {
	Primary string   // primary SMTP address
	Aliases []string // further addresses
	Name    string   // display name
	Zone    string   // Windows id of the owner's zone; default UTC
	Account string   // account that owns it; "" for none (a room)
	Quota   int      // most items; 0 for no limit
	// Remote is one that was moved to the cloud: the directory lists it, and
	// nobody can open it here.
	Remote bool
}

// AddMailbox makes a mailbox with the usual folders. It fails when an address
// is taken or the zone unknown.
func (s *Server) AddMailbox(info MailboxInfo) error {
	if info.Zone == "" {
		info.Zone = zone.UTC
	}
	if _, ok := s.zones.Location(info.Zone); !ok {
		return fmt.Errorf("add mailbox: time zone %q is not a Windows id", info.Zone)
	}
	s.store.Mu.Lock()
	defer s.store.Mu.Unlock()
	if info.Name == "" {
		info.Name = info.Primary
	}
	return s.store.AddMailbox(&store.Mailbox{
		Primary: info.Primary, Aliases: info.Aliases, Name: info.Name,
		Zone: info.Zone, Account: info.Account, Quota: info.Quota, Remote: info.Remote,
	})
}
