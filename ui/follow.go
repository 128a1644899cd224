package ui

import (
	"context"
	"errors"
	"time"

	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// follow hands each new status over until the window closes.
func (w *Window) follow() {
	var seen uint64
	for w.ctx.Err() == nil {
		s, err := w.Agent.Status(w.ctx, seen)
		if w.ctx.Err() != nil {
			return
		}
		if e, ok := errors.AsType[*localapi.Error](err); ok && e.Closed != nil {
			w.Do(func() { w.closed(e.Closed.Why) })
		} else if err != nil {
			w.Do(w.lost)
		}
		if err != nil {
			if !w.wait(retryAgent) {
				return
			}
			seen = 0
			continue
		}
		seen = s.Seq
		w.Do(func() { w.hear(s) })
	}
}

// retryAgent is how often an agent that does not answer is asked again.
const retryAgent = 2 * time.Second

func (w *Window) wait(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-w.ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// hear takes a status in.
func (w *Window) hear(s office.Status) {
	w.status, w.heard = s, true
	if w.shown == model.PageClosed {
		w.Show(PageOverview)
	}
	w.foot.Set(stateOfOffice(s), model.FootLine(s, w.Now()))
	waiting, tone := model.Waiting(s), part.ToneWarning
	if s.Health == office.StoppedForSafety {
		tone = part.ToneError
	}
	if item := w.items[PageAttention]; item != nil {
		item.SetBadge(waiting, tone)
	}
	w.pages[w.shown].update(s)
	if s.NotSetUp && !w.greeted {
		w.Show(model.PageSetup)
	}
	w.greeted = true
}

// closed says why the office cannot be opened, in the place of every page.
func (w *Window) closed(why localapi.ClosedWhy) {
	if w.shown != model.PageClosed {
		w.Show(model.PageClosed)
	}
	if k, ok := w.pages[model.PageClosed].(*kept); ok {
		k.page.(*closedPage).show(why) //nolint:forcetypeassert // made by newClosed
	}
}

// lost says that the agent is not there.
func (w *Window) lost() {
	w.foot.Set(part.StateOffline, say.T("The agent does not answer"))
	if w.demo && w.shown != model.PageDemo {
		w.Show(model.PageDemo) // it is over, on every page
	}
	if k, ok := w.pages[w.shown].(*kept); ok {
		if p, ok := k.page.(loser); ok {
			p.lost()
		}
	}
}

// loser is a page that tells by itself that the agent is not there.
type loser interface{ lost() }

// background asks the agent without keeping the window waiting, and comes back
// with the answer unless the window has closed.
func background[T any](w *Window, ask func(context.Context) (T, error), then func(T, error)) {
	go func() {
		v, err := ask(w.ctx)
		if w.ctx.Err() != nil {
			return
		}
		w.Do(func() { then(v, err) })
	}()
}

// stateOfOffice is how the whole office looks: green only where there is
// something to be green about.
func stateOfOffice(s office.Status) part.State {
	if model.Fresh(s) {
		return part.StateWaiting
	}
	return stateOf(s.Health)
}

// stateOf is how a health looks.
func stateOf(h office.Health) part.State {
	switch h {
	case office.UpToDate:
		return part.StateOK
	case office.Syncing:
		return part.StateSyncing
	case office.Paused, office.Standby:
		return part.StatePaused
	case office.Offline:
		return part.StateOffline
	case office.SlowedDown:
		return part.StateSlowed
	case office.NeedsAttention:
		return part.StateAttention
	case office.SignInAgain:
		return part.StateSignIn
	case office.StoppedForSafety:
		return part.StateStopped
	}
	return part.StateWaiting
}
