package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"sort"
)

// ErrSyncState reports a state that is not of this folder as it is now.
var ErrSyncState = errors.New("sync state is not valid for this folder")

// SyncChange is one line of a change feed. Exactly one of Item and Gone is set.
type SyncChange struct {
	New  bool // the state did not know the item
	Item *Item
	Gone uint64 // serial of an item that left the folder
}

// span says: items with a serial of From or more are known as of change AsOf.
type span struct{ from, asOf uint64 }

// SyncState is how far a client has got. The zero value knows nothing. It is a
// step function over serials, so that a page never repeats or skips an item
// while items change between pages: every page brings a run of serials up to
// the present, and the state remembers that present for just that run.
type SyncState struct{ spans []span } // descending by from; the last one has from 0

// Changes returns up to limit changes since the state, the state after them and
// whether they were the last. Newest first unless oldest is set, which servers
// before Exchange 2010 SP2 do within a page.
func (f *Folder) Changes(st SyncState, limit int, hidden, oldest bool) ([]SyncChange, SyncState, bool) {
	now := f.box.cn
	spans := st.spans
	if len(spans) == 0 {
		spans = []span{{0, 0}}
	}
	var out []SyncChange
	upper := ^uint64(0)
	for i, sp := range spans {
		for _, serial := range f.changed(sp, upper) {
			c, ok := f.changeOf(serial, sp.asOf)
			if !ok || (c.Item != nil && c.Item.Associated && !hidden) {
				continue
			}
			if len(out) == limit {
				// Everything above this serial is known as of now.
				rest := append([]span{{serial + 1, now}, {sp.from, sp.asOf}}, spans[i+1:]...)
				return order(out, oldest), SyncState{rest}, false
			}
			out = append(out, c)
		}
		upper = sp.from
	}
	return order(out, oldest), SyncState{[]span{{0, now}}}, true
}

func order(cs []SyncChange, oldest bool) []SyncChange {
	if oldest {
		slices.Reverse(cs)
	}
	return cs
}

// changed returns the serials in [sp.from, upper) that may have changed since
// sp.asOf, descending.
func (f *Folder) changed(sp span, upper uint64) []uint64 {
	var out []uint64
	if sp.asOf == 0 {
		lo := sort.Search(len(f.serials), func(i int) bool { return f.serials[i] >= sp.from })
		hi := sort.Search(len(f.serials), func(i int) bool { return f.serials[i] >= upper })
		out = slices.Clone(f.serials[lo:hi])
		slices.Reverse(out)
		return out
	}
	at := sort.Search(len(f.log), func(i int) bool { return f.log[i].cn > sp.asOf })
	for _, c := range f.log[at:] {
		if c.serial >= sp.from && c.serial < upper && f.last(c.serial) == c.cn {
			out = append(out, c.serial)
		}
	}
	slices.SortFunc(out, func(a, b uint64) int { return cmp.Compare(b, a) })
	return out
}

func (f *Folder) changeOf(serial, asOf uint64) (SyncChange, bool) {
	if it := f.items[serial]; it != nil {
		return SyncChange{New: it.CreatedCN > asOf, Item: it}, it.CN > asOf
	}
	t, ok := f.gone[serial]
	return SyncChange{Gone: serial}, ok && t.created <= asOf && t.deleted > asOf
}

// stateSize pads states to a few hundred bytes, as small real ones are.
const stateSize = 288

// Encode writes the state as opaque text, bound to the folder.
func (f *Folder) Encode(st SyncState) string {
	raw := binary.AppendUvarint([]byte{1}, f.Serial)
	raw = append(raw, f.box.GUID...)
	raw = binary.AppendUvarint(raw, uint64(len(st.spans)))
	for _, s := range st.spans {
		raw = binary.AppendUvarint(raw, s.from)
		raw = binary.AppendUvarint(raw, s.asOf)
	}
	sum := sha256.Sum256(raw)
	out := binary.BigEndian.AppendUint16([]byte{0x1f, 0x8b, 0x08, 0x00}, uint16(len(raw))) //nolint:gosec // some spans of twenty bytes
	out = append(append(out, raw...), sum[:16]...)
	for pad := sum; len(out) < stateSize; pad = sha256.Sum256(pad[:]) {
		out = append(out, pad[:min(len(pad), stateSize-len(out))]...)
	}
	return base64.StdEncoding.EncodeToString(out)
}

// Decode reads a state of this folder; "" is the zero state.
func (f *Folder) Decode(s string) (SyncState, error) {
	if s == "" {
		return SyncState{}, nil
	}
	out, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(out) < 6 {
		return SyncState{}, ErrSyncState
	}
	n := int(binary.BigEndian.Uint16(out[4:]))
	if len(out) < max(6+n+16, stateSize) {
		return SyncState{}, ErrSyncState
	}
	raw := out[6 : 6+n]
	sum := sha256.Sum256(raw)
	if string(sum[:16]) != string(out[6+n:6+n+16]) || len(raw) == 0 || raw[0] != 1 {
		return SyncState{}, ErrSyncState
	}
	return f.decodeBody(raw[1:])
}

func (f *Folder) decodeBody(raw []byte) (SyncState, error) {
	next := func() uint64 {
		v, n := binary.Uvarint(raw)
		if n <= 0 {
			raw = nil
			return 0
		}
		raw = raw[n:]
		return v
	}
	if next() != f.Serial || len(raw) < guidLen || string(raw[:guidLen]) != f.box.GUID {
		return SyncState{}, ErrSyncState
	}
	raw = raw[guidLen:]
	count := next()
	var st SyncState
	for range count {
		if len(raw) == 0 {
			return SyncState{}, ErrSyncState
		}
		s := span{from: next(), asOf: next()}
		if s.asOf > f.box.cn {
			return SyncState{}, ErrSyncState
		}
		st.spans = append(st.spans, s)
	}
	return st, nil
}
