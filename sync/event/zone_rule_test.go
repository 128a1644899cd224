package event

import (
	"bytes"
	"testing"
	"time"
)

// ruleAlone is a zone as Windows has it: its rule, without a table of changes.
func ruleAlone(t *testing.T, name string, ahead int32, abbreviation, rule string) *time.Location {
	t.Helper()
	var b bytes.Buffer
	for range 2 { // once as the first version of the format, once as the second
		b.WriteString("TZif2")
		b.Write(make([]byte, 15))
		for _, n := range []byte{0, 0, 0, 0, 1, byte(len(abbreviation) + 1)} {
			b.Write([]byte{0, 0, 0, n})
		}
		b.Write([]byte{byte(ahead >> 24), byte(ahead >> 16), byte(ahead >> 8), byte(ahead), 0, 0})
		b.WriteString(abbreviation + "\x00")
	}
	b.WriteString("\n" + rule + "\n")
	loc, err := time.LoadLocationFromTZData(name, b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// TestClocks_AreTheSameFromARuleAlone: on Windows this stood still at the end of 2020, and no series was ever planned.
func TestClocks_AreTheSameFromARuleAlone(t *testing.T) {
	for name, loc := range map[string]*time.Location{
		"Europe/Helsinki":  ruleAlone(t, "rule", 7200, "EET", "EET-2EEST,M3.5.0/3,M10.5.0/4"),
		"America/New_York": ruleAlone(t, "rule", -18000, "EST", "EST5EDT,M3.2.0,M11.1.0"),
		"Asia/Tokyo":       ruleAlone(t, "rule", 32400, "JST", "JST-9"),
	} {
		if got, want := clocks(loc), ZoneRules(name); got != want {
			t.Errorf("%s from its rule: %q, from its table: %q", name, got, want)
		}
	}
}

func TestNextBound_AlwaysMovesOn(t *testing.T) {
	loc := ruleAlone(t, "rule", 7200, "EET", "EET-2EEST,M3.5.0/3,M10.5.0/4")
	at := time.Date(2019, 12, 1, 0, 0, 0, 0, loc)
	for end := time.Date(2033, 1, 1, 0, 0, 0, 0, loc); at.Before(end); {
		next := NextBound(at)
		if !next.After(at) {
			t.Fatalf("after %v comes %v", at, next)
		}
		at = next.In(loc)
	}
}
