package ewssim

import (
	"maps"
	"strings"

	"lockstep/sync/exchange/ewssim/internal/store"
)

// Count is what a counter counts: an operation, and the mailbox it acted for
// (requests) or on (writes), as a lower-case primary address.
type Count struct{ Op, Mailbox string }

func (s *Server) count(m map[Count]int, op, who string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m[Count{op, who}]++
}

func (s *Server) wrote(op string, m *store.Mailbox) {
	s.count(s.writes, op, strings.ToLower(m.Primary))
}

// wroteItem counts what is no calendar entry apart, by its element.
func (s *Server) wroteItem(op string, m *store.Mailbox, it *store.Item) {
	if !it.IsCalendar() {
		op += " " + it.Elem
	}
	s.wrote(op, m)
}

// Requests returns how many requests of each operation were signed in and
// read, faults included.
func (s *Server) Requests() map[Count]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.requests)
}

// Writes returns how many items clients created, updated, deleted or moved,
// by the operation that took effect. What owners do by Put, Edit and Drop does
// not count.
func (s *Server) Writes() map[Count]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.writes)
}

// WriteTotal is the number of all items written by clients.
func (s *Server) WriteTotal() int {
	n := 0
	for _, v := range s.Writes() {
		n += v
	}
	return n
}

// RequestTotal is the number of all requests.
func (s *Server) RequestTotal() int {
	n := 0
	for _, v := range s.Requests() {
		n += v
	}
	return n
}

// ResetCounters sets the counters of requests and writes to zero and empties
// the ledger of mail.
func (s *Server) ResetCounters() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.requests)
	clear(s.writes)
	s.mail = nil
}
