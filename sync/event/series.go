package event

import (
	"slices"
	"strconv"
	"time"
)

// Parts are what two series differ in. A rule puts at most one occurrence on a
// day, so that the day of its Original names an exception even where the hour
// of the whole series has changed.
type Parts struct {
	Rule bool   // pattern and range
	Days []Date // of the exceptions, sorted
}

// Empty tells whether there is no difference.
func (p Parts) Empty() bool { return !p.Rule && len(p.Days) == 0 }

// exception is how the occurrence of one day departs from its series.
type exception struct {
	deleted bool
	Override
}

func (r *Recurrence) exceptions() map[Date]exception {
	if r == nil || len(r.Overrides)+len(r.Deleted) == 0 {
		return nil
	}
	out := make(map[Date]exception, len(r.Overrides)+len(r.Deleted))
	for _, o := range r.Overrides {
		out[o.Original.Date] = exception{Override: o}
	}
	for _, d := range r.Deleted {
		out[d.Date] = exception{true, Override{Original: d}}
	}
	return out
}

// SeriesParts are the parts in which the series a and b differ. Exceptions are
// compared by what they come to in the given fields: one that repeats a field
// as its series has it says nothing with that.
func SeriesParts(a, b Event, fields FieldSet) (out Parts) {
	out.Rule = a.Recurrence.Rule() != b.Recurrence.Rule()
	in, other := a.Recurrence.exceptions(), b.Recurrence.exceptions()
	note := func(d Date) {
		if !slices.Contains(out.Days, d) {
			out.Days = append(out.Days, d)
		}
	}
	for d, x := range in {
		if y, both := other[d]; !sameException(a, b, x, y, true, both, fields) {
			note(d)
		}
	}
	for d, y := range other {
		if x, both := in[d]; !sameException(a, b, x, y, both, true, fields) {
			note(d)
		}
	}
	slices.SortFunc(out.Days, Date.Compare)
	return out
}

func sameException(a, b Event, x, y exception, inA, inB bool, fields FieldSet) bool {
	if x.deleted || y.deleted {
		return x.deleted == y.deleted
	}
	own := (x.Fields | y.Fields) & fields &^ FieldRecurrence
	effective := func(e Event, o exception, has bool, d Date) Event {
		e.When, e.Recurrence = e.When.startingAt(e.When.On(d)), nil
		if has {
			e = Take(e, o.Event, o.Fields&^FieldRecurrence)
		}
		return e
	}
	day := x.Original.Date
	if !inA {
		day = y.Original.Date
	}
	return Diff(effective(a, x, inA, day), effective(b, y, inB, day))&own == 0
}

// Departing are the days on which a series shows something else than its rule
// and its content say, in the given fields.
func Departing(e Event, fields FieldSet) map[Date]bool {
	out := map[Date]bool{}
	for d, x := range e.Recurrence.exceptions() {
		plain := e
		plain.When, plain.Recurrence = e.When.startingAt(e.When.On(d)), nil
		own := x.Fields & fields &^ FieldRecurrence
		if x.deleted || Diff(plain, Take(plain, x.Event, own))&own != 0 {
			out[d] = true
		}
	}
	return out
}

// TakeParts is dst with the given parts of src.
func TakeParts(dst, src *Recurrence, p Parts) *Recurrence {
	out := *dst
	if p.Rule {
		out = *src
		out.Overrides, out.Deleted = dst.Overrides, dst.Deleted
	}
	if len(p.Days) == 0 {
		return &out
	}
	from := src.exceptions()
	out.Overrides = slices.DeleteFunc(slices.Clone(out.Overrides), func(o Override) bool { return slices.Contains(p.Days, o.Original.Date) })
	out.Deleted = slices.DeleteFunc(slices.Clone(out.Deleted), func(w Wall) bool { return slices.Contains(p.Days, w.Date) })
	for _, d := range p.Days {
		switch x, ok := from[d]; {
		case !ok:
		case x.deleted:
			out.Deleted = append(out.Deleted, x.Original)
		default:
			out.Overrides = append(out.Overrides, x.Override)
		}
	}
	return out.sorted()
}

// WithFields is r with the given fields of its exceptions as of has them, day by
// day; days are the ones to look at, nil for all. What r deletes stays deleted.
func (r *Recurrence) WithFields(of *Recurrence, fields FieldSet, days []Date) *Recurrence {
	mine, theirs := r.exceptions(), of.exceptions()
	out := *r
	out.Overrides, out.Deleted = nil, slices.Clone(r.Deleted)
	for d, x := range theirs {
		if _, both := mine[d]; !both && !x.deleted {
			mine = withDay(mine, d, exception{Override: Override{Original: x.Original}})
		}
	}
	for d, x := range mine {
		if x.deleted {
			continue
		}
		o := x.Override
		if y := theirs[d]; days == nil || slices.Contains(days, d) {
			o.Event = Take(Only(o.Event, o.Fields&^fields), y.Event, y.Fields&fields)
			o.Fields = o.Fields&^fields | y.Fields&fields
		}
		if o.Fields != 0 {
			out.Overrides = append(out.Overrides, o)
		}
	}
	return out.sorted()
}

func withDay(m map[Date]exception, d Date, x exception) map[Date]exception {
	if m == nil {
		m = map[Date]exception{}
	}
	m[d] = x
	return m
}

// sorted puts the exceptions into their order; without any they are nil.
func (r *Recurrence) sorted() *Recurrence {
	slices.SortFunc(r.Overrides, func(a, b Override) int { return a.Original.Compare(b.Original) })
	slices.SortFunc(r.Deleted, Wall.Compare)
	if len(r.Overrides) == 0 {
		r.Overrides = nil
	}
	if len(r.Deleted) == 0 {
		r.Deleted = nil
	}
	return r
}

// Rekey writes the exceptions of a series on its present hour. Those whose day
// the rule does not produce any more are left out and counted.
func Rekey(e Event) (out Event, lost int) {
	if e.Recurrence == nil || len(e.Recurrence.Overrides)+len(e.Recurrence.Deleted) == 0 {
		return e, 0
	}
	r := *e.Recurrence
	r.Overrides, r.Deleted = nil, nil
	for _, o := range e.Recurrence.Overrides {
		if o.Original = e.When.On(o.Original.Date); e.Produces(o.Original) {
			r.Overrides = append(r.Overrides, o)
		} else {
			lost++
		}
	}
	for _, d := range e.Recurrence.Deleted {
		if d = e.When.On(d.Date); e.Produces(d) {
			r.Deleted = append(r.Deleted, d)
		} else {
			lost++
		}
	}
	e.Recurrence = r.sorted()
	return e, lost
}

// Inside is r with only the exceptions of the days for which keep is true, and
// for the other days those of other.
func (r *Recurrence) Inside(keep func(Wall) bool, other *Recurrence) *Recurrence {
	var days []Date
	for _, from := range [...]*Recurrence{r, other} {
		for d, x := range from.exceptions() {
			if !keep(x.Original) && !slices.Contains(days, d) {
				days = append(days, d)
			}
		}
	}
	if len(days) == 0 {
		return r
	}
	if other == nil {
		other = &Recurrence{}
	}
	return TakeParts(r, other, Parts{Days: days})
}

// Rule is r without exceptions, and without what its pattern does not read: two
// rules are the same exactly when theirs are equal.
func (r *Recurrence) Rule() Rule {
	if r == nil {
		return Rule{}
	}
	out := Rule{Frequency: r.Frequency, Interval: r.Interval, Ordinal: r.Ordinal, Count: r.Count, Until: r.Until, Set: true}
	if r.Frequency == Daily || r.Frequency == Weekly {
		out.Ordinal = 0
	}
	if r.Frequency == Weekly || out.Ordinal != 0 {
		out.Days = r.Days
	} else if r.Frequency != Daily {
		out.DayOfMonth = r.DayOfMonth
	}
	if r.Frequency == Weekly && r.Interval > 1 {
		out.FirstDay = r.FirstDay
	}
	if r.Frequency == Yearly {
		out.Month = r.Month
	}
	return out
}

// Rule is the comparable part of a Recurrence; its zero value is no rule.
type Rule struct {
	Set        bool
	Frequency  Frequency
	Interval   int
	Days       Weekdays
	Ordinal    int
	DayOfMonth int
	Month      time.Month
	FirstDay   time.Weekday
	Count      int
	Until      Date
}

// AllTime is a window that holds every day that a calendar knows.
func AllTime() Window {
	return Window{From: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), To: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}
}

// HoldsDay tells whether an occurrence of e that the rule puts at original
// begins in w.
func (w Window) HoldsDay(e Event, original Wall) bool {
	at := original.In(e.zone(w.From.Location()))
	return !at.Before(w.From) && at.Before(w.To)
}

// SameZone tells whether the clocks of two zones show the same, whatever they
// are called.
func SameZone(a, b string) bool { return a == b || ZoneRules(a) == ZoneRules(b) }

// ZoneRules describes what the clocks of a zone do in the decade that series
// are kept for: two zones with the same description are one. What they did
// before is not looked at. Of a zone that nobody knows it is the name.
func ZoneRules(zone string) string {
	loc, err := LoadZone(zone)
	if err != nil {
		return zone
	}
	return clocks(loc)
}

func clocks(loc *time.Location) string {
	at, to := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	var out []byte
	last := 0
	for at.Before(to) {
		t := at.In(loc)
		if _, ahead := t.Zone(); ahead != last || out == nil {
			out = strconv.AppendInt(append(out, '@'), at.Unix(), 36)
			out = strconv.AppendInt(append(out, '+'), int64(ahead), 36)
			last = ahead
		}
		if at = NextBound(t); at.IsZero() {
			break
		}
	}
	return string(out)
}

// WithOccurrence is the series e with one of its occurrences as given; nil
// deletes it.
func WithOccurrence(e Event, original Wall, occurrence *Event) Event {
	if e.Recurrence == nil {
		return e
	}
	only := Parts{Days: []Date{original.Date}}
	change := &Recurrence{}
	plain := e
	plain.When, plain.Recurrence = e.When.startingAt(original), nil
	switch {
	case occurrence == nil:
		change.Deleted = []Wall{original}
	case Diff(plain, *occurrence) != 0:
		own := Diff(plain, *occurrence)
		change.Overrides = []Override{{Original: original, Fields: own, Event: Only(*occurrence, own)}}
	}
	e.Recurrence = TakeParts(e.Recurrence, change, only)
	return e
}

// Minus are the parts of p that are not in o.
func (p Parts) Minus(o Parts) Parts {
	out := Parts{Rule: p.Rule && !o.Rule}
	for _, d := range p.Days {
		if !slices.Contains(o.Days, d) {
			out.Days = append(out.Days, d)
		}
	}
	return out
}

// And are the parts that are in both.
func (p Parts) And(o Parts) Parts { return p.Minus(p.Minus(o)) }

// Plain tells whether the occurrence of a day is as its rule makes it.
func (r *Recurrence) Plain(d Date) bool {
	_, own := r.exceptions()[d]
	return !own
}
