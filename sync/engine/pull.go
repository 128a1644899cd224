package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/plan"
	"lockstep/sync/state"
)

// IdentityError says that an account or mailbox is not the one that the
// mirror was pulled from. Nothing of it has been stored.
type IdentityError struct {
	Side event.Side
}

// Error names the side.
func (e *IdentityError) Error() string {
	return fmt.Sprintf("%s: this is another account or mailbox than before", e.Side)
}

// marks is what a pull must know of the store. The engine is the only writer
// of its person's state, so it reads them once and then keeps count itself: an
// idle cycle reads nothing but its cursors' answers.
type marks struct {
	loaded   bool
	cursors  [2]endpoint.Cursor
	swept    [2]time.Time
	identity [2]string
	privacy  [2]string
	covers   [2]event.Window
	// stored is when each side's cursor was last stored.
	stored [2]time.Time
	// known: the account and mailbox have been compared since the start. The
	// cursor of a feed by time is good for any of them.
	known [2]bool
}

// pullBoth brings both mirrors up to date and tells whether anything came. A
// side that was not listed whole since swept is. What came, or may have come
// before an error, ends idleness: the cursors will not tell of it again.
func (e *Engine) pullBoth(ctx context.Context, full bool, swept time.Time) (changed bool, err error) {
	defer func() { e.idle = e.idle && !changed && err == nil }()
	if err := e.remember(ctx); err != nil {
		return false, err
	}
	for _, s := range event.Sides() {
		other := e.privacy(s) != e.marks.privacy[s]
		if other && e.privacy(s) != "" {
			if err := e.tighten(ctx, s); err != nil {
				return changed, err
			}
		}
		came, err := e.pull(ctx, s, full || other || e.widened(s) || e.sweepDue(s, swept))
		if err != nil {
			e.marks.loaded = false // what was stored and what was not is known to the store alone
			return changed, err
		}
		changed = changed || came
	}
	return changed, nil
}

// remember reads the marks unless they are known.
func (e *Engine) remember(ctx context.Context) error {
	if e.marks.loaded {
		return nil
	}
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	e.marks = marks{
		loaded: true, cursors: snap.Cursors, swept: snap.Swept, identity: snap.Identity, privacy: snap.Privacy,
		covers: snap.Covers,
	}
	return nil
}

// sweepDue tells whether a side must be listed whole: it was not since then,
// or has nothing but its absence to tell of a deletion.
func (e *Engine) sweepDue(s event.Side, since time.Time) bool {
	if e.marks.cursors[s] == "" || e.marks.swept[s].Before(since) {
		return true
	}
	if e.Endpoints[s].Capabilities().Tombstones {
		return false
	}
	every := e.Rules().SweepEvery
	if every == 0 {
		every = 10 * time.Minute
	}
	age := e.Now().Sub(e.marks.swept[s])
	return age >= every || age < 0 // a sweep in the future was timed by a wrong clock
}

// strip is how much a window may reach beyond what was listed until the listing
// of the next night: two days, and the change of the clocks.
const strip = 51 * time.Hour

// widened tells whether a rule now takes days into the window that were not
// listed, of which no cursor tells. That the window moves on with the day is
// left to the night.
func (e *Engine) widened(s event.Side) bool {
	w, listed := e.Rules().Window, e.marks.covers[s]
	if e.marks.cursors[s] == "" || listed.IsZero() {
		return false
	}
	const clocks = 3 * time.Hour
	return w.From.Before(listed.From.Add(-clocks)) || w.To.After(listed.To.Add(strip)) ||
		w.To.Sub(w.From) > listed.To.Sub(listed.From)+clocks
}

// pull stores the changes of one side, page by page, each with its cursor.
//
// A listing of the whole side names what is there and nothing that was deleted
// since the cursor that it replaces. That cursor stays stored until the last
// page, which is stored together with the deletions that the cursor tells of.
func (e *Engine) pull(ctx context.Context, s event.Side, full bool) (changed bool, err error) {
	identity := ""
	if full || !e.marks.known[s] {
		if identity, err = e.checkIdentity(ctx, s, e.marks.identity[s]); err != nil {
			return false, err
		}
	}
	var before *replaced
	cursor, covers := e.marks.cursors[s], event.Window{}
	if full {
		before, cursor = e.replaces(s, cursor), ""
	}
	window, privacy := e.Rules().Window, e.privacy(s)
	for more := true; more; {
		d, err := e.Endpoints[s].Changes(ctx, cursor, window)
		if endpoint.Is(err, endpoint.CursorExpired) && cursor != "" {
			if before == nil {
				e.marks.cursors[s] = "" // it tells of nothing any more
			}
			return e.pull(ctx, s, true)
		}
		if err != nil {
			return changed, fmt.Errorf("list %s changes: %w", s, err)
		}
		next, err := before.page(ctx, &d, window)
		if err != nil {
			return changed, err
		}
		if err := e.prepare(ctx, s, &d); err != nil {
			return changed, err
		}
		p := state.Pull{
			Changes: d.Changes, Next: next, EnumID: d.EnumID, Last: !d.More,
			Covers: d.Covers, Identity: identity, At: e.Now(), Privacy: privacy,
		}
		if err := e.storePage(ctx, s, p, before != nil); err != nil {
			return changed, err
		}
		cursor, more, covers = d.Next, d.More, d.Covers
		full = full || d.Complete()
		changed = changed || len(d.Changes) > 0
	}
	e.marks.cursors[s], e.marks.known[s] = cursor, true
	if identity != "" {
		e.marks.identity[s] = identity
	}
	if full {
		e.marks.swept[s], e.marks.privacy[s], e.marks.covers[s] = e.Now(), privacy, covers
	}
	if full || changed {
		return true, e.settleMissing(ctx, s, cursor)
	}
	return changed, nil
}

// restore is how old the stored cursor of a side may become where newer ones tell
// of nothing. To ask from it again after a start shows nothing but what came
// since, and to store one in each cycle would be most of what an office at rest does.
const restore = 5 * time.Minute

// storePage stores a page of changes and its cursor, or leaves it for later where
// it is nothing but a cursor. listing: the page belongs to a listing of the whole side.
func (e *Engine) storePage(ctx context.Context, s event.Side, p state.Pull, listing bool) error {
	bare := len(p.Changes) == 0 && p.EnumID == "" && p.Last && p.Identity == "" && !listing
	if age := p.At.Sub(e.marks.stored[s]); bare && age >= 0 && age < restore {
		return nil
	}
	if err := e.Store.SavePull(ctx, s, p); err != nil {
		return fmt.Errorf("store %s changes: %w", s, err)
	}
	e.marks.stored[s] = p.At
	return nil
}

// prepare makes of a page what may be stored.
func (e *Engine) prepare(ctx context.Context, s event.Side, d *endpoint.Delta) error {
	var hidden []event.ID
	d.Changes, hidden = e.concealAll(s, d.Changes)
	if err := e.keepMoved(ctx, s, d.Changes); err != nil {
		return err
	}
	return e.turned(ctx, s, hidden)
}

// checkIdentity asks an endpoint that can tell which mailbox it is.
func (e *Engine) checkIdentity(ctx context.Context, s event.Side, known string) (string, error) {
	who, ok := e.Endpoints[s].(endpoint.Identifier)
	if !ok {
		return "", nil
	}
	now, err := who.Identity(ctx)
	if err != nil {
		return "", fmt.Errorf("identify %s account: %w", s, err)
	}
	if known != "" && now != known {
		return "", &IdentityError{Side: s}
	}
	return now, nil
}

// keepMoved looks linked entries up that a feed calls gone: one that a person
// dragged to another folder, or that came back under a new id, is not deleted.
func (e *Engine) keepMoved(ctx context.Context, s event.Side, changes []endpoint.Change) error {
	finder, ok := e.Endpoints[s].(endpoint.Finder)
	if !ok || !slices.ContainsFunc(changes, func(c endpoint.Change) bool { return c.Gone }) {
		return nil
	}
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	linked, parts := linksByID(snap.Links, s), tied(snap, s)
	var at []int
	var wanted []endpoint.Wanted
	for i, c := range changes {
		if l, known := linked[c.ID]; c.Gone && known {
			at, wanted = append(at, i), append(wanted, endpoint.Wanted{Key: l.Stamp.Key, UID: l.UID})
		} else if uid, known := parts[c.ID]; c.Gone && known && uid != "" {
			at, wanted = append(at, i), append(wanted, endpoint.Wanted{UID: uid})
		}
	}
	if len(at) == 0 {
		return nil
	}
	found, err := findEach(ctx, finder, wanted)
	if err != nil {
		return fmt.Errorf("look for moved %s entry: %w", s, err)
	}
	for i, n := range at {
		id := changes[n].ID
		if slices.ContainsFunc(found[i], func(hit event.Item) bool { return hit.ID != id }) {
			changes[n] = endpoint.Change{ID: id, Err: &endpoint.Error{
				Op: "look for moved entry", Side: s, ID: id, Code: plan.MovedElsewhere, Kind: endpoint.NotFound,
			}}
		}
	}
	return nil
}

// findEach looks the Exchange ends of links up by their marks, else by their
// UIDs.
func findEach(ctx context.Context, f endpoint.Finder, wanted []endpoint.Wanted) (found [][]event.Item, err error) {
	if bulk, ok := f.(endpoint.BulkFinder); ok {
		found, err = bulk.FindEach(ctx, wanted)
		if err == nil && len(found) != len(wanted) {
			return nil, fmt.Errorf("find entries: %d answers for %d questions", len(found), len(wanted))
		}
		return found, err
	}
	found = make([][]event.Item, len(wanted))
	for i, w := range wanted {
		switch {
		case w.Key != "":
			found[i], err = f.FindStamped(ctx, w.Key)
		case w.UID != "":
			found[i], err = f.FindUID(ctx, w.UID)
		}
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// settleMissing looks into what is not listed any more. Entries
// that came back under new ids are tied again; without tombstones "gone" by
// id completes the proof of a deletion; anything else stays missing.
func (e *Engine) settleMissing(ctx context.Context, s event.Side, cursor endpoint.Cursor) error {
	snap, err := e.Store.Load(ctx)
	if err != nil {
		return fmt.Errorf("load state: %w", err)
	}
	moved := plan.Relink(snap.Links, snap.Mirror, s, e.Office)
	if len(moved) > 0 {
		if err := e.Store.SaveLinks(ctx, moved); err != nil {
			return fmt.Errorf("store links: %w", err)
		}
		snap.Links = updated(snap.Links, moved)
	}
	linked, parts := linksByID(snap.Links, s), tied(snap, s)
	var ask []event.ID
	var changes []endpoint.Change
	for _, m := range snap.Mirror[s] {
		if m.Presence != plan.Missing {
			continue
		}
		_, whole := linked[m.Item.ID]
		if _, part := parts[m.Item.ID]; whole || part {
			ask = append(ask, m.Item.ID)
		} else {
			changes = append(changes, endpoint.Change{ID: m.Item.ID, Gone: true})
		}
	}
	found, err := e.proof(ctx, s, ask)
	if err != nil {
		return err
	}
	changes = append(changes, found...)
	if len(changes) == 0 {
		return nil
	}
	// The page bears no EnumID and the cursor that is already stored: it only
	// adds to what the enumeration told.
	p := state.Pull{Changes: changes, Next: cursor, Last: true, At: e.Now()}
	if err := e.Store.SavePull(ctx, s, p); err != nil {
		return fmt.Errorf("store %s changes: %w", s, err)
	}
	return nil
}

// proof reads missing entries by id. NotFound proves a deletion only where
// the side has no tombstones; where it has them, only a tombstone does.
func (e *Engine) proof(ctx context.Context, s event.Side, ids []event.ID) ([]endpoint.Change, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	got, err := e.Endpoints[s].Get(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read missing %s entries: %w", s, err)
	}
	var out []endpoint.Change
	for _, g := range got {
		switch {
		case g.Item != nil:
			out = append(out, endpoint.Change{ID: g.ID, Item: e.conceal(s, g.Item)})
		case g.Err != nil && g.Err.Kind == endpoint.NotFound && g.Err.Scope == endpoint.ScopeItem &&
			!e.Endpoints[s].Capabilities().Tombstones:
			out = append(out, endpoint.Change{ID: g.ID, Gone: true})
		}
	}
	return out, nil
}

func linksByID(links []plan.Link, s event.Side) map[event.ID]plan.Link {
	out := make(map[event.ID]plan.Link, len(links))
	for _, l := range links {
		if id := l.Refs[s].ID; id != "" {
			out[id] = l
		}
	}
	return out
}

// linkedSeries are the series on s of which links hold single occurrences, with
// the UID of the meeting if it has one.
func linkedSeries(links []plan.Link, s event.Side) map[event.ID]string {
	out := map[event.ID]string{}
	for _, l := range links {
		if series, _, ok := event.SplitOccurrence(l.Refs[s].ID); ok {
			uid, _, _ := event.SplitOccurrence(event.ID(l.UID))
			out[series] = string(uid)
		}
	}
	return out
}
