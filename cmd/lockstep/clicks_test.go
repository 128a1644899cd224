package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lockstep/cmd/internal/wire"
	"lockstep/store/secret"
	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

const (
	cannotBegin   = "Lockstep cannot begin"
	stillStarting = "Lockstep is still starting"
)

// attempt is how an office opens, or does not.
type attempt struct {
	takes time.Duration
	err   error
}

// TestClicks_DoSomethingWhateverTheOfficeIsAt clicks at each moment of an office
// that does not open for its secrets, and of one that takes its time.
func TestClicks_DoSomethingWhateverTheOfficeIsAt(t *testing.T) {
	locked := attempt{err: secret.ErrNoKeyring}
	slow := attempt{takes: time.Minute}
	inVain := attempt{takes: time.Minute, err: errors.New("the disk is gone")}
	for _, c := range []struct {
		name  string
		click string
		tries []attempt
		after time.Duration // from the start; 0: the moment a notice pops up
		pages []string      // that the window was opened at in the end, or what was done
		told  []string
	}{
		{"the moment a notice says so", "Open Lockstep", []attempt{locked}, 0, []string{""}, []string{cannotBegin}},
		{"the state, that moment", "Lockstep", []attempt{locked}, 0, []string{model.PageClosed}, []string{cannotBegin}},
		{"a sync, that moment", "Everyone", []attempt{locked}, 0, []string{model.PageClosed}, []string{cannotBegin}},
		{"while it is tried again", "Open Lockstep", []attempt{locked, slow}, retry + time.Second, []string{""}, []string{cannotBegin}},
		{"the state, while it is tried again", "Lockstep", []attempt{locked, slow}, retry + time.Second, []string{model.PageClosed}, []string{cannotBegin}},
		{"while it opens slowly", "Open Lockstep", []attempt{slow}, time.Second, []string{""}, []string{stillStarting}},
		{"the state, while it opens slowly", "Lockstep", []attempt{slow}, time.Second, []string{""}, []string{stillStarting}},
		{"a sync, while it opens slowly", "Everyone", []attempt{slow}, time.Second, []string{"sync"}, []string{stillStarting}},
		{"while it opens slowly and in vain", "Open Lockstep", []attempt{inVain}, time.Second, nil, []string{stillStarting, cannotBegin, cannotBegin}},
	} {
		t.Run(c.name, func(t *testing.T) {
			// Nothing outside the bubble: the door finds no place to listen at. One whose
			// path is too long for a socket would be passed over for another.
			dir, err := os.MkdirTemp("", "ls") //nolint:usetesting // t.TempDir is too long for a socket
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			file := filepath.Join(dir, "file")
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("XDG_RUNTIME_DIR", filepath.Join(file, "run"))
			synctest.Test(t, func(t *testing.T) {
				s := clicked(t, c.tries, c.after, c.click)
				var told []string
				for _, n := range s.notices {
					told = append(told, n.Title)
				}
				if did := slices.Concat(s.pages, s.office.did); !slices.Equal(did, c.pages) || !slices.Equal(told, c.told) {
					t.Errorf("the window was opened at %q, or it did that, and told was %q; want %q and %q", did, told, c.pages, c.told)
				}
			})
		})
	}
}

// clicked runs a resident whose office opens as it does in the tries, the last
// again and again, and clicks once.
func clicked(t *testing.T, tries []attempt, after time.Duration, click string) *eager {
	t.Helper()
	s := &eager{screen: &screen{}, then: func() {}, office: &desk{changed: make(chan struct{})}}
	s.office.status.Seq = 1
	ctx, quit := context.WithCancel(t.Context())
	r := &resident{
		now: time.Now, popup: s, quit: quit, told: filepath.Join(t.TempDir(), "told.json"), window: s.window,
		door: &door{home: t.TempDir(), quit: quit},
	}
	tried := 0
	r.open = func(ctx context.Context) (bureau, error) {
		try := tries[min(tried, len(tries)-1)]
		tried++
		if !wait(ctx, try.takes) {
			return nil, ctx.Err()
		}
		if try.err != nil {
			return nil, try.err
		}
		return s.office, nil
	}
	r.ready = func(ctx context.Context) error { // as far as the door could listen
		for {
			r.mu.Lock()
			answers := r.stands || r.agent != nil
			r.mu.Unlock()
			if answers {
				return nil
			}
			if !wait(ctx, time.Second) {
				return ctx.Err()
			}
		}
	}
	if after == 0 {
		s.then = func() {
			s.clicks[click]()
			time.Sleep(time.Second) // what was clicked goes first
		}
	}
	ended := make(chan struct{})
	go func() { defer close(ended); r.work(ctx, s) }()
	if after > 0 {
		time.Sleep(after)
		s.clicks[click]()
	}
	time.Sleep(retry)
	if len(tries) == 1 && tries[0].takes > 0 {
		time.Sleep(tries[0].takes)
	}
	synctest.Wait()
	quit()
	<-ended
	return s
}

// eager is a desktop on which somebody does something the moment that the
// first notice is there.
type eager struct {
	*screen
	office *desk
	begun  atomic.Bool
	then   func()
}

func (p *eager) Show(ctx context.Context, n model.Notice) error {
	err := p.screen.Show(ctx, n)
	if !p.begun.Swap(true) {
		p.then()
	}
	return err
}

// TestAlone_IsOneProgram starts a second program at each moment of a first one.
func TestAlone_IsOneProgram(t *testing.T) {
	for _, c := range []struct {
		name    string
		stays   time.Duration // the first one has the folder
		answers time.Duration // it answers from then on; 0: never
		want    error
	}{
		{"there is none", 0, 0, nil},
		{"it answers", time.Hour, time.Microsecond, errOther},
		{"it has only begun", time.Hour, reachable / 2, errOther},
		{"it is about to end", reachable / 2, 0, nil},
		{"it is stuck", time.Hour, 0, errSilent},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				first, err := wire.Stay(home)
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				end := time.AfterFunc(c.stays, first)
				time.Sleep(time.Millisecond)
				leave, err := alone(t.Context(), home, func(context.Context) error {
					if c.answers == 0 || time.Since(began) < c.answers {
						return localapi.ErrNoAgent
					}
					return nil
				})
				if !errors.Is(err, c.want) {
					t.Errorf("error = %v, want %v", err, c.want)
				}
				if (leave != nil) != (c.want == nil) {
					t.Errorf("it has the folder: %v", leave != nil)
				}
				if leave != nil {
					leave()
				}
				if end.Stop() {
					first()
				}
			})
		})
	}
}
