package event

import (
	"testing"
	"time"
)

func TestLoadZone_IsLoadLocation(t *testing.T) {
	for _, name := range []string{"Europe/Helsinki", "UTC", "", "Europe/Helsinki"} {
		want, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := LoadZone(name)
		if err != nil || got.String() != want.String() {
			t.Errorf("%q = %v, %v, want %v", name, got, err, want)
		}
	}
	for range 2 {
		if loc, err := LoadZone("Europe/Atlantis"); err == nil {
			t.Errorf("a zone that does not exist is %v", loc)
		}
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = LoadZone("Europe/Helsinki") }); n > 1 {
		t.Errorf("a known zone costs %v allocations", n)
	}
}
