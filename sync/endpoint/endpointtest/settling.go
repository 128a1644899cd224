package endpointtest

import (
	"fmt"
	"slices"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
)

// lose carries out op with its answer lost, after it was done or before it
// arrived. ok is false where the system cannot be made to lose anything.
func (b *bench) lose(op endpoint.Op, done bool) (settle func() endpoint.Outcome, ok bool) {
	b.Helper()
	fault := LoseRequest
	if done {
		fault = LoseAnswer
	}
	sentAt := b.sentAt()
	if !b.hands.FailNext(fault) {
		return nil, false
	}
	before := b.list()
	r := b.apply(op)
	if r.Err == nil {
		b.Fatalf("%v without an answer went well", op.Kind)
	}
	b.isError(r.Err, endpoint.OutcomeUnknown)
	if !done {
		b.unchanged(before)
	}
	return func() endpoint.Outcome {
		b.Helper()
		before := b.list()
		out, err := b.ep.Settle(b.Context(), op, sentAt)
		if err != nil {
			b.Fatalf("settle %v: %v", op.Kind, err)
		}
		b.unchanged(before)
		return out
	}, true
}

// settles demands an outcome and, where an entry should be told, that one.
func (b *bench) settles(out endpoint.Outcome, want endpoint.OutcomeKind, id event.ID) {
	b.Helper()
	if out.Kind != want {
		b.Fatalf("outcome = %v, want %v", out.Kind, want)
	}
	if id == "" {
		return
	}
	if out.Item == nil || out.Item.ID != id {
		b.Fatalf("outcome tells of entry %+v, want %q", out.Item, id)
	}
	if now := b.get(id); now.Ref != out.Item.Ref || event.Diff(now.Event, out.Item.Event) != 0 {
		b.Errorf("outcome tells of %+v, the entry is %+v", out.Item, now)
	}
}

// settleCreate: without keys an endpoint cannot know which entries are linked
// already, and may leave the last word to who does.
func settleCreate(b *bench) {
	b.create(b.alone(1), "key-other")
	settle, ok := b.lose(b.createOp(b.alone(2), "key-not-made"), false)
	if !ok {
		return
	}
	if out := settle(); b.caps.Keys || out.Kind != endpoint.Unsure || len(out.Candidates) > 0 {
		b.settles(out, endpoint.NotApplied, "")
	}

	before := b.list()
	if settle, ok = b.lose(b.createOp(b.alone(3), "key-made"), true); !ok {
		return
	}
	made := b.newcomer(before)
	out := settle()
	if !b.caps.Keys && out.Kind == endpoint.Unsure {
		if len(out.Candidates) != 1 || out.Candidates[0].ID != made {
			b.Errorf("candidates = %v, want %q alone", ids(out.Candidates), made)
		}
		return
	}
	b.settles(out, endpoint.Applied, made)
}

// newcomer is the entry that was not there before.
func (b *bench) newcomer(before map[event.ID]event.Item) event.ID {
	b.Helper()
	for id := range b.list() {
		if _, old := before[id]; !old {
			return id
		}
	}
	b.Fatal("no entry was made")
	return ""
}

// settleCreateEdited: before anybody asks what became of a create, a person has
// changed what it made. A key finds it all the same. Without keys nobody may
// say that nothing was made.
func settleCreateEdited(b *bench) {
	both := event.FieldSubject | event.FieldWhen
	for n, fields := range []event.FieldSet{event.FieldSubject, event.FieldWhen, both} {
		before := b.list()
		settle, ok := b.lose(b.createOp(b.alone(10*n+1), event.Key(fmt.Sprint("key-edited-", n))), true)
		if !ok {
			return
		}
		made := b.newcomer(before)
		b.edit(made, b.alone(10*n+7), fields)
		out := settle()
		if b.caps.Keys {
			b.settles(out, endpoint.Applied, made)
			continue
		}
		if all := ids(slices.Concat(out.Candidates, out.Others)); out.Kind != endpoint.Unsure || !slices.Contains(all, made) {
			b.Errorf("%v edited: outcome = %v with %v, want unsure with %q among them", fields, out.Kind, all, made)
		}
	}
}

func ids(items []event.Item) []event.ID {
	var out []event.ID
	for _, it := range items {
		out = append(out, it.ID)
	}
	slices.Sort(out)
	return out
}

// settleTwin: a person has an entry of the same content, or made a copy.
func settleTwin(b *bench) {
	b.put(b.alone(1))
	settle, ok := b.lose(b.createOp(b.alone(1), "key-twin-1"), false)
	if !ok {
		return
	}
	if out := settle(); out.Kind == endpoint.Applied {
		b.Errorf("an entry that a person made before is taken for ours")
	}
	before := b.list()
	if settle, ok = b.lose(b.createOp(b.alone(2), "key-twin-2"), true); !ok {
		return
	}
	for id := range b.list() {
		if _, old := before[id]; old {
			continue
		}
		if b.caps.Keys {
			c, ok := b.hands.(Copier)
			if !ok {
				return
			}
			if err := c.Copy(id); err != nil {
				b.Fatalf("person copies an entry: %v", err)
			}
		} else {
			b.create(b.alone(2), "")
		}
	}
	var twins []event.Item
	for id, it := range b.list() {
		if _, old := before[id]; !old {
			twins = append(twins, it)
		}
	}
	out := settle()
	if out.Kind != endpoint.Unsure || !slices.Equal(ids(out.Candidates), ids(twins)) {
		b.Errorf("outcome = %v with %v, want unsure with %v", out.Kind, ids(out.Candidates), ids(twins))
	}
}

func settleUpdate(b *bench) {
	for _, done := range []bool{false, true} {
		it := b.create(b.alone(1), "key-update")
		op := endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: b.meeting(2, true), Fields: event.FieldSubject | event.FieldWhen, Stamp: it.Stamp}
		settle, ok := b.lose(op, done)
		if !ok {
			return
		}
		want := endpoint.NotApplied
		if done {
			want = endpoint.Applied
		}
		b.settles(settle(), want, it.ID)
	}
}

// settleEdited: whatever became of the write, the entry is told as it is now,
// so that who asked can look field by field.
func settleEdited(b *bench) {
	for _, done := range []bool{false, true} {
		it := b.create(b.alone(1), "key-edited")
		op := endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: b.meeting(2, true), Fields: event.FieldSubject | event.FieldWhen, Stamp: it.Stamp}
		settle, ok := b.lose(op, done)
		if !ok {
			return
		}
		b.edit(it.ID, b.alone(30), event.FieldSubject)
		b.settles(settle(), endpoint.NotApplied, it.ID)
	}
}

func settleDelete(b *bench) {
	for _, done := range []bool{false, true} {
		it := b.create(b.alone(1), "key-delete")
		settle, ok := b.lose(endpoint.Op{Kind: endpoint.Delete, Target: it.Ref}, done)
		if !ok {
			return
		}
		if done {
			out := settle()
			b.settles(out, endpoint.Applied, "")
			if out.Item != nil {
				b.Errorf("an applied delete tells of entry %q", out.Item.ID)
			}
			continue
		}
		b.settles(settle(), endpoint.NotApplied, it.ID)
	}
}

func settleLeave(b *bench) {
	for _, done := range []bool{false, true} {
		s, it, ok := b.shared()
		if !ok {
			return
		}
		settle, ok := b.lose(endpoint.Op{Kind: endpoint.Leave, Target: it.Ref}, done)
		if !ok {
			return
		}
		if done {
			b.settles(settle(), endpoint.Applied, "")
		} else {
			b.settles(settle(), endpoint.NotApplied, it.ID)
		}
		if !s.Others(it.ID) {
			b.Errorf("the entry is gone for its owner too")
		}
	}
}

// settleBatch: one lost answer is the answer to every op of the request.
func settleBatch(b *bench) {
	ops := []endpoint.Op{
		b.createOp(b.alone(1), "key-1"), b.createOp(b.alone(2), "key-2"), b.createOp(b.alone(3), "key-3"),
	}
	sentAt := b.sentAt()
	if !b.hands.FailNext(LoseAnswer) {
		return
	}
	rs := b.ep.Apply(b.Context(), ops)
	if len(rs) != len(ops) {
		b.Fatalf("%d results for %d ops", len(rs), len(ops))
	}
	made := map[event.ID]bool{}
	for i, r := range rs {
		b.isError(r.Err, endpoint.OutcomeUnknown)
		out, err := b.ep.Settle(b.Context(), ops[i], sentAt)
		if err != nil || out.Kind != endpoint.Applied || out.Item == nil {
			b.Fatalf("settle of op %d: %v, %v, want applied", i+1, out.Kind, err)
		}
		if got, want := out.Item.Subject, b.ep.Normalize(ops[i].Want).Subject; got != want || made[out.Item.ID] {
			b.Errorf("op %d settles as %q, want %q, once", i+1, got, want)
		}
		made[out.Item.ID] = true
	}
}

func settleMark(b *bench) {
	for _, done := range []bool{false, true} {
		it := b.get(b.put(b.alone(1)))
		op := endpoint.Op{Kind: endpoint.Mark, Target: it.Ref, Stamp: event.Stamp{Office: "office-1", Partner: "p", Key: "k", Digest: "d"}}
		settle, ok := b.lose(op, done)
		if !ok {
			return
		}
		want := endpoint.NotApplied
		if done {
			want = endpoint.Applied
		}
		b.settles(settle(), want, it.ID)
	}
}
