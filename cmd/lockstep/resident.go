package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	writing "github.com/natefinch/atomic"

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
	// Woken is told that the machine has slept, or is in another network.
	Woken()
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
	// hello is what a person gets who started the program; nil when the desktop did.
	hello *hello
	// window brings up the window at a page; ready waits until it can reach us.
	window func(ctx context.Context, page string, log *slog.Logger) error
	ready  func(context.Context) error
	// language is what the user is to be spoken to in; nil: it stays as it is.
	language func() string
	// wakes tells of the machine's waking and of other networks until ctx ends;
	// nil where nobody can.
	wakes func(context.Context) <-chan struct{}
	// door answers while the office does not open for its secrets; nil: nobody does.
	door *door

	icon    *tray.Tray // nil without a desktop
	asked   sync.WaitGroup
	again   chan struct{} // holds one wish to try to open the office again
	mu      sync.Mutex
	agent   localapi.Agent // nil while the office is not open
	trouble *explain.Failure
	stands  bool // the door answers in the office's place, or soon does again
	line    string
	page    string                      // where the line leads to
	log     atomic.Pointer[slog.Logger] // the office's while it is open; nil: nobody's
}

// logger is where trouble goes that nobody is told of.
func (r *resident) logger() *slog.Logger {
	if log := r.log.Load(); log != nil {
		return log
	}
	return slog.New(slog.DiscardHandler)
}

// hello is how a person is greeted.
type hello struct {
	page string
	icon bool // the desktop shows one
}

const (
	// reachable is how long a window waits for the office to answer.
	reachable = 10 * time.Second
	// retry is how long to wait before an office that could not be opened is
	// tried again: a keyring may be unlocked, a disk mounted.
	retry = 30 * time.Second
	// age is how often the icon's line is told anew: it says how long ago
	// something was.
	age = 30 * time.Second
	// found is how long a network takes to be there after it was told of.
	found = 5 * time.Second
	// popping bounds a notification: a desktop may not answer.
	popping = 5 * time.Second
)

// work runs until ctx ends, and returns when the action in hand is finished.
func (r *resident) work(ctx context.Context, h tray.Host) {
	r.again = make(chan struct{}, 1)
	r.speak()
	if h != nil {
		r.icon = tray.New(h, tray.Commands{
			Open:  func(page string) { r.openWindow(ctx, page, nil) },
			Cause: func() { r.lead(ctx) },
			Sync:  func(who string) { r.sync(ctx, who) },
			Pause: func(until time.Time) { r.pause(ctx, until) },
			Quit:  r.quit,
		}, r.now)
		r.icon.Show(model.TrayStarting())
	}
	defer r.asked.Wait()
	if h := r.hello; h != nil {
		r.openWindow(ctx, h.page, func() { r.show(ctx, model.Started(h.icon), nil) })
	}
	for ctx.Err() == nil {
		err := r.shift(ctx)
		if errors.Is(err, wire.ErrQuit) {
			r.quit()
			return
		}
		if ctx.Err() != nil {
			return
		}
		why, closed := r.door.closed(err)
		r.failed(ctx, err, closed)
		r.rest(ctx, why, closed)
	}
}

// rest waits until it makes sense to try again to open the office.
func (r *resident) rest(ctx context.Context, why localapi.ClosedWhy, closed bool) {
	wait := time.NewTimer(retry)
	defer wait.Stop()
	due := wait.C
	if closed {
		stand, leave := context.WithCancel(ctx)
		left := make(chan struct{})
		go func() { defer close(left); r.door.stand(stand, why, r.wish, r.logger()) }()
		defer func() { leave(); <-left }()
		if waitsForPerson(why) {
			due = nil
		}
	}
	select {
	case <-ctx.Done():
	case <-due:
	case <-r.again:
	}
}

// wish has the office tried again at once.
func (r *resident) wish() {
	select {
	case r.again <- struct{}{}:
	default:
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
	r.set(agent)
	defer r.log.Store(r.log.Swap(b.Logger()))
	defer r.set(nil)
	watched := make(chan struct{})
	go func() { defer close(watched); r.watch(ctx, agent, b.Logger()) }()
	defer func() { stop(); <-watched }()
	if r.wakes != nil {
		woken := make(chan struct{})
		go func() { defer close(woken); settled(ctx, r.wakes(ctx), b.Woken) }()
		defer func() { stop(); <-woken }()
	}
	return b.Run(ctx)
}

// settled does something once a machine that woke up has found its network:
// several things are told of then, one after the other.
func settled(ctx context.Context, wakes <-chan struct{}, do func()) {
	var due <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-wakes:
			if !open {
				return
			}
			due = time.After(found)
		case <-due:
			due = nil
			do()
		}
	}
}

// set notes that the office is open, or is not any more: either way nothing
// keeps it from opening, as far as is known.
func (r *resident) set(a localapi.Agent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.agent, r.trouble, r.stands = a, nil, false
}

// failed shows why the office could not be opened. What stands in its place is
// noted before anybody is told: he may click at once. It stays noted while the
// office is tried again, because one of the two answers soon.
func (r *resident) failed(ctx context.Context, err error, closed bool) {
	f := explain.Error(err)
	r.mu.Lock()
	known := r.trouble != nil && r.trouble.What == f.What
	r.trouble, r.stands = &f, closed
	r.mu.Unlock()
	if r.icon != nil {
		r.icon.Show(model.Tray{Picture: "needs-attention", Line: f.What})
	}
	if !known {
		// A desktop that is slow to show it must not keep the door from opening.
		r.asked.Go(func() { r.show(ctx, notOpened(f, closed), r.logger()) })
	}
}

// notOpened leads to the page of a closed office where there is one.
func notOpened(f explain.Failure, closed bool) model.Notice {
	n := model.NotOpened(f.Advice)
	if closed {
		n.Page = model.PageClosed
	}
	return n
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
				if !r.quiet(ctx, agent, n.Kind) {
					r.show(ctx, n, log)
				}
				r.remember(notes.Told, log)
			}
		case <-beat.C:
		case <-lasts.C:
			if since.IsZero() {
				continue // nothing on the icon waits for a moment to pass
			}
		}
		lasts.Stop()
		r.speak()
		m := model.TrayOf(s, since, r.now())
		r.mu.Lock()
		r.line, r.page = m.Line, m.Page
		r.mu.Unlock()
		if r.icon != nil {
			r.icon.Show(m)
		}
	}
}

// quiet tells whether a person does not want notices of that kind.
func (r *resident) quiet(ctx context.Context, agent localapi.Agent, kind model.NoticeKind) bool {
	p, err := agent.Prefs(ctx)
	return err == nil && slices.Contains(p.Quiet, string(kind))
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
		err = writing.WriteFile(r.told, bytes.NewReader(b))
	}
	if err != nil {
		log.Warn("told notifications not noted", "err", err)
	}
}
