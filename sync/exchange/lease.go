package exchange

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
	"lockstep/sync/exchange/ews"
)

// The lease is one property of a note in the calendar folder: there, and
// nowhere else, has every account that keeps the calendar in step the right to
// write. From Exchange 2010 on the note is a hidden (associated) item. Exchange
// 2007 knows none that a client could make, and a server may refuse one to who
// does not own the folder; there the note is a message, which a calendar does
// not show among its entries and no listing of ours tells of.
//
// An update with the change key that was read is compare-and-swap. Making the
// first note is not: who has made one looks again, and takes it back if there
// is any other.
const (
	leaseClass   = "IPM.Lockstep.Lease"
	leaseSubject = "Lockstep: which PC keeps this calendar in step. Do not delete."
	// maxHolder keeps the property below the length at which searches cut it.
	maxHolder   = 60
	maxProperty = 250
	// leaseTries bounds how often one call starts again because another
	// installation was faster.
	leaseTries = 4
)

func leaseField() ews.ExtendedFieldURI { return stampField("LockstepLease") }

func leaseShape() ews.Shape {
	return ews.Shape{Fields: []ews.FieldURI{ews.FieldDateTimeCreated}, Extended: []ews.ExtendedFieldURI{leaseField()}}
}

// leaseText is the property. Until is in seconds of the server's clock.
type leaseText struct {
	Token  string `json:"t"`
	Home   string `json:"h"`
	Until  int64  `json:"u"`
	Holder string `json:"w"`
}

// note is a lease as it was read.
type note struct {
	id      ews.ItemID
	created time.Time
	text    leaseText
}

var _ endpoint.Leaser = (*calendar)(nil)

// Lease is the lease as it stands.
//
// Cost: one GetItem; until the note has been found, two FindItem.
func (c *calendar) Lease(ctx context.Context) (endpoint.Lease, error) {
	notes, err := c.leaseNotes(ctx, "read lease")
	if err != nil || len(notes) == 0 {
		return endpoint.Lease{}, err
	}
	return c.leaseOf(binding(notes, c.serverNow()), ""), nil
}

// TakeLease writes a lease where none binds.
//
// Cost: one UpdateItem where the note is as it was last read; else that of Lease
// besides. The first time ever, one CreateItem and four FindItem.
func (c *calendar) TakeLease(ctx context.Context, want endpoint.Lease, lasts time.Duration, force bool) (endpoint.Lease, error) {
	const op = "take lease"
	for try := range leaseTries {
		notes, err := c.leaseNow(ctx, op, try == 0 && !force)
		if err != nil {
			return endpoint.Lease{}, err
		}
		now := c.serverNow()
		text := leaseText{Token: want.Token, Home: want.Home, Holder: cut(want.Holder), Until: now.Add(lasts).Unix()}
		if len(notes) == 0 {
			made, err := c.makeNote(ctx, op, text)
			if err != nil {
				return endpoint.Lease{}, err
			}
			if made != nil {
				return c.leaseOf(*made, ""), nil
			}
			continue
		}
		is := binding(notes, now)
		if is.live(now) && is.text.Home != want.Home && !force {
			if try == 0 {
				continue // what we remember of it may be over
			}
			return c.leaseOf(is, ""), nil
		}
		taken, err := c.swap(ctx, op, notes, text)
		if err == nil {
			return c.leaseOf(taken, is.id.ChangeKey), nil
		}
		if !endpoint.Is(err, endpoint.Precondition) && !endpoint.Is(err, endpoint.NotFound) {
			return endpoint.Lease{}, err
		}
	}
	return endpoint.Lease{}, &endpoint.Error{Op: op, Side: event.Exchange, Code: "lease_contended", Scope: endpoint.ScopeCalendar, Kind: endpoint.Unavailable}
}

// DropLease ends a lease of that token. The note stays, so that the next
// installation finds it.
func (c *calendar) DropLease(ctx context.Context, token string) error {
	const op = "drop lease"
	for try := range leaseTries {
		notes, err := c.leaseNow(ctx, op, try == 0)
		if err != nil || len(notes) == 0 || token == "" {
			return err
		}
		is := binding(notes, c.serverNow())
		if is.text.Token != token {
			return nil
		}
		_, err = c.swap(ctx, op, []note{is}, leaseText{Home: is.text.Home, Holder: is.text.Holder})
		if !endpoint.Is(err, endpoint.Precondition) {
			return err
		}
	}
	return nil // it was written again and again: by others, who hold it now
}

// leaseNow is the note as we remember it, if we do and that will do, or as it
// is now.
func (c *calendar) leaseNow(ctx context.Context, op string, remembered bool) ([]note, error) {
	c.mu.Lock()
	known := c.note
	c.mu.Unlock()
	if remembered && known.id.ChangeKey != "" {
		return []note{known}, nil
	}
	return c.leaseNotes(ctx, op)
}

// leaseNotes reads the note that is known, or looks for notes: one, unless two
// installations made one each and one of them died before it took it back.
func (c *calendar) leaseNotes(ctx context.Context, op string) ([]note, error) {
	c.mu.Lock()
	known := c.note
	c.mu.Unlock()
	if known.id.ID != "" {
		got, err := c.box.GetItem(ctx, []ews.ItemRef{ews.Ref(ews.ItemID{ID: known.id.ID})}, leaseShape())
		if err != nil {
			return nil, failed(op, err, endpoint.ScopeCalendar)
		}
		if got[0].Err == nil {
			n := readNote(&got[0].Item)
			c.knowNote(n)
			return []note{n}, nil
		}
		if trouble := failed(op, got[0].Err, endpoint.ScopeCalendar); trouble.Kind != endpoint.NotFound {
			return nil, trouble
		}
		c.knowNote(note{})
	}
	var out []note
	for _, hidden := range []bool{true, false} {
		found, err := c.box.FindNotes(ctx, calendarFolder(), hidden, leaseField(), leaseShape())
		if err != nil {
			return nil, failed(op, err, endpoint.ScopeCalendar)
		}
		for i := range found {
			if found[i].Element != entryElement { // what a person copied it into is not ours
				out = append(out, readNote(&found[i]))
			}
		}
	}
	slices.SortFunc(out, func(a, b note) int {
		if d := a.created.Compare(b.created); d != 0 {
			return d
		}
		return strings.Compare(a.id.ID, b.id.ID)
	})
	if len(out) == 1 {
		c.knowNote(out[0])
	}
	return out, nil
}

func (c *calendar) knowNote(n note) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.note = n
}

// readNote reads a lease. One that cannot be understood binds nobody.
func readNote(it *ews.CalendarItem) note {
	out := note{id: it.ID, created: it.DateTimeCreated.Time}
	p, _ := it.ExtendedValue(leaseField())
	if err := json.Unmarshal([]byte(p.Value), &out.text); err != nil {
		out.text = leaseText{}
	}
	return out
}

func (n note) live(server time.Time) bool {
	return n.text.Token != "" && server.Unix() < n.text.Until
}

// binding is the note that counts: the one that binds, else the oldest.
func binding(notes []note, server time.Time) note {
	for _, n := range notes {
		if n.live(server) {
			return n
		}
	}
	return notes[0]
}

// swap writes a lease over the oldest note, if it is still as it was read, and
// removes all others.
func (c *calendar) swap(ctx context.Context, op string, notes []note, text leaseText) (note, error) {
	value, err := text.property()
	if err != nil {
		return note{}, failed(op, err, endpoint.ScopeCalendar)
	}
	id, err := c.box.UpdateNote(ctx, notes[0].id, []ews.ExtendedProperty{value})
	if err != nil {
		return note{}, forbidden(failed(op, err, endpoint.ScopeItem))
	}
	n := note{id: id, created: notes[0].created, text: text}
	c.knowNote(n)
	if len(notes) > 1 {
		refs := make([]ews.ItemRef, 0, len(notes)-1)
		for _, n := range notes[1:] {
			refs = append(refs, ews.Ref(n.id))
		}
		if err := c.removeNotes(ctx, op, refs); err != nil {
			return note{}, err
		}
	}
	return n, nil
}

// makeNote makes the first note of a mailbox. It is nil when another
// installation made one at the same time; ours is gone then.
func (c *calendar) makeNote(ctx context.Context, op string, text leaseText) (*note, error) {
	value, err := text.property()
	if err != nil {
		return nil, failed(op, err, endpoint.ScopeCalendar)
	}
	n := ews.Note{Class: leaseClass, Subject: leaseSubject, Extended: []ews.ExtendedProperty{value}, Hidden: true}
	id, err := c.box.CreateNote(ctx, calendarFolder(), n)
	if trouble := failedOrNil(op, err); trouble != nil && refuses(trouble) {
		n.Hidden = false
		id, err = c.box.CreateNote(ctx, calendarFolder(), n)
	}
	if err != nil {
		return nil, forbidden(failed(op, err, endpoint.ScopeItem))
	}
	notes, err := c.leaseNotes(ctx, op)
	if err != nil {
		return nil, err
	}
	if len(notes) == 1 && notes[0].id.ID == id.ID {
		return &notes[0], nil
	}
	c.knowNote(note{})
	return nil, c.removeNotes(ctx, op, []ews.ItemRef{ews.Ref(id)})
}

// removeNotes deletes notes of our own, for good: nobody could want them back.
func (c *calendar) removeNotes(ctx context.Context, op string, refs []ews.ItemRef) error {
	errs, err := c.box.DeleteItem(ctx, refs, ews.DeleteOptions{Disposal: ews.HardDelete})
	if err != nil {
		return failed(op, err, endpoint.ScopeCalendar)
	}
	for _, err := range errs {
		if trouble := failedOrNil(op, err); trouble != nil && trouble.Kind != endpoint.NotFound {
			return trouble
		}
	}
	return nil
}

func failedOrNil(op string, err error) *endpoint.Error {
	if err == nil {
		return nil
	}
	return failed(op, err, endpoint.ScopeItem)
}

// refuses tells an account that may not do this from any other trouble.
func refuses(e *endpoint.Error) bool {
	return e.Scope != endpoint.ScopeAccount && (e.Kind == endpoint.Forbidden || e.Kind == endpoint.Invalid)
}

// forbidden puts a refusal to write the note on the note: the calendar itself
// may be good to read.
func forbidden(e *endpoint.Error) *endpoint.Error {
	if refuses(e) {
		e.Scope = endpoint.ScopeItem
	}
	return e
}

func (t leaseText) property() (ews.ExtendedProperty, error) {
	b, err := json.Marshal(t)
	for err == nil && len(b) > maxProperty && t.Holder != "" {
		_, n := utf8.DecodeLastRuneInString(t.Holder)
		t.Holder = t.Holder[:len(t.Holder)-n]
		b, err = json.Marshal(t)
	}
	return ews.ExtendedProperty{URI: leaseField(), Value: string(b)}, err
}

func cut(holder string) string {
	r := []rune(holder)
	return string(r[:min(len(r), maxHolder)])
}

// serverNow is the time of the server that has just answered.
func (c *calendar) serverNow() time.Time { return c.conn.client.Now().Add(c.Skew()) }

func (c *calendar) leaseOf(n note, over string) endpoint.Lease {
	out := endpoint.Lease{Version: n.id.ChangeKey, Over: over}
	if n.text.Token != "" {
		out.Token, out.Home, out.Holder = n.text.Token, n.text.Home, n.text.Holder
		out.Until = time.Unix(n.text.Until, 0).Add(-c.Skew()).UTC()
	}
	return out
}
