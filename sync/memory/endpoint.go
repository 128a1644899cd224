package memory

import (
	"context"
	"slices"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
)

// person is one person's calendar in the system.
type person struct {
	*Calendar
	addr string
}

// marker is a person's calendar in a system where entries bear marks.
type marker struct{ *person }

var (
	_ endpoint.Endpoint   = (*person)(nil)
	_ endpoint.Watcher    = (*person)(nil)
	_ endpoint.Identifier = (*person)(nil)
	_ endpoint.Finder     = marker{}
)

// Endpoint is a person's calendar. It is an endpoint.Watcher and an
// endpoint.Identifier, and with Caps.Keys an endpoint.Finder.
func (c *Calendar) Endpoint(p event.PersonID) endpoint.Endpoint {
	out := &person{c, address(p)}
	if c.opts.Caps.Keys {
		return marker{out}
	}
	return out
}

// Capabilities are those of the Options.
func (p *person) Capabilities() event.Capabilities { return p.opts.Caps }

// Normalize is what the system makes of e.
func (p *person) Normalize(e event.Event) event.Event { return p.opts.normalize(e) }

// Identity names the account and the mailbox.
func (p *person) Identity(ctx context.Context) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, e := p.trouble(ctx, p.addr, "identify account", false, false); e != nil {
		return "", e
	}
	return p.account + "/" + p.addr, nil
}

// Watch hints at every change of this calendar until ctx ends.
func (p *person) Watch(ctx context.Context) (<-chan struct{}, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, e := p.trouble(ctx, p.addr, "watch calendar", false, false); e != nil {
		return nil, e
	}
	ch := make(chan struct{}, 1)
	p.watchers[p.addr] = append(p.watchers[p.addr], ch)
	context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.watchers[p.addr] = slices.DeleteFunc(p.watchers[p.addr], func(o chan struct{}) bool { return o == ch })
		close(ch)
	})
	return ch, nil
}

// FindStamped looks in all folders but the trash.
func (m marker) FindStamped(ctx context.Context, key event.Key) ([]event.Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, e := m.trouble(ctx, m.addr, "find mark", false, false); e != nil {
		return nil, e
	}
	return m.marked(key, func(e *entry) bool { return e.place != inTrash }), nil
}

// FindUID looks in all folders but the trash.
func (m marker) FindUID(ctx context.Context, uid string) ([]event.Item, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, e := m.trouble(ctx, m.addr, "find meeting", false, false); e != nil {
		return nil, e
	}
	var out []event.Item
	for _, e := range m.sorted(func(e *entry) bool {
		return uid != "" && e.item.UID == uid && e.place != inTrash && e.home == m.addr
	}) {
		out = append(out, m.view(e, m.addr))
	}
	return out, nil
}

// Apply carries out ops as one request.
func (p *person) Apply(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts.Apply++
	out := make([]endpoint.Result, len(ops))
	all := func(e *endpoint.Error) []endpoint.Result {
		for i := range out {
			out[i] = endpoint.Result{Err: e}
		}
		return out
	}
	fault, e := p.trouble(ctx, p.addr, "apply writes", false, true)
	if e != nil {
		return all(e)
	}
	ofKind := map[endpoint.OpKind]int{}
	for _, op := range ops {
		if ofKind[op.Kind]++; ofKind[op.Kind] > p.opts.Caps.Batch {
			return all(p.fail("apply writes", "", endpoint.Internal, endpoint.ScopeCalendar, "BatchTooLarge"))
		}
	}
	if p.opts.Caps.ReadOnly {
		return all(p.fail("apply writes", "", endpoint.Forbidden, endpoint.ScopeCalendar, "ReadOnly"))
	}
	lost := p.fail("apply writes", "", endpoint.OutcomeUnknown, endpoint.ScopeCalendar, "AnswerLost")
	if fault == LoseRequest {
		return all(lost)
	}
	for i, op := range ops {
		out[i] = p.apply(op)
		if out[i].Err == nil {
			p.counts.Written[op.Kind]++
			p.counts.Mails += out[i].Notified
		}
	}
	if fault == LoseAnswer {
		return all(lost)
	}
	return out
}

// apply carries out one op.
func (p *person) apply(op endpoint.Op) endpoint.Result {
	if op.Kind == endpoint.Create {
		return p.create(op)
	}
	if _, _, one := event.SplitOccurrence(op.Target.ID); one {
		return p.applyOne(op)
	}
	name := op.Kind.String() + " entry"
	e, ok := p.entries[op.Target.ID]
	if !ok || !p.shows(e, p.addr) {
		return endpoint.Result{Err: p.notFound(name, op.Target.ID)}
	}
	if e.item.Version != op.Target.Version {
		return endpoint.Result{Err: p.fail(name, e.item.ID, endpoint.Precondition, endpoint.ScopeItem, "Stale")}
	}
	if code := p.forbidden(e, op); code != "" {
		return endpoint.Result{Err: p.fail(name, e.item.ID, endpoint.Forbidden, endpoint.ScopeItem, code)}
	}
	before := p.view(e, p.addr)
	fields := op.Fields & p.opts.Caps.Fields
	switch op.Kind {
	case endpoint.Update:
		want := event.Take(e.item.Event, p.opts.normalize(op.Want), fields)
		if code := refused(want); code != "" {
			return endpoint.Result{Err: p.fail(name, e.item.ID, endpoint.Invalid, endpoint.ScopeItem, code)}
		}
		if want.Recurrence != nil && fields&(event.FieldWhen|event.FieldRecurrence) != 0 {
			if err := p.writeSeries(e, p.opts.normalize(want), op.Stamp); err != nil {
				return p.inPart(e, err)
			}
			break
		}
		p.change(e, func() {
			e.item.Event = want
			p.mark(e, op.Stamp)
		})
	case endpoint.Mark:
		p.change(e, func() { p.mark(e, op.Stamp) })
	case endpoint.Delete:
		p.change(e, func() { e.place = inTrash })
		return p.answer(nil, &before, p.mailed(before, op))
	case endpoint.Leave:
		p.leave(e, p.addr)
		return p.answer(nil, &before, p.mailed(before, op))
	case endpoint.Create:
	}
	return p.answer(e, &before, p.mailed(before, op))
}

func (p *person) create(op endpoint.Op) endpoint.Result {
	if code := refused(p.opts.normalize(op.Want)); code != "" {
		return endpoint.Result{Err: p.fail("create entry", "", endpoint.Invalid, endpoint.ScopeItem, code)}
	}
	it := event.Item{Event: op.Want}
	if p.opts.Caps.Keys {
		it.Stamp = op.Stamp
	}
	whole := it.Event
	if whole = p.opts.normalize(whole); whole.Recurrence != nil {
		it.Event = bareSeries(whole)
	}
	e := p.add(p.addr, it)
	if whole.Recurrence != nil && len(whole.Recurrence.Overrides)+len(whole.Recurrence.Deleted) > 0 {
		if err := p.writeSeries(e, whole, event.Stamp{}); err != nil {
			return p.inPart(e, err)
		}
	}
	return p.answer(e, nil, p.mailed(e.item, op))
}

// inPart is the Result of a series that was written in part.
func (p *person) inPart(e *entry, err *endpoint.Error) endpoint.Result {
	if err.Kind == endpoint.OutcomeUnknown {
		return endpoint.Result{Err: err}
	}
	it := p.view(e, p.addr)
	return endpoint.Result{Item: &it, Err: err}
}

// mark writes a stamp where the system keeps any.
func (p *person) mark(e *entry, s event.Stamp) {
	if p.opts.Caps.Keys && s != (event.Stamp{}) {
		e.item.Stamp = s
	}
}

// answer is the Result of a successful write; e is nil when it took the entry away.
func (p *person) answer(e *entry, before *event.Item, mailed int) endpoint.Result {
	out := endpoint.Result{Notified: mailed}
	if !p.opts.Caps.Preconditions {
		out.Before = before // it had to be read to compare its version
	}
	if e == nil {
		return out
	}
	it := p.view(e, p.addr)
	out.Exact = !p.opts.Bare
	if p.opts.Bare {
		it = event.Item{Ref: it.Ref}
	}
	out.Item = &it
	return out
}

// mailed is how many people hear of a write to it: those who are in it.
func (p *person) mailed(it event.Item, op endpoint.Op) int {
	if op.Notify == endpoint.NotifyNobody || op.Kind == endpoint.Mark {
		return 0
	}
	n := 0
	for _, a := range it.Attendees {
		if a.Address != p.addr {
			n++
		}
	}
	const told = event.FieldWhen | event.FieldLocation | event.FieldRecurrence
	same := op.Kind == endpoint.Update && event.Diff(it.Event, p.opts.normalize(op.Want))&op.Fields&told == 0
	if same || it.Standing == event.StandingParticipant {
		p.counts.Idle += n
	}
	return n
}

// forbidden is why this person may not do that; empty if he may. Only the
// owner moves and deletes what others are in as well.
func (p *person) forbidden(e *entry, op endpoint.Op) string {
	participant := p.view(e, p.addr).Standing == event.StandingParticipant
	switch op.Kind {
	case endpoint.Delete:
		if p.opts.Caps.NoDelete {
			return "NoDelete"
		}
		if participant && p.opts.Shared {
			return "NotTheOwner"
		}
	case endpoint.Update:
		if participant && p.opts.Shared && op.Fields.Has(event.FieldWhen) {
			return "NotTheOwner"
		}
		if participant && !p.opts.Shared && !p.mayFollow(e, op) {
			return "NotTheOrganizer"
		}
	case endpoint.Mark:
		if !p.opts.Caps.Keys {
			return "NoMarks"
		}
	case endpoint.Create, endpoint.Leave:
	}
	return ""
}

// mayFollow tells whether op may be written to a copy of somebody else's meeting.
func (p *person) mayFollow(e *entry, op endpoint.Op) bool {
	const meeting = event.FieldWhen | event.FieldLocation | event.FieldSubject | event.FieldNotes | event.FieldRecurrence
	if op.Fields&p.opts.Caps.Fields&meeting == 0 {
		return true
	}
	return op.Follow && op.Notify == endpoint.NotifyNobody && e.item.Recurrence == nil && op.Want.Recurrence == nil
}

func (p *person) notFound(op string, id event.ID) *endpoint.Error {
	return p.fail(op, id, endpoint.NotFound, endpoint.ScopeItem, "NoSuchEntry")
}

func (p *person) fail(op string, id event.ID, k endpoint.Kind, s endpoint.Scope, code string) *endpoint.Error {
	return &endpoint.Error{Op: op, Side: p.opts.Side, ID: id, Code: code, Scope: s, Kind: k}
}
