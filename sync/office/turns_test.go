package office_test

import (
	"cmp"
	"slices"
	"sync"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
	"lockstep/sync/state"
)

// turns lets people who are brought in step at once take turns at what they ask
// of their systems and of the store, one step of one of them at a time. Whose
// step is next is drawn, so that a history can be played again and shrunk. It
// works inside a synctest bubble.
type turns struct {
	mu      sync.Mutex
	on      bool
	waiting []waiter
	last    event.PersonID // whose step was let through last
}

type waiter struct {
	who  event.PersonID
	turn chan struct{}
}

// wait returns when it is somebody's turn; without a name, that of whoever is
// at work.
func (s *turns) wait(who event.PersonID) {
	s.mu.Lock()
	if !s.on {
		s.mu.Unlock()
		return
	}
	w := waiter{cmp.Or(who, s.last), make(chan struct{})}
	s.waiting = append(s.waiting, w)
	s.mu.Unlock()
	<-w.turn
}

// play does something in which people take turns, and returns at its end. Each
// step takes a second.
func (s *turns) play(t *rapid.T, do func()) {
	done := make(chan struct{})
	s.on, s.last = true, ""
	go func() {
		defer close(done)
		do()
	}()
	defer func() { // a history may end in the midst of it
		s.release()
		<-done
	}()
	for left := 0; ; left-- {
		synctest.Wait()
		select {
		case <-done:
			return
		default:
		}
		slices.SortStableFunc(s.waiting, func(a, b waiter) int { return cmp.Compare(a.who, b.who) })
		i := slices.IndexFunc(s.waiting, func(w waiter) bool { return w.who == s.last })
		if i < 0 || left == 0 {
			i, left = 0, 1
			if n := len(s.waiting); n > 1 {
				i = rapid.IntRange(0, n-1).Draw(t, "whose turn")
				left = rapid.IntRange(0, 60).Draw(t, "steps") // 0: to his end
			}
		}
		w := s.waiting[i]
		s.waiting, s.last = slices.Delete(s.waiting, i, i+1), w.who
		time.Sleep(time.Second)
		close(w.turn)
	}
}

// release lets everybody go on as he likes.
func (s *turns) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on = false
	for _, w := range s.waiting {
		close(w.turn)
	}
	s.waiting = nil
}

// turning is an office whose people take turns, and which dies with its fuse.
type turning struct {
	state.Office
	*turns
	*trace
	fuse *crashtest.Fuse
}

func (o turning) Person(id event.PersonID) state.Store {
	return crashtest.Store(o.of(id), traced{o.Office.Person(id), o.trace, id})
}

func (o turning) Index() state.Index {
	return crashtest.Office(o.of(""), o.Office).Index()
}

func (o turning) endpoint(id event.PersonID, _ event.Side, e endpoint.Endpoint) endpoint.Endpoint {
	return crashtest.Endpoint(o.of(id), e)
}

// of is the fuse for one person's steps.
func (o turning) of(id event.PersonID) *crashtest.Fuse {
	return o.fuse.Waiting(func() { o.wait(id) })
}
