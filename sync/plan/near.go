package plan

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"lockstep/sync/event"
)

// Near is another entry that may be the same, and how much speaks for it.
type Near struct {
	ID     event.ID
	Item   *event.Item
	Score  int // 100 would be as good as equal
	Reason Reason
}

// look is what two entries have in common that look alike: their subject but
// for case, blanks and diacritics, the day, and whether they recur.
type look struct {
	subject string
	day     event.Date
	series  bool
}

// likely is an entry and when it begins; those of one look are kept in order.
type likely struct {
	at time.Time
	it *event.Item
}

// nearest is how many entries are looked at to either side of a moment: of a
// subject that fills a day, further ones say nothing.
const nearest = 4

// lookOf is told on the owner's clocks: an entry of 23:30 in another zone is on
// the day on which he sees it.
func (p *planner) lookOf(it *event.Item) look {
	day := it.When.Start.Date
	if !it.When.AllDay {
		day = event.DateOf(it.When.Start.In(p.zones.of(it.When)).In(p.in.Window.From.Location()))
	}
	return look{fold(it.Subject), day, it.Recurrence != nil}
}

// likes indexes the entries that no link, pair or answer holds, once they are
// needed. It costs time in proportion to their number.
func (p *planner) likes(s event.Side) map[look][]likely {
	if p.looks[s] != nil {
		return p.looks[s]
	}
	p.looks[s] = map[look][]likely{}
	for i := range p.in.Mirror[s] {
		row := &p.in.Mirror[s][i]
		it := &row.Item
		if row.Presence != Present || p.taken[s][it.ID] || veiled(it) || !p.mayBeAnother(s, it) {
			continue
		}
		k := p.lookOf(it)
		p.looks[s][k] = append(p.looks[s][k], likely{it.When.Start.In(p.zones.of(it.When)), it})
	}
	for _, group := range p.looks[s] {
		slices.SortFunc(group, func(a, b likely) int {
			return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.it.ID, b.it.ID))
		})
	}
	return p.looks[s]
}

// mayBeAnother tells whether an entry could be taken for one of the other side:
// nothing but its contents, or a side that is not written, keeps them apart.
func (p *planner) mayBeAnother(s event.Side, it *event.Item) bool {
	if _, part := seriesOf(s, it.ID); part || p.said(s, it.ID, KeepSeparate) || s == event.Exchange && (p.ours(it.Stamp) || p.colleagues(it)) {
		return false
	}
	why := p.unwanted(s, it)
	return why == nil || slices.Contains([]Code{DirectionClosed, SideReadOnly, TypeNotChosen, FilteredOut}, why.Code)
}

// near are the entries of the other side that may be it, the likeliest first.
func (p *planner) near(s event.Side, it *event.Item) []Near {
	if _, part := seriesOf(s, it.ID); part || veiled(it) || !p.shared.Has(event.FieldSubject|event.FieldWhen) || p.said(s, it.ID, KeepSeparate) {
		return nil
	}
	var out []Near
	group, at := p.likes(s.Other())[p.lookOf(it)], it.When.Start.In(p.zones.of(it.When))
	middle, _ := slices.BinarySearchFunc(group, at, func(l likely, at time.Time) int { return l.at.Compare(at) })
	for _, other := range group[max(0, middle-nearest):min(len(group), middle+nearest)] {
		if !p.taken[s.Other()][other.it.ID] {
			out = append(out, p.likeness(it, other.it))
		}
	}
	slices.SortFunc(out, func(a, b Near) int { return cmp.Or(b.Score-a.Score, cmp.Compare(a.ID, b.ID)) })
	return out
}

// likeness scores two entries of one look. Equal times weigh more than equal
// spelling; the further the times are apart on the day, the less it speaks for
// the two.
func (p *planner) likeness(it, other *event.Item) Near {
	a, b := p.zones.utc(it.When), p.zones.utc(other.When)
	spelled := it.Subject == other.Subject
	if a == b {
		score := 95
		if spelled {
			score = 97 // a rule of recurrence differs
		}
		return Near{other.ID, other, score, Reason{Code: SpelledAlike, Count: 1}}
	}
	apart := 24 * time.Hour
	if !a.AllDay && !b.AllDay {
		apart = b.Start.In(time.UTC).Sub(a.Start.In(time.UTC))
	}
	score := 90 - int(apart.Abs()/(30*time.Minute))
	if !spelled {
		score -= 10
	}
	return Near{other.ID, other, score, Reason{Code: SameDay, Ahead: apart, Count: 1}}
}

// looksAlike asks about an entry that would be made on the other side although
// one there may be it: a second copy is worse than a question. Two that nothing
// else resembles are one question.
func (p *planner) looksAlike(s event.Side, it *event.Item) bool {
	found := p.near(s, it)
	if len(found) == 0 {
		return false
	}
	var have [2]*event.Item
	have[s] = it
	why := found[0].Reason
	why.Count = len(found)
	other := &p.rows[s.Other()][found[0].ID].Item
	if len(found) == 1 && len(p.near(s.Other(), other)) == 1 {
		have[s.Other()] = other
	}
	p.take(have)
	if have[s.Other()] == nil {
		delete(p.taken[s], it.ID) // each of several asks for itself
	}
	a := Action{Kind: Ask, Side: s, Have: have, Reason: why, Near: found}
	for _, n := range found {
		a.Candidates = append(a.Candidates, n.ID)
	}
	p.add(a)
	return true
}

// fold is a text without what people spell now one way, now another: case,
// blanks, diacritics.
func fold(s string) string {
	var b strings.Builder
	blank := false
	for _, r := range strings.ToLower(s) {
		switch {
		case unicode.IsSpace(r):
			blank = b.Len() > 0
			continue
		case unicode.Is(unicode.Mn, r):
			continue
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		if base, ok := plain[r]; ok {
			b.WriteString(base)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plain are the lower-case Latin letters with diacritics, by what is typed
// where a keyboard lacks them.
var plain = func() map[rune]string {
	out := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'ł': "l", 'þ': "th", 'ı': "i"}
	for base, letters := range map[string]string{
		"a": "àáâãäåāăą", "c": "çćĉċč", "d": "ď", "e": "èéêëēĕėęě", "g": "ĝğġģ", "h": "ĥħ", "i": "ìíîïĩīĭį", "j": "ĵ",
		"k": "ķ", "l": "ĺļľŀ", "n": "ñńņňŉ", "o": "òóôõöōŏő", "r": "ŕŗř", "s": "śŝşšș", "t": "ţťŧț", "u": "ùúûüũūŭůűų",
		"w": "ŵ", "y": "ýÿŷ", "z": "źżž",
	} {
		for _, r := range letters {
			out[r] = base
		}
	}
	return out
}()
