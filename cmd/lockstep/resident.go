package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/natefinch/atomic"

	"lockstep/cmd/internal/explain"
	"lockstep/cmd/internal/wire"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/tray"
)

// bureau is an opened office.
type bureau interface {
	// Run keeps it in step, and offers it to other programs, until ctx ends.
	Run(ctx context.Context) error
	Agent() localapi.Agent
	Logger() *slog.Logger
	Close() error
}

// resident is the program while it stays: an office, an icon, notifications.
type resident struct {
	now   func() time.Time
	popup tray.Popup
	open  func(context.Context) (bureau, error)
	quit  func()
	// told is the file that remembers which notifications were shown.
	told string
	// hello is shown at the start; nil when the desktop started the program.
	hello *model.Notice

	icon    *tray.Tray // nil without a desktop
	asked   sync.WaitGroup
	again   chan struct{} // holds one wish to try to open the office again
	mu      sync.Mutex
	agent   localapi.Agent // nil while the office is not open
	trouble *explain.Failure
	line    string
}

const (
	// retry is how long to wait before an office that could not be opened is
	// tried again: a keyring may be unlocked, a disk mounted.
	retry = 30 * time.Second
	// age is how often the icon's line is told anew: it says how long ago
	// something was.
	age = 30 * time.Second
	// popping bounds a notification: a desktop may not answer.
	popping = 5 * time.Second
)

// work runs until ctx ends, and returns when the action in hand is finished.
func (r *resident) work(ctx context.Context, h tray.Host) {
	r.again = make(chan struct{}, 1)
	if h != nil {
		r.icon = tray.New(h, tray.Commands{
			Cause: func() { r.cause(ctx) },
			Sync:  func(who string) { r.sync(ctx, who) },
			Pause: func(until time.Time) { r.pause(ctx, until) },
			Quit:  r.quit,
		}, r.now)
		r.icon.Show(model.Tray{Picture: "syncing", Line: "Starting…"})
	}
	if r.hello != nil {
		r.show(ctx, *r.hello, nil)
	}
	defer r.asked.Wait()
	for ctx.Err() == nil {
		err := r.shift(ctx)
		if errors.Is(err, wire.ErrQuit) {
			r.quit()
			return
		}
		if ctx.Err() != nil {
			return
		}
		r.failed(ctx, err)
		wait := time.NewTimer(retry)
		select {
		case <-ctx.Done():
		case <-wait.C:
		case <-r.again:
		}
		wait.Stop()
	}
}

// shift opens the office and looks after it until ctx ends or the office fails.
func (r *resident) shift(ctx context.Context) (err error) {
	b, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	agent := b.Agent()
	r.set(agent, nil)
	defer r.set(nil, nil)
	watched := make(chan struct{})
	go func() { defer close(watched); r.watch(ctx, agent, b.Logger()) }()
	defer func() { stop(); <-watched }()
	return b.Run(ctx)
}

func (r *resident) set(a localapi.Agent, f *explain.Failure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.agent, r.trouble = a, f
}

// failed shows why the office could not be opened.
func (r *resident) failed(ctx context.Context, err error) {
	f := explain.Error(err)
	r.mu.Lock()
	known := r.trouble != nil && r.trouble.What == f.What
	r.trouble = &f
	r.mu.Unlock()
	if r.icon != nil {
		r.icon.Show(model.Tray{Picture: "needs-attention", Line: f.What})
	}
	if !known {
		r.show(ctx, model.NotOpened(f.Advice), nil)
	}
}

// watch keeps the icon true and lets notifications pop up until ctx ends.
func (r *resident) watch(ctx context.Context, agent localapi.Agent, log *slog.Logger) {
	changes := make(chan office.Status)
	polled := make(chan struct{})
	go func() { defer close(polled); poll(ctx, agent, changes) }()
	defer func() { <-polled }()
	notes := model.Notifier{Told: r.remembered()}
	beat := time.NewTicker(age)
	defer beat.Stop()
	var s office.Status
	var since time.Time
	for {
		lasts := time.NewTimer(model.TrayPatience)
		select {
		case <-ctx.Done():
			lasts.Stop()
			return
		case s = <-changes:
			switch {
			case !s.Syncing:
				since = time.Time{}
			case since.IsZero():
				since = r.now()
			}
			for _, n := range notes.Next(s, r.now()) {
				r.show(ctx, n, log)
				r.remember(notes.Told, log)
			}
		case <-beat.C:
		case <-lasts.C:
			if since.IsZero() {
				continue // nothing on the icon waits for a moment to pass
			}
		}
		lasts.Stop()
		m := model.TrayOf(s, since, r.now())
		r.mu.Lock()
		r.line = m.Line
		r.mu.Unlock()
		if r.icon != nil {
			r.icon.Show(m)
		}
	}
}

// poll hands each new status over.
func poll(ctx context.Context, agent localapi.Agent, changes chan<- office.Status) {
	var seen uint64
	for {
		s, err := agent.Status(ctx, seen)
		if err != nil {
			return // ctx has ended: the office is in this process
		}
		seen = s.Seq
		select {
		case <-ctx.Done():
			return
		case changes <- s:
		}
	}
}

// show lets a notice pop up. A desktop without notifications is no trouble.
func (r *resident) show(ctx context.Context, n model.Notice, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, popping)
	defer cancel()
	if err := r.popup.Show(ctx, n); err != nil && log != nil {
		log.WarnContext(ctx, "notification not shown", "kind", string(n.Kind), "err", err)
	}
}

// cause tells what stands behind the state, and tries again what could not be opened.
func (r *resident) cause(ctx context.Context) {
	r.mu.Lock()
	agent, trouble := r.agent, r.trouble
	r.mu.Unlock()
	if agent == nil {
		if trouble != nil {
			r.show(ctx, model.NotOpened(trouble.Advice), nil)
		}
		select {
		case r.again <- struct{}{}:
		default:
		}
		return
	}
	if s, err := agent.Status(ctx, 0); err == nil {
		r.show(ctx, model.Cause(s, r.now()), nil)
	}
}

// sync brings one person in step now, or everybody.
func (r *resident) sync(ctx context.Context, who string) {
	q := localapi.SyncRequest{}
	if who != "" {
		q.Who = []string{who}
	}
	r.ask(func(a localapi.Agent) {
		if _, err := a.Sync(ctx, q); err != nil && ctx.Err() == nil {
			r.show(ctx, model.NotDone(explain.Error(err).Advice), nil)
		}
	})
}

// pause stops until a moment; the zero time resumes.
func (r *resident) pause(ctx context.Context, until time.Time) {
	r.ask(func(a localapi.Agent) {
		if err := a.Pause(ctx, until); err != nil && ctx.Err() == nil {
			r.show(ctx, model.NotDone(explain.Error(err).Advice), nil)
		}
	})
}

// ask does something with the office without keeping the menu waiting.
func (r *resident) ask(do func(localapi.Agent)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.agent; a != nil {
		r.asked.Go(func() { do(a) })
	}
}

// toldPath is where a home remembers which notifications were shown.
func toldPath(home string) string { return filepath.Join(home, "told.json") }

// remembered is what was told before the program started; nothing where the
// file cannot be read, which costs one repetition.
func (r *resident) remembered() map[string]time.Time {
	var told map[string]time.Time
	b, err := os.ReadFile(r.told)
	if err != nil || json.Unmarshal(b, &told) != nil {
		return nil
	}
	return told
}

func (r *resident) remember(told map[string]time.Time, log *slog.Logger) {
	b, err := json.Marshal(told)
	if err == nil {
		err = atomic.WriteFile(r.told, bytes.NewReader(b))
	}
	if err != nil {
		log.Warn("told notifications not noted", "err", err)
	}
}
