package wire

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/sync/state"
)

// Agent is the office as front ends see it. Before it plans or lists people it
// looks for colleagues who are new.
func (s *Site) Agent() localapi.Agent {
	return localapi.Screened{
		Agent: &agent{
			Local: &localapi.Local{Office: s.Office, History: s.Store, Setter: setter{s}, Preferences: s.prefs, Demonstration: s.demo, Examine: s.Doctor}, site: s,
		}, Screen: s.screen,
	}
}

// screen is whose subjects the office shows.
func (s *Site) screen(ctx context.Context) (localapi.Screen, error) {
	settings, err := s.Settings(ctx)
	if err != nil {
		return localapi.Screen{}, err
	}
	prefs, err := s.prefs.Prefs(ctx)
	if err != nil || prefs.HideSubjects {
		return localapi.Screen{}, err
	}
	return localapi.Screen{All: settings.ShowSubjects, Me: settings.Me}, nil
}

// Settings are those that hold: the office's own, under the policies.
func (s *Site) Settings(ctx context.Context) (state.Settings, error) { return s.book.Settings(ctx) }

type agent struct {
	*localapi.Local
	site *Site
}

// Status also tells that the store was begun anew, what is locked, and that
// nothing is set up.
func (a *agent) Status(ctx context.Context, after uint64) (office.Status, error) {
	st, err := a.Local.Status(ctx, after)
	st.Newer = a.site.Newer()
	st.Rebuilt, st.Locked = a.site.Rebuilt(), a.site.book.fixed.locks()
	if err == nil {
		var settings state.Settings
		settings, err = a.site.Store.Settings(ctx)
		st.NotSetUp = settings.Office == ""
	}
	return st, err
}

// Preview plans for the people asked for.
func (a *agent) Preview(ctx context.Context, q localapi.PreviewRequest) (localapi.Preview, error) {
	if err := a.site.Discover(ctx, false); err != nil {
		return localapi.Preview{}, localapi.AsError(err)
	}
	return a.Local.Preview(ctx, q)
}

// Sync brings the people asked for in step once.
func (a *agent) Sync(ctx context.Context, q localapi.SyncRequest) (localapi.Summary, error) {
	if err := a.site.Discover(ctx, false); err != nil {
		return localapi.Summary{}, localapi.AsError(err)
	}
	return a.Local.Sync(ctx, q)
}

// People lists everybody, after a look for new colleagues.
func (a *agent) People(ctx context.Context) ([]localapi.Person, error) {
	if err := a.site.Discover(ctx, false); err != nil {
		return nil, localapi.AsError(err)
	}
	return a.Local.People(ctx)
}

// Switch turns a person on or off. Somebody who is not known yet is looked for first.
func (a *agent) Switch(ctx context.Context, address string, on bool, by string) (localapi.Person, error) {
	do := func() (localapi.Person, error) { return a.Local.Switch(ctx, address, on, by) }
	if on {
		return a.enlisting(ctx, address, do)
	}
	return a.looking(ctx, do)
}

// OptOut notes whether a person wants to be left out.
func (a *agent) OptOut(ctx context.Context, address string, out bool, by string) (localapi.Person, error) {
	return a.looking(ctx, func() (localapi.Person, error) { return a.Local.OptOut(ctx, address, out, by) })
}

func (a *agent) looking(ctx context.Context, do func() (localapi.Person, error)) (localapi.Person, error) {
	p, err := do()
	if e, ok := errors.AsType[*localapi.Error](err); !ok || e.Code != localapi.CodeNoPerson {
		return p, err
	}
	if err := a.site.Discover(ctx, true); err != nil {
		return p, localapi.AsError(err)
	}
	return do()
}

// enlisting switches somebody on who is in both systems and whom the office does
// not know, because it was not told to take everybody.
func (a *agent) enlisting(ctx context.Context, address string, do func() (localapi.Person, error)) (localapi.Person, error) {
	p, err := a.looking(ctx, do)
	if e, ok := errors.AsType[*localapi.Error](err); !ok || e.Code != localapi.CodeNoPerson {
		return p, err
	}
	found, err := a.site.enlist(ctx, address)
	if err != nil {
		return p, localapi.AsError(err)
	}
	if !found {
		return p, localapi.AsError(fmt.Errorf("%w: %s", office.ErrNoSuchPerson, address))
	}
	return do()
}

// ErrQuit ends Run because a program of the same user asked for it.
var ErrQuit = errors.New("asked to end")

// running is an agent that can be asked to end.
type running struct {
	localapi.Agent
	quit func()
}

var _ localapi.Quitter = running{}

// Quit lets Run return once the action in hand is finished.
func (r running) Quit(context.Context) error {
	r.quit()
	return nil
}

// Run keeps the office in step and offers it to front ends until ctx ends, or
// until one of them asks to end, which is ErrQuit. It returns when the action
// in hand is finished.
func (s *Site) Run(ctx context.Context) error {
	l, err := localapi.Listen(ctx, localapi.Address(s.Home))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	served := make(chan error, 1)
	front := running{s.Agent(), func() { cancel(ErrQuit) }}
	go func() { served <- localapi.Serve(ctx, l, front, s.Log) }()
	looked := make(chan struct{})
	go func() { defer close(looked); s.lookDaily(ctx) }()
	asked := make(chan struct{})
	go func() { defer close(asked); s.lookForNewer(ctx) }()
	err = s.Office.Run(ctx)
	cancel(nil)
	<-looked
	<-asked
	if errors.Is(context.Cause(ctx), ErrQuit) {
		err = errors.Join(err, ErrQuit)
	}
	return errors.Join(err, <-served)
}

// lookDaily looks for new colleagues, at once and then every day. After a
// failure it tries again with the next hour.
func (s *Site) lookDaily(ctx context.Context) {
	for {
		wait := discoverEvery
		if err := s.Discover(ctx, true); err != nil {
			wait = time.Hour
			if !errors.Is(err, office.ErrNotSetUp) && ctx.Err() == nil {
				s.Log.WarnContext(ctx, "colleagues not looked up", slog.Any("err", err))
			}
		}
		s.Office.Wake()
		due := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			due.Stop()
			return
		case <-due.C:
		case <-s.again:
			due.Stop()
		}
	}
}

// lookAgain lets a running office look for colleagues now.
func (s *Site) lookAgain() {
	select {
	case s.again <- struct{}{}:
	default:
	}
}

// Woken is told that the machine has slept or is in another network: connections
// from before lead nowhere, and there is something to catch up with.
func (s *Site) Woken() {
	s.systems.rest()
	s.Office.Wake()
}

// Logger writes into the home folder's logs.
func (s *Site) Logger() *slog.Logger { return s.Log }
