package memory_test

import (
	"sync"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/endpoint/endpointtest"
	"lockstep/sync/event"
	"lockstep/sync/memory"
)

const (
	anna = event.PersonID("anna@office.test")
	boss = event.PersonID("boss@office.test")
)

// hands are anna's.
type hands struct {
	*memory.Calendar
}

func (h hands) Put(e event.Event) (event.ID, error) { return h.Calendar.Put(anna, e), nil }

func (h hands) Edit(id event.ID, e event.Event, f event.FieldSet) error {
	return h.Calendar.Edit(anna, id, func(it *event.Item) { it.Event = event.Take(it.Event, e, f) })
}

func (h hands) Remove(id event.ID) error    { return h.Calendar.Remove(anna, id) }
func (h hands) List() ([]event.Item, error) { return h.Calendar.List(anna), nil }
func (h hands) Trash() ([]event.Item, bool) { return h.Calendar.Trash(anna), true }
func (h hands) Garble(id event.ID) error    { return h.Calendar.Garble(anna, id) }
func (h hands) Mailed() int                 { return h.Counts().Mails }
func (h hands) Copy(id event.ID) error      { _, err := h.Calendar.Copy(anna, id); return err }

func (h hands) FailNext(f endpointtest.Fault) bool {
	as, ok := map[endpointtest.Fault]memory.Fault{
		endpointtest.FailUnavailable: memory.FailUnavailable,
		endpointtest.FailThrottled:   memory.FailThrottled,
		endpointtest.ExpireCursor:    memory.FailExpired,
		endpointtest.LoseRequest:     memory.LoseRequest,
		endpointtest.LoseAnswer:      memory.LoseAnswer,
	}[f]
	if ok {
		h.Calendar.FailNext(anna, as)
	}
	return ok
}

// sharing are anna's hands where an entry may be in several calendars.
type sharing struct{ hands }

func (h sharing) PutOthers(e event.Event) (event.ID, error) {
	e.Attendees = []event.Attendee{{Address: string(anna)}}
	return h.Calendar.Put(boss, e), nil
}

func (h sharing) Others(id event.ID) bool {
	for _, it := range h.Calendar.List(boss) {
		if it.ID == id {
			return true
		}
	}
	return false
}

// invited are anna's hands where people hold copies of their own.
type invited struct{ hands }

func (h invited) PutOthers(e event.Event) (event.ID, error) {
	it := event.Item{Event: e, UID: "uid-of-a-meeting", Organizer: string(boss), Meeting: true}
	h.PutItem(boss, it)
	it.Standing = event.StandingParticipant
	return h.PutItem(anna, it), nil
}

func (h invited) Others(event.ID) bool { return len(h.Calendar.List(boss)) > 0 }

// clock goes on by a second at each look.
func clock() func() time.Time {
	var mu sync.Mutex
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Second)
		return now
	}
}

// kinds are the systems that the suite is run against.
func kinds() map[string]func(*memory.Options) {
	return map[string]func(*memory.Options){
		"exchange":                 func(o *memory.Options) { *o = memory.LikeExchange(o.Now) },
		"business":                 func(o *memory.Options) { *o = memory.LikeBusiness(o.Now) },
		"plain":                    func(*memory.Options) {},
		"exchange bare":            func(o *memory.Options) { *o = memory.LikeExchange(o.Now); o.Bare = true },
		"exchange read only":       func(o *memory.Options) { *o = memory.LikeExchange(o.Now); o.Caps.ReadOnly = true },
		"exchange no delete":       func(o *memory.Options) { *o = memory.LikeExchange(o.Now); o.Caps.NoDelete = true },
		"exchange no tombstones":   func(o *memory.Options) { *o = memory.LikeExchange(o.Now); o.Caps.Tombstones = false },
		"exchange no keys":         func(o *memory.Options) { *o = memory.LikeExchange(o.Now); o.Caps.Keys = false },
		"business with tombstones": func(o *memory.Options) { *o = memory.LikeBusiness(o.Now); o.Caps.Tombstones = true },
		"business with keys":       func(o *memory.Options) { *o = memory.LikeBusiness(o.Now); o.Caps.Keys = true },
		"business batches":         func(o *memory.Options) { *o = memory.LikeBusiness(o.Now); o.Caps.Batch = 5 },
		"lossy": func(o *memory.Options) {
			o.Zone, o.WholeMinutes, o.Trim, o.PlainText, o.MaxText = "America/New_York", true, true, true, 60
		},
		"two fields": func(o *memory.Options) { o.Caps.Fields = event.FieldSubject | event.FieldWhen },
	}
}

func suite(kind func(*memory.Options)) endpointtest.Options {
	now := clock()
	return endpointtest.Options{
		Now: now,
		// A Calendar takes calls at once, so one endpoint does for several programs.
		Again: func(_ testing.TB, e endpoint.Endpoint) endpoint.Endpoint { return e },
		New: func(testing.TB) (endpoint.Endpoint, endpointtest.Hands) {
			o := memory.Options{Now: now}
			kind(&o)
			o.PageSize = 3
			c := memory.NewCalendar(o)
			if o.Shared && o.Caps.Fields.Has(event.FieldAttendees) {
				return c.Endpoint(anna), sharing{hands{c}}
			}
			if !o.Shared {
				return c.Endpoint(anna), invited{hands{c}}
			}
			return c.Endpoint(anna), hands{c}
		},
	}
}

func TestEndpoint_Conforms(t *testing.T) {
	for name, kind := range kinds() {
		t.Run(name, func(t *testing.T) { endpointtest.Run(t, suite(kind)) })
	}
}
