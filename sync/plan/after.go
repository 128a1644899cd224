package plan

import "lockstep/sync/event"

// Done is what an endpoint said of an applied action.
type Done struct {
	// Item is the entry after the write; Ref is always set. After a Delete or
	// Leave it is nil.
	Item *event.Item
	// Exact: Item was read after the write, in the very version it returned.
	Exact bool
	// Stamp is the mark that went along, if any.
	Stamp event.Stamp
}

// After is the link once action a has been applied; keep is false when the
// link ends with it. The base moves only in the fields the action was about:
// on the written side to what was re-read, if that is exactly our write, else
// to what the side makes of it; on the other side to what was seen there.
func After(l Link, a Action, d Done, normalize [2]func(event.Event) event.Event) (out Link, keep bool) {
	if a.Hold != nil {
		return held(l, a, d, normalize), true
	}
	out = l
	for s, have := range a.Have {
		if have != nil {
			out.Refs[s] = have.Ref
			if have.UID != "" {
				out.UID = have.UID
			}
		}
	}
	switch a.Kind {
	case Unlink, Delete, Leave:
		return out, false
	case Await, Ask, Skip:
		return l, true
	case Pair:
		out.Base = pairedBase(a, normalize)
		out.Stamp = a.Have[event.Exchange].Stamp
		return out, true
	case Stamp:
		out.Stamp = d.Stamp
		if d.Item != nil {
			out.Refs[event.Exchange] = d.Item.Ref
		}
		return out, true
	case Create, Update:
	}
	out.Led = ledBy(l, a)
	out.Quiet = out.Quiet && a.Side != event.Exchange
	out.State = Live // what is written again is no longer on hold
	own, other := a.Side, a.Side.Other()
	written := normalize[own](a.Want)
	if d.Exact && d.Item != nil {
		written = d.Item.Event
	}
	fields := a.Fields
	if a.Kind == Create {
		fields, out.Origin = event.AllFields, OriginOf(other)
		out.Remade = out.Remade || a.Reason.Code == PutBackOnce
	}
	if fields.Has(event.FieldRecurrence) {
		fields &^= seriesAfter(&out, l, a, d, written)
	}
	out.Base[own] = event.Take(out.Base[own], written, fields)
	if have := a.Have[other]; have != nil {
		out.Base[other] = event.Take(out.Base[other], have.Event, fields)
	}
	if fields.Has(event.FieldWhen) { // agreed exceptions that were not written go along with the hour
		for s := range out.Base {
			out.Base[s], _ = event.Rekey(out.Base[s])
		}
	}
	if d.Item != nil {
		out.Refs[own] = d.Item.Ref
		if d.Item.UID != "" && out.UID == "" {
			out.UID = d.Item.UID
		}
	}
	if own == event.Exchange && d.Stamp != (event.Stamp{}) {
		out.Stamp = d.Stamp
	}
	return out, true
}

// pairedBase is the base of two entries that were there before us: each
// side's own content where both agree. A field in which they differ gets the
// other side's content as base, so that the next merge sees one change, from
// the side whose content Want holds.
func pairedBase(a Action, normalize [2]func(event.Event) event.Event) [2]event.Event {
	b, e := a.Have[event.Business], a.Have[event.Exchange]
	base := [2]event.Event{b.Event, e.Event}
	if a.Fields == 0 {
		return base
	}
	// a.Side is the side that shall be rewritten; seen from the other, the
	// fields changed there since a base that equals the side to be rewritten.
	from := a.Side.Other()
	base[from] = event.Take(base[from], normalize[from](a.Have[a.Side].Event), a.Fields)
	return base
}
