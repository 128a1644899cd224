package plan

import (
	"cmp"
	"slices"

	"lockstep/sync/event"
)

// Past is one change that a run has carried out, as the history tells it.
type Past struct {
	// Entry numbers the changes of an office.
	Entry         int64
	Kind          ActionKind
	Side          event.Side
	Fields        event.FieldSet
	Before, After *event.Item
	// Link is the link it left; Was the link before, nil if there was none.
	Link     LinkID
	Was      *Link
	Notified int
	// Pruned: Before, After and Was are no longer known.
	Pruned bool
}

// UndoInput is everything that the undo of a run depends on.
type UndoInput struct {
	// Past are the applied changes to undo, in the order they were made.
	Past   []Past
	Links  []Link
	Mirror [2][]Mirrored
	// Busy are entries under an open journal entry.
	Busy      [2]map[event.ID]bool
	Caps      [2]event.Capabilities
	Normalize [2]func(event.Event) event.Event
	Office    string // our own name in stamps
	// Shared are the business entries that links of colleagues hold.
	Shared map[event.ID]bool
	// Redo: what is undone is an undo; its links become what they had been
	// before it instead of going on hold.
	Redo bool
	// TakesBack tells which sides can take an entry back out of where a
	// deletion has put it.
	TakesBack [2]bool
}

// Undo plans what gives back what a run has changed: what it made is deleted,
// what it deleted comes back, and what it changed gets its old values in just
// those fields. An entry that was changed since is never touched: it is a Skip
// with the reason, and so is everything else that cannot come back. All links
// concerned go on hold, so that no later plan does it all over again.
//
// An action's Hold is the link as it shall be afterwards.
func Undo(in UndoInput) Plan {
	u := &undoer{in: in, at: [2]map[event.ID]*trail{{}, {}}, links: map[LinkID]*Link{}}
	for i := range in.Links {
		u.links[in.Links[i].ID] = &in.Links[i]
	}
	for s := range in.Mirror {
		u.rows[s] = make(map[event.ID]*Mirrored, len(in.Mirror[s]))
		for i := range in.Mirror[s] {
			u.rows[s][in.Mirror[s][i].Item.ID] = &in.Mirror[s][i]
		}
	}
	for _, p := range in.Past {
		u.follow(p)
	}
	done := map[LinkID]bool{}
	for _, t := range slices.Backward(u.trails) {
		u.trail(t)
		done[t.link] = true
	}
	for _, p := range in.Past {
		if p.Kind == Pair && !done[p.Link] {
			done[p.Link] = true
			u.unpair(p)
		}
	}
	order := &planner{zones: zones{}, actions: u.actions}
	order.sort()
	return Plan{Actions: order.actions}
}

// undoer is the work sheet of one Undo.
type undoer struct {
	in      UndoInput
	rows    [2]map[event.ID]*Mirrored
	links   map[LinkID]*Link
	trails  []*trail
	at      [2]map[event.ID]*trail // by every id that its entry has had
	actions []Action
}

// trail is all that a run did to one entry.
type trail struct {
	side event.Side
	// made: the run made it; removed, left: and took it away, or only this person out of it.
	made, removed, left bool
	// old is the entry before the run, in the fields that it changed; was the
	// entry just before it was removed.
	old    event.Event
	fields event.FieldSet
	was    *event.Item
	// last is the entry as the run left it.
	last   *event.Item
	link   LinkID
	before *Link
	mailed int
	pruned bool
}

// follow adds a change to the trail of its entry.
func (u *undoer) follow(p Past) {
	switch p.Kind {
	case Create, Update, Delete, Leave, Stamp:
	case Pair, Unlink, Await, Ask, Skip:
		return
	}
	var t *trail
	for _, it := range []*event.Item{p.Before, p.After} {
		if it != nil && u.at[p.Side][it.ID] != nil {
			t = u.at[p.Side][it.ID]
		}
	}
	if t == nil {
		if p.Kind == Stamp {
			return // a mark changes nothing that anybody sees
		}
		t = &trail{side: p.Side, before: p.Was}
		u.trails = append(u.trails, t)
	}
	for _, it := range []*event.Item{p.Before, p.After} {
		if it != nil {
			u.at[p.Side][it.ID] = t
		}
	}
	t.mailed += p.Notified
	t.link = cmp.Or(p.Link, t.link)
	switch {
	case p.Kind == Delete || p.Kind == Leave:
		t.removed, t.left, t.was, t.before = true, p.Kind == Leave, p.Before, p.Was
		t.pruned = t.pruned || p.Before == nil
		return
	case p.Kind == Create:
		t.made = true
	case p.Kind == Update && p.Before != nil:
		t.old = event.Take(t.old, p.Before.Event, p.Fields&^t.fields)
		t.fields |= p.Fields
	}
	t.last = p.After
	t.pruned = t.pruned || p.After == nil || p.Before == nil && p.Kind == Update
}

func (u *undoer) trail(t *trail) {
	switch {
	case t.made && t.removed:
	case t.pruned:
		u.lost(t, cmp.Or(t.last, t.was), UndoPruned)
	case t.made:
		u.unmake(t)
	case t.removed:
		u.bringBack(t)
	default:
		u.revert(t)
	}
}

// lost says that a change stays, and why.
func (u *undoer) lost(t *trail, it *event.Item, why Code) {
	var have [2]*event.Item
	have[t.side] = it
	u.actions = append(u.actions, Action{Kind: Skip, Side: t.side, Link: t.link, Have: have, Reason: Reason{Code: why, From: t.side}})
}

// add completes an action of an undo.
func (u *undoer) add(t *trail, l Link, a Action) {
	l.State = Held
	if u.in.Redo && t.before != nil {
		l.State = t.before.State
	}
	a.Side, a.Link, a.Hold = t.side, l.ID, &l
	a.Reason.From = t.side
	if t.mailed > 0 {
		a.Reason.Count = t.mailed
	}
	u.actions = append(u.actions, a)
}

// now is the entry of a trail as it is, with its link; there is false, and the
// reason told, where it is not as the run left it.
func (u *undoer) now(t *trail) (it *event.Item, l Link, there bool) {
	id := t.last.ID
	link := u.links[t.link]
	if link != nil && link.Refs[t.side].ID != "" {
		id = link.Refs[t.side].ID // it may have been moved and got another id
	}
	row := u.row(t.side, id)
	switch {
	case row == nil || row.Presence == Gone:
		if !t.made { // what the run made and somebody has deleted since needs no undo
			u.lost(t, t.last, UndoGone)
		}
		return nil, l, false
	case link == nil || row.Presence != Present || u.busy(t.side, id):
		u.lost(t, &row.Item, UndoChanged)
		return nil, l, false
	}
	return &row.Item, *link, true
}

// unmake deletes what a run has made, unless anything in it was changed since.
func (u *undoer) unmake(t *trail) {
	it, l, there := u.now(t)
	if !there {
		return
	}
	caps := u.in.Caps[t.side]
	kind := Delete
	if it.Standing == event.StandingParticipant {
		kind = Leave
	}
	var have [2]*event.Item
	have[t.side] = it
	switch {
	case event.Diff(it.Event, t.last.Event)&caps.Fields != 0:
		u.lost(t, it, UndoChanged)
	case t.side == event.Business && kind == Delete && u.in.Shared[it.ID]:
		u.lost(t, it, UndoShared)
	case it.Tied && kind == Delete:
		u.lost(t, it, UndoTied)
	case caps.ReadOnly || caps.NoDelete && kind == Delete:
		u.lost(t, it, SideReadOnly)
	default:
		u.add(t, l, Action{Kind: kind, Have: have, Reason: Reason{Code: UndoneMade}})
	}
}

// revert gives an entry its old values in the fields that the run has changed
// and nobody since.
func (u *undoer) revert(t *trail) {
	it, l, there := u.now(t)
	if !there {
		return
	}
	changed := event.Diff(it.Event, t.last.Event) & t.fields
	differ := event.Diff(it.Event, t.old) & t.fields
	if differ == 0 {
		return // somebody has put it back already
	}
	if changed&differ != 0 {
		u.lost(t, it, UndoChanged)
		u.actions[len(u.actions)-1].Fields = changed & differ
	}
	if differ &^= changed; differ == 0 {
		return
	}
	if u.in.Caps[t.side].ReadOnly {
		u.lost(t, it, SideReadOnly)
		return
	}
	want := event.Take(it.Event, t.old, differ)
	if want.Recurrence != nil && differ&repeats != 0 {
		want, differ, _ = seriesWant(want, it.Event, want, event.Parts{}, differ)
	}
	var have [2]*event.Item
	have[t.side] = it
	a := Action{Kind: Update, Have: have, Fields: differ, Want: want, Reason: Reason{Code: UndoneChange}}
	if t.side == event.Exchange && it.Standing == event.StandingParticipant && differ&followed != 0 {
		a.Follows, a.Reason.Code = true, UndoneFollow
	}
	u.add(t, l, a)
}

// bringBack makes an entry again that the run has removed, or takes it back
// from where the deletion has put it.
func (u *undoer) bringBack(t *trail) {
	side := t.side
	l := Link{}
	switch {
	case u.links[t.link] != nil:
		l = *u.links[t.link]
	case t.before != nil:
		l = *t.before
		l.ID = ""
	}
	if u.backAlready(t, l) {
		u.lost(t, t.was, UndoThere)
		return
	}
	if u.in.Caps[side].ReadOnly {
		u.lost(t, t.was, SideReadOnly)
		return
	}
	l.Refs[side], l.Base[side] = t.was.Ref, t.was.Event
	have := u.otherEnd(&l, side.Other())
	why := UndoneMadeAnew
	if u.in.TakesBack[side] && (side == event.Exchange || t.left) {
		why = UndoneRemoved
	}
	u.add(t, l, Action{
		Kind: Create, Have: have, Want: event.Only(t.was.Event, u.in.Caps[side].Fields), Fields: u.in.Caps[side].Fields,
		Restore: t.was, Reason: Reason{Code: why},
	})
}

// backAlready tells whether a removed entry is there again: under its own id,
// with its mark, or as one that looks just like it.
func (u *undoer) backAlready(t *trail, l Link) bool {
	if row := u.row(t.side, t.was.ID); row != nil && row.Presence == Present {
		return true
	}
	for i := range u.in.Mirror[t.side] {
		row := &u.in.Mirror[t.side][i]
		it := &row.Item
		if row.Presence != Present {
			continue
		}
		marked := l.Stamp.Key != "" && it.Stamp.Office == u.in.Office && it.Stamp.Key == l.Stamp.Key
		alike := it.Subject == t.was.Subject && event.Diff(it.Event, t.was.Event)&(event.FieldWhen|event.FieldRecurrence) == 0
		if marked || alike {
			return true
		}
	}
	return false
}

// otherEnd is the end of l on side s, if it is there. One that another link
// has taken up since belongs to that.
func (u *undoer) otherEnd(l *Link, s event.Side) (have [2]*event.Item) {
	for id, other := range u.links {
		if id != l.ID && other.Refs[s].ID == l.Refs[s].ID {
			l.Refs[s] = event.Ref{}
		}
	}
	if row := u.row(s, l.Refs[s].ID); row != nil && row.Presence == Present {
		have[s] = &row.Item
	}
	return have
}

// unpair puts a link on hold that the run has made of two entries that were
// there before, or takes the hold off again that an undo has put on it. Their
// marks stay: they keep a lost store from pairing afresh.
func (u *undoer) unpair(p Past) {
	from, to := Live, Held
	if u.in.Redo && p.Was != nil {
		from, to = Held, p.Was.State
	}
	l := u.links[p.Link]
	if l == nil || l.State != from {
		return
	}
	var have [2]*event.Item
	hold := *l
	hold.State = to
	for _, s := range event.Sides() {
		row := u.row(s, l.Refs[s].ID)
		if row == nil || row.Presence != Present || u.busy(s, l.Refs[s].ID) {
			// With one end alone a link that is worked on would be deleted there.
			if other := u.row(s.Other(), l.Refs[s.Other()].ID); u.in.Redo && other != nil && other.Presence == Present {
				u.lost(&trail{side: s.Other(), link: l.ID}, &other.Item, UndoGone)
			}
			return
		}
		have[s], hold.Refs[s], hold.Base[s] = &row.Item, row.Item.Ref, row.Item.Event
	}
	u.actions = append(u.actions, Action{Kind: Pair, Side: event.Business, Link: l.ID, Have: have, Hold: &hold, Reason: Reason{Code: UndonePair}})
}

// held is the link after an action of an undo: what the action leaves of it, in
// the state that the undo gives it. A removal ends no link, it only takes an end.
func held(l Link, a Action, d Done, normalize [2]func(event.Event) event.Event) Link {
	out := l
	if l.ID == "" {
		out = *a.Hold
		out.ID = ""
	}
	out.State, out.Led = a.Hold.State, ledBy(l, a)
	switch a.Kind {
	case Pair:
		out.Refs, out.Base = a.Hold.Refs, a.Hold.Base
	case Create, Update:
		own := a.Side
		written := normalize[own](a.Want)
		if d.Exact && d.Item != nil {
			written = d.Item.Event
		}
		fields := a.Fields
		if a.Kind == Create {
			fields = event.AllFields
		}
		out.Base[own] = event.Take(out.Base[own], written, fields)
		if d.Item != nil {
			out.Refs[own] = d.Item.Ref
		}
		if own == event.Exchange && d.Stamp != (event.Stamp{}) {
			out.Stamp = d.Stamp
		}
	case Delete, Leave, Stamp, Unlink, Await, Ask, Skip:
	}
	return out
}
