package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Errors of the directory.
var (
	ErrExists    = errors.New("address is taken")
	ErrNoMailbox = errors.New("no such mailbox")
)

// Store is a whole organisation. Mu guards everything in it.
type Store struct {
	Mu  sync.Mutex
	Now func() time.Time

	seed    uint64
	count   uint64
	boxes   []*Mailbox
	byAddr  map[string]*Mailbox
	byGUID  map[string]*Mailbox
	pass    map[string]string
	imp     map[string]map[string]bool // account -> addresses; "*" for all
	changed chan struct{}
}

// New returns an empty organisation. Seed decides all ids.
func New(now func() time.Time, seed uint64) *Store {
	return &Store{
		Now: now, seed: seed,
		byAddr: map[string]*Mailbox{}, byGUID: map[string]*Mailbox{},
		pass: map[string]string{}, imp: map[string]map[string]bool{},
		changed: make(chan struct{}),
	}
}

// Wait returns a channel that is closed at the next change of anything.
func (s *Store) Wait() <-chan struct{} { return s.changed }

func (s *Store) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Unique returns 16 bytes that depend on the seed and the number of calls only.
func (s *Store) Unique() [16]byte {
	s.count++
	var in [16]byte
	binary.BigEndian.PutUint64(in[:], s.seed)
	binary.BigEndian.PutUint64(in[8:], s.count)
	sum := sha256.Sum256(in[:])
	return [16]byte(sum[:16])
}

func (s *Store) guid() string {
	b := s.Unique()
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// AddAccount makes or changes an account.
func (s *Store) AddAccount(user, password string) { s.pass[strings.ToLower(user)] = password }

// RemoveAccount takes an account away.
func (s *Store) RemoveAccount(user string) { delete(s.pass, strings.ToLower(user)) }

// Password returns an account's password.
func (s *Store) Password(user string) (string, bool) {
	p, ok := s.pass[strings.ToLower(user)]
	return p, ok
}

// AddMailbox makes a mailbox with its folders.
func (s *Store) AddMailbox(m *Mailbox) error {
	for _, a := range append([]string{m.Primary}, m.Aliases...) {
		if s.byAddr[strings.ToLower(a)] != nil {
			return fmt.Errorf("add mailbox: %w", ErrExists)
		}
	}
	m.store, m.GUID = s, s.guid()
	m.Account = strings.ToLower(m.Account)
	m.build()
	s.boxes = append(s.boxes, m)
	s.byGUID[m.GUID] = m
	for _, a := range append([]string{m.Primary}, m.Aliases...) {
		s.byAddr[strings.ToLower(a)] = m
	}
	return nil
}

// RemoveMailbox hides a mailbox from everything, as when it is disabled.
func (s *Store) RemoveMailbox(addr string) error {
	m := s.byAddr[strings.ToLower(addr)]
	if m == nil {
		return ErrNoMailbox
	}
	m.Hidden = true
	s.boxes = slices.DeleteFunc(s.boxes, func(x *Mailbox) bool { return x == m })
	delete(s.byGUID, m.GUID)
	for a, x := range s.byAddr {
		if x == m {
			delete(s.byAddr, a)
		}
	}
	s.wake()
	return nil
}

// MoveMailbox does what a move to another database does to clients: every id is
// new and every sync state invalid, while items, folders and rights stay.
func (s *Store) MoveMailbox(addr string) error {
	m := s.byAddr[strings.ToLower(addr)]
	if m == nil {
		return ErrNoMailbox
	}
	delete(s.byGUID, m.GUID)
	m.GUID = s.guid()
	s.byGUID[m.GUID] = m
	s.wake()
	return nil
}

// Mailboxes returns all mailboxes in the order they were made.
func (s *Store) Mailboxes() []*Mailbox { return s.boxes }

// Find returns the mailbox of an address, primary or not; nil when there is none.
func (s *Store) Find(addr string) *Mailbox { return s.byAddr[strings.ToLower(strings.TrimSpace(addr))] }

// ByGUID returns the mailbox of an id; nil when there is none.
func (s *Store) ByGUID(guid string) *Mailbox { return s.byGUID[guid] }

// Owned returns the mailbox of an account; nil when it has none.
func (s *Store) Owned(account string) *Mailbox {
	for _, m := range s.boxes {
		if m.Owns(account) {
			return m
		}
	}
	return nil
}

// AllowImpersonation lets an account act as the owners of these addresses; none
// means everybody.
func (s *Store) AllowImpersonation(account string, addrs ...string) {
	account = strings.ToLower(account)
	set := map[string]bool{}
	if len(addrs) == 0 {
		set["*"] = true
	}
	for _, a := range addrs {
		set[strings.ToLower(a)] = true
	}
	s.imp[account] = set
}

// RevokeImpersonation takes the right away.
func (s *Store) RevokeImpersonation(account string) { delete(s.imp, strings.ToLower(account)) }

// MayImpersonate reports whether the account may act as the mailbox's owner.
func (s *Store) MayImpersonate(account string, m *Mailbox) bool {
	set := s.imp[strings.ToLower(account)]
	return set["*"] || set[strings.ToLower(m.Primary)]
}
