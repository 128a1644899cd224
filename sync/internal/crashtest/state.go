package crashtest

import (
	"context"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// Office is o with every call to its stores and its index through the fuse.
func Office(f *Fuse, o state.Office) state.Office { return &fusedOffice{o, f} }

// Store is s with every call through the fuse.
func Store(f *Fuse, s state.Store) state.Store { return &fusedStore{s, f} }

type fusedOffice struct {
	office state.Office
	fuse   *Fuse
}

func (o *fusedOffice) Person(id event.PersonID) state.Store {
	return Store(o.fuse, o.office.Person(id))
}

func (o *fusedOffice) Index() state.Index { return &fusedIndex{o.office.Index(), o.fuse} }

type fusedIndex struct {
	index state.Index
	fuse  *Fuse
}

func (x *fusedIndex) Shared(ctx context.Context) (out map[string]event.ID, err error) {
	err = x.fuse.call(func() (err error) {
		out, err = x.index.Shared(ctx)
		return err
	})
	return out, err
}

type fusedStore struct {
	store state.Store
	fuse  *Fuse
}

func (s *fusedStore) Load(ctx context.Context) (out state.Snapshot, err error) {
	err = s.fuse.call(func() (err error) {
		out, err = s.store.Load(ctx)
		return err
	})
	return out, err
}

func (s *fusedStore) SavePull(ctx context.Context, side event.Side, p state.Pull) error {
	return s.fuse.call(func() error { return s.store.SavePull(ctx, side, p) })
}

func (s *fusedStore) SaveLinks(ctx context.Context, links []plan.Link) error {
	return s.fuse.call(func() error { return s.store.SaveLinks(ctx, links) })
}

func (s *fusedStore) Scrub(ctx context.Context, current, past state.Hide) error {
	return s.fuse.call(func() error { return s.store.Scrub(ctx, current, past) })
}

func (s *fusedStore) Begin(ctx context.Context, r state.Run, intents []state.Intent) (open []state.Entry, refused []state.Refusal, err error) {
	err = s.fuse.call(func() (err error) {
		open, refused, err = s.store.Begin(ctx, r, intents)
		return err
	})
	return open, refused, err
}

func (s *fusedStore) MarkSent(ctx context.Context, ids []state.EntryID, at time.Time) error {
	return s.fuse.call(func() error { return s.store.MarkSent(ctx, ids, at) })
}

func (s *fusedStore) Settle(ctx context.Context, done []state.Settled) error {
	return s.fuse.call(func() error { return s.store.Settle(ctx, done) })
}

func (s *fusedStore) EndRun(ctx context.Context, r state.RunID, rep state.Report) error {
	return s.fuse.call(func() error { return s.store.EndRun(ctx, r, rep) })
}

func (s *fusedStore) Answer(ctx context.Context, a plan.Answer) error {
	return s.fuse.call(func() error { return s.store.Answer(ctx, a) })
}
