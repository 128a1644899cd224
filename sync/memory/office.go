package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Office is the state of one installation. Its Stores may be used
// concurrently; every method of any of them happens alone and at once.
type Office struct {
	mu      sync.Mutex
	people  map[event.PersonID]*records
	claims  map[string]holder
	runs    map[state.RunID]*state.PastRun
	changes map[state.RunID][]state.PastChange
	notices map[state.EntryID]state.Notice
	entries state.EntryID // the last one given
	links   int           // likewise
}

// holder is who holds a claim: an open entry, later the link that it made.
type holder struct {
	person event.PersonID
	entry  state.EntryID
	link   plan.LinkID
}

var (
	_ state.Office  = (*Office)(nil)
	_ state.History = (*Office)(nil)
	_ state.Index   = (*index)(nil)
	_ state.Store   = (*store)(nil)
)

// NewOffice is an installation that knows nothing yet.
func NewOffice() *Office {
	return &Office{
		people:  map[event.PersonID]*records{},
		claims:  map[string]holder{},
		runs:    map[state.RunID]*state.PastRun{},
		changes: map[state.RunID][]state.PastChange{},
		notices: map[state.EntryID]state.Notice{},
	}
}

// Person is one person's Store; it is made when it is first written to.
func (o *Office) Person(id event.PersonID) state.Store { return &store{o, id} }

// Index looks over all people.
func (o *Office) Index() state.Index { return &index{o} }

type index struct{ o *Office }

// Shared maps meetings to business entries. A link tells more than a claim,
// and an older link more than a younger one.
func (x *index) Shared(ctx context.Context) (map[string]event.ID, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	x.o.mu.Lock()
	defer x.o.mu.Unlock()
	out := map[string]event.ID{}
	for _, d := range x.o.people {
		for _, e := range d.open {
			a := e.Intent.Action
			if source := a.Have[event.Exchange]; a.Kind == plan.Create && a.Side == event.Business && source != nil && source.UID != "" {
				out[source.UID] = ""
			}
		}
	}
	var links []plan.Link
	for _, d := range x.o.people {
		links = slices.AppendSeq(links, maps.Values(d.links))
	}
	slices.SortFunc(links, func(a, b plan.Link) int { return cmp.Compare(b.ID, a.ID) })
	for _, l := range links {
		if id := l.Refs[event.Business].ID; l.UID != "" && id != "" {
			out[l.UID] = id
		}
	}
	return out, nil
}

// Runs lists runs, newest first; a limit of 0 means all.
func (o *Office) Runs(ctx context.Context, limit int) ([]state.PastRun, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []state.PastRun
	for _, id := range slices.Backward(slices.Sorted(maps.Keys(o.runs))) {
		out = append(out, *o.runs[id])
	}
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out, nil
}

// Changes lists what one run did.
func (o *Office) Changes(ctx context.Context, r state.RunID) ([]state.PastChange, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	out := slices.Clone(o.changes[r])
	for i := range out {
		if n, told := o.notices[out[i].Entry]; told {
			out[i].Notice = &n
		}
	}
	return out, nil
}

// BeginNotice notes that people are about to be told of a change.
func (o *Office) BeginNotice(ctx context.Context, n state.Notice) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	known := false
	for _, cs := range o.changes {
		known = known || slices.ContainsFunc(cs, func(c state.PastChange) bool { return c.Entry == n.Entry })
	}
	if !known {
		return state.ErrUnknownRun
	}
	if _, told := o.notices[n.Entry]; told {
		return state.ErrNoticed
	}
	n.Sent = false
	o.notices[n.Entry] = n
	return nil
}

// EndNotice notes that they have been, or that nobody was.
func (o *Office) EndNotice(ctx context.Context, e state.EntryID, sent bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	n, told := o.notices[e]
	switch {
	case told && sent:
		n.Sent = true
		o.notices[e] = n
	case told && !n.Sent:
		delete(o.notices, e)
	}
	return nil
}
