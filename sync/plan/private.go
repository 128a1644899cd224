package plan

import (
	"slices"

	"lockstep/sync/event"
)

// Privacy is what the other side gets of one side's private entries.
type Privacy int

// PrivateAuto is everything where the other side can hide it from others, and
// that the time is taken where it cannot. PrivateFull is everything in any
// case; PrivateBusyOnly that the time is taken; PrivateNot nothing at all, and
// that the time is taken of entries that are on both sides already.
const (
	PrivateAuto Privacy = iota
	PrivateFull
	PrivateBusyOnly
	PrivateNot
)

// String is the stable name used in JSON and in office.toml.
func (p Privacy) String() string {
	names := [...]string{"auto", "full", "busy_only", "not_at_all"}
	if p < 0 || int(p) >= len(names) {
		return "unknown"
	}
	return names[p]
}

// TextFields are what tells an entry's contents: they are not kept of one of
// which the other side is only to know when it is.
const TextFields = event.FieldSubject | event.FieldLocation | event.FieldNotes | event.FieldAttendees

// BusySubject stands for the subject of such an entry.
const BusySubject = "Busy"

// PrivacyOf is the rule for private entries of s.
func (p Policy) PrivacyOf(s event.Side, caps [2]event.Capabilities) Privacy {
	switch {
	case p.Private[s] != PrivateAuto:
		return p.Private[s]
	case caps[s.Other()].Fields.Has(event.FieldPrivate):
		return PrivateFull
	default:
		return PrivateBusyOnly
	}
}

// Conceals tells whether the text of private entries of s is not even kept.
func (p Policy) Conceals(s event.Side, caps [2]event.Capabilities) bool {
	return p.PrivacyOf(s, caps) >= PrivateBusyOnly
}

// Hides tells whether an entry is private, or a series of which a date is. What
// such a series says is the same on the other dates, of which the private one
// might be told by what it departs from; so it is private as a whole.
func Hides(it event.Item) bool {
	return it.Private || it.Recurrence != nil && slices.ContainsFunc(it.Recurrence.Overrides, func(o event.Override) bool {
		return o.Fields.Has(event.FieldPrivate) && o.Event.Private
	})
}

// byDate tells whether a series counts as private for one of its dates alone.
func byDate(it *event.Item) bool { return !it.Private && Hides(*it) }

// Conceal takes the text out of an entry of s and leaves keyed digests by which
// the entry is still recognised.
func Conceal(s event.Side, it event.Item, normalize [2]func(event.Event) event.Event, digest func(event.Event) string) event.Item {
	it.Veil = veilOf(s, it.Event, normalize, digest)
	it.Event = event.Take(it.Event, event.Event{Subject: BusySubject}, TextFields)
	it.Unprintable = 0
	if r := it.Recurrence; r != nil && len(r.Overrides) > 0 {
		bare := *r
		bare.Overrides = nil
		for _, o := range r.Overrides {
			if o.Fields &^= TextFields; o.Fields != 0 {
				o.Event = event.Only(o.Event, o.Fields)
				bare.Overrides = append(bare.Overrides, o)
			}
		}
		it.Recurrence = &bare
	}
	return it
}

func veilOf(s event.Side, e event.Event, normalize [2]func(event.Event) event.Event, digest func(event.Event) string) event.Veil {
	seen := viewed(s, e, normalize)
	return event.Veil{
		Subject: digest(event.Event{Subject: seen.Subject}),
		Text:    digest(event.Only(seen, TextFields)),
	}
}

// viewed is an entry of s as it looks after it went to Exchange and came back,
// so that what either side cuts off does not tell two entries apart.
func viewed(s event.Side, e event.Event, normalize [2]func(event.Event) event.Event) event.Event {
	if s == event.Business {
		e = normalize[event.Exchange](e)
	}
	return normalize[event.Business](e)
}

// veiled tells whether the text of an entry is not known.
func veiled(it *event.Item) bool { return it != nil && it.Veil != (event.Veil{}) }

// concealed decides on the text of a link of which an end is known without its
// text. What stands for it is written over our copy, and never flows back to
// where the entry began; of two entries that were both there before us neither
// is written over.
func (p *planner) concealed(m *merging, changed [2]event.FieldSet) {
	for _, s := range event.Sides() {
		t := s.Other()
		copied := m.have[t]
		switch {
		case !veiled(m.have[s]):
		case m.link.Origin == OriginOf(s):
			show := p.cross(m.have[event.Business].Event, m.have[event.Exchange].Event) & TextFields &^ changed[t]
			if veiled(copied) && copied.Veil.Text != p.busyText(t, copied.Event) {
				show = TextFields & p.shared
			}
			if days := m.shownDates(t); len(days) > 0 {
				m.hidden |= event.FieldRecurrence
				p.part(m, event.Parts{Days: days}, s, nil)
			}
			if t == event.Business {
				p.unnamed(m)
			}
			m.hidden |= show
			m.stay |= changed[t] & TextFields
			p.settleAll(m, show, s)
		case m.link.Origin == OriginOf(t) && !veiled(copied):
			p.settleAll(m, changed[t]&TextFields, t)
		}
	}
}

// untyped takes out of a copy that is to tell nothing what a person has typed
// into single dates of it since it was agreed on: as long as its base does not
// hold it, it is known to be his, stays there, and flows nowhere.
func (p *planner) untyped(m *merging) {
	for _, s := range event.Sides() {
		t := s.Other()
		copied, base := m.have[t], m.link.Base[t].Recurrence
		if !veiled(m.have[s]) || veiled(copied) || m.link.Origin != OriginOf(s) || copied.Recurrence == nil || base == nil {
			continue
		}
		it := *copied
		it.Recurrence = copied.Recurrence.WithFields(base, TextFields, nil)
		if m.typed[t] = event.SeriesParts(copied.Event, it.Event, TextFields).Days; len(m.typed[t]) > 0 {
			m.have[t] = &it
		}
	}
}

// shownDates are the dates of a copy that still tell what they told before.
func (m *merging) shownDates(t event.Side) (out []event.Date) {
	if m.have[t].Recurrence == nil || m.have[t.Other()].Recurrence == nil {
		return nil
	}
	for _, o := range m.have[t].Recurrence.Overrides {
		if o.Fields&TextFields != 0 && !slices.Contains(m.typed[t], o.Original.Date) {
			out = append(out, o.Original.Date)
		}
	}
	return out
}

// wordless is want of side to without text of single dates that is not for it,
// and with what a person has typed there.
func (m *merging) wordless(to event.Side, want event.Event) event.Event {
	switch {
	case want.Recurrence == nil:
	case veiled(m.have[to]):
		want.Recurrence = want.Recurrence.WithFields(&event.Recurrence{}, TextFields, nil)
	case len(m.typed[to]) > 0:
		want.Recurrence = want.Recurrence.WithFields(m.real[to].Recurrence, TextFields, m.typed[to])
	}
	return want
}

func (p *planner) settleAll(m *merging, fields event.FieldSet, from event.Side) {
	for _, f := range fields.Each() {
		p.settle(m, f, from, nil)
	}
}

// busyText is the digest of a copy that tells nothing.
func (p *planner) busyText(s event.Side, e event.Event) string {
	e.Subject, e.Location, e.Notes, e.Attendees = BusySubject, "", "", nil
	return veilOf(s, e, p.in.Normalize, p.in.Digest).Text
}

// keptPrivate tells whether a private entry is not for the other side at all.
func (p *planner) keptPrivate(s event.Side, it *event.Item) bool {
	return Hides(*it) && p.in.Policy.PrivacyOf(s, p.in.Caps) == PrivateNot
}

// hidesAny tells whether any entry is known without its text.
func hidesAny(items [2][]*event.Item) bool {
	return slices.ContainsFunc(items[0], veiled) || slices.ContainsFunc(items[1], veiled)
}
