package plan

import "lockstep/sync/event"

// SharedFields are the fields that are kept in step: those that both sides
// declare.
func SharedFields(caps [2]event.Capabilities) event.FieldSet {
	return caps[event.Business].Fields & caps[event.Exchange].Fields
}

// Agreed is the state that a link's mark is the digest of: the base of the
// Exchange end as the business side would hold it, in the fields both sides
// declare, in a rendering that does not depend on zones' names or on how
// people are spelled.
func Agreed(l Link, caps [2]event.Capabilities, normalize [2]func(event.Event) event.Event) event.Event {
	return zones(nil).agreed(l.Base[event.Exchange], SharedFields(caps), normalize)
}

func (z zones) agreed(e event.Event, shared event.FieldSet, normalize [2]func(event.Event) event.Event) event.Event {
	return z.canonical(event.Only(normalize[event.Business](e), shared))
}

// StampOf is the mark that the Exchange end of l should bear: it names the
// business end and carries the digest of what is Agreed; a link that is to be
// left alone or on hold has agreed on nothing. key is used for an entry that bears none
// yet, because a key, once written, names the entry for good.
func StampOf(
	l Link, office string, key event.Key, digest func(event.Event) string,
	caps [2]event.Capabilities, normalize [2]func(event.Event) event.Event,
) event.Stamp {
	return zones(nil).stampOf(l, office, key, digest, SharedFields(caps), normalize)
}

func (z zones) stampOf(
	l Link, office string, key event.Key, digest func(event.Event) string,
	shared event.FieldSet, normalize [2]func(event.Event) event.Event,
) event.Stamp {
	st := event.Stamp{Office: office, Partner: l.Refs[event.Business].ID, Key: key, Left: l.State == Never}
	if l.Stamp.Key != "" {
		st.Key = l.Stamp.Key
	}
	if l.State == Live && digest != nil {
		st.Digest = digest(z.agreed(l.Base[event.Exchange], shared, normalize))
	}
	return st
}

// mark plans the mark of a live link that nothing is written to in this plan.
// An Update carries the mark along; one that only writes to the business side
// is followed by the mark in the next plan, when it is known to have arrived.
func (p *planner) mark(l Link, have [2]*event.Item) {
	e := have[event.Exchange]
	if _, part := seriesOf(event.Exchange, l.Refs[event.Exchange].ID); part {
		return // a mark would make an exception of it
	}
	if e == nil || p.in.Digest == nil || !p.in.Caps[event.Exchange].Keys || p.closed[event.Exchange] != nil {
		return
	}
	want, bears := p.zones.stampOf(l, p.in.Office, "", p.in.Digest, p.shared, p.in.Normalize), l.Stamp
	want.Key, bears.Key = "", ""
	if want == bears {
		return
	}
	if p.foreign(*e) {
		p.skip(event.Exchange, l.ID, have, Reason{Code: OtherOffice})
		return
	}
	why := Reason{Code: MarkOutOfDate}
	if bears.Office != want.Office || bears.Partner != want.Partner || bears.Left != want.Left {
		why.Code = MarkMissing
	}
	p.add(Action{Kind: Stamp, Side: event.Exchange, Link: l.ID, Have: have, Reason: why})
}
