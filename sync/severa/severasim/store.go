package severasim

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"time"
)

// store holds the organisation. Its exported-looking verbs take the lock; what
// they call may assume it.
type store struct {
	mu  sync.RWMutex
	now func() time.Time // the server's clock, skew included
	sw  Switches

	organisation     string
	organisationZone *time.Location
	seed, made       int64
	seq              int64

	rows     []*row             // by seq
	byGUID   map[string]*row    // master or single
	byPlain  map[string]plainID // exceptions with a guid of their own
	byOwner  map[string][]*row  // by seq
	byMember map[string][]*row  // by seq
	touched  []*row             // by (touched, seq)
	partRow  map[string]*row    // participant row guid

	users    *table[User]
	types    *table[ActivityType]
	contacts *table[Contact]
	phases   *table[Phase]
	legacy   map[string]string
	zones    []zone
}

// row is one activity as it is stored: a single one or a series with its exceptions.
type row struct {
	seq        int64
	a          Activity
	exceptions map[int64]*exception // by the original start in Unix seconds
	touched    time.Time            // the latest change of it or of an exception
}

type exception struct {
	guid    string // of its own, whether or not it is shown
	removed bool
	a       Activity
}

type plainID struct {
	row      *row
	original int64
}

func newStore(now func() time.Time, sw Switches, organisation string, loc *time.Location, seed int64) *store {
	return &store{
		now: now, sw: sw, organisation: organisation, organisationZone: loc, seed: seed,
		byGUID: map[string]*row{}, byPlain: map[string]plainID{},
		byOwner: map[string][]*row{}, byMember: map[string][]*row{}, partRow: map[string]*row{},
		users: newTable[User](), types: newTable[ActivityType](), contacts: newTable[Contact](), phases: newTable[Phase](),
		legacy: map[string]string{}, zones: knownZones(),
	}
}

// newGUID makes the next guid; the same seed and history make the same guids.
func (s *store) newGUID() string {
	s.made++
	var in [16]byte
	binary.BigEndian.PutUint64(in[:8], uint64(s.seed)) //nolint:gosec // bits, not a number
	binary.BigEndian.PutUint64(in[8:], uint64(s.made)) //nolint:gosec // bits, not a number
	sum := sha256.Sum256(in[:])
	sum[6] = sum[6]&0x0f | 0x40
	sum[8] = sum[8]&0x3f | 0x80
	return formatGUID(sum[:16])
}

func formatGUID(b []byte) string {
	h := hex.EncodeToString(b)
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:32])
}

// stamp returns the time of a change: now, but always after prev, so that two
// changes of one row are told apart even when the clock stands still.
func (s *store) stamp(prev time.Time) time.Time {
	p := s.sw.precision()
	t := s.now().UTC().Truncate(p)
	if !prev.IsZero() && !t.After(prev) {
		t = prev.Add(p)
	}
	return t
}

func (s *store) location(of ZoneOf, owner string) *time.Location {
	switch of {
	case ZoneUTC:
		return time.UTC
	case ZoneOrganisation:
		return s.organisationZone
	default:
		if u, ok := s.users.get(owner); ok && u.Zone != "" {
			if loc, err := time.LoadLocation(u.Zone); err == nil {
				return loc
			}
		}
		return s.organisationZone
	}
}

// seriesLocation is the zone in which the dates of a series are counted.
func (s *store) seriesLocation(a *Activity) *time.Location {
	if a.AllDay {
		return s.location(s.sw.MidnightOf, a.OwnerGUID)
	}
	return s.location(s.sw.SeriesZone, a.OwnerGUID)
}

// change takes a row out of the indexes, lets f alter it, and puts it back.
func (s *store) change(r *row, f func()) {
	s.unindex(r)
	f()
	s.index(r)
}

func (s *store) index(r *row) {
	owners, members := r.people()
	for u := range owners {
		s.byOwner[u] = insertRow(s.byOwner[u], r, bySeq)
	}
	for u := range members {
		s.byMember[u] = insertRow(s.byMember[u], r, bySeq)
	}
	r.touched = r.a.Updated
	for original, x := range r.exceptions {
		if x.a.Updated.After(r.touched) {
			r.touched = x.a.Updated
		}
		s.byPlain[x.guid] = plainID{r, original}
		for _, p := range x.a.Participants {
			s.partRow[p.GUID] = r
		}
	}
	for _, p := range r.a.Participants {
		s.partRow[p.GUID] = r
	}
	s.touched = insertRow(s.touched, r, byTouched)
}

func (s *store) unindex(r *row) {
	owners, members := r.people()
	for u := range owners {
		s.byOwner[u] = removeRow(s.byOwner[u], r, bySeq)
	}
	for u := range members {
		s.byMember[u] = removeRow(s.byMember[u], r, bySeq)
	}
	for _, x := range r.exceptions {
		delete(s.byPlain, x.guid)
		for _, p := range x.a.Participants {
			delete(s.partRow, p.GUID)
		}
	}
	for _, p := range r.a.Participants {
		delete(s.partRow, p.GUID)
	}
	s.touched = removeRow(s.touched, r, byTouched)
}

// people returns whose lists the row may appear in.
func (r *row) people() (owners, members map[string]struct{}) {
	owners, members = map[string]struct{}{r.a.OwnerGUID: {}}, map[string]struct{}{}
	add := func(a *Activity) {
		owners[a.OwnerGUID] = struct{}{}
		for _, p := range a.Participants {
			members[p.Who] = struct{}{}
		}
	}
	add(&r.a)
	for _, x := range r.exceptions {
		if !x.removed {
			add(&x.a)
		}
	}
	return owners, members
}

func bySeq(a, b *row) int { return cmp.Compare(a.seq, b.seq) }

func byTouched(a, b *row) int {
	return cmp.Or(a.touched.Compare(b.touched), bySeq(a, b))
}

func insertRow(list []*row, r *row, order func(a, b *row) int) []*row {
	i, found := slices.BinarySearchFunc(list, r, order)
	if found {
		return list
	}
	return slices.Insert(list, i, r)
}

func removeRow(list []*row, r *row, order func(a, b *row) int) []*row {
	i, found := slices.BinarySearchFunc(list, r, order)
	if !found {
		return list
	}
	return slices.Delete(list, i, i+1)
}

// table keeps rows in the order of their making.
type table[T any] struct {
	order []string
	rows  map[string]*T
}

func newTable[T any]() *table[T] { return &table[T]{rows: map[string]*T{}} }

func (t *table[T]) get(guid string) (*T, bool) {
	v, ok := t.rows[guid]
	return v, ok
}

func (t *table[T]) put(guid string, v T) {
	if _, ok := t.rows[guid]; !ok {
		t.order = append(t.order, guid)
	}
	t.rows[guid] = &v
}

func (t *table[T]) remove(guid string) {
	delete(t.rows, guid)
	t.order = slices.DeleteFunc(t.order, func(g string) bool { return g == guid })
}

func (t *table[T]) all() []T {
	out := make([]T, 0, len(t.order))
	for _, g := range t.order {
		out = append(out, *t.rows[g])
	}
	return out
}
