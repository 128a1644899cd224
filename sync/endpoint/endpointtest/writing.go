package endpointtest

import (
	"fmt"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
)

func createReadsBack(b *bench) {
	first, second := b.meeting(1, false), b.meeting(2, true)
	days := b.meeting(3, false)
	days.When = event.AllDay(b.day(3), b.day(3).AddDays(2))
	bare := event.Event{Subject: "Bare", When: b.meeting(4, false).When}
	for i, e := range []event.Event{first, second, days, bare} {
		before := b.list()
		it := b.create(e, event.Key("key-"+e.Subject))
		b.reads(it, e)
		after := b.list()
		if len(after) != len(before)+1 {
			b.Errorf("create %d made %d entries", i, len(after)-len(before))
		}
		if l := b.pull("", nil); l.items[it.ID].Version != it.Version {
			b.Errorf("create %d: listed with version %q, read with %q", i, l.items[it.ID].Version, it.Version)
		}
		if it.Standing != event.StandingOwner {
			b.Errorf("create %d: standing %v, want owner", i, it.Standing)
		}
	}
}

func createInvalid(b *bench) {
	before := b.list()
	e := b.alone(1)
	e.When.Start, e.When.End = e.When.End, e.When.Start
	r := b.apply(b.createOp(e, "key-invalid"))
	if r.Err == nil {
		b.Fatalf("an entry that ends before it starts was taken")
	}
	b.isError(r.Err, endpoint.Invalid)
	if r.Err.Scope != endpoint.ScopeItem {
		b.Errorf("scope = %v, want item", r.Err.Scope)
	}
	b.unchanged(before)
}

func foundByKey(b *bench) {
	want := b.create(b.alone(1), "key-one")
	b.create(b.alone(1), "key-two")
	if want.Stamp.Key != "key-one" || want.Stamp.Office != "office-1" || want.Stamp.Partner != "partner;1" {
		b.Errorf("stamp = %+v, want the one written", want.Stamp)
	}
	f, ok := b.ep.(endpoint.Finder)
	if !ok {
		b.Fatalf("an endpoint with Keys is no Finder")
		return
	}
	hits, err := f.FindStamped(b.Context(), "key-one")
	if err != nil || len(hits) != 1 || hits[0].Ref != want.Ref {
		b.Errorf("found %d by the key, %v, want the one that was made with it", len(hits), err)
	}
	if none, err := f.FindStamped(b.Context(), "key-none"); err != nil || len(none) > 0 {
		b.Errorf("found %d by a key that was never used, %v", len(none), err)
	}
	if bulk, ok := f.(endpoint.BulkFinder); ok {
		each, err := bulk.FindEach(b.Context(), []endpoint.Wanted{{}, {Key: "key-one"}, {Key: "key-none"}})
		if err != nil || len(each) != 3 || len(each[0])+len(each[2]) > 0 || len(each[1]) != 1 || each[1][0].Ref != want.Ref {
			b.Errorf("found %d answers at once, %v, want those that single questions get", len(each), err)
		}
	}
	if want.UID == "" {
		return
	}
	if hits, err := f.FindUID(b.Context(), want.UID); err != nil || len(hits) != 1 || hits[0].ID != want.ID {
		b.Errorf("found %d by the UID, %v, want the entry that has it", len(hits), err)
	}
}

// updateFields writes each declared field on its own over an entry in which
// every field is set, then all of them at once.
func updateFields(b *bench) {
	sets := append(b.caps.Fields.Each(), b.caps.Fields)
	for i, f := range sets {
		if f == event.FieldRecurrence {
			continue
		}
		from, to := b.meeting(i, false), b.meeting(i, true)
		it := b.create(from, event.Key("key-"+f.String()))
		after := b.must(endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: to, Fields: f, Stamp: it.Stamp})
		if after.Version == it.Version {
			b.Errorf("update of %v: the version is still %q", f, it.Version)
		}
		if after.ID != it.ID || after.UID != it.UID {
			b.Errorf("update of %v: id %q, UID %q, were %q, %q", f, after.ID, after.UID, it.ID, it.UID)
		}
		if after.Stamp != it.Stamp {
			b.Errorf("update of %v: stamp %+v, was %+v", f, after.Stamp, it.Stamp)
		}
		b.reads(after, event.Take(from, to, f))
	}
}

func updateStale(b *bench) {
	id := b.put(b.alone(1))
	old := b.get(id)
	b.edit(id, b.meeting(2, true), event.FieldSubject)
	before := b.list()
	r := b.apply(endpoint.Op{Kind: endpoint.Update, Target: old.Ref, Want: b.alone(3), Fields: event.FieldSubject})
	if r.Err == nil {
		b.Fatalf("an update of an old version was taken")
	}
	b.isError(r.Err, endpoint.Precondition)
	if r.Err.Scope != endpoint.ScopeItem {
		b.Errorf("scope = %v, want item", r.Err.Scope)
	}
	b.unchanged(before)
}

func updateNothing(b *bench) {
	id := b.put(b.alone(1))
	it := b.get(id)
	b.remove(id)
	before := b.list()
	r := b.apply(endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: b.alone(3), Fields: event.FieldSubject})
	if r.Err == nil {
		b.Fatalf("an update of a deleted entry was taken")
	}
	b.isError(r.Err, endpoint.NotFound)
	b.unchanged(before)
}

func deleteProven(b *bench) {
	keep := b.create(b.alone(1), "key-keep")
	it := b.create(b.alone(2), "key-delete")
	all := b.pull("", nil)
	b.must(endpoint.Op{Kind: endpoint.Delete, Target: it.Ref})
	b.provesGone(all.next, it.ID, []event.ID{keep.ID})
	seen := b.list()
	if _, there := seen[it.ID]; there || len(seen) != 1 {
		b.Errorf("person sees %d entries, the deleted one: %v", len(seen), there)
	}
	trash, ok := b.hands.Trash()
	if !ok {
		return
	}
	for _, t := range trash {
		if t.Subject == it.Subject && t.When.Same(it.When) {
			return
		}
	}
	b.Errorf("the deleted entry is not among the %d that the person can take back", len(trash))
}

func deleteStale(b *bench) {
	id := b.put(b.alone(1))
	old := b.get(id)
	b.edit(id, b.meeting(2, true), event.FieldSubject)
	before := b.list()
	r := b.apply(endpoint.Op{Kind: endpoint.Delete, Target: old.Ref})
	if r.Err == nil {
		b.Fatalf("a delete of an old version was taken")
	}
	b.isError(r.Err, endpoint.Precondition)
	b.unchanged(before)
}

// shared lets somebody else put the person into an entry of his.
func (b *bench) shared() (s Sharer, it event.Item, ok bool) {
	b.Helper()
	if s, ok = b.hands.(Sharer); !ok {
		return nil, event.Item{}, false
	}
	id, err := s.PutOthers(b.alone(1))
	if err != nil {
		b.Fatalf("somebody else makes an entry: %v", err)
	}
	it = b.get(id)
	if it.Standing != event.StandingParticipant {
		b.Errorf("standing in somebody else's entry = %v, want participant", it.Standing)
	}
	return s, it, true
}

// attendeesCopy holds where people have copies of their own, which bear marks of
// their own: the meeting is written to one only where it follows its organiser's,
// and nobody hears of that.
func attendeesCopy(b *bench) {
	const meeting = event.FieldWhen | event.FieldLocation | event.FieldSubject | event.FieldNotes
	s, it, ok := b.shared()
	if !ok || it.UID == "" {
		return // all are in one entry
	}
	mailed := b.hands.Mailed()
	want := event.Take(it.Event, b.ep.Normalize(b.meeting(2, true)), meeting&b.caps.Fields)
	stamp := event.Stamp{Office: "office-1", Partner: "b1", Key: "key-follow"}
	op := endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: want, Fields: meeting, Stamp: stamp}
	loud := op
	loud.Follow, loud.Notify = true, endpoint.NotifyAll
	for _, no := range []endpoint.Op{op, loud} {
		b.isError(b.apply(no).Err, endpoint.Forbidden)
		if now := b.get(it.ID); now.Version != it.Version {
			b.Errorf("a write that was refused made version %q of %q", now.Version, it.Version)
		}
	}
	op.Follow = true
	after := b.must(op)
	if d := event.Diff(after.Event, want); d != 0 {
		b.Errorf("a copy that followed differs in %v: %+v, want %+v", d, event.Only(after.Event, d), event.Only(want, d))
	}
	if after.Stamp != stamp || after.UID != it.UID || after.Standing != it.Standing || after.Organizer != it.Organizer {
		b.Errorf("following made %+v of %+v", after, it)
	}
	if n := b.hands.Mailed() - mailed; n != 0 {
		b.Errorf("following sent %d mails", n)
	}
	if !s.Others(it.ID) {
		b.Errorf("the meeting is gone for its organiser")
	}
}

func leaveOnly(b *bench) {
	s, it, ok := b.shared()
	if !ok {
		return
	}
	mailed := b.hands.Mailed()
	all := b.pull("", nil)
	b.must(endpoint.Op{Kind: endpoint.Leave, Target: it.Ref})
	if !s.Others(it.ID) {
		b.Errorf("the entry is gone for its owner too")
	}
	if _, there := b.list()[it.ID]; there {
		b.Errorf("the person still sees the entry that he left")
	}
	if n := b.hands.Mailed() - mailed; n != 0 {
		b.Errorf("leaving sent %d mails", n)
	}
	b.provesGone(all.next, it.ID, nil)
}

func participantDeletes(b *bench) {
	s, it, ok := b.shared()
	if !ok {
		return
	}
	if r := b.apply(endpoint.Op{Kind: endpoint.Delete, Target: it.Ref}); r.Err != nil {
		b.isError(r.Err, endpoint.Forbidden)
	}
	if !s.Others(it.ID) {
		b.Errorf("a participant's delete took the entry from its owner")
	}
}

func markAlone(b *bench) {
	e := b.meeting(1, false)
	id := b.put(e)
	it := b.get(id)
	if it.Stamp != (event.Stamp{}) {
		b.Errorf("an entry of a person bears stamp %+v", it.Stamp)
	}
	mailed := b.hands.Mailed()
	want := event.Stamp{Office: "office-1", Partner: "BIZ;7/ä", Key: "key-mark", Digest: "digest-2"}
	for _, left := range []bool{false, true} {
		want.Left = left
		after := b.must(endpoint.Op{Kind: endpoint.Mark, Target: it.Ref, Want: b.meeting(2, true), Fields: event.AllFields, Stamp: want, Notify: endpoint.NotifyAll})
		if after.Stamp != want {
			b.Errorf("stamp = %+v, want %+v", after.Stamp, want)
		}
		if after.ID != it.ID || after.UID != it.UID {
			b.Errorf("id %q, UID %q, were %q, %q", after.ID, after.UID, it.ID, it.UID)
		}
		b.reads(after, e)
		it = after
	}
	if n := b.hands.Mailed() - mailed; n != 0 {
		b.Errorf("marks sent %d mails", n)
	}
	b.edit(id, b.meeting(3, true), event.FieldSubject)
	if got := b.get(id).Stamp; got != want {
		b.Errorf("after a person's edit the stamp is %+v, want %+v", got, want)
	}
}

// guests are the writes of one entry's life that other people are in.
func (b *bench) guests(n endpoint.Notify) (notified int) {
	b.Helper()
	op := b.createOp(b.meeting(1, false), "key-guests")
	op.Notify = n
	made := b.apply(op)
	if made.Err != nil {
		b.Fatalf("create: %v", made.Err)
	}
	notified += made.Notified
	now := b.get(made.Item.ID)
	updated := b.apply(endpoint.Op{
		Kind: endpoint.Update, Target: now.Ref, Want: b.meeting(2, true), Notify: n,
		Fields: b.caps.Fields & (event.FieldSubject | event.FieldWhen | event.FieldAttendees),
	})
	if updated.Err != nil {
		b.Fatalf("update: %v", updated.Err)
	}
	notified += updated.Notified
	if b.caps.NoDelete {
		return notified
	}
	deleted := b.apply(endpoint.Op{Kind: endpoint.Delete, Target: updated.Item.Ref, Notify: n})
	if deleted.Err != nil {
		b.Fatalf("delete: %v", deleted.Err)
	}
	return notified + deleted.Notified
}

func mailsNobody(b *bench) {
	before := b.hands.Mailed()
	notified := b.guests(0)
	if sent := b.hands.Mailed() - before; sent != 0 || notified != 0 {
		b.Errorf("%d mails were sent, %d reported, want none", sent, notified)
	}
}

func countsMail(b *bench) {
	before := b.hands.Mailed()
	notified := b.guests(endpoint.NotifyAll)
	if sent := b.hands.Mailed() - before; sent != notified {
		b.Errorf("%d mails were sent, %d reported", sent, notified)
	}
}

// badOpInTheMiddle puts one op that is refused between two good ones, of each
// kind of write that goes in batches.
func badOpInTheMiddle(b *bench) {
	bad := b.alone(2)
	bad.When.Start, bad.When.End = bad.When.End, bad.When.Start
	made := b.ep.Apply(b.Context(), []endpoint.Op{
		b.createOp(b.alone(1), "key-1"), b.createOp(bad, "key-2"), b.createOp(b.alone(3), "key-3"),
	})
	b.around(made, endpoint.Invalid)
	for i, n := range []int{1, 3} {
		b.reads(b.get(made[2*i].Item.ID), b.alone(n))
	}

	target := b.create(b.alone(4), "key-4")
	b.edit(target.ID, b.alone(5), event.FieldSubject)
	update := func(ref event.Ref, n int) endpoint.Op {
		return endpoint.Op{Kind: endpoint.Update, Target: ref, Want: b.alone(n), Fields: event.FieldSubject}
	}
	updated := b.ep.Apply(b.Context(), []endpoint.Op{
		update(made[0].Item.Ref, 11), update(target.Ref, 12), update(made[2].Item.Ref, 13),
	})
	b.around(updated, endpoint.Precondition)
	for i, n := range []int{11, 5, 13} {
		id := []event.ID{made[0].Item.ID, target.ID, made[2].Item.ID}[i]
		if got, want := b.get(id).Subject, b.ep.Normalize(b.alone(n)).Subject; got != want {
			b.Errorf("subject after update %d = %q, want %q", i, got, want)
		}
	}
}

// wholeBatch sends as many creates at once as the side says it takes, and
// deletes them as one where it may.
func wholeBatch(b *bench) {
	ops := make([]endpoint.Op, min(b.caps.Batch, 50))
	for i := range ops {
		ops[i] = b.createOp(b.alone(i), event.Key(fmt.Sprintf("key-batch-%d", i)))
	}
	rs := b.ep.Apply(b.Context(), ops)
	if len(rs) != len(ops) {
		b.Fatalf("%d results for %d ops", len(rs), len(ops))
	}
	deletes := make([]endpoint.Op, len(ops))
	for i, r := range rs {
		if r.Err != nil {
			b.Fatalf("create %d of %d: %v", i+1, len(ops), r.Err)
		}
		b.reads(b.get(r.Item.ID), ops[i].Want)
		deletes[i] = endpoint.Op{Kind: endpoint.Delete, Target: r.Item.Ref}
	}
	if n := len(b.list()); n != len(ops) {
		b.Errorf("%d entries were made, want %d", n, len(ops))
	}
	if b.caps.NoDelete {
		return
	}
	for i, r := range b.ep.Apply(b.Context(), deletes) {
		if r.Err != nil {
			b.Errorf("delete %d of %d: %v", i+1, len(ops), r.Err)
		}
	}
	if n := len(b.list()); n != 0 {
		b.Errorf("%d entries are left", n)
	}
	if none := b.ep.Apply(b.Context(), nil); len(none) != 0 {
		b.Errorf("%d results for no op", len(none))
	}
}

// around demands success, a refusal and success.
func (b *bench) around(rs []endpoint.Result, want endpoint.Kind) {
	b.Helper()
	if len(rs) != 3 {
		b.Fatalf("%d results for 3 ops", len(rs))
	}
	if rs[0].Err != nil || rs[2].Err != nil || rs[1].Err == nil {
		b.Fatalf("errors = %v, %v, %v, want only the second", rs[0].Err, rs[1].Err, rs[2].Err)
	}
	b.isError(rs[1].Err, want)
}

func keepsToRights(b *bench) {
	id := b.put(b.alone(1))
	it := b.get(id)
	before := b.list()
	ops := []endpoint.Op{{Kind: endpoint.Delete, Target: it.Ref}}
	if b.caps.ReadOnly {
		ops = append(ops, b.createOp(b.alone(2), "key"),
			endpoint.Op{Kind: endpoint.Update, Target: it.Ref, Want: b.alone(3), Fields: event.FieldSubject})
	}
	for _, op := range ops {
		r := b.apply(op)
		if r.Err == nil {
			b.Errorf("%v went well without the right to it", op.Kind)
			continue
		}
		b.isError(r.Err, endpoint.Forbidden)
	}
	b.unchanged(before)
}

// troubleBefore: only an error of unknown outcome may have left anything.
func troubleBefore(b *bench) {
	for fault, kind := range map[Fault]endpoint.Kind{FailUnavailable: endpoint.Unavailable, FailThrottled: endpoint.Throttled} {
		before := b.list()
		if !b.hands.FailNext(fault) {
			continue
		}
		r := b.apply(b.createOp(b.alone(1), event.Key("key-"+fault.String())))
		if r.Err == nil {
			b.Errorf("%v: the write is said to have gone well", fault)
			continue
		}
		b.isError(r.Err, kind, endpoint.OutcomeUnknown)
		if r.Err.Kind == kind {
			b.unchanged(before)
		}
	}
}
