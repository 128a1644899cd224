package plan

import (
	"cmp"
	"slices"
	"strings"

	"lockstep/sync/event"
)

// Rules is what Match depends on beside the entries.
type Rules struct {
	// Office is our own name in stamps.
	Office string
	// Shared is Input.Shared: the business entry of each meeting's UID.
	Shared map[string]event.ID
	// Fields are those that both sides declare.
	Fields    event.FieldSet
	Normalize [2]func(event.Event) event.Event
	// Digest compares with entries that are known without their text.
	Digest func(event.Event) string
}

// Pairing is two entries that are one, and why: SameStamp, SameMeeting or
// SameContent.
type Pairing struct {
	IDs  [2]event.ID
	Code Code
}

// Tie is a group of entries of which nobody but a person can tell which
// belongs to which.
type Tie struct {
	IDs  [2][]event.ID
	Code Code
}

// Match finds which of the entries without a link are the same. It tries, in
// this order and each entry once: our mark, the meeting's UID, equal content
// (subject, whole days or times, recurrence rule). It never guesses: entries
// that are equal in every shared field are interchangeable and are paired in
// a fixed order, every other case of several candidates is a Tie. Project
// tasks and series that only one side can hold are matched by mark alone, and
// so is an entry whose mark or UID names a partner that is not free.
//
// The result does not depend on the order of the entries and takes time in
// proportion to n log n.
func Match(free [2][]event.Item, r Rules) (pairs []Pairing, ambiguous []Tie) {
	var items [2][]*event.Item
	for _, s := range event.Sides() {
		for i := range free[s] {
			items[s] = append(items[s], &free[s][i])
		}
	}
	m := newMatcher(items, r, zones{})
	m.byStamp()
	m.byUID()
	m.byContents()
	return m.pairs, m.ties
}

type matcher struct {
	Rules
	zones zones
	items [2][]*event.Item // sorted by ID
	byID  map[event.ID]int // business entries
	used  [2][]bool
	pairs []Pairing
	ties  []Tie
	// parted are Exchange entries that nothing but their UID pairs.
	parted map[event.ID]bool
}

// newMatcher sorts the given slices in place.
func newMatcher(items [2][]*event.Item, r Rules, z zones) *matcher {
	m := &matcher{Rules: r, zones: z, items: items}
	for _, s := range event.Sides() {
		slices.SortFunc(m.items[s], func(a, b *event.Item) int { return cmp.Compare(a.ID, b.ID) })
		m.used[s] = make([]bool, len(m.items[s]))
	}
	m.byID = make(map[event.ID]int, len(m.items[event.Business]))
	for i, it := range m.items[event.Business] {
		m.byID[it.ID] = i
	}
	return m
}

func (m *matcher) pair(b, e int, code Code) {
	m.used[event.Business][b], m.used[event.Exchange][e] = true, true
	m.pairs = append(m.pairs, Pairing{
		IDs:  [2]event.ID{m.items[event.Business][b].ID, m.items[event.Exchange][e].ID},
		Code: code,
	})
}

func (m *matcher) tie(group [2][]int, code Code) {
	t := Tie{Code: code}
	for _, s := range event.Sides() {
		for _, i := range group[s] {
			m.used[s][i] = true
			t.IDs[s] = append(t.IDs[s], m.items[s][i].ID)
		}
	}
	m.ties = append(m.ties, t)
}

// byStamp pairs by our mark. A person who copies an entry copies its mark:
// the oldest is the original, the others go on as if they bore none.
func (m *matcher) byStamp() {
	groups := make([][]int, len(m.items[event.Business]))
	for i, e := range m.items[event.Exchange] {
		if !m.ours(e.Stamp) || m.parted[e.ID] {
			continue
		}
		if b, ok := m.byID[e.Stamp.Partner]; ok {
			groups[b] = append(groups[b], i)
		} else {
			m.used[event.Exchange][i] = true
		}
	}
	for b, group := range groups {
		marked := make([]*event.Item, len(group))
		for n, i := range group {
			marked[n] = m.items[event.Exchange][i]
		}
		switch first, sole := oldest(marked); {
		case len(group) == 0:
		case sole:
			m.pair(b, group[slices.Index(marked, first)], SameStamp)
		default:
			m.tie([2][]int{{b}, group}, SameStamp)
		}
	}
}

func (m *matcher) ours(s event.Stamp) bool {
	return s.Office == m.Office && s.Partner != "" && !s.Left
}

// oldest is the entry of the group that was made first; sole is false when
// that cannot be told, or there is none.
func oldest(group []*event.Item) (first *event.Item, sole bool) {
	for n, it := range group {
		switch {
		case n == 0:
			first, sole = it, true
		case it.Created.IsZero() || first.Created.IsZero():
			return first, false
		case it.Created.Before(first.Created):
			first, sole = it, true
		case it.Created.Equal(first.Created):
			sole = false
		}
	}
	return first, sole
}

// byUID pairs a meeting with the business entry that a colleague's copy, or
// this person's link before the store was lost, gives it.
func (m *matcher) byUID() {
	m.byUIDOf(false)
	m.byUIDOf(true)
	for i, e := range m.items[event.Exchange] {
		m.used[event.Exchange][i] = m.used[event.Exchange][i] || m.parted[e.ID]
	}
}

// byUIDOf does so for what is parted, or for what is not.
func (m *matcher) byUIDOf(parted bool) {
	groups := make([][]int, len(m.items[event.Business]))
	for i, e := range m.items[event.Exchange] {
		id, ok := m.Shared[e.UID]
		if m.used[event.Exchange][i] || m.parted[e.ID] != parted || e.UID == "" || !ok || id == "" {
			continue
		}
		if b, free := m.byID[id]; free && !m.used[event.Business][b] {
			groups[b] = append(groups[b], i)
		} else {
			m.used[event.Exchange][i] = true
		}
	}
	for b, group := range groups {
		switch {
		case len(group) == 1:
			m.pair(b, group[0], SameMeeting)
		case len(group) > 1 && !parted: // a person has already answered for the others
			m.tie([2][]int{{b}, group}, SameMeeting)
		}
	}
}

// content is what two entries must have in common to be taken for one.
type content struct {
	subject, rule string
	when          event.Span
}

func (m *matcher) view(s event.Side, e event.Event) event.Event { return viewed(s, e, m.Normalize) }

// content of an entry whose text is not known names its digest; with conceal,
// so does that of all others.
func (m *matcher) content(s event.Side, it *event.Item, conceal bool) content {
	e := m.view(s, it.Event)
	switch {
	case veiled(it):
		e.Subject = "\x00" + it.Veil.Subject
	case conceal:
		e.Subject = "\x00" + m.Digest(event.Event{Subject: e.Subject})
	}
	if e.Recurrence != nil {
		return content{e.Subject, string(pattern(nil, e.Recurrence)), m.zones.series(e.When)}
	}
	return content{e.Subject, "", m.zones.utc(e.When)}
}

func (m *matcher) byContents() {
	m.byContent(false)
	if m.Digest != nil && hidesAny(m.items) {
		m.byContent(true)
	}
}

func (m *matcher) byContent(conceal bool) {
	if !m.Fields.Has(event.FieldSubject | event.FieldWhen) {
		return
	}
	index := map[content]int{}
	var groups [][2][]int
	for _, s := range event.Sides() {
		for i, it := range m.items[s] {
			if m.used[s][i] || it.Kind.Group == event.GroupProjectTask ||
				it.Recurrence != nil && !m.Fields.Has(event.FieldRecurrence) {
				continue
			}
			key := m.content(s, it, conceal)
			g, ok := index[key]
			if !ok {
				if s == event.Exchange {
					continue // no business entry is like it
				}
				g = len(groups)
				index[key] = g
				groups = append(groups, [2][]int{})
			}
			groups[g][s] = append(groups[g][s], i)
		}
	}
	for _, g := range groups {
		n, k := len(g[event.Business]), len(g[event.Exchange])
		switch {
		case k == 0:
		case n == 1 && k == 1:
			m.pair(g[event.Business][0], g[event.Exchange][0], SameContent)
		case n != k || !m.twins(g):
			m.tie(g, SameContent)
		}
	}
}

// twins pairs the entries of a group in which both sides hold the same
// contents equally often: whichever belongs to which, the result is the same.
func (m *matcher) twins(g [2][]int) bool {
	type entry struct {
		index int
		full  string
	}
	var sorted [2][]entry
	for _, s := range event.Sides() {
		for _, i := range g[s] {
			full := string(m.zones.encode(nil, m.view(s, m.items[s][i].Event), m.Fields))
			sorted[s] = append(sorted[s], entry{i, full})
		}
		slices.SortFunc(sorted[s], func(a, b entry) int {
			x, y := m.items[s][a.index], m.items[s][b.index]
			return cmp.Or(strings.Compare(a.full, b.full), x.Created.Compare(y.Created), cmp.Compare(x.ID, y.ID))
		})
	}
	for n, b := range sorted[event.Business] {
		if b.full != sorted[event.Exchange][n].full {
			return false
		}
	}
	for n, b := range sorted[event.Business] {
		m.pair(b.index, sorted[event.Exchange][n].index, SameContent)
	}
	return true
}
