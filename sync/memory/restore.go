package memory

import (
	"context"
	"slices"
	"time"

	"lockstep/sync/endpoint"
	"lockstep/sync/event"
)

var (
	_ endpoint.Restorer = (*person)(nil)
	_ endpoint.Restorer = marker{}
)

// Restore takes entries back: out of the trash where entries bear marks, into
// the entry where this person has only left it. Else the entry is made anew,
// for a deletion is final in a system without a trash.
func (p *person) Restore(ctx context.Context, ops []endpoint.Op) []endpoint.Result {
	p.mu.Lock()
	var anew []int
	out := make([]endpoint.Result, len(ops))
	fault, e := p.trouble(ctx, p.addr, "restore entries", false, true)
	lost := p.fail("restore entries", "", endpoint.OutcomeUnknown, endpoint.ScopeCalendar, "AnswerLost")
	for i, op := range ops {
		switch back := p.removed(op); {
		case e != nil:
			out[i].Err = e
		case fault == LoseRequest:
			out[i].Err = lost
		case back == nil:
			anew = append(anew, i)
		default:
			p.takeBack(back, op)
			p.counts.Written[op.Kind]++
			out[i] = p.answer(back, nil, 0)
		}
		if fault == LoseAnswer {
			out[i] = endpoint.Result{Err: lost}
		}
	}
	p.mu.Unlock()
	if len(anew) == 0 {
		return out
	}
	made := make([]endpoint.Op, len(anew))
	for n, i := range anew {
		made[n] = ops[i]
		made[n].Target = event.Ref{}
	}
	for n, res := range p.Apply(ctx, made) {
		if i := anew[n]; out[i].Err == nil {
			out[i] = res
		}
	}
	return out
}

// removed is the entry that an op brings back; nil if it is there no more.
func (p *person) removed(op endpoint.Op) *entry {
	e := p.entries[op.Target.ID]
	switch {
	case e == nil || p.shows(e, p.addr):
		return nil
	case p.opts.Caps.Keys && e.place == inTrash && e.home == p.addr, p.opts.Shared && e.place == inCalendar:
		return e
	}
	return nil
}

func (p *person) takeBack(e *entry, op endpoint.Op) {
	if e.place == inTrash {
		p.rename(e) // it has another id in another folder
	}
	p.change(e, func() {
		if e.place == inCalendar {
			e.item.Attendees = append(slices.Clip(e.item.Attendees), event.Attendee{Address: p.addr})
			return
		}
		e.place = inCalendar
		p.mark(e, op.Stamp)
	})
}

// Restored looks for the entry where it belongs.
func (p *person) Restored(ctx context.Context, op endpoint.Op, sentAt time.Time) (endpoint.Outcome, error) {
	p.mu.Lock()
	if e := p.entries[op.Target.ID]; e != nil && p.shows(e, p.addr) {
		it := p.view(e, p.addr)
		p.mu.Unlock()
		return endpoint.Outcome{Kind: endpoint.Applied, Item: &it}, nil
	}
	p.mu.Unlock()
	op.Target = event.Ref{}
	out, err := p.Settle(ctx, op, sentAt)
	if err == nil && out.Gone {
		return endpoint.Outcome{Kind: endpoint.NotApplied}, nil
	}
	return out, err
}
