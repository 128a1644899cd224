package main

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lockstep/cmd/internal/wire"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	words "lockstep/ui/say"
	"lockstep/ui/tray"
)

// refusing is the rest of an office, which nothing here asks for.
type refusing struct{ localapi.Agent }

// desk is an office that does nothing but remember.
type desk struct {
	mu      sync.Mutex
	status  office.Status
	changed chan struct{}
	did     []string
	broken  error // what Run ends with
	closed  bool
	quiet   []string // kinds of notices
}

func (d *desk) Run(ctx context.Context) error {
	if d.broken != nil {
		return d.broken
	}
	<-ctx.Done()
	return nil
}
func (d *desk) Agent() localapi.Agent { return deskAgent{d: d} }
func (d *desk) Logger() *slog.Logger  { return slog.New(slog.DiscardHandler) }
func (d *desk) Woken()                { d.say("woken") }
func (d *desk) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	return nil
}

func (a deskAgent) Status(ctx context.Context, after uint64) (office.Status, error) {
	for d := a.d; ; {
		d.mu.Lock()
		s, changed := d.status, d.changed
		d.mu.Unlock()
		if s.Seq != after || after == 0 {
			return s, nil
		}
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-changed:
		}
	}
}

// deskAgent is a desk seen from outside.
type deskAgent struct {
	refusing
	d *desk
}

func (d *desk) set(change func(*office.Status)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(&d.status)
	d.status.Seq++
	close(d.changed)
	d.changed = make(chan struct{})
}

func (d *desk) say(s string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.did = append(d.did, s)
}

func (a deskAgent) Sync(_ context.Context, q localapi.SyncRequest) (localapi.Summary, error) {
	a.d.say("sync")
	if len(q.Who) > 0 {
		return localapi.Summary{}, &localapi.Error{Code: localapi.CodeNoPerson}
	}
	return localapi.Summary{}, nil
}

func (a deskAgent) Prefs(context.Context) (localapi.Prefs, error) {
	return localapi.Prefs{Quiet: a.d.quiet}, nil
}

func (a deskAgent) Pause(context.Context, time.Time) error { a.d.say("pause"); return nil }

// screen is a desktop that only remembers.
type screen struct {
	mu      sync.Mutex
	clicks  map[string]func()
	line    string
	notices []model.Notice
	pages   []string // that a window was opened at
	refuses error    // why none opens
	hello   *hello
}

func (s *screen) window(_ context.Context, page string, _ *slog.Logger) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuses == nil {
		s.pages = append(s.pages, page)
	}
	return s.refuses
}

func (s *screen) Icon([]byte)   {}
func (s *screen) Separator()    {}
func (s *screen) Tapped(func()) {}
func (s *screen) Tooltip(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line = text
}

func (s *screen) Add(title string, click func()) tray.Item {
	if s.clicks == nil {
		s.clicks = map[string]func(){}
	}
	s.clicks[title] = click
	return screenItem{s}
}

func (s *screen) Show(_ context.Context, n model.Notice) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notices = append(s.notices, n)
	return nil
}

func (s *screen) said() (line string, kinds []model.NoticeKind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.notices {
		kinds = append(kinds, n.Kind)
	}
	return s.line, kinds
}

type screenItem struct{ *screen }

func (screenItem) Title(string) {}
func (screenItem) Show(bool)    {}

// resided runs a resident until the test's function returns.
func resided(t *testing.T, s *screen, open func(context.Context) (bureau, error), while func(quit func())) {
	t.Helper()
	ctx, quit := context.WithCancel(t.Context())
	r := &resident{
		now: time.Now, popup: s, quit: quit, open: open, told: filepath.Join(t.TempDir(), "told.json"),
		window: s.window, ready: func(context.Context) error { return nil }, hello: s.hello,
	}
	ended := make(chan struct{})
	go func() { defer close(ended); r.work(ctx, s) }()
	while(quit)
	quit()
	<-ended
}

func wantLine(t *testing.T, s *screen, want string) {
	t.Helper()
	synctest.Wait()
	if got, _ := s.said(); got != want {
		t.Errorf("the icon says %q, want %q", got, want)
	}
}

func TestResident_KeepsTheIconTrue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{changed: make(chan struct{})}
		s := &screen{}
		d.status = office.Status{Seq: 1, People: []office.PersonStatus{{Name: "Anna", Address: "a@x", Complete: time.Now()}}}
		resided(t, s, func(context.Context) (bureau, error) { return d, nil }, func(func()) {
			wantLine(t, s, "Lockstep: Up to date, just now")
			time.Sleep(2*age + time.Second)
			wantLine(t, s, "Lockstep: Up to date, 1 min ago")
			d.set(func(st *office.Status) { st.Syncing, st.Health = true, office.Syncing })
			wantLine(t, s, "Lockstep: Up to date, 1 min ago")
			time.Sleep(model.TrayPatience)
			wantLine(t, s, "Lockstep: Syncing…")
			d.set(func(st *office.Status) {
				st.Syncing, st.Health = false, office.SignInAgain
				st.People[0].Health = office.SignInAgain
			})
			wantLine(t, s, "Lockstep: Sign in again: a password is refused")
			d.set(func(*office.Status) {})
			synctest.Wait()
			if _, kinds := s.said(); len(kinds) != 1 || kinds[0] != model.NoticeSignIn {
				t.Errorf("notices = %v, want one of a sign-in", kinds)
			}
		})
		if !d.closed {
			t.Error("the office was not closed")
		}
	})
}

func TestResident_DoesNotRepeatANoticeAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{changed: make(chan struct{})}
		d.status = office.Status{Seq: 1, Health: office.SignInAgain, People: []office.PersonStatus{{Name: "Anna", Health: office.SignInAgain}}}
		s := &screen{}
		told := filepath.Join(t.TempDir(), "told.json")
		for range 2 {
			ctx, quit := context.WithCancel(t.Context())
			r := &resident{now: time.Now, popup: s, quit: quit, told: told, open: func(context.Context) (bureau, error) { return d, nil }}
			ended := make(chan struct{})
			go func() { defer close(ended); r.work(ctx, nil) }()
			synctest.Wait()
			quit()
			<-ended
		}
		if _, kinds := s.said(); len(kinds) != 1 {
			t.Errorf("notices = %v, want one", kinds)
		}
	})
}

func TestResident_TriesAgainWhatCannotBeOpened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s, opened := &desk{changed: make(chan struct{})}, &screen{}, 0
		d.status.Seq = 1
		locked := func(context.Context) (bureau, error) {
			if opened++; opened < 4 {
				return nil, wire.ErrBusy
			}
			return d, nil
		}
		resided(t, s, locked, func(func()) {
			wantLine(t, s, "Lockstep: Another Lockstep process works on this home folder.")
			time.Sleep(retry + time.Second)
			synctest.Wait()
			if opened != 2 {
				t.Errorf("tried %d times after half a minute, want 2", opened)
			}
			s.clicks["Lockstep"]() // the state: a person wants to know, and has it tried again
			synctest.Wait()
			time.Sleep(retry)
			wantLine(t, s, "Lockstep: Nobody is switched on")
			if _, kinds := s.said(); len(kinds) != 2 {
				t.Errorf("notices = %v, want one by itself and one asked for", kinds)
			}
		})
	})
}

func TestResident_OpensAnewAfterAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, opened := &screen{}, 0
		fail := func(context.Context) (bureau, error) {
			opened++
			d := &desk{changed: make(chan struct{}), broken: errors.New("the socket is gone")}
			d.status.Seq = 1
			return d, nil
		}
		resided(t, s, fail, func(func()) {
			wantLine(t, s, "Lockstep: the socket is gone.")
			time.Sleep(retry + time.Second)
			synctest.Wait()
			if opened != 2 {
				t.Errorf("opened %d times, want 2", opened)
			}
		})
	})
}

func TestResident_EndsWhenAnotherProgramAsksForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, opened := &screen{}, 0
		asked := func(context.Context) (bureau, error) {
			opened++
			return &desk{changed: make(chan struct{}), broken: errors.Join(wire.ErrQuit, nil)}, nil
		}
		resided(t, s, asked, func(func()) {
			time.Sleep(retry + time.Second)
			synctest.Wait()
			if opened != 1 {
				t.Errorf("opened %d times, want 1: it was asked to end", opened)
			}
			if _, kinds := s.said(); len(kinds) != 0 {
				t.Errorf("notices = %v, want none: nothing failed", kinds)
			}
		})
	})
}

func TestResident_DoesWhatIsClicked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s := &desk{changed: make(chan struct{})}, &screen{}
		d.status = office.Status{Seq: 1, People: []office.PersonStatus{{Name: "Anna", Address: "a@x", Complete: time.Now()}}}
		resided(t, s, func(context.Context) (bureau, error) { return d, nil }, func(func()) {
			synctest.Wait()
			s.clicks["Everyone"]()
			s.clicks["1 hour"]()
			s.refuses = errNoProgram
			s.clicks["Lockstep"]() // without a program for windows a notice tells the cause
			synctest.Wait()
			s.clicks[""]() // Anna: the fake office refuses her
			synctest.Wait()
			d.mu.Lock()
			defer d.mu.Unlock()
			if len(d.did) != 3 {
				t.Errorf("the office did %v, want a sync, a pause and a sync", d.did)
			}
			if _, kinds := s.said(); len(kinds) != 2 {
				t.Errorf("notices = %v, want the cause and the refusal", kinds)
			}
			s.clicks[model.QuitWord("linux")]()
		})
	})
}

func TestResident_OpensTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s := &desk{changed: make(chan struct{})}, &screen{hello: &hello{page: "history", icon: true}}
		d.status = office.Status{Seq: 1, Health: office.SignInAgain, People: []office.PersonStatus{{
			Name: "Anna", Address: "a@x", Health: office.SignInAgain, Complete: time.Now(),
		}}}
		resided(t, s, func(context.Context) (bureau, error) { return d, nil }, func(func()) {
			synctest.Wait()
			s.clicks["Open Lockstep"]()
			synctest.Wait()
			s.clicks["Settings…"]()
			synctest.Wait()
			s.clicks["Lockstep"]() // the state leads to where something can be done
			synctest.Wait()
			if want := []string{"history", "", "settings", model.PageConnections}; !slices.Equal(s.pages, want) {
				t.Errorf("pages = %q, want %q", s.pages, want)
			}
		})
	})
}

func TestResident_SaysWhyThereIsNoWindow(t *testing.T) {
	for _, c := range []struct {
		name  string
		err   error
		title string
	}{
		{"only the agent is installed", errNoProgram, model.Started(true).Title},
		{"no OpenGL", errNoDisplay, model.NoWindow().Title},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, s := &desk{changed: make(chan struct{})}, &screen{hello: &hello{icon: true}, refuses: c.err}
				d.status.Seq = 1
				resided(t, s, func(context.Context) (bureau, error) { return d, nil }, func(func()) {
					synctest.Wait()
					if len(s.notices) != 1 || s.notices[0].Title != c.title {
						t.Errorf("notices = %+v, want %q", s.notices, c.title)
					}
				})
			})
		})
	}
}

func TestResident_KeepsQuietWhereAPersonWantsThat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s := &desk{changed: make(chan struct{}), quiet: []string{string(model.NoticeSignIn)}}, &screen{}
		d.status = office.Status{Seq: 1, People: []office.PersonStatus{
			{Name: "Anna", Address: "a@x", Health: office.SignInAgain, Complete: time.Now()},
			{Name: "Bo", Address: "b@x", Health: office.NeedsAttention, Waiting: 1, Complete: time.Now()},
		}}
		resided(t, s, func(context.Context) (bureau, error) { return d, nil }, func(func()) {
			synctest.Wait()
			if _, kinds := s.said(); !slices.Equal(kinds, []model.NoticeKind{model.NoticeDecision}) {
				t.Errorf("notices = %v, want the decision alone", kinds)
			}
		})
	})
}

func TestResident_CatchesUpOnceAfterTheMachineWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, told := &desk{changed: make(chan struct{})}, make(chan struct{})
		d.status.Seq = 1
		ctx, quit := context.WithCancel(t.Context())
		r := &resident{
			now: time.Now, popup: &screen{}, quit: quit, told: filepath.Join(t.TempDir(), "told.json"),
			open:  func(context.Context) (bureau, error) { return d, nil },
			wakes: func(context.Context) <-chan struct{} { return told },
		}
		ended := make(chan struct{})
		go func() { defer close(ended); r.work(ctx, nil) }()
		for range 3 { // awake, in a network, and that one is connected
			told <- struct{}{}
			time.Sleep(found / 2)
		}
		synctest.Wait()
		if len(d.did) != 0 {
			t.Errorf("did %q before the network was there", d.did)
		}
		time.Sleep(found)
		synctest.Wait()
		if !slices.Equal(d.did, []string{"woken"}) {
			t.Errorf("did %q, want to catch up once", d.did)
		}
		quit()
		<-ended
	})
}

// TestAdvice_IsForWhoHasNoCommandLine checks that what is told beside the icon
// names no command to type, and speaks the language in use.
func TestAdvice_IsForWhoHasNoCommandLine(t *testing.T) {
	t.Cleanup(func() { _ = words.Use(words.English) })
	english := map[localapi.Code]string{}
	for _, language := range []string{words.English, "fi"} {
		if err := words.Use(language); err != nil {
			t.Fatal(err)
		}
		for _, code := range []localapi.Code{localapi.CodeNobody, localapi.CodeNotSetUp, localapi.CodeStopped, localapi.CodeClosed, localapi.CodeDiskFull, localapi.CodeLocked} {
			got := advice(&localapi.Error{Code: code, Message: "message"}).String()
			if strings.Contains(got, "lockstepctl") || strings.Contains(got, "message") || got == english[code] {
				t.Errorf("%s in %s: %q", code, language, got)
			}
			english[code] = got
		}
	}
}
