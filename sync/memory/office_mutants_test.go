package memory_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/memory"
	"lockstep/sync/plan"
	"lockstep/sync/state"
	"lockstep/sync/state/statetest"
)

// faults are what a broken office does differently; nil: as it should be.
type faults struct {
	person  func(event.PersonID) event.PersonID
	context func(context.Context) context.Context
	load    func(*state.Snapshot)
	pull    func(*state.Pull)
	links   func(s state.Store, ctx context.Context, links []plan.Link) error
	intent  func(p event.PersonID, in *state.Intent)
	run     func(*state.Run)
	sent    func(s state.Store, ctx context.Context, ids []state.EntryID, at time.Time) error
	settle  func(s state.Store, ctx context.Context, done []state.Settled) error
	settled func(*state.Settled)
	end     func(id *state.RunID, rep *state.Report)
	answer  func(*plan.Answer)
	shared  func(map[string]event.ID)
	runs    func([]state.PastRun) []state.PastRun
	changes func([]state.PastChange)
}

// broken is an Office with faults.
type broken struct {
	*memory.Office
	f faults
}

func (o *broken) Person(id event.PersonID) state.Store {
	if o.f.person != nil {
		id = o.f.person(id)
	}
	return &brokenStore{o.Office.Person(id), id, o.f}
}

func (o *broken) Index() state.Index { return &brokenIndex{o.Office.Index(), o.f} }

func (o *broken) Runs(ctx context.Context, limit int) ([]state.PastRun, error) {
	out, err := o.Office.Runs(ctx, limit)
	if o.f.runs != nil {
		out = o.f.runs(out)
	}
	return out, err
}

func (o *broken) Changes(ctx context.Context, r state.RunID) ([]state.PastChange, error) {
	out, err := o.Office.Changes(ctx, r)
	if o.f.changes != nil {
		o.f.changes(out)
	}
	return out, err
}

type brokenIndex struct {
	state.Index
	f faults
}

func (x *brokenIndex) Shared(ctx context.Context) (map[string]event.ID, error) {
	out, err := x.Index.Shared(ctx)
	if x.f.shared != nil {
		x.f.shared(out)
	}
	return out, err
}

type brokenStore struct {
	state.Store
	id event.PersonID
	f  faults
}

func (s *brokenStore) ctx(ctx context.Context) context.Context {
	if s.f.context != nil {
		return s.f.context(ctx)
	}
	return ctx
}

func (s *brokenStore) Load(ctx context.Context) (state.Snapshot, error) {
	out, err := s.Store.Load(s.ctx(ctx))
	if s.f.load != nil {
		s.f.load(&out)
	}
	return out, err
}

func (s *brokenStore) SavePull(ctx context.Context, side event.Side, p state.Pull) error {
	p.Changes = slices.Clone(p.Changes)
	if s.f.pull != nil {
		s.f.pull(&p)
	}
	return s.Store.SavePull(s.ctx(ctx), side, p)
}

func (s *brokenStore) SaveLinks(ctx context.Context, links []plan.Link) error {
	if s.f.links != nil {
		return s.f.links(s.Store, ctx, links)
	}
	return s.Store.SaveLinks(s.ctx(ctx), links)
}

func (s *brokenStore) Begin(ctx context.Context, r state.Run, in []state.Intent) ([]state.Entry, []state.Refusal, error) {
	in = slices.Clone(in)
	for i := range in {
		if s.f.intent != nil {
			s.f.intent(s.id, &in[i])
		}
	}
	if s.f.run != nil {
		s.f.run(&r)
	}
	return s.Store.Begin(s.ctx(ctx), r, in)
}

func (s *brokenStore) MarkSent(ctx context.Context, ids []state.EntryID, at time.Time) error {
	if s.f.sent != nil {
		return s.f.sent(s.Store, ctx, ids, at)
	}
	return s.Store.MarkSent(s.ctx(ctx), ids, at)
}

func (s *brokenStore) Settle(ctx context.Context, done []state.Settled) error {
	done = slices.Clone(done)
	for i := range done {
		if s.f.settled != nil {
			s.f.settled(&done[i])
		}
	}
	if s.f.settle != nil {
		return s.f.settle(s.Store, ctx, done)
	}
	return s.Store.Settle(s.ctx(ctx), done)
}

func (s *brokenStore) EndRun(ctx context.Context, id state.RunID, rep state.Report) error {
	if s.f.end != nil {
		s.f.end(&id, &rep)
	}
	return s.Store.EndRun(s.ctx(ctx), id, rep)
}

func (s *brokenStore) Answer(ctx context.Context, a plan.Answer) error {
	if s.f.answer != nil {
		s.f.answer(&a)
	}
	return s.Store.Answer(s.ctx(ctx), a)
}

type storeMutant struct {
	name   string
	notice string
	f      faults
}

func rows(s *state.Snapshot, spoil func([]plan.Mirrored) []plan.Mirrored) {
	for side := range s.Mirror {
		s.Mirror[side] = spoil(s.Mirror[side])
	}
}

func pullMutants() []storeMutant {
	return []storeMutant{
		{"sweeps with every page", "SavePull_SweepsWithTheLastPageOnly", faults{pull: func(p *state.Pull) { p.Last = true }}},
		{"never sweeps", "SavePull_SweepsWithTheLastPageOnly", faults{pull: func(p *state.Pull) { p.Last = false }}},
		{"takes changes for an enumeration", "SavePull_SweepsWithTheLastPageOnly", faults{pull: func(p *state.Pull) {
			if p.EnumID == "" {
				p.EnumID = "none"
			}
		}}},
		{"takes all enumerations for one", "SavePull_SweepsByTheNewestEnumeration", faults{pull: func(p *state.Pull) {
			if p.EnumID != "" {
				p.EnumID = "enum"
			}
		}}},
		{"sweeps whatever was covered", "SavePull_SweepsWhatItCoversOnly", faults{pull: func(p *state.Pull) { p.Covers = event.Window{} }}},
		{"forgets the clocks of a window", "SavePull_SweepsWhatItCoversOnly", faults{pull: func(p *state.Pull) { p.Covers.From = p.Covers.From.UTC() }}},
		{"forgets when it swept", "SavePull_SweepsWithTheLastPageOnly", faults{load: func(s *state.Snapshot) { s.Swept = [2]time.Time{} }}},
		{"keeps the old cursor", "SavePull_StoresRowsWithTheirCursor", faults{load: func(s *state.Snapshot) {
			if s.Cursors[0] != "" {
				s.Cursors[0] = "c1"
			}
		}}},
		{"cuts cursors", "SavePull_KeepsOddIDsAndLongCursors", faults{pull: func(p *state.Pull) { p.Next = p.Next[:min(len(p.Next), 65535)] }}},
		{"compares ids without case", "SavePull_KeepsOddIDsAndLongCursors", faults{pull: func(p *state.Pull) {
			for i := range p.Changes {
				p.Changes[i].ID = event.ID(strings.ToLower(string(p.Changes[i].ID)))
			}
		}}},
		{"cuts ids", "SavePull_KeepsOddIDsAndLongCursors", faults{pull: func(p *state.Pull) {
			for i := range p.Changes {
				p.Changes[i].ID = p.Changes[i].ID[:min(len(p.Changes[i].ID), 151)]
			}
		}}},
		{"forgets gone rows that are linked", "SavePull_KeepsGoneRowsForTheirLink", faults{load: func(s *state.Snapshot) {
			rows(s, func(ms []plan.Mirrored) []plan.Mirrored {
				return slices.DeleteFunc(ms, func(m plan.Mirrored) bool { return m.Presence == plan.Gone })
			})
		}}},
		{"keeps gone rows that nobody links", "SavePull_StoresRowsWithTheirCursor", faults{pull: func(p *state.Pull) {
			for i, c := range p.Changes {
				if c.Gone {
					p.Changes[i] = endpoint.Change{ID: c.ID, Err: &endpoint.Error{}}
				}
			}
		}}},
		{"passes over what it cannot read", "SavePull_KeepsUnreadableRows", faults{pull: func(p *state.Pull) {
			p.Changes = slices.DeleteFunc(p.Changes, func(c endpoint.Change) bool { return c.Err != nil })
		}}},
		{"forgets what could be read", "SavePull_KeepsUnreadableRows", faults{load: func(s *state.Snapshot) {
			rows(s, func(ms []plan.Mirrored) []plan.Mirrored {
				for i := range ms {
					if ms[i].Presence == plan.Unreadable {
						ms[i].Item.Event = event.Event{}
					}
				}
				return ms
			})
		}}},
		{"rounds times", "SavePull_KeepsEveryFieldOfAnItem", faults{load: func(s *state.Snapshot) {
			rows(s, func(ms []plan.Mirrored) []plan.Mirrored {
				for i := range ms {
					ms[i].Item.Modified = ms[i].Item.Modified.Truncate(time.Second)
				}
				return ms
			})
		}}},
		{"loses an identity it is not told again", "SavePull_IdentityIsKeptWhenUnknown", faults{load: func(s *state.Snapshot) {
			if s.Cursors[0] == "c2" {
				s.Identity = [2]string{}
			}
		}}},
		{"stores good links beside a bad one", "SaveLinks_RefusesAnUnknownLinkWhole", faults{links: func(s state.Store, ctx context.Context, links []plan.Link) error {
			var failed error
			for _, l := range links {
				if err := s.SaveLinks(ctx, []plan.Link{l}); err != nil {
					failed = err
				}
			}
			return failed
		}}},
		{"is one person", "People_AreIsolated", faults{person: func(event.PersonID) event.PersonID { return anna }}},
		{"deaf to its context", "Context_EndedChangesNothing", faults{context: context.WithoutCancel}},
	}
}

func journalMutants() []storeMutant {
	return []storeMutant{
		{"grants every claim", "Begin_GrantsAClaimOnce", faults{intent: func(_ event.PersonID, in *state.Intent) { in.Claim = "" }}},
		{"keeps claims apart by person", "Begin_GrantsAClaimOnce", faults{intent: func(p event.PersonID, in *state.Intent) {
			if in.Claim != "" {
				in.Claim += string(p)
			}
		}}},
		{"takes no claim for a claim", "Begin_JournalsIntents", faults{intent: func(_ event.PersonID, in *state.Intent) {
			if in.Claim == "" {
				in.Claim = "none"
			}
		}}},
		{"begins a run for every round", "Begin_JoinsARunOfItsOwnPerson", faults{run: func(r *state.Run) { r.ID = 0 }}},
		{"frees a claim once it is applied", "Begin_HoldsAClaimAsLongAsItsLink", faults{settle: func(s state.Store, ctx context.Context, done []state.Settled) error {
			var links []plan.Link
			for i := range done {
				if done[i].Link != nil && done[i].Link.ID == "" {
					links = append(links, *done[i].Link)
					done[i].Link = nil
				}
			}
			if err := s.Settle(ctx, done); err != nil {
				return err
			}
			return s.SaveLinks(ctx, links)
		}}},
		{"frees the claim of an unsure entry", "Begin_HoldsAClaimWhileUnsure", faults{settled: func(x *state.Settled) {
			if x.Outcome == state.StillUnsure {
				x.Outcome = state.Dropped
			}
		}}},
		{"holds claims for ever", "Begin_ReleasesClaimsOfWhatWasNotDone", faults{settled: func(x *state.Settled) {
			if x.Outcome == state.NotApplied || x.Outcome == state.Dropped {
				l := plan.Link{}
				x.Outcome, x.Link = state.Applied, &l
			}
		}}},
		{"marks what is closed", "MarkSent_MarksOpenEntriesOnly", faults{sent: func(s state.Store, ctx context.Context, ids []state.EntryID, at time.Time) error {
			_ = s.MarkSent(ctx, ids, at)
			return nil
		}}},
		{"marks the good beside the bad", "MarkSent_MarksOpenEntriesOnly", faults{sent: func(s state.Store, ctx context.Context, ids []state.EntryID, at time.Time) error {
			for _, id := range ids {
				if err := s.MarkSent(ctx, []state.EntryID{id}, at); err != nil {
					return err
				}
			}
			return nil
		}}},
		{"forgets that it was sent", "MarkSent_MarksOpenEntriesOnly", faults{load: func(s *state.Snapshot) {
			for i := range s.Open {
				s.Open[i].Phase = state.Intended
			}
		}}},
		{"forgets when it was sent", "Settle_KeepsAnUnsureEntryOpen", faults{load: func(s *state.Snapshot) {
			for i := range s.Open {
				s.Open[i].SentAt = time.Time{}
			}
		}}},
		{"settles one by one", "Settle_IsAllOrNothing", faults{settle: func(s state.Store, ctx context.Context, done []state.Settled) error {
			for _, x := range done {
				if err := s.Settle(ctx, []state.Settled{x}); err != nil {
					return err
				}
			}
			return nil
		}}},
		{"settles what is closed", "Settle_IsAllOrNothing", faults{settle: func(s state.Store, ctx context.Context, done []state.Settled) error {
			_ = s.Settle(ctx, done)
			return nil
		}}},
		{"loses rows", "Settle_DoesAllAtOnce", faults{settled: func(x *state.Settled) { x.Rows = nil }}},
		{"loses links", "Settle_DoesAllAtOnce", faults{settled: func(x *state.Settled) { x.Link = nil }}},
		{"loses candidates", "Settle_KeepsAnUnsureEntryOpen", faults{settled: func(x *state.Settled) { x.Candidates = nil }}},
		{"keeps links that ended", "Settle_EndsALink", faults{settled: func(x *state.Settled) { x.Unlink = "" }}},
		{"loses the trail", "Settle_AddsToTheTrailOfALink", faults{settled: func(x *state.Settled) { x.Turns = nil }}},
		{"tells the trail backwards", "Settle_AddsToTheTrailOfALink", faults{load: func(s *state.Snapshot) {
			for id := range s.Trail {
				slices.Reverse(s.Trail[id])
			}
		}}},
		{"forgets who was asked", "Settle_AddsToTheTrailOfALink", faults{settled: func(x *state.Settled) {
			x.Turns = slices.Clone(x.Turns)
			for i := range x.Turns {
				x.Turns[i].Answered = false
			}
		}}},
		{"forgets deletions", "Settle_RemembersDeletions", faults{load: func(s *state.Snapshot) { s.Deletions = nil }}},
		{"counts deletions that were refused", "Settle_RemembersDeletions", faults{settled: func(x *state.Settled) { x.Outcome = state.Applied }}},
	}
}

func historyMutants() []storeMutant {
	return []storeMutant{
		{"loses the report", "EndRun_StoresTheReport", faults{end: func(_ *state.RunID, rep *state.Report) { *rep = state.Report{Ended: rep.Ended, Approved: rep.Approved} }}},
		{"does not know a run of nothing", "EndRun_OfARunThatOpenedNothing", faults{end: func(id *state.RunID, _ *state.Report) {
			if *id == 0 {
				*id = 99
			}
		}}},
		{"forgets the approval", "EndRun_ApprovesOnceAndForAll", faults{end: func(_ *state.RunID, rep *state.Report) { rep.Approved = false }}},
		{"approves whatever was reported", "EndRun_StoresTheReport", faults{end: func(_ *state.RunID, rep *state.Report) { rep.Approved = true }}},
		{"keeps answers without their side", "Answer_ReplacesTheOlderOne", faults{answer: func(a *plan.Answer) { a.Side = event.Business }}},
		{"ends an answer with the first of two writes", "Answer_OfWhoIsRightHoldsForWhatIsLeft", faults{settled: func(x *state.Settled) { x.Rest = 0 }}},
		{"forgets in which fields a side is right", "Answer_ReplacesTheOlderOne", faults{answer: func(a *plan.Answer) { a.Right = [2]event.FieldSet{} }}},
		{"does not share what is being made", "Index_SharedTellsLinksAndOpenCreates", faults{shared: func(m map[string]event.ID) {
			maps.DeleteFunc(m, func(_ string, id event.ID) bool { return id == "" })
		}}},
		{"shares nothing that is made", "Index_SharedTellsLinksAndOpenCreates", faults{shared: func(m map[string]event.ID) {
			maps.DeleteFunc(m, func(_ string, id event.ID) bool { return id != "" })
		}}},
		{"runs oldest first", "History_RunsAreNewestFirst", faults{runs: func(rs []state.PastRun) []state.PastRun { slices.Reverse(rs); return rs }}},
		{"changes newest first", "History_ChangesAreInTheirOrder", faults{changes: func(cs []state.PastChange) { slices.Reverse(cs) }}},
		{"forgets why", "History_ChangesAreInTheirOrder", faults{settled: func(x *state.Settled) { x.Why = plan.Reason{} }}},
		{"forgets what was there", "History_ChangesAreInTheirOrder", faults{settled: func(x *state.Settled) { x.Before = nil }}},
	}
}

// TestStoreMutants_EachDeliberateFaultIsNoticed judges the conformance suite
// by offices that are broken in one way each.
func TestStoreMutants_EachDeliberateFaultIsNoticed(t *testing.T) {
	all := slices.Concat([]storeMutant{{name: "sound"}}, pullMutants(), journalMutants(), historyMutants())
	for _, m := range all {
		t.Run(m.name, func(t *testing.T) {
			noticed := statetest.Notices(t, statetest.Options{New: func(testing.TB) func(testing.TB) statetest.Office {
				o := &broken{memory.NewOffice(), m.f}
				return func(testing.TB) statetest.Office { return o }
			}})
			if m.notice == "" && len(noticed) > 0 {
				t.Errorf("the suite complains of what is not broken: %v", noticed)
			}
			if m.notice != "" && noticed[m.notice] == "" {
				t.Errorf("noticed by %v, want %s among them", slices.Sorted(maps.Keys(noticed)), m.notice)
			}
		})
	}
	t.Run("forgets everything when started again", func(t *testing.T) {
		noticed := statetest.Notices(t, statetest.Options{New: func(testing.TB) func(testing.TB) statetest.Office {
			return func(testing.TB) statetest.Office { return memory.NewOffice() }
		}})
		if len(noticed) < 25 {
			t.Errorf("noticed by %v alone", slices.Sorted(maps.Keys(noticed)))
		}
	})
}
