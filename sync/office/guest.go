package office

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// A guest is worked for by an engine like everybody else's, between two
// narrower views of his calendars: of the business system it sees what he
// shares with somebody who is switched on, of his mailbox only what links
// already hold and what is found there by mark or UID. Nothing flows back.

// guestCursor begins the cursors of both views, so that none passes for one of
// the calendars behind them, nor the reverse.
const guestCursor = "guest1 "

// lookEvery is how long a look-up that has found nothing is good for.
const lookEvery = 10 * time.Minute

// isGuest tells whether a person is given copies although nobody has switched
// him on. Where nothing may be written to Exchange there are no guests.
func isGuest(s state.Settings, p state.Person) bool {
	return s.Guests && s.Rules.Direction != plan.Collect && p.Guest && !p.Enabled && !p.OptedOut &&
		p.Accounts[event.Business] != "" && p.Accounts[event.Exchange] != ""
}

// guestKey makes the keys of a guest's copies out of what they are copies of:
// his mailbox is not listed, so that after a loss of the store they have to be
// found by keys that can be told again.
func guestKey(office string, who event.PersonID) func(event.ID) event.Key {
	return func(id event.ID) event.Key {
		sum := sha256.Sum256([]byte("lockstep guest\x00" + office + "\x00" + string(who) + "\x00" + string(id)))
		return event.Key("G" + strings.ToUpper(hex.EncodeToString(sum[:13])))
	}
}

// guest narrows a person's endpoints.
func (o *Office) guest(eps [2]endpoint.Endpoint, who state.Person, keyOf func(event.ID) event.Key) ([2]endpoint.Endpoint, error) {
	finder, ok := eps[event.Exchange].(endpoint.Finder)
	if !ok {
		return eps, &endpoint.Error{
			Op: "open guest's mailbox", Side: event.Exchange, Scope: endpoint.ScopeCalendar, Kind: endpoint.Invalid, Code: "no_lookup",
		}
	}
	store := o.State.Person(who.ID)
	colleagues := func() map[string]bool {
		_, out := o.now()
		return out
	}
	return [2]endpoint.Endpoint{
		event.Business: sharedOnly{view{eps[event.Business], store, event.Business}, colleagues},
		event.Exchange: &knownOnly{
			view: view{eps[event.Exchange], store, event.Exchange}, finder: finder, index: o.State.Index(),
			keyOf: keyOf, newKey: o.NewKey, now: o.Now, looked: map[event.ID]time.Time{},
		},
	}, nil
}

// view is a calendar with nothing but what an engine needs for a guest; above
// all nobody listens to it.
type view struct {
	endpoint.Endpoint
	store state.Store
	side  event.Side
}

var (
	_ endpoint.Identifier   = view{}
	_ endpoint.Clocked      = view{}
	_ endpoint.SeriesHolder = view{}
	_ endpoint.Refresher    = view{}
	_ endpoint.BulkFinder   = (*knownOnly)(nil)
)

// Identity is that of the calendar; empty where it cannot tell.
func (v view) Identity(ctx context.Context) (string, error) {
	if who, ok := v.Endpoint.(endpoint.Identifier); ok {
		return who.Identity(ctx)
	}
	return "", nil
}

// Skew is that of the calendar's server; none where it is not known.
func (v view) Skew() time.Duration {
	if c, ok := v.Endpoint.(endpoint.Clocked); ok {
		return c.Skew()
	}
	return 0
}

// Refresh is the calendar's.
func (v view) Refresh(since time.Time) { refresh(v.Endpoint, since) }

// HoldSeries is what the calendar says.
func (v view) HoldSeries(e event.Event) (event.Hold, string) {
	return endpoint.HoldSeries(v.Endpoint, e)
}

func (v view) trouble(k endpoint.Kind, code string, err error) *endpoint.Error {
	return &endpoint.Error{
		Op: "list guest's entries", Side: v.side, Scope: endpoint.ScopeCalendar, Kind: k, Code: code, Err: err,
	}
}

// memory is what the store knows of one side.
type memory struct {
	links map[event.ID]plan.Link // by the entry, or the series of which they hold an occurrence
	rows  map[event.ID]plan.Mirrored
}

// recall is the snapshot and, of it, what is known of this side.
func (v view) recall(ctx context.Context) (state.Snapshot, memory, error) {
	snap, err := v.store.Load(ctx)
	if err != nil {
		return snap, memory{}, v.trouble(endpoint.Internal, "store", err)
	}
	m := memory{map[event.ID]plan.Link{}, map[event.ID]plan.Mirrored{}}
	for _, l := range snap.Links {
		if id := whole(l.Refs[v.side].ID); id != "" {
			m.links[id] = l
		}
	}
	for _, row := range snap.Mirror[v.side] {
		m.rows[row.Item.ID] = row
	}
	return snap, m, nil
}

// whole is the id of the series that an id of an occurrence belongs to, and any
// other as it is.
func whole(id event.ID) event.ID {
	if series, _, part := event.SplitOccurrence(id); part {
		return series
	}
	return id
}

// sharedOnly is the part of a business calendar that its owner shares with
// somebody who is switched on. An entry that a link holds stays in it, so that
// it is neither frozen nor taken for deleted when that person leaves it.
type sharedOnly struct {
	view
	colleagues func() map[string]bool
}

// Changes are those of the calendar behind. Whenever other people are switched
// on, all entries are asked about anew.
func (b sharedOnly) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	on := b.colleagues()
	sum := sha256.Sum256([]byte(strings.Join(slices.Sorted(maps.Keys(on)), " ")))
	prefix := guestCursor + hex.EncodeToString(sum[:4]) + " "
	inner, ours := strings.CutPrefix(string(since), prefix)
	if since != "" && !ours {
		return endpoint.Delta{}, b.trouble(endpoint.CursorExpired, "other_people", nil)
	}
	d, err := b.Endpoint.Changes(ctx, endpoint.Cursor(inner), w)
	if err != nil {
		return d, err
	}
	d.Next = endpoint.Cursor(prefix) + d.Next
	if len(d.Changes) == 0 {
		return d, nil
	}
	_, known, err := b.recall(ctx)
	if err != nil {
		return endpoint.Delta{}, err
	}
	var out []endpoint.Change
	for _, ch := range d.Changes {
		_, linked := known.links[ch.ID]
		_, shown := known.rows[ch.ID]
		switch {
		case linked, ch.Item != nil && shares(ch.Item, on):
			out = append(out, ch)
		case shown && !d.Complete():
			out = append(out, endpoint.Change{ID: ch.ID, Gone: true})
		}
	}
	d.Changes = out
	return d, nil
}

// shares tells whether somebody of these takes part in an entry.
func shares(it *event.Item, on map[string]bool) bool {
	return on[it.Organizer] ||
		slices.ContainsFunc(it.Attendees, func(a event.Attendee) bool { return on[strings.ToLower(a.Address)] })
}

// knownOnly is a mailbox that is never listed. It tells of the entries that the
// store already knows, read by their ids, and of copies of what is about to be
// given to it, found by mark or UID.
type knownOnly struct {
	view
	finder endpoint.Finder
	index  state.Index
	keyOf  func(event.ID) event.Key
	newKey func() event.Key
	now    func() time.Time
	looked map[event.ID]time.Time // business entries whose copies were looked for
}

// FindStamped looks an entry up by its mark.
func (x *knownOnly) FindStamped(ctx context.Context, key event.Key) ([]event.Item, error) {
	return x.finder.FindStamped(ctx, key)
}

// FindUID looks an entry up by its UID.
func (x *knownOnly) FindUID(ctx context.Context, uid string) ([]event.Item, error) {
	return x.finder.FindUID(ctx, uid)
}

// FindEach looks many entries up at once where the mailbox can do that.
func (x *knownOnly) FindEach(ctx context.Context, wanted []endpoint.Wanted) ([][]event.Item, error) {
	if bulk, ok := x.finder.(endpoint.BulkFinder); ok {
		return bulk.FindEach(ctx, wanted)
	}
	out := make([][]event.Item, len(wanted))
	var err error
	for i, w := range wanted {
		switch {
		case w.Key != "":
			out[i], err = x.finder.FindStamped(ctx, w.Key)
		case w.UID != "":
			out[i], err = x.finder.FindUID(ctx, w.UID)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Changes are what has changed of what is known, and what was found. A complete
// enumeration tells of all of it. An entry is gone when its id leads nowhere;
// whether it lies in another folder is looked up by whoever is told so.
func (x *knownOnly) Changes(ctx context.Context, since endpoint.Cursor, w event.Window) (endpoint.Delta, error) {
	if since != "" && since != guestCursor {
		return endpoint.Delta{}, x.trouble(endpoint.CursorExpired, "not_a_guest", nil)
	}
	snap, known, err := x.recall(ctx)
	if err != nil {
		return endpoint.Delta{}, err
	}
	all := since == ""
	out, lost, err := x.again(ctx, known, all)
	if err != nil {
		return endpoint.Delta{}, err
	}
	wanted, asked, err := x.unmade(ctx, snap, w, all)
	if err != nil {
		return endpoint.Delta{}, err
	}
	more, err := x.lookUp(ctx, known, slices.Concat(lost, wanted), all)
	if err != nil {
		return endpoint.Delta{}, err
	}
	for _, id := range asked {
		x.looked[id] = x.now()
	}
	d := endpoint.Delta{Changes: append(out, more...), Next: guestCursor}
	slices.SortFunc(d.Changes, func(a, b endpoint.Change) int { return cmp.Compare(a.ID, b.ID) })
	if all {
		d.EnumID = string(x.newKey())
	}
	return d, nil
}

// again reads what is known by its ids. lost are the marks of what is not there.
func (x *knownOnly) again(ctx context.Context, known memory, all bool) (out []endpoint.Change, lost []endpoint.Wanted, err error) {
	ids := map[event.ID]bool{}
	for id := range known.links {
		ids[id] = known.rows[id].Presence != plan.Gone
	}
	for id, row := range known.rows {
		ids[id] = row.Presence != plan.Gone
	}
	maps.DeleteFunc(ids, func(_ event.ID, there bool) bool { return !there })
	got, err := x.read(ctx, slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return nil, nil, err
	}
	for _, g := range got {
		if g.Err != nil && g.Err.Kind == endpoint.NotFound {
			out = append(out, endpoint.Change{ID: g.ID, Gone: true})
			if l, ok := known.links[g.ID]; ok && (l.Stamp.Key != "" || l.UID != "") {
				lost = append(lost, endpoint.Wanted{Key: l.Stamp.Key, UID: l.UID})
			}
		} else if all || known.differs(g) {
			out = append(out, endpoint.Change{ID: g.ID, Item: g.Item, Err: g.Err})
		}
	}
	return out, lost, nil
}

// read reads entries by id. The trouble of one that is not its own is everybody's.
func (x *knownOnly) read(ctx context.Context, ids []event.ID) ([]endpoint.Got, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	got, err := x.Get(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, g := range got {
		if g.Err != nil && g.Err.Scope != endpoint.ScopeItem {
			return nil, g.Err
		}
	}
	return got, nil
}

// differs tells whether an entry is another one than the store knows.
func (m memory) differs(g endpoint.Got) bool {
	row, ok := m.rows[g.ID]
	if g.Item == nil {
		return !ok || row.Presence != plan.Unreadable
	}
	return !ok || row.Presence != plan.Present || row.Item.Version != g.Item.Version
}

// unmade are the business entries of the window that have no copy here, as what
// a copy would be found by: our own mark, and the meetings that colleagues hold.
func (x *knownOnly) unmade(ctx context.Context, snap state.Snapshot, w event.Window, all bool) (wanted []endpoint.Wanted, asked []event.ID, err error) {
	linked := map[event.ID]bool{}
	for _, l := range snap.Links {
		linked[whole(l.Refs[event.Business].ID)] = true
	}
	for _, row := range snap.Mirror[event.Business] {
		id := row.Item.ID
		age := x.now().Sub(x.looked[id])
		if row.Presence == plan.Present && !linked[id] && w.Holds(row.Item.Event) && (all || age < 0 || age >= lookEvery) {
			asked = append(asked, id)
			wanted = append(wanted, endpoint.Wanted{Key: x.keyOf(id)})
		}
	}
	if len(asked) == 0 {
		return nil, nil, nil
	}
	shared, err := x.index.Shared(ctx)
	if err != nil {
		return nil, nil, x.trouble(endpoint.Internal, "store", err)
	}
	for _, uid := range slices.Sorted(maps.Keys(shared)) {
		if slices.Contains(asked, shared[uid]) {
			wanted = append(wanted, endpoint.Wanted{UID: uid})
		}
	}
	return wanted, asked, nil
}

// lookUp reads what is found and not known yet.
func (x *knownOnly) lookUp(ctx context.Context, known memory, wanted []endpoint.Wanted, all bool) ([]endpoint.Change, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	found, err := x.FindEach(ctx, wanted)
	if err != nil {
		return nil, err
	}
	ids := map[event.ID]bool{}
	for _, hit := range slices.Concat(found...) {
		// What is known has been read already; what was gone may be back.
		if row, ok := known.rows[hit.ID]; !ok && known.links[hit.ID].ID == "" || ok && row.Presence == plan.Gone {
			ids[hit.ID] = true
		}
	}
	got, err := x.read(ctx, slices.Sorted(maps.Keys(ids)))
	if err != nil {
		return nil, err
	}
	var out []endpoint.Change
	for _, g := range got {
		if g.Item != nil && (all || known.differs(g)) {
			out = append(out, endpoint.Change{ID: g.ID, Item: g.Item})
		}
	}
	return out, nil
}
