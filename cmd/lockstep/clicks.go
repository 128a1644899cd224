package main

import (
	"context"
	"errors"
	"time"

	"lockstep/cmd/internal/explain"
	"lockstep/sync/localapi"
	"lockstep/ui/model"
)

// What a person asks for by the icon, its menu and the notices. Each click does
// something that can be seen, whatever state the office is in.

// openWindow brings the window up without keeping the menu waiting. Where none
// comes, a person is told why; instead does something else where there is no
// program for it.
func (r *resident) openWindow(ctx context.Context, page string, instead func()) {
	r.asked.Go(func() {
		if !r.reached(ctx) {
			r.cause(ctx) // the office is not open, and that has a reason
			return
		}
		if page == model.PageClosed && r.isOpen() {
			page = "" // the notice was about a while ago
		}
		switch err := r.window(ctx, page, r.logger()); {
		case err == nil || ctx.Err() != nil:
		case instead != nil && errors.Is(err, errNoProgram):
			instead()
		default:
			r.show(ctx, windowNotice(err), r.logger())
		}
	})
}

// reached waits until there is somebody whom a window can ask: the office, or
// the door before it. It is false where nobody comes, which has a reason. An
// office may take as long to open as a keyring waits for its password: a person
// is told so once, and gets the window then.
func (r *resident) reached(ctx context.Context) bool {
	for told := false; ctx.Err() == nil; told = true {
		r.mu.Lock()
		failed := r.agent == nil && r.trouble != nil && !r.stands
		r.mu.Unlock()
		if failed {
			return false
		}
		wait, cancel := context.WithTimeout(ctx, reachable)
		err := r.ready(wait)
		cancel()
		if err == nil {
			return true
		}
		if !r.opens() {
			return false
		}
		if !told {
			r.show(ctx, model.StillOpening(), r.logger())
		}
	}
	return false
}

// opens tells whether the office is being opened for the first time.
func (r *resident) opens() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.agent == nil && r.trouble == nil
}

func (r *resident) isOpen() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.agent != nil
}

// lead opens the window where something can be done about the state.
func (r *resident) lead(ctx context.Context) {
	r.mu.Lock()
	agent, trouble, page, stands := r.agent, r.trouble, r.page, r.stands
	r.mu.Unlock()
	cause := func() { r.cause(ctx) }
	switch {
	case agent == nil && stands:
		r.openWindow(ctx, model.PageClosed, cause)
	case agent == nil && trouble != nil:
		r.asked.Go(cause)
	default:
		r.openWindow(ctx, page, cause)
	}
}

// cause tells what stands behind the state, and tries again what could not be opened.
func (r *resident) cause(ctx context.Context) {
	r.mu.Lock()
	agent, trouble, stands := r.agent, r.trouble, r.stands
	r.mu.Unlock()
	if agent == nil {
		if trouble != nil {
			r.show(ctx, notOpened(*trouble, stands), r.logger())
		}
		r.wish()
		return
	}
	if s, err := agent.Status(ctx, 0); err == nil {
		r.show(ctx, model.Cause(s, r.now()), r.logger())
	}
}

// advice is what an error says to who sits before the icon: what to do is done
// there, unless the machine itself is in the way.
func advice(err error) model.Advice {
	if _, ok := errors.AsType[*localapi.Error](err); ok {
		return model.Failure(err)
	}
	return explain.Error(err).Advice
}

// sync brings one person in step now, or everybody.
func (r *resident) sync(ctx context.Context, who string) {
	q := localapi.SyncRequest{}
	if who != "" {
		q.Who = []string{who}
	}
	r.ask(ctx, func(a localapi.Agent) error {
		_, err := a.Sync(ctx, q)
		return err
	})
}

// pause stops until a moment; the zero time resumes.
func (r *resident) pause(ctx context.Context, until time.Time) {
	r.ask(ctx, func(a localapi.Agent) error { return a.Pause(ctx, until) })
}

// ask does something with the office without keeping the menu waiting: at once,
// or when it is open. Where it does not open, a person gets to see why.
func (r *resident) ask(ctx context.Context, do func(localapi.Agent) error) {
	r.asked.Go(func() {
		if r.opens() {
			r.reached(ctx)
		}
		r.mu.Lock()
		a := r.agent
		r.mu.Unlock()
		if a == nil {
			r.lead(ctx)
			return
		}
		if err := do(a); err != nil && ctx.Err() == nil {
			r.show(ctx, model.NotDone(advice(err)), r.logger())
		}
	})
}
