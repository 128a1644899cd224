package office_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// trace is what became of each entry, step by step, to be read when a history
// ends badly. Every line is about one entry, or about all.
type trace struct {
	mu    sync.Mutex
	lines []string
	about map[state.EntryID]string // entries of the journal
}

func (tr *trace) note(format string, args ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.lines = append(tr.lines, fmt.Sprintf(format, args...))
}

// all begins the lines that are about no entry in particular.
const all = "-- "

var ids = regexp.MustCompile(`(business|exchange);\d+`)

// of are the lines about a token and about all.
func (tr *trace) of(name string) (out []string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	word := regexp.MustCompile(`\b` + name + `\b`)
	known := map[string]bool{}
	for _, l := range tr.lines {
		if word.MatchString(l) {
			for _, id := range ids.FindAllString(l, -1) {
				known[id] = true
			}
		}
	}
	for _, l := range tr.lines {
		if strings.HasPrefix(l, all) || slices.ContainsFunc(ids.FindAllString(l, -1), func(id string) bool { return known[id] }) || word.MatchString(l) {
			out = append(out, l)
		}
	}
	return out
}

func short(it *event.Item) string {
	if it == nil {
		return "nothing"
	}
	return fmt.Sprintf("%s %q %s %s", it.ID, it.Subject, it.Version, it.UID)
}

func ends(l *plan.Link) string {
	if l == nil {
		return "no link"
	}
	return fmt.Sprintf("%s %s-%s", l.ID, l.Refs[0].ID, l.Refs[1].ID)
}

// traced notes what is stored for one person.
type traced struct {
	state.Store
	*trace
	who event.PersonID
}

func (s traced) SavePull(ctx context.Context, side event.Side, p state.Pull) error {
	err := s.Store.SavePull(ctx, side, p)
	for _, c := range p.Changes {
		what := short(c.Item)
		if c.Gone {
			what = "is gone"
		}
		s.note("%s sees of %s: %s %s (complete: %t) %v", s.who, side, c.ID, what, p.EnumID != "", err)
	}
	return err
}

func (s traced) SaveLinks(ctx context.Context, links []plan.Link) error {
	err := s.Store.SaveLinks(ctx, links)
	for _, l := range links {
		s.note("%s stores %s: %v", s.who, ends(&l), err)
	}
	return err
}

func (s traced) Begin(ctx context.Context, r state.Run, intents []state.Intent) ([]state.Entry, []state.Refusal, error) {
	open, refused, err := s.Store.Begin(ctx, r, intents)
	for _, e := range open {
		a := e.Intent.Action
		what := fmt.Sprintf("%d %s on %s, have %s and %s, %s, claim %q", e.ID, a.Kind, a.Side, short(a.Have[0]), short(a.Have[1]), a.Reason.Code, e.Intent.Claim)
		s.mu.Lock()
		s.about[e.ID] = fmt.Sprintf("%s %s %s", what, a.Link, a.Want.Subject)
		s.mu.Unlock()
		s.note("%s intends %s %s", s.who, what, a.Link)
	}
	for _, x := range refused {
		s.note("%s may not %s on %s, have %s and %s: %s does", s.who, x.Action.Kind, x.Action.Side, short(x.Action.Have[0]), short(x.Action.Have[1]), x.By)
	}
	return open, refused, err
}

func (s traced) Settle(ctx context.Context, done []state.Settled) error {
	err := s.Store.Settle(ctx, done)
	for _, d := range done {
		s.mu.Lock()
		about := s.about[d.Entry]
		s.mu.Unlock()
		s.note("%s settles [%s]: %s, after %s, %s, unlinks %q, candidates %v: %v", s.who, about, d.Outcome, short(d.After), ends(d.Link), d.Unlink, d.Candidates, err)
	}
	return err
}
