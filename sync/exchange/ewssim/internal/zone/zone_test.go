package zone

import (
	"testing"
	"time"
)

func TestRulesFor_DerivesTheYearlySwitches(t *testing.T) {
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		id   string
		want Rules
	}{
		{"UTC", Rules{}},
		{"FLE Standard Time", Rules{
			HasDST: true, Standard: 2 * time.Hour, Daylight: 3 * time.Hour,
			ToDaylight: Change{time.March, time.Sunday, -1, 3 * time.Hour},
			ToStd:      Change{time.October, time.Sunday, -1, 4 * time.Hour},
		}},
		{"Pacific Standard Time", Rules{
			HasDST: true, Standard: -8 * time.Hour, Daylight: -7 * time.Hour,
			ToDaylight: Change{time.March, time.Sunday, 2, 2 * time.Hour},
			ToStd:      Change{time.November, time.Sunday, 1, 2 * time.Hour},
		}},
		{"AUS Eastern Standard Time", Rules{
			HasDST: true, Standard: 10 * time.Hour, Daylight: 11 * time.Hour,
			ToDaylight: Change{time.October, time.Sunday, 1, 2 * time.Hour},
			ToStd:      Change{time.April, time.Sunday, 1, 3 * time.Hour},
		}},
	}
	for _, tt := range tests {
		loc, ok := s.Location(tt.id)
		if !ok {
			t.Fatalf("zone %q is unknown", tt.id)
		}
		if got := RulesFor(loc, 2026); got != tt.want {
			t.Errorf("RulesFor(%s) = %+v, want %+v", tt.id, got, tt.want)
		}
	}
}

func TestLocation_RefusesUnknownID(t *testing.T) {
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Location("Lake Standard Time"); ok {
		t.Error("an invented zone id was accepted")
	}
	if len(s.IDs()) < 130 {
		t.Errorf("table has %d zones, want at least 130", len(s.IDs()))
	}
}

func TestISO_WritesDurations(t *testing.T) {
	tests := map[time.Duration]string{
		0: "PT0S", 2 * time.Hour: "PT2H", -(5*time.Hour + 30*time.Minute): "-PT5H30M", 45 * time.Minute: "PT45M",
	}
	for d, want := range tests {
		if got := ISO(d); got != want {
			t.Errorf("ISO(%s) = %q, want %q", d, got, want)
		}
	}
}
