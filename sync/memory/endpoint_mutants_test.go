package memory_test

import (
	"context"
	"errors"
	"flag"
	"maps"
	"slices"
	"strings"
	"testing"

	"lockstep/sync/endpoint"
	"lockstep/sync/endpoint/endpointtest"
	"lockstep/sync/event"
	"lockstep/sync/internal/crashtest"
	"lockstep/sync/memory"
)

// mutant is one deliberate fault and the check that must notice it; without
// one it is sound, and nothing may be noticed.
type mutant struct {
	name   string
	kind   func(*memory.Options) // nil: like Exchange
	breaks func(*faultless) crashtest.Full
	notice string
}

func business(o *memory.Options) { *o = memory.LikeBusiness(o.Now) }

func setVersion(f *faultless, op *endpoint.Op) {
	for _, it := range f.c.List(anna) {
		if it.ID == op.Target.ID {
			op.Target.Version = it.Version
		}
	}
}

func mutants() []mutant {
	sound := func(f *faultless) crashtest.Full { return f }
	return slices.Concat([]mutant{{name: "sound", breaks: sound}, {name: "sound, business", kind: business, breaks: sound}}, listingMutants(), writeMutants(), settleMutants(), otherMutants())
}

func listingMutants() []mutant {
	drop := func(of func(endpoint.Change) bool) func(*delta, *endpoint.Delta) {
		return func(_ *delta, d *endpoint.Delta) { d.Changes = slices.DeleteFunc(d.Changes, of) }
	}
	return []mutant{
		{name: "drops tombstones", notice: "Changes_ProvesADeletionByAPerson", breaks: spoilt(drop(func(c endpoint.Change) bool { return c.Gone }))},
		{name: "makes tombstones up", notice: "Changes_TellsOfEditsSinceTheCursor", breaks: spoilt(func(_ *delta, d *endpoint.Delta) {
			if !d.Complete() {
				d.Changes = append(d.Changes, endpoint.Change{ID: "exchange;1", Gone: true})
			}
		})},
		{name: "tombstones hold items", notice: "Changes_TombstoneIsNoItem", breaks: spoilt(func(_ *delta, d *endpoint.Delta) {
			for i := range d.Changes {
				if d.Changes[i].Gone {
					d.Changes[i].Item = &event.Item{Ref: event.Ref{ID: d.Changes[i].ID}}
				}
			}
		})},
		{name: "short pages", notice: "Changes_ListsEverythingOnce", breaks: spoilt(func(_ *delta, d *endpoint.Delta) {
			if len(d.Changes) > 2 {
				d.Changes = d.Changes[:2]
			}
		})},
		{name: "ends after a page", notice: "Changes_ListsEverythingOnce", breaks: spoilt(func(_ *delta, d *endpoint.Delta) { d.More = false })},
		{name: "repeats on the next page", notice: "Changes_NeitherSkipsNorRepeatsWhileItemsChange", breaks: spoilt(func(m *delta, d *endpoint.Delta) {
			if d.Complete() && m.last.More {
				d.Changes = append(d.Changes, m.last.Changes[0])
			}
		})},
		{name: "cursor of the end instead of the beginning", notice: "Changes_NeitherSkipsNorRepeatsWhileItemsChange", breaks: listed(func(m *delta, ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
			d, err := m.Endpoint.Changes(ctx, since, w)
			if err != nil || !d.Complete() || d.More {
				return d, err
			}
			last, err := m.Endpoint.Changes(ctx, "", w)
			for err == nil && last.More {
				last, err = m.Endpoint.Changes(ctx, last.Next, w)
			}
			d.Next = last.Next
			return d, err
		})},
		{name: "errors as empty lists", notice: "Changes_FailsInsteadOfAShortList", breaks: listed(func(m *delta, ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
			d, err := m.Endpoint.Changes(ctx, since, w)
			if endpoint.Is(err, endpoint.Unavailable) {
				return endpoint.Delta{Next: since + "x", EnumID: "e"}, nil
			}
			return d, err
		})},
		{name: "plain errors", notice: "Changes_FailsInsteadOfAShortList", breaks: listed(func(m *delta, ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
			d, err := m.Endpoint.Changes(ctx, since, w)
			if err != nil {
				err = errors.New(err.Error())
			}
			return d, err
		})},
		{name: "half a page beside an error", notice: "Changes_FailsInsteadOfAShortList", breaks: listed(func(m *delta, ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
			d, err := m.Endpoint.Changes(ctx, since, w)
			if err != nil {
				d.Changes = []endpoint.Change{{ID: "x", Gone: true}}
			}
			return d, err
		})},
		{name: "expired cursors begin anew in silence", notice: "Changes_ExpiredCursorBeginsAnew", breaks: listed(func(m *delta, ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
			d, err := m.Endpoint.Changes(ctx, since, w)
			if endpoint.Is(err, endpoint.CursorExpired) {
				return m.Endpoint.Changes(ctx, "", w)
			}
			return d, err
		})},
		{name: "a cursor is good once", notice: "Changes_TellsTheSameAgainFromTheSameCursor", breaks: func(f *faultless) crashtest.Full {
			used := map[endpoint.Cursor]endpoint.Cursor{}
			return &delta{faultless: f, spoil: func(m *delta, ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
				if next, ok := used[since]; ok && since != "" {
					return endpoint.Delta{Next: next}, nil
				}
				d, err := m.Endpoint.Changes(ctx, since, w)
				used[since] = d.Next
				return d, err
			}}
		}},
		{name: "one EnumID for ever", notice: "Changes_ListsEverythingOnce", breaks: spoilt(func(_ *delta, d *endpoint.Delta) {
			if d.Complete() {
				d.EnumID = "enum"
			}
		})},
		{name: "an EnumID for each page", notice: "Changes_ListsEverythingOnce", breaks: spoilt(func(m *delta, d *endpoint.Delta) {
			if d.Complete() {
				d.EnumID += strings.Repeat("x", m.n)
			}
		})},
		{name: "lists undeclared fields", notice: "Changes_ListsEverythingOnce", kind: business, breaks: spoilt(func(_ *delta, d *endpoint.Delta) {
			for _, c := range d.Changes {
				if c.Item != nil {
					c.Item.ShowAs = event.ShowBusy
				}
			}
		})},
		{name: "passes over what it cannot read", notice: "Changes_OneUnreadableEntryStopsNothing", breaks: spoilt(drop(func(c endpoint.Change) bool { return c.Err != nil }))},
		{name: "calls gone what it cannot read", notice: "Changes_OneUnreadableEntryStopsNothing", breaks: spoilt(func(_ *delta, d *endpoint.Delta) {
			for i, c := range d.Changes {
				if c.Err != nil {
					d.Changes[i] = endpoint.Change{ID: c.ID, Gone: true}
				}
			}
		})},
		{name: "stops at what it cannot read", notice: "Changes_OneUnreadableEntryStopsNothing", breaks: listed(func(m *delta, ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
			d, err := m.Endpoint.Changes(ctx, since, w)
			for _, c := range d.Changes {
				if c.Err != nil {
					return endpoint.Delta{}, c.Err
				}
			}
			return d, err
		})},
		{name: "leaves unknown ids out", notice: "Get_AnswersEachIDInOrder", breaks: read(func(_ *faultless, got []endpoint.Got, err error) ([]endpoint.Got, error) {
			return slices.DeleteFunc(got, func(g endpoint.Got) bool { return g.Err != nil }), err
		})},
		{name: "answers in another order", notice: "Get_AnswersEachIDInOrder", breaks: read(func(_ *faultless, got []endpoint.Got, err error) ([]endpoint.Got, error) {
			slices.Reverse(got)
			return got, err
		})},
		{name: "nothing instead of not found", notice: "Get_AnswersEachIDInOrder", breaks: read(func(_ *faultless, got []endpoint.Got, err error) ([]endpoint.Got, error) {
			for i := range got {
				got[i].Err = nil
			}
			return got, err
		})},
		{name: "not found for the whole calendar", notice: "Delete_IsProvenAndRecoverable", breaks: read(func(_ *faultless, got []endpoint.Got, err error) ([]endpoint.Got, error) {
			for i := range got {
				if got[i].Err != nil {
					got[i].Err.Scope = endpoint.ScopeCalendar
				}
			}
			return got, err
		})},
		{name: "reads from the trash", notice: "Changes_ProvesADeletionByAPerson", breaks: read(func(f *faultless, got []endpoint.Got, err error) ([]endpoint.Got, error) {
			for i := range got {
				for _, it := range f.c.Trash(anna) {
					if it.ID == got[i].ID {
						got[i] = endpoint.Got{ID: it.ID, Item: &it}
					}
				}
			}
			return got, err
		})},
	}
}

func writeMutants() []mutant {
	sets := func(k endpoint.OpKind, f func(*faultless, *endpoint.Op)) func(*faultless, *endpoint.Op) {
		return func(fl *faultless, op *endpoint.Op) {
			if op.Kind == k {
				f(fl, op)
			}
		}
	}
	return []mutant{
		{name: "updates whatever the version", notice: "Update_RefusesAnOldVersion", breaks: opped(sets(endpoint.Update, setVersion))},
		{name: "updates whatever the version, business", kind: business, notice: "Update_RefusesAnOldVersion", breaks: opped(sets(endpoint.Update, setVersion))},
		{name: "deletes whatever the version", notice: "Delete_RefusesAnOldVersion", breaks: opped(sets(endpoint.Delete, setVersion))},
		{name: "overwrites unnamed fields", notice: "Update_WritesItsFieldsOnly", breaks: opped(sets(endpoint.Update, func(_ *faultless, op *endpoint.Op) { op.Fields = event.AllFields }))},
		{name: "leaves a named field out", notice: "Update_WritesItsFieldsOnly", breaks: opped(sets(endpoint.Update, func(_ *faultless, op *endpoint.Op) { op.Fields &^= event.FieldReminder }))},
		{name: "an update loses the mark", notice: "Update_WritesItsFieldsOnly", breaks: opped(sets(endpoint.Update, func(_ *faultless, op *endpoint.Op) { op.Stamp = event.Stamp{Office: "x"} }))},
		{name: "creates without the mark", notice: "Create_IsFoundByItsKeyOnce", breaks: opped(sets(endpoint.Create, func(_ *faultless, op *endpoint.Op) { op.Stamp = event.Stamp{} }))},
		{name: "creates twice", notice: "Create_ReadsBackAsNormalize", breaks: written(func(f *faultless, ctx context.Context, ops []endpoint.Op) []endpoint.Result {
			if ops[0].Kind == endpoint.Create {
				f.Endpoint.Apply(ctx, ops)
			}
			return f.Endpoint.Apply(ctx, ops)
		})},
		{name: "creates an hour late", notice: "Create_ReadsBackAsNormalize", breaks: opped(sets(endpoint.Create, func(_ *faultless, op *endpoint.Op) {
			if !op.Want.When.AllDay {
				op.Want.When.End.Hour++
			}
		}))},
		{name: "loses an hour of clock change", notice: "Times_SurviveClockChanges", breaks: opped(sets(endpoint.Create, func(_ *faultless, op *endpoint.Op) {
			if op.Want.When.Zone == "UTC" {
				op.Want.When = op.Want.When.Rezone("Europe/Helsinki")
			}
		}))},
		{name: "cuts texts at NUL", notice: "Texts_SurviveOrAreRefused", kind: func(o *memory.Options) {}, breaks: opped(sets(endpoint.Create, func(_ *faultless, op *endpoint.Op) {
			op.Want.Subject, _, _ = strings.Cut(op.Want.Subject, "\x00")
		}))},
		{name: "loses emoji", notice: "Texts_SurviveOrAreRefused", breaks: opped(sets(endpoint.Create, func(_ *faultless, op *endpoint.Op) {
			op.Want.Subject = strings.ReplaceAll(op.Want.Subject, "🍜", "?")
		}))},
		{name: "deletes for good", notice: "Delete_IsProvenAndRecoverable", breaks: resulted(func(f *faultless, op endpoint.Op, r *endpoint.Result) {
			if op.Kind == endpoint.Delete && r.Err == nil && f.c.Restore(anna, op.Target.ID) == nil {
				_ = f.c.Drag(anna, op.Target.ID)
			}
		})},
		{name: "a participant deletes for all", kind: business, notice: "Delete_OfAParticipantSparesTheOthers", breaks: resulted(func(f *faultless, op endpoint.Op, r *endpoint.Result) {
			if op.Kind == endpoint.Delete {
				_ = f.c.Remove(boss, op.Target.ID)
			}
		})},
		{name: "moves an attendee's copy unasked", notice: "Update_OfAnAttendeesCopyOnlyFollows", breaks: opped(sets(endpoint.Update, func(_ *faultless, op *endpoint.Op) { op.Follow = true }))},
		{name: "lets no attendee's copy follow", notice: "Update_OfAnAttendeesCopyOnlyFollows", breaks: opped(sets(endpoint.Update, func(_ *faultless, op *endpoint.Op) { op.Follow = false }))},
		{name: "follows with mail in silence", notice: "Update_OfAnAttendeesCopyOnlyFollows", breaks: opped(sets(endpoint.Update, func(_ *faultless, op *endpoint.Op) {
			if op.Follow {
				op.Notify = endpoint.NotifyNobody
			}
		}))},
		{name: "leaving deletes for all", kind: business, notice: "Leave_OnlyLeaves", breaks: resulted(func(f *faultless, op endpoint.Op, r *endpoint.Result) {
			if op.Kind == endpoint.Leave {
				_ = f.c.Remove(boss, op.Target.ID)
			}
		})},
		{name: "leaving tells the owner by mail", kind: business, notice: "Leave_OnlyLeaves", breaks: opped(sets(endpoint.Leave, func(f *faultless, op *endpoint.Op) {
			op.Notify = endpoint.NotifyAll
			_ = f.c.Edit(boss, op.Target.ID, func(it *event.Item) { it.Attendees = append(it.Attendees, event.Attendee{Address: "x@y.test"}) })
			setVersion(f, op)
		}))},
		{name: "a mark writes content", notice: "Mark_WritesTheMarkAlone", breaks: opped(sets(endpoint.Mark, func(_ *faultless, op *endpoint.Op) { op.Kind = endpoint.Update }))},
		{name: "a mark is cut", notice: "Mark_WritesTheMarkAlone", breaks: opped(sets(endpoint.Mark, func(_ *faultless, op *endpoint.Op) { op.Stamp.Left = false }))},
		{name: "mails everybody", notice: "Notify_ZeroValueMailsNobody", breaks: opped(func(_ *faultless, op *endpoint.Op) { op.Notify = endpoint.NotifyAll })},
		{name: "mails everybody in silence", notice: "Notify_ZeroValueMailsNobody", breaks: written(func(f *faultless, ctx context.Context, ops []endpoint.Op) []endpoint.Result {
			for i := range ops {
				ops[i].Notify = endpoint.NotifyAll
			}
			rs := f.Endpoint.Apply(ctx, ops)
			for i := range rs {
				rs[i].Notified = 0
			}
			return rs
		})},
		{name: "does not count mails", notice: "Notify_CountsWhoWasMailed", breaks: resulted(func(_ *faultless, _ endpoint.Op, r *endpoint.Result) { r.Notified = 0 })},
		{name: "results in another order", notice: "Apply_AnswersInOrderAroundABadOp", breaks: written(func(f *faultless, ctx context.Context, ops []endpoint.Op) []endpoint.Result {
			rs := f.Endpoint.Apply(ctx, ops)
			if len(rs) > 1 {
				rs[0], rs[1] = rs[1], rs[0]
			}
			return rs
		})},
		{name: "stops at a bad op", notice: "Apply_AnswersInOrderAroundABadOp", breaks: written(func(f *faultless, ctx context.Context, ops []endpoint.Op) []endpoint.Result {
			var rs []endpoint.Result
			for _, op := range ops {
				r := f.Endpoint.Apply(ctx, []endpoint.Op{op})[0]
				if rs = append(rs, r); r.Err != nil {
					break
				}
			}
			return rs
		})},
		{name: "writes a part of a batch", notice: "Apply_TakesAWholeBatch", breaks: written(func(f *faultless, ctx context.Context, ops []endpoint.Op) []endpoint.Result {
			rs := f.Endpoint.Apply(ctx, ops[:min(len(ops), 10)])
			for len(rs) < len(ops) {
				rs = append(rs, rs[0])
			}
			return rs
		})},
		{name: "the old version as result", notice: "Update_WritesItsFieldsOnly", breaks: resulted(func(_ *faultless, op endpoint.Op, r *endpoint.Result) {
			if op.Kind == endpoint.Update && r.Err == nil {
				r.Item.Version = op.Target.Version
			}
		})},
		{name: "calls exact what it only sent", notice: "Create_ReadsBackAsNormalize", kind: business, breaks: resulted(func(_ *faultless, op endpoint.Op, r *endpoint.Result) {
			if op.Kind == endpoint.Create && r.Err == nil {
				r.Item.Event = op.Want
				r.Item.Location += " "
			}
		})},
		{name: "retries a lost write", notice: "Settle_Create", breaks: written(func(f *faultless, ctx context.Context, ops []endpoint.Op) []endpoint.Result {
			rs := f.Endpoint.Apply(ctx, ops)
			if rs[0].Err != nil && rs[0].Err.Kind == endpoint.OutcomeUnknown {
				f.Endpoint.Apply(ctx, ops)
			}
			return rs
		})},
		{name: "a lost answer as unavailable", notice: "Settle_Create", breaks: resulted(func(_ *faultless, _ endpoint.Op, r *endpoint.Result) {
			if r.Err != nil && r.Err.Kind == endpoint.OutcomeUnknown {
				r.Err.Kind = endpoint.Unavailable
			}
		})},
		{name: "writes and says it was throttled", notice: "Apply_TroubleBeforehandWritesNothing", breaks: written(func(f *faultless, ctx context.Context, ops []endpoint.Op) []endpoint.Result {
			rs := f.Endpoint.Apply(ctx, ops)
			if rs[0].Err != nil && rs[0].Err.Kind == endpoint.Throttled {
				f.Endpoint.Apply(ctx, ops)
			}
			return rs
		})},
		{name: "a refusal as internal", notice: "Create_RefusesWhatEndsBeforeItStarts", breaks: resulted(func(_ *faultless, _ endpoint.Op, r *endpoint.Result) {
			if r.Err != nil && r.Err.Kind == endpoint.Invalid {
				r.Err.Kind = endpoint.Internal
			}
		})},
		{name: "nothing to update is no trouble", notice: "Update_OfNothingIsNotFound", breaks: resulted(func(_ *faultless, _ endpoint.Op, r *endpoint.Result) {
			if r.Err != nil && r.Err.Kind == endpoint.NotFound {
				r.Err = nil
			}
		})},
	}
}

func settleMutants() []mutant {
	return []mutant{
		{name: "nothing was ever applied", notice: "Settle_Create", breaks: settled(func(_ *faultless, _ endpoint.Op, o *endpoint.Outcome) { *o = endpoint.Outcome{} })},
		{name: "everything was applied", notice: "Settle_Update", breaks: settled(func(_ *faultless, _ endpoint.Op, o *endpoint.Outcome) { o.Kind = endpoint.Applied })},
		{name: "everything was applied, delete", notice: "Settle_Delete", breaks: settled(func(_ *faultless, _ endpoint.Op, o *endpoint.Outcome) { o.Kind = endpoint.Applied })},
		{name: "every mark was written", notice: "Settle_Mark", breaks: settled(func(_ *faultless, _ endpoint.Op, o *endpoint.Outcome) { o.Kind = endpoint.Applied })},
		{name: "never left", kind: business, notice: "Settle_Leave", breaks: settled(func(_ *faultless, op endpoint.Op, o *endpoint.Outcome) {
			if op.Kind == endpoint.Leave {
				o.Kind = endpoint.NotApplied
			}
		})},
		{name: "settles a batch by its first", notice: "Settle_EachCreateOfALostBatch", breaks: func(f *faultless) crashtest.Full {
			var first *event.Item
			return &settler{f, func(_ *faultless, _ endpoint.Op, o *endpoint.Outcome) {
				if first == nil {
					first = o.Item
				}
				o.Item = first
			}}
		}},
		{name: "takes one of two twins", notice: "Settle_CreateBesideATwin", breaks: settled(func(_ *faultless, _ endpoint.Op, o *endpoint.Outcome) {
			if o.Kind == endpoint.Unsure {
				*o = endpoint.Outcome{Kind: endpoint.Applied, Item: &o.Candidates[0]}
			}
		})},
		{name: "finds by content what a person made", kind: business, notice: "Settle_CreateBesideATwin", breaks: settled(func(f *faultless, op endpoint.Op, o *endpoint.Outcome) {
			for _, it := range f.c.List(anna) {
				if op.Kind == endpoint.Create && it.Subject == op.Want.Subject {
					*o = endpoint.Outcome{Kind: endpoint.Applied, Item: &it}
				}
			}
		})},
		{name: "tells what was wanted, not what is", notice: "Settle_UpdateThatAPersonEditedSince", breaks: settled(func(_ *faultless, op endpoint.Op, o *endpoint.Outcome) {
			if o.Item != nil {
				o.Item.Event = op.Want
			}
		})},
		{name: "settles by sending again", notice: "Settle_Create", breaks: settled(func(f *faultless, op endpoint.Op, o *endpoint.Outcome) {
			if o.Kind == endpoint.NotApplied {
				f.Endpoint.Apply(context.Background(), []endpoint.Op{op})
			}
		})},
	}
}

func otherMutants() []mutant {
	lossy := func(o *memory.Options) { o.WholeMinutes, o.Trim, o.PlainText, o.MaxText = true, true, true, 60 }
	return []mutant{
		{name: "normalize does nothing", kind: lossy, notice: "Normalize_EqualsReadAfterWrite", breaks: normalized(func(e, _ event.Event) event.Event { return e })},
		{name: "normalize is not idempotent", notice: "Normalize_IsIdempotentAndKeepsToItsFields", breaks: normalized(func(_, n event.Event) event.Event {
			n.Subject += "."
			return n
		})},
		{name: "normalize keeps undeclared fields", kind: business, notice: "Normalize_IsIdempotentAndKeepsToItsFields", breaks: normalized(func(_, n event.Event) event.Event {
			n.ShowAs = event.ShowBusy
			return n
		})},
		{name: "normalize makes subjects alike", notice: "Normalize_KeepsDistinctInputsDistinct", breaks: normalized(func(_, n event.Event) event.Event {
			n.Subject = strings.ToLower(n.Subject)
			return n
		})},
		{name: "normalize forgets a field", notice: "Normalize_KeepsDistinctInputsDistinct", breaks: normalized(func(_, n event.Event) event.Event {
			n.Private = false
			return n
		})},
		{name: "deaf to its context", notice: "Context_CancelledReturnsPromptly", breaks: func(f *faultless) crashtest.Full { return cancelDeaf{f} }},
		{name: "capabilities that change", notice: "Capabilities_AreUsableAndConstant", breaks: func(f *faultless) crashtest.Full {
			n := 0
			return &other{faultless: f, caps: func() event.Capabilities {
				c := f.Endpoint.Capabilities()
				n++
				c.Batch += n
				return c
			}}
		}},
		{name: "an identity that changes", notice: "Identity_IsStable", breaks: func(f *faultless) crashtest.Full {
			who := ""
			return &other{faultless: f, who: func() string { who += "x"; return who }}
		}},
		{name: "finds nothing by key", notice: "Create_IsFoundByItsKeyOnce", breaks: func(f *faultless) crashtest.Full {
			return &other{faultless: f, stamped: func(context.Context, event.Key) ([]event.Item, error) { return nil, nil }}
		}},
		{name: "finds everything by key", notice: "Create_IsFoundByItsKeyOnce", breaks: func(f *faultless) crashtest.Full {
			return &other{faultless: f, stamped: func(context.Context, event.Key) ([]event.Item, error) { return f.c.List(anna), nil }}
		}},
		{name: "a watch that ends at once", notice: "Watch_HintsAndEnds", breaks: func(f *faultless) crashtest.Full {
			return &other{faultless: f, watch: func(context.Context) (<-chan struct{}, error) { return nil, &endpoint.Error{} }}
		}},
		{
			name: "writes without the right", notice: "Apply_KeepsToItsRights",
			breaks: func(f *faultless) crashtest.Full {
				return &other{faultless: f, caps: func() event.Capabilities {
					c := f.Endpoint.Capabilities()
					c.ReadOnly = true
					return c
				}}
			},
		},
	}
}

// TestMutants_EachDeliberateFaultIsNoticed judges the conformance suite by
// endpoints that are broken in one way each.
func TestMutants_EachDeliberateFaultIsNoticed(t *testing.T) {
	for name, value := range map[string]string{"rapid.nofailfile": "true", "rapid.shrinktime": "1ms"} {
		old := flag.Lookup(name).Value.String()
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = flag.Set(name, old) })
	}
	for _, m := range mutants() {
		t.Run(m.name, func(t *testing.T) {
			if m.kind == nil {
				m.kind = func(o *memory.Options) { *o = memory.LikeExchange(o.Now) }
			}
			o := suite(m.kind)
			sound := o.New
			o.New = func(t testing.TB) (endpoint.Endpoint, endpointtest.Hands) {
				ep, h := sound(t)
				return crashtest.Like(ep, m.breaks(&faultless{ep, calendarOf(h)})), h
			}
			noticed := endpointtest.Notices(t, o)
			if m.notice == "" && len(noticed) > 0 {
				t.Errorf("the suite complains of what is not broken: %v", noticed)
			}
			if m.notice != "" && noticed[m.notice] == "" {
				t.Errorf("noticed by %v, want %s among them", slices.Sorted(maps.Keys(noticed)), m.notice)
			}
		})
	}
}

func calendarOf(h endpointtest.Hands) *memory.Calendar {
	switch h := h.(type) {
	case sharing:
		return h.Calendar
	case invited:
		return h.Calendar
	}
	return h.(hands).Calendar
}
