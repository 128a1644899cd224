package store

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func newBox(t interface{ Fatal(...any) }) *Mailbox {
	s := New(func() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }, 1)
	m := &Mailbox{Primary: "anna@office.test"}
	if err := s.AddMailbox(m); err != nil {
		t.Fatal(err)
	}
	return m
}

// The pages of a feed neither skip nor repeat anything while items change
// between them: a client that only applies them ends with what is there.
func TestChanges_KeepAClientTrueWhileItemsChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newBox(t)
		f := m.Well("calendar")
		known := map[uint64]uint64{} // serial -> change number the client has
		state := ""
		edit := func() {
			items := f.Items()
			switch op := rapid.IntRange(0, 3).Draw(t, "op"); {
			case op == 0 || len(items) == 0:
				m.Add(f, &Item{Elem: "CalendarItem"}, "x")
			case op == 1:
				m.Changed(rapid.SampledFrom(items).Draw(t, "item"), "x")
			case op == 2:
				m.Remove(rapid.SampledFrom(items).Draw(t, "item"))
			default:
				m.Move(rapid.SampledFrom(items).Draw(t, "item"), m.Well("deleteditems"), "x")
			}
		}
		pull := func() bool {
			st, err := f.Decode(state)
			if err != nil {
				t.Fatal(err)
			}
			cs, next, last := f.Changes(st, rapid.IntRange(1, 4).Draw(t, "limit"), false, rapid.Bool().Draw(t, "oldest"))
			for _, c := range cs {
				apply(t, known, c)
			}
			state = f.Encode(next)
			return last
		}
		for range rapid.IntRange(0, 20).Draw(t, "start") {
			edit()
		}
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "pull") {
				pull()
			} else {
				edit()
			}
		}
		for !pull() {
		}
		if len(known) != f.Len() {
			t.Fatalf("client knows %d items, the folder has %d", len(known), f.Len())
		}
		for _, it := range f.Items() {
			if known[it.Serial] != it.CN {
				t.Fatalf("client has item %d as of %d, it is at %d", it.Serial, known[it.Serial], it.CN)
			}
		}
	})
}

func apply(t *rapid.T, known map[uint64]uint64, c SyncChange) {
	if c.Item == nil {
		if _, ok := known[c.Gone]; !ok {
			t.Fatalf("item %d is reported deleted and was never reported", c.Gone)
		}
		delete(known, c.Gone)
		return
	}
	old, ok := known[c.Item.Serial]
	if ok == c.New {
		t.Fatalf("item %d: new = %v, known = %v", c.Item.Serial, c.New, ok)
	}
	if ok && old == c.Item.CN {
		t.Fatalf("item %d is repeated without a change", c.Item.Serial)
	}
	known[c.Item.Serial] = c.Item.CN
}

func TestDecode_RefusesStatesOfOthers(t *testing.T) {
	m := newBox(t)
	cal := m.Well("calendar")
	_, st, _ := cal.Changes(SyncState{}, 10, false, false)
	text := cal.Encode(st)
	if _, err := cal.Decode(text); err != nil {
		t.Fatalf("own state: %v", err)
	}
	if _, err := m.Well("inbox").Decode(text); !errors.Is(err, ErrSyncState) {
		t.Errorf("state of another folder: err = %v, want ErrSyncState", err)
	}
	if _, err := cal.Decode(text[:len(text)-8]); !errors.Is(err, ErrSyncState) {
		t.Errorf("truncated state: err = %v, want ErrSyncState", err)
	}
	if err := m.store.MoveMailbox(m.Primary); err != nil {
		t.Fatal(err)
	}
	if _, err := cal.Decode(text); !errors.Is(err, ErrSyncState) {
		t.Errorf("state from before a move: err = %v, want ErrSyncState", err)
	}
}

func FuzzDecode(f *testing.F) {
	m := newBox(f)
	cal := m.Well("calendar")
	_, st, _ := cal.Changes(SyncState{}, 10, false, false)
	f.Add(cal.Encode(st))
	f.Add("H4sI")
	f.Fuzz(func(t *testing.T, s string) {
		st, err := cal.Decode(s)
		if err != nil {
			return
		}
		// The same state can be packed in several ways; what it says must last.
		again, err := cal.Decode(cal.Encode(st))
		if err != nil || !reflect.DeepEqual(again, st) {
			t.Errorf("state %+v comes back as %+v, %v", st, again, err)
		}
	})
}

func FuzzParseID(f *testing.F) {
	f.Add(ID{Kind: KindItem, Box: "00000000-0000-0000-0000-000000000000", Serial: 7}.String())
	f.Add("AAMk")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseID(s)
		if err == nil && id.String() != s {
			t.Errorf("id %q is accepted and not one that the server writes", s)
		}
	})
}

func TestChangeKey_RoundTripsAndRefusesRubbish(t *testing.T) {
	k := ChangeKey("0a1b2c3d-0000-0000-0000-000000000000", true, 99)
	if cn, err := ParseChangeKey(k); err != nil || cn != 99 || len(k) != ChangeKeyLen {
		t.Errorf("key %q reads as %d, %v", k, cn, err)
	}
	for _, s := range []string{"", "AAAA", k[:36] + "AAAA"} {
		if _, err := ParseChangeKey(s); err == nil {
			t.Errorf("key %q was accepted", s)
		}
	}
}
