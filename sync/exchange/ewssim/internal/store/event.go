package store

import "time"

// EventKind is what a notification reports.
type EventKind int

// The kinds of notifications.
const (
	Created EventKind = iota
	Modified
	Deleted
	Moved
)

var eventNames = [...]string{"CreatedEvent", "ModifiedEvent", "DeletedEvent", "MovedEvent"}

// String returns the element name in the schema.
func (k EventKind) String() string { return eventNames[k] }

// Event is one notification. Item is 0 when a folder is meant. Serials stand
// for ids; N numbers the events of a mailbox from 1.
type Event struct {
	N                  uint64
	Kind               EventKind
	At                 time.Time
	Item, Folder       uint64
	Parent             uint64
	OldItem, OldParent uint64
}

// keptEvents bounds the memory; who falls further behind has missed some.
const keptEvents = 4096

func (m *Mailbox) emit(e Event) {
	e.At = m.store.Now()
	e.N = 1
	if n := len(m.events); n > 0 {
		e.N = m.events[n-1].N + 1
	}
	if len(m.events) >= 2*keptEvents {
		m.events = append(m.events[:0:0], m.events[keptEvents:]...)
	}
	m.events = append(m.events, e)
	m.store.wake()
}

// LastEvent returns the number of the newest event, 0 when there is none.
func (m *Mailbox) LastEvent() uint64 {
	if n := len(m.events); n > 0 {
		return m.events[n-1].N
	}
	return 0
}

// EventsSince returns the events after number n; ok is false when some of them
// are no longer kept.
func (m *Mailbox) EventsSince(n uint64) (es []Event, ok bool) {
	if len(m.events) == 0 {
		return nil, true
	}
	first := m.events[0].N
	if n+1 < first {
		return nil, false
	}
	at := int(n + 1 - first) //nolint:gosec // events are kept by the thousand
	if at >= len(m.events) {
		return nil, true
	}
	return m.events[at:], true
}
