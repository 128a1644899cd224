package office_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/office"
)

// remembering is a calendar that tells since when it was asked to show how things stand.
type remembering struct {
	endpoint.Endpoint
	endpoint.Finder
	refreshed func(time.Time)
}

func (r remembering) Refresh(since time.Time) { r.refreshed(since) }

// refreshes are the moments that a person's calendars were told of.
type refreshes struct {
	mu sync.Mutex
	at map[event.PersonID][]time.Time
}

func (f *refreshes) wrap(id event.PersonID, s event.Side, ep endpoint.Endpoint) endpoint.Endpoint {
	if s != event.Business {
		return ep
	}
	finder, _ := ep.(endpoint.Finder)
	return remembering{ep, finder, func(at time.Time) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.at[id] = append(f.at[id], at)
	}}
}

// took gives them and forgets them.
func (f *refreshes) took() map[event.PersonID][]time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.at
	f.at = map[event.PersonID][]time.Time{}
	return out
}

func TestSync_AskedForByAPerson_ShowsNothingFromBefore(t *testing.T) {
	r := newGuests(t)
	f := &refreshes{at: map[event.PersonID][]time.Time{}}
	r.wrap = f.wrap
	r.start()
	for what, ask := range map[string]func() error{
		"sync":    func() error { _, err := r.off.Sync(t.Context(), office.Order{ApproveFirst: true}); return err },
		"preview": func() error { _, err := r.off.Preview(t.Context(), nil, false); return err },
	} {
		before := r.clock()
		if err := ask(); err != nil {
			t.Fatal(err)
		}
		got := f.took()
		for _, id := range everybody() { // cleo is a guest
			if len(got[id]) == 0 {
				t.Errorf("%s: nothing is read anew for %s", what, id)
				continue
			}
			for _, at := range got[id] {
				if !at.Equal(got[anna][0]) || !at.After(before) {
					t.Errorf("%s: %s is shown what was read since %v, want the same for everybody, after %v", what, id, at, before)
				}
			}
		}
	}
}

func TestRun_InTheBackground_SharesWhatWasRead(t *testing.T) {
	f := &refreshes{at: map[event.PersonID][]time.Time{}}
	running(t, func(_ *testing.T, r *rig) { r.wrap = f.wrap }, func(t *testing.T, _ *rig) {
		f.took()
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if got := f.took(); len(got) > 0 {
			t.Errorf("read anew at %v without a person who asks", got)
		}
	})
}
