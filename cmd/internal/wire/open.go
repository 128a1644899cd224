package wire

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"

	"lockstep/store"
	"lockstep/store/secret"
	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/plan"
	"lockstep/sync/severa/api"
)

// Names of the secrets that a person sets.
const (
	SecretExchange = "exchange"
	SecretSevera   = "severa"
)

// ErrKeysMissing says that the home holds a store, and its keys are not where the
// secrets are kept.
var ErrKeysMissing = errors.New("the keys of this home are missing")

// Options are what Open needs. Home and Now are required.
type Options struct {
	Home string
	Now  func() time.Time
	// Passphrase opens the file of secrets where no keyring answers; nil where
	// nobody can be asked.
	Passphrase func(context.Context) (string, error)
	// Waiting is told that the system's keyring waits for a person; may be nil.
	Waiting func()
	// Ring replaces the home's own place for secrets.
	Ring secret.Keyring
	// Pacer replaces the one that keeps within Severa's quota, for a simulated
	// Severa without one.
	Pacer *api.Pacer
	// Debug logs more.
	Debug bool
	// Policies reads what the organisation has fixed; nil: as MachinePolicy does.
	Policies Policies
	// Tray tells whether the desktop shows icons of programs; nil: who opens
	// cannot tell.
	Tray func() bool
	// Demo plays with a demo office; nil: it is none.
	Demo localapi.Demonstration
	// Autostart is how the desktop starts the program; nil: it does not.
	Autostart Autostart
	// Lease is how long a lease binds other installations; 0: the usual time.
	Lease time.Duration
}

// Site is an office at work in one home folder. While it is open no other
// process can open it.
type Site struct {
	Home   string
	Store  *store.Store
	Ring   secret.Keyring
	Kind   secret.Kind
	Office *office.Office
	Log    *slog.Logger

	now     func() time.Time
	pseudo  func(string) string // what diagnostics call what they do not name
	lock    *flock.Flock
	left    time.Time // when the process before us let go of the home
	logs    *logFile
	systems systems
	surgery surgery
	trials  trials
	heap    heap
	tray    func() bool
	book    *book
	prefs   *preferences
	demo    localapi.Demonstration

	newer atomic.Pointer[office.Newer]

	rebuiltNow bool // by this start
	setAside   bool // once it is closed, the store is to be set aside

	again      chan struct{} // holds one wish to look for people at once
	looking    sync.Mutex    // one search for people at a time
	discovered time.Time
}

// Open claims a home folder and puts the office in it together. Nothing is
// connected yet. The errors that a person can act on are *HomeError, ErrBusy,
// ErrKeysMissing and those of packages secret and state.
func Open(ctx context.Context, o Options) (site *Site, err error) {
	home, err := Canonical(o.Home)
	if err != nil {
		return nil, err
	}
	rules, err := o.fixed()
	if err != nil {
		return nil, err
	}
	lock, left, err := claim(home)
	if err != nil {
		return nil, err
	}
	if home, err = Canonical(home); err != nil { // it may just have been made
		return nil, errors.Join(err, lock.Close())
	}
	s := &Site{Home: home, Ring: o.Ring, Kind: secret.KindMemory, now: o.Now, lock: lock, left: left, tray: o.Tray}
	s.again = make(chan struct{}, 1)
	if s.demo = o.Demo; s.demo == nil {
		s.demo = localapi.NoDemo{}
	}
	s.prefs = &preferences{home: home, start: o.Autostart, tray: o.Tray}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	s.logs = openLog(filepath.Join(home, logsName))
	s.Log = s.logs.logger(o.Debug)
	if s.Ring == nil {
		if s.Ring, s.Kind, err = secret.Open(ctx, secret.Options{
			Home: home, Prefer: preferred(home), Passphrase: o.Passphrase, Waiting: o.Waiting,
		}); err != nil {
			return nil, err
		}
	}
	path := filepath.Join(home, storeName)
	keys, err := loadKeys(ctx, s.Ring, path)
	if err != nil {
		return nil, err
	}
	before := readOutline(home).Rebuilt
	if s.book, err = openStore(ctx, home, rules, store.Options{Seal: [32]byte(keys.Seal.Reveal()), Now: o.Now}); err != nil {
		return nil, err
	}
	if err := s.book.follow(ctx); err != nil {
		return nil, fmt.Errorf("follow policy: %w", errors.Join(err, s.book.Store.Close()))
	}
	s.Store, s.rebuiltNow = s.book.Store, s.book.rebuilt != before
	if s.rebuiltNow {
		s.Log.WarnContext(ctx, "store begun anew", slog.String("why", s.book.rebuilt.Why), slog.String("aside", s.book.rebuilt.Aside))
	}
	s.systems.site, s.systems.pacer = s, o.Pacer
	s.pseudo = pseudonym(keys.HMAC.Reveal())
	s.surgery.site = s
	s.Office = office.New(office.Config{
		Book: s.book, State: s.Store, History: s.Store, Connect: s.systems.connect,
		Digest: digester(keys.HMAC.Reveal()), NewKey: newKey, Now: o.Now, Log: s.Log, Prune: s.Store.Prune, Rested: s.rested,
		Installation: installation(home, keys.HMAC.Reveal(), o.Lease),
	})
	if err := s.Office.Recall(ctx); err != nil {
		return nil, fmt.Errorf("recall status: %w", err)
	}
	s.heap.rest() // to open a file of secrets takes a quarter of a GiB
	return s, nil
}

// fixed reads the policies.
func (o Options) fixed() (fixed, error) {
	read := o.Policies
	if read == nil {
		read = MachinePolicy
	}
	set, err := read()
	if err != nil {
		return fixed{}, err
	}
	return fix(set)
}

// loadKeys makes keys only for a home that has no store: a new key in the
// place of a lost one would make the store unreadable for good.
func loadKeys(ctx context.Context, ring secret.Keyring, path string) (secret.Keys, error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return secret.MakeKeys(ctx, ring)
	}
	keys, err := secret.LoadKeys(ctx, ring)
	if errors.Is(err, secret.ErrNotFound) {
		return keys, fmt.Errorf("%w: %w", ErrKeysMissing, err)
	}
	return keys, err
}

// digester is the digest that stamps carry: keyed, so that it tells nothing to
// who reads the mailbox, and cut to what fits a property.
func digester(key []byte) func(event.Event) string {
	macs := sync.Pool{New: func() any { return hmac.New(sha256.New, key) }} // taking in the key costs more than an entry
	return func(e event.Event) string {
		mac, _ := macs.Get().(hash.Hash)
		defer macs.Put(mac)
		mac.Reset()
		_, _ = mac.Write(plan.Canonical(e, event.AllFields)) // a hash never fails
		return hex.EncodeToString(mac.Sum(nil)[:16])
	}
}

func newKey() event.Key { return event.Key(rand.Text()) }

// SetSecret keeps what a connection signs in with.
func (s *Site) SetSecret(ctx context.Context, name, value string) error {
	if err := s.Ring.Set(ctx, name, secret.New(value)); err != nil {
		return fmt.Errorf("keep secret: %w", err)
	}
	if err := s.tryAgain(ctx, name); err != nil {
		return err
	}
	s.systems.forget()
	return nil
}

// HasSecret tells whether a secret of that name is kept.
func (s *Site) HasSecret(ctx context.Context, name string) (bool, error) {
	v, err := s.Ring.Get(ctx, name)
	if errors.Is(err, secret.ErrNotFound) {
		return false, nil
	}
	return err == nil && !v.IsEmpty(), err
}

// SecretMissing is the trouble of a connection that has no secret yet.
func (s *Site) SecretMissing(name string) error {
	side := event.Exchange
	if name == SecretSevera {
		side = event.Business
	}
	return localapi.AsError(secretMissing(side))
}

// Close ends all connections, closes the store and frees the home.
func (s *Site) Close() error {
	var errs []error
	s.surgery.close()
	if s.Office != nil {
		if err := s.Office.Close(context.Background()); err != nil {
			// It expires by itself; nobody who closes a home can do more about it.
			s.Log.Warn("lease not given up", slog.Any("err", err))
		}
	}
	s.systems.forget()
	if s.Store != nil {
		errs = append(errs, s.Store.Close())
	}
	if s.setAside {
		_, err := store.SetAside(filepath.Join(s.Home, storeName), s.now())
		errs = append(errs, err)
	}
	if s.logs != nil {
		errs = append(errs, s.logs.Close())
	}
	return errors.Join(append(errs, leave(s.lock, s.now()))...)
}
